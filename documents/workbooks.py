"""Writes a workbook that people fill in: sheets of named columns, lists to choose from, one that explains.

Every text is written as text, whatever it begins with: nothing here is ever a formula.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from documents.cells import MAX_ROWS

if TYPE_CHECKING:
    import xlsxwriter

Value = str | int | float | None
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LINES = {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
_LONGEST_PROMPT, _LONGEST_TITLE = 255, 32
"""What a spreadsheet program takes as a hint beside a cell."""
_ROW_HEIGHT = 15.0
"""Of one line, in points."""


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters. `choices`: a list to choose from; with `free`, other values pass as well.

    `hint` stands beside the cell while somebody fills it in; `about` on the sheet that explains.
    """

    name: str
    width: int
    about: str
    required: bool = False
    choices: tuple[str, ...] = ()
    free: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One sheet to fill in. Of `rows`, the first `examples` are shown as examples."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]] = ()
    examples: int = 0


@dataclass(frozen=True, slots=True)
class Guide:
    """The sheet that explains: title, sentences before the tables, headings of the tables."""

    name: str
    title: str
    sentences: tuple[str, ...]
    headings: tuple[str, str, str]
    required: str
    optional: str
    choices: str
    wrong_choice: str
    """What is said beside a cell whose value is none of its list."""


def write_workbook(sheets: Sequence[SheetContent], guide: Guide, *, made: datetime) -> bytes:
    """A workbook of these sheets, the guide last. `made`: an instant, its date of making."""
    import xlsxwriter  # with the first workbook: it costs 3 MB

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": made.replace(tzinfo=None)})
    for content in sheets:
        _write_sheet(book, content, guide)
    _write_guide(book, sheets, guide)
    book.close()
    return target.getvalue()


def _write_sheet(book: "xlsxwriter.Workbook", content: SheetContent, guide: Guide) -> None:
    sheet = book.add_worksheet(content.name)
    plain = book.add_format({**_LINES, "num_format": "@", "text_wrap": True})
    number = book.add_format({**_LINES, "num_format": "0.####", "align": "center"})
    example = book.add_format(
        {**_LINES, "num_format": "@", "text_wrap": True, "italic": True, "font_color": "#7F7F7F"}
    )
    shown_number = book.add_format(
        {**_LINES, "num_format": "0.####", "align": "center", "italic": True, "font_color": "#7F7F7F"}
    )
    empty = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    head = {**_LINES, "bold": True, "valign": "vcenter", "text_wrap": True}
    needed = book.add_format({**head, "bg_color": "#1F4E78", "font_color": "#FFFFFF"})
    optional = book.add_format({**head, "bg_color": "#DDEBF7"})
    sheet.set_row(0, 2 * _ROW_HEIGHT)
    for place, column in enumerate(content.columns):
        sheet.set_column(place, place, column.width, empty)
        sheet.write_string(0, place, column.name, needed if column.required else optional)
        _validate(sheet, place, column, guide)
    for row, values in enumerate(content.rows, start=1):
        style = example if row <= content.examples else plain
        for place, value in enumerate(values):
            if isinstance(value, str) and value:
                sheet.write_string(row, place, value, style)
            elif value is None or isinstance(value, str):
                sheet.write_blank(row, place, None, style)
            else:
                sheet.write_number(row, place, value, shown_number if row <= content.examples else number)
        sheet.set_row(row, _ROW_HEIGHT * _lines(values, content.columns))
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _validate(sheet: "xlsxwriter.worksheet.Worksheet", place: int, column: Column, guide: Guide) -> None:
    if not column.choices and not column.hint:
        return
    rule: dict[str, object] = {"validate": "any"}
    if column.choices:
        rule = {
            "validate": "list",
            "source": list(column.choices),
            "show_error": not column.free,
            "error_title": column.name[:_LONGEST_TITLE],
            "error_message": guide.wrong_choice[:_LONGEST_PROMPT],
        }
    if column.hint:
        rule |= {
            "input_title": column.name[:_LONGEST_TITLE],
            "input_message": column.hint[:_LONGEST_PROMPT],
        }
    sheet.data_validation(1, place, MAX_ROWS, place, rule)


def _write_guide(book: "xlsxwriter.Workbook", sheets: Sequence[SheetContent], guide: Guide) -> None:
    sheet = book.add_worksheet(guide.name)
    title = book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    heading = book.add_format({"bold": True, "font_size": 12, "font_color": "#1F4E78"})
    head = book.add_format({**_LINES, "bold": True, "bg_color": "#DDEBF7"})
    cell = book.add_format({**_LINES, "text_wrap": True})
    strong = book.add_format({**_LINES, "text_wrap": True, "bold": True})
    widths = (20, 14, 92)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, guide.title, title)
    row = 2
    for sentence in guide.sentences:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", wrapped)
        sheet.write_string(row, 0, sentence, wrapped)
        sheet.set_row(row, _ROW_HEIGHT * _height(sentence, sum(widths)))
        row += 1
    for content in sheets:
        sheet.write_string(row + 1, 0, content.name, heading)
        sheet.merge_range(row + 2, 0, row + 2, len(widths) - 1, "", wrapped)
        sheet.write_string(row + 2, 0, content.about, wrapped)
        sheet.set_row(row + 2, _ROW_HEIGHT * _height(content.about, sum(widths)))
        for place, text in enumerate(guide.headings):
            sheet.write_string(row + 3, place, text, head)
        row += 4
        for column in content.columns:
            choices = f" {guide.choices} {', '.join(column.choices)}." if column.choices else ""
            about = column.about + choices
            sheet.write_string(row, 0, column.name, strong)
            sheet.write_string(row, 1, guide.required if column.required else guide.optional, cell)
            sheet.write_string(row, 2, about, cell)
            sheet.set_row(row, _ROW_HEIGHT * _height(about, widths[2]))
            row += 1
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _lines(values: Sequence[Value], columns: Sequence[Column]) -> int:
    """How many lines the fullest cell of a row takes, at most twelve."""
    return min(
        12,
        max(_height(str(value or ""), column.width) for value, column in zip(values, columns, strict=True)),
    )


def _height(text: str, width: int) -> int:
    return sum(1 + len(line) // (width + 4) for line in text.split("\n"))
