"""«Samarkan angkanya» or not: words that were held back answer the question they were typed for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, OnMessage, Turn
from bot.discreet import HELD, KEEP, MASK
from bot.screens import Screen
from bot.views.days import pending_screen
from services.dialogue import Step
from services.entries import answering
from services.errors import Invalid, NotFound, Outdated
from services.reading.masking import mask_sensitive


def discreet(features: Iterable[Feature]) -> Feature:
    """The press, which hands the words to whichever of the features asked for them."""
    answers = {step: run for one in features for step, run in one.answers.items()}

    async def on_choice(turn: Turn, press: Press) -> Answer:
        return await chosen(turn, press, answers)

    return Feature(name="discreet", presses={Kind.DISCREET: on_choice})


async def chosen(turn: Turn, press: Press, answers: Mapping[Step, OnMessage]) -> Answer:
    """Raises Outdated when nothing is held any more, and what the question's own feature raises."""
    if press.arg not in (MASK, KEEP):
        raise NotFound
    waiting = await answering.waiting(turn.session, turn.chat_id, now=turn.now)
    if waiting is None or HELD not in waiting.data:
        raise Outdated
    turn.words_taken = True
    message_id, typed = waiting.data[HELD]
    text = mask_sensitive(typed) if press.arg == MASK else typed
    turn.question = replace(waiting, data={key: one for key, one in waiting.data.items() if key != HELD})
    done = Screen(turn.t("discreet.masked" if press.arg == MASK else "discreet.kept"))
    try:
        answer = await answers[waiting.step](turn, Message(int(message_id), text=text))
    except Invalid as error:  # the question stays: it may be answered again
        told = turn.t(f"errors.{error.code}", **error.params)
        return Answer(replace=pending_screen(turn.t, told))
    return replace(answer, replace=done, reaction="", below=True)
