"""The outbox meets a bad day of Telegram's: what becomes of a notice, and that none is told twice."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from telegram.ext import ExtBot

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Picture, Turn
from bot.delivery import Delivery
from bot.delivery.braking import IN_A_ROW, TOKEN_PAUSE
from bot.pacing import Pace, PacedCalls
from bot.registry import Registry
from bot.requesting import AiohttpRequest
from bot.screens import Button, Screen
from bot.texts import Html, escape
from documents.pictures import Bar, DayCount, WeekPicture
from models import Account, Group, OutboxMessage, OutboxState, Person
from models.engine import Database, is_away
from services import outbox
from services.clock import OfficeClock
from services.delivery_trouble import TROUBLED
from services.pacing import Rates
from simulator import Group as TelegramGroup
from simulator import Limits, Persona, Simulator
from tests.conversations.edges import away, deps_of, impatient
from tests.office import Office, user_of

pytestmark = pytest.mark.usefixtures("short_logs")
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
        case "a picture":
            return Answer(picture=PICTURE, screens=(Screen(Html("and more")),))
        case "a picture that cannot be drawn":
            wrong = replace(DRAWING, bars=(Bar("x", float("nan"), "?"),))
            return Answer(picture=Picture(wrong, PICTURE.caption), screens=(Screen(Html("and more")),))
        case "too many words":
            return Answer(picture=Picture(DRAWING, Html("kata " * 300)))
        case "with buttons":
            rows = ((Button("Tekan", Press(Kind.CANCEL)), Button("Buka", url="https://example.go.id/")),)
            return Answer(screens=(Screen(Html("pilih"), rows),))
        case "where it goes" if turn.group is not None:
            assert turn.found is None
            return Answer(screens=(Screen(escape(f"{turn.group.unit}, {turn.t.language}")),))
        case "in two parts":
            return Answer(screens=(Screen(Html("part one")), Screen(Html("part two"))))
        case text:
            return Answer(screens=(Screen(escape(text)),))


DRAWING = WeekPicture(
    title="Pekan 12–18 November",
    subtitle="Ani Rahmawati",
    bars_title="Progres RHK",
    bars=(Bar("Tersusunnya perangkat", 0.5, "6 dari 12 dokumen"),),
    days_title="Melapor",
    days=(DayCount("Jum", 1, 1),),
    empty="Belum ada",
)
PICTURE = Picture(DRAWING, Html("<b>Pekan ini</b> 5 hari dilaporkan"))
FEATURE = Feature(name="told", notices={"told": on_told})


def bot_of(sim: Simulator, *, pace: Pace | None = None, url: str | None = None) -> ExtBot[Any]:
    request = AiohttpRequest(size=8, read=PATIENCE, connect=PATIENCE)
    limiter = PacedCalls(pace) if pace else None
    return ExtBot(sim.token, base_url=f"{url or sim.url}/bot", request=request, rate_limiter=limiter)


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

    async def tells(
        self, text: str, *, to: int | None = None, group: int | None = None, kind: str = "told"
    ) -> None:
        if group is None:
            to = to or self.office.ani
        async with self.db.writing() as session:
            await outbox.enqueue(session, kind, to=to, group=group, now=self.clock(), payload={"text": text})

    async def links(self, group: TelegramGroup, *, thread: int | None = None) -> int:
        """A linked group; gives its row's id."""
        async with self.db.writing() as session:
            person = await session.get_one(Person, self.office.admin)
            assert person.unit_id is not None
            row = Group(
                chat_id=group.id,
                thread_id=thread,
                title=group.title,
                unit_id=person.unit_id,
                language="en",
                linked_by=person.id,
                linked_at=self.clock(),
            )
            session.add(row)
            await session.flush()
            return row.id

    async def passes(self, **time: float) -> None:
        self.clock.move_to(self.clock() + timedelta(**time))

    async def drains(self) -> None:
        while await self.delivery.drain():
            pass

    async def rows(self) -> list[OutboxMessage]:
        """All but what tells the admins that something went wrong."""
        about_others = OutboxMessage.kind != TROUBLED
        async with self.db.reading() as session:
            found = list(
                await session.scalars(select(OutboxMessage).where(about_others).order_by(OutboxMessage.id))
            )
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


