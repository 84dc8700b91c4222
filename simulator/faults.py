"""Faults on demand: what a network and Telegram's servers do on a bad day."""

import random
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["error", "page", "drop_before", "drop_after", "cut", "delay", "flood"]


@dataclass(slots=True)
class Fault:
    """One planned fault; it is used up after `times` calls (never, when `times` is None)."""

    method: str
    """Method it applies to, `*` for every method except getUpdates."""
    kind: Kind
    times: int | None = 1
    status: int = 502
    """HTTP status of kind `error`, and of kind `page`: a web page of some gateway instead of an answer."""
    seconds: float = 1.0
    """Length of kind `delay`; `retry_after` of kind `flood`; when the connection of kind `cut` is gone."""
    chat_id: int | None = None
    """Only calls for this chat."""
    chance: float = 1.0
    """Share of the calls it meets: with `times` None a storm that some calls get through."""

    def fits(self, method: str, params: dict[str, Any]) -> bool:
        if self.method == "*":
            if method == "getUpdates":
                return False
        elif self.method.lower() != method.lower():
            return False
        return self.chat_id is None or str(params.get("chat_id")) == str(self.chat_id)


@dataclass(slots=True)
class Faults:
    """Planned faults, in the order they were planned."""

    planned: list[Fault] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    """Decides by the chances; the same seed gives the same storm for the same calls."""

    def take(self, method: str, params: dict[str, Any]) -> Fault | None:
        """The first fault planned for this call; it counts as used."""
        for fault in self.planned:
            if fault.fits(method, params) and (fault.chance >= 1 or self.dice.random() < fault.chance):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.planned.remove(fault)
                return fault
        return None
