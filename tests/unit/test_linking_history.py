"""Learning which RHK: what outweighs what, what is unlearned, what colleagues and the supervisor add."""

from __future__ import annotations

import random

from bench import linking_year
from services.linking import Candidate, Choice, Memory, Suggestion, build_index, suggest_learned
from services.linking.history import count_votes

PLAN = (
    Candidate(1, "Terlaksananya pembayaran gaji dan tunjangan pegawai tepat waktu"),
    Candidate(2, "Terverifikasinya dokumen pertanggungjawaban belanja"),
    Candidate(3, "Tersusunnya rencana penarikan dana dan revisi anggaran"),
)
INDEX = build_index(PLAN)
TEXT = "sortir agenda a3"


def suggested(*history: Choice, text: str = TEXT) -> Suggestion:
    return suggest_learned(INDEX, text, memory=Memory(history))


def first(*history: Choice, text: str = TEXT) -> int | None:
    found = suggested(*history, text=text)
    return None if found.outside else found.ranking[0].key


def test_two_taps_outweigh_any_number_of_old_ones() -> None:
    assert first(Choice(TEXT, None, 2, times=2), Choice(TEXT, None, 1, times=500)) == 2


def test_one_tap_outweighs_any_number_of_preselections_merely_sent() -> None:
    assert first(Choice(TEXT, None, 2), Choice(TEXT, None, 1, 0.4, times=500)) == 2


def test_one_slip_does_not_undo_a_habit_of_taps() -> None:
    assert first(Choice(TEXT, None, 2), Choice(TEXT, None, 1, times=20)) == 1


def test_equal_choices_count_as_often_as_they_were_made() -> None:
    together = count_votes(TEXT, [Choice(TEXT, None, 2, times=3), Choice(TEXT, None, 1, 0.4, times=2)])
    apart = count_votes(TEXT, [*[Choice(TEXT, None, 2)] * 3, *[Choice(TEXT, None, 1, 0.4)] * 2])
    assert together.chosen == apart.chosen == {2: 3, 1: 2}
    assert {key: round(vote, 9) for key, vote in together.support.items()} == {
        key: round(vote, 9) for key, vote in apart.support.items()
    }


def test_the_text_most_alike_speaks_loudest() -> None:
    near = [Choice(f"rekap nilai kelas {letter}", None, 1) for letter in ("tujuh", "delapan", "sembilan")]
    exact = Choice("rekap absen kelas tujuh", None, 3)
    assert first(*near, exact, text="rekap absen kelas tujuh") == 3


def test_a_misspelt_own_word_is_known_again() -> None:
    assert first(Choice("sortir agenda", None, 3), text="sortri agneda") == 3


def test_a_link_sent_back_is_never_preselected_again() -> None:
    text = "verif spj dinas luar"
    assert first(text=text) == 2
    returned = Choice(text, None, 2, -1.0)
    found = suggested(returned, *[Choice(text, None, 2)] * 5, text=text)
    assert found.ranking[-1].key == 2
    assert not found.confident
    assert not found.outside
    assert found.ranking[-1].chosen == 0


def test_a_tap_lifts_what_was_sent_back() -> None:
    returned = Choice(TEXT, None, 2, -1.0)
    assert first(Choice(TEXT, None, 2), returned, Choice(TEXT, None, 1, 0.4, times=9)) == 2
    assert first(Choice(TEXT, None, 2, 0.4), returned, Choice(TEXT, None, 1)) == 1


def test_outside_can_be_sent_back_too() -> None:
    found = suggested(Choice("upacara senin", None, None, -1.0), text="upacara senin")
    assert not found.outside
    assert not found.confident


def test_other_work_is_untouched_by_what_was_sent_back() -> None:
    assert first(Choice(TEXT, None, 2, -1.0), text="verif spj dinas luar") == 2


def test_a_correction_after_a_return_settles_it() -> None:
    corrected = Choice(TEXT, None, 3, settles=True)
    assert first(corrected, Choice(TEXT, None, 1, times=50)) == 3
    assert suggested(corrected, Choice(TEXT, None, 1, times=50)).confident
    assert first(*[Choice(TEXT, None, 1)] * 2, corrected) == 1


def test_colleagues_are_heard_until_one_has_chosen() -> None:
    office = [Choice(TEXT, None, 3, 0.3, colleague=one) for one in range(3)]
    found = suggested(*office)
    assert (found.ranking[0].key, found.ranking[0].colleagues, found.ranking[0].chosen) == (3, True, 0)
    found = suggested(Choice(TEXT, None, 2, 0.4), *office)
    assert (found.ranking[0].key, found.ranking[0].chosen) == (2, 1)
    assert not any(one.colleagues for one in found.ranking)


def test_one_colleague_alone_is_never_told_of() -> None:
    found = suggested(Choice(TEXT, None, 3, 0.3, times=9, colleague=0))
    assert found.ranking[0].key == 3
    assert not found.ranking[0].colleagues


def test_colleagues_never_bring_back_what_was_sent_back() -> None:
    office = [Choice(TEXT, None, 3, 0.3, colleague=one) for one in range(3)]
    assert suggested(Choice(TEXT, None, 3, -1.0), *office).ranking[-1].key == 3


def test_colleagues_at_odds_say_little() -> None:
    votes = count_votes(TEXT, [Choice(TEXT, None, key, 0.3, times=9, colleague=key) for key in (1, 2, 3)])
    assert max(votes.support.values()) < 0.2
    assert not votes.colleagues


def test_how_often_outside_was_chosen_is_told() -> None:
    assert suggested(Choice(TEXT, None, None, times=3)).outside_chosen == 3


def test_a_habit_is_learned_in_three_weeks() -> None:
    people = linking_year.professions()
    for seed in (3, 11):
        rng = random.Random(seed)
        life = linking_year.make_life(people[seed], rng)
        tally = linking_year.live(life, 60, rng)
        assert tally.share(range(linking_year.LEARNING_WEEKS, 12)) >= 92
        assert tally.sure_right >= 0.95 * tally.sure
        assert linking_year.median_ms(life, 400) < 5


def test_wrong_early_taps_are_unlearned() -> None:
    rng = random.Random(5)
    life = linking_year.make_life(linking_year.professions()[5], rng)
    taps = [linking_year.taps_to_unlearn(life, one, wrong=5, weight=1.0, rng=rng) for one in life.habits]
    assert max(taps) <= 5
    assert sorted(taps)[len(taps) // 2] <= 2
