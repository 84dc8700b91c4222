"""`kinerja backup FILE`, `kinerja restore FILE`: database and evidence into one file, and out of it."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.commands.files import printable, reason_of
from bot.commands.moving import OK, REFUSED, answers, told
from bot.settings import Settings
from bot.starting import reason
from models.engine import Database
from models.transfer.archive import Manifest, check
from models.transfer.backing_up import clear_leftovers, write_archive
from models.transfer.opening import existing
from models.transfer.refusing import FolderUnusable, Refused
from models.transfer.restoring import restore
from services.clock import system_clock
from services.health import note_backup

FAILURES = (Refused, FolderUnusable, SQLAlchemyError, OSError)
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `backup` and `restore` with their arguments."""
    backup = subparsers.add_parser("backup", help="cadangkan basis data dan bukti dukung ke satu berkas")
    backup.add_argument("file", type=Path, metavar="FILE", help="berkas baru, seperti kinerja-2026-11-18.tar")
    back = subparsers.add_parser("restore", help="pulihkan cadangan ke basis data yang kosong")
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--check", action="store_true", help="hanya periksa berkasnya; tidak ada yang ditulis")


async def run_backup(
    args: argparse.Namespace, *, settings: Settings, program: str, now: datetime, texts: Say
) -> int:
    """Writes a new file. 0: done; 1: a sentence says why not, and whether there is a file all the same."""
    try:
        database = existing(settings.database_url)
    except Refused as refused:
        return told(refused, texts, "transfer.nothing_kept")
    try:
        if not await answers(database, "DATABASE_URL", texts):
            return REFUSED
        for part in await asyncio.to_thread(clear_leftovers, args.file.parent, now=system_clock()):
            print(printable(texts("transfer.leftover", file=part)), file=sys.stderr)
        with _told_to_end():
            kept = await write_archive(database, settings.evidence_dir, args.file, program=program, now=now)
        if kept.evidence or not kept.missing + kept.damaged:
            await _note(database, now)
    except FAILURES as error:
        return _failed(error, args.file, texts, "transfer.nothing_kept")
    finally:
        await database.close()
    print(printable(texts("transfer.backed_up", schema=kept.schema, **_counts(args.file, kept))))
    lost = kept.missing + kept.damaged
    if lost and not kept.evidence:  # the folder is another one: this is not what anybody wants to restore
        line = texts("transfer.no_evidence", folder=settings.evidence_dir, count=lost)
        print(printable(line), file=sys.stderr)
        return REFUSED
    if lost:
        print(texts("transfer.evidence_lost", missing=kept.missing, damaged=kept.damaged), file=sys.stderr)
    return OK


@contextmanager
def _told_to_end() -> Iterator[None]:
    """SIGTERM and SIGHUP end what runs as an exit does, so that no half file is left."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    before = {one: signal.signal(one, end) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


async def _note(database: Database, now: datetime) -> None:
    """So that `/kesehatan` and `kinerja check` know of it; a database that can only be read knows of none."""
    with suppress(SQLAlchemyError):
        async with database.writing() as session:
            note_backup(session, now=now)


async def run_restore(args: argparse.Namespace, *, settings: Settings, now: datetime, texts: Say) -> int:
    """Fills an empty database and EVIDENCE_DIR. 0: done; 1: a sentence says why not, and what is there."""
    try:
        checked = await asyncio.to_thread(check, args.file)  # before SQLite makes a file
        if args.check:
            counts = _counts(args.file, checked)
            print(printable(texts("transfer.checked", schema=checked.schema, made=checked.made_at, **counts)))
            return OK
        database = Database(settings.database_url, pool_size=2)
        try:
            if not await answers(database, "DATABASE_URL", texts):
                return REFUSED
            done = await restore(args.file, database, settings.evidence_dir, now=now, checked=checked)
        finally:
            await database.close()
    except FAILURES as error:
        conclusion = "transfer.only_checked" if args.check else "transfer.nothing_restored"
        return _failed(error, args.file, texts, conclusion)
    kept = done.manifest
    print(printable(texts("transfer.restored", made=kept.made_at, **_counts(args.file, kept))))
    if done.held_back:
        print(texts("transfer.held_back", count=done.held_back))
    return OK


def _counts(file: Path, kept: Manifest) -> dict[str, object]:
    return {"file": file, "tables": len(kept.tables), "count": kept.rows, "evidence": kept.evidence}


def _failed(error: Exception, file: Path, texts: Say, conclusion: str) -> int:
    """Says what could not be used, the database, the folder or the file, and what that means."""
    match error:
        case Refused():
            return told(error, texts, conclusion)
        case FolderUnusable():
            why = reason_of(error.error, texts)
            line = texts("transfer.folder", folder=error.folder, reason=why)
        case SQLAlchemyError() | ConnectionError() | TimeoutError():
            line = texts("transfer.database", reason=reason(error))
        case OSError():
            line = texts("transfer.file", file=file, reason=reason_of(error, texts))
        case _:
            raise error
    print(printable(line), file=sys.stderr)
    print(texts(conclusion), file=sys.stderr)
    return REFUSED
