"""«Kendala: …» in a report is no activity."""

import pytest

from services.reading.blocked import ReadBlocker, read_blockers
from services.reading.capture import read_entries


@pytest.mark.parametrize(
    ("text", "rest", "found"),
    [
        (
            "Rapat komite -> jadwal\nkendala: internet mati sejak pagi",
            ["Rapat komite"],
            [("internet mati sejak pagi", 1)],
        ),
        ("Hambatan: listrik padam", [], [("listrik padam", 0)]),
        ("*Kendala* : Data belum lengkap", [], [("Data belum lengkap", 0)]),
        ("1. Rapat\n2. Mengajar\n3. Kendalanya : server down", ["Rapat", "Mengajar"], [("server down", 2)]),
        ("Mengajar 8A; hambatan: proyektor rusak", ["Mengajar 8A"], [("proyektor rusak", 1)]),
        (
            "Rapat\nKendala:\n- listrik padam\n- air mati\n\nMengajar 8A",
            ["Rapat", "Mengajar 8A"],
            [("listrik padam", 1), ("air mati", 1)],
        ),
        ("Ada kendala: PLN", [], [("PLN", 0)]),
        ("kendalanya proyektor rusak", [], [("proyektor rusak", 0)]),
        ("Mengajar 8A\n2. Kendala proyektor rusak", ["Mengajar 8A"], [("proyektor rusak", 1)]),
        ("Mengajar\nhambatan adalah listrik padam", ["Mengajar"], [("listrik padam", 1)]),
        ("Teaching 8A\nObstacle: internet down", ["Teaching 8A"], [("internet down", 1)]),
        ("Teaching 8A\nobstacles: none", ["Teaching 8A"], []),
        ("Mengajar\nkendala: tidak ada", ["Mengajar"], []),
        ("Mengajar\nKendala: -", ["Mengajar"], []),
        ("Kendala: nihil, alhamdulillah lancar", [], []),
    ],
)
def test_what_stands_in_the_way_is_read_apart(
    text: str, rest: list[str], found: list[tuple[str, int]]
) -> None:
    kept, blockers = read_blockers(text)
    assert [one.activity for one in read_entries(kept)] == rest
    assert list(blockers) == [ReadBlocker(*one) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "Menyusun laporan kendala lapangan -> laporan siap",
        "Membahas kendala: pupuk",
        "Rapat tanpa hambatan",
        "Menganalisis hambatan belajar siswa 8A",
        "Hambatan belajar siswa berkurang",
        "Kendala lapangan dibahas bersama tim",
        "kendala proyektor teratasi",
        "kendala apa ya?",
        "Overcoming obstacles in reading",
    ],
)
def test_work_about_obstacles_is_work(text: str) -> None:
    assert read_blockers(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "activity", "outcome", "found"),
    [
        ("Menyusun laporan. Kendala: internet mati. Hasil: 1 laporan", "Menyusun laporan", "1 laporan", 1),
        ("Menyusun laporan (kendala: internet mati) -> 1 laporan", "Menyusun laporan", "1 laporan", 1),
        ("Menyusun laporan, kendala: internet mati -> 1 laporan", "Menyusun laporan", "1 laporan", 1),
        ("Menyusun laporan\nKendala: internet mati. Hasil: 1 laporan", "Menyusun laporan", "1 laporan", 1),
        ("Rapat -> 1 laporan\nTidak ada kendala: semua lancar", "Rapat", "1 laporan", 0),
        ("Menyusun laporan -> 1 laporan\nkendala: nihil", "Menyusun laporan", "1 laporan", 0),
    ],
)
def test_a_blocker_inside_a_line_swallowed_the_outcome(
    text: str, activity: str, outcome: str, found: int
) -> None:
    kept, blockers = read_blockers(text)
    [one] = read_entries(kept)
    assert (one.activity, one.outcome) == (activity, outcome)
    assert [blocker.text for blocker in blockers] == ["internet mati"] * found


def test_how_a_blocker_was_got_around_is_part_of_it() -> None:
    kept, blockers = read_blockers("Rapat\nKendala: internet mati -> pakai hotspot")
    assert kept == "Rapat"
    assert blockers == (ReadBlocker("internet mati -> pakai hotspot", 1),)


@pytest.mark.parametrize("text", ["kendala: nihil", "Tidak ada kendala", "Tanpa hambatan"])
def test_no_blocker_is_no_activity(text: str) -> None:
    kept, blockers = read_blockers(text)
    assert (kept.strip(), blockers) == ("", ())