@pytest.fixture
async def post(db: Database, office: Office, now: datetime, tmp_path: Path) -> AsyncIterator[Post]:
    clock = OfficeClock(now)
    async with Simulator(limits=Limits.off(), clock=clock) as sim:
        people = []
        for name in ("ani", "budi", "citra"):
            persona = sim.person(name.title(), user_id=user_of(getattr(office, name)))
            persona.chat.started = True
            people.append(persona)
        deps = deps_of(sim, db, clock, PICTURE_DIR=str(tmp_path / "pictures"))

        def seconds() -> float:
            return clock().timestamp()

        pace = Pace(db, deps.rates, clock=seconds, wall=seconds)
        async with bot_of(sim, pace=pace) as bot:
            delivery = Delivery(deps, Registry([FEATURE]), bot, pace)
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


async def test_a_notice_arrives_and_is_recorded(post: Post) -> None:
    await post.tells("Halo Ani")
    await post.drains()
    (row,) = await post.rows()
    (message,) = post.ani.messages
    assert message.text == "Halo Ani"
    assert (row.state, row.message_id, row.error) == (OutboxState.SENT, message.id, None)
    assert row.finished_at is not None
    assert await post.unreachable(post.office.ani) is None


@pytest.mark.parametrize("status", [500, 502, 503])
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


async def test_a_server_that_gave_up_waiting_may_have_sent_it(post: Post) -> None:
    post.sim.fault("sendMessage", kind="error", status=504)
    await post.tells("Halo Ani")
    await post.drains()
    assert await post.states() == [OutboxState.UNCERTAIN]


async def test_a_token_telegram_does_not_know_fails_nothing(post: Post) -> None:
    for number in range(3):
        await post.tells(f"Halo {number}")
    await post.tells("Halo Budi", to=post.office.budi)
    post.sim.fault("sendMessage", kind="error", status=401, times=None)
    for _ in range(4):
        await post.drains()
        await post.passes(seconds=TOKEN_PAUSE + 1)
    assert post.tried() <= 5, "one probe a pause"
    assert set(await post.states()) == {OutboxState.WAITING}
    post.sim.core.faults.planned.clear()
    for _ in range(3):
        await post.passes(seconds=TOKEN_PAUSE + 1)
        await post.drains()
    assert set(await post.states()) == {OutboxState.SENT}
    assert [one.text for one in post.ani.messages] == ["Halo 0", "Halo 1", "Halo 2"]


async def test_a_storm_makes_few_notices_uncertain(post: Post) -> None:
    """A gateway shows its page for two minutes: those in flight and the probes, and no more."""
    people = (post.office.ani, post.office.budi, post.office.citra)
    for number in range(10):
        for person in people:
            await post.tells(f"Halo {number}", to=person)
    post.sim.fault("sendMessage", kind="page", status=502, times=None)
    for _ in range(120):
        await post.drains()
        await post.passes(seconds=1)
    tried = post.tried()
    assert IN_A_ROW <= tried <= IN_A_ROW + len(people) + 8
    post.sim.core.faults.planned.clear()
    for _ in range(60):
        await post.passes(seconds=2)
        await post.drains()
    states = await post.states()
    assert states.count(OutboxState.UNCERTAIN) == tried
    assert states.count(OutboxState.SENT) == len(states) - tried
    assert {row.error for row in await post.rows()} == {None, "Bad Gateway (502)"}


