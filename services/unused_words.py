"""Words that a question held and nothing took, or that were refused, given back to whoever typed them.

By the outbox, in the transaction that ends the question or refuses: a process that dies before it answers
drops none. What was refused is told by its refusal, so its row waits, and goes when the refusal was shown.
The row is the only place that still has them; retention.py forgets it soon after they were told.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete
from sqlalchemy.ext.asyncio import AsyncSession

from models import OutboxMessage, OutboxState
from services import outbox
from services.people.identity import Actor
from services.told import WORDS_GIVEN_BACK

SHOWN_WITHIN = timedelta(minutes=2)
"""A refusal that was not shown until then will not be: longer than an answer is insisted on."""


async def give_back(session: AsyncSession, actor: Actor, words: str, *, now: datetime) -> None:
    """Writes the notice that shows the words to whoever typed them, in the chat they typed them in."""
    payload = {"chat": actor.chat_id, "text": words}
    await outbox.enqueue(session, WORDS_GIVEN_BACK, to=actor.person_id, now=now, payload=payload)


async def hold_refused(
    session: AsyncSession, actor: Actor, words: str, *, bot_id: int, update_id: int, now: datetime
) -> None:
    """Writes the notice for words that are being refused: it goes out unless `refusal_shown` comes first."""
    await outbox.enqueue(
        session,
        WORDS_GIVEN_BACK,
        to=actor.person_id,
        now=now,
        payload={"chat": actor.chat_id, "text": words},
        key=_key(bot_id, update_id),
        not_before=now + SHOWN_WITHIN,
    )


async def refusal_shown(session: AsyncSession, *, bot_id: int, update_id: int) -> None:
    """The refusal of an update stands in the chat: its words need not be given back."""
    await session.execute(_SHOWN, {"of": _key(bot_id, update_id)})


_ROWS: Any = OutboxMessage.__table__
_SHOWN: Any = delete(_ROWS).where(_ROWS.c.key == bindparam("of"), _ROWS.c.state == OutboxState.WAITING)


def _key(bot_id: int, update_id: int) -> str:
    return f"untaken:{bot_id}:{update_id}"


def words_for(chat_id: int, payload: Mapping[str, Any]) -> str | None:
    """The words of a notice; None when the account is another one by now: it may be somebody else's."""
    return str(payload["text"]) if payload["chat"] == chat_id else None
