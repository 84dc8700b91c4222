"""What `kinerja web`, `clock`, `run` and `setup` need, refuse, and say about it."""

import asyncio
import itertools
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from telegram.error import InvalidToken

from bot.commands import running, setting_up
from bot.commands.modes import Mode, missing
from bot.settings import load_settings
from bot.starting import CannotStart, sentence
from models.engine import Database
from models.migrate import NewerSchema, newest
from services import heartbeats
from services.clock import system_clock
from services.heartbeats import Process
from simulator import Limits, Simulator
from tests.faults.programs import SECRET, free_port
from tests.postgres.conftest import Server

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
"""A beat that counts until two minutes after the start of a rehearsal at NOW."""
_numbers = itertools.count(1)


@dataclass
class Place:
    """A database without tables, a Telegram, and settings that know both."""

    sim: Simulator
    database: Database
    environment: dict[str, str]
    capsys: pytest.CaptureFixture[str]

    async def sets_up(self, *, polling: bool = False, **environment: str) -> tuple[int, list[str]]:
        """Exit code and lines of `kinerja setup`."""
        settings = load_settings({**self.environment, **environment})
        self.capsys.readouterr()
        code = await setting_up.run(Namespace(polling=polling), settings)
        return code, "".join(self.capsys.readouterr()).splitlines()

    async def runs(self, mode: Mode, **environment: str) -> int:
        return await running.run(load_settings({**self.environment, **environment}), mode)

    @asynccontextmanager
    async def running(self, mode: Mode, logs: list[structlog.typing.EventDict]) -> AsyncIterator[None]:
        """In this process, until the block ends."""
        logs.clear()
        task = asyncio.create_task(self.runs(mode))
        await until_logged(logs, "running")
        yield
        task.cancel()
        await asyncio.wait({task})

    async def refused(self, mode: Mode, **environment: str) -> str:
        """Why it does not start."""
        settings = load_settings({**self.environment, **environment})
        with pytest.raises((CannotStart, NewerSchema)) as error:
            await running.run(settings, mode)
        return sentence(error.value, settings)

    async def stands_at(self, revision: str) -> None:
        async with self.database.writing() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = :one"), {"one": revision})

    async def hears(self, mode: Mode) -> None:
        """Another process, on another machine, is alive."""
        async with self.database.writing() as session:
            await heartbeats.beat(session, Process("host:1", mode, "0.1.0", NOW, LATER))


