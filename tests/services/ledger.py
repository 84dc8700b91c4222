"""Writes days, entries and decisions straight into the record, for tests that count them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Day,
    Decision,
    Digest,
    DigestKind,
    Entry,
    Feedback,
    Group,
    State,
    Tone,
    Verdict,
)

AFTER = {Verdict.APPROVE: State.APPROVED, Verdict.RETURN: State.RETURNED, Verdict.REOPEN: State.SUBMITTED}


def jakarta(day: date, hour: int, minute: int = 0) -> datetime:
    """A local time in Jakarta as an instant."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@dataclass
class Ledger:
    """The record under the hand of a test."""

    session: AsyncSession
    numbers: "count[int]"

    async def day(
        self, person_id: int, work_date: date, *, sent: datetime | None = None, late: bool = False
    ) -> Day:
        at = sent or jakarta(work_date, 15, 30)
        day = Day(
            person_id=person_id,
            work_date=work_date,
            state=State.SUBMITTED,
            created_at=at,
            first_submitted_at=at,
            submitted_at=at,
            late=late,
        )
        self.session.add(day)
        await self.session.flush()
        return day

    async def entry(
        self,
        day: Day,
        activity: str,
        outcome: str | None = None,
        *,
        quantity: int | None = None,
        unit: str | None = None,
        target_id: int | None = None,
    ) -> Entry:
        entry = Entry(
            day_id=day.id,
            position=next(self.numbers),
            state=State.SUBMITTED,
            activity=activity,
            outcome=outcome,
            quantity=quantity,
            unit=unit,
            target_id=target_id,
            outside_plan=target_id is None,
            created_at=day.created_at,
        )
        self.session.add(entry)
        await self.session.flush()
        return entry

    async def decide(self, entry: Entry, verdict: Verdict, by: int, at: datetime) -> None:
        self.session.add(
            Decision(
                day_id=entry.day_id,
                entry_id=entry.id,
                verdict=verdict,
                revision=1,
                decided_by=by,
                decided_at=at,
            )
        )
        await self.session.flush()
        state = AFTER[verdict]
        await self.session.execute(update(Entry).where(Entry.id == entry.id).values(state=state))
        await self.session.execute(update(Day).where(Day.id == entry.day_id).values(state=state))

    def note(self, by: int, to: int, tone: Tone, at: datetime, *, read: bool = False) -> None:
        self.session.add(
            Feedback(
                from_id=by, to_id=to, tone=tone, text="Bagus.", given_at=at, read_at=at if read else None
            )
        )

    async def group(
        self, unit_id: int, by: int, at: datetime, *, title: str = "Grup Guru", chat: int = -100
    ) -> int:
        group = Group(chat_id=chat, title=title, unit_id=unit_id, linked_by=by, linked_at=at)
        self.session.add(group)
        await self.session.flush()
        return group.id

    async def digest(
        self,
        kind: DigestKind,
        subject: int,
        week: date,
        *,
        cut_from: datetime | None,
        cut_to: datetime | None = None,
        first: date | None = None,
    ) -> Digest:
        """The row that a tick would write."""
        to = cut_to or jakarta(week + timedelta(days=1), 16, 30)
        row = Digest(
            kind=kind,
            person_id=None if kind is DigestKind.UNIT else subject,
            group_id=subject if kind is DigestKind.UNIT else None,
            week=week,
            first=first or week - timedelta(days=6),
            last=week,
            cut_from=cut_from,
            cut_to=to,
            created_at=to,
        )
        self.session.add(row)
        await self.session.flush()
        return row


def ledger(session: AsyncSession) -> Ledger:
    return Ledger(session, count(1))
