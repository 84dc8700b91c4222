"""A sheet as the lines of a file, and what that file is called."""

import re

from documents.sheet import SheetLine
from services.sheet.periods import Period
from services.sheet.rows import Sheet


def lines_of(sheet: Sheet) -> tuple[SheetLine, ...]:
    """What is exported: proposed times that nobody accepted stay empty."""
    return tuple(
        SheetLine(
            step=one.step,
            day=one.work_date,
            starts=one.said[0],
            ends=one.said[1],
            activity=one.activity,
            quantity=one.quantity,
            unit=one.unit,
            evidence=one.evidence,
        )
        for one in sheet.entries
    )


def file_name(sheet: Sheet, ending: str, *, reference: str = "") -> str:
    """`e-Kinerja_2026-11_Ani-Rahmawati.xlsx`; `reference`: a NIP that tells people of one name apart."""
    period = Period(sheet.first, sheet.last)
    dates = f"{sheet.first:%Y-%m}" if period.is_month else f"{sheet.first}_{sheet.last}"
    name = re.sub(r"[^\w]+", "-", sheet.name).strip("-_")[:60]
    parts = ["e-Kinerja", dates, name, re.sub(r"[^\w]+", "-", reference)[:40]]
    return f"{'_'.join(part for part in parts if part)}.{ending}"
