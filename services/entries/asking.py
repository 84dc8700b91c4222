"""The one outcome question of a day, with ready answers from the person's own past."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, State
from services.dialogue import Question, Step
from services.entries.days import own_day
from services.entries.views import DayView, EntryView
from services.people.identity import Actor
from services.reading.capture import is_numbered, read_answers, read_skips

_MARKED = r"(\d{1,3})(?=\s*[.):](?:\s+\S|[^\W\d])|\s*-\s*[^\W\d])"
LINE_START = re.compile(rf"(^\s*(?:no\.?\s*)?){_MARKED}", re.MULTILINE | re.IGNORECASE)
ANYWHERE = re.compile(rf"(^\s*(?:no\.?\s*)?|(?<=[\s,;])){_MARKED}", re.MULTILINE | re.IGNORECASE)
"""Numbers of answers, where lines begin or also in the middle of one («2. … 3. …»)."""
READY = 2
"""Ready answers offered for one entry."""
LOOKED_AT = 50
"""Different outcomes, newest first, among which ready answers are looked for."""
TOLD = "told"
"""In a question's data: asked about before, so the card alone says what is left."""
MOST_ASKED = 50
"""Entries in one question; the rest are asked about once these are answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry without an outcome and outcomes the same person once gave for the same RHK."""

    entry: EntryView
    ready: tuple[str, ...]


def still_asked(day: DayView, question: Question | None) -> tuple[EntryView, ...]:
    """What a pending question still asks about: what has no outcome by now, by its present number."""
    if question is None or question.step is not Step.OUTCOMES or question.data.get("day") != day.id:
        return ()
    return tuple(one for one in missing_outcomes(day) if one.id in question.data["entries"])


def missing_outcomes(day: DayView) -> tuple[EntryView, ...]:
    """Entries that still lack an outcome which was not skipped."""
    return tuple(one for one in day.entries if one.editable and not one.outcome and not one.outcome_skipped)[
        :MOST_ASKED
    ]


def assign_answers(text: str, numbers: Sequence[int]) -> tuple[str | None, ...]:
    """One reply → an answer for each asked entry. `numbers`: what they were called in the question.

    Numbers that were all asked for name their entries; any other numbering counts in order. One line without
    a number is about the newest, which is the last.
    """
    text = renumbered(text, numbers)
    count = len(numbers)
    if count > 1 and len(text.strip().splitlines()) == 1 and not is_numbered(text, count):
        return (*[None] * (count - 1), *read_answers(text, 1))
    return read_answers(text, count)


def skipped(text: str, numbers: Sequence[int]) -> tuple[bool, ...]:
    """Which asked entries a reply skips: only what it says so of."""
    return read_skips(renumbered(text, numbers), len(numbers))


def renumbered(text: str, numbers: Sequence[int]) -> str:
    """A reply with the numbers of the card turned into the order of the question."""
    for lead in (ANYWHERE, LINE_START):
        said = {int(found.group(2)) for found in lead.finditer(text)}
        if said and said <= set(numbers):
            return lead.sub(lambda found: f"{found.group(1)}{numbers.index(int(found.group(2))) + 1}", text)
    return text


async def mark_asked(session: AsyncSession, actor: Actor, day_id: int) -> None:
    """Asked once: from now on the card only shows that outcomes are missing."""
    (await own_day(session, actor, day_id)).outcomes_asked = True


async def ask_again(session: AsyncSession, actor: Actor, day_id: int) -> None:
    """The person wants to be asked: what was skipped is asked about once more."""
    day = await own_day(session, actor, day_id)
    day.outcomes_asked = False
    unsent = [State.DRAFT, State.RETURNED]
    await session.execute(
        update(Entry)
        .where(Entry.day_id == day.id, Entry.outcome.is_(None), Entry.state.in_(unsent))
        .values(outcome_skipped=False)
    )


async def ready_answers(session: AsyncSession, day: DayView, entries: tuple[EntryView, ...]) -> list[Asked]:
    """Ready answers for each entry: the most recent different outcomes for the same RHK. One query."""
    targets = {one.target_id for one in entries if one.target_id is not None}
    past: dict[int, list[str]] = {}
    if targets:
        latest = func.max(Entry.id)
        rows = await session.execute(
            select(Entry.target_id, Entry.outcome, latest)
            .join(Day, Day.id == Entry.day_id)
            .where(
                Day.person_id == day.person_id,
                Entry.target_id.in_(targets),
                Entry.outcome.is_not(None),
                func.length(Entry.outcome) <= 60,
                Entry.state.in_([State.SUBMITTED, State.APPROVED, State.RECORDED]),
            )
            .group_by(Entry.target_id, Entry.outcome)
            .order_by(latest.desc())
            .limit(LOOKED_AT)
        )
        for target_id, outcome, _ in rows:
            if target_id is not None and outcome:
                past.setdefault(target_id, []).append(outcome)
    return [Asked(one, tuple(past.get(one.target_id or 0, [])[:READY])) for one in entries]


async def pick_ready(session: AsyncSession, actor: Actor, entry: Entry, code: str) -> str | None:
    """The full text of a ready answer, found again by its short code among the person's newest outcomes.

    First for the entry's RHK, as they were offered; then for any, since the RHK may have changed meanwhile.
    """
    latest = func.max(Entry.id)
    newest = (
        select(Entry.outcome, latest)
        .join(Day, Day.id == Entry.day_id)
        .where(Day.person_id == actor.person_id, Entry.outcome.is_not(None), func.length(Entry.outcome) <= 60)
        .group_by(Entry.outcome)
        .order_by(latest.desc())
        .limit(LOOKED_AT)
    )
    for query in (newest.where(Entry.target_id == entry.target_id), newest):
        for outcome, _ in await session.execute(query):
            if outcome and answer_code(outcome) == code:
                return outcome
    return None


def answer_code(text: str) -> str:
    """A short name of a ready answer that fits into a button."""
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
