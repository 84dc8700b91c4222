"""Rows of a file as an import gets them, and what it has to say about them.

An import never reads files itself: it is given plain rows, column name → cell.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """What stands in one cell, and where (`B7`). A number cell holds at most 15 true digits."""

    address: str
    text: str
    is_number: bool = False


Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about one cell: `code` names the sentence (`import.fault.<code>`) and `params` fill it."""

    cell: str
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Remarks:
    """Collects faults (nothing is imported) and warnings (it is) while rows are read."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def fault(self, cell: Cell, column: str, code: str, /, **params: Any) -> None:
        self.faults.append(Fault(cell.address, column, code, params))

    def warn(self, cell: Cell, column: str, code: str, /, **params: Any) -> None:
        self.warnings.append(Fault(cell.address, column, code, params))


NOWHERE = Cell("", "")

_GAPS = re.compile(r"\s+")


def clean(text: str) -> str:
    """One line without control and invisible characters, single spaces, letters as they are."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = (" " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", text))
    return _GAPS.sub(" ", "".join(x for x in visible if unicodedata.category(x) not in ("Cc", "Cf"))).strip()


def folded(text: str) -> str:
    """For comparing wordings: case and spaces do not count."""
    return clean(text).casefold()


def value_of(row: Row, column: str) -> str:
    """The cleaned text of a cell; "" when it is empty, only a dash, or the column is not there."""
    cell = row.get(column)
    if cell is None or not cell.text:
        return ""
    text = clean(cell.text)
    return "" if text in ("-", "–", "—") else text


def short_text(row: Row, column: str, remarks: Remarks, *, limit: int) -> str | None:
    """The cleaned text of a cell, None when it is empty or the column is not there; too long is a fault."""
    cell = row.get(column, NOWHERE)
    text = value_of(row, column)
    if len(text) > limit:
        remarks.fault(cell, column, "too_long", length=len(text), limit=limit)
        return text[:limit]
    return text or None


def choose(row: Row, column: str, remarks: Remarks, *, choices: Mapping[str, Any], accepted: str) -> Any:
    """The meaning of a cell by its spelling, None when empty; an unknown spelling is a fault."""
    cell = row.get(column, NOWHERE)
    text = value_of(row, column).casefold()
    if not text:
        return None
    if text not in choices:
        remarks.fault(cell, column, "not_a_choice", value=clean(cell.text)[:60], accepted=accepted)
        return None
    return choices[text]


EXAMPLE = "contoh"
"""How the NIP of a row of a template begins that only shows how it is filled in."""


def without_examples(rows: Sequence[Row], column: str, remarks: Remarks) -> list[Row]:
    """The rows but those marked as examples in that column, which are remarked on once."""
    shown = [value_of(row, column).casefold().startswith(EXAMPLE) for row in rows]
    examples = [row for row, is_example in zip(rows, shown, strict=True) if is_example]
    if examples:
        remarks.warn(examples[0][column], column, "examples_skipped", count=len(examples))
    return [row for row, is_example in zip(rows, shown, strict=True) if not is_example]


def missing_columns(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    """Which of the columns no row has."""
    return [column for column in columns if not any(column in row for row in rows)]
