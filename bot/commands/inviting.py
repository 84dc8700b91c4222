"""`kinerja invite NIP…`, `kinerja invite --all --output FILE.csv`, `kinerja invite --admin NAME`.

The links are secrets: a file that holds them is readable by its owner alone, and stands there only when the
invitations are stored.
"""

import argparse
import asyncio
import csv
import io
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.commands.files import printable, reason_of
from models.engine import Database
from services.errors import Invalid
from services.people.invitations import (
    LIFETIME,
    TELEGRAM,
    Issued,
    find_people,
    invite,
    invite_admin,
    join_link,
    not_joined,
)

OK, FAULTS, USAGE = 0, 1, 2
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""
HEADER = ("nip", "nama", "link")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `invite` with its arguments."""
    parser = subparsers.add_parser("invite", help="buat tautan undangan sekali pakai")
    parser.add_argument("people", nargs="*", metavar="NIP", help="NIP atau id_pegawai")
    parser.add_argument("--all", action="store_true", help="semua yang aktif dan belum bergabung")
    parser.add_argument("--admin", metavar="NAME", help="undang (dan bila perlu buat) seorang pengelola")
    parser.add_argument("--new", action="store_true", help="dengan --admin: pengelola ini memang belum ada")
    parser.add_argument("--output", type=Path, metavar="FILE.csv", help="tulis tautan ke berkas ini")


async def run(
    args: argparse.Namespace,
    *,
    database: Database,
    now: datetime,
    texts: Say,
    bot_username: str,
    link_root: str = TELEGRAM,
) -> int:
    """Issues invitations. 0: done, 1: somebody is unknown and nobody is invited, 2: usage or no file."""
    chosen = sum((bool(args.people), args.all, args.admin is not None))
    if chosen != 1 or (args.all and not args.output) or (args.new and args.admin is None):
        print(texts("invite.usage"), file=sys.stderr)
        return USAGE
    draft: Path | None = None
    try:
        async with database.writing() as session:
            if args.admin is not None:
                issued = [await invite_admin(session, args.admin, now=now, new=args.new)]
            else:
                ids: Sequence[int]
                if args.all:
                    ids = await not_joined(session)
                else:
                    found = await find_people(session, args.people)
                    for code, references in (("unknown", found.unknown), ("inactive", found.inactive)):
                        for reference in references:
                            print(texts(f"invite.{code}", reference=printable(reference)))
                    if found.unknown or found.inactive:
                        print(texts("invite.nobody_invited"))
                        return FAULTS
                    ids = found.person_ids
                issued = await invite(session, ids, now=now)
            table = as_csv(issued, bot_username, root=link_root)
            if args.output is not None:
                draft = await asyncio.to_thread(_write_draft, args.output, table)
        if draft is not None:
            await asyncio.to_thread(os.replace, draft, args.output)
            draft = None
    except Invalid as error:
        print(printable(texts(f"errors.{error.code}", **error.params)))
        return FAULTS
    except OSError as error:
        print(texts("invite.cannot_write", file=args.output, reason=reason_of(error, texts)))
        return USAGE
    finally:
        if draft is not None:
            await asyncio.to_thread(draft.unlink, missing_ok=True)
    if args.output is None:
        print(table, end="")
    _report(issued, args, texts)
    return OK


def as_csv(issued: Sequence[Issued], bot_username: str, *, root: str = TELEGRAM) -> str:
    """The invitations as csv. Cells a spreadsheet would calculate are marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in issued:
        link = join_link(bot_username, one.token, root=root)
        writer.writerow((_as_text(one.identifier), _as_text(one.name), link))
    return out.getvalue()


def _as_text(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _write_draft(output: Path, table: str) -> Path:
    """Writes beside the output, readable by the owner alone (mkstemp makes files so); gives the draft."""
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=".undangan-", suffix=".csv")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(table)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _report(issued: Sequence[Issued], args: argparse.Namespace, texts: Say) -> None:
    """To stderr, so that what is printed stays a table."""
    days = LIFETIME.days
    print(texts("invite.done", count=len(issued), days=days), file=sys.stderr)
    if args.output is not None:
        print(texts("invite.written", file=args.output), file=sys.stderr)
    moved = sum(one.joined_before for one in issued)
    if moved:
        print(texts("invite.joined_before", count=moved), file=sys.stderr)
