"""How many statements an update costs, whoever's it is: the same in an office of ten and of a thousand
people, on a person's first day and after three hundred.

The counts are bounds that hold: raise one only for something a person gets for it.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

import bot.app
from models import Day, Entry, LinkSource, Person, State
from models.engine import Database
from tests.conversations.conftest import Chat

REPORT = "Menyusun modul ajar -> 1 modul siap dipakai"
FIRST_REPORT, REPORT_AGAIN, SEND, QUEUE, OPEN, DECISION = 23, 21, 43, 19, 12, 29
"""Sending and deciding tell somebody else: of delivery's statements one or two come and go."""


@pytest.fixture(autouse=True)
def no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock's own statements would fall upon whichever update happens to be counted."""
    monkeypatch.setattr(bot.app, "FIRST_TICK", 3600.0)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements on the database meanwhile, of everybody: transactions and looks at the outbox apart."""
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SET LOCAL")) and " outbox.id " not in statement:
            found.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def fill(chat: Chat, *, people: int, days: int) -> None:
    """So many more people in the unit, and so many days of history of Ani's."""
    async with chat.db.writing() as session:
        ani = await session.get_one(Person, chat.office.ani)
        session.add_all(
            Person(
                name=f"Orang {n}",
                unit_id=ani.unit_id,
                supervisor_id=ani.supervisor_id,
                created_at=chat.clock(),
            )
            for n in range(people)
        )
        for back in range(1, days + 1):
            day = Day(
                person_id=ani.id,
                work_date=date(2026, 11, 17) - timedelta(days=back),
                state=State.APPROVED,
                created_at=chat.clock(),
            )
            session.add(day)
            await session.flush()
            session.add(
                Entry(
                    day_id=day.id,
                    position=1,
                    state=State.APPROVED,
                    activity=f"Menyusun modul ajar {back}",
                    outcome="1 modul",
                    outside_plan=True,
                    link_source=LinkSource.CHOSEN,
                    created_at=chat.clock(),
                )
            )


async def costs(chat: Chat, act: Callable[[], Awaitable[object]]) -> int:
    await chat.sim.quiet()
    with counted(chat.db) as found:
        await act()
        await chat.sim.quiet()
    return len(found)


@pytest.mark.parametrize(("people", "days"), [(0, 0), (1000, 300)])
async def test_statements_of_an_update_stay_within_their_bounds(chat: Chat, people: int, days: int) -> None:
    """Reports, presses and decisions alike. (What an office taught is read again only now and then.)"""
    await fill(chat, people=people, days=days)
    ani, budi = chat.ani, chat.budi
    found = {
        "first report": await costs(chat, lambda: ani.says(REPORT)),
        "report again": await costs(chat, lambda: ani.says(REPORT)),
        "send": await costs(chat, lambda: ani.taps("Kirim", wait=True)),
        "queue": await costs(chat, lambda: budi.says("/periksa")),
        "open": await costs(chat, lambda: budi.taps("Ani", wait=True)),
    }
    found["decision"] = await costs(chat, lambda: budi.taps("Setujui", wait=True))
    bounds = dict(zip(found, (FIRST_REPORT, REPORT_AGAIN, SEND, QUEUE, OPEN, DECISION), strict=True))
    over = {name: count for name, count in found.items() if count > bounds[name]}
    assert not over, f"statements: {found}"
