"""Changing entries: only one's own, only while nobody decides on them, and what follows an edited message."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from models import Indicator, LinkSource, State, Target
from models.engine import Database
from services.entries import editing
from services.errors import Invalid, NotFound
from tests.office import Office
from tests.services.desk import NOW, Desk, at

OCTOBER = date(2026, 10, 30)
AFTER_LOCK = at(8, day=6)


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def one(desk: Desk, text: str = "Menyusun modul bab 3") -> tuple[int, int]:
    """A day with one entry."""
    taken = await desk.types(text)
    assert taken.day_id is not None
    return taken.day_id, taken.entry_ids[0]


async def refusal(desk: Desk, function: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(Invalid) as found:
        await desk.calls(function, *arguments, **more)
    return found.value.code


CHANGES: list[tuple[Any, tuple[Any, ...]]] = [
    (editing.set_field, ("activity", "Rapat komite")),
    (editing.set_field, ("outcome", "jadwal disepakati")),
    (editing.set_target, (None,)),
    (editing.delete_entry, ()),
    (editing.move_entry, (1,)),
]


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
@pytest.mark.parametrize(
    ("state", "code"),
    [(State.SUBMITTED, "entry_sent"), (State.APPROVED, "entry_approved"), (State.RECORDED, "entry_recorded")],
)
async def test_what_was_sent_or_decided_is_locked(
    ani: Desk, change: Any, arguments: tuple[Any, ...], state: State, code: str
) -> None:
    day_id, entry = await one(ani)
    await ani.sets(entry, state=state)
    before = await ani.day(day_id)
    assert await refusal(ani, change, entry, *arguments) == code
    assert await ani.day(day_id) == before


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
async def test_somebody_elses_entry_is_not_there(ani: Desk, change: Any, arguments: tuple[Any, ...]) -> None:
    day_id, entry = await one(ani)
    before = await ani.day(day_id)
    for other in (ani.office.citra, ani.office.budi, ani.office.admin):
        with pytest.raises(NotFound):
            await ani.of(other).calls(change, entry, *arguments)
    with pytest.raises(NotFound):
        await ani.calls(change, 999, *arguments)
    assert await ani.day(day_id) == before


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
async def test_the_month_lock_stops_drafts_but_not_returned_entries(
    ani: Desk, change: Any, arguments: tuple[Any, ...]
) -> None:
    taken = await ani.types("Rapat a\nRapat b", work_date=OCTOBER, now=at(9, day=5))
    if change is not editing.delete_entry:
        assert await refusal(ani, change, taken.entry_ids[0], *arguments, now=AFTER_LOCK) == "day_locked"
    await ani.sets(taken.entry_ids[0], state=State.RETURNED)
    await ani.calls(change, taken.entry_ids[0], *arguments, now=AFTER_LOCK)


async def test_fields_are_set_from_typed_text(ani: Desk) -> None:
    day_id, entry = await one(ani)
    revision = (await ani.day(day_id)).revision
    for field, text in (
        ("activity", "  Menyusun modul bab 4 "),
        ("outcome", "modul siap dipakai kelas 8"),
        ("quantity", "12 berkas"),
        ("time", "08.00-10.00"),
    ):
        await ani.calls(editing.set_field, entry, field, text)
        revision += 1
        assert (await ani.day(day_id)).revision == revision
    (found,) = await ani.entries(day_id)
    assert found.activity == "Menyusun modul bab 4"
    assert found.outcome == "modul siap dipakai kelas 8"
    assert (found.quantity, found.unit) == (12, "berkas")
    assert (found.starts, found.ends) == (time(8), time(10))


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("activity", "  ", "empty"),
        ("outcome", "\n", "empty"),
        ("quantity", "banyak", "quantity_unclear"),
        ("quantity", "5000000 berkas", "quantity_unclear"),
        ("time", "nanti saja", "time_unclear"),
    ],
)
async def test_what_is_unclear_is_named_and_changes_nothing(
    ani: Desk, field: str, text: str, code: str
) -> None:
    day_id, entry = await one(ani)
    before = await ani.day(day_id)
    with pytest.raises(Invalid) as found:
        await ani.calls(editing.set_field, entry, field, text)
    assert (found.value.code, found.value.field) == (code, field)
    assert await ani.day(day_id) == before


async def test_a_field_nobody_knows_is_not_there(ani: Desk) -> None:
    _, entry = await one(ani)
    with pytest.raises(NotFound):
        await ani.calls(editing.set_field, entry, "state", "approved")


async def test_an_outcome_that_repeats_is_pointed_out_once(ani: Desk) -> None:
    _, entry = await one(ani, "Menyusun laporan keuangan")
    first = await ani.calls(editing.set_field, entry, "outcome", "menyusun laporan keuangan")
    again = await ani.calls(editing.set_field, entry, "outcome", "laporan keuangan tersusun")
    assert first.remark is not None
    assert first.remark.entry_id == entry
    assert again.remark is None


async def test_answers_set_skip_and_leave_alone(ani: Desk) -> None:
    taken = await ani.types("Rapat a\nRapat b\nRapat c")
    a, b, c = taken.entry_ids
    await ani.sets(c, state=State.SUBMITTED)
    answers = {a: "jadwal disepakati", b: None, c: "terlambat", 999: "tidak ada"}
    found = await ani.calls(editing.set_outcomes, answers)
    assert found.day_id == taken.day_id
    first, second, third = await ani.entries(taken.day_id or 0)
    assert (first.outcome, first.outcome_skipped) == ("jadwal disepakati", False)
    assert (second.outcome, second.outcome_skipped) == (None, True)
    assert (third.outcome, third.outcome_skipped) == (None, False)
    with pytest.raises(NotFound):
        await ani.calls(editing.set_outcomes, {c: "terlambat"})
    with pytest.raises(NotFound):
        await ani.of(ani.office.citra).calls(editing.set_outcomes, {a: "milik orang"})


async def test_only_a_target_of_ones_own_of_that_year_that_still_holds(ani: Desk) -> None:
    _, entry = await one(ani)
    mine = ani.office.ani_targets
    theirs = mine[-1] + 1
    for target in (theirs, 999):
        with pytest.raises(NotFound) as gone:
            await ani.calls(editing.set_target, entry, target)
        assert gone.value.code == "target_gone"
    async with ani.db.writing() as session:
        await session.execute(update(Target).where(Target.id == mine[0]).values(retired_at=NOW))
    with pytest.raises(NotFound):
        await ani.calls(editing.set_target, entry, mine[0])
    day_id = await ani.calls(editing.set_target, entry, mine[2])
    (found,) = await ani.entries(day_id)
    assert (found.target_id, found.link_source, found.linked) == (mine[2], LinkSource.CHOSEN, True)


async def test_a_target_of_another_year_is_not_there(ani: Desk) -> None:
    january = at(9, day=4, month=1)
    taken = await ani.types("Rapat", work_date=date(2025, 12, 30), now=january)
    with pytest.raises(NotFound):
        await ani.calls(editing.set_target, taken.entry_ids[0], ani.office.ani_targets[0], now=january)


async def test_outside_the_skp_is_a_choice_that_stays(ani: Desk) -> None:
    day_id, entry = await one(ani, "Menyusun perangkat pembelajaran")
    await ani.calls(editing.set_target, entry, None)
    await ani.calls(editing.set_field, entry, "activity", "Menyusun perangkat pembelajaran bab 3")
    (found,) = await ani.entries(day_id)
    assert (found.target_id, found.outside_plan, found.link_source) == (None, True, LinkSource.CHOSEN)


async def test_deleting_and_moving(ani: Desk) -> None:
    taken = await ani.types("Rapat a\nRapat b\nRapat c")
    a, b, c = taken.entry_ids
    await ani.calls(editing.move_entry, a, -1)
    await ani.calls(editing.move_entry, c, 1)
    assert await ani.activities(taken.day_id or 0) == ["Rapat a", "Rapat b", "Rapat c"]
    await ani.calls(editing.move_entry, c, -1)
    assert await ani.activities(taken.day_id or 0) == ["Rapat a", "Rapat c", "Rapat b"]
    await ani.calls(editing.delete_entry, a)
    assert await ani.activities(taken.day_id or 0) == ["Rapat c", "Rapat b"]
    await ani.types("Rapat d")
    await ani.calls(editing.move_entry, b, 1)
    assert await ani.activities(taken.day_id or 0) == ["Rapat c", "Rapat d", "Rapat b"]


async def test_the_last_entry_gone_leaves_an_empty_draft(ani: Desk) -> None:
    day_id, entry = await one(ani)
    await ani.sets(entry, state=State.RETURNED)
    await ani.calls(editing.delete_entry, entry)
    day = await ani.day(day_id)
    assert (day.state, day.entries) == (State.DRAFT, ())


async def test_undo_takes_away_what_is_unsent_of_one_message(ani: Desk) -> None:
    first = await ani.types("Rapat a\nRapat b", message=7)
    await ani.types("Rapat c", message=8)
    await ani.sets(first.entry_ids[1], state=State.SUBMITTED)
    assert (await ani.calls(editing.undo_text, first.day_id, 7)).count == 1
    assert await ani.activities(first.day_id or 0) == ["Rapat b", "Rapat c"]
    assert (await ani.calls(editing.undo_text, first.day_id, 999)).count == 0
    with pytest.raises(NotFound):
        await ani.of(ani.office.citra).calls(editing.undo_text, first.day_id, 8)


async def test_masking_blackens_one_message(ani: Desk) -> None:
    nik = "3201014107900001"
    taken = await ani.types(f"Verifikasi NIK {nik} -> data NIK {nik} benar", message=7)
    kept = await ani.types(f"Cetak NIK {nik} -> kartu jadi", message=8)
    assert await ani.calls(editing.mask_entries, taken.day_id, 7) == taken.day_id
    first, second = await ani.entries(taken.day_id or 0)
    assert nik not in f"{first.activity} {first.outcome}"
    assert "••••0001" in first.activity
    assert nik in second.activity
    assert kept.day_id == taken.day_id
    with pytest.raises(NotFound):
        await ani.of(ani.office.citra).calls(editing.mask_entries, taken.day_id, 8)


# An edited message


async def test_an_edited_message_edits_its_entries(ani: Desk) -> None:
    taken = await ani.types("Rapat a -> setuju\nRapat b", message=7)
    await ani.calls(editing.set_field, taken.entry_ids[1], "outcome", "jawaban terpisah")
    assert await ani.edits(7, "Rapat guru -> jadwal disepakati\nRapat wali") == taken.day_id
    first, second = await ani.entries(taken.day_id or 0)
    assert (first.activity, first.outcome) == ("Rapat guru", "jadwal disepakati")
    assert (second.activity, second.outcome) == ("Rapat wali", "jawaban terpisah")
    assert (first.id, second.id) == taken.entry_ids


async def test_more_and_fewer_activities(ani: Desk) -> None:
    taken = await ani.types("Rapat a\nRapat b", message=7)
    await ani.edits(7, "Rapat a\nRapat b\nRapat c")
    assert await ani.activities(taken.day_id or 0) == ["Rapat a", "Rapat b", "Rapat c"]
    await ani.edits(7, "Rapat a")
    assert await ani.activities(taken.day_id or 0) == ["Rapat a"]
    await ani.edits(7, "Rapat a\nRapat z")
    assert await ani.activities(taken.day_id or 0) == ["Rapat a", "Rapat z"]


async def test_an_edit_follows_the_entry_not_its_place(ani: Desk) -> None:
    """The first activity was deleted; editing the message must not turn the second into it."""
    taken = await ani.types("Rapat a\nRapat b", message=7)
    await ani.calls(editing.set_field, taken.entry_ids[1], "outcome", "hasil b")
    await ani.calls(editing.delete_entry, taken.entry_ids[0])
    await ani.edits(7, "Rapat a\nRapat b besar")
    found = {entry.activity: entry.outcome for entry in await ani.entries(taken.day_id or 0)}
    assert found["Rapat b besar"] == "hasil b"
    assert found.get("Rapat a") is None


async def test_leading_words_of_an_edit_are_no_activity_and_move_nothing(ani: Desk) -> None:
    taken = await ani.types("kemarin: rapat a", message=7)
    await ani.edits(7, "kemarin: rapat b")
    assert [text.lower() for text in await ani.activities(taken.day_id or 0)] == ["rapat b"]
    assert await ani.days() == [date(2026, 11, 17)]


async def test_a_waiting_entry_is_edited_and_its_card_is_outdated(ani: Desk) -> None:
    taken = await ani.types("Rapat a -> setuju", message=7)
    await ani.sends(taken.day_id or 0)
    before = await ani.day(taken.day_id or 0)
    await ani.edits(7, "Rapat guru -> setuju")
    after = await ani.day(taken.day_id or 0)
    assert after.entries[0].activity == "Rapat guru"
    assert after.state is State.SUBMITTED
    assert after.revision > before.revision


async def test_nothing_changes_behind_a_decision(ani: Desk) -> None:
    taken = await ani.types("Rapat a\nRapat b", message=7)
    await ani.sets(taken.entry_ids[0], state=State.APPROVED)
    before = await ani.day(taken.day_id or 0)
    with pytest.raises(Invalid) as found:
        await ani.edits(7, "Rapat lain\nRapat b")
    assert found.value.code == "edit_after_decision"
    assert await ani.day(taken.day_id or 0) == before


async def test_an_edit_without_activity_or_of_another_message(ani: Desk) -> None:
    taken = await ani.types("Rapat a", message=7)
    with pytest.raises(Invalid) as found:
        await ani.edits(7, "terima kasih")
    assert found.value.code == "edit_without_activity"
    assert await ani.edits(8, "Rapat b") is None
    assert await ani.of(ani.office.citra).edits(7, "Rapat b") is None
    assert await ani.activities(taken.day_id or 0) == ["Rapat a"]


async def test_an_edit_cannot_add_past_the_lock_or_the_limit(ani: Desk) -> None:
    taken = await ani.types("Rapat a", message=7, work_date=OCTOBER, now=at(9, day=5))
    with pytest.raises(Invalid) as found:
        await ani.edits(7, "Rapat a\nRapat b", now=AFTER_LOCK)
    assert found.value.code == "day_locked"
    many = await ani.types("\n".join(f"Menyusun laporan {n}a" for n in range(99)), message=8)
    with pytest.raises(Invalid) as found:
        await ani.edits(8, "\n".join(f"Menyusun laporan {n}a" for n in range(101)))
    assert found.value.code == "too_many_entries"
    assert len(await ani.entries(many.day_id or 0)) == 99
    assert len(await ani.entries(taken.day_id or 0)) == 1


async def in_lessons(desk: Desk) -> int:
    """Ani's second RHK counts jam pelajaran from now on."""
    target = desk.office.ani_targets[1]
    async with desk.db.writing() as session:
        await session.execute(
            update(Indicator).where(Indicator.target_id == target).values(unit="JP", goal=Decimal(720))
        )
    return target


