"""The e-Kinerja sheet in chat: what is on it, what it lacks, and the buttons that complete it."""

from dataclasses import dataclass, replace
from datetime import date

from bot.callbacks import Kind
from bot.screens import PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from services.sheet.access import People
from services.sheet.periods import Period, before, month_of, week_of
from services.sheet.rows import Gap, Sheet
from services.sheet.writing import mark_of

OVERVIEW, TIMES, AMOUNTS, STEPS, CHOICE = "o", "t", "a", "s", "c"
FACES = (OVERVIEW, TIMES, AMOUNTS, STEPS, CHOICE)
XLSX, CSV = "x", "c"
LABEL = 56
ASKED = (Gap.LINK, Gap.STEP, Gap.TIME, Gap.AMOUNT)
NOTED = (Gap.TELEGRAM, Gap.EVIDENCE, Gap.LONG)
EMPTY = {Gap.LINK: "step", Gap.STEP: "step", Gap.TIME: "time", Gap.AMOUNT: "amount", Gap.EVIDENCE: "evidence"}
"""Which column a gap leaves empty."""
Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Which sheet is looked at, how, and which page of it."""

    first: date
    last: date
    everything: bool = False
    face: str = OVERVIEW
    page: int = 0

    def pack(self) -> str:
        """As a button says it, `20261101.20261130.0.o.0`."""
        return f"{self.first:%Y%m%d}.{self.last:%Y%m%d}.{int(self.everything)}.{self.face}.{self.page}"

    @classmethod
    def unpack(cls, text: str) -> "Look | None":
        """None for what is no look of ours."""
        parts = text.split(".")
        if len(parts) != 5 or parts[2] not in ("0", "1") or parts[3] not in FACES:
            return None
        if not (parts[4].isascii() and parts[4].isdigit() and len(parts[4]) <= 4):
            return None
        first, last = (_date(one) for one in parts[:2])
        if first is None or last is None:
            return None
        return cls(first, last, parts[2] == "1", parts[3], int(parts[4]))

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)

    def at(self, face: str, page: int = 0) -> "Look":
        return replace(self, face=face, page=page)


def _date(text: str) -> date | None:
    if not (text.isascii() and text.isdigit() and len(text) == 8):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def period_words(t: Speech, period: Period) -> Html:
    """«November 2026», «16–22 November 2026»."""
    first, last = period.first, period.last
    if period.is_month:
        return Html(f"{t.options('calendar.months')[first.month - 1]} {first.year}")
    if first == last:
        return t.day(first, year=True)
    if (first.year, first.month) == (last.year, last.month):
        return Html(f"{first.day}–{t.date(last, year=True)}")
    return Html(f"{t.date(first, year=first.year != last.year)} – {t.date(last, year=True)}")


def overview(
    t: Speech, sheet: Sheet, look: Look, *, own: bool, today: date, chooses: bool, undo: bool = False
) -> Screen:
    """How many rows, what they lack, and what can be done about it, before anything is fetched.

    `undo`: what was just completed can be taken back.
    """
    parts = [_head(t, sheet, look, own=own), _counts(t, sheet)]
    asked = _asked(t, sheet)
    if asked:
        title = t("sheet.lacking" if own else "sheet.lacking_theirs")
        parts.append(Html("\n".join([title, *asked])))
    noted = [t(f"sheet.gap_{gap}", count=len(found)) for gap in NOTED if (found := sheet.lacking(gap))]
    if noted:
        parts.append(Html("\n".join([t("sheet.noted"), *noted])))
    if sheet.entries and not asked and not noted:
        parts.append(t("sheet.complete"))
    if sheet.entries and own:
        parts.append(_copied(t, sheet))
    rows: list[Row] = [undo_row(t, sheet, look)] if own and undo else []
    rows += _fixes(t, sheet, look) if own else []
    rows += _files(t, sheet, look)
    rows += _around(t, sheet, look, today=today, chooses=chooses)
    if own and look.first == look.last:
        rows.append((button(t.plain("sheet.to_copying"), Kind.COPY_DAY, arg=f"{look.first.isoformat()}.0"),))
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _head(t: Speech, sheet: Sheet, look: Look, *, own: bool) -> Html:
    head = t("sheet.head", period=period_words(t, look.period))
    return head if own else Html(f"{head}\n{t('sheet.whose', name=sheet.name)}")


def _counts(t: Speech, sheet: Sheet) -> Html:
    key = "sheet.count_all" if sheet.everything else "sheet.count"
    lines = [t(key, count=len(sheet.entries)) if sheet.entries else t("sheet.none")]
    if sheet.waiting and not sheet.everything:
        lines.append(t("sheet.waiting", count=sheet.waiting))
    if sheet.waiting and sheet.everything:
        lines.append(t("sheet.among", count=sheet.waiting))
    if sheet.drafts:
        lines.append(t("sheet.drafts", count=sheet.drafts))
    return Html("\n".join(lines))


def _asked(t: Speech, sheet: Sheet) -> list[Html]:
    lines = [t(f"sheet.gap_{gap}", count=len(found)) for gap in ASKED if (found := sheet.lacking(gap))]
    crowded = sum(one.crowded for one in sheet.entries)
    return [*lines, t("sheet.crowded", count=crowded)] if crowded else lines


def empty_cells(t: Speech, sheet: Sheet) -> Html:
    """Which cells a file made now would leave empty."""
    counts: dict[str, int] = {}
    for gap, column in EMPTY.items():
        counts[column] = counts.get(column, 0) + len(sheet.lacking(gap))
    counts["evidence"] += sum(not one.evidence for one in sheet.lacking(Gap.TELEGRAM))
    said = [t.plain(f"sheet.cell_{name}", count=count) for name, count in counts.items() if count]
    return t("sheet.empty_cells", cells=", ".join(said)) if said else t("sheet.complete")


def _copied(t: Speech, sheet: Sheet) -> Html:
    left = len(sheet.uncopied)
    return t("sheet.left", left=left, count=len(sheet.entries)) if left else t("sheet.all_copied")


def _fixes(t: Speech, sheet: Sheet, look: Look) -> list[Row]:
    rows: list[Row] = []
    open_ = len(sheet.lacking(Gap.STEP)) + len(sheet.lacking(Gap.LINK))
    if open_:
        label = t.plain("sheet.fix_steps", count=open_)
        rows.append((to_look(label, sheet, look.at(STEPS), style=PRIMARY),))
    times = len(sheet.lacking(Gap.TIME))
    if times:
        see = to_look(t.plain("sheet.see_times"), sheet, look.at(TIMES))
        rows.append((see, accept_button(t, sheet, look)))
    amounts = len(sheet.lacking(Gap.AMOUNT))
    if amounts:
        rows.append((to_look(t.plain("sheet.fix_amounts", count=amounts), sheet, look.at(AMOUNTS)),))
    return rows


def accept_button(t: Speech, sheet: Sheet, look: Look) -> Button:
    """«Pakai jam usulan», for the rows as they are shown."""
    label = t.plain("sheet.accept_times", count=len(sheet.lacking(Gap.TIME)))
    mark = mark_of(sheet.entries)
    arg = look.at(OVERVIEW).pack()
    return button(label, Kind.SHEET_TIMES, sheet.person_id, revision=mark, arg=arg, style=PRIMARY)


def _files(t: Speech, sheet: Sheet, look: Look) -> list[Row]:
    if not sheet.entries:
        return []
    plain = look.at(OVERVIEW).pack()
    return [
        (
            button(
                t.plain("sheet.xlsx"), Kind.SHEET_FILE, sheet.person_id, arg=f"{XLSX}.{plain}", style=SUCCESS
            ),
            button(t.plain("sheet.csv"), Kind.SHEET_FILE, sheet.person_id, arg=f"{CSV}.{plain}"),
        )
    ]


def _around(t: Speech, sheet: Sheet, look: Look, *, today: date, chooses: bool) -> list[Row]:
    """Other rows, other periods, other people."""
    rows: list[Row] = []
    if sheet.waiting:
        label = t.plain("sheet.only_approved") if look.everything else t.plain("sheet.with_waiting")
        other = replace(look, everything=not look.everything, face=OVERVIEW, page=0)
        rows.append((to_look(label, sheet, other),))
    choices = (
        ("sheet.this_month", month_of(today)),
        ("sheet.last_month", before(today)),
        ("sheet.this_week", week_of(today)),
    )
    there = [
        to_look(t.plain(key), sheet, replace(look, first=one.first, last=one.last, face=OVERVIEW, page=0))
        for key, one in choices
        if one != look.period
    ]
    rows.append(tuple(there))
    period = button(
        t.plain("sheet.other_period"), Kind.SHEET_PERIOD, sheet.person_id, arg=look.at(OVERVIEW).pack()
    )
    people = button(t.plain("sheet.other_person"), Kind.SHEET_PEOPLE, arg="0")
    rows.append((period, people) if chooses else (period,))
    return rows


def undo_row(t: Speech, sheet: Sheet, look: Look) -> Row:
    """«Urungkan», right after something was completed."""
    return (button(t.plain("day.restore"), Kind.SHEET_UNDO, sheet.person_id, arg=look.pack()),)


def fetched_screen(t: Speech, sheet: Sheet, look: Look, *, own: bool) -> Screen:
    """With the file: what is in it, and the one button that says it was copied."""
    parts = [
        t("sheet.fetched", count=len(sheet.entries), period=period_words(t, look.period)),
        empty_cells(t, sheet),
    ]
    if not own or not sheet.uncopied:
        return Screen(t.join(parts))
    parts.append(t("sheet.when_copied"))
    label = t.plain("sheet.mark_all", count=len(sheet.uncopied))
    mark = mark_of(sheet.entries)
    arg = look.at(OVERVIEW).pack()
    return Screen(
        t.join(parts), ((button(label, Kind.SHEET_COPIED, sheet.person_id, revision=mark, arg=arg),),)
    )


def whose_screen(t: Speech) -> Screen:
    """To somebody without a sheet of their own: whose it shall be."""
    return Screen(
        t("sheet.whose_sheet"),
        (
            (button(t.plain("sheet.find"), Kind.SHEET_FIND, style=PRIMARY),),
            (button(t.plain("sheet.everybody"), Kind.SHEET_PEOPLE, arg="0"),),
        ),
    )


def people_screen(t: Speech, people: People, *, own: int | None) -> Screen:
    """Whose sheet; `own`: the one's who looks, when they have one."""
    rows: list[Row] = [
        (button(shorten(_name(one.name, one.unit_name), LABEL), Kind.SHEET_SHOW, one.person_id),)
        for one in people.found
    ]
    if people.pages > 1:
        places = (max(0, people.page - 1), people.page, min(people.pages - 1, people.page + 1))
        labels = ("‹", f"{people.page + 1}/{people.pages}", "›")
        rows.append(
            tuple(
                button(label, Kind.SHEET_PEOPLE, arg=str(place))
                for label, place in zip(labels, places, strict=True)
            )
        )
    rows.append((button(t.plain("sheet.find"), Kind.SHEET_FIND),))
    if own is not None:
        rows.append((button(t.plain("sheet.my_own"), Kind.SHEET_SHOW, own),))
    text = t("sheet.which_person", count=people.total) if people.found else t("sheet.no_people")
    return Screen(text, tuple(rows))


def asks(t: Speech, text: Html) -> Screen:
    """A question that waits for words."""
    return Screen(text, ((button(t.plain("dialogue.cancel"), Kind.CANCEL),),))


def _name(name: str, unit: str | None) -> str:
    return f"{name} · {unit}" if unit else name


def to_look(label: str, sheet: Sheet, look: Look, *, style: str | None = None) -> Button:
    """A button that shows the same sheet in another way."""
    return button(label, Kind.SHEET_SHOW, sheet.person_id, arg=look.pack(), style=style)


def back_button(t: Speech, sheet: Sheet, look: Look) -> Button:
    """To the overview."""
    return to_look(t.plain("day.back"), sheet, look.at(OVERVIEW))
