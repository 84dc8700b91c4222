"""`/rencana`: the plan of a day, from the morning question to the report."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Message, Turn
from bot.day_answers import ask_outcomes, both, take, work_date_of
from bot.plan_answers import PLAN, PLAN_QUESTION, ask_plan, plan_card, show_or_ask, take_plan
from bot.screens import CardRef, Screen
from bot.views.planning import plan_question, plan_screen
from bot.views.prompt import greeting
from services import planning
from services.clock import local_date
from services.dialogue import Step
from services.reading.absence import Absence, read_absence

ASKED = "asked"
"""The face of the card as the morning question."""


async def render_plan(turn: Turn, ref: CardRef) -> Screen | None:
    actor = turn.actor
    work_date = date.fromordinal(ref.subject)
    hello = greeting(turn.t, actor.name, now=turn.now, zone=actor.zone) if ref.view == ASKED else None
    return plan_screen(
        turn.t,
        await planning.shown_plan(turn.session, actor, work_date, now=turn.now),
        work_date=work_date,
        today=local_date(turn.now, actor.zone),
        greeting=hello,
        sensitive=ref.view == "sensitive",
    )


async def render_question(turn: Turn, ref: CardRef) -> Screen | None:
    """What a plan is asked for while it is waited for."""
    question, work_date = turn.question, date.fromordinal(ref.subject)
    if question is None or question.step is not Step.PLAN or question.data["day"] != work_date.isoformat():
        return None
    return plan_question(turn.t, work_date, local_date(turn.now, turn.actor.zone))


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/rencana`, with or without the lines behind it."""
    if not arguments.strip():
        return await show_or_ask(turn, local_date(turn.now, turn.actor.zone))
    typed = turn.message.text.split(maxsplit=1)[1] if turn.message else arguments
    return await take_plan(turn, typed, None)


async def on_write(turn: Turn, press: Press) -> Answer:
    """«Tambah», and «Tulis rencana» in the morning."""
    work_date = work_date_of(press.arg)
    await planning.ensure_plannable(turn.session, turn.actor, work_date, now=turn.now)
    return ask_plan(turn, work_date)


async def on_text(turn: Turn, message: Message) -> Answer:
    """The plan that was asked for; «saya sakit hari ini» is none."""
    data = turn.question.data if turn.question else {}
    if read_absence(message.text) is Absence.AWAY:
        turn.done()
        return await take(turn, message)
    return await take_plan(turn, message.text, date.fromisoformat(data["day"]))


async def on_drop(turn: Turn, press: Press) -> Answer:
    """`arg`: the date of the card; pressed twice, the line is gone once."""
    work_date = await planning.drop_line(turn.session, turn.actor, press.subject)
    if work_date is None:
        work_date = work_date_of(press.arg)
        await planning.ensure_plannable(turn.session, turn.actor, work_date, now=turn.now)
    shown = plan_card(max(work_date, local_date(turn.now, turn.actor.zone)))
    return Answer(cards=shown.cards, toast=turn.t.plain("plan.dropped"))


async def on_mask(turn: Turn, press: Press) -> Answer:
    """`arg`: the date; with `.k` the numbers stay."""
    day, _, keep = press.arg.partition(".")
    work_date = work_date_of(day)
    await planning.ensure_plannable(turn.session, turn.actor, work_date, now=turn.now)
    if keep:
        return plan_card(work_date)
    await planning.mask_plan(turn.session, turn.actor, work_date)
    return Answer(cards=plan_card(work_date).cards, toast=turn.t.plain("day.masked"))


async def on_use(turn: Turn, press: Press) -> Answer:
    """«Pakai rencana», from the card or from the question of the day; the argument is the work date."""
    day_id = await planning.use_plan(turn.session, turn.actor, work_date_of(press.arg), now=turn.now)
    await ask_outcomes(turn, day_id)
    return Answer(cards=both(day_id), toast=turn.t.plain("plan.used"))


async def on_plan_asked(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """The morning question, unless it has lost its sense meanwhile."""
    work_date = date.fromisoformat(payload["work_date"])
    if not await planning.is_to_be_asked(turn.session, turn.actor, work_date, now=turn.now):
        return None
    return Answer(cards=plan_card(work_date, ASKED).cards, below=True)


FEATURE = Feature(
    name="planning",
    commands=(Command("rencana", on_command, shown_to=lambda actor: actor.reports),),
    presses={
        Kind.PLAN_WRITE: on_write,
        Kind.PLAN_DROP: on_drop,
        Kind.PLAN_MASK: on_mask,
        Kind.PLAN_USE: on_use,
    },
    answers={Step.PLAN: on_text},
    cards={PLAN: render_plan, PLAN_QUESTION: render_question},
    notices={planning.PLAN_ASKED: on_plan_asked},
)
