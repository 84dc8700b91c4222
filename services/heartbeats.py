"""Which processes of the bot run, told by themselves every few seconds.

A process that stopped cleanly takes its row away; one that was killed is missed after `SILENT` and forgotten
after a day. Nobody decides anything by these rows: who sends what, and once, is decided elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Heartbeat
from models.engine import insert_into
from services.clock import Clock

EVERY_SECONDS = 15.0
SILENT = timedelta(minutes=1)
"""Not heard of for longer: it has gone without a word."""
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it last told of itself. `mode`: run, web or clock."""

    name: str
    """Machine and process number."""
    mode: str
    version: str
    started_at: datetime
    seen_at: datetime
    ticked_at: datetime | None = None
    """The end of its last tick that went well; None: it does not tick, or has not yet."""
    clock_ahead: float | None = None
    """Seconds its machine's clock is ahead of the database's, negative: behind; None: SQLite, one machine."""


async def beat(session: AsyncSession, process: Process) -> None:
    """Writes down that a process is there; forgets those that were last seen a day before it."""
    values = {
        "mode": process.mode,
        "version": process.version,
        "started_at": process.started_at,
        "seen_at": process.seen_at,
        "ticked_at": process.ticked_at,
        "clock_ahead": process.clock_ahead,
    }
    await session.execute(
        insert_into(session, Heartbeat)
        .values(name=process.name, **values)
        .on_conflict_do_update(index_elements=[Heartbeat.name], set_=values)
    )
    await session.execute(delete(Heartbeat).where(Heartbeat.seen_at < process.seen_at - FORGOTTEN))


async def stopped(session: AsyncSession, name: str) -> None:
    """Takes away the row of a process that ends."""
    await session.execute(delete(Heartbeat).where(Heartbeat.name == name))


async def alive(session: AsyncSession, *, now: datetime) -> list[Process]:
    """The processes heard of within the last minute, by mode and name."""
    return await _seen_after(session, now - SILENT)


async def silent(session: AsyncSession, *, now: datetime) -> list[Process]:
    """The processes of the last day that ended without a word, by mode and name."""
    known = await _seen_after(session, now - FORGOTTEN)
    return [one for one in known if one.seen_at < now - SILENT]


def last_tick(processes: Sequence[Process]) -> datetime | None:
    """When the last good tick of any of them ended; None: none of them ticks."""
    return max((one.ticked_at for one in processes if one.ticked_at is not None), default=None)


async def clock_ahead(session: AsyncSession, machine: Clock) -> float | None:
    """Seconds this machine's clock is ahead of the database's, to half a round trip; None on SQLite.

    `machine` is the machine's own clock, never an office clock of a rehearsal.
    """
    if session.get_bind().dialect.name == "sqlite":
        return None
    before = machine()
    theirs = await session.scalar(select(extract("epoch", func.clock_timestamp())))
    between = before + (machine() - before) / 2
    return between.timestamp() - float(theirs or 0)


async def _seen_after(session: AsyncSession, since: datetime) -> list[Process]:
    rows = await session.scalars(
        select(Heartbeat).where(Heartbeat.seen_at >= since).order_by(Heartbeat.mode, Heartbeat.name)
    )
    return [
        Process(
            name=row.name,
            mode=row.mode,
            version=row.version,
            started_at=row.started_at,
            seen_at=row.seen_at,
            ticked_at=row.ticked_at,
            clock_ahead=row.clock_ahead,
        )
        for row in rows
    ]
