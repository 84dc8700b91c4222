"""Several processes, one outbox: every row once, in order a chat, one pace, and 429 holds for all."""

import asyncio
import time
from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.pacing import Pace
from models import Account, Group, OutboxMessage, OutboxState, Person, Role, RoleName, Unit
from models.engine import Database
from services import groups, outbox, pacing
from services.groups import Outcome, Place
from services.pacing import Rates
from services.people.identity import who_is
from simulator.limits import Limits, Meter
from tests.conftest import WEDNESDAY
from tests.office import build_office, user_of

pytestmark = pytest.mark.postgres
PEOPLE = 20
EACH = 5


async def written(db: Database, *, people: int = PEOPLE, each: int = EACH) -> None:
    async with db.writing() as session:
        ids = range(1, people + 1)
        await session.execute(
            insert(Person), [{"id": n, "name": f"Pegawai {n}", "created_at": WEDNESDAY} for n in ids]
        )
        await session.execute(
            insert(Account),
            [{"user_id": n, "person_id": n, "chat_id": n, "joined_at": WEDNESDAY} for n in ids],
        )
        for number in range(each):
            for person in ids:
                await outbox.enqueue(session, "prompted", to=person, now=WEDNESDAY, payload={"n": number})


async def drained(db: Database, taken: list[outbox.Claimed]) -> None:
    """One process: claims and finishes until nothing is due a few times in a row."""
    idle = 0
    while idle < 3:
        async with db.writing() as session:
            claimed = await outbox.claim(session, now=WEDNESDAY, limit=7)
        taken += claimed
        await asyncio.sleep(0)
        for row in claimed:
            async with db.writing() as session:
                await outbox.finish(session, row, OutboxState.SENT, now=WEDNESDAY)
        idle = 0 if claimed else idle + 1
        if not claimed:
            await asyncio.sleep(0.01)


async def test_every_row_is_taken_once_and_in_order(pg_db: Database) -> None:
    await written(pg_db)
    taken: list[outbox.Claimed] = []
    await asyncio.gather(*(drained(pg_db, taken) for _ in range(4)))
    assert len(taken) == PEOPLE * EACH
    assert len({row.id for row in taken}) == PEOPLE * EACH
    order = defaultdict(list)
    for row in taken:
        order[row.person_id].append(row.payload["n"])
    assert all(numbers == list(range(EACH)) for numbers in order.values())


async def test_groups_keep_their_order_beside_the_people(pg_db: Database) -> None:
    """One linked topic is one line of messages; topics of one chat and its people do not wait for it."""
    await written(pg_db, people=5)
    async with pg_db.writing() as session:
        session.add(Unit(id=1, name="Unit"))
        await session.flush()
        for number in range(1, 7):
            facts = {"chat_id": -100, "thread_id": number, "title": f"Topik {number}", "unit_id": 1}
            session.add(Group(id=number, linked_by=1, linked_at=WEDNESDAY, **facts))
        await session.flush()
        for number in range(EACH):
            for group in range(1, 7):
                await outbox.enqueue(
                    session, "unit_summed", group=group, now=WEDNESDAY, payload={"n": number}
                )
    async with pg_db.writing() as session:
        first = await outbox.claim(session, now=WEDNESDAY, limit=100)
        assert len(first) == 5 + 6
        assert {row.payload["n"] for row in first} == {0}
        assert await outbox.claim(session, now=WEDNESDAY, limit=100) == []
        for row in first:
            await outbox.finish(session, row, OutboxState.SENT, now=WEDNESDAY)
    taken: list[outbox.Claimed] = []
    await asyncio.gather(*(drained(pg_db, taken) for _ in range(4)))
    assert len({row.id for row in taken}) == len(taken) == 11 * (EACH - 1)
    order = defaultdict(list)
    for row in taken:
        order[row.person_id, row.group and row.group.group_id].append(row.payload["n"])
    assert len(order) == 11
    assert all(numbers == list(range(1, EACH)) for numbers in order.values())


async def test_two_admins_choose_at_once_and_one_link_comes_of_it(pg_db: Database) -> None:
    """Each has asked for the same group in private; the loser's choice changes the winner's link."""
    async with pg_db.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
        session.add(Role(person_id=office.head, role=RoleName.ADMIN))
    place = Place(-100, None, "Guru", administers=True)
    wishes = []
    for person in (office.admin, office.head):
        async with pg_db.writing() as session:
            actor = await who_is(session, user_of(person), now=WEDNESDAY)
            wish = await groups.link_here(session, actor, place, "", now=WEDNESDAY)
            assert actor is not None
            choice = await groups.load_choice(session, actor, wish.group_id, now=WEDNESDAY)
            wishes.append((actor, choice))

    async def chooses(number: int) -> Outcome:
        actor, choice = wishes[number]
        async with pg_db.writing() as session:
            unit = choice.units[number][0]
            made = await groups.choose_unit(session, actor, choice.group_id, unit, now=WEDNESDAY)
            return made.outcome

    outcomes = await asyncio.gather(chooses(0), chooses(1))
    assert sorted(outcomes) == [Outcome.CHANGED, Outcome.LINKED]
    async with pg_db.reading() as session:
        assert len(list(await session.scalars(select(Group)))) == 1


