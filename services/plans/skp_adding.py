"""Writes many new rows in one statement a table: row by row, an office's file would take thousands."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Base, Target
from services.plans.skp_present import portions
from services.plans.skp_writing import WrittenPlan


async def add_rows(session: AsyncSession, rows: Iterable[Base]) -> None:
    """Writes rows whose ids nobody asks for. Rows of one table name the same columns."""
    tables: dict[type[Base], list[dict[str, Any]]] = {}
    for row in rows:
        named = {name: value for name, value in vars(row).items() if not name.startswith("_")}
        tables.setdefault(type(row), []).append(named)
    for table, values in tables.items():
        await session.execute(insert(table).execution_options(render_nulls=True), values)


async def add_targets(session: AsyncSession, written: Sequence[WrittenPlan]) -> None:
    """Writes the new wordings, and puts the rows as they stand then, with their ids, in their place.

    Within an SKP a wording is there once among those in force, and once among those that wait.
    """
    fresh = [one for part in written for _, one in part.targets if one.id is None]
    await add_rows(session, fresh)
    rows: dict[tuple[int, bool, str], Target] = {}
    for ids in portions(sorted({one.plan_id for one in fresh})):
        for row in await session.scalars(
            select(Target).where(Target.plan_id.in_(ids), Target.retired_at.is_(None))
        ):
            rows[row.plan_id, row.pending, row.text] = row

    def stored(one: Target) -> Target:
        return one if one.id is not None else rows[one.plan_id, one.pending, one.text]

    for part in written:
        part.targets = [(match, stored(one)) for match, one in part.targets]
        part.replaced = [(old, stored(new)) for old, new in part.replaced]
