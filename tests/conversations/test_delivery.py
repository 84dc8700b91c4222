"""The outbox meets a bad day of Telegram's: what becomes of a notice, and that none is told twice."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from httpx_aiohttp import AiohttpTransport
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import OperationalError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.context import Answer, Deps, Feature, Turn
from bot.delivery import Delivery
from bot.registry import Registry
from bot.screens import Screen
from bot.settings import load_settings
from bot.texts import Html, Texts, escape
from models import Account, OutboxMessage, OutboxState, Person
from models.engine import Database
from services import outbox
from services.clock import OfficeClock
from simulator import Limits, Persona, Simulator
from tests.office import Office, user_of

PATIENCE = 0.4
"""Seconds the bot of these tests waits for an answer."""


async def on_told(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """What is told says itself how it goes wrong."""
    match payload["text"]:
        case "nothing left to tell":
            return None
        case "a bug":
            raise ZeroDivisionError
        case "broken html":
            return Answer(screens=(Screen(Html("<b>no end")),))
        case "in two parts":
            return Answer(screens=(Screen(Html("part one")), Screen(Html("part two"))))
        case text:
            return Answer(screens=(Screen(escape(text)),))


FEATURE = Feature(name="told", notices={"told": on_told})


def bot_of(sim: Simulator, *, url: str | None = None) -> ExtBot[Any]:
    request = HTTPXRequest(
        connection_pool_size=8,
        read_timeout=PATIENCE,
        connect_timeout=PATIENCE,
        httpx_kwargs={"transport": AiohttpTransport()},
    )
    return ExtBot(sim.token, base_url=f"{url or sim.url}/bot", request=request)


@dataclass
class Post:
    """The outbox, its drain and the people at the other end."""

    sim: Simulator
    db: Database
    office: Office
    clock: OfficeClock
    delivery: Delivery
    ani: Persona
    budi: Persona
    citra: Persona

    async def tells(self, text: str, *, to: int | None = None, kind: str = "told") -> None:
        async with self.db.writing() as session:
            payload = {"text": text}
            await outbox.enqueue(session, kind, to=to or self.office.ani, now=self.clock(), payload=payload)

    async def passes(self, **time: float) -> None:
        self.clock.move_to(self.clock() + timedelta(**time))

    async def drains(self) -> None:
        while await self.delivery.drain():
            pass

    async def rows(self) -> list[OutboxMessage]:
        async with self.db.reading() as session:
            found = list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
            session.expunge_all()
            return found

    async def states(self) -> list[OutboxState]:
        return [row.state for row in await self.rows()]

    async def unreachable(self, person: int) -> datetime | None:
        async with self.db.reading() as session:
            return await session.scalar(select(Account.unreachable_since).where(Account.person_id == person))

    def sent(self, text: str = "Halo Ani") -> int:
        """How often the text really arrived, at whomever."""
        return sum(
            message.text == text for one in (self.ani, self.budi, self.citra) for message in one.messages
        )

    def tried(self) -> int:
        return len(self.sim.calls_of("sendMessage"))


@pytest.fixture(autouse=True)
def short_logs() -> Iterator[None]:
    """structlog's own default draws every traceback with all its locals, which takes a second each."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer(sort_keys=True)])
    yield
    structlog.reset_defaults()


@pytest.fixture
async def post(db: Database, office: Office, now: datetime, tmp_path: Path) -> AsyncIterator[Post]:
    clock = OfficeClock(now)
    async with Simulator(limits=Limits.off(), clock=clock) as sim:
        people = []
        for name in ("ani", "budi", "citra"):
            persona = sim.person(name.title(), user_id=user_of(getattr(office, name)))
            persona.chat.started = True
            people.append(persona)
        settings = load_settings({"TELEGRAM_BOT_TOKEN": sim.token, "TELEGRAM_API_URL": sim.url})
        deps = Deps(settings, db, clock, Texts())
        async with bot_of(sim) as bot:
            delivery = Delivery(deps, Registry([FEATURE]), bot)
            ani, budi, citra = people
            yield Post(sim, db, office, clock, delivery, ani, budi, citra)