async def test_claims_at_the_same_instant_do_not_wait_for_each_other(pg_db: Database) -> None:
    await written(pg_db, each=1)
    async with pg_db.writing() as first, pg_db.writing() as second:
        mine = await outbox.claim(first, now=WEDNESDAY, limit=12)
        theirs = await asyncio.wait_for(outbox.claim(second, now=WEDNESDAY, limit=12), 5)
    assert len(mine) == 12
    assert not {row.id for row in mine} & {row.id for row in theirs}


async def test_the_same_key_is_written_once_by_whoever_tries(pg_db: Database) -> None:
    await written(pg_db, people=1, each=0)

    async def tries() -> bool:
        async with pg_db.writing() as session:
            return await outbox.enqueue(session, "prompted", to=1, now=WEDNESDAY, key="prompt:1")

    assert sorted(await asyncio.gather(*(tries() for _ in range(8)))) == [False] * 7 + [True]


async def test_processes_share_one_pace(pg_db: Database) -> None:
    """Four at once: together they get what one would, and what answers of one sent counts for all."""
    rate, began = 200.0, time.perf_counter()

    async def takes(owed: float) -> int:
        got = 0
        while time.perf_counter() - began < 0.5:
            async with pg_db.writing() as session:
                found = await pacing.reserve(session, 4, owed=owed, rate=rate)
            got, owed = got + found.slots, 0
            await asyncio.sleep(min(found.wait, 0.05))
        return got

    got = sum(await asyncio.gather(*(takes(10) for _ in range(4))))
    took = time.perf_counter() - began
    most = rate * (took + pacing.SLACK + pacing.LEAD) - 40
    assert 0.8 * (rate * 0.5 - 40) <= got <= most + 4 * 4


async def test_answers_of_several_processes_at_once_keep_the_pace_of_one(pg_db: Database) -> None:
    """Each of four has a burst of answers; together they are let through by Telegram's own bucket."""
    rate = 120
    paces = [Pace(pg_db, Rates(per_second=rate)) for _ in range(4)]
    meter = Meter(Limits(per_second=rate))

    async def answers(pace: Pace, chat_id: int) -> None:
        await pace.admit(chat_id, 1, edit=False)
        meter.count(chat_id, group=False, edit=False)  # raises when it is too much

    async with asyncio.timeout(10):
        await asyncio.gather(
            *(answers(pace, place * 40 + n) for place, pace in enumerate(paces) for n in range(40))
        )
    assert meter.tally.messages == 160


async def test_a_refusal_of_the_whole_bot_silences_the_answers_of_other_processes(pg_db: Database) -> None:
    one, other = Pace(pg_db, Rates()), Pace(pg_db, Rates())
    await one.refused(5, 30)
    assert (await other.take(4)).slots == 4, "one chat alone is no matter of the others"
    await other.refused(6, 30)
    assert other.held_for > 25, "the first was refused elsewhere"
    await one.admit(7, 1, edit=False)
    await one._settle()
    assert one.held_for > 25
    await one.refused(5, 30)  # written again for that chat, and not for the bot


async def test_a_database_that_is_away_does_not_hold_up_answers() -> None:
    away = Database("postgresql://nobody@127.0.0.1:9/none")
    pace = Pace(away, Rates(per_second=120))
    began = time.perf_counter()
    await asyncio.gather(*(pace.admit(n, 1, edit=False) for n in range(50)))
    assert time.perf_counter() - began < 2.5
    await away.close()


async def test_too_many_holds_for_every_process(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        await pacing.hold(session, 30, at=0)

    async def asks() -> pacing.Grant:
        async with pg_db.writing() as session:
            return await pacing.reserve(session, 4, owed=0, rate=30)

    for found in await asyncio.gather(*(asks() for _ in range(4))):
        assert found.slots == 0
        assert 25 < found.held <= 30


async def test_a_starting_process_leaves_the_others_rows_alone(pg_db: Database) -> None:
    await written(pg_db, each=1)
    async with pg_db.writing() as session:
        await outbox.claim(session, now=WEDNESDAY, limit=5)
    later = WEDNESDAY + timedelta(seconds=30)
    async with pg_db.writing() as session:
        assert await outbox.recover(session, now=later, older_than=timedelta(minutes=2)) == 0
    async with pg_db.writing() as session:
        dead = WEDNESDAY + timedelta(minutes=2)
        assert await outbox.recover(session, now=dead, older_than=timedelta(minutes=2)) == 5
    async with pg_db.reading() as session:
        uncertain = select(func.count()).where(OutboxMessage.state == OutboxState.UNCERTAIN)
        assert await session.scalar(uncertain) == 5


async def test_a_machine_whose_clock_is_wrong_takes_no_flight_for_dead(pg_db: Database) -> None:
    await written(pg_db, people=5, each=1)
    async with pg_db.writing() as session:
        claimed = await outbox.claim(session, now=WEDNESDAY, limit=5, paced=0.0)
        assert len(claimed) == 5
    async with pg_db.writing() as session:
        for wrong in (WEDNESDAY + timedelta(hours=9), WEDNESDAY - timedelta(hours=9)):
            assert await outbox.recover(session, now=wrong, older_than=timedelta(minutes=2), paced=True) == 0
        await session.execute(update(OutboxMessage).values(claimed_at=func.now() - timedelta(minutes=3)))
        assert await outbox.recover(session, now=WEDNESDAY, older_than=timedelta(minutes=2), paced=True) == 5
        await outbox.finish(session, claimed[0], OutboxState.SENT, now=WEDNESDAY)
        states = set(await session.scalars(select(OutboxMessage.state)))
    assert states == {OutboxState.UNCERTAIN}, "its ending came too late"
