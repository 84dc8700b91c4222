"""Blackening what looks like a citizen's number, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reading.masking import mask_sensitive
from services.reading.sensitive import find_sensitive

NIK = "3201014107900001"
SPACED = "3201 0141 0790 0001"
PHONE = "081234567890"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"Verifikasi data NIK {NIK} warga", "Verifikasi data NIK ••••••••••••0001 warga"),
        (f"Verifikasi {SPACED}", "Verifikasi •••• •••• •••• 0001"),
        (f"Menghubungi {PHONE} tentang aduan", "Menghubungi ••••••••7890 tentang aduan"),
        ("Menghubungi +62 812-3456-7890", "Menghubungi +•• •••-••••-7890"),
        ("Transfer ke rek BRI 1234567890123", "Transfer ke rek BRI •••••••••0123"),
        (f"{NIK} dan {PHONE}", "••••••••••••0001 dan ••••••••7890"),
        (f"{NIK}, {NIK}", "••••••••••••0001, ••••••••••••0001"),
    ],
)
def test_such_numbers_are_blackened_but_for_their_end(text: str, masked: str) -> None:
    assert mask_sensitive(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Menyusun laporan 12 dokumen",
        "Rapat 08.00-10.00, 90 menit",
        "Pencairan Rp 12.500.000 untuk 3 kegiatan",
        "NIP 198501012010011001",
        "Surat nomor 800/1234/2026 tanggal 18-11-2026",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert mask_sensitive(text) == text


def test_a_harmless_number_near_a_citizens_one_stays() -> None:
    text = f"NIK {NIK} berkas 20261118"
    assert mask_sensitive(text) == "NIK ••••••••••••0001 berkas 20261118"


@pytest.mark.parametrize("number", [NIK, SPACED, PHONE, "rek BRI 1234567890123"])
@pytest.mark.parametrize("frame", ["{}", "x {} y", "- {}.", "({})", "a\n{}\nb", "{} {}"])
def test_what_was_masked_is_not_found_again(number: str, frame: str) -> None:
    text = frame.format(number, number)
    masked = mask_sensitive(text)
    assert not find_sensitive(masked), masked
    if find_sensitive(text):
        assert "•" in masked


@given(st.text(alphabet=st.sampled_from("0123456789 .-+abrekNIKhp\n"), max_size=80))
def test_masking_only_replaces_digits(text: str) -> None:
    masked = mask_sensitive(text)
    assert len(masked) == len(text)
    for before, after in zip(text, masked, strict=True):
        assert after == before or (before.isdigit() and after == "•")
