"""What becomes of a message that comes too late, because delivery was down. Pure.

A round is worth something in its hours: a brief of the morning is none at noon. Its message is not sent once
it is stale, and so nothing that a tick wrote arrives at night. A weekly summary keeps its worth, who begins
to stand in has to know it, and an admin can mend in the morning what failed at night: they wait for the day.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.hours import at_local
from services.rounds.due import QUIET_FROM
from services.rounds.weeks import GIVEN_LATER_AT

KEPT = frozenset(
    {"week_summed", "team_summed", "unit_summed", "acting_begun", "acting_over", "sending_troubled"}
)
"""Kinds that are told later instead of not at all."""


def is_stale(stale_at: datetime | None, now: datetime) -> bool:
    """Whether a message comes too late."""
    return stale_at is not None and stale_at <= now


def told_at(kind: str, *, now: datetime, zone: str) -> datetime | None:
    """When a stale message is told after all: now, or at 08:00 where the receiver is; None: never."""
    if kind not in KEPT:
        return None
    local = now.astimezone(ZoneInfo(zone))
    if GIVEN_LATER_AT <= local.time() < QUIET_FROM:
        return now
    day = local.date() if local.time() < GIVEN_LATER_AT else local.date() + timedelta(days=1)
    return at_local(day, GIVEN_LATER_AT, zone)
