"""Reminders by state: until the day is answered for, three at most, and «Nanti» instead of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from models import (
    Account,
    Day,
    DayKind,
    DutyPeriod,
    Holiday,
    HolidayKind,
    OutboxMessage,
    Person,
    Round,
    RoundKind,
    RoundState,
    Schedule,
    State,
)
from models.engine import Database
from services.errors import Invalid, NotAllowed
from services.people.identity import Actor, who_is
from services.rounds import Choice, Later, choices, plan_everybody, plan_person, snooze, tick
from tests.office import Office, user_of
from tests.services.seats import somebody

TODAY = date(2026, 11, 18)


def at(hour: int, minute: int = 0, *, day: int = 18) -> datetime:
    """Local time in Jakarta on a day of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.fixture
async def asked(db: Database, office: Office, now: datetime) -> Office:
    """Everybody was asked at 15:30."""
    async with db.writing() as session:
        await plan_everybody(session, now=now)
        await tick(session, now=at(15, 30))
    return office


async def ticked(db: Database, *moments: datetime) -> None:
    for moment in moments:
        async with db.writing() as session:
            await tick(session, now=moment)


async def changed(db: Database, person_id: int, **values: Any) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == person_id).values(**values))


async def reminded(db: Database, person_id: int) -> list[tuple[datetime, str, int, bool]]:
    """When, of which date, which step, whether the last."""
    async with db.reading() as session:
        rows = await session.execute(
            select(OutboxMessage.created_at, OutboxMessage.payload)
            .where(OutboxMessage.person_id == person_id, OutboxMessage.kind == "reminded")
            .order_by(OutboxMessage.id)
        )
        return [(when, said["work_date"], said["step"], said["last"]) for when, said in rows]


async def row(db: Database, person_id: int) -> tuple[date, int, datetime] | None:
    async with db.reading() as session:
        found = (
            await session.execute(
                select(Schedule.work_date, Schedule.step, Schedule.due_at).where(
                    Schedule.person_id == person_id, Schedule.kind == RoundKind.REMINDER
                )
            )
        ).one_or_none()
        return None if found is None else (found.work_date, found.step, found.due_at)


async def steps(db: Database, person_id: int) -> dict[int, RoundState]:
    async with db.reading() as session:
        rows = await session.execute(
            select(Round.step, Round.state).where(
                Round.person_id == person_id, Round.kind == RoundKind.REMINDER
            )
        )
        return {found.step: found.state for found in rows}


async def answer(db: Database, person_id: int, state: State, reason: str | None = None) -> None:
    async with db.writing() as session:
        session.add(
            Day(
                person_id=person_id,
                work_date=TODAY,
                state=state,
                nothing_reason=reason,
                created_at=at(15, 40),
            )
        )


async def actor(db: Database, person_id: int, now: datetime) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person_id), now=now)
    assert found is not None
    return found


async def chooses(
    db: Database, person_id: int, choice: Choice, now: datetime, *, work_date: date = TODAY
) -> Later:
    who = await actor(db, person_id, now)
    async with db.writing() as session:
        return await snooze(session, who, work_date, choice, now=now)


async def offered(db: Database, person_id: int, now: datetime, *, work_date: date = TODAY) -> list[Choice]:
    who = await actor(db, person_id, now)
    async with db.reading() as session:
        return [one.choice for one in await choices(session, who, work_date, now=now)]


async def test_three_reminders_and_no_more(db: Database, asked: Office) -> None:
    day = "2026-11-18"
    await ticked(db, *(at(hour, minute) for hour in range(16, 24) for minute in (0, 15, 30, 45)))
    assert await reminded(db, asked.ani) == [
        (at(16, 30), day, 1, False),
        (at(17, 30), day, 2, False),
        (at(19), day, 3, True),
    ]
    assert await row(db, asked.ani) is None


async def test_two_ticks_at_one_instant_remind_once(db: Database, asked: Office) -> None:
    await ticked(db, at(16, 30), at(16, 30), at(16, 31))
    assert len(await reminded(db, asked.ani)) == 1


@pytest.mark.parametrize(
    ("state", "reason", "silent"),
    [
        (State.DRAFT, None, False),
        (State.DRAFT, "rapat sehari penuh", True),
        (State.SUBMITTED, None, True),
        (State.RETURNED, None, True),
        (State.APPROVED, None, True),
        (State.RECORDED, None, True),
    ],
)
async def test_who_has_answered_is_not_reminded(
    db: Database, asked: Office, state: State, reason: str | None, silent: bool
) -> None:
    await answer(db, asked.ani, state, reason)
    await ticked(db, at(16, 30))
    assert (await reminded(db, asked.ani) == []) is silent
    assert (await row(db, asked.ani) is None) is silent


