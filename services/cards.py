"""Where living messages stand in a chat."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Card
from models.engine import is_sqlite
from services.read_once import read_once


async def standing(session: AsyncSession, chat_id: int, kind: str, subject_id: int) -> int | None:
    """The message id of a card in a chat."""
    return (await standing_all(session, chat_id, [(kind, subject_id)])).get((kind, subject_id))


async def standing_all(
    session: AsyncSession, chat_id: int, subjects: Collection[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """The message ids of those cards of a chat that stand somewhere; one query."""
    ids = frozenset(subject for _, subject in subjects)

    async def read() -> dict[tuple[str, int], int]:
        rows = await session.execute(_STANDING, {"chat": chat_id, "subjects": list(ids)})
        return {(kind, subject): message_id for kind, subject, message_id in rows}

    found = await read_once(session, ("standing", chat_id, ids), read)
    return {one: found[one] for one in subjects if one in found}


_TABLE: Any = Card.__table__
_STANDING: Any = select(_TABLE.c.kind, _TABLE.c.subject_id, _TABLE.c.message_id).where(
    _TABLE.c.chat_id == bindparam("chat"), _TABLE.c.subject_id.in_(bindparam("subjects", expanding=True))
)


async def standing_many(
    session: AsyncSession, places: Collection[tuple[int, str, int]], *, lock: bool = False
) -> dict[tuple[int, str, int], int]:
    """The same for many places (chat, kind, subject) by one query; those without a card are left out.

    `lock`: they stay there until the transaction ends.
    """
    if not places:
        return {}
    key = tuple_(Card.chat_id, Card.kind, Card.subject_id)
    found = select(Card.chat_id, Card.kind, Card.subject_id, Card.message_id).where(key.in_(list(places)))
    if lock:
        found = found.order_by(Card.chat_id, Card.kind, Card.subject_id).with_for_update()
    rows = await session.execute(found)
    return {(chat_id, kind, subject): message_id for chat_id, kind, subject, message_id in rows}


async def shown_at(session: AsyncSession, chat_id: int, kind: str, subject_id: int) -> datetime | None:
    """Since when a message shows this card."""
    given = {"chat": chat_id, "kind": kind, "subject": subject_id}
    found: datetime | None = await session.scalar(_SHOWN_AT, given)
    return found


_SHOWN_AT: Any = select(_TABLE.c.shown_at).where(
    _TABLE.c.chat_id == bindparam("chat"),
    _TABLE.c.kind == bindparam("kind"),
    _TABLE.c.subject_id == bindparam("subject"),
)


async def stood(session: AsyncSession, chat_id: int, message_id: int) -> tuple[str, int] | None:
    """Which card a message shows."""
    row = (
        await session.execute(
            select(Card.kind, Card.subject_id).where(Card.chat_id == chat_id, Card.message_id == message_id)
        )
    ).first()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class Placed:
    """A message that now shows a card."""

    chat_id: int
    kind: str
    subject_id: int
    message_id: int


async def place_many(session: AsyncSession, placed: Sequence[Placed], *, now: datetime) -> None:
    """Notes that each message now shows this card and no other, in order; two statements."""
    given = _given(placed, now)
    if given:
        await session.execute(_OTHERS, given)
        await session.execute(_placing(is_sqlite(session)), given)


def _given(placed: Sequence[Placed], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "chat": one.chat_id,
            "message": one.message_id,
            "kind": one.kind,
            "subject": one.subject_id,
            "now": now,
        }
        for one in placed
    ]


async def place_newest(
    session: AsyncSession, placed: Sequence[Placed], *, now: datetime
) -> list[tuple[int, int]]:
    """As `place_many`, but a card that stands in a later message by now stays there.

    Gives the messages (chat, message) that show one of these cards in vain, to be taken away.
    """
    if not placed:
        return []
    places = [(one.chat_id, one.kind, one.subject_id) for one in placed]
    before = await standing_many(session, places, lock=True)
    given = _given(placed, now)
    await session.execute(_OTHERS, given)
    await session.execute(_placing(is_sqlite(session), newest=True), given)
    after = await standing_many(session, places)
    shown = [(place, one.message_id) for place, one in zip(places, placed, strict=True)]
    shown += before.items()
    return sorted({(place[0], message) for place, message in shown if after.get(place) != message})


async def take_place(
    session: AsyncSession, placed: Placed, *, instead_of: int | None, now: datetime
) -> int | None:
    """Notes that a message shows a card that stood in `instead_of`; gives the message that has to go.

    Usually that one. When somebody else (another process, a notice) put the card elsewhere meanwhile, the
    message that came later stays, and the other goes.
    """
    given = {
        "chat": placed.chat_id,
        "message": placed.message_id,
        "kind": placed.kind,
        "subject": placed.subject_id,
        "now": now,
        "instead": instead_of,
    }
    await session.execute(_OTHERS, given)
    if (await session.execute(_taking(is_sqlite(session)), given)).first() is not None:
        return instead_of
    there = select(Card.message_id).where(
        Card.chat_id == placed.chat_id, Card.kind == placed.kind, Card.subject_id == placed.subject_id
    )
    other = await session.scalar(there.with_for_update())
    if other is not None and other > placed.message_id:
        return placed.message_id
    await place_many(session, [placed], now=now)
    return None if other == placed.message_id else other


_OTHERS: Any = delete(_TABLE).where(
    _TABLE.c.chat_id == bindparam("chat"),
    _TABLE.c.message_id == bindparam("message"),
    or_(_TABLE.c.kind != bindparam("kind"), _TABLE.c.subject_id != bindparam("subject")),
)


@cache
def _placing(sqlite: bool, newest: bool = False) -> Any:
    """`newest`: changes nothing where the card stands in a later message."""
    insert = sqlite_insert(_TABLE) if sqlite else postgresql_insert(_TABLE)
    values: dict[str, Any] = {"message_id": bindparam("message"), "shown_at": bindparam("now")}
    return insert.values(
        chat_id=bindparam("chat"), kind=bindparam("kind"), subject_id=bindparam("subject"), **values
    ).on_conflict_do_update(
        index_elements=["chat_id", "kind", "subject_id"],
        set_=values,
        where=_TABLE.c.message_id < bindparam("message") if newest else None,
    )


@cache
def _taking(sqlite: bool) -> Any:
    """Changes nothing, and gives nothing, when the card stands elsewhere than in `instead`."""
    insert = sqlite_insert(_TABLE) if sqlite else postgresql_insert(_TABLE)
    values: dict[str, Any] = {"message_id": bindparam("message"), "shown_at": bindparam("now")}
    return (
        insert.values(
            chat_id=bindparam("chat"), kind=bindparam("kind"), subject_id=bindparam("subject"), **values
        )
        .on_conflict_do_update(
            index_elements=["chat_id", "kind", "subject_id"],
            set_=values,
            where=_TABLE.c.message_id == bindparam("instead"),
        )
        .returning(_TABLE.c.message_id)
    )


async def forget(session: AsyncSession, chat_id: int, message_id: int) -> None:
    """The message shows no card any more."""
    await session.execute(delete(Card).where(Card.chat_id == chat_id, Card.message_id == message_id))
