"""`/bantuan`: how to type a day, and every command a person has."""

from collections.abc import Sequence

from bot.screens import Screen
from bot.texts import Html, Speech
from services.people.identity import Actor


def help_screen(
    t: Speech, actor: Actor, commands: Sequence[str], inside: Sequence[str], *, organization: str
) -> Screen:
    """`commands`: those of the person's menu; `inside`: those they may give in a group."""
    parts = [t("help.reporting")] if actor.reports else []
    parts.append(_listed(t, t("help.commands"), commands))
    if inside:
        parts.append(_listed(t, t("help.in_group"), inside))
    parts.append(t("help.foot", organization=organization))
    return Screen(t.join(parts))


def _listed(t: Speech, head: Html, names: Sequence[str]) -> Html:
    lines = (t("help.command", name=name, does=t(f"commands.{name}")) for name in names)
    return Html("\n".join((head, *lines)))
