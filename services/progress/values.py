"""Dated values of kualitas, waktu and biaya: reported by their owner, confirmed or returned from above.

    reported ──confirm──▶ confirmed            a head without a supervisor here puts on record at once
       │ ▲
       │ └─ a newer report, in its place ─┐
       └──return (reason)──▶ returned ────┘

Invariants:
1. At most one value of an indicator, under all its wordings, is not confirmed; the lock of the SKP keeps
   that. What was confirmed is never changed: a newer one stands beside it, by the date it holds for.
2. A decision compares the report that was shown (`Value.revision`); whoever comes second sees what happened.
   Who may decide is read from the database at every press, and in which capacity stays in the audit.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Aspect, AuditEvent, Indicator, IndicatorValue, PerformancePlan, Person, Target, ValueState
from services import audit, outbox
from services.approvals.deciding import checked_reason
from services.approvals.entitlement import DECIDED_BY, capacity_of
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.people.identity import Actor
from services.plans.access import locked_plan
from services.plans.standing import in_force, lineage_of
from services.progress.standing import revision_of
from services.progress.typed import ReadValue, corrects, read_value

REVIEW_CARD, OWN_CARD = "value_review", "value"
DECIDED = "value_decided"


@dataclass(frozen=True, slots=True)
class Asked:
    """An indicator that a value may be reported for, as it is worded in force."""

    indicator_id: int
    lineage: int
    aspect: Aspect
    unit: str | None
    plan_id: int
    year: int
    text: str = ""


async def reportable(session: AsyncSession, actor: Actor, indicator_id: int, *, now: datetime) -> Asked:
    """One's own indicator, in whichever wording it was named. Raises NotFound `indicator_gone`,
    NotAllowed `skp_not_yours`, Invalid `value_adds_up`, `value_not_agreed`, `value_year_early`,
    `value_year_closed`.
    """
    row = (
        await session.execute(
            select(Indicator, Target, PerformancePlan.person_id, PerformancePlan.year)
            .join(Target, Target.id == Indicator.target_id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(Indicator.id == indicator_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("indicator_gone")
    named, target, person_id, year = row
    if person_id != actor.person_id:
        raise NotAllowed("skp_not_yours")
    if named.aspect is Aspect.QUANTITY:
        raise Invalid("value", "value_adds_up")
    today = local_date(now, actor.zone)
    if year > today.year:
        raise Invalid("value", "value_year_early", year=year)
    if year < today.year - 1:
        raise Invalid("value", "value_year_closed", year=year)
    lineage = named.lineage_id or named.id
    one = await session.scalar(
        select(Indicator)
        .join(Target, Target.id == Indicator.target_id)
        .where(
            Target.plan_id == target.plan_id,
            lineage_of() == target.lineage,
            in_force(),
            func.coalesce(Indicator.lineage_id, Indicator.id) == lineage,
            Indicator.aspect == named.aspect,
        )
    )
    if one is None:
        raise (
            Invalid("value", "value_not_agreed") if target.retired_at is None else NotFound("indicator_gone")
        )
    return Asked(one.id, lineage, one.aspect, one.unit, target.plan_id, year, one.text)


async def read_report(
    session: AsyncSession,
    actor: Actor,
    indicator_id: int,
    text: str,
    *,
    correcting: bool = False,
    now: datetime,
) -> tuple[Asked, ReadValue] | None:
    """A typed value, understood but not reported yet. `correcting`: one was read already; None: the text is
    no other value for it. Raises as `reportable`, `read_value`, `_checked`.
    """
    asked = await reportable(session, actor, indicator_id, now=now)
    today = local_date(now, actor.zone)
    if correcting and not corrects(text, aspect=asked.aspect, unit=asked.unit, about=asked.text):
        return None
    value = read_value(text, aspect=asked.aspect, unit=asked.unit, today=today, about=asked.text)
    if value.as_of.year > asked.year and (value.day is None or value.day.year <= asked.year):
        value = replace(value, as_of=date(asked.year, 12, 31))  # what is reported in January ended the year
    return asked, _checked(value, asked, today)


def _checked(value: ReadValue, asked: Asked, today: date) -> ReadValue:
    """Raises Invalid `value_before` (`year`), `value_future`, `value_after`."""
    if value.as_of > today:
        raise Invalid("value", "value_future")
    if value.as_of.year < asked.year or (value.day is not None and value.day.year < asked.year):
        raise Invalid("value", "value_before", year=asked.year)
    if value.day is not None and value.day > value.as_of:
        raise Invalid("value", "value_after")
    return value


async def report_value(
    session: AsyncSession, actor: Actor, indicator_id: int, value: ReadValue, *, now: datetime
) -> IndicatorValue:
    """«Kirim ke atasan»; without a supervisor here it is put on record at once. The same twice is as once.

    Raises as `reportable`, and Invalid as `_checked`.
    """
    asked = await reportable(session, actor, indicator_id, now=now)
    _checked(value, asked, local_date(now, actor.zone))
    if (value.number is None) == (value.day is None) or (
        value.day is not None and asked.aspect is not Aspect.TIME
    ):
        raise NotFound
    await locked_plan(session, asked.plan_id)
    known = await _values_of(session, asked)
    said = (value.number, value.day, value.as_of)
    if known and known[0].state is not ValueState.RETURNED and _said(known[0]) == said:
        return known[0]
    one = next((one for one in known if one.state is not ValueState.CONFIRMED), None)
    if one is None:
        one = IndicatorValue(indicator_id=asked.indicator_id, as_of=value.as_of, reported_at=now)
        session.add(one)
    one.indicator_id, one.reported_at = asked.indicator_id, now
    one.number, one.day, one.as_of = said
    one.state, one.decided_at, one.decided_by, one.reason = ValueState.REPORTED, None, None, None
    supervisor_id = await session.scalar(select(Person.supervisor_id).where(Person.id == actor.person_id))
    if supervisor_id is None:
        one.state, one.decided_at = ValueState.CONFIRMED, now
    await session.flush()
    _record(session, actor, one, "value_reported", detail=f"indicator {asked.lineage}", now=now)
    return one


def _said(one: IndicatorValue) -> tuple[Decimal | None, date | None, date]:
    return one.number, one.day, one.as_of


async def _values_of(session: AsyncSession, asked: Asked) -> list[IndicatorValue]:
    """The values of an indicator under all its wordings, locked, the newest report first."""
    return list(
        await session.scalars(
            select(IndicatorValue)
            .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
            .join(Target, Target.id == Indicator.target_id)
            .where(
                Target.plan_id == asked.plan_id,
                func.coalesce(Indicator.lineage_id, Indicator.id) == asked.lineage,
            )
            .order_by(IndicatorValue.reported_at.desc(), IndicatorValue.id.desc())
            .with_for_update(of=IndicatorValue)
            .execution_options(populate_existing=True)
        )
    )


async def confirm(
    session: AsyncSession, actor: Actor, value_id: int, *, revision: int, now: datetime
) -> None:
    """«Konfirmasi». Raises NotFound `value_gone`, NotAllowed, Outdated."""
    one, capacity, owner = await decidable(session, actor, value_id, revision=revision, now=now)
    one.state, one.reason = ValueState.CONFIRMED, None
    await _decided(session, actor, one, "value_confirmed", owner, capacity=capacity, now=now)


async def return_value(
    session: AsyncSession, actor: Actor, value_id: int, *, revision: int, reason: str, now: datetime
) -> None:
    """«Kembalikan» with a reason. Raises Invalid as `checked_reason`; NotFound, NotAllowed, Outdated."""
    reason = checked_reason(reason)
    one, capacity, owner = await decidable(session, actor, value_id, revision=revision, now=now)
    one.state, one.reason = ValueState.RETURNED, reason
    await _decided(session, actor, one, "value_returned", owner, capacity=capacity, now=now)


async def decidable(
    session: AsyncSession, actor: Actor, value_id: int, *, revision: int, now: datetime
) -> tuple[IndicatorValue, str, int]:
    """A reported value the actor may decide on, locked, as it was shown; as what they do so, and whose it is.

    Raises NotFound `value_gone`, NotAllowed, Outdated with what happened since.
    """
    one = await session.scalar(
        select(IndicatorValue)
        .where(IndicatorValue.id == value_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if one is None:
        raise NotFound("value_gone")
    owner = await owner_of(session, one.indicator_id)
    capacity = await capacity_of(session, actor, owner, now=now)
    if one.state is not ValueState.REPORTED or revision_of(one.reported_at) != revision:
        raise await _overtaken(session, actor, one)
    return one, capacity, owner


async def owner_of(session: AsyncSession, indicator_id: int) -> int:
    """Whose indicator it is. Raises NotFound `indicator_gone`."""
    found = await session.scalar(
        select(PerformancePlan.person_id)
        .join(Target, Target.plan_id == PerformancePlan.id)
        .join(Indicator, Indicator.target_id == Target.id)
        .where(Indicator.id == indicator_id)
    )
    if found is None:
        raise NotFound("indicator_gone")
    return found


async def _overtaken(session: AsyncSession, actor: Actor, one: IndicatorValue) -> Outdated:
    card = (REVIEW_CARD, one.id)
    if one.state is ValueState.REPORTED or one.decided_at is None:
        return Outdated("value_newer" if one.state is ValueState.REPORTED else None, card=card)
    time = one.decided_at.astimezone(ZoneInfo(actor.zone)).strftime("%d/%m %H.%M")
    if one.decided_by == actor.person_id:
        return Outdated("already_yours", card=card, time=time)
    name = await session.scalar(select(Person.name).where(Person.id == one.decided_by))
    code = DECIDED_BY.get(await _capacity_in(session, one), "already_decided")
    return Outdated(code, card=card, name=name or "", time=time)


async def _capacity_in(session: AsyncSession, one: IndicatorValue) -> str:
    """As what a value was decided on last, out of the audit."""
    detail = await session.scalar(
        select(AuditEvent.detail)
        .where(
            AuditEvent.subject == "value",
            AuditEvent.subject_id == one.id,
            AuditEvent.action.in_(("value_confirmed", "value_returned")),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    return (detail or "").removeprefix("as ")


async def _decided(
    session: AsyncSession,
    actor: Actor,
    one: IndicatorValue,
    action: str,
    owner: int,
    *,
    capacity: str,
    now: datetime,
) -> None:
    one.decided_by, one.decided_at = actor.person_id, now
    await session.flush()
    _record(session, actor, one, action, detail=f"as {capacity}", now=now)
    payload = {"value_id": one.id, "revision": revision_of(one.reported_at), "capacity": capacity}
    await outbox.enqueue(session, DECIDED, to=owner, now=now, payload=payload)


def _record(
    session: AsyncSession, actor: Actor, one: IndicatorValue, action: str, *, detail: str, now: datetime
) -> None:
    audit.record(
        session, action, actor_id=actor.person_id, subject="value", subject_id=one.id, now=now, detail=detail
    )
