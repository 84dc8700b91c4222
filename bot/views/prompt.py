"""The question of the day, and the greeting of somebody who comes by."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button
from bot.texts import Html, Speech
from services.prompting import Asking

PARTS = ((4, "night"), (11, "morning"), (15, "noon"), (18, "afternoon"), (24, "night"))
"""Until which hour which greeting holds: pagi to 11, siang to 15, sore to 18."""


def greeting(t: Speech, name: str, *, now: datetime, zone: str) -> Html:
    """«Selamat sore, Bapak/Ibu Ani Rahmawati», by the hour where the person is; degrees are left out."""
    hour = now.astimezone(ZoneInfo(zone)).hour
    part = next(part for until, part in PARTS if hour < until)
    return t(f"prompt.greet_{part}", name=short_name(name))


def short_name(name: str) -> str:
    """The name without the degrees that follow a comma."""
    return name.split(",")[0].strip() or name


def prompt_screen(t: Speech, asking: Asking, *, greeting: Html) -> Screen:
    """Asks about the day; a draft that is there already is named and can be opened."""
    head = t("prompt.head", greeting=greeting, day=t.day(asking.work_date))
    body = t("prompt.draft", count=asking.entries) if asking.entries else t("prompt.ask")
    return Screen(t.join([head, body]), day_buttons(t, asking))


def day_buttons(t: Speech, asking: Asking) -> tuple[tuple[Button, ...], ...]:
    """What can be done about the day now."""
    work_date = asking.work_date.isoformat()
    show = asking.day_id is not None and asking.entries > 0
    rows = []
    if show:
        style = None if asking.sent else PRIMARY
        rows.append((button(t.plain("prompt.show"), Kind.DAY_SHOW, asking.day_id or 0, style=style),))
    if not asking.sent:
        style = None if show else PRIMARY
        rows.append((button(t.plain("prompt.fill"), Kind.PROMPT_FILL, arg=work_date, style=style),))
    if asking.copyable:
        rows.append((button(t.plain("prompt.same"), Kind.PROMPT_SAME, arg=work_date),))
    return tuple(rows)
