"""The interface, the lexicon, learning from choices, and robustness of ``services.linking``."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.linking import Candidate, Choice, Suggestion, build_index, suggest
from services.linking.lexicon import LEXICON, corrected, normalise
from services.linking.words import stem, words_of

PENGHULU = (
    Candidate(11, "Terlaksananya pelayanan pendaftaran dan pemeriksaan kehendak nikah"),
    Candidate(12, "Terlaksananya bimbingan perkawinan bagi calon pengantin"),
    Candidate(13, "Tertibnya administrasi persuratan dan kearsipan KUA"),
)
KEUANGAN = (
    Candidate(1, "Terlaksananya pembayaran gaji dan tunjangan pegawai tepat waktu"),
    Candidate(2, "Terverifikasinya dokumen pertanggungjawaban belanja"),
    Candidate(3, "Tersusunnya rencana penarikan dana dan revisi anggaran"),
)
TEXTS = st.text(max_size=300) | st.lists(st.sampled_from(sorted(LEXICON.surfaces)), max_size=12).map(" ".join)


def first(found: Suggestion) -> int:
    return found.ranking[0].key


def test_every_candidate_is_ranked_once_with_falling_scores() -> None:
    found = suggest(build_index(PENGHULU, position="Penghulu"), "bimwin 3 pasang catin di aula")
    assert first(found) == 12
    assert sorted(ranked.key for ranked in found.ranking) == [11, 12, 13]
    scores = [ranked.score for ranked in found.ranking]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score < 1.0 for score in scores)
    assert not found.outside


def test_because_names_words_of_the_person() -> None:
    found = suggest(build_index(KEUANGAN), "ngecek spj perjadin, tiket sm boarding ga cocok")
    assert first(found) == 2
    assert any("pertanggungjawaban" in word or "spj" in word for word in found.ranking[0].because)


@pytest.mark.parametrize(
    ("activity", "key"),
    [
        ("verif spj dinas luar", 2),
        ("upload adk gaji ke kppn", 1),
        ("nyusun rpd tw 2", 3),
        ("itung rapel tukin", 1),
        ("verifiaksi pertangungjawaban belanja", 2),
    ],
)
def test_office_slang_abbreviations_and_typos(activity: str, key: int) -> None:
    assert first(suggest(build_index(KEUANGAN), activity)) == key


@pytest.mark.parametrize(
    "activity", ["ikut upacara hari pahlawan", "senam pagi bersama", "kerja bakti halaman", "apel senin"]
)
def test_typical_outside_activities_are_outside(activity: str) -> None:
    assert suggest(build_index(KEUANGAN), activity).outside


def test_an_rhk_that_speaks_of_ceremonies_keeps_them_inside() -> None:
    plan = (*KEUANGAN, Candidate(4, "Terlaksananya upacara bendera dan apel pegawai"))
    found = suggest(build_index(plan), "petugas upacara hari senin")
    assert first(found) == 4
    assert not found.outside


def test_indicator_texts_count() -> None:
    plan = (
        Candidate(1, "Terlaksananya tugas A", ("Jumlah arsip tertata",)),
        Candidate(2, "Terlaksananya tugas B"),
    )
    assert first(suggest(build_index(plan), "nata arsip inaktif")) == 1


def test_no_plan_means_outside() -> None:
    found = suggest(build_index(()), "nyusun lap")
    assert found == Suggestion(ranking=(), outside=True, confident=False)


def test_nothing_typed_is_outside_and_never_confident() -> None:
    found = suggest(build_index(KEUANGAN), "   ")
    assert found.outside
    assert not found.confident


def test_an_exact_earlier_choice_dominates() -> None:
    index = build_index(KEUANGAN)
    text = "verif spj perjadin kepala bidang"
    found = suggest(index, text, history=[Choice(text, None, 3)])
    assert first(found) == 3
    assert found.ranking[0].chosen == 1


def test_a_near_same_earlier_choice_dominates() -> None:
    history = [Choice("verif spj perjadin bidang umum", None, 3)]
    assert first(suggest(build_index(KEUANGAN), "verifikasi spj perjadin bid umum", history=history)) == 3


def test_the_newest_choice_outweighs_the_oldest() -> None:
    text = "rekap bahan bulanan"
    history = [Choice(text, None, 2), Choice(text, None, 1)]
    assert first(suggest(build_index(KEUANGAN), text, history=history)) == 2


def test_two_taps_unlearn_many_mistakes() -> None:
    text = "rekap bahan bulanan"
    history = [Choice(text, None, 2)] * 2 + [Choice(text, None, 1)] * 20
    assert first(suggest(build_index(KEUANGAN), text, history=history)) == 2


def test_one_tap_outweighs_accepted_preselections() -> None:
    text = "rekap bahan bulanan"
    history = [Choice(text, None, 2), *[Choice(text, None, 1, 0.3)] * 4]
    assert first(suggest(build_index(KEUANGAN), text, history=history)) == 2


def test_accepted_preselections_count_less_than_taps() -> None:
    text = "rekap bahan bulanan"
    history = [Choice(text, None, 1, 0.3), Choice(text, None, 2)]
    assert first(suggest(build_index(KEUANGAN), text, history=history)) == 2


def test_outside_is_learned_and_unlearned() -> None:
    index = build_index(KEUANGAN)
    text = "verif spj panitia hut"
    assert suggest(index, text, history=[Choice(text, None, None)]).outside
    assert not suggest(
        index, text, history=[Choice(text, None, 2)] * 2 + [Choice(text, None, None)] * 5
    ).outside


def test_a_choice_of_an_rhk_that_is_gone_does_no_harm() -> None:
    text = "upload adk gaji"
    assert first(suggest(build_index(KEUANGAN), text, history=[Choice(text, None, 99)])) == 1


def test_repeated_choice_becomes_confident() -> None:
    text = "kerjaan rutin xyz"
    assert suggest(build_index(KEUANGAN), text, history=[Choice(text, None, 2)] * 3).confident


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("penilaian", "nilai"),
        ("menyusun", "susun"),
        ("nyusun", "susun"),
        ("pelayanan", "layan"),
        ("ngarsipin", "arsip"),
        ("bikinin", "bikin"),
        ("memeriksa", "periksa"),
        ("suratnya", "surat"),
    ],
)
def test_stems_of_formal_and_colloquial_words(word: str, root: str) -> None:
    assert stem(word) == root


def test_words_leave_numbers_out_and_fold_repetition() -> None:
    assert words_of("Data2 kaders, anak-anak 12 org; e-Katalog 2026") == [
        "data",
        "kaders",
        "anak",
        "org",
        "ekatalog",
    ]


def test_chat_spelling_is_written_out() -> None:
    assert normalise("nyusun lap keu") == ["menyusun", "laporan", "keuangan"]


def test_typos_are_repaired_towards_the_lexicon() -> None:
    assert corrected("imunisassi") == "imunisasi"
    assert corrected("imunisasi") is None


def test_wider_concepts_exist_and_strengths_are_shares() -> None:
    for concept, wider in LEXICON.wider.items():
        assert concept in LEXICON.kinds
        assert set(wider) <= set(LEXICON.kinds), concept
        assert all(0.0 < share <= 1.0 for share in wider.values())


@given(
    TEXTS, TEXTS, st.lists(st.tuples(TEXTS, st.sampled_from([None, 1, 2, 7]), st.floats(0, 1)), max_size=5)
)
def test_any_text_is_answered_and_always_alike(
    rhk: str, activity: str, past: list[tuple[str, int | None, float]]
) -> None:
    candidates = (Candidate(1, rhk, (activity,)), *KEUANGAN[1:])
    history = [Choice(text, None, key, weight) for text, key, weight in past]
    found = suggest(build_index(candidates, position=rhk), activity, outcome=rhk, history=history)
    again = suggest(build_index(candidates, position=rhk), activity, outcome=rhk, history=history)
    assert found == again
    assert sorted(ranked.key for ranked in found.ranking) == [1, 2, 3]


def test_long_text_is_answered_quickly() -> None:
    index = build_index(KEUANGAN)
    history = [Choice(f"verif spj bidang {at}", None, 2) for at in range(300)]
    start = time.perf_counter()
    suggest(index, "pngwsan blnja xqz " * 5000, outcome="lap " * 5000, history=history)
    assert time.perf_counter() - start < 2  # some 50 ms; the margin is for a busy machine
