"""What became of everything that was typed: each activity is accounted for once, or it is lost.

An entry; the words of a note, a reason or a reply, when a question waited for those; words a question still
keeps, shown in its message; or a sentence of the bot that says it did not take them. Nothing else counts.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models import Blocker, Day, Decision, DialogueRow, Entry, Feedback
from models.engine import Database
from simulator import Message, Simulator
from tests.faults.people import Ledger, Typed, wording

REFUSALS = (
    "outdated",
    "not_found",
    "entry_gone",
    "day_gone",
    "already_decided",
    "already_yours",
    "reason_short",
    "reason_long",
    "reason_thanks",
    "feedback_short",
    "feedback_long",
    "follow_up_unread",
    "no_link",
    "too_many_entries",
    "day_locked",
)
"""Sentences that tell a person that the bot did not take a text."""


@dataclass(slots=True)
class Accounts:
    """How many activities became what, and what is wrong."""

    became: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    days: int = 0


@cache
def locale() -> Mapping[str, Any]:
    """The sentences of the bot."""
    return tomllib.loads((Path(__file__).parents[2] / "locales" / "id.toml").read_text())


def opening(sentence: str) -> str:
    """A sentence up to what is filled in."""
    return sentence.split("{")[0].split("<")[0].strip()


async def account(database: Database, sim: Simulator, ledger: Ledger) -> Accounts:
    """Everything that was typed, in the order it was; the office must have come to rest."""
    found = Accounts()
    async with database.reading() as session:
        rows = await session.execute(
            select(
                Entry.source_chat_id,
                Entry.source_message_id,
                Entry.source_index,
                Entry.activity,
                Entry.outcome,
                Day.person_id,
            ).join(Day, Day.id == Entry.day_id)
        )
        stored: dict[tuple[int | None, int | None, int | None], list[Any]] = defaultdict(list)
        by_number: Counter[str] = Counter()
        for row in rows:
            stored[row.source_chat_id, row.source_message_id, row.source_index].append(row)
            by_number[row.activity.split("perkara ")[-1].split()[0]] += 1
        found.days = len((await session.scalars(select(Day.id))).all())
        words = [
            *[(one.from_id, one.text) for one in await session.scalars(select(Feedback))],
            *[(one.to_id, one.reply) for one in await session.scalars(select(Feedback))],
            *[(one.decided_by, one.reason) for one in await session.scalars(select(Decision))],
            *[(one.answered_by, one.answer) for one in await session.scalars(select(Blocker))],
        ]
        kept = {one.chat_id: dict(one.data) for one in await session.scalars(select(DialogueRow)) if one.step}
    refused: set[tuple[int, int]] = set()
    for one in ledger.typed:
        entries = stored.pop((one.chat_id, one.message_id, one.index), [])
        became = _words(one, words)
        if len(entries) + became > 1 or by_number[f"K{one.number}"] > 1:
            count = max(len(entries) + became, by_number[f"K{one.number}"])
            found.doubles.append(f"K{one.number} is there {count} times")
        if entries:
            found.became["entry"] += 1
            _compared(one, entries[0], found)
        elif became:
            found.became["words"] += 1
        else:
            _elsewhere(one, kept.get(one.chat_id, {}), sim, refused, found)
    found.doubles += [f"an entry nobody typed: {source}" for source in stored]
    return found


def _words(one: Typed, words: list[tuple[int | None, str | None]]) -> int:
    """How often it is a note, a reason or a reply of whoever typed it."""
    return sum(text.count(wording(one.number)) for who, text in words if text and who == one.person_id)


def _compared(one: Typed, entry: Any, found: Accounts) -> None:
    if entry.person_id != one.person_id:
        found.faults.append(f"K{one.number} belongs to somebody else")
    activity, _, outcome = wording(one.number, edited=one.edited).partition(" -> ")
    if (entry.activity, entry.outcome) != (activity, outcome):
        found.losses.append(f"K{one.number} does not say what was typed last")


def _elsewhere(
    one: Typed, kept: Mapping[str, Any], sim: Simulator, refused: set[tuple[int, int]], found: Accounts
) -> None:
    """It is stored nowhere as what it was typed for: either a question keeps it, or it was said so."""
    messages = sim.people[one.chat_id].chat.messages
    later = [each for each in messages.values() if each.from_bot and each.id > one.message_id]
    shown = any(f"K{one.number}" in each.text and not each.deleted for each in later)
    if wording(one.number) in str(kept).replace("\\n", "\n") and shown:
        found.became["kept"] += 1
    elif any(_gives_back(each) and wording(one.number) in each.text for each in later):
        found.became["given back"] += 1
    elif (said := _refusal(one, later, refused)) is not None:
        refused.add((one.chat_id, said.id))
        found.became["refused"] += 1
    else:
        found.losses.append(
            f"K{one.number}, typed by {one.person_id} in message {one.message_id} of {one.chat_id}, is gone"
        )


def _gives_back(message: Message) -> bool:
    return opening(locale()["dialogue"].get("unused", "\0")) in message.text


def _refusal(one: Typed, later: list[Message], refused: set[tuple[int, int]]) -> Message | None:
    """The first sentence after it that refuses a text and explains no other text."""
    known = [opening(locale()["errors"][code]) for code in REFUSALS]
    for each in later:
        text = each.history[0] if each.history else each.text
        if (one.chat_id, each.id) not in refused and any(text.startswith(word) for word in known if word):
            return each
    return None
