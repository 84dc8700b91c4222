"""`kinerja deactivate NIP…`, `kinerja deactivate --admin NAME`: somebody has left the office."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime

from bot.commands.files import printable
from models.engine import Database
from services.errors import Invalid
from services.people.leaving import deactivate, deactivate_admin

OK, FAULTS, USAGE = 0, 1, 2
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `deactivate` with its arguments."""
    parser = subparsers.add_parser("deactivate", help="nonaktifkan pegawai yang pindah, pensiun, atau keluar")
    parser.add_argument("people", nargs="*", metavar="NIP", help="NIP atau id_pegawai")
    parser.add_argument("--admin", metavar="NAME", help="seorang pengelola, yang mungkin tanpa nomor")


async def run(args: argparse.Namespace, *, database: Database, now: datetime, texts: Say) -> int:
    """Makes people inactive, all or nobody. 0: done, 1: somebody is unknown or cannot leave yet, 2: usage."""
    if bool(args.people) == (args.admin is not None):
        print(texts("leave.usage"), file=sys.stderr)
        return USAGE
    try:
        async with database.writing() as session:
            if args.admin is not None:
                left = await deactivate_admin(session, args.admin, now=now)
            else:
                left = await deactivate(session, args.people, now=now)
    except Invalid as error:
        print(printable(texts(f"errors.{error.code}", **error.params)))
        print(texts("leave.nobody"))
        return FAULTS
    for code, references in (("unknown", left.unknown), ("inactive", left.inactive)):
        for reference in references:
            print(printable(texts(f"leave.{code}", reference=reference)))
    if not left.names:
        print(texts("leave.nobody"))
        return FAULTS
    for name in left.names:
        print(printable(texts("leave.done", name=name)))
    print(texts("leave.back" if args.admin is None else "leave.admin_back"))
    return OK
