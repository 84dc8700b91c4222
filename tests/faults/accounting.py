"""What became of everything that was typed: each activity is accounted for once, or it is lost.

An entry; the words of a note, a reason or a reply, when a question waited for those; words a question still
keeps; words that were given back, in a message that shows them; or words that were refused. A refusal is
believed only where the database says that the very update was refused, and its sentence stands in the chat
between the text and the answer to the next one. Nothing else counts.

Words come back once, with their line breaks, by a notice; a refused text's when its refusal may not have been
shown, so both may stand in the chat. (Nobody here types so much that it comes back in parts.)
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from bot.kept_words import UNTAKEN
from models import (
    Account,
    Blocker,
    Day,
    Decision,
    DialogueRow,
    Entry,
    Feedback,
    OutboxMessage,
    OutboxState,
    SeenUpdate,
)
from models.engine import Database
from simulator import Message, Simulator
from tests.faults.people import Ledger, Typed, wording
from tests.faults.sentences import first_text, gives_back, refuses

GIVEN_BACK = "words_given_back"
BACK = ("given back", "given back perhaps")
Typing = tuple[int, int, bool]
"""Chat, message, and whether it was edited: one update."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A text nobody can say of what became of it, and why not."""

    typed: Typed
    why: str

    def __str__(self) -> str:
        one = self.typed
        where = f"message {one.message_id} of {one.chat_id}"
        return f"K{one.number}, typed by {one.person_id} in {where}, is gone: {self.why}"


@dataclass(slots=True)
class Accounts:
    """How many activities became what, and what is wrong."""

    became: Counter[str] = field(default_factory=Counter)
    unexplained: list[Unexplained] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    days: int = 0


@dataclass(slots=True)
class Stored:
    """What the database holds of what was typed."""

    entries: dict[tuple[int | None, int | None, int | None], list[Any]]
    words: list[tuple[int | None, str | None]]
    kept: dict[int, str]
    """What the question of a chat holds."""
    given_back: dict[int, list[OutboxMessage]]
    """By person."""
    refused: set[int]
    """Updates of which it says so."""
    chats: dict[int, int]
    """By person."""
    days: int


async def account(database: Database, sim: Simulator, ledger: Ledger) -> Accounts:
    """Everything that was typed, in the order it was; the office must have come to rest."""
    stored = await _stored(database)
    found = Accounts(days=stored.days)
    by_number = Counter(
        row.activity.split("perkara ")[-1].split()[0] for rows in stored.entries.values() for row in rows
    )
    entries = dict(stored.entries)
    missing: list[Typed] = []
    unedited: list[Typed] = []
    for one in ledger.typed:
        own = entries.pop((one.chat_id, one.message_id, one.index), [])
        became = _words(one, stored.words)
        if len(own) + became > 1 or by_number[f"K{one.number}"] > 1:
            count = max(len(own) + became, by_number[f"K{one.number}"])
            found.doubles.append(f"K{one.number} is there {count} times")
        if own:
            found.became["entry"] += 1
            if _is_as_first_typed(one, own[0]):
                unedited.append(one)
            else:
                _compared(one, own[0], found)
        elif became:
            found.became["words"] += 1
        else:
            missing.append(one)
        if own or became:
            if ledger.updates.get((one.chat_id, one.message_id, False)) in stored.refused:
                found.faults.append(f"K{one.number} is stored, and so is that it was refused")
            if _shown_back(one, sim):
                found.doubles.append(f"K{one.number} is stored and was given back")
    found.doubles += [f"an entry nobody typed: {source}" for source in entries]
    _elsewhere(missing, unedited, stored, sim, ledger, found)
    _given_back(stored, sim, ledger, found)
    found.losses += [str(one) for one in found.unexplained]
    return found


