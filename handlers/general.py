"""What belongs to no feature: giving up a question, help."""

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Turn
from bot.screens import Screen


async def on_cancel(turn: Turn, press: Press) -> Answer:
    turn.done()
    return Answer(replace=Screen(turn.t("dialogue.cancelled")))


async def on_cancel_command(turn: Turn, arguments: str) -> Answer:
    turn.done()
    return Answer(screens=(Screen(turn.t("dialogue.cancelled")),))


async def on_help(turn: Turn, arguments: str) -> Answer:
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
