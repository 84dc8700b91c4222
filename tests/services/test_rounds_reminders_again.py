"""What silenced a day was taken back: its next reminder is there again, from the record."""

from datetime import datetime, time

import pytest
from sqlalchemy import select, update

from models import DayKind, DutyPeriod, OutboxMessage, Person, RoundKind, Schedule
from models.engine import Database
from services import settings
from services.calendar.administration import NewDaysOff, add_days_off, cancel_day_off
from services.duty.periods import cancel_period, mark_off_today, set_kind
from services.entries.nothing import report_nothing, take_nothing_back
from services.reading.dates import Span
from services.rounds import Choice, plan_everybody, plan_person, snooze, tick
from tests.office import Office
from tests.services.desk import TODAY, Desk, at


@pytest.fixture
async def ani(db: Database, office: Office, now: datetime) -> Desk:
    """Asked at 15:30."""
    async with db.writing() as session:
        await plan_everybody(session, now=now)
        await tick(session, now=at(15, 30))
    return Desk(db, office, office.ani)


async def ticked(desk: Desk, *moments: datetime) -> None:
    for moment in moments:
        async with desk.db.writing() as session:
            await tick(session, now=moment)


async def row(desk: Desk) -> tuple[int, datetime] | None:
    """Step and instant of the reminder that is planned."""
    async with desk.db.reading() as session:
        found = (
            await session.execute(
                select(Schedule.step, Schedule.due_at).where(
                    Schedule.person_id == desk.person, Schedule.kind == RoundKind.REMINDER
                )
            )
        ).one_or_none()
        return None if found is None else (found.step, found.due_at)


async def reminded(desk: Desk) -> list[datetime]:
    async with desk.db.reading() as session:
        found = await session.scalars(
            select(OutboxMessage.created_at)
            .where(OutboxMessage.person_id == desk.person, OutboxMessage.kind == "reminded")
            .order_by(OutboxMessage.id)
        )
        return list(found)


EVENING = [at(hour, minute) for hour in range(16, 22) for minute in (0, 30)]


@pytest.mark.parametrize(
    ("marked", "undone", "left"),
    [
        (at(15, 40), at(15, 50), [at(16, 30), at(17, 30), at(19)]),
        (at(15, 40), at(16, 45), [at(17, 30), at(19)]),
        (at(16, 40), at(17, 40), [at(16, 30), at(19)]),
        (at(15, 40), at(19, 10), []),
    ],
)
async def test_off_duty_taken_back_reminds_again_and_passes_over_what_was_missed(
    ani: Desk, marked: datetime, undone: datetime, left: list[datetime]
) -> None:
    await ticked(ani, *(one for one in EVENING if one < marked))
    period = await ani.calls(mark_off_today, TODAY, now=marked)
    assert await row(ani) is None
    await ticked(ani, *(one for one in EVENING if marked < one < undone))
    await ani.calls(cancel_period, period, now=undone)
    await ticked(ani, *(one for one in EVENING if one > undone))
    assert await reminded(ani) == left


async def test_off_duty_that_was_dinas_luar_after_all_reminds(ani: Desk) -> None:
    period = await ani.calls(mark_off_today, TODAY, now=at(15, 40))
    await ani.calls(set_kind, period, DayKind.FIELD, now=at(15, 41))
    assert await row(ani) == (1, at(16, 30))


async def test_a_day_off_declared_and_removed_on_the_same_afternoon_reminds_everybody(ani: Desk) -> None:
    admin = ani.of(ani.office.admin)
    wish = NewDaysOff(Span(TODAY, TODAY), "Libur mendadak")
    await ticked(ani, at(16, 30))
    (added,) = await admin.calls(add_days_off, wish, now=at(16, 40))
    assert await row(ani) is None
    await admin.calls(cancel_day_off, added, now=at(16, 50))
    assert await row(ani) == await row(ani.of(ani.office.citra)) == (2, at(17, 30))


async def test_a_pause_that_is_ended_and_a_cap_that_is_raised_remind_again(ani: Desk) -> None:
    await ani.calls(settings.pause_reminders, 7, now=at(15, 40))
    assert await row(ani) is None
    await ani.calls(settings.pause_reminders, None, now=at(16, 40))
    assert await row(ani) == (2, at(17, 30))
    await ani.calls(settings.set_reminder_cap, 1, now=at(16, 41))
    assert await row(ani) is None
    await ani.calls(settings.set_reminder_cap, 2, now=at(17, 31))
    assert await row(ani) is None, "the second one is past"
    await ani.calls(settings.set_reminder_cap, 3, now=at(17, 32))
    assert await row(ani) == (3, at(19))


