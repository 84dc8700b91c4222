"""Which updates took effect; and those we failed on."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.callbacks import Kind, Press
from models import FailedUpdate
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


TOKEN = "AbCdEfGhIjKlMnOpQrStU_"
YES, NO = (Press(kind, 0, 0, TOKEN).pack() for kind in (Kind.JOIN_YES, Kind.JOIN_NO))


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"text": f"/start {TOKEN}"}},
        {"message": {"text": f"/start@kinerja_bot   {TOKEN}"}},
        {"callback_query": {"data": YES}},
        {"callback_query": {"data": NO, "message": {"reply_markup": {"inline_keyboard": [[{"x": YES}]]}}}},
    ],
)
async def test_a_join_token_is_not_kept_and_its_update_not_replayed(
    db: Database, now: datetime, body: dict[str, Any]
) -> None:
    async with db.writing() as session:
        reference = await updates.keep_failed(session, {"update_id": 5, **body}, error="E", now=now)
    async with db.reading() as session:
        kept = await updates.find_failed(session, reference)
    assert kept is not None
    assert TOKEN not in str(kept.body)
    assert kept.body.keys() == {"update_id", *body}
    assert not kept.replayable


@pytest.mark.parametrize(
    "text",
    [
        f"Tautan saya https://t.me/kinerja_bot?start={TOKEN} tidak bisa dibuka",
        f"tg://resolve?domain=kinerja_bot&start={TOKEN}",
    ],
)
async def test_a_link_in_a_report_loses_its_token_alone(text: str) -> None:
    kept = updates.without_tokens({"message": {"text": text, "entities": [{"offset": 0}]}})
    assert kept == {"message": {"text": text.replace(TOKEN, "***"), "entities": [{"offset": 0}]}}


def test_what_is_no_token_stays_as_it_is() -> None:
    body = {
        "update_id": 5,
        "message": {"text": "Rapat /start pukul 8 -> *** siap", "photo": [{"file_id": "a"}], "caption": None},
        "callback_query": {"data": Press(Kind.JOIN_UNDO, 12, 34).pack()},
    }
    assert updates.without_tokens(body) == body


async def test_a_kept_update_is_claimed_once(db: Database, now: datetime) -> None:
    await remembered(db, 5, now)
    await remembered(db, 6, now)
    async with db.writing() as session:
        reference = await updates.keep_failed(session, {"update_id": 5}, error="E", now=now)
        kept = await updates.find_failed(session, f" {reference.lower()}")
        assert kept is not None
        assert kept.replayable
        assert await updates.claim_failed(session, kept, bot_id=BOT, now=now)
        assert not await updates.claim_failed(session, kept, bot_id=BOT, now=now)
        assert not await updates.took_effect(session, BOT, 5)
        assert await updates.took_effect(session, BOT, 6)
        await updates.give_back(session, kept)
        assert await updates.claim_failed(session, kept, bot_id=BOT, now=now)


async def test_the_same_update_that_failed_again(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        first, other, again = [
            await updates.keep_failed(session, {"update_id": number}, error="E", now=now + timedelta(hours=1))
            for number in (5, 6, 5)
        ]
        kept = await updates.find_failed(session, first)
        assert kept is not None
        found = await updates.failed_again(session, kept)
        assert found is not None
        assert found.reference == again != other
        assert await updates.failed_again(session, found) is None
