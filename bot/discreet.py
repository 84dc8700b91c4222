"""A citizen's number in words that go to somebody else: asked about once, before they are told.

The words wait in the question they answer; `handlers/discreet.py` takes the press.
"""

from dataclasses import replace

from bot.callbacks import Kind
from bot.context import Answer, Message, Turn
from bot.screens import PRIMARY, Screen, button, shorten
from services.dialogue import TOLD, Question
from services.reading.sensitive import find_sensitive

HELD = "held"
MASK, KEEP = "m", "k"


def hold(turn: Turn, question: Question, message: Message) -> Answer | None:
    """Asks whether the number is blackened; None for words that may be told as they are."""
    if question.step not in TOLD or not find_sensitive(message.text):
        return None
    before = question.data.get(HELD)
    text = f"{before[1]}\n{message.text}" if before else message.text
    turn.question = replace(question, data={**question.data, HELD: [message.message_id, text]})
    t = turn.t
    asked = t("discreet.ask", text=shorten(text, 500))
    rows = (
        (button(t.plain("day.mask"), Kind.DISCREET, arg=MASK, style=PRIMARY),),
        (button(t.plain("discreet.keep"), Kind.DISCREET, arg=KEEP),),
        (button(t.plain("dialogue.cancel"), Kind.CANCEL),),
    )
    return Answer(screens=(Screen(asked, rows),))
