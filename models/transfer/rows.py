"""Rows out of a database and into it, in portions, in the order of their keys."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.transfer import values
from models.transfer.refusing import Refused
from models.transfer.shape import Row, TableShape

PORTION = 2000
"""Rows that are held at once."""
BROKEN_RULE = "23"
"""SQLSTATE class of a row that breaks a constraint."""
UNHELD = ("22", "54")
"""SQLSTATE classes of a value that a column has no room for, and of one past a limit of the server."""
UNFIT = (ValueError, TypeError, ArithmeticError, RecursionError)


def is_sqlite(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "sqlite"


async def read(connection: AsyncConnection, table: TableShape) -> AsyncGenerator[list[Row], None]:
    """All rows, by key, with the letters of a key in the order of their code points on both engines.

    Raises Refused `value`: something is not of its column's kind.
    """
    sqlite = is_sqlite(connection)
    collate = "" if sqlite else ' COLLATE "C"'
    order = ", ".join(
        f'"{one.name}"' + (collate if one.kind == values.Kind.TEXT else "")
        for one in (table.columns[place] for place in table.key)
    )
    converts = [
        (values.of_sqlite if sqlite else values.of_postgresql)(c.kind, c.scale) for c in table.columns
    ]
    # Without the cast SQLAlchemy's codec would read the JSON, and what is written anew is not the same text.
    json_text = "" if sqlite else "\\:\\:text"
    names = ", ".join(
        f'"{one.name}"' + (json_text if one.kind == values.Kind.JSON else "") for one in table.columns
    )
    # Names come from the catalogue of the database itself, never from an archive or a person.
    statement = text(f'SELECT {names} FROM "{table.name}" ORDER BY {order}')  # noqa: S608 - see above
    found = await connection.stream(statement, execution_options={"yield_per": PORTION})
    try:
        async for portion in found.partitions(PORTION):
            yield converted(table, portion, converts)
    finally:
        await found.close()


def converted(
    table: TableShape, rows: Sequence[Sequence[Any]], converts: Sequence[values.Convert | None]
) -> list[Row]:
    """Rows with each column converted. Raises Refused `value`, with table, key and column."""
    if not any(converts) or not rows:
        return [tuple(row) for row in rows]
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, convert in enumerate(converts):
        if convert is not None:
            try:
                columns[place] = [None if one is None else convert(one) for one in columns[place]]
            except UNFIT:
                raise _unfit(table, rows, place, convert) from None
    return list(zip(*columns, strict=True))


def _unfit(table: TableShape, rows: Sequence[Sequence[Any]], place: int, convert: values.Convert) -> Refused:
    for row in rows:
        try:
            if row[place] is not None:
                convert(row[place])
        except UNFIT as error:
            key = table.named(table.key_of(tuple(row)))
            code = "nul" if str(error) == "NUL" else "value"
            return Refused(code, table=table.name, key=key, column=table.columns[place].name)
    raise AssertionError("a column that failed has a value that does")


async def write(connection: AsyncConnection, table: TableShape, rows: AsyncIterator[list[Row]]) -> int:
    """Puts rows into an empty table; gives their number. References are checked when the last is there.

    PostgreSQL: one COPY, after which it checks what rows of a table say of each other. SQLite: with
    `PRAGMA defer_foreign_keys`, which `loading` sets.
    """
    if is_sqlite(connection):
        return await _insert(connection, table, rows)
    raw = await connection.get_raw_connection()
    converts = [values.to_postgresql(one.kind, one.limit) for one in table.columns]
    count = 0

    async def records() -> AsyncIterator[Row]:
        nonlocal count
        async for portion in rows:
            count += len(portion)
            for row in converted(table, portion, converts):
                yield row

    assert raw.driver_connection is not None
    try:
        await raw.driver_connection.copy_records_to_table(
            table.name, records=records(), columns=[one.name for one in table.columns]
        )
    except Exception as error:  # asyncpg's own: SQLAlchemy has no COPY
        state = str(getattr(error, "sqlstate", ""))
        if state.startswith(UNHELD):
            raise Refused("unheld", table=table.name, rule=state) from None
        if not state.startswith(BROKEN_RULE):
            raise
        rule = getattr(error, "constraint_name", None) or "-"
        raise Refused("broken", table=table.name, rule=rule) from None
    return count


async def _insert(connection: AsyncConnection, table: TableShape, rows: AsyncIterator[list[Row]]) -> int:
    marks = ", ".join("?" * len(table.columns))
    statement = f'INSERT INTO "{table.name}" ({table.names}) VALUES ({marks})'  # noqa: S608 - catalogue names
    converts = [values.to_sqlite(one.kind) for one in table.columns]
    count = 0
    async for portion in rows:
        try:
            await connection.exec_driver_sql(statement, converted(table, portion, converts))
        except IntegrityError:
            raise Refused("broken", table=table.name, rule="-") from None
        count += len(portion)
    return count


async def ensure_whole(connection: AsyncConnection) -> None:
    """Raises Refused `broken`: a row refers to one that is not there. PostgreSQL has said so by itself."""
    if is_sqlite(connection):
        for table, _, other, _ in await connection.execute(text("PRAGMA foreign_key_check")):
            raise Refused("broken", table=table, rule=other)


async def count_on(connection: AsyncConnection, table: TableShape) -> None:
    """Lets PostgreSQL number on after the highest id; SQLite does by itself."""
    if table.numbered and not is_sqlite(connection):
        await connection.execute(
            text(
                "SELECT setval(pg_get_serial_sequence(:name, 'id'), max(id)) "  # noqa: S608 - catalogue names
                f'FROM "{table.name}" HAVING max(id) IS NOT NULL'
            ),
            {"name": table.name},
        )


async def has_rows(connection: AsyncConnection, table: TableShape) -> bool:
    statement = f'SELECT 1 FROM "{table.name}" LIMIT 1'  # noqa: S608 - catalogue names
    return await connection.scalar(text(statement)) is not None
