"""Nothing is lost and nothing is done twice, whatever happens between Telegram, us and the database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from telegram import Update
from telegram.error import InvalidToken
from telegram.ext import ExtBot

from bot.app import Running, build_application, run_polling, running
from bot.context import Answer, Command, Feature, Turn
from bot.polling import poll
from bot.processor import Processor
from handlers import FEATURES
from models import Account, Day, Entry, FailedUpdate, OutboxMessage, SeenUpdate
from models.engine import Database
from services import outbox
from services.clock import OfficeClock
from simulator import Limits, Persona, Simulator
from tests.conversations.edges import away, count, deps_of, nothing_due
from tests.office import Office, user_of

pytestmark = pytest.mark.usefixtures("short_logs")
APOLOGY = "kesalahan di pihak kami"


async def on_broken(turn: Turn, arguments: str) -> Answer:
    """A command with a bug, after it has written something."""
    await outbox.enqueue(turn.session, "queue_changed", to=turn.actor.person_id, now=turn.now)
    raise ZeroDivisionError(arguments)


BROKEN = Feature(name="broken", commands=(Command("rusak", on_broken),))


@asynccontextmanager
async def program_of(
    sim: Simulator, db: Database, clock: OfficeClock, features: Iterable[Feature]
) -> AsyncIterator[tuple[Running, asyncio.Event, "asyncio.Task[None]"]]:
    """The program in polling mode; gives also what stops it and its poll loop."""
    stop = asyncio.Event()
    async with running(deps_of(sim, db, clock), features, nothing_due) as program:
        polling = asyncio.create_task(run_polling(program, stop))
        try:
            yield program, stop, polling
        finally:
            stop.set()
            await polling


def report(letter: str, *, verb: str = "Menyusun") -> str:
    """One activity with its outcome, so that nothing is asked back."""
    return f"{verb} laporan bagian {letter} -> {letter} siap dipakai"


def reported(letters: str, *, verb: str = "Menyusun") -> list[str]:
    return [f"{verb} laporan bagian {letter}" for letter in letters]


@dataclass
class Talk:
    """Ani, Budi, and the program they talk to."""

    sim: Simulator
    db: Database
    office: Office
    clock: OfficeClock
    ani: Persona
    budi: Persona

    async def activities(self, person: int) -> list[str]:
        async with self.db.reading() as session:
            rows = await session.scalars(
                select(Entry.activity)
                .join(Day, Day.id == Entry.day_id)
                .where(Day.person_id == person)
                .order_by(Entry.position)
            )
            return list(rows)

    async def count(self, table: type[Any]) -> int:
        return await count(self.db, table)


@pytest.fixture
async def line(db: Database, office: Office, now: datetime) -> AsyncIterator[Talk]:
    """Telegram and people; no program yet."""
    clock = OfficeClock(now)
    async with Simulator(limits=Limits.off(), clock=clock, callback_seconds=10**9) as sim:
        ani = sim.person("Ani", user_id=user_of(office.ani))
        budi = sim.person("Budi", user_id=user_of(office.budi))
        for persona in (ani, budi):
            persona.chat.started = True
        yield Talk(sim, db, office, clock, ani, budi)
        assert not sim.faults_seen, sim.faults_seen


@pytest.fixture
async def talk(line: Talk) -> AsyncIterator[Talk]:
    """The same with the program running."""
    async with program_of(line.sim, line.db, line.clock, [*FEATURES, BROKEN]):
        await line.sim.quiet()
        yield line


async def polls(sim: Simulator) -> None:
    while not sim.status()["polling"]:  # noqa: ASYNC110 - it happens in the simulator
        await asyncio.sleep(0.01)


# Starting and stopping


async def test_the_first_poll_comes_soon_after_the_start(line: Talk) -> None:
    async with asyncio.timeout(2):
        async with program_of(line.sim, line.db, line.clock, FEATURES):
            await polls(line.sim)


async def test_stopping_in_the_middle_of_a_long_poll_is_quick(line: Talk) -> None:
    async with program_of(line.sim, line.db, line.clock, FEATURES) as (_, stop, polling):
        await polls(line.sim)
        begun = asyncio.get_running_loop().time()
        stop.set()
        await asyncio.wait_for(polling, 1)
        assert asyncio.get_running_loop().time() - begun < 1


async def test_what_was_handled_before_a_stop_does_not_come_again(line: Talk) -> None:
    async with program_of(line.sim, line.db, line.clock, FEATURES):
        await line.ani.says("Menyusun laporan keuangan")
        await line.ani.sees("Menyusun laporan keuangan")
    assert not line.sim.core.updates.pending
    async with program_of(line.sim, line.db, line.clock, FEATURES):
        await line.sim.quiet()
    assert await line.activities(line.office.ani) == ["Menyusun laporan keuangan"]


async def test_what_came_while_we_were_away_is_handled_at_the_start(line: Talk) -> None:
    await line.ani.says(report("a"))
    await line.ani.says(report("b"))
    async with program_of(line.sim, line.db, line.clock, FEATURES):
        await line.sim.quiet()
    assert await line.activities(line.office.ani) == reported("ab")


async def test_a_wrong_token_ends_the_loop(line: Talk) -> None:
    application = build_application(deps_of(line.sim, line.db, line.clock).settings)
    bot: ExtBot[Any] = application.bot

    async def handle(update: Update) -> None:
        """Nothing comes."""

    processor = Processor(handle, identity=lambda one: one.update_id, chat=lambda one: 0)
    async with application:
        line.sim.core.token = "1:revoked"
        with pytest.raises(InvalidToken):
            await asyncio.wait_for(poll(bot, processor, asyncio.Event()), 3)
        line.sim.core.token = line.sim.token


# The offset


@dataclass
class Loop:
    """A poll loop over a handler of one's own."""

    talk: Talk
    bot: ExtBot[Any]
    stop: asyncio.Event

    @asynccontextmanager
    async def handles(self, handle: Any) -> AsyncIterator[None]:
        processor: Processor[Update] = Processor(
            handle,
            identity=lambda one: one.update_id,
            chat=lambda one: one.effective_chat.id if one.effective_chat else 0,
        )
        task = asyncio.create_task(poll(self.bot, processor, self.stop))
        try:
            yield
        finally:
            self.stop.set()
            await task


