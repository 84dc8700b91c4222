"""How fast the bot may send: one pace for the whole bot, shared by all of its processes.

Source: Telegram's FAQ for bots, "My bot is hitting limits": about 30 messages a second in bulk (1,000 with
paid broadcasts), one a second in a chat, 20 a minute in a group.

`free_at` is when everything sent so far has used up its rate (the generic cell rate algorithm). Bulk takes
slots only up to now, so that the burst Telegram allows is left to those who wait for an answer; answers are
charged, go ahead by at most `AHEAD` seconds, and bulk gives way until that is made up for. The row of chat 0
in `paces` is the whole bot's.

A 429 does not say whether it is one chat that got too much or the whole bot. The first one silences its chat
alone; a second chat refused before anything arrived elsewhere silences the bot (`Refusals`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

AHEAD = 0.5
"""Seconds of the rate that answers may run ahead: half of the burst Telegram lets through."""
SLACK = 0.2
"""Seconds of the rate that bulk may make up for when it came late to its slot."""
LEAD = 0.1
"""Seconds bulk may take its slots before their time."""
GIVING_WAY = 1.0
"""Seconds bulk gives way to answers before it gets one slot all the same: nothing starves."""
LONGEST_REST = 300.0
"""Seconds that a chat may have used up its pace for: a clock that was set back must not silence it."""
LONGEST_HOLD = 3600.0 * 24
"""Seconds; a held bot asks again after that, whatever is written."""


@dataclass(frozen=True, slots=True)
class Rates:
    """`per_second`: messages of the whole bot. `enforced` False: no pace at all (tests, demo)."""

    per_second: float = 30
    chat_per_second: float = 1
    group_per_minute: float = 20
    enforced: bool = True

    @staticmethod
    def off() -> "Rates":
        return Rates(enforced=False)

    def between(self, chat_id: int) -> float:
        """Seconds between two messages of one chat; groups have ids below zero."""
        return 60 / self.group_per_minute if chat_id < 0 else 1 / self.chat_per_second


@dataclass(frozen=True, slots=True)
class Grant:
    """What a wish for slots came to. `wait`: seconds to the first of them, or until it is worth asking again.

    `ahead`: seconds by which everything charged runs ahead of now; `held`: seconds Telegram still wants us to
    keep silent.
    """

    slots: int
    wait: float
    ahead: float
    held: float


@dataclass(slots=True)
class Refusals:
    """Which chats Telegram refused, as one process knows it; times by its even clock. Pure.

    A chat is *suspected* to stand for the whole bot until a message that was begun later arrives somewhere.
    """

    _rests: dict[int, float] = field(default_factory=dict)
    _suspects: dict[int, tuple[float, float]] = field(default_factory=dict)

    def refused(self, chat_id: int, *, now: float, until: float) -> float:
        """Notes a refusal. Until when the whole bot is to be silent: as long as two chats were told so."""
        self._rests = {chat: rest for chat, rest in self._rests.items() if rest > now}
        self._rests[chat_id] = max(until, self._rests.get(chat_id, 0.0))
        self._suspects = {chat: one for chat, one in self._suspects.items() if one[1] > now}
        self._suspects[chat_id] = (now, self._rests[chat_id])
        told = sorted(until for _, until in self._suspects.values())
        return told[-2] if len(told) > 1 else 0.0

    def arrived(self, chat_id: int, *, begun: float) -> list[int]:
        """A message arrived: chats refused before it was begun were busy by themselves. Gives those."""
        alone = [chat for chat, (at, _) in self._suspects.items() if at <= begun]
        for chat in alone:
            del self._suspects[chat]
        return alone

    def rest(self, chat_id: int) -> float:
        """Until when a chat wants nothing."""
        return self._rests.get(chat_id, 0.0)

    def suspected(self, now: float) -> bool:
        """Whether it is open if a refusal was the chat's alone."""
        return any(until > now for _, until in self._suspects.values())


def grant(
    free_at: float, held_until: float, *, now: float, slots: int, rate: float, trickle: bool = False
) -> Grant:
    """Whether so many slots may be taken now, and what `free_at` is ahead by then. Pure.

    `trickle`: bulk has waited for long enough to get a slot although answers run ahead.
    """
    held = max(0.0, held_until - now)
    begin = max(free_at, now - SLACK)
    if held:
        return Grant(0, held, begin - now, held)
    if begin - now > LEAD and not trickle:
        return Grant(0, begin - now - LEAD, begin - now, 0.0)
    wait = 0.0 if trickle else max(0.0, begin - now)
    return Grant(slots, wait, begin - now + slots / rate, 0.0)


_RESERVE = text(
    """
    WITH at AS MATERIALIZED (SELECT extract(epoch FROM clock_timestamp())::float8 AS t),
    was AS (
        SELECT greatest(p.free_at, at.t - :slack) + cast(:owed AS float8) AS begin,
               coalesce(p.held_until, 0) AS held, at.t
        FROM paces p, at WHERE p.chat_id = 0 FOR UPDATE OF p
    )
    UPDATE paces SET free_at = was.begin
        + CASE WHEN was.held <= was.t AND was.begin - was.t <= :lead THEN cast(:wish AS float8) ELSE 0 END
    FROM was WHERE paces.chat_id = 0
    RETURNING was.begin - was.t, was.held - was.t
    """
)
_FIRST = text("INSERT INTO paces (chat_id, free_at) VALUES (0, 0) ON CONFLICT DO NOTHING")