async def _stored(database: Database) -> Stored:
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
        entries: dict[tuple[int | None, int | None, int | None], list[Any]] = defaultdict(list)
        for row in rows:
            entries[row.source_chat_id, row.source_message_id, row.source_index].append(row)
        words = [
            *[(one.from_id, one.text) for one in await session.scalars(select(Feedback))],
            *[(one.to_id, one.reply) for one in await session.scalars(select(Feedback))],
            *[(one.decided_by, one.reason) for one in await session.scalars(select(Decision))],
            *[(one.answered_by, one.answer) for one in await session.scalars(select(Blocker))],
        ]
        asked = (await session.scalars(select(DialogueRow).where(DialogueRow.step.is_not(None)))).all()
        kept = {one.chat_id: str(dict(one.data)).replace("\\n", "\n") for one in asked}
        given_back: dict[int, list[OutboxMessage]] = defaultdict(list)
        for notice in await session.scalars(select(OutboxMessage).where(OutboxMessage.kind == GIVEN_BACK)):
            given_back[notice.person_id or 0].append(notice)
        seen = select(SeenUpdate.update_id).where(SeenUpdate.card_kind == UNTAKEN[0])
        refused = set(await session.scalars(seen))
        chats = {one.person_id: one.chat_id for one in await session.scalars(select(Account))}
        days = len((await session.scalars(select(Day.id))).all())
        session.expunge_all()
    return Stored(entries, words, kept, given_back, refused, chats, days)


def _words(one: Typed, words: list[tuple[int | None, str | None]]) -> int:
    """How often it is a note, a reason or a reply of whoever typed it."""
    return sum(text.count(wording(one.number)) for who, text in words if text and who == one.person_id)


def _is_as_first_typed(one: Typed, entry: Any) -> bool:
    """Whether it was edited, and the entry says what it said before: the edit may have been refused."""
    activity, _, outcome = wording(one.number).partition(" -> ")
    return one.edited and (entry.activity, entry.outcome) == (activity, outcome)


def _compared(one: Typed, entry: Any, found: Accounts) -> None:
    if entry.person_id != one.person_id:
        found.faults.append(f"K{one.number} belongs to somebody else")
    activity, _, outcome = wording(one.number, edited=one.edited).partition(" -> ")
    if (entry.activity, entry.outcome) != (activity, outcome):
        found.losses.append(f"K{one.number} does not say what was typed last")


def _elsewhere(
    missing: Sequence[Typed],
    unedited: Sequence[Typed],
    stored: Stored,
    sim: Simulator,
    ledger: Ledger,
    found: Accounts,
) -> None:
    """Nothing of these is stored as what it was typed for."""
    open_: dict[Typing, list[Typed]] = defaultdict(list)
    for one in missing:
        key = (one.chat_id, one.message_id, False)
        fate = _fate(one, key, stored, sim)
        if fate is not None and not (fate in BACK and ledger.updates.get(key) in stored.refused):
            found.became[fate] += 1
        else:
            open_[key].append(one)
    for one in unedited:
        open_[one.chat_id, one.message_id, True].append(one)
    said = _refusals(list(open_), stored, sim, ledger)
    for key, activities in open_.items():
        fate, why = said[key]
        if not why:
            found.became["refused edits" if key[2] else fate] += len(activities)
        found.unexplained += [Unexplained(one, why) for one in activities if why]


def _fate(one: Typed, key: Typing, stored: Stored, sim: Simulator) -> str | None:
    """Kept by a question, or given back by a notice; None: neither."""
    if wording(one.number) in stored.kept.get(one.chat_id, ""):
        later = _later(one, sim)
        shown = any(f"K{one.number}" in each.text and not each.deleted for each in later)
        return "kept" if shown else "kept unseen"
    notices = [row for row in stored.given_back[one.person_id] if _said(key, sim) in row.payload["text"]]
    if notices and _shown_again(key, sim):
        return "given back"
    return "given back perhaps" if _unsure(notices) else None


def _unsure(notices: Sequence[OutboxMessage]) -> bool:
    return any(one.state is OutboxState.UNCERTAIN for one in notices)


def _later(one: Typed, sim: Simulator) -> list[Message]:
    messages = sim.people[one.chat_id].chat.messages
    return [each for each in messages.values() if each.from_bot and each.id > one.message_id]


def _shown_back(one: Typed, sim: Simulator) -> bool:
    """As it was typed first; what an edit said may be given back while the entry stands as it was."""
    return any(gives_back(each) and wording(one.number) in each.text for each in _later(one, sim))


