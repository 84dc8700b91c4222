"""The queue of updates: numbered, kept until confirmed (24 hours at most), as Telegram keeps them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from simulator.pulse import Pulse

KEPT_SECONDS = 24 * 3600
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
REMEMBERED = 2000
"""How many confirmed updates can be delivered once more on demand."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One update that was not confirmed yet."""

    id: int
    chat_id: int
    """The lane: updates of one chat reach a webhook one after another."""
    created: int
    body: bytes


@dataclass(slots=True)
class Unruly:
    """How badly updates are handed out: what a network and a restarted server of Telegram do.

    `repeat`: share of the updates that come once more although they were taken: by webhook twice at once, by
    polling again after they were confirmed. `shuffle`: a webhook gets those of one chat side by side, in any
    order; polling always gets them in order, as from Telegram.
    """

    repeat: float = 0.0
    shuffle: bool = False
    dice: random.Random = field(default_factory=lambda: random.Random(0))

    def repeats(self) -> bool:
        """Whether this one comes again."""
        return self.repeat > 0 and self.dice.random() < self.repeat


class Updates:
    """Updates waiting for the bot, oldest first."""

    def __init__(self, pulse: Pulse, now: Callable[[], int]) -> None:
        self._pulse = pulse
        self._now = now
        self._next = random.randint(100_000_000, 900_000_000)
        self.pending: dict[int, Pending] = {}
        self.confirmed: dict[int, Pending] = {}
        self.allowed: list[str] | None = None
        self.unruly = Unruly()
        self._repeated: set[int] = set()
        self._again: set[int] = set()

    def add(self, kind: str, payload: dict[str, Any], *, chat_id: int) -> int | None:
        """Queue an update of this kind; None when the bot did not ask for such updates."""
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return None
        update_id = self._next
        self._next += 1
        body = orjson.dumps({"update_id": update_id, kind: payload})
        self.pending[update_id] = Pending(update_id, chat_id, self._now(), body)
        self._pulse.beat()
        return update_id

    def confirm_below(self, offset: int) -> None:
        """Forget updates with a smaller id; a negative offset keeps only that many of the newest.

        An offset beyond the newest id (the numbering restarted) confirms nothing, as in Telegram.
        """
        if offset < 0:
            gone = list(self.pending)[:offset]
        elif offset > max([self._next, *(i + 1 for i in self.pending)]):
            gone = []
        else:
            gone = [i for i in self.pending if i < offset and i not in self._again]
        for update_id in gone:
            if update_id not in self._repeated and self.unruly.repeats():
                self._repeated.add(update_id)
                self._again.add(update_id)
            else:
                self._repeated.discard(update_id)
                self.confirm(update_id)
        if gone:
            self._pulse.beat()

    def confirm(self, update_id: int) -> None:
        """Forget one update (a webhook took it)."""
        taken = self.pending.pop(update_id, None)
        self._again.discard(update_id)
        if taken is not None:
            self.confirmed[update_id] = taken
            if len(self.confirmed) > REMEMBERED:
                del self.confirmed[next(iter(self.confirmed))]

    def ready(self, offset: int, limit: int) -> list[Pending]:
        """Updates to hand out, at most `limit`, from `offset` on."""
        self._expire()
        if offset > self._next:
            offset = 0
        chosen: list[Pending] = []
        for item in self.pending.values():
            if item.id >= offset or item.id in self._again:
                chosen.append(item)
                self._again.discard(item.id)
                if len(chosen) == limit:
                    break
        return chosen

    def drop_all(self) -> None:
        self.pending.clear()
        self._pulse.beat()

    def redeliver(self, update_id: int) -> None:
        """Put an update that was already confirmed back in front of the queue.

        Raises KeyError when it never existed or is too long ago.
        """
        again = self.pending.get(update_id) or self.confirmed[update_id]
        self.pending.pop(update_id, None)
        self.pending = {update_id: again, **self.pending}
        self._again.add(update_id)
        self._pulse.beat()

    def jump(self, to: int | None = None) -> None:
        """Continue with another number (random unless told), as Telegram does after a quiet week."""
        self._next = random.randint(100_000_000, 900_000_000) if to is None else to

    def _expire(self) -> None:
        limit = self._now() - KEPT_SECONDS
        if self.pending and next(iter(self.pending.values())).created < limit:
            for old in [i for i, p in self.pending.items() if p.created < limit]:
                del self.pending[old]
