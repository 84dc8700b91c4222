"""A day as plain data, for whoever shows or decides it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, bindparam, extract, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Blocker,
    Day,
    Entry,
    Evidence,
    EvidenceKind,
    LinkSource,
    PerformancePlan,
    Person,
    State,
    Target,
)
from services.entries.days import UNDECIDED, NotTheirs
from services.errors import NotFound
from services.people.identity import Actor
from services.read_once import read_once

SHOWN_FIELDS = (
    "activity",
    "outcome",
    "quantity",
    "unit",
    "starts",
    "ends",
    "minutes",
    "target_id",
    "outside_plan",
)
"""What a supervisor judges: a change in these is shown after a correction."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    id: int
    kind: EvidenceKind
    url: str | None
    file_name: str | None
    stored: bool
    """Its bytes are ours; a link is all there is to it. Until then Telegram merely promises the file."""
    failed: bool
    source_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry; `number` counts from 1 in the order of the day."""

    id: int
    number: int
    state: State
    activity: str
    outcome: str | None
    quantity: int | None
    unit: str | None
    starts: time | None
    ends: time | None
    minutes: int | None
    target_id: int | None
    target_text: str | None
    outside_plan: bool
    link_source: LinkSource | None
    confident: bool
    outcome_skipped: bool
    return_reason: str | None
    before: Mapping[str, Any] | None
    source_message_id: int | None
    evidence: tuple[EvidenceView, ...]

    @property
    def editable(self) -> bool:
        return self.state in (State.DRAFT, State.RETURNED)

    @property
    def linked(self) -> bool:
        return is_linked(self)

    @property
    def awaits_target(self) -> bool:
        """It has no RHK, and its owner may still choose one: nothing was decided on it."""
        return not self.linked and self.state in UNDECIDED

    @property
    def complete(self) -> bool:
        return is_complete(self)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged of an entry that was sent, SHOWN_FIELDS in their order."""

    id: int
    day_id: int
    state: State
    activity: str
    outcome: str | None
    quantity: int | None
    unit: str | None
    starts: time | None
    ends: time | None
    minutes: int | None
    target_id: int | None
    outside_plan: bool
    link_source: LinkSource | None
    confident: bool

    @property
    def waits(self) -> bool:
        return self.state is State.SUBMITTED


def is_linked(entry: Entry | EntryView | Judged) -> bool:
    """Belongs to an RHK, or to none on purpose. A mere unsure suggestion is not a link yet."""
    chosen = entry.outside_plan or entry.target_id is not None
    return chosen and (entry.link_source is not LinkSource.SUGGESTED or entry.confident)


def is_complete(entry: EntryView | Judged) -> bool:
    """Has an outcome and a link: what «Setujui semua» asks for."""
    return bool(entry.outcome) and is_linked(entry)


@dataclass(frozen=True, slots=True)
class BlockerPart:
    """What stands in the way of a day, or of one of its entries, until it is closed."""

    id: int
    entry_id: int | None
    text: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class DayView:
    """One person's day with its entries in order.

    `supervisor_active`, `supervisor_joined`: whether who decides on it works here, and uses this bot.
    """

    id: int
    person_id: int
    person_name: str
    position: str | None
    supervisor_id: int | None
    supervisor_name: str | None
    supervisor_active: bool
    supervisor_joined: bool
    zone: str
    work_date: date
    state: State
    revision: int
    late: bool
    submitted_at: datetime | None
    outcomes_asked: bool
    copied_from: date | None
    has_plan: bool
    entries: tuple[EntryView, ...]
    nothing_reason: str | None = None
    """«Tidak ada kegiatan», and why; None on every day with entries."""
    blockers: tuple[BlockerPart, ...] = ()

    def entry(self, entry_id: int) -> EntryView | None:
        return next((one for one in self.entries if one.id == entry_id), None)

    def having(self, *states: State) -> tuple[EntryView, ...]:
        return tuple(one for one in self.entries if one.state in states)


async def load_day(session: AsyncSession, day_id: int) -> DayView:
    """Reads a day as it is now, in two queries, four with evidence and blockers. Raises NotFound.

    Asked again in a transaction that wrote and locked nothing since, it is not read again.
    """

    async def read() -> DayView:
        return await _read_day(session, day_id)

    return await read_once(session, ("day", day_id), read)


async def _read_day(session: AsyncSession, day_id: int) -> DayView:
    row = (await session.execute(_DAY, {"day": day_id})).one_or_none()
    if row is None:
        raise NotFound("day_gone")
    entries = (await session.execute(_ENTRIES, {"day": day_id})).all()
    with_evidence = [one.id for one in entries if one.has_evidence]
    evidence = await _evidence(session, with_evidence) if with_evidence else {}
    blockers = (await session.execute(_BLOCKERS, {"day": day_id})).all() if row.is_blocked else ()
    return DayView(
        **{name: getattr(row, name) for name in _PLAIN},
        supervisor_active=bool(row.supervisor_active),
        supervisor_joined=row.supervisor_account is not None,
        has_plan=bool(row.has_plan),
        entries=tuple(
            _entry(entry, number, evidence.get(entry.id, ())) for number, entry in enumerate(entries, start=1)
        ),
        blockers=tuple(BlockerPart(*one) for one in blockers),
    )


