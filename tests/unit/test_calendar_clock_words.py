"""A time of day as people type it."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Invalid
from services.rounds.clock_words import read_clock

JAKARTA = "Asia/Jakarta"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("15.30", time(15, 30)),
        ("15:30", time(15, 30)),
        ("1530", time(15, 30)),
        ("16", time(16, 0)),
        ("jam 16", time(16, 0)),
        ("Jam 4 sore", time(16, 0)),
        ("pukul 15.30", time(15, 30)),
        ("pkl. 15.30 WIB", time(15, 30)),
        ("jam empat sore", time(16, 0)),
        ("setengah 4 sore", time(15, 30)),
        ("setengah lima sore", time(16, 30)),
        ("jam 4 lewat 15 sore", time(16, 15)),
        ("jam 4 kurang 10 menit sore", time(15, 50)),
        ("jam 4.15 sore", time(16, 15)),
        ("jam 2 siang", time(14, 0)),
        ("jam dua belas siang", time(12, 0)),
        ("7 malam", time(19, 0)),
        ("jam 16 sore", time(16, 0)),
        ("7", time(7, 0)),
        ("07.15 pagi", time(7, 15)),
        ("3:30 pm", time(15, 30)),
        ("4pm", time(16, 0)),
        ("  16.00 . ", time(16, 0)),
        ("04:00", time(4, 0)),
    ],
)
def test_what_people_type_is_understood(typed: str, expected: time) -> None:
    assert read_clock(typed, zone=JAKARTA) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "prompt_time_unread"),
        ("sore", "prompt_time_unread"),
        ("25.00", "prompt_time_unread"),
        ("15.75", "prompt_time_unread"),
        ("besok jam 4 sore", "prompt_time_unread"),
        ("jam 9 sore", "prompt_time_unread"),
        ("jam 15 pagi", "prompt_time_unread"),
        ("15.30 16.00", "prompt_time_unread"),
        ("-4", "prompt_time_unread"),
        ("16" * 100, "prompt_time_unread"),
        ("4", "prompt_time_part"),
        ("jam 4", "prompt_time_part"),
        ("setengah 5", "prompt_time_part"),
        ("16.00 WIT", "prompt_time_zone"),
    ],
)
def test_what_is_unclear_is_asked_again(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_clock(typed, zone=JAKARTA)
    assert (refused.value.field, refused.value.code) == ("prompt_time", code)


@given(st.times(), st.sampled_from([".", ":", " : "]))
def test_every_time_of_the_24_hour_clock_is_read_back(clock: time, mark: str) -> None:
    assert read_clock(f"{clock.hour:02d}{mark}{clock.minute:02d}", zone=JAKARTA) == time(
        clock.hour, clock.minute
    )


@given(st.text(max_size=80))
def test_any_text_is_a_time_or_refused(typed: str) -> None:
    with suppress(Invalid):
        assert isinstance(read_clock(typed, zone=JAKARTA), time)
