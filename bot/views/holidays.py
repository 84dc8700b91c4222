"""The days off of a year, one of them, and a new one being entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.callbacks import Kind
from bot.screens import Button, Screen, button
from bot.texts import Html, Speech, escape
from bot.views.paging import pager
from services.calendar.administration import Doubt
from services.calendar.gaps import Gaps
from services.calendar.listing import DayOff, Meaning, YearList

PAGE = 10
OPENING = -1
"""Instead of a page: the one with the next day off to come."""
UNITS_PAGE = 8
OF_UNIT = "unit"
"""Argument of the button that asks for the unit; the others carry a kind."""
KINDS = (("national", "joint_leave"), ("office", OF_UNIT))
"""What a new day off may be, as it is offered."""
NOT_ASKED = ("holidays.not_asked", "holidays.not_asked_today")
ESTIMATES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """A new day off as far as it is known. `days`: those that will be added; `already`: off before."""

    year: int
    days: Sequence[date]
    already: Sequence[date]
    name: str
    sundays: bool = False
    kind: str | None = None
    unit_name: str | None = None
    people: int = 0
    today: date | None = None


def place_of(day: date) -> str:
    """The argument by which the list opens at a day."""
    return f"d{day:%m%d}"


def year_list(
    t: Speech, shown: YearList, *, page: int = OPENING, at: tuple[int, int] | None = None
) -> Screen:
    """The list. `at`: the month and day at which it opens when no page is asked for."""
    pages = max(1, -(-len(shown.days) // PAGE))
    if page == OPENING:
        today = (shown.today.month, shown.today.day) if shown.year == shown.today.year else (1, 1)
        after = [n for n, one in enumerate(shown.days) if (one.day.month, one.day.day) >= (at or today)]
        page = (after[0] if after else len(shown.days) - 1) // PAGE
    page = max(0, min(page, pages - 1))
    days = shown.days[page * PAGE : (page + 1) * PAGE]
    coming = not shown.editable and shown.year == shown.today.year
    parts = [t("holidays.head_coming" if coming else "holidays.head", year=shown.year)]
    parts.append(Html("\n".join(_line(t, one) for one in days)) if days else _empty(t, shown))
    rows: list[tuple[Button, ...]] = []
    if shown.editable:
        if days:
            parts.append(t("holidays.press_a_day"))
        rows += _day_buttons(t, days)
    rows += [pager(Kind.HOLIDAYS, shown.year, page, pages), _years(t, shown)]
    if shown.editable:
        rows += _admin_buttons(t, shown.year)
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _admin_buttons(t: Speech, year: int) -> list[tuple[Button, ...]]:
    return [
        (button(t.plain("holidays.add"), Kind.HOLIDAY_ADD, year),),
        (
            button(t.plain("holidays.ramadan"), Kind.RAMADAN, year),
            button(t.plain("holidays.patterns"), Kind.PATTERNS),
        ),
    ]


def _empty(t: Speech, shown: YearList) -> Html:
    return t("holidays.none" if shown.year <= shown.today.year else "holidays.none_yet", year=shown.year)


def _line(t: Speech, one: DayOff) -> Html:
    line = t("holidays.on", day=t.day(one.day), what=_named(t, one))
    return t("holidays.struck", line=line) if one.cancelled else line


def _named(t: Speech, one: DayOff) -> Html:
    """The name, the kind unless the name says it, and whether the date is an estimate."""
    kind = kind_of(t, one.kind, one.unit_name)
    said = one.unit_name is None and kind.casefold() in one.name.casefold()
    what = escape(one.name) if said else t("holidays.line", name=one.name, kind=kind)
    return t("holidays.estimated", what=what) if one.estimated else what


def kind_of(t: Speech, kind: str, unit_name: str | None) -> Html:
    """«libur nasional», «cuti bersama», «kantor», «kantor: KUA Sukamaju»."""
    if unit_name is not None:
        return t("holidays.of_unit", unit=unit_name)
    return t(f"holidays.kind_{kind}")


def _day_buttons(t: Speech, days: Sequence[DayOff]) -> list[tuple[Button, ...]]:
    buttons = [button(_short(t, one.day), Kind.HOLIDAY_SHOW, one.id) for one in days]
    return [tuple(buttons[start : start + 5]) for start in range(0, len(buttons), 5)]


def _short(t: Speech, day: date) -> str:
    return f"{day.day} {t.options('calendar.months')[day.month - 1][:3]}"


def _years(t: Speech, shown: YearList) -> tuple[Button, ...]:
    around = [(shown.year - 1, "‹ {}"), (shown.year + 1, "{} ›")]
    if not shown.editable:  # what is past is of no use to them
        around = [one for one in around if one[0] >= shown.today.year]
    return tuple(
        button(label.format(year), Kind.HOLIDAYS, year) for year, label in around if year in shown.years
    )


def day_card(t: Speech, one: DayOff, meaning: Meaning) -> Screen:
    """One day off, what it means, and what can be changed."""
    what = _named(t, one)
    if one.cancelled:
        what = t("holidays.struck", line=what)
    parts = [t("holidays.card", day=t.day(one.day, year=True), what=what), means(t, one, meaning)]
    if one.estimated and not one.cancelled:
        parts.append(t("holidays.estimated_hint"))
    rows = _changes(t, one) if meaning.editable else []
    back = button(
        t.plain("holidays.back", year=one.day.year), Kind.HOLIDAYS, one.day.year, arg=place_of(one.day)
    )
    return Screen(t.join(parts), (*rows, (back,)))


def _changes(t: Speech, one: DayOff) -> list[tuple[Button, ...]]:
    if one.cancelled:
        return [(button(t.plain("holidays.restore"), Kind.HOLIDAY_RESTORE, one.id),)]
    rows = [
        (
            button(t.plain("holidays.change_date"), Kind.HOLIDAY_DATE, one.id),
            button(t.plain("holidays.change_name"), Kind.HOLIDAY_NAME, one.id),
        ),
        (button(t.plain("holidays.cancel"), Kind.HOLIDAY_CANCEL, one.id),),
    ]
    if one.estimated:
        rows.insert(1, (button(t.plain("holidays.fix"), Kind.HOLIDAY_FIX, one.id),))
    return rows


def means(t: Speech, one: DayOff, meaning: Meaning) -> Html:
    """What a day off, or its being cancelled, means for people's being asked."""
    if not meaning.editable:
        return t("holidays.long_past")
    if meaning.past:
        return t("holidays.past")
    if meaning.other is not None:
        return t("holidays.off_anyway" if one.cancelled else "holidays.off_also", name=meaning.other)
    if not meaning.people:
        return t("holidays.nobody_works")
    keys = ("holidays.asked", "holidays.asked_today") if one.cancelled else NOT_ASKED
    return t(keys[meaning.today], people=meaning.people)


