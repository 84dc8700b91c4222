"""The dates of Ramadan hours, for admins."""

from datetime import date

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.views.holidays import asks
from bot.views.ramadan import dates_of, ramadan_card
from services.calendar.ramadan import load_ramadans, reset_ramadan, set_ramadan
from services.calendar.typed import read_span
from services.clock import local_date
from services.dialogue import Step
from services.errors import Invalid, NotFound

RAMADAN = "ramadan"


async def render_ramadan(turn: Turn, ref: CardRef) -> Screen | None:
    return ramadan_card(turn.t, await load_ramadans(turn.session, turn.actor, ref.subject, now=turn.now))


async def on_show(turn: Turn, press: Press) -> Answer:
    await load_ramadans(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(RAMADAN, press.subject))


async def on_set(turn: Turn, press: Press) -> Answer:
    """`arg`: the first day of the one that is meant, or nothing when none is known."""
    shown = await load_ramadans(turn.session, turn.actor, press.subject, now=turn.now)
    found = [one for one in shown.found if one.first.isoformat() == press.arg]
    if press.arg and not found:
        raise NotFound
    turn.ask(Step.RAMADAN, year=press.subject, near=press.arg)
    if found:
        question = turn.t("ramadan.ask_instead", dates=dates_of(turn.t, found[0]))
    else:
        question = turn.t("ramadan.ask", year=press.subject)
    return Answer(screens=(asks(turn.t, question),))


async def on_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    near = date.fromisoformat(str(data["near"])) if data["near"] else None
    year = near.year if near else int(data["year"])
    span = read_span(message.text, year=year, today=local_date(turn.now, turn.actor.zone))
    if span is None or span.first == span.last:
        raise Invalid("span", "ramadan_unread")
    await set_ramadan(turn.session, turn.actor, span, now=turn.now)
    turn.done()
    return Answer(cards=card(RAMADAN, span.first.year), reaction="👌")


async def on_reset(turn: Turn, press: Press) -> Answer:
    year = await reset_ramadan(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(RAMADAN, year), toast=turn.t.plain("ramadan.was_reset"))


FEATURE = Feature(
    name="ramadan",
    presses={Kind.RAMADAN: on_show, Kind.RAMADAN_SET: on_set, Kind.RAMADAN_RESET: on_reset},
    answers={Step.RAMADAN: on_text},
    cards={RAMADAN: render_ramadan},
)
