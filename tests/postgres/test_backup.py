"""`kinerja backup` and `kinerja restore`: one file, from either engine into either, whole or not at all."""

import argparse
import asyncio
import errno
import fcntl
import gzip
import hashlib
import io
import json
import os
import resource
import signal
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.commands import keeping
from bot.settings import Settings, load_settings
from models import OutboxMessage, OutboxState, Person, SeenUpdate, Unit
from models.delivery import WORDS_GIVEN_BACK
from models.engine import Database
from models.migrate import downgrade, newest
from models.transfer import backing_up
from models.transfer.archive import MANIFEST, Manifest, check, evidence_name, lines_of, opened
from models.transfer.backing_up import clear_leftovers, write_archive
from models.transfer.refusing import Refused
from models.transfer.restoring import Restored, restore
from models.transfer.shape import LEFT_BEHIND, TableShape, read_shape
from services import outbox
from services.clock import system_clock
from services.delivery_trouble import delivery_health
from tests.conftest import WEDNESDAY
from tests.postgres.filled import counts, dump, waiting_evidence
from tests.postgres.moves import LATER, Taken, run, url_of
from tests.words import TEXTS

pytestmark = pytest.mark.postgres
LONG_BEFORE = WEDNESDAY - timedelta(days=999)
"""A restore at which nothing that waits was due yet, so that every row comes back as it was."""
KINDS = ("sqlite", "postgresql")
SAY = TEXTS.speech("id").plain
either = pytest.mark.parametrize("kind", KINDS)
Members = list[tuple[tarfile.TarInfo, bytes]]


async def backup(database: Database, folder: Path, name: str = "office.tar") -> tuple[Path, Manifest]:
    file = folder / name
    return file, await write_archive(database, folder / "evidence", file, program="1", now=LATER)


async def office_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows for name, rows in (await dump(database)).items() if name not in LEFT_BEHIND}


async def refused(file: Path, target: Database) -> Refused:
    """Why it is not restored; the target is as before."""
    before = await counts(target)
    with pytest.raises(Refused) as caught:
        await restore(file, target, file.parent / "restored", now=LATER)
    assert await counts(target) == before
    assert not (file.parent / "restored").exists()
    return caught.value


