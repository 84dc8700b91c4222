"""Who stands in today: one rule, asked from the supervisor, from the stand-in and from identity."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete

from models import Account, ActingSupervisor, DayKind, DutyPeriod, Person, Role, RoleName
from models.engine import Database
from services.people.identities import who_are
from services.people.standing_in import load_above, seats_of, stand_ins
from tests.office import Office, user_of
from tests.services.seats import at, somebody, stand_in


@pytest.mark.parametrize("gone", ["ended", "inactive", "observer", "unjoined", "over"])
async def test_who_stands_in_is_one_rule_in_both_directions(
    db: Database, office: Office, now: datetime, gone: str
) -> None:
    span = await stand_in(db, office.budi, office.dewi, last=date(2026, 11, 18))
    async with db.writing() as session:
        dewi = await somebody(session, office.dewi, now)
        assert (await stand_ins(session, [office.budi], now=now)).keys() == {office.budi}
        assert (await seats_of(session, dewi, now=now)).keys() == {office.budi, office.dewi}
        match gone:
            case "ended":
                (await session.get_one(ActingSupervisor, span)).ended_at = now
            case "inactive":
                (await session.get_one(Person, office.dewi)).active = False
            case "observer":
                await session.execute(delete(Role).where(Role.person_id == office.dewi))
                session.add(Role(person_id=office.dewi, role=RoleName.OBSERVER))
            case "unjoined":
                await session.execute(delete(Account).where(Account.person_id == office.dewi))
    later = at(19) if gone == "over" else now
    async with db.reading() as session:
        assert await stand_ins(session, [office.budi], now=later) == {}
        head = await somebody(session, office.head, later)
        above = await load_above(session, head, office.ani, now=later)
        assert (above.stand_in, above.others(office.head)) == (None, [office.budi])
        if gone != "unjoined":  # an actor has joined
            assert (await seats_of(session, dewi, now=later)).keys() == {office.dewi}
        if gone in ("ended", "observer", "over"):
            assert (await somebody(session, office.dewi, later)).stands_in_for == set()


async def test_a_span_goes_by_the_clock_at_home_wherever_a_journey_leads(
    db: Database, office: Office
) -> None:
    await stand_in(db, office.budi, office.dewi, last=date(2026, 11, 18))
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=office.dewi,
                kind=DayKind.FIELD,
                first=date(2026, 11, 16),
                last=date(2026, 11, 20),
                zone="Asia/Jayapura",
                created_at=at(16),
                created_by=office.dewi,
            )
        )
    for hour, holds in ((23, True), (24, False)):  # in Jayapura it is the 19th at both
        moment = at(18) + timedelta(hours=hour - 9)
        async with db.reading() as session:
            dewi = await somebody(session, office.dewi, moment)
            found = [
                bool(await stand_ins(session, [office.budi], now=moment)),
                office.budi in await seats_of(session, dewi, now=moment),
                bool(dewi.stands_in_for),
            ]
            together = await who_are(session, [user_of(office.dewi), user_of(office.ani)], now=moment)
            assert together[user_of(office.dewi)] == dewi, "many at once are who each is"
            assert together[user_of(office.ani)] == await somebody(session, office.ani, moment)
        assert dewi.zone == "Asia/Jayapura"
        assert found == [holds] * 3
