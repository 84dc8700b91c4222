"""How well days are read: `python -m bench.dates [FILE]`, or `--predict` for answers without scoring.

A line of the file has text, today, mode and expect (a date, "first/last", or null). Misses are printed one a
line, dateparser alone is shown beside them, and the last line is JSON with n and accuracy.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.reading.dates import Mode, read_dates

DEFAULT = Path(__file__).parent / "data" / "dates.jsonl"
Reader = Callable[[str, date, Mode], str | None]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a data file; empty ones are passed over."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def own_grammar(text: str, today: date, mode: Mode) -> str | None:
    """The answer of the project's own reader."""
    span = read_dates(text, today=today, mode=mode)
    if span is None:
        return None
    if span.first == span.last:
        return span.first.isoformat()
    return f"{span.first.isoformat()}/{span.last.isoformat()}"


def dateparser_alone() -> Reader:
    """The answer of dateparser, set as strictly as it can be without refusing ordinary answers."""
    import dateparser

    def read(text: str, today: date, mode: Mode) -> str | None:
        found = dateparser.parse(
            text,
            languages=["id"],
            settings={
                "DATE_ORDER": "DMY",
                "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 - dateparser wants a naive one
                "PREFER_DATES_FROM": mode.value,
                "REQUIRE_PARTS": ["day"],
            },
        )
        return found.date().isoformat() if found else None

    return read


def score(rows: Iterable[dict[str, Any]], read: Reader, *, show: bool) -> tuple[int, int]:
    """Right answers and lines; with `show`, prints every miss."""
    right = total = 0
    for row in rows:
        got = read(row["text"], date.fromisoformat(row["today"]), Mode(row["mode"]))
        total += 1
        if got == row.get("expect"):
            right += 1
        elif show:
            asked = f"{row['text']!r} today={row['today']} {row['mode']}"
            print(f"MISS {asked} expected={row.get('expect')} got={got}")
    return right, total


def main(arguments: list[str] | None = None) -> int:
    """Entry point; 0 also when lines are missed, since the figure is the result."""
    parser = argparse.ArgumentParser(prog="bench.dates", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--predict", action="store_true", help="print one JSON answer a line, unscored")
    options = parser.parse_args(arguments)
    rows = rows_of(options.file)
    if options.predict:
        for row in rows:
            answer = own_grammar(row["text"], date.fromisoformat(row["today"]), Mode(row["mode"]))
            print(json.dumps({"result": answer}))
        return 0
    started = time.perf_counter()
    right, total = score(rows, own_grammar, show=True)
    spent = time.perf_counter() - started
    others, _ = score(rows, dateparser_alone(), show=False)
    silent = [
        row
        for row in rows
        if own_grammar(row["text"], date.fromisoformat(row["today"]), Mode(row["mode"])) is None
    ]
    saved, _ = score(silent, dateparser_alone(), show=False)
    kept, _ = score(silent, own_grammar, show=False)
    print(
        f"dateparser alone: {others}/{total}; where the grammar is silent ({len(silent)} lines): "
        f"silence right {kept}, dateparser right {saved}; {spent / max(total, 1) * 1e3:.3f} ms a line",
        file=sys.stderr,
    )
    print(json.dumps({"n": total, "accuracy": round(right / total, 4) if total else 0.0}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
