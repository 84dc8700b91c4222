"""Taking a typed text as a plan; shared by `/rencana` and by a text that answers the morning question."""

from datetime import date

from bot.context import Answer, Message, Turn, card
from bot.views.planning import plan_question, too_many_screen
from services import cards, planning
from services.clock import local_date
from services.dialogue import Step
from services.entries import drafting
from services.reading.capture import read_entries
from services.reading.sensitive import find_sensitive

PLAN = "plan"


def plan_card(work_date: date, view: str = "") -> Answer:
    """The card of a day's plan; its subject is the date."""
    return Answer(cards=card(PLAN, work_date.toordinal(), view=view))


async def as_plan(turn: Turn, message: Message) -> Answer | None:
    """What becomes of a text that answers a plan's card or this morning's question; None of any other."""
    work_date = await planned_day(turn, message)
    return await take_plan(turn, message.text, work_date) if work_date is not None else None


async def planned_day(turn: Turn, message: Message) -> date | None:
    """The day whose plan an unasked text is: it replies to a plan, or to this morning's question.

    A text with its own day or with an outcome is a report.
    """
    if turn.found is None:
        return None
    if message.reply_to is not None:
        standing = await cards.stood(turn.session, turn.chat_id, message.reply_to)
        if standing is not None and standing[0] == PLAN:
            return date.fromordinal(standing[1])
    if drafting.names_day(message.text, turn.actor, turn.now):
        return None
    found = read_entries(message.text)
    if not found or any(one.outcome for one in found):
        return None
    return await planning.awaits_plan(turn.session, turn.actor, now=turn.now)


async def take_plan(turn: Turn, text: str, work_date: date | None, *, first: bool = False) -> Answer:
    """Adds the lines and shows the card. A day without lines is shown or asked about; too many wait."""
    plan = await planning.take_plan(
        turn.session, turn.actor, text, work_date=work_date, first=first, now=turn.now
    )
    if plan.more:
        turn.ask(Step.PLAN, day=plan.work_date.isoformat(), text=text)
        return Answer(screens=(too_many_screen(turn.t, plan.lines, plan.more),))
    if not plan.lines:
        return await show_or_ask(turn, plan.work_date)
    turn.done()
    shown = plan_card(plan.work_date, "sensitive" if find_sensitive(text) else "")
    return Answer(cards=shown.cards, reaction="👌")


async def show_or_ask(turn: Turn, work_date: date) -> Answer:
    """The card of that day's plan, or the question when there is nothing on it."""
    await planning.ensure_plannable(turn.session, turn.actor, work_date, now=turn.now)
    if await planning.shown_plan(turn.session, turn.actor, work_date, now=turn.now):
        return plan_card(work_date)
    return ask_plan(turn, work_date)


def ask_plan(turn: Turn, work_date: date) -> Answer:
    """The next text is the plan of that day."""
    turn.ask(Step.PLAN, day=work_date.isoformat())
    today = local_date(turn.now, turn.actor.zone)
    return Answer(screens=(plan_question(turn.t, work_date, today),))
