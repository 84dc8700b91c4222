"""Following up a `perbaikan`: a date, and how it went."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn, card
from bot.day_answers import take
from bot.screens import CardRef, Screen
from bot.views.coaching import ASK, NO, WEEKS, closed_screen, coaching_screen, date_question
from services import coaching
from services.approvals.telling import name_of
from services.clock import local_date
from services.coaching import COACHING
from services.dialogue import Step
from services.errors import Invalid, NotFound
from services.reading.dates import Mode, read_dates
from services.states import Progress

GONE = "gone"
MOST_WORDS = 4
"""A longer text that names no date is no attempt at one, where a date was only offered."""


async def render(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.view == GONE:
        return None
    one = await coaching.load_coaching(turn.session, turn.actor, ref.subject, now=turn.now)
    due = await coaching.due_coaching(turn.session, turn.actor, now=turn.now)
    others = [other.id for other in due if other.id != one.id]
    settled = not one.due and others
    return coaching_screen(turn.t, one, following=others[0] if settled else None, more=len(others))


async def on_show(turn: Turn, press: Press) -> Answer:
    """From the brief, which stays where it is; the next one takes the place of the one before."""
    one = await coaching.load_coaching(turn.session, turn.actor, press.subject, now=turn.now)
    if one.follow_up_on is None and one.closed_at is None:
        turn.ask(Step.FOLLOW_UP, feedback=one.id, offered=True)
    return Answer(cards=card(COACHING, press.subject), below=press.arg != "next")


async def on_follow_up(turn: Turn, press: Press) -> Answer:
    """`arg`: in how many weeks, on a date that is asked for, or not at all."""
    one = await coaching.load_coaching(turn.session, turn.actor, press.subject, now=turn.now)
    if press.arg == NO:
        return Answer(cards=card(COACHING, one.id, view=GONE))
    if press.arg == ASK:
        turn.ask(Step.FOLLOW_UP, feedback=one.id)
        return Answer(screens=(date_question(turn.t, one),))
    weeks = next((count for count in WEEKS if press.arg == str(count)), None)
    if weeks is None:
        raise NotFound
    on = coaching.in_weeks(turn.actor, weeks, now=turn.now)
    await coaching.follow_up(turn.session, turn.actor, one.id, on=on, now=turn.now)
    return Answer(cards=card(COACHING, one.id), toast=turn.t.plain("coaching.kept", day=turn.t.date(on)))


async def on_date(turn: Turn, message: Message) -> Answer:
    feedback_id = int(turn.question.data["feedback"]) if turn.question else 0
    today = local_date(turn.now, turn.actor.zone)
    span = read_dates(message.text, today=today, mode=Mode.FUTURE)
    if span is None and is_offered(turn) and len(message.text.split()) > MOST_WORDS:
        turn.done()
        return await take(turn, message)
    if span is None or span.first != span.last:
        raise Invalid("follow_up", "follow_up_unread")
    try:
        await coaching.follow_up(turn.session, turn.actor, feedback_id, on=span.first, now=turn.now)
    except Invalid:
        raise  # the question stays: it may be answered again
    except NotFound as error:
        turn.done()
        return Answer(screens=(Screen(turn.t(f"errors.{error.code}", **error.params)),), untaken=True)
    turn.done()
    return Answer(cards=card(COACHING, feedback_id), reaction="👌")


def is_offered(turn: Turn) -> bool:
    """Whether a date may be typed beside the buttons, and nobody pressed to type one."""
    return turn.question is not None and bool(turn.question.data.get("offered"))


async def on_close(turn: Turn, press: Press) -> Answer:
    if press.arg not in set(Progress):
        raise NotFound
    progress = Progress(press.arg)
    one = await coaching.close(turn.session, turn.actor, press.subject, progress=progress, now=turn.now)
    if progress is Progress.NOT_YET:
        turn.ask(Step.FOLLOW_UP, feedback=one.id, offered=True)
    return Answer(cards=card(COACHING, one.id), toast=turn.t.plain("coaching.told", name=one.to_name))


async def on_closed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    one = await coaching.load_closed(turn.session, turn.actor, int(payload["feedback_id"]))
    if one is None:
        return None
    by = await name_of(turn.session, int(payload["by"]))
    return Answer(screens=(closed_screen(turn.t, one, by=by),))


FEATURE = Feature(
    name="coaching",
    presses={
        Kind.FOLLOW_UP: on_follow_up,
        Kind.FOLLOW_UP_SHOW: on_show,
        Kind.FOLLOW_UP_CLOSE: on_close,
    },
    answers={Step.FOLLOW_UP: on_date},
    cards={COACHING: render},
    notices={"coaching_closed": on_closed},
)
