"""Where a living message stands, and which of two stays when both were sent at once."""

from datetime import datetime

from models.engine import Database
from services import cards
from services.cards import Placed

CHAT = 1003


async def take(db: Database, message_id: int, instead_of: int | None, now: datetime) -> int | None:
    async with db.writing() as session:
        placed = Placed(CHAT, "day", 7, message_id)
        return await cards.take_place(session, placed, instead_of=instead_of, now=now)


async def standing(db: Database) -> int | None:
    async with db.reading() as session:
        return await cards.standing(session, CHAT, "day", 7)


async def test_a_card_moves_and_what_it_leaves_goes(db: Database, now: datetime) -> None:
    assert await take(db, 10, None, now) is None
    assert await standing(db) == 10
    assert await take(db, 12, 10, now) == 10
    assert await standing(db) == 12


async def test_of_two_that_were_sent_at_once_the_later_message_stays(db: Database, now: datetime) -> None:
    """Two processes answer a chat at once: neither knows of the other's message."""
    for first, second, gone in ((20, 21, 20), (31, 30, 30)):
        await take(db, first, await standing(db), now)
        assert await take(db, second, 10, now) == gone
        assert await standing(db) == max(first, second)


async def test_the_first_card_of_a_day_may_be_sent_twice_too(db: Database, now: datetime) -> None:
    assert await take(db, 10, None, now) is None
    assert await take(db, 11, None, now) == 10
    assert await take(db, 9, None, now) == 9
    assert await standing(db) == 11


async def test_a_card_that_is_noted_twice_stays(db: Database, now: datetime) -> None:
    await take(db, 10, None, now)
    assert await take(db, 10, None, now) is None
    assert await standing(db) == 10


async def test_a_card_that_was_taken_away_is_shown_again(db: Database, now: datetime) -> None:
    await take(db, 10, None, now)
    async with db.writing() as session:
        await cards.forget(session, CHAT, 10)
    assert await take(db, 12, 10, now) == 10
    assert await standing(db) == 12


async def test_a_message_shows_one_card(db: Database, now: datetime) -> None:
    await take(db, 10, None, now)
    async with db.writing() as session:
        await cards.take_place(session, Placed(CHAT, "queue", 3, 10), instead_of=None, now=now)
        assert await cards.standing(session, CHAT, "queue", 3) == 10
    assert await standing(db) is None


async def test_a_notice_s_card_gives_way_to_one_that_came_later(db: Database, now: datetime) -> None:
    """A notice put the card into 100; before that is stored, the person's own press puts it into 101."""
    async with db.writing() as session:
        await cards.place_many(session, [cards.Placed(5, "day", 1, 90)], now=now)
    async with db.writing() as session:
        await cards.take_place(session, cards.Placed(5, "day", 1, 101), instead_of=90, now=now)
    async with db.writing() as session:
        late = [cards.Placed(5, "day", 1, 100), cards.Placed(6, "day", 1, 40)]
        assert await cards.place_newest(session, late, now=now) == [(5, 100)]
        assert await cards.standing(session, 5, "day", 1) == 101
        assert await cards.standing(session, 6, "day", 1) == 40
        assert await cards.place_newest(session, late[1:], now=now) == []


async def test_a_notice_s_card_that_came_later_stays(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        await cards.place_many(session, [cards.Placed(5, "day", 1, 95)], now=now)
        late = [cards.Placed(5, "day", 1, 100)]
        assert await cards.place_newest(session, late, now=now) == [(5, 95)]
        assert await cards.standing(session, 5, "day", 1) == 100
        assert await cards.place_newest(session, [], now=now) == []
