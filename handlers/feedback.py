"""Umpan balik: the supervisor gives it, its person reads it and may reply once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn, card
from bot.kept_words import keep, kept_before, words_in
from bot.screens import CardRef, Screen, button
from bot.views.feedback import (
    Choice,
    behaviour_screen,
    note_screen,
    phrase_screen,
    phrases,
    tone_screen,
    unpack_choice,
)
from services import feedback
from services.approvals.entitlement import REVIEW_CARD
from services.approvals.review import load_review
from services.coaching import COACHING
from services.dialogue import Step
from services.errors import DomainError, Invalid, NotAllowed, NotFound
from services.states import Tone

COMPOSE, NOTE = "compose", "feedback"
BEHAVIOUR_FACE, GONE = "b", "gone"


async def render_compose(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: the choice so far, after `b` when a behaviour is being chosen."""
    if ref.view == GONE:
        return None
    review = await load_review(turn.session, turn.actor, ref.subject, now=turn.now)
    choice = unpack_choice(ref.view.removeprefix(BEHAVIOUR_FACE))
    words = words_in(turn.question, Step.FEEDBACK, day=ref.subject)
    if ref.view.startswith(BEHAVIOUR_FACE):
        return behaviour_screen(turn.t, review, choice, words=words)
    if choice.tone:
        return phrase_screen(turn.t, review, choice)
    return tone_screen(turn.t, review, choice, words=words)


async def render_note(turn: Turn, ref: CardRef) -> Screen | None:
    note = await feedback.load_note(turn.session, turn.actor, ref.subject)
    return note_screen(turn.t, note, addressee=note.to_id == turn.actor.person_id)


async def wait_for_words(turn: Turn, day_id: int, choice: Choice) -> None:
    """What is typed from now on is the note; its tone is asked for it. What was typed already is kept."""
    words = await kept_before(turn, Step.FEEDBACK, day=day_id)
    turn.ask(Step.FEEDBACK, day=day_id, choice=choice.pack(), **words)


async def on_compose(turn: Turn, press: Press) -> Answer:
    choice = replace(unpack_choice(press.arg), tone=0)
    await feedback.ensure_about(turn.session, turn.actor, choice.about(press.subject), now=turn.now)
    await wait_for_words(turn, press.subject, choice)
    return Answer(cards=card(COMPOSE, press.subject, view=choice.pack()))


async def on_about(turn: Turn, press: Press) -> Answer:
    choice = unpack_choice(press.arg)
    await feedback.ensure_about(turn.session, turn.actor, choice.about(press.subject), now=turn.now)
    await wait_for_words(turn, press.subject, replace(choice, tone=0))
    return Answer(cards=card(COMPOSE, press.subject, view=f"{BEHAVIOUR_FACE}{choice.pack()}"))


async def on_tone(turn: Turn, press: Press) -> Answer:
    """Shows the phrases, and from now on typed words are the note; words typed before are it at once."""
    choice = unpack_choice(press.arg)
    if not choice.tone:
        raise NotFound
    await feedback.ensure_about(turn.session, turn.actor, choice.about(press.subject), now=turn.now)
    words = await kept_before(turn, Step.FEEDBACK, day=press.subject)
    if words:
        return await give(turn, press.subject, choice, words["text"])
    turn.ask(Step.FEEDBACK, day=press.subject, choice=choice.pack())
    return Answer(cards=card(COMPOSE, press.subject, view=choice.pack()))


async def on_phrase(turn: Turn, press: Press) -> Answer:
    packed, _, place = press.arg.partition("-")
    choice = unpack_choice(packed)
    known = phrases(turn.t, choice.tone_name) if choice.tone else []
    if not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(known)):
        raise NotFound
    return await give(turn, press.subject, choice, known[int(place) - 1])


async def on_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    day_id, choice = int(data["day"]), unpack_choice(str(data["choice"]))
    if not choice.tone:
        return keep_note(turn, message, day_id, choice)
    try:
        answer = await give(turn, day_id, choice, message.text)
    except DomainError as error:
        return ended(turn, error)
    gone = card(COMPOSE, day_id, view=GONE)
    return replace(answer, cards=(*answer.cards, *gone), reaction="👌")


