"""Taking a typed text as a plan; shared by `/rencana` and by a text that answers the morning question."""

from datetime import date

from bot.context import Answer, Message, Turn, card
from bot.views.planning import left_screen
from services import planning
from services.cards import stood
from services.clock import local_date
from services.dialogue import Step
from services.entries import drafting
from services.reading.absence import read_absence
from services.reading.capture import read_entries
from services.reading.sensitive import find_sensitive

PLAN, PLAN_QUESTION = "plan", "plan_question"
"""Cards, both of a date: the plan, and what is asked for it."""


def plan_card(work_date: date, view: str = "") -> Answer:
    """The card of a day's plan; its subject is the date."""
    return Answer(cards=card(PLAN, work_date.toordinal(), view=view))


async def as_plan(turn: Turn, message: Message) -> Answer | None:
    """What becomes of a text that answers a plan's card or this morning's question; None of any other."""
    work_date = await planned_day(turn, message)
    return await take_plan(turn, message.text, work_date) if work_date is not None else None


async def planned_day(turn: Turn, message: Message) -> date | None:
    """The day whose plan an unasked text is: it replies to a plan, or to this morning's question.

    A text with its own day or with an outcome is a report, and so is one about a plan of a day gone by. Who
    is away plans nothing.
    """
    found = read_entries(message.text)
    if turn.found is None or not found or any(one.outcome for one in found) or read_absence(message.text):
        return None
    if message.reply_to is not None:
        standing = await stood(turn.session, turn.chat_id, message.reply_to)
        if standing is not None and standing[0] == PLAN:
            work_date = date.fromordinal(standing[1])
            return work_date if work_date >= local_date(turn.now, turn.actor.zone) else None
    if drafting.names_day(message.text, turn.actor, turn.now):
        return None
    return await planning.awaits_plan(turn.session, turn.actor, now=turn.now)


async def take_plan(turn: Turn, text: str, work_date: date | None) -> Answer:
    """Adds the lines that fit, shows the card, and gives back those that do not."""
    plan = await planning.take_plan(turn.session, turn.actor, text, work_date=work_date, now=turn.now)
    if not plan.lines and not plan.left:
        return await show_or_ask(turn, plan.work_date)
    turn.done()
    shown = plan_card(plan.work_date, "sensitive" if find_sensitive(text) else "")
    cards = (*shown.cards, *card(PLAN_QUESTION, plan.work_date.toordinal()))
    if plan.left:
        return Answer(screens=(left_screen(turn.t, plan.left),), cards=cards)
    return Answer(cards=cards, reaction="👌", below=True)


async def show_or_ask(turn: Turn, work_date: date) -> Answer:
    """The card of that day's plan, or the question when there is nothing on it."""
    await planning.ensure_plannable(turn.session, turn.actor, work_date, now=turn.now)
    if await planning.shown_plan(turn.session, turn.actor, work_date, now=turn.now):
        return plan_card(work_date)
    return ask_plan(turn, work_date)


def ask_plan(turn: Turn, work_date: date) -> Answer:
    """The next text is the plan of that day. The question is a card, taken out of the chat once answered."""
    subject = work_date.toordinal()
    turn.ask(Step.PLAN, day=work_date.isoformat(), card=[PLAN_QUESTION, subject])
    return Answer(cards=card(PLAN_QUESTION, subject), below=True)
