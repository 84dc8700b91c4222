"""What was written while delivery was down: nothing arrives at night, and a summary waits for the morning."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from models import Account, ActingSupervisor, Capacity, OutboxMessage, OutboxState, Person
from models.engine import Database
from services import outbox
from services.approvals.acting import tell_turns
from services.clock import OfficeClock
from services.nudging import enqueue_nudges
from services.rounds import plan_everybody, tick
from simulator import Limits, Persona, Simulator
from tests.conversations.conftest import Chat, started
from tests.office import Office, user_of
from tests.services.ledger import jakarta
from tests.services.reporting import LINES, send_day

FRIDAY = date(2026, 11, 20)
NIGHT = jakarta(FRIDAY, 23, 30)
SATURDAY = FRIDAY + timedelta(days=1)


async def ended(db: Database, since: datetime) -> set[tuple[str, str, str | None]]:
    async with db.reading() as session:
        rows = await session.scalars(select(OutboxMessage).where(OutboxMessage.created_at >= since))
        return {(one.kind, one.state.value, one.error) for one in rows}


async def a_working_friday(db: Database, office: Office, *hours: time) -> None:
    """What ticks at these hours write on Friday 20 November while nothing is delivered."""
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=jakarta(date(2026, 10, 1), 8)))
    await send_day(db, office.ani, *LINES, now=jakarta(date(2026, 11, 17), 15))
    await send_day(db, office.citra, *LINES, now=jakarta(date(2026, 11, 19), 15))
    async with db.writing() as session:
        session.add(
            ActingSupervisor(
                supervisor_id=office.dewi,
                acting_id=office.budi,
                capacity=Capacity.PLH,
                first=FRIDAY,
                last=FRIDAY,
                set_by=office.dewi,
                created_at=jakarta(date(2026, 11, 19), 9),
            )
        )
        await session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
        await plan_everybody(session, now=jakarta(FRIDAY, 1))
    for hour in hours:
        async with db.writing() as session:
            now = jakarta(FRIDAY, hour.hour, hour.minute)
            await tick(session, now=now)
            await tell_turns(session, now=now)
            await enqueue_nudges(session, now=now)


async def without_pictures(db: Database) -> None:
    """The summaries wait for the morning; they are taken away, since drawing them takes its time."""
    summaries = OutboxMessage.kind.in_(["week_summed", "team_summed"])
    async with db.writing() as session:
        until = await session.scalars(select(OutboxMessage.not_before).where(summaries).distinct())
        assert list(until) == [jakarta(SATURDAY, 8)]
        await session.execute(delete(OutboxMessage).where(summaries))


def people(sim: Simulator, office: Office) -> dict[str, Persona]:
    found = {
        name: sim.person(name.title(), user_id=user_of(getattr(office, name)), language="id")
        for name in ("ani", "budi", "citra", "dewi", "eko", "head", "admin")
    }
    for one in found.values():
        one.chat.started = True
    return found


async def test_nothing_of_the_day_arrives_at_half_past_eleven_at_night(
    db: Database, office: Office, tmp_path: Path
) -> None:
    await a_working_friday(db, office, time(8), time(16), time(16, 45), time(17))
    written = {kind for kind, *_ in await ended(db, jakarta(FRIDAY, 1))}
    assert written >= {"prompted", "reminded", "briefed", "queue_noticed", "nudged", "week_summed"}
    clock = OfficeClock(NIGHT)
    async with Simulator(limits=Limits.off(), clock=clock, patient=True, callback_seconds=10**9) as sim:
        personas = people(sim, office)
        async with started(sim, db, clock, tmp_path) as program:
            sim.busy = lambda: program.busy
            program.delivery.wake()
            await sim.quiet()
            assert not [text.text for one in personas.values() for text in one.messages]
            assert {state for kind, state, _ in await ended(db, jakarta(FRIDAY, 1))} == {"failed", "waiting"}
            left = {
                (kind, error)
                for kind, state, error in await ended(db, jakarta(FRIDAY, 1))
                if state == "waiting"
            }
            waits = ("week_summed", "team_summed", "acting_begun", "sending_troubled")
            assert left == {(kind, None) for kind in waits}
            await without_pictures(db)
            clock.move_to(jakarta(SATURDAY, 7, 59))
            program.delivery.wake()
            await sim.quiet()
            assert not personas["budi"].messages
            clock.move_to(jakarta(SATURDAY, 8))
            program.delivery.wake()
            await sim.quiet()
            await personas["budi"].sees("Anda sekarang Plh.")
        assert not sim.faults_seen
    assert {state for _, state, error in await ended(db, jakarta(FRIDAY, 1)) if error is None} == {"sent"}
    stale = {kind for kind, _, error in await ended(db, jakarta(FRIDAY, 1)) if error == "stale"}
    assert stale >= {"prompted", "reminded", "briefed", "queue_noticed", "nudged"}


async def test_in_its_hours_a_late_one_still_comes(db: Database, office: Office, tmp_path: Path) -> None:
    await a_working_friday(db, office, time(8), time(16))
    clock = OfficeClock(jakarta(FRIDAY, 16, 20))
    async with Simulator(limits=Limits.off(), clock=clock, patient=True, callback_seconds=10**9) as sim:
        personas = people(sim, office)
        async with started(sim, db, clock, tmp_path) as program:
            sim.busy = lambda: program.busy
            program.delivery.wake()
            await sim.quiet()
            await personas["ani"].sees("", button="Isi laporan")
    found = await ended(db, jakarta(FRIDAY, 1))
    assert {kind for kind, _, error in found if error == "stale"} == {"briefed", "nudged"}


async def test_a_summary_late_by_a_weekend_comes_in_the_daytime_at_once(chat: Chat) -> None:
    chat.clock.move_to(jakarta(SATURDAY, 10))
    async with chat.db.writing() as session:
        await outbox.enqueue(
            session,
            "week_summed",
            to=chat.office.ani,
            now=jakarta(FRIDAY, 16, 30),
            payload={"week": "2026-11-19"},
            stale_at=jakarta(FRIDAY, 20),
        )
    chat.program.delivery.wake()
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        row = await session.scalar(select(OutboxMessage).where(OutboxMessage.kind == "week_summed"))
        assert row is not None
        assert (row.state, row.attempts) == (OutboxState.SENT, 1)


async def test_it_goes_by_the_clock_where_the_person_is(chat: Chat) -> None:
    chat.clock.move_to(jakarta(FRIDAY, 21, 30))
    async with chat.db.writing() as session:
        await session.execute(update(Person).values(zone="Asia/Jayapura"))
        await outbox.enqueue(
            session,
            "team_summed",
            to=chat.office.dewi,
            now=chat.clock(),
            payload={"week": "2026-11-19"},
            stale_at=jakarta(FRIDAY, 18),
        )
    chat.program.delivery.wake()
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        row = await session.scalar(select(OutboxMessage).where(OutboxMessage.kind == "team_summed"))
        assert row is not None
        assert row.not_before == datetime.combine(SATURDAY, time(8), tzinfo=ZoneInfo("Asia/Jayapura"))
        assert (row.state, row.attempts, row.error) == (OutboxState.WAITING, 0, None)