async def amount(desk: Desk, day: int, entry: int) -> tuple[int | None, str | None]:
    found = next(one for one in (await desk.day(day)).entries if one.id == entry)
    return found.quantity, found.unit


async def test_the_amount_is_the_one_that_its_rhk_counts(ani: Desk) -> None:
    lessons, (documents, _, _) = await in_lessons(ani), ani.office.ani_targets
    day, entry = await one(ani, "Mengajar Fikih VIII A dan B 4 JP -> 58 siswa menyelesaikan tugas")
    await ani.calls(editing.set_target, entry, lessons)
    assert await amount(ani, day, entry) == (4, "jam pelajaran")
    await ani.calls(editing.set_field, entry, "outcome", "57 siswa tuntas, dari 3 dokumen latihan")
    assert await amount(ani, day, entry) == (4, "jam pelajaran"), "new words, the same RHK"
    await ani.calls(editing.set_target, entry, documents)
    assert await amount(ani, day, entry) == (3, "dokumen")
    await ani.calls(editing.set_target, entry, None)
    assert await amount(ani, day, entry) == (57, "siswa"), "outside the SKP what came of it is counted"


async def test_an_amount_that_was_typed_stays_whatever_it_serves(ani: Desk) -> None:
    lessons = await in_lessons(ani)
    day, entry = await one(ani, "Mengajar Fikih 4 JP -> 58 siswa menyelesaikan tugas")
    await ani.calls(editing.set_field, entry, "quantity", "60 siswa")
    await ani.calls(editing.set_target, entry, lessons)
    assert await amount(ani, day, entry) == (60, "siswa")


async def test_a_suggested_rhk_chooses_the_amount_too(ani: Desk) -> None:
    target = await in_lessons(ani)
    async with ani.db.reading() as session:
        text = (await session.get_one(Target, target)).text
    day, entry = await one(ani, f"{text} 4 JP -> 58 siswa menyelesaikan tugas")
    assert await amount(ani, day, entry) == (4, "jam pelajaran")
