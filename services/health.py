"""How the bot itself is doing: facts, and what of them somebody has to look at.

The admins' screen, `kinerja check` and the metrics read the same facts; the judgement (`findings`) is pure
and made here once, so that no two of them disagree. Names are shown to admins alone.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, AuditEvent, FailedUpdate, Person, Role, RoleName, Unit
from models.engine import is_sqlite, takes_long
from services import audit, heartbeats
from services.calendar.gaps import Gaps, load_gaps
from services.delivery_trouble import Cause, DeliveryHealth, delivery_health
from services.heartbeats import Process
from services.people.identity import Actor

TICK_MISSED = timedelta(minutes=2)
"""Ticks come every 15 seconds: for longer without one, nobody is asked and nobody reminded."""
SENDING_STUCK = timedelta(minutes=5)
"""Something that is due has waited for longer: sending is stuck, or far too slow."""
JUST_DIED = timedelta(hours=1)
"""For so long it is worth a word that a process ended without one."""
DYING = timedelta(minutes=10)
"""Whoever starts so soon after one that died has yet to show that it does not die as well."""
FAULTS_SHOWN = timedelta(days=7)
FAULTS_LISTED = 20
BACKUP_OLD = timedelta(days=7)
BACKUP = "backup"
"""The subject of its audit."""
CLOCK_OFF, CLOCK_WRONG = 5.0, 60.0
"""Seconds between two clocks that are worth a word, and that make hours wrong."""
WARNED_FROM = 12
"""The month from which next year's list of days off should be in order, as the admins are told then."""
TICKING = ("run", "clock")
"""Modes that ask what is due."""


class Level(enum.IntEnum):
    """GOOD: nothing to do. LOOK: it runs, somebody should look. BAD: something stands still."""

    GOOD = 0
    LOOK = 1
    BAD = 2


class About(enum.StrEnum):
    """What a finding is about; each has its sentence and what to do about it in the locale files."""

    NOT_TICKING = "not_ticking"
    DIED = "died"
    VERSIONS = "versions"
    CLOCKS = "clocks"
    STUCK = "stuck"
    FAILING = "failing"
    UNCERTAIN = "uncertain"
    FAULTS = "faults"
    HOLIDAYS = "holidays"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be; `params` fill its sentence."""

    about: About
    level: Level
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """`blocked`: who joined and cannot be written to; `not_joined`: active people without an account.

    `faults`: updates of the last week on which the program failed and that were not replayed. `size`: bytes
    of the database. `schema`: the revision its tables stand at; None: it has none of ours. `backup`: when
    `kinerja backup` last wrote a file; None: never.
    """

    at: datetime
    processes: tuple[Process, ...]
    silent: tuple[Process, ...]
    delivery: DeliveryHealth
    blocked: int
    not_joined: int
    faults: int
    size: int
    schema: str | None
    next_year: Gaps
    today: date
    backup: datetime | None = None
    stopped: tuple[Process, ...] = ()

    @property
    def last_tick(self) -> datetime | None:
        return heartbeats.last_tick(self.processes, now=self.at)

    @property
    def last_tick_of_any(self) -> datetime | None:
        """Also of processes that have ended."""
        return heartbeats.last_tick([*self.silent, *self.stopped, *self.processes], now=self.at)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody nothing can be sent to. `since` None: they never joined."""

    name: str
    unit: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Fault:
    """An update the program failed on, by the reference its sender was told."""

    reference: str
    at: datetime


@takes_long
async def load_health(
    session: AsyncSession, *, now: datetime, today: date, sole: bool | None = None
) -> Health:
    """Everything, in a constant number of queries. `today`: where the office is; `sole`: see `heartbeats`."""
    known = await heartbeats.known(session, now=now, sole=sole)
    return Health(
        at=now,
        processes=known.alive,
        silent=known.silent,
        stopped=known.stopped,
        delivery=await delivery_health(session, now=now),
        blocked=await count_blocked(session),
        not_joined=await _count(session, _unreached(Account.person_id.is_(None))),
        faults=await count_faults(session, now=now),
        size=await database_size(session),
        schema=await schema_of(session),
        next_year=await load_gaps(session, today.year + 1),
        today=today,
        backup=await last_backup(session),
    )


async def show_health(session: AsyncSession, actor: Actor, *, now: datetime, today: date) -> Health:
    """The same for an admin. Raises NotAllowed."""
    actor.require(RoleName.ADMIN)
    return await load_health(session, now=now, today=today, sole=True if is_sqlite(session) else None)


def may_see(actor: Actor) -> bool:
    """Whether `/kesehatan` is theirs: admins only."""
    return RoleName.ADMIN in actor.roles


def findings(health: Health) -> list[Finding]:
    """What is not as it should be, the worst first; empty: all is well."""
    found = [
        *_of_processes(health),
        *_of_sending(health.delivery),
        *_when(health.faults, About.FAULTS, count=health.faults),
        *_when(
            health.today.month >= WARNED_FROM and health.next_year.any,
            About.HOLIDAYS,
            year=health.next_year.year,
        ),
    ]
    return sorted(found, key=lambda one: -one.level)


def worst(found: list[Finding]) -> Level:
    """How it is, all in all."""
    return max((one.level for one in found), default=Level.GOOD)


def _of_processes(health: Health) -> list[Finding]:
    found = []
    if not _is_ticking(health):
        found.append(Finding(About.NOT_TICKING, Level.BAD, {"since": health.last_tick_of_any}))
    died = [one for one in health.silent if health.at - one.seen_at <= JUST_DIED]
    if died:
        latest = max(one.seen_at for one in died)
        found.append(Finding(About.DIED, Level.LOOK, {"count": len(died), "at": latest}))
    if len({one.version for one in health.processes}) > 1:
        found.append(Finding(About.VERSIONS, Level.LOOK))
    ahead = max((abs(one.clock_ahead or 0) for one in health.processes), default=0.0)
    if ahead >= CLOCK_OFF:
        level = Level.BAD if ahead >= CLOCK_WRONG else Level.LOOK
        found.append(Finding(About.CLOCKS, level, {"seconds": round(ahead)}))
    return found


