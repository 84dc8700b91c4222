"""Button data: what goes in comes out, and whatever else comes in is no press of ours."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.callbacks import LIMIT, VERSION, Kind, Press, unpack

kinds = st.sampled_from(list(Kind))
numbers = st.integers(min_value=0, max_value=10**18 - 1)


@given(kinds, numbers, numbers, st.text(max_size=20))
@example(Kind.DAY_SEND, 0, 0, "a:b::c")
@example(Kind.DAY_SEND, 1, 2, "2026-11-18")
@example(Kind.DAY_SEND, 10**18 - 1, 10**18 - 1, "😀😀😀😀")
def test_a_press_survives_the_trip(kind: Kind, subject: int, revision: int, arg: str) -> None:
    press = Press(kind, subject, revision, arg)
    try:
        data = press.pack()
    except (ValueError, UnicodeEncodeError):
        return
    assert len(data.encode()) <= LIMIT
    assert unpack(data) == press


@given(kinds, numbers, numbers)
def test_the_longest_ids_leave_room(kind: Kind, subject: int, revision: int) -> None:
    """Two 18-digit numbers and a date, or an answer's short code, always fit."""
    assert len(Press(kind, subject, revision, "2026-11-18abcd").pack().encode()) <= LIMIT


@pytest.mark.parametrize("arg", ["x" * 60, "é" * 31, "😀" * 15])
def test_too_much_is_refused_in_bytes_not_in_letters(arg: str) -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Press(Kind.DAY_SEND, 10, 10, arg).pack()


@given(st.one_of(st.none(), st.text(), st.text(alphabet=":0123456789dsx-+ \n"), st.binary().map(bytes.hex)))
@example("")
@example(":::::")
@example("1:ds:-1:0:")
@example("1:ds:+1:0:")
@example("1:ds:１:0:")
@example("1:ds:²:0:")
@example("1:ds: 1:0:")
@example("1:ds:1_000:0:")
@example("1:ds:" + "9" * 19 + ":0:")
@example("1:ds:" + "9" * 5000 + ":0:")
@example("1:nothing:1:1:")
@example("1:DAY_SEND:1:1:")
@example("1:ds:1:1")
@example("0:ds:1:1:")
@example("2:ds:1:1:")
@example("\ud800")
@example("1:ds:1:1:" + "\x00")
@example("1:ds:1:1:" + "x" * 64)
def test_hostile_data_is_never_an_error(data: str | None) -> None:
    press = unpack(data)
    if press is not None:
        assert 0 <= press.subject < 10**18
        assert 0 <= press.revision < 10**18
        assert data is not None
        assert data.startswith(f"{VERSION}:{press.kind}:")


@given(kinds, st.integers(max_value=-1) | st.integers(min_value=10**18))
def test_numbers_no_row_can_have_are_refused(kind: Kind, number: int) -> None:
    assert unpack(f"{VERSION}:{kind}:{number}:0:") is None
    assert unpack(f"{VERSION}:{kind}:0:{number}:") is None


def test_an_older_version_is_no_press() -> None:
    assert unpack(f"0:{Kind.DAY_SEND}:1:1:") is None


def test_kinds_are_short_and_free_of_the_separator() -> None:
    for kind in Kind:
        assert 1 <= len(kind.value) <= 3, kind
        assert kind.value.isalpha(), kind
