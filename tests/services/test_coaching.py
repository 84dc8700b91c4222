"""Following up a `perbaikan`: who may, when, and what its person is told."""

from datetime import date, datetime

import pytest
from sqlalchemy import update

from models import Feedback, Person, Progress, Tone
from models.engine import Database
from services import coaching
from services.errors import Invalid, NotAllowed, NotFound
from services.feedback import About, give_feedback, load_note
from tests.office import Office
from tests.services.reporting import send_day, told
from tests.services.seats import at, somebody, stand_in

LATER = at(25)


async def said(
    db: Database, office: Office, *, by: int | None = None, tone: Tone = Tone.IMPROVEMENT, now: datetime
) -> int:
    day_id, _ = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        actor = await somebody(session, by or office.budi, now)
        return await give_feedback(
            session, actor, About(day_id), tone=tone, text="Lengkapi buktinya.", now=now
        )


async def planned(db: Database, office: Office, now: datetime) -> int:
    note = await said(db, office, now=now)
    async with db.writing() as session:
        budi = await somebody(session, office.budi, now)
        await coaching.follow_up(session, budi, note, on=date(2026, 11, 25), now=now)
    return note


async def close(db: Database, who: int, note: int, progress: Progress, now: datetime) -> coaching.Coaching:
    async with db.writing() as session:
        actor = await somebody(session, who, now)
        return await coaching.close(session, actor, note, progress=progress, now=now)


async def due(db: Database, who: int, now: datetime) -> list[int]:
    async with db.reading() as session:
        actor = await somebody(session, who, now)
        return [one.id for one in await coaching.due_coaching(session, actor, now=now)]


async def test_it_is_due_from_its_day_until_it_is_closed(db: Database, office: Office, now: datetime) -> None:
    note = await planned(db, office, now)
    assert await due(db, office.budi, at(24)) == []
    assert await due(db, office.budi, LATER) == [note]
    assert await due(db, office.budi, at(30)) == [note]
    with pytest.raises(Invalid) as early:
        await close(db, office.budi, note, Progress.IMPROVED, at(24))
    assert early.value.code == "follow_up_not_due"
    done = await close(db, office.budi, note, Progress.IMPROVED, LATER)
    assert (done.progress, done.closed_at) == (Progress.IMPROVED, LATER)
    await close(db, office.budi, note, Progress.IMPROVED, LATER)
    notices = [one for one in await told(db, office.ani) if one[0] == "coaching_closed"]
    assert notices == [("coaching_closed", {"feedback_id": note, "by": office.budi})]
    assert await due(db, office.budi, at(30)) == []
    with pytest.raises(Invalid) as closed:
        await close(db, office.budi, note, Progress.NOT_YET, LATER)
    assert closed.value.code == "follow_up_closed"
    async with db.writing() as session:
        budi = await somebody(session, office.budi, LATER)
        with pytest.raises(Invalid):
            await coaching.follow_up(session, budi, note, on=date(2026, 12, 2), now=LATER)
        record = await load_note(session, await somebody(session, office.ani, LATER), note)
    assert (record.progress, record.closed_at) == (Progress.IMPROVED, LATER)


async def test_not_yet_may_be_looked_at_again(db: Database, office: Office, now: datetime) -> None:
    note = await planned(db, office, now)
    await close(db, office.budi, note, Progress.NOT_YET, LATER)
    async with db.writing() as session:
        budi = await somebody(session, office.budi, LATER)
        again = await coaching.follow_up(session, budi, note, on=date(2026, 12, 2), now=LATER)
    assert (again.closed_at, again.progress, again.due) == (None, Progress.NOT_YET, False)
    assert await due(db, office.budi, at(2, month=12)) == [note]


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2026, 11, 18), "follow_up_past"),
        (date(2026, 11, 1), "follow_up_past"),
        (date(2027, 11, 20), "follow_up_far"),
    ],
)
async def test_dates_that_cannot_be(db: Database, office: Office, now: datetime, on: date, code: str) -> None:
    note = await said(db, office, now=now)
    async with db.writing() as session:
        budi = await somebody(session, office.budi, now)
        with pytest.raises(Invalid) as refused:
            await coaching.follow_up(session, budi, note, on=on, now=now)
    assert refused.value.code == code


