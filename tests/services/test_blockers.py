"""Kendala: raised, seen by who decides, answered, closed."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from models import Blocker, OutboxMessage, Person
from models.engine import Database
from services import blockers, dialogue, planning
from services.blockers import BlockerView
from services.entries import editing, restoring
from services.entries.disowning import disown
from services.entries.nothing import report_nothing
from services.errors import Invalid, NotAllowed, NotFound
from tests.office import Office, user_of
from tests.services.desk import TODAY, Desk

REPORT = "Mengajar Fikih 8A -> 30 siswa tuntas\nkendala: internet mati sejak pagi\nRapat komite -> jadwal"


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


@pytest.fixture
def budi(ani: Desk) -> Desk:
    return ani.of(ani.office.budi)


async def seen(desk: Desk) -> tuple[BlockerView, ...]:
    async with desk.db.reading() as session:
        return await blockers.open_blockers(session, await desk.actor(session), now=desk.now)


async def raised(desk: Desk, text: str = "Listrik padam sejak pagi") -> int:
    """A day of one entry with a blocker; gives the blocker's id."""
    taken = await desk.types("Melayani warga -> 3 surat terbit")
    await desk.calls(blockers.raise_blocker, text, day_id=taken.day_id)
    async with desk.db.reading() as session:
        return (await session.scalars(select(Blocker.id).order_by(Blocker.id.desc()))).first() or 0


async def test_a_line_of_a_report_is_no_activity_and_belongs_to_the_entry_above(
    ani: Desk, budi: Desk
) -> None:
    taken = await ani.types(REPORT)
    day = await ani.day(taken.day_id or 0)
    assert [one.activity for one in day.entries] == ["Mengajar Fikih 8A", "Rapat komite"]
    [one] = day.blockers
    assert (one.text, one.entry_id) == ("internet mati sejak pagi", day.entries[0].id)
    [view] = await seen(budi)
    assert (view.person_name, view.text, view.own) == ("Ani Rahmawati", "internet mati sejak pagi", False)
    assert view.activity is None, "its entry is a draft, and nobody's business"
    [mine] = await seen(ani)
    assert (mine.own, mine.activity) == (True, "Mengajar Fikih 8A")
    assert await ani.told(ani.office.budi) == ["queue_changed"]


async def test_alone_it_is_of_the_day(ani: Desk) -> None:
    taken = await ani.types("kemarin: kendala: listrik padam")
    day = await ani.day(taken.day_id or 0)
    assert (day.entries, day.work_date.day) == ((), 17)
    assert [(one.text, one.entry_id) for one in day.blockers] == [("listrik padam", None)]


async def test_editing_the_message_adds_what_is_new_and_repeats_nothing(ani: Desk) -> None:
    taken = await ani.types(REPORT, message=77)
    await ani.edits(77, f"{REPORT}\nhambatan: proyektor rusak")
    day = await ani.day(taken.day_id or 0)
    assert [one.activity for one in day.entries] == ["Mengajar Fikih 8A", "Rapat komite"]
    assert [one.text for one in day.blockers] == ["internet mati sejak pagi", "proyektor rusak"]


@pytest.mark.parametrize(("text", "code"), [("PLN", "blocker_short"), ("Listrik " * 80, "blocker_long")])
async def test_too_short_and_too_long_are_refused(ani: Desk, text: str, code: str) -> None:
    taken = await ani.types("Rapat -> selesai")
    with pytest.raises(Invalid) as refused:
        await ani.calls(blockers.raise_blocker, text, day_id=taken.day_id)
    assert refused.value.code == code
    assert await seen(ani) == ()


async def test_a_report_with_a_blocker_too_long_stores_nothing(ani: Desk) -> None:
    with pytest.raises(Invalid, match="blocker_long"):
        await ani.types(f"Rapat -> selesai\nkendala: {'listrik padam ' * 50}")
    assert await ani.days() == []


async def test_twice_the_same_is_one_and_there_is_a_limit(ani: Desk) -> None:
    for _ in range(2):
        await raised(ani)
    assert len(await seen(ani)) == 1
    many = "\n".join(f"kendala: kendala nomor {number}" for number in range(20))
    with pytest.raises(Invalid, match="blocker_many"):
        await ani.types(f"Rapat -> selesai\n{many}")
    assert len(await seen(ani)) == 1


async def test_somebody_elses_day_takes_no_blocker(ani: Desk) -> None:
    taken = await ani.types("Rapat -> selesai")
    day = await ani.day(taken.day_id or 0)
    citra = ani.of(ani.office.citra)
    with pytest.raises(NotFound):
        await citra.calls(blockers.raise_blocker, "Listrik padam", day_id=day.id)
    with pytest.raises(NotFound):
        await citra.calls(blockers.raise_blocker, "Listrik padam", entry_id=day.entries[0].id)


