"""A person's own time: moved around now, it never gives two prompts for one date and loses none."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, OutboxMessage, Person, Round, RoundKind, RoundState
from models.engine import Database
from services.errors import Invalid, NotAllowed
from services.people.identity import Actor, who_is
from services.rounds import PromptTime, plan_everybody, reset_prompt_time, set_prompt_time, tick
from tests.conftest import WEDNESDAY
from tests.office import Office, user_of

TODAY = date(2026, 11, 18)


def at(hour: int, minute: int = 0, *, day: int = 18) -> datetime:
    """Local time in Jakarta on a day of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


async def actor(db: Database, person_id: int) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person_id), now=WEDNESDAY)
    assert found is not None
    return found


async def ani_says(db: Database, office: Office, typed: str, now: datetime) -> PromptTime:
    ani = await actor(db, office.ani)
    async with db.writing() as session:
        return await set_prompt_time(session, ani, typed, now=now)


async def ticked(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        await tick(session, now=now)


async def asked_at(db: Database, person_id: int) -> list[datetime]:
    async with db.reading() as session:
        rows = await session.scalars(
            select(Round.done_at)
            .where(
                Round.person_id == person_id,
                Round.kind == RoundKind.PROMPT,
                Round.state == RoundState.SENT,
            )
            .order_by(Round.done_at)
        )
        return list(rows)


@pytest.fixture
async def planned(db: Database, office: Office, now: datetime) -> Office:
    async with db.writing() as session:
        await plan_everybody(session, now=now)
    return office


async def test_a_time_still_to_come_moves_todays_prompt(db: Database, planned: Office) -> None:
    changed = await ani_says(db, planned, "jam 5 sore", at(15))
    assert changed.own == time(17, 0)
    assert changed.following is not None
    assert changed.following.due_at == at(17)
    for hour in (15, 16, 17, 18):
        await ticked(db, at(hour, 45))
    assert await asked_at(db, planned.ani) == [at(17, 45)]


async def test_an_earlier_time_still_to_come_moves_it_forward(db: Database, planned: Office) -> None:
    await ani_says(db, planned, "10.00", at(9, 30))
    await ticked(db, at(10))
    await ticked(db, at(15, 30))
    assert await asked_at(db, planned.ani) == [at(10)]


async def test_a_time_that_has_passed_holds_from_tomorrow(db: Database, planned: Office) -> None:
    """Set at 15:00 to 08:00: today's prompt still comes at 15:30, also after a restart."""
    changed = await ani_says(db, planned, "08.00", at(15))
    assert changed.following is not None
    assert changed.following.due_at == at(15, 30)
    async with db.writing() as session:
        await plan_everybody(session, now=at(15, 10))
    await ticked(db, at(15, 20))
    await ticked(db, at(15, 30))
    await ticked(db, at(8, day=19))
    assert await asked_at(db, planned.ani) == [at(15, 30), at(8, day=19)]


async def test_who_was_asked_today_is_asked_tomorrow_at_the_new_time(db: Database, planned: Office) -> None:
    await ticked(db, at(15, 30))
    changed = await ani_says(db, planned, "18.00", at(16))
    assert changed.following is not None
    assert changed.following.due_at == at(18, day=19)
    await ticked(db, at(18))
    assert await asked_at(db, planned.ani) == [at(15, 30)]


async def test_resetting_goes_back_to_the_default(db: Database, planned: Office, now: datetime) -> None:
    await ani_says(db, planned, "18.00", now)
    ani = await actor(db, planned.ani)
    async with db.writing() as session:
        changed = await reset_prompt_time(session, ani, now=now)
        person = await session.get(Person, planned.ani)
        assert person is not None
        assert person.prompt_time is None
        actions = list(await session.scalars(select(AuditEvent.action)))
    assert changed.following is not None
    assert changed.following.due_at == at(15, 30)
    assert actions.count("prompt_time_changed") == 2


@pytest.mark.parametrize("typed", ["05:59", "20.01", "jam 11 malam", "00:00"])
async def test_only_between_six_and_eight_in_the_evening(
    db: Database, planned: Office, now: datetime, typed: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await ani_says(db, planned, typed, now)
    assert refused.value.code == "prompt_time_outside"
    assert refused.value.params == {"earliest": "06.00", "latest": "20.00"}


async def test_the_last_allowed_time_still_has_a_window(db: Database, planned: Office, now: datetime) -> None:
    await ani_says(db, planned, "20.00", now)
    await ticked(db, at(20, 5))
    assert await asked_at(db, planned.ani) == [at(20, 5)]


async def test_who_is_never_asked_has_no_time_to_set(db: Database, planned: Office, now: datetime) -> None:
    for person in (planned.admin, planned.observer):
        who = await actor(db, person)
        async with db.writing() as session:
            with pytest.raises(NotAllowed):
                await set_prompt_time(session, who, "16.00", now=now)
            with pytest.raises(NotAllowed):
                await reset_prompt_time(session, who, now=now)


@pytest.mark.parametrize("seed", range(4))
async def test_any_changes_of_mind_give_one_prompt_a_day(db: Database, planned: Office, seed: int) -> None:
    chance = random.Random(seed)
    ani = await actor(db, planned.ani)
    for day in (18, 19, 20):
        for minute in range(6 * 60, 21 * 60, 20):
            now = at(minute // 60, minute % 60, day=day)
            if chance.random() < 0.15:
                chosen = f"{chance.randint(6, 19)}.{chance.choice(['00', '15', '30', '45']):}"
                typed = chosen if len(chosen) == 5 else "0" + chosen
                async with db.writing() as session:
                    await set_prompt_time(session, ani, typed, now=now)
            if chance.random() < 0.1:
                async with db.writing() as session:
                    await plan_everybody(session, now=now)
            await ticked(db, now)
    async with db.reading() as session:
        asked = list(
            await session.scalars(
                select(OutboxMessage.key)
                .where(OutboxMessage.person_id == planned.ani, OutboxMessage.kind == "prompted")
                .order_by(OutboxMessage.id)
            )
        )
    assert asked == [f"prompt:{planned.ani}:2026-11-{day}" for day in (18, 19, 20)]
