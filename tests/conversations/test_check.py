"""`kinerja check`: all that can be wrong is made wrong, against a Bot API server and a real database."""

import argparse
import asyncio
import contextlib
import json
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import delete, text, update
from telegram import WebhookInfo

from bot.app import build_application
from bot.commands import checking, checks, keeping
from bot.commands import running as running_mode
from bot.commands.checks import Result
from bot.polling import ALLOWED
from bot.settings import Settings, load_settings
from bot.sole import lock_file, sole_use
from bot.starting import CannotStart, sentence
from bot.texts import LANGUAGES, Texts, read_locale
from bot.texts import LOCALES as FOLDER
from models import Account, AuditEvent, FailedUpdate, OutboxMessage, OutboxState
from models.engine import Database
from models.migrate import ForeignSchema, newest
from services import heartbeats
from services.clock import OfficeClock, system_clock
from services.health import Level, load_health, note_backup
from services.heartbeats import Process
from simulator import Fault, Limits, Simulator
from tests.office import Office

HOOK = "http://127.0.0.1:9/telegram"


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(limits=Limits.off()) as running:
        yield running


@pytest.fixture
async def settings(sim: Simulator, db: Database, tmp_path: Path) -> AsyncIterator[Settings]:
    """An office in order: its database stands at our schema, and a process ticks."""
    now = system_clock()
    async with db.writing() as session:
        await session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await session.execute(text(f"INSERT INTO alembic_version VALUES ('{newest()}')"))
        await heartbeats.beat(session, Process("srv:1", "run", "0.1.0", now, now, now))
        note_backup(session, now=now)
    (tmp_path / "evidence").mkdir()
    with running(db):
        yield load_settings(
            {
                "TELEGRAM_BOT_TOKEN": sim.token,
                "TELEGRAM_API_URL": sim.url,
                "DATABASE_URL": db.url.render_as_string(hide_password=False),
                "EVIDENCE_DIR": str(tmp_path / "evidence"),
            }
        )
    async with db.writing() as session:
        await session.execute(text("DROP TABLE alembic_version"))


def running(db: Database) -> AbstractContextManager[None]:
    """A SQLite file is held by whoever runs on it."""
    return sole_use(db.file) if db.is_sqlite else nullcontext()


async def found(settings: Settings) -> dict[str, Result]:
    """What is not well, by name; every sentence of it can be said."""
    results = await checking.look(settings, system_clock)
    for language in LANGUAGES:
        checking._machine(results, Texts().speech(language))
    return {one.name: one for one in results if one.level is not Level.GOOD}


async def run(settings: Settings, *, machine: bool = False) -> int:
    return await checking.run(argparse.Namespace(json=machine), settings, speech=Texts().speech("id"))


