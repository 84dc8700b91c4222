"""Reads ``bench/data/office/*.txt``: jobs with their RHK, office words, and labelled activities."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "office"
OUTSIDE = "x"
_TARGET = re.compile(r"(\d+): (.+)")


@dataclass(frozen=True, slots=True)
class Job:
    """A jabatan with its plan worded in two ways, the same RHK at the same place."""

    name: str
    area: str
    plan: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One labelled activity; ``answer`` None means outside the SKP."""

    job: Job
    activity: str
    outcome: str | None
    answer: int | None


@dataclass(frozen=True, slots=True)
class Term:
    """A word or abbreviation of a trade, and what it means."""

    text: str
    meaning: str
    trade: str


def read_office(paths: Iterable[Path] | None = None) -> tuple[list[OfficeLine], list[Term]]:
    """All lines and terms, in the order of the files. Raises ValueError for a line of no known form."""
    lines: list[OfficeLine] = []
    terms: list[Term] = []
    for path in sorted(FOLDER.glob("*.txt")) if paths is None else paths:
        for block in re.split(r"^# ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, _, body = block.partition("\n")
            _read_block(name.strip(), path.stem, body, lines, terms)
    return lines, terms


def _read_block(name: str, area: str, body: str, lines: list[OfficeLine], terms: list[Term]) -> None:
    rows = [row.strip() for row in body.splitlines() if row.strip()]
    plan: list[str] = []
    other: list[str] = []
    for row in rows:
        if found := _TARGET.fullmatch(row):
            first, _, second = (part.strip() for part in found[2].partition("||"))
            plan.append(first)
            other.append(second or first)
    job = Job(name, area, tuple(plan), tuple(other))
    for row in rows:
        if row.startswith("= "):
            term, _, meaning = row[2:].partition(" : ")
            terms.append(Term(term.strip(), meaning.strip(), name))
        elif row.startswith("> "):
            lines.append(_read_line(job, row))
        elif not _TARGET.fullmatch(row):
            raise ValueError(f"{area}, {name}: {row}")


def _read_line(job: Job, row: str) -> OfficeLine:
    label, activity, outcome = (part.strip() for part in row[2:].split("|"))
    answer = None if label == OUTSIDE else int(label)
    if answer is not None and answer >= len(job.plan):
        raise ValueError(f"{job.area}, {job.name}: no RHK {answer}")
    return OfficeLine(job, activity, None if outcome == "-" else outcome, answer)
