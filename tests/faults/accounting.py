"""What became of everything that was typed: each activity is accounted for once, or it is lost.

An entry; the words of a note, a reason or a reply, when a question waited for those; words a question still
keeps; words that were given back, in a message that shows them; or words that were refused. A refusal is
believed only where the database says that the very update was refused, and its sentence stands in the chat
between the text and the answer to the next one. Nothing else counts.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot.kept_words import UNTAKEN
from models import (
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
        days = len((await session.scalars(select(Day.id))).all())
        session.expunge_all()
    return Stored(entries, words, kept, given_back, refused, days)


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
        fate = _fate(one, stored, sim)
        if fate is not None:
            found.became[fate] += 1
        else:
            open_[one.chat_id, one.message_id, False].append(one)
    for one in unedited:
        open_[one.chat_id, one.message_id, True].append(one)
    said = _refusals(list(open_), stored, sim, ledger)
    for key, activities in open_.items():
        if not said[key]:
            found.became["refused edits" if key[2] else "refused"] += len(activities)
        found.unexplained += [Unexplained(one, said[key]) for one in activities if said[key]]


def _fate(one: Typed, stored: Stored, sim: Simulator) -> str | None:
    """Kept by a question, or given back by a notice; None: neither."""
    words = wording(one.number)
    if words in stored.kept.get(one.chat_id, ""):
        later = _later(one, sim)
        shown = any(f"K{one.number}" in each.text and not each.deleted for each in later)
        return "kept" if shown else "kept unseen"
    for notice in stored.given_back[one.person_id]:
        if words not in notice.payload["text"]:
            continue
        if _shown_back(one, sim):
            return "given back"
        return "given back perhaps" if notice.state is OutboxState.UNCERTAIN else None
    return None


def _later(one: Typed, sim: Simulator) -> list[Message]:
    messages = sim.people[one.chat_id].chat.messages
    return [each for each in messages.values() if each.from_bot and each.id > one.message_id]


def _shown_back(one: Typed, sim: Simulator) -> bool:
    """As it was typed first; what an edit said may be given back while the entry stands as it was."""
    return any(gives_back(each) and wording(one.number) in each.text for each in _later(one, sim))


def _refusals(
    texts: Sequence[Typing], stored: Stored, sim: Simulator, ledger: Ledger
) -> Mapping[Typing, str]:
    """Why each of these texts is not known to be refused; empty: it is, and its person was told.

    Told either by showing its words again, or by a sentence of refusal. A chat is answered in the order of
    its updates, so each sentence belongs to one text: the first one refused before it that has none, if
    nothing that was typed later had been answered by then.
    """
    found: dict[Typing, str] = {}
    used: set[int] = set()
    for key in sorted(texts, key=lambda each: (each[0], ledger.updates.get(each, 0))):
        update_id = ledger.updates.get(key)
        if update_id is None:
            found[key] = "its update was never confirmed"
        elif update_id not in stored.refused:
            found[key] = f"nothing is stored of update {update_id}, and it was not refused"
        elif _shown_again(key, sim):
            found[key] = ""
        elif (told := _told_after(key, used, sim, ledger)) is not None:
            found[key] = ""
            used.add(told.serial)
        else:
            found[key] = f"update {update_id} was refused and nobody was told"
    return found


def _said(key: Typing, sim: Simulator) -> str:
    """The words of a text on one line, as they are given back."""
    message = sim.people[key[0]].chat.messages[key[1]]
    return " ".join((message.text if key[2] else first_text(message)).split())


def _shown_again(key: Typing, sim: Simulator) -> bool:
    """Whether its own words were shown again as not used."""
    messages = sim.people[key[0]].chat.messages.values()
    words = _said(key, sim)
    return any(each.id > key[1] and gives_back(each) and words in each.text for each in messages)


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
    """Each message that gives words back is one notice's, or the answer to a refused text that came again."""
    notices = [one for rows in stored.given_back.values() for one in rows]
    refused = [key for key, update_id in ledger.updates.items() if update_id in stored.refused]
    for person in sim.people.values():
        messages = person.chat.messages
        rows = [one for one in notices if int(one.payload["chat"]) == person.id]
        sent = Counter(one.message_id for one in rows if one.state is OutboxState.SENT)
        unsure = sum(one.state is OutboxState.UNCERTAIN for one in rows)
        for message_id, count in sent.items():
            if count > 1:
                found.doubles.append(f"{GIVEN_BACK}: {count} rows name message {message_id}")
            if message_id not in messages:
                found.losses.append(f"{GIVEN_BACK} for {person.id}: message {message_id} was never sent")
        extra = [one for one in messages.values() if gives_back(one) and one.id not in sent]
        own = [_said(key, sim) for key in refused if key[0] == person.id]
        again = sum(any(words in one.text for words in own) for one in extra)
        found.became["given back again"] += again
        if len(extra) - again > unsure:
            more = len(extra) - again
            found.doubles.append(f"{GIVEN_BACK} for {person.id}: {more} more than sent, {unsure} uncertain")
