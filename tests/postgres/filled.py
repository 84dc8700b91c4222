"""An office in whose database no table is empty, with what is hard to copy: for moving, backup, restore."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Table, select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Numeric,
    SmallInteger,
    Time,
    TypeDecorator,
)

from models import Base, Evidence, EvidenceKind, Person
from models.engine import Database
from services import outbox
from services.calendar import seed_holidays
from services.rounds import plan_everybody, tick
from tests.conftest import WEDNESDAY
from tests.office import Office, build_office

HARD = "Ani's “rapat” \\N \t dua\r\nbaris · naïve 🇮🇩 𝒳 \u202f\ufffd ' \" ; -- %s :id \\"
FAR = 2**62 + 12345
"""A chat id that needs 64 bits."""


async def fill(database: Database, *, now: datetime = WEDNESDAY) -> Office:
    """Into SQLite: what the services write, then two rows more in every table that has room for them."""
    async with database.writing() as session:
        office = await build_office(session, now=now)
        await seed_holidays(session, [now.year], now=now)
        await plan_everybody(session, now=now - timedelta(hours=3))
        await tick(session, now=now + timedelta(hours=7))
        await outbox.enqueue(
            session, "person_joined", to=office.budi, now=now, payload={"person_id": office.ani}
        )
        (await session.get_one(Person, office.head)).name = HARD
        # The oldest row refers to a younger one: batches in the order of ids meet what is not there yet.
        (await session.get_one(Person, office.head)).supervisor_id = office.observer
    async with database.writing() as session:
        for table in Base.metadata.sorted_tables:
            for number in (1, 2):
                await _add(session, table, number)
    return office


async def _add(session: AsyncSession, table: Table, number: int) -> None:
    """A row with a value in every column, the second with null wherever that is allowed."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.primary_key and column.autoincrement is True:
            continue
        if column.name == "id" and not column.foreign_keys:
            continue
        if number == 2 and column.nullable:
            row[column.name] = None
        else:
            row[column.name] = await _value(session, table, column, number)
    if table.name in ("outbox", "digests") and row["group_id"] is not None:
        row["person_id"] = None
    await session.execute(insert(table).on_conflict_do_nothing(), [row])


async def _value(session: AsyncSession, table: Table, column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        ids = list(await session.scalars(select(key.column).order_by(key.column.desc())))
        taken: set[Any] = set()
        if column.unique or (column.primary_key and len(table.primary_key) == 1):
            taken = set(await session.scalars(select(column)))
        return next(one for one in ids if one not in taken)
    return _plain(column, number)


def _plain(column: Column[Any], number: int) -> Any:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    match kind:
        case Enum():
            assert kind.enum_class is not None
            members = list(kind.enum_class)
            return members[number % len(members)]
        case Boolean():
            return number == 1
        case JSON():
            return {"teks": HARD, "angka": [FAR, 1.5, None, True], "nul": "\x00"}
        case DateTime():
            return datetime(2026, 11, 18, 16, 59, 59, 999_999 * (number == 1), UTC) + timedelta(days=number)
        case Date():
            return date(2031 + number, 2, 28)
        case Time():
            return time(7, 30, number)
        case Float():
            return 1_795_000_000.123456 + number
        case Numeric():
            return Decimal("12345678.1250") * number
        case SmallInteger():
            return number
        case Integer():
            return number if column.name in ("quarter", "position", "year") else -FAR - number
    length = getattr(kind, "length", None)
    return f"{number}{HARD}"[:length]


async def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row as SQLAlchemy reads it, by the models: what the product sees."""
    async with database.reading() as session:
        found = {}
        for table in Base.metadata.sorted_tables:
            rows = [tuple(row) for row in await session.execute(select(table))]
            found[table.name] = sorted(rows, key=repr)
        return found


def stored(file: str) -> Iterator[tuple[str, Any]]:
    """Every value of a SQLite file as SQLite itself has it, with its storage class."""
    import sqlite3

    connection = sqlite3.connect(file)
    for table in Base.metadata.sorted_tables:
        if table.name in ("paces", "heartbeats"):
            continue
        names = sorted(column.name for column in table.columns)
        what = ", ".join(itertools.chain.from_iterable((f'"{one}"', f'typeof("{one}")') for one in names))
        keys = ", ".join(column.name for column in table.primary_key.columns)
        for row in connection.execute(f'SELECT {what} FROM "{table.name}" ORDER BY {keys}'):
            yield table.name, row
    connection.close()


async def counts(database: Database) -> dict[str, int]:
    async with database.reading() as session:
        each = (f"SELECT '{one.name}', count(*) FROM {one.name}" for one in Base.metadata.sorted_tables)
        return {name: int(count) for name, count in await session.execute(text(" UNION ALL ".join(each)))}


async def clear_processes(database: Database) -> None:
    """Nobody runs."""
    async with database.writing() as session:
        await session.execute(text("DELETE FROM heartbeats"))


def waiting_evidence(person: int, sha256: str, *, now: datetime) -> Evidence:
    return Evidence(
        person_id=person, kind=EvidenceKind.PHOTO, sha256=sha256, stored_at=now, created_at=now, file_id="x"
    )
