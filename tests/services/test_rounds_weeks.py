"""Weeks over the turn of the year: three zones, two clocks, stops and restarts at any moment.

What should have happened is worked out here by hand-written rules, not by the code under test.
"""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from models import Account, Digest, OutboxMessage, Pattern, Person, Role, RoleName
from models.engine import Database
from services.calendar import seed_holidays
from services.clock import local_date
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
        messages = list(await session.scalars(select(OutboxMessage)))
        digests = list(await session.scalars(select(Digest).order_by(Digest.person_id, Digest.week)))
        session.expunge_all()
    sent = [one.key for one in messages if one.kind == "prompted"]
    assert len(sent) == len(set(sent))
    assert set(sent) == expected
    assert len(expected) < workdays  # the stops did cost some: the case is not an easy one
    nobody_is_disturbed(messages)
    every_date_is_in_one_summary(digests, joined_at=start)


def nobody_is_disturbed(messages: list[OutboxMessage]) -> None:
    """Nothing in the evening or the night, no date reminded of more than three times."""
    reminders: Counter[tuple[int, str]] = Counter()
    for one in messages:
        assert one.person_id is not None
        local = one.created_at.astimezone(ZoneInfo(EVERYBODY[one.person_id].zone)).time()
        assert time(6) <= local < time(20)
        if one.kind == "reminded":
            reminders[one.person_id, one.payload["work_date"]] += 1
    assert reminders
    assert max(reminders.values()) <= 3


def every_date_is_in_one_summary(digests: list[Digest], *, joined_at: datetime) -> None:
    for number, someone in EVERYBODY.items():
        joined = local_date(joined_at, someone.zone)
        own = [one for one in digests if one.person_id == number]
        assert own
        assert own[0].first == max(joined, own[0].week - timedelta(days=6))
        assert own[0].cut_from is not None
        cut = own[0].cut_from.astimezone(ZoneInfo(someone.zone))
        assert own[0].week - timedelta(days=7) < cut.date() <= own[0].week
        for before, after in pairwise(own):
            assert (after.first, after.cut_from) == (before.last + timedelta(days=1), before.cut_to)
        for one in own:
            assert one.first <= one.last == one.week
            assert one.week.weekday() == 3