async def test_an_office_in_order(
    settings: Settings, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(settings) == 0
    said = capsys.readouterr().out
    assert "ok    1 proses hidup dan jadwal diperiksa." in said
    assert "ok    Tidak ada pesan yang gagal ditangani program." in said
    assert "fail" not in said
    assert "Token: @" in said
    assert await run(settings, machine=True) == 0
    machine = json.loads(capsys.readouterr().out)
    assert machine["ok"] is True
    assert {one["level"] for one in machine["findings"]} <= {"ok", "warn"}
    assert {"token", "polling", "clock", "database", "processes", "sending", "folder", "disk"} <= {
        one["check"] for one in machine["findings"]
    }


async def test_what_is_wrong_is_said_with_what_to_do(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(replace(settings, token=None)) == 1
    said = capsys.readouterr().out
    assert "fail  TELEGRAM_BOT_TOKEN belum diisi" in said
    assert "→ Salin token dari @BotFather" in said
    assert "1 hal tidak berjalan" in said


# The Bot API server


async def test_a_token_that_is_refused(settings: Settings) -> None:
    other = replace(settings, token=f"{123456}:{'A' * 35}")
    assert (await found(other)).keys() >= {"token_refused"}


async def test_a_server_that_does_not_answer_or_refuses(settings: Settings, sim: Simulator) -> None:
    assert "server_away" in await found(replace(settings, api_url="http://127.0.0.1:9"))
    sim.core.faults.planned.append(Fault("getMe", "flood", seconds=30))
    assert "server_refuses" in await found(settings)


async def webhook(settings: Settings, url: str, allowed: list[str]) -> None:
    async with build_application(settings).bot as bot:
        await bot.set_webhook(url, allowed_updates=allowed)


async def test_a_webhook_beside_polling(settings: Settings) -> None:
    await webhook(settings, HOOK, ALLOWED)
    one = (await found(settings))["webhook_left"]
    assert (one.level, one.params) == (Level.BAD, {"host": "127.0.0.1"})


async def test_a_webhook_that_is_elsewhere_or_deaf(settings: Settings) -> None:
    hooked = replace(settings, webhook_url="http://127.0.0.1:9")
    assert (await found(hooked)).keys() >= {"webhook_elsewhere"}
    await webhook(settings, HOOK, ["message"])
    assert (await found(hooked))["webhook_deaf"].params["missing"] == (
        "callback_query, edited_message, my_chat_member"
    )


async def test_a_webhook_that_nobody_answers(settings: Settings, sim: Simulator) -> None:
    hooked = replace(settings, webhook_url="http://127.0.0.1:9")
    await webhook(settings, HOOK, ALLOWED)
    ani = sim.person("Ani")
    ani.chat.started = True
    ani._write(ani.chat, "Halo")
    for _ in range(100):
        if sim.core.webhook.last_error_date is not None:
            break
        await asyncio.sleep(0.01)
    one = (await found(hooked))["webhook_failing"]
    assert (one.level, one.params["count"]) == (Level.BAD, 1)


@pytest.mark.parametrize(
    ("pending", "ago", "names", "bad"),
    [
        (0, None, {"webhook"}, False),
        (101, None, {"webhook_behind"}, False),
        (0, 30, {"webhook_failing"}, False),
        (0, 90, {"webhook"}, False),
        (1, 30, {"webhook_failing"}, False),
        (1, 2, {"webhook_failing"}, True),
        (0, 2, {"webhook_failing"}, False),
        (101, 30, {"webhook_failing"}, True),
    ],
)
def test_a_webhook_as_telegram_tells_of_it(pending: int, ago: int | None, names: set[str], bad: bool) -> None:
    now = system_clock()
    info = WebhookInfo(
        f"{HOOK}",
        False,
        pending,
        allowed_updates=tuple(ALLOWED),
        last_error_date=None if ago is None else now - timedelta(minutes=ago),
    )
    settings = replace(load_settings({}), webhook_url="http://127.0.0.1:9")
    results = checks.of_webhook(info, settings, now)
    assert {one.name for one in results} == names
    assert any(one.level is Level.BAD for one in results) is bad, "nothing waits, or it is over"


async def test_a_clock_that_is_wrong() -> None:
    """The server's date is ten minutes ahead of ours: one of the two is wrong."""

    async def dated(request: web.Request) -> web.Response:
        then = datetime.now(UTC) + timedelta(minutes=10)
        return web.Response(headers={"Date": format_datetime(then, usegmt=True)})

    app = web.Application()
    app.router.add_get("/", dated)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    ahead = await checks.server_ahead(f"http://{host}:{port}", system_clock)
    await runner.cleanup()
    assert ahead is not None
    (one,) = checks.of_server_clock(ahead)
    assert (one.name, one.level) == ("clock_off", Level.BAD)
    assert 590 <= one.params["seconds"] <= 610
    assert [one.level for one in checks.of_server_clock(-9.0)] == [Level.LOOK]
    assert [one.name for one in checks.of_server_clock(1.4)] == ["clock"]
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        gone = await checks.server_ahead(f"http://127.0.0.1:{silent.getsockname()[1]}", system_clock)
    assert [one.name for one in checks.of_server_clock(gone)] == ["clock_unknown"]


# The database


async def test_a_file_that_is_not_there_is_not_made(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "none" / "office.db"
    what = await found(replace(settings, database_url=f"sqlite:///{path}"))
    assert what.keys() == {"database_missing"}
    assert not path.parent.exists()


async def test_a_database_that_does_not_answer(settings: Settings) -> None:
    nobody = replace(settings, database_url="postgresql://kinerja:secret@127.0.0.1:9/kinerja")
    what = await found(nobody)
    assert what.keys() == {"database_away"}
    assert "secret" not in str(what)


@pytest.mark.parametrize(("stands", "name"), [("0001", "schema_behind"), ("9999", "schema_ahead")])
async def test_a_schema_that_is_not_ours(settings: Settings, db: Database, stands: str, name: str) -> None:
    async with db.writing() as session:
        await session.execute(text(f"UPDATE alembic_version SET version_num = '{stands}'"))
    assert (await found(settings)).keys() == {name}


@pytest.mark.parametrize("what", ["text", "folder", "foreign", "damaged"])
async def test_a_file_that_is_no_database_of_ours(
    settings: Settings, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.db"
    if what == "text":
        file.write_text("Laporan bulanan\n" * 99)
    elif what == "folder":
        file.mkdir()
    else:
        with contextlib.closing(sqlite3.connect(file)) as plain:
            plain.execute("CREATE TABLE recipes (id INTEGER)")
    if what == "damaged":
        whole = file.read_bytes()
        file.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    before = b"" if file.is_dir() else file.read_bytes()
    other = replace(settings, database_url=f"sqlite:///{file}")
    name = {"foreign": "database_foreign", "damaged": "database_damaged"}.get(what, "database_none")
    assert (await found(other))[name].level is Level.BAD
    assert await run(other) == 1
    assert str(file) in capsys.readouterr().out
    database = Database(other.database_url)
    with pytest.raises((CannotStart, ForeignSchema)) as caught:
        await running_mode.prepare(database, now=system_clock())
    await database.close()
    said = sentence(caught.value, other)
    assert said.startswith("DATABASE_URL: ")
    assert {"text": "is not a database", "folder": "is a folder", "foreign": "another program's tables"}.get(
        what, "is damaged"
    ) in said
    if what == "foreign":
        with contextlib.closing(sqlite3.connect(file)) as plain:
            assert plain.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    elif what != "folder":
        assert file.read_bytes() == before


async def test_a_database_without_tables(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    what = await found(replace(settings, database_url=f"sqlite:///{tmp_path}/empty.db"))
    assert what["schema_behind"].params["stands"] == "–"


async def test_a_database_that_can_only_be_read(settings: Settings, db: Database) -> None:
    if db.is_sqlite:
        async with db.engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        read_only = f"sqlite:///file:{db.url.database}?mode=ro&uri=true"
        what = await found(replace(settings, database_url=read_only))
    else:
        async with db.writing() as session:
            name = await session.scalar(text("SELECT current_database()"))
            await session.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        what = await found(settings)
        async with db.writing() as session:
            await session.execute(text("SET TRANSACTION READ WRITE"))
            await session.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
    assert what.keys() == {"database_read_only"}


# What runs


async def beats(db: Database, *processes: Process) -> None:
    async with db.writing() as session:
        await heartbeats.stopped(session, "srv:1")
        for one in processes:
            await heartbeats.beat(session, one)


async def of_several(settings: Settings, db: Database) -> dict[str, Result]:
    """What is not well where several processes share the database, which a file never has."""
    now = system_clock()
    async with db.reading() as session:
        health = await load_health(session, now=now, today=now.date())
    return {one.name: one for one in checks.of_health(health, settings) if one.level is not Level.GOOD}


async def test_nobody_looks_at_the_schedule(settings: Settings, db: Database) -> None:
    await beats(db)
    assert (await found(settings))["not_ticking"].level is Level.BAD
    assert await run(settings) == 1


async def test_processes_that_do_not_fit_together(settings: Settings, db: Database) -> None:
    now = system_clock()
    hooked = replace(settings, webhook_url="http://127.0.0.1:9")
    await beats(db, Process("srv:2", "clock", "0.1.0", now, now, now))
    assert (await found(hooked))["no_web"].level is Level.BAD
    two = [Process(f"srv:{number}", "run", "0.1.0", now, now, now) for number in (3, 4)]
    await beats(db, *two)
    assert (await of_several(settings, db))["two_runs"].params == {"count": 2}


async def test_a_file_is_believed_to_its_lock_rather_than_to_who_was_killed(
    settings: Settings, db: Database
) -> None:
    if not db.is_sqlite:
        pytest.skip("a file's lock")
    now, minute = system_clock(), timedelta(minutes=1)
    killed = Process("srv:2", "run", "0.1.0", now - 9 * minute, now, now)
    await beats(db, killed, Process("srv:3", "run", "0.1.0", now, now))
    what = await found(settings)
    assert "two_runs" not in what
    assert "not_ticking" not in what, "its forerunner ticked a moment ago"
    assert what["died"].params["count"] == 1
    async with db.writing() as session:
        await heartbeats.beat(session, Process("srv:3", "run", "0.1.0", now, now, now + minute / 2))
        await heartbeats.stopped(session, "srv:3")
    (lock_file(db.file)).unlink()  # whoever held it is gone
    what = await found(settings)
    assert what["not_ticking"].params["since"] == now + minute / 2, "the orderly stop was later"
    assert what["died"].params["count"] == 1


async def test_people_who_blocked_the_bot(settings: Settings, db: Database, office: Office) -> None:
    async with db.writing() as session:
        await session.execute(
            update(Account).where(Account.person_id == office.ani).values(unreachable_since=system_clock())
        )
    one = (await found(settings))["unreachable"]
    assert (one.level, one.params) == (Level.LOOK, {"blocked": 1, "not_joined": 0})
    assert await run(settings) == 0, "worth a look, and no reason to wake anybody"


async def test_a_rehearsal_is_said_and_not_judged(settings: Settings, db: Database) -> None:
    await beats(db)
    rehearsal = replace(settings, office_clock=system_clock() - timedelta(days=100))
    assert (await found(rehearsal)).keys() == {"rehearsal"}


async def test_everything_the_admins_are_shown(settings: Settings, db: Database, office: Office) -> None:
    now = system_clock()
    old = now - timedelta(minutes=20)
    await beats(
        db,
        Process("srv:5", "clock", "0.1.0", old, now, now, clock_ahead=-80.0),
        Process("srv:6", "web", "0.2.0", old, now),
        Process("srv:7", "web", "0.1.0", old, old),
    )
    base = {"person_id": office.ani, "kind": "prompted", "created_at": old, "not_before": old}
    async with db.writing() as session:
        session.add_all(
            [
                OutboxMessage(state=OutboxState.WAITING, **base),
                OutboxMessage(state=OutboxState.UNCERTAIN, finished_at=now, **base),
                OutboxMessage(state=OutboxState.FAILED, finished_at=now, error="stale", **base),
                FailedUpdate(reference="AB12CD34", at=now, error="ValueError", body={}),
            ]
        )
    what = await of_several(settings, db)
    assert what.keys() == {"died", "versions", "clocks", "stuck", "uncertain", "failing", "faults"}
    assert (what["clocks"].level, what["stuck"].level) == (Level.BAD, Level.BAD)


async def test_next_years_days_off_in_december(settings: Settings) -> None:
    december = OfficeClock(datetime(2026, 12, 2, 2, tzinfo=UTC))
    results = await checking.look(settings, december)
    assert {one.name: one.level for one in results}["holidays"] is Level.LOOK


@pytest.mark.parametrize(("days", "name"), [(6, None), (8, "backup_old"), (None, "backup_none")])
async def test_backups(settings: Settings, db: Database, days: int | None, name: str | None) -> None:
    async with db.writing() as session:
        await session.execute(delete(AuditEvent))
        if days is not None:
            note_backup(session, now=system_clock() - timedelta(days=days))
    what = await found(settings)
    assert set(what) & {"backup_old", "backup_none"} == ({name} if name else set())
    assert all(one.level is Level.LOOK for one in what.values())


async def test_a_backup_that_was_made_is_known(settings: Settings, db: Database, tmp_path: Path) -> None:
    async with db.writing() as session:
        await session.execute(delete(AuditEvent))
    assert "backup_none" in await found(settings)
    args, say = argparse.Namespace(file=tmp_path / "office.tar"), Texts().speech("id").plain
    assert (
        await keeping.run_backup(args, settings=settings, program="0.1.0", now=system_clock(), texts=say) == 0
    )
    assert not {"backup_none", "backup_old"} & set(await found(settings))


# The machine


async def test_a_folder_that_is_not_there_is_not_made(settings: Settings, tmp_path: Path) -> None:
    none = tmp_path / "not" / "yet"
    assert (await found(replace(settings, evidence_dir=none)))["folder_missing"].level is Level.LOOK
    assert not none.parent.exists()


async def test_evidence_that_cannot_be_stored(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    what = await found(replace(settings, evidence_dir=tmp_path / "file" / "evidence"))
    assert what["folder_read_only"].level is Level.BAD


def test_a_disk_that_fills(tmp_path: Path) -> None:
    folders = {"evidence": tmp_path / "not" / "yet", "database": tmp_path}
    assert [one.name for one in checks.of_disks(folders, low=0, very_low=0)] == ["disk"], "each disk once"
    assert [one.level for one in checks.of_disks(folders, low=10**18, very_low=0)] == [Level.LOOK]
    assert [one.level for one in checks.of_disks(folders, low=10**18, very_low=10**18)] == [Level.BAD]


def test_whatever_is_not_well_has_something_to_do() -> None:
    texts = read_locale(FOLDER, "id")
    fine = {"token", "polling", "webhook", "clock", "clock_unknown", "database", "processes", "sending"}
    fine |= {"backup", "no_faults", "reachable", "holidays_good", "folder", "disk"}
    says = {key.removeprefix("check.says.") for key in texts if key.startswith("check.says.")}
    does = {key.removeprefix("check.do.") for key in texts if key.startswith("check.do.")}
    assert says - does == fine
    assert not does - says