def _is_ticking(health: Health) -> bool:
    """Whether the schedule is looked at, or a process that does so has just started.

    What one that died did a moment ago counts for whoever follows it. Later a start proves nothing where one
    died shortly before: it may be the next of a row of them. Nor does a tick that is yet to come: its clock
    was wrong.
    """
    ticking = any(one.mode in TICKING for one in health.processes)
    known = [*health.processes, *(health.silent if ticking else ())]
    ticked = [one.ticked_at for one in known if one.ticked_at is not None]
    if any(_is_fresh(moment, health.at) for moment in ticked):
        return True
    if any(one.mode in TICKING and health.at - one.seen_at <= DYING for one in health.silent):
        return False
    return any(one.mode in TICKING and _is_fresh(one.started_at, health.at) for one in health.processes)


def _is_fresh(moment: datetime, now: datetime) -> bool:
    return now - TICK_MISSED <= moment <= now + heartbeats.AHEAD


def _of_sending(delivery: DeliveryHealth) -> list[Finding]:
    found = []
    if delivery.oldest is not None and delivery.oldest > SENDING_STUCK:
        minutes = int(delivery.oldest.total_seconds() // 60)
        found.append(Finding(About.STUCK, Level.BAD, {"minutes": minutes}))
    failed = sum(delivery.failed.get(cause, 0) for cause in (Cause.FAULT, Cause.BUSY, Cause.TOO_LATE))
    found += _when(failed, About.FAILING, count=failed)
    count = delivery.uncertain_count
    return found + _when(count, About.UNCERTAIN, count=count)


def _when(holds: object, about: About, **params: Any) -> list[Finding]:
    return [Finding(about, Level.LOOK, params)] if holds else []


async def list_unreachable(
    session: AsyncSession, actor: Actor, *, offset: int, limit: int
) -> tuple[tuple[Unreachable, ...], int]:
    """A part of those nothing can be sent to, who blocked the bot first, and how many they are in all.

    Raises NotAllowed.
    """
    actor.require(RoleName.ADMIN)
    wanted = or_(Account.person_id.is_(None), Account.unreachable_since.is_not(None))
    rows = await session.execute(
        _unreached(wanted)
        .add_columns(Person.name, func.coalesce(Unit.name, ""), Account.unreachable_since)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .order_by(Account.person_id.is_(None), Person.name, Person.id)
        .offset(offset)
        .limit(limit)
    )
    people = tuple(Unreachable(name, unit, since) for _, name, unit, since in rows)
    return people, await _count(session, _unreached(wanted))


async def list_faults(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[tuple[Fault, ...], int]:
    """The newest of the updates that wait for a replay, and how many they are in all. Raises NotAllowed."""
    actor.require(RoleName.ADMIN)
    rows = await session.execute(
        select(FailedUpdate.reference, FailedUpdate.at)
        .where(*_kept(now))
        .order_by(FailedUpdate.id.desc())
        .limit(FAULTS_LISTED)
    )
    listed = tuple(Fault(reference, at) for reference, at in rows)
    return listed, await count_faults(session, now=now)


async def count_faults(session: AsyncSession, *, now: datetime) -> int:
    """How many updates of the last week wait for a replay."""
    return await session.scalar(select(func.count()).select_from(FailedUpdate).where(*_kept(now))) or 0


async def count_blocked(session: AsyncSession) -> int:
    """How many of those who joined cannot be written to; found by themselves, not among everybody."""
    blocked = select(Account.person_id).where(Account.unreachable_since.is_not(None))
    has_role = select(Role.person_id).where(Role.person_id == Person.id).exists()
    return await _count(session, select(Person.id).where(Person.id.in_(blocked), Person.active, has_role))


def note_backup(session: AsyncSession, *, now: datetime) -> None:
    """A backup was written."""
    audit.record(session, "backup_made", actor_id=None, subject=BACKUP, subject_id=None, now=now)


async def last_backup(session: AsyncSession) -> datetime | None:
    """When a backup was written last, as far as this database knows; None: never."""
    return await session.scalar(select(func.max(AuditEvent.at)).where(AuditEvent.subject == BACKUP))


async def database_size(session: AsyncSession) -> int:
    """Bytes."""
    if session.get_bind().dialect.name == "sqlite":
        pages = await session.scalar(text("PRAGMA page_count")) or 0
        return int(pages) * int(await session.scalar(text("PRAGMA page_size")) or 0)
    return int(await session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


async def schema_of(session: AsyncSession) -> str | None:
    """The revision the tables stand at; None where there is none of ours."""
    if session.get_bind().dialect.name == "sqlite":
        there = await session.scalar(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"))
    else:
        there = await session.scalar(text("SELECT to_regclass('alembic_version')"))
    if there is None:
        return None
    found = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _kept(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (FailedUpdate.replayed_at.is_(None), FailedUpdate.at > now - FAULTS_SHOWN)


def _unreached(which: ColumnElement[bool]) -> Select[Any]:
    """Active people who have something to do here, and whom nothing reaches."""
    has_role = select(Role.person_id).where(Role.person_id == Person.id).exists()
    return (
        select(Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.active, has_role, which)
    )


async def _count(session: AsyncSession, people: Select[Any]) -> int:
    return await session.scalar(select(func.count()).select_from(people.subquery())) or 0
