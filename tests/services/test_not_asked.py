"""Observers and those who only administer are never asked and never counted: their text makes no day."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from models import Day
from models.engine import Database
from services.entries.drafting import take_report
from services.errors import Invalid
from services.people.identity import who_is
from tests.office import Office, user_of


@pytest.mark.parametrize("name", ["admin", "observer"])
async def test_who_is_not_asked_makes_no_day(db: Database, office: Office, now: datetime, name: str) -> None:
    async with db.writing() as session:
        actor = await who_is(session, user_of(getattr(office, name)), now=now)
        assert actor is not None
        with pytest.raises(Invalid) as refused:
            await take_report(session, actor, "Rapat koordinasi", message_id=1, now=now)
    assert refused.value.code == "not_asked"
    async with db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Day)) == 0
