"""What a transaction has read is not read again while nothing was written or locked in it since.

Kept with the session, under the transaction and the number of its writes and locks (`engine.writes_so_far`):
nothing outlives either, whichever process wrote.
"""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncSession

from models.engine import writes_so_far
from services.people.identity import flushed

T = TypeVar("T")
_KEPT = "read_once"


async def read_once(session: AsyncSession, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
    """What `read` gives, by a key that names everything it depends on besides the database."""
    await flushed(session)
    writes = await session.run_sync(writes_so_far)
    since = (session.sync_session.get_transaction(), writes)
    kept = session.info.get(_KEPT)
    if kept is None or kept[0] != since:
        kept = session.info[_KEPT] = (since, {})
    found: dict[Hashable, Any] = kept[1]
    if key not in found:
        found[key] = await read()
    return cast("T", found[key])
