"""Seeds the table of days off from the `holidays` package; twice is as once.

An admin's rows and decisions are theirs:

1. Seeding adds, fixes and removes only rows that came from the package (`seed_key`), never an admin's own.
2. A published day that an admin cancelled or moved stays so, also when a newer package has it on another date
   nearby: the decision follows the day.
3. A day that an admin entered by the same name and kind is not entered a second time.
4. An estimate becomes fixed, never the other way: an admin may know the decree before the package does.
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import holidays
from sqlalchemy import delete, extract, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Holiday, HolidayKind
from models.engine import insert_into
from services import audit

CATEGORIES = {"public": HolidayKind.NATIONAL, "government": HolidayKind.JOINT_LEAVE}
"""Categories of the package; for Indonesia `government` is cuti bersama."""

MODULE = "indonesia"
"""Where the package keeps this country."""

ESTIMATED = re.compile(r"\s*\(perkiraan\)\s*$")
"""How the package, in Indonesian, marks the name of a day that no decree has fixed yet."""

NEARBY = timedelta(days=40)
"""How far a newer package may move a day and still mean the same one."""


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A day off as the package has it. `name` carries no mark."""

    day: date
    name: str
    kind: HolidayKind
    estimated: bool

    @property
    def key(self) -> str:
        return f"{self.day.isoformat()}:{self.kind.value}:{self.name}"


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seeding changed."""

    added: int
    corrected: int
    removed: int

    @property
    def changed(self) -> bool:
        return bool(self.added or self.corrected or self.removed)


def indonesia() -> Any:
    """What makes the package's table of this country.

    Asked for by its code, the package loads two hundred and fifty countries for it, which stay: 17 MB, and
    nobody is answered meanwhile. So `holidays.countries` stands empty while the module of one is loaded.
    """
    by_code = partial(holidays.country_holidays, "ID")
    name = "holidays.countries"
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None:
        return by_code
    sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module(f"{name}.{MODULE}").Indonesia
    except (ImportError, AttributeError):  # a later version keeps it elsewhere
        return by_code
    finally:
        del sys.modules[name]


def published_days(years: Iterable[int]) -> list[PublishedDay]:
    """National holidays and cuti bersama of the years, in order."""
    found = set()
    country = indonesia()
    for category, kind in CATEGORIES.items():
        table = country(years=sorted(set(years)), categories=(category,), language="id")
        for day in table:
            for label in table.get_list(day):
                name = ESTIMATED.sub("", label)
                found.add(PublishedDay(day, name, kind, estimated=name != label))
    return sorted(found, key=lambda published: (published.day, published.key))


async def seed_holidays(session: AsyncSession, years: Iterable[int], *, now: datetime) -> Seeded:
    """Brings the published days of `years` into the table. `now` is for the record."""
    wanted = sorted(set(years))
    return await take_published(session, published_days(wanted), years=wanted, now=now)


async def take_published(
    session: AsyncSession, published: Iterable[PublishedDay], *, years: Sequence[int], now: datetime
) -> Seeded:
    """Brings a published list, whole for `years`, into the table by the rules above."""
    wanted = {one.key: one for one in published}
    rows = (
        await session.scalars(
            select(Holiday).where(extract("year", Holiday.day).in_(years), Holiday.unit_id.is_(None))
        )
    ).all()
    present = {row.seed_key: row for row in rows if row.seed_key is not None}
    own = {(row.day, row.kind, row.name.casefold()) for row in rows if row.seed_key is None}
    missing = {
        key: one
        for key, one in wanted.items()
        if key not in present and (one.day, one.kind, one.name.casefold()) not in own
    }
    gone = [row for key, row in present.items() if key not in wanted]
    followed = _followed([row for row in gone if row.cancelled], missing)
    for row, one in followed:
        row.day, row.seed_key, row.estimated = one.day, one.key, one.estimated
    kept = [row for row in gone if row.cancelled and row.seed_key not in wanted]
    for row in kept:
        row.seed_key = None  # nobody's but the admin's now: restored, it stays
    dropped = [row.id for row in gone if not row.cancelled]
    if dropped:
        await session.execute(delete(Holiday).where(Holiday.id.in_(dropped)))
    fixed = [
        row.id
        for key, row in present.items()
        if row.estimated and key in wanted and not wanted[key].estimated
    ]
    if fixed:
        await session.execute(update(Holiday).where(Holiday.id.in_(fixed)).values(estimated=False))
    await _insert(session, missing)
    outcome = Seeded(
        added=len(missing), corrected=len(fixed) + len(followed) + len(kept), removed=len(dropped)
    )
    if outcome.changed:
        audit.record(
            session,
            "holidays_seeded",
            actor_id=None,
            subject="holidays",
            subject_id=None,
            now=now,
            detail=f"{years[0]}-{years[-1]}",
        )
    return outcome


def _followed(
    cancelled: Sequence[Holiday], missing: dict[str, PublishedDay]
) -> list[tuple[Holiday, PublishedDay]]:
    """Which cancelled rows are a published day that moved; takes those days out of `missing`."""
    found = []
    for row in sorted(cancelled, key=lambda one: (one.day, one.id)):
        near = [
            one
            for one in missing.values()
            if (one.kind, one.name) == (row.kind, published_name(row)) and abs(one.day - row.day) <= NEARBY
        ]
        if near:
            nearest = min(near, key=lambda one: (abs(one.day - row.day), one.day))
            found.append((row, missing.pop(nearest.key)))
    return found


def published_name(row: Holiday) -> str:
    """The name a row has in the published list, though an admin renamed it."""
    return row.name if row.seed_key is None else row.seed_key.split(":", 2)[-1]


async def _insert(session: AsyncSession, missing: Mapping[str, PublishedDay]) -> None:
    if not missing:
        return
    await session.execute(
        insert_into(session, Holiday).on_conflict_do_nothing(index_elements=["seed_key"]),
        [
            {
                "day": one.day,
                "name": one.name,
                "kind": one.kind,
                "estimated": one.estimated,
                "cancelled": False,
                "seed_key": key,
            }
            for key, one in missing.items()
        ],
    )
