"""What an e-Kinerja sheet lacks, one screen for each kind: times, amounts, action steps."""

from collections.abc import Sequence
from typing import TypeVar

from bot.callbacks import Kind
from bot.screens import Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.sheet import (
    AMOUNTS,
    LABEL,
    OVERVIEW,
    STEPS,
    TIMES,
    Look,
    Row,
    accept_button,
    asks,
    back_button,
    to_look,
    undo_row,
)
from services.dialogue import Step
from services.sheet.rows import Gap, Sheet, SheetEntry
from services.sheet.writing import mark_of

A_PAGE = {TIMES: 9, AMOUNTS: 5, STEPS: 6}
"""Lines of one screen."""
TEXT = 90
LONG = 900
ROMAN = ("I", "II", "III", "IV")
T = TypeVar("T")


def times_screen(t: Speech, sheet: Sheet, look: Look, *, undo: bool = False) -> Screen:
    """The proposed times, day by day."""
    found = sorted(sheet.lacking(Gap.TIME), key=lambda one: (one.work_date, one.starts, one.entry_id))
    shown, page, pages = _page(found, look)
    lines: list[Html] = []
    numbered = list(enumerate(shown, start=page * A_PAGE[TIMES] + 1))
    day = None
    for number, one in numbered:
        if one.work_date != day:
            day = one.work_date
            lines.append(t("sheet.time_day", day=t.day(day)))
        lines.append(_time_line(t, number, one))
    parts = [t("sheet.times_head", count=len(found)), Html("\n".join(lines))] if found else []
    parts.append(t("sheet.times_foot") if found else t("sheet.times_none"))
    rows: list[Row] = [undo_row(t, sheet, look)] if undo else []
    rows += [(accept_button(t, sheet, look),)] if found else []
    here = look.at(TIMES, page).pack()
    edits = [
        button(t.plain("sheet.edit_time", number=number), Kind.SHEET_TIME_ASK, one.entry_id, arg=here)
        for number, one in numbered
    ]
    rows += [tuple(edits[at : at + 3]) for at in range(0, len(edits), 3)]
    rows += [_pager(sheet, look, page, pages), (back_button(t, sheet, look),)]
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _time_line(t: Speech, number: int, one: SheetEntry) -> Html:
    if one.starts is None or one.ends is None:
        return Html("")
    key = "sheet.time_crowded" if one.crowded else "sheet.time_line"
    starts, ends = t.clock(one.starts), t.clock(one.ends)
    return t(key, number=number, starts=starts, ends=ends, text=shorten(one.activity, TEXT))


def amounts_screen(t: Speech, sheet: Sheet, look: Look, *, undo: bool = False) -> Screen:
    """The rows without an amount, each with its own buttons."""
    found = sheet.lacking(Gap.AMOUNT)
    shown, page, pages = _page(found, look)
    first = page * A_PAGE[AMOUNTS] + 1
    lines = [
        t("sheet.entry_line", number=number, day=t.date(one.work_date), text=shorten(one.activity, TEXT))
        for number, one in enumerate(shown, start=first)
    ]
    parts = [t("sheet.amounts_head", count=len(found)), Html("\n".join(lines))] if found else []
    parts.append(t("sheet.amounts_foot") if found else t("sheet.amounts_none"))
    here = look.at(AMOUNTS, page).pack()
    rows: list[Row] = [undo_row(t, sheet, look)] if undo else []
    rows += [_amount_row(t, number, one, here) for number, one in enumerate(shown, start=first)]
    if len(found) > 1:
        label = t.plain("sheet.ones", count=len(found))
        mark = mark_of(sheet.entries)
        rows.append((button(label, Kind.SHEET_AMOUNTS, sheet.person_id, revision=mark, arg=here),))
    rows += [_pager(sheet, look, page, pages), (back_button(t, sheet, look),)]
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _amount_row(t: Speech, number: int, one: SheetEntry, here: str) -> Row:
    if one.editable:
        return (button(t.plain("sheet.edit_entry", number=number), Kind.ENTRY_SHOW, one.entry_id),)
    return (
        button(t.plain("sheet.one", number=number), Kind.SHEET_AMOUNT, one.entry_id, arg=here),
        button(t.plain("sheet.type_amount", number=number), Kind.SHEET_AMOUNT_ASK, one.entry_id, arg=here),
    )


def step_questions(sheet: Sheet) -> list[tuple[SheetEntry, int]]:
    """The first row of each question about an action step, and how many rows it is about."""
    groups: dict[tuple[int, ...], list[SheetEntry]] = {}
    for one in sheet.entries:
        if Gap.STEP in one.gaps and one.lineage is not None:
            groups.setdefault((one.lineage, one.work_date.year, one.quarter), []).append(one)
        elif Gap.LINK in one.gaps:
            groups[(0, one.entry_id)] = [one]
    return [(found[0], len(found)) for found in groups.values()]