async def test_a_withdrawn_report_and_a_nothing_taken_back_are_waited_for_again(ani: Desk) -> None:
    day_id = await ani.calls(report_nothing, TODAY, "menunggu data", now=at(15, 40))
    await ticked(ani, at(16, 30))
    assert await row(ani) is None
    revision = (await ani.day(day_id)).revision
    await ani.calls(take_nothing_back, day_id, revision=revision, now=at(16, 40))
    assert await row(ani) == (2, at(17, 30))
    await ani.types("Rapat komite -> jadwal disepakati", now=at(17, 20), work_date=TODAY)
    await ani.sends(day_id, now=at(17, 25))
    await ticked(ani, at(17, 30))
    assert await row(ani) is None
    await ani.withdraws(day_id, now=at(17, 40))
    assert await row(ani) == (3, at(19))


async def test_what_was_answered_stays_silent_whatever_is_planned(ani: Desk) -> None:
    await ani.calls(report_nothing, TODAY, "menunggu data", now=at(15, 40))
    await ticked(ani, at(16, 30))
    async with ani.db.writing() as session:
        await plan_everybody(session, now=at(16, 40))
    assert await row(ani) is None


async def test_a_chosen_hour_survives_an_off_duty_that_was_taken_back(ani: Desk) -> None:
    await ani.calls(snooze, TODAY, Choice.TONIGHT, now=at(15, 40))
    period = await ani.calls(mark_off_today, TODAY, now=at(15, 45))
    await ani.calls(cancel_period, period, now=at(15, 50))
    await ticked(ani, *EVENING)
    assert await reminded(ani) == [at(19)]


async def test_a_chosen_hour_that_passed_while_off_duty_leaves_what_comes_by_rule(ani: Desk) -> None:
    await ani.calls(snooze, TODAY, Choice.LATER_HOUR, now=at(15, 40))
    period = await ani.calls(mark_off_today, TODAY, now=at(15, 45))
    await ticked(ani, at(16, 40), at(17))
    assert await reminded(ani) == []
    await ani.calls(cancel_period, period, now=at(17, 5))
    await ticked(ani, *(one for one in EVENING if one > at(17, 5)))
    assert await reminded(ani) == [at(17, 30), at(19)]


async def test_after_a_chosen_reminder_none_by_rule_comes_back(ani: Desk) -> None:
    await ani.calls(snooze, TODAY, Choice.LATER_HOUR, now=at(15, 40))
    await ticked(ani, at(16, 40))
    async with ani.db.writing() as session:
        await plan_person(session, ani.person, now=at(16, 41))
    assert await row(ani) is None


async def test_a_plan_keeps_half_an_hour_between_two_reminders(ani: Desk) -> None:
    await ticked(ani, at(17, 20))
    period = await ani.calls(mark_off_today, TODAY, now=at(17, 21))
    await ani.calls(cancel_period, period, now=at(17, 22))
    assert await row(ani) == (3, at(19)), "17:30 would be ten minutes after the last one"


async def test_a_reminder_that_is_due_is_left_to_the_tick(ani: Desk) -> None:
    async with ani.db.writing() as session:
        await plan_everybody(session, now=at(16, 35))
    assert await row(ani) == (1, at(16, 30))
    await ticked(ani, at(16, 36))
    assert await reminded(ani) == [at(16, 36)]


async def test_who_says_they_work_further_east_is_reminded_by_the_clock_there(ani: Desk) -> None:
    async with ani.db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=ani.person,
                kind=DayKind.FIELD,
                first=TODAY,
                last=TODAY,
                zone="Asia/Jayapura",
                created_at=at(15, 35),
                created_by=ani.person,
            )
        )
        await session.flush()
        await plan_person(session, ani.person, now=at(15, 35))
    await ticked(ani, *EVENING)
    assert await reminded(ani) == [at(16, 30), at(17), at(17, 30)], "17:00 here is 19:00 there"


async def test_a_person_whose_prompt_is_still_to_come_has_no_reminder(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).values(prompt_time=time(17)))
        await plan_everybody(session, now=now)
        await tick(session, now=at(16))
        await plan_everybody(session, now=at(16, 1))
    assert await row(Desk(db, office, office.ani)) is None


async def test_yesterdays_question_is_not_reminded_of_today(ani: Desk) -> None:
    period = await ani.calls(mark_off_today, TODAY, now=at(15, 40))
    await ani.calls(cancel_period, period, now=at(8, day=19))
    assert await row(ani) is None
