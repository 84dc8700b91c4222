"""A tick asks the database as often for many as for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, event, insert, update

from bot.commands.running import Rounds
from models import Account, Person, Role, RoleName, RoundKind, Schedule
from models.engine import Database
from services.people.identity import who_is
from services.prompting import has_lapsed, look_at
from services.rounds import choices, plan_everybody, tick
from tests.databases import Ground

FRIDAY = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
"""03:00 in Jakarta."""
TODAY = date(2026, 11, 20)
MANY = 500


def at(hour: int, minute: int = 0) -> datetime:
    """That Friday in Jakarta."""
    return FRIDAY + timedelta(hours=hour - 3, minutes=minute)


async def build(db: Database, people: int) -> None:
    """Everybody supervises somebody, wants a plan and has been here for a month."""
    ids = range(1, people + 1)
    async with db.writing() as session:
        await session.execute(
            insert(Person),
            [{"id": n, "name": f"Pegawai {n}", "plan_asked": True, "created_at": FRIDAY} for n in ids],
        )
        await session.execute(
            update(Person)
            .values(supervisor_id=Person.id % people + 1)
            .execution_options(synchronize_session=False)
        )
        await session.execute(insert(Role), [{"person_id": n, "role": RoleName.STAFF} for n in ids])
        joined = FRIDAY - timedelta(days=30)
        await session.execute(
            insert(Account), [{"user_id": n, "person_id": n, "chat_id": n, "joined_at": joined} for n in ids]
        )
        await plan_everybody(session, now=FRIDAY)


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine.sync_engine, "before_cursor_execute", note)


MOMENTS = {
    at(7, 30): {"plan_asked"},
    at(8): {"briefed"},
    at(16): {"prompted"},
    at(16, 30): {"week_summed", "team_summed"},
    at(17): {"reminded"},
}


async def cost(db: Database, people: int) -> list[int]:
    """How many statements each moment of the day takes, everybody in one tick."""
    await build(db, people)
    counts = []
    for moment, kinds in MOMENTS.items():
        with statements(db) as seen:
            async with db.writing() as session:
                result = await tick(session, now=moment, limit=5 * MANY)
        assert dict(result.sent) == dict.fromkeys(kinds, people)
        counts.append(len(seen))
    with statements(db) as seen:
        async with db.writing() as session:
            await tick(session, now=at(17, 1))
    assert len(seen) <= 3  # the begin, one question of people and one of groups
    with statements(db) as seen:
        async with db.writing() as session:
            await session.execute(delete(Schedule).where(Schedule.kind == RoundKind.REMINDER))
            planned = await plan_everybody(session, now=at(17, 2))
    assert planned.written == people  # everybody's next reminder, from the record
    return [*counts, len(seen)]


async def test_one_statement_more_for_nobody(ground: Ground, tmp_path: Path) -> None:
    async with ground.opened(tmp_path) as db:
        alone = await cost(db, 1)
    async with ground.opened(tmp_path) as db:
        together = await cost(db, MANY)
    assert alone == together
    assert max(together) <= 13


async def test_a_question_is_shown_with_few_statements(db: Database) -> None:
    await build(db, 3)
    async with db.writing() as session:
        await tick(session, now=at(16))
    with statements(db) as seen:
        async with db.reading() as session:
            actor = await who_is(session, 1, now=at(16))
            assert actor is not None
            before = len(seen)
            assert not await has_lapsed(session, actor, TODAY)
            assert not (await look_at(session, actor, TODAY)).sent
            assert len(await choices(session, actor, TODAY, now=at(16))) == 3
    assert len(seen) - before <= 7


async def test_the_caller_is_told_to_tick_again_until_nothing_is_due(db: Database) -> None:
    await build(db, MANY)
    rounds = Rounds()
    ticks, more = 0, True
    while more:
        async with db.writing() as session:
            more = await rounds(session, at(16))
        ticks += 1
    assert ticks > 2
    async with db.writing() as session:
        assert not (await tick(session, now=at(16))).sent
