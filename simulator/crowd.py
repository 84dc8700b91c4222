"""Many people at once: a load on the bot, made and timed inside the simulator's own process.

Two ways. *Closed loop* (`in_flight`): so many people wait for an answer at any moment; as soon as one has it,
the next acts. *Open loop* (`rate`): somebody acts at every tick whatever the bot does, as people do.

One step is one act (a text, or a press) of one person and ends when its answer is on their screen. Nobody
acts again before they have looked at it for `pause` seconds. Times are seconds of the monotonic clock.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from simulator.persona import Persona
from simulator.press import PersonaError
from simulator.state import Button, Message

if TYPE_CHECKING:
    from simulator.server import Simulator

GIVEN_UP = 30.0
"""Seconds after which a step counts as lost."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the crowd does. `text`: typed; else the button `press` is pressed on the newest message with it.

    `seen`: what the answer's text contains, any new or changed message of the bot where it is empty.
    """

    text: str = ""
    press: str = ""
    seen: str = ""
    seconds: float = 10.0
    in_flight: int = 0
    rate: float = 0.0
    pause: float = 0.0
    once: bool = False
    """Each person acts once at most."""
    part: bool = False
    """`press` is a part of the button's label, not all of it."""


@dataclass(slots=True)
class Figures:
    """What was measured. `answered`: until the first sign (an answered press); `shown`: until the screen."""

    started: int = 0
    lost: int = 0
    left_out: int = 0
    """Ticks of an open loop at which nobody was free to act."""
    seconds: float = 0.0
    """From the first act to the last answer."""
    answered: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)


class Crowd:
    """Runs one load over some people."""

    def __init__(self, sim: Simulator, people: Sequence[Persona], load: Load) -> None:
        self._core = sim.core
        self._load = load
        self._free: deque[tuple[float, Persona]] = deque((0.0, one) for one in people)
        self._ended: asyncio.Queue[None] = asyncio.Queue()
        self._running = 0
        self.figures = Figures()

    async def run(self) -> Figures:
        """Acts for `seconds`, then waits for the answers that are still out."""
        began = perf_counter()
        await (self._open(began) if self._load.rate else self._closed(began))
        last = perf_counter()
        give_up = last + GIVEN_UP
        while self._running and perf_counter() < give_up:
            last = perf_counter() if await self._one_ended(0.5) else last
        self.figures.lost += self._running
        self.figures.seconds = (last if self._running else perf_counter()) - began
        self._core.ears.clear()
        return self.figures

    async def _closed(self, began: float) -> None:
        end = began + self._load.seconds
        while perf_counter() < end:
            while self._running < self._load.in_flight and self._act():
                pass
            if not self._running and not self._free:
                return
            await self._one_ended(min(0.05, max(0.0, end - perf_counter())))

    async def _open(self, began: float) -> None:
        for number in range(int(self._load.rate * self._load.seconds)):
            wait = began + number / self._load.rate - perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            if not self._act():
                self.figures.left_out += 1

    async def _one_ended(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._ended.get()
        except TimeoutError:
            return False
        return True

    def _act(self) -> bool:
        """Lets the next free person act; False when nobody is free."""
        while self._free and self._free[0][0] <= perf_counter():
            _, person = self._free.popleft()
            if self._step(person):
                return True
        return False

    def _step(self, person: Persona) -> bool:
        load = self._load
        step = _Step(self, person, load)
        self._core.ears[person.chat.id] = step.hears
        try:
            if load.text:
                person.writes(load.text)
            else:
                found = _button(person, load)
                if found is None:  # nothing left to press for this person
                    del self._core.ears[person.chat.id]
                    return False
                person.presses(*found)
        except PersonaError:
            del self._core.ears[person.chat.id]
            return False
        self.figures.started += 1
        self._running += 1
        return True

    def ended(self, step: _Step, now: float) -> None:
        """The answer of a step is on the screen."""
        self.figures.shown.append(now - step.began)
        self.figures.answered.append((step.answered or now) - step.began)
        self._core.ears.pop(step.person.chat.id, None)
        if not self._load.once:
            self._free.append((now + self._load.pause, step.person))
        self._running -= 1
        self._ended.put_nowait(None)


class _Step:
    """One act and what was seen of its answer."""

    __slots__ = ("answered", "began", "crowd", "load", "person")

    def __init__(self, crowd: Crowd, person: Persona, load: Load) -> None:
        self.crowd, self.person, self.load = crowd, person, load
        self.began = perf_counter()
        self.answered: float | None = None

    def hears(self, kind: str, message: Message | None) -> None:
        """Something changed in this person's chat."""
        if kind == "toast":
            self.answered = self.answered or perf_counter()
            return
        new = message is not None and kind in ("message", "edited") and message.from_bot
        if new and message is not None and self.load.seen in message.text:
            self.crowd.ended(self, perf_counter())


def _button(person: Persona, load: Load) -> tuple[Message, Button] | None:
    for message in person.chat.visible():
        if message.from_bot:
            for button in message.buttons:
                if button.text == load.press or (load.part and load.press in button.text):
                    return message, button
    return None


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
