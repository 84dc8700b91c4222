"""What a chat is being asked, and what the next input means. Pure, but for the row that is its lock.

            ask                     answer | cancel | lapse | another command
   (none) ───────▶ (a question) ───────────────────────────────────────────▶ (none)
                        │ press or file that is no answer: a firm question ends, a soft one waits on
                        └──────────────────────────────────────────────────▶

Invariants: one question a chat; it lapses after 30 minutes; text that no question waits for is a report.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import DialogueRow
from models.engine import insert_into

LAPSE = timedelta(minutes=30)


class Step(enum.StrEnum):
    """What is waited for."""

    OUTCOMES = "outcomes"
    FIELD = "field"
    REASON = "reason"
    FEEDBACK = "feedback"
    FEEDBACK_REPLY = "feedback_reply"
    PROMPT_TIME = "prompt_time"
    EVIDENCE = "evidence"
    DAY = "day"
    DAY_TEXT = "day_text"
    ACTING_NAME = "acting_name"
    ACTING_DATES = "acting_dates"
    FOLLOW_UP = "follow_up"
    DUTY_DATES = "duty_dates"
    DUTY_KIND = "duty_kind"
    DUTY_CONFIRM = "duty_confirm"
    SNOOZE = "snooze"
    EXCUSE_DATES = "excuse_dates"
    EXCUSE_REASON = "excuse_reason"
    EXCUSE_CONFIRM = "excuse_confirm"
    PLAN = "plan"
    BLOCKER = "blocker"
    BLOCKER_ANSWER = "blocker_answer"
    NOTHING = "nothing"
    HOLIDAY_NEW = "holiday_new"
    HOLIDAY_DATE = "holiday_date"
    HOLIDAY_NAME = "holiday_name"
    RAMADAN = "ramadan"
    PATTERN_PERSON = "pattern_person"
    SKP_TARGET = "skp_target"
    SKP_WORDING = "skp_wording"
    SKP_INDICATORS = "skp_indicators"
    SKP_INDICATOR = "skp_indicator"
    SKP_STEP = "skp_step"
    SKP_ANNEX = "skp_annex"
    SKP_EXPECTATION = "skp_expectation"
    SKP_REASON = "skp_reason"
    VALUE = "value"
    VALUE_REASON = "value_reason"
    SHEET_PERIOD = "sheet_period"
    SHEET_PERSON = "sheet_person"
    SHEET_AMOUNT = "sheet_amount"
    SHEET_TIME = "sheet_time"
    SHEET_STEP = "sheet_step"


SOFT = frozenset({Step.OUTCOMES, Step.EXCUSE_CONFIRM})
"""Questions that a press elsewhere does not end."""


TOLD = frozenset(
    {
        Step.REASON,
        Step.FEEDBACK,
        Step.FEEDBACK_REPLY,
        Step.BLOCKER_ANSWER,
        Step.SKP_TARGET,
        Step.SKP_WORDING,
        Step.SKP_INDICATORS,
        Step.SKP_INDICATOR,
        Step.SKP_STEP,
        Step.SKP_ANNEX,
        Step.SKP_EXPECTATION,
        Step.SKP_REASON,
        Step.VALUE_REASON,
        Step.SHEET_STEP,
    }
)
"""Questions whose answer others read: a citizen's number in it is asked about before."""


SHORT = TOLD - {Step.REASON, Step.FEEDBACK, Step.FEEDBACK_REPLY, Step.BLOCKER_ANSWER} | {
    Step.VALUE,
    Step.SHEET_PERIOD,
    Step.SHEET_PERSON,
    Step.SHEET_AMOUNT,
    Step.SHEET_TIME,
}
"""Questions whose answer tells nothing done: «Rapat -> disepakati» is a report then, and ends them."""


class Said(enum.StrEnum):
    """The kinds of input that matter here."""

    TEXT = "text"
    FILE = "file"
    EDIT = "edit"
    COMMAND = "command"
    PRESS = "press"
    CANCEL = "cancel"


class Route(enum.StrEnum):
    """What the input means."""

    ANSWER = "answer"
    REPORT = "report"
    EVIDENCE = "evidence"
    EDIT = "edit"
    COMMAND = "command"
    PRESS = "press"
    CANCEL = "cancel"


GIVING_UP = frozenset(
    {"batal", "batalkan", "gak jadi", "ga jadi", "nggak jadi", "tidak jadi", "cancel", "never mind"}
)
"""What people type instead of pressing «Batal»."""


@dataclass(frozen=True, slots=True)
class Question:
    """A pending question. `data` holds ids and revisions, JSON-shaped.

    `data["card"]`, a kind and an id, is the message that asks, when it is a card of its own.
    """

    step: Step
    expires_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


def ask(step: Step, *, now: datetime, **data: Any) -> Question:
    """A question that waits 30 minutes from now."""
    return Question(step, now + LAPSE, data)


def gives_up(text: str) -> bool:
    """«batal», typed instead of pressed."""
    return text.strip(" .!/").casefold() in GIVING_UP


def advance(question: Question | None, said: Said, *, now: datetime) -> tuple[Route, Question | None]:
    """What an input means while `question` is pending, and the question that stays pending before acting.

    An answered question stays until the answer is taken: a refused answer may be given again.
    """
    if question is not None and question.expires_at <= now:
        question = None
    match said:
        case Said.TEXT:
            return (Route.REPORT, None) if question is None else (Route.ANSWER, question)
        case Said.FILE:
            return Route.EVIDENCE, question
        case Said.EDIT:
            return Route.EDIT, question
        case Said.COMMAND:
            return Route.COMMAND, None
        case Said.CANCEL:
            return Route.CANCEL, None
        case Said.PRESS:
            return Route.PRESS, question if question is not None and question.step in SOFT else None


def closed(question: Question | None, said: Said, *, now: datetime) -> bool:
    """Whether a command ended a question for words that others read, or for one field of an activity: it is
    said, for what is typed next is a report."""
    if question is None or said is not Said.COMMAND:
        return False
    return question.step in (*TOLD, Step.FIELD) and question.expires_at > now


async def lock(session: AsyncSession, chat_id: int) -> DialogueRow:
    """The chat's row, locked until the transaction ends: one update of a chat at a time."""
    row: DialogueRow | None = (await session.scalars(_LOCKED, {"chat": chat_id})).one_or_none()
    if row is None:  # the first word of this chat
        await session.execute(
            insert_into(session, DialogueRow).values(chat_id=chat_id, data={}).on_conflict_do_nothing()
        )
        row = (await session.scalars(_LOCKED, {"chat": chat_id})).one()
    return row


_LOCKED: Any = select(DialogueRow).where(DialogueRow.chat_id == bindparam("chat")).with_for_update()


def read(row: DialogueRow) -> Question | None:
    """The question in a row; an unknown step of an older version is none."""
    if row.step is None or row.expires_at is None or row.step not in set(Step):
        return None
    return Question(Step(row.step), row.expires_at, dict(row.data))


def write(row: DialogueRow, question: Question | None) -> None:
    """Puts a question, or none, into the row."""
    data = dict(question.data) if question else {}
    row.step = question.step if question else None
    if row.data != data:
        row.data = data
    row.expires_at = question.expires_at if question else None
