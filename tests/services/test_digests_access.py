"""Whose unit is shown first, and when a summary may be sent to a group once more."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import DigestKind, OutboxMessage, OutboxState, Person, Unit
from models.engine import Database
from services.digests.access import KIND, ready_to_send, require_unit, send_again
from services.errors import Invalid
from services.people.identity import Actor, who_is
from tests.office import Office, user_of
from tests.services.ledger import jakarta, ledger

WEEK = date(2026, 11, 12)
NOW = jakarta(date(2026, 11, 18), 9)


async def actor_of(db: Database, person_id: int, now: datetime = NOW) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person_id), now=now)
    assert found is not None
    return found


async def summed(db: Database, office: Office) -> int:
    """A linked group whose summary of the week is due and given."""
    async with db.writing() as session:
        book = ledger(session)
        unit = (await session.get_one(Person, office.budi)).unit_id
        assert unit is not None
        group = await book.group(unit, office.admin, jakarta(date(2026, 11, 2), 8))
        await book.digest(DigestKind.UNIT, group, WEEK, cut_from=None)
        return group


async def ended(db: Database, state: OutboxState) -> None:
    async with db.writing() as session:
        await session.execute(update(OutboxMessage).where(OutboxMessage.kind == KIND).values(state=state))


async def test_ones_own_unit_comes_first_whatever_it_is_called(db: Database, office: Office) -> None:
    async with db.writing() as session:
        own = (await session.get_one(Person, office.head)).unit_id
        other = (await session.get_one(Person, office.dewi)).unit_id
        await session.execute(update(Unit).where(Unit.id == other).values(name="AAA"))
        await session.execute(update(Unit).where(Unit.id == own).values(name="ZZZ"))
        await ledger(session).group(other or 0, office.admin, NOW)
    for who in (office.head, office.admin):
        actor = await actor_of(db, who)
        async with db.reading() as session:
            mine = (await session.get_one(Person, who)).unit_id
            assert (await require_unit(session, actor, 0)).id == mine


@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.SENT, OutboxState.UNCERTAIN])
async def test_what_arrived_or_may_have_is_not_sent_again_at_once(
    db: Database, office: Office, state: OutboxState
) -> None:
    group, actor = await summed(db, office), await actor_of(db, office.budi)
    async with db.writing() as session:
        await send_again(session, actor, group, WEEK, now=NOW)
    await ended(db, state)
    async with db.writing() as session:
        with pytest.raises(Invalid) as refused:
            await ready_to_send(session, actor, group, WEEK, now=NOW + timedelta(minutes=1))
        assert refused.value.code == "summed_lately"


async def test_a_summary_that_failed_is_in_nobodys_way(db: Database, office: Office) -> None:
    group, actor = await summed(db, office), await actor_of(db, office.budi)
    for minutes in range(3):
        async with db.writing() as session:
            await send_again(session, actor, group, WEEK, now=NOW + timedelta(minutes=minutes))
        await ended(db, OutboxState.FAILED)
    async with db.reading() as session:
        rows = list(await session.scalars(select(OutboxMessage.id).where(OutboxMessage.kind == KIND)))
    assert len(rows) == 3
