"""Lives the quarter: the clock goes to whatever comes next, the program ticks, people answer."""

import asyncio
import heapq
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import Running, run_polling, running
from bot.commands.running import Rounds
from bot.context import Deps
from bot.settings import load_settings
from bot.texts import Texts
from handlers import FEATURES
from models import Day, Decision, Entry, Group, OutboxMessage, OutboxState, Person, Schedule, State, Verdict
from models.engine import Database
from services.clock import OfficeClock
from services.duty.periods import cancel_period, mark_off_today
from services.people.identity import who_is
from services.rounds.reminders import choices, snooze
from simulator import Limits, Simulator
from tests.quarter import oracle
from tests.quarter.office import Colleague, build

GRID = timedelta(minutes=15)
"""The clock is moved in steps of at least this."""
PICTURES = 180.0
"""Seconds a step may take: on a Friday everybody's week is drawn."""
PATIENCE = 20
"""Ticks in which what is due must be done."""
Act = Callable[[AsyncSession, datetime], Awaitable[None]]


@dataclass(slots=True)
class Quarter:
    """`answered`, `off`: when a person reported or said that they are away, by person and work date.

    `undone`: who said so by mistake; `snoozed`: who chose when to be reminded.
    """

    db: Database
    sim: Simulator
    clock: OfficeClock
    people: list[Colleague]
    dice: random.Random
    first: date
    last: date
    folder: Path
    clocks: int
    answered: dict[tuple[int, date], datetime] = field(default_factory=dict)
    off: dict[tuple[int, date], datetime] = field(default_factory=dict)
    undone: set[tuple[int, date]] = field(default_factory=set)
    snoozed: set[tuple[int, date]] = field(default_factory=set)
    restarts: int = 0
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def live(self, *, restart_every: int | None = None) -> None:
        """From the first day to the end of the last; `restart_every`: about so many steps between stops."""
        for one in self.people:
            for day in oracle.days_between(self.first, self.last):
                if one.asked and oracle.works_on(one, day):
                    self._decide(one, day)
        end = datetime.combine(self.last + timedelta(days=1), time(), UTC)
        while self.clock() < end:
            steps = self.dice.randrange(1, 2 * restart_every) if restart_every else None
            async with self._programs() as programs:
                await self._steps(programs, end=end, most=steps)
            if self.clock() < end:
                self.restarts += 1
                self.clock.move_to(self.clock() + timedelta(minutes=self.dice.randrange(40)))

    def _decide(self, one: Colleague, day: date) -> None:
        """What the person will do about that day."""
        prompt = oracle.prompt_at(one, day)
        chance = self.dice.random()
        if chance < 0.03:
            self._at(prompt - timedelta(hours=3), self._reports(one, day))
        elif chance < 0.60:
            self._at(prompt + timedelta(minutes=self.dice.randrange(1, 55)), self._reports(one, day))
        elif chance < 0.85:
            self._at(prompt + timedelta(minutes=self.dice.randrange(61, 200)), self._reports(one, day))
        elif chance < 0.88:
            self._at(prompt + timedelta(minutes=self.dice.randrange(20, 70)), self._is_away(one, day))
        elif chance < 0.90:
            self._at(
                prompt + timedelta(minutes=self.dice.randrange(16, 45)), self._is_away(one, day, undo=True)
            )
        elif chance < 0.93:
            self._at(prompt + timedelta(minutes=self.dice.randrange(16, 100)), self._snoozes(one, day))

    def _at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (moment, next(self._numbers), act))

    def _reports(self, one: Colleague, day: date) -> Act:
        async def act(session: AsyncSession, now: datetime) -> None:
            self.answered[one.id, day] = now
            state = State.SUBMITTED if one.supervisor_id else State.RECORDED
            row = Day(
                person_id=one.id,
                work_date=day,
                state=state,
                created_at=now,
                first_submitted_at=now,
                submitted_at=now,
            )
            session.add(row)
            await session.flush()
            entry = Entry(
                day_id=row.id,
                position=0,
                state=state,
                activity="Melayani warga di loket",
                outcome="12 warga menerima surat keterangan",
                quantity=12,
                unit="orang",
                created_at=now,
            )
            session.add(entry)
            await session.flush()
            if one.supervisor_id and self.dice.random() < 0.8:
                later = now + timedelta(hours=self.dice.randrange(2, 60))
                self._at(later, self._approves(one.supervisor_id, row.id, entry.id))

        return act

    def _approves(self, by: int, day_id: int, entry_id: int) -> Act:
        async def act(session: AsyncSession, now: datetime) -> None:
            for table, row_id in ((Day, day_id), (Entry, entry_id)):
                await session.execute(update(table).where(table.id == row_id).values(state=State.APPROVED))
            await session.execute(update(Entry).where(Entry.id == entry_id).values(decided_at=now))
            session.add(
                Decision(
                    day_id=day_id,
                    entry_id=entry_id,
                    verdict=Verdict.APPROVE,
                    revision=1,
                    decided_by=by,
                    decided_at=now,
                )
            )

        return act

    def _is_away(self, one: Colleague, day: date, *, undo: bool = False) -> Act:
        """«Tidak bertugas»; `undo`: pressed by mistake, and taken back."""

        async def act(session: AsyncSession, now: datetime) -> None:
            actor = await who_is(session, one.user_id, now=now)
            assert actor is not None
            period = await mark_off_today(session, actor, day, now=now)
            if undo:
                await cancel_period(session, actor, period, now=now)
                self.undone.add((one.id, day))
            else:
                self.off[one.id, day] = now

        return act

    def _snoozes(self, one: Colleague, day: date) -> Act:
        """«Nanti»: one of the choices that are open."""

        async def act(session: AsyncSession, now: datetime) -> None:
            actor = await who_is(session, one.user_id, now=now)
            assert actor is not None
            open_ = await choices(session, actor, day, now=now)
            if open_:
                await snooze(session, actor, day, self.dice.choice(open_).choice, now=now)
                self.snoozed.add((one.id, day))

        return act

    async def _steps(self, programs: list[Running], *, end: datetime, most: int | None) -> None:
        stuck = 0
        for _ in range(most) if most is not None else itertools.count():
            await asyncio.gather(*(program.tick() for program in programs))
            await self.sim.quiet(PICTURES, settle=0.003)
            due = await self._next()
            if due is None or due >= end:
                self.clock.move_to(end)
                return
            if due > self.clock():
                self.clock.move_to(max(due, self.clock() + GRID))
                stuck = 0
            stuck += 1
            assert stuck < PATIENCE, f"what is due since {due} is not done"
            await self._act()

    async def _next(self) -> datetime | None:
        """The next instant at which anything is due, or anybody acts."""
        async with self.db.reading() as session:
            found = [
                await session.scalar(select(func.min(Schedule.due_at))),
                await session.scalar(select(func.min(Group.due_at)).where(Group.unlinked_at.is_(None))),
                await session.scalar(
                    select(func.min(OutboxMessage.not_before)).where(
                        OutboxMessage.state == OutboxState.WAITING
                    )
                ),
            ]
        if self._acts:
            found.append(self._acts[0][0])
        return min((one for one in found if one is not None), default=None)

    async def _act(self) -> None:
        now = self.clock()
        while self._acts and self._acts[0][0] <= now:
            _, _, act = heapq.heappop(self._acts)
            async with self.db.writing() as session:
                await act(session, now)

    @asynccontextmanager
    async def _programs(self) -> AsyncIterator[list[Running]]:
        """The program, polling; and as many more that only tick and deliver."""
        settings = load_settings(
            {
                "TELEGRAM_BOT_TOKEN": self.sim.token,
                "TELEGRAM_API_URL": self.sim.url,
                "EVIDENCE_DIR": str(self.folder / "evidence"),
                "PICTURE_DIR": str(self.folder / "pictures"),
            }
        )
        deps = Deps(settings, self.db, self.clock, Texts())
        stop = asyncio.Event()
        async with AsyncExitStack() as stack:
            programs = [
                await stack.enter_async_context(running(deps, FEATURES, Rounds())) for _ in range(self.clocks)
            ]
            self.sim.busy = lambda: any(program.busy for program in programs)
            polling = asyncio.create_task(run_polling(programs[0], stop))
            try:
                yield programs
            finally:
                stop.set()
                await polling
                self.sim.busy = lambda: False


@asynccontextmanager
async def quarter(
    db: Database, folder: Path, *, first: date, last: date, seed: int, clocks: int = 1
) -> AsyncIterator[Quarter]:
    """The office on the evening before `first`, everybody joined."""
    dice = random.Random(seed)
    start = datetime.combine(first, time(0, 0), ZoneInfo("Asia/Jayapura")).astimezone(UTC)
    clock = OfficeClock(start)
    async with db.writing() as session:
        people = await build(session, dice, first=first, last=last, now=start)
    async with Simulator(limits=Limits.off(), clock=clock, callback_seconds=10**9) as sim:
        async with db.writing() as session:
            names = {row.id: row.name for row in await session.execute(select(Person.id, Person.name))}
            personas = {
                one.id: sim.person(names[one.id], user_id=one.user_id, language="id") for one in people
            }
            for persona in personas.values():
                persona.chat.started = True
            admin = personas[people[1].id]
            for group in await session.scalars(select(Group)):
                group.chat_id = sim.group(group.title, members=[admin], admins=[admin]).id
        yield Quarter(db, sim, clock, people, dice, first, last, folder, clocks)
        assert not sim.faults_seen, sim.faults_seen
