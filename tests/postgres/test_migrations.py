"""The schema's versions: up, down, up again, the same as the models, on both databases."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Base,
    Day,
    Entry,
    Group,
    Holiday,
    HolidayKind,
    OutboxMessage,
    PerformancePlan,
    PlanState,
    Target,
)
from models.engine import Database
from models.migrate import SCRIPTS, alembic_config, downgrade, migrate, newest
from services.people.identity import Actor, who_is
from services.plans.dialogue import propose
from services.plans.loading import load_plan_view
from services.plans.surroundings import load_version
from services.plans.writing import set_wording
from services.rounds import plan_everybody, tick
from tests.conftest import WEDNESDAY
from tests.office import Office, build_office, user_of
from tests.postgres.conftest import Server

VERSIONS = "alembic_version"
_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def server(request: pytest.FixtureRequest) -> Server | None:
    """PostgreSQL's server, started only when it is needed; None for SQLite."""
    return request.getfixturevalue("pg_server") if request.param == "postgresql" else None


@pytest.fixture
async def empty(server: Server | None, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any table."""
    if server is None:
        database = Database(f"sqlite:///{tmp_path}/empty.db")
        yield database
        await database.close()
        return
    name = f"migrations_{next(_numbers)}"
    await server.run(f"CREATE DATABASE {name}")
    database = Database(server.url(name))
    yield database
    await database.close()
    await server.run(f"DROP DATABASE {name} WITH (FORCE)")


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda one: inspect(one).get_table_names()))


async def differences(database: Database) -> list[Any]:
    """What autogenerate would change to bring the schema to the models."""

    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    async with database.engine.connect() as connection:
        return await connection.run_sync(compare)


def names(connection: Connection) -> dict[str, set[str | None]]:
    """Every constraint's and index's name by table, as the database has them."""
    found = inspect(connection)
    return {
        table: {
            found.get_pk_constraint(table)["name"],
            *(one["name"] for one in found.get_unique_constraints(table)),
            *(one["name"] for one in found.get_foreign_keys(table)),
            *(one["name"] for one in found.get_indexes(table)),
        }
        for table in found.get_table_names()
        if table != VERSIONS
    }


async def test_up_down_and_up_again(empty: Database) -> None:
    await migrate(empty)
    assert await tables(empty) == {*Base.metadata.tables, VERSIONS}
    await downgrade(empty)
    assert await tables(empty) == {VERSIONS}
    await migrate(empty)
    assert await tables(empty) == {*Base.metadata.tables, VERSIONS}


async def test_the_schema_is_what_the_models_say(empty: Database) -> None:
    await migrate(empty)
    found = await differences(empty)
    assert not found, f"write a migration for: {found}"


async def test_constraints_have_the_names_of_the_models(empty: Database) -> None:
    """A name that differs between an old and a new installation cannot be dropped by a migration."""
    await migrate(empty)
    async with empty.engine.begin() as connection:
        migrated = await connection.run_sync(names)
    await downgrade(empty)
    async with empty.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        assert await connection.run_sync(names) == migrated


async def test_migrating_again_changes_nothing_and_keeps_what_is_there(empty: Database) -> None:
    await migrate(empty)
    async with empty.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
        session.add(Holiday(day=WEDNESDAY.date(), name="Libur", kind=HolidayKind.OFFICE))
    await migrate(empty)
    async with empty.reading() as session:
        assert await session.scalar(select(Holiday.name)) == "Libur"
        assert office.ani


async def test_a_program_of_before_rounds_finds_only_what_it_knows(empty: Database) -> None:
    """Down to 0001 with every kind of row there is, and up again: nothing is left that it cannot read."""
    await migrate(empty)
    monday = WEDNESDAY + timedelta(days=5)
    async with empty.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
        await session.execute(update(Account).values(joined_at=WEDNESDAY - timedelta(days=90)))
        group = Group(chat_id=-100, title="Guru", unit_id=1, linked_by=office.admin, linked_at=WEDNESDAY)
        session.add(group)
        await session.flush()
        await plan_everybody(session, now=WEDNESDAY - timedelta(hours=3))
        for hours in (0, 7, 8, 55, 56):
            await tick(session, now=WEDNESDAY + timedelta(hours=hours))
        session.add(
            OutboxMessage(
                person_id=office.budi,
                kind="person_joined",
                payload={"person_id": office.ani},
                created_at=WEDNESDAY,
                not_before=WEDNESDAY,
            )
        )
        written = set(await session.scalars(select(OutboxMessage.kind)))
    assert written >= {"prompted", "reminded", "briefed", "week_summed", "team_summed", "unit_summed"}
    await downgrade(empty, "0001")
    async with empty.reading() as session:
        kinds = "SELECT kind FROM schedules UNION SELECT kind FROM rounds"
        assert set(await session.scalars(text(kinds))) <= {"prompt", "queue_notice"}
        left = set(await session.scalars(text("SELECT kind FROM outbox")))
        assert left == {"prompted", "person_joined"}
        assert await session.scalar(text("SELECT count(*) FROM people")) == len(office_people(office))
    await migrate(empty)
    async with empty.writing() as session:
        await plan_everybody(session, now=monday)
        result = await tick(session, now=monday + timedelta(hours=7))
        assert result.sent["prompted"] > 0
    assert not await differences(empty)


async def test_an_skp_of_before_the_dialogue_counts_as_agreed(empty: Database) -> None:
    """Up from 0002 with an SKP and work on it, changed, down without the change, and up again."""
    await migrate(empty)
    async with empty.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
        day = Day(person_id=office.ani, work_date=WEDNESDAY.date(), created_at=WEDNESDAY)
        session.add(day)
        await session.flush()
        first = office.ani_targets[0]
        entry = Entry(day_id=day.id, position=0, activity="Mengajar", target_id=first, created_at=WEDNESDAY)
        session.add(entry)
        plan_id = (await session.get_one(Target, first)).plan_id
        session.add(Target(plan_id=plan_id, position=9, text="Sudah lama dilepas", retired_at=WEDNESDAY))
    await downgrade(empty, "0002")
    assert "plan_events" not in await tables(empty)
    await migrate(empty)
    async with empty.writing() as session:
        ani = await who_is(session, user_of(office.ani), now=WEDNESDAY)
        assert ani is not None
        plan = await load_plan_view(session, ani, office.ani, 2026, now=WEDNESDAY)
        assert (plan.state, plan.version, plan.agreed_version) == (PlanState.AGREED, 1, 1)
        assert plan.agreed_at == WEDNESDAY
        assert [one.id for one in plan.targets] == list(office.ani_targets)
        held = await load_version(session, plan, 1)
        assert [one.id for one in held] == list(office.ani_targets), "retired before it counted as agreed"
        await set_wording(session, ani, first, "Terlaksananya pembelajaran bermakna", now=WEDNESDAY)
        await propose_again(session, ani, plan.id, now=WEDNESDAY)
    await downgrade(empty, "0002")
    async with empty.reading() as session:
        count = text("SELECT count(*) FROM targets")
        assert await session.scalar(count) == 2 * len(office.ani_targets) + 1, "what was pending is gone"
        assert not await session.scalar(text("SELECT count(*) FROM outbox WHERE kind LIKE 'plan_p%'"))
    await migrate(empty)
    async with empty.writing() as session:
        plan = await load_plan_view(session, ani, office.ani, 2026, now=WEDNESDAY)
        assert (plan.state, plan.changes) == (PlanState.AGREED, ())
        assert await session.scalar(select(Entry.target_id)) == first
    assert not await differences(empty)


async def propose_again(session: AsyncSession, ani: Actor, plan_id: int, *, now: datetime) -> None:
    plan = await session.get_one(PerformancePlan, plan_id)
    await propose(session, ani, plan_id, revision=plan.revision, now=now)


def office_people(office: Office) -> list[int]:
    return [getattr(office, one.name) for one in fields(office) if one.name != "ani_targets"]


async def test_several_workers_may_start_at_once(empty: Database) -> None:
    if empty.is_sqlite:
        pytest.skip("SQLite belongs to one process")
    other = [Database(str(empty.engine.url.render_as_string(hide_password=False))) for _ in range(3)]
    try:
        await asyncio.gather(*(migrate(one) for one in (empty, *other)))
    finally:
        for one in other:
            await one.close()
    assert not await differences(empty)


async def test_versions_form_one_line(empty: Database) -> None:
    async with empty.engine.connect() as connection:
        script = await connection.run_sync(lambda one: ScriptDirectory.from_config(alembic_config(one)))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_the_newest_revision_is_alembics_head() -> None:
    script = ScriptDirectory(str(SCRIPTS))
    assert script.get_heads() == [newest()]