async def test_the_answer_is_told_and_the_same_again_changes_nothing(ani: Desk, budi: Desk) -> None:
    one = await raised(ani)
    for _ in range(2):
        await budi.calls(blockers.answer_blocker, one, "Saya tindak lanjuti")
    assert await ani.told(ani.person) == ["blocker_answered"]
    [view] = await seen(budi)
    assert (view.answer, view.answered_by) == ("Saya tindak lanjuti", "Budi Santoso")
    for text, code in (("ok", "blocker_answer_short"), ("x" * 501, "blocker_answer_long")):
        with pytest.raises(Invalid) as refused:
            await budi.calls(blockers.answer_blocker, one, text)
        assert refused.value.code == code


@pytest.mark.parametrize("who", ["ani", "citra", "dewi", "eko", "head", "admin", "observer"])
async def test_nobody_but_the_supervisor_answers(ani: Desk, who: str) -> None:
    one = await raised(ani)
    desk = ani.of(getattr(ani.office, who))
    with pytest.raises(NotAllowed):
        await desk.calls(blockers.answer_blocker, one, "Saya tindak lanjuti")
    if who != "ani":
        assert await seen(desk) == ()
        with pytest.raises(NotAllowed):
            await desk.calls(blockers.close_blocker, one)
        with pytest.raises(NotAllowed):
            await desk.calls(blockers.load_blocker, one)


async def test_either_closes_and_the_other_is_told(ani: Desk, budi: Desk) -> None:
    first, second = await raised(ani), await raised(ani, "Server tidak bisa dibuka")
    assert (await budi.calls(blockers.close_blocker, first)).own is False
    assert await ani.told(ani.person) == ["blocker_closed"]
    assert (await ani.calls(blockers.close_blocker, second)).own is True
    assert "blocker_closed" in await ani.told(ani.office.budi)
    assert await seen(budi) == await seen(ani) == ()
    for desk in (ani, budi):
        with pytest.raises(Invalid, match="blocker_done"):
            await desk.calls(blockers.close_blocker, first)
    with pytest.raises(Invalid, match="blocker_done"):
        await budi.calls(blockers.answer_blocker, first, "Sudah saya urus")
    with pytest.raises(NotFound):
        await budi.calls(blockers.close_blocker, 10**9)


async def test_a_head_without_supervisor_keeps_their_own(db: Database, office: Office) -> None:
    head = Desk(db, office, office.head)
    one = await raised(head)
    assert len(await seen(head)) == 1
    await head.calls(blockers.close_blocker, one)
    async with db.reading() as session:
        assert list(await session.scalars(select(OutboxMessage.kind))) == []


async def test_deleting_the_entry_leaves_it_with_the_day_and_undo_brings_it_back(ani: Desk) -> None:
    taken = await ani.types(REPORT)
    entry = (await ani.entries(taken.day_id or 0))[0]
    removed = await ani.calls(editing.delete_entry, entry.id)
    [one] = (await ani.day(taken.day_id or 0)).blockers
    assert one.entry_id is None
    assert removed.rows["blockers"] == [[one.id, entry.id]]


async def test_a_number_in_it_can_be_masked(ani: Desk) -> None:
    taken = await ani.types("Rapat -> selesai\nkendala: NIK 3201014501850001 ditolak sistem")
    await ani.calls(editing.mask_entries, taken.day_id, 0)
    [one] = (await ani.day(taken.day_id or 0)).blockers
    assert "320101" not in one.text


async def test_all_that_is_open_is_read_in_one_query_oldest_first(
    ani: Desk, budi: Desk, db: Database
) -> None:
    await raised(ani)
    citra = ani.of(ani.office.citra)
    citra.now = ani.now - timedelta(hours=1)
    await raised(citra, "Modul belum datang")
    await raised(budi, "Ruang rapat dipakai")
    counted: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        counted.append(statement)

    async with db.reading() as session:
        actor = await budi.actor(session)
        event.listen(db.engine.sync_engine, "before_cursor_execute", count)
        found = await blockers.open_blockers(session, actor, now=budi.now)
        event.remove(db.engine.sync_engine, "before_cursor_execute", count)
        day = date(2026, 11, 18)
        assert await blockers.count_open(session, actor) == {(ani.person, day): 1, (citra.person, day): 1}
    assert [one.text for one in found] == [
        "Modul belum datang",
        "Listrik padam sejak pagi",
        "Ruang rapat dipakai",
    ]
    assert [one.own for one in found] == [False, False, True]
    assert len(counted) == 1


