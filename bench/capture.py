"""How well typed reports are read: `python -m bench.capture [FILE] [--predict]`.

Prints every miss, then one JSON line: `split`, the share of messages with the right number of entries, and
per field the F1 over the entries of those messages where a value was expected or found. Texts are compared
with case and white space folded. `--predict` prints what is read from each `text`; expected fields may be
absent.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import Any

from services.reading.capture import ReadEntry, read_entries

DEFAULT_FILE = Path(__file__).parent / "data" / "capture.jsonl"
FIELDS = ("activity", "outcome", "quantity", "unit", "start", "end", "minutes", "links")


def load(path: Path) -> list[dict[str, Any]]:
    """The labelled messages of a file, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def as_row(entry: ReadEntry) -> dict[str, Any]:
    """An entry in the shape of the labelled data."""
    return {name: _plain(getattr(entry, name)) for name in FIELDS}


def score(samples: Iterable[Mapping[str, Any]]) -> tuple[dict[str, float | int], list[str]]:
    """The figures and one line per miss."""
    right, expected, found = Counter[str](), Counter[str](), Counter[str]()
    messages = split = 0
    misses: list[str] = []
    for sample in samples:
        messages += 1
        rows = [as_row(entry) for entry in read_entries(sample["text"])]
        if len(rows) != len(sample["entries"]):
            listed = [row["activity"] for row in rows]
            misses.append(f"split {len(rows)} for {len(sample['entries'])}: {sample['text']!r} → {listed!r}")
            continue
        split += 1
        for row, wanted in zip(rows, sample["entries"], strict=True):
            for name in FIELDS:
                is_value, was = _folded(wanted.get(name)), _folded(row[name])
                expected[name] += is_value is not None
                found[name] += was is not None
                if is_value == was:
                    right[name] += was is not None
                else:
                    misses.append(f"{name}: {row[name]!r} for {wanted.get(name)!r} in {sample['text']!r}")
    figures: dict[str, float | int] = {
        "n": messages,
        "split": round(split / messages, 4) if messages else 1.0,
    }
    for name in FIELDS:
        total = expected[name] + found[name]
        figures[name] = round(2 * right[name] / total, 4) if total else 1.0
    return figures, misses


def main() -> None:
    """Score a file, or print what is read from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT_FILE)
    parser.add_argument("--predict", action="store_true")
    options = parser.parse_args()
    samples = load(options.file)
    if options.predict:
        for sample in samples:
            rows = [as_row(entry) for entry in read_entries(sample["text"])]
            print(json.dumps({"entries": rows}, ensure_ascii=False))
        return
    figures, misses = score(samples)
    for miss in misses:
        print(miss)
    print(json.dumps(figures))


def _plain(value: object) -> object:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return list(value) if isinstance(value, tuple) else value


def _folded(value: object) -> object:
    if isinstance(value, str):
        return " ".join(value.casefold().split()) or None
    return value or None if isinstance(value, list) else value


if __name__ == "__main__":
    main()