async def test_a_flight_without_end_is_cut_off(post: Post) -> None:
    """Before its process counts as dead: what may have arrived is uncertain, and the next one goes."""
    told, _ = post.delivery.drains
    told.stuck = timedelta(seconds=PATIENCE / 2)
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE * 3 / 4)
    await post.tells("Halo Ani")
    await post.drains()
    (row,) = await post.rows()
    assert (row.state, row.error) == (OutboxState.UNCERTAIN, "no end in time")


async def test_a_delivery_that_is_cancelled_ends_and_repeats_nothing(post: Post) -> None:
    await post.tells("Halo Ani")
    await post.tells("Halo Ani, lagi")
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE / 2)
    task = asyncio.create_task(post.delivery.run(asyncio.Event()))
    async with asyncio.timeout(3):
        while not post.sim.core.in_flight:  # noqa: ASYNC110 - it ends by itself
            await asyncio.sleep(0.005)
    task.cancel()
    _, unfinished = await asyncio.wait({task}, timeout=2)
    assert not unfinished
    assert await post.states() == [OutboxState.SENDING, OutboxState.WAITING]


async def test_what_was_claimed_and_not_begun_goes_back_when_cancelled(post: Post) -> None:
    people = (post.office.ani, post.office.budi, post.office.citra)
    for person in people:
        await post.tells("Halo", to=person)
    post.delivery.post.pace.rates = Rates(per_second=2)
    told, _ = post.delivery.drains
    task = asyncio.create_task(post.delivery.run(asyncio.Event()))
    async with asyncio.timeout(3):
        while not post.tried():  # noqa: ASYNC110 - it ends by itself
            await asyncio.sleep(0.005)
    task.cancel()
    _, unfinished = await asyncio.wait({task}, timeout=2)
    assert not unfinished
    rows = await post.rows()
    assert sorted(row.state for row in rows)[-2:] == [OutboxState.WAITING] * 2
    assert [row.attempts for row in rows if row.state is OutboxState.WAITING] == [0, 0]
    assert not told.recorder.in_hand


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
    online, post.delivery.post.bot = post.delivery.post.bot, offline
    await post.drains()
    await offline.request.shutdown()
    (row,) = await post.rows()
    assert row.state is OutboxState.WAITING, row.error
    post.delivery.post.bot = online
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


async def _until_tried(post: Post, times: int) -> None:
    async with asyncio.timeout(4):
        while post.tried() < times:  # noqa: ASYNC110 - what is waited for happens in the simulator
            await asyncio.sleep(0.02)


async def test_too_many_for_one_chat_pauses_nobody_else(running: Post) -> None:
    running.sim.fault("sendMessage", kind="flood", seconds=1)
    await running.tells("Halo Ani")
    running.delivery.wake()
    await _until_tried(running, 1)
    await running.tells("Halo Budi", to=running.office.budi)
    running.delivery.wake()
    await running.budi.sees("Halo Budi")
    assert running.sent("Halo Ani") == 0
    await running.ani.sees("Halo Ani")
    assert running.tried() == 3


async def test_too_many_for_two_chats_pauses_everything(running: Post) -> None:
    for _ in range(2):
        running.sim.fault("sendMessage", kind="flood", seconds=1)
    await running.tells("Halo Ani")
    await running.tells("Halo Budi", to=running.office.budi)
    running.delivery.wake()
    await _until_tried(running, 2)
    await running.tells("Halo Citra", to=running.office.citra)
    running.delivery.wake()
    await asyncio.sleep(0.4)
    assert running.tried() == 2, "nobody is written to"
    await running.citra.sees("Halo Citra")
    await running.budi.sees("Halo Budi")
    await running.ani.sees("Halo Ani")
    assert running.tried() == 5


