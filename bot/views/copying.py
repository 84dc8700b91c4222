"""One entry after another as e-Kinerja asks for it, each field one tap to copy."""

from collections.abc import Iterator
from datetime import date

from bot.callbacks import Kind
from bot.screens import PRIMARY, SUCCESS, Button, Screen, button, copies, shorten, units
from bot.texts import Html, Speech
from bot.views.paging import chunks
from bot.views.sheet import ASKED, Look
from services.sheet.copying import CopyDay, DayLeft, MonthLeft, shown_mark
from services.sheet.rows import LONGEST, SheetEntry

FIELDS = ("step", "day", "starts", "ends", "activity", "quantity", "unit", "evidence")
"""In the order of the form."""
ROWS = (("step", "activity"), ("day", "starts", "ends"), ("quantity", "unit", "evidence"))
"""How their buttons stand; each still begins with what the form asks first."""
ROOM = 2_600
"""UTF-16 units of all values on the card; what is longer is sent by itself."""
SHOWN = 400
PIECE = 3_800
MOST_DAYS = 31


def values_of(one: SheetEntry) -> dict[str, str]:
    """The fields as the form takes them; empty: nothing to copy."""
    return {
        "step": one.step,
        "day": one.work_date.isoformat(),
        "starts": one.starts.strftime("%H:%M") if one.starts else "",
        "ends": one.ends.strftime("%H:%M") if one.ends else "",
        "activity": one.activity,
        "quantity": "" if one.quantity is None else str(one.quantity),
        "unit": one.unit,
        "evidence": one.evidence,
    }


def copy_screen(t: Speech, day: CopyDay, place: int, *, today: date, person_id: int) -> Screen:
    """One entry of a day. `place`: which, from 0."""
    rows: list[tuple[Button, ...]] = []
    if not day.entries:
        parts = [t("copy.head_day", day=t.day(day.work_date)), t("copy.nothing", day=t.day(day.work_date))]
        if day.drafts:
            parts.append(t("copy.drafts", count=day.drafts))
        rows.append(_days(t, day))
        return Screen(t.join(parts), tuple(row for row in rows if row))
    place = min(place, len(day.entries) - 1)
    one = day.entries[place]
    values = values_of(one)
    parts = [_head(t, day, one, place), *_remarks(t, day, one), _fields(t, one, values)]
    rows += [tuple(_copy_buttons(t, names, values)) for names in ROWS]
    if is_long(values):
        rows.append((button(t.plain("copy.whole"), Kind.COPY_LONG, one.entry_id),))
    rows.append((_mark(t, one),))
    rows.append(_entries(t, day, place))
    if len(day.entries) > 1 and day.left > 1:
        label = t.plain("copy.mark_day", count=day.left)
        rows.append((button(label, Kind.COPY_MARK_DAY, day.day_id, revision=shown_mark(day.entries)),))
    if any(gap in ASKED for gap in one.gaps):
        look = Look(day.work_date, day.work_date, True)
        rows.append((button(t.plain("copy.complete"), Kind.SHEET_SHOW, person_id, arg=look.pack()),))
    rows.append(_days(t, day))
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _head(t: Speech, day: CopyDay, one: SheetEntry, place: int) -> Html:
    head = t("copy.head", day=t.day(day.work_date), number=place + 1, count=len(day.entries))
    return Html(f"{head}\n{t('copy.is_copied')}") if one.copied_at else head


def _remarks(t: Speech, day: CopyDay, one: SheetEntry) -> list[Html]:
    lines = [t("copy.how")]
    if one.state.value in ("submitted", "returned"):
        lines.append(t(f"copy.state_{one.state}"))
    if one.proposed:
        lines.append(t("copy.proposed"))
    if one.cut:
        lines.append(t("copy.cut", limit=LONGEST))
    if day.drafts:
        lines.append(t("copy.drafts", count=day.drafts))
    return [Html("\n".join(lines))]


def _fields(t: Speech, one: SheetEntry, values: dict[str, str]) -> Html:
    """Every field, its value in a block that a tap copies; too long for the card: its beginning."""
    whole = not is_long(values)
    lines = []
    for name in FIELDS:
        value = values[name]
        label = t.plain(f"copy.field_{name}")
        if not value:
            lines.append(t("copy.empty", label=label))
        elif units(value) > 256 and whole:
            lines.append(t("copy.block", label=label, value=value))
        elif units(value) > SHOWN:
            lines.append(t("copy.beginning", label=label, value=shorten(value, SHOWN)))
        else:
            proposed = one.proposed and name in ("starts", "ends")
            lines.append(t("copy.proposal" if proposed else "copy.value", label=label, value=value))
    return Html("\n".join(lines))


