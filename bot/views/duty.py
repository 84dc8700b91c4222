"""`/cuti`: the person's days away or elsewhere, how they add some, and what their supervisor is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.callbacks import Kind, Press
from bot.screens import DANGER, PRIMARY, SUCCESS, Button, Screen, button
from bot.texts import ZONE_NAMES, Html, Speech
from bot.views.days import pending_screen
from bot.views.faults import fault_text
from bot.views.paging import pager
from bot.views.spans import long_span, short_span
from services.duty.periods import AWAY, Period, Preview, Wish
from services.duty.telling import Stay, Told
from services.errors import NotFound
from services.reading.date_faults import Misread
from services.states import DayKind

SIX = (DayKind.LEAVE, DayKind.SICK, DayKind.PERMIT, DayKind.FIELD, DayKind.TRAINING, DayKind.REMOTE)
ON_A_PAGE = 6
MOST_NOTES = 4
"""How many days off a preview explains; more of them are only counted."""
KINDS_FACE, DATES_FACE, WISH_FACE, PAGE_FACE = "k", "d", "w", "l"
HALF_FACE, SAVED_FACE = "h", "s"
"""The preview of half a day; the list after something was saved that leaves a supervisor's place empty."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A wish as a button carries it. `length`: how many days were said beside the start, 0 for none."""

    wish: Wish
    length: int = 0

    def pack(self) -> str:
        wish = self.wish
        zone = ZONE_NAMES.get(wish.zone or "", "")
        return f"{wish.kind}.{wish.first:%Y%m%d}.{wish.last:%Y%m%d}.{zone}.{self.length}"


def unpack_draft(arg: str) -> Draft:
    """The draft in a button. Raises NotFound for anything that no button of ours says."""
    parts = arg.split(".")
    if len(parts) != 5:
        raise NotFound
    zones = {name: zone for zone, name in ZONE_NAMES.items()} | {"": ""}
    if parts[3] not in zones or not (parts[4].isascii() and parts[4].isdigit() and len(parts[4]) < 4):
        raise NotFound
    wish = Wish(kind_of(parts[0]), date_of(parts[1]), date_of(parts[2]), zones[parts[3]] or None)
    return Draft(wish, int(parts[4]))


def kind_of(text: str) -> DayKind:
    """The kind of day in a button. Raises NotFound."""
    try:
        return DayKind(text)
    except ValueError:
        raise NotFound from None


def date_of(text: str) -> date:
    """A date in a button, as 20261224. Raises NotFound."""
    if not (text.isascii() and text.isdigit() and len(text) == 8):
        raise NotFound
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise NotFound from None


