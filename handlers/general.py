"""What belongs to no feature: giving up a question, help."""

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Turn, card
from bot.screens import Screen
from bot.views.help import help_screen
from services.dialogue import SOFT, Step
from services.entries.answering import waiting

HELP = "bantuan"


async def on_cancel(turn: Turn, press: Press) -> Answer:
    """The press has ended the question it stood under; one about outcomes goes on."""
    turn.words_taken = True
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
    deps, actor = turn.deps, turn.actor
    names = [one.name for one in deps.commands if one.shown_to(actor) and one.name != HELP]
    inside = [one.name for one in deps.group_commands if one.shown_to(actor)]
    screen = help_screen(turn.t, actor, names, inside, organization=deps.settings.organization)
    return Answer(screens=(screen,))


FEATURE = Feature(
    name="general",
    commands=(
        Command(HELP, on_help),
        Command("help", on_help, shown_to=lambda actor: False),
        Command("batal", on_cancel_command, shown_to=lambda actor: False, gives_up=True),
    ),
    presses={Kind.CANCEL: on_cancel},
)
