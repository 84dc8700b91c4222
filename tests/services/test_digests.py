"""Periods by row and by rule, progress, pace, what is away and quiet, and a constant number of queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, update

from models import (
    Account,
    DayKind,
    DigestKind,
    DutyPeriod,
    Pattern,
    PerformancePlan,
    Person,
    Role,
    RoleName,
    Target,
    Verdict,
)
from models.engine import Database
from services.digests.periods import load_period, subject_of, subject_of_unit
from services.digests.person import person_week
from services.digests.support import supported, uppermost
from services.digests.team import team_week
from services.digests.unit import unit_week
from services.progress.standing import Measure, Standing, pace
from tests.office import Office
from tests.services.ledger import jakarta, ledger

WEEK = date(2026, 11, 12)
FRIDAY = WEEK + timedelta(days=1)
NOW = jakarta(date(2026, 11, 18), 9)
LONG_AGO = jakarta(date(2026, 1, 5), 8)


@pytest.fixture(autouse=True)
async def joined_long_ago(db: Database, office: Office) -> None:
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=LONG_AGO))


@contextmanager
def counted(db: Database) -> Iterator[Callable[[], int]]:
    """Counts the statements of a block."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield lambda: len(seen)
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def test_without_a_row_the_cut_is_friday_at_the_end_of_the_day(db: Database, office: Office) -> None:
    async with db.reading() as session:
        subject = await subject_of(session, DigestKind.PERSON, office.ani)
        past = await load_period(session, subject, WEEK, now=NOW)
        assert (past.first, past.last, past.running) == (date(2026, 11, 6), WEEK, False)
        assert past.cut_to == jakarta(FRIDAY, 16, 30)
        assert past.cut_from == jakarta(date(2026, 11, 6), 16, 30)
        running = await load_period(session, subject, WEEK + timedelta(days=7), now=NOW)
        assert running.running
        assert (running.cut_from, running.cut_to) == (past.cut_to, NOW)
        assert running.until == date(2026, 11, 18)


async def test_a_row_that_reaches_back_is_the_summary_of_the_missed_week_too(
    db: Database, office: Office
) -> None:
    async with db.writing() as session:
        book = ledger(session)
        first = await book.digest(DigestKind.PERSON, office.ani, WEEK - timedelta(days=14), cut_from=None)
        cut = first.cut_to
        reaches = date(2026, 10, 30)
        await book.digest(DigestKind.PERSON, office.ani, WEEK, cut_from=cut, first=reaches)
    async with db.reading() as session:
        subject = await subject_of(session, DigestKind.PERSON, office.ani)
        missed = await load_period(session, subject, WEEK - timedelta(days=7), now=NOW)
        told = await load_period(session, subject, WEEK, now=NOW)
        assert missed == told
        assert (told.first, told.cut_from, told.earlier[-1]) == (reaches, cut, cut)
        assert told.earlier[-2] < first.cut_to - timedelta(days=6)  # before any row, the cuts by the rule
        after = await load_period(session, subject, WEEK + timedelta(days=7), now=NOW)
        assert after.cut_from == told.cut_to
        assert {cut, told.cut_to} <= set(after.earlier)


async def test_weeks_without_rows_count_each_approval_once(db: Database, office: Office) -> None:
    async with db.writing() as session:
        book = ledger(session)
        day = await book.day(office.ani, date(2026, 10, 28))
        entry = await book.entry(day, "Mengajar", "28 siswa tuntas")
        for verdict, at in (
            (Verdict.APPROVE, date(2026, 10, 29)),
            (Verdict.REOPEN, date(2026, 11, 2)),
            (Verdict.APPROVE, date(2026, 11, 10)),
        ):
            await book.decide(entry, verdict, office.budi, jakarta(at, 9))
    async with db.reading() as session:
        weeks = [date(2026, 10, 29) + timedelta(days=7 * number) for number in range(4)]
        found = [(await person_week(session, office.ani, week, now=NOW)).approved for week in weeks]
        assert found == [1, 0, 0, 0]


