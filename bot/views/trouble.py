"""Tells an admin that messages did not arrive, or not surely: how many, of what kind, and what to do."""

from bot.screens import Screen
from bot.texts import Html, Speech
from services.delivery_trouble import Trouble

MOST_KINDS = 5


def trouble_screen(t: Speech, trouble: Trouble) -> Screen:
    """No names: whom it was for stands on the screen of `/kesehatan`."""
    lines = [
        t("trouble.kind", count=count, what=_kind(t, kind)) for kind, count in trouble.kinds[:MOST_KINDS]
    ]
    left = sum(count for _, count in trouble.kinds[MOST_KINDS:])
    if left:
        lines.append(t("trouble.other_kinds", count=left))
    cause = trouble.cause.value
    head = t(f"trouble.is_{cause}", count=trouble.count)
    return Screen(t.join([Html("\n".join([head, *lines])), t(f"trouble.do_{cause}")]))


def _kind(t: Speech, kind: str) -> Html:
    key = f"told.{kind}"
    return t(key) if t.has(key) else t("told.other")
