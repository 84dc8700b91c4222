"""`kinerja migrate-data --from URL --to URL`: an office moves from one database to another."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from bot.commands.files import printable
from bot.sole import Lock, lock_file, look
from bot.starting import CannotStart, reach, reason
from models.engine import Database, async_url, file_of, is_damage
from models.transfer.moving import Moved, move
from models.transfer.opening import existing
from models.transfer.refusing import Refused, Unfinished
from models.transfer.shape import LEFT_BEHIND

OK, REFUSED = 0, 1
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `migrate-data` with its arguments."""
    parser = subparsers.add_parser(
        "migrate-data", help="pindahkan data kantor ke basis data lain, dibandingkan baris demi baris"
    )
    parser.add_argument("--from", dest="source", required=True, type=database_url, metavar="URL")
    parser.add_argument(
        "--to", dest="target", required=True, type=database_url, metavar="URL", help="basis data yang kosong"
    )
    parser.add_argument(
        "--anyway", action="store_true", help="untuk gladi: juga bila bot sedang berjalan di sumber"
    )


def database_url(text: str) -> str:
    """An argument that is a database's address. The complaint never repeats it: it may hold a password."""
    try:
        url = async_url(text)
        whole = bool(file_of(url) if url.drivername.startswith("sqlite") else url.database)
    except (ArgumentError, ValueError):
        whole = False
    if not whole:
        raise argparse.ArgumentTypeError("sqlite:///FILE or postgresql://USER@HOST/NAME")
    return text


async def run(args: argparse.Namespace, *, now: datetime, texts: Say) -> int:
    """Moves everything or nothing. 0: all rows are the same in both; 1: a sentence says why not.

    Raises nothing that a database does; when the server went away while it committed, the sentence says that
    nobody knows.
    """
    try:
        source = existing(args.source)
    except Refused as refused:
        return told(refused, texts, "transfer.nothing")
    target = Database(args.target, pool_size=2)
    try:
        for which, database in (("--from", source), ("--to", target)):
            if not await answers(database, which, texts):
                return REFUSED
        lock = look(source.file) if source.is_sqlite else Lock.ABSENT
        if lock is Lock.HELD and not args.anyway:
            raise Refused("held")
        if lock is Lock.UNREADABLE and not args.anyway:
            raise Refused("lock_unreadable", file=lock_file(source.file))
        resting = lock is Lock.FREE  # it knows better than what processes told of themselves
        moved = await move(source, target, now=now, anyway=args.anyway, resting=resting)
    except Refused as refused:
        return told(refused, texts, "transfer.nothing")
    except (SQLAlchemyError, OSError) as error:
        print(texts("transfer.failed", reason=reason(error)), file=sys.stderr)
        return REFUSED
    finally:
        await source.close()
        await target.close()
    _table(moved, texts)
    return OK


def _table(moved: Sequence[Moved], texts: Say) -> None:
    for one in moved:
        print(texts("transfer.table", table=one.table, count=one.rows))
    print(texts("transfer.moved", tables=len(moved), count=sum(one.rows for one in moved)))
    print(texts("transfer.left_behind", tables=", ".join(sorted(LEFT_BEHIND))))


async def answers(database: Database, which: str, texts: Say) -> bool:
    """Whether a database is there; if not, says which one."""
    try:
        await reach(database)
    except CannotStart as error:
        cause = error.__cause__ or error
        if isinstance(cause, DBAPIError) and is_damage(cause):
            print(texts("transfer.damaged_database"), file=sys.stderr)
            return False
        print(texts("transfer.away", which=which, reason=reason(cause)), file=sys.stderr)
        return False
    return True


def told(refused: Refused, texts: Say, conclusion: str) -> int:
    """Says why not, and what that means; of what is there, or may be, that it is."""
    if isinstance(refused, Unfinished):
        why = reason(refused.cause)
        print(texts(f"transfer.{refused.code}", reason=why, **refused.params), file=sys.stderr)
        return REFUSED
    print(printable(texts(f"transfer.{refused.code}", **refused.params)), file=sys.stderr)
    print(texts(conclusion), file=sys.stderr)
    return REFUSED
