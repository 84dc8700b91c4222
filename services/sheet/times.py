"""Proposes times for what was done on a day: inside its working hours, beside what is known. Pure.

All in minutes after midnight, local. A proposal that finds no room overlaps and says so; nothing is blocked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from models.people import Pattern
from services.calendar import end_of_day, start_of_day
from services.calendar.hours import FRIDAY

SHORTEST, LONGEST, STEP = 15, 120, 15
"""Minutes: what is proposed where nobody said how long it took, and in which steps."""
OPEN_END = 60
"""Minutes of something of which only the start is known."""
MIDNIGHT = 24 * 60 - 1
"""The last minute of a day that a form takes as its end."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours of a day with their break."""

    starts: int
    ends: int
    break_starts: int
    break_ends: int


@dataclass(frozen=True, slots=True)
class Wish:
    """An entry without both times. What is known of it: its start, its end, its `minutes`, or nothing.

    `part`: the part of the day its words name.
    """

    entry_id: int
    starts: int | None = None
    ends: int | None = None
    minutes: int | None = None
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`crowded`: there was no room, so it lies over something else or outside the hours."""

    starts: int
    ends: int
    crowded: bool = False


Span = tuple[int, int]


def hours_of(day: date, pattern: Pattern, *, ramadan: bool) -> Hours:
    """The hours of a day. The break ends when the Perpres' minutes of it, begun at midday, are over."""
    friday = day.weekday() == FRIDAY
    begins = 11 * 60 + 30 if friday else 12 * 60
    length = (30 if ramadan else 60) + (30 if friday else 0)
    return Hours(
        minute_of(start_of_day(ramadan=ramadan)),
        minute_of(end_of_day(day, pattern, ramadan=ramadan)),
        begins,
        begins + length,
    )


def propose(hours: Hours, known: Iterable[Span], wishes: Sequence[Wish]) -> dict[int, Proposal]:
    """A proposal for every wish, in the order of the day. `known`: half-open spans that are taken.

    Where nobody said how long something took, what is free is shared equally, 15 to 120 minutes each.
    """
    taken = sorted(known)
    fixed: dict[int, Proposal] = {}
    anchored = [one for one in wishes if one.starts is not None or one.ends is not None]
    starts = [one.starts for one in anchored if one.starts is not None]
    for one in sorted(anchored, key=lambda one: MIDNIGHT + 1 if one.starts is None else one.starts):
        laid = _anchored(one, hours, taken, starts)
        fixed[one.entry_id] = laid
        taken = sorted([*taken, (laid.starts, laid.ends)])
    loose = [one for one in wishes if one.entry_id not in fixed]
    found: dict[int, Proposal] = {}
    for share in _shares(hours, taken, loose):
        found = _laid(hours, taken, loose, share)
        if not any(one.crowded for one in found.values()):
            break
    else:
        longest_first = sorted(loose, key=lambda one: -(one.minutes or 0))
        other = _laid(hours, taken, longest_first, SHORTEST)
        if sum(one.crowded for one in other.values()) < sum(one.crowded for one in found.values()):
            found = other
    return fixed | found


def minute_of(moment: time) -> int:
    """Minutes after midnight."""
    return moment.hour * 60 + moment.minute


def clock_of(minute: int) -> time:
    """The time of day at a minute."""
    return time(*divmod(minute, 60))


def _anchored(wish: Wish, hours: Hours, taken: Sequence[Span], starts: Sequence[int]) -> Proposal:
    """One end is known: the other follows from the minutes, else from what lies next to it.

    `starts`: when others begin of which the end is not known.
    """
    length = wish.minutes or OPEN_END
    if wish.starts is not None:
        begins = min(wish.starts, MIDNIGHT - 1)
        ends = begins + length
        if wish.minutes is None:
            begun = [*starts, *(start for start, _ in taken)]
            limits = [start for start in begun if start >= begins + SHORTEST]
            if begins + SHORTEST <= hours.ends:
                limits.append(hours.ends)
            ends = min([ends, *limits])
        ends = min(ends, MIDNIGHT)
    else:
        ends = max(1, wish.ends or 0)
        begins = max(0, ends - length)
        if wish.minutes is None:
            begins = max([begins, *(end for _, end in taken if end <= ends - SHORTEST)])
    over = any(begins < end and start < ends for start, end in taken)
    return Proposal(begins, ends, crowded=over)


