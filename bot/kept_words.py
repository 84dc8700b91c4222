"""Words typed on a screen that must first know what they are for: kept in its question until a press says.

Below the handlers, which never import each other. The question holds `text` and the `message` it came in.
"""

from collections.abc import Mapping
from typing import Any

from bot.context import Message, Turn
from services.dialogue import Question, Step
from services.entries import answering

KEEPING = frozenset({Step.REASON, Step.FEEDBACK, Step.BLOCKER_ANSWER})
"""Steps whose question may hold words."""


def words_in(question: Question | None, step: Step, **about: Any) -> str:
    """The words a question of this step about this holds; empty when it holds none."""
    if question is None or question.step is not step:
        return ""
    if any(question.data.get(name) != value for name, value in about.items()):
        return ""
    return str(question.data.get("text") or "")


def keep(turn: Turn, step: Step, message: Message, **about: Any) -> None:
    """Keeps typed words; more words while they are asked about belong to them."""
    before = words_in(turn.question, step, **about)
    text = f"{before}\n{message.text}" if before else message.text
    turn.ask(step, text=text, message=message.message_id, **about)


async def kept_before(turn: Turn, step: Step, **about: Any) -> Mapping[str, Any]:
    """What the question a press came upon holds of words, with their message; empty when there are none."""
    waiting = await answering.waiting(turn.session, turn.chat_id, now=turn.now)
    if waiting is None or not words_in(waiting, step, **about):
        return {}
    return {"text": waiting.data["text"], "message": waiting.data["message"]}
