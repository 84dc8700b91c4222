"""A year of people with a habit of wording: ``python -m bench.linking_year [--seeds 6] [--days 230]``.

Each person has a plan from ``bench/data/linking*.jsonl`` and 25 to 40 recurring activities over its RHK, some
daily, some monthly: the labelled lines of that profession in their own shorthand, and shorthand nobody else
could read («sortir agenda A3»). Typed with typos, dropped words, numbers, two at a time. Day by day each goes
through the product's suggestion; what is right is sent as it stands, what is wrong or unsure is tapped right,
mostly. Prints top-1 per week, what it takes to unlearn, time per suggestion; ends with one JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.linking import Line, read_lines
from services.linking import Candidate, Choice, PlanIndex, Suggestion, build_index
from services.linking.history import Memory
from services.linking.learned import suggest_learned

DATA = Path(__file__).parent / "data"
TAP, ACCEPTED = 1.0, 0.4
"""As `services.entries.choices` weighs them."""
KEPT = 400
LEARNING_WEEKS = 3
CARE = 0.92
"""How often somebody looks at the RHK before sending."""
VERBS = ("sortir", "cek", "urus", "rapikan", "setor", "update", "follow up", "input", "rekap", "siapkan")
THINGS = ("agenda", "map", "form", "blok", "lembar", "folder", "paket", "daftar", "kotak", "seri")
PAIRS = (" + ", ", ", " & ", " sekalian ", " trus ")
NOISE = (" pagi", " siang", " lanjutan", " lg", " (lanjut)", " bersama tim", " di kantor", " sampai selesai")


@dataclass(frozen=True, slots=True)
class Habit:
    """One recurring activity: how this person words it, the RHK it serves, how often it comes."""

    words: str
    key: int | None
    often: float


@dataclass(slots=True)
class Life:
    """One person: plan, habits, and what the product would have stored, oldest first."""

    index: PlanIndex
    habits: list[Habit]
    log: list[tuple[str, int | None, float]] = field(default_factory=list)

    def memory(self) -> Memory:
        return Memory(stored(self.log))


@dataclass(slots=True)
class Tally:
    """What was right, by week; and what was preselected, and right."""

    right: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    sure: int = 0
    sure_right: int = 0
    milliseconds: list[float] = field(default_factory=list)
    wrong: list[tuple[str, int | None, int | None]] = field(default_factory=list)

    def share(self, weeks: Sequence[int]) -> float:
        asked = sum(self.asked[one] for one in weeks)
        return round(100 * sum(self.right[one] for one in weeks) / max(1, asked), 1)


def stored(log: Sequence[tuple[str, int | None, float]]) -> list[Choice]:
    """What the product reads back: equal choices once, newest first, at most ``KEPT``."""
    times: dict[tuple[str, int | None, float], int] = {}
    newest: dict[tuple[str, int | None, float], int] = {}
    for at, one in enumerate(log):
        times[one] = times.get(one, 0) + 1
        newest[one] = at
    rows = sorted(times, key=lambda one: -newest[one])[:KEPT]
    return [Choice(text, None, key, weight, times[(text, key, weight)]) for text, key, weight in rows]


def first_of(found: Suggestion) -> int | None:
    return None if found.outside or not found.ranking else found.ranking[0].key


def make_life(lines: Sequence[Line], rng: random.Random) -> Life:
    """A person with the plan of ``lines``, all of one profession."""
    plan = lines[0].plan
    index = build_index([Candidate(at, text) for at, text in enumerate(plan)], position=lines[0].position)
    size = rng.randint(25, 40)
    shorthand: dict[str, str] = {}
    drawn = rng.sample(list(lines), min(len(lines), size * 2 // 3))
    said = [(in_shorthand(line.activity, shorthand, rng), line.answer) for line in drawn]
    while len(said) < size:
        code = f"{rng.choice('ABCDEFGHK')}{rng.randint(1, 9)}"
        said.append((f"{rng.choice(VERBS)} {rng.choice(THINGS)} {code}", rng.randrange(len(plan))))
    often = [1.0 / (1 + place) ** 0.7 for place in range(len(said))]
    rng.shuffle(often)
    return Life(index, [Habit(text, key, many) for (text, key), many in zip(said, often, strict=True)])


def in_shorthand(text: str, shorthand: dict[str, str], rng: random.Random) -> str:
    """A formal or spoken line as this person always shortens it."""
    words = []
    for word in text.split()[:8]:
        if word not in shorthand:
            plain = word.lower()
            way = rng.random()
            if len(plain) < 6 or not plain.isalpha() or way < 0.5:
                shorthand[word] = plain
            elif way < 0.75:
                shorthand[word] = plain[: rng.randint(3, 5)]
            else:
                shorthand[word] = plain[0] + "".join(one for one in plain[1:] if one not in "aiueo")
        words.append(shorthand[word])
    return " ".join(words)


def as_typed(habit: Habit, life: Life, rng: random.Random) -> str:
    """One day's wording of a habit."""
    words = habit.words.split()
    if len(words) > 3 and rng.random() < 0.2:
        words.pop(rng.randrange(len(words)))
    if rng.random() < 0.2:
        at = rng.randrange(len(words))
        words[at] = with_typo(words[at], rng)
    if rng.random() < 0.25:
        words.insert(rng.randint(1, len(words)), str(rng.randint(2, 60)))
    text = " ".join(words)
    if rng.random() < 0.15:
        text += rng.choice(NOISE)
    if rng.random() < 0.05:
        other = rng.choice([one for one in life.habits if one.key == habit.key])
        text += rng.choice(PAIRS) + other.words
    return text


