"""«Tidak ada kegiatan» is an answer: with a reason, on time or late, gone when there is work after all."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, Day, State
from models.engine import Database
from services.entries import copying
from services.entries.nothing import report_nothing, take_nothing_back
from services.errors import Invalid, NotFound, Outdated
from services.missing import missing_days
from tests.office import Office
from tests.services.desk import TODAY, Desk, at

REASON = "Menunggu data dari dinas"


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def nothing(desk: Desk, reason: str = REASON, day: date = TODAY, *, now: datetime | None = None) -> int:
    found: int = await desk.calls(report_nothing, day, reason, now=now)
    return found


async def stored(desk: Desk, day_id: int) -> Day:
    async with desk.db.reading() as session:
        day = await session.get_one(Day, day_id)
        session.expunge(day)
        return day


async def code_of(desk: Desk, *arguments: object, now: datetime | None = None) -> str:
    with pytest.raises(Invalid) as refused:
        await desk.calls(report_nothing, *arguments, now=now)
    return refused.value.code


async def test_nothing_with_a_reason_answers_the_day(ani: Desk) -> None:
    day = await stored(ani, await nothing(ani, "  Menunggu   data dari dinas "))
    assert (day.nothing_reason, day.state, day.late) == (REASON, State.RECORDED, False)
    assert day.first_submitted_at == day.submitted_at == ani.now
    assert await nothing(ani) == day.id
    assert (await stored(ani, day.id)).revision == day.revision
    async with ani.db.reading() as session:
        assert list(await session.scalars(select(AuditEvent.action))) == ["nothing_reported"]
        missing = await missing_days(session, [ani.person], TODAY, TODAY, now=at(9, day=20))
    assert missing == {ani.person: []}
    assert await ani.told(ani.office.budi) == []


async def test_a_second_reason_takes_the_place_of_the_first(ani: Desk) -> None:
    first = await stored(ani, await nothing(ani))
    second = await stored(ani, await nothing(ani, "Kegiatan ditunda", now=at(10)))
    assert (second.nothing_reason, second.first_submitted_at) == (
        "Kegiatan ditunda",
        first.first_submitted_at,
    )
    assert second.revision > first.revision


@pytest.mark.parametrize(
    ("day", "sent_at", "late"),
    [(16, at(23, 59, day=17), False), (16, at(0, day=18), True), (13, at(9, day=18), True)],
)
async def test_nothing_is_late_as_a_report_is(ani: Desk, day: int, sent_at: datetime, late: bool) -> None:
    found = await nothing(ani, day=date(2026, 11, day), now=sent_at)
    assert (await stored(ani, found)).late is late


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("apa", "nothing_short"),
        ("   a   ", "nothing_short"),
        ("nihil", "nothing_short"),
        ("tidak ada kegiatan", "nothing_short"),
        ("saya sakit demam", "nothing_private"),
        ("Asam lambung kambuh, kontrol ke dokter", "nothing_health"),
        ("menunggu jadwal operasi anak di RSUD", "nothing_health"),
        ("x" * 301, "nothing_long"),
        ("menunggu warga NIK 3201234505890001", "nothing_sensitive"),
    ],
)
async def test_a_reason_that_is_none_is_refused(ani: Desk, reason: str, code: str) -> None:
    assert await code_of(ani, TODAY, reason) == code
    assert await ani.days() == []


async def test_not_for_a_day_to_come_a_closed_month_or_a_day_with_entries(ani: Desk) -> None:
    assert await code_of(ani, TODAY + timedelta(days=1), REASON) == "day_future"
    assert await code_of(ani, date(2026, 9, 30), REASON) == "day_locked"
    await ani.types("Rapat a")
    assert await code_of(ani, TODAY, REASON) == "nothing_but_entries"


async def test_who_is_not_asked_answers_nothing(db: Database, office: Office) -> None:
    assert await code_of(Desk(db, office, office.admin), TODAY, REASON) == "not_asked"


async def test_an_entry_after_all_clears_it(ani: Desk) -> None:
    day_id = await nothing(ani)
    taken = await ani.types("Rapat a -> disepakati")
    assert (taken.day_id, taken.was_nothing) == (day_id, True)
    day = await stored(ani, day_id)
    assert (day.nothing_reason, day.state) == (None, State.DRAFT)
    assert not (await ani.types("Rapat b")).was_nothing
    async with ani.db.reading() as session:
        missing = await missing_days(session, [ani.person], TODAY, TODAY, now=at(9, day=20))
    assert missing == {ani.person: [TODAY]}


async def test_a_copy_clears_it_too(ani: Desk) -> None:
    await ani.types("Rapat a", work_date=date(2026, 11, 17))
    day_id = await nothing(ani)
    assert await ani.calls(copying.copy_last_day, TODAY) == day_id
    assert (await stored(ani, day_id)).nothing_reason is None


async def test_it_can_be_taken_back_until_the_month_closes(ani: Desk) -> None:
    day_id = await nothing(ani)
    revision = (await stored(ani, day_id)).revision
    with pytest.raises(NotFound):
        await ani.of(ani.office.citra).calls(take_nothing_back, day_id, revision=revision)
    with pytest.raises(Outdated):
        await ani.calls(take_nothing_back, day_id, revision=revision - 1)
    with pytest.raises(Invalid, match="day_locked"):
        await ani.calls(take_nothing_back, day_id, revision=revision, now=at(9, day=6, month=12))
    assert await ani.calls(take_nothing_back, day_id, revision=revision) == TODAY
    day = await stored(ani, day_id)
    assert (day.nothing_reason, day.state) == (None, State.DRAFT)
    with pytest.raises(Invalid, match="nothing_gone"):
        await ani.calls(take_nothing_back, day_id, revision=day.revision)
