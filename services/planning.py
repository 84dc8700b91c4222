"""What somebody means to do on a day: up to five lines, carried into the report.

    written ──«Pakai rencana»──▶ done (its entry) ──entry deleted──▶ written
       │
       └──✕──▶ deleted

A line that stays unfinished is shown once more, on the next day its person reports; then it is gone from
view.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, PlanLine
from services.calendar import load_personal
from services.clock import local_date
from services.entries.days import NotTheirs, find_day, open_day
from services.entries.drafting import add_entries
from services.errors import Invalid
from services.people.identity import Actor
from services.reading.absence import read_absence
from services.reading.capture import ReadEntry
from services.reading.date_heading import leading_day
from services.reading.dates import Mode, read_dates
from services.reading.masking import mask_sensitive
from services.reading.splitting import split_message
from services.told import last_told

MOST_LINES = 5
"""Lines of one day's plan."""
LONGEST_LINE = 200
"""Characters of one line."""
LOOK_BACK = timedelta(days=62)
"""How long ago the last planned day may lie: nobody takes up an older line."""
PLAN_ASKED = "plan_asked"
"""The outbox kind of the morning question; its payload names the `work_date`."""


@dataclass(frozen=True, slots=True)
class PlanLineView:
    """One line. `done`: it became an entry; `rolled`: it comes from their workday before, `planned`."""

    id: int
    text: str
    done: bool
    rolled: bool
    planned: date


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A typed plan: the day it is for, and its lines. `left`: those that did not fit."""

    work_date: date
    lines: tuple[str, ...]
    left: tuple[str, ...] = ()


async def plan_of(session: AsyncSession, person_id: int, work_date: date) -> tuple[PlanLineView, ...]:
    """What is planned for a day: what was left of the workday before, then its own lines.

    One query, five more when there was an earlier plan.
    """
    return (await plans_of(session, [person_id], work_date)).get(person_id, ())


async def plans_of(
    session: AsyncSession, people: Collection[int], work_date: date
) -> dict[int, tuple[PlanLineView, ...]]:
    """The same of many people, by as many queries; who planned nothing is left out."""
    rows = (
        await session.scalars(
            select(PlanLine)
            .where(
                PlanLine.person_id.in_(people),
                PlanLine.work_date.between(work_date - LOOK_BACK, work_date),
            )
            .order_by(PlanLine.work_date, PlanLine.position, PlanLine.id)
            .execution_options(populate_existing=True)
        )
    ).all()
    earlier = [one for one in rows if one.work_date < work_date]
    rolled = await _rolled(session, work_date, earlier) if earlier else []
    plans: dict[int, list[PlanLineView]] = {}
    for one in [*rolled, *(row for row in rows if row.work_date == work_date)]:
        rolls = one.work_date < work_date
        view = PlanLineView(one.id, one.text, one.entry_id is not None, rolls, one.work_date)
        plans.setdefault(one.person_id, []).append(view)
    return {person_id: tuple(lines) for person_id, lines in plans.items()}


async def shown_plan(
    session: AsyncSession, actor: Actor, work_date: date, *, now: datetime
) -> tuple[PlanLineView, ...]:
    """The same for its card: before its day has come, what today may still finish is left out."""
    lines = await plan_of(session, actor.person_id, work_date)
    ahead = work_date > local_date(now, actor.zone)
    return tuple(one for one in lines if not (ahead and one.rolled))


async def _rolled(session: AsyncSession, work_date: date, earlier: Sequence[PlanLine]) -> list[PlanLine]:
    """Of earlier lines, those for which `work_date` is the next day: unfinished until it, or done on it."""
    planned = {(one.person_id, one.work_date) for one in earlier}
    people, first = {person_id for person_id, _ in planned}, min(day for _, day in planned)
    calendars = await load_personal(session, people, first=first, last=work_date)
    following = {(person_id, day): calendars[person_id].next_day(day) for person_id, day in planned}
    came = [one for one in earlier if following[one.person_id, one.work_date] == work_date]
    made = [one.entry_id for one in came if one.entry_id is not None]
    if not made:
        return came
    here = await session.scalars(
        select(Entry.id)
        .join(Day, Day.id == Entry.day_id)
        .where(Entry.id.in_(made), Day.work_date == work_date)
    )
    kept = {None, *here}
    return [one for one in came if one.entry_id in kept]


async def take_plan(
    session: AsyncSession,
    actor: Actor,
    text: str,
    *,
    work_date: date | None = None,
    now: datetime,
) -> ReadPlan:
    """Adds typed lines to the plan of the day they name, else of `work_date`, else of today.

    A text that only names a day stores nothing. Of more lines than fit the first are stored, and `left` holds
    the others. A line that is there already is not added again. Raises Invalid `not_asked`, `plan_day`,
    `plan_day_unread`, `plan_empty`, `plan_line_long`.
    """
    named, text = _named_day(text, today=local_date(now, actor.zone))
    work_date = named or work_date or local_date(now, actor.zone)
    await ensure_plannable(session, actor, work_date, now=now)
    present = await _own_lines(session, actor, work_date)
    if not text.strip():
        return ReadPlan(work_date, ())
    known = {one.text.casefold() for one in present}
    lines = [one for one in read_lines(text) if one.casefold() not in known]
    room = max(0, MOST_LINES - len(present))
    if any(len(one) > LONGEST_LINE for one in lines[:room]):
        raise Invalid("plan", "plan_line_long", limit=LONGEST_LINE)
    place = await session.scalar(
        select(func.max(PlanLine.position)).where(
            PlanLine.person_id == actor.person_id, PlanLine.work_date == work_date
        )
    )
    taken = lines[:room]
    session.add_all(
        PlanLine(
            person_id=actor.person_id,
            work_date=work_date,
            position=(place or 0) + offset,
            text=one,
            created_at=now,
        )
        for offset, one in enumerate(taken, start=1)
    )
    await session.flush()
    return ReadPlan(work_date, tuple(taken), tuple(lines[room:]))


def read_lines(text: str) -> list[str]:
    """The lines of a typed plan in their writer's words; greetings and headings are none.

    Raises Invalid `plan_empty`.
    """
    found: list[str] = []
    text = _once_each(text)
    for block in () if read_absence(text) else split_message(text):
        parts = (block.text, *block.outcomes, *block.times, *block.amounts, *block.links)
        line = " ".join("; ".join(part for part in parts if part).split())
        if line and line.casefold() not in {one.casefold() for one in found}:
            found.append(line)
    if not found:
        raise Invalid("plan", "plan_empty")
    return found


def _once_each(text: str) -> str:
    """Lines that are typed again say nothing new."""
    seen: set[str] = set()
    kept = []
    for line in text.splitlines():
        if not line.strip() or line not in seen:
            kept.append(line)
        seen.add(line)
    return "\n".join(kept)


def _named_day(text: str, *, today: date) -> tuple[date | None, str]:
    """The day a plan begins by naming («besok: …»), and the text without it.

    Raises Invalid `plan_day`, `plan_day_unread`.
    """
    leading = leading_day(text, today=today)
    if leading is None:
        return None, text
    ahead = read_dates(leading.said, today=today, mode=Mode.FUTURE)
    if ahead is None:
        raise Invalid("plan", "plan_day_unread", said=leading.said[:60])
    if ahead.first != ahead.last:
        raise Invalid("plan", "plan_day")
    return ahead.first, leading.rest


async def ensure_plannable(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> None:
    """Only today and the person's next workday are planned. Raises Invalid `not_asked`, `plan_day`."""
    if not actor.reports:
        raise Invalid("plan", "not_asked")
    today = local_date(now, actor.zone)
    if work_date != today:
        calendar = await load_personal(session, [actor.person_id], first=today, last=today)
        if work_date != calendar[actor.person_id].next_day(today):
            raise Invalid("plan", "plan_day")


