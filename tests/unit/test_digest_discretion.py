"""What may stand before a group: nobody's health, leave, death or conduct, and nobody's name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.digests.discretion import is_discreet, owners_of
from services.digests.record import Outcome
from services.digests.worth import best

OFFICE = (
    (1, "Ani Rahmawati, S.Pd."),
    (2, "Drs. Budi Santoso, M.Pd.I."),
    (3, "Citra Lestari"),
    (4, "Hj. Dewi Nu'mah"),
    (5, "Eko Prasetyo, S.Farm."),
    (6, "Siti Rahmawati"),
)
OWNERS = owners_of(OFFICE)
NAMES = ("Budi", "budi", "SANTOSO", "Citra", "lestari", "Dewi", "Nu'mah", "Nu’mah", "Eko", "prasetyo", "Siti")


def told(outcome: str, activity: str = "Mengajar Fikih 8A") -> bool:
    return is_discreet(activity, outcome, author=1, owners=OWNERS)


@pytest.mark.parametrize(
    "outcome",
    [
        "28 dari 30 siswa bisa mempraktikkan salat jamak",
        "12 siswa tetap belajar sampai selesai",
        "8 alumni menerima legalisir ijazah hari itu juga",
        "15 ibu rumah tangga paham cara mencatat kas",
        "bapak dan ibu guru sepakat memakai modul baru",
        "30 ibu-ibu majelis taklim hadir sampai selesai",
        "7 izin usaha terbit tanpa biaya tambahan",
        "Ani menyerahkan modul yang siap dipakai",
        "sistem informasi bisa dipakai di 4 kelas",
        "3 usulan warga disepakati dalam anggaran",
    ],
)
def test_results_of_the_work_are_told(outcome: str) -> None:
    assert told(outcome)


@pytest.mark.parametrize(
    "outcome",
    [
        "Citra sakit demam digantikan Budi, 12 siswa tetap belajar",
        "rekan guru sakit, 12 siswa tetap belajar",
        "3 siswa demam diantar pulang dengan selamat",
        "teman saya sedang dirawat, kelas tetap berjalan",
        "guru kelas operasi, jadwal sudah diatur ulang",
        "kelas tertangani selama guru cuti melahirkan",
        "wali kelas izin, jadwal tetap lancar",
        "satu pegawai terlambat, layanan tetap dibuka",
        "santunan diserahkan kepada keluarga yang berduka",
        "ayah murid meninggal, takziah terlaksana",
        "dua pegawai menerima hukuman disiplin ringan",
        "surat peringatan sudah diterima yang bersangkutan",
        "a colleague was ill, 12 pupils still learned",
        "surat untuk NIK 3201014501850001 terbit",
        "SK untuk 198801122011012002 sudah terbit",
        "Ibu Siti menerima surat nikahnya hari ini",
        "pak joko dapat bantuan pupuk 2 karung",
        "Sdr. Rudi menyelesaikan berkasnya hari ini",
        "sertifikat a.n. Tono sudah terbit",
        "akta an. Tono sudah terbit",
        "wakaf H. Ahmad tercatat dan bersertifikat",
        "bu kepala menyetujui jadwal yang baru",
    ],
)
def test_a_word_of_health_leave_death_conduct_or_a_person_is_never_told(outcome: str) -> None:
    assert not told(outcome)


def test_the_activity_says_it_too() -> None:
    assert not told("12 siswa tetap belajar sampai selesai", "Menggantikan guru yang sakit")


@pytest.mark.parametrize("name", NAMES)
def test_a_colleagues_name_is_never_told(name: str) -> None:
    assert not told(f"modul disusun bersama {name} dan siap dipakai")


def test_a_name_that_the_author_shares_is_not_told_either() -> None:
    assert not told("Rahmawati menyelesaikan 12 berkas hari itu juga")
    assert told("Ani menyelesaikan 12 berkas hari itu juga")


def test_degrees_and_titles_are_no_names() -> None:
    assert told("dra farm prof siap dipakai di kelas")


words = st.sampled_from(
    ["12 siswa tuntas", "modul siap dipakai", "bersama", "dan", "untuk", ",", "hari ini", "–"]
)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6), st.lists(st.one_of(words, st.sampled_from(NAMES)), min_size=3, max_size=8)
        ),
        max_size=30,
    )
)
def test_no_name_of_the_office_but_its_authors_stands_in_a_groups_results(
    written: list[tuple[int, list[str]]],
) -> None:
    names = dict(OFFICE)
    outcomes = [
        Outcome(
            number,
            who,
            names[who],
            date(2026, 11, 11),
            "Mengajar",
            " ".join(text),
            None,
            None,
            None,
            None,
            False,
        )
        for number, (who, text) in enumerate(written)
    ]
    for one in best(outcomes, owners=OWNERS):
        said = one.outcome.casefold().replace("'", "").replace("’", "")
        for person_id, name in OFFICE:
            for word in name.partition(",")[0].casefold().replace("'", "").split():
                if person_id != one.person_id and len(word) >= 3 and "." not in word:
                    assert word not in said.split(), (one.outcome, name)
