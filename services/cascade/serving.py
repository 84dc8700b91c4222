"""Which of a supervisor's own RHK their people served, and when last: for the weekly summary."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.cascade.tree import load_tree
from services.cascade.work import last_dates

RECENT = timedelta(days=6)
"""Where it is looked first: a week tells of nearly every RHK, and a year of thousands of people is long."""
FEW = 400
"""RHK that are asked for by name."""


async def last_served(
    session: AsyncSession, supervisor_id: int, *, year: int, until: date
) -> Mapping[int, date]:
    """Lineage of an own RHK in force → the last date in the year, up to `until`, on which somebody below did
    something for what hangs under it. Missing: nobody did. At most four queries.
    """
    tree = await load_tree(session, supervisor_id, year)
    left = {one.lineage: {node.lineage for node in tree.under(one.lineage)} for one in tree.of(supervisor_id)}
    left = {lineage: under for lineage, under in left.items() if under}
    new_year = date(year, 1, 1)
    recent = max(until - RECENT, new_year)
    found: dict[int, date] = {}
    for first, last in ((recent, until), (new_year, recent - timedelta(days=1))):
        if not left or last < first:
            continue
        wanted = set().union(*left.values())
        some = wanted if len(wanted) <= FEW else None
        dates = await last_dates(session, supervisor_id, first=first, last=last, lineages=some)
        for lineage, under in tuple(left.items()):
            served = [dates[one] for one in under if one in dates]
            if served:
                found[lineage] = max(served)
                del left[lineage]
    return found
