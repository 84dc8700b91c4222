"""Which processes of the bot run, told by themselves every few seconds.

A process that stops orderly says so; one that was killed is missed after `SILENT`, at once where a database
belongs to one process and its lock tells. Either is forgotten after a day. Nobody decides anything by these
rows: who sends what, and once, is decided elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, extract, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Heartbeat
from models.delivery import STOPPED
from models.engine import insert_into
from services.clock import Clock

EVERY_SECONDS = 15.0
SILENT = timedelta(minutes=1)
"""Not heard of for longer: it has gone without a word."""
FORGOTTEN = timedelta(days=1)
AHEAD = timedelta(minutes=1)
"""A moment that another machine wrote down may lie so far ahead of ours; further ahead it proves nothing."""


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


@dataclass(frozen=True, slots=True)
class Known:
    """The processes of the last day by how they stand, each by mode and name."""

    alive: tuple[Process, ...] = ()
    silent: tuple[Process, ...] = ()
    """Ended without a word."""
    stopped: tuple[Process, ...] = ()


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


async def stopped(session: AsyncSession, name: str, *, ticked_at: datetime | None = None) -> None:
    """Notes that a process ends orderly, and when it ticked last."""
    row = Heartbeat.name == name
    if ticked_at is not None:
        await session.execute(update(Heartbeat).where(row).values(ticked_at=ticked_at))
    await session.execute(delete(Heartbeat).where(row, Heartbeat.ticked_at.is_(None)))
    await session.execute(update(Heartbeat).where(row).values(mode=STOPPED))


async def alive(session: AsyncSession, *, now: datetime) -> list[Process]:
    """The processes heard of within the last minute, by mode and name.

    Each wrote that down by its own machine's clock, and `now` is by ours: where clocks are known to be
    apart, the minute is longer by that. Rather one too many than a process that nobody reckons with.
    """
    return list((await known(session, now=now)).alive)


async def silent(session: AsyncSession, *, now: datetime) -> list[Process]:
    """The processes of the last day that ended without a word, by mode and name."""
    return list((await known(session, now=now)).silent)


async def known(session: AsyncSession, *, now: datetime, sole: bool | None = None) -> Known:
    """All of the last day.

    `sole`: the database belongs to one process, and whether that one runs, as its lock says; the lock is
    believed before any row. None: several share it.
    """
    found = await _seen_after(session, now - FORGOTTEN)
    ended = [one for one in found if one.mode == STOPPED]
    there = [one for one in found if one.mode != STOPPED]
    since = now - SILENT - timedelta(seconds=apart([one.clock_ahead for one in there]))
    living = [one for one in there if one.seen_at >= since]
    if sole is not None:
        living = sorted(living, key=lambda one: (one.started_at, one.seen_at))[-1:] if sole else []
    return Known(tuple(living), tuple(one for one in there if one not in living), tuple(ended))


def apart(ahead: Sequence[float | None]) -> float:
    """Seconds from the clock furthest behind to the one furthest ahead, the database's included."""
    known = [one for one in ahead if one is not None]
    return max([0.0, *known]) - min([0.0, *known])


def last_tick(processes: Sequence[Process], *, now: datetime) -> datetime | None:
    """When the last good tick of any of them ended; None: none of them ticks, as far as is known."""
    ticks = [one.ticked_at for one in processes if one.ticked_at is not None]
    return max((one for one in ticks if one <= now + AHEAD), default=None)


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
