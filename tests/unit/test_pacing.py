"""The pace: bulk takes slots up to now and gives way, answers go at once and are made up for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pacing import AHEAD, LEAD, SLACK, Rates, Refusals, grant

RATE = 30.0
instants = st.floats(0, 1e6, allow_nan=False)


def test_bulk_gets_its_slots_when_all_is_made_up_for() -> None:
    given_ = grant(99.0, 0.0, now=100.0, slots=4, rate=RATE)
    assert (given_.slots, given_.wait, given_.held) == (4, 0.0, 0.0)
    assert given_.ahead == pytest.approx(4 / RATE - SLACK)


def test_bulk_waits_while_answers_run_ahead() -> None:
    given_ = grant(100.3, 0.0, now=100.0, slots=4, rate=RATE)
    assert given_.slots == 0
    assert given_.wait == pytest.approx(0.3 - LEAD)


def test_bulk_that_gave_way_for_long_gets_a_slot_all_the_same() -> None:
    given_ = grant(100 + 2 * AHEAD, 0.0, now=100.0, slots=1, rate=RATE, trickle=True)
    assert (given_.slots, given_.wait) == (1, 0.0)
    assert given_.ahead == pytest.approx(2 * AHEAD + 1 / RATE)


@pytest.mark.parametrize("trickle", [False, True])
def test_nothing_leaves_while_telegram_wants_silence(trickle: bool) -> None:
    given_ = grant(0.0, 107.0, now=100.0, slots=4, rate=RATE, trickle=trickle)
    assert (given_.slots, given_.wait, given_.held) == (0, 7.0, 7.0)


@given(st.lists(st.tuples(st.floats(0, 0.5), st.integers(1, 8)), min_size=5, max_size=80))
def test_bulk_alone_never_sends_more_than_the_rate_and_its_slack(steps: list[tuple[float, int]]) -> None:
    now, free_at, sent, most = 1000.0, 0.0, 0, 0
    for pause, slots in steps:
        now += pause
        most = max(most, slots)
        found = grant(free_at, 0.0, now=now, slots=slots, rate=RATE)
        if found.slots:
            free_at = now + found.ahead
            sent += found.slots
            assert found.wait <= LEAD
        else:
            assert found.wait > 0
        assert sent <= (now - 1000.0 + SLACK + LEAD) * RATE + most + 1e-6


@given(instants, instants, instants, st.integers(1, 40))
def test_a_refusal_says_when_it_is_worth_asking_again(
    free_at: float, held: float, now: float, slots: int
) -> None:
    found = grant(free_at, held, now=now, slots=slots, rate=RATE)
    if not found.slots:
        again = grant(free_at, held, now=now + found.wait + 1e-6, slots=slots, rate=RATE)
        assert again.slots == slots or (found.held and not again.held)


def test_two_chats_refused_with_nothing_arriving_between_are_the_whole_bot() -> None:
    told = Refusals()
    assert told.refused(1, now=0, until=30) == 0
    assert told.refused(1, now=1, until=40) == 0
    assert told.refused(2, now=2, until=12) == 12, "as long as both say so"
    assert told.refused(3, now=3, until=33) == 33
    assert (told.rest(1), told.rest(2), told.rest(9)) == (40, 12, 0)
    assert told.suspected(39)
    assert not told.suspected(40)
    assert told.refused(4, now=50, until=60) == 0, "what is over says nothing"


def test_what_arrives_later_clears_those_that_were_refused_before() -> None:
    told = Refusals()
    told.refused(1, now=5, until=30)
    assert told.arrived(2, begun=4) == []
    assert told.arrived(2, begun=6) == [1]
    assert told.refused(3, now=7, until=30) == 0
    assert told.rest(1) == 30, "its own rest stays"


def test_groups_are_slower_than_people() -> None:
    rates = Rates()
    assert rates.between(5) == 1.0
    assert rates.between(-100) == 3.0
