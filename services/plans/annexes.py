"""The three annexes of one's SKP, by the line; a line that was agreed holds until its removal is agreed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AnnexKind, AnnexLine
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.people.rows import folded
from services.plans.access import began, changed, own_plan
from services.plans.measure_line import without_bullet
from services.plans.words import LONGEST_LINE, MOST_ANNEX_LINES, SHORTEST


async def add_annex_lines(
    session: AsyncSession, actor: Actor, plan_id: int, kind: AnnexKind, text: str, *, now: datetime
) -> int:
    """Adds typed lines to an annex, those that are there already left out; gives how many were added.

    Raises Invalid `annex_short`, `annex_long`, `annex_many`; NotFound, NotAllowed.
    """
    plan = await own_plan(session, actor, plan_id, now=now)
    wanted: dict[str, str] = {}
    for line in text.splitlines():
        words = without_bullet(line)
        if words:
            wanted.setdefault(folded(words), words)
    present = [one for one in await lines_of(session, plan.id) if one.kind is kind]
    known = {folded(one.text) for one in present if not one.drop_asked}
    lines = [line for line in wanted.values() if folded(line) not in known]
    if not wanted or any(len(one) < SHORTEST for one in lines):
        raise Invalid("annex", "annex_short")
    if any(len(one) > LONGEST_LINE for one in lines):
        raise Invalid("annex", "annex_long", limit=LONGEST_LINE)
    if sum(not one.drop_asked for one in present) + len(lines) > MOST_ANNEX_LINES:
        raise Invalid("annex", "annex_many", limit=MOST_ANNEX_LINES)
    if not lines:
        return 0
    await began(session, plan)
    first = max((one.position for one in present), default=-1) + 1
    session.add_all(
        AnnexLine(
            plan_id=plan.id,
            kind=kind,
            position=first + place,
            text=line,
            since_version=plan.version,
            pending=plan.agreed_version > 0,
            created_at=now,
        )
        for place, line in enumerate(lines)
    )
    await changed(session, plan)
    return len(lines)


async def drop_annex_line(session: AsyncSession, actor: Actor, line_id: int, *, now: datetime) -> int:
    """Takes a line out; gives the SKP's id. Pressed twice, it is gone once.

    Raises NotFound `annex_gone`, NotAllowed, Invalid.
    """
    plan_id = await session.scalar(select(AnnexLine.plan_id).where(AnnexLine.id == line_id))
    if plan_id is None:
        raise NotFound("annex_gone")
    plan = await own_plan(session, actor, plan_id, now=now)
    line = await session.scalar(
        select(AnnexLine).where(AnnexLine.id == line_id).execution_options(populate_existing=True)
    )
    if line is None:
        raise NotFound("annex_gone")
    if line.retired_at is not None or line.drop_asked:
        return plan.id
    if plan.agreed_version and not line.pending:
        await began(session, plan)
        line.drop_asked = True
    else:
        line.retired_at, line.until_version = now, plan.version
    await changed(session, plan)
    return plan.id


async def keep_annex_line(session: AsyncSession, actor: Actor, line_id: int, *, now: datetime) -> int:
    """Takes the removal of a line back; gives the SKP's id. Raises NotFound, NotAllowed, Invalid."""
    plan_id = await session.scalar(select(AnnexLine.plan_id).where(AnnexLine.id == line_id))
    if plan_id is None:
        raise NotFound("annex_gone")
    plan = await own_plan(session, actor, plan_id, now=now)
    line = await session.get_one(AnnexLine, line_id, populate_existing=True)
    if line.drop_asked:
        line.drop_asked = False
        await changed(session, plan)
    return plan.id


async def lines_of(session: AsyncSession, plan_id: int) -> list[AnnexLine]:
    """The lines of an SKP's annexes that were not taken out, in order."""
    return list(
        await session.scalars(
            select(AnnexLine)
            .where(AnnexLine.plan_id == plan_id, AnnexLine.retired_at.is_(None))
            .order_by(AnnexLine.kind, AnnexLine.position, AnnexLine.id)
            .execution_options(populate_existing=True)
        )
    )
