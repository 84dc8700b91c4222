"""The summaries on PostgreSQL: the same numbers, and two who send one to a group at the same moment."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from models import Account, DigestKind, OutboxMessage, Tone, Verdict
from models.engine import Database
from services.digests.access import send_again
from services.digests.periods import subject_of_unit
from services.digests.person import person_week
from services.digests.team import team_week
from services.digests.unit import unit_week
from services.errors import Invalid
from services.people.identity import who_is
from tests.office import build_office, user_of
from tests.services.ledger import jakarta, ledger

pytestmark = pytest.mark.postgres
WEEK = date(2026, 11, 12)
NOW = jakarta(date(2026, 11, 18), 9)


async def test_a_week_is_counted_and_sent_again_once(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=jakarta(date(2026, 11, 1), 8))
        await session.execute(update(Account).values(joined_at=jakarta(date(2026, 11, 1), 8)))
        book = ledger(session)
        day = await book.day(office.ani, date(2026, 11, 9))
        target = office.ani_targets[0]
        entry = await book.entry(
            day, "Menyusun", "1 modul siap dipakai", quantity=1, unit="dok", target_id=target
        )
        for verdict, number in ((Verdict.APPROVE, 10), (Verdict.REOPEN, 11), (Verdict.APPROVE, 12)):
            await book.decide(entry, verdict, office.budi, jakarta(date(2026, 11, number), 9))
        book.note(office.budi, office.ani, Tone.DIRECTION, jakarta(date(2026, 11, 10), 9))
        group = await book.group(1, office.admin, jakarta(date(2026, 11, 1), 9))
        cut = jakarta(date(2026, 11, 6), 16, 30)
        await book.digest(DigestKind.UNIT, group, WEEK - timedelta(days=7), cut_from=None, cut_to=cut)
        await book.digest(DigestKind.UNIT, group, WEEK, cut_from=cut)
    async with pg_db.reading() as session:
        own = await person_week(session, office.ani, WEEK, now=NOW)
        assert (own.reported, own.asked, own.approved, own.progress[0].done) == (1, 5, 1, 1)
        team = await team_week(session, office.budi, WEEK, now=NOW)
        assert (team.approved, team.review.decided) == (1, 1)
        unit = await unit_week(session, await subject_of_unit(session, 1), WEEK, now=NOW)
        assert (unit.approved, len(unit.best)) == (1, 1)

    async def again(person: int) -> bool:
        async with pg_db.writing() as session:
            actor = await who_is(session, user_of(person), now=NOW)
            assert actor is not None
            try:
                await send_again(session, actor, group, WEEK, now=NOW)
            except Invalid:
                return False
            return True

    assert sorted(await asyncio.gather(again(office.budi), again(office.admin))) == [False, True]
    async with pg_db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
