"""What tables a database has: their columns, keys, and the order in which they can be filled."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, MetaData, Numeric, SmallInteger, String, Table, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from models.migrate import newest
from models.transfer.refusing import Refused
from models.transfer.values import LARGEST, LARGEST_SMALL, Kind, kind_of

VERSION = "alembic_version"
LEFT_BEHIND = frozenset(("paces", "heartbeats"))
"""About processes that run: they mean nothing to another database."""
Row = tuple[Any, ...]
"""A row's values in the order of its columns, in the form of `values`."""


@dataclass(frozen=True, slots=True)
class Column:
    """`limit`: the longest text, the largest whole number, or what an exact one is below; None: no limit.
    `scale`: digits behind the point."""

    name: str
    kind: Kind
    limit: int | None = None
    scale: int = 0


@dataclass(frozen=True, slots=True)
class TableShape:
    """`key`: places of the primary key's columns; `numbered`: the database gives out its `id`."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[int, ...]
    numbered: bool

    def key_of(self, row: Row) -> Row:
        return tuple(row[place] for place in self.key)

    def named(self, key: Row) -> str:
        """A key for a sentence: `12`, or `12/prompt`."""
        return "/".join(str(one) for one in key)

    @property
    def header(self) -> list[tuple[str, str]]:
        """Names and kinds of the columns, as a backup has them."""
        return [(one.name, str(one.kind)) for one in self.columns]

    @property
    def names(self) -> str:
        return ", ".join(f'"{one.name}"' for one in self.columns)


@dataclass(frozen=True, slots=True)
class Shape:
    """`revision` None: nobody made a schema here. `tables`: each after those it refers to."""

    revision: str | None
    tables: tuple[TableShape, ...]

    def known(self) -> str:
        """Its revision. Raises Refused: there is none, or one of a newer program."""
        if self.revision is None:
            raise Refused("no_office")
        if self.revision > newest():
            raise Refused("newer", found=self.revision, newest=newest())
        return self.revision


async def read_shape(connection: AsyncConnection) -> Shape:
    """The tables of a database, without those that are left behind."""
    return await connection.run_sync(_reflect)


async def read_names(connection: AsyncConnection) -> Shape:
    """The same in no order and without columns, which take a while to ask for."""
    return await connection.run_sync(_names)


def _reflect(connection: Connection) -> Shape:
    metadata = MetaData()
    metadata.reflect(connection)
    found = [one for one in metadata.sorted_tables if one.name not in {VERSION, *LEFT_BEHIND}]
    return Shape(_revision(connection, metadata.tables), tuple(map(_table, found)))


def _names(connection: Connection) -> Shape:
    names = inspect(connection).get_table_names()
    found = [one for one in names if one not in {VERSION, *LEFT_BEHIND}]
    revision = _revision(connection, names)
    return Shape(revision, tuple(TableShape(one, (), (), numbered=False) for one in found))


def _revision(connection: Connection, tables: Container[str]) -> str | None:
    if VERSION not in tables:
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {VERSION}"))  # noqa: S608 - a constant
    return None if found is None else str(found)


def _table(table: Table) -> TableShape:
    columns = [
        Column(one.name, kind_of(one.type), _limit(one.type), _scale(one.type)) for one in table.columns
    ]
    columns.sort(key=lambda one: one.name)  # the order differs between a new table and a migrated one
    places = {one.name: place for place, one in enumerate(columns)}
    key: Sequence[str] = [one.name for one in table.primary_key.columns]
    return TableShape(table.name, tuple(columns), tuple(places[name] for name in key), key == ["id"])


def _limit(type_: TypeEngine[Any]) -> int | None:
    if isinstance(type_, String):
        return type_.length
    if isinstance(type_, SmallInteger):
        return LARGEST_SMALL
    if isinstance(type_, Numeric) and type_.precision is not None:
        return int(10 ** (type_.precision - _scale(type_)))
    return LARGEST if isinstance(type_, Integer) else None


def _scale(type_: TypeEngine[Any]) -> int:
    return type_.scale or 0 if isinstance(type_, Numeric) else 0
