"""The owner and the supervisor at the same moment on PostgreSQL: nothing is written over."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import Entry, Evidence, OutboxMessage, OutboxState, State
from models.engine import Database
from services import evidence, outbox
from services.approvals import deciding
from services.entries import editing, following
from services.entries.drafting import take_report
from services.errors import Invalid
from tests.office import Office, build_office
from tests.services.reporting import acting, entry_ids, send_day

pytestmark = pytest.mark.postgres
TEXT = "Rapat komite -> jadwal disepakati"


@pytest.fixture
async def pg_office(pg_db: Database, now: datetime) -> Office:
    async with pg_db.writing() as session:
        return await build_office(session, now=now)


async def races(db: Database, office: Office, now: datetime, act: Any) -> tuple[Entry, BaseException | None]:
    """`act` begins while an approval of the same day is not yet committed; gives the entry as it then is."""
    day_id, revision = await send_day(db, office.ani, TEXT, now=now)
    [entry_id] = await entry_ids(db, day_id)

    async def owner() -> None:
        async with db.writing() as session:
            actor = await acting(session, office.ani)
            await session.get(Entry, entry_id)  # as an earlier look in the same turn would have read it
            await act(session, actor, entry_id)

    async with db.writing() as session:
        budi = await acting(session, office.budi)
        await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        await session.flush()
        waiting = asyncio.create_task(owner())
        await asyncio.sleep(0.3)
        assert not waiting.done(), "it did not wait for the decision"
    [failed] = await asyncio.gather(waiting, return_exceptions=True)
    async with db.reading() as session:
        entry = await session.get_one(Entry, entry_id)
        session.expunge(entry)
        return entry, failed


async def test_an_edited_message_does_not_write_over_an_approval(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    async def edits(session: Any, actor: Any, entry_id: int) -> None:
        message_id = (await session.get_one(Entry, entry_id)).source_message_id
        await following.follow_edit(session, actor, "Sesuatu yang lain", message_id=message_id, now=now)

    entry, failed = await races(pg_db, pg_office, now, edits)
    assert isinstance(failed, Invalid)
    assert failed.code == "edit_after_decision"
    assert (entry.state, entry.activity) == (State.APPROVED, "Rapat komite")


async def test_a_file_is_not_put_under_what_was_approved_meanwhile(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    async def attaches(session: Any, actor: Any, entry_id: int) -> None:
        await evidence.attach(
            session,
            actor,
            kind="photo",
            file_id="F",
            file_unique_id="U",
            size=1,
            file_name=None,
            mime_type=None,
            message_id=9,
            reply_to=None,
            album=None,
            entry_id=entry_id,
            now=now,
        )

    entry, failed = await races(pg_db, pg_office, now, attaches)
    assert failed is None
    assert entry.state is State.APPROVED
    async with pg_db.reading() as session:
        assert (await session.scalars(select(Evidence))).one().entry_id is None, "it waits for the next one"


async def test_an_entry_approved_meanwhile_is_locked(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    async def changes(session: Any, actor: Any, entry_id: int) -> None:
        await editing.set_field(session, actor, entry_id, "outcome", "sesuatu yang lain", now=now)

    entry, failed = await races(pg_db, pg_office, now, changes)
    assert isinstance(failed, Invalid)
    assert failed.code == "entry_approved"
    assert entry.outcome == "jadwal disepakati"


async def test_a_notice_being_claimed_does_not_speak_for_what_comes_after(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    async with pg_db.writing() as session:
        await outbox.enqueue(session, "queue_changed", to=pg_office.budi, now=now)
    async with pg_db.writing() as claiming:
        assert len(await outbox.claim(claiming, now=now)) == 1
        async with pg_db.writing() as session:
            await asyncio.wait_for(
                outbox.enqueue_unless_waiting(session, "queue_changed", to=pg_office.budi, now=now), 5
            )
    async with pg_db.reading() as session:
        states = set(await session.scalars(select(OutboxMessage.state)))
    assert states == {OutboxState.SENDING, OutboxState.WAITING}


async def test_a_notice_found_waiting_is_sent_after_its_cause(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    async with pg_db.writing() as session:
        await outbox.enqueue(session, "queue_changed", to=pg_office.budi, now=now)
    later = now + timedelta(seconds=1)
    async with pg_db.writing() as session:
        await outbox.enqueue_unless_waiting(session, "queue_changed", to=pg_office.budi, now=later)
        async with pg_db.writing() as claiming:
            assert await outbox.claim(claiming, now=later) == []
    async with pg_db.writing() as claiming:
        assert len(await outbox.claim(claiming, now=later)) == 1


async def test_moving_evidence_between_days_waits_in_no_circle(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    """One file there and one back at the same time."""
    async with pg_db.writing() as session:
        actor = await acting(session, pg_office.ani)
        one = await take_report(session, actor, f"{TEXT} https://contoh.go.id/a", message_id=1, now=now)
        two = await take_report(
            session, actor, "kemarin: Piket https://contoh.go.id/b", message_id=2, now=now
        )
        pieces = list(await session.scalars(select(Evidence.id).order_by(Evidence.id)))

    async def moves(piece: int, entry_id: int) -> None:
        async with pg_db.writing() as session:
            await evidence.move(session, await acting(session, pg_office.ani), piece, entry_id, now=now)

    for _ in range(5):
        pairs = ((pieces[0], two.entry_ids[0]), (pieces[1], one.entry_ids[0]))
        await asyncio.wait_for(asyncio.gather(*(moves(*pair) for pair in pairs)), 10)
        back = ((pieces[0], one.entry_ids[0]), (pieces[1], two.entry_ids[0]))
        await asyncio.wait_for(asyncio.gather(*(moves(*pair) for pair in back)), 10)
