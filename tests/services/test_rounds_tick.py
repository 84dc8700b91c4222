"""What a tick starts, skips, leaves alone, and how much it costs."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import (
    Account,
    Day,
    Holiday,
    HolidayKind,
    OutboxMessage,
    Pattern,
    Person,
    Round,
    RoundKind,
    RoundState,
    Schedule,
    State,
)
from models.engine import Database
from services.rounds import TickResult, plan_everybody, plan_person, tick
from tests.office import Office

TODAY = date(2026, 11, 18)
PROMPT = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""15:30 in Jakarta."""
NOTICE = datetime(2026, 11, 18, 9, 15, tzinfo=UTC)
ASKED = 6
"""The head, two supervisors and the three staff members below them."""


async def ticked(db: Database, now: datetime, *, limit: int = 2000) -> TickResult:
    async with db.writing() as session:
        return await tick(session, now=now, limit=limit)


async def planned(db: Database, now: datetime) -> None:
    """Plans, and leaves the morning behind: its briefs are given."""
    async with db.writing() as session:
        await plan_everybody(session, now=now)
        if now.hour < 4:
            await tick(session, now=now)


async def changed(db: Database, person_id: int, **values: Any) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == person_id).values(**values))


async def messages(db: Database) -> list[tuple[int | None, str, str, str | None]]:
    """The questions and queue notices; the other rounds have their own tests."""
    async with db.reading() as session:
        rows = await session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.kind.in_(["prompted", "queue_noticed"]))
            .order_by(OutboxMessage.id)
        )
        return [(row.person_id, row.kind, row.payload["work_date"], row.key) for row in rows]


async def rounds(db: Database, person_id: int) -> dict[date, RoundState]:
    async with db.reading() as session:
        rows = await session.execute(
            select(Round.work_date, Round.state).where(
                Round.person_id == person_id, Round.kind == RoundKind.PROMPT
            )
        )
        return {row.work_date: row.state for row in rows}


async def next_prompt(db: Database, person_id: int) -> datetime | None:
    async with db.reading() as session:
        return await session.scalar(
            select(Schedule.due_at).where(Schedule.person_id == person_id, Schedule.kind == RoundKind.PROMPT)
        )


async def test_everybody_who_reports_is_asked_once(db: Database, office: Office, now: datetime) -> None:
    await planned(db, now)
    assert await ticked(db, PROMPT - timedelta(seconds=1)) == TickResult()
    assert (await ticked(db, PROMPT)).sent["prompted"] == ASKED
    assert await ticked(db, PROMPT) == TickResult()
    written = await messages(db)
    assert {to for to, *_ in written} == {
        office.head,
        office.budi,
        office.ani,
        office.citra,
        office.dewi,
        office.eko,
    }
    assert (office.ani, "prompted", "2026-11-18", f"prompt:{office.ani}:2026-11-18") in written
    assert await next_prompt(db, office.ani) == PROMPT + timedelta(days=1)


async def test_a_stale_prompt_is_skipped_and_the_next_one_comes(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    result = await ticked(db, PROMPT + timedelta(hours=3))
    assert (result.sent["prompted"], result.skipped) == (0, ASKED)
    assert await rounds(db, office.ani) == {TODAY: RoundState.SKIPPED}
    assert (await ticked(db, PROMPT + timedelta(days=1))).sent["prompted"] == ASKED


async def test_a_prompt_within_its_window_comes_late(db: Database, office: Office, now: datetime) -> None:
    await planned(db, now)
    late = PROMPT + timedelta(hours=2, minutes=59)
    await planned(db, late)
    assert (await ticked(db, late)).sent["prompted"] == ASKED


async def test_after_days_away_the_missed_one_is_skipped_and_todays_sent_by_one_tick(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    later = PROMPT + timedelta(days=5, minutes=10)  # the Monday after
    await planned(db, later)
    assert (await ticked(db, later)).sent["prompted"] == ASKED
    assert await rounds(db, office.ani) == {
        TODAY: RoundState.SKIPPED,
        TODAY + timedelta(days=5): RoundState.SENT,
    }


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        (State.DRAFT, True),
        (State.SUBMITTED, False),
        (State.RETURNED, False),
        (State.APPROVED, False),
        (State.RECORDED, False),
    ],
)
async def test_who_has_sent_the_day_is_not_asked(
    db: Database, office: Office, now: datetime, state: State, asked: bool
) -> None:
    await planned(db, now)
    async with db.writing() as session:
        session.add(Day(person_id=office.ani, work_date=TODAY, state=state, created_at=now))
    await ticked(db, PROMPT)
    assert await rounds(db, office.ani) == {TODAY: RoundState.SENT if asked else RoundState.UNNEEDED}
    assert any(to == office.ani for to, *_ in await messages(db)) is asked


