"""`kinerja`, the one program: `kinerja run`, `kinerja demo`, `kinerja import people FILE` …"""

import argparse
import os
import select
import sys
from dataclasses import replace
from pathlib import Path

from bot.commands import (
    checking,
    exporting,
    exporting_skp,
    importing,
    inviting,
    keeping,
    leaving,
    moving,
    replaying,
    running,
    setting_up,
    templates,
)
from bot.commands.modes import Mode, missing
from bot.context import Deps
from bot.heartbeat import own_version
from bot.logs import configure_logs
from bot.loops import run
from bot.settings import Settings, WrongSetting, load_settings, read_file
from bot.starting import sentence
from bot.texts import Texts
from models.engine import Database
from services.clock import local_date

WRONG = 2
"""Exit code of wrong settings or arguments."""
NEED_TOKEN = ("invite", "replay")
"""Links name the bot; what is replayed is answered."""
HOME = "Asia/Jakarta"
"""Where a file's year is taken from."""


def build_parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    parser = argparse.ArgumentParser(
        prog="kinerja", description="Kinerja Harian: laporan harian ASN di Telegram"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start the bot; without a token, the demo")
    web = commands.add_parser("web", help="take updates by webhook; any number of processes, PostgreSQL")
    web.add_argument(
        "--port", type=int, choices=range(1, 65536), metavar="PORT", help="instead of WEBHOOK_PORT"
    )
    web.add_argument("--share-port", action="store_true", help="other `kinerja web` listen on this port too")
    commands.add_parser("clock", help="ask, remind and sum up; beside `kinerja web`, two for safety")
    setting_up.add_parser(commands)
    checking.add_parser(commands)
    demo = commands.add_parser("demo", help="the demo office in the browser, without Telegram")
    demo.add_argument("--script", action="store_true", help="play one day and print what everybody saw")
    demo.add_argument(
        "--port",
        type=int,
        help="port of the chat page (without it 8484, or any free one)",
        choices=range(1, 65536),
        metavar="PORT",
    )
    templates.add_parser(commands)
    importing.add_parser(commands)
    exporting.add_parser(commands)
    inviting.add_parser(commands)
    leaving.add_parser(commands)
    replaying.add_parser(commands)
    moving.add_parser(commands)
    keeping.add_parser(commands)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; gives its exit code. 1: it could not be done; 2: wrong settings or arguments."""
    parsed = build_parser().parse_args(arguments)
    try:
        settings = load_settings({**read_file(Path(".env")), **os.environ})
    except WrongSetting as wrong:
        if parsed.command == "check" and parsed.json:
            checking.print_wrong_setting(str(wrong), Texts().speech("id"))
        print(wrong, file=sys.stderr)
        return WRONG
    configure_logs(style=settings.log_format)
    os.umask(0o077)  # what is written here concerns the office alone
    try:
        return run(_dispatch(parsed, settings))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not (isinstance(error, BrokenPipeError) and _nobody_reads()):
            print(sentence(error, settings), file=sys.stderr)
        return 1


def _nobody_reads() -> bool:
    """Whether what is printed goes nowhere any more (`kinerja check | head`); then it is let go."""
    asked = select.poll()
    asked.register(sys.stdout.fileno(), 0)
    gone = any(event & select.POLLERR for _, event in asked.poll(0))
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return gone


async def _dispatch(parsed: argparse.Namespace, settings: Settings) -> int:
    match parsed.command:
        case "demo":
            return await _demo(settings, script=parsed.script, port=parsed.port)
        case "run" if settings.token is None:
            return await _demo(settings)
        case "template":
            now = running.office_clock(settings)()
            return await templates.run(
                parsed, now=now, today=local_date(now, HOME), texts=Texts().speech("id")
            )
        case "run":
            return await running.run(settings)
        case "web" | "clock":
            if (lacking := missing(parsed.command, settings, webhook=parsed.command == "web")) is not None:
                print(lacking, file=sys.stderr)
                return 2
            return await _one_of_several(parsed, settings)
        case "migrate-data" | "backup" | "restore":
            return await _whole(parsed, settings)
        case "setup":
            return await setting_up.run(parsed, settings)
        case "check":
            return await checking.run(parsed, settings, speech=Texts().speech("id"))
    if parsed.command in NEED_TOKEN and settings.token is None:
        print(f"TELEGRAM_BOT_TOKEN is needed for `kinerja {parsed.command}`.", file=sys.stderr)
        return 2
    return await _administer(parsed, settings)


async def _one_of_several(parsed: argparse.Namespace, settings: Settings) -> int:
    """`web` and `clock`."""
    if parsed.command == "clock":
        return await running.run(settings, Mode.CLOCK)
    settings = replace(settings, webhook_port=parsed.port or settings.webhook_port)
    return await running.run(settings, Mode.WEB, share_port=parsed.share_port)


async def _whole(parsed: argparse.Namespace, settings: Settings) -> int:
    """What takes a database as it is: nothing is migrated or prepared before it."""
    now, say = running.office_clock(settings)(), Texts().speech("id").plain
    match parsed.command:
        case "backup":
            version = own_version()
            return await keeping.run_backup(parsed, settings=settings, program=version, now=now, texts=say)
        case "restore":
            return await keeping.run_restore(parsed, settings=settings, now=now, texts=say)
    return await moving.run(parsed, now=now, texts=say)


async def _administer(parsed: argparse.Namespace, settings: Settings) -> int:
    """The commands of whoever keeps the office's records."""
    database = Database(settings.database_url)
    clock = running.office_clock(settings)
    try:
        await running.prepare(database, now=clock())
        texts = Texts()
        say = texts.speech("id").plain
        match parsed.command:
            case "import":
                return await importing.run(parsed, database=database, now=clock(), texts=say)
            case "export" if parsed.what == "skp":
                today = local_date(clock(), HOME)
                speech = texts.speech("id")
                return await exporting_skp.run(
                    parsed, database=database, now=clock(), today=today, texts=speech
                )
            case "export":
                base = settings.evidence_url
                return await exporting.run(parsed, database=database, now=clock(), texts=say, base=base)
            case "deactivate":
                return await leaving.run(parsed, database=database, now=clock(), texts=say)
            case "replay":
                return await replaying.run(parsed, deps=Deps(settings, database, clock, texts), texts=say)
        username = await running.bot_username(settings)
        return await inviting.run(parsed, database=database, now=clock(), texts=say, bot_username=username)
    finally:
        await database.close()


async def _demo(settings: Settings, *, script: bool = False, port: int | None = None) -> int:
    """Imported here: the product itself starts without the simulator."""
    from bot.commands import demo

    return await demo.run(settings, script=script, port=port)
