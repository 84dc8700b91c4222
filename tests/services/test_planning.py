"""The plan of a day: written, carried into the report, rolled on once."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import DayKind, DutyPeriod, Entry, LinkSource, PlanLine
from models.engine import Database
from services import planning
from services.dialogue import lock, write
from services.entries import drafting, editing, restoring
from services.entries.days import open_day
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.reading.capture import read_entries
from tests.office import Office
from tests.services.desk import TODAY, Desk, at

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
PLAN = "Menyusun modul bab 4\nRapat komite 10.00-11.00\nMemeriksa 30 tugas 8A"


async def drop_line(session: AsyncSession, actor: Actor, line_id: int, *, now: datetime) -> date | None:
    return await planning.drop_line(session, actor, line_id)


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def lines(desk: Desk, work_date: date = TODAY) -> list[tuple[str, bool, bool]]:
    async with desk.db.reading() as session:
        found = await planning.plan_of(session, desk.person, work_date)
        return [(one.text, one.done, one.rolled) for one in found]


async def ids(desk: Desk, work_date: date = TODAY) -> list[int]:
    async with desk.db.reading() as session:
        return [one.id for one in await planning.plan_of(session, desk.person, work_date)]


async def uses(desk: Desk, work_date: date = TODAY, hour: int = 15) -> int:
    async with desk.db.writing() as session:
        now = at(hour, day=work_date.day)
        return await planning.use_plan(session, await desk.actor(session), work_date, now=now)


async def test_lines_keep_their_own_words(ani: Desk) -> None:
    await ani.calls(planning.take_plan, f"Rencana hari ini:\n1. {'2. '.join(PLAN.splitlines(keepends=True))}")
    assert [one[0] for one in await lines(ani)] == PLAN.splitlines()


async def test_the_day_it_names_goes_before_the_one_asked_for(ani: Desk) -> None:
    taken = await ani.calls(planning.take_plan, "besok: Rapat dinas", work_date=TODAY)
    assert (taken.work_date, taken.lines) == (date(2026, 11, 19), ("Rapat dinas",))
    only = await ani.calls(planning.take_plan, "besok")
    assert (only.work_date, only.lines) == (date(2026, 11, 19), ())


async def test_on_a_friday_the_next_workday_is_monday(ani: Desk) -> None:
    friday = at(9, day=20)
    with pytest.raises(Invalid, match="plan_day"):
        await ani.calls(planning.take_plan, "besok: Rapat dinas", now=friday)
    taken = await ani.calls(planning.take_plan, "Senin: Rapat dinas", now=friday)
    assert taken.work_date == MONDAY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kemarin: Rapat", "plan_day"),
        ("23 s.d. 25 Nov: Rapat", "plan_day"),
        ("ok", "plan_empty"),
        ("saya sakit", "plan_empty"),
        ("Menyusun " + "modul " * 40, "plan_line_long"),
        ("31 Februari", "plan_day_unread"),
        ("31 Februari: Rapat dinas", "plan_day_unread"),
    ],
)
async def test_what_cannot_be_planned_is_refused_and_nothing_is_stored(
    ani: Desk, text: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await ani.calls(planning.take_plan, text)
    assert refused.value.code == code
    assert await lines(ani) == []


async def test_of_more_than_five_the_first_fit_and_the_others_are_given_back(ani: Desk) -> None:
    names = ("satu", "dua", "tiga", "empat", "lima", "enam")
    text = "\n".join(f"Rapat bagian {name}" for name in names)
    taken = await ani.calls(planning.take_plan, text)
    assert (len(taken.lines), taken.left) == (5, ("Rapat bagian enam",))
    assert (await ani.calls(planning.take_plan, "rapat bagian SATU")).lines == ()
    full = await ani.calls(planning.take_plan, "Rapat bagian tujuh")
    assert (full.lines, full.left) == ((), ("Rapat bagian tujuh",))
    assert len(await lines(ani)) == 5


async def test_a_thousand_lines_are_too_many_and_not_one_too_long(ani: Desk) -> None:
    same = await ani.calls(planning.take_plan, "Rapat komite\n" * 1_000)
    assert same.lines == ("Rapat komite",)
    taken = await ani.calls(planning.take_plan, "\n".join(f"Rapat bagian {n}" for n in range(1_000)))
    assert len(taken.lines) == 4
    assert taken.lines[:2] == ("Rapat bagian 0", "Rapat bagian 1")


async def test_who_is_not_asked_here_plans_nothing(db: Database, office: Office) -> None:
    with pytest.raises(Invalid, match="not_asked"):
        await Desk(db, office, office.admin).calls(planning.take_plan, PLAN)


async def test_a_line_dropped_twice_stays_dropped_and_is_nobody_elses(
    db: Database, office: Office, ani: Desk
) -> None:
    await ani.calls(planning.take_plan, PLAN)
    first, *_ = await ids(ani)
    with pytest.raises(NotFound):
        await Desk(db, office, office.citra).calls(drop_line, first)
    assert await ani.calls(drop_line, first) == TODAY
    assert await ani.calls(drop_line, first) is None
    assert len(await lines(ani)) == 2
    async with db.reading() as session:
        assert len(list(await session.scalars(select(PlanLine.id)))) == 2, "nothing of it is kept"


async def test_the_plan_becomes_entries_without_outcome_or_quantity(ani: Desk, office: Office) -> None:
    await ani.calls(planning.take_plan, PLAN)
    day_id = await uses(ani)
    entries = await ani.entries(day_id)
    assert [one.activity for one in entries] == PLAN.splitlines()
    assert {(one.outcome, one.quantity, one.starts) for one in entries} == {(None, None, None)}
    assert all(one.link_source is LinkSource.SUGGESTED for one in entries if one.target_id)
    assert [one[1] for one in await lines(ani)] == [True, True, True]
    with pytest.raises(Invalid, match="plan_used"):
        await uses(ani)
    assert len(await ani.entries(day_id)) == 3
    with pytest.raises(Invalid, match="plan_line_done"):
        await ani.calls(drop_line, (await ids(ani))[0])


async def test_deleting_its_entry_makes_a_line_unfinished_and_undo_makes_it_done(ani: Desk) -> None:
    await ani.calls(planning.take_plan, PLAN)
    day_id = await uses(ani)
    entry = (await ani.entries(day_id))[1]
    removed = await ani.calls(editing.delete_entry, entry.id)
    assert [one[1] for one in await lines(ani)] == [True, False, True]
    async with ani.db.writing() as session:
        actor = await ani.actor(session)
        question = restoring.remembering(None, removed, now=ani.now)
        write(await lock(session, actor.chat_id), question)
        await restoring.restore(session, actor, day_id, question=question, now=ani.now)
    assert [one[1] for one in await lines(ani)] == [True, True, True]


async def test_unfinished_lines_roll_on_once_to_the_next_reporting_day(ani: Desk) -> None:
    await ani.calls(planning.take_plan, PLAN, now=at(8, day=20))
    async with ani.db.writing() as session:
        [done, *_] = await planning.plan_of(session, ani.person, FRIDAY)
        day = await open_day(session, await ani.actor(session), FRIDAY, now=at(15, day=20))
        [entry] = await drafting.add_entries(
            session,
            await ani.actor(session),
            day,
            read_entries("Menyusun modul"),
            message_id=None,
            now=at(15, day=20),
        )
        await session.execute(update(PlanLine).where(PlanLine.id == done.id).values(entry_id=entry.id))
    assert await lines(ani, MONDAY) == [
        ("Rapat komite 10.00-11.00", False, True),
        ("Memeriksa 30 tugas 8A", False, True),
    ]
    assert await lines(ani, MONDAY + timedelta(days=1)) == []
    await uses(ani, MONDAY)
    assert [one[1:] for one in await lines(ani, MONDAY)] == [(True, True), (True, True)]


async def test_a_day_of_leave_does_not_swallow_the_plan(ani: Desk) -> None:
    async with ani.db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=ani.person,
                kind=DayKind.LEAVE,
                first=date(2026, 11, 19),
                last=FRIDAY,
                created_at=ani.now,
                created_by=ani.person,
            )
        )
    await ani.calls(planning.take_plan, "Rapat dinas")
    assert await lines(ani, date(2026, 11, 19)) == []
    assert await lines(ani, MONDAY) == [("Rapat dinas", False, True)]


async def test_a_citizens_number_in_a_plan_can_be_masked(ani: Desk) -> None:
    await ani.calls(planning.take_plan, "Melayani warga NIK 3201014501850001")
    async with ani.db.writing() as session:
        await planning.mask_plan(session, await ani.actor(session), TODAY)
    [(text, *_)] = await lines(ani)
    assert "320101" not in text
    assert text.endswith("0001")


async def test_the_morning_question_ends_with_a_plan_a_report_or_a_day_away(ani: Desk) -> None:
    async def asked() -> bool:
        async with ani.db.reading() as session:
            return await planning.is_to_be_asked(session, await ani.actor(session), TODAY, now=ani.now)

    assert await asked()
    await ani.calls(planning.take_plan, "Rapat dinas")
    assert not await asked()
    async with ani.db.writing() as session:
        await session.execute(delete(PlanLine))
    taken = await ani.types("Mengajar 8A -> tuntas")
    assert not await asked()
    async with ani.db.writing() as session:
        await session.execute(delete(Entry).where(Entry.day_id == taken.day_id))
        assert await session.scalar(select(Entry.id)) is None
    assert await asked()
