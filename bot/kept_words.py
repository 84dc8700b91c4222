"""Words typed on a screen that must first know what they are for: kept in its question until a press says.

Below the handlers, which never import each other. The question holds `text` and the `message` it came in.
When it ends without them (a press elsewhere, a command, its time) they are given back: the gate sees to it,
as it does to words that are refused.
"""

from collections.abc import Mapping
from typing import Any

from bot.context import Message, Turn
from bot.discreet import HELD
from bot.screens import Screen, in_parts
from bot.texts import Speech
from services import unused_words
from services.dialogue import Question, Step
from services.entries import answering

KEEPING = frozenset({Step.REASON, Step.FEEDBACK, Step.BLOCKER_ANSWER})
"""Steps whose question may hold words."""
UNTAKEN = ("untaken", 0)
"""What an update ended on, instead of a card, when only its answer says that its words were refused."""
PART = 3500
"""UTF-16 units of words in one message that gives them back: a message holds 4096."""


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
    turn.words_taken = True
    return {"text": waiting.data["text"], "message": waiting.data["message"]}


async def given_back(turn: Turn, before: Question | None, after: Question | None) -> tuple[Screen, ...]:
    """Tells which words the question that ended held, unless the one that is asked now holds them too.

    By the outbox, so that a process that dies now still tells it. The screens: for whoever is nobody here.
    """
    left = [words for words in _held_by(before) if not any(words in one for one in _held_by(after))]
    if not left:
        return ()
    words = "\n".join(left)
    if turn.found is None or turn.found.chat_id != turn.chat_id:
        return unused_screens(turn.t, words)
    await unused_words.give_back(turn.session, turn.found, words, now=turn.now)
    return ()


async def hold_refused(turn: Turn, *, bot_id: int, update_id: int) -> bool:
    """Sees to it that words which are refused are not lost when the refusal is not shown.

    False: no words were typed, or nobody's.
    """
    words = turn.message.text if turn.message is not None else ""
    if not words.strip() or turn.found is None or turn.found.chat_id != turn.chat_id:
        return False
    await unused_words.hold_refused(
        turn.session, turn.found, words, bot_id=bot_id, update_id=update_id, now=turn.now
    )
    return True


def unused_screens(t: Speech, words: str) -> tuple[Screen, ...]:
    """The words again, line by line as they were typed, to be copied."""
    return tuple(Screen(t("dialogue.unused", text=part)) for part in in_parts(words, PART))


def _held_by(question: Question | None) -> tuple[str, ...]:
    """A report whose day is asked for, words that wait for a press, words with a citizen's number."""
    if question is None:
        return ()
    waits = question.step in KEEPING or question.step is Step.DAY
    kept = str(question.data.get("text") or "") if waits else ""
    held = question.data.get(HELD)
    return tuple(words for words in (kept, str(held[1]) if held else "") if words)
