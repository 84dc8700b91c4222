"""The NIP check: what is refused, what is only remarked on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.people.nip import LENGTH, check_nip, is_pppk, plain_number

TODAY = date(2026, 11, 18)
PNS = "198502142010031007"
PPPK = "199001012024212015"


def test_a_sound_nip_passes_without_remarks() -> None:
    for nip in (PNS, PPPK):
        check = check_nip(nip, today=TODAY)
        assert (check.digits, check.fault, check.warnings) == (nip, None, ())


@pytest.mark.parametrize(
    "typed",
    [
        " 19850214 201003 1 007 ",
        "19850214\u00a0201003\u00a01\u00a0007",
        "19850214.201003.1.007",
        "19850214-201003-1-007",
        "'198502142010031007",
        '="198502142010031007"',
        "\u200b198502142010031007",
        "NIP. 198502142010031007",
        "nip: 19850214 201003 1 007",
        "NI PPPK 198502142010031007",
    ],
)
def test_spaces_and_marks_around_the_digits_do_not_count(typed: str) -> None:
    assert check_nip(typed, today=TODAY).digits == PNS


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("1.98502E+17", "nip_scientific"),
        ("1,98502E+17", "nip_scientific"),
        ("1.98502142010031e+17", "nip_scientific"),
        ("'1.98502E+17", "nip_scientific"),
        ("19850214201003100X", "nip_not_digits"),
        ("honorer", "nip_not_digits"),
        ("NIPPON 198502142010031007", "nip_not_digits"),
        ("NIP.", "nip_not_digits"),
        ("", "nip_not_digits"),
        ("١٩٨٥٠٢١٤٢٠١٠٠٣١٠٠٧", "nip_not_digits"),
        ("19850214201003100", "nip_length"),
        ("1985021420100310077", "nip_length"),
        ("3201234567890001", "nip_length"),
        ("198502302010031007", "nip_birth_date"),
        ("198513012010031007", "nip_birth_date"),
        ("000001012010031007", "nip_birth_date"),
        ("189912312010031007", "nip_birth_date"),
        ("202611192044031007", "nip_birth_date"),
        ("198502142010030007", "nip_sex"),
        ("198502142010033007", "nip_sex"),
    ],
)
def test_a_wrong_nip_is_refused_with_its_reason(typed: str, fault: str) -> None:
    check = check_nip(typed, today=TODAY)
    assert check.fault == fault
    assert check.digits is None


def test_the_length_that_was_found_is_told() -> None:
    assert check_nip("19850214201003100", today=TODAY).found == 17


@pytest.mark.parametrize(
    ("typed", "warning"),
    [
        ("201502142010031007", "nip_age"),
        ("194502141970031007", "nip_age"),
        ("198502142010131007", "nip_start"),
        ("198502142010001007", "nip_start"),
        ("198502142027011007", "nip_start"),
        ("198502141999031007", "nip_start"),
        ("198502142010031000", "nip_serial"),
    ],
)
def test_anything_else_is_only_a_warning(typed: str, warning: str) -> None:
    check = check_nip(typed, today=TODAY)
    assert check.digits == typed
    assert check.fault is None
    assert warning in check.warnings


def test_a_month_of_appointment_tells_pns_from_pppk() -> None:
    assert is_pppk(PPPK)
    assert not is_pppk(PNS)


births = st.dates(date(1950, 1, 1), date(2006, 1, 1))


@given(
    births,
    st.integers(2000, 2025),
    st.one_of(st.integers(1, 12), st.integers(21, 29)),
    st.sampled_from("12"),
    st.integers(0, 999),
)
def test_every_well_formed_nip_is_taken(born: date, year: int, month: int, sex: str, serial: int) -> None:
    nip = f"{born:%Y%m%d}{year}{month:02}{sex}{serial:03}"
    assert check_nip(nip, today=TODAY).digits == nip


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(typed: str) -> None:
    check = check_nip(typed, today=TODAY)
    assert (check.digits is None) == (check.fault is not None)
    if check.digits is not None:
        assert len(check.digits) == LENGTH
        assert check.digits == plain_number(typed)


@given(st.integers(0, LENGTH - 1), st.sampled_from("abcXYZ-/ "))
def test_losing_a_digit_never_passes(place: int, instead: str) -> None:
    assert check_nip(PNS[:place] + instead + PNS[place + 1 :], today=TODAY).digits is None