@pytest.mark.parametrize("who", ["ani", "citra", "dewi", "eko", "head", "admin", "observer"])
async def test_nobody_else_follows_it_up(db: Database, office: Office, now: datetime, who: str) -> None:
    note = await planned(db, office, now)
    person = getattr(office, who)
    assert await due(db, person, LATER) == []
    with pytest.raises(NotAllowed):
        await close(db, person, note, Progress.IMPROVED, LATER)
    async with db.reading() as session:
        with pytest.raises(NotAllowed):
            await coaching.load_coaching(session, await somebody(session, person, LATER), note, now=LATER)


async def test_the_stand_in_closes_and_what_a_stand_in_said_comes_back_to_the_supervisor(
    db: Database, office: Office, now: datetime
) -> None:
    note = await planned(db, office, now)
    await stand_in(db, office.budi, office.dewi, first=date(2026, 11, 25), last=date(2026, 11, 25))
    assert await due(db, office.dewi, LATER) == [note]
    await close(db, office.dewi, note, Progress.IMPROVED, LATER)
    assert await due(db, office.dewi, at(26)) == []


async def test_a_new_supervisor_takes_it_over(db: Database, office: Office, now: datetime) -> None:
    note = await planned(db, office, now)
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.ani).values(supervisor_id=office.dewi))
    assert await due(db, office.dewi, LATER) == [note]
    assert await due(db, office.budi, LATER) == [], "who led once hands it back"
    with pytest.raises(NotAllowed):
        await close(db, office.budi, note, Progress.IMPROVED, LATER)
    await close(db, office.dewi, note, Progress.IMPROVED, LATER)


async def test_who_stood_in_closes_nothing_after_it(db: Database, office: Office, now: datetime) -> None:
    await stand_in(db, office.budi, office.eko)
    note = await said(db, office, by=office.eko, now=now)
    async with db.writing() as session:
        eko = await somebody(session, office.eko, now)
        await coaching.follow_up(session, eko, note, on=date(2026, 11, 25), now=now)
    assert await due(db, office.eko, LATER) == []
    with pytest.raises(NotAllowed):
        await close(db, office.eko, note, Progress.IMPROVED, LATER)
    assert await due(db, office.budi, LATER) == [note]


async def test_who_gave_it_from_above_follows_it_up_as_long_as_they_are_above(
    db: Database, office: Office, now: datetime
) -> None:
    note = await planned(db, office, now)
    async with db.writing() as session:
        await session.execute(update(Feedback).values(from_id=office.head))
    assert await due(db, office.head, LATER) == await due(db, office.budi, LATER) == [note]
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.budi).values(supervisor_id=None))
    assert await due(db, office.head, LATER) == []
    with pytest.raises(NotAllowed):
        await close(db, office.head, note, Progress.IMPROVED, LATER)


async def test_nobody_closes_what_they_were_told_whatever_seat_they_hold(
    db: Database, office: Office, now: datetime
) -> None:
    note = await planned(db, office, now)
    await stand_in(db, office.budi, office.ani, last=date(2026, 11, 30))
    assert await due(db, office.ani, LATER) == []
    with pytest.raises(NotAllowed):
        await close(db, office.ani, note, Progress.IMPROVED, LATER)


async def test_only_an_improvement_is_followed_up(db: Database, office: Office, now: datetime) -> None:
    note = await said(db, office, tone=Tone.APPRECIATION, now=now)
    async with db.writing() as session:
        budi = await somebody(session, office.budi, now)
        for gone in (note, 99999):
            with pytest.raises(NotFound):
                await coaching.follow_up(session, budi, gone, on=date(2026, 11, 25), now=now)
            with pytest.raises(NotFound):
                await coaching.load_coaching(session, budi, gone, now=now)


async def test_what_was_opened_again_is_not_told_as_closed(
    db: Database, office: Office, now: datetime
) -> None:
    note = await planned(db, office, now)
    async with db.writing() as session:
        ani = await somebody(session, office.ani, now)
        assert await coaching.load_closed(session, ani, note) is None
        assert await coaching.load_closed(session, ani, 99999) is None
        (await session.get_one(Feedback, note)).closed_at = now
    async with db.reading() as session:
        assert await coaching.load_closed(session, await somebody(session, office.budi, now), note) is None
