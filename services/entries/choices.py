"""What was chosen earlier, as `services.linking` hears it: a person's own choices, and those of their office.

A choice counts for the RHK in force of the same lineage, and in another year's plan for the RHK of the same
or nearly the same wording; one that nothing took the place of says nothing. Colleagues' choices come from the
same unit, with RHK of nearly the same wording, and only once confirmed; they are kept in memory for a while,
per unit and wording, and only ever weigh: nobody sees whose they are or what was typed.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz, process, utils
from sqlalchemy import Engine, Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, LinkSource, PerformancePlan, Person, State, Target, Verdict
from services.linking import Choice

WEIGHTS = {LinkSource.CHOSEN: 1.0, LinkSource.COPIED: 0.6, LinkSource.ACCEPTED: 0.4}
"""How strongly an earlier link teaches: a tap most, a preselection that was merely sent least."""
COLLEAGUE = 0.3
SENT_BACK = -1.0
OWN = 400
"""Different earlier choices of one's own that are looked at."""
RETURNS = 100
"""Returned entries that are looked at."""
WORDINGS, TARGETS, ROWS = 300, 40, 200
"""Bounds of what is read of a unit: different RHK, RHK alike, different choices."""
NEARLY = 92.0
"""Similarity of two RHK, 0 to 100, from which they are the same one in other words."""
TARGET_REASON = "target"
"""The code of «RHK tidak sesuai»."""
KEPT = 64

Wordings = tuple[tuple[int, str], ...]
"""RHK in force: id and wording, in order."""
Worded = tuple[int, int, str]
"""An RHK: id, lineage, wording."""
Steps = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Told:
    """A choice and the instant it was last made."""

    at: datetime
    choice: Choice


@dataclass(frozen=True, slots=True)
class _Heard:
    """A choice of one colleague: typed text, the RHK as they word it, how often."""

    person_id: int
    activity: str
    wording: str
    times: int


_offices: WeakKeyDictionary[Engine, OrderedDict[object, tuple[_Heard, ...]]] = WeakKeyDictionary()


def wordings_now(standing: Wordings, known: Iterable[Worded], beside: Iterable[Worded]) -> dict[int, int]:
    """Every RHK of a person, of a year (`known`) and those beside it → the one in force it is today."""
    keys = {key for key, _ in standing}
    known = list(known)
    by_lineage = {lineage: key for key, lineage, _ in known if key in keys}
    found: dict[int, int] = {}
    by_wording: dict[int, int] = {}
    for target_id, lineage, text in [*known, *beside]:
        if lineage in by_lineage:
            found[target_id] = by_lineage[lineage]
            continue
        same = nearly_same(text, standing)
        if same is not None:
            by_wording.setdefault(lineage, same)
            found[target_id] = same
        elif lineage in by_wording:  # an older wording of one that has its counterpart
            found[target_id] = by_wording[lineage]
    return found


@lru_cache(maxsize=4096)
def nearly_same(text: str, targets: Wordings) -> int | None:
    """The RHK worded most like `text`, if nearly the same."""
    best = process.extractOne(
        text,
        [wording for _, wording in targets],
        scorer=fuzz.token_sort_ratio,
        processor=utils.default_process,
        score_cutoff=NEARLY,
    )
    return None if best is None else targets[best[2]][0]


async def own_choices(
    session: AsyncSession, person_id: int, standing: Mapping[int, int], *, returns: bool = True
) -> tuple[Choice, ...]:
    """A person's own links, newest first, and what the supervisor sent back; two queries.

    `returns`: whether anything was ever sent back.
    """
    returned = await _returned(session, person_id) if returns else {}
    told = [one for found in returned.values() for one in found]
    given = {"person": person_id, "returned": list(returned)}
    for activity, target_id, outside, source, times, at in await session.execute(_OWN, given):
        if source is not None and (outside or target_id is not None):
            told.append(Told(at, Choice(activity, None, target_id, WEIGHTS[source], times)))
    told.sort(key=lambda one: one.at, reverse=True)
    return tuple(_counted_now((one.choice for one in told), standing))


_entries, _days = Entry.__table__.c, Day.__table__.c
_OWN: Any = (
    select(
        _entries.activity,
        _entries.target_id,
        _entries.outside_plan,
        _entries.link_source,
        func.count(),
        func.max(_entries.created_at),
    )
    .select_from(Day.__table__.join(Entry.__table__, _days.id == _entries.day_id))
    .where(
        _days.person_id == bindparam("person"),
        _entries.link_source.in_(list(WEIGHTS)),
        _entries.id.not_in(bindparam("returned", expanding=True)),
    )
    .group_by(_entries.activity, _entries.target_id, _entries.outside_plan, _entries.link_source)
    .order_by(func.max(_entries.created_at).desc(), func.max(_entries.id).desc())
    .limit(OWN)
)


def _counted_now(choices: Iterable[Choice], standing: Mapping[int, int]) -> Iterable[Choice]:
    for one in choices:
        if one.key is None:
            yield one
        elif one.key in standing:
            yield replace(one, key=standing[one.key])