@pytest.fixture
async def running(post: Post) -> AsyncIterator[Post]:
    """The same with its loop running."""
    stop = asyncio.Event()
    task = asyncio.create_task(post.delivery.run(stop))
    yield post
    stop.set()
    post.delivery.wake()
    await asyncio.wait_for(task, 3)


def impatient(db: Database) -> None:
    """From now on a locked database is an error at once, not after ten seconds."""

    def prepare(connection: Any, record: Any, proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=20")
        cursor.close()

    event.listen(db.engine.sync_engine, "checkout", prepare)


@asynccontextmanager
async def locked(db: Database) -> AsyncIterator[None]:
    """The database is away: another program holds its file for writing."""
    impatient(db)
    other = sqlite3.connect(str(db.url.database), isolation_level=None, timeout=5, check_same_thread=False)
    try:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


async def test_a_notice_arrives_and_is_recorded(post: Post) -> None:
    await post.tells("Halo Ani")
    await post.drains()
    (row,) = await post.rows()
    (message,) = post.ani.messages
    assert message.text == "Halo Ani"
    assert (row.state, row.message_id, row.error) == (OutboxState.SENT, message.id, None)
    assert row.finished_at is not None
    assert await post.unreachable(post.office.ani) is None


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_that_says_no_is_asked_again(post: Post, status: int) -> None:
    post.sim.fault("sendMessage", kind="error", status=status)
    await post.tells("Halo Ani")
    await post.drains()
    (row,) = await post.rows()
    assert (row.state, row.attempts) == (OutboxState.WAITING, 1)
    assert post.sent() == 0
    await post.passes(seconds=2)
    await post.drains()
    assert await post.states() == [OutboxState.SENT]
    assert post.sent() == 1


async def test_a_server_that_always_says_no_is_given_up(post: Post) -> None:
    post.sim.fault("sendMessage", kind="error", times=None)
    await post.tells("Halo Ani")
    for _ in range(len(outbox.RETRY_AFTER) + 3):
        await post.drains()
        await post.passes(minutes=61)
    (row,) = await post.rows()
    assert row.state is OutboxState.FAILED
    assert row.error
    assert post.tried() == len(outbox.RETRY_AFTER) + 1
    assert await post.unreachable(post.office.ani) is None


@pytest.mark.parametrize(("kind", "arrived"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_broken_connection_is_uncertain_and_never_repeated(
    post: Post, kind: Any, arrived: int
) -> None:
    post.sim.fault("sendMessage", kind=kind)
    await post.tells("Halo Ani")
    await post.drains()
    (row,) = await post.rows()
    assert row.state is OutboxState.UNCERTAIN
    assert row.error
    for _ in range(3):
        await post.passes(hours=8)
        await post.drains()
    assert await post.states() == [OutboxState.UNCERTAIN]
    assert post.sent() == arrived
    assert await post.unreachable(post.office.ani) is None


async def test_no_answer_in_time_is_uncertain_and_never_repeated(post: Post) -> None:
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE * 2)
    await post.tells("Halo Ani")
    await post.drains()
    await asyncio.sleep(PATIENCE * 1.5)
    await post.passes(hours=8)
    await post.drains()
    assert await post.states() == [OutboxState.UNCERTAIN]
    assert post.sent() <= 1
    assert post.tried() <= 1


async def test_a_slow_answer_in_time_is_an_answer(post: Post) -> None:
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE / 3)
    await post.tells("Halo Ani")
    await post.drains()
    assert await post.states() == [OutboxState.SENT]


async def test_a_connection_that_was_never_made_is_tried_again(post: Post) -> None:
    """Telegram's address refuses: nothing left this machine, so nothing is uncertain."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    await post.tells("Halo Ani")
    offline = bot_of(post.sim, url=url)
    await offline.request.initialize()
    online, post.delivery.bot = post.delivery.bot, offline
    await post.drains()
    await offline.request.shutdown()
    (row,) = await post.rows()
    assert row.state is OutboxState.WAITING, row.error
    post.delivery.bot = online
    await post.passes(seconds=2)
    await post.drains()
    assert post.sent() == 1


async def test_too_many_waits_as_told_and_uses_up_no_attempt(post: Post) -> None:
    post.sim.fault("sendMessage", kind="flood", seconds=7)
    await post.tells("Halo Ani")
    before = post.clock()
    await post.drains()
    (row,) = await post.rows()
    assert (row.state, row.attempts) == (OutboxState.WAITING, 0)
    assert before + timedelta(seconds=7) <= row.not_before <= post.clock() + timedelta(seconds=7)
    await post.passes(seconds=7)
    await post.drains()
    assert await post.states() == [OutboxState.SENT]
    assert post.sent() == 1


async def test_who_blocked_the_bot_is_unreachable(post: Post) -> None:
    await post.ani.blocks()
    await post.tells("Halo Ani")
    await post.tells("Halo Budi", to=post.office.budi)
    await post.drains()
    assert await post.states() == [OutboxState.FAILED, OutboxState.SENT]
    assert await post.unreachable(post.office.ani) is not None
    assert await post.unreachable(post.office.budi) is None
    (row, _) = await post.rows()
    assert "blocked" in (row.error or "")


async def test_a_deleted_account_is_unreachable(post: Post) -> None:
    post.ani.deactivates()
    await post.tells("Halo Ani")
    await post.drains()
    assert await post.states() == [OutboxState.FAILED]
    assert await post.unreachable(post.office.ani) is not None


async def test_a_chat_telegram_does_not_know_is_unreachable(post: Post) -> None:
    async with post.db.writing() as session:
        await session.execute(
            update(Account).where(Account.person_id == post.office.ani).values(chat_id=5555)
        )
    await post.tells("Halo Ani")
    await post.drains()
    (row,) = await post.rows()
    assert row.state is OutboxState.FAILED
    assert "not found" in (row.error or "")
    assert await post.unreachable(post.office.ani) is not None


async def test_since_when_somebody_is_unreachable_is_kept(post: Post) -> None:
    await post.ani.blocks()
    await post.tells("Halo Ani")
    await post.drains()
    first = await post.unreachable(post.office.ani)
    await post.passes(hours=1)
    await post.tells("Halo lagi")
    await post.drains()
    assert await post.unreachable(post.office.ani) == first


@pytest.mark.parametrize(
    ("text", "kind", "error"),
    [
        ("a bug", "told", "ZeroDivisionError"),
        ("Halo", "no_such_kind", "KeyError"),
        ("broken html", "told", "parse"),
    ],
)
async def test_a_fault_of_ours_fails_one_notice_and_stops_nothing(
    post: Post, text: str, kind: str, error: str
) -> None:
    await post.tells(text, kind=kind)
    await post.tells("Halo Ani")
    await post.drains()
    first, second = await post.rows()
    assert (first.state, second.state) == (OutboxState.FAILED, OutboxState.SENT)
    assert error in (first.error or "")
    assert post.sent() == 1
    assert await post.unreachable(post.office.ani) is None


async def test_what_has_partly_arrived_is_not_repeated(post: Post) -> None:
    await post.tells("in two parts")
    post.sim.fault("sendMessage", kind="delay", seconds=0)
    post.sim.fault("sendMessage", kind="error")
    await post.drains()
    await post.passes(hours=1)
    await post.drains()
    assert await post.states() == [OutboxState.UNCERTAIN]
    assert post.sent("part one") == 1


async def test_a_notice_that_is_no_longer_worth_sending_is_settled(post: Post) -> None:
    await post.tells("nothing left to tell")
    await post.drains()
    (row,) = await post.rows()
    assert (row.state, row.message_id) == (OutboxState.SENT, None)
    assert post.tried() == 0


async def test_somebody_who_never_joined_stops_nothing(post: Post) -> None:
    async with post.db.writing() as session:
        await session.execute(delete(Account).where(Account.person_id == post.office.ani))
    await post.tells("Halo Ani")
    await post.tells("Halo Budi", to=post.office.budi)
    await post.drains()
    assert post.sent("Halo Budi") == 1
    assert post.tried() == 1
    first, second = await post.rows()
    assert (first.state, first.error) == (OutboxState.FAILED, "not joined")
    assert (second.state, second.error) == (OutboxState.SENT, None)


async def test_somebody_who_has_left_is_told_nothing(post: Post) -> None:
    await post.tells("Halo Ani")
    async with post.db.writing() as session:
        await session.execute(update(Person).where(Person.id == post.office.ani).values(active=False))
    await post.drains()
    assert post.tried() == 0
    (row,) = await post.rows()
    assert (row.state, row.error, row.message_id) == (OutboxState.FAILED, "not joined", None)
    assert row.finished_at is not None


async def test_everything_goes_to_everybody_in_order(running: Post) -> None:
    for number in range(5):
        await running.tells(f"Ani {number}")
        await running.tells(f"Budi {number}", to=running.office.budi)
    running.delivery.wake()
    await running.budi.sees("Budi 4")
    await running.ani.sees("Ani 4")
    assert [one.text for one in running.ani.messages] == [f"Ani {number}" for number in range(5)]
    assert [one.text for one in running.budi.messages] == [f"Budi {number}" for number in range(5)]


async def test_who_wakes_it_does_not_wait(running: Post) -> None:
    await asyncio.sleep(0.1)
    begun = asyncio.get_running_loop().time()
    await running.tells("Halo Ani")
    running.delivery.wake()
    await running.ani.sees("Halo Ani")
    assert asyncio.get_running_loop().time() - begun < 0.5


async def test_too_many_pauses_everything(running: Post) -> None:
    running.sim.fault("sendMessage", kind="flood", seconds=1)
    await running.tells("Halo Ani")
    running.delivery.wake()
    async with asyncio.timeout(4):
        while not running.tried():  # noqa: ASYNC110 - what is waited for happens in the simulator
            await asyncio.sleep(0.02)
    await running.tells("Halo Budi", to=running.office.budi)
    running.delivery.wake()
    await asyncio.sleep(0.5)
    assert running.sent("Halo Budi") == 0
    await running.budi.sees("Halo Budi")
    await running.ani.sees("Halo Ani")
    assert running.tried() == 3


async def test_what_was_in_flight_when_the_process_died_is_uncertain(post: Post) -> None:
    await post.tells("Halo Ani")
    await post.tells("Halo Ani, lagi")
    async with post.db.writing() as session:
        await outbox.claim(session, now=post.clock())
    stop = asyncio.Event()
    task = asyncio.create_task(post.delivery.run(stop))
    await post.ani.sees("Halo Ani, lagi")
    stop.set()
    post.delivery.wake()
    await asyncio.wait_for(task, 3)
    assert await post.states() == [OutboxState.UNCERTAIN, OutboxState.SENT]
    assert post.sent() == 0


async def test_a_moved_clock_does_not_make_a_sending_row_a_dead_one(post: Post) -> None:
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE / 2)
    await post.tells("Halo Ani")
    await post.delivery._recover()
    draining = asyncio.create_task(post.drains())
    await asyncio.sleep(PATIENCE / 8)
    await post.passes(hours=6)
    post.delivery._recovered_at = -1e9
    await post.delivery._recover()
    await draining
    assert await post.states() == [OutboxState.SENT]


async def test_a_database_that_is_away_stops_nothing_for_good(running: Post) -> None:
    await running.tells("Halo Ani")
    async with locked(running.db):
        running.delivery.wake()
        await asyncio.sleep(0.3)
        assert running.tried() == 0
    running.delivery.wake()
    await running.ani.sees("Halo Ani")
    assert running.sent() == 1


async def test_a_database_that_goes_away_while_sending_repeats_nothing(post: Post) -> None:
    """Sent, but not recorded: the row stays in flight until its age makes it uncertain."""
    await post.delivery._recover()
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE / 2)
    await post.tells("Halo Ani")
    impatient(post.db)
    draining = asyncio.create_task(post.drains())
    await asyncio.sleep(PATIENCE / 4)
    async with locked(post.db):
        with pytest.raises(OperationalError):
            await draining
        assert post.sent() == 1
    await post.drains()
    await post.passes(minutes=3)
    post.delivery._recovered_at = -1e9
    await post.delivery._recover()
    await post.drains()
    assert await post.states() == [OutboxState.UNCERTAIN]
    assert post.sent() == 1


async def test_stopping_does_not_wait_for_the_next_look(post: Post) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(post.delivery.run(stop))
    await asyncio.sleep(0.1)
    begun = asyncio.get_running_loop().time()
    stop.set()
    await asyncio.wait_for(task, 1)
    assert asyncio.get_running_loop().time() - begun < 0.3