@pytest.mark.parametrize("kind", [DayKind.SICK, DayKind.OFF_DUTY, DayKind.EXCUSED])
async def test_who_turns_out_to_be_away_is_not_reminded(db: Database, asked: Office, kind: DayKind) -> None:
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=asked.ani,
                kind=kind,
                first=TODAY,
                last=TODAY,
                created_at=at(16),
                created_by=asked.ani,
            )
        )
    await ticked(db, at(16, 30), at(17, 30), at(19))
    assert await reminded(db, asked.ani) == []
    assert await row(db, asked.ani) is None
    assert len(await reminded(db, asked.citra)) == 3


async def test_a_day_that_became_a_day_off_is_not_reminded_of(db: Database, asked: Office) -> None:
    await ticked(db, at(16, 30))
    async with db.writing() as session:
        session.add(Holiday(day=TODAY, name="Libur mendadak", kind=HolidayKind.OFFICE))
        await session.flush()
        await plan_everybody(session, now=at(17))
    assert await row(db, asked.ani) is None
    await ticked(db, at(17, 30), at(19))
    assert len(await reminded(db, asked.ani)) == 1


async def test_a_day_that_stopped_being_a_day_off_is_asked_about_while_its_window_is_open(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        session.add(Holiday(day=TODAY, name="Salah tanggal", kind=HolidayKind.OFFICE))
        await session.flush()
        await plan_everybody(session, now=now)
    await ticked(db, at(15, 30))
    async with db.writing() as session:
        assert await session.scalar(select(Round.id).where(Round.kind == RoundKind.PROMPT)) is None
        await session.execute(delete(Holiday))
        await plan_everybody(session, now=at(16))
    await ticked(db, at(16))
    assert (await row(db, office.ani)) == (TODAY, 1, at(17))


@pytest.mark.parametrize("cap", range(4))
async def test_nobody_is_reminded_more_often_than_they_let(
    db: Database, office: Office, now: datetime, cap: int
) -> None:
    await changed(db, office.ani, reminder_cap=cap)
    async with db.writing() as session:
        await plan_everybody(session, now=now)
    await ticked(db, at(15, 30), at(16, 30), at(17, 30), at(19))
    found = await reminded(db, office.ani)
    assert [step for _, _, step, _ in found] == list(range(1, cap + 1))
    assert [last for *_, last in found] == [step == cap for step in range(1, cap + 1)]


async def test_a_cap_lowered_between_two_reminders_holds(db: Database, asked: Office) -> None:
    await ticked(db, at(16, 30))
    await changed(db, asked.ani, reminder_cap=1)
    async with db.writing() as session:
        await plan_person(session, asked.ani, now=at(17))
    assert await row(db, asked.ani) is None
    await changed(db, asked.citra, reminder_cap=1)  # and so it does when no plan was told
    await ticked(db, at(17, 30), at(19))
    assert len(await reminded(db, asked.ani)) == len(await reminded(db, asked.citra)) == 1


async def test_a_pause_silences_reminders_until_its_date(db: Database, office: Office, now: datetime) -> None:
    await changed(db, office.ani, reminders_from=date(2026, 11, 19))
    async with db.writing() as session:
        await plan_everybody(session, now=now)
    await ticked(db, at(15, 30), at(16, 30), at(19))
    assert await reminded(db, office.ani) == []
    await ticked(db, at(15, 30, day=19), at(16, 30, day=19))
    assert [day for _, day, *_ in await reminded(db, office.ani)] == ["2026-11-19"]


async def test_the_unreachable_are_not_reminded(db: Database, asked: Office) -> None:
    async with db.writing() as session:
        await session.execute(
            update(Account).where(Account.person_id == asked.ani).values(unreachable_since=at(16))
        )
        await session.execute(update(Person).where(Person.id == asked.citra).values(active=False))
    await ticked(db, at(16, 30), at(17, 30))
    assert await reminded(db, asked.ani) == await reminded(db, asked.citra) == []
    assert await row(db, asked.ani) is await row(db, asked.citra) is None


async def test_a_late_prompt_is_followed_by_reminders_from_when_it_was_sent(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=now)
    await ticked(db, at(17, 10), at(18, 9), at(18, 10), at(19), at(19, 10))
    assert [when for when, *_ in await reminded(db, office.ani)] == [at(18, 10), at(19)]


async def test_missed_reminders_are_passed_over_and_the_next_one_counts(db: Database, asked: Office) -> None:
    await ticked(db, at(18, 20), at(18, 40), at(18, 55), at(19))
    assert await steps(db, asked.ani) == {
        1: RoundState.SKIPPED,
        2: RoundState.SENT,
        3: RoundState.SENT,
    }
    assert [when for when, *_ in await reminded(db, asked.ani)] == [at(18, 20), at(19)]


async def test_two_reminders_are_never_less_than_half_an_hour_apart(db: Database, asked: Office) -> None:
    await ticked(db, at(18, 31), at(18, 45), at(19), at(19, 30))
    assert await steps(db, asked.ani) == {
        1: RoundState.SKIPPED,
        2: RoundState.SKIPPED,
        3: RoundState.SENT,
    }
    await ticked(db, at(17, 29))
    assert len(await reminded(db, asked.ani)) == 1


async def test_all_missed_means_none_in_the_evening(db: Database, asked: Office) -> None:
    await ticked(db, at(20), at(6, day=19))
    assert await reminded(db, asked.ani) == []
    assert await row(db, asked.ani) is None
    assert await steps(db, asked.ani) == dict.fromkeys((1, 2, 3), RoundState.SKIPPED)


async def test_a_prompt_that_was_missed_has_no_reminders(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=now)
    await ticked(db, at(18, 40), at(19), at(19, 40))
    assert await reminded(db, office.ani) == []


async def test_an_hour_later_replaces_what_was_left(db: Database, asked: Office) -> None:
    later = await chooses(db, asked.ani, Choice.LATER_HOUR, at(15, 45))
    assert later.due_at == at(16, 45)
    await ticked(db, at(16, 30), at(16, 45), at(17, 30), at(19))
    assert await reminded(db, asked.ani) == [(at(16, 45), "2026-11-18", 1, True)]
    assert await row(db, asked.ani) is None


async def test_tonight(db: Database, asked: Office) -> None:
    await ticked(db, at(16, 30))
    await chooses(db, asked.ani, Choice.TONIGHT, at(16, 40))
    await ticked(db, at(17, 30), at(19), at(19, 30))
    assert await reminded(db, asked.ani) == [
        (at(16, 30), "2026-11-18", 1, False),
        (at(19), "2026-11-18", 2, True),
    ]


async def test_tomorrow_is_the_morning_of_the_next_day_the_person_reports(
    db: Database, asked: Office
) -> None:
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=asked.ani,
                kind=DayKind.LEAVE,
                first=date(2026, 11, 19),
                last=date(2026, 11, 20),
                created_at=at(9),
                created_by=asked.ani,
            )
        )
    later = await chooses(db, asked.ani, Choice.TOMORROW, at(19, 30))
    assert (later.day, later.due_at) == (date(2026, 11, 23), at(7, 30, day=23))
    await ticked(db, at(19, 45), at(7, 30, day=19), at(7, 30, day=20), at(7, 30, day=23), at(8, day=23))
    assert await reminded(db, asked.ani) == [(at(7, 30, day=23), "2026-11-18", 1, True)]