def is_long(values: dict[str, str]) -> bool:
    """Whether the fields do not fit on one card."""
    return sum(units(one) for one in values.values()) > ROOM


def _copy_buttons(t: Speech, names: tuple[str, ...], values: dict[str, str]) -> Iterator[Button]:
    for name in names:
        if copies(values[name]):
            yield Button(t.plain("copy.copies", label=t.plain(f"copy.field_{name}")), copy=values[name])


def _mark(t: Speech, one: SheetEntry) -> Button:
    if one.copied_at is not None:
        return button(t.plain("copy.unmark"), Kind.COPY_MARK, one.entry_id, arg="0")
    label, mark = t.plain("copy.mark"), shown_mark([one])
    return button(label, Kind.COPY_MARK, one.entry_id, arg="1", revision=mark, style=SUCCESS)


def _entries(t: Speech, day: CopyDay, place: int) -> tuple[Button, ...]:
    if len(day.entries) < 2:
        return ()
    last = len(day.entries) - 1
    numbers = (max(0, place - 1), place, min(last, place + 1))
    labels = (t.plain("copy.entry_before"), f"{place + 1}/{last + 1}", t.plain("copy.entry_after"))
    return tuple(
        button(label, Kind.COPY_DAY, arg=f"{day.work_date.isoformat()}.{number}")
        for label, number in zip(labels, numbers, strict=True)
    )


def _days(t: Speech, day: CopyDay) -> tuple[Button, ...]:
    row = []
    if day.before is not None:
        row.append(_day(f"‹ {_short(t, day.before)}", day.before))
    arg = f"{day.work_date:%Y%m}.{day.work_date.isoformat()}"
    row.append(button(t.plain("copy.list"), Kind.COPY_LIST, arg=arg))
    if day.after is not None:
        row.append(_day(f"{_short(t, day.after)} ›", day.after))
    return tuple(row)


def _day(label: str, day: date, *, style: str | None = None) -> Button:
    return button(label, Kind.COPY_DAY, arg=f"{day.isoformat()}.0", style=style)


def _short(t: Speech, day: date) -> str:
    weekday = t.options("calendar.weekdays")[day.weekday()][:3]
    return f"{weekday} {day.day}"


def list_screen(t: Speech, found: MonthLeft, back: date | None = None) -> Screen:
    """The days of a month of which something was not copied yet. `back`: the day it was opened from."""
    name = f"{t.options('calendar.months')[found.month.month - 1]} {found.month.year}"
    lines = [
        t("copy.list_line", day=t.day(one.work_date), left=one.left, count=one.total)
        for one in found.days[:MOST_DAYS]
    ]
    parts = [t("copy.list_head", month=name)]
    empty = t("copy.list_none" if found.approved else "copy.list_empty", month=name)
    parts.append(Html("\n".join(lines)) if lines else empty)
    days = [
        _day(t.plain("copy.list_day", day=_short(t, one.work_date), left=one.left), one.work_date)
        for one in found.days[:MOST_DAYS]
    ]
    rows = [tuple(days[at : at + 3]) for at in range(0, len(days), 3)]
    rows += [(_month(t, one, back),) for one in found.elsewhere[:3]]
    if back is not None:
        rows.append((_day(t.plain("day.back"), back),))
    return Screen(t.join(parts), tuple(rows))


def _month(t: Speech, one: DayLeft, back: date | None) -> Button:
    name = f"{t.options('calendar.months')[one.work_date.month - 1]} {one.work_date.year}"
    label = t.plain("copy.other_month", month=name, left=one.left)
    arg = f"{one.work_date:%Y%m}{f'.{back.isoformat()}' if back else ''}"
    return button(label, Kind.COPY_LIST, arg=arg, style=PRIMARY if one.left else None)


def whole_screens(t: Speech, one: SheetEntry) -> tuple[Screen, ...]:
    """Every long field by itself, in blocks a tap copies."""
    return tuple(
        Screen(t("copy.block", label=t.plain(f"copy.field_{name}"), value=piece), silent=True)
        for name, value in values_of(one).items()
        if units(value) > 256
        for piece in chunks(value, PIECE)
    )
