"""Dated values of kualitas, waktu and biaya: reported, replaced, confirmed, returned, put on record."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    ActingSupervisor,
    Aspect,
    AuditEvent,
    Capacity,
    Indicator,
    IndicatorValue,
    OutboxMessage,
    PerformancePlan,
    Target,
    ValueState,
)
from models.engine import Database
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.progress import values, waiting
from services.progress.loading import load_standing
from services.progress.standing import revision_of, right_after
from services.progress.typed import ReadValue
from tests.office import Office
from tests.services.desk import NOW, TODAY, Desk

A_MINUTE = timedelta(minutes=1)
REASON = "Mohon lampirkan rinciannya dahulu"


def said(number: str, as_of: date = TODAY) -> ReadValue:
    return ReadValue(Decimal(number), None, as_of)


async def quality(db: Database, target_id: int) -> int:
    async with db.writing() as session:
        one = Indicator(
            target_id=target_id,
            position=1,
            aspect=Aspect.QUALITY,
            text="Kepuasan",
            goal=Decimal(90),
            goal_text="90",
            unit="%",
        )
        session.add(one)
        await session.flush()
        return one.id


async def stored(db: Database) -> list[tuple[str, str, str]]:
    """Number, date and state of all values, as reported."""
    async with db.reading() as session:
        rows = await session.scalars(select(IndicatorValue).order_by(IndicatorValue.id))
        return [(f"{one.number or 0:.0f}", one.as_of.isoformat(), one.state.value) for one in rows]


async def told(db: Database, who: int) -> list[dict[str, object]]:
    async with db.reading() as session:
        rows = await session.scalars(
            select(OutboxMessage).where(OutboxMessage.person_id == who, OutboxMessage.kind == values.DECIDED)
        )
        return [one.payload for one in rows]


async def shown(desk: Desk, value_id: int) -> int:
    found: waiting.Reported = await desk.calls(waiting.load_reported, value_id)
    return found.value.revision


async def test_a_newer_report_takes_the_place_of_one_that_waits_and_history_stays(
    db: Database, office: Office
) -> None:
    indicator = await quality(db, office.ani_targets[0])
    ani, budi = Desk(db, office, office.ani), Desk(db, office, office.budi)
    one = await ani.calls(values.report_value, indicator, said("80", date(2026, 6, 30)))
    again = await ani.calls(values.report_value, indicator, said("80", date(2026, 6, 30)), now=NOW + A_MINUTE)
    assert (again.id, await shown(budi, one.id)) == (one.id, revision_of(NOW)), "the same twice is once"
    await ani.calls(values.report_value, indicator, said("88", date(2026, 6, 30)), now=NOW + A_MINUTE)
    assert await stored(db) == [("88", "2026-06-30", "reported")]
    with pytest.raises(Outdated) as late:
        await budi.calls(values.confirm, one.id, revision=revision_of(NOW))
    assert (late.value.code, late.value.card) == ("value_newer", (values.REVIEW_CARD, one.id))
    await budi.calls(values.confirm, one.id, revision=await shown(budi, one.id), now=NOW + A_MINUTE)
    await ani.calls(values.report_value, indicator, said("92"), now=NOW + 2 * A_MINUTE)
    assert await stored(db) == [("88", "2026-06-30", "confirmed"), ("92", "2026-11-18", "reported")]
    async with db.reading() as session:
        at = right_after(NOW + 2 * A_MINUTE)
        [target, *_] = await load_standing(session, [office.ani], year=2026, at=at)
        [item] = target.dated
        assert item.latest is not None
        assert item.pending is not None
        assert (item.latest.number, item.latest.by, item.pending.number) == (
            Decimal(88),
            "Budi Santoso",
            Decimal(92),
        )
        [before, *_] = await load_standing(session, [office.ani], year=2026, at=NOW)
        assert (before.dated[0].latest, before.dated[0].pending) == (None, None), "it did not stand then"


async def test_returned_with_a_reason_and_reported_anew(db: Database, office: Office) -> None:
    indicator = await quality(db, office.ani_targets[0])
    ani, budi = Desk(db, office, office.ani), Desk(db, office, office.budi)
    one = await ani.calls(values.report_value, indicator, said("80"))
    for reason in ("pendek", "x" * 1001):
        with pytest.raises(Invalid):
            await budi.calls(values.return_value, one.id, revision=revision_of(NOW), reason=reason)
    await budi.calls(values.return_value, one.id, revision=revision_of(NOW), reason=REASON)
    with pytest.raises(Outdated) as late:
        await budi.calls(values.confirm, one.id, revision=revision_of(NOW))
    assert late.value.code == "already_yours"
    assert await told(db, office.ani) == [
        {"value_id": one.id, "revision": revision_of(NOW), "capacity": "supervisor"}
    ]
    revision = revision_of(NOW)
    decided = await ani.calls(lambda s, a, now: waiting.load_decided(s, a, one.id, revision=revision))
    assert (decided.value.reason, decided.value.by) == (REASON, "Budi Santoso")
    await ani.calls(values.report_value, indicator, said("80"), now=NOW + A_MINUTE)
    assert await stored(db) == [("80", "2026-11-18", "reported")], "the same may be reported again"
    decided = await ani.calls(lambda s, a, now: waiting.load_decided(s, a, one.id, revision=revision))
    assert decided is None, "a notice that was overtaken is not told"


async def test_who_stands_in_decides_and_whoever_is_second_is_told_who(db: Database, office: Office) -> None:
    indicator = await quality(db, office.ani_targets[0])
    async with db.writing() as session:
        session.add(
            ActingSupervisor(
                supervisor_id=office.budi,
                acting_id=office.dewi,
                capacity=Capacity.PLH,
                first=TODAY,
                last=TODAY,
                set_by=office.budi,
                created_at=NOW,
            )
        )
    ani, budi, dewi = (Desk(db, office, one) for one in (office.ani, office.budi, office.dewi))
    one = await ani.calls(values.report_value, indicator, said("92"))
    [seen] = await dewi.calls(waiting.load_waiting)
    assert [await one.calls(waiting.count_waiting) for one in (ani, budi, dewi)] == [0, 1, 1]
    assert (seen.capacity, seen.supervisor_name, seen.person_name) == ("plh", "Budi Santoso", "Ani Rahmawati")
    assert len(await budi.calls(waiting.load_waiting)) == 1
    await dewi.calls(values.confirm, one.id, revision=seen.value.revision)
    with pytest.raises(Outdated) as late:
        await budi.calls(values.confirm, one.id, revision=seen.value.revision)
    assert (late.value.code, late.value.params["name"]) == ("already_decided_plh", "Dewi Kartika")
    assert (await told(db, office.ani))[0]["capacity"] == "plh"
    async with db.reading() as session:
        event = await session.scalar(select(AuditEvent).where(AuditEvent.action == "value_confirmed"))
        assert event is not None
        assert event.detail == "as plh"


async def test_those_who_may_not(db: Database, office: Office) -> None:
    indicator = await quality(db, office.ani_targets[0])
    one = await Desk(db, office, office.ani).calls(values.report_value, indicator, said("92"))
    revision = revision_of(NOW)
    for who in (
        office.ani,
        office.citra,
        office.dewi,
        office.eko,
        office.admin,
        office.head,
        office.observer,
    ):
        desk = Desk(db, office, who)
        with pytest.raises(NotAllowed):
            await desk.calls(values.confirm, one.id, revision=revision)
        with pytest.raises(NotAllowed):
            await desk.calls(values.return_value, one.id, revision=revision, reason=REASON)
        with pytest.raises(NotAllowed):
            await desk.calls(waiting.load_reported, one.id)
        assert await desk.calls(waiting.load_waiting) == ()
        if who != office.ani:
            with pytest.raises(NotAllowed):
                await desk.calls(values.report_value, indicator, said("1"))
            with pytest.raises(NotFound):
                await desk.calls(waiting.load_indicator, indicator)
    assert await stored(db) == [("92", "2026-11-18", "reported")]
    for missing in (0, 10**17):
        with pytest.raises(NotFound):
            await Desk(db, office, office.budi).calls(values.confirm, missing, revision=revision)


async def test_a_head_puts_on_record(db: Database, office: Office) -> None:
    async with db.writing() as session:
        plan = PerformancePlan(person_id=office.head, year=2026, created_at=NOW)
        session.add(plan)
        await session.flush()
        target = Target(plan_id=plan.id, position=0, text="Terkelolanya madrasah")
        session.add(target)
        await session.flush()
        target_id = target.id
    indicator = await quality(db, target_id)
    head = Desk(db, office, office.head)
    one = await head.calls(values.report_value, indicator, said("92"))
    assert (one.state, one.decided_by) == (ValueState.CONFIRMED, None)
    assert await head.calls(values.report_value, indicator, said("92"), now=NOW + A_MINUTE)
    assert await stored(db) == [("92", "2026-11-18", "confirmed")]
    assert await told(db, office.head) == []


async def reworded(db: Database, target_id: int, indicator_id: int, *, pending: bool) -> int:
    async with db.writing() as session:
        old = await session.get_one(Target, target_id)
        new = Target(
            plan_id=old.plan_id,
            position=0,
            text="Kalimat baru",
            lineage_id=old.lineage,
            since_version=2,
            pending=pending,
            replaces_id=old.id,
        )
        session.add(new)
        await session.flush()
        if not pending:
            old.retired_at = NOW
        return await _indicator(session, new.id, indicator_id)


async def _indicator(session: AsyncSession, target_id: int, lineage: int) -> int:
    one = Indicator(
        target_id=target_id,
        position=0,
        aspect=Aspect.QUALITY,
        text="Kepuasan baru",
        goal=Decimal(95),
        goal_text="95",
        unit="%",
        lineage_id=lineage,
    )
    session.add(one)
    await session.flush()
    return one.id


async def test_values_go_with_the_indicator_however_it_is_reworded(db: Database, office: Office) -> None:
    first = await quality(db, office.ani_targets[0])
    ani, budi = Desk(db, office, office.ani), Desk(db, office, office.budi)
    one = await ani.calls(values.report_value, first, said("88", date(2026, 6, 30)))
    await budi.calls(values.confirm, one.id, revision=revision_of(NOW))
    second = await reworded(db, office.ani_targets[0], first, pending=False)
    asked = await ani.calls(values.reportable, first)
    assert (asked.indicator_id, asked.lineage) == (second, first), "an old button reports for what holds"
    later = NOW + A_MINUTE
    await ani.calls(values.report_value, first, said("92"), now=later)
    found: waiting.OwnIndicator = await ani.calls(waiting.load_indicator, first, now=later)
    assert (found.target.text, found.dated.text) == ("Kalimat baru", "Kepuasan baru")
    assert found.dated.latest is not None
    assert found.dated.pending is not None
    assert (found.dated.latest.number, found.dated.pending.number) == (Decimal(88), Decimal(92))
    [seen] = await budi.calls(waiting.load_waiting, now=later)
    assert seen.before is not None
    assert (seen.before.number, seen.target_text) == (88, "Kalimat baru")
    async with db.reading() as session:
        assert await waiting.lineage_in(session, await ani.actor(session), second) == first


async def refused(desk: Desk, indicator: int) -> str:
    with pytest.raises(Invalid) as found:
        await desk.calls(values.reportable, indicator)
    return found.value.code


async def test_what_no_value_can_be_reported_for(db: Database, office: Office) -> None:
    ani = Desk(db, office, office.ani)
    async with db.reading() as session:
        quantity = await session.scalar(
            select(Indicator.id).where(Indicator.target_id == office.ani_targets[0])
        )
    assert quantity is not None
    assert await refused(ani, quantity) == "value_adds_up"
    first = await quality(db, office.ani_targets[0])
    async with db.writing() as session:
        await session.execute(update(Target).where(Target.id == office.ani_targets[0]).values(pending=True))
    assert await refused(ani, first) == "value_not_agreed"
    async with db.writing() as session:
        retired = {"pending": False, "retired_at": NOW}
        await session.execute(update(Target).where(Target.id == office.ani_targets[0]).values(**retired))
    with pytest.raises(NotFound):
        await ani.calls(values.reportable, first)
    for year, code in ((2027, "value_year_early"), (2024, "value_year_closed")):
        async with db.writing() as session:
            await session.execute(
                update(PerformancePlan).where(PerformancePlan.person_id == office.ani).values(year=year)
            )
        assert await refused(ani, first) == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (said("92", date(2026, 11, 19)), "value_future"),
        (said("92", date(2025, 12, 31)), "value_before"),
        (ReadValue(None, date(2025, 12, 20), TODAY), "value_before"),
    ],
)
async def test_dates_that_cannot_be(db: Database, office: Office, value: ReadValue, code: str) -> None:
    first = await quality(db, office.ani_targets[0])
    with pytest.raises(Invalid) as found:
        await Desk(db, office, office.ani).calls(values.report_value, first, value)
    assert found.value.code == code


@pytest.mark.parametrize(
    "value",
    [ReadValue(None, None, TODAY), ReadValue(Decimal(1), TODAY, TODAY), ReadValue(None, TODAY, TODAY)],
)
async def test_a_crafted_value_is_none(db: Database, office: Office, value: ReadValue) -> None:
    first = await quality(db, office.ani_targets[0])
    with pytest.raises(NotFound):
        await Desk(db, office, office.ani).calls(values.report_value, first, value)
    assert await stored(db) == []


async def test_in_january_last_years_value_ended_the_year(db: Database, office: Office) -> None:
    first, january = await quality(db, office.ani_targets[0]), datetime(2027, 1, 5, 3, tzinfo=UTC)
    ani = Desk(db, office, office.ani)
    for text in ("90%", "90% per TW IV", "90% per akhir Desember", "90% per hari ini"):
        _, read = await ani.calls(values.read_report, first, text, now=january)
        assert read == said("90", date(2026, 12, 31)), text
    _, read = await ani.calls(values.read_report, first, "90% per TW III", now=january)
    assert read.as_of == date(2026, 9, 30)