def _refusals(
    texts: Sequence[Typing], stored: Stored, sim: Simulator, ledger: Ledger
) -> Mapping[Typing, tuple[str, str]]:
    """What became of each of these texts, and, when that is not known, why not.

    Told either by showing its words again, or by a sentence of refusal. A chat is answered in the order of
    its updates, so each sentence belongs to one text: the first one refused before it that has none, if
    nothing that was typed later had been answered by then. A text that was given back has its sentence too,
    unless a kill may have come before it.
    """
    found: dict[Typing, tuple[str, str]] = {}
    used: set[int] = set()
    notices = [one for rows in stored.given_back.values() for one in rows]
    for key in sorted(texts, key=lambda each: (each[0], ledger.updates.get(each, 0))):
        update_id = ledger.updates.get(key)
        if update_id is None:
            found[key] = "", "its update was never confirmed"
            continue
        if update_id not in stored.refused:
            found[key] = "", f"nothing is stored of update {update_id}, and it was not refused"
            continue
        told, back = _told_after(key, used, sim, ledger), _shown_again(key, sim)
        if back and told is not None:
            typed = sim.people[key[0]].chat.messages[key[1]].serial
            killed = any(typed <= kill <= told.serial for kill in ledger.kills())
            told = None if killed or told.serial > back[0].serial else told
        if told is not None:
            used.add(told.serial)
        words = _said(key, sim)
        own = [one for one in notices if one.payload["chat"] == key[0] and words in one.payload["text"]]
        if back or told is not None:
            found[key] = "given back" if back else "refused", ""
        elif _unsure(own):
            found[key] = "given back perhaps", ""
        else:
            found[key] = "", f"update {update_id} was refused and nobody was told"
    return found


def _said(key: Typing, sim: Simulator) -> str:
    """The words of a text with their line breaks, as they are given back."""
    message = sim.people[key[0]].chat.messages[key[1]]
    return message.text if key[2] else first_text(message)


def _shown_again(key: Typing, sim: Simulator) -> list[Message]:
    """Where its own words were shown again as not used, in that order."""
    messages = sim.people[key[0]].chat.messages.values()
    words = _said(key, sim)
    found = (each for each in messages if each.id > key[1] and gives_back(each) and words in each.text)
    return sorted(found, key=lambda each: each.serial)


def _told_after(key: Typing, used: set[int], sim: Simulator, ledger: Ledger) -> Message | None:
    messages = sim.people[key[0]].chat.messages
    own = messages[key[1]]
    answered = (
        each.changed
        for each in messages.values()
        if each.id > own.id and each.reactions and (key[0], each.id, False) in ledger.updates
    )
    until = min(answered, default=None)
    for each in messages.values():
        in_time = own.id < each.id and (until is None or each.serial < until)
        if in_time and each.serial not in used and refuses(each):
            return each
    return None


def _given_back(stored: Stored, sim: Simulator, ledger: Ledger, found: Accounts) -> None:
    """A message that gives words back is one notice's, each of these has its message; none says it again."""
    notices = [one for rows in stored.given_back.values() for one in rows]
    for person in sim.people.values():
        messages = person.chat.messages
        rows = [one for one in notices if int(one.payload["chat"]) == person.id]
        sent = [one for one in rows if one.state is OutboxState.SENT]
        named = Counter(one.message_id for one in sent if one.message_id is not None)
        for row in sent:
            if row.message_id is None and stored.chats.get(row.person_id or 0) == person.id:
                found.losses.append(f"{GIVEN_BACK} {row.id} is sent, and no message tells it")
        for message_id, count in named.items():
            if count > 1:
                found.doubles.append(f"{GIVEN_BACK}: {count} rows name message {message_id}")
            if message_id not in messages:
                found.losses.append(f"{GIVEN_BACK} for {person.id}: message {message_id} was never sent")
        repeated = _repeated(person.id, sim, ledger, found)
        unsure = [str(one.payload["text"]) for one in rows if one.state is OutboxState.UNCERTAIN]
        for each in messages.values():
            if not gives_back(each) or each.id in named or each.id in repeated:
                continue
            words = next((one for one in unsure if one in each.text), None)
            if words is None:
                found.doubles.append(f"{GIVEN_BACK} for {person.id}: message {each.id} is of no notice")
            else:
                unsure.remove(words)


def _repeated(chat_id: int, sim: Simulator, ledger: Ledger, found: Accounts) -> set[int]:
    """Messages with words that had been given back before; one more a kill between the two is no double."""
    kills = ledger.kills()
    repeated: set[int] = set()
    for key in ledger.updates:
        if key[0] != chat_id:
            continue
        shown = _shown_again(key, sim)
        for before, each in pairwise(shown):
            if each.id in repeated:
                continue
            repeated.add(each.id)
            excuse = next((one for one in kills if before.serial <= one <= each.serial), None)
            if excuse is None:
                found.doubles.append(f"{GIVEN_BACK} for {chat_id}: message {each.id} says it again")
            else:
                kills.remove(excuse)
                found.became["given back again"] += 1
    return repeated
