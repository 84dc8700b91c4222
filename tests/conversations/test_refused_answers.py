"""A typed answer that is no longer allowed: refused, audited, and the question is over."""

from datetime import date

from sqlalchemy import select, update

from models import ActingSupervisor, AuditEvent, Blocker, Entry
from tests.conversations.conftest import Chat
from tests.services.seats import at, stand_in


async def refusals(chat: Chat) -> list[tuple[int | None, str | None]]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        rows = await session.scalars(select(AuditEvent).where(AuditEvent.action == "refused"))
        return [(one.actor_id, one.detail) for one in rows]


async def test_an_answer_typed_after_the_span_was_ended_is_audited(chat: Chat) -> None:
    await stand_in(chat.db, chat.office.budi, chat.office.dewi)
    async with chat.db.writing() as session:
        session.add(
            Blocker(
                person_id=chat.office.ani,
                work_date=date(2026, 11, 18),
                text="internet mati",
                raised_at=at(18),
            )
        )
    await chat.dewi.says("/periksa")
    await chat.dewi.taps("⚠ Kendala (1)")
    await chat.sim.quiet()
    await chat.dewi.taps(chat.dewi.buttons()[0])
    await chat.dewi.taps("Jawab kendala")
    await chat.sim.quiet()
    async with chat.db.writing() as session:
        await session.execute(update(ActingSupervisor).values(ended_at=at(18)))
    await chat.dewi.says("Saya teruskan ke dinas")
    assert await refusals(chat) == [(chat.office.dewi, "not_allowed")]
    async with chat.db.reading() as session:
        assert (await session.scalars(select(Blocker.answer))).one() is None
    await chat.dewi.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.dewi.sees("Draf, belum dikirim")
    async with chat.db.reading() as session:
        assert list(await session.scalars(select(Entry.activity))) == ["Mengajar Fikih 8A"]
    assert len(await refusals(chat)) == 1
