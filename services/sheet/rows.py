"""A row of the sheet as plain data, made valid for the form: one line a cell, whole numbers."""

import enum
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.states import State

OUTSIDE_PLAN = "Tugas tambahan di luar SKP"
"""What the first column says of an entry that serves no RHK: a part of the file, as its headings are."""
LONGEST = 2_000
"""Characters of one cell: more is cut, and said."""
DONE = (State.APPROVED, State.RECORDED)
"""What is exported: nothing can change it any more unless its supervisor reopens it."""
SENT = (*DONE, State.SUBMITTED, State.RETURNED)
"""With «termasuk yang belum disetujui». What was never sent is on no sheet."""


class Gap(enum.StrEnum):
    """What a row lacks, in the order in which it is told."""

    LINK = "link"
    """No RHK was chosen."""
    STEP = "step"
    """Its RHK has no action step in that quarter, or several and none was used yet."""
    TIME = "time"
    """The times are proposed and not accepted."""
    AMOUNT = "amount"
    TELEGRAM = "telegram"
    """Its evidence is a file here that no address leads to."""
    EVIDENCE = "evidence"
    """No evidence at all."""
    LONG = "long"
    """A cell would have held more than fits."""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One row. `starts`, `ends` are the proposal where `proposed`; `crowded`: it lies over something.

    `lineage`: of its RHK, None outside the SKP or unlinked. `step_id` None: outside the SKP, or a gap.
    """

    entry_id: int
    day_id: int
    work_date: date
    state: State
    lineage: int | None
    target_text: str | None
    outside: bool
    step_id: int | None
    step: str
    choices: int
    """How many action steps its RHK has in that quarter."""
    starts: time | None
    ends: time | None
    proposed: bool
    crowded: bool
    said: tuple[time | None, time | None]
    """The times without the proposal: what a file gets of them."""
    activity: str
    quantity: int | None
    unit: str
    evidence: str
    unlinked_files: int
    """Files of it that no address leads to."""
    cut: bool
    copied_at: datetime | None

    @property
    def editable(self) -> bool:
        """Its owner may still change the entry itself."""
        return self.state is State.RETURNED

    @property
    def quarter(self) -> int:
        return quarter_of(self.work_date)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        lacking = {
            Gap.LINK: self.lineage is None and not self.outside and self.step_id is None,
            Gap.STEP: self.lineage is not None and self.step_id is None,
            Gap.TIME: self.proposed,
            Gap.AMOUNT: self.quantity is None or not self.unit,
            Gap.TELEGRAM: self.unlinked_files > 0,
            Gap.EVIDENCE: not self.evidence and not self.unlinked_files,
            Gap.LONG: self.cut,
        }
        return tuple(gap for gap, is_lacking in lacking.items() if is_lacking)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A person's rows of a period, in their order. `waiting`, `drafts`: entries of it that are left out."""

    person_id: int
    name: str
    reference: str
    """NIP or id_pegawai; empty when there is neither."""
    first: date
    last: date
    everything: bool
    entries: tuple[SheetEntry, ...]
    waiting: int
    drafts: int

    def lacking(self, gap: Gap) -> list[SheetEntry]:
        return [one for one in self.entries if gap in one.gaps]

    @property
    def uncopied(self) -> list[SheetEntry]:
        return [one for one in self.entries if one.copied_at is None]

    @property
    def knows_hours(self) -> bool:
        return not self.lacking(Gap.TIME)


def quarter_of(day: date) -> int:
    """The quarter of the year, 1 to 4."""
    return (day.month + 2) // 3


def one_line(text: str) -> str:
    """The text on one line, without control characters, halves of letters and doubled spaces."""
    kept = (" " if _unfit(letter) else letter for letter in text)
    return " ".join("".join(kept).split())


def _unfit(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or ord(letter) & 0xFFFE == 0xFFFE


def fitted(text: str) -> tuple[str, bool]:
    """One line of at most LONGEST characters, and whether it was cut."""
    text = one_line(text)
    return (text, False) if len(text) <= LONGEST else (f"{text[: LONGEST - 1].rstrip()}…", True)


def fitted_links(links: Sequence[str]) -> tuple[str, bool]:
    """Addresses with a space between them, as many whole ones as fit; and whether one was left out."""
    kept = ""
    for link in dict.fromkeys(one_line(one).replace(" ", "%20") for one in links):
        longer = f"{kept} {link}".strip()
        if len(longer) > LONGEST:
            return kept, True
        kept = longer
    return kept, False


def address_of(base: str | None, sha256: str | None, file_name: str | None, *, photo: bool) -> str | None:
    """Where a stored file is found: the office's base address, its hash, and its ending. None: nowhere."""
    if not base or not sha256:
        return None
    ending = (file_name or "").rpartition(".")[2].lower() if "." in (file_name or "") else ""
    ending = ending if ending.isascii() and ending.isalnum() and len(ending) <= 5 else "jpg" if photo else ""
    return f"{base}/{sha256}{f'.{ending}' if ending else ''}"
