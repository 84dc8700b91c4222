"""Whatever is written, put off, refused and claimed: no chat is reordered, nothing starves."""

import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from models import Group, Lane, OutboxMessage, OutboxState
from models.engine import Database
from services import outbox, pacing
from tests.conftest import WEDNESDAY
from tests.office import Office, user_of

KINDS = {Lane.TOLD: "duty_told", Lane.ROUND: "prompted", Lane.DRAWN: "week_summed"}
SECOND = timedelta(seconds=1)
messages = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(sorted(Lane)), st.sampled_from([0, 0, 0, 2, 5])),
    min_size=1,
    max_size=25,
)


async def written(db: Database, people: list[int], wanted: list[tuple[int, Lane, int]]) -> None:
    async with db.writing() as session:
        await session.execute(delete(OutboxMessage))
        for number, (person, lane, wait) in enumerate(wanted):
            await outbox.enqueue(
                session,
                KINDS[lane],
                to=people[person],
                now=WEDNESDAY,
                payload={"n": number},
                not_before=WEDNESDAY + wait * SECOND,
            )


async def drained(
    db: Database, lanes: list[tuple[Lane, ...]], luck: random.Random
) -> list[tuple[outbox.Claimed, datetime]]:
    """Several claimers take turns; of what they hold some is put back, the rest is sent, in any order."""
    now, sent = WEDNESDAY, []
    held: list[outbox.Claimed] = []
    for _ in range(400):
        async with db.writing() as session:
            held += await outbox.claim(session, now=now, limit=luck.randint(1, 6), lanes=luck.choice(lanes))
            assert len({row.person_id for row in held}) == len(held), "two of one chat in hand"
            luck.shuffle(held)
            ends = luck.randint(0, len(held))
            ending, held = held[:ends], held[ends:]
            for row in ending:
                if luck.random() < 0.2:
                    await outbox.put_back(session, row, now=now, wait=SECOND, error="429")
                else:
                    await outbox.finish(session, row, OutboxState.SENT, now=now)
                    sent.append((row, now))
        left = await _left(db)
        if not left:
            return sent
        now += SECOND * luck.choice([0, 0, 1])
    raise AssertionError("something starves")


async def _left(db: Database) -> bool:
    async with db.reading() as session:
        open_ = OutboxMessage.state.in_([OutboxState.WAITING, OutboxState.SENDING])
        return await session.scalar(select(OutboxMessage.id).where(open_).limit(1)) is not None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=messages, seed=st.integers(0, 2**16))
async def test_no_chat_is_reordered_and_nothing_starves(
    db: Database, office: Office, wanted: list[tuple[int, Lane, int]], seed: int
) -> None:
    people = [office.ani, office.budi, office.citra, office.dewi, office.eko]
    await written(db, people, wanted)
    every = tuple(Lane)
    sent = await drained(db, [every, (Lane.TOLD, Lane.ROUND), (Lane.DRAWN,)], random.Random(seed))
    assert len({row.id for row, _ in sent}) == len(wanted)
    order = defaultdict(list)
    for row, at in sent:
        wait = wanted[row.payload["n"]][2]
        order[row.person_id].append((row.payload["n"], WEDNESDAY + wait * SECOND, at))
    for rows in order.values():
        for place, (number, _, _) in enumerate(rows):
            for later, not_before, _ in rows[place + 1 :]:
                # A later one came first only while the earlier one's hour had not come.
                assert later > number or not_before > WEDNESDAY


async def test_a_later_lane_gets_its_share(db: Database, office: Office) -> None:
    people = await many(db, office, told=30, rounds=30)
    async with db.writing() as session:
        rows = await outbox.claim(session, now=WEDNESDAY, limit=8, lanes=(Lane.TOLD, Lane.ROUND))
    assert [row.kind for row in rows] == ["duty_told"] * 6 + ["prompted"] * 2
    assert people == 60


async def test_what_one_lane_leaves_another_takes(db: Database, office: Office) -> None:
    await many(db, office, told=1, rounds=30)
    async with db.writing() as session:
        rows = await outbox.claim(session, now=WEDNESDAY, limit=8, lanes=(Lane.TOLD, Lane.ROUND))
    assert [row.kind for row in rows] == ["duty_told"] + ["prompted"] * 7


