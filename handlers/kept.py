"""Words kept by a question of a supervisor that were meant for one's own report."""

from dataclasses import replace

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn
from bot.day_answers import take
from bot.kept_words import KEEPING
from services.entries import answering
from services.errors import Outdated


async def on_own(turn: Turn, press: Press) -> Answer:
    """The words become a report, below; they are taken once. Raises Outdated when nothing is kept."""
    waiting = await answering.waiting(turn.session, turn.chat_id, now=turn.now)
    if waiting is None or waiting.step not in KEEPING or not waiting.data.get("text"):
        raise Outdated
    turn.done()
    turn.words_taken = True
    answer = await take(turn, Message(int(waiting.data["message"]), text=str(waiting.data["text"])))
    return replace(answer, below=True)


FEATURE = Feature(name="kept", presses={Kind.KEPT_OWN: on_own})
