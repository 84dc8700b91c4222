"""`kinerja backup` and `kinerja restore`: one file, from either engine into either, whole or not at all."""

import argparse
import asyncio
import hashlib
import io
import json
import os
import resource
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.commands import keeping
from bot.settings import Settings, load_settings
from models import Base, SeenUpdate, Unit
from models.engine import Database
from models.migrate import downgrade, newest
from models.transfer.archive import MANIFEST, Manifest, check, evidence_name
from models.transfer.backing_up import write_archive
from models.transfer.refusing import Refused
from models.transfer.restoring import restore
from models.transfer.shape import LEFT_BEHIND
from tests.postgres.filled import counts, dump, waiting_evidence
from tests.postgres.moves import LATER, Taken, run, url_of
from tests.words import TEXTS

pytestmark = pytest.mark.postgres
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
        await restore(file, target, file.parent / "restored")
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


@pytest.mark.parametrize("into", KINDS)
@either
async def test_what_was_backed_up_comes_back_on_either_engine(there: Taken, kind: str, into: str) -> None:
    source, target = await there.full(kind), await there.empty(into)
    file, manifest = await backup(source, there.folder)
    assert manifest.rows == sum(map(len, (await office_of(source)).values()))
    restored = await restore(file, target, there.folder / "restored")
    assert restored == manifest == check(file)
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
    await restore(file, target, there.folder / "restored")
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
    for kind in KINDS:  # the second time it is there already
        await restore(file, await there.empty(kind), folder)
        assert [one.name for one in folder.rglob("*") if one.is_file()] == [there_]
        assert (folder / there_[:2] / there_).read_bytes() == b"foto" * 400_000


@either
async def test_a_backup_of_an_older_schema_is_migrated_up(there: Taken, kind: str) -> None:
    source = await there.full("sqlite")
    wanted = await office_of(source)
    await downgrade(source, "0003")
    file, manifest = await backup(source, there.folder)
    assert manifest.schema == "0003"
    target = await there.empty(kind)  # of today's schema: it goes back, is filled, and comes up again
    await restore(file, target, there.folder / "restored")
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


@pytest.fixture
async def packed(there: Taken) -> Path:
    """A backup with a piece of evidence."""
    source = await there.full("sqlite")
    async with source.writing() as session:
        session.add(waiting_evidence(1, store(there.folder, b"bukti"), now=LATER))
    return (await backup(source, there.folder))[0]


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


@pytest.mark.parametrize("what", STRANGERS)
async def test_nothing_but_the_parts_of_a_backup_is_read(there: Taken, packed: Path, what: str) -> None:
    rewrite(packed, [STRANGERS[what], *members(packed)])
    assert (await refused(packed, await there.empty("sqlite"))).code == "stranger"
    assert {one.name for one in there.folder.iterdir()} & {"evil", "etc"} == set()


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


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"schema": "9999"}, "newer"),
        ({"schema": "../1"}, "not_whole"),
        ({"format": 2}, "format"),
        ({"tables": {}}, "not_whole"),
        ({"tables": []}, "not_whole"),
    ],
)
async def test_a_manifest_that_is_not_understood_is_refused(
    there: Taken, packed: Path, said: dict[str, object], code: str
) -> None:
    *parts, (info, content) = members(packed)
    assert info.name == MANIFEST
    rewrite(packed, [*parts, (info, json.dumps({**json.loads(content), **said}).encode())])
    assert (await refused(packed, await there.empty("sqlite"))).code == code


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
    return await keeping.run_restore(args, settings=settings, texts=SAY)


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
    source, target = await there.full("sqlite"), await there.empty("postgresql")
    file, evidence = str(there.folder / "office.tar"), there.folder / "evidence"
    await run(source, "UPDATE evidence SET sha256 = '../../etc/passwd' WHERE sha256 IS NOT NULL")
    assert await command(settings_for(source, evidence), "backup", file) == 0
    said = capsys.readouterr()
    assert f"skema {newest()}" in said.out
    assert "1 berkas bukti dukung tidak ada" in said.err
    assert await command(settings_for(source, evidence), "backup", file) == 1
    assert "tidak pernah menimpa" in capsys.readouterr().err
    assert await command(settings_for(target, evidence), "restore", file, "--check") == 0
    assert "utuh" in capsys.readouterr().out
    assert not any((await counts(target)).values())
    assert await command(settings_for(target, evidence), "restore", file) == 0
    assert "akan dikirim" in capsys.readouterr().out
    assert await command(settings_for(target, evidence), "restore", file) == 1
    assert "sudah berisi" in capsys.readouterr().err
    assert await command(settings_for(target, evidence), "restore", f"{file}.no") == 1
    assert "tidak ada" in capsys.readouterr().err
    assert await command(settings_for(target, evidence), "restore", f"{file}.no", "--check") == 1


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


def test_every_table_of_the_models_goes_into_a_backup_or_is_named() -> None:
    assert set(Base.metadata.tables) >= LEFT_BEHIND