async def test_an_observer_is_never_counted_and_the_unjoined_not_asked(db: Database, office: Office) -> None:
    async with db.writing() as session:
        unit_id = (await session.get_one(Person, office.ani)).unit_id
        newcomer = Person(name="Zaki", unit_id=unit_id, supervisor_id=office.budi, created_at=LONG_AGO)
        session.add(newcomer)
        await session.flush()
        session.add(Role(person_id=newcomer.id, role=RoleName.STAFF))
        left = Person(
            name="Yani", unit_id=unit_id, supervisor_id=office.budi, created_at=LONG_AGO, active=False
        )
        session.add(left)
        await session.flush()
        session.add(Role(person_id=left.id, role=RoleName.STAFF))
    async with db.reading() as session:
        assert unit_id is not None
        unit = await unit_week(session, await subject_of_unit(session, unit_id), WEEK, now=NOW)
        assert unit.people == 4, "head, Budi, Ani, Citra; not the admin, the observer, Zaki, Yani"
        assert unit.asked == 20
        team = await team_week(session, office.budi, WEEK, now=NOW)
        assert [one.name for one in team.workers] == ["Ani Rahmawati", "Citra Lestari", "Zaki"]
        observer = await person_week(session, office.observer, WEEK, now=NOW)
        assert observer.empty


async def test_days_off_are_named_by_kind_for_oneself_and_bare_for_the_unit(
    db: Database, office: Office
) -> None:
    async with db.writing() as session:
        for kind, day in ((DayKind.SICK, 9), (DayKind.EXCUSED, 10), (DayKind.FIELD, 11)):
            first = date(2026, 11, day)
            session.add(
                DutyPeriod(
                    person_id=office.ani,
                    kind=kind,
                    first=first,
                    last=first,
                    created_at=NOW,
                    created_by=office.ani,
                )
            )
    async with db.reading() as session:
        own = await person_week(session, office.ani, WEEK, now=NOW)
        assert own.away == {DayKind.SICK: 1, DayKind.EXCUSED: 1}
        assert own.asked == 3
        unit = await unit_week(session, await subject_of_unit(session, 1), WEEK, now=NOW)
        assert unit.away == (("Ani Rahmawati", 1),)


async def test_an_rhk_is_quiet_after_fourteen_days(db: Database, office: Office) -> None:
    served, late, _ = office.ani_targets
    async with db.writing() as session:
        book = ledger(session)
        await session.execute(update(PerformancePlan).values(created_at=LONG_AGO))
        for target, day in ((served, date(2026, 10, 30)), (late, date(2026, 10, 29))):
            await book.entry(await book.day(office.ani, day), "Mengajar", target_id=target)
    async with db.reading() as session:
        own = await person_week(session, office.ani, WEEK, now=NOW)
        assert {one.target_id for one in own.quiet} == set(office.ani_targets) - {served}
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=jakarta(date(2026, 11, 2), 8)))
    async with db.reading() as session:
        own = await person_week(session, office.ani, WEEK, now=NOW)
        assert own.quiet == (), "who has just joined has been quiet about nothing"


async def test_what_ones_people_do_for_an_rhk_is_activity(db: Database, office: Office) -> None:
    async with db.writing() as session:
        plan = PerformancePlan(person_id=office.budi, year=2026, created_at=LONG_AGO)
        session.add(plan)
        await session.flush()
        served, idle = (Target(plan_id=plan.id, position=one, text=f"RHK {one}") for one in range(2))
        session.add_all((served, idle))
        await session.flush()
        (await session.get_one(Target, office.ani_targets[0])).parent_id = served.id
        book = ledger(session)
        made = await book.day(office.ani, date(2026, 10, 30))
        await book.entry(made, "Mengajar", target_id=office.ani_targets[0])
    async with db.reading() as session:
        own = await person_week(session, office.budi, WEEK, now=NOW)
        assert [one.target_id for one in own.quiet] == [idle.id]


async def test_only_the_own_unit_adds_up_and_only_what_stood_then(db: Database, office: Office) -> None:
    target = office.ani_targets[0]
    async with db.writing() as session:
        book = ledger(session)
        day = await book.day(office.ani, date(2026, 11, 9))
        amounts = ((3, "dok"), (4, "Dokumen "), (28, "siswa"), (5, "dokumen"))
        made = [
            await book.entry(day, "Menyusun", "siap dipakai", quantity=number, unit=unit, target_id=target)
            for number, unit in amounts
        ]
        for entry in made[:3]:
            await book.decide(entry, Verdict.APPROVE, office.budi, jakarta(date(2026, 11, 10), 9))
        await book.decide(made[0], Verdict.REOPEN, office.budi, jakarta(date(2026, 11, 16), 9))
    async with db.reading() as session:
        then = (await person_week(session, office.ani, WEEK, now=NOW)).progress[0]
        assert (then.done, then.goal, then.unit) == (7, Decimal(12), "dokumen")
        assert [(one.number, one.unit) for one in then.others] == [(28, "siswa")]
        now = (await person_week(session, office.ani, WEEK + timedelta(days=7), now=NOW)).progress[0]
        assert now.done == 4


