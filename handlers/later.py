"""«Nanti» and «Tidak bertugas»: the question of the day is put off, or answered by one tap."""

import enum
from typing import TypeVar

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Turn
from bot.day_answers import question_of, work_date_of
from services.duty.periods import cancel_period, mark_off_today, set_kind
from services.errors import NotAllowed, NotFound
from services.prompting import still_open
from services.rounds.reminder_times import Choice
from services.rounds.reminders import snooze
from services.states import DayKind

Named = TypeVar("Named", bound=enum.StrEnum)


def _one_of(kinds: type[Named], said: str) -> Named:
    """What a button names. Raises NotFound for anything else."""
    try:
        return kinds(said)
    except ValueError:
        raise NotFound from None


async def on_later(turn: Turn, press: Press) -> Answer:
    """Offers when to come back. Argument: the date."""
    work_date = work_date_of(press.arg)
    await still_open(turn.session, turn.actor, work_date, now=turn.now)
    return Answer(cards=question_of(work_date, view="later"))


async def on_snooze(turn: Turn, press: Press) -> Answer:
    """The choice replaces the remaining reminders. Argument: the date and the choice."""
    day, _, said = press.arg.partition(".")
    work_date = work_date_of(day)
    choice = _one_of(Choice, said)
    await still_open(turn.session, turn.actor, work_date, now=turn.now)
    chosen = await snooze(turn.session, turn.actor, work_date, choice, now=turn.now)
    seconds = int(chosen.due_at.timestamp())
    return Answer(cards=question_of(work_date, view="snoozed", focus=seconds))


async def on_off(turn: Turn, press: Press) -> Answer:
    """One tap, no reason. Argument: the date; the subject is who was asked."""
    if press.subject != turn.actor.person_id:
        raise NotAllowed
    work_date = work_date_of(press.arg)
    await still_open(turn.session, turn.actor, work_date, now=turn.now)
    await mark_off_today(turn.session, turn.actor, work_date, now=turn.now)
    return Answer(cards=question_of(work_date), toast=turn.t.plain("later.noted"))


async def on_off_kind(turn: Turn, press: Press) -> Answer:
    """Says what kind of day it was. Argument: the date and the kind; the subject is the period."""
    day, _, said = press.arg.partition(".")
    work_date = work_date_of(day)
    kind = _one_of(DayKind, said)
    await set_kind(turn.session, turn.actor, press.subject, kind, now=turn.now)
    await still_open(turn.session, turn.actor, work_date, now=turn.now)
    view = "field" if kind is DayKind.FIELD else ""
    return Answer(cards=question_of(work_date, view=view), toast=turn.t.plain("later.noted"))


async def on_off_undo(turn: Turn, press: Press) -> Answer:
    """On duty after all: the question is back. Argument: the date; the subject is the period."""
    work_date = work_date_of(press.arg)
    await cancel_period(turn.session, turn.actor, press.subject, now=turn.now)
    await still_open(turn.session, turn.actor, work_date, now=turn.now)
    return Answer(cards=question_of(work_date), toast=turn.t.plain("later.taken_back"))


FEATURE = Feature(
    name="later",
    presses={
        Kind.PROMPT_LATER: on_later,
        Kind.PROMPT_SNOOZE: on_snooze,
        Kind.PROMPT_OFF: on_off,
        Kind.OFF_KIND: on_off_kind,
        Kind.OFF_UNDO: on_off_undo,
    },
)