async def test_lanes_that_are_not_asked_for_are_left(db: Database, office: Office) -> None:
    await many(db, office, told=3, rounds=3)
    async with db.writing() as session:
        assert await outbox.anything_due(session, now=WEDNESDAY, lanes=(Lane.TOLD,))
        assert not await outbox.anything_due(session, now=WEDNESDAY, lanes=(Lane.DRAWN,))
        rows = await outbox.claim(session, now=WEDNESDAY, lanes=(Lane.ROUND,))
        assert {row.kind for row in rows} == {"prompted"}
        assert await outbox.claim(session, now=WEDNESDAY, lanes=(Lane.DRAWN,)) == []


@pytest.mark.parametrize("limit", range(1, 12))
@pytest.mark.parametrize("lanes", [(Lane.TOLD,), (Lane.TOLD, Lane.ROUND), tuple(Lane)])
def test_shares_are_the_limit(limit: int, lanes: tuple[Lane, ...]) -> None:
    quotas = outbox.shares(lanes, limit)
    assert sum(quota for _, quota in quotas) == limit
    assert all(quota > 0 for _, quota in quotas) or limit < len(lanes)


def test_lanes_take_turns_where_a_claim_is_too_small_to_share() -> None:
    lanes = (Lane.TOLD, Lane.ROUND)
    firsts = [next(lane for lane, quota in outbox.shares(lanes, 1, turn) if quota) for turn in range(4)]
    assert firsts == [Lane.TOLD, Lane.ROUND] * 2


async def test_the_second_lane_gets_its_turn_of_single_slots(db: Database, office: Office) -> None:
    await many(db, office, told=3, rounds=3)
    kinds = []
    for turn in range(4):
        async with db.writing() as session:
            (row,) = await outbox.claim(
                session, now=WEDNESDAY, limit=1, lanes=(Lane.TOLD, Lane.ROUND), turn=turn
            )
        kinds.append(row.kind)
    assert kinds == ["duty_told", "prompted"] * 2


async def test_a_chat_that_just_got_something_rests(db: Database, office: Office) -> None:
    async with db.writing() as session:
        for person in (office.ani, office.budi):
            await outbox.enqueue(session, "prompted", to=person, now=WEDNESDAY)
        at = await _clock(session)
        await pacing.used(session, {user_of(office.ani): 30.0}, at=at)
        rows = await outbox.claim(session, now=WEDNESDAY, paced=at)
        assert [row.person_id for row in rows] == [office.budi]
        assert [row.person_id for row in await outbox.claim(session, now=WEDNESDAY)] == [office.ani]


async def test_a_clock_that_was_set_back_silences_no_chat(db: Database, office: Office) -> None:
    async with db.writing() as session:
        await outbox.enqueue(session, "prompted", to=office.ani, now=WEDNESDAY)
        at = await _clock(session)
        await pacing.used(session, {user_of(office.ani): 3600.0}, at=at)
        assert len(await outbox.claim(session, now=WEDNESDAY, paced=at)) == 1


async def test_silence_is_kept_and_the_longer_one_counts(db: Database) -> None:
    async with db.writing() as session:
        at = await _clock(session)
        assert await pacing.held(session, at=at) == 0
        await pacing.hold(session, 30, at=at)
        await pacing.hold(session, 5, at=at)
        assert await pacing.held(session, at=at) == pytest.approx(30, abs=1)
    async with db.reading() as session:
        assert await pacing.held(session, at=at + 10) == pytest.approx(20, abs=11)


async def _clock(session: AsyncSession) -> float:
    """Seconds since 1970: the database's own where it has a clock."""
    if session.get_bind().dialect.name == "sqlite":
        return 1000.0
    return float(await session.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0)


async def many(db: Database, office: Office, *, told: int, rounds: int) -> int:
    """So many rows of two lanes, each to a group of its own: none waits for another."""
    async with db.writing() as session:
        await session.execute(
            insert(Group),
            [
                {
                    "id": n + 1,
                    "chat_id": -n - 1,
                    "title": f"Grup {n}",
                    "unit_id": 1,
                    "linked_by": office.admin,
                    "linked_at": WEDNESDAY,
                }
                for n in range(told + rounds)
            ],
        )
        for n in range(told + rounds):
            kind = "duty_told" if n < told else "prompted"
            await outbox.enqueue(session, kind, group=n + 1, now=WEDNESDAY)
    return told + rounds