async def test_a_holiday_added_too_late_for_the_plan_still_counts(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    async with db.writing() as session:
        unit = await session.scalar(select(Person.unit_id).where(Person.id == office.ani))
        session.add(Holiday(day=TODAY, name="Libur kantor", kind=HolidayKind.OFFICE, unit_id=unit))
    await ticked(db, PROMPT)
    assert {to for to, *_ in await messages(db)} == {office.dewi, office.eko}
    assert await rounds(db, office.ani) == {}
    assert await next_prompt(db, office.ani) == PROMPT + timedelta(days=1)


async def test_a_later_time_that_the_plan_was_not_told_of_is_honoured(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    await changed(db, office.ani, prompt_time=time(17, 0))
    await ticked(db, PROMPT)
    assert await rounds(db, office.ani) == {}
    await ticked(db, PROMPT + timedelta(minutes=90))
    assert await rounds(db, office.ani) == {TODAY: RoundState.SENT}


async def test_the_inactive_and_those_who_never_joined_have_no_schedule(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    await changed(db, office.ani, active=False)
    async with db.writing() as session:
        account = (await session.scalars(select(Account).where(Account.person_id == office.eko))).one()
        await session.delete(account)
    await ticked(db, PROMPT)
    assert not {office.ani, office.eko} & {to for to, *_ in await messages(db)}
    assert await next_prompt(db, office.ani) is None
    assert await next_prompt(db, office.eko) is None
    await changed(db, office.ani, active=True)
    async with db.writing() as session:
        due = await plan_person(session, office.ani, now=PROMPT + timedelta(hours=4))
    assert due is not None
    assert due.work_date == TODAY + timedelta(days=1)


async def test_the_unreachable_are_not_asked_and_are_on_the_day_they_come_back(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        await session.execute(
            update(Account).where(Account.person_id == office.ani).values(unreachable_since=now)
        )
    await planned(db, now)
    await ticked(db, PROMPT)
    assert await rounds(db, office.ani) == {}
    async with db.writing() as session:
        await session.execute(
            update(Account).where(Account.person_id == office.ani).values(unreachable_since=None)
        )
    await ticked(db, PROMPT + timedelta(days=1))
    assert await rounds(db, office.ani) == {TODAY + timedelta(days=1): RoundState.SENT}


async def test_observers_pure_admins_and_shifts_are_never_asked(
    db: Database, office: Office, now: datetime
) -> None:
    await changed(db, office.ani, pattern=Pattern.SHIFT)
    await planned(db, now)
    for offset in range(8):
        await ticked(db, PROMPT + timedelta(days=offset))
    assert not {office.admin, office.observer, office.ani} & {to for to, *_ in await messages(db)}


async def test_a_supervisor_hears_once_at_the_end_of_the_day_when_days_wait(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    await changed(db, office.budi, pattern=Pattern.SHIFT)  # a shift is not asked, its queue still waits
    await planned(db, now)
    async with db.writing() as session:
        for person in (office.ani, office.citra):
            session.add(
                Day(
                    person_id=person, work_date=TODAY, state=State.SUBMITTED, created_at=now, submitted_at=now
                )
            )
        session.add(Day(person_id=office.eko, work_date=TODAY, state=State.APPROVED, created_at=now))
    await ticked(db, NOTICE - timedelta(minutes=1))
    assert (await ticked(db, NOTICE)).sent["queue_noticed"] == 1
    assert (await ticked(db, NOTICE + timedelta(hours=1))).sent["queue_noticed"] == 0
    notices = [message for message in await messages(db) if message[1] == "queue_noticed"]
    assert notices == [(office.budi, "queue_noticed", "2026-11-18", f"queue_notice:{office.budi}:2026-11-18")]
    assert (await ticked(db, NOTICE + timedelta(days=1))).sent["queue_noticed"] == 1


async def test_a_date_that_has_its_round_is_never_planned_again(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    await ticked(db, PROMPT)
    await changed(db, office.ani, prompt_time=time(18, 0), zone="Asia/Jayapura")
    await planned(db, PROMPT)
    assert await next_prompt(db, office.ani) == datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


async def test_planning_twice_writes_nothing_and_a_leaver_loses_the_row(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        first = await plan_everybody(session, now=now)
        second = await plan_everybody(session, now=now)
        await session.execute(update(Person).where(Person.id == office.eko).values(active=False))
        third = await plan_everybody(session, now=now)
    assert (first.written, first.removed) == (ASKED * 3 + 3 * 3 + 1, 0)  # a kind each; the admin's calendar
    assert (second.written, second.removed) == (0, 0)
    assert (third.written, third.removed) == (
        0,
        6,
    )  # Eko's prompt, summary and lock warning; what Dewi got for deciding: nobody is left below her


async def test_a_tick_takes_a_batch_and_says_there_is_more(
    db: Database, office: Office, now: datetime
) -> None:
    await planned(db, now)
    first = await ticked(db, PROMPT, limit=4)
    second = await ticked(db, PROMPT, limit=4)
    assert (first.sent["prompted"], first.more) == (4, True)
    assert (second.sent["prompted"], second.more) == (2, False)
    assert len(await messages(db)) == ASKED