async def _evidence(
    session: AsyncSession, entry_ids: Collection[int]
) -> Mapping[int, tuple[EvidenceView, ...]]:
    found: dict[int, tuple[EvidenceView, ...]] = {}
    for one in await session.execute(_EVIDENCE, {"entries": list(entry_ids)}):
        stored = one.kind is EvidenceKind.LINK or one.sha256 is not None
        failed = one.failed_at is not None
        view = EvidenceView(one.id, one.kind, one.url, one.file_name, stored, failed, one.source_message_id)
        found[one.entry_id] = (*found.get(one.entry_id, ()), view)
    return found


# Built once: building a statement of this size costs more than running it.
_OF_DAY = (
    "id",
    "person_id",
    "work_date",
    "state",
    "revision",
    "late",
    "submitted_at",
    "outcomes_asked",
    "copied_from",
    "nothing_reason",
)
_PLAIN = (*_OF_DAY, "person_name", "position", "supervisor_id", "supervisor_name", "zone")
_OF_ENTRY = (
    "id",
    "state",
    *SHOWN_FIELDS,
    "link_source",
    "confident",
    "outcome_skipped",
    "return_reason",
    "before",
    "source_message_id",
)
_days, _people, _entries = Day.__table__, Person.__table__, Entry.__table__
_evidence_table, _blockers, _plans = Evidence.__table__, Blocker.__table__, PerformancePlan.__table__
_boss, _accounts = Person.__table__.alias("boss"), Account.__table__
_DAY: Any = (
    select(
        *(_days.c[name] for name in _OF_DAY),
        _people.c.name.label("person_name"),
        _people.c.position,
        _people.c.supervisor_id,
        _people.c.zone,
        _boss.c.name.label("supervisor_name"),
        _boss.c.active.label("supervisor_active"),
        _accounts.c.user_id.label("supervisor_account"),
        select(_plans.c.id)
        .where(_plans.c.person_id == _days.c.person_id, _plans.c.year == extract("year", _days.c.work_date))
        .exists()
        .label("has_plan"),
        select(_blockers.c.id)
        .where(_blockers.c.day_id == _days.c.id, _blockers.c.closed_at.is_(None))
        .exists()
        .label("is_blocked"),
    )
    .select_from(
        _days.join(_people, _people.c.id == _days.c.person_id)
        .outerjoin(_boss, _boss.c.id == _people.c.supervisor_id)
        .outerjoin(_accounts, _accounts.c.person_id == _boss.c.id)
    )
    .where(_days.c.id == bindparam("day"))
)
_ENTRIES: Any = (
    select(
        *(_entries.c[name] for name in _OF_ENTRY),
        Target.__table__.c.text.label("target_text"),
        select(_evidence_table.c.id)
        .where(_evidence_table.c.entry_id == _entries.c.id)
        .exists()
        .label("has_evidence"),
    )
    .select_from(_entries.outerjoin(Target.__table__, Target.__table__.c.id == _entries.c.target_id))
    .where(_entries.c.day_id == bindparam("day"))
    .order_by(_entries.c.position, _entries.c.id)
)
_EVIDENCE: Any = (
    select(_evidence_table)
    .where(_evidence_table.c.entry_id.in_(bindparam("entries", expanding=True)))
    .order_by(_evidence_table.c.id)
)
_BLOCKERS: Any = (
    select(*(_blockers.c[name] for name in ("id", "entry_id", "text", "answer")))
    .where(_blockers.c.day_id == bindparam("day"), _blockers.c.closed_at.is_(None))
    .order_by(_blockers.c.id)
)


async def load_own_day(session: AsyncSession, actor: Actor, day_id: int) -> DayView:
    """The same for its owner, to be shown; nothing is locked. Raises NotFound, NotTheirs."""
    day = await load_day(session, day_id)
    if day.person_id != actor.person_id:
        raise NotTheirs("day_gone")
    return day


def _entry(row: Row[Any], number: int, evidence: tuple[EvidenceView, ...]) -> EntryView:
    values = {name: getattr(row, name) for name in _OF_ENTRY}
    return EntryView(number=number, target_text=row.target_text, evidence=evidence, **values)


def snapshot(entry: Judged) -> dict[str, Any]:
    """The judged fields of an entry as JSON, to show later what a correction changed."""
    values = {name: getattr(entry, name) for name in SHOWN_FIELDS}
    return {
        name: value.isoformat(timespec="minutes") if isinstance(value, time) else value
        for name, value in values.items()
    }