async def test_of_somebody_who_left_nothing_is_shown(ani: Desk, budi: Desk, db: Database) -> None:
    await raised(ani)
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == ani.person).values(active=False))
    assert await seen(budi) == ()
    async with db.reading() as session:
        assert await blockers.count_open(session, await budi.actor(session)) == {}


async def test_what_a_wrong_account_wrote_goes_with_it_unless_it_was_answered(ani: Desk, budi: Desk) -> None:
    first = await raised(ani)
    await raised(ani, "Server tidak bisa dibuka")
    await budi.calls(blockers.answer_blocker, first, "Saya tindak lanjuti")
    await ani.calls(planning.take_plan, "Rapat dinas")
    async with ani.db.writing() as session:
        person = await session.get_one(Person, ani.person)
        chat = (await ani.actor(session)).chat_id
        await disown(session, person, chat_id=chat, since=ani.now, by=budi.person, now=ani.now)
    assert [one.text for one in await seen(budi)] == ["Listrik padam sejak pagi"]
    async with ani.db.reading() as session:
        assert await planning.plan_of(session, ani.person, TODAY) == ()


async def test_an_edited_blocker_became_two(ani: Desk) -> None:
    taken = await ani.types("Rapat -> selesai\nKendala: internet mti", message=77)
    await ani.edits(77, "Rapat -> selesai\nKendala: internet mati")
    day = await ani.day(taken.day_id or 0)
    assert [(one.text, one.entry_id) for one in day.blockers] == [("internet mati", day.entries[0].id)]


async def test_a_blocker_whose_line_was_edited_away_stayed(ani: Desk) -> None:
    taken = await ani.types("Rapat -> selesai\nKendala: internet mati\nhambatan: listrik padam", message=77)
    await ani.edits(77, "Rapat -> selesai\nhambatan: listrik padam")
    assert [one.text for one in (await ani.day(taken.day_id or 0)).blockers] == ["listrik padam"]
    await ani.edits(77, "Rapat -> selesai")
    assert (await ani.day(taken.day_id or 0)).blockers == ()


async def test_an_answered_blocker_stays_when_its_message_is_edited(ani: Desk, budi: Desk) -> None:
    taken = await ani.types("Rapat -> selesai\nKendala: internet mati", message=77)
    [one] = await seen(budi)
    await budi.calls(blockers.answer_blocker, one.id, "Saya tindak lanjuti")
    await ani.edits(77, "Rapat -> selesai")
    assert [one.text for one in (await ani.day(taken.day_id or 0)).blockers] == ["internet mati"]
    await ani.calls(blockers.close_blocker, one.id)
    await ani.edits(77, "Rapat dinas -> selesai\nKendala: internet mati")
    assert (await ani.day(taken.day_id or 0)).blockers == (), "closed is closed: another line was edited"


async def test_a_message_that_was_only_a_blocker_could_not_be_edited(ani: Desk) -> None:
    taken = await ani.types("Kendala: internet mti", message=77)
    assert await ani.edits(77, "Kendala: internet mati sejak pagi") == taken.day_id
    assert [one.text for one in (await ani.day(taken.day_id or 0)).blockers] == ["internet mati sejak pagi"]
    assert await ani.edits(77, "Kendala: tidak ada") == taken.day_id
    assert (await ani.day(taken.day_id or 0)).blockers == ()


async def test_bukan_kegiatan_left_the_blocker_and_urungkan_brings_it_back(ani: Desk, budi: Desk) -> None:
    taken = await ani.types("Rapat -> selesai\nKendala: internet mati", message=77)
    removed = await ani.calls(editing.undo_text, taken.day_id, 77)
    assert await seen(budi) == ()
    async with ani.db.writing() as session:
        row = await dialogue.lock(session, user_of(ani.person))
        dialogue.write(row, restoring.remembering(None, removed, now=ani.now))
    await ani.calls(restoring.restore, taken.day_id, question=None)
    day = await ani.day(taken.day_id or 0)
    assert [(one.text, one.entry_id) for one in day.blockers] == [("internet mati", day.entries[0].id)]
    assert [one.text for one in await seen(budi)] == ["internet mati"]


async def test_nothing_to_report_stays_when_only_a_blocker_is_said(ani: Desk) -> None:
    day_id = await ani.calls(report_nothing, TODAY, "Menunggu arahan pimpinan")
    taken = await ani.types("Kendala: internet mati")
    assert not taken.was_nothing
    day = await ani.day(day_id)
    assert (day.nothing_reason, len(day.blockers)) == ("Menunggu arahan pimpinan", 1)
