"""A day as plain data, for whoever shows or decides it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

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


def is_linked(entry: Entry | EntryView) -> bool:
    """Belongs to an RHK, or to none on purpose. A mere unsure suggestion is not a link yet."""
    chosen = entry.outside_plan or entry.target_id is not None
    return chosen and (entry.link_source is not LinkSource.SUGGESTED or entry.confident)


def is_complete(entry: Entry | EntryView) -> bool:
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
    """Reads a day in five queries, as it is now. Raises NotFound."""
    boss = aliased(Person)
    row = (
        await session.execute(
            select(Day, Person, boss.name, boss.active, Account.user_id)
            .join(Person, Person.id == Day.person_id)
            .outerjoin(boss, boss.id == Person.supervisor_id)
            .outerjoin(Account, Account.person_id == boss.id)
            .where(Day.id == day_id)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("day_gone")
    day, person, boss_name, boss_active, boss_account = row
    entries = (
        await session.execute(
            select(Entry, Target.text)
            .outerjoin(Target, Target.id == Entry.target_id)
            .where(Entry.day_id == day_id)
            .order_by(Entry.position, Entry.id)
            .execution_options(populate_existing=True)
        )
    ).all()
    evidence: dict[int, list[EvidenceView]] = defaultdict(list)
    for one in await session.scalars(
        select(Evidence)
        .where(Evidence.entry_id.in_([entry.id for entry, _ in entries]))
        .order_by(Evidence.id)
        .execution_options(populate_existing=True)
    ):
        if one.entry_id is not None:
            evidence[one.entry_id].append(
                EvidenceView(
                    one.id,
                    one.kind,
                    one.url,
                    one.file_name,
                    one.kind is EvidenceKind.LINK or one.sha256 is not None,
                    one.failed_at is not None,
                    one.source_message_id,
                )
            )
    blockers = await session.execute(
        select(Blocker.id, Blocker.entry_id, Blocker.text, Blocker.answer)
        .where(Blocker.day_id == day_id, Blocker.closed_at.is_(None))
        .order_by(Blocker.id)
    )
    has_plan = await session.scalar(
        select(PerformancePlan.id).where(
            PerformancePlan.person_id == person.id, PerformancePlan.year == day.work_date.year
        )
    )
    return DayView(
        id=day.id,
        person_id=person.id,
        person_name=person.name,
        position=person.position,
        supervisor_id=person.supervisor_id,
        supervisor_name=boss_name,
        supervisor_active=bool(boss_active),
        supervisor_joined=boss_account is not None,
        zone=person.zone,
        work_date=day.work_date,
        state=day.state,
        revision=day.revision,
        late=day.late,
        submitted_at=day.submitted_at,
        outcomes_asked=day.outcomes_asked,
        copied_from=day.copied_from,
        nothing_reason=day.nothing_reason,
        has_plan=has_plan is not None,
        entries=tuple(
            _entry(entry, number, text, tuple(evidence[entry.id]))
            for number, (entry, text) in enumerate(entries, start=1)
        ),
        blockers=tuple(BlockerPart(*row) for row in blockers),
    )


async def load_own_day(session: AsyncSession, actor: Actor, day_id: int) -> DayView:
    """The same for its owner, to be shown; nothing is locked. Raises NotFound, NotTheirs."""
    day = await load_day(session, day_id)
    if day.person_id != actor.person_id:
        raise NotTheirs("day_gone")
    return day


def _entry(entry: Entry, number: int, target: str | None, evidence: tuple[EvidenceView, ...]) -> EntryView:
    return EntryView(
        id=entry.id,
        number=number,
        state=entry.state,
        activity=entry.activity,
        outcome=entry.outcome,
        quantity=entry.quantity,
        unit=entry.unit,
        starts=entry.starts,
        ends=entry.ends,
        minutes=entry.minutes,
        target_id=entry.target_id,
        target_text=target,
        outside_plan=entry.outside_plan,
        link_source=entry.link_source,
        confident=entry.confident,
        outcome_skipped=entry.outcome_skipped,
        return_reason=entry.return_reason,
        before=entry.before,
        source_message_id=entry.source_message_id,
        evidence=evidence,
    )


def snapshot(entry: Entry) -> dict[str, Any]:
    """The judged fields of an entry as JSON, to show later what a correction changed."""
    values = {name: getattr(entry, name) for name in SHOWN_FIELDS}
    return {
        name: value.isoformat(timespec="minutes") if isinstance(value, time) else value
        for name, value in values.items()
    }
