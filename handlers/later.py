"""«Nanti» and «Tidak bertugas»: the question of the day is put off, or answered by one tap."""

import enum
from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn
from bot.day_answers import question_of, take, work_date_of
from bot.screens import Screen
from bot.views.later import later_screen, not_a_time_screen
from services.clock import local_date
from services.dialogue import Step
from services.duty.periods import cancel_period, mark_off_today, set_kind
from services.errors import NotAllowed, NotFound
from services.prompting import Asking, still_open
from services.reading.orders import is_only_time
from services.reading.times import read_times
from services.rounds.reminder_times import Choice, Later
from services.rounds.reminders import choices, snooze
from services.states import DayKind

SAID = {
    Choice.LATER_HOUR: frozenset({"1 jam lagi", "satu jam lagi", "sejam lagi", "1 jam", "sejam"}),
    Choice.TONIGHT: frozenset({"malam", "malam ini", "nanti malam", "ntar malam"}),
    Choice.TOMORROW: frozenset({"besok", "besok pagi", "bsk", "bsk pagi", "besok aja", "besok saja"}),
}
"""What people type instead of pressing a choice."""
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
    turn.ask(Step.SNOOZE, day=work_date.isoformat())
    return Answer(cards=question_of(work_date, view="later"))


async def on_time(turn: Turn, message: Message) -> Answer:
    """A time typed at «Kapan saya kembali?»: one that is offered is taken; a report is a report."""
    work_date = date.fromisoformat(turn.question.data["day"]) if turn.question else turn.now.date()
    asking = await still_open(turn.session, turn.actor, work_date, now=turn.now)
    open_ = await choices(turn.session, turn.actor, work_date, now=turn.now)
    meant = _meant(message.text, open_, zone=turn.actor.zone)
    if meant is not None and any(one.choice is meant for one in open_):
        turn.done()
        return await _snoozed(turn, work_date, meant)
    if meant is None and not is_only_time(message.text):
        turn.done()
        return await take(turn, message)
    return Answer(screens=(_not_offered(turn, asking, open_),))


def _meant(text: str, open_: Sequence[Later], *, zone: str) -> Choice | None:
    """The choice that words name, offered or not, or that a time of the clock is."""
    words = text.strip(" .!").casefold()
    named = next((choice for choice, said in SAID.items() if words in said), None)
    if named is not None or not is_only_time(text):
        return named
    at = read_times(text)[0]
    return next((one.choice for one in open_ if one.due_at.astimezone(ZoneInfo(zone)).time() == at), None)


def _not_offered(turn: Turn, asking: Asking, open_: Sequence[Later]) -> Screen:
    zone = turn.actor.zone
    screen = later_screen(turn.t, asking, open_, zone=zone, today=local_date(turn.now, zone))
    return not_a_time_screen(turn.t, screen) if open_ else screen


async def on_snooze(turn: Turn, press: Press) -> Answer:
    """The choice replaces the remaining reminders. Argument: the date and the choice."""
    day, _, said = press.arg.partition(".")
    work_date = work_date_of(day)
    choice = _one_of(Choice, said)
    await still_open(turn.session, turn.actor, work_date, now=turn.now)
    return await _snoozed(turn, work_date, choice)


async def _snoozed(turn: Turn, work_date: date, choice: Choice) -> Answer:
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
    view, focus = ("field", press.subject) if kind is DayKind.FIELD else ("", 0)
    return Answer(cards=question_of(work_date, view=view, focus=focus), toast=turn.t.plain("later.noted"))


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
    answers={Step.SNOOZE: on_time},
)
