"""When an outcome that says little is pointed out: once an entry, once a day, and never in vain for long.

Nothing is blocked and nothing is changed by it. Silent is the rule where

- an effect is likely or possible (`services.reading.outcome_kinds`), or the answer was skipped;
- the product is what the linked RHK counts: 12 boxes *are* an archivist's result where boxes are the target
  (of mere paper, which an SKP counts for everything, it is said more softly);
- this person was told about another entry of the same work date, or of one written today;
- they were told three times and left it at that each time: then at most once a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Aspect, Day, Entry, Indicator
from services.clock import local_date
from services.entries.days import own_entries
from services.entries.views import DayView
from services.people.identity import Actor
from services.reading.number_words import word_set
from services.reading.outcome_kinds import OutcomeKind, judge_outcome
from services.reading.units import same_unit

UNHEEDED = 3
"""Remarks in a row that changed nothing, after which they come at most once in `PAUSE`."""
PAUSE = timedelta(days=7)
PAPER = word_set("dokumen laporan kegiatan berkas data kali lembar surat notulen")
"""Units of which a target says how much was written, not what came of it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """The one entry whose outcome is pointed out, and as what it was read: output or repeat.

    `counted`: the number serves the SKP as it stands.
    """

    entry_id: int
    kind: OutcomeKind
    counted: bool = False


async def remark_on(
    session: AsyncSession, actor: Actor, day: Day, entries: Sequence[Entry], *, now: datetime
) -> Remark | None:
    """Chooses at most one of these entries of a day and notes that it was pointed out.

    At most two queries, however many entries; none when every outcome says enough.
    """
    found = []
    for entry in entries:
        if entry.outcome and not entry.repeat_noted:
            judged = judge_outcome(entry.activity, entry.outcome)
            if judged.says_too_little:
                found.append((entry, judged.kind))
    counted = await _counted(session, found)
    found = [(one, kind) for one, kind in found if one.id not in counted or same_unit(one.unit) in PAPER]
    if not found or not await _may_be_told(session, actor, day, now=now):
        return None
    entry, kind = min(
        found, key=lambda one: (one[0].id in counted, one[1] is not OutcomeKind.REPEAT, one[0].position)
    )
    entry.repeat_noted = True
    return Remark(entry.id, kind, counted=entry.id in counted)


async def remark_on_report(
    session: AsyncSession,
    actor: Actor,
    entry_ids: Sequence[int],
    *,
    now: datetime,
    day: DayView | None = None,
) -> Remark | None:
    """The same for outcomes that a report brought along with its activities. Raises NotTheirs.

    `day`: as it was read after the report; where every outcome in it says enough nothing is asked for.
    """
    if day is not None:
        said = [one for one in day.entries if one.id in entry_ids and one.outcome]
        entry_ids = [one.id for one in said if judge_outcome(one.activity, one.outcome or "").says_too_little]
    if not entry_ids:
        return None
    found = await own_entries(session, actor, entry_ids)
    return await remark_on(session, actor, found[0][0], [one for _, one in found], now=now) if found else None


def all_effects(entries: Sequence[Entry]) -> bool:
    """Whether each of these outcomes surely tells what changed for somebody."""
    return bool(entries) and all(
        one.outcome is not None and judge_outcome(one.activity, one.outcome).shows_effect for one in entries
    )


async def _counted(session: AsyncSession, found: Sequence[tuple[Entry, OutcomeKind]]) -> set[int]:
    """The entries whose product is just what the indicator of their RHK counts."""
    named = [one for one, kind in found if kind is OutcomeKind.OUTPUT and one.unit and one.target_id]
    if not named:
        return set()
    rows = await session.execute(
        select(Indicator.target_id, Indicator.unit).where(
            Indicator.target_id.in_({one.target_id for one in named}), Indicator.aspect == Aspect.QUANTITY
        )
    )
    units = {(target_id, same_unit(unit)) for target_id, unit in rows}
    return {one.id for one in named if (one.target_id, same_unit(one.unit)) in units}


async def _may_be_told(session: AsyncSession, actor: Actor, day: Day, *, now: datetime) -> bool:
    """Whether this person has not been told today, nor three times in vain within the week."""
    rows = await session.execute(
        select(Day.work_date, Entry.created_at, Entry.activity, Entry.outcome)
        .join(Entry, Entry.day_id == Day.id)
        .where(Day.person_id == actor.person_id, Entry.repeat_noted.is_(True))
        .order_by(Entry.created_at.desc(), Entry.id.desc())
        .limit(UNHEEDED)
    )
    told = list(rows)
    today = local_date(now, actor.zone)
    if any(date == day.work_date or local_date(at, actor.zone) == today for date, at, _, _ in told):
        return False
    unheeded = [
        at for _, at, activity, outcome in told if judge_outcome(activity, outcome or "").says_too_little
    ]
    return len(unheeded) < UNHEEDED or now - unheeded[0] >= PAUSE
