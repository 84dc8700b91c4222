"""The reply to the outcome question: told from a new report, taken, and taken back.

While the question waits, a text is its answer; it is a report only when it plainly is one (`is_report`): it
is headed by a day, a line of it gives an activity *and* its outcome, it lists more things than were asked
for, or it is one line that opens with work of its own (people who report line by line). A wrong guess costs
one press: `Ini kegiatan baru` restores what was missing and reads the same text as a report, `Ini hasilnya`
takes the new entry away and its text as the answer. A report leaves the question waiting.

What that press needs is kept in the chat's dialogue row, in the data of a question that has already lapsed
(or of the one that waits for the rest); the next input of the chat forgets it, and the card drops the button.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.dialogue import Question, Step, lock, read
from services.entries.asking import assign_answers, skipped
from services.entries.days import changed
from services.entries.editing import OutcomesTaken, set_outcomes, still_editable
from services.entries.openings import opens_with_work
from services.entries.suggesting import apply_suggestion, load_plan
from services.entries.views import DayView, EntryView
from services.people.identity import Actor
from services.reading.absence import read_absence
from services.reading.capture import read_entries
from services.reading.date_heading import leading_day
from services.reading.number_words import word_set

KEPT = "answered"
"""The name of what is kept of an answer, in the data of a question."""
REPORTED = "reported"
"""The name of what is kept of a text that was taken as a report while the question waited."""
ALIKE = 0.6
"""Share of words from which a line is the asked activity written once more."""
_ITEM = re.compile(
    r"\s*(?:(?:no\.?\s*)?\(?(?P<number>\d{1,3})\s?[.):]\)?(?!\d)|[-–•*▪])\s*(?=\S)", re.IGNORECASE
)
_PARTED = re.compile(
    r"(?P<left>.*[^\W\d_].*?)\s*(?:[-=–—]{1,3}>|→|⇒|➜|\b(?:hasil|output|outcome|dampak)(?:nya)?\s?:)\s*(?P<right>.*\w.*)",
    re.IGNORECASE,
)
_BETWEEN_NUMBERS = re.compile(r"\d\s*%?\s*(?:[-=–—]{1,3}>|→|⇒|➜)\s*\d")
_WORD = re.compile(r"\w+")
_ALL = frozenset({"semua", "semuanya", "semua2", "smua", "seluruhnya", "keduanya", "ketiganya"})
_DONE = _ALL | word_set(
    """
    sudah sdh udah telah selesai beres tuntas kelar rampung terlaksana terselesaikan lancar aman baik tertib
    dengan dan berjalan alhamdulillah siap ok oke ya pak bu bapak ibu kegiatan tugas pekerjaan di hari ini
    sukses dilaksanakan dikerjakan diselesaikan tercapai sesuai target rencana
    """
)
"""Words of which an answer for everything is made."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A text that came while outcomes were asked for. `before`: entry → its quantity and unit until then."""

    day_id: int
    message_id: int
    text: str
    before: Mapping[int, tuple[int | None, str | None]]

    def kept(self) -> dict[str, Any]:
        """JSON-shaped, for the dialogue row."""
        before = {str(key): list(value) for key, value in self.before.items()}
        return {"day": self.day_id, "message": self.message_id, "text": self.text, "before": before}


def is_report(text: str, asked: Sequence[EntryView], *, today: date) -> bool:
    """Whether a text that came while outcomes are asked for is plainly a new report."""
    leading = leading_day(text, today=today)
    if leading is not None and _is_heading(text, leading.said):
        return bool(read_entries(leading.rest))
    numbers: set[int | None] = set()
    items = 0
    for line in text.splitlines():
        item = _ITEM.match(line)
        if item is not None:
            items += 1
            numbers.add(int(item["number"]) if item["number"] else None)
        parted = _parted(line[item.end() :] if item else line)
        if parted is not None and _restated(parted[0], asked) is None:
            return True
    if items == 0 and len(text.strip().splitlines()) == 1:
        return opens_with_work(text, tuple(one.activity for one in asked))
    return items > len(asked) and not numbers <= {one.number for one in asked}


def is_absence(text: str, asked: Sequence[EntryView]) -> bool:
    """«Saya sakit» while outcomes are asked for: no outcome. «Nihil» skips them."""
    if read_absence(text) is None:
        return False
    return any(assign_answers(text, [one.number for one in asked]))


