"""Progress on PostgreSQL: the same recount, and a value reported anew while it is confirmed."""

import asyncio
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import Aspect, Indicator, IndicatorValue, ValueState
from models.engine import Database
from services.errors import DomainError
from services.people.identity import who_is
from services.progress import values
from services.progress.coverage import load_idle
from services.progress.loading import load_standing
from services.progress.standing import revision_of
from services.progress.typed import ReadValue
from tests.office import build_office, user_of
from tests.services.desk import NOW, TODAY
from tests.services.plans import Recount, build_plans
from tests.services.test_progress import check

pytestmark = pytest.mark.postgres


async def test_a_plain_recount_gives_the_same(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        office = await build_plans(session, random.Random(11))
    async with pg_db.reading() as session:
        plain = await Recount().read(session)
        await check(session, office, plain, 2026, NOW)
        found = await load_standing(session, office.people[:1], year=2026, at=NOW)
        assert await load_idle(session, found, year=2025, on=TODAY, calendars={}) == ()


async def test_reported_anew_and_confirmed_at_the_same_moment(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=NOW)
        indicator = Indicator(
            target_id=office.ani_targets[0],
            position=1,
            aspect=Aspect.QUALITY,
            text="Kepuasan",
            goal=Decimal(90),
            goal_text="90",
            unit="%",
        )
        session.add(indicator)
        await session.flush()
        indicator_id = indicator.id

    async def report(number: int, minutes: int) -> int:
        async with pg_db.writing() as session:
            ani = await who_is(session, user_of(office.ani), now=NOW)
            assert ani is not None
            value = ReadValue(Decimal(number), None, date(2026, 10, 31))
            one = await values.report_value(
                session, ani, indicator_id, value, now=NOW + timedelta(minutes=minutes)
            )
            return one.id

    async def confirm(value_id: int, minutes: int) -> bool:
        async with pg_db.writing() as session:
            budi = await who_is(session, user_of(office.budi), now=NOW)
            assert budi is not None
            revision = revision_of(NOW + timedelta(minutes=minutes))
            try:
                await values.confirm(session, budi, value_id, revision=revision, now=NOW + timedelta(hours=1))
            except DomainError:
                return False
            return True

    for turn in range(6):
        value_id = await report(2 * turn, 10 * turn)
        confirmed, _ = await asyncio.gather(confirm(value_id, 10 * turn), report(2 * turn + 1, 10 * turn + 1))
        async with pg_db.reading() as session:
            rows = list(await session.scalars(select(IndicatorValue).order_by(IndicatorValue.id)))
            kept = [int(one.number or 0) for one in rows if one.state is ValueState.CONFIRMED]
            waiting = [int(one.number or 0) for one in rows if one.state is not ValueState.CONFIRMED]
            last = rows[-1].id
        assert (2 * turn in kept) is confirmed, "what was seen is kept, what was not seen is not confirmed"
        assert waiting == [2 * turn + 1]
        await confirm(last, 10 * turn + 1)
