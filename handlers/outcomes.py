"""The one question for missing outcomes: asked, answered in words or by a press, skipped."""

from dataclasses import replace

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn, card
from bot.day_answers import ASK, absent, answer, ask_outcomes, both, take, wait_for_outcomes
from bot.screens import CardRef, Screen
from bot.sending import send_typed
from bot.views.days import outcome_question
from bot.views.outcomes import example_of
from services.clock import local_date
from services.dialogue import Step
from services.entries import answering, asking, editing
from services.entries.blocked import note_answer
from services.entries.days import own_day, own_entry
from services.entries.views import DayView, EntryView, load_day
from services.errors import NotFound
from services.reading.absence import Absence, read_absence
from services.reading.orders import asks_for_help, is_aside, is_only_time, is_send


async def render_question(turn: Turn, ref: CardRef) -> Screen | None:
    if turn.question is None or asking.TOLD in turn.question.data:
        return None
    day = await load_day(turn.session, ref.subject)
    asked = asking.still_asked(day, turn.question)
    if not asked:
        return None
    return outcome_question(turn.t, day, await asking.ready_answers(turn.session, day, asked))


async def on_outcomes(turn: Turn, message: Message) -> Answer:
    """The reply to the outcome question, or plainly a new report: then the question goes on."""
    question = turn.question
    if question is None:
        return await take(turn, message)
    day = await load_day(turn.session, int(question.data["day"]))
    asked = asking.still_asked(day, question)
    if not asked:
        turn.done()
        return await take(turn, message)
    if answering.is_absence(message.text, asked):
        said = read_absence(message.text) or Absence.AWAY
        return await absent(turn, message, said, work_date=day.work_date)
    said_aside = await aside(turn, message, day, asked)
    if said_aside is not None:
        return said_aside
    if answering.is_report(message.text, asked, today=local_date(turn.now, turn.actor.zone)):
        return await report(turn, message, day, asked)
    return await plain_answer(turn, message, day, asked)


async def aside(turn: Turn, message: Message, day: DayView, asked: tuple[EntryView, ...]) -> Answer | None:
    """What is typed while outcomes are asked and is none: «kirim», «baik bu», «?», «jam 7.30 sampai 9»."""
    if is_send(message.text):
        return await send_typed(turn, day.id)
    if asks_for_help(message.text) and not any(asking.skipped(message.text, [1])):
        explained = turn.t("ask.explained", example=example_of(turn.t, day.position))
        return Answer(screens=(Screen(explained),), cards=card(ASK, day.id))
    if is_aside(message.text):
        return Answer(screens=(Screen(turn.t("ask.still_open")),), cards=card(ASK, day.id))
    if not is_only_time(message.text):
        return None
    newest = asked[-1]
    await editing.set_field(turn.session, turn.actor, newest.id, "time", message.text, now=turn.now)
    said = Screen(turn.t("ask.time_taken", number=newest.number))
    return Answer(screens=(said,), cards=both(day.id, focus=newest.id), reaction="👌")


async def plain_answer(turn: Turn, message: Message, day: DayView, asked: tuple[EntryView, ...]) -> Answer:
    """The outcomes, without what stands in the way: that is noted apart."""
    rest = await note_answer(
        turn.session, turn.actor, day.id, message.text, message_id=message.message_id, now=turn.now
    )
    if not rest.strip():
        return Answer(cards=both(day.id), reaction="👌")
    return await answer(turn, replace(message, text=rest), day, asked)


async def report(turn: Turn, message: Message, day: DayView, asked: tuple[EntryView, ...]) -> Answer:
    """A new report while the question waits, with the way to say that it was the answer after all."""
    taken = await take(turn, message)
    if not taken.cards or taken.cards[0].view != "taken":
        return taken
    kept = answering.noted(day, asked, message.text, message_id=message.message_id)
    turn.question = answering.remembering(turn.question, kept, now=turn.now, name=answering.REPORTED)
    first = replace(taken.cards[0], view="reported")
    return replace(taken, cards=(first, *taken.cards[1:]))


async def on_ask_outcomes(turn: Turn, press: Press) -> Answer:
    """Asks again because the person wants to be asked."""
    await asking.ask_again(turn.session, turn.actor, press.subject)
    await ask_outcomes(turn, press.subject)
    return Answer(cards=both(press.subject))


async def on_pick_outcome(turn: Turn, press: Press) -> Answer:
    _, entry = await own_entry(turn.session, turn.actor, press.subject)
    text = await asking.pick_ready(turn.session, turn.actor, entry, press.arg)
    if text is None:
        raise NotFound("entry_gone")
    taken = await editing.set_outcomes(turn.session, turn.actor, {press.subject: text}, now=turn.now)
    return Answer(cards=await remaining(turn, taken.day_id))


async def on_skip_outcomes(turn: Turn, press: Press) -> Answer:
    await own_day(turn.session, turn.actor, press.subject)
    day = await load_day(turn.session, press.subject)
    skipped: dict[int, str | None] = {one.id: None for one in asking.missing_outcomes(day)}
    turn.done()
    if skipped:
        await editing.set_outcomes(turn.session, turn.actor, skipped, now=turn.now)
    return Answer(cards=tuple(reversed(both(press.subject))), below=False)


async def remaining(turn: Turn, day_id: int) -> tuple[CardRef, ...]:
    """After a ready answer: the question goes on about the others, or ends. The question was pressed."""
    day = await load_day(turn.session, day_id)
    left = asking.missing_outcomes(day)
    if left:
        wait_for_outcomes(turn, day_id, left)
    else:
        turn.done()
    return tuple(reversed(both(day_id)))


FEATURE = Feature(
    name="outcomes",
    presses={
        Kind.DAY_OUTCOMES: on_ask_outcomes,
        Kind.OUTCOME_PICK: on_pick_outcome,
        Kind.OUTCOME_SKIP: on_skip_outcomes,
    },
    answers={Step.OUTCOMES: on_outcomes},
    cards={ASK: render_question},
)