async def _returned(session: AsyncSession, person_id: int) -> dict[int, list[Told]]:
    """Entries returned because of their RHK → what that teaches: the old link was wrong, the new one holds.

    A link that was kept and approved all the same was right.
    """
    rows = await session.execute(
        select(Entry, Decision.reason_code, Decision.decided_at)
        .join(Day, Day.id == Entry.day_id)
        .join(Decision, and_(Decision.entry_id == Entry.id, Decision.verdict == Verdict.RETURN))
        .where(Day.person_id == person_id)
        .order_by(Decision.id.desc())
        .limit(RETURNS)
    )
    latest: dict[int, str | None] = {}
    found: dict[int, list[Told]] = {}
    for entry, code, at in rows:
        latest.setdefault(entry.id, code)
        if code == TARGET_REASON and entry.id not in found:
            found[entry.id] = _lessons(entry, at, was_last=latest[entry.id] == TARGET_REASON)
    return found


def _lessons(entry: Entry, at: datetime, *, was_last: bool) -> list[Told]:
    link = _link(entry.target_id, entry.outside_plan)
    before = entry.before if was_last and entry.state is not State.APPROVED else None
    was = _link(before.get("target_id"), bool(before.get("outside_plan"))) if before else ()
    lessons = []
    if link and link != was and entry.link_source in WEIGHTS:
        weight = WEIGHTS[entry.link_source]
        lessons.append(Told(at, Choice(entry.activity, None, link[0], weight, settles=True)))
    if before and was:
        lessons.append(Told(at, Choice(str(before["activity"]), None, was[0], SENT_BACK)))
    return lessons


def _link(target_id: int | None, outside: bool) -> tuple[()] | tuple[int | None]:
    """What an entry is linked to: an RHK, none on purpose (None), or nothing yet."""
    return (target_id,) if outside or target_id is not None else ()


async def office_choices(
    session: AsyncSession, person_id: int, unit_id: int | None, targets: Wordings, *, year: int, made: Steps
) -> tuple[Choice, ...]:
    """What colleagues of the unit confirmed for RHK worded like these. `made`: see `how_far`."""
    if unit_id is None:
        return ()
    engine = session.get_bind().engine
    kept = _offices.setdefault(engine, OrderedDict())
    key = (unit_id, year, tuple(text for _, text in targets), made)
    if key not in kept:
        kept[key] = await _heard(session, unit_id, targets, year=year)
        if len(kept) > KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    numbers: dict[int, int] = {}
    return tuple(
        Choice(
            one.activity,
            None,
            same,
            COLLEAGUE,
            one.times,
            colleague=numbers.setdefault(one.person_id, len(numbers)),
        )
        for one in kept[key]
        if one.person_id != person_id and (same := nearly_same(one.wording, targets)) is not None
    )


def how_far(entries: int | None, decisions: int | None) -> Steps:
    """How far the office's record has come, in steps: a few entries at first, some hundreds later on.

    What is kept of an office is read again at each step.
    """
    return _steps(entries or 0), _steps(decisions or 0)


def _steps(newest: int) -> tuple[int, int]:
    size = newest.bit_length()
    return size, newest >> min(9, max(0, size - 5))


async def _heard(session: AsyncSession, unit_id: int, targets: Wordings, *, year: int) -> tuple[_Heard, ...]:
    same = [text for text in await _worded(session, unit_id, year=year) if nearly_same(text, targets)]
    if not same:
        return ()
    alike = (
        _of_unit(unit_id, year=year)
        .with_only_columns(Target.id, maintain_column_froms=True)
        .where(Target.text.in_(same))
        .order_by(Target.id.desc())
        .limit(TARGETS)
    )
    approved = and_(Entry.link_source == LinkSource.ACCEPTED, Entry.state == State.APPROVED)
    tapped = and_(Entry.link_source == LinkSource.CHOSEN, Entry.state.in_((State.SUBMITTED, State.APPROVED)))
    rows = await session.execute(
        select(Day.person_id, Entry.activity, Target.text, func.count())
        .join(Target, Target.id == Entry.target_id)
        .join(Day, Day.id == Entry.day_id)
        .where(Entry.target_id.in_(alike), or_(approved, tapped))
        .group_by(Day.person_id, Entry.activity, Target.text)
        .order_by(func.max(Entry.id).desc())
        .limit(ROWS)
    )
    return tuple(_Heard(*row) for row in rows)


async def _worded(session: AsyncSession, unit_id: int, *, year: int) -> list[str]:
    """How RHK of that year are worded in the unit; the person's own are among them."""
    return list(await session.scalars(_of_unit(unit_id, year=year).distinct().limit(WORDINGS)))


def _of_unit(unit_id: int, *, year: int) -> Select[str]:
    return (
        select(Target.text)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .join(Person, Person.id == PerformancePlan.person_id)
        .where(
            Person.unit_id == unit_id,
            Person.active,
            PerformancePlan.year == year,
            Target.pending.is_(False),
        )
    )
