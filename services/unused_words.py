"""Words that a question held and nothing took, given back to whoever typed them.

By the outbox, in the transaction that ends the question: a process that dies before it answers drops none.
The row is the only place that still has them; retention.py forgets it soon after they were told.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.people.identity import Actor
from services.told import WORDS_GIVEN_BACK


async def give_back(session: AsyncSession, actor: Actor, words: str, *, now: datetime) -> None:
    """Writes the notice that shows the words to whoever typed them, in the chat they typed them in."""
    payload = {"chat": actor.chat_id, "text": words}
    await outbox.enqueue(session, WORDS_GIVEN_BACK, to=actor.person_id, now=now, payload=payload)


def words_for(chat_id: int, payload: Mapping[str, Any]) -> str | None:
    """The words of a notice; None when the account is another one by now, of somebody else."""
    return str(payload["text"]) if payload["chat"] == chat_id else None
