"""A small invented office: a head, two supervisors, their staff, an admin and an observer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Aspect,
    Indicator,
    Pattern,
    PerformancePlan,
    Person,
    Role,
    RoleName,
    Target,
    Unit,
)

TARGETS = (
    "Terlaksananya pembelajaran dan penilaian sesuai rencana",
    "Tersusunnya perangkat pembelajaran",
    "Terlaksananya pembinaan karakter peserta didik",
)


@dataclass(frozen=True, slots=True)
class Office:
    """Ids of people; Telegram user and chat ids are 1000 + the person's id."""

    head: int
    budi: int
    ani: int
    citra: int
    dewi: int
    eko: int
    admin: int
    observer: int
    ani_targets: tuple[int, ...]


def user_of(person_id: int) -> int:
    return 1000 + person_id


async def build_office(session: AsyncSession, *, now: datetime, joined: bool = True) -> Office:
    """Head Hasan ← supervisor Budi ← Ani, Citra;  head ← Dewi (other unit) ← Eko;  admin, observer."""
    madrasah, other = Unit(name="MTsN 3 Sukamaju"), Unit(name="KUA Sukamaju")
    session.add_all([madrasah, other])
    await session.flush()
    numbers = iter(range(1, 100))

    async def person(
        name: str, supervisor: int | None, unit: Unit, *roles: RoleName, pattern: Pattern = Pattern.FIVE_DAYS
    ) -> int:
        number = next(numbers)
        who = Person(
            name=name,
            nip=f"19850101201001{1 + number % 2}{number:03d}",
            position="Guru" if RoleName.STAFF in roles else "Kepala",
            unit_id=unit.id,
            supervisor_id=supervisor,
            pattern=pattern,
            created_at=now,
        )
        session.add(who)
        await session.flush()
        session.add_all([Role(person_id=who.id, role=role) for role in roles])
        if joined:
            session.add(
                Account(user_id=user_of(who.id), person_id=who.id, chat_id=user_of(who.id), joined_at=now)
            )
        return who.id

    head = await person("Hasan Basri", None, madrasah, RoleName.SUPERVISOR)
    budi = await person("Budi Santoso", head, madrasah, RoleName.STAFF, RoleName.SUPERVISOR)
    ani = await person("Ani Rahmawati", budi, madrasah, RoleName.STAFF)
    citra = await person("Citra Lestari", budi, madrasah, RoleName.STAFF)
    dewi = await person("Dewi Kartika", head, other, RoleName.STAFF, RoleName.SUPERVISOR)
    eko = await person("Eko Prasetyo", dewi, other, RoleName.STAFF)
    admin = await person("Fitri Handayani", head, madrasah, RoleName.ADMIN)
    observer = await person("Gunawan", None, madrasah, RoleName.OBSERVER)
    targets = []
    for who in (ani, citra):
        plan = PerformancePlan(person_id=who, year=2026, created_at=now)
        session.add(plan)
        await session.flush()
        for position, text in enumerate(TARGETS):
            target = Target(plan_id=plan.id, position=position, text=text)
            session.add(target)
            await session.flush()
            session.add(
                Indicator(
                    target_id=target.id,
                    position=0,
                    aspect=Aspect.QUANTITY,
                    text=f"Jumlah: {text.lower()}",
                    goal=Decimal(12),
                    goal_text="12",
                    unit="dokumen",
                )
            )
            if who == ani:
                targets.append(target.id)
    await session.flush()
    return Office(head, budi, ani, citra, dewi, eko, admin, observer, tuple(targets))
