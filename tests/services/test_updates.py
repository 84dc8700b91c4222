"""Which updates took effect; and those we failed on."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from models import FailedUpdate, SeenUpdate
from models.engine import Database
from services import updates

BOT = 7_000_000_001


async def remembered(db: Database, update_id: int, now: datetime, *, bot: int = BOT) -> bool:
    async with db.writing() as session:
        return await updates.remember(session, bot, update_id, now=now)


async def test_an_update_is_new_once(db: Database, now: datetime) -> None:
    assert await remembered(db, 5, now)
    assert not await remembered(db, 5, now)
    assert await remembered(db, 6, now)


async def test_another_bot_counts_for_itself(db: Database, now: datetime) -> None:
    assert await remembered(db, 5, now)
    assert await remembered(db, 5, now, bot=BOT + 1)


async def test_ids_may_restart_anywhere(db: Database, now: datetime) -> None:
    """Telegram's numbers jump after a quiet week: a smaller id is no older one."""
    for update_id in (900_000_000, 5, 2**40, 4):
        assert await remembered(db, update_id, now)


async def test_what_is_rolled_back_was_not_seen(db: Database, now: datetime) -> None:
    async with db.reading() as session:
        assert await updates.remember(session, BOT, 5, now=now)
    assert await remembered(db, 5, now)


async def test_the_card_an_update_ended_on(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        for update_id in (5, 6):
            await updates.remember(session, BOT, update_id, now=now)
        await updates.ended_on(session, BOT, 5, card=("day", 12))
        await updates.ended_on(session, BOT, 6, card=None)
        await updates.ended_on(session, BOT, 99, card=("day", 1))
    async with db.reading() as session:
        assert await updates.card_of(session, BOT, 5) == ("day", 12)
        assert await updates.card_of(session, BOT, 6) is None
        assert await updates.card_of(session, BOT, 99) is None


async def test_seen_updates_are_forgotten_after_two_days(db: Database, now: datetime) -> None:
    await remembered(db, 1, now - timedelta(hours=48, seconds=1))
    await remembered(db, 2, now - timedelta(hours=47))
    async with db.writing() as session:
        await updates.prune(session, now=now)
    async with db.reading() as session:
        assert list(await session.scalars(select(SeenUpdate.update_id))) == [2]


async def test_a_failed_update_is_found_by_its_reference(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        references = {
            await updates.keep_failed(session, {"update_id": number}, error="ValueError", now=now)
            for number in range(20)
        }
    assert len(references) == 20
    async with db.reading() as session:
        for reference in references:
            assert len(reference) == 8
            kept = (
                await session.scalars(select(FailedUpdate).where(FailedUpdate.reference == reference))
            ).one()
            assert (kept.at, kept.error, kept.replayed_at) == (now, "ValueError", None)
        assert await session.scalar(select(func.count()).select_from(FailedUpdate)) == 20
