"""Weeks over the turn of the year: three zones, two clocks, stops and restarts at any moment.

What should have happened is worked out here by hand-written rules, not by the code under test.
"""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from models import Account, OutboxMessage, Pattern, Person, Role, RoleName
from models.engine import Database
from services.calendar import seed_holidays
from services.rounds import plan_everybody, tick

FIRST, LAST = date(2026, 12, 17), date(2027, 1, 8)
FREE = {date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 5)}
"""Cuti bersama, Christmas, New Year, Isra Mikraj."""
STEP = timedelta(minutes=30)


class Someone(NamedTuple):
    zone: str
    pattern: Pattern = Pattern.FIVE_DAYS
    own: time | None = None


EVERYBODY = {
    1: Someone("Asia/Jakarta"),
    2: Someone("Asia/Makassar", Pattern.SIX_DAYS),
    3: Someone("Asia/Jayapura"),
    4: Someone("Asia/Jayapura", own=time(7, 0)),
    5: Someone("Asia/Jakarta", Pattern.SIX_DAYS, own=time(19, 30)),
}


def window(someone: Someone, day: date) -> tuple[datetime, datetime] | None:
    """From when until when the prompt of that day may be sent."""
    if day in FREE or day.weekday() == 6 or (day.weekday() == 5 and someone.pattern is Pattern.FIVE_DAYS):
        return None
    friday = day.weekday() == 4
    if someone.pattern is Pattern.FIVE_DAYS:
        usual = time(16, 0) if friday else time(15, 30)
    else:
        usual = time(14, 45) if friday else time(14, 15)
    opens = datetime.combine(day, someone.own or usual, tzinfo=ZoneInfo(someone.zone)).astimezone(UTC)
    evening = datetime.combine(day, time(20), tzinfo=ZoneInfo(someone.zone)).astimezone(UTC)
    return opens, max(min(opens + timedelta(hours=3), evening), opens + timedelta(minutes=30))


@pytest.mark.parametrize("seed", [1, 2])
async def test_each_workday_is_asked_exactly_once_if_somebody_ticked_in_its_window(
    db: Database, seed: int
) -> None:
    chance = random.Random(seed)
    start = datetime.combine(FIRST, time(), tzinfo=UTC) - timedelta(hours=9)
    async with db.writing() as session:
        await seed_holidays(session, (2026, 2027), now=start)
        for number, someone in EVERYBODY.items():
            session.add(
                Person(
                    id=number,
                    name=f"Pegawai {number}",
                    zone=someone.zone,
                    pattern=someone.pattern,
                    prompt_time=someone.own,
                    created_at=start,
                )
            )
        await session.flush()
        for number in EVERYBODY:
            session.add(Role(person_id=number, role=RoleName.STAFF))
            session.add(Account(user_id=number, person_id=number, chat_id=number, joined_at=start))
        await session.flush()
        await plan_everybody(session, now=start)

    running = [True, True]
    ticks: list[datetime] = []
    now = start
    while now < datetime.combine(LAST, time(23), tzinfo=UTC):
        for clock in (0, 1):
            if chance.random() < (0.04 if running[clock] else 0.06):
                running[clock] = not running[clock]
                if running[clock]:
                    async with db.writing() as session:
                        await plan_everybody(session, now=now)
            if running[clock]:
                async with db.writing() as session:
                    await tick(session, now=now)
                ticks.append(now)
            now += timedelta(seconds=chance.randint(0, 3))
        now += STEP if now.hour < 14 or now.hour >= 21 else timedelta(hours=2)

    expected = set()
    workdays = 0
    for number, someone in EVERYBODY.items():
        for offset in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=offset)
            found = window(someone, day)
            if found is not None:
                workdays += 1
                if any(found[0] <= instant < found[1] for instant in ticks):
                    expected.add(f"prompt:{number}:{day.isoformat()}")
    async with db.reading() as session:
        sent = list(await session.scalars(select(OutboxMessage.key)))
    assert len(sent) == len(set(sent))
    assert set(sent) == expected
    assert len(expected) < workdays  # the stops did cost some: the case is not an easy one