async def test_what_was_in_flight_when_the_process_died_is_uncertain(post: Post) -> None:
    await post.tells("Halo Ani")
    await post.tells("Halo Ani, lagi")
    async with post.db.writing() as session:
        await outbox.claim(session, now=post.clock())
    if not post.db.is_sqlite:  # there it may be another program's, until that would have given up
        async with post.db.writing() as session:
            sending = update(OutboxMessage).where(OutboxMessage.state == OutboxState.SENDING)
            await session.execute(sending.values(claimed_at=post.clock() - timedelta(hours=1)))
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
    told, _ = post.delivery.drains
    await told.recover()
    draining = asyncio.create_task(post.drains())
    while not post.sim.core.in_flight:  # noqa: ASYNC110 - only what is being sent is in hand
        await asyncio.sleep(0.005)
    await post.passes(hours=6)
    await told.recover(at_once=True)
    await draining
    assert await post.states() == [OutboxState.SENT]


async def test_a_database_that_is_away_stops_nothing_for_good(running: Post) -> None:
    await running.tells("Halo Ani")
    async with away(running.db):
        running.delivery.wake()
        await asyncio.sleep(0.3)
        assert running.tried() == 0
    running.delivery.wake()
    await running.ani.sees("Halo Ani")
    assert running.sent() == 1


async def test_a_database_that_goes_away_while_sending_loses_and_repeats_nothing(post: Post) -> None:
    """Sent, but not recorded: the row stays in hand until the database is back."""
    told, _ = post.delivery.drains
    await told.recover()
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE / 2)
    await post.tells("Halo Ani")
    impatient(post.db)
    draining = asyncio.create_task(post.drains())
    await asyncio.sleep(PATIENCE / 4)
    async with away(post.db):
        with pytest.raises(DBAPIError) as met:
            await draining
        assert is_away(met.value)
        assert post.sent() == 1
    await post.passes(minutes=13)
    await told.recover(at_once=True)
    assert await post.states() == [OutboxState.SENDING]
    await post.drains()
    assert await post.states() == [OutboxState.SENT]
    assert post.sent() == 1


async def test_stopping_does_not_wait_for_the_next_look(post: Post) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(post.delivery.run(stop))
    await asyncio.sleep(0.1)
    begun = asyncio.get_running_loop().time()
    stop.set()
    await asyncio.wait_for(task, 1)
    assert asyncio.get_running_loop().time() - begun < 0.3


# Pictures


async def test_a_picture_goes_as_a_photo_with_its_words(post: Post) -> None:
    await post.tells("a picture")
    await post.drains()
    photo, more = post.ani.messages
    assert (photo.kind, photo.text) == ("photo", "Pekan ini 5 hari dilaporkan")
    assert photo.html == "<b>Pekan ini</b> 5 hari dilaporkan"
    assert more.text == "and more"
    assert await post.states() == [OutboxState.SENT]


async def test_a_picture_that_cannot_be_drawn_leaves_its_words(post: Post) -> None:
    await post.tells("a picture that cannot be drawn")
    await post.drains()
    assert [one.text for one in post.ani.messages] == ["Pekan ini 5 hari dilaporkan", "and more"]
    assert {one.kind for one in post.ani.messages} == {"text"}
    assert await post.states() == [OutboxState.SENT]


async def test_words_that_do_not_fit_below_a_photo_go_alone(post: Post) -> None:
    await post.tells("too many words")
    await post.drains()
    (only,) = post.ani.messages
    assert (only.kind, len(only.text)) == ("text", 1499)
    assert await post.states() == [OutboxState.SENT]


async def test_a_picture_that_arrived_is_not_sent_again_when_the_rest_fails(post: Post) -> None:
    await post.tells("a picture")
    post.sim.fault("sendMessage", kind="error")
    await post.drains()
    await post.passes(hours=1)
    await post.drains()
    assert await post.states() == [OutboxState.UNCERTAIN]
    assert [one.kind for one in post.ani.messages] == ["photo"]


# Groups