def with_typo(word: str, rng: random.Random) -> str:
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


def live(life: Life, days: int, rng: random.Random) -> Tally:
    """Every day's activities through the suggestion; what is sent is stored in the evening."""
    tally = Tally()
    weights = [one.often for one in life.habits]
    for day in range(days):
        memory, evening = life.memory(), []
        for habit in rng.choices(life.habits, weights, k=rng.randint(4, 7)):
            text = as_typed(habit, life, rng)
            began = time.perf_counter()
            found = suggest_learned(life.index, text, memory=memory)
            tally.milliseconds.append((time.perf_counter() - began) * 1000)
            first = first_of(found)
            tally.asked[day // 5] += 1
            tally.right[day // 5] += first == habit.key
            tally.sure += found.confident
            tally.sure_right += found.confident and first == habit.key
            if first != habit.key and day // 5 >= LEARNING_WEEKS:
                tally.wrong.append((text, habit.key, first))
            if found.confident and (first == habit.key or rng.random() > CARE):
                evening.append((text, first, ACCEPTED))
            elif rng.random() < CARE:
                evening.append((text, habit.key, TAP))
        life.log += evening
    return tally


def taps_to_unlearn(life: Life, habit: Habit, *, wrong: int, weight: float, rng: random.Random) -> int:
    """How many right taps it takes after ``wrong`` days of another choice, until the right one is first."""
    other = (habit.key or 0) + 1 if (habit.key or 0) + 1 < len(life.index.keys) else 0
    log = [*life.log, *((as_typed(habit, life, rng), other, weight) for _ in range(wrong))]
    for taps in range(20):
        memory = Memory(stored(log))
        if first_of(suggest_learned(life.index, as_typed(habit, life, rng), memory=memory)) == habit.key:
            return taps
        log.append((as_typed(habit, life, rng), habit.key, TAP))
    return 20


def median_ms(life: Life, entries: int) -> float:
    """Median time of a suggestion with that many different earlier choices."""
    rng = random.Random(entries)
    log = [(as_typed(one, life, rng), one.key, TAP) for one in rng.choices(life.habits, k=entries * 4)]
    memory = Memory(list(stored(log))[:entries])
    taken = []
    for habit in rng.choices(life.habits, k=300):
        text = as_typed(habit, life, rng)
        began = time.perf_counter()
        suggest_learned(life.index, text, memory=memory)
        taken.append((time.perf_counter() - began) * 1000)
    return round(median(taken), 3)


def professions() -> list[list[Line]]:
    """The labelled lines of each profession with a plan of five to eight RHK."""
    groups: dict[tuple[str, tuple[str, ...]], list[Line]] = defaultdict(list)
    for name in ("linking.jsonl", "linking_more.jsonl"):
        for line in read_lines(DATA / name):
            groups[(line.position, line.plan)].append(line)
    return [lines for (_, plan), lines in groups.items() if 5 <= len(plan) <= 8]


def main(arguments: list[str]) -> int:
    """Print the report; gives 1 when the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.linking_year", description=__doc__)
    parser.add_argument("--seeds", type=int, default=6, help="people; each of another profession")
    parser.add_argument("--days", type=int, default=230)
    parser.add_argument("--wrong", action="store_true", help="list what was wrong after three weeks")
    options = parser.parse_args(arguments)
    tallies, early, sent, small, large = [], [], [], [], []
    for seed in range(options.seeds):
        rng = random.Random(seed)
        everyone = professions()
        life = make_life(everyone[seed % len(everyone)], rng)
        fresh = Life(life.index, life.habits)
        tally = live(life, options.days, rng)
        tallies.append(tally)
        weeks = range(LEARNING_WEEKS, -(-options.days // 5))
        before, after = tally.share(range(LEARNING_WEEKS)), tally.share(weeks)
        position = everyone[seed % len(everyone)][0].position
        print(f"{position:45} {len(life.habits):3} habits  weeks 1-3 {before:5.1f}  after {after:5.1f}")
        for habit in life.habits[:10]:
            early.append(taps_to_unlearn(fresh, habit, wrong=5, weight=TAP, rng=rng))
            sent.append(taps_to_unlearn(fresh, habit, wrong=30, weight=ACCEPTED, rng=rng))
        small.append(median_ms(life, 150))
        large.append(median_ms(life, KEPT))
        if options.wrong:
            for text, right, first in tally.wrong:
                print(f"    {text} | {right} | said {first}")
    whole = together(tallies)
    last = -(-options.days // 5)
    for week in range(last):
        print(f"week {week + 1:2}: {whole.share([week]):5.1f} %")
    summary = {
        "people": options.seeds,
        "n": sum(whole.asked.values()),
        "weeks_1_3": whole.share(range(LEARNING_WEEKS)),
        "after": whole.share(range(LEARNING_WEEKS, last)),
        "least_after": min(one.share(range(LEARNING_WEEKS, last)) for one in tallies),
        "preselected": round(100 * whole.sure / max(1, sum(whole.asked.values())), 1),
        "preselected_right": round(100 * whole.sure_right / max(1, whole.sure), 1),
        "taps_after_5_wrong_taps": max(early),
        "taps_after_30_wrong_sent": max(sent),
        "ms_150": round(median(small), 3),
        "ms_400": round(median(large), 3),
    }
    print(json.dumps(summary))
    return 0


def together(tallies: Sequence[Tally]) -> Tally:
    """Everybody's weeks in one."""
    whole = Tally()
    for one in tallies:
        for week, asked in one.asked.items():
            whole.asked[week] += asked
            whole.right[week] += one.right[week]
        whole.sure += one.sure
        whole.sure_right += one.sure_right
    return whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
