"""What belongs to no feature: giving up a question, help."""

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Turn, card
from bot.screens import Screen
from services.dialogue import SOFT, Step
from services.entries.answering import waiting


async def on_cancel(turn: Turn, press: Press) -> Answer:
    """The press has ended the question it stood under; one about outcomes goes on."""
    return Answer(replace=Screen(turn.t("dialogue.cancelled")))


async def on_cancel_command(turn: Turn, arguments: str) -> Answer:
    """Ends whatever is waited for; an outcome question also leaves the chat."""
    question = await waiting(turn.session, turn.chat_id, now=turn.now)
    turn.done()
    if question is None:
        return Answer(screens=(Screen(turn.t("dialogue.nothing")),))
    asked = card("ask", question.data["day"]) if question.step is Step.OUTCOMES else ()
    return Answer(cards=asked, screens=(Screen(turn.t("dialogue.cancelled")),))


async def on_help(turn: Turn, arguments: str) -> Answer:
    """Help ends no question about outcomes."""
    question = await waiting(turn.session, turn.chat_id, now=turn.now)
    if question is not None and question.step in SOFT:
        turn.question = question
    actor = turn.actor
    parts = [turn.t("help.staff")] if actor.reports else []
    if actor.supervises:
        parts.append(turn.t("help.supervisor"))
    parts.append(turn.t("help.foot", organization=turn.deps.settings.organization))
    return Answer(screens=(Screen(turn.t.join(parts)),))


FEATURE = Feature(
    name="general",
    commands=(
        Command("bantuan", on_help),
        Command("batal", on_cancel_command, shown_to=lambda actor: False),
    ),
    presses={Kind.CANCEL: on_cancel},
)
