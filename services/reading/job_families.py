"""The kind of job somebody has, told from their jabatan: whose example they understand."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

OFFICE = "office"
"""The family of everybody else."""

_FAMILIES: dict[str, list[str]] = tomllib.loads(
    files("services.reading").joinpath("job_families.toml").read_text(encoding="utf-8")
)
FAMILIES = (*_FAMILIES, OFFICE)
_MARKS = tuple(
    (name, re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")) for name, words in _FAMILIES.items()
)
"""Whole words only: «bidan» is not «Bidang»."""


@lru_cache(maxsize=1024)
def job_family(position: str | None) -> str:
    """The first family with a word in the jabatan; `office` when none has."""
    said = " ".join((position or "").casefold().split())
    return next((name for name, marks in _MARKS if marks.search(said)), OFFICE)
