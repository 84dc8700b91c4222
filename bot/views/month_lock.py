"""Before a month closes: what a person has left of it."""

from collections.abc import Sequence
from datetime import date

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button
from bot.texts import Html, Speech
from services.missing import Unfinished

LINES, BUTTONS = 10, 8
"""Days listed of each sort, and days with a button of their own."""


def lock_screen(t: Speech, left: Unfinished, *, zone: str) -> Screen:
    """The days that are empty or returned, and until when; the first of them are one tap away."""
    month = t.options("calendar.months")[left.month.month - 1]
    parts = [t("lock.head", month=month, until=t.instant(left.until, zone))]
    if left.missing:
        days = [t("lock.day", day=t.day(day)) for day in left.missing[:LINES]]
        if len(left.missing) > LINES:
            days.append(_more(t, left.missing[LINES:]))
        parts.append(Html("\n".join([t("lock.missing", count=len(left.missing)), *days])))
    if left.returned:
        back = [t("lock.returned_day", day=t.day(day)) for _, day in left.returned[:LINES]]
        if len(left.returned) > LINES:
            back.append(_more(t, [day for _, day in left.returned[LINES:]]))
        parts.append(Html("\n".join([t("lock.returned", count=len(left.returned)), *back])))
    if left.missing:
        parts.append(t("lock.foot", example=t.date(left.missing[-1])))
    without = [*(day for _, day in left.returned), *left.missing][BUTTONS:]
    if without:
        parts.append(t("lock.rest", example=t.date(without[0])))
    return Screen(t.join(parts), _pairs([*_fix(t, left), *_fill(t, left)][:BUTTONS]))


def _more(t: Speech, days: Sequence[date]) -> Html:
    numbers = [str(day.day) for day in days[:-1]]  # all of one month
    return t("lock.more", count=len(days), days=", ".join((*numbers, t.date(days[-1]))))


def _fix(t: Speech, left: Unfinished) -> list[Button]:
    return [
        button(t.plain("lock.fix", day=t.date(day)), Kind.DAY_SHOW, day_id, style=PRIMARY)
        for day_id, day in left.returned
    ]


def _fill(t: Speech, left: Unfinished) -> list[Button]:
    return [
        button(t.plain("lock.fill", day=t.date(day)), Kind.PROMPT_FILL, arg=day.isoformat())
        for day in left.missing
    ]


def _pairs(buttons: list[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[place : place + 2]) for place in range(0, len(buttons), 2))
