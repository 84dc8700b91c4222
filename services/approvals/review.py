"""A person's day as their supervisor sees it: what waits, what was decided, what a correction changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Decision, Entry, Evidence, State, Target, Verdict
from services.approvals.entitlement import capacity_of
from services.approvals.shown import VISIBLE, mark_of
from services.entries.views import DayView, EntryView, load_day
from services.people.identity import Actor
from services.people.standing_in import SUPERVISOR


@dataclass(frozen=True, slots=True)
class Review:
    """`day` holds only what the supervisor may see; a returned entry stands as it was when returned;
    its `revision` is the mark of what is shown.

    `targets`: wording of the RHK that corrected entries had before. `new_evidence`: pieces added since the
    return, by entry.
    """

    day: DayView
    targets: Mapping[int, str]
    new_evidence: Mapping[int, int]
    capacity: str = SUPERVISOR
    """As what the one who looks decides on it."""

    @property
    def waiting(self) -> tuple[EntryView, ...]:
        return self.day.having(State.SUBMITTED)

    @property
    def approved(self) -> tuple[EntryView, ...]:
        return self.day.having(State.APPROVED)


async def load_review(session: AsyncSession, actor: Actor, day_id: int, *, now: datetime) -> Review:
    """Reads a day for the one who decides on it. Raises NotFound, NotAllowed."""
    day = await load_day(session, day_id)
    capacity = await capacity_of(session, actor, day.person_id, now=now, day=day)
    entries = tuple(_as_returned(one) for one in day.entries if one.state in VISIBLE)
    earlier = {one.before["target_id"] for one in entries if one.before and one.before.get("target_id")}
    rows = await session.execute(_TARGETS, {"targets": list(earlier)}) if earlier else ()
    return Review(
        day=replace(day, entries=entries, revision=mark_of(day.revision, entries)),
        targets={row.id: row.text for row in rows},
        new_evidence=await _new_evidence(session, entries),
        capacity=capacity,
    )


def _as_returned(entry: EntryView) -> EntryView:
    """What its owner is just rewriting is not shown before they send it."""
    if entry.state is not State.RETURNED or not entry.before:
        return entry
    return replace(
        entry, activity=entry.before["activity"], outcome=entry.before["outcome"], before=None, evidence=()
    )


async def _new_evidence(session: AsyncSession, entries: tuple[EntryView, ...]) -> Mapping[int, int]:
    corrected = [one.id for one in entries if one.state is State.SUBMITTED and one.before]
    if not corrected:
        return {}
    rows = await session.execute(_ADDED, {"entries": corrected})
    return {row.id: row.pieces for row in rows}


# Built once: building a statement costs more than running it.
_entries, _evidence, _decisions = Entry.__table__, Evidence.__table__, Decision.__table__
_targets = Target.__table__
_TARGETS: Any = select(_targets.c.id, _targets.c.text).where(
    _targets.c.id.in_(bindparam("targets", expanding=True))
)
_returned = (
    select(_decisions.c.entry_id, func.max(_decisions.c.decided_at).label("at"))
    .where(
        _decisions.c.entry_id.in_(bindparam("entries", expanding=True)),
        _decisions.c.verdict == Verdict.RETURN,
    )
    .group_by(_decisions.c.entry_id)
    .subquery()
)
_ADDED: Any = (
    select(_entries.c.id, func.count(_evidence.c.id).label("pieces"))
    .select_from(
        _entries.join(_evidence, _evidence.c.entry_id == _entries.c.id).join(
            _returned, _returned.c.entry_id == _entries.c.id
        )
    )
    .where(_evidence.c.created_at > _returned.c.at)
    .group_by(_entries.c.id)
)