def steps_screen(t: Speech, sheet: Sheet, look: Look, *, undo: bool = False) -> Screen:
    """Which RHK and quarters still need an action step."""
    found = step_questions(sheet)
    shown, page, pages = _page(found, look)
    first = page * A_PAGE[STEPS] + 1
    lines = [_question_line(t, number, one, count) for number, (one, count) in enumerate(shown, start=first)]
    here = look.at(STEPS, page).pack()
    numbers = tuple(
        button(t.plain("sheet.fix_one", number=number), Kind.SHEET_STEP, one.entry_id, arg=here)
        for number, (one, _) in enumerate(shown, start=first)
    )
    parts = [t("sheet.steps_head"), t.join(lines)] if found else [t("sheet.steps_none")]
    rows: list[Row] = [undo_row(t, sheet, look)] if undo else []
    rows += [numbers[:3], numbers[3:], _pager(sheet, look, page, pages), (back_button(t, sheet, look),)]
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _question_line(t: Speech, number: int, one: SheetEntry, count: int) -> Html:
    if one.target_text is None:
        text = shorten(one.activity, TEXT)
        return t("sheet.question_unlinked", number=number, day=t.date(one.work_date), text=text)
    key = "sheet.question_choose" if one.choices else "sheet.question_none"
    return t(
        key, number=number, text=shorten(one.target_text, TEXT), count=count, quarter=ROMAN[one.quarter - 1]
    )


def choice_screen(
    t: Speech, sheet: Sheet, look: Look, *, asked: SheetEntry, count: int, steps: Sequence[tuple[int, str]]
) -> Screen:
    """The action steps that may be meant. `steps`: id and text."""
    example = shorten(asked.activity, TEXT)
    back = look.at(OVERVIEW).pack()
    rows: list[Row] = [
        (button(shorten(text, LABEL), Kind.SHEET_STEP_PICK, asked.entry_id, arg=f"{step_id}.{back}"),)
        for step_id, text in steps[:20]
    ]
    if asked.target_text is None:
        key = "sheet.choice_unlinked" if steps else "sheet.choice_unlinked_none"
        parts = [t(key, text=example, day=t.day(asked.work_date))]
        outside = t.plain("link.outside")
        rows.append((button(outside, Kind.SHEET_OUTSIDE, asked.entry_id, arg=back),))
        if asked.editable:
            rows.append((button(t.plain("sheet.open_entry"), Kind.ENTRY_SHOW, asked.entry_id),))
    else:
        key = "sheet.choice" if steps else "sheet.choice_none"
        parts = [
            t(
                key,
                target=shorten(asked.target_text, LONG),
                quarter=ROMAN[asked.quarter - 1],
                count=count,
                text=example,
            ),
        ]
        parts += [Html("\n".join(t("sheet.choice_line", text=shorten(text, 300)) for _, text in steps[:8]))][
            : len(steps)
        ]
        write = t.plain("sheet.write_step")
        rows.append((button(write, Kind.SHEET_STEP_ASK, asked.entry_id, arg=back),))
        rows.append((button(t.plain("sheet.use_target"), Kind.SHEET_STEP_RHK, asked.entry_id, arg=back),))
    rows.append((back_button(t, sheet, look),))
    return Screen(t.join(parts), tuple(rows))


def row_question(t: Speech, step: Step, row: SheetEntry) -> Screen:
    """What a text is waited for about one row: its amount, its times, or its action step."""
    if step is Step.SHEET_STEP:
        quarter = ROMAN[row.quarter - 1]
        return asks(t, t("sheet.ask_step", target=shorten(row.target_text or "", LONG), quarter=quarter))
    name = "sheet.ask_time" if step is Step.SHEET_TIME else "sheet.ask_amount"
    return asks(t, t(name, text=shorten(row.activity, 300)))


def _page(found: Sequence[T], look: Look) -> tuple[Sequence[T], int, int]:
    size = A_PAGE[look.face]
    pages = max(1, -(-len(found) // size))
    page = min(look.page, pages - 1)
    return found[page * size : (page + 1) * size], page, pages


def _pager(sheet: Sheet, look: Look, page: int, pages: int) -> Row:
    if pages < 2:
        return ()
    places = (max(0, page - 1), page, min(pages - 1, page + 1))
    labels = ("‹", f"{page + 1}/{pages}", "›")
    return tuple(
        to_look(label, sheet, look.at(look.face, place)) for label, place in zip(labels, places, strict=True)
    )