async def test_tomorrow_moves_on_when_tomorrow_becomes_a_day_off(db: Database, asked: Office) -> None:
    await chooses(db, asked.ani, Choice.TOMORROW, at(16))
    async with db.writing() as session:
        session.add(Holiday(day=date(2026, 11, 19), name="Libur mendadak", kind=HolidayKind.OFFICE))
    await ticked(db, at(7, 30, day=19), at(7, 30, day=20))
    assert [when for when, *_ in await reminded(db, asked.ani)] == [at(7, 30, day=20)]


async def test_a_choice_is_silent_once_the_day_is_sent(db: Database, asked: Office) -> None:
    await chooses(db, asked.ani, Choice.TONIGHT, at(16))
    await answer(db, asked.ani, State.SUBMITTED)
    await ticked(db, at(19))
    assert await reminded(db, asked.ani) == []
    assert await row(db, asked.ani) is None


async def test_the_own_cap_and_pause_do_not_stop_what_the_person_asked_for(
    db: Database, asked: Office
) -> None:
    await changed(db, asked.ani, reminder_cap=0, reminders_from=date(2026, 12, 24))
    await chooses(db, asked.ani, Choice.LATER_HOUR, at(16))
    async with db.writing() as session:
        await plan_everybody(session, now=at(16, 10))
    await ticked(db, at(17))
    assert len(await reminded(db, asked.ani)) == 1


