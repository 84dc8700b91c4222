"""`kinerja backup FILE`, `kinerja restore FILE`: database and evidence into one file, and out of it."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.commands.files import printable, reason_of
from bot.commands.moving import OK, REFUSED, answers, told
from bot.settings import Settings
from bot.starting import reason
from models.engine import Database
from models.transfer.archive import Manifest, check
from models.transfer.backing_up import write_archive
from models.transfer.opening import existing
from models.transfer.refusing import Refused
from models.transfer.restoring import restore

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
    """Writes a new file. 0: done; 1: a sentence says why not, and there is no file."""
    try:
        database = existing(settings.database_url)
    except Refused as refused:
        return told(refused, texts, "transfer.nothing_kept")
    try:
        if not await answers(database, "DATABASE_URL", texts):
            return REFUSED
        kept = await write_archive(database, settings.evidence_dir, args.file, program=program, now=now)
    except Refused as refused:
        return told(refused, texts, "transfer.nothing_kept")
    except OSError as error:
        return _unusable(args.file, error, texts, "transfer.nothing_kept")
    finally:
        await database.close()
    print(printable(texts("transfer.backed_up", schema=kept.schema, **_counts(args.file, kept))))
    if kept.missing or kept.damaged:
        print(texts("transfer.evidence_lost", missing=kept.missing, damaged=kept.damaged), file=sys.stderr)
    return OK


async def run_restore(args: argparse.Namespace, *, settings: Settings, texts: Say) -> int:
    """Fills an empty database and EVIDENCE_DIR. 0: done; 1: a sentence says why not, and it is empty."""
    if args.check:
        return await asyncio.to_thread(_check, args.file, texts)
    try:
        await asyncio.to_thread(check, args.file)  # before SQLite makes a file
        database = Database(settings.database_url, pool_size=2)
        try:
            if not await answers(database, "DATABASE_URL", texts):
                return REFUSED
            kept = await restore(args.file, database, settings.evidence_dir)
        finally:
            await database.close()
    except Refused as refused:
        return told(refused, texts, "transfer.nothing_restored")
    except SQLAlchemyError as error:
        print(texts("transfer.failed", reason=reason(error)), file=sys.stderr)
        return REFUSED
    except OSError as error:
        return _unusable(args.file, error, texts, "transfer.nothing_restored")
    print(printable(texts("transfer.restored", made=kept.made_at, **_counts(args.file, kept))))
    print(texts("transfer.written_again"))
    return OK


def _check(file: Path, texts: Say) -> int:
    try:
        kept = check(file)
    except Refused as refused:
        return told(refused, texts, "transfer.nothing_restored")
    except OSError as error:
        return _unusable(file, error, texts, "transfer.nothing_restored")
    counts = _counts(file, kept)
    print(printable(texts("transfer.checked", schema=kept.schema, made=kept.made_at, **counts)))
    return OK


def _counts(file: Path, kept: Manifest) -> dict[str, object]:
    return {"file": file, "tables": len(kept.tables), "count": kept.rows, "evidence": kept.evidence}


def _unusable(file: Path, error: OSError, texts: Say, conclusion: str) -> int:
    print(printable(texts("transfer.file", file=file, reason=reason_of(error, texts))), file=sys.stderr)
    print(texts(conclusion), file=sys.stderr)
    return REFUSED