async def test_review_says_how_much_and_how_fast(db: Database, office: Office) -> None:
    async with db.writing() as session:
        book = ledger(session)
        for day, decided in ((9, 10), (10, 12), (11, None)):
            made = await book.day(office.ani, date(2026, 11, day))
            entry = await book.entry(made, "Mengajar")
            if decided:
                await book.decide(entry, Verdict.APPROVE, office.budi, jakarta(date(2026, 11, decided), 9))
    async with db.reading() as session:
        review = (await team_week(session, office.budi, WEEK, now=NOW)).review
        assert (review.sent, review.decided, review.age) == (3, 2, 1.5)
        before = (await team_week(session, office.budi, WEEK - timedelta(days=7), now=NOW)).review
        assert (before.sent, before.decided, before.age) == (0, 0, None)


async def test_the_number_of_queries_does_not_grow_with_people(db: Database, office: Office) -> None:
    async def queries() -> list[int]:
        found = []
        for kind in ("person", "team", "unit"):
            async with db.reading() as session:
                with counted(db) as number:
                    if kind == "person":
                        await person_week(session, office.ani, WEEK, now=NOW)
                    elif kind == "team":
                        await team_week(session, office.budi, WEEK, now=NOW)
                    else:
                        await unit_week(session, await subject_of_unit(session, 1), WEEK, now=NOW)
                    found.append(number())
        return found

    few = await queries()
    async with db.writing() as session:
        book = ledger(session)
        for number in range(60):
            who = Person(name=f"Orang {number}", unit_id=1, supervisor_id=office.budi, created_at=LONG_AGO)
            session.add(who)
            await session.flush()
            session.add(Role(person_id=who.id, role=RoleName.STAFF))
            session.add(
                Account(user_id=9000 + who.id, person_id=who.id, chat_id=9000 + who.id, joined_at=LONG_AGO)
            )
            made = await book.day(who.id, date(2026, 11, 9))
            entry = await book.entry(made, "Mengajar", "28 siswa tuntas", target_id=office.ani_targets[0])
            await book.decide(entry, Verdict.APPROVE, office.budi, jakarta(date(2026, 11, 10), 9))
    many = await queries()
    assert many == few
    assert max(many) <= 34


def test_the_pace_is_the_share_of_workdays() -> None:
    off = [date(2026, 1, 1)]
    assert pace(date(2026, 12, 31), pattern=Pattern.FIVE_DAYS, days_off=off) == 1
    assert pace(date(2026, 1, 1), pattern=Pattern.SHIFT, days_off=off) == 0
    assert 0.48 < pace(date(2026, 6, 30), pattern=Pattern.SIX_DAYS, days_off=off) < 0.5


def rhk(target_id: int, parent: int | None, done: int = 0, goal: int | None = 10) -> Standing:
    measures = (Measure(target_id, "Jumlah", Decimal(goal), "dokumen", done),) if goal else ()
    return Standing(
        target_id, 1, f"RHK {target_id}", parent, target_id, parent_lineage=parent, measures=measures
    )


def test_support_is_the_mean_of_what_can_be_measured_each_at_most_one() -> None:
    chain = [rhk(1, None), rhk(2, 1), rhk(3, 2, 30), rhk(4, 2, 5), rhk(5, 2, 9, None), rhk(6, None, 5)]
    texts = {one.lineage: one.text for one in chain}
    found = supported(chain, texts)
    assert [(one.text, one.share, one.count) for one in found] == [("RHK 1", 0.5, 3), (None, 0.5, 1)]
    own = supported(chain, texts, roots=[2])
    assert [(one.text, one.share, one.count) for one in own] == [("RHK 2", 0.75, 2)]


def test_a_chain_of_rhk_that_closes_ends() -> None:
    assert uppermost(1, {1: 2, 2: 3, 3: 1}) == 3
