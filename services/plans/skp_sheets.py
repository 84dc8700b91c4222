"""What the other sheets of an SKP file mean: «Lampiran» (the three annexes) and «Perilaku» (what the leader
expects of each behaviour). A row names person and year; what a file does not name stays as it is.
"""

from collections.abc import Sequence
from datetime import date

from services.people.rows import NOWHERE, Remarks, Row, choose, clean, folded, value_of, warn_of_citizens
from services.plans.skp_file import Plans, plan_of
from services.plans.words import (
    LONGEST_EXPECTATION,
    LONGEST_LINE,
    MOST_ANNEX_LINES,
    SHORTEST,
    AnnexKind,
    Behaviour,
)

ANNEX_COLUMNS = ("nip", "nama", "tahun", "lampiran", "isi")
ANNEX_REQUIRED = (("nip",), ("tahun",), ("lampiran",), ("isi",))
BEHAVIOUR_COLUMNS = ("nip", "nama", "tahun", "perilaku", "ekspektasi")
BEHAVIOUR_REQUIRED = (("nip",), ("tahun",), ("perilaku",), ("ekspektasi",))
QUIET = frozenset({"nama"})

ANNEXES = {
    **dict.fromkeys(("dukungan sumber daya", "dukungan_sumber_daya", "dukungan"), AnnexKind.SUPPORT),
    **dict.fromkeys(
        ("skema pertanggungjawaban", "skema_pertanggungjawaban", "pertanggungjawaban"),
        AnnexKind.ACCOUNTABILITY,
    ),
    **dict.fromkeys(("konsekuensi",), AnnexKind.CONSEQUENCE),
}
BEHAVIOURS = {name: one for one in Behaviour for name in (one.value, one.value.replace("_", " "))}


def read_annexes(rows: Sequence[Row], plans: Plans, remarks: Remarks, *, today: date) -> None:
    """Adds the annexes to the plans; each line of a cell is a line of the annex."""
    warn_of_citizens(rows, ("isi",), remarks)
    accepted = "dukungan sumber daya, skema pertanggungjawaban, konsekuensi"
    for row in rows:
        plan = plan_of(row, plans, remarks, today=today)
        kind = choose(row, "lampiran", remarks, choices=ANNEXES, accepted=accepted)
        if not value_of(row, "lampiran"):
            remarks.fault(row.get("lampiran", NOWHERE), "lampiran", "empty")
        lines = _lines(row, "isi", remarks)
        if plan is None or kind is None:
            continue
        present = plan.annexes.setdefault(kind, [])
        known = set(map(folded, present))
        for line in lines:
            if folded(line) not in known:
                known.add(folded(line))
                present.append(line)
        if len(present) > MOST_ANNEX_LINES:
            remarks.fault(row["isi"], "isi", "too_many", limit=MOST_ANNEX_LINES, found=len(present))


def read_expectations(rows: Sequence[Row], plans: Plans, remarks: Remarks, *, today: date) -> None:
    """Adds to the plans what is expected of each behaviour, one text each."""
    warn_of_citizens(rows, ("ekspektasi",), remarks)
    for row in rows:
        plan = plan_of(row, plans, remarks, today=today)
        behaviour = choose(
            row,
            "perilaku",
            remarks,
            choices=BEHAVIOURS,
            accepted=", ".join(one.value.replace("_", " ") for one in Behaviour),
        )
        if not value_of(row, "perilaku"):
            remarks.fault(row.get("perilaku", NOWHERE), "perilaku", "empty")
        lines = _lines(row, "ekspektasi", remarks, limit=LONGEST_EXPECTATION)
        if plan is None or behaviour is None or not lines:
            continue
        text = " ".join(lines)
        if len(text) > LONGEST_EXPECTATION and len(lines) > 1:
            remarks.fault(
                row["ekspektasi"], "ekspektasi", "too_long", length=len(text), limit=LONGEST_EXPECTATION
            )
        if folded(plan.expectations.setdefault(behaviour, text)) != folded(text):
            remarks.fault(row["perilaku"], "perilaku", "behaviour_twice")


def _lines(row: Row, column: str, remarks: Remarks, *, limit: int = LONGEST_LINE) -> list[str]:
    """The lines of a cell, cleaned; none, too short and too long are faults."""
    cell = row.get(column, NOWHERE)
    lines = [line for line in map(clean, cell.text.splitlines()) if line] if value_of(row, column) else []
    if not lines:
        remarks.fault(cell, column, "empty")
    for line in lines:
        if len(line) > limit:
            remarks.fault(cell, column, "too_long", length=len(line), limit=limit)
        elif len(line) < SHORTEST:
            remarks.fault(cell, column, "too_short", length=len(line), limit=SHORTEST)
    return lines