def store(folder: Path, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    place = folder / "evidence" / sha256[:2] / sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return sha256


# There and back


@pytest.mark.parametrize(("kind", "into"), [KINDS, KINDS[::-1]])
async def test_what_was_backed_up_comes_back_on_either_engine(there: Taken, kind: str, into: str) -> None:
    source, target = await there.full(kind), await there.empty(into)
    file, manifest = await backup(source, there.folder)
    assert manifest.rows == sum(map(len, (await office_of(source)).values()))
    restored = await restore(file, target, there.folder / "restored", now=LONG_BEFORE)
    assert restored == Restored(check(file), 0)
    assert restored.manifest == manifest
    assert await office_of(target) == await office_of(source)
    async with target.writing() as session:
        highest = max(await session.scalars(select(Unit.id)))
        session.add(new := Unit(name="Baru"))
        await session.flush()
        assert new.id == highest + 1


def write_pairs(url: str, stop: Callable[[], bool]) -> int:
    """What an office does meanwhile, in a thread of its own: two rows in every transaction."""

    async def writing() -> int:
        database, number = Database(url), 0
        while not stop():
            number += 1
            async with database.writing() as session:
                session.add(SeenUpdate(bot_id=5, update_id=number, seen_at=LATER))
                session.add(Unit(name=f"Pasangan {number}"))
        await database.close()
        return number

    return asyncio.run(writing())


@either
async def test_a_backup_while_people_write_holds_one_instant(there: Taken, kind: str) -> None:
    source, target = await there.full(kind), await there.empty("sqlite")
    before = await office_of(source)
    done = asyncio.Event()
    writer = asyncio.create_task(asyncio.to_thread(write_pairs, url_of(source), done.is_set))
    await asyncio.sleep(0.1)
    file, _ = await backup(source, there.folder)
    done.set()
    written = await writer
    await restore(file, target, there.folder / "restored", now=LONG_BEFORE)
    after = await office_of(target)
    old = {name: set(map(repr, rows)) for name, rows in before.items()}
    new = {name: [row for row in rows if repr(row) not in old[name]] for name, rows in after.items()}
    assert len(new["seen_updates"]) == len(new["units"]) <= written
    assert all(not rows for name, rows in new.items() if name not in ("seen_updates", "units"))
    assert {name: len(rows) - len(new[name]) for name, rows in after.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    assert written > 0


async def test_evidence_comes_along_and_what_is_lost_is_counted(there: Taken) -> None:
    source = await there.full("sqlite")
    await run(source, "UPDATE evidence SET sha256 = NULL")
    there_, lost = store(there.folder, b"foto" * 400_000), hashlib.sha256(b"hilang").hexdigest()
    damaged = store(there.folder, b"rusak")
    (there.folder / "evidence" / damaged[:2] / damaged).write_bytes(b"lain")
    store(there.folder, b"nobody refers to this")
    async with source.writing() as session:
        session.add_all(waiting_evidence(1, one, now=LATER) for one in (there_, there_, lost, damaged))
    file, manifest = await backup(source, there.folder)
    assert (manifest.evidence, manifest.missing, manifest.damaged) == (1, 1, 1)
    assert manifest.evidence_bytes == 1_600_000
    folder = there.folder / "restored"
    (folder / there_[:2]).mkdir(parents=True)
    (folder / there_[:2] / there_).write_bytes(b"half")
    for _ in range(2):  # the second time it is there already
        await restore(file, await there.empty("sqlite"), folder, now=LATER)
        assert [one.name for one in folder.rglob("*") if one.is_file()] == [there_]
        assert (folder / there_[:2] / there_).read_bytes() == b"foto" * 400_000


async def test_a_backup_of_an_older_schema_is_migrated_up(there: Taken) -> None:
    source = await there.full("sqlite")
    wanted = await office_of(source)
    await downgrade(source, "0003")
    file, manifest = await backup(source, there.folder)
    assert manifest.schema == "0003"
    target = await there.empty("sqlite")  # of today's schema: it goes back, is filled, and comes up again
    await restore(file, target, there.folder / "restored", now=LONG_BEFORE)
    async with target.reading() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == newest()
    found = await office_of(target)
    changed = {"outbox"}  # the columns of 0004 begin anew
    assert {name: rows for name, rows in found.items() if name not in changed} == {
        name: rows for name, rows in wanted.items() if name not in changed
    }
    assert len(found["outbox"]) == len(wanted["outbox"])


# What is not restored


@either
async def test_a_target_that_holds_something_is_refused(there: Taken, kind: str) -> None:
    file, _ = await backup(await there.full("sqlite"), there.folder)
    target = await there.empty(kind)
    await run(target, "INSERT INTO units (name) VALUES ('Ada')")
    assert (await refused(file, target)).code == "filled"


_packed: list[bytes] = []


@pytest.fixture
async def packed(there: Taken) -> Path:
    """A backup with a piece of evidence; made once."""
    file = there.folder / "office.tar"
    if not _packed:
        source = await there.full("sqlite")
        async with source.writing() as session:
            session.add(waiting_evidence(1, store(there.folder, b"bukti"), now=LATER))
        _packed.append(content_of((await backup(source, there.folder))[0]))
    overwrite(file, _packed[0])
    return file


def content_of(file: Path) -> bytes:
    return file.read_bytes()


def overwrite(file: Path, content: bytes, *, at: int | None = None) -> None:
    """The whole of a file, or what stands at one place."""
    if at is None:
        file.write_bytes(content)
        return
    with file.open("r+b") as there:
        there.seek(at)
        there.write(content)


async def test_a_file_that_is_cut_off_is_refused_wherever(there: Taken, packed: Path) -> None:
    target, whole = await there.empty("sqlite"), content_of(packed)
    with tarfile.open(packed) as tar:
        last = tar.getmembers()[-1]
    cuts = [0, 100, 512, last.offset - 512, last.offset, last.offset_data, last.offset_data + 20]
    for cut in [*cuts, *range(1000, last.offset, last.offset // 9)]:
        overwrite(packed, whole[:cut])
        assert (await refused(packed, target)).code == "not_whole", cut


async def test_any_other_file_is_refused(there: Taken) -> None:
    target, file = await there.empty("sqlite"), there.folder / "x"
    for content in (b"nothing of the kind", b"\x1f\x8b\x08" + b"\x00" * 2000, os.urandom(4096)):
        file.write_bytes(content)
        assert (await refused(file, target)).code == "not_whole"


def members(file: Path) -> Members:
    with tarfile.open(file) as tar:
        return [(one, (tar.extractfile(one) or io.BytesIO()).read()) for one in tar]


def rewrite(file: Path, parts: Members) -> None:
    with tarfile.open(file, "w") as tar:
        for info, content in parts:
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content))


def foreign(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b"x"


STRANGERS = {
    "a path that escapes": foreign("evidence/../../evil"),
    "an absolute path": foreign("/etc/evil"),
    "another folder": foreign("evidence/ab/" + "c" * 64),
    "a link": foreign("evidence/ab/ab" + "c" * 62, tarfile.SYMTYPE, "/etc/passwd"),
    "a hard link": foreign("tables/units.jsonl.gz", tarfile.LNKTYPE, "manifest.json"),
    "a device": foreign("evidence/cd/cd" + "c" * 62, tarfile.CHRTYPE),
}


def told_of(file: Path) -> str:
    """Why a file is refused before any database is looked at."""
    with pytest.raises(Refused) as caught:
        check(file)
    return caught.value.code


def test_nothing_but_the_parts_of_a_backup_is_read(packed: Path) -> None:
    whole = members(packed)
    for stranger in STRANGERS.values():
        rewrite(packed, [stranger, *whole])
        assert told_of(packed) == "stranger"
    assert {one.name for one in packed.parent.iterdir()} & {"evil", "etc"} == set()


def header(name: str, *, size: bytes, kind: bytes = b"0") -> bytes:
    """As `tarfile` would not write it."""
    block = bytearray(tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = size
    block[156:157] = kind
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\x00 " % sum(block)
    return bytes(block)


def test_what_a_tar_can_do_besides_is_refused_at_once(there: Taken) -> None:
    file, name = there.folder / "x.tar", evidence_name(hashlib.sha256(b"").hexdigest())
    none, end = b"0" * 11 + b"\x00", b"\x00" * 10240
    good = header(name, size=none)
    negative = header(name, size=(-512).to_bytes(12, "big", signed=True))
    for content, code in {
        negative + end: "stranger",  # over and over again, with Python 3.11.7's tarfile
        good + negative + end: "stranger",
        good + good + end: "stranger",  # the same name
        header(name, size=none, kind=b"S") + end: "stranger",  # sparse
        header(name, size=none, kind=b"x") + end: "stranger",  # about the next one
        header(name, size=b"7" * 11 + b"\x00") + end: "not_whole",
        good + end + b"x": "stranger",
        good[:500] + end: "not_whole",
        good: "not_whole",
    }.items():
        file.write_bytes(content)
        assert told_of(file) == code


def forged(file: Path, table: str, lines: bytes) -> None:
    """A backup whose parts agree with its manifest, whoever wrote it."""
    *parts, (info, content) = members(file)
    manifest = json.loads(content)
    packed = gzip.compress(lines)
    digest = hashlib.sha256(packed).hexdigest()
    manifest["tables"][table] = {"rows": max(lines.count(b"\n") - 1, 0), "sha256": digest}
    changed = [(one, packed if one.name == f"tables/{table}.jsonl.gz" else old) for one, old in parts]
    rewrite(file, [*changed, (info, json.dumps(manifest).encode())])


ROWS = {
    "too short": (b"[1]", "altered"),
    "of two lengths": (b'[1,"a",null,null,1]\n[1]', "altered"),
    "no row": (b"5", "altered"),
    "no JSON": (b"[1,", "altered"),
    "deep": (b"[" * 200_000, "altered"),
    "thousands of digits": (b"[" + b"9" * 5000 + b"]", "altered"),
    "endless": (b'[1,"' + b"a" * (9 << 20) + b'"]', "altered"),
}


def values_of(columns: list[str]) -> dict[str, tuple[bytes, str]]:
    """A row with one value that no column of its kind holds."""
    row: dict[str, object] = {**dict.fromkeys(columns), "id": 1, "name": "a"}
    wrong: dict[str, dict[str, object]] = {
        "a number without room": {"id": 2**70},
        "half a pair": {"name": "\ud800"},
        "a list": {"name": []},
    }
    return {
        what: (json.dumps([{**row, **one}[name] for name in columns]).encode(), "value")
        for what, one in wrong.items()
    }


async def read_through(file: Path, table: TableShape) -> None:
    with opened(file) as archive:
        async for _ in lines_of(archive, table):
            pass


async def test_rows_that_no_backup_has_are_refused(there: Taken, packed: Path) -> None:
    async with (await there.empty("sqlite")).engine.connect() as connection:
        units = next(one for one in (await read_shape(connection)).tables if one.name == "units")
    names = json.dumps(units.header).encode()
    for what, (line, code) in {**ROWS, **values_of([name for name, _ in units.header])}.items():
        forged(packed, "units", names + b"\n" + line + b"\n")
        with pytest.raises(Refused) as caught:
            await read_through(packed, units)
        assert caught.value.code == code, what
    forged(packed, "units", b"")
    assert told_of(packed) == "altered"
    forged(packed, "units", b"[]\n")
    with pytest.raises(Refused) as caught:
        await read_through(packed, units)
    assert caught.value.code == "shape"
    forged(packed, "units", names + b"\n" + ROWS["endless"][0] + b"\n")
    assert told_of(packed) == "altered"


async def test_such_a_row_is_named_in_a_sentence(
    there: Taken, packed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {one.name: content for one, content in members(packed)}
    forged(packed, "units", gzip.decompress(parts["tables/units.jsonl.gz"]) + b"[1]\n")
    target = await there.empty("sqlite")
    assert await command(settings_for(target, there.folder / "back"), "restore", str(packed)) == 1
    assert "Isi tables/units.jsonl.gz" in capsys.readouterr().err
    assert not any((await counts(target)).values())


async def test_a_part_that_is_not_what_was_written_is_refused(there: Taken, packed: Path) -> None:
    target, whole = await there.empty("sqlite"), members(packed)
    for number, (info, content) in enumerate(whole[:-1]):
        if info.name not in ("tables/people.jsonl.gz", evidence_name(hashlib.sha256(b"bukti").hexdigest())):
            continue
        other = bytearray(content)
        other[len(other) // 2] ^= 1
        rewrite(packed, [*whole[:number], (info, bytes(other)), *whole[number + 1 :]])
        told = await refused(packed, target)
        assert (told.code, told.params) == ("altered", {"part": info.name})
        rewrite(packed, [*whole[:number], *whole[number + 1 :]])
        assert (await refused(packed, target)).code in ("not_whole", "altered")
    rewrite(packed, [*whole, foreign("tables/more.jsonl.gz")])
    assert (await refused(packed, target)).code == "stranger"


MANIFESTS: list[tuple[dict[str, object], str]] = [
    ({"schema": "9999"}, "newer"),
    ({"schema": "../1"}, "not_whole"),
    ({"schema": "0000"}, "not_whole"),
    ({"format": 2}, "format"),
    ({"tables": {}}, "not_whole"),
    ({"tables": []}, "not_whole"),
    ({"tables": {"units": {"rows": float("inf"), "sha256": ""}}}, "not_whole"),
    ({"made_at": ["x"]}, "not_whole"),
    ({"evidence": "banyak"}, "not_whole"),
    ({"evidence": 7}, "altered"),
]


def test_a_manifest_that_is_not_understood_is_refused(packed: Path) -> None:
    *parts, (info, content) = members(packed)
    assert info.name == MANIFEST
    for said, code in MANIFESTS:
        rewrite(packed, [*parts, (info, json.dumps({**json.loads(content), **said}).encode())])
        assert told_of(packed) == code, said
    rewrite(packed, [*parts, (info, b"[" * 200_000)])
    assert told_of(packed) == "not_whole"
    lying = json.loads(content)
    lying["tables"]["units"]["rows"] += 1
    rewrite(packed, [*parts, (info, json.dumps(lying).encode())])
    assert told_of(packed) == "altered", "rows are counted, not believed"


# Writing


async def test_a_backup_is_its_owners_and_takes_no_files_place(there: Taken) -> None:
    source = await there.full("sqlite")
    file, _ = await backup(source, there.folder)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    with pytest.raises(Refused) as caught:
        await backup(source, there.folder)
    assert caught.value.code == "exists"
    assert file.read_bytes() == before
    assert not list(there.folder.glob(".*"))


async def test_a_damaged_database_is_not_backed_up(there: Taken) -> None:
    source = await there.full("sqlite")
    async with source.engine.connect() as connection:
        place = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_audit_events_subject'"
        root = (await connection.exec_driver_sql(place)).scalar_one()
        size = (await connection.exec_driver_sql("PRAGMA page_size")).scalar_one()
    await source.close()
    emptied = b"\x0a" + b"\x00" * 7  # an index that has lost its entries
    overwrite(Path(str(source.url.database)), emptied, at=(root - 1) * size)
    with pytest.raises(Refused) as caught:
        await backup(source, there.folder)
    assert caught.value.code == "damaged_database"
    assert not list(there.folder.glob("*.tar*"))


async def test_a_database_that_cannot_be_read_at_all_is_said_to_be_damaged(
    there: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    source = await there.full("sqlite")
    async with source.engine.connect() as connection:
        size = (await connection.exec_driver_sql("PRAGMA page_size")).scalar_one()
    await source.close()
    file = Path(str(source.url.database))
    overwrite(file, b"\xff" * (len(content_of(file)) - size), at=size)
    assert await command(settings_for(source, there.folder), "backup", str(there.folder / "x.tar")) == 1
    assert "Basis datanya rusak" in capsys.readouterr().err


async def test_a_file_system_without_links_does_no_better(
    there: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, file = await there.empty("sqlite"), there.folder / "office.tar"

    def no_link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_link)
    await backup(source, there.folder)
    assert check(file)

    def too_late(*_: object) -> None:
        (there.folder / "again.tar").write_bytes(b"somebody else's")
        no_link()

    monkeypatch.setattr(os, "link", too_late)
    with pytest.raises(Refused) as caught:
        await backup(source, there.folder, "again.tar")
    assert caught.value.code == "exists"
    assert (there.folder / "again.tar").read_bytes() == b"somebody else's"


async def test_a_backup_that_is_told_to_end_leaves_no_half_file(
    there: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, before = await there.empty("sqlite"), signal.getsignal(signal.SIGTERM)
    settings = settings_for(source, there.folder / "evidence")

    def ended(_: int) -> None:
        assert list(there.folder.glob(".*.part"))
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(os, "fsync", ended)
    with pytest.raises(SystemExit) as caught:
        await command(settings, "backup", str(there.folder / "x.tar"))
    assert caught.value.code == 128 + signal.SIGTERM
    assert not list(there.folder.glob("*.tar*")) + list(there.folder.glob(".*"))
    assert signal.getsignal(signal.SIGTERM) == before


async def test_what_a_killed_backup_left_goes_with_the_next_one(
    there: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    source, folder = await there.empty("sqlite"), there.folder
    settings = settings_for(source, folder / "evidence")
    killed, left = folder / ".old.tar.0123abcd.part", folder / ".x.tar.ffffffff.part"
    fresh = folder / ".fresh.tar.0123abcd.part"
    others = {
        fresh: b"tables/",
        folder / ".empty.0123abcd.part": b"",
        folder / ".short.0123abcd.part": b"tables",
        folder / ".old.tar.part": b"tables/",
        folder / ".film.0123abcd.part": b"RIFF",
        folder / ".busy.tar.0123abcd.part": b"tables/",
    }
    hour_ago = system_clock().timestamp() - 3601
    ours = {killed: b"tables/people.jsonl.gz" + bytes(600), left: b"tables/"}
    for other, content in (others | ours).items():
        other.write_bytes(content)
        os.utime(other, (hour_ago, hour_ago + 60 * (other == fresh)))
    with (folder / ".busy.tar.0123abcd.part").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert await command(settings, "backup", str(folder / "new.tar")) == 0
    said = capsys.readouterr().err
    assert not [one for one in ours if one.exists() or str(one) not in said]
    assert {one: one.read_bytes() for one in others} == others


async def test_a_backup_is_held_until_it_has_its_name(there: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one into this folder takes it for no leftover, however long it is read again."""
    looked = []

    def slow(part: Path) -> None:
        os.utime(part, (0, 0))
        looked.append(clear_leftovers(part.parent, now=system_clock()))

    monkeypatch.setattr(backing_up, "check", slow)
    file, _ = await backup(await there.empty("sqlite"), there.folder)
    assert looked == [[]]
    assert file.exists()


@either
async def test_what_waited_at_the_backup_is_an_admins_to_decide(there: Taken, kind: str) -> None:
    source, target = await there.empty(kind), await there.empty(kind)
    async with source.writing() as session:
        session.add(person := Person(name="Ani", created_at=WEDNESDAY))
        await session.flush()
        tried = 2  # and waits for its retry: it may have gone since
        for state, hours, attempts in (
            ("waiting", 0, 0),
            ("sending", 0, 1),
            ("waiting", 48, tried),
            ("waiting", 48, 0),
            ("sent", 0, 1),
            ("failed", 0, 1),
        ):
            row = OutboxMessage(
                person_id=person.id,
                kind="prompted",
                state=OutboxState(state),
                created_at=WEDNESDAY,
                not_before=WEDNESDAY + timedelta(hours=hours),
                attempts=attempts,
            )
            session.add(row)
            await session.flush()
    file, _ = await backup(source, there.folder)
    restored_at = WEDNESDAY + timedelta(hours=24)
    done = await restore(file, target, there.folder / "restored", now=restored_at)
    assert done.held_back == 3
    async with target.writing() as session:
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
        assert [row.state for row in rows] == [*["uncertain"] * 3, "waiting", "sent", "failed"]
        assert {row.finished_at for row in rows[:3]} == {restored_at}
        assert await outbox.claim(session, now=restored_at) == []
        assert (await delivery_health(session, now=restored_at)).uncertain_count == 3


@either
async def test_words_that_are_given_back_wait_on_after_a_restore(there: Taken, kind: str) -> None:
    """Twice they do no harm; the row is the only place that has them."""
    source, target = await there.empty(kind), await there.empty(kind)
    async with source.writing() as session:
        session.add(person := Person(name="Ani", created_at=WEDNESDAY))
        await session.flush()
        for number, state in enumerate(("waiting", "sending", "sent")):
            row = OutboxMessage(
                person_id=person.id,
                kind=WORDS_GIVEN_BACK,
                payload={"chat": 1, "text": f"Rapat {number}"},
                state=OutboxState(state),
                created_at=WEDNESDAY,
                not_before=WEDNESDAY,
            )
            session.add(row)
            await session.flush()
    file, _ = await backup(source, there.folder)
    restored_at = WEDNESDAY + timedelta(hours=24)
    done = await restore(file, target, there.folder / "restored", now=restored_at)
    assert done.held_back == 0
    async with target.writing() as session:
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
        assert [row.state for row in rows] == ["waiting", "waiting", "sent"]
        assert await outbox.claim(session, now=restored_at)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The system refuses to let a file grow, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    keeping.add_parser(parser.add_subparsers(dest="command"))
    return parser.parse_args(words)


def settings_for(database: Database, evidence: Path) -> Settings:
    return replace(load_settings({}), database_url=url_of(database), evidence_dir=evidence)


async def command(settings: Settings, *words: str, now: datetime = LATER) -> int:
    args = arguments(*words)
    if args.command == "backup":
        return await keeping.run_backup(args, settings=settings, program="1", now=now, texts=SAY)
    return await keeping.run_restore(args, settings=settings, now=now, texts=SAY)


async def test_without_room_there_is_a_sentence_and_no_half_file(
    there: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    source = await there.full("postgresql")  # SQLite itself writes, too
    file = there.folder / "office.tar"
    settings = settings_for(source, there.folder / "evidence")
    with no_file_beyond(20_000):
        assert await command(settings, "backup", str(file)) == 1
    said = capsys.readouterr().err
    assert f"Berkas {file} tidak bisa dipakai" in said
    assert "Tidak ada cadangan yang ditulis" in said
    assert list(there.folder.iterdir()) == []
    assert await command(settings, "backup", str(there.folder / "no" / "office.tar")) == 1
    assert "foldernya tidak ada" in capsys.readouterr().err


async def test_the_commands_say_what_they_did(there: Taken, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = await there.full("sqlite"), await there.empty("sqlite")
    file, evidence = str(there.folder / "office.tar"), there.folder / "evidence"
    await run(source, "UPDATE evidence SET sha256 = '../../etc/passwd' WHERE sha256 IS NOT NULL")
    assert await command(settings_for(source, evidence), "backup", f"{file}.bare") == 1
    said = capsys.readouterr()
    assert f"skema {newest()}" in said.out
    assert "Tidak satu pun dari 1 berkas bukti dukung" in said.err
    assert f"({evidence})" in said.err
    assert check(Path(f"{file}.bare")).missing == 1
    async with source.writing() as session:
        session.add(waiting_evidence(1, store(there.folder, b"bukti"), now=LATER))
    assert await command(settings_for(source, evidence), "backup", file) == 0
    assert "1 berkas bukti dukung tidak ada" in capsys.readouterr().err
    assert await command(settings_for(source, evidence), "backup", file) == 1
    assert "tidak pernah menimpa" in capsys.readouterr().err
    back = settings_for(target, there.folder / "back")
    assert await command(back, "restore", file, "--check") == 0
    assert "utuh" in capsys.readouterr().out
    assert not any((await counts(target)).values())
    assert await command(back, "restore", file) == 0
    assert "tidak dikirim sendiri" in capsys.readouterr().out
    assert await command(back, "restore", file) == 1
    assert "sudah berisi" in capsys.readouterr().err
    assert await command(back, "restore", f"{file}.no") == 1
    why = capsys.readouterr().err
    assert "foldernya tidak ada" in why
    assert "Tidak ada yang dipulihkan" in why
    assert await command(back, "restore", f"{file}.no", "--check") == 1
    why = capsys.readouterr().err
    assert "hanya diperiksa" in why
    assert "dipulihkan" not in why


async def test_a_folder_of_evidence_that_cannot_be_used_is_named(
    there: Taken, packed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = await there.full("sqlite"), await there.empty("sqlite")
    async with source.writing() as session:
        session.add(waiting_evidence(1, "ab" * 32, now=LATER))
    (there.folder / "plain").write_bytes(b"")
    folder = there.folder / "plain" / "evidence"
    for words, database in (
        (("backup", str(there.folder / "x.tar")), source),
        (("restore", str(packed)), target),
    ):
        assert await command(settings_for(database, folder), *words) == 1
        assert (
            f"Folder EVIDENCE_DIR {folder} tidak bisa dipakai: bagian dari jalurnya bukan folder"
            in capsys.readouterr().err
        )
    assert not any((await counts(target)).values())
    assert not (there.folder / "x.tar").exists()


async def test_what_is_restored_but_not_migrated_is_said_to_be_there(
    there: Taken, packed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = await there.empty("sqlite")

    async def full_disk(_: Database) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("models.transfer.restoring.migrate", full_disk)
    assert await command(settings_for(target, there.folder / "back"), "restore", str(packed)) == 1
    said = capsys.readouterr().err
    assert "Semua data sudah dipulihkan" in said
    assert SAY("transfer.nothing_restored") not in said
    assert (await counts(target))["people"] == 10


async def test_a_database_that_is_not_there_is_not_made(
    there: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = replace(load_settings({}), database_url=f"sqlite:///{there.folder}/no/office.db")
    assert await command(missing, "backup", str(there.folder / "x.tar")) == 1
    assert "Berkas SQLite" in capsys.readouterr().err
    (there.folder / "bad.tar").write_bytes(b"")
    assert await command(missing, "restore", str(there.folder / "bad.tar")) == 1
    assert [one.name for one in there.folder.iterdir()] == ["bad.tar"]
    away = replace(missing, database_url="postgresql://kinerja:hidden-word@127.0.0.1:9/none")
    assert await command(away, "backup", str(there.folder / "x.tar")) == 1
    said = "".join(capsys.readouterr())
    assert "DATABASE_URL: basis datanya" in said
    assert "hidden-word" not in said
