"""Files of evidence to which nothing refers any more go; everything else stays where it is."""

import os
from datetime import datetime
from pathlib import Path

from bot.commands import sweeping
from bot.commands.sweeping import forget_pictures, sweep
from bot.fetching import store_bytes
from models import Evidence, EvidenceKind
from models.engine import Database
from services.clock import system_clock
from services.evidence import evidence_path
from tests.office import Office

HOURS = 3600


def age(path: Path, hours: float) -> None:
    at = system_clock().timestamp() - hours * HOURS
    os.utime(path, (at, at))


def stored(folder: Path, content: bytes, *, hours: float = 25) -> Path:
    path = evidence_path(folder, store_bytes(folder, content))
    age(path, hours)
    return path


async def refer(db: Database, office: Office, path: Path, now: datetime) -> None:
    async with db.writing() as session:
        session.add(Evidence(person_id=office.ani, kind=EvidenceKind.PHOTO, created_at=now, sha256=path.name))


async def test_old_files_without_a_row_go(
    db: Database, office: Office, now: datetime, tmp_path: Path
) -> None:
    kept, loose, fresh = (
        stored(tmp_path, b"kept"),
        stored(tmp_path, b"loose"),
        stored(tmp_path, b"fresh", hours=23),
    )
    await refer(db, office, kept, now)
    assert await sweep(db, tmp_path) == 1
    assert [path.exists() for path in (kept, loose, fresh)] == [True, False, True]
    assert await sweep(db, tmp_path) == 0


async def test_what_is_not_ours_and_what_was_never_finished(
    db: Database, office: Office, now: datetime, tmp_path: Path
) -> None:
    kept = stored(tmp_path, b"kept")
    await refer(db, office, kept, now)
    others = [tmp_path / "README", kept.parent / "note.txt", tmp_path / ("a" * 64)]
    dead, living = kept.parent / ".new-dead", kept.parent / ".new-living"
    for path in (*others, dead, living):
        path.write_bytes(b"x")
        age(path, 48)
    age(living, 1)
    assert await sweep(db, tmp_path) == 1
    assert [path.exists() for path in (*others, dead, living)] == [True, True, True, False, True]


async def test_the_files_of_another_database_are_left_alone(
    db: Database, office: Office, now: datetime, tmp_path: Path
) -> None:
    """A rehearsal beside the real office: nothing in its database speaks of these files."""
    files = [stored(tmp_path, content) for content in (b"one", b"two")]
    assert await sweep(db, tmp_path) == 0
    assert all(path.exists() for path in files)


async def test_a_file_that_is_sent_again_is_young_again(tmp_path: Path) -> None:
    path = stored(tmp_path, b"sent twice", hours=90)
    assert sweeping._is_old(path)
    assert evidence_path(tmp_path, store_bytes(tmp_path, b"sent twice")) == path
    assert not sweeping._is_old(path)


async def test_a_folder_that_is_not_there_is_no_fault(db: Database, tmp_path: Path) -> None:
    assert await sweep(db, tmp_path / "none") == 0


def test_old_pictures_are_forgotten(tmp_path: Path) -> None:
    old, young, broken, other = (
        tmp_path / name for name in ("a.png", "b.png", ".new-unfinished", "fonts.json")
    )
    for path, hours in ((old, 31 * 24), (young, 29 * 24), (broken, 25), (other, 99 * 24)):
        path.write_bytes(b"picture")
        age(path, hours)
    assert forget_pictures(tmp_path) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.png", "fonts.json"]


def test_a_folder_of_pictures_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    assert forget_pictures(tmp_path / "none") == 0