@pytest.fixture
async def place(
    pg_server: Server, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> AsyncIterator[Place]:
    name = f"modes_{next(_numbers)}"
    await pg_server.run(f"CREATE DATABASE {name}")
    database = Database(pg_server.url(name))
    port = free_port()
    async with Simulator(limits=Limits.off(), clock=lambda: NOW) as sim:
        environment = {
            "TELEGRAM_BOT_TOKEN": sim.token,
            "TELEGRAM_API_URL": sim.url,
            "DATABASE_URL": pg_server.url(name),
            "WEBHOOK_URL": f"http://127.0.0.1:{port}",
            "WEBHOOK_SECRET": SECRET,
            "WEBHOOK_PORT": str(port),
            "OFFICE_CLOCK": NOW.isoformat(),
            "EVIDENCE_DIR": str(tmp_path / "evidence"),
            "PICTURE_DIR": str(tmp_path / "pictures"),
        }
        yield Place(sim, database, environment, capsys)
    await database.close()
    await pg_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as found:
        yield found


async def until_logged(logs: list[structlog.typing.EventDict], event: str) -> None:
    async with asyncio.timeout(15):
        while not any(one["event"] == event for one in logs):  # noqa: ASYNC110 - there is no event to await
            await asyncio.sleep(0.02)


async def test_setting_up_says_what_it_did_and_may_be_repeated(place: Place) -> None:
    hook = f"{place.environment['WEBHOOK_URL']}/telegram"
    assert await place.sets_up(WEBHOOK_CONNECTIONS="7") == (
        0,
        [
            f"Basis data: versi {newest()}.",
            f"Bot: @{place.sim.bot_username}.",
            f"Webhook: {hook}, paling banyak 7 kiriman sekaligus. Menunggu di Telegram: 0.",
            "Menu perintah: 4 diperbarui.",
            "Keterangan bot: 4 diperbarui.",
        ],
    )
    (call,) = place.sim.calls_of("setWebhook")
    assert (call.params["secret_token"], call.params["max_connections"]) == (SECRET, 7)
    long, english = place.sim.calls_of("setMyDescription")
    assert "Kantor kami" in long.params["description"]
    assert english.params["language_code"] == "en"
    code, said = await place.sets_up()
    assert (code, said[3:]) == (0, ["Menu perintah: sudah benar.", "Keterangan bot: sudah benar."])
    ani = place.sim.person("Ani")
    ani.chat.started = True
    place.sim.core.webhook.url = ""  # so that what she says waits
    await ani.says("halo")
    place.sim.core.webhook.url = hook
    code, said = await place.sets_up(polling=True)
    assert (code, said[2]) == (0, "Webhook: dilepas. Menunggu di Telegram: 1.")
    assert not place.sim.core.webhook.url
    assert place.sim.core.updates.pending
    code, said = await place.sets_up(polling=True)
    assert (code, said[2]) == (0, "Webhook: memang tidak ada. Menunggu di Telegram: 1.")


async def test_long_names_are_cut_where_telegram_cuts(place: Place) -> None:
    code, said = await place.sets_up(ORGANIZATION="Kantor " + "k" * 500)
    assert code == 0, said
    assert {len(one.params["description"]) for one in place.sim.calls_of("setMyDescription")} == {512}
    code, said = await place.sets_up(ORGANIZATION="Kantor " + "k" * 500)
    assert said[-1] == "Keterangan bot: sudah benar."


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    [
        ("web", "DATABASE_URL", "sqlite:///office.db"),
        ("clock", "DATABASE_URL", "sqlite:///office.db"),
        ("setup", "DATABASE_URL", "sqlite:///office.db"),
        ("web", "TELEGRAM_BOT_TOKEN", ""),
        ("clock", "TELEGRAM_BOT_TOKEN", ""),
        ("web", "WEBHOOK_URL", ""),
        ("setup", "WEBHOOK_URL", ""),
    ],
)
def test_what_is_missing_is_named(command: str, variable: str, value: str) -> None:
    whole = {
        "TELEGRAM_BOT_TOKEN": "123456:" + "A" * 35,
        "DATABASE_URL": "postgresql://kinerja:rahasia@db/kinerja",
        "WEBHOOK_URL": "https://bot.example.go.id",
        "WEBHOOK_SECRET": SECRET,
    }
    webhook = command != "clock"
    assert missing(command, load_settings(whole), webhook=webhook) is None
    said = missing(command, load_settings({**whole, variable: value}), webhook=webhook)
    assert said is not None
    assert said.startswith(variable)
    assert f"`kinerja {command}`" in said
    if value:
        assert "postgresql://" in said
        assert "`kinerja run`" in said


@pytest.mark.parametrize("command", ["web", "setup"])
def test_who_has_only_a_file_is_told_so_before_the_webhook(command: str) -> None:
    settings = load_settings({"TELEGRAM_BOT_TOKEN": "123456:" + "A" * 35})
    said = missing(command, settings, webhook=True)
    assert said is not None
    assert said.startswith("DATABASE_URL")


async def test_another_schema_is_refused_with_what_to_do(place: Place) -> None:
    for mode in (Mode.WEB, Mode.CLOCK):
        assert "version none, this program" in await place.refused(mode)
    assert (await place.sets_up())[0] == 0
    for revision, modes, words in (
        ("0003", (Mode.WEB, Mode.CLOCK), "run `kinerja setup` once"),
        ("9999", (Mode.WEB, Mode.CLOCK, Mode.RUN), "start the newer program"),
    ):
        await place.stands_at(revision)
        for mode in modes:
            said = await place.refused(mode)
            assert said.startswith(f"DATABASE_URL: the database is at version {revision}")
            assert words in said
    with pytest.raises(NewerSchema):
        await place.sets_up()


