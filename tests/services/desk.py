"""A person at their desk: the entry services as one would call them, each in a transaction of its own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, OutboxMessage, State, Verdict
from models.engine import Database
from services.entries import copying, drafting, following, sending
from services.entries.views import DayView, EntryView, load_day
from services.people.identity import Actor, who_is
from tests.office import Office, user_of

TODAY = date(2026, 11, 18)


def at(hour: int, minute: int = 0, *, day: int = 18, month: int = 11) -> datetime:
    """Local time in Jakarta on a day of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


NOW = at(9)


@dataclass
class Desk:
    """`person` acts at `now`; message ids count up by themselves."""

    db: Database
    office: Office
    person: int
    now: datetime = NOW
    messages: int = 100

    def of(self, person: int) -> "Desk":
        """Somebody else's desk, at the same time."""
        return Desk(self.db, self.office, person, self.now, self.messages + 1000)

    async def actor(self, session: AsyncSession) -> Actor:
        found = await who_is(session, user_of(self.person), now=self.now)
        assert found is not None
        return found

    async def types(
        self,
        text: str,
        *,
        now: datetime | None = None,
        work_date: date | None = None,
        message: int | None = None,
    ) -> drafting.Taken:
        self.messages += 1
        async with self.db.writing() as session:
            return await drafting.take_report(
                session,
                await self.actor(session),
                text,
                message_id=message or self.messages,
                now=now or self.now,
                work_date=work_date,
            )

    async def calls(self, function: Any, *arguments: Any, now: datetime | None = None, **more: Any) -> Any:
        """A service with this person as its actor."""
        async with self.db.writing() as session:
            actor = await self.actor(session)
            return await function(session, actor, *arguments, now=now or self.now, **more)

    async def edits(self, message: int, text: str, *, now: datetime | None = None) -> int | None:
        edited: following.Edited | None = await self.calls(
            following.follow_edit, text, message_id=message, now=now
        )
        return edited.day_id if edited else None

    async def sends(
        self, day_id: int, *, now: datetime | None = None, revision: int | None = None
    ) -> sending.Sent:
        revision = revision if revision is not None else (await self.day(day_id)).revision
        sent: sending.Sent = await self.calls(sending.submit_day, day_id, revision=revision, now=now)
        return sent

    async def withdraws(self, day_id: int, *, now: datetime | None = None) -> int:
        revision = (await self.day(day_id)).revision
        found: int = await self.calls(sending.withdraw_day, day_id, revision=revision, now=now)
        return found

    async def copies(self, work_date: date, *, now: datetime | None = None) -> int:
        found: int = await self.calls(copying.copy_last_day, work_date, now=now)
        return found

    async def day(self, day_id: int) -> DayView:
        async with self.db.reading() as session:
            return await load_day(session, day_id)

    async def entries(self, day_id: int) -> tuple[EntryView, ...]:
        return (await self.day(day_id)).entries

    async def activities(self, day_id: int) -> list[str]:
        return [one.activity for one in await self.entries(day_id)]

    async def days(self) -> list[date]:
        """Dates of this person's days."""
        async with self.db.reading() as session:
            found = await session.scalars(
                select(Day.work_date).where(Day.person_id == self.person).order_by(Day.work_date)
            )
            return list(found)

    async def sets(self, entry_id: int, **values: Any) -> None:
        """Brings an entry into a state directly."""
        async with self.db.writing() as session:
            await session.execute(update(Entry).where(Entry.id == entry_id).values(**values))
            entry = await session.get(Entry, entry_id)
            assert entry is not None
            if "state" in values:
                await session.execute(update(Day).where(Day.id == entry.day_id).values(state=values["state"]))

    async def returned(self, day_id: int, *, when: datetime | None = None) -> None:
        """The supervisor returned every entry of a day."""
        for entry in await self.entries(day_id):
            await self.sets(entry.id, state=State.RETURNED, return_reason="hasil belum jelas")
            async with self.db.writing() as session:
                session.add(
                    Decision(
                        day_id=day_id,
                        entry_id=entry.id,
                        verdict=Verdict.RETURN,
                        revision=1,
                        decided_by=self.office.budi,
                        decided_at=when or self.now,
                    )
                )

    async def told(self, person: int) -> list[str]:
        """Kinds that wait in the outbox for somebody."""
        async with self.db.reading() as session:
            found = await session.scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == person))
            return list(found)