def list_screen(
    t: Speech,
    periods: Sequence[Period],
    *,
    person_id: int,
    today: date,
    page: int = 0,
    vacant: bool = False,
) -> Screen:
    """The card: what holds, with a button each to take it back, and «Tambah».

    `vacant`: nobody stands in for this supervisor on the days just saved, and somebody may be named.
    """
    pages = max(1, -(-len(periods) // ON_A_PAGE))
    page = min(page, pages - 1)
    shown = periods[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    lines = [_line(t, one, today) for one in shown] or [t("duty.none")]
    rows: list[tuple[Button, ...]] = [
        (button(_cancel_label(t, one, today), Kind.DUTY_CANCEL, one.id),)
        for one in shown
        if one.kind is not DayKind.EXCUSED
    ]
    turning = pager(Kind.DUTY, person_id, page, pages)
    rows += [tuple(replace(one, press=_paged(one)) for one in turning)] if turning else []
    rows.append((button(t.plain("duty.add"), Kind.DUTY, person_id, arg=KINDS_FACE, style=PRIMARY),))
    if vacant:
        rows.append((button(t.plain("duty.name_stand_in"), Kind.ACTING_NEW, person_id),))
    note = [t("duty.nobody_stands_in")] if vacant else []
    return Screen(t.join([t("duty.head"), Html("\n".join(lines)), *note]), tuple(rows))


def _paged(one: Button) -> Press | None:
    return replace(one.press, arg=f"{PAGE_FACE}{one.press.arg}") if one.press else None


def _line(t: Speech, one: Period, today: date) -> Html:
    days = long_span(t, one.first, one.last, year=today.year not in (one.first.year, one.last.year))
    zone = f" ({ZONE_NAMES.get(one.zone, one.zone)})" if one.zone else ""
    if one.kind is DayKind.EXCUSED:
        return t("duty.line_excused", days=days, reason=one.reason or "–")
    return t("duty.line", kind=kind_name(t, one.kind), days=days, zone=zone, count=one.workdays)


def _cancel_label(t: Speech, one: Period, today: date) -> str:
    days = short_span(t, one.first, one.last, today=today)
    return t.plain("duty.cancel", kind=kind_name(t, one.kind).lower(), days=days)


def kind_name(t: Speech, kind: DayKind) -> str:
    """«Dinas luar»."""
    return t.plain(f"duty.kind_{kind}")


def kinds_screen(t: Speech, *, person_id: int, draft: Draft | None = None) -> Screen:
    """Which kind of days are to be added. `draft`: the days are known already, whatever kind it says."""

    def following(kind: DayKind) -> str:
        if draft is None:
            return f"{DATES_FACE}{kind}"
        return f"{WISH_FACE}{replace(draft, wish=replace(draft.wish, kind=kind)).pack()}"

    labels = [button(kind_name(t, kind), Kind.DUTY, person_id, arg=following(kind)) for kind in SIX]
    rows = (tuple(labels[:3]), tuple(labels[3:]), (back(t, person_id),))
    if draft is None:
        return Screen(t("duty.which_kind"), rows)
    days = long_span(t, draft.wish.first, draft.wish.last)
    return Screen(t("duty.which_kind_on", days=days), rows)


def dates_screen(t: Speech, kind: DayKind, *, person_id: int) -> Screen:
    """Asks for the days of a kind; they are typed."""
    return Screen(_which_days(t, kind), ((back(t, person_id),),))


def unread_screen(t: Speech, misread: Misread, kind: DayKind) -> Screen:
    """Days that could not be read: what is wrong with them, and the question once more."""
    return pending_screen(t, t.join([fault_text(t, misread), _which_days(t, kind)]))


def _which_days(t: Speech, kind: DayKind) -> Html:
    example = t("duty.example_past") if kind is DayKind.SICK else t("duty.example")
    return t("duty.which_days", kind=kind_name(t, kind), example=example)


def back(t: Speech, person_id: int) -> Button:
    """Leaves the question and shows the list."""
    return button(t.plain("duty.back"), Kind.DUTY, person_id)


def preview_screen(
    t: Speech,
    preview: Preview,
    draft: Draft,
    *,
    person_id: int,
    today: date,
    by_workdays: date | None,
    half: bool = False,
) -> Screen:
    """What was understood, in words; `by_workdays`: where it ends if workdays were meant.

    `half`: half a day was said, which cannot be recorded.
    """
    wish = preview.wish
    lines = [
        t("duty.understood", kind=kind_name(t, wish.kind), days=long_span(t, wish.first, wish.last)),
        _counted(t, preview),
    ]
    if half:
        lines.append(t("duty.whole_days"))
    if preview.sent:
        days = ", ".join(short_span(t, one, one, today=today) for one in preview.sent[:MOST_NOTES])
        more = "…" if len(preview.sent) > MOST_NOTES else ""
        lines.append(t("duty.sent_stays", days=f"{days}{more}"))
    rows: list[tuple[Button, ...]] = []
    if preview.held:
        lines.append(t("duty.held"))
    else:
        if preview.clashes:
            lines.append(t("duty.clash", periods=_named(t, preview.clashes, today)))
        if wish.kind is DayKind.FIELD:
            lines.append(t("duty.ask_zone"))
            rows.append(_zones(t, draft, person_id))
        lines.append(t("duty.not_asked") if wish.kind in AWAY else t("duty.still_report"))
        label, kind = (
            ("duty.replace", Kind.DUTY_REPLACE) if preview.clashes else ("duty.save", Kind.DUTY_SAVE)
        )
        style = DANGER if preview.clashes else SUCCESS
        rows.append((button(t.plain(label), kind, person_id, arg=draft.pack(), style=style),))
        if by_workdays is not None:
            longer = Draft(replace(wish, last=by_workdays)).pack()
            label = t.plain("duty.by_workdays", count=draft.length, day=_end(t, by_workdays))
            rows.append((button(label, Kind.DUTY, person_id, arg=f"{WISH_FACE}{longer}"),))
    again = button(t.plain("duty.other_days"), Kind.DUTY, person_id, arg=f"{DATES_FACE}{wish.kind}")
    rows.append((again, back(t, person_id)))
    return Screen(t.join(lines), tuple(rows))


def _counted(t: Speech, preview: Preview) -> Html:
    wish = preview.wish
    total = (wish.last - wish.first).days + 1
    if total == 1:
        why = ", ".join(_why(t, day, kind) for day, kind in preview.off)
        return t("duty.day_off", why=why) if why else t("duty.day_counted", count=preview.workdays)
    if not preview.off or len(preview.off) > MOST_NOTES:
        return t("duty.counted", total=total, count=preview.workdays)
    notes = ", ".join(f"{day.day} {_why(t, day, kind)}" for day, kind in preview.off)
    return t("duty.counted_why", total=total, count=preview.workdays, notes=notes)


def _why(t: Speech, day: date, kind: str) -> str:
    if kind == "weekend":
        return t.options("calendar.weekdays")[day.weekday()]
    return t.plain(f"duty.off_{kind}")


def _end(t: Speech, day: date) -> str:
    return f"{t.options('calendar.weekdays')[day.weekday()]} {short_span(t, day, day)}"


def _named(t: Speech, periods: Sequence[Period], today: date) -> str:
    return ", ".join(
        f"{kind_name(t, one.kind).lower()} {short_span(t, one.first, one.last, today=today)}"
        for one in periods
    )


def _zones(t: Speech, draft: Draft, person_id: int) -> tuple[Button, ...]:
    chosen = draft.wish.zone
    return tuple(
        button(
            f"✓ {name}" if zone == chosen else name,
            Kind.DUTY,
            person_id,
            arg=WISH_FACE
            + replace(draft, wish=replace(draft.wish, zone=None if zone == chosen else zone)).pack(),
        )
        for zone, name in ZONE_NAMES.items()
    )


def told_screen(t: Speech, told: Sequence[Told], *, today: date) -> Screen:
    """What a supervisor is told, quietly: a line a person."""
    lines = []
    for one in told:
        parts = [_stay(t, stay, today) for stay in one.now]
        parts += [t("duty.told_gone", stay=_stay(t, stay, today)) for stay in one.gone]
        lines.append(t("duty.told_line", name=one.name, what=Html("; ".join(parts))))
    return Screen(t.join([t("duty.told_head"), Html("\n".join(lines))]), silent=True)


def _stay(t: Speech, stay: Stay, today: date) -> Html:
    days = short_span(t, stay.first, stay.last, today=today)
    return t("duty.told_stay", kind=kind_name(t, stay.kind).lower(), days=days, count=stay.workdays)
