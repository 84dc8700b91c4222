"""People who report, send, decide and give feedback all day, and a ledger of what they did and were told."""

import asyncio
import itertools
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from simulator import Message, Persona, PersonaError, Simulator, Tap
from tests.faults.office import Colleague

MOST_A_DAY = 60
MOST_UNANSWERED = 3
"""Who did so much without an answer waits for the bot."""
PATIENCE = 0.4
"""Seconds somebody looks for a button before doing something else."""
ANSWERED = 4.0
"""Seconds somebody who decides waits for the screen that comes next: the program may just be starting."""
QUEUED = re.compile(r"Ani \w+ · \d+ \w+")
"""A button of the queue: whose day, and which."""
KILLED = "KILLED"
"""Stands in the timeline where a process was killed."""
TONES = ("Apresiasi", "Arahan")
PHRASES = (
    "Kerja yang rapi, pertahankan.",
    "Terima kasih, hasilnya jelas dan bermanfaat.",
    "Dahulukan pekerjaan ini minggu ini.",
    "Bagikan cara ini kepada rekan yang lain.",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """One activity that was typed: a number nobody else uses, the message, and its place in it."""

    number: int
    person_id: int
    chat_id: int
    message_id: int
    index: int
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Something done. `serial`: of the newest message then; `at`: seconds by the machine's clock."""

    serial: int
    at: float
    chat_id: int | None
    what: str


@dataclass(slots=True)
class Ledger:
    """What people did. `presses`: how often which button was pressed, by person.

    `updates`: by chat, message and whether it was edited, the number of the update that the bot confirmed.
    `timeline`: what was done when, kills too.
    """

    typed: list[Typed] = field(default_factory=list)
    presses: Counter[tuple[int, str]] = field(default_factory=Counter)
    updates: dict[tuple[int, int, bool], int] = field(default_factory=dict)
    timeline: list[Moment] = field(default_factory=list)
    acts: int = 0

    def did(self, sim: Simulator, what: str, *, chat_id: int | None = None) -> None:
        """Something was done now; without a chat it concerns all."""
        self.timeline.append(Moment(sim.core.world.serial, time.time(), chat_id, what))

    def kills(self) -> list[int]:
        """The newest message at each kill, by its serial."""
        return [one.serial for one in self.timeline if one.chat_id is None and KILLED in one.what]

    def confirmed(self, sim: Simulator) -> None:
        """Notes which updates the bot confirmed; the simulator forgets them after a while."""
        for update_id, pending in sim.core.updates.confirmed.items():
            body = orjson.loads(pending.body)
            for kind, edited in (("message", False), ("edited_message", True)):
                if kind in body:
                    self.updates[pending.chat_id, body[kind]["message_id"], edited] = update_id


class Crowd:
    """The people of an office in front of their phones."""

    def __init__(self, sim: Simulator, office: Sequence[Colleague], dice: random.Random) -> None:
        self.sim = sim
        self.office = office
        self.ledger = Ledger()
        self.haste = 1.0
        self._dice = dice
        self._numbers = itertools.count(1001)
        self._today: Counter[int] = Counter()
        self.personas = {one.id: sim.person(one.name, user_id=one.user_id) for one in office}
        for persona in self.personas.values():
            persona.chat.started = True

    def new_day(self) -> None:
        """Everybody may type as much again."""
        self._today.clear()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for one in self.office:
                group.create_task(self._lives(one, random.Random(self._dice.random())))

    async def _lives(self, one: Colleague, dice: random.Random) -> None:
        while True:
            pause = dice.uniform(0.1, 0.6) if one.decides else dice.uniform(0.2, 2.0)
            await asyncio.sleep(pause * self.haste)
            if self._waits_for(one) > MOST_UNANSWERED:
                continue
            try:
                if one.decides and (one.supervisor_id is None or dice.random() < 0.85):
                    await self._decides(one, dice)
                else:  # a supervisor's may become a note or a reason, when one is asked for
                    await self._reports(one, dice)
            except PersonaError:
                continue  # the button is not there (yet): something else is done

    def _waits_for(self, one: Colleague) -> int:
        """How much this person did of which the bot knows nothing yet."""
        return sum(each.chat_id == one.user_id for each in self.sim.core.updates.pending.values())

    async def _reports(self, one: Colleague, dice: random.Random) -> None:
        if self._today[one.id] < MOST_A_DAY:
            for _ in range(dice.choice((1, 1, 1, 2))):
                await self.types(one, lines=dice.choice((1, 1, 2)), edit=dice.random() < 0.1)
            if dice.random() < 0.25:
                await asyncio.sleep(dice.uniform(0.0, 0.4))  # too hasty, when the card is on its way
            else:
                await self._waits(one)
        if dice.random() < 0.7:
            await self._press(one, "Kirim", twice=dice.random() < 0.2)
        elif dice.random() < 0.2:
            await self._press(one, "Tarik kembali")
        elif dice.random() < 0.3:
            await self._press(one, "Sudah dibaca")

    async def types(self, one: Colleague, *, lines: int = 1, edit: bool = False) -> Message:
        """Types new activities; each is written down."""
        numbers = [next(self._numbers) for _ in range(lines)]
        text = "\n".join(wording(number) for number in numbers)
        persona = self.personas[one.id]
        message = await persona.says(text)
        self._today[one.id] += lines
        self.ledger.acts += 1
        self.ledger.did(self.sim, f"types #{message.id}", chat_id=one.user_id)
        edited = edit and lines == 1
        if edited:
            await persona.edits(message, wording(numbers[0], edited=True))
            self.ledger.acts += 1
            self.ledger.did(self.sim, f"edits #{message.id}", chat_id=one.user_id)
        self.ledger.typed += [
            Typed(number, one.id, persona.chat.id, message.id, index, edited)
            for index, number in enumerate(numbers)
        ]
        return message

    async def _decides(self, one: Colleague, dice: random.Random) -> None:
        """Opens a day of the queue, or asks for the queue; decides, returns or says something about it."""
        persona = self.personas[one.id]
        days = [label for message in persona.messages for label in message.labels if QUEUED.fullmatch(label)]
        if not days or dice.random() < 0.1:
            await persona.says("/periksa")
            self.ledger.acts += 1
            self.ledger.did(self.sim, "/periksa", chat_id=one.user_id)
            await self._waits(one)
            return
        if "Setujui" not in persona.buttons() or dice.random() < 0.2:
            await self._press(one, dice.choice(days))
            await self._waits(one)
        chance = dice.random()
        if chance < 0.5:
            for _ in range(dice.choice((1, 1, 2, 3))):  # the next one comes in its place
                await self._press(one, "Setujui", twice=dice.random() < 0.2, patience=ANSWERED)
                await self._waits(one)
        elif chance < 0.8:
            await self._press(one, "Kembalikan", patience=ANSWERED)
            await self._waits(one)
            if dice.random() < 0.25:
                await self.types(one)  # a reason, before or after it is known for which entry
            if dice.random() < 0.5:
                await self._press(one, "1")
            await self._press(one, "Hasil belum jelas", twice=dice.random() < 0.2, patience=ANSWERED)
        else:
            await self._press(one, "Umpan balik", patience=ANSWERED)
            await self._waits(one)
            if dice.random() < 0.25:
                await self.types(one)  # a note before its tone
            await self._press(one, dice.choice(TONES), patience=ANSWERED)
            await self._press(one, dice.choice(PHRASES), twice=dice.random() < 0.2, patience=ANSWERED)

    async def _waits(self, one: Colleague) -> None:
        """Until everything this person did is taken, as somebody does who looks before pressing on."""
        await self.sim.core.pulse.until(lambda: None if self._waits_for(one) else True, seconds=ANSWERED)
        await asyncio.sleep(0.1)

    async def _press(
        self, one: Colleague, label: str, *, twice: bool = False, patience: float = PATIENCE
    ) -> None:
        persona: Persona = self.personas[one.id]
        tap = await persona.taps(label, timeout=patience)
        self._pressed(one, tap)
        if twice:
            self._pressed(one, persona.presses(tap.message, tap.button))

    def _pressed(self, one: Colleague, tap: Tap) -> None:
        self.ledger.presses[one.id, tap.button.text] += 1
        self.ledger.acts += 1
        query = tap.query.id if tap.query else ""
        what = f"presses [{tap.button.text}] under #{tap.message.id} ({tap.button.data}) {query}"
        self.ledger.did(self.sim, what, chat_id=one.user_id)


def wording(number: int, *, edited: bool = False) -> str:
    """An activity with its outcome, which no other activity resembles in every word."""
    more = " dan lampirannya" if edited else ""
    return f"Menyusun berkas perkara K{number}{more} -> berkas K{number} dipakai pimpinan"
