"""«Sama seperti kemarin»: the activities and RHK of the last reported day, never outcome or quantity.

An RHK that was reworded since is copied in its wording of now, also into the next year; one that is gone is
suggested anew.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, LinkSource, State
from services.entries.days import MOST_ENTRIES, changed, open_day
from services.entries.suggesting import apply_suggestion, load_plan
from services.errors import Invalid
from services.people.identity import Actor


async def copy_last_day(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> int:
    """Copies into the draft of `work_date`; gives the day's id.

    Raises Invalid `nothing_to_copy` when there is no earlier day, `already_copied` when it was done before,
    `too_many_entries`.
    """
    day = await open_day(session, actor, work_date, now=now)
    if day.copied_from is not None:
        raise Invalid("day", "already_copied")
    source = await session.scalar(
        select(Day)
        .where(Day.person_id == actor.person_id, Day.work_date < work_date, Day.entries.any())
        .order_by(Day.work_date.desc())
        .limit(1)
    )
    if source is None:
        raise Invalid("day", "nothing_to_copy")
    rows = (
        await session.scalars(select(Entry).where(Entry.day_id == source.id).order_by(Entry.position))
    ).all()
    present = list(await session.scalars(select(Entry.position).where(Entry.day_id == day.id)))
    if len(present) + len(rows) > MOST_ENTRIES:
        raise Invalid("entries", "too_many_entries", limit=MOST_ENTRIES)
    plan = await load_plan(session, actor.person_id, work_date.year)
    standing = plan.standing if plan is not None else {}
    for place, old in enumerate(rows, start=max(present, default=-1) + 1):
        sure = old.confident or old.link_source is not LinkSource.SUGGESTED
        target_id = standing.get(old.target_id or 0)
        linked = sure and (target_id is not None or (old.target_id is None and old.outside_plan))
        entry = Entry(
            day_id=day.id,
            position=place,
            state=State.DRAFT,
            created_at=now,
            activity=old.activity,
            target_id=target_id if linked else None,
            outside_plan=old.outside_plan if linked else False,
            link_source=LinkSource.COPIED if linked else None,
            confident=linked,
            outcome_skipped=False,
            repeat_noted=False,
        )
        if not linked:
            apply_suggestion(entry, plan)
        session.add(entry)
    day.copied_from = source.work_date
    day.outcomes_asked = False
    await changed(session, day)
    return day.id
