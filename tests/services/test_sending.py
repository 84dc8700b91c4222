"""Putting a day before the supervisor and taking it back."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from models import AuditEvent, DayKind, DutyPeriod, LinkSource, State
from models.engine import Database
from services.approvals import deciding
from services.entries import editing, sending
from services.errors import Invalid, NotFound, Outdated
from tests.office import Office
from tests.services.desk import TODAY, Desk, at


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def refused(desk: Desk, day_id: int, *, now: datetime | None = None) -> str:
    with pytest.raises(Invalid) as found:
        await desk.sends(day_id, now=now)
    return found.value.code


async def test_a_day_is_sent_whole(ani: Desk) -> None:
    taken = await ani.types("Rapat a -> setuju\nRapat b")
    sent = await ani.sends(taken.day_id or 0)
    assert (sent.day_id, sent.entries, sent.late, sent.supervised) == (taken.day_id, 2, False, True)
    day = await ani.day(taken.day_id or 0)
    assert {one.state for one in day.entries} == {day.state} == {State.SUBMITTED}
    assert day.submitted_at == ani.now
    assert await ani.told(ani.office.budi) == ["queue_changed"]
    async with ani.db.reading() as session:
        actions = list(await session.scalars(select(AuditEvent.action)))
    assert actions == ["submitted"]


async def test_nothing_to_send(ani: Desk) -> None:
    taken = await ani.types("Rapat a")
    await ani.sends(taken.day_id or 0)
    assert await refused(ani, taken.day_id or 0) == "nothing_to_send"
    for state in (State.APPROVED, State.RECORDED):
        await ani.sets(taken.entry_ids[0], state=state)
        assert await refused(ani, taken.day_id or 0) == "nothing_to_send"


async def test_an_old_card_sends_nothing(ani: Desk) -> None:
    taken = await ani.types("Rapat a")
    revision = (await ani.day(taken.day_id or 0)).revision
    await ani.types("Rapat b")
    with pytest.raises(Outdated) as old:
        await ani.sends(taken.day_id or 0, revision=revision)
    assert old.value.card == ("day", taken.day_id)
    assert (await ani.day(taken.day_id or 0)).state is State.DRAFT


async def test_nobody_sends_or_withdraws_for_somebody_else(ani: Desk) -> None:
    taken = await ani.types("Rapat a")
    await ani.sends(taken.day_id or 0)
    for other in (ani.office.citra, ani.office.budi, ani.office.admin):
        with pytest.raises(NotFound):
            await ani.of(other).sends(taken.day_id or 0)
        with pytest.raises(NotFound):
            await ani.of(other).withdraws(taken.day_id or 0)
    with pytest.raises(NotFound):
        await ani.calls(sending.submit_day, 999, revision=1)


async def test_sending_accepts_sure_suggestions_only(ani: Desk) -> None:
    taken = await ani.types("Menyusun a\nMenyusun b\nMenyusun c")
    sure, unsure, chosen = taken.entry_ids
    target = ani.office.ani_targets[0]
    suggested = {"link_source": LinkSource.SUGGESTED, "target_id": target, "outside_plan": False}
    await ani.sets(sure, confident=True, **suggested)
    await ani.sets(unsure, confident=False, **suggested)
    await ani.calls(editing.set_target, chosen, target)
    await ani.sends(taken.day_id or 0)
    first, second, third = await ani.entries(taken.day_id or 0)
    assert (first.link_source, first.target_id) == (LinkSource.ACCEPTED, target)
    assert (second.link_source, second.target_id, second.linked) == (None, None, False)
    assert (third.link_source, third.target_id) == (LinkSource.CHOSEN, target)


@pytest.mark.parametrize(
    ("work_date", "sent_at", "late"),
    [
        (TODAY, at(23, 59), False),
        (TODAY, at(23, 59, day=19), False),
        (TODAY, at(0, 0, day=20), True),
        (date(2026, 11, 13), at(23, 59, day=16), False),
        (date(2026, 11, 13), at(0, 0, day=17), True),
        (date(2026, 11, 14), at(23, 59, day=16), False),
    ],
)
async def test_late_is_after_the_next_workday(
    ani: Desk, work_date: date, sent_at: datetime, late: bool
) -> None:
    taken = await ani.types("Rapat a", work_date=work_date, now=sent_at)
    sent = await ani.sends(taken.day_id or 0, now=sent_at)
    assert sent.late is late
    assert (await ani.day(taken.day_id or 0)).late is late


async def test_the_first_sending_decides_whether_it_is_late(ani: Desk) -> None:
    taken = await ani.types("Rapat a")
    await ani.sends(taken.day_id or 0)
    await ani.withdraws(taken.day_id or 0)
    assert not (await ani.sends(taken.day_id or 0, now=at(9, day=25))).late


async def test_leave_after_the_day_does_not_make_it_late(ani: Desk) -> None:
    """Away on Thursday and Friday: Monday is the next day on which a report is asked for."""
    async with ani.db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=ani.person,
                kind=DayKind.LEAVE,
                first=date(2026, 11, 19),
                last=date(2026, 11, 20),
                created_at=ani.now,
                created_by=ani.person,
            )
        )
    taken = await ani.types("Rapat a")
    late = await ani.types("Rapat b", work_date=date(2026, 11, 17))
    assert not (await ani.sends(taken.day_id or 0, now=at(23, 59, day=23))).late
    assert (await ani.sends(late.day_id or 0, now=at(9, day=23))).late


async def test_a_head_without_supervisor_is_recorded_undecided(db: Database, office: Office) -> None:
    head = Desk(db, office, office.head)
    taken = await head.types("Rapat pimpinan -> disepakati")
    sent = await head.sends(taken.day_id or 0)
    assert not sent.supervised
    day = await head.day(taken.day_id or 0)
    assert day.state is State.RECORDED
    async with db.reading() as session:
        assert list(await session.scalars(select(AuditEvent.action))) == ["submitted"]
    for person in (office.budi, office.ani, office.head):
        assert await head.told(person) == []


async def test_withdrawing_gives_everything_that_waits_back(ani: Desk) -> None:
    taken = await ani.types("Rapat a\nRapat b\nRapat c")
    await ani.sends(taken.day_id or 0)
    approved, returned, _ = taken.entry_ids
    await ani.sets(returned, return_reason="bukti kurang")
    await ani.sets(approved, state=State.APPROVED)
    assert await ani.withdraws(taken.day_id or 0) == taken.day_id
    states = [one.state for one in await ani.entries(taken.day_id or 0)]
    assert states == [State.APPROVED, State.RETURNED, State.DRAFT]
    assert (await ani.day(taken.day_id or 0)).state is State.RETURNED
    with pytest.raises(Invalid) as found:
        await ani.withdraws(taken.day_id or 0)
    assert found.value.code == "nothing_to_withdraw"


async def test_a_decided_day_cannot_be_withdrawn(ani: Desk) -> None:
    taken = await ani.types("Rapat a")
    await ani.sends(taken.day_id or 0)
    await ani.sets(taken.entry_ids[0], state=State.APPROVED)
    with pytest.raises(Invalid):
        await ani.withdraws(taken.day_id or 0)


async def test_the_queue_is_told_once_for_many_causes(ani: Desk) -> None:
    taken = await ani.types("Rapat a")
    for _ in range(3):
        await ani.sends(taken.day_id or 0)
        await ani.withdraws(taken.day_id or 0)
    citra = ani.of(ani.office.citra)
    theirs = await citra.types("Rapat b")
    await citra.sends(theirs.day_id or 0)
    assert await ani.told(ani.office.budi) == ["queue_changed"]


async def test_a_returned_day_is_sent_again_with_what_is_new(ani: Desk) -> None:
    taken = await ani.types("Rapat a")
    await ani.sends(taken.day_id or 0)
    await ani.returned(taken.day_id or 0)
    await ani.calls(editing.set_field, taken.entry_ids[0], "outcome", "jadwal disepakati")
    await ani.types("Rapat b")
    assert (await ani.sends(taken.day_id or 0)).entries == 2
    assert (await ani.day(taken.day_id or 0)).state is State.SUBMITTED


# The month lock: the 5th of the next month, 23:59; corrections three workdays longer

OCTOBER = date(2026, 10, 30)
LAST = at(23, 59, day=5)
CLOSED = at(0, 0, day=6)


async def test_the_lock_to_the_minute(ani: Desk) -> None:
    taken = await ani.types("Rapat a", work_date=OCTOBER, now=LAST)
    assert await refused(ani, taken.day_id or 0, now=CLOSED) == "day_locked"
    assert (await ani.sends(taken.day_id or 0, now=LAST)).late


@pytest.mark.parametrize(("sent_at", "taken_in"), [(at(23, 59, day=10), True), (at(0, 0, day=11), False)])
async def test_corrections_have_three_workdays_more(ani: Desk, sent_at: datetime, taken_in: bool) -> None:
    taken = await ani.types("Rapat a", work_date=OCTOBER, now=LAST)
    await ani.sends(taken.day_id or 0, now=LAST)
    await ani.returned(taken.day_id or 0, when=LAST)
    if taken_in:
        await ani.sends(taken.day_id or 0, now=sent_at)
    else:
        assert await refused(ani, taken.day_id or 0, now=sent_at) == "day_locked"


async def test_a_late_return_has_its_own_three_workdays(ani: Desk) -> None:
    taken = await ani.types("Rapat a", work_date=OCTOBER, now=LAST)
    await ani.sends(taken.day_id or 0, now=LAST)
    await ani.returned(taken.day_id or 0, when=at(9, day=16))
    await ani.sends(taken.day_id or 0, now=at(23, 59, day=19))


async def test_a_correction_goes_without_what_is_new(ani: Desk) -> None:
    """A leftover draft neither slips in past the lock nor holds up the correction; it may be deleted."""
    taken = await ani.types("Rapat a\nRapat b", work_date=OCTOBER, now=LAST)
    returned, draft = taken.entry_ids
    await ani.sets(returned, state=State.RETURNED)
    sent = await ani.sends(taken.day_id or 0, now=CLOSED)
    assert (sent.entries, sent.locked) == (1, 1)
    states = [one.state for one in await ani.entries(taken.day_id or 0)]
    assert states == [State.SUBMITTED, State.DRAFT]
    assert await refused(ani, taken.day_id or 0, now=CLOSED) == "day_locked"
    await ani.calls(editing.delete_entry, draft, now=CLOSED)
    assert [one.id for one in await ani.entries(taken.day_id or 0)] == [returned]


async def test_what_was_decided_and_reopened_is_a_correction(ani: Desk) -> None:
    """Reopened by the supervisor, withdrawn by its owner, changed and sent again, all past the lock."""
    taken = await ani.types("Rapat a\nRapat b", work_date=OCTOBER, now=LAST)
    day_id = taken.day_id or 0
    await ani.sends(day_id, now=LAST)
    budi = ani.of(ani.office.budi)
    for step, subject in ((deciding.approve_entry, taken.entry_ids[0]), (deciding.reopen, day_id)):
        revision = (await ani.day(day_id)).revision
        await budi.calls(step, subject, revision=revision, now=CLOSED)
    await ani.withdraws(day_id, now=CLOSED)
    states = [one.state for one in await ani.entries(day_id)]
    assert states == [State.DRAFT, State.SUBMITTED], "what could not be sent again stays where it is"
    await ani.calls(editing.set_field, taken.entry_ids[0], "outcome", "jadwal disepakati", now=CLOSED)
    assert (await ani.sends(day_id, now=CLOSED)).entries == 1


async def test_a_heads_record_may_be_taken_back_until_the_lock(db: Database, office: Office) -> None:
    head = Desk(db, office, office.head)
    taken = await head.types("Rapat pimpinan -> disepakati", work_date=OCTOBER, now=LAST, message=7)
    day_id, entry = taken.day_id or 0, taken.entry_ids[0]
    await head.sends(day_id, now=LAST)
    with pytest.raises(Invalid) as found:
        await head.calls(editing.set_field, entry, "outcome", "disepakati tiga hal", now=LAST)
    assert found.value.code == "entry_recorded"
    await head.edits(7, "Rapat pimpinan -> disepakati dua hal", now=LAST)
    await head.withdraws(day_id, now=LAST)
    await head.calls(editing.set_field, entry, "outcome", "disepakati tiga hal", now=LAST)
    await head.sends(day_id, now=LAST)
    assert (await head.day(day_id)).state is State.RECORDED
    with pytest.raises(Invalid) as found:
        await head.withdraws(day_id, now=CLOSED)
    assert found.value.code == "day_locked"
    with pytest.raises(Invalid) as found:
        await head.edits(7, "Rapat lain -> sama sekali", now=CLOSED)
    assert found.value.code == "day_locked"


async def test_what_cannot_be_sent_again_is_not_withdrawn(ani: Desk) -> None:
    """Past the lock a withdrawn entry could never be sent again: it would be lost."""
    taken = await ani.types("Rapat a", work_date=OCTOBER, now=LAST)
    await ani.sends(taken.day_id or 0, now=LAST)
    with pytest.raises(Invalid) as found:
        await ani.withdraws(taken.day_id or 0, now=CLOSED)
    assert found.value.code == "day_locked"
    assert (await ani.day(taken.day_id or 0)).state is State.SUBMITTED
