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
    ],
)
def test_work_about_obstacles_is_work(text: str) -> None:
    assert read_blockers(text) == (text, ())
