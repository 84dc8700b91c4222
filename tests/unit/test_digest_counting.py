"""In which summary an entry counts: once, in the first whose cut its approval stood at, for good."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Verdict
from services.digests.counting import Act, counts, standing_at
from services.digests.weeks import checked, first_of, last_ended, read_week, week_of
from services.errors import Invalid

START = datetime(2026, 11, 1, tzinfo=UTC)
STEPS = st.sampled_from(list(Verdict))


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


histories = st.lists(st.tuples(st.integers(0, 400), STEPS), max_size=8).map(
    lambda acts: [(hour(at), verdict) for at, verdict in sorted(acts, key=lambda act: act[0])]
)
cuts = st.lists(st.integers(1, 400), min_size=1, max_size=6, unique=True).map(
    lambda hours: [hour(one) for one in sorted(hours)]
)


def digests_with(history: list[Act], instants: list[datetime]) -> list[int]:
    """The summaries, each from the cut before it, in which an entry counts."""
    found = []
    for place, cut in enumerate(instants):
        before = instants[place - 1] if place else hour(0)
        if counts(history, cut_from=before, cut_to=cut, earlier=instants[:place]):
            found.append(place)
    return found


@given(histories, cuts)
def test_it_counts_once_and_where_it_first_stood(history: list[Act], instants: list[datetime]) -> None:
    stood = [place for place, cut in enumerate(instants) if standing_at(history, cut) is not None]
    assert digests_with(history, instants) == stood[:1]


@given(histories, cuts, STEPS)
def test_what_happens_later_changes_no_summary_that_was_told(
    history: list[Act], instants: list[datetime], then: Verdict
) -> None:
    later = [*history, (hour(401), then)]
    assert digests_with(later, instants) == digests_with(history, instants)


def test_reopened_and_approved_again_counts_where_it_was_first_told() -> None:
    acts = [(hour(1), Verdict.APPROVE), (hour(11), Verdict.REOPEN), (hour(21), Verdict.APPROVE)]
    assert digests_with(acts, [hour(10), hour(20), hour(30)]) == [0]


def test_reopened_before_the_cut_counts_when_it_is_approved_again() -> None:
    acts = [(hour(1), Verdict.APPROVE), (hour(2), Verdict.REOPEN), (hour(15), Verdict.APPROVE)]
    assert digests_with(acts, [hour(10), hour(20)]) == [1]


def test_an_approval_at_the_very_cut_belongs_to_the_next() -> None:
    assert digests_with([(hour(10), Verdict.APPROVE)], [hour(10), hour(20)]) == [1]


def test_what_was_approved_before_the_first_cut_of_a_ruled_week_is_not_its() -> None:
    acts = [(hour(1), Verdict.APPROVE)]
    assert not counts(acts, cut_from=hour(5), cut_to=hour(10))
    assert counts(acts, cut_from=hour(0), cut_to=hour(10))


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_week_runs_from_friday_to_thursday(day: date) -> None:
    week = week_of(day)
    assert week.weekday() == 3
    assert first_of(week) <= day <= week
    assert last_ended(day) < day


WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("said", "week"),
    [
        ("", date(2026, 11, 12)),
        ("minggu ini", date(2026, 11, 19)),
        ("minggu lalu", date(2026, 11, 12)),
        ("2 minggu lalu", date(2026, 11, 5)),
        ("12 Nov", date(2026, 11, 12)),
        ("13 Nov", date(2026, 11, 19)),
        ("tim minggu lalu", date(2026, 11, 12)),
        ("unit 6 November", date(2026, 11, 12)),
    ],
)
def test_a_week_is_understood(said: str, week: date) -> None:
    assert read_week(said, today=WEDNESDAY) == week


@pytest.mark.parametrize("said", ["pisang", "31 Feb", "1 Okt - 30 Okt", "9" * 300, "20.000"])
def test_a_week_that_is_none_is_asked_again(said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_week(said, today=WEDNESDAY)
    assert refused.value.code == "week_unclear"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("31 Desember 2030", "week_future"),
        ("20 November 2026", "week_future"),
        ("1 Januari 1995", "week_far"),
        ("1 Januari 1950", "week_unclear"),
    ],
)
def test_days_far_away_are_refused(said: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_week(said, today=WEDNESDAY)
    assert refused.value.code == code


def test_weeks_out_of_reach_are_refused() -> None:
    for week, code in (
        (date(2026, 11, 26), "week_future"),
        (date(2019, 11, 14), "week_far"),
        (date(2026, 11, 18), "week_unclear"),
    ):
        with pytest.raises(Invalid) as refused:
            checked(week, today=WEDNESDAY)
        assert refused.value.code == code
