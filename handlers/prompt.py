"""The question of the day, asked at each person's own time, and its reminders: one living message a date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Prepared, Turn
from bot.day_answers import QUESTION, question_of, work_date_of
from bot.screens import CardRef, Screen
from bot.views.later import away_screen, field_screen, later_screen, snoozed_screen
from bot.views.month_lock import lock_screen
from bot.views.prompt import greeting, prompt_screen, reminder_screen
from services.clock import local_date
from services.missing import unfinished
from services.planning import plan_of
from services.prompting import Asking, has_lapsed, look_at, still_open, too_late_to_ask, too_late_to_remind
from services.prompting_together import Question, look_together
from services.rounds.reminders import choices

REMINDED, REMINDED_LAST, REMINDED_CHOSEN = "reminded", "last", "chosen"
"""Faces of the question when it is asked again, by rule or as chosen; their focus counts how often."""


async def render_question(turn: Turn, ref: CardRef) -> Screen | None:
    """Nothing once the day is answered; what was recorded when the person is away; else the question."""
    actor, t = turn.actor, turn.t
    today = local_date(turn.now, actor.zone)
    asking = await look_at(turn.session, actor, date.fromordinal(ref.subject))
    if asking.sent:
        return None
    if asking.away is not None:
        return away_screen(t, asking, asking.away, today=today)
    return await _waiting(turn, ref, asking, today)


async def _waiting(turn: Turn, ref: CardRef, asking: Asking, today: date) -> Screen:
    """The faces of a day that is not answered yet."""
    actor, t = turn.actor, turn.t
    open_ = await choices(turn.session, actor, asking.work_date, now=turn.now)
    later = bool(open_)
    if ref.view == "later":
        return later_screen(t, asking, open_, zone=actor.zone, today=today)
    if ref.view == "snoozed":
        return snoozed_screen(t, asking, ref.focus, zone=actor.zone, today=today)
    if ref.view == "field":
        return field_screen(t, asking, later=later, period_id=ref.focus)
    plan = await plan_of(turn.session, actor.person_id, asking.work_date)
    return _asked(turn, ref, Question(asking, later, plan))


def _asked(turn: Turn, ref: CardRef, question: Question) -> Screen:
    """The question itself, for the first time or again."""
    actor, t, asking = turn.actor, turn.t, question.asking
    today = local_date(turn.now, actor.zone)
    if ref.view in (REMINDED, REMINDED_LAST, REMINDED_CHOSEN):
        return reminder_screen(
            t,
            asking,
            step=ref.focus,
            last=ref.view != REMINDED,
            chosen=ref.view == REMINDED_CHOSEN,
            today=today,
            plan=question.plan,
            later=question.later,
        )
    words = greeting(t, actor.name, now=turn.now, zone=actor.zone)
    return prompt_screen(t, asking, greeting=words, today=today, plan=question.plan, later=question.later)


async def on_prompted(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Asks, unless the day was answered meanwhile or its evening is over."""
    work_date = date.fromisoformat(payload["work_date"])
    if too_late_to_ask(work_date, turn.actor.zone, now=turn.now):
        return None
    if await has_lapsed(turn.session, turn.actor, work_date):
        return None
    return Answer(cards=question_of(work_date), below=True)


async def on_reminded(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Asks again in place of the earlier question, unless that is needless or too late by now."""
    work_date = date.fromisoformat(payload["work_date"])
    if too_late_to_remind(work_date, turn.actor.zone, now=turn.now):
        return None
    if await has_lapsed(turn.session, turn.actor, work_date):
        return None
    return Answer(cards=_reminder(work_date, payload), below=True)


def _reminder(work_date: date, payload: Mapping[str, Any]) -> tuple[CardRef, ...]:
    view = REMINDED_LAST if payload["last"] else REMINDED
    if payload.get("chosen"):
        view = REMINDED_CHOSEN
    return question_of(work_date, view=view, focus=int(payload["step"]))


async def on_prompted_together(
    turns: Sequence[Turn], payloads: Sequence[Mapping[str, Any]]
) -> list[Prepared | None]:
    """`on_prompted` for many."""
    asked = [
        (turn, date.fromisoformat(payload["work_date"]))
        for turn, payload in zip(turns, payloads, strict=True)
    ]
    late = [too_late_to_ask(day, turn.actor.zone, now=turn.now) for turn, day in asked]
    return await _together(asked, late, [question_of(day) for _, day in asked])


async def on_reminded_together(
    turns: Sequence[Turn], payloads: Sequence[Mapping[str, Any]]
) -> list[Prepared | None]:
    """`on_reminded` for many."""
    asked = [
        (turn, date.fromisoformat(payload["work_date"]))
        for turn, payload in zip(turns, payloads, strict=True)
    ]
    late = [too_late_to_remind(day, turn.actor.zone, now=turn.now) for turn, day in asked]
    cards = [_reminder(day, payload) for (_, day), payload in zip(asked, payloads, strict=True)]
    return await _together(asked, late, cards)


async def _together(
    asked: Sequence[tuple[Turn, date]], late: Sequence[bool], cards: Sequence[tuple[CardRef, ...]]
) -> list[Prepared | None]:
    first = asked[0][0]
    people = [(turn.actor, day) for turn, day in asked]
    questions = await look_together(first.session, people, now=first.now)
    return [
        None
        if too_late or question.lapsed
        else Prepared(Answer(cards=refs, below=True), tuple(_asked(turn, ref, question) for ref in refs))
        for (turn, _), too_late, refs, question in zip(asked, late, cards, questions, strict=True)
    ]


async def on_lock_warned(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Says what is left of the month that closes on that date, if anything is."""
    locked_on = date.fromisoformat(payload["work_date"])
    left = await unfinished(turn.session, turn.actor, locked_on, now=turn.now)
    return Answer(screens=(lock_screen(turn.t, left, zone=turn.actor.zone),)) if left else None


async def on_show(turn: Turn, press: Press) -> Answer:
    """Back to the question. Argument: its date."""
    work_date = work_date_of(press.arg)
    await still_open(turn.session, turn.actor, work_date, now=turn.now)
    return Answer(cards=question_of(work_date))


FEATURE = Feature(
    name="prompt",
    presses={Kind.PROMPT_SHOW: on_show},
    cards={QUESTION: render_question},
    notices={"prompted": on_prompted, "reminded": on_reminded, "lock_warned": on_lock_warned},
    batches={"prompted": on_prompted_together, "reminded": on_reminded_together},
)
