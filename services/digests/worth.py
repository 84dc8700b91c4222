"""Which outcomes are worth telling. Pure and without taste: criteria that anybody can check.

Points: a result that says more than that the activity was done, 1; one that names for whom or what changed
(people, or a file that became usable), 2; an amount with its unit, 2; evidence, 1; an RHK, 1.
Never told: a result that only repeats its activity, one that may hold a citizen's number or a NIP, one of
fewer than three words. In a group moreover none that speaks of somebody's health, leave, death or conduct,
names a colleague, or a citizen by title and name: the criteria stand in `discretion`.

First each from another person and for another RHK, then from another person, then any, by points, the newest
day first, never the same words twice. Nothing is made up: fewer good ones, fewer are told.
"""

import re
from collections.abc import Callable, Iterable

from services.digests.discretion import Owners, has_numbers, is_discreet
from services.digests.record import Outcome
from services.reading.outcomes import repeats_activity

MOST, LEAST = 5, 3
FEWEST_WORDS = 3
_FOR_WHOM = re.compile(
    r"\b(?:siswa|siswi|murid|anak|santri|guru|wali|warga|masyarakat|pasien|balita|ibu|lansia|peserta|pegawai"
    r"|jemaah|jamaah|pasangan|calon|petani|nelayan|pemohon|keluarga|pelanggan|pengunjung|orang|kelas|kelompok"
    r"|students?|people|patients?|parents?|teachers?|families|visitors)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:siap|selesai|tuntas|terbit|disetujui|disepakati|dipakai|dapat|bisa|mampu|lancar|paham|memahami"
    r"|menguasai|dibayar|cair|pulih|sembuh|turun|naik|meningkat|berkurang|terlayani|diterima|diselesaikan"
    r"|ready|approved|agreed|solved|paid|can|able|finished)\b",
    re.IGNORECASE,
)


def says_something(one: Outcome) -> bool:
    """Whether a result is worth repeating to its own author."""
    return (
        len(one.outcome.split()) >= FEWEST_WORDS
        and not repeats_activity(one.activity, one.outcome)
        and not has_numbers(f"{one.activity} {one.outcome}")
    )


def may_be_told(one: Outcome, owners: Owners) -> bool:
    """Whether a result may stand before a group. `owners`: whose names the office knows."""
    return says_something(one) and is_discreet(one.activity, one.outcome, author=one.person_id, owners=owners)


def points(one: Outcome) -> int:
    """How much there is to tell."""
    named = bool(_FOR_WHOM.search(one.outcome)) or bool(_CHANGED.search(one.outcome))
    amount = one.quantity is not None and bool(one.unit)
    return 1 + 2 * named + 2 * amount + one.has_evidence + (one.target_id is not None)


def best(
    outcomes: Iterable[Outcome], *, most: int = MOST, owners: Owners | None = None
) -> tuple[Outcome, ...]:
    """Up to `most` outcomes, the same ones every time: for a group with `owners`, else for their author."""
    ranked = sorted(
        (one for one in outcomes if (says_something(one) if owners is None else may_be_told(one, owners))),
        key=lambda one: (-points(one), -one.work_date.toordinal(), one.entry_id),
    )
    chosen: list[Outcome] = []

    def new_person(one: Outcome) -> bool:
        return one.person_id not in {other.person_id for other in chosen}

    def same_words(one: Outcome) -> bool:
        return one.outcome.casefold() in {other.outcome.casefold() for other in chosen}

    def new_target(one: Outcome) -> bool:
        return one.target_id is None or one.target_id not in {other.target_id for other in chosen}

    rounds: tuple[tuple[int, Callable[[Outcome], bool]], ...] = (
        (most, lambda one: new_person(one) and new_target(one)),
        (most, new_person),
        (min(most, LEAST), lambda one: True),
    )
    for limit, fits in rounds:
        for one in ranked:
            if len(chosen) < limit and not same_words(one) and fits(one):
                chosen.append(one)
    return tuple(chosen)
