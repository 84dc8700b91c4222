"""The action steps offered for a row; without an RHK those of the likeliest one first."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.entries.suggesting import load_plan, suggestion_for
from services.sheet.rows import SheetEntry
from services.sheet.steps import load_steps, offered


async def choices(session: AsyncSession, person_id: int, asked: SheetEntry) -> list[tuple[int, str]]:
    """Id and text of the steps of its RHK and quarter; without one all of the quarter, likeliest first."""
    steps = await load_steps(session, person_id)
    found = offered(steps, asked.lineage, asked.work_date)
    plan = await load_plan(session, person_id, asked.work_date.year) if asked.lineage is None else None
    if plan is None:
        return found
    ranking = suggestion_for(plan, asked.activity, None).ranking
    places = {steps.lineages.get(one.key): place for place, one in enumerate(ranking)}
    return sorted(found, key=lambda one: places.get(steps.all[one[0]].lineage, len(places)))