async def test_an_upgrade_waits_until_the_old_processes_are_gone(place: Place) -> None:
    assert (await place.sets_up())[0] == 0
    await place.hears(Mode.WEB)
    await place.stands_at("0003")
    code, (said,) = await place.sets_up()
    assert (code, "masih berjalan web host:1" in said) == (1, True), said
    async with place.database.reading() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == "0003"


async def test_polling_does_not_take_the_webhook_from_those_who_listen(place: Place) -> None:
    assert (await place.sets_up())[0] == 0
    await place.hears(Mode.WEB)
    said = await place.refused(Mode.RUN)
    assert said.startswith("DATABASE_URL: `kinerja web` runs on this database (host:1).")
    assert place.sim.core.webhook.url
    code, lines = await place.sets_up(polling=True)
    assert (code, "`kinerja web` masih berjalan (host:1)" in lines[-1]) == (0, True), lines
    await place.hears(Mode.RUN)
    code, lines = await place.sets_up()
    assert (code, "`kinerja run` masih berjalan (host:1)" in lines[-1]) == (0, True), lines


async def test_two_that_poll_are_told_of_each_other_and_keep_trying(
    place: Place, logs: list[structlog.typing.EventDict]
) -> None:
    assert (await place.sets_up(polling=True))[0] == 0
    async with place.running(Mode.RUN, logs), place.running(Mode.RUN, logs):
        assert [one["log_level"] for one in logs if one["event"] == "another_run"] == ["warning"]
        await until_logged(logs, "another_poller")


async def test_a_web_without_its_webhook_says_so(
    place: Place, logs: list[structlog.typing.EventDict]
) -> None:
    assert (await place.sets_up())[0] == 0
    async with place.running(Mode.WEB, logs):
        await asyncio.sleep(0.1)
    assert "webhook_is_elsewhere" not in {one["event"] for one in logs}
    assert (await place.sets_up(polling=True))[0] == 0
    async with place.running(Mode.WEB, logs):
        await until_logged(logs, "webhook_is_elsewhere")


async def test_only_a_clock_ticks_and_only_a_web_listens(
    place: Place, logs: list[structlog.typing.EventDict]
) -> None:
    assert (await place.sets_up())[0] == 0
    async with place.running(Mode.CLOCK, logs), place.database.reading() as session:
        (clock,) = await heartbeats.alive(session, now=NOW)
        assert clock.mode == "clock"
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", int(place.environment["WEBHOOK_PORT"]))
    assert not place.sim.calls_of("getUpdates")
    assert not place.sim.calls_of("deleteWebhook")


async def test_a_refused_token_is_told(place: Place) -> None:
    assert (await place.sets_up())[0] == 0
    wrong = "123456:" + "W" * 35
    for mode in (Mode.WEB, Mode.CLOCK):
        with pytest.raises(InvalidToken):
            await place.runs(mode, TELEGRAM_BOT_TOKEN=wrong)
    with pytest.raises(InvalidToken):
        await place.sets_up(TELEGRAM_BOT_TOKEN=wrong)


async def test_a_refused_webhook_is_told(place: Place) -> None:
    with pytest.raises(CannotStart, match=r"^WEBHOOK_URL is refused by the Bot API server: .*\.$"):
        await place.sets_up(WEBHOOK_URL="http://bot.example.go.id")


async def test_a_port_in_use_is_told(place: Place) -> None:
    assert (await place.sets_up())[0] == 0
    taken = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    settings = load_settings({**place.environment, "WEBHOOK_PORT": str(port)})
    with pytest.raises(ExceptionGroup) as error:
        await running.run(settings, Mode.WEB)
    assert sentence(error.value, settings).startswith(f"WEBHOOK_PORT {port} cannot be used on WEBHOOK_HOST")
    taken.close()


async def test_the_clock_of_the_machine_is_compared_with_the_databases(place: Place) -> None:
    async with place.database.reading() as session:
        right = await heartbeats.clock_ahead(session, system_clock)
        fast = await heartbeats.clock_ahead(session, lambda: system_clock() + timedelta(seconds=90))
    assert right is not None
    assert abs(right) < 1
    assert fast == pytest.approx(90, abs=1)
