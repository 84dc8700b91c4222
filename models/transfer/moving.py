"""From one database to another: `kinerja migrate-data`.

source (one instant, nobody writes) ──copy──▶ target (one transaction) ──compare──▶ commit
                                                                           └─ any difference ─▶ roll back
"""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from models.engine import Database
from models.migrate import newest
from models.transfer import rows
from models.transfer.comparing import compare
from models.transfer.opening import ensure_idle, loading, make_ready, snapshot
from models.transfer.refusing import Refused
from models.transfer.shape import Shape, read_shape


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of a table that are in both databases, the same in every column."""

    table: str
    rows: int


async def move(
    source: Database, target: Database, *, now: datetime, anyway: bool = False, resting: bool = False
) -> Sequence[Moved]:
    """Copies everything into an empty database, compares it, and only then commits.

    `anyway`: though processes of the bot run; what they write meanwhile is not moved. `resting`: it is known
    that none runs, whatever they told last. Raises Refused.
    """
    if source.url == target.url:
        raise Refused("same")
    async with snapshot(source, still=not anyway) as reading:
        shape = await read_shape(reading)
        if shape.known() != newest():
            raise Refused("older", found=shape.revision, newest=newest())
        if not (anyway or resting):
            await ensure_idle(reading, shape, now=now)
        await make_ready(target)
        async with loading(target) as (writing, there):
            _ensure_same(shape, there)
            await ensure_idle(writing, there, now=now)
            return await _copy(reading, writing, there)


async def _copy(reading: AsyncConnection, writing: AsyncConnection, shape: Shape) -> list[Moved]:
    for table in shape.tables:
        async with aclosing(rows.read(reading, table)) as found:
            await rows.write(writing, table, found)
        await rows.count_on(writing, table)
    return [
        Moved(table.name, await compare(table, rows.read(reading, table), rows.read(writing, table)))
        for table in shape.tables
    ]


def _ensure_same(source: Shape, target: Shape) -> None:
    """Both have the same tables with the same columns. Raises Refused `shape` with one that differs."""
    there = {table.name: table.header for table in target.tables}
    here = {table.name: table.header for table in source.tables}
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            raise Refused("shape", table=name)
