"""Steps that tests of decisions share: acting as somebody, a day that was sent, what the outbox holds."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, OutboxMessage
from models.engine import Database
from services.entries.drafting import take_report
from services.entries.sending import submit_day
from services.people.identity import Actor, who_is
from tests.conftest import WEDNESDAY
from tests.office import user_of

LINES = (
    "Menyusun perangkat pembelajaran bab 3 -> modul siap dipakai",
    "Mengajar Fikih 8A 07.30-09.00 -> 30 siswa tuntas",
    "Rapat komite madrasah -> jadwal disepakati",
)


async def acting(session: AsyncSession, person_id: int) -> Actor:
    """The person as the gate would find them."""
    actor = await who_is(session, user_of(person_id), now=WEDNESDAY)
    assert actor is not None
    return actor


async def send_day(
    db: Database, person_id: int, *lines: str, now: datetime, linked: bool = True
) -> tuple[int, int]:
    """A day before the supervisor; gives its id and revision. `linked`: every entry is outside the SKP."""
    async with db.writing() as session:
        actor = await acting(session, person_id)
        text = "\n".join(lines or LINES[:1])
        taken = await take_report(session, actor, text, message_id=now.microsecond + 1, now=now)
        assert taken.day_id is not None
        if linked:
            for entry in await session.scalars(select(Entry).where(Entry.day_id == taken.day_id)):
                entry.outside_plan, entry.link_source = True, None
        day = await session.get_one(Day, taken.day_id)
        await submit_day(session, actor, day.id, revision=day.revision, now=now)
        return day.id, day.revision


async def entry_ids(db: Database, day_id: int) -> list[int]:
    async with db.reading() as session:
        return list(
            await session.scalars(select(Entry.id).where(Entry.day_id == day_id).order_by(Entry.position))
        )


async def revision_of(db: Database, day_id: int) -> int:
    async with db.reading() as session:
        return (await session.get_one(Day, day_id)).revision


async def told(db: Database, person_id: int) -> list[tuple[str, dict[str, object]]]:
    """Kinds and payloads of what the outbox holds for a person, oldest first."""
    async with db.reading() as session:
        rows = await session.execute(
            select(OutboxMessage.kind, OutboxMessage.payload)
            .where(OutboxMessage.person_id == person_id)
            .order_by(OutboxMessage.id)
        )
        return [(kind, payload) for kind, payload in rows]
