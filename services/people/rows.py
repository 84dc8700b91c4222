"""Rows of a file as an import gets them, and what it has to say about them.

An import never reads files itself: it is given plain rows, column name → cell.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.reading.sensitive import find_sensitive


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
_LONG_NUMBER = re.compile(r"\d(?:\D{0,3}\d){6}")
"""Without one there is no number of a citizen, which is quickly seen."""


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


def short_text(row: Row, column: str, remarks: Remarks, *, limit: int, least: int = 1) -> str | None:
    """The cleaned text of a cell, None when it is empty or the column is not there.

    Fewer characters than `least` and more than `limit` are faults.
    """
    cell = row.get(column, NOWHERE)
    text = value_of(row, column)
    if text and len(text) < least:
        remarks.fault(cell, column, "too_short", length=len(text), limit=least)
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


def without_examples(parts: Sequence[Sequence[Row]], column: str, remarks: Remarks) -> list[list[Row]]:
    """The rows of each sheet but those marked as examples in that column, which are remarked on once."""
    kept: list[list[Row]] = [[] for _ in parts]
    examples: list[Row] = []
    for part, left in zip(parts, kept, strict=True):
        for row in part:
            (examples if value_of(row, column).casefold().startswith(EXAMPLE) else left).append(row)
    if examples:
        remarks.warn(examples[0][column], column, "examples_skipped", count=len(examples))
    return kept


def warn_of_citizens(rows: Sequence[Row], columns: Sequence[str], remarks: Remarks) -> None:
    """Remarks once on each text that seems to hold a citizen's number: NIK, phone or account."""
    seen: set[str] = set()
    for row in rows:
        for column in columns:
            cell = row.get(column, NOWHERE)
            if cell.text in seen or not _LONG_NUMBER.search(cell.text):
                continue
            seen.add(cell.text)
            if find_sensitive(cell.text):
                remarks.warn(cell, column, "citizen_number")
