"""The one source of the time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from services.clock import OfficeClock, local_date, system_clock

START = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


class Machine:
    """A machine's clock that goes on when it is told."""

    def __init__(self) -> None:
        self.at = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


def test_the_systems_time_knows_its_zone() -> None:
    assert system_clock().utcoffset() == timedelta()


def test_an_office_clock_starts_where_told_and_runs_on() -> None:
    machine = Machine()
    clock = OfficeClock(START, base=machine)
    assert clock() == START
    machine.at += timedelta(minutes=5)
    assert clock() == START + timedelta(minutes=5)


def test_it_is_moved_forward_never_back() -> None:
    machine = Machine()
    clock = OfficeClock(START, base=machine)
    assert clock.move_to(START + timedelta(hours=6)) == START + timedelta(hours=6)
    assert clock.move_to(START) == START + timedelta(hours=6)
    machine.at += timedelta(seconds=1)
    assert clock() == START + timedelta(hours=6, seconds=1)


def test_it_speaks_utc_whatever_zone_it_is_given() -> None:
    jakarta = timezone(timedelta(hours=7))
    clock = OfficeClock(datetime(2026, 11, 18, 9, 0, tzinfo=jakarta), base=Machine())
    assert clock() == START
    assert clock().utcoffset() == timedelta()
    assert clock.move_to(datetime(2026, 11, 18, 10, 0, tzinfo=jakarta)) == START + timedelta(hours=1)


def test_a_start_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        OfficeClock(datetime(2026, 11, 18, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Jakarta", date(2026, 11, 18)),
        ("Asia/Makassar", date(2026, 11, 19)),
        ("Asia/Jayapura", date(2026, 11, 19)),
    ],
)
def test_the_same_instant_is_another_date_elsewhere(zone: str, expected: date) -> None:
    assert local_date(datetime(2026, 11, 18, 16, 30, tzinfo=UTC), zone) == expected