def kind_question(t: Speech, draft: Draft) -> Screen:
    """The typed days and name, and what kind of day off it is."""
    rows = [
        tuple(
            button(t.plain(f"holidays.choose_{one}"), Kind.HOLIDAY_KIND, draft.year, arg=one) for one in pair
        )
        for pair in KINDS
    ]
    parts = [_drafted(t, draft), t("holidays.which_kind")]
    return Screen(t.join(parts), (*rows, _cancel(t)))


def unit_question(t: Speech, draft: Draft, units: Sequence[tuple[int, str]], *, page: int) -> Screen:
    """Of which unit the day off is."""
    pages = max(1, -(-len(units) // UNITS_PAGE))
    page = max(0, min(page, pages - 1))
    rows = [
        (button(name, Kind.HOLIDAY_UNIT, unit_id),)
        for unit_id, name in units[page * UNITS_PAGE : (page + 1) * UNITS_PAGE]
    ]
    turn = pager(Kind.HOLIDAY_UNITS, draft.year, page, pages)
    parts = [_drafted(t, draft), t("holidays.which_unit")]
    return Screen(t.join(parts), (*rows, *((turn,) if turn else ()), _cancel(t)))


def preview(t: Speech, draft: Draft, kind: str) -> Screen:
    """The whole of it, before it is stored."""
    parts = [_drafted(t, draft), t("holidays.as_kind", kind=kind_of(t, kind, draft.unit_name))]
    parts.append(announced(t, draft))
    at = place_of(draft.days[0])
    save = button(t.plain("holidays.save"), Kind.HOLIDAY_SAVE, draft.year, arg=at, style="success")
    return Screen(t.join(parts), ((save, *_cancel(t)),))


def announced(t: Speech, draft: Draft) -> Html:
    """What the new days off mean."""
    if draft.today is not None and draft.days[-1] < draft.today:
        return t("holidays.past")
    if not draft.people:
        return t("holidays.nobody_works")
    if len(draft.days) > 1:
        return t("holidays.not_asked_days", people=draft.people)
    return t(NOT_ASKED[draft.days[0] == draft.today], people=draft.people)


def days_named(t: Speech, days: Sequence[date]) -> Html:
    """One day, or from which to which."""
    if len(days) == 1:
        return t.day(days[0], year=True)
    first = t.day(days[0], year=days[0].year != days[-1].year)
    return t("holidays.from_to", first=first, last=t.day(days[-1], year=True), count=len(days))


def _drafted(t: Speech, draft: Draft) -> Html:
    lines = [t("holidays.card", day=days_named(t, draft.days), what=draft.name)]
    if draft.already:
        days = ", ".join(t.date(one) for one in draft.already)
        lines.append(t("holidays.already_off", days=days))
    if draft.sundays:
        lines.append(t("holidays.sundays"))
    return t.join(lines)


def _cancel(t: Speech) -> tuple[Button, ...]:
    return (button(t.plain("dialogue.cancel"), Kind.CANCEL),)


def asks(t: Speech, text: Html) -> Screen:
    """A question that is answered by typing."""
    return Screen(text, (_cancel(t),))


def doubtful(t: Speech, one: DayOff, doubt: Doubt, *, day: date) -> Screen:
    """A new date that may be a slip: moved only when it is meant."""
    parts = [t("holidays.doubt_move", name=one.name, day=t.day(one.day, year=True), to=t.day(day, year=True))]
    if doubt.far:
        parts.append(t("holidays.doubt_far", days=doubt.far))
    if doubt.other is not None:
        parts.append(t("holidays.doubt_other", name=doubt.other))
    parts.append(t("holidays.doubt_ask"))
    move = button(t.plain("holidays.move"), Kind.HOLIDAY_DATE, one.id, arg=day.isoformat())
    return Screen(t.join(parts), ((move, *_cancel(t)),))


def warning(t: Speech, gaps: Gaps) -> Screen:
    """What is estimated or missing in next year's list."""
    parts = [t("holidays.warn_head", year=gaps.year)]
    lacks = [
        (not gaps.national, t("holidays.warn_empty")),
        (gaps.few and gaps.national > 0, t("holidays.warn_few", count=gaps.national)),
        (not gaps.feast and gaps.national > 0, t("holidays.warn_feast")),
        (not gaps.joint_leave, t("holidays.warn_joint_leave")),
    ]
    missing = [text for holds, text in lacks if holds]
    if missing:
        parts.append(Html("\n".join(missing)))
    if gaps.estimated:
        lines = [
            t("holidays.warn_day", day=t.day(day), name=name)
            for day, name in gaps.estimated[:ESTIMATES_SHOWN]
        ]
        parts.append(Html("\n".join([t("holidays.warn_estimated"), *lines])))
    parts.append(t("holidays.warn_foot"))
    return Screen(
        t.join(parts), ((button(t.plain("holidays.open", year=gaps.year), Kind.HOLIDAYS, gaps.year),),)
    )
