"""The question of the day, and the greeting of somebody who comes by."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button
from bot.texts import Html, Speech
from bot.views.planning import plan_buttons, plan_lines
from bot.views.spans import short_span
from services.planning import PlanLineView
from services.prompting import Asking

Plan = Sequence[PlanLineView]
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


def prompt_screen(
    t: Speech, asking: Asking, *, greeting: Html, today: date, plan: Plan = (), later: bool = True
) -> Screen:
    """Asks about the day, with what was planned for it; a draft that is there is named and can be opened."""
    lines = [t("prompt.head", greeting=greeting, day=t.day(asking.work_date)), _asked(t, asking, today)]
    planned = plan_lines(t, plan)
    if planned is not None:
        lines.append(planned)
    return Screen(t.join(lines), prompt_buttons(t, asking, plan=plan, later=later))


def _asked(t: Speech, asking: Asking, today: date) -> Html:
    if asking.entries:
        return t("prompt.draft", count=asking.entries)
    return t("prompt.ask" if asking.work_date == today else "prompt.ask_past")


def reminder_screen(
    t: Speech,
    asking: Asking,
    *,
    step: int,
    last: bool,
    chosen: bool = False,
    today: date,
    plan: Plan = (),
    later: bool,
) -> Screen:
    """Asks again, each time in other words; the last time says so, unless another can be asked for.

    `step` counts from 1. `chosen`: the person asked for it.
    """
    day = t.day(asking.work_date)
    if asking.work_date < today:
        lines = [t("prompt.remind_chosen", day=day)]
    elif chosen:
        lines = [t("prompt.remind_chosen_today", day=day)]
    else:
        lines = [t("prompt.remind_first" if step <= 1 else "prompt.remind_again", day=day)]
    if asking.entries:
        lines.append(t("prompt.remind_draft", count=asking.entries))
    else:
        lines.append(t("prompt.remind_idle" if step > 1 else "prompt.remind_line"))
    if last and not later:
        lines.append(t("prompt.remind_last"))
    return Screen(t.join(lines), prompt_buttons(t, asking, plan=plan, later=later))


def prompt_buttons(
    t: Speech, asking: Asking, *, plan: Plan = (), later: bool
) -> tuple[tuple[Button, ...], ...]:
    """The answers to the question: to report, to be away, to be asked later."""
    work_date = asking.work_date.isoformat()
    off = button(t.plain("prompt.off"), Kind.PROMPT_OFF, asking.person_id, arg=work_date)
    wait = button(t.plain("prompt.later"), Kind.PROMPT_LATER, arg=work_date)
    planned = plan_buttons(t, plan, asking.work_date)
    rows = (planned, *day_buttons(t, asking), (off, wait) if later else (off,))
    return tuple(row for row in rows if row)


def day_buttons(t: Speech, asking: Asking) -> tuple[tuple[Button, ...], ...]:
    """What can be done about the day now."""
    work_date = asking.work_date.isoformat()
    show = asking.day_id is not None and (asking.entries > 0 or asking.sent)
    first = []
    if show:
        style = None if asking.sent else PRIMARY
        first.append(button(t.plain("prompt.show"), Kind.DAY_SHOW, asking.day_id or 0, style=style))
    if not asking.sent:
        style = None if show else PRIMARY
        first.append(button(t.plain("prompt.fill"), Kind.PROMPT_FILL, arg=work_date, style=style))
    if not asking.copyable:
        return (tuple(first),)
    return (tuple(first), (button(_same(t, asking), Kind.PROMPT_SAME, arg=work_date),))


def _same(t: Speech, asking: Asking) -> str:
    """«Sama seperti kemarin»; a report of longer ago is named by its date."""
    if asking.copied is None:
        return t.plain("prompt.same")
    return t.plain("prompt.same_as", day=short_span(t, asking.copied, asking.copied, today=asking.work_date))