async def test_one_may_choose_again_but_three_a_day_are_the_most(db: Database, asked: Office) -> None:
    for hour in (15, 16, 17):
        await chooses(db, asked.ani, Choice.LATER_HOUR, at(hour, 31))
        await ticked(db, at(hour + 1, 31))
    assert [step for _, _, step, _ in await reminded(db, asked.ani)] == [1, 2, 3]
    assert await offered(db, asked.ani, at(18, 40)) == []
    with pytest.raises(Invalid) as refused:
        await chooses(db, asked.ani, Choice.TONIGHT, at(18, 40))
    assert refused.value.code == "later_closed"


async def test_a_choice_the_program_slept_through_can_be_made_again(db: Database, asked: Office) -> None:
    await chooses(db, asked.ani, Choice.LATER_HOUR, at(15, 35))
    await ticked(db, at(17, 40))
    assert await reminded(db, asked.ani) == []
    await chooses(db, asked.ani, Choice.LATER_HOUR, at(17, 45))
    await ticked(db, at(18, 45))
    assert len(await reminded(db, asked.ani)) == 1


async def test_what_is_offered_follows_the_hour(db: Database, asked: Office) -> None:
    everything = [Choice.LATER_HOUR, Choice.TONIGHT, Choice.TOMORROW]
    assert await offered(db, asked.ani, at(15, 31)) == everything
    assert await offered(db, asked.ani, at(18, 59, day=18)) == everything
    assert await offered(db, asked.ani, at(19)) == [Choice.TOMORROW]
    assert await offered(db, asked.ani, at(23)) == [Choice.TOMORROW]
    assert await offered(db, asked.ani, at(4, 30, day=19)) == [Choice.TONIGHT, Choice.TOMORROW]
    with pytest.raises(Invalid) as refused:
        await chooses(db, asked.ani, Choice.TONIGHT, at(19))
    assert refused.value.code == "later_closed"


async def test_an_answered_day_is_not_put_off(db: Database, asked: Office) -> None:
    await answer(db, asked.ani, State.SUBMITTED)
    assert await offered(db, asked.ani, at(16)) == []
    with pytest.raises(Invalid) as refused:
        await chooses(db, asked.ani, Choice.TONIGHT, at(16))
    assert refused.value.code == "day_already_sent"


async def test_an_old_prompt_does_not_take_the_place_of_todays_reminders(db: Database, asked: Office) -> None:
    await ticked(db, at(15, 30, day=19))
    assert await offered(db, asked.ani, at(16, day=19)) == []
    with pytest.raises(Invalid) as refused:
        await chooses(db, asked.ani, Choice.TONIGHT, at(16, day=19))
    assert refused.value.code == "later_closed"
    await ticked(db, at(16, 30, day=19))
    assert [day for _, day, *_ in await reminded(db, asked.ani)] == ["2026-11-19"]


async def test_a_day_to_come_and_who_is_not_asked_have_nothing_to_put_off(
    db: Database, asked: Office
) -> None:
    assert await offered(db, asked.ani, at(16), work_date=date(2026, 11, 19)) == []
    for person in (asked.admin, asked.observer):
        with pytest.raises(NotAllowed):
            await offered(db, person, at(16))
        with pytest.raises(NotAllowed):
            await chooses(db, person, Choice.TONIGHT, at(16))


async def test_a_choice_for_yesterday_does_not_silence_todays_reminders(db: Database, asked: Office) -> None:
    """Asked at 07:00 by an own time: what was chosen for 07:30 about yesterday gives way to today's."""
    await changed(db, asked.ani, prompt_time=datetime(2026, 1, 1, 7, tzinfo=UTC).time())
    async with db.writing() as session:
        await plan_person(session, asked.ani, now=at(16))
    await chooses(db, asked.ani, Choice.TOMORROW, at(16))
    await ticked(db, at(7, day=19), at(7, 30, day=19), at(8, day=19), at(9, day=19), at(19, day=19))
    assert [day for _, day, *_ in await reminded(db, asked.ani)] == ["2026-11-19"] * 3
    async with db.reading() as session:
        ani = await somebody(session, asked.ani, at(9, 30, day=19))
        assert await choices(session, ani, TODAY, now=at(9, 30, day=19)) == ()