def _shares(hours: Hours, taken: Sequence[Span], loose: Sequence[Wish]) -> list[int]:
    """The lengths to try for what nobody gave a length, the longest first."""
    open_ = sum(end - start for start, end in _gaps(hours, taken))
    said = sum(one.minutes or 0 for one in loose)
    unsaid = sum(one.minutes is None for one in loose)
    share = LONGEST if not unsaid else (open_ - said) // unsaid // STEP * STEP
    share = max(SHORTEST, min(LONGEST, share))
    return list(range(share, SHORTEST - 1, -STEP))


def _laid(hours: Hours, taken: Sequence[Span], wishes: Sequence[Wish], share: int) -> dict[int, Proposal]:
    """Each into the first gap behind the one before it, else into the first anywhere, else over something.

    What names a part of the day comes first, into that part.
    """
    spans = list(taken)
    behind = hours.starts
    found: dict[int, Proposal] = {}
    for one in wishes:
        spot = _in_part(hours, spans, one, share)
        if spot is not None:
            found[one.entry_id] = Proposal(*spot)
            spans = sorted([*spans, spot])
    for one in wishes:
        if one.entry_id in found:
            continue
        length = one.minutes or share
        across = one.minutes is not None
        spot = _spot(hours, spans, length, behind, across=across)
        spot = spot or _spot(hours, spans, length, hours.starts, across=across)
        if spot is None:
            begins = max(min(hours.starts, MIDNIGHT - length), hours.ends - length, 0)
            found[one.entry_id] = Proposal(begins, min(begins + length, MIDNIGHT), crowded=True)
            continue
        found[one.entry_id] = Proposal(*spot)
        spans = sorted([*spans, spot])
        behind = spot[1]
    return found


def _in_part(hours: Hours, taken: Sequence[Span], wish: Wish, share: int) -> Span | None:
    """Room in the part of the day that is named: within the working hours if there is, else beyond them."""
    if wish.part is None:
        return None
    begins, ends = wish.part
    within = replace(hours, starts=max(begins, hours.starts), ends=min(ends, hours.ends))
    lengths = [wish.minutes] if wish.minutes else range(share, SHORTEST - 1, -STEP)
    for part in (within, replace(hours, starts=begins, ends=ends)):
        for length in lengths if part.starts < part.ends else ():
            spot = _spot(part, taken, length, part.starts, across=wish.minutes is not None)
            if spot is not None:
                return spot
    return None


def _spot(hours: Hours, taken: Sequence[Span], length: int, behind: int, *, across: bool) -> Span | None:
    """The first room for so many minutes from `behind` on; `across`: it may go on after the break."""
    for start, end in _gaps(hours, taken):
        start = max(start, behind)
        if end - start >= length:
            return start, start + length
    if not across:
        return None
    pause = hours.break_ends - hours.break_starts
    for start, end in _gaps(hours, taken, rest=False):
        start = max(start, behind)
        if start < hours.break_starts and end - start >= length + pause:
            return start, start + length + pause
    return None


def _gaps(hours: Hours, taken: Sequence[Span], *, rest: bool = True) -> list[Span]:
    """What is free of the working hours; `rest`: the break is not."""
    closed = sorted([*taken, *([(hours.break_starts, hours.break_ends)] if rest else [])])
    gaps, at = [], hours.starts
    for start, end in closed:
        if start > at:
            gaps.append((at, min(start, hours.ends)))
        at = max(at, end)
    gaps.append((at, hours.ends))
    return [(start, end) for start, end in gaps if end > start]
