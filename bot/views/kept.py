"""Words that were typed on a screen and wait for a press: shown back, and a way to one's own report."""

from bot.callbacks import Kind
from bot.screens import Button, button, shorten
from bot.texts import Html, Speech

SHOWN = 300


def kept_part(t: Speech, words: str) -> Html:
    """What was typed, as it is kept."""
    return t("dialogue.kept", text=shorten(words, SHOWN))


def kept_row(t: Speech) -> tuple[Button, ...]:
    """It was meant for one's own report after all."""
    return (button(t.plain("dialogue.kept_own"), Kind.KEPT_OWN),)
