"""Forgetting on PostgreSQL: in portions, and two processes at once take nothing twice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from models import AuditEvent, Card, SeenUpdate
from models.engine import Database
from services.retention import forget_old
from tests.conftest import WEDNESDAY

pytestmark = pytest.mark.postgres
OLD = WEDNESDAY - timedelta(days=365)
ROWS = 50


async def forget(db: Database) -> bool:
    async with db.writing() as session:
        return await forget_old(session, now=WEDNESDAY, limit=8)


async def until_done(db: Database) -> None:
    while await forget(db):
        pass


async def test_two_processes_forget_everything_and_nothing_twice(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        numbers = range(ROWS)
        await session.execute(
            insert(SeenUpdate), [{"bot_id": 7, "update_id": one, "seen_at": OLD} for one in numbers]
        )
        await session.execute(
            insert(Card),
            [
                {"chat_id": one % 3, "kind": "day", "subject_id": one, "message_id": one, "shown_at": OLD}
                for one in numbers
            ],
        )
    assert await forget(pg_db)
    async with pg_db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Card)) == ROWS - 8
    await asyncio.gather(until_done(pg_db), until_done(pg_db))
    await until_done(pg_db)  # what the other had in hand was left to it
    async with pg_db.reading() as session:
        for table in (SeenUpdate, Card):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
        told = [one.split()[1] for one in await session.scalars(select(AuditEvent.detail)) if one]
        assert sum(map(int, told)) == ROWS
