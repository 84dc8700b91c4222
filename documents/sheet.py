"""Writes the e-Kinerja sheet: eight columns in their order, as .xlsx or .csv.

Every text is written as text, whatever it begins with: nothing here is ever a formula. Values are valid
for that form already, one line each; what is not is refused, not mended.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

HEADINGS = (
    "Rencana Aksi",
    "Tanggal",
    "Jam Mulai",
    "Jam Selesai",
    "Kegiatan Harian",
    "Realisasi",
    "Satuan",
    "Bukti Dukung",
)
"""The columns of the form, in its order."""
AMOUNT = HEADINGS.index("Realisasi")
WIDTHS = (40, 12, 9, 9, 52, 10, 14, 44)
"""Of the columns, in characters."""
LINE, MOST_LINES = 15.5, 26
"""Points of one line of text; a row is never higher than 409 points."""
SHEET_NAME = "e-Kinerja"
SEPARATOR = ";"
"""What an Indonesian spreadsheet program splits a .csv at."""
RISKY = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
"""How a cell of a .csv begins that a spreadsheet program would calculate."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One row. Empty: None, or no letters."""

    step: str
    day: date
    starts: time | None
    ends: time | None
    activity: str
    quantity: int | None
    unit: str
    evidence: str

    @property
    def cells(self) -> tuple[str | int, ...]:
        """The eight values as the form takes them."""
        return (
            self.step,
            self.day.isoformat(),
            _clock(self.starts),
            _clock(self.ends),
            self.activity,
            "" if self.quantity is None else self.quantity,
            self.unit,
            self.evidence,
        )


def write_xlsx(lines: Sequence[SheetLine], *, made: datetime) -> bytes:
    """A workbook with one sheet. `made`: an instant, its date of making. Raises ValueError (`check_cell`)."""
    import xlsxwriter  # with the first sheet: it costs 3 MB

    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": made.replace(tzinfo=None)})
    sheet = book.add_worksheet(SHEET_NAME)
    body = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF"}
    text = book.add_format({**body, "num_format": "@"})
    centred = book.add_format({**body, "num_format": "@", "align": "center"})
    amount = book.add_format({**body, "num_format": "0", "align": "center"})
    head = book.add_format(
        {**body, "bold": True, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter"}
    )
    formats = (text, centred, centred, centred, text, amount, text, text)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, HEADINGS[column], head)
    sheet.set_row(0, 2 * LINE)
    for row, line in enumerate(lines, start=1):
        sheet.set_row(row, LINE * _lines_of(line))
        for column, value in enumerate(line.cells):
            if isinstance(value, int):
                sheet.write_number(row, column, value, amount)
            elif value:
                sheet.write_string(row, column, check_cell(value), formats[column])
            else:
                sheet.write_blank(row, column, None, formats[column])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return target.getvalue()


def _lines_of(line: SheetLine) -> int:
    """How many lines the fullest cell of a row wraps to, about: not every program measures that itself."""
    fullest = max(-(-len(str(value)) // (width - 3)) for value, width in zip(line.cells, WIDTHS, strict=True))
    return max(1, min(MOST_LINES, fullest))


def write_csv(lines: Iterable[SheetLine]) -> bytes:
    """The same as text with semicolons, marked as UTF-8.

    A text that a spreadsheet program would calculate gets an apostrophe in front. Raises ValueError.
    """
    target = io.StringIO()
    writer = csv.writer(target, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for line in lines:
        writer.writerow([_harmless(check_cell(str(value))) for value in line.cells])
    return target.getvalue().encode("utf-8-sig")


def check_cell(text: str) -> str:
    """The text as it is. Raises ValueError for one with a line break, a control character or past 32,767."""
    if len(text) > 32_767 or any(_breaks(letter) for letter in text):
        raise ValueError("a cell of the sheet is one line of printable text")
    return text


def _harmless(text: str) -> str:
    return f"'{text}" if RISKY.match(text) else text


def _breaks(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or ord(letter) & 0xFFFE == 0xFFFE


def _clock(moment: time | None) -> str:
    return moment.strftime("%H:%M") if moment else ""
