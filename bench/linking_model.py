"""The model that ``bench.train_linking`` trains, as tensors: texts, plans and their log-odds.

It computes what ``services/linking/{meaning,suggestion}.py`` compute, in batches and with gradients.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as functional

from bench.office_lines import OfficeLine
from services.linking.index import PlanIndex, build_index
from services.linking.parts import read_words, runs_of
from services.linking.records import Candidate
from services.linking.spoken import look_up
from services.linking.words import stem

SIZE, RUNS = 96, 1 << 15
WORD_DROP, OUTCOME_DROP = 0.3, 0.3
"""Shares of words and of outcomes left out."""
MOST_SPOKEN, SHARE_OF, MOST_BEST, LITTLE = 4.0, 3.0, 3.0, 0.3
"""As in services/linking/suggestion.py."""
MOST_IMPORTANT, TARGET_LIFT = 4.0, 2.0
"""As in services/linking/meaning.py."""
NEVER = -1e4


@dataclass
class Vocabulary:
    """Word, or ``=stem`` → row; hashed runs of letters come behind."""

    rows: dict[str, int]

    def features(self, word: str) -> tuple[list[int], list[float]]:
        """Rows of a word and how much each counts; as `services.linking.meaning` reads them."""
        known = [self.rows[name] for name in (word, "=" + stem(word)) if name in self.rows]
        runs = sorted({len(self.rows) + run % RUNS for run in runs_of(word)})
        shares = [1.0 / max(1, len(known))] * len(known) + [len(runs) ** -0.5] * len(runs)
        return known + runs, shares


class Learner:
    """All that is trained, by name, and how texts are compared with it."""

    def __init__(self, vocabulary: Vocabulary, first: torch.Tensor) -> None:
        self.vocabulary = vocabulary
        self.known: dict[str, tuple[list[int], list[float]]] = {}
        square = torch.eye(SIZE)
        self.held: dict[str, Any] = {
            "vectors": first.clone(),
            "weights": torch.zeros(len(first), 2),
            "whole_activity": square.clone(),
            "whole_target": square.clone(),
            "word": square.clone(),
            "outside": torch.zeros(SIZE),
            "by_whole": torch.tensor(2.0),
            "by_word": torch.tensor(1.6),
            "outcome": torch.tensor(0.5),
            "outside_base": torch.tensor(1.0),
            "outside_likeness": torch.tensor(0.0),
            "outside_nearest": torch.tensor(0.0),
            "spoken": torch.tensor(1.0),
            "spoken_share": torch.tensor(0.5),
            "spoken_outside": torch.tensor(1.0),
            "spoken_best": torch.tensor(-0.3),
        }
        for tensor in self.held.values():
            tensor.requires_grad_()

    def words(self, texts: Sequence[str]) -> Words:
        """The distinct words of texts, with their vectors."""
        return Words(self, texts)


class Words:
    """The words of one batch: each distinct one is computed once."""

    def __init__(self, learner: Learner, texts: Sequence[str]) -> None:
        self.learner = learner
        self.words = {text: read_words(text) for text in texts}
        self.at: dict[str, int] = {}
        for words in self.words.values():
            for word in words:
                self.at.setdefault(word, len(self.at))
        rows: list[int] = []
        shares: list[float] = []
        starts: list[int] = []
        for word in self.at:
            if word not in learner.known:
                learner.known[word] = learner.vocabulary.features(word)
            starts.append(len(rows))
            rows += learner.known[word][0]
            shares += learner.known[word][1]
        bags = {"mode": "sum", "per_sample_weights": torch.tensor(shares)}
        inputs = (torch.tensor(rows), torch.tensor(starts))
        held = learner.held
        self.raw = functional.embedding_bag(inputs[0], held["vectors"], inputs[1], **bags)
        self.weight = functional.embedding_bag(inputs[0], held["weights"], inputs[1], **bags)
        self.near = unit(self.raw @ held["word"].T)

    def pack(self, texts: Sequence[str], drop: float = 0.0) -> tuple[Any, Any]:
        """(texts, words) indices, and 1 where there is a word; some left out at random."""
        kept = [thinned(self.words[text], drop) for text in texts]
        longest = max(map(len, kept))
        index = torch.zeros(len(kept), longest, dtype=torch.long)
        there = torch.zeros(len(kept), longest)
        for row, words in enumerate(kept):
            index[row, : len(words)] = torch.tensor([self.at[word] for word in words])
            there[row, : len(words)] = 1.0
        return index, there

    def pool(self, packed: tuple[Any, Any], role: int) -> tuple[Any, Any]:
        """The weighed mean of each text, of length 1, and the weights."""
        index, there = packed
        weights = torch.exp(self.weight[index][..., role].clamp(-MOST_IMPORTANT, MOST_IMPORTANT)) * there
        return unit((self.raw[index] * weights.unsqueeze(-1)).sum(1)), weights


def thinned(words: list[str], drop: float) -> list[str]:
    """Some words left out at random, never all."""
    return [word for word in words if random.random() > drop] or words if drop else words


def unit(tensor: Any) -> Any:
    return tensor / (tensor.norm(dim=-1, keepdim=True) + 1e-6)


class Lexical:
    """What the lexicon says, remembered: it does not change while the meanings are trained."""

    def __init__(self) -> None:
        self.indexes: dict[tuple[str, tuple[str, ...]], PlanIndex] = {}
        self.found: dict[tuple[Any, ...], tuple[list[float], bool]] = {}

    def of(
        self, job: str, plan: tuple[str, ...], activity: str, outcome: str | None
    ) -> tuple[list[float], bool]:
        """Scores of the RHK of ``plan``, and whether none seems meant."""
        key = (plan, activity, outcome)
        if key not in self.found:
            if (job, plan) not in self.indexes:
                candidates = [Candidate(at, text) for at, text in enumerate(plan)]
                self.indexes[job, plan] = build_index(candidates, position=job)
            spoken = look_up(self.indexes[job, plan], activity, outcome)
            self.found[key] = (spoken.scores, spoken.is_outside)
        return self.found[key]


def log_odds(
    learner: Learner,
    lexical: Lexical,
    lines: Sequence[OfficeLine],
    plans: Sequence[tuple[str, ...]],
    *,
    drop: bool,
) -> Any:
    """(lines, longest plan + 1): of each RHK, and last of none; the same sums as services/linking make."""
    held = learner.held
    outcomes = [
        line.outcome if line.outcome and not (drop and random.random() < OUTCOME_DROP) else ""
        for line in lines
    ]
    targets = {text: at for at, text in enumerate(dict.fromkeys(text for plan in plans for text in plan))}
    activities = [line.activity for line in lines]
    words = learner.words([*targets, *activities, *outcomes])
    share = WORD_DROP if drop else 0.0
    said, after, meant = (
        words.pack(activities, share),
        words.pack(outcomes, share),
        words.pack(list(targets), share / 2),
    )
    has = torch.tensor([[float(bool(outcome))] for outcome in outcomes])
    after = (after[0], after[1] * has)
    outcome_share = torch.sigmoid(held["outcome"])
    activity, activity_weights = words.pool(said, 0)
    outcome, outcome_weights = words.pool(after, 0)
    whole = activity + outcome_share * outcome * has
    direction = unit(whole @ held["whole_activity"].T)
    target = unit(words.pool(meant, 1)[0] @ held["whole_target"].T)
    longest = max(map(len, plans))
    index = torch.zeros(len(lines), longest, dtype=torch.long)
    there = torch.zeros(len(lines), longest, dtype=torch.bool)
    for row, plan in enumerate(plans):
        index[row, : len(plan)] = torch.tensor([targets[text] for text in plan])
        there[row, : len(plan)] = True
    likeness = (target[index] * direction.unsqueeze(1)).sum(-1)
    lift = torch.sigmoid(words.weight[meant[0]][..., 1] + TARGET_LIFT) * meant[1]
    lifted = (words.near[meant[0]] * lift.unsqueeze(-1))[index]
    spoken = words.near[torch.cat([said[0], after[0]], 1)]
    weights = torch.cat([activity_weights, outcome_weights * outcome_share], 1)
    weights = weights / (weights.sum(1, keepdim=True) + 1e-6)
    nearest = functional.relu(torch.einsum("btd,bnrd->bntr", spoken, lifted).max(-1).values)
    by_word = (nearest * weights.unsqueeze(1)).sum(-1)
    inside = likeness * torch.exp(held["by_whole"]) + by_word * torch.exp(held["by_word"])
    outside = (
        held["outside_base"]
        + whole @ held["outside"]
        + held["outside_likeness"] * (likeness * there).sum(1) / there.sum(1)
        + held["outside_nearest"] * by_word.masked_fill(~there, -1).max(1).values
    )
    scores, signs = _looked_up(lexical, lines, plans, outcomes, longest)
    inside = inside + held["spoken"] * scores.clamp(max=MOST_SPOKEN)
    inside = inside + held["spoken_share"] * SHARE_OF * scores / (scores.sum(1, keepdim=True) + LITTLE)
    best = scores.max(1).values.clamp(max=MOST_BEST)
    outside = outside + held["spoken_outside"] * signs + held["spoken_best"] * best
    return torch.cat([inside.masked_fill(~there, NEVER), outside.unsqueeze(1)], 1)


def _looked_up(
    lexical: Lexical,
    lines: Sequence[OfficeLine],
    plans: Sequence[tuple[str, ...]],
    outcomes: Sequence[str],
    longest: int,
) -> tuple[Any, Any]:
    scores, signs = torch.zeros(len(lines), longest), torch.zeros(len(lines))
    for row, (line, plan, outcome) in enumerate(zip(lines, plans, outcomes, strict=True)):
        found, outside = lexical.of(line.job.name, plan, line.activity, outcome or None)
        scores[row, : len(plan)] = torch.tensor(found)
        signs[row] = float(outside)
    return scores, signs
