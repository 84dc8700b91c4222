"""Days away: limits, what stands in the way, what the supervisor is told; never two at once."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from models import (
    AuditEvent,
    DayKind,
    DutyPeriod,
    OutboxMessage,
    Pattern,
    Person,
    RoundKind,
    Schedule,
    ShiftDay,
)
from models.engine import Database
from services.calendar import seed_holidays
from services.duty import periods
from services.duty.periods import Wish
from services.duty.telling import load_told
from services.entries.disowning import disown
from services.errors import DomainError, Invalid, NotFound, Outdated
from services.people.identity import who_is
from services.people.privacy import everything_about
from services.retention import forget_old
from services.rounds import plan_everybody
from tests.databases import Ground
from tests.office import Office, user_of
from tests.services.desk import NOW, TODAY, Desk, at
from tests.services.seats import stand_in


def dec(day: int) -> date:
    return date(2026, 12, day)


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def living(db: Database, person: int | None = None) -> list[tuple[str, date, date]]:
    query = select(DutyPeriod).where(DutyPeriod.cancelled_at.is_(None)).order_by(DutyPeriod.first)
    if person is not None:
        query = query.where(DutyPeriod.person_id == person)
    async with db.reading() as session:
        return [(one.kind.value, one.first, one.last) for one in await session.scalars(query)]


async def plans(desk: Desk, kind: DayKind, first: date, last: date, **more: Any) -> int:
    found: int = await desk.calls(periods.plan_period, Wish(kind, first, last), **more)
    return found


async def prompt_day(db: Database, person: int) -> date | None:
    async with db.reading() as session:
        return await session.scalar(
            select(Schedule.work_date).where(Schedule.person_id == person, Schedule.kind == RoundKind.PROMPT)
        )


async def test_a_period_is_written_once_and_the_rounds_follow(
    db: Database, office: Office, ani: Desk
) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=NOW)
    assert await prompt_day(db, office.ani) == TODAY
    first = await plans(ani, DayKind.LEAVE, TODAY, TODAY + timedelta(days=1))
    assert await plans(ani, DayKind.LEAVE, TODAY, TODAY + timedelta(days=1)) == first
    assert await living(db) == [("cuti", TODAY, TODAY + timedelta(days=1))]
    assert await prompt_day(db, office.ani) == TODAY + timedelta(days=2)
    await ani.calls(periods.cancel_period, first)
    assert await prompt_day(db, office.ani) == TODAY
    assert await living(db) == []


async def test_a_part_of_what_holds_already_is_not_written_again(db: Database, ani: Desk) -> None:
    whole = await plans(ani, DayKind.LEAVE, dec(7), dec(11))
    assert await plans(ani, DayKind.LEAVE, dec(8), dec(9), replace=True) == whole
    assert len(await living(db)) == 1


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (dec(9), dec(7), "duty_reversed"),
        (TODAY, TODAY + timedelta(days=366), "duty_too_long"),
        (TODAY + timedelta(days=367), TODAY + timedelta(days=367), "duty_too_far"),
        (date(2026, 10, 20), date(2026, 10, 31), "duty_closed"),
        (date(2026, 10, 31), date(2026, 11, 2), "duty_closed"),
    ],
)
async def test_limits_are_named(db: Database, ani: Desk, first: date, last: date, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        await plans(ani, DayKind.LEAVE, first, last)
    assert await living(db) == []


async def test_at_the_limits_it_is_taken(ani: Desk) -> None:
    await plans(ani, DayKind.LEAVE, TODAY + timedelta(days=1), TODAY + timedelta(days=366))
    await plans(ani, DayKind.SICK, date(2026, 11, 1), date(2026, 11, 2))


async def test_what_reaches_into_a_locked_month_is_changed_from_the_open_month_on(
    db: Database, ani: Desk
) -> None:
    made = await plans(ani, DayKind.LEAVE, date(2026, 10, 26), date(2026, 11, 20), now=at(9, day=2))
    await ani.calls(periods.set_kind, made, DayKind.SICK)
    locked = ("cuti", date(2026, 10, 26), date(2026, 10, 31))
    assert await living(db) == [locked, ("sakit", date(2026, 11, 1), date(2026, 11, 20))]
    await ani.calls(periods.cancel_period, made)
    assert await living(db) == [locked]
    async with db.reading() as session:
        before = await session.scalar(select(DutyPeriod.created_at).where(DutyPeriod.cancelled_at.is_(None)))
    assert before == at(9, day=2), "what was said then was said then"


async def test_a_stand_in_is_told_of_leave_too(db: Database, office: Office, ani: Desk) -> None:
    await stand_in(db, office.budi, office.dewi)
    await plans(ani, DayKind.LEAVE, dec(7), dec(8))
    assert await ani.told(office.budi) == await ani.told(office.dewi) == ["duty_told"]


async def test_who_stands_in_is_not_told_of_their_own_leave(db: Database, office: Office, ani: Desk) -> None:
    await stand_in(db, office.budi, office.ani)
    await plans(ani, DayKind.LEAVE, dec(7), dec(8))
    assert await ani.told(office.budi) == ["duty_told"]
    assert await ani.told(office.ani) == []


async def test_until_the_lock_the_month_before_may_be_told_of(ani: Desk) -> None:
    await plans(ani, DayKind.SICK, date(2026, 10, 20), date(2026, 10, 21), now=at(23, 59, day=5))
    with pytest.raises(Invalid, match="duty_closed"):
        await plans(ani, DayKind.SICK, date(2026, 10, 22), date(2026, 10, 22), now=at(0, day=6))


@pytest.mark.parametrize(
    "wish",
    [
        Wish(DayKind.EXCUSED, dec(1), dec(1)),
        Wish(DayKind.LEAVE, dec(1), dec(1), "Asia/Jayapura"),
        Wish(DayKind.FIELD, dec(1), dec(1), "Europe/Berlin"),
    ],
)
async def test_a_kind_or_zone_that_is_not_for_the_person_is_refused(ani: Desk, wish: Wish) -> None:
    with pytest.raises(Invalid, match="duty_kind"):
        await ani.calls(periods.plan_period, wish)


async def test_who_is_not_asked_has_no_days_away(ani: Desk, office: Office) -> None:
    with pytest.raises(Invalid, match="not_asked"):
        await plans(ani.of(office.admin), DayKind.LEAVE, dec(1), dec(1))


async def test_in_the_way_it_is_refused_and_replaced_on_request(db: Database, ani: Desk) -> None:
    await plans(ani, DayKind.LEAVE, dec(7), dec(11))
    with pytest.raises(Invalid, match="duty_overlap"):
        await plans(ani, DayKind.SICK, dec(9), dec(9))
    shown = await ani.calls(periods.preview, Wish(DayKind.SICK, dec(9), dec(9)))
    assert [(one.kind, one.first, one.last) for one in shown.clashes] == [(DayKind.LEAVE, dec(7), dec(11))]
    assert not shown.held
    await plans(ani, DayKind.SICK, dec(9), dec(9), replace=True)
    assert await living(db) == [
        ("cuti", dec(7), dec(8)),
        ("sakit", dec(9), dec(9)),
        ("cuti", dec(10), dec(11)),
    ]
    await plans(ani, DayKind.FIELD, dec(8), dec(10), replace=True)
    assert await living(db) == [
        ("cuti", dec(7), dec(7)),
        ("dinas_luar", dec(8), dec(10)),
        ("cuti", dec(11), dec(11)),
    ]
    await plans(ani, DayKind.REMOTE, dec(7), dec(11), replace=True)
    assert await living(db) == [("wfh", dec(7), dec(11))]


async def test_an_excused_day_stands_in_nobodys_way(db: Database, office: Office, ani: Desk) -> None:
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=office.ani,
                kind=DayKind.EXCUSED,
                first=dec(7),
                last=dec(7),
                reason="Gangguan jaringan",
                created_at=NOW,
                created_by=office.budi,
            )
        )
    await plans(ani, DayKind.LEAVE, dec(7), dec(8))
    assert len(await living(db)) == 2


async def test_the_preview_counts_workdays_and_says_why_not(db: Database, ani: Desk) -> None:
    async with db.writing() as session:
        await seed_holidays(session, [2026], now=NOW)
    shown = await ani.calls(periods.preview, Wish(DayKind.LEAVE, dec(23), dec(28)))
    assert shown.workdays == 2
    assert shown.off == (
        (dec(24), "joint_leave"),
        (dec(25), "national"),
        (dec(26), "weekend"),
        (dec(27), "weekend"),
    )
    assert await end(ani, dec(23), 2) == dec(28)
    assert await end(ani, dec(24), 1) == dec(28)
    assert await end(ani, dec(24), 300) is None


async def end(desk: Desk, first: date, count: int) -> date | None:
    async with desk.db.reading() as session:
        return await periods.end_after_workdays(session, await desk.actor(session), first, count)


async def test_a_shift_counts_its_marked_days(db: Database, office: Office, ani: Desk) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.ani).values(pattern=Pattern.SHIFT))
        session.add(ShiftDay(person_id=office.ani, day=dec(6), marked_by=office.ani, marked_at=NOW))
    shown = await ani.calls(periods.preview, Wish(DayKind.LEAVE, dec(5), dec(7)))
    assert (shown.workdays, shown.off) == (1, ())
    assert await end(ani, dec(1), 2) is None


async def test_a_day_that_was_sent_stays_reported(db: Database, ani: Desk) -> None:
    taken = await ani.types("Mengajar Fikih 8A -> 30 siswa tuntas")
    assert taken.day_id is not None
    await ani.sends(taken.day_id)
    shown = await ani.calls(periods.preview, Wish(DayKind.LEAVE, TODAY, dec(1)))
    assert shown.sent == (TODAY,)
    with pytest.raises(Invalid, match="duty_sent"):
        await ani.calls(periods.mark_off_today, TODAY)
    await plans(ani, DayKind.LEAVE, TODAY, dec(1))
    assert len(await ani.entries(taken.day_id)) == 1
    await ani.withdraws(taken.day_id)
    assert await ani.calls(periods.mark_off_today, TODAY)


async def test_off_today_is_marked_once_and_said_more_of_afterwards(db: Database, ani: Desk) -> None:
    found = await ani.calls(periods.mark_off_today, TODAY)
    assert await ani.calls(periods.mark_off_today, TODAY) == found
    assert await living(db) == [("tidak_bertugas", TODAY, TODAY)]
    await ani.calls(periods.set_kind, found, DayKind.SICK)
    await ani.calls(periods.set_kind, found, DayKind.SICK)
    assert await living(db) == [("sakit", TODAY, TODAY)]
    with pytest.raises(Invalid, match="duty_kind"):
        await ani.calls(periods.set_kind, found, DayKind.EXCUSED)
    await ani.calls(periods.cancel_period, found)
    with pytest.raises(Outdated, match="duty_gone"):
        await ani.calls(periods.cancel_period, found)
    with pytest.raises(Outdated, match="duty_gone"):
        await ani.calls(periods.set_kind, found, DayKind.SICK)


async def test_off_today_makes_room_on_a_day_elsewhere_and_leaves_a_leave_alone(
    db: Database, ani: Desk
) -> None:
    await plans(ani, DayKind.REMOTE, TODAY, TODAY + timedelta(days=1))
    await ani.calls(periods.mark_off_today, TODAY)
    assert await living(db) == [
        ("tidak_bertugas", TODAY, TODAY),
        ("wfh", TODAY + timedelta(days=1), TODAY + timedelta(days=1)),
    ]
    await plans(ani, DayKind.LEAVE, dec(7), dec(11))
    assert await ani.calls(periods.mark_off_today, dec(8))
    assert ("cuti", dec(7), dec(11)) in await living(db)


async def test_somebody_elses_or_none_is_not_touched(db: Database, office: Office, ani: Desk) -> None:
    theirs = await plans(ani, DayKind.LEAVE, dec(7), dec(11))
    for other in (office.citra, office.budi):
        with pytest.raises(NotFound, match="duty_gone"):
            await ani.of(other).calls(periods.cancel_period, theirs)
    with pytest.raises(NotFound, match="duty_gone"):
        await ani.calls(periods.cancel_period, 10**9)
    assert await living(db) == [("cuti", dec(7), dec(11))]


async def test_past_the_lock_nothing_is_taken_back(ani: Desk) -> None:
    old = await plans(ani, DayKind.SICK, date(2026, 11, 16), date(2026, 11, 17))
    with pytest.raises(Invalid, match="duty_closed"):
        await ani.calls(periods.cancel_period, old, now=at(0, day=6, month=12))


async def told(desk: Desk) -> list[tuple[str, list[str], list[str]]]:
    async with desk.db.reading() as session:
        rows = await session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "duty_told"))
        waiting = list(rows)
        assert len(waiting) == 1
        budi = await who_is(session, user_of(desk.office.budi), now=desk.now)
        assert budi is not None
        found = await load_told(session, budi, waiting[0].payload["ids"], since=waiting[0].created_at)
        return [
            (
                one.name,
                [f"{stay.kind} {stay.first.day}-{stay.last.day} {stay.workdays}" for stay in one.now],
                [f"{stay.kind} {stay.first.day}-{stay.last.day}" for stay in one.gone],
            )
            for one in found
        ]


async def test_the_supervisor_is_told_once_of_several_changes(
    db: Database, office: Office, ani: Desk
) -> None:
    await plans(ani, DayKind.LEAVE, dec(7), dec(11))
    await plans(ani, DayKind.SICK, dec(9), dec(9), replace=True)
    await ani.calls(periods.cancel_period, await plans(ani, DayKind.REMOTE, dec(14), dec(14)))
    await plans(ani.of(office.citra), DayKind.FIELD, dec(1), dec(2))
    assert await told(ani) == [
        ("Ani Rahmawati", ["cuti 7-8 2", "sakit 9-9 1", "cuti 10-11 2"], []),
        ("Citra Lestari", ["dinas_luar 1-2 2"], []),
    ]


async def test_what_was_told_before_is_told_when_taken_back(db: Database, ani: Desk) -> None:
    made = await plans(ani, DayKind.LEAVE, dec(7), dec(11), now=NOW - timedelta(hours=2))
    async with db.writing() as session:
        await session.execute(delete(OutboxMessage))
    await ani.calls(periods.cancel_period, made)
    assert await told(ani) == [("Ani Rahmawati", [], ["cuti 7-11"])]


async def test_nothing_typed_and_no_kind_is_in_the_audit(db: Database, ani: Desk) -> None:
    await ani.calls(periods.cancel_period, await plans(ani, DayKind.SICK, dec(7), dec(7)))
    async with db.reading() as session:
        rows = await session.scalars(select(AuditEvent).where(AuditEvent.subject == "duty_period"))
        events = [(one.action, one.detail) for one in rows]
    assert events == [("duty_planned", None), ("duty_cancelled", None)]


async def test_own_data_holds_periods_and_shift_days(db: Database, office: Office, ani: Desk) -> None:
    await plans(ani, DayKind.LEAVE, dec(7), dec(11))
    async with db.writing() as session:
        session.add(ShiftDay(person_id=office.ani, day=dec(6), marked_by=office.budi, marked_at=NOW))
    async with db.reading() as session:
        data = await everything_about(session, office.ani)
    assert data["duty_periods"][0]["kind"] == "cuti"
    assert data["shift_days"][0]["day"] == "2026-12-06"


async def test_days_of_a_wrong_account_go_with_it(db: Database, office: Office, ani: Desk) -> None:
    await plans(ani, DayKind.LEAVE, dec(1), dec(2), now=NOW - timedelta(hours=2))
    await plans(ani, DayKind.LEAVE, dec(7), dec(11))
    async with db.writing() as session:
        person = await session.get_one(Person, office.ani)
        await disown(session, person, chat_id=5, since=NOW - timedelta(hours=1), by=office.budi, now=NOW)
    assert await living(db) == [("cuti", dec(1), dec(2))]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "replace", "cancel", "off", "kind"]),
        st.sampled_from(periods.OWN_KINDS),
        st.integers(0, 14),
        st.integers(0, 6),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_periods_never_overlap_whatever_is_done(
    ground: Ground, tmp_path: Path, steps: list[tuple[str, DayKind, int, int]]
) -> None:
    asyncio.run(_played(ground, tmp_path, steps))


async def _played(ground: Ground, folder: Path, steps: list[tuple[str, DayKind, int, int]]) -> None:
    async with ground.opened(folder) as db:
        office = await ground.people(db, now=NOW)
        desk = Desk(db, office, office.ani)
        covered: set[date] = set()
        for what, kind, offset, length in steps:
            covered = await _step(desk, what, kind, TODAY + timedelta(days=offset), length, covered)
            rows = await living(db)
            days = [
                first + timedelta(days=one)
                for _, first, last in rows
                for one in range((last - first).days + 1)
            ]
            assert len(days) == len(set(days)), rows
            assert set(days) == covered


async def _step(
    desk: Desk, what: str, kind: DayKind, first: date, length: int, covered: set[date]
) -> set[date]:
    last = first + timedelta(days=length)
    wished = {first + timedelta(days=one) for one in range(length + 1)}
    async with desk.db.reading() as session:
        rows = await session.scalars(
            select(DutyPeriod).where(DutyPeriod.cancelled_at.is_(None)).order_by(DutyPeriod.id)
        )
        standing = [(row.id, row.first, row.last) for row in rows]
    try:
        if what in ("add", "replace"):
            await plans(desk, kind, first, last, replace=what == "replace")
            return covered | wished
        if what == "off":
            await desk.calls(periods.mark_off_today, first)
            return covered | {first}
        if standing and what == "kind":
            await desk.calls(periods.set_kind, standing[length % len(standing)][0], kind)
        if standing and what == "cancel":
            gone = standing[length % len(standing)]
            await desk.calls(periods.cancel_period, gone[0])
            return covered - {gone[1] + timedelta(days=one) for one in range((gone[2] - gone[1]).days + 1)}
    except DomainError as error:
        if error.code != "duty_overlap":
            raise
    return covered


async def test_old_days_away_are_forgotten_by_rule(db: Database, ani: Desk) -> None:
    await plans(ani, DayKind.LEAVE, dec(1), dec(2))
    await ani.calls(periods.cancel_period, await plans(ani, DayKind.SICK, dec(7), dec(7)))
    async with db.writing() as session:
        session.add(ShiftDay(person_id=ani.person, day=dec(6), marked_by=ani.person, marked_at=NOW))

    async def left(days: int) -> tuple[int, int]:
        async with db.writing() as session:
            await forget_old(session, now=NOW + timedelta(days=days))
            kept = (await session.scalars(select(DutyPeriod.id))).all()
            shifts = (await session.scalars(select(ShiftDay.day))).all()
            return len(kept), len(shifts)

    assert await left(89) == (2, 1)
    assert await left(91) == (1, 1)
    assert await left(800) == (1, 1)
    assert await left(830) == (0, 0)
