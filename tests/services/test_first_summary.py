"""What the first summary counts, and what must come before one is sent again."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import (
    Account,
    Aspect,
    Digest,
    DigestKind,
    Entry,
    Feedback,
    Group,
    Holiday,
    HolidayKind,
    Indicator,
    OutboxMessage,
    Person,
    Tone,
    Verdict,
)
from models.engine import Database
from services.digests.access import send_again
from services.digests.periods import load_period, subject_of, subject_of_group
from services.digests.person import person_week
from services.digests.team import team_week
from services.digests.unit import unit_week
from services.errors import Invalid
from services.people.identity import who_is
from services.progress.loading import load_standing
from services.rounds import plan_everybody, tick
from tests.office import Office, user_of
from tests.services.ledger import jakarta, ledger

WEEK = date(2026, 11, 19)
BEFORE = WEEK - timedelta(days=7)
START = jakarta(date(2026, 11, 18), 1)
FRIDAY = jakarta(date(2026, 11, 20), 16, 30)


@pytest.fixture
async def settled(db: Database, office: Office) -> Office:
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=jakarta(date(2026, 1, 5), 8)))
    return office


async def ticked(db: Database, *moments: datetime) -> None:
    for moment in moments:
        async with db.writing() as session:
            await tick(session, now=moment)


async def linked(db: Database, office: Office, at: datetime) -> int:
    async with db.writing() as session:
        unit_id = (await session.get_one(Person, office.ani)).unit_id
        assert unit_id is not None
        return await ledger(session).group(unit_id, office.admin, at)


async def approved(db: Database, office: Office, day: date, at: datetime) -> int:
    async with db.writing() as session:
        book = ledger(session)
        entry = await book.entry(await book.day(office.ani, day), "Mengajar", f"28 siswa tuntas {day}")
        await book.decide(entry, Verdict.APPROVE, office.budi, at)
        return entry.id


async def again(db: Database, office: Office, group: int, now: datetime, week: date = WEEK) -> None:
    async with db.writing() as session:
        actor = await who_is(session, user_of(office.admin), now=now)
        assert actor is not None
        await send_again(session, actor, group, week, now=now)


async def test_the_first_summary_does_not_tell_what_was_approved_since_august(
    db: Database, settled: Office
) -> None:
    group = await linked(db, settled, START)
    for day in (date(2026, 8, 3), date(2026, 10, 5), date(2026, 11, 10)):
        await approved(db, settled, day, jakarta(day, 17))
    await approved(db, settled, date(2026, 11, 16), jakarta(date(2026, 11, 16), 17))
    async with db.writing() as session:
        session.add(
            Feedback(
                from_id=settled.budi,
                to_id=settled.ani,
                tone=Tone.APPRECIATION,
                text="Rapi",
                given_at=jakarta(date(2026, 8, 3), 17),
            )
        )
        await session.flush()
        await plan_everybody(session, now=START)
        subject = await subject_of(session, DigestKind.PERSON, settled.ani)
        by_rule = await load_period(session, subject, WEEK, now=FRIDAY)
    await ticked(db, FRIDAY)
    async with db.reading() as session:
        own = await person_week(session, settled.ani, WEEK, now=FRIDAY)
        team = await team_week(session, settled.budi, WEEK, now=FRIDAY)
        unit = await unit_week(session, await subject_of_group(session, group), WEEK, now=FRIDAY)
        assert (own.approved, team.approved, unit.approved) == (1, 1, 1)
        assert not own.feedback
        assert (await person_week(session, settled.ani, BEFORE, now=FRIDAY)).approved == 1
        row = await session.scalar(select(Digest).where(Digest.person_id == settled.ani))
        assert row is not None
        assert (row.cut_from, row.cut_to) == (FRIDAY - timedelta(days=7), FRIDAY)
        assert own.period == by_rule


async def test_a_new_supervisors_first_summary_does_not_tell_what_the_old_ones_told(
    db: Database, settled: Office
) -> None:
    entry = await approved(db, settled, date(2026, 11, 9), jakarta(date(2026, 11, 10), 17))
    async with db.writing() as session:
        eko = update(Person).where(Person.id == settled.eko)
        await session.execute(eko.values(supervisor_id=None))
        await plan_everybody(session, now=jakarta(date(2026, 11, 11), 3))
    await ticked(db, FRIDAY - timedelta(days=7))
    async with db.writing() as session:
        assert (await team_week(session, settled.budi, BEFORE, now=START)).approved == 1
        ani = update(Person).where(Person.id == settled.ani)
        await session.execute(ani.values(supervisor_id=settled.eko))
        await plan_everybody(session, now=START)
        for verdict, hour in ((Verdict.REOPEN, 9), (Verdict.APPROVE, 10)):
            found = await session.get_one(Entry, entry)
            await ledger(session).decide(found, verdict, settled.budi, jakarta(date(2026, 11, 18), hour))
    await ticked(db, FRIDAY)
    async with db.reading() as session:
        assert await session.scalar(select(Digest.id).where(Digest.person_id == settled.eko))
        assert (await team_week(session, settled.eko, WEEK, now=FRIDAY)).approved == 0


async def test_a_friday_off_moves_the_cut_by_rule_too(db: Database, settled: Office) -> None:
    async with db.writing() as session:
        session.add(Holiday(day=date(2026, 11, 13), name="Libur", kind=HolidayKind.OFFICE))
        session.add(Holiday(day=date(2026, 11, 20), name="Libur", kind=HolidayKind.OFFICE))
    monday = jakarta(date(2026, 11, 16), 16)
    async with db.reading() as session:
        subject = await subject_of(session, DigestKind.PERSON, settled.ani)
        saturday = jakarta(date(2026, 11, 21), 10)
        found = await load_period(session, subject, WEEK, now=saturday)
        assert (found.cut_from, found.cut_to, found.running) == (monday, saturday, True)
        told = await load_period(session, subject, BEFORE, now=saturday)
        assert (told.cut_to, told.running) == (monday, False)


async def test_a_week_is_not_sent_before_its_own_summary_came(db: Database, settled: Office) -> None:
    group = await linked(db, settled, START)
    async with db.writing() as session:
        session.add(Holiday(day=date(2026, 11, 20), name="Libur", kind=HolidayKind.OFFICE))
        await session.flush()
        await plan_everybody(session, now=START)
    monday = jakarta(date(2026, 11, 23), 16)
    with pytest.raises(Invalid) as refused:
        await again(db, settled, group, jakarta(date(2026, 11, 21), 10))
    assert refused.value.code == "week_running"
    with pytest.raises(Invalid) as refused:
        await again(db, settled, group, monday)  # due, and no tick has come yet
    assert refused.value.code == "week_to_come"
    await ticked(db, monday)
    await again(db, settled, group, monday + timedelta(hours=2))
    async with db.reading() as session:
        sent = await session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "unit_summed"))
        assert [one["week"] for one in sent] == [WEEK.isoformat()] * 2


async def test_a_week_before_the_group_was_linked_may_be_sent(db: Database, settled: Office) -> None:
    group = await linked(db, settled, START)
    async with db.writing() as session:
        await plan_everybody(session, now=START)
    await again(db, settled, group, START, BEFORE)
    async with db.writing() as session:
        await session.execute(update(Group).values(linked_at=START - timedelta(days=10)))
        await session.execute(update(OutboxMessage).values(not_before=START - timedelta(days=1)))
    with pytest.raises(Invalid) as refused:
        await again(db, settled, group, START + timedelta(hours=3), BEFORE)
    assert refused.value.code == "week_to_come"


async def test_an_old_summary_shows_quantities_as_they_are_now(db: Database, settled: Office) -> None:
    target = settled.ani_targets[0]
    cut = FRIDAY - timedelta(days=7)
    async with db.writing() as session:
        unit = await session.scalar(
            select(Indicator.unit).where(Indicator.target_id == target, Indicator.aspect == Aspect.QUANTITY)
        )
        book = ledger(session)
        day = await book.day(settled.ani, date(2026, 11, 9))
        entry = await book.entry(day, "Menyusun", "jadi", quantity=5, unit=unit, target_id=target)
        await book.decide(entry, Verdict.APPROVE, settled.budi, jakarta(date(2026, 11, 10), 9))
        assert (await load_standing(session, [settled.ani], year=2026, at=cut))[0].done == 5
        await book.decide(entry, Verdict.REOPEN, settled.budi, jakarta(date(2026, 11, 16), 9))
        entry.quantity = 9
        await session.flush()
        assert (await load_standing(session, [settled.ani], year=2026, at=cut))[0].done == 9
        assert (await load_standing(session, [settled.ani], year=2026, at=START))[0].done == 0


async def test_what_waited_over_new_year_is_counted_in_workdays(db: Database, settled: Office) -> None:
    async with db.writing() as session:
        for day in (24, 25, 28, 29, 30, 31):
            session.add(Holiday(day=date(2026, 12, day), name="Libur", kind=HolidayKind.OFFICE))
        session.add(Holiday(day=date(2027, 1, 1), name="Libur", kind=HolidayKind.OFFICE))
        book = ledger(session)
        entry = await book.entry(await book.day(settled.ani, date(2026, 12, 23)), "Mengajar", "28 tuntas")
        await book.decide(entry, Verdict.APPROVE, settled.budi, jakarta(date(2027, 1, 5), 9))
        week = await team_week(session, settled.budi, date(2027, 1, 7), now=jakarta(date(2027, 1, 9), 9))
        assert week.review.age == 2


async def test_reopening_is_no_first_decision(db: Database, settled: Office) -> None:
    """Approved in the week before, reopened in this one: nothing was decided for the first time in it."""
    async with db.writing() as session:
        book = ledger(session)
        entry = await book.entry(await book.day(settled.ani, date(2026, 11, 16)), "Mengajar", "28 tuntas")
        await book.decide(entry, Verdict.REOPEN, settled.budi, jakarta(date(2026, 11, 17), 9))
        week = await team_week(session, settled.budi, WEEK, now=FRIDAY)
        assert (week.review.sent, week.review.decided, week.review.age) == (1, 0, None)


async def test_nobody_is_asked_for_days_before_they_joined(db: Database, settled: Office) -> None:
    async with db.writing() as session:
        mine = update(Account).where(Account.person_id == settled.ani)
        await session.execute(mine.values(joined_at=jakarta(date(2026, 11, 17), 8)))
    async with db.reading() as session:
        own = await person_week(session, settled.ani, WEEK, now=FRIDAY)
        team = await team_week(session, settled.budi, WEEK, now=FRIDAY)
        assert own.asked == 3
        assert next(one for one in team.workers if one.id == settled.ani).asked[0] == date(2026, 11, 17)