async def test_a_notice_to_a_topic_goes_there_in_the_groups_language(post: Post) -> None:
    forum = post.sim.group("Dinas", admins=[post.ani], forum=True)
    topic = forum.topic("Rekap")
    linked = await post.links(forum, thread=topic.id)
    await post.tells("where it goes", group=linked)
    await post.tells("a picture", group=linked)
    await post.drains()
    told = [(one.text, one.kind, one.thread) for one in forum.messages if one.from_bot]
    assert told == [
        ("MTsN 3 Sukamaju, en", "text", topic.id),
        ("Pekan ini 5 hari dilaporkan", "photo", topic.id),
        ("and more", "text", topic.id),
    ]
    assert await post.states() == [OutboxState.SENT] * 2


async def test_no_button_that_presses_stands_in_a_group(post: Post) -> None:
    group = post.sim.group("Guru", admins=[post.ani])
    await post.tells("with buttons", group=await post.links(group))
    await post.drains()
    assert group.last is not None
    assert group.last.labels == ["Buka"]


async def test_a_group_that_takes_no_photos_gets_the_words(post: Post) -> None:
    group = post.sim.group("Guru", admins=[post.ani])
    group.forbids("photo")
    await post.tells("a picture", group=await post.links(group))
    await post.drains()
    told = [one.text for one in group.messages if one.from_bot]
    assert told == ["Pekan ini 5 hari dilaporkan", "and more"]
    assert await post.states() == [OutboxState.SENT]


async def test_groups_and_people_do_not_wait_for_each_other(post: Post) -> None:
    one, two = [await post.links(post.sim.group(name, admins=[post.ani])) for name in ("Satu", "Dua")]
    for group in (one, two):
        await post.tells("pertama", group=group)
        await post.tells("kedua", group=group)
    await post.tells("Halo Ani")
    async with post.db.writing() as session:
        taken = await outbox.claim(session, now=post.clock())
    assert [(row.person_id, row.group and row.group.group_id) for row in taken] == [
        (None, one),
        (None, two),
        (post.office.ani, None),
    ]
    assert {row.payload["text"] for row in taken} == {"pertama", "Halo Ani"}


async def test_too_many_for_a_group_waits_as_told(post: Post) -> None:
    group = post.sim.group("Guru", admins=[post.ani])
    await post.tells("Halo", group=await post.links(group))
    post.sim.fault("sendMessage", kind="flood", seconds=7)
    await post.drains()
    (row,) = await post.rows()
    assert (row.state, row.attempts) == (OutboxState.WAITING, 0)
    await post.passes(seconds=7)
    await post.drains()
    assert await post.states() == [OutboxState.SENT]


async def test_a_send_to_a_group_without_an_answer_is_uncertain(post: Post) -> None:
    group = post.sim.group("Guru", admins=[post.ani])
    await post.tells("Halo", group=await post.links(group))
    post.sim.fault("sendMessage", kind="drop_after")
    await post.drains()
    assert await post.states() == [OutboxState.UNCERTAIN]


async def test_a_group_that_moves_after_a_part_arrived_is_followed_and_nothing_repeated(post: Post) -> None:
    group = post.sim.group("Guru", admins=[post.ani])
    linked = await post.links(group)
    await post.tells("a picture", group=linked)
    post.sim.fault("sendMessage", kind="delay", seconds=PATIENCE / 3)
    draining = asyncio.create_task(post.drains())
    async with asyncio.timeout(30):
        while not post.sim.calls_of("sendPhoto"):  # noqa: ASYNC110 - it happens in the simulator
            await asyncio.sleep(0.005)
    group.migrates()
    await draining
    async with post.db.reading() as session:
        assert (await session.get_one(Group, linked)).chat_id == group.id
    assert await post.states() == [OutboxState.UNCERTAIN]


@pytest.mark.parametrize("target", [None, 1])
async def test_a_message_goes_to_a_person_or_to_a_group(post: Post, target: int | None) -> None:
    async with post.db.writing() as session:
        with pytest.raises(ValueError, match="a person or to a group"):
            await outbox.enqueue(session, "told", to=target, group=target, now=post.clock())
