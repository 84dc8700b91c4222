"""The hours of Ramadan, as derived or as set."""

from bot.callbacks import Kind
from bot.screens import Button, Screen, button
from bot.texts import Html, Speech
from services.calendar.fasting import Ramadan
from services.calendar.ramadan import RamadanYear


def ramadan_card(t: Speech, shown: RamadanYear) -> Screen:
    """Every Ramadan of the year, and how to set its dates."""
    parts = [t("ramadan.head", year=shown.year)]
    parts += [_line(t, one) for one in shown.found] or [t("ramadan.none")]
    parts.append(t("ramadan.hours"))
    rows: list[tuple[Button, ...]] = [
        _buttons(t, shown, one) for one in shown.found if one.first in shown.changeable
    ]
    if not shown.found:
        rows.append((button(t.plain("ramadan.set"), Kind.RAMADAN_SET, shown.year),))
    rows.append((button(t.plain("holidays.back", year=shown.year), Kind.HOLIDAYS, shown.year),))
    return Screen(t.join(parts), tuple(rows))


def dates_of(t: Speech, one: Ramadan) -> Html:
    """«18 Februari – 19 Maret 2026»."""
    with_year = one.first.year != one.last.year
    return Html(f"{t.date(one.first, year=with_year)} – {t.date(one.last, year=True)}")


def _line(t: Speech, one: Ramadan) -> Html:
    return t("ramadan.derived" if one.set_id is None else "ramadan.chosen", dates=dates_of(t, one))


def _buttons(t: Speech, shown: RamadanYear, one: Ramadan) -> tuple[Button, ...]:
    label = t.plain("ramadan.set")
    if len(shown.found) > 1:
        label = t.plain("ramadan.set_of", month=t.date(one.first, year=True).partition(" ")[2])
    setting = button(label, Kind.RAMADAN_SET, shown.year, arg=one.first.isoformat())
    if one.set_id is None:
        return (setting,)
    return setting, button(t.plain("ramadan.reset"), Kind.RAMADAN_RESET, one.set_id)
