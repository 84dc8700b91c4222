"""A decision compares what the supervisor sees: drafts overtake nothing, what was sent anew does."""

from datetime import datetime

import pytest
from sqlalchemy import select

from models import Day, Entry, State
from models.engine import Database
from services.approvals import deciding
from services.approvals.queue import load_queue
from services.approvals.review import load_review
from services.entries import editing
from services.entries.sending import submit_day, withdraw_day
from services.errors import Outdated
from tests.office import Office
from tests.services.reporting import LINES, acting, entry_ids, send_day


async def test_what_the_owner_has_not_sent_overtakes_no_decision(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, *LINES, now=now)
    first, second, _ = await entry_ids(db, day_id)
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        revision = (await load_review(session, budi, day_id, now=now)).day.revision
        await deciding.return_entry(
            session, budi, first, revision=revision, reason="Jelaskan hasilnya", now=now
        )
    async with db.writing() as session:
        ani, budi = await acting(session, office.ani), await acting(session, office.budi)
        shown = (await load_review(session, budi, day_id, now=now)).day.revision
        queue = (await load_queue(session, budi, now=now)).digest
        own = (await session.get_one(Day, day_id)).revision
        await editing.set_field(session, ani, first, "outcome", "12 guru memakai modul", now=now)
        assert (await load_queue(session, budi, now=now)).digest == queue
        with pytest.raises(Outdated):
            await submit_day(session, ani, day_id, revision=own, now=now)
        with pytest.raises(Outdated):
            await withdraw_day(session, ani, day_id, revision=own, now=now)
        await deciding.approve_entry(session, budi, second, revision=shown, now=now)
        with pytest.raises(Outdated) as late:
            await deciding.approve_day(session, budi, day_id, revision=shown, now=now)
        assert late.value.code == "already_yours"
        left = await session.scalars(
            select(Entry.state).where(Entry.day_id == day_id).order_by(Entry.position)
        )
        assert list(left) == [State.RETURNED, State.APPROVED, State.SUBMITTED]


async def test_what_was_withdrawn_changed_and_sent_again_does_overtake(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    (entry_id,) = await entry_ids(db, day_id)
    async with db.writing() as session:
        ani, budi = await acting(session, office.ani), await acting(session, office.budi)
        shown = (await load_review(session, budi, day_id, now=now)).day.revision
        queue = (await load_queue(session, budi, now=now)).digest
        await withdraw_day(session, ani, day_id, revision=revision, now=now)
        await editing.set_field(session, ani, entry_id, "outcome", "lain sekali", now=now)
        day = await session.get_one(Day, day_id)
        await submit_day(session, ani, day_id, revision=day.revision, now=now)
        with pytest.raises(Outdated) as late:
            await deciding.approve_day(session, budi, day_id, revision=shown, now=now)
        assert late.value.code == "outdated"
        with pytest.raises(Outdated):
            await deciding.approve_all(session, budi, queue, now=now)
