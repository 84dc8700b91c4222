"""Progress per RHK, indicator and quarter; RHK without activity; what serves no RHK."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Aspect,
    DayKind,
    DutyPeriod,
    Indicator,
    PerformancePlan,
    Person,
    PlanEvent,
    State,
    StepVerdict,
    Target,
    Verdict,
)
from models.engine import Database
from services.calendar import load_personal
from services.progress.counting import Outside, load_outside
from services.progress.coverage import load_idle
from services.progress.loading import load_standing
from services.progress.standing import Pacing, Standing, right_after
from tests.office import Office
from tests.services.ledger import jakarta, ledger
from tests.services.plans import BEGAN, Plans, Recount, build_plans

TODAY = date(2026, 11, 18)
NOW = jakarta(TODAY, 9)
LATER = jakarta(date(2027, 3, 1), 9)


@pytest.mark.parametrize("seed", range(3))
async def test_a_plain_recount_gives_the_same(db: Database, seed: int) -> None:
    async with db.writing() as session:
        office = await build_plans(session, random.Random(seed))
    async with db.reading() as session:
        plain = await Recount().read(session)
        for at in (jakarta(date(2026, 1, 2), 0), jakarta(date(2026, 6, 30), 15), NOW, LATER):
            for year in (2025, 2026):
                await check(session, office, plain, year, at)


async def check(session: AsyncSession, office: Plans, plain: Recount, year: int, at: Any) -> None:
    found = await load_standing(session, office.people, year=year, at=at)
    of = {who: [one for one in found if one.person_id == who] for who in office.people}
    assert of[office.people[-1]] == [], "nobody has an RHK without an SKP"
    for who in office.people:
        expected = plain.rhk(who, year)
        assert [one.target_id for one in of[who]] == [one.id for one in expected]
        for one, target in zip(of[who], expected, strict=True):
            check_one(one, target, plain, year, at)
    outside = await load_outside(session, office.people, year=year, at=at)
    for who in office.people:
        share = outside.get(who, Outside())
        said = (share.entries_outside, share.entries, share.minutes_outside, share.minutes, share.known)
        assert said == plain.outside(who, year, at)


def check_one(one: Standing, target: Target, plain: Recount, year: int, at: Any) -> None:
    sums, goals = plain.sums(target, year, at), plain.goals(target)
    by_unit: dict[str, int] = {}
    for (unit, _), number in sums.items():
        by_unit[unit] = by_unit.get(unit, 0) + number
    assert {measure.unit.lower(): measure.goal for measure in one.measures} == goals
    assert {measure.unit.lower(): measure.done for measure in one.measures} == {
        unit: by_unit.get(unit, 0) for unit in goals
    }
    assert {other.unit: other.number for other in one.others} == {
        unit: number for unit, number in by_unit.items() if unit not in goals and number
    }
    first = one.measures[0].unit.lower() if one.measures else None
    for quarter in one.quarters:
        assert quarter.done == (sums.get((first, quarter.number), 0) if first else 0)
        assert quarter.planned == plain.planned(target, quarter.number)
    assert sum(quarter.done for quarter in one.quarters) == one.done


async def reword(session: AsyncSession, target_id: int, text: str, *, goal: str, version: int) -> int:
    """The next version of an RHK comes into force."""
    old = await session.get_one(Target, target_id)
    new = Target(
        plan_id=old.plan_id,
        position=old.position,
        text=text,
        lineage_id=old.lineage,
        since_version=version,
        replaces_id=old.id,
    )
    session.add(new)
    await session.flush()
    old.retired_at, old.until_version = NOW, version
    for one in list(await session.scalars(select(Indicator).where(Indicator.target_id == target_id))):
        session.add(
            Indicator(
                target_id=new.id,
                position=one.position,
                aspect=one.aspect,
                text=one.text,
                goal=Decimal(goal),
                goal_text=goal,
                unit=one.unit,
                lineage_id=one.lineage_id or one.id,
            )
        )
    await session.flush()
    return new.id


async def test_three_versions_keep_what_was_done_and_the_wording_it_was_judged_by(
    db: Database, office: Office
) -> None:
    first = office.ani_targets[0]
    wordings = [first]
    async with db.writing() as session:
        book = ledger(session)
        for version, month in ((1, 2), (2, 5), (3, 8)):
            day = await book.day(office.ani, date(2026, month, 3))
            entry = await book.entry(day, "Menyusun", quantity=2, unit="dok", target_id=wordings[-1])
            await book.decide(entry, Verdict.APPROVE, office.budi, jakarta(date(2026, month, 4), 9))
            if version < 3:
                wordings.append(
                    await reword(
                        session, wordings[-1], f"Versi {version + 1}", goal="24", version=version + 1
                    )
                )
    async with db.reading() as session:
        [one, *_] = await load_standing(session, [office.ani], year=2026, at=NOW)
        assert (one.target_id, one.text, one.lineage) == (wordings[-1], "Versi 3", first)
        assert (one.done, one.goal, one.share) == (6, Decimal(24), 0.25)
        assert [quarter.done for quarter in one.quarters] == [2, 2, 2, 0]
        assert one.wordings == tuple(wordings)
        entries = await session.execute(
            select(Target.text).where(Target.id.in_(wordings)).order_by(Target.id)
        )
        assert [row.text for row in entries][1:] == ["Versi 2", "Versi 3"]
        early = await load_standing(session, [office.ani], year=2026, at=jakarta(date(2026, 3, 1), 9))
        assert early[0].done == 2


async def test_a_reopened_entry_counts_where_it_stood(db: Database, office: Office) -> None:
    target = office.ani_targets[0]
    async with db.writing() as session:
        book = ledger(session)
        day = await book.day(office.ani, date(2026, 11, 2))
        entry = await book.entry(day, "Menyusun", quantity=3, unit="dokumen", target_id=target)
        for hour, verdict in ((9, Verdict.APPROVE), (11, Verdict.REOPEN), (13, Verdict.APPROVE)):
            await book.decide(entry, verdict, office.budi, jakarta(date(2026, 11, 3), hour))
    async with db.reading() as session:
        for hour, done in ((8, 0), (10, 3), (12, 0), (14, 3)):
            cut = jakarta(date(2026, 11, 3), hour)
            [one, *_] = await load_standing(session, [office.ani], year=2026, at=cut)
            assert one.done == done, hour
        just = jakarta(date(2026, 11, 3), 9)
        assert (await load_standing(session, [office.ani], year=2026, at=just))[0].done == 0
        assert (await load_standing(session, [office.ani], year=2026, at=right_after(just)))[0].done == 3


def agreed(target: Target, at: datetime) -> PlanEvent:
    """The version that brought an RHK was agreed."""
    return PlanEvent(plan_id=target.plan_id, version=target.since_version, verdict=StepVerdict.AGREED, at=at)


async def idle(session: AsyncSession, who: int, on: date = TODAY) -> list[int]:
    calendars = await load_personal(session, [who], first=date(2026, 1, 1), last=date(2026, 12, 31))
    found = await load_standing(session, [who], year=2026, at=NOW, on=on, calendars=calendars)
    return [one.target_id for one in await load_idle(session, found, year=2026, on=on, calendars=calendars)]


async def test_an_rhk_without_activity_is_named_after_fourteen_days(db: Database, office: Office) -> None:
    served, reached, new = office.ani_targets
    async with db.writing() as session:
        await session.execute(update(PerformancePlan).values(created_at=BEGAN))
        book = ledger(session)
        await session.execute(update(Person).values(created_at=BEGAN))
        for target, day, quantity in ((served, date(2026, 11, 5), 1), (reached, date(2026, 10, 1), 12)):
            entry = await book.entry(
                await book.day(office.ani, day),
                "Menyusun",
                quantity=quantity,
                unit="dokumen",
                target_id=target,
            )
            await book.decide(entry, Verdict.APPROVE, office.budi, jakarta(day, 17))
        await session.execute(update(Account).values(joined_at=BEGAN))
    async with db.reading() as session:
        assert await idle(session, office.ani) == [new], "what is reached need not be worked on"
        assert await idle(session, office.ani, date(2026, 11, 19)) == [served, new]
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=office.ani,
                kind=DayKind.LEAVE,
                first=date(2026, 11, 9),
                last=date(2026, 11, 15),
                created_at=NOW,
                created_by=office.ani,
            )
        )
        await session.execute(update(Target).where(Target.id == new).values(since_version=2))
        await session.execute(update(PerformancePlan).values(agreed_version=3))
        session.add(agreed(await session.get_one(Target, new), jakarta(date(2026, 11, 10), 8)))
    async with db.reading() as session:
        assert await idle(session, office.ani, date(2026, 11, 19)) == [], (
            "a week of leave, and an RHK of last week"
        )
        assert await idle(session, office.ani, date(2026, 1, 9)) == []


async def test_a_head_counts_what_they_recorded(db: Database, office: Office) -> None:
    async with db.writing() as session:
        plan = PerformancePlan(person_id=office.head, year=2026, created_at=BEGAN, agreed_version=1)
        session.add(plan)
        await session.flush()
        target = Target(plan_id=plan.id, position=0, text="Terkelolanya madrasah")
        session.add(target)
        await session.flush()
        session.add(
            Indicator(
                target_id=target.id,
                position=0,
                aspect=Aspect.QUANTITY,
                text="Jumlah rapat",
                goal=Decimal(4),
                goal_text="4",
                unit="rapat",
            )
        )
        await session.execute(update(Account).values(joined_at=BEGAN))
        book = ledger(session)
        day = await book.day(office.head, date(2026, 11, 2))
        for state in (State.RECORDED, State.DRAFT, State.SUBMITTED):
            entry = await book.entry(day, "Rapat", quantity=1, unit="rapat", target_id=target.id)
            entry.state = state
    async with db.reading() as session:
        [one] = await load_standing(session, [office.head], year=2026, at=NOW)
        assert (one.done, one.pacing) == (1, Pacing.BEHIND)


async def paced(db: Database, office: Office, at: datetime = NOW) -> Standing:
    async with db.reading() as session:
        return (await load_standing(session, [office.ani], year=2026, at=at))[0]


async def begin(
    db: Database, *, joined: date | None = None, written: date = date(2026, 1, 2), version: int = 1
) -> None:
    """Everybody joined, and every SKP was written, on these dates."""
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=jakarta(joined or date(2027, 1, 1), 8)))
        await session.execute(
            update(PerformancePlan).values(created_at=jakarta(written, 8), agreed_version=version)
        )


async def test_nothing_is_expected_of_a_first_draft_nor_before_anything_is_recorded(
    db: Database, office: Office
) -> None:
    await begin(db, joined=date(2026, 1, 2), version=0)
    one = await paced(db, office)
    assert (one.expected, one.pacing, one.recorded_from) == (None, None, None)
    await begin(db)
    assert (await paced(db, office)).pacing is None, "nobody has joined, nothing was reported"
    await begin(db, joined=date(2026, 1, 2))
    one = await paced(db, office)
    assert (one.pacing, one.recorded_from) == (Pacing.BEHIND, None)


async def test_the_pace_is_that_of_the_time_on_record(db: Database, office: Office) -> None:
    await begin(db, joined=date(2026, 9, 19))
    one = await paced(db, office)
    assert one.expected == pytest.approx(0.168, abs=0.02)
    assert (one.pacing, one.recorded_from) == (Pacing.ON_PACE, date(2026, 9, 19))
    await begin(db, joined=date(2026, 2, 2))
    assert (await paced(db, office)).recorded_from is None, "a month is within the margin"
    async with db.writing() as session:
        day = await ledger(session).day(office.ani, date(2026, 7, 1))
        day.first_submitted_at = jakarta(date(2026, 7, 1), 17)
    await begin(db, joined=date(2026, 9, 19))
    assert (await paced(db, office)).recorded_from == date(2026, 7, 1), "the first report came earlier"
    early = await paced(db, office, jakarta(date(2026, 6, 1), 9))
    assert early.expected is None, "as it was known then"


async def test_an_rhk_is_as_old_as_the_version_that_brought_it(db: Database, office: Office) -> None:
    await begin(db, joined=date(2026, 1, 2), written=date(2026, 11, 18))
    one = await paced(db, office)
    assert (one.pacing, one.recorded_from, one.since) == (Pacing.ON_PACE, TODAY, TODAY)
    await begin(db, joined=date(2026, 1, 2), version=3)
    async with db.writing() as session:
        target = await session.get_one(Target, office.ani_targets[0])
        target.since_version = 2
        session.add(agreed(target, jakarta(date(2026, 8, 3), 9)))
    async with db.writing() as session:
        await reword(session, office.ani_targets[0], "Versi 3", goal="12", version=3)
    one = await paced(db, office)
    assert (one.text, one.since) == ("Versi 3", date(2026, 8, 3)), "a rewording makes nothing younger"


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_: object, __: object, statement: str, *rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            found.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def test_the_number_of_queries_does_not_grow_with_people(db: Database) -> None:
    async with db.writing() as session:
        office = await build_plans(session, random.Random(7))
    counts = []
    for people in (office.people[:1], office.people):
        async with db.reading() as session:
            with counted(db) as statements:
                found = await load_standing(session, people, year=2026, at=NOW)
            assert found
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 10


async def test_nobody_and_a_year_without_an_skp(db: Database, office: Office) -> None:
    async with db.reading() as session:
        assert await load_standing(session, [], year=2026, at=NOW) == ()
        assert await load_standing(session, [office.ani], year=2024, at=NOW) == ()
        assert await load_outside(session, [], year=2026, at=NOW) == {}
        later = await load_standing(session, [office.ani], year=2026, at=NOW + timedelta(days=400))
        assert {one.expected for one in later} == {None}, "never agreed: nothing is expected"