@pytest.fixture
async def loop(line: Talk) -> AsyncIterator[Loop]:
    application = build_application(deps_of(line.sim, line.db, line.clock).settings)
    async with application:
        yield Loop(line, application.bot, asyncio.Event())


async def test_the_offset_stops_at_what_is_not_committed(loop: Loop) -> None:
    """Ani's update fails; Budi's, which came later, is handled once and Ani's comes again and again."""
    talk, handled, mended = loop.talk, Counter[str](), asyncio.Event()

    async def handle(update: Update) -> None:
        assert update.message is not None
        text = update.message.text or ""
        handled[text] += 1
        if text.startswith("ani") and not mended.is_set():
            raise ConnectionError

    await talk.ani.says("ani 1")
    await talk.budi.says("budi 1")
    await talk.ani.says("ani 2")
    async with loop.handles(handle):
        async with asyncio.timeout(5):
            while handled["ani 1"] < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await talk.budi.says("budi 2")
        assert len(talk.sim.core.updates.pending) >= 3, "nothing may be confirmed before Ani's is committed"
        mended.set()
        await talk.sim.quiet()
    assert handled["budi 1"] == handled["budi 2"] == handled["ani 2"] == 1
    assert handled["ani 1"] >= 3
    assert not talk.sim.core.updates.pending


async def test_what_is_in_hand_at_a_stop_is_finished_and_confirmed(loop: Loop) -> None:
    talk, begun, go_on, done = loop.talk, asyncio.Event(), asyncio.Event(), []

    async def handle(update: Update) -> None:
        begun.set()
        await go_on.wait()
        done.append(update.update_id)

    await talk.ani.says("satu")
    async with loop.handles(handle):
        await begun.wait()
        loop.stop.set()
        await asyncio.sleep(0.05)
        assert talk.sim.core.updates.pending
        go_on.set()
    assert len(done) == 1
    assert not talk.sim.core.updates.pending


@pytest.mark.parametrize("kind", ["error", "drop_before", "drop_after", "flood"])
async def test_a_poll_that_fails_loses_and_repeats_nothing(talk: Talk, kind: Any) -> None:
    talk.sim.fault("getUpdates", kind=kind, times=2, seconds=0)
    for number in range(3):
        await talk.ani.says(report("abc"[number]))
    await talk.sim.quiet()
    assert await talk.activities(talk.office.ani) == reported("abc")


async def test_update_ids_may_restart_anywhere(talk: Talk) -> None:
    await talk.ani.says(report("a"))
    await talk.sim.quiet()
    for restart in (5, 2_000_000_000, 7):
        talk.sim.restarts_ids(restart)
        await talk.ani.says(report("xyz"[(5, 2_000_000_000, 7).index(restart)]))
        await talk.sim.quiet()
    assert await talk.activities(talk.office.ani) == reported("axyz")


# One person's messages


async def test_messages_of_one_chat_keep_their_order(talk: Talk) -> None:
    for letter in "abcdefgh":
        await talk.ani.says(report(letter))
        await talk.budi.says(report(letter, verb="Memeriksa"))
    await talk.sim.quiet()
    assert await talk.activities(talk.office.ani) == reported("abcdefgh")
    assert await talk.activities(talk.office.budi) == reported("abcdefgh", verb="Memeriksa")


async def test_an_update_delivered_again_does_nothing_twice_and_shows_the_screen(talk: Talk) -> None:
    await talk.ani.says("Menyusun laporan keuangan -> laporan siap")
    first = await talk.ani.sees("Menyusun laporan keuangan")
    await talk.sim.quiet()
    seen = await talk.count(SeenUpdate)
    talk.sim.redelivers(talk.sim.update_ids[-1])
    card = await talk.ani.sees("Menyusun laporan keuangan", after=first)
    await talk.sim.quiet()
    assert "Draf" in card.text
    assert await talk.activities(talk.office.ani) == ["Menyusun laporan keuangan"]
    assert await talk.count(SeenUpdate) == seen
    assert sum("Menyusun laporan keuangan" in one.text and one.from_bot for one in talk.ani.messages) == 1


