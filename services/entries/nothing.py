"""«Tidak ada kegiatan»: an answer without entries, with its reason. It is recorded, and decided by nobody.

Invariant: `Day.nothing_reason` stands only on a day without entries; `changed` in days.py holds it.
"""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services import audit
from services.calendar import is_late
from services.entries.days import changed as day_changed
from services.entries.days import entries_of, is_closed, open_day, own_day
from services.entries.sending import own_calendar
from services.errors import Invalid
from services.people.identity import Actor
from services.reading.absence import Absence, read_absence
from services.reading.capture import read_entries
from services.reading.health import is_reason_of_health
from services.reading.sensitive import find_sensitive
from services.rounds import plan_person

REASONS = ("data", "direction", "postponed")
"""Ready reasons; their words are the texts `nothing.<code>`."""
SHORTEST, LONGEST = 5, 300
"""Characters of a typed reason."""


def is_report(text: str) -> bool:
    """Whether a text typed as the reason tells what came of something; a reason may have several lines."""
    return any(one.outcome for one in read_entries(text))


async def report_nothing(
    session: AsyncSession, actor: Actor, work_date: date, reason: str, *, now: datetime
) -> int:
    """Answers a day with the reason why there is nothing to report; gives the day. Again: the reason changes.

    Late by the same rule as a report. Raises as `open_day`; Invalid `nothing_short`, `nothing_long`
    (`limit`), `nothing_private` for being away, `nothing_health` for a reason of health, `nothing_sensitive`
    for a citizen's number, `nothing_but_entries` (`count`).
    """
    reason = " ".join(reason.split())
    said = read_absence(reason)
    if said is Absence.AWAY:
        raise Invalid("reason", "nothing_private")
    if is_reason_of_health(reason):
        raise Invalid("reason", "nothing_health")
    if len(reason) < SHORTEST or said is Absence.NOTHING:
        raise Invalid("reason", "nothing_short", limit=SHORTEST)
    if find_sensitive(reason):
        raise Invalid("reason", "nothing_sensitive")
    if len(reason) > LONGEST:
        raise Invalid("reason", "nothing_long", limit=LONGEST)
    day = await open_day(session, actor, work_date, now=now)
    entries = await entries_of(session, day)
    if entries:
        raise Invalid("day", "nothing_but_entries", count=len(entries))
    if day.nothing_reason == reason:
        return day.id
    day.nothing_reason = reason
    if day.first_submitted_at is None:
        day.first_submitted_at = now
        day.late = is_late(work_date, now, await own_calendar(session, actor, work_date, now=now))
    day.submitted_at = now
    await day_changed(session, day)
    audit.record(
        session, "nothing_reported", actor_id=actor.person_id, subject="day", subject_id=day.id, now=now
    )
    return day.id


async def take_nothing_back(
    session: AsyncSession, actor: Actor, day_id: int, *, revision: int, now: datetime
) -> date:
    """Empties the answer again; gives its date.

    Raises Invalid `nothing_gone`, or `day_locked` once nothing could take its place; Outdated.
    """
    day = await own_day(session, actor, day_id, revision=revision)
    if day.nothing_reason is None:
        raise Invalid("day", "nothing_gone")
    if is_closed(actor, day.work_date, now=now):
        raise Invalid("day", "day_locked")
    day.nothing_reason = None
    await day_changed(session, day)
    audit.record(
        session, "nothing_taken_back", actor_id=actor.person_id, subject="day", subject_id=day.id, now=now
    )
    await plan_person(session, actor.person_id, now=now)  # its reminders are back
    return day.work_date
