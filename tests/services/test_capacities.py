"""Who decides on whom, as what: supervisor, Plt, Plh, or the supervisor's supervisor after three workdays."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from models import (
    Account,
    ActingSupervisor,
    AuditEvent,
    Capacity,
    Day,
    Decision,
    Entry,
    Holiday,
    HolidayKind,
    OutboxMessage,
    Pattern,
    Person,
    Tone,
)
from models.engine import Database
from services.approvals import deciding
from services.approvals.entitlement import capacity_of
from services.approvals.queue import decided_days, load_queue, next_waiting
from services.approvals.review import load_review
from services.entries import drafting
from services.entries.sending import submit_day
from services.errors import NotAllowed, Outdated
from services.feedback import About, give_feedback
from services.people.identity import Actor
from tests.office import Office
from tests.services.reporting import LINES, entry_ids, revision_of, send_day, told
from tests.services.seats import at, away, somebody, stand_in

TUESDAY = at(24)
"""What was sent on Wednesday the 18th has waited four workdays then; on Monday it was three."""


async def queue(db: Database, person_id: int, now: datetime) -> list[tuple[int, str, int]]:
    """Day, capacity and age of what somebody has before them."""
    async with db.reading() as session:
        found = await load_queue(session, await somebody(session, person_id, now), now=now)
        return [(one.day_id, one.capacity, one.age) for one in found.days]


async def approve(db: Database, person_id: int, day_id: int, now: datetime) -> deciding.Outcome:
    revision = await revision_of(db, day_id)
    async with db.writing() as session:
        actor = await somebody(session, person_id, now)
        return await deciding.approve_day(session, actor, day_id, revision=revision, now=now)


@pytest.mark.parametrize("capacity", list(Capacity))
async def test_the_stand_in_decides_as_plt_or_plh_and_it_is_recorded(
    db: Database, office: Office, now: datetime, capacity: Capacity
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    await stand_in(db, office.budi, office.citra, capacity=capacity)
    assert await queue(db, office.citra, now) == [(day_id, capacity.value, 0)]
    await approve(db, office.citra, day_id, now)
    async with db.reading() as session:
        decision = (await session.scalars(select(Decision))).one()
        event = (await session.scalars(select(AuditEvent).where(AuditEvent.action == "approved"))).one()
        budi = await somebody(session, office.budi, now)
        citra = await somebody(session, office.citra, now)
        assert [one.day_id for one in await decided_days(session, budi, now=now)] == [day_id]
        assert [one.day_id for one in await decided_days(session, citra, now=now)] == [day_id]
        assert (decision.decided_by, decision.capacity) == (office.citra, capacity.value)
        assert str(event.detail).endswith(f"as {capacity.value}")


async def test_the_supervisor_keeps_the_right_and_the_other_queue_follows(
    db: Database, office: Office, now: datetime
) -> None:
    await stand_in(db, office.budi, office.dewi)
    day_id, _ = await send_day(db, office.ani, now=now)
    assert [kind for kind, _ in await told(db, office.dewi)] == ["queue_changed"]
    assert await queue(db, office.budi, now) == [(day_id, "supervisor", 0)]
    await approve(db, office.budi, day_id, now)
    with pytest.raises(Outdated) as late:
        await approve(db, office.dewi, day_id, now)
    assert (late.value.code, late.value.params["name"]) == ("already_decided", "Budi Santoso")
    other, _ = await send_day(db, office.citra, now=now)
    await approve(db, office.dewi, other, now)
    with pytest.raises(Outdated) as late:
        await approve(db, office.budi, other, now)
    assert (late.value.code, late.value.params["name"]) == ("already_decided_plh", "Dewi Kartika")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"first": date(2026, 11, 19)}, "it has not begun"),
        ({"first": date(2026, 11, 16), "last": date(2026, 11, 17)}, "it is over"),
        ({"ended_at": at(18, 8)}, "it was ended"),
    ],
)
async def test_a_span_that_does_not_hold_gives_nothing(
    db: Database, office: Office, now: datetime, changes: dict[str, date], why: str
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    await stand_in(db, office.budi, office.dewi, **changes)  # type: ignore[arg-type]
    assert await queue(db, office.dewi, now) == [], why
    with pytest.raises(NotAllowed):
        await approve(db, office.dewi, day_id, now)


async def test_what_was_decided_from_above_is_listed_as_long_as_one_is_above(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=at(10))
    await approve(db, office.head, day_id, now)
    async with db.writing() as session:
        head = await somebody(session, office.head, now)
        assert [one.day_id for one in await decided_days(session, head, now=now)] == [day_id]
        await session.execute(update(Person).where(Person.id == office.ani).values(supervisor_id=office.eko))
    async with db.reading() as session:
        assert await decided_days(session, head, now=now) == ()


async def test_an_actor_read_before_it_was_ended_is_not_trusted(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    span = await stand_in(db, office.budi, office.dewi)
    async with db.reading() as session:
        dewi = await somebody(session, office.dewi, now)
    assert dewi.stands_in_for == {office.budi}
    async with db.writing() as session:
        (await session.get_one(ActingSupervisor, span)).ended_at = now
    async with db.writing() as session:
        with pytest.raises(NotAllowed):
            await deciding.approve_day(session, dewi, day_id, revision=revision, now=now)


async def test_all_at_once_go_in_each_ones_capacity(db: Database, office: Office, now: datetime) -> None:
    ani, _ = await send_day(db, office.ani, now=now)
    eko, _ = await send_day(db, office.eko, now=now)
    await stand_in(db, office.budi, office.dewi)
    async with db.writing() as session:
        dewi = await somebody(session, office.dewi, now)
        found = await load_queue(session, dewi, now=now)
        assert [(one.day_id, one.capacity) for one in found.days] == [(eko, "supervisor"), (ani, "plh")]
        assert await next_waiting(session, dewi, now=now) == eko
        assert await deciding.approve_all(session, dewi, found.digest, now=now) == 2
    async with db.reading() as session:
        rows = await session.execute(select(Decision.day_id, Decision.capacity))
        assert {tuple(row) for row in rows} == {(eko, "supervisor"), (ani, "plh")}


@pytest.mark.parametrize(("by", "other"), [("budi", "dewi"), ("dewi", "budi")])
async def test_all_at_once_bring_the_other_ones_queue_up_to_date(
    db: Database, office: Office, now: datetime, by: str, other: str
) -> None:
    await send_day(db, office.ani, now=now)
    await stand_in(db, office.budi, office.dewi)
    async with db.writing() as session:
        await session.execute(delete(OutboxMessage))
        actor = await somebody(session, getattr(office, by), now)
        found = await load_queue(session, actor, now=now)
        assert await deciding.approve_all(session, actor, found.digest, now=now) == 1
    assert await told(db, getattr(office, other)) == [("queue_changed", {})]
    assert await told(db, getattr(office, by)) == []


async def test_a_waiting_day_of_which_nothing_is_left_stops_nobody(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    other, _ = await send_day(db, office.citra, now=now)
    async with db.writing() as session:
        await session.execute(delete(Entry).where(Entry.day_id == day_id))
        budi = await somebody(session, office.budi, now)
        found = await load_queue(session, budi, now=now)
        assert await deciding.approve_all(session, budi, found.digest, now=now) == 2
        assert list(await session.scalars(select(Decision.day_id))) == [other]
        assert (await load_queue(session, budi, now=now)).days == ()


# Escalation


@pytest.mark.parametrize(("when", "open_"), [(at(23), False), (TUESDAY, True)])
async def test_after_three_workdays_it_is_open_to_the_supervisors_supervisor(
    db: Database, office: Office, now: datetime, when: datetime, open_: bool
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    assert await queue(db, office.head, when) == ([(day_id, "escalated", 4)] if open_ else [])
    if not open_:
        with pytest.raises(NotAllowed):
            await approve(db, office.head, day_id, when)
        return
    await approve(db, office.head, day_id, when)
    async with db.reading() as session:
        assert (await session.scalars(select(Decision.capacity))).all() == ["escalated"]
    assert ("queue_changed", {}) in await told(db, office.budi)


async def test_days_off_and_the_supervisors_leave_do_not_count(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        session.add(Holiday(day=date(2026, 11, 19), name="Libur kantor", kind=HolidayKind.OFFICE))
    await away(db, office.budi, date(2026, 11, 23), date(2026, 11, 23))
    assert await queue(db, office.head, TUESDAY) == []
    assert await queue(db, office.budi, TUESDAY) == [(day_id, "supervisor", 2)]
    assert await queue(db, office.head, at(25)) == []
    age_for_head = 5  # who was at work on the 23rd
    assert await queue(db, office.head, at(26)) == [(day_id, "escalated", age_for_head)]


async def test_the_age_is_that_of_the_readers_own_workdays_not_of_the_absent_supervisor(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    await away(db, office.budi, date(2026, 11, 19), date(2026, 11, 27))
    await away(db, office.dewi, date(2026, 11, 20), date(2026, 11, 20))
    await stand_in(db, office.budi, office.dewi, first=date(2026, 11, 19), last=date(2026, 11, 27))
    assert await queue(db, office.dewi, at(26)) == [(day_id, "plh", 5)], "six office days, one on leave"
    assert await queue(db, office.budi, at(26)) == [(day_id, "supervisor", 0)]
    assert await queue(db, office.head, at(26)) == [], "it goes up by the supervisor's own workdays"


async def test_a_stand_in_of_today_keeps_it_from_going_up(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    await stand_in(db, office.budi, office.dewi, first=date(2026, 11, 24), last=date(2026, 11, 24))
    assert await queue(db, office.head, TUESDAY) == []
    with pytest.raises(NotAllowed):
        await approve(db, office.head, day_id, TUESDAY)
    assert await queue(db, office.head, at(25)) == [(day_id, "escalated", 5)], "the stand-in's day is over"
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.dewi).values(active=False))
    assert await queue(db, office.head, TUESDAY) == [(day_id, "escalated", 4)], (
        "who left stands in for nobody"
    )


async def test_own_days_of_a_stand_in_go_up_at_once(db: Database, office: Office, now: datetime) -> None:
    await stand_in(db, office.budi, office.citra)
    day_id, _ = await send_day(db, office.citra, now=now)
    assert await queue(db, office.citra, now) == []
    with pytest.raises(NotAllowed) as own:
        await approve(db, office.citra, day_id, now)
    assert own.value.code == "own_work"
    assert await queue(db, office.budi, now) == [(day_id, "supervisor", 0)]
    assert await queue(db, office.head, now) == [(day_id, "escalated", 0)]
    await approve(db, office.budi, day_id, now)
    with pytest.raises(Outdated) as late:
        await approve(db, office.head, day_id, now)
    assert late.value.params["name"] == "Budi Santoso"


async def test_who_decided_from_above_may_look_and_reopen_and_the_loser_sees_who(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, *LINES, now=now)
    await approve(db, office.head, day_id, TUESDAY)
    with pytest.raises(Outdated) as late:
        await approve(db, office.budi, day_id, TUESDAY)
    assert late.value.code == "already_decided_escalated"
    async with db.writing() as session:
        head = await somebody(session, office.head, TUESDAY)
        assert [one.day_id for one in await decided_days(session, head, now=TUESDAY)] == [day_id]
        shown = (await load_review(session, head, day_id, now=TUESDAY)).day.revision
        await deciding.reopen(session, head, day_id, revision=shown, now=TUESDAY)
    assert await queue(db, office.budi, TUESDAY) == [(day_id, "supervisor", 0)], "it waits anew"
    async with db.writing() as session:
        head = await somebody(session, office.head, TUESDAY)
        with pytest.raises(Outdated):
            await deciding.approve_day(session, head, day_id, revision=revision, now=TUESDAY)


async def test_the_supervisor_first_and_the_one_above_sees_who(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, now=now)
    await approve(db, office.budi, day_id, TUESDAY)
    async with db.writing() as session:
        head = await somebody(session, office.head, TUESDAY)
        with pytest.raises(Outdated) as late:
            await deciding.approve_day(session, head, day_id, revision=revision, now=TUESDAY)
    assert (late.value.code, late.value.params["name"]) == ("already_decided", "Budi Santoso")


async def test_what_was_decided_in_time_is_never_open_above(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    await approve(db, office.budi, day_id, at(19))
    async with db.reading() as session:
        head = await somebody(session, office.head, TUESDAY)
        with pytest.raises(NotAllowed):
            await load_review(session, head, day_id, now=at(30))
        assert not await decided_days(session, head, now=TUESDAY)


async def test_nobody_above_the_head_and_nothing_goes_two_steps_up(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.budi, now=now)
    late = at(4, month=12)
    assert await queue(db, office.head, late) == [(day_id, "supervisor", 12)]
    async with db.writing() as session:
        await session.execute(
            update(Person).where(Person.id == office.dewi).values(supervisor_id=office.budi)
        )
    eko, _ = await send_day(db, office.eko, now=now)
    assert (eko, "escalated", 12) in await queue(db, office.budi, late)
    assert eko not in [one[0] for one in await queue(db, office.head, late)]
    assert await queue(db, office.observer, late) == []


async def test_a_supervisor_who_never_joined_holds_nothing_back(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        account = (await session.scalars(select(Account).where(Account.person_id == office.budi))).one()
        await session.delete(account)
    assert await queue(db, office.head, TUESDAY) == [(day_id, "escalated", 4)]


async def test_a_supervisor_on_shift_is_counted_by_the_days_of_the_office(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.budi).values(pattern=Pattern.SHIFT))
    assert await queue(db, office.head, at(23)) == []
    assert await queue(db, office.head, TUESDAY) == [(day_id, "escalated", 4)]


async def test_what_is_added_makes_a_waiting_day_no_younger(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        ani = await somebody(session, office.ani, at(23))
        await drafting.take_report(session, ani, "18 Nov: Rapat -> jadwal", message_id=77, now=at(23))
    revision = await revision_of(db, day_id)
    async with db.writing() as session:
        ani = await somebody(session, office.ani, at(23))
        await submit_day(session, ani, day_id, revision=revision, now=at(23))
    assert await queue(db, office.budi, TUESDAY) == [(day_id, "supervisor", 4)]
    assert await queue(db, office.head, TUESDAY) == [(day_id, "escalated", 4)]


async def test_reopening_one_of_two_makes_a_waiting_day_no_younger(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, revision = await send_day(db, office.ani, *LINES[:2], now=now)
    first, _ = await entry_ids(db, day_id)
    async with db.writing() as session:
        budi = await somebody(session, office.budi, at(19))
        await deciding.approve_entry(session, budi, first, revision=revision, now=at(19))
        await deciding.reopen(session, budi, day_id, revision=revision + 1, entry_id=first, now=at(20))
    async with db.reading() as session:
        assert (await session.get_one(Day, day_id)).submitted_at == now
    assert await queue(db, office.head, TUESDAY) == [(day_id, "escalated", 4)]


async def test_capacity_without_a_day_is_never_from_above(
    db: Database, office: Office, now: datetime
) -> None:
    await send_day(db, office.ani, now=now)
    late = now + timedelta(days=30)
    async with db.reading() as session:
        head: Actor = await somebody(session, office.head, late)
        with pytest.raises(NotAllowed):
            await capacity_of(session, head, office.ani, now=late)
        with pytest.raises(NotAllowed):
            await capacity_of(session, head, 99999, now=late)


async def test_feedback_and_evidence_follow_the_capacity(db: Database, office: Office, now: datetime) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    [entry_id] = await entry_ids(db, day_id)
    await stand_in(db, office.budi, office.dewi)
    async with db.writing() as session:
        dewi = await somebody(session, office.dewi, now)
        note = await give_feedback(
            session, dewi, About(day_id, entry_id), tone=Tone.APPRECIATION, text="Rapi.", now=now
        )
    assert ("feedback_given", {"feedback_id": note}) in await told(db, office.ani)
