"""Which of a supervisor's own RHK their people served, and when last: for the weekly summary."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.cascade.tree import load_tree
from services.cascade.work import last_dates


async def last_served(
    session: AsyncSession, supervisor_id: int, *, year: int, until: date
) -> Mapping[int, date]:
    """Lineage of an own RHK in force → the last date in the year, up to `until`, on which somebody below did
    something for what hangs under it. Missing: nobody did. Three queries.
    """
    tree = await load_tree(session, supervisor_id, year)
    dates = await last_dates(session, supervisor_id, first=date(year, 1, 1), last=until)
    found = {}
    for one in tree.of(supervisor_id):
        served = [dates[node.lineage] for node in tree.under(one.lineage) if node.lineage in dates]
        if served:
            found[one.lineage] = max(served)
    return found