async def test_a_press_delivered_again_sends_once(talk: Talk) -> None:
    await talk.ani.says("Menyusun laporan keuangan -> laporan siap")
    await talk.ani.taps("Di luar SKP") if "Di luar SKP" in talk.ani.buttons() else None
    await talk.ani.taps("Kirim")
    await talk.sim.quiet()
    press = talk.sim.update_ids[-1]
    rows = await talk.count(OutboxMessage)
    async with talk.db.reading() as session:
        day = (await session.scalars(select(Day))).one()
        before = (day.state, day.revision, day.submitted_at)
    talk.sim.redelivers(press)
    await talk.sim.quiet()
    async with talk.db.reading() as session:
        day = (await session.scalars(select(Day))).one()
        assert (day.state, day.revision, day.submitted_at) == before
    assert await talk.count(OutboxMessage) == rows
    assert not talk.ani.sees_now("Sudah berubah")


# The database


async def test_a_database_that_is_away_delays_and_loses_nothing(talk: Talk) -> None:
    async with away(talk.db):
        await talk.ani.says("Menyusun laporan keuangan")
        await asyncio.sleep(0.4)
        assert talk.sim.core.updates.pending
        assert not talk.ani.sees_now(APOLOGY)
    await talk.ani.sees("Menyusun laporan keuangan", timeout=10)
    await talk.sim.quiet()
    assert await talk.activities(talk.office.ani) == ["Menyusun laporan keuangan"]
    assert await talk.count(FailedUpdate) == 0


async def test_a_refusal_while_the_database_is_away_comes_again_too(talk: Talk) -> None:
    """What is refused needs the database for its answer just as well."""
    async with away(talk.db):
        await talk.ani.says("/tidakada")
        await asyncio.sleep(0.3)
        assert talk.sim.core.updates.pending
    await talk.ani.sees("tidak saya kenal", timeout=10)
    await talk.sim.quiet()
    assert sum("tidak saya kenal" in one.text for one in talk.ani.messages) == 1


async def test_what_nobody_is_answered_for_waits_for_the_database_too(talk: Talk) -> None:
    """Somebody blocks the bot while the database is away: it is not forgotten."""
    async with away(talk.db):
        await talk.ani.blocks()
        await asyncio.sleep(0.3)
        assert talk.sim.core.updates.pending
    await talk.sim.quiet()
    async with talk.db.reading() as session:
        account = await session.get(Account, user_of(talk.office.ani))
        assert account is not None
        assert account.unreachable_since is not None


# Faults of ours


async def test_a_bug_is_apologised_for_with_a_reference_that_finds_it(talk: Talk) -> None:
    await talk.ani.says("/rusak apa yang diketik")
    apology = await talk.ani.sees(APOLOGY)
    await talk.sim.quiet()
    async with talk.db.reading() as session:
        kept = (await session.scalars(select(FailedUpdate))).one()
        assert kept.reference in apology.text
        assert kept.error == "ZeroDivisionError"
        assert kept.body["message"]["text"] == "/rusak apa yang diketik"
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 0, "stored half"
    await talk.ani.says("Menyusun laporan keuangan")
    await talk.ani.sees("Menyusun laporan keuangan")
    assert await talk.count(FailedUpdate) == 1


async def test_a_bug_is_met_once_even_if_the_update_comes_again(talk: Talk) -> None:
    await talk.ani.says("/rusak")
    await talk.ani.sees(APOLOGY)
    await talk.sim.quiet()
    talk.sim.redelivers(talk.sim.update_ids[-1])
    await talk.sim.quiet()
    assert await talk.count(FailedUpdate) == 1
    assert sum(APOLOGY in one.text for one in talk.ani.messages) == 1


# Answers


@pytest.mark.parametrize("kind", ["error", "flood"])
async def test_an_answer_that_is_refused_for_the_moment_is_given_again(talk: Talk, kind: Any) -> None:
    talk.sim.fault("sendMessage", kind=kind, seconds=1)
    await talk.ani.says("Menyusun laporan keuangan -> laporan siap")
    await talk.ani.sees("Menyusun laporan keuangan")
    await talk.sim.quiet()
    assert await talk.activities(talk.office.ani) == ["Menyusun laporan keuangan"]


async def test_who_blocks_is_unreachable_until_they_come_back(talk: Talk) -> None:
    async def unreachable() -> bool:
        async with talk.db.reading() as session:
            account = await session.get(Account, user_of(talk.office.ani))
            return account is not None and account.unreachable_since is not None

    await talk.ani.blocks()
    await talk.sim.quiet()
    assert await unreachable()
    await talk.ani.unblocks()
    await talk.sim.quiet()
    assert not await unreachable()
