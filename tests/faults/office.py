"""The office of the fault tests: teams under their supervisors, everybody joined, prompts spread out.

Made without migrations, since a test has no second to spare for them, and marked as if it had them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import text

from models import Account, Base, Person, Role, RoleName, Unit
from models.engine import Database
from models.migrate import newest
from services.rounds import plan_everybody
from tests.office import user_of

THURSDAY = datetime(2026, 11, 19, 0, 50, tzinfo=UTC)
"""Thursday 19 November 2026, 07:50 in Jakarta: the briefs are next, then everybody's day."""
TEAM = 8
PROMPTS = (time(8, 30), time(9, 15), time(10, 0), time(11, 0), time(13, 0), time(14, 30), None, time(17, 0))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the office; `supervisor_id` None: the head."""

    id: int
    name: str
    supervisor_id: int | None
    decides: bool

    @property
    def user_id(self) -> int:
        return user_of(self.id)


async def mark_migrated(database: Database) -> None:
    """Tables that were made from the models stand where the migrations end."""
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await connection.execute(text("INSERT INTO alembic_version VALUES (:now)"), {"now": newest()})


async def make_office(database: Database, *, now: datetime, teams: int = 2) -> list[Colleague]:
    """Tables and people in an empty database."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await mark_migrated(database)
    async with database.writing() as session:
        unit = Unit(name="Kantor Sukamaju")
        session.add(unit)
        await session.flush()
        found: list[Colleague] = []

        async def join(name: str, supervisor_id: int | None, *roles: RoleName, at: time | None = None) -> int:
            person = Person(
                name=name, unit_id=unit.id, supervisor_id=supervisor_id, prompt_time=at, created_at=now
            )
            session.add(person)
            await session.flush()
            session.add_all(Role(person_id=person.id, role=role) for role in roles)
            user_id = user_of(person.id)
            session.add(Account(user_id=user_id, person_id=person.id, chat_id=user_id, joined_at=now))
            found.append(Colleague(person.id, name, supervisor_id, RoleName.SUPERVISOR in roles))
            return person.id

        head = await join("Hasan Basri", None, RoleName.SUPERVISOR)
        for team in range(teams):
            boss = await join(f"Budi {'ABCDEFGH'[team]}", head, RoleName.STAFF, RoleName.SUPERVISOR)
            for number in range(TEAM):
                at = PROMPTS[number % len(PROMPTS)]
                await join(f"Ani {'ABCDEFGH'[team]}{number}", boss, RoleName.STAFF, at=at)
        await plan_everybody(session, now=now)
    return found