def keep_note(turn: Turn, message: Message, day_id: int, choice: Choice) -> Answer:
    """A note before its tone: kept, and the tone asked for it. Raises Invalid."""
    keep(turn, Step.FEEDBACK, message, day=day_id, choice=choice.pack())
    feedback.checked(words_in(turn.question, Step.FEEDBACK))
    return Answer(cards=card(COMPOSE, day_id, view=choice.pack()), reaction="👌")


def ended(turn: Turn, error: DomainError) -> Answer:
    """A typed answer that was refused: one that may be given again keeps its question, another ends it.

    What is not allowed is audited, and ends, where it is caught.
    """
    if isinstance(error, NotAllowed) or (isinstance(error, Invalid) and error.code in feedback.MENDABLE):
        raise error
    turn.done()
    return Answer(screens=(Screen(turn.t(f"errors.{error.code}", **error.params)),), untaken=True)


async def give(turn: Turn, day_id: int, choice: Choice, text: str) -> Answer:
    """Keeps the note and goes back to where it was written; after a `perbaikan` a date may be typed."""
    note_id = await feedback.give_feedback(
        turn.session,
        turn.actor,
        choice.about(day_id),
        tone=choice.tone_name,
        text=text,
        now=turn.now,
    )
    note = await feedback.load_note(turn.session, turn.actor, note_id)
    view = "detail" if choice.entry else ""
    back = card(REVIEW_CARD, day_id, view=view, focus=choice.entry)
    turn.done()
    if choice.tone_name is Tone.IMPROVEMENT:
        turn.ask(Step.FOLLOW_UP, feedback=note_id, offered=True)
        back = (*back, *card(COACHING, note_id))
    return Answer(cards=back, toast=turn.t.plain("feedback.given", name=note.to_name))


async def on_read(turn: Turn, press: Press) -> Answer:
    await feedback.mark_read(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(NOTE, press.subject), toast=turn.t.plain("feedback.marked"))


async def on_reply(turn: Turn, press: Press) -> Answer:
    await feedback.ensure_reply_open(turn.session, turn.actor, press.subject)
    turn.ask(Step.FEEDBACK_REPLY, feedback=press.subject)
    cancel = button(turn.t.plain("dialogue.cancel"), Kind.CANCEL)
    return Answer(screens=(Screen(turn.t("feedback.ask_reply"), ((cancel,),)),))


async def on_reply_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    feedback_id = int(data["feedback"])
    try:
        await feedback.reply_to(turn.session, turn.actor, feedback_id, message.text, now=turn.now)
    except DomainError as error:
        return ended(turn, error)
    turn.done()
    return Answer(
        screens=(Screen(turn.t("feedback.reply_sent")),),
        cards=card(NOTE, feedback_id),
        below=False,
        reaction="👌",
    )


async def feedback_given(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    try:
        await feedback.load_note(turn.session, turn.actor, int(payload["feedback_id"]))
    except (NotFound, NotAllowed):
        return None
    return Answer(cards=card(NOTE, int(payload["feedback_id"])), below=True)


async def feedback_replied(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    try:
        note = await feedback.load_note(turn.session, turn.actor, int(payload["feedback_id"]))
    except (NotFound, NotAllowed):
        return None
    return Answer(screens=(note_screen(turn.t, note, addressee=False),))


FEATURE = Feature(
    name="feedback",
    presses={
        Kind.FEEDBACK: on_compose,
        Kind.FEEDBACK_ABOUT: on_about,
        Kind.FEEDBACK_TONE: on_tone,
        Kind.FEEDBACK_PHRASE: on_phrase,
        Kind.FEEDBACK_READ: on_read,
        Kind.FEEDBACK_REPLY: on_reply,
    },
    answers={Step.FEEDBACK: on_text, Step.FEEDBACK_REPLY: on_reply_text},
    cards={COMPOSE: render_compose, NOTE: render_note},
    notices={"feedback_given": feedback_given, "feedback_replied": feedback_replied},
)
