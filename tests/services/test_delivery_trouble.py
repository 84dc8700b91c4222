"""What did not arrive, or not surely: counted by cause, told to the admins once a day, decided on once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import AuditEvent, Lane, OutboxMessage, OutboxState
from models.engine import Database
from services import outbox
from services.delivery_trouble import (
    TROUBLED,
    Cause,
    cause_of,
    delivery_health,
    let_all_be,
    let_be,
    load_trouble,
    send_again,
    tell_admins,
)
from services.errors import NotAllowed, NotFound, Outdated
from services.people.identity import Actor, who_is
from tests.office import Office, user_of

MINUTE = timedelta(minutes=1)


async def ended(
    db: Database, to: int, now: datetime, state: OutboxState, error: str, *, kind: str = "prompted"
) -> int:
    """A row that ended like that; gives its id."""
    async with db.writing() as session:
        await outbox.enqueue(session, kind, to=to, now=now, payload={"work_date": "2026-11-18"})
        (row,) = await outbox.claim(session, now=now)
        await outbox.finish(session, row, state, now=now, error=error)
        return row.id


async def actor_of(db: Database, person: int, now: datetime) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person), now=now)
        assert found is not None
        return found


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("Forbidden: bot was blocked by the user", Cause.BLOCKED),
        ("Forbidden: user is deactivated", Cause.BLOCKED),
        ("Chat not found", Cause.BLOCKED),
        ("not joined", Cause.NOT_JOINED),
        ("not linked", Cause.GROUP),
        ("Forbidden: bot was kicked from the supergroup chat", Cause.GROUP),
        ("Topic_closed", Cause.GROUP),
        ("Not enough rights to send text messages to the chat", Cause.GROUP),
        ("stale", Cause.TOO_LATE),
        ("Bad Gateway", Cause.BUSY),
        ("Service Unavailable", Cause.BUSY),
        ("not sent: ClientConnectorDNSError", Cause.BUSY),
        ("no connection in time", Cause.BUSY),
        ("Conflict", Cause.BUSY),
        ("Can't parse entities: unclosed start tag", Cause.FAULT),
        ("KeyError", Cause.FAULT),
    ],
)
def test_what_is_kept_of_a_failure_says_why(error: str, cause: Cause) -> None:
    assert cause_of(OutboxState.FAILED, error) is cause
    assert cause_of(OutboxState.UNCERTAIN, error) is Cause.UNCERTAIN


def test_a_chat_nobody_knows_is_a_group_s_where_it_went_to_one() -> None:
    assert cause_of(OutboxState.FAILED, "Chat not found", in_group=True) is Cause.GROUP


async def test_the_health_of_delivery(db: Database, office: Office, now: datetime) -> None:
    await ended(db, office.ani, now - timedelta(hours=30), OutboxState.FAILED, "stale")
    await ended(db, office.ani, now, OutboxState.FAILED, "stale")
    await ended(db, office.budi, now, OutboxState.FAILED, "KeyError")
    unsure = await ended(db, office.citra, now, OutboxState.UNCERTAIN, "Timed out")
    async with db.writing() as session:
        await outbox.enqueue(session, "prompted", to=office.ani, now=now - 5 * MINUTE)
        await outbox.enqueue(session, "duty_told", to=office.budi, now=now)
        await outbox.enqueue(session, "week_summed", to=office.budi, now=now, not_before=now + 60 * MINUTE)
    async with db.reading() as session:
        health = await delivery_health(session, now=now)
    assert health.waiting == {Lane.TOLD: 1, Lane.ROUND: 1, Lane.DRAWN: 1}
    assert (health.oldest, health.sending) == (5 * MINUTE, 0)
    assert health.failed == {Cause.TOO_LATE: 1, Cause.FAULT: 1}
    assert [(one.id, one.kind, one.name) for one in health.uncertain] == [
        (unsure, "prompted", "Citra Lestari")
    ]
    assert health.uncertain_count == 1


async def test_admins_are_told_once_a_day_and_only_of_what_they_can_mend(
    db: Database, office: Office, now: datetime
) -> None:
    causes = {Cause.FAULT, Cause.BLOCKED, Cause.NOT_JOINED, Cause.GROUP}
    for day in (now.date(), now.date(), now.date() + timedelta(days=1)):
        async with db.writing() as session:
            await tell_admins(session, causes, day=day, now=now)
    async with db.reading() as session:
        rows = list(await session.scalars(select(OutboxMessage).where(OutboxMessage.kind == TROUBLED)))
        assert [(row.person_id, row.payload["cause"]) for row in rows] == [(office.admin, "fault")] * 2


async def test_the_trouble_of_a_cause_by_kind(db: Database, office: Office, now: datetime) -> None:
    for person in (office.ani, office.budi):
        await ended(db, person, now, OutboxState.FAILED, "KeyError")
    await ended(db, office.ani, now, OutboxState.FAILED, "KeyError", kind="duty_told")
    admin = await actor_of(db, office.admin, now)
    async with db.reading() as session:
        trouble = await load_trouble(session, admin, Cause.FAULT, now=now)
        assert trouble is not None
        assert (trouble.count, trouble.kinds) == (3, (("prompted", 2), ("duty_told", 1)))
        assert await load_trouble(session, admin, Cause.UNCERTAIN, now=now) is None
        assert await load_trouble(session, admin, Cause.FAULT, now=now + timedelta(days=2)) is None


async def test_what_may_have_arrived_is_sent_again_once(db: Database, office: Office, now: datetime) -> None:
    unsure = await ended(db, office.citra, now, OutboxState.UNCERTAIN, "Timed out")
    admin = await actor_of(db, office.admin, now)
    async with db.writing() as session:
        await send_again(session, admin, unsure, now=now)
    for settle in (send_again, let_be):
        async with db.writing() as session:
            with pytest.raises(Outdated):
                await settle(session, admin, unsure, now=now)
    async with db.writing() as session:
        (row,) = await outbox.claim(session, now=now)
        assert (row.kind, row.person_id, row.payload) == (
            "prompted",
            office.citra,
            {"work_date": "2026-11-18"},
        )
        assert (await delivery_health(session, now=now)).uncertain == ()
        actions = list(await session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "outbox")))
        assert actions == ["notice_sent_again"]


@pytest.mark.parametrize(("kind", "goes"), [("prompted", False), ("week_summed", True)])
async def test_what_came_too_late_is_not_sent_again(
    db: Database, office: Office, now: datetime, kind: str, goes: bool
) -> None:
    """The question of an evening that is over would be thrown away; a weekly summary keeps its worth."""
    unsure = await ended(db, office.citra, now, OutboxState.UNCERTAIN, "Timed out", kind=kind)
    admin = await actor_of(db, office.admin, now)
    async with db.writing() as session:
        await session.execute(update(OutboxMessage).values(stale_at=now - MINUTE))
        (listed,) = (await delivery_health(session, now=now)).uncertain
        assert listed.late is not goes
        assert await send_again(session, admin, unsure, now=now) is goes
        rows = list(await session.scalars(select(OutboxMessage.id).where(OutboxMessage.id != unsure)))
        assert bool(rows) is goes
        action = await session.scalar(select(AuditEvent.action).where(AuditEvent.subject == "outbox"))
        assert action == ("notice_sent_again" if goes else "notice_let_be")
        assert (await delivery_health(session, now=now)).uncertain_count == 0


async def test_sent_again_too_late_is_no_alarm(db: Database, office: Office, now: datetime) -> None:
    unsure = await ended(db, office.citra, now, OutboxState.UNCERTAIN, "Timed out")
    admin = await actor_of(db, office.admin, now)
    async with db.writing() as session:
        assert await send_again(session, admin, unsure, now=now)
        (row,) = await outbox.claim(session, now=now)
        await outbox.finish(session, row, OutboxState.FAILED, now=now, error="stale")
        assert (await delivery_health(session, now=now)).failed == {}
        await tell_admins(session, {Cause.TOO_LATE}, day=now.date(), now=now)
        told = select(OutboxMessage.id).where(OutboxMessage.kind == TROUBLED)
        assert list(await session.scalars(told)) == []
    await ended(db, office.ani, now, OutboxState.FAILED, "stale")
    async with db.writing() as session:
        assert (await delivery_health(session, now=now)).failed == {Cause.TOO_LATE: 1}
        await tell_admins(session, {Cause.TOO_LATE}, day=now.date(), now=now)
        assert len(list(await session.scalars(told))) == 1, "the day's alarm was kept for a real one"


async def test_all_that_was_shown_is_let_be_at_once(db: Database, office: Office, now: datetime) -> None:
    shown = [await ended(db, who, now, OutboxState.UNCERTAIN, "") for who in (office.ani, office.budi)]
    since = await ended(db, office.citra, now, OutboxState.UNCERTAIN, "")
    admin, budi = await actor_of(db, office.admin, now), await actor_of(db, office.budi, now)
    async with db.writing() as session:
        with pytest.raises(NotAllowed):
            await let_all_be(session, budi, newest=since, now=now)
        with pytest.raises(NotFound):
            await let_all_be(session, admin, newest=10**17, now=now)
        assert await let_all_be(session, admin, newest=shown[1], now=now) == 2
        with pytest.raises(Outdated):
            await let_all_be(session, admin, newest=shown[1], now=now)
        assert [one.id for one in (await delivery_health(session, now=now)).uncertain] == [since]
        events = (
            select(AuditEvent.subject_id)
            .where(AuditEvent.action == "notice_let_be")
            .order_by(AuditEvent.subject_id)
        )
        assert list(await session.scalars(events)) == shown


async def test_what_is_let_be_is_not_sent(db: Database, office: Office, now: datetime) -> None:
    unsure = await ended(db, office.citra, now, OutboxState.UNCERTAIN, "Timed out")
    admin = await actor_of(db, office.admin, now)
    async with db.writing() as session:
        await let_be(session, admin, unsure, now=now)
        assert await outbox.claim(session, now=now) == []
        assert (await delivery_health(session, now=now)).uncertain_count == 0


async def test_only_admins_decide_and_only_on_what_is_uncertain(
    db: Database, office: Office, now: datetime
) -> None:
    unsure = await ended(db, office.citra, now, OutboxState.UNCERTAIN, "Timed out")
    admin, budi = await actor_of(db, office.admin, now), await actor_of(db, office.budi, now)
    async with db.writing() as session:
        for settle in (send_again, let_be):
            with pytest.raises(NotAllowed):
                await settle(session, budi, unsure, now=now)
            with pytest.raises(NotFound):
                await settle(session, admin, unsure + 99, now=now)
        with pytest.raises(NotAllowed):
            await load_trouble(session, budi, Cause.FAULT, now=now)
        await session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
        with pytest.raises(Outdated):
            await send_again(session, admin, unsure, now=now)
