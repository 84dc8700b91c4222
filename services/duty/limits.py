"""How far back and ahead a person may say what their days are. Dates are local."""

from datetime import date, datetime, timedelta

from services.calendar import has_passed, month_lock
from services.clock import local_date
from services.errors import Invalid


def open_since(zone: str, *, now: datetime) -> date:
    """The first day whose month is not locked yet (product rule; the 5th, 23:59)."""
    first = local_date(now, zone).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return first if has_passed(month_lock(before, zone), now) else before


def ensure_within(first: date, last: date, *, zone: str, ahead: int, longest: int, now: datetime) -> None:
    """That a range may be written now: no day of it in a locked month. `ahead`, `longest`: days.

    Raises Invalid `duty_reversed`, `duty_too_long` (`limit`), `duty_too_far` (`limit`), `duty_closed`.
    """
    if last < first:
        raise Invalid("dates", "duty_reversed")
    if (last - first).days >= longest:
        raise Invalid("dates", "duty_too_long", limit=longest)
    if (last - local_date(now, zone)).days > ahead:
        raise Invalid("dates", "duty_too_far", limit=ahead)
    if first < open_since(zone, now=now):
        raise Invalid("dates", "duty_closed")
