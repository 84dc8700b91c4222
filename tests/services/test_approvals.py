"""Approve, return, reopen: who may, on which revision, what is recorded and who is told."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from models import AuditEvent, Day, Decision, Entry, Person, State, Verdict
from models.engine import Database
from services.approvals import deciding
from services.approvals.queue import decided_days, load_queue, next_waiting
from services.approvals.review import load_review
from services.entries import editing
from services.entries.sending import submit_day, withdraw_day
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from tests.office import Office
from tests.services.reporting import LINES, acting, entry_ids, revision_of, send_day, told


async def states(db: Database, day_id: int) -> list[State]:
    async with db.reading() as session:
        rows = await session.scalars(
            select(Entry.state).where(Entry.day_id == day_id).order_by(Entry.position)
        )
        return list(rows)


async def test_a_day_is_approved_recorded_audited_and_told(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, *LINES, now=now)
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        outcome = await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
    assert (outcome.decided, outcome.waiting) == (3, 0)
    assert await states(db, day_id) == [State.APPROVED] * 3
    async with db.writing() as session:
        decisions = list(await session.scalars(select(Decision)))
        audits = list(await session.scalars(select(AuditEvent).where(AuditEvent.action == "approved")))
        day = await session.get_one(Day, day_id)
    assert {(one.verdict, one.revision, one.decided_by, one.capacity) for one in decisions} == {
        (Verdict.APPROVE, revision, office.budi, "supervisor")
    }
    assert [one.subject_id for one in audits] == [one.entry_id for one in decisions]
    assert (day.state, day.revision) == (State.APPROVED, revision + 1)
    assert await told(db, office.ani) == [("day_approved", {"day_id": day_id, "by": office.budi})]


async def test_entry_by_entry_is_one_notice_and_at_once_when_done(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, *LINES, now=now)
    for entry_id in await entry_ids(db, day_id):
        revision = await revision_of(db, day_id)
        async with db.writing() as session:
            budi = await acting(session, office.budi)
            await deciding.approve_entry(session, budi, entry_id, revision=revision, now=now)
    assert [kind for kind, _ in await told(db, office.ani)] == ["day_approved"]
    assert await states(db, day_id) == [State.APPROVED] * 3


@pytest.mark.parametrize("who", ["ani", "citra", "dewi", "eko", "head", "admin", "observer"])
async def test_only_the_assigned_supervisor_decides(
    db: Database, office: Office, now: datetime, who: str
) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    (entry_id,) = await entry_ids(db, day_id)
    async with db.writing() as session:
        actor = await acting(session, getattr(office, who))
        at = {"revision": revision, "now": now}
        with pytest.raises(NotAllowed):
            await deciding.approve_day(session, actor, day_id, **at)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            await deciding.approve_entry(session, actor, entry_id, **at)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            await deciding.return_entry(
                session, actor, entry_id, revision=revision, reason="", code="outcome", now=now
            )
        with pytest.raises(NotAllowed):
            await deciding.reopen(session, actor, day_id, **at)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            await deciding.ready_to_return(session, actor, day_id, revision=revision, now=now)
        with pytest.raises(NotAllowed):
            await load_review(session, actor, day_id, now=now)
        assert not (await load_queue(session, actor, now=now)).days
    assert await states(db, day_id) == [State.SUBMITTED]


async def test_nobody_decides_on_their_own_even_as_their_own_supervisor(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.budi, now=now)
    async with db.writing() as session:
        (await session.get_one(Person, office.budi)).supervisor_id = office.budi
        budi = await acting(session, office.budi)
        with pytest.raises(NotAllowed) as refused:
            await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        assert refused.value.code == "own_work"
        assert not (await load_queue(session, budi, now=now)).days
        assert await next_waiting(session, budi, now=now) is None


async def test_a_changed_supervisor_counts_from_the_next_press(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        (await session.get_one(Person, office.ani)).supervisor_id = office.dewi
    async with db.writing() as session:
        budi, dewi = await acting(session, office.budi), await acting(session, office.dewi)
        with pytest.raises(NotAllowed):
            await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        await deciding.approve_day(session, dewi, day_id, revision=revision, now=now)


async def decide_twice(db: Database, office: Office, now: datetime) -> None:
    """Two sessions decide on one shown revision: one wins, the other learns who and when."""
    day_id, revision = await send_day(db, office.ani, now=now)
    (entry_id,) = await entry_ids(db, day_id)

    async def approve() -> object:
        async with db.writing() as session:
            budi = await acting(session, office.budi)
            return await deciding.approve_day(session, budi, day_id, revision=revision, now=now)

    async def give_back() -> object:
        async with db.writing() as session:
            budi = await acting(session, office.budi)
            return await deciding.return_entry(
                session,
                budi,
                entry_id,
                revision=revision,
                reason="Hasil belum jelas",
                code="outcome",
                now=now,
            )

    results = await asyncio.gather(approve(), give_back(), approve(), return_exceptions=True)
    lost = [one for one in results if isinstance(one, Outdated)]
    assert len(lost) == 2, results
    for one in lost:
        assert one.code == "already_yours"
        assert one.card == ("review", day_id)
        assert one.params == {"time": "18/11 09.00"}
    async with db.reading() as session:
        assert len(list(await session.scalars(select(Decision)))) == 1
    assert len(await told(db, office.ani)) == 1


async def test_the_loser_of_a_race_sees_who_and_when(db: Database, office: Office, now: datetime) -> None:
    await decide_twice(db, office, now)


async def test_withdrawn_meanwhile(db: Database, office: Office, now: datetime) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        await withdraw_day(session, await acting(session, office.ani), day_id, revision=revision, now=now)
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        with pytest.raises(Outdated) as late:
            await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        assert late.value.code == "withdrawn_meanwhile"
        review = await load_review(session, budi, day_id, now=now)
        assert review.day.entries == ()


async def test_added_meanwhile_is_outdated_and_drafts_stay_hidden(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        ani = await acting(session, office.ani)
        (await session.get_one(Day, day_id)).revision += 1
        session.add(Entry(day_id=day_id, position=9, activity="Draf rahasia", created_at=now))
        assert ani
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        with pytest.raises(Outdated) as late:
            await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        assert late.value.code == "outdated"
        review = await load_review(session, budi, day_id, now=now)
        assert [one.activity for one in review.day.entries] == ["Menyusun perangkat pembelajaran bab 3"]
        await deciding.approve_day(session, budi, day_id, revision=revision + 1, now=now)
    assert await states(db, day_id) == [State.APPROVED, State.DRAFT]


async def test_a_deleted_day_or_entry_is_gone(db: Database, office: Office, now: datetime) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    (entry_id,) = await entry_ids(db, day_id)
    async with db.writing() as session:
        await session.execute(delete(Entry))
        await session.execute(delete(Day))
        budi = await acting(session, office.budi)
        with pytest.raises(NotFound):
            await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        with pytest.raises(NotFound):
            await deciding.approve_entry(session, budi, entry_id, revision=revision, now=now)
        with pytest.raises(NotFound):
            await deciding.reopen(session, budi, day_id, revision=revision, now=now)


async def give_back(db: Database, office: Office, entry_id: int, *, now: datetime, **words: str) -> None:
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        _, revision = await deciding.day_of(session, budi, entry_id, now=now)
        words = words or {"reason": "Hasil belum jelas", "code": "outcome"}
        await deciding.return_entry(session, budi, entry_id, revision=revision, now=now, **words)


async def test_a_return_keeps_what_was_judged_and_the_correction_shows_the_change(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, *LINES[:2], now=now)
    first, _ = await entry_ids(db, day_id)
    await give_back(db, office, first, now=now)
    assert await states(db, day_id) == [State.RETURNED, State.SUBMITTED]
    assert (await told(db, office.ani))[-1] == ("entry_returned", {"day_id": day_id, "entry_id": first})
    async with db.writing() as session:
        ani, budi = await acting(session, office.ani), await acting(session, office.budi)
        await editing.set_field(session, ani, first, "outcome", "12 guru memakai modul", now=now)
        hidden = (await load_review(session, budi, day_id, now=now)).day.entry(first)
        assert hidden is not None
        assert hidden.outcome == "modul siap dipakai"
        day = await session.get_one(Day, day_id)
        await submit_day(session, ani, day_id, revision=day.revision, now=now)
        shown = (await load_review(session, budi, day_id, now=now)).day.entry(first)
        assert shown is not None
        assert shown.before is not None
        assert (shown.before["outcome"], shown.outcome) == ("modul siap dipakai", "12 guru memakai modul")
        assert shown.return_reason == "Hasil belum jelas"
    revision = await revision_of(db, day_id)
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        entry = await session.get_one(Entry, first)
        assert (entry.return_reason, entry.before) == (None, None)
        verdicts = await session.scalars(
            select(Decision.verdict).where(Decision.entry_id == first).order_by(Decision.id)
        )
        assert list(verdicts) == [Verdict.RETURN, Verdict.APPROVE]


@pytest.mark.parametrize("reason", ["", "   ", "kurang", "123456789 "])
async def test_a_typed_reason_needs_ten_characters(
    db: Database, office: Office, now: datetime, reason: str
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    (entry_id,) = await entry_ids(db, day_id)
    with pytest.raises(Invalid) as refused:
        await give_back(db, office, entry_id, now=now, reason=reason)
    assert refused.value.code == "reason_short"
    await give_back(db, office, entry_id, now=now, reason="jumlah tdk")
    assert await states(db, day_id) == [State.RETURNED]


async def test_an_unknown_chip_and_an_endless_reason_are_refused(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    (entry_id,) = await entry_ids(db, day_id)
    with pytest.raises(NotFound):
        await give_back(db, office, entry_id, now=now, reason="x", code="mood")
    with pytest.raises(Invalid) as refused:
        await give_back(db, office, entry_id, now=now, reason="x" * 1001)
    assert refused.value.code == "reason_long"


async def test_reopened_then_edited_and_decided_again(db: Database, office: Office, now: datetime) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    (entry_id,) = await entry_ids(db, day_id)
    async with db.writing() as session:
        budi, ani = await acting(session, office.budi), await acting(session, office.ani)
        with pytest.raises(Invalid):
            await deciding.reopen(session, budi, day_id, revision=revision, now=now)
        await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        with pytest.raises(Invalid) as locked:
            await editing.set_field(session, ani, entry_id, "outcome", "lain sekali", now=now)
        assert locked.value.code == "entry_approved"
        await deciding.reopen(session, budi, day_id, revision=revision + 1, now=now)
        await withdraw_day(session, ani, day_id, revision=revision + 2, now=now)
        await editing.set_field(session, ani, entry_id, "outcome", "lain sekali", now=now)
        with pytest.raises(Outdated):
            await deciding.approve_day(session, budi, day_id, revision=revision + 2, now=now)
        day = await session.get_one(Day, day_id)
        await submit_day(session, ani, day_id, revision=day.revision, now=now)
        await deciding.approve_day(session, budi, day_id, revision=day.revision, now=now)
    assert await states(db, day_id) == [State.APPROVED]
    kinds = [kind for kind, _ in await told(db, office.ani)]
    assert kinds == ["day_approved", "day_reopened"]


async def test_one_entry_is_reopened_alone(db: Database, office: Office, now: datetime) -> None:
    day_id, revision = await send_day(db, office.ani, *LINES, now=now)
    _, second, _ = await entry_ids(db, day_id)
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        await deciding.approve_day(session, budi, day_id, revision=revision, now=now)
        await deciding.reopen(session, budi, day_id, revision=revision + 1, entry_id=second, now=now)
    assert await states(db, day_id) == [State.APPROVED, State.SUBMITTED, State.APPROVED]


async def test_the_queue_is_oldest_first_with_age_and_completeness(
    db: Database, office: Office, now: datetime
) -> None:
    friday = now - timedelta(days=5)
    old, _ = await send_day(db, office.citra, "Urus hal lain -> beres", now=friday, linked=False)
    new, _ = await send_day(db, office.ani, *LINES, now=now)
    async with db.reading() as session:
        queue = await load_queue(session, await acting(session, office.budi), now=now)
    assert [one.day_id for one in queue.days] == [old, new]
    assert [(one.age, one.fresh, one.entries, one.complete) for one in queue.days] == [
        (3, False, 1, False),
        (0, True, 3, True),
    ]
    assert not queue.complete


async def test_all_are_approved_only_as_shown_and_complete(
    db: Database, office: Office, now: datetime
) -> None:
    await send_day(db, office.ani, *LINES, now=now)
    citra, _ = await send_day(db, office.citra, LINES[0], now=now)
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        queue = await load_queue(session, budi, now=now)
        assert queue.complete
        (entry,) = await session.scalars(select(Entry).where(Entry.day_id == citra))
        entry.outcome = "lain sekali"
        await session.flush()
        with pytest.raises(Outdated) as late:
            await deciding.approve_all(session, budi, queue.digest, now=now)
        assert late.value.card == ("queue", office.budi)
        entry = (await session.scalars(select(Entry).where(Entry.day_id == citra))).one()
        entry.outcome = None
        incomplete = await load_queue(session, budi, now=now)
        with pytest.raises(Invalid) as refused:
            await deciding.approve_all(session, budi, incomplete.digest, now=now)
        assert refused.value.code == "queue_incomplete"
        with pytest.raises(Outdated):
            await deciding.approve_all(
                session, await acting(session, office.dewi), incomplete.digest, now=now
            )
        entry.outcome = "8 alumni terlayani"
        whole = await load_queue(session, budi, now=now)
        assert await deciding.approve_all(session, budi, whole.digest, now=now) == 2
        assert not (await load_queue(session, budi, now=now)).days
        assert {one.day_id for one in await decided_days(session, budi, now=now)} == {
            one.day_id for one in whole.days
        }
        with pytest.raises(Outdated):
            await deciding.approve_all(session, budi, whole.digest, now=now)


async def test_a_refused_approval_of_all_approves_nothing(
    db: Database, office: Office, now: datetime
) -> None:
    complete, _ = await send_day(db, office.ani, *LINES, now=now)
    open_, _ = await send_day(db, office.citra, "Urus hal lain -> beres", now=now, linked=False)
    async with db.reading() as session:
        queue = await load_queue(session, await acting(session, office.budi), now=now)
    with pytest.raises(Invalid):
        async with db.writing() as session:
            await deciding.approve_all(session, await acting(session, office.budi), queue.digest, now=now)
    assert await states(db, complete) == [State.SUBMITTED] * 3
    assert await states(db, open_) == [State.SUBMITTED]
    assert await told(db, office.ani) == []


async def test_a_head_without_a_supervisor_is_in_no_queue(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.head, now=now)
    assert await states(db, day_id) == [State.RECORDED]
    async with db.writing() as session:
        for name in ("head", "budi", "dewi", "admin"):
            actor = await acting(session, getattr(office, name))
            assert not (await load_queue(session, actor, now=now)).days
            with pytest.raises(NotAllowed):
                await deciding.approve_day(session, actor, day_id, revision=revision, now=now)
