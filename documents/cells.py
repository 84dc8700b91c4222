"""What a spreadsheet gives: cells that know their address, and the limits a file must keep."""

import enum
import functools
from dataclasses import dataclass
from typing import Any

MAX_BYTES = 20 * 1024 * 1024
"""The largest file taken, as Telegram itself limits what a bot may fetch."""
MAX_UNPACKED = 60 * 1024 * 1024
"""The most that one part of a workbook may unpack to."""
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELLS = MAX_ROWS * MAX_COLUMNS
MAX_TEXT = 6_000
"""Characters in one cell."""


class Kind(enum.StrEnum):
    """`FORMULA`: one that was never calculated. `ERROR`: #N/A and the like. `LONG`: past MAX_TEXT."""

    TEXT = "text"
    NUMBER = "number"
    FORMULA = "formula"
    ERROR = "error"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. A number is written with at most 15 digits, which is all a spreadsheet keeps."""

    row: int
    column: int
    text: str = ""
    kind: Kind = Kind.TEXT

    @property
    def address(self) -> str:
        return f"{column_letters(self.column)}{self.row}"


Grid = dict[int, dict[int, Cell]]
"""Row number → column number → cell, both from 1; rows and cells without a value are not there."""


class Unreadable(Exception):
    """The file as a whole cannot be taken; `code` names the sentence and `params` fill it."""

    def __init__(self, code: str, /, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@functools.lru_cache(maxsize=256)
def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def text_cell(row: int, column: int, text: str) -> Cell:
    """A text, or the news that it is too long to be one."""
    if len(text) > MAX_TEXT:
        return Cell(row, column, text[:40], Kind.LONG)
    return Cell(row, column, text)