def is_for_all(text: str) -> bool:
    """«Sudah selesai semua»: one line without anything else, which answers for everything asked."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return "\n" not in text.strip() and not _ALL.isdisjoint(words) and _DONE.issuperset(words)


def _is_heading(text: str, said: str) -> bool:
    """«kemarin: …», or the day on a line of its own; not «kemarin sudah ditandatangani»."""
    after = text[text.find(said) + len(said) :]
    return re.match(r"[\s)*_]*(?:[:\n–—-])", after) is not None


def _parted(line: str) -> tuple[str, str] | None:
    """An activity and what came of it, when a line gives both. «nilai 60 -> 85» is one thing."""
    found = _PARTED.fullmatch(line.strip())
    if found is None or _BETWEEN_NUMBERS.search(line):
        return None
    return found["left"], found["right"]


def _restated(left: str, asked: Sequence[EntryView]) -> EntryView | None:
    """The asked entry whose activity these words repeat."""
    words = set(_WORD.findall(left.casefold()))
    for one in asked:
        if words and len(words & set(_WORD.findall(one.activity.casefold()))) >= ALIKE * len(words):
            return one
    return None


def without_restated(text: str, asked: Sequence[EntryView]) -> str:
    """«2. Menyusun modul -> modul siap» as «2. modul siap»: what was asked need not be said again."""
    lines = []
    for line in text.splitlines():
        item = _ITEM.match(line)
        parted = _parted(line[item.end() :] if item else line)
        entry = _restated(parted[0], asked) if parted else None
        lines.append(f"{entry.number}. {parted[1]}" if entry and parted else line)
    return "\n".join(lines)


async def take_answers(
    session: AsyncSession,
    actor: Actor,
    day: DayView,
    asked: Sequence[EntryView],
    text: str,
    *,
    message_id: int,
    now: datetime,
) -> tuple[OutcomesTaken, Answered]:
    """Gives each asked entry its answer; only what is skipped in words is. Numbers are those of the card."""
    given = answers_of(text, asked)
    taken = await set_outcomes(session, actor, given, now=now) if given else OutcomesTaken(day.id)
    return taken, noted(day, asked, text, message_id=message_id)


def answers_of(text: str, asked: Sequence[EntryView]) -> dict[int, str | None]:
    """The entries a reply is about: what came of each, or None for one it skips."""
    if len(asked) > 1 and is_for_all(text):
        return {one.id: text.strip() for one in asked}
    plain, numbers = without_restated(text, asked), [one.number for one in asked]
    found = zip(asked, assign_answers(plain, numbers), skipped(plain, numbers), strict=True)
    return {one.id: said for one, said, skips in found if said is not None or skips}


def noted(day: DayView, asked: Sequence[EntryView], text: str, *, message_id: int) -> Answered:
    """A text with what was asked about when it came."""
    return Answered(day.id, message_id, text, {one.id: (one.quantity, one.unit) for one in asked})


async def take_back(session: AsyncSession, actor: Actor, answered: Answered, *, now: datetime) -> None:
    """The entries are as they were before the answer: without an outcome, and not skipped."""
    day, entries = await still_editable(session, actor, list(answered.before), now=now)
    if day is None:
        return  # sent or deleted meanwhile
    plan = await load_plan(session, actor.person_id, day.work_date.year)
    for entry in entries:
        entry.outcome, entry.outcome_skipped, entry.repeat_noted = None, False, False
        entry.quantity, entry.unit = answered.before[entry.id]
        apply_suggestion(entry, plan)
    await changed(session, day)


def remembering(
    question: Question | None, answered: Answered, *, now: datetime, name: str = KEPT
) -> Question:
    """The question that goes on, or a lapsed one, with what was just taken; what came before is forgotten."""
    if question is not None and question.step is Step.OUTCOMES:
        data = {key: value for key, value in question.data.items() if key not in (KEPT, REPORTED)}
        return Question(Step.OUTCOMES, question.expires_at, {**data, name: answered.kept()})
    return Question(Step.OUTCOMES, now, {name: answered.kept()})


async def recall(
    session: AsyncSession, chat_id: int, *, message_id: int, name: str = KEPT
) -> Answered | None:
    """What the chat's last text was taken for, if it was this message and outcomes (or a report)."""
    kept = (await lock(session, chat_id)).data.get(name)
    if not kept or kept["message"] != message_id:
        return None
    before = {int(key): (value[0], value[1]) for key, value in kept["before"].items()}
    return Answered(kept["day"], kept["message"], kept["text"], before)


async def waiting(session: AsyncSession, chat_id: int, *, now: datetime) -> Question | None:
    """The question a chat was asked before the input in hand, unless it has lapsed."""
    question = read(await lock(session, chat_id))
    return question if question is not None and question.expires_at > now else None
