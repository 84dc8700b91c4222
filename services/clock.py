"""The one source of the time. Rules get `now` as an argument; only the edges hold a Clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}
"""The zones of Indonesia, by their short names."""


def system_clock() -> datetime:
    """The machine's time, UTC."""
    return datetime.now(UTC)


class OfficeClock:
    """A clock that started at a chosen instant and runs on; it can be moved forward, never back."""

    def __init__(self, start: datetime, *, base: Clock = system_clock) -> None:
        if start.tzinfo is None:
            raise ValueError("an office clock starts at an instant with an offset")
        self._base = base
        self._ahead = start.astimezone(UTC) - base()

    def __call__(self) -> datetime:
        return self._base() + self._ahead

    def move_to(self, target: datetime) -> datetime:
        """Moves forward to `target`; a target that has passed changes nothing. Gives the time now."""
        self._ahead += max(timedelta(), target.astimezone(UTC) - self())
        return self()


def local_date(now: datetime, zone: str) -> date:
    """The date in `zone` (an IANA name) at an instant."""
    return now.astimezone(ZoneInfo(zone)).date()