async def drop_line(session: AsyncSession, actor: Actor, line_id: int) -> date | None:
    """Deletes a line of one's own; gives its date, None when it is gone already.

    A done one stays: its entry is the record. Raises NotTheirs, Invalid `plan_line_done`.
    """
    line = await session.scalar(
        select(PlanLine)
        .where(PlanLine.id == line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if line is None:
        return None
    if line.person_id != actor.person_id:
        raise NotTheirs("plan_line_gone")
    if line.entry_id is not None:
        raise Invalid("plan", "plan_line_done")
    await session.delete(line)
    await session.flush()
    return line.work_date


async def mask_plan(session: AsyncSession, actor: Actor, work_date: date) -> None:
    """Blackens citizens' numbers in the unfinished lines of a day, at their writer's wish."""
    for line in await _own_lines(session, actor, work_date):
        line.text = mask_sensitive(line.text)


async def use_plan(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> int:
    """«Pakai rencana»: every unfinished line becomes a draft entry of the day; gives the day's id.

    What came of it and how much is never taken from a plan. Raises Invalid `plan_used` when nothing is left,
    and what opening a day and adding to it raise.
    """
    day = await open_day(session, actor, work_date, now=now)
    unfinished = [one.id for one in await plan_of(session, actor.person_id, work_date) if not one.done]
    lines = (
        await session.scalars(
            select(PlanLine)
            .where(PlanLine.id.in_(unfinished))
            .order_by(PlanLine.work_date, PlanLine.position, PlanLine.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).all()
    if not lines:
        raise Invalid("plan", "plan_used")
    found = tuple(ReadEntry(one.text) for one in lines)
    entries = await add_entries(session, actor, day, found, message_id=None, now=now)
    for line, entry in zip(lines, entries, strict=True):
        line.entry_id = entry.id
    await session.flush()
    return day.id


async def has_plan(session: AsyncSession, person_id: int, work_date: date) -> bool:
    """Whether anything is planned for the day itself."""
    query = select(PlanLine.id).where(PlanLine.person_id == person_id, PlanLine.work_date == work_date)
    return await session.scalar(query.limit(1)) is not None


async def is_to_be_asked(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> bool:
    """Whether the morning question still makes sense: today, at work, nothing planned, nothing reported."""
    if not actor.reports or work_date != local_date(now, actor.zone):
        return False
    calendar = await load_personal(session, [actor.person_id], first=work_date, last=work_date)
    if not calendar[actor.person_id].reports_on(work_date):
        return False
    if await has_plan(session, actor.person_id, work_date):
        return False
    return await find_day(session, actor, work_date) is None


async def awaits_plan(session: AsyncSession, actor: Actor, *, now: datetime) -> date | None:
    """The day whose plan was asked for this morning and is still waited for: 30 minutes, like any question.

    The question must be the last thing the bot said by itself.
    """
    last = await last_told(session, actor.person_id, now=now)
    if last is None or last.kind != PLAN_ASKED:
        return None
    work_date = date.fromisoformat(last.payload["work_date"])
    return work_date if await is_to_be_asked(session, actor, work_date, now=now) else None


async def _own_lines(session: AsyncSession, actor: Actor, work_date: date) -> list[PlanLine]:
    """The person's own lines of a date, done ones too, locked."""
    rows = await session.scalars(
        select(PlanLine)
        .where(
            PlanLine.person_id == actor.person_id,
            PlanLine.work_date == work_date,
        )
        .order_by(PlanLine.position, PlanLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)
