"""How far each RHK of a shown SKP is, under whichever wording the work was done."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.plans.loading import PlanView
from services.progress.loading import load_standing
from services.progress.standing import Standing, right_after


async def load_bars(session: AsyncSession, plan: PlanView, *, now: datetime) -> Mapping[int, Standing]:
    """Lineage → where its RHK stands, for those in force."""
    if not plan.id:
        return {}
    found = await load_standing(session, [plan.person_id], year=plan.year, at=right_after(now))
    return {one.lineage: one for one in found}
