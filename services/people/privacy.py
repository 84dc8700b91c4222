"""Everything stored about one person, as UU 27/2022 entitles them to see it.

The tables are walked by their foreign keys, so that a table added tomorrow is covered without being named
here: rows that belong to the person (deleted with them), rows that mention them, and what is kept by chat.
"""

import enum
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, AuditEvent, Base, Card, DialogueRow, FailedUpdate, Person, Unit
from services.errors import NotFound

SECRET_COLUMNS = frozenset(("token_hash",))
"""Never shown, not even to the person: worthless to them, and a key to somebody else."""
TYPED_BY = {"blockers": {"text": "person_id", "answer": "answered_by"}}
"""Words in a row that only its owner (`person_id`), and who typed them, are given."""


async def everything_about(session: AsyncSession, person_id: int) -> dict[str, Any]:
    """Table name → rows as plain data (text, numbers, ISO dates). Raises NotFound."""
    person = await session.get(Person, person_id)
    if person is None:
        raise NotFound
    accounts = list(await session.scalars(select(Account).where(Account.person_id == person_id)))
    chats = [account.chat_id for account in accounts]
    found: dict[str, list[dict[str, Any]]] = {}
    for table, condition in _conditions(person_id):
        await _collect(session, table, condition, found, person_id=person_id)
    await _collect(session, _table(Card), Card.chat_id.in_(chats), found)
    await _collect(session, _table(DialogueRow), DialogueRow.chat_id.in_(chats), found)
    await _collect(session, _table(Unit), Unit.id == person.unit_id, found)
    found["failed_updates"] = await _failed_updates(session, {account.user_id for account in accounts})
    superior = await session.get(Person, person.supervisor_id) if person.supervisor_id else None
    return {
        "supervisor": superior.name if superior is not None else None,
        **{name: rows for name, rows in found.items() if rows},
    }


def _conditions(person_id: int) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table that holds something of or about the person, and which of its rows."""
    people = _table(Person)
    owned: dict[Table, Select[Any]] = {}
    for table in Base.metadata.sorted_tables:
        if table is people:
            yield table, people.c.id == person_id
            continue
        ties: list[ColumnElement[bool]] = []
        belongs: list[ColumnElement[bool]] = []
        for key in sorted(_keys(table), key=lambda key: key.parent.name):
            if key.column.table is people:
                tie: ColumnElement[bool] = key.parent == person_id
            elif key.column.table in owned and key.ondelete == "CASCADE":
                tie = key.parent.in_(owned[key.column.table])
            else:
                continue
            ties.append(tie)
            if key.ondelete == "CASCADE":
                belongs.append(tie)
        if table.name == AuditEvent.__tablename__:
            ties.append((AuditEvent.subject == "person") & (AuditEvent.subject_id == person_id))
        if belongs and "id" in table.c:
            owned[table] = select(table.c.id).where(or_(*belongs))
        if ties:
            yield table, or_(*ties)


def _keys(table: Table) -> Iterator[ForeignKey]:
    return (key for key in table.foreign_keys if key.column.table is not table)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


async def _collect(
    session: AsyncSession,
    table: Table,
    condition: ColumnElement[bool],
    found: dict[str, list[dict[str, Any]]],
    *,
    person_id: int | None = None,
) -> None:
    hidden = TYPED_BY.get(table.name, {})
    rows = await session.execute(select(table).where(condition).order_by(*table.primary_key.columns))
    found.setdefault(table.name, []).extend(
        {
            name: _plain(value)
            for name, value in row.items()
            if name not in SECRET_COLUMNS
            and (name not in hidden or person_id in (row["person_id"], row[hidden[name]]))
        }
        for row in rows.mappings()
    )


async def _failed_updates(session: AsyncSession, users: set[int]) -> list[dict[str, Any]]:
    """Messages on which we failed and which are kept for replay; there are few."""
    rows = await session.scalars(select(FailedUpdate).order_by(FailedUpdate.id))
    return [
        {"reference": row.reference, "at": _plain(row.at), "body": row.body}
        for row in rows
        if users.intersection(_senders(row.body))
    ]


def _senders(value: Any) -> Iterator[int]:
    if isinstance(value, Mapping):
        sender = value.get("from")
        if isinstance(sender, Mapping) and isinstance(sender.get("id"), int):
            yield sender["id"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _senders(part)


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value
