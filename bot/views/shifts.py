"""`/jadwal`: a month of a shift as a grid of buttons, and whom a supervisor may open."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.callbacks import Kind
from bot.screens import Button, Screen, button
from bot.texts import Html, Speech
from bot.views.paging import pager
from bot.views.spans import runs, short_span
from services.duty.shifts import Shifts, Worker

BLANK = "⠀"
"""A label that shows nothing and is none of the spaces that Telegram strips."""
ON_A_PAGE = 8
LIST_PAGE = "l"
"""How the argument of a page of the list begins; a month is its year and month."""
ON, OFF = "1", "0"


def month_screen(t: Speech, shifts: Shifts, *, listed: bool) -> Screen:
    """The grid: a press marks a day or takes it away. `listed`: the list is a step back."""
    first = shifts.first
    month = t.plain("shifts.month", month=t.options("calendar.months")[first.month - 1], year=first.year)
    key = "shifts.count_own" if shifts.own else "shifts.count_theirs"
    lines = [
        t("shifts.head", month=month),
        t(key, count=len(shifts.days), name=shifts.name),
        t("shifts.how"),
    ]
    rows = [_header(t, shifts), *_weeks(shifts), _turning(shifts, month)]
    if listed:
        rows.append((button(t.plain("shifts.list"), Kind.SHIFT, shifts.person_id, arg=f"{LIST_PAGE}0"),))
    return Screen(t.join(lines), tuple(rows))


def _header(t: Speech, shifts: Shifts) -> tuple[Button, ...]:
    return tuple(_still(shifts, name[:2]) for name in t.options("shifts.weekdays"))


def _still(shifts: Shifts, label: str) -> Button:
    """A cell that only shows the same month again."""
    return button(label, Kind.SHIFT, shifts.person_id, arg=f"{shifts.first:%Y%m}")


def _weeks(shifts: Shifts) -> list[tuple[Button, ...]]:
    first = shifts.first
    start = first - timedelta(days=first.weekday())
    rows = []
    while start.month == first.month or start < first:
        days = [start + timedelta(days=offset) for offset in range(7)]
        rows.append(tuple(_cell(shifts, day) for day in days))
        start += timedelta(days=7)
    return rows


def _cell(shifts: Shifts, day: date) -> Button:
    if day.month != shifts.first.month:
        return _still(shifts, BLANK)
    marked = day in shifts.days
    label = f"✓{day.day}" if marked else str(day.day)
    label = f"·{label}·" if day == shifts.today else label
    if not shifts.since <= day <= shifts.until:
        return _still(shifts, label if marked else "–")
    arg = f"{day:%Y%m%d}{OFF if marked else ON}"
    return button(label, Kind.SHIFT_SET, shifts.person_id, arg=arg)


def _turning(shifts: Shifts, month: str) -> tuple[Button, ...]:
    """«‹ Desember 2026 ›», within what may be marked."""
    before, after = shifts.first - timedelta(days=1), shifts.first + timedelta(days=31)
    found = [_still(shifts, month)]
    if before >= shifts.since:
        found.insert(0, button("‹", Kind.SHIFT, shifts.person_id, arg=f"{before:%Y%m}"))
    if after.replace(day=1) <= shifts.until:
        found.append(button("›", Kind.SHIFT, shifts.person_id, arg=f"{after:%Y%m}"))
    return tuple(found)


def list_screen(t: Speech, workers: Sequence[Worker], *, own_id: int, month: date, page: int = 0) -> Screen:
    """The shift people of a supervisor, each a button."""
    pages = max(1, -(-len(workers) // ON_A_PAGE))
    page = min(page, pages - 1)
    shown = workers[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    rows: list[tuple[Button, ...]] = [
        (button(_label(t, one), Kind.SHIFT, one.person_id, arg=f"{month:%Y%m}"),) for one in shown
    ]
    turning = pager(Kind.SHIFT, own_id, page, pages)
    if turning:
        places = (max(0, page - 1), page, min(pages - 1, page + 1))
        rows.append(
            tuple(
                button(one.label, Kind.SHIFT, own_id, arg=f"{LIST_PAGE}{at}")
                for one, at in zip(turning, places, strict=True)
            )
        )
    return Screen(t("shifts.which"), tuple(rows))


def _label(t: Speech, one: Worker) -> str:
    return t.plain("shifts.worker", name=one.name, count=one.ahead)


def marked_screen(t: Speech, count: int, *, asked: int) -> Screen:
    """How many of the days that were typed are marked now that were not before."""
    if count:
        return Screen(t("shifts.marked", count=count))
    return Screen(t("shifts.marked_before" if asked == 1 else "shifts.marked_before_many", count=asked))


def told_screen(t: Speech, worked: Sequence[date], free: Sequence[date], *, today: date) -> Screen:
    """What somebody is told whose schedule another person changed."""
    lines = []
    if worked:
        lines.append(t("shifts.told_worked", days=_days(t, worked, today)))
    if free:
        lines.append(t("shifts.told_free", days=_days(t, free, today)))
    return Screen(t.join([t("shifts.told_head"), Html("\n".join(lines)), t("shifts.told_foot")]))


def _days(t: Speech, days: Sequence[date], today: date) -> str:
    return ", ".join(short_span(t, first, last, today=today) for first, last in runs(days))
