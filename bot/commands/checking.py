"""`kinerja check`: tells whoever keeps the server what is wrong, and what to do about it. It changes nothing.

Beside a running bot it may run at any time; from cron, its exit code says whether somebody has to look.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.commands import checks
from bot.commands.checks import Result
from bot.commands.files import printable
from bot.settings import Settings
from bot.sole import is_held
from bot.texts import Speech
from models.engine import Database
from services.clock import Clock, local_date, system_clock
from services.health import Level, load_health

OK, FAULTS = 0, 1
MARKS = {Level.GOOD: "ok", Level.LOOK: "warn", Level.BAD: "fail"}
HOME = "Asia/Jakarta"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `check` with its arguments."""
    parser = subparsers.add_parser("check", help="periksa semuanya dan katakan apa yang salah")
    parser.add_argument("--json", action="store_true", help="untuk mesin")


async def run(
    args: argparse.Namespace, settings: Settings, *, speech: Speech, clock: Clock = system_clock
) -> int:
    """0: nothing stands still (something may want a look), 1: something does."""
    results = await look(settings, clock)
    if args.json:
        print(json.dumps(_machine(results, speech), ensure_ascii=False, indent=1))
    else:
        for one in results:
            _say(one, speech)
        print()
        print(_sum(results, speech))
    return FAULTS if any(one.level is Level.BAD for one in results) else OK


async def look(settings: Settings, clock: Clock) -> list[Result]:
    """Everything that can be looked at; what hangs on something that is away is left out."""
    results = [Result("rehearsal", Level.LOOK)] if settings.office_clock is not None else []
    results += await checks.of_server(settings, clock)
    absent = checks.missing_file(settings)
    results += absent
    folders = {"evidence": settings.evidence_dir}
    if not absent:
        database = Database(settings.database_url)
        try:
            results += await _of_database(database, settings, clock)
        finally:
            await database.close()
        if database.is_sqlite:
            folders["database"] = database.file.parent
    results += await checks.of_folder(settings.evidence_dir)
    return [*results, *checks.of_disks(folders)]


async def _of_database(database: Database, settings: Settings, clock: Clock) -> list[Result]:
    results = await checks.of_database(database)
    if any(one.level is Level.BAD for one in results) and results[0].name != "database_read_only":
        return results
    results += await checks.of_database_clock(database, clock)
    if settings.office_clock is not None:
        return results  # the hours of a rehearsal are its own: what runs there goes by another clock
    now = clock()
    async with database.reading() as session:
        sole = is_held(database.file) if database.is_sqlite else None
        health = await load_health(session, now=now, today=local_date(now, HOME), sole=sole)
    return results + checks.of_health(health, settings)


def print_wrong_setting(sentence: str, speech: Speech) -> None:
    """For machines: nothing could be looked at, since a setting is wrong."""
    found = [Result("settings", Level.BAD, {"sentence": sentence})]
    print(json.dumps(_machine(found, speech), ensure_ascii=False, indent=1))


def _sentence(one: Result, speech: Speech, table: str) -> str:
    given = {name: _shown(value, speech) for name, value in one.params.items()}
    return printable(speech.plain(f"check.{table}.{one.name}", **given))


def _shown(value: object, speech: Speech) -> object:
    match value:
        case None:
            return speech.plain("health.never")
        case datetime():
            return str(speech.instant(value, HOME))
        case Path():
            return str(value)
    return value


def _say(one: Result, speech: Speech) -> None:
    print(f"{MARKS[one.level]:<5} {_sentence(one, speech, 'says')}")
    if one.level is not Level.GOOD:
        print(f"      → {_sentence(one, speech, 'do')}")


def _sum(results: Sequence[Result], speech: Speech) -> str:
    bad = sum(one.level is Level.BAD for one in results)
    look = sum(one.level is Level.LOOK for one in results)
    key = "check.bad" if bad else "check.look" if look else "check.good"
    return speech.plain(key, bad=bad, look=look)


def _machine(results: Sequence[Result], speech: Speech) -> dict[str, object]:
    return {
        "ok": all(one.level is not Level.BAD for one in results),
        "findings": [
            {
                "check": one.name,
                "level": MARKS[one.level],
                "says": _sentence(one, speech, "says"),
                "do": _sentence(one, speech, "do") if one.level is not Level.GOOD else None,
            }
            for one in results
        ],
    }
