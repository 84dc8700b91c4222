"""Which updates took effect, so that a redelivered one does nothing twice; and those we failed on.

kept ──claim_failed──▶ replayed        once: one conditional UPDATE decides, whoever asks
  ▲                        │
  └──────give_back─────────┘           nothing of it could be stored
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import FailedUpdate, SeenUpdate
from models.engine import is_sqlite

MASK = "***"
_JOIN_TOKEN = re.compile(
    r"(^\s*/start(?:@\w+)?\s+|^\d+:j[yn]:\d*:\d*:|[?&]start=)(?!\*\*\*)[^\s&#]+", re.IGNORECASE
)
"""A join token where an update can hold one: behind /start, in the buttons of the confirmation, in a link."""
_MASKED = re.compile(r"(?:\s*/start(?:@\w+)?\s+|\d+:j[yn]:\d*:\d*:)\*\*\*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kept:
    """An update we failed on. `replayable` False: it held an invitation, which is not kept."""

    id: int
    reference: str
    at: datetime
    body: dict[str, Any]
    replayed_at: datetime | None

    @property
    def replayable(self) -> bool:
        return not _holds_mask(self.body)


async def remember(session: AsyncSession, bot_id: int, update_id: int, *, now: datetime) -> bool:
    """Notes the update in the transaction of its effect; False when it was noted before."""
    given = {"bot_id": bot_id, "update_id": update_id, "seen_at": now}
    found = await session.execute(_noting(is_sqlite(session)), given)
    return found.scalar_one_or_none() is not None


@cache
def _noting(sqlite: bool) -> Any:
    table: Any = SeenUpdate.__table__
    insert = sqlite_insert(table) if sqlite else postgresql_insert(table)
    names: dict[str, Any] = {name: bindparam(name) for name in ("bot_id", "update_id", "seen_at")}
    return insert.values(names).on_conflict_do_nothing().returning(table.c.update_id)


async def ended_on(
    session: AsyncSession, bot_id: int, update_id: int, *, card: tuple[str, int] | None
) -> None:
    """Notes the card an update ended on."""
    if card is not None:
        given = {"of_bot": bot_id, "of_update": update_id, "kind": card[0], "subject": card[1]}
        await session.execute(_ENDED_ON, given)


_SEEN: Any = SeenUpdate.__table__
_ENDED_ON: Any = (
    update(_SEEN)
    .where(_SEEN.c.bot_id == bindparam("of_bot"), _SEEN.c.update_id == bindparam("of_update"))
    .values(card_kind=bindparam("kind"), card_id=bindparam("subject"))
)


async def card_of(session: AsyncSession, bot_id: int, update_id: int) -> tuple[str, int] | None:
    """The card a seen update ended on."""
    row = await session.get(SeenUpdate, (bot_id, update_id))
    return (row.card_kind, row.card_id) if row and row.card_kind and row.card_id is not None else None


async def keep_failed(session: AsyncSession, body: dict[str, Any], *, error: str, now: datetime) -> str:
    """Keeps an update for replay, without join tokens; gives the short reference that the person sees too."""
    reference = secrets.token_hex(4).upper()
    session.add(FailedUpdate(reference=reference, at=now, error=error, body=without_tokens(body)))
    return reference


def without_tokens(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same update with every join token masked: whoever reads the database shall not join as somebody."""
    return {name: _masked(value) for name, value in body.items()}


def _masked(value: Any) -> Any:
    match value:
        case str():
            return _JOIN_TOKEN.sub(rf"\g<1>{MASK}", value)
        case dict():
            return without_tokens(value)
        case list() | tuple():
            return [_masked(one) for one in value]
        case _:
            return value


def _holds_mask(body: Mapping[str, Any]) -> bool:
    """Whether what the person did themselves was masked; a button beside it does not matter."""
    message = body.get("message") or {}
    said = (message.get("text"), message.get("caption"), (body.get("callback_query") or {}).get("data"))
    return any(isinstance(one, str) and _MASKED.fullmatch(one) for one in said)


async def find_failed(session: AsyncSession, reference: str) -> Kept | None:
    """The kept update that a reference, as typed, names."""
    wanted = reference.strip().upper()
    row = await session.scalar(select(FailedUpdate).where(FailedUpdate.reference == wanted))
    return _kept(row) if row is not None else None


async def claim_failed(session: AsyncSession, kept: Kept, *, bot_id: int, now: datetime) -> bool:
    """Marks it replayed and forgets that it was seen, so that it can act; False when somebody was faster."""
    claimed = await session.execute(
        update(FailedUpdate)
        .where(FailedUpdate.id == kept.id, FailedUpdate.replayed_at.is_(None))
        .values(replayed_at=now)
        .returning(FailedUpdate.id)
        .execution_options(synchronize_session=False)
    )
    if claimed.scalar_one_or_none() is None:
        return False
    await session.execute(
        delete(SeenUpdate).where(
            SeenUpdate.bot_id == bot_id, SeenUpdate.update_id == int(kept.body["update_id"])
        )
    )
    return True


async def give_back(session: AsyncSession, kept: Kept) -> None:
    """Nothing of the replay was stored: it may be tried again."""
    await session.execute(
        update(FailedUpdate)
        .where(FailedUpdate.id == kept.id)
        .values(replayed_at=None)
        .execution_options(synchronize_session=False)
    )


async def took_effect(session: AsyncSession, bot_id: int, update_id: int) -> bool:
    """Whether an update is among those that are done."""
    return await session.get(SeenUpdate, (bot_id, update_id)) is not None


async def failed_again(session: AsyncSession, kept: Kept) -> Kept | None:
    """The same update kept once more, later."""
    later = await session.scalars(
        select(FailedUpdate).where(FailedUpdate.id > kept.id).order_by(FailedUpdate.id.desc())
    )
    same = (row for row in later if row.body.get("update_id") == kept.body["update_id"])
    row = next(same, None)
    return _kept(row) if row is not None else None


def _kept(row: FailedUpdate) -> Kept:
    return Kept(row.id, row.reference, row.at, row.body, row.replayed_at)
