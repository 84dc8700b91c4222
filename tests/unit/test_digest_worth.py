"""Outcomes worth telling: by criteria, the same every time, never what must not stand before others."""

import random
from dataclasses import replace
from datetime import date

import pytest

from services.digests.record import Outcome
from services.digests.worth import best, may_be_told, points, says_something

PLAIN = Outcome(
    1,
    1,
    "Ani",
    date(2026, 11, 11),
    "Rapat komite",
    "kalender dibagikan kemarin",
    None,
    None,
    None,
    None,
    False,
)


def outcome(number: int, text: str = "28 siswa tuntas latihan", *, person_id: int = 0) -> Outcome:
    return replace(PLAIN, entry_id=number, person_id=person_id or number, outcome=f"{text} {number}")


@pytest.mark.parametrize(
    ("activity", "text"),
    [
        ("Rapat komite", "Rapat komite selesai"),
        ("Melayani warga", "surat untuk NIK 3201014501850001 terbit"),
        ("Melayani warga", "warga dihubungi di 0812 3456 7890 dan datang"),
        ("Kenaikan pangkat", "SK untuk 198801122011012002 sudah terbit"),
        ("Rapat", "sudah lancar"),
    ],
)
def test_what_is_never_told(activity: str, text: str) -> None:
    one = replace(PLAIN, activity=activity, outcome=text)
    assert not says_something(one)
    assert not may_be_told(one, {})


def test_more_to_tell_comes_first() -> None:
    full = replace(
        PLAIN, entry_id=2, person_id=2, outcome="28 siswa tuntas", quantity=28, unit="siswa", target_id=1,
        has_evidence=True,
    )  # fmt: skip
    assert points(full) == 7
    assert points(PLAIN) == 1
    assert [one.entry_id for one in best([PLAIN, full])] == [2, 1]


def test_another_person_before_a_second_one_of_the_same() -> None:
    mine = [outcome(number, person_id=1) for number in range(1, 7)]
    theirs = outcome(9, "kalender dibagikan kemarin", person_id=2)
    assert [one.entry_id for one in best([*mine, theirs])] == [1, 9, 2], (
        "three, when only two people have one"
    )


def test_at_most_five_from_many_and_the_same_in_any_order() -> None:
    many = [outcome(number) for number in range(1, 40)]
    expected = best(many)
    assert len(expected) == 5
    for seed in range(5):
        random.Random(seed).shuffle(many)
        assert best(many) == expected


def test_the_same_words_are_told_once() -> None:
    assert len(best([replace(PLAIN, entry_id=one, person_id=one) for one in range(1, 5)])) == 1
    assert best([]) == ()
