"""Naming who stands in: who may, for whom, when; one a day; told and ended."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from models import Account, ActingSupervisor, AuditEvent, Capacity, Person, Role, RoleName
from models.engine import Database
from services.approvals import acting
from services.errors import Invalid, NotAllowed, NotFound
from tests.office import Office
from tests.services.reporting import told
from tests.services.seats import at, somebody, stand_in

FIRST, LAST = date(2026, 11, 19), date(2026, 11, 20)


async def named(
    db: Database,
    office: Office,
    *,
    by: int | None = None,
    boss: int | None = None,
    who: int | None = None,
    first: date = FIRST,
    last: date = LAST,
    now: datetime,
) -> int:
    async with db.writing() as session:
        actor = await somebody(session, by or office.budi, now)
        return await acting.name_acting(
            session,
            actor,
            boss or office.budi,
            who or office.dewi,
            capacity=Capacity.PLH,
            first=first,
            last=last,
            now=now,
        )


async def test_both_are_told_and_it_is_audited_and_twice_is_once(
    db: Database, office: Office, now: datetime
) -> None:
    span = await named(db, office, by=office.admin, now=now)
    assert await named(db, office, by=office.admin, now=now) == span
    for person in (office.budi, office.dewi):
        assert [one for one in await told(db, person) if one[0] == "acting_set"] == [
            ("acting_set", {"span_id": span})
        ]
    assert not [one for one in await told(db, office.admin) if one[0] == "acting_set"]
    async with db.reading() as session:
        count = select(func.count()).where(AuditEvent.action == "acting_set")
        assert await session.scalar(count) == 1


async def test_nobody_makes_themselves_decide(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        session.add(Role(person_id=office.citra, role=RoleName.ADMIN))
    with pytest.raises(Invalid, match="acting_yourself"):
        await named(db, office, by=office.citra, boss=office.head, who=office.citra, now=now)
    async with db.reading() as session:
        citra = await somebody(session, office.citra, now)
        assert citra.decides_as == {office.citra}
        near = await acting.candidates(session, citra, office.budi)
        assert office.citra not in [one.person_id for one in near]
        with pytest.raises(Invalid, match="acting_"):
            await acting.find_people(session, citra, office.budi, "Citra")
    assert await named(db, office, by=office.citra, boss=office.budi, who=office.dewi, now=now)


@pytest.mark.parametrize("who", ["ani", "citra", "dewi", "head", "observer"])
async def test_only_the_supervisor_and_an_admin_name(
    db: Database, office: Office, now: datetime, who: str
) -> None:
    await stand_in(db, office.budi, office.citra)
    span = await stand_in(db, office.budi, office.eko, first=date(2026, 12, 1), last=date(2026, 12, 2))
    by = getattr(office, who)
    with pytest.raises(NotAllowed):
        await named(db, office, by=by, who=office.eko, now=now)
    async with db.writing() as session:
        actor = await somebody(session, by, now)
        with pytest.raises(NotAllowed):
            await acting.end_acting(session, actor, span, now=now)
        for look in (acting.candidates, acting.ensure_may_name):
            with pytest.raises(NotAllowed):
                await look(session, actor, office.budi)
        with pytest.raises(NotAllowed):
            await acting.supervisors(session, actor)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 11, 17), date(2026, 11, 20), "acting_past"),
        (date(2026, 11, 20), date(2026, 11, 19), "acting_reversed"),
        (date(2026, 11, 18), date(2027, 11, 19), "acting_too_long"),
        (date(2027, 11, 19), date(2027, 11, 20), "acting_too_far"),
    ],
)
async def test_dates_that_cannot_be(
    db: Database, office: Office, now: datetime, first: date, last: date, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await named(db, office, first=first, last=last, now=now)
    assert refused.value.code == code


async def test_a_whole_year_is_the_longest(db: Database, office: Office, now: datetime) -> None:
    assert await named(db, office, first=date(2026, 11, 18), last=date(2027, 11, 18), now=now)


async def test_only_somebody_else_active_and_joined(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.eko).values(active=False))
        await session.execute(delete(Account).where(Account.person_id == office.ani))
    for who, code in (
        (office.budi, "acting_self"),
        (office.eko, "acting_not_here"),
        (office.ani, "acting_not_here"),
        (office.observer, "acting_not_here"),
        (99999, "acting_not_here"),
    ):
        with pytest.raises(Invalid) as refused:
            await named(db, office, who=who, now=now)
        assert refused.value.code == code
    async with db.writing() as session:
        budi = await somebody(session, office.budi, now)
        near = [one.name for one in await acting.candidates(session, budi, office.budi)]
        assert near == ["Dewi Kartika", "Citra Lestari"], "colleagues first, then one's own people"
        assert [one.name for one in await acting.find_people(session, budi, office.budi, " kArTi ")] == [
            "Dewi Kartika"
        ]
        for words, code in (("100%", "acting_nobody"), ("x", "acting_name_short")):
            with pytest.raises(Invalid) as refused:
                await acting.find_people(session, budi, office.budi, words)
            assert refused.value.code == code


@pytest.mark.parametrize("words", ["bu citra", "Ibu Hj. Citra", "ibu citra lestari", "Citra"])
async def test_a_form_of_address_hides_nobody(
    db: Database, office: Office, now: datetime, words: str
) -> None:
    async with db.writing() as session:
        budi = await somebody(session, office.budi, now)
        found = await acting.find_people(session, budi, office.budi, words)
        assert [one.name for one in found] == ["Citra Lestari"]


async def test_who_is_here_and_may_not_stand_in_is_not_called_unknown(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        await session.execute(delete(Account).where(Account.person_id == office.citra))
        budi = await somebody(session, office.budi, now)
        with pytest.raises(Invalid) as refused:
            await acting.find_people(session, budi, office.budi, "bu citra")
        assert (refused.value.code, refused.value.params["name"]) == ("acting_unfit", "Citra Lestari")


async def test_for_somebody_nobody_reports_to(db: Database, office: Office, now: datetime) -> None:
    with pytest.raises(NotFound):
        await named(db, office, by=office.admin, boss=office.eko, who=office.ani, now=now)


@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [
        (date(2026, 11, 18), date(2026, 11, 18), False),
        (date(2026, 11, 18), date(2026, 11, 19), True),
        (date(2026, 11, 20), date(2026, 11, 25), True),
        (date(2026, 11, 21), date(2026, 11, 25), False),
    ],
)
async def test_one_stand_in_a_day(
    db: Database, office: Office, now: datetime, first: date, last: date, overlaps: bool
) -> None:
    await named(db, office, now=now)
    if not overlaps:
        assert await named(db, office, who=office.citra, first=first, last=last, now=now)
        return
    with pytest.raises(Invalid) as refused:
        await named(db, office, who=office.citra, first=first, last=last, now=now)
    assert (refused.value.code, refused.value.params["name"]) == ("acting_overlap", "Dewi Kartika")


async def two_at_once(db: Database, office: Office, now: datetime) -> None:
    """The supervisor and an admin name somebody for the same day: one is kept."""
    results = await asyncio.gather(
        named(db, office, who=office.citra, now=now),
        named(db, office, by=office.admin, who=office.dewi, now=now),
        named(db, office, by=office.admin, who=office.eko, now=now),
        return_exceptions=True,
    )
    lost = [one for one in results if isinstance(one, Invalid)]
    assert [one.code for one in lost] == ["acting_overlap"] * 2, results
    async with db.reading() as session:
        assert await session.scalar(select(func.count(ActingSupervisor.id))) == 1


async def test_of_two_at_once_one_is_kept(db: Database, office: Office, now: datetime) -> None:
    await two_at_once(db, office, now)


async def test_ending_is_told_and_only_once(db: Database, office: Office, now: datetime) -> None:
    span = await named(db, office, now=now)
    async with db.writing() as session:
        budi = await somebody(session, office.budi, now)
        assert (await acting.end_acting(session, budi, span, now=now)).ended
        with pytest.raises(Invalid) as twice:
            await acting.end_acting(session, budi, span, now=now)
        assert twice.value.code == "acting_ended_already"
        with pytest.raises(NotFound):
            await acting.end_acting(session, budi, 99999, now=now)
        assert not await acting.load_spans(session, budi, now=now)
    assert ("acting_ended", {"span_id": span}) in await told(db, office.dewi)
    assert await named(db, office, who=office.citra, now=now), "the days are free again"


async def test_a_span_that_is_over_is_no_longer_ended(db: Database, office: Office, now: datetime) -> None:
    span = await stand_in(db, office.budi, office.dewi, first=date(2026, 11, 16), last=date(2026, 11, 17))
    async with db.writing() as session:
        with pytest.raises(Invalid):
            await acting.end_acting(session, await somebody(session, office.budi, now), span, now=now)


async def test_turns_are_told_once_in_the_day_and_never_of_what_was_ended(
    db: Database, office: Office, now: datetime
) -> None:
    span = await named(db, office, now=now)
    gone = await stand_in(db, office.head, office.dewi, first=FIRST, last=LAST, ended_at=now)
    told_at = {}
    for hours in range(24 * 5):
        moment = at(18, 0) + timedelta(hours=hours)
        async with db.writing() as session:
            if await acting.tell_turns(session, now=moment):
                told_at[moment] = True
    assert list(told_at) == [at(19, 7), at(21, 7)]
    kinds = [one for one in await told(db, office.dewi) if one[0] in ("acting_begun", "acting_over")]
    assert kinds == [("acting_begun", {"span_id": span}), ("acting_over", {"span_id": span})]
    assert gone != span
