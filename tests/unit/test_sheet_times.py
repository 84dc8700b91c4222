"""Proposed times: inside the working hours, beside what is known, in the order of the day."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Pattern
from services.sheet.hints import lesson_minutes, part_of_day
from services.sheet.times import MIDNIGHT, SHORTEST, Hours, Wish, clock_of, hours_of, propose

WEDNESDAY, FRIDAY = date(2026, 11, 18), date(2026, 11, 20)
ORDINARY = hours_of(WEDNESDAY, Pattern.FIVE_DAYS, ramadan=False)


def said(hours: Hours, known: list[tuple[int, int]], *wishes: Wish) -> list[str]:
    found = propose(hours, known, wishes)
    return [
        f"{clock_of(one.starts):%H.%M}-{clock_of(one.ends):%H.%M}{'!' if one.crowded else ''}"
        for one in (found[wish.entry_id] for wish in wishes)
    ]


@pytest.mark.parametrize(
    ("day", "pattern", "ramadan", "expected"),
    [
        (WEDNESDAY, Pattern.FIVE_DAYS, False, "07.30 12.00 13.00 16.00"),
        (FRIDAY, Pattern.FIVE_DAYS, False, "07.30 11.30 13.00 16.30"),
        (WEDNESDAY, Pattern.SIX_DAYS, False, "07.30 12.00 13.00 14.45"),
        (WEDNESDAY, Pattern.FIVE_DAYS, True, "08.00 12.00 12.30 15.00"),
        (FRIDAY, Pattern.FIVE_DAYS, True, "08.00 11.30 12.30 15.30"),
    ],
)
def test_the_hours_of_a_day(day: date, pattern: Pattern, ramadan: bool, expected: str) -> None:
    one = hours_of(day, pattern, ramadan=ramadan)
    found = (one.starts, one.break_starts, one.break_ends, one.ends)
    assert " ".join(f"{clock_of(minute):%H.%M}" for minute in found) == expected


def test_what_nobody_timed_shares_the_day() -> None:
    assert said(ORDINARY, [], Wish(1)) == ["07.30-09.30"]
    assert said(ORDINARY, [], Wish(1), Wish(2), Wish(3)) == ["07.30-09.30", "09.30-11.30", "13.00-15.00"]


def test_stated_minutes_are_kept_and_the_known_is_left_alone() -> None:
    found = said(ORDINARY, [(450, 540)], Wish(1, minutes=90), Wish(2, minutes=45))
    assert found == ["09.00-10.30", "10.30-11.15"]


def test_what_is_longer_than_the_morning_goes_on_after_the_break() -> None:
    assert said(ORDINARY, [], Wish(1, minutes=360)) == ["07.30-14.30"]


def test_a_known_start_keeps_it() -> None:
    assert said(ORDINARY, [(600, 660)], Wish(1, starts=570), Wish(2, starts=780, minutes=30)) == [
        "09.30-10.00",
        "13.00-13.30",
    ]
    assert said(ORDINARY, [], Wish(1, ends=600, minutes=60)) == ["09.00-10.00"]


def test_known_starts_end_before_the_next_one() -> None:
    assert said(ORDINARY, [], Wish(1, starts=480), Wish(2, starts=510), Wish(3, starts=540)) == [
        "08.00-08.30",
        "08.30-09.00",
        "09.00-10.00",
    ]
    assert said(ORDINARY, [], Wish(1, starts=480, minutes=90), Wish(2, starts=510)) == [
        "08.00-09.30",
        "08.30-09.30!",
    ]
    assert said(ORDINARY, [(510, 570)], Wish(1, ends=600)) == ["09.30-10.00"]


def test_a_full_day_overlaps_and_says_so() -> None:
    assert said(ORDINARY, [(450, 960)], Wish(1)) == ["15.45-16.00!"]
    assert said(ORDINARY, [], Wish(1, minutes=600)) == ["07.30-17.30!"]


def test_many_small_ones_get_smaller_shares() -> None:
    found = said(ORDINARY, [], *(Wish(n) for n in range(1, 21)))
    assert not [one for one in found if one.endswith("!")]
    assert found[0] == "07.30-07.45"


spans = st.tuples(st.integers(0, 1380), st.integers(1, 240)).map(
    lambda one: (one[0], min(one[0] + one[1], 1439))
)
wishes = st.lists(
    st.tuples(
        st.none() | st.integers(0, MIDNIGHT),
        st.none() | st.integers(1, MIDNIGHT),
        st.none() | st.integers(1, 1500),
    ),
    min_size=1,
    max_size=12,
)
days = st.sampled_from(
    [
        hours_of(day, pattern, ramadan=fast)
        for day in (WEDNESDAY, FRIDAY)
        for pattern in Pattern
        for fast in (False, True)
    ]
)


@given(days, st.lists(spans, max_size=6), wishes)
def test_what_is_not_crowded_is_inside_and_overlaps_nothing(
    hours: Hours, known: list[tuple[int, int]], asked: list[tuple[int | None, int | None, int | None]]
) -> None:
    given_ = [
        Wish(n, starts=starts, ends=ends if starts is None else None, minutes=minutes)
        for n, (starts, ends, minutes) in enumerate(asked)
    ]
    found = propose(hours, known, given_)
    assert set(found) == {one.entry_id for one in given_}
    for wish in given_:
        one = found[wish.entry_id]
        assert 0 <= one.starts < one.ends <= MIDNIGHT
        if one.crowded:
            continue
        assert not [span for span in known if span[0] < one.ends and one.starts < span[1]]
        if wish.starts is None and wish.ends is None:
            assert hours.starts <= one.starts < one.ends <= hours.ends
            assert one.ends - one.starts >= (wish.minutes or SHORTEST)
    calm = sorted((one.starts, one.ends) for one in found.values() if not one.crowded)
    assert all(before[1] <= after[0] for before, after in pairwise(calm)), calm
    assert propose(hours, known, given_) == found


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        ("Memimpin salat duha", "07.30-09.30"),
        ("Salat dhuha dan piket pagi", "07.30-09.30"),
        ("Rapat siang", "13.00-15.00"),
        ("Supervisi 2 JP", "09.30-10.50"),
        ("Mengajar 3 jam pelajaran", "09.30-11.30"),
        ("Pembinaan sore", "15.00-16.00"),
        ("Ronda malam", "18.00-20.00"),
        ("Pengawasan pagi dan sore", "09.30-11.30"),
        ("Rapat dinas", "09.30-11.30"),
    ],
)
def test_the_words_say_when_and_how_long(activity: str, expected: str) -> None:
    """Beside something that takes the first two hours, or an hour of the morning."""
    part, minutes = part_of_day(activity), lesson_minutes(activity, None, None)
    known = [] if part and part[0] < 9 * 60 else [(450, 570)]
    assert said(ORDINARY, known, Wish(1, minutes=minutes, part=part)) == [expected]


def test_the_amount_tells_lesson_hours_and_the_others_keep_their_order() -> None:
    assert lesson_minutes("Mengajar Fikih", 4, "jam pelajaran") == 160
    assert lesson_minutes("Mengajar Fikih", 40, "jam pelajaran") is None
    found = said(ORDINARY, [], Wish(1), Wish(2, part=part_of_day("Rapat siang")), Wish(3))
    assert found == ["07.30-09.30", "13.00-15.00", "09.30-11.30"]