async def reserve(
    session: AsyncSession, slots: int, *, owed: float, rate: float, trickle: bool = False
) -> Grant:
    """The same from the row all processes share (PostgreSQL): one statement, by the database's clock.

    `owed`: messages that answers of this process have sent since it asked last; they are charged first.
    `slots` 0: only charges.
    """
    lead = math.inf if trickle else LEAD
    values = {"slack": SLACK, "owed": owed / rate, "wish": slots / rate, "lead": lead}
    row = (await session.execute(_RESERVE, values)).one_or_none()
    if row is None:
        await session.execute(_FIRST)
        row = (await session.execute(_RESERVE, values)).one()
    return grant(row[0], row[1], now=0.0, slots=slots, rate=rate, trickle=trickle)


_USED = {
    "postgresql": text(
        "INSERT INTO paces (chat_id, free_at) "
        "VALUES (:chat, extract(epoch FROM clock_timestamp())::float8 + cast(:seconds AS float8)) "
        "ON CONFLICT (chat_id) DO UPDATE SET free_at = CASE "
        "WHEN paces.free_at < excluded.free_at + :longest "
        "THEN greatest(paces.free_at, excluded.free_at) ELSE excluded.free_at END"
    ),
    "sqlite": text(
        "INSERT INTO paces (chat_id, free_at) VALUES (:chat, :at + :seconds) "
        "ON CONFLICT (chat_id) DO UPDATE SET free_at = CASE "
        "WHEN paces.free_at < excluded.free_at + :longest "
        "THEN max(paces.free_at, excluded.free_at) ELSE excluded.free_at END"
    ),
}
_REFUSED = {
    "postgresql": text(
        "UPDATE paces SET held_until = extract(epoch FROM clock_timestamp())::float8 "
        "+ cast(:seconds AS float8) WHERE chat_id = :chat"
    ),
    "sqlite": text("UPDATE paces SET held_until = :at + :seconds WHERE chat_id = :chat"),
}
_ELSEWHERE = {
    "postgresql": text(
        "SELECT max(held_until) - extract(epoch FROM clock_timestamp())::float8 FROM paces "
        "WHERE chat_id NOT IN (0, :chat) AND held_until IS NOT NULL"
    ),
    "sqlite": text("SELECT max(held_until) - :at FROM paces WHERE chat_id NOT IN (0, :chat)"),
}
_ALONE = text("UPDATE paces SET held_until = NULL WHERE chat_id = :chat AND chat_id <> 0")
_HOLD = {
    "postgresql": text(
        "INSERT INTO paces (chat_id, free_at, held_until) "
        "VALUES (0, 0, extract(epoch FROM clock_timestamp())::float8 + cast(:seconds AS float8)) "
        "ON CONFLICT (chat_id) DO UPDATE SET held_until = excluded.held_until "
        "WHERE coalesce(paces.held_until, 0) < excluded.held_until"
    ),
    "sqlite": text(
        "INSERT INTO paces (chat_id, free_at, held_until) VALUES (0, 0, :at + :seconds) "
        "ON CONFLICT (chat_id) DO UPDATE SET held_until = excluded.held_until "
        "WHERE coalesce(paces.held_until, 0) < excluded.held_until"
    ),
}
_HELD = {
    "postgresql": text(
        "SELECT held_until - extract(epoch FROM clock_timestamp())::float8 FROM paces WHERE chat_id = 0"
    ),
    "sqlite": text("SELECT held_until - :at FROM paces WHERE chat_id = 0"),
}


async def used(session: AsyncSession, chats: Mapping[int, float], *, at: float) -> None:
    """Notes for how many seconds from now each chat has used up its pace.

    `at`: now in seconds since 1970, where the database has no clock of its own.
    """
    if not chats:
        return
    connection = await session.connection()
    engine = connection.dialect.name
    rows = [
        _with_time(engine, at, chat=chat, seconds=seconds, longest=LONGEST_REST)
        for chat, seconds in sorted(chats.items())
    ]
    await connection.execute(_USED[engine], rows)


async def refused(session: AsyncSession, chat_id: int, seconds: float, *, at: float) -> float:
    """One chat was told to wait: bulk to it rests, whoever sends it.

    Gives for how many seconds more another chat is told so, as far as any process knows; 0: none is.
    """
    await used(session, {chat_id: min(seconds, LONGEST_REST - 1)}, at=at)
    engine = session.get_bind().dialect.name
    seconds = min(seconds, LONGEST_HOLD)
    await session.execute(_REFUSED[engine], _with_time(engine, at, chat=chat_id, seconds=seconds))
    left = await session.scalar(_ELSEWHERE[engine], _with_time(engine, at, chat=chat_id))
    return min(max(0.0, float(left or 0)), LONGEST_HOLD)


async def alone(session: AsyncSession, chats: Sequence[int]) -> None:
    """These were refused for themselves: they speak for no other. Their own rest stays."""
    for chat in sorted(set(chats)):
        await session.execute(_ALONE, {"chat": chat})


async def hold(session: AsyncSession, seconds: float, *, at: float) -> None:
    """Telegram said 429: no bulk of any process leaves for so many seconds. It outlives a restart."""
    engine = session.get_bind().dialect.name
    await session.execute(_HOLD[engine], _with_time(engine, at, seconds=min(seconds, LONGEST_HOLD)))


async def held(session: AsyncSession, *, at: float) -> float:
    """For how many seconds more Telegram wants us to keep silent; 0: it does not."""
    engine = session.get_bind().dialect.name
    left = await session.scalar(_HELD[engine], _with_time(engine, at))
    return min(max(0.0, float(left or 0)), LONGEST_HOLD)


def _with_time(engine: str, at: float, **values: float) -> dict[str, float]:
    return values if engine == "postgresql" else {**values, "at": at}
