"""Flood control as Telegram's FAQ states it, measured with the monotonic clock (not the office clock).

30 messages a second for the whole bot, one a second in a private chat (a short burst is let through),
20 a minute in one group. Who goes over is told to come back: 429 with `retry_after` in seconds.
"""

import math
from dataclasses import dataclass, field
from time import monotonic

from simulator.errors import ApiError


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages allowed; edits count for the bot and for groups, not for private chats."""

    per_second: float = 30
    chat_per_second: float = 1
    chat_burst: int = 5
    group_per_minute: float = 20
    enforced: bool = True

    @staticmethod
    def off() -> "Limits":
        return Limits(enforced=False)


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float

    def wait(self, now: float, *, rate: float, size: float, cost: int) -> float:
        """Seconds until `cost` messages fit; 0 when they fit now."""
        self.level = min(size, self.level + (now - self.at) * rate)
        self.at = now
        return max(0.0, (min(cost, size) - self.level) / rate)


@dataclass(slots=True)
class Tally:
    """What was let through since it was begun, and how often somebody was told to come back.

    `chats`: new messages by chat; `times`: when each got its first one, by the monotonic clock.
    """

    messages: int = 0
    edits: int = 0
    refused: int = 0
    chats: dict[int, int] = field(default_factory=dict)
    times: dict[int, float] = field(default_factory=dict)

    def told(self, chats: range) -> dict[str, float]:
        """In figures; of these chats how many were reached, more than once, and how long that took."""
        times = [self.times[one] for one in chats if one in self.times]
        return {
            "messages": self.messages,
            "edits": self.edits,
            "refused": self.refused,
            "reached": len(times),
            "more_than_once": sum(self.chats.get(one, 0) > 1 for one in chats),
            "seconds": max(times) - min(times) if times else 0.0,
        }


class Meter:
    """Counts what was sent and refuses what is too much."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.tally = Tally()
        self._whole = _Bucket(limits.per_second, monotonic())
        self._chats: dict[int, _Bucket] = {}

    def set(self, limits: Limits) -> None:
        """Use other limits from now on, with everything counted so far forgotten."""
        self.limits = limits
        self._whole = _Bucket(limits.per_second, monotonic())
        self._chats.clear()

    def count(self, chat_id: int, *, group: bool, edit: bool, cost: int = 1) -> None:
        """Count a message; raises 429 when it is over a limit (it then counts nothing)."""
        limits = self.limits
        now = monotonic()
        if not limits.enforced:
            self._note(chat_id, now, edit=edit, cost=cost)
            return
        whole = self._whole
        wait = whole.wait(now, rate=limits.per_second, size=limits.per_second, cost=cost)
        bucket: _Bucket | None = None
        if group or not edit:
            size = limits.group_per_minute if group else float(limits.chat_burst)
            rate = limits.group_per_minute / 60 if group else limits.chat_per_second
            bucket = self._chats.setdefault(chat_id, _Bucket(size, now))
            wait = max(wait, bucket.wait(now, rate=rate, size=size, cost=cost))
        if wait > 0:
            self.tally.refused += 1
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
        whole.level -= cost
        if bucket is not None:
            bucket.level -= cost
        self._note(chat_id, now, edit=edit, cost=cost)

    def _note(self, chat_id: int, now: float, *, edit: bool, cost: int) -> None:
        tally = self.tally
        if edit:
            tally.edits += cost
            return
        tally.messages += cost
        tally.chats[chat_id] = tally.chats.get(chat_id, 0) + cost
        tally.times.setdefault(chat_id, now)
