"""How well outcomes are told apart: ``python -m bench.outcomes [FILE …]``.

FILE holds labelled lines (jabatan, activity, outcome, label: effect, output, repeat). Printed are the
confusion table, the share of effects that would get an undeserved remark (nagging), the share of outputs and
repeats that pass without one (silence) and that would get a thumbs-up (praise), and two baselines. One JSON
line per file, with the median time of one judgement. With ``--misses`` the wrongly judged lines are listed.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from services.reading.outcome_kinds import SURE, Judged, OutcomeKind, judge_outcome
from services.reading.outcomes import repeats_activity

DATA = Path(__file__).parent / "data"
FILES = tuple(DATA / f"outcomes{part}.jsonl" for part in ("", "_found", "_heldout"))

Judge = Callable[[str, str], Judged]


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled outcome."""

    position: str
    activity: str
    outcome: str
    label: OutcomeKind


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in percent of the effects (`nagging`) and of the outputs and repeats (`silence`, `praise`)."""

    n: int
    accuracy: float
    nagging: float
    silence: float
    praise: float


def read_lines(path: Path) -> list[Line]:
    """Reads a labelled file."""
    rows = (json.loads(text) for text in path.read_text(encoding="utf-8").splitlines() if text.strip())
    return [Line(row["jabatan"], row["activity"], row["outcome"], OutcomeKind(row["label"])) for row in rows]


def only_repeats(activity: str, outcome: str) -> Judged:
    """Baseline: what the activity's own words give away, and nothing else."""
    kind = OutcomeKind.REPEAT if repeats_activity(activity, outcome) else OutcomeKind.EFFECT
    return Judged(kind, 1.0)


def always_effect(activity: str, outcome: str) -> Judged:
    """Baseline: nothing is ever pointed out."""
    return Judged(OutcomeKind.EFFECT, 1.0)


def measure(lines: Sequence[Line], judge: Judge) -> Figures:
    """The figures of one judge."""
    judged = [(line.label, judge(line.activity, line.outcome)) for line in lines]
    effects = [one for label, one in judged if label is OutcomeKind.EFFECT]
    others = [one for label, one in judged if label is not OutcomeKind.EFFECT]
    return Figures(
        n=len(lines),
        accuracy=percent(sum(one.kind is label for label, one in judged), len(judged)),
        nagging=percent(sum(one.says_too_little for one in effects), len(effects)),
        silence=percent(sum(not one.says_too_little for one in others), len(others)),
        praise=percent(sum(one.shows_effect for one in others), len(others)),
    )


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def table(lines: Sequence[Line]) -> str:
    """Rows: the label; columns: the judgement."""
    counts = Counter((line.label, judge_outcome(line.activity, line.outcome).kind) for line in lines)
    rows = ["label     " + "".join(f"{kind:>9}" for kind in OutcomeKind)]
    rows += [
        f"{label:<10}" + "".join(f"{counts[label, kind]:>9}" for kind in OutcomeKind) for label in OutcomeKind
    ]
    return "\n".join(rows)


def milliseconds(lines: Sequence[Line]) -> float:
    """Median time of one judgement."""
    times = []
    for line in lines:
        start = time.perf_counter()
        judge_outcome(line.activity, line.outcome)
        times.append((time.perf_counter() - start) * 1000)
    return round(median(times), 3) if times else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures of each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=list(FILES))
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args(arguments)
    for path in options.files:
        lines = read_lines(path)
        print(f"{path.name}: {len(lines)} lines, {len({line.position for line in lines})} professions")
        print(table(lines))
        judges: tuple[tuple[str, Judge], ...] = (
            ("ours", judge_outcome),
            ("repeats_activity alone", only_repeats),
            ("always effect", always_effect),
        )
        for name, judge in judges:
            found = measure(lines, judge)
            print(
                f"{name:<24} accuracy {found.accuracy:5.1f}  nagging {found.nagging:5.1f}"
                f"  silence {found.silence:5.1f}  praise {found.praise:5.1f}"
            )
        if options.misses:
            _print_misses(lines)
        ours = measure(lines, judge_outcome)
        figures = {"file": path.name, "n": ours.n, "nagging": ours.nagging, "silence": ours.silence}
        print(json.dumps({**figures, "praise": ours.praise, "sure": SURE, "ms": milliseconds(lines)}))
    return 0


def _print_misses(lines: Sequence[Line]) -> None:
    for line in lines:
        judged = judge_outcome(line.activity, line.outcome)
        if judged.kind is not line.label:
            said = f"{line.activity} -> {line.outcome}"
            print(f"  {line.label} as {judged.kind} ({judged.confidence:.2f}): {said}")


if __name__ == "__main__":
    sys.exit(main())
