"""Forty invented people in three zones, and what is particular about their days."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, DayKind, DutyPeriod, Group, Pattern, Person, Role, RoleName, ShiftDay, Unit
from tests.office import user_of

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
PLACES = ((WIB, 2), (WITA, 1), (WIT, 1))
"""Zones with how many units of nine people each; the head, an admin and two shift nurses make forty."""
PATTERNS = (
    Pattern.FIVE_DAYS,
    Pattern.FIVE_DAYS,
    Pattern.SIX_DAYS,
    Pattern.FIVE_DAYS,
    Pattern.SHIFT,
    Pattern.FIVE_DAYS,
    Pattern.SIX_DAYS,
    Pattern.FIVE_DAYS,
)
AWAY = (DayKind.LEAVE, DayKind.SICK, DayKind.PERMIT)
AT_WORK = (DayKind.REMOTE, DayKind.TRAINING, DayKind.FIELD)
OWN_TIMES = (None, None, None, None, time(15, 0), time(16, 45), time(17, 30), time(18, 30), time(19, 30))


@dataclass(slots=True)
class Colleague:
    """One of the forty. `spans`: (first, last, kind, zone there); `cap`: reminders they let through."""

    id: int
    zone: str
    pattern: Pattern
    own_time: time | None
    supervisor_id: int | None
    asked: bool
    cap: int = 3
    spans: list[tuple[date, date, DayKind, str | None]] = field(default_factory=list)
    shifts: set[date] = field(default_factory=set)

    @property
    def user_id(self) -> int:
        return user_of(self.id)


async def build(
    session: AsyncSession, dice: random.Random, *, first: date, last: date, now: datetime
) -> list[Colleague]:
    """Makes the office; everybody joined at `now`."""
    head = await _join(session, "Kepala Kantor", WIB, Pattern.FIVE_DAYS, None, None, now, RoleName.SUPERVISOR)
    admin = await _join(session, "Pengelola", WIB, Pattern.FIVE_DAYS, head.id, None, now, RoleName.ADMIN)
    admin.asked = False
    found = [head, admin]
    for zone, units in PLACES:
        for number in range(units):
            unit = Unit(name=f"Unit {zone} {number}")
            session.add(unit)
            await session.flush()
            ranks = (RoleName.STAFF, RoleName.SUPERVISOR)
            boss = await _join(
                session, f"Atasan {zone} {number}", zone, Pattern.FIVE_DAYS, head.id, unit.id, now, *ranks
            )
            found.append(boss)
            for place, pattern in enumerate(PATTERNS):
                name = f"Pegawai {zone} {number}-{place}"
                one = await _join(
                    session, name, zone, pattern, boss.id, unit.id, now, RoleName.STAFF, dice=dice
                )
                found.append(one)
            session.add(
                Group(
                    chat_id=-1_000_000 - unit.id,
                    title=unit.name,
                    unit_id=unit.id,
                    zone=zone,
                    linked_by=admin.id,
                    linked_at=now,
                )
            )
    for number in range(2):
        name, roles = f"Perawat {number}", (RoleName.STAFF,)
        found.append(await _join(session, name, WIT, Pattern.SHIFT, head.id, None, now, *roles, dice=dice))
    for one in found:
        _live(session, one, dice, first=first, last=last, now=now)
    await session.flush()
    return found


async def _join(
    session: AsyncSession,
    name: str,
    zone: str,
    pattern: Pattern,
    supervisor_id: int | None,
    unit_id: int | None,
    now: datetime,
    *roles: RoleName,
    dice: random.Random | None = None,
) -> Colleague:
    person = Person(
        name=name,
        zone=zone,
        pattern=pattern,
        supervisor_id=supervisor_id,
        unit_id=unit_id,
        prompt_time=dice.choice(OWN_TIMES) if dice else None,
        reminder_cap=dice.choice((3, 3, 3, 2, 1, 0)) if dice else 3,
        created_at=now,
    )
    session.add(person)
    await session.flush()
    session.add_all(Role(person_id=person.id, role=role) for role in roles)
    user = user_of(person.id)
    session.add(Account(user_id=user, person_id=person.id, chat_id=user, joined_at=now))
    return Colleague(
        person.id, zone, pattern, person.prompt_time, supervisor_id, True, cap=person.reminder_cap
    )


def _live(
    session: AsyncSession, one: Colleague, dice: random.Random, *, first: date, last: date, now: datetime
) -> None:
    """Leaves, dinas luar and shifts of one person, known before the quarter begins."""
    day = first + timedelta(days=dice.randrange(20))
    while day < last:
        end = day + timedelta(days=dice.choice((0, 0, 1, 2, 4, 11)))
        kind = dice.choice(AWAY + AT_WORK)
        zone = dice.choice((WIB, WITA, WIT)) if kind is DayKind.FIELD else None
        one.spans.append((day, end, kind, zone))
        session.add(
            DutyPeriod(
                person_id=one.id,
                kind=kind,
                first=day,
                last=end,
                zone=zone,
                created_at=now,
                created_by=one.id,
            )
        )
        day = end + timedelta(days=dice.randrange(5, 60))
    if one.pattern is Pattern.SHIFT:
        span = (last - first).days + 14
        one.shifts = {first + timedelta(days=offset) for offset in range(span) if dice.random() < 0.6}
        session.add_all(
            ShiftDay(person_id=one.id, day=marked, marked_by=one.id, marked_at=now) for marked in one.shifts
        )
