"""Words kept by a question: those that were meant for one's own report, and those nothing took."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn
from bot.day_answers import take
from bot.kept_words import KEEPING, unused_screens
from services.entries import answering
from services.errors import Outdated
from services.told import WORDS_GIVEN_BACK
from services.unused_words import words_for


async def on_own(turn: Turn, press: Press) -> Answer:
    """The words become a report, below; they are taken once. Raises Outdated when nothing is kept."""
    waiting = await answering.waiting(turn.session, turn.chat_id, now=turn.now)
    if waiting is None or waiting.step not in KEEPING or not waiting.data.get("text"):
        raise Outdated
    turn.done()
    turn.words_taken = True
    answer = await take(turn, Message(int(waiting.data["message"]), text=str(waiting.data["text"])))
    return replace(answer, below=True)


async def on_given_back(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    words = words_for(turn.chat_id, payload)
    return Answer(screens=unused_screens(turn.t, words)) if words is not None else None


FEATURE = Feature(name="kept", presses={Kind.KEPT_OWN: on_own}, notices={WORDS_GIVEN_BACK: on_given_back})
