"""The outbox's invariants: one claim, in order a person, never repeated when it may have arrived."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Account, OutboxMessage, OutboxState, Person
from models.engine import Database
from services import outbox
from tests.office import Office, user_of

SECOND = timedelta(seconds=1)


async def written(db: Database, to: int, now: datetime, **more: Any) -> bool:
    async with db.writing() as session:
        return await outbox.enqueue(session, "prompted", to=to, now=now, **more)


async def claimed(db: Database, now: datetime, *, limit: int = 20) -> list[outbox.Claimed]:
    async with db.writing() as session:
        return list(await outbox.claim(session, now=now, limit=limit))


async def rows(db: Database) -> list[OutboxMessage]:
    async with db.reading() as session:
        found = list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
        session.expunge_all()
        return found


async def states(db: Database) -> list[OutboxState]:
    return [row.state for row in await rows(db)]


async def finished(db: Database, row: outbox.Claimed, now: datetime, state: OutboxState) -> None:
    async with db.writing() as session:
        await outbox.finish(session, row, state, now=now)


async def put_back(
    db: Database, row: outbox.Claimed, now: datetime, *, wait: timedelta | None = None
) -> None:
    async with db.writing() as session:
        await outbox.put_back(session, row, now=now, wait=wait, error="x")


async def test_a_row_says_where_and_how_it_goes(db: Database, office: Office, now: datetime) -> None:
    assert await written(db, office.ani, now, payload={"day": 3})
    (row,) = await claimed(db, now)
    assert (row.kind, row.payload, row.attempts, row.person_id) == ("prompted", {"day": 3}, 1, office.ani)
    assert (row.chat_id, row.user_id) == (user_of(office.ani), user_of(office.ani))
    assert (row.language, row.zone, row.name) == ("id", "Asia/Jakarta", "Ani Rahmawati")
    (stored,) = await rows(db)
    assert (stored.state, stored.claimed_at, stored.attempts) == (OutboxState.SENDING, now, 1)


async def test_the_same_key_is_written_once(db: Database, office: Office, now: datetime) -> None:
    assert await written(db, office.ani, now, key="prompt:1")
    assert not await written(db, office.ani, now, key="prompt:1")
    assert not await written(db, office.budi, now, key="prompt:1")
    assert await written(db, office.ani, now, key="prompt:2")
    assert await written(db, office.ani, now)
    assert await written(db, office.ani, now)
    assert len(await rows(db)) == 4


async def test_a_key_stays_taken_after_sending(db: Database, office: Office, now: datetime) -> None:
    await written(db, office.ani, now, key="k")
    (row,) = await claimed(db, now)
    await finished(db, row, now, OutboxState.SENT)
    assert not await written(db, office.ani, now, key="k")


async def test_what_waits_already_is_not_written_again(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        for _ in range(3):
            await outbox.enqueue_unless_waiting(session, "queue_changed", to=office.budi, now=now)
        await outbox.enqueue_unless_waiting(session, "queue_changed", to=office.dewi, now=now)
    assert len(await rows(db)) == 2
    await claimed(db, now)
    async with db.writing() as session:
        await outbox.enqueue_unless_waiting(session, "queue_changed", to=office.budi, now=now)
    assert len(await rows(db)) == 3, "one that is being sent may show the state of a moment ago"


@pytest.mark.parametrize("wanted", [None, 0, 60])
async def test_what_failed_and_waits_is_not_tried_again_sooner_for_what_comes_after(
    db: Database, office: Office, now: datetime, wanted: int | None
) -> None:
    await written(db, office.ani, now, payload={"n": 1})
    (row,) = await claimed(db, now)
    await put_back(db, row, now)
    (failed,) = await rows(db)
    assert now < failed.not_before < now + 60 * SECOND
    at = None if wanted is None else now + wanted * SECOND
    async with db.writing() as session:
        await outbox.enqueue_unless_waiting(
            session, "prompted", to=office.ani, now=now, payload={"n": 2}, not_before=at
        )
    (stored,) = await rows(db)
    assert (stored.payload, stored.attempts) == ({"n": 2}, 1)
    assert stored.not_before == (at if wanted else failed.not_before)


async def test_many_are_written_as_one_is(db: Database, office: Office, now: datetime) -> None:
    await written(db, office.ani, now, key="prompt:1")
    letters = [
        outbox.Letter("prompted", to=office.ani, key="prompt:1"),
        outbox.Letter("prompted", to=office.budi, key="prompt:2", payload={"n": 2}, stale_at=now + SECOND),
    ]
    async with db.writing() as session:
        await outbox.enqueue_many(session, letters, now=now)
        await outbox.enqueue_many(session, [], now=now)
    assert [(row.person_id, row.payload, row.stale_at) for row in await rows(db)] == [
        (office.ani, {}, None),
        (office.budi, {"n": 2}, now + SECOND),
    ]
    assert [row.person_id for row in await claimed(db, now)] == [office.ani, office.budi]


async def test_a_letter_to_nobody_or_to_two_is_none(db: Database, office: Office, now: datetime) -> None:
    for letter in (outbox.Letter("prompted"), outbox.Letter("prompted", to=office.ani, group=1)):
        async with db.writing() as session:
            with pytest.raises(ValueError, match="to a person or to a group"):
                await outbox.enqueue_many(session, [letter], now=now)
    assert await rows(db) == []


async def test_a_row_of_a_transaction_that_fails_is_none(db: Database, office: Office, now: datetime) -> None:
    async def fails() -> None:
        async with db.writing() as session:
            await outbox.enqueue(session, "prompted", to=office.ani, now=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await rows(db) == []


async def test_nothing_is_claimed_before_its_time(db: Database, office: Office, now: datetime) -> None:
    await written(db, office.ani, now, not_before=now + SECOND)
    assert await claimed(db, now) == []
    assert len(await claimed(db, now + SECOND)) == 1


async def test_one_claim_one_sender(db: Database, office: Office, now: datetime) -> None:
    await written(db, office.ani, now)
    assert len(await claimed(db, now)) == 1
    assert await claimed(db, now) == []


async def test_one_persons_rows_go_one_after_the_other(db: Database, office: Office, now: datetime) -> None:
    for number in range(3):
        await written(db, office.ani, now, payload={"n": number})
    await written(db, office.budi, now, payload={"n": 9})
    first = await claimed(db, now)
    assert [row.payload["n"] for row in first] == [0, 9]
    assert await claimed(db, now) == []
    await finished(db, first[0], now, OutboxState.SENT)
    (second,) = await claimed(db, now)
    assert second.payload["n"] == 1


async def test_a_row_that_waits_is_not_overtaken(db: Database, office: Office, now: datetime) -> None:
    await written(db, office.ani, now, payload={"n": 0})
    await written(db, office.ani, now, payload={"n": 1})
    (row,) = await claimed(db, now)
    await put_back(db, row, now)
    assert await claimed(db, now) == []
    (again,) = await claimed(db, now + outbox.RETRY_AFTER[0])
    assert again.payload["n"] == 0


async def test_a_message_for_a_later_hour_lets_others_pass(
    db: Database, office: Office, now: datetime
) -> None:
    await written(db, office.ani, now, not_before=now + timedelta(minutes=3))
    await written(db, office.ani, now)
    later, second = await rows(db)
    (at_once,) = await claimed(db, now)
    assert at_once.id == second.id
    async with db.writing() as session:
        await outbox.finish(session, at_once, OutboxState.SENT, now=now)
    assert [row.id for row in await claimed(db, now + timedelta(minutes=3))] == [later.id]


@pytest.mark.parametrize("end", [OutboxState.FAILED, OutboxState.UNCERTAIN])
async def test_a_lost_row_lets_the_next_one_go(
    db: Database, office: Office, now: datetime, end: OutboxState
) -> None:
    await written(db, office.ani, now)
    await written(db, office.ani, now)
    (row,) = await claimed(db, now)
    await finished(db, row, now, end)
    assert len(await claimed(db, now)) == 1


async def test_the_oldest_go_first_and_only_so_many(db: Database, office: Office, now: datetime) -> None:
    people = [office.head, office.budi, office.ani, office.citra, office.dewi]
    for person in people:
        await written(db, person, now)
    first = await claimed(db, now, limit=3)
    assert [row.person_id for row in first] == people[:3]
    assert [row.person_id for row in await claimed(db, now)] == people[3:]


async def test_the_pauses_grow_and_end(db: Database, office: Office, now: datetime) -> None:
    await written(db, office.ani, now)
    for attempt, pause in enumerate(outbox.RETRY_AFTER, start=1):
        (row,) = await claimed(db, now)
        assert row.attempts == attempt
        await put_back(db, row, now)
        assert await claimed(db, now + pause - SECOND) == []
        now += pause
    (row,) = await claimed(db, now)
    await put_back(db, row, now)
    (stored,) = await rows(db)
    assert (stored.state, stored.finished_at, stored.error) == (OutboxState.FAILED, now, "x")


async def test_a_server_that_says_later_uses_up_no_attempt(
    db: Database, office: Office, now: datetime
) -> None:
    await written(db, office.ani, now)
    for _ in range(20):
        (row,) = await claimed(db, now)
        assert row.attempts == 1
        await put_back(db, row, now, wait=SECOND)
        assert await claimed(db, now) == []
        now += SECOND


@pytest.mark.parametrize(
    "state", [OutboxState.SENT, OutboxState.FAILED, OutboxState.UNCERTAIN, OutboxState.WAITING]
)
async def test_only_a_row_in_flight_ends(
    db: Database, office: Office, now: datetime, state: OutboxState
) -> None:
    await written(db, office.ani, now)
    (row,) = await claimed(db, now)
    async with db.writing() as session:
        await session.execute(update(OutboxMessage).values(state=state))
    await finished(db, row, now, OutboxState.SENT)
    await put_back(db, row, now)
    assert await states(db) == [state]


async def test_a_dead_process_leaves_uncertain_rows_never_repeated(
    db: Database, office: Office, now: datetime
) -> None:
    for person in (office.ani, office.budi):
        await written(db, person, now)
    await claimed(db, now, limit=1)
    async with db.writing() as session:
        assert await outbox.recover(session, now=now) == 1
        assert await outbox.recover(session, now=now) == 0
    assert await states(db) == [OutboxState.UNCERTAIN, OutboxState.WAITING]
    assert [row.person_id for row in await claimed(db, now + timedelta(days=1))] == [office.budi]


async def test_an_ending_is_its_own_claim_s(db: Database, office: Office, now: datetime) -> None:
    """Stored, its acknowledgement lost, and stored once more: somebody else sends the row by then."""
    await written(db, office.ani, now)
    (first,) = await claimed(db, now)
    await put_back(db, first, now, wait=SECOND)
    (second,) = await claimed(db, now + SECOND)
    assert first.attempts == second.attempts
    await put_back(db, first, now, wait=SECOND)
    await put_back(db, first, now)
    await finished(db, first, now, OutboxState.FAILED)
    async with db.writing() as session:
        await outbox.put_off(session, first, until=now)
        await outbox.finish_sent(session, [outbox.Sent(first, 5)], now=now)
    assert await states(db) == [OutboxState.SENDING]
    async with db.writing() as session:
        await outbox.finish_sent(session, [outbox.Sent(second, 6)], now=now)
    (row,) = await rows(db)
    assert (row.state, row.message_id) == (OutboxState.SENT, 6)


async def test_a_clock_that_was_set_back_hides_no_dead_row(
    db: Database, office: Office, now: datetime
) -> None:
    hour, limit = timedelta(hours=1), timedelta(minutes=2)
    for person in (office.ani, office.budi):
        await written(db, person, now - hour)
    await claimed(db, now, limit=1)
    async with db.writing() as session:
        assert await outbox.recover(session, now=now - SECOND, older_than=limit) == 0
        assert await outbox.recover(session, now=now - hour, older_than=limit) == 1
    await claimed(db, now, limit=1)
    async with db.writing() as session:
        assert await outbox.recover(session, now=now - SECOND) == 1, "at a start, whatever the clock says"


async def test_a_living_process_is_left_alone(db: Database, office: Office, now: datetime) -> None:
    for person in (office.ani, office.budi, office.citra):
        await written(db, person, now)
    old, held = await claimed(db, now, limit=2)
    await claimed(db, now + timedelta(minutes=2), limit=1)
    async with db.writing() as session:
        late = now + timedelta(minutes=3)
        limit = timedelta(minutes=2)
        assert await outbox.recover(session, now=late, older_than=limit, in_hand=[held.id]) == 1
    assert await states(db) == [OutboxState.UNCERTAIN, OutboxState.SENDING, OutboxState.SENDING]
    assert old.person_id == office.ani


async def test_somebody_who_never_joined_has_no_chat(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        person = Person(name="Baru", created_at=now)
        session.add(person)
        await session.flush()
        await outbox.enqueue(session, "prompted", to=person.id, now=now)
    (row,) = await claimed(db, now)
    assert (row.chat_id, row.user_id) == (None, None)


async def test_the_language_and_the_chat_are_those_of_now(
    db: Database, office: Office, now: datetime
) -> None:
    await written(db, office.ani, now)
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.ani).values(language="en"))
        await session.execute(update(Account).where(Account.person_id == office.ani).values(chat_id=77))
    (row,) = await claimed(db, now)
    assert (row.language, row.chat_id) == ("en", 77)
