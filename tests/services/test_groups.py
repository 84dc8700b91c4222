"""Links between groups and units: decided from the database, one a place, with a problem told once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import (
    Account,
    Digest,
    DigestKind,
    Group,
    OutboxMessage,
    OutboxState,
    Person,
    Role,
    RoleName,
    Unit,
)
from models.engine import Database
from services import groups, outbox
from services.errors import DomainError, Invalid, NotAllowed, NotFound, Outdated, Unavailable
from services.groups import Event, Happening, Outcome, Place, Problem, Welcome
from services.people.identity import Actor, who_is
from services.people.privacy import everything_about
from services.retention import forget_old
from tests.office import Office, user_of

MADRASAH = "MTsN 3 Sukamaju"
HERE = Place(-100, None, "Guru", administers=True)


async def acting(db: Database, person_id: int, now: datetime) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person_id), now=now)
        assert found is not None
        return found


async def linked(db: Database, office: Office, now: datetime, *, place: Place = HERE) -> int:
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        return (await groups.link_here(session, admin, place, MADRASAH, now=now)).group_id


async def rows(db: Database) -> Sequence[Group]:
    async with db.reading() as session:
        found = list(await session.scalars(select(Group).order_by(Group.id)))
        session.expunge_all()
        return found


async def told(db: Database, kind: str = "group_problem") -> list[tuple[int | None, object]]:
    async with db.reading() as session:
        found = await session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
        )
        return [(one.person_id, one.payload.get("problem")) for one in found]


async def test_a_link_says_when_its_first_summary_is_due(db: Database, office: Office, now: datetime) -> None:
    await linked(db, office, now)
    (group,) = await rows(db)
    assert group.due_at is not None
    assert group.due_at.astimezone().weekday() == 4
    assert group.due_at > now


async def test_the_zone_is_that_of_most_of_its_people(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        unit = await session.scalar(select(Unit.id).where(Unit.name == MADRASAH))
        ids = list(await session.scalars(select(Person.id).where(Person.unit_id == unit)))
        most = ids[: len(ids) // 2 + 1]
        await session.execute(update(Person).where(Person.id.in_(most)).values(zone="Asia/Jayapura"))
    await linked(db, office, now)
    (group,) = await rows(db)
    assert group.zone == "Asia/Jayapura"


@pytest.mark.parametrize(
    ("who", "place", "error"),
    [
        ("admin", replace(HERE, administers=False), NotAllowed("group_not_allowed")),
        ("ani", HERE, NotAllowed("group_not_allowed")),
        ("budi", HERE, NotAllowed("group_not_allowed")),
        ("head", HERE, NotAllowed("group_not_allowed")),
        ("observer", HERE, NotAllowed("group_not_allowed")),
        ("", HERE, NotAllowed("group_not_allowed")),
        ("ani", replace(HERE, administers=None), NotAllowed("group_not_allowed")),
        ("admin", replace(HERE, administers=None), Unavailable()),
        ("admin", replace(HERE, anonymous=True), Invalid("sender", "group_anonymous")),
        ("", replace(HERE, anonymous=True), Invalid("sender", "group_anonymous")),
    ],
)
async def test_who_may_link_and_let_go(
    db: Database, office: Office, now: datetime, who: str, place: Place, error: DomainError
) -> None:
    await linked(db, office, now, place=replace(HERE, thread_id=5))
    actor = await acting(db, getattr(office, who), now) if who else None
    async with db.writing() as session:
        with pytest.raises(type(error)) as linking:
            await groups.link_here(session, actor, place, MADRASAH, now=now)
        with pytest.raises(type(error)) as unlinking:
            await groups.unlink_here(session, actor, replace(place, thread_id=5), now=now)
    assert linking.value.code == unlinking.value.code == error.code
    assert [(one.thread_id, one.unlinked_at) for one in await rows(db)] == [(5, None)]


async def test_what_an_admin_may_in_private_nobody_else_may(
    db: Database, office: Office, now: datetime
) -> None:
    group = await linked(db, office, now)
    for name in ("ani", "budi", "head", "observer"):
        actor = await acting(db, getattr(office, name), now)
        async with db.writing() as session:
            for refused in (
                groups.list_groups(session, actor),
                groups.show_group(session, actor, group),
                groups.set_language(session, actor, group, "en", now=now),
                groups.set_zone(session, actor, group, "Asia/Jayapura", now=now),
                groups.unlink(session, actor, group, now=now),
                groups.load_choice(session, actor, group, now=now),
                groups.choose_unit(session, actor, group, 1, now=now),
            ):
                with pytest.raises(NotAllowed):
                    await refused


async def test_a_zone_that_is_chosen_moves_the_next_summary(
    db: Database, office: Office, now: datetime
) -> None:
    group = await linked(db, office, now)
    (before,) = await rows(db)
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        await groups.set_zone(session, admin, group, "Asia/Jayapura", now=now)
    (after,) = await rows(db)
    assert before.due_at is not None
    assert after.due_at == before.due_at - timedelta(hours=2)
    async with db.writing() as session:
        with pytest.raises(Invalid):
            await groups.set_zone(session, admin, group, "Europe/Paris", now=now)
        with pytest.raises(Invalid):
            await groups.set_language(session, admin, group, "fr", now=now)


async def test_a_choice_ends_with_its_day_and_by_being_made(
    db: Database, office: Office, now: datetime
) -> None:
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        wish = await groups.link_here(session, admin, HERE, "", now=now)
        choice = await groups.load_choice(session, admin, wish.group_id, now=now)
    assert wish.outcome is Outcome.CHOOSE
    assert [name for _, name in choice.units] == ["KUA Sukamaju", MADRASAH]
    unit = choice.units[0][0]
    async with db.writing() as session:
        with pytest.raises(Outdated):
            await groups.choose_unit(session, admin, wish.group_id, unit, now=now + timedelta(hours=24))
        with pytest.raises(NotFound):
            await groups.choose_unit(session, admin, wish.group_id, 999, now=now)
    async with db.writing() as session:
        made = await groups.choose_unit(session, admin, wish.group_id, unit, now=now)
        with pytest.raises(NotFound):
            await groups.choose_unit(session, admin, wish.group_id, unit, now=now)
    assert (made.outcome, made.unit) == (Outcome.LINKED, "KUA Sukamaju")
    assert [one.problem for one in await rows(db)] == [None]


async def test_a_choice_for_a_linked_group_changes_it(db: Database, office: Office, now: datetime) -> None:
    group = await linked(db, office, now)
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        wish = await groups.link_here(session, admin, HERE, "", now=now)
    assert [one.problem for one in await rows(db)] == [None, "undecided"], "the old unit stays till then"
    async with db.writing() as session:
        choice = await groups.load_choice(session, admin, wish.group_id, now=now)
        made = await groups.choose_unit(session, admin, wish.group_id, choice.units[0][0], now=now)
    assert (made.outcome, made.group_id) == (Outcome.CHANGED, group)
    assert len(await rows(db)) == 1


async def test_a_group_linked_again_is_a_new_one(db: Database, office: Office, now: datetime) -> None:
    first = await linked(db, office, now)
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        session.add(
            Digest(
                kind=DigestKind.UNIT,
                group_id=first,
                week=now.date(),
                first=now.date(),
                last=now.date(),
                cut_to=now,
                created_at=now,
            )
        )
        await groups.unlink(session, admin, first, now=now)
        with pytest.raises(NotFound):
            await groups.unlink(session, admin, first, now=now)
    assert await linked(db, office, now) != first


# Problems


async def happens(db: Database, event: Event, now: datetime) -> Welcome | None:
    async with db.writing() as session:
        return await groups.take_note(session, event, now=now)


async def test_a_problem_is_told_once_to_who_linked_it(db: Database, office: Office, now: datetime) -> None:
    one = await linked(db, office, now)
    await linked(db, office, now, place=replace(HERE, thread_id=5))
    for _ in range(2):
        await happens(db, Event(Happening.REMOVED, -100), now)
        async with db.writing() as session:
            await groups.met_problem(session, one, Problem.REMOVED, now=now)
    assert await told(db) == [(office.admin, "removed")]
    assert await happens(db, Event(Happening.ADDED, -100), now) is Welcome.BACK
    assert [group.problem for group in await rows(db)] == [None, None]
    await happens(db, Event(Happening.REMOVED, -100), now)
    assert await told(db) == [(office.admin, "removed")] * 2


async def test_a_topics_problem_is_its_own(db: Database, office: Office, now: datetime) -> None:
    one = await linked(db, office, now, place=replace(HERE, thread_id=5))
    await linked(db, office, now, place=replace(HERE, thread_id=6))
    async with db.writing() as session:
        await groups.met_problem(session, one, Problem.TOPIC_CLOSED, now=now)
    assert [group.problem for group in await rows(db)] == ["topic_closed", None]
    await happens(db, Event(Happening.TOPIC_OPENED, -100, thread_id=6), now)
    assert [group.problem for group in await rows(db)] == ["topic_closed", None]
    await happens(db, Event(Happening.TOPIC_OPENED, -100, thread_id=5), now)
    assert [group.problem for group in await rows(db)] == [None, None]


async def test_what_failed_is_told_again_while_it_is_news(
    db: Database, office: Office, now: datetime
) -> None:
    """Only the newest, only when it failed, and not a week later."""
    group = await linked(db, office, now)
    for week in (1, 2):
        async with db.writing() as session:
            await outbox.enqueue(session, "unit_summed", group=group, now=now, payload={"n": week})
            (claimed,) = await outbox.claim(session, now=now)
            await outbox.finish(session, claimed, OutboxState.FAILED, now=now)
    for later, waiting in ((timedelta(days=6), []), (timedelta(days=5), [2]), (timedelta(days=5), [2])):
        async with db.writing() as session:
            await groups.met_problem(session, group, Problem.REMOVED, now=now)
        await happens(db, Event(Happening.ADDED, -100), now + later)
        async with db.reading() as session:
            found = await session.scalars(
                select(OutboxMessage).where(
                    OutboxMessage.group_id == group, OutboxMessage.state == OutboxState.WAITING
                )
            )
            assert [one.payload["n"] for one in found] == waiting


async def test_a_deleted_topic_does_not_come_back_by_our_rights(
    db: Database, office: Office, now: datetime
) -> None:
    one = await linked(db, office, now, place=replace(HERE, thread_id=5))
    async with db.writing() as session:
        await groups.met_problem(session, one, Problem.TOPIC_GONE, now=now)
    await happens(db, Event(Happening.HEARD, -100), now)
    assert [group.problem for group in await rows(db)] == ["topic_gone"]
    async with db.writing() as session:
        await groups.arrived(session, one)
    assert [group.problem for group in await rows(db)] == [None]


async def test_what_was_let_go_has_no_problems(db: Database, office: Office, now: datetime) -> None:
    one = await linked(db, office, now)
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        await groups.unlink(session, admin, one, now=now)
        await groups.met_problem(session, one, Problem.REMOVED, now=now)
    await happens(db, Event(Happening.REMOVED, -100), now)
    assert await told(db) == []
    assert await happens(db, Event(Happening.ADDED, -100), now) is Welcome.NEW


@pytest.mark.parametrize("gone", ["role", "active", "account"])
async def test_when_its_maker_is_gone_every_admin_is_told(
    db: Database, office: Office, now: datetime, gone: str
) -> None:
    await linked(db, office, now)
    async with db.writing() as session:
        session.add_all(
            [
                Role(person_id=office.head, role=RoleName.ADMIN),
                Role(person_id=office.dewi, role=RoleName.ADMIN),
            ]
        )
        if gone == "role":
            await session.delete(await session.get_one(Role, (office.admin, RoleName.ADMIN)))
        elif gone == "active":
            (await session.get_one(Person, office.admin)).active = False
        else:
            await session.delete(await session.get_one(Account, user_of(office.admin)))
    await happens(db, Event(Happening.REMOVED, -100), now)
    assert sorted(await told(db)) == sorted([(office.head, "removed"), (office.dewi, "removed")])


async def test_a_moved_group_takes_its_topics_and_choices_along(
    db: Database, office: Office, now: datetime
) -> None:
    await linked(db, office, now)
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        await groups.link_here(session, admin, HERE, "", now=now)
    for _ in range(2):
        await happens(db, Event(Happening.MOVED, -100, moved_to=-1001), now)
    assert {one.chat_id for one in await rows(db)} == {-1001}


# What is kept


async def test_what_was_let_go_and_never_chosen_is_forgotten_in_time(
    db: Database, office: Office, now: datetime
) -> None:
    one = await linked(db, office, now)
    await linked(db, office, now, place=replace(HERE, chat_id=-200))
    admin = await acting(db, office.admin, now)
    async with db.writing() as session:
        await groups.link_here(session, admin, replace(HERE, chat_id=-300), "", now=now)
        await groups.unlink(session, admin, one, now=now)
    for days, kept in ((6, 3), (8, 2), (401, 1)):
        async with db.writing() as session:
            await forget_old(session, now=now + timedelta(days=days))
        assert len(await rows(db)) == kept, days


async def test_who_linked_a_group_finds_it_among_their_data(
    db: Database, office: Office, now: datetime
) -> None:
    await linked(db, office, now)
    async with db.reading() as session:
        mine = await everything_about(session, office.admin)
        others = await everything_about(session, office.ani)
    assert [one["title"] for one in mine["groups"]] == ["Guru"]
    assert "groups" not in others
