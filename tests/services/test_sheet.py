"""The rows of the e-Kinerja sheet: which, in which order, what they lack, how that is completed."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from models import (
    ActionStep,
    Day,
    Entry,
    Evidence,
    EvidenceKind,
    LinkSource,
    Section,
    SheetRow,
    State,
    Target,
)
from models.engine import Database
from services import evidence
from services.entries import editing
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.plans.steps import drop_step
from services.sheet import access, copying, writing
from services.sheet.loading import load_sheet
from services.sheet.rows import OUTSIDE_PLAN, Gap, Sheet
from services.sheet.writing import mark_of
from tests.office import Office
from tests.services.desk import NOW, Desk

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
BASE = "https://bukti.kantor.go.id"


async def wrote(
    db: Database,
    person: int,
    day: int,
    activity: str,
    *,
    now: datetime,
    state: State = State.APPROVED,
    **more: Any,
) -> int:
    """An entry of a day in November, straight into the record."""
    async with db.writing() as session:
        work_date = date(2026, 11, day)
        found = await session.scalar(select(Day).where(Day.person_id == person, Day.work_date == work_date))
        if found is None:
            found = Day(person_id=person, work_date=work_date, state=state, created_at=now)
            session.add(found)
            await session.flush()
        values = {"link_source": LinkSource.CHOSEN, "confident": True, **more}
        entry = Entry(
            day_id=found.id, position=len(activity), activity=activity, state=state, created_at=now, **values
        )
        session.add(entry)
        await session.flush()
        return entry.id


async def sheet_of(db: Database, person: int, *, everything: bool = False, base: str | None = BASE) -> Sheet:
    async with db.reading() as session:
        return await load_sheet(session, person, first=FIRST, last=LAST, everything=everything, base=base)


async def steps(db: Database, target: int, *texts: str, quarter: int = 4, now: datetime = NOW) -> list[int]:
    async with db.writing() as session:
        rows = [
            ActionStep(target_id=target, quarter=quarter, position=place, text=text, created_at=now)
            for place, text in enumerate(texts)
        ]
        session.add_all(rows)
        await session.flush()
        return [one.id for one in rows]


async def copied(db: Database, entry_id: int) -> datetime | None:
    async with db.reading() as session:
        return await session.scalar(select(SheetRow.copied_at).where(SheetRow.entry_id == entry_id))


def gaps(sheet: Sheet) -> list[Sequence[Gap]]:
    return [one.gaps for one in sheet.entries]


async def test_rhk_in_their_order_then_date_and_time(db: Database, office: Office, now: datetime) -> None:
    first, second, third = office.ani_targets
    async with db.writing() as session:
        await session.execute(update(Target).where(Target.id == first).values(section=Section.ADDITIONAL))
    done: dict[str, Any] = {"starts": time(10), "ends": time(11), "quantity": 1, "unit": "dokumen"}
    for day, activity, target in (
        (12, "tambahan", first),
        (13, "kedua siang", second),
        (12, "ketiga", third),
        (10, "kedua awal", second),
        (9, "di luar", None),
    ):
        outside = target is None
        await wrote(db, office.ani, day, activity, now=now, target_id=target, outside_plan=outside, **done)
    early = {**done, "starts": time(8), "ends": time(9)}
    await wrote(db, office.ani, 13, "kedua pagi", now=now, target_id=second, **early)
    await wrote(db, office.ani, 2, "tanpa RHK", now=now, link_source=None, **done)
    sheet = await sheet_of(db, office.ani)
    assert [one.activity for one in sheet.entries] == [
        "kedua awal",
        "kedua pagi",
        "kedua siang",
        "ketiga",
        "tambahan",
        "di luar",
        "tanpa RHK",
    ]
    assert [one.step for one in sheet.entries][-2:] == [OUTSIDE_PLAN, ""]
    assert Gap.LINK in sheet.entries[-1].gaps


async def test_what_is_approved_and_with_the_option_what_was_sent(
    db: Database, office: Office, now: datetime
) -> None:
    for day, state in enumerate(State, start=9):
        await wrote(db, office.ani, day, f"kegiatan {state}", state=state, now=now)
    sheet = await sheet_of(db, office.ani)
    assert {one.state for one in sheet.entries} == {State.APPROVED, State.RECORDED}
    assert (sheet.waiting, sheet.drafts) == (2, 1)
    more = await sheet_of(db, office.ani, everything=True)
    assert {one.state for one in more.entries} == set(State) - {State.DRAFT}


async def test_the_step_is_the_only_one_else_the_last_used_else_asked_once(
    db: Database, office: Office, now: datetime
) -> None:
    target = office.ani_targets[0]
    await steps(db, target, "Langkah triwulan III", quarter=3)
    old, new = [await wrote(db, office.ani, day, f"hari {day}", now=now, target_id=target) for day in (9, 10)]
    assert [one.step for one in (await sheet_of(db, office.ani)).entries] == ["", ""]
    only, *_ = await steps(db, target, "Langkah pertama")
    assert [one.step for one in (await sheet_of(db, office.ani)).entries] == ["Langkah pertama"] * 2
    other, *_ = await steps(db, target, "Langkah kedua")
    sheet = await sheet_of(db, office.ani)
    assert gaps(sheet)[0][:2] == (Gap.STEP, Gap.TIME)
    ani = Desk(db, office, office.ani)

    async def choose(entry: int, step: int) -> int:
        sheet = await sheet_of(db, office.ani)
        async with db.writing() as session:
            return await writing.choose_step(session, await ani.actor(session), sheet, entry, step)

    assert await choose(old, other) == 2
    later = await wrote(db, office.ani, 12, "hari kedua belas", now=now, target_id=target)
    assert {one.step for one in (await sheet_of(db, office.ani)).entries} == {"Langkah kedua"}
    assert await choose(later, only) == 1
    found = {one.entry_id: one.step for one in (await sheet_of(db, office.ani)).entries}
    assert found == {old: "Langkah kedua", new: "Langkah kedua", later: "Langkah pertama"}
    with pytest.raises(NotFound):
        await choose(later, 10**6)


async def test_a_reworded_rhk_keeps_its_steps(db: Database, office: Office, now: datetime) -> None:
    first = office.ani_targets[0]
    await steps(db, first, "Langkah")
    await wrote(db, office.ani, 9, "lama", now=now, target_id=first)
    async with db.writing() as session:
        before = await session.get_one(Target, first)
        again = Target(plan_id=before.plan_id, position=0, text="Bunyi baru", lineage_id=first)
        before.retired_at = now
        session.add(again)
        await session.flush()
        target = again.id
    await wrote(db, office.ani, 10, "baru sekali", now=now, target_id=target)
    sheet = await sheet_of(db, office.ani)
    assert [(one.step, one.target_text) for one in sheet.entries] == [("Langkah", "Bunyi baru")] * 2


async def test_a_step_is_written_or_taken_from_the_rhk(db: Database, office: Office, now: datetime) -> None:
    first, second, _ = office.ani_targets
    one = await wrote(db, office.ani, 9, "satu", now=now, target_id=first)
    two = await wrote(db, office.ani, 10, "dua", now=now, target_id=second)
    ani = Desk(db, office, office.ani)

    async def write(entry: int, text: str | None) -> int:
        sheet = await sheet_of(db, office.ani)
        async with db.writing() as session:
            actor = await ani.actor(session)
            return await writing.write_step(session, actor, sheet, entry, text, now=now)

    with pytest.raises(Invalid):
        await write(one, " \n ")
    with pytest.raises(Invalid):
        await write(one, "x" * 501)
    assert await write(one, "Menyusun\n3 modul") == 1
    assert await write(two, None) == 1
    assert await write(two, None) == 1
    sheet = await sheet_of(db, office.ani)
    assert [row.step for row in sheet.entries] == ["Menyusun 3 modul", "Tersusunnya perangkat pembelajaran"]
    async with db.reading() as session:
        assert len(list(await session.scalars(select(ActionStep)))) == 2


async def test_proposed_times_are_taken_in_one_go_and_never_into_the_entry(
    db: Database, office: Office, now: datetime
) -> None:
    timed: dict[str, Any] = {"starts": time(7, 30), "ends": time(9)}
    await wrote(db, office.ani, 12, "satu", now=now, outside_plan=True, **timed)
    two = await wrote(db, office.ani, 12, "kedua", now=now, outside_plan=True, minutes=45)
    three = await wrote(db, office.ani, 13, "ketiga", now=now, outside_plan=True, starts=time(10))
    sheet = await sheet_of(db, office.ani)
    found = {one.entry_id: (one.starts, one.ends, one.said) for one in sheet.lacking(Gap.TIME)}
    assert found == {
        two: (time(9), time(9, 45), (None, None)),
        three: (time(10), time(11), (time(10), None)),
    }
    ani, budi = Desk(db, office, office.ani), Desk(db, office, office.budi)
    async with db.writing() as session:
        with pytest.raises(NotAllowed):
            await writing.accept_times(session, await budi.actor(session), sheet, mark=mark_of(sheet.entries))
    async with db.writing() as session:
        with pytest.raises(Outdated):
            await writing.accept_times(session, await ani.actor(session), sheet, mark=1)
    async with db.writing() as session:
        actor = await ani.actor(session)
        assert await writing.accept_times(session, actor, sheet, mark=mark_of(sheet.entries)) == 2
    after = await sheet_of(db, office.ani)
    assert after.knows_hours
    assert {one.said for one in after.entries} == {
        (time(7, 30), time(9)),
        (time(9), time(9, 45)),
        (time(10), time(11)),
    }
    async with db.reading() as session:
        assert (await session.get_one(Entry, two)).starts is None


async def test_amounts_go_into_the_row_and_only_where_the_entry_has_none(
    db: Database, office: Office, now: datetime
) -> None:
    none = await wrote(db, office.ani, 9, "rapat", now=now, outside_plan=True)
    bare = await wrote(db, office.ani, 10, "rapat dua", now=now, outside_plan=True, quantity=3)
    full = await wrote(
        db, office.ani, 11, "rapat tiga", now=now, outside_plan=True, quantity=4, unit="notula"
    )
    ani = Desk(db, office, office.ani)

    async def sets(entry: int, text: str | None = None) -> None:
        async with db.writing() as session:
            await writing.set_amount(session, await ani.actor(session), entry, text)

    for wrong in ("banyak", "-1 berkas", "99999999 berkas", "5", "3 berkas 0812345678 NIK 3201014501850001"):
        with pytest.raises(Invalid):
            await sets(none, wrong)
    await sets(none, "12 berkas")
    await sets(bare, "9 dokumen")
    await sets(full)
    sheet = await sheet_of(db, office.ani)
    assert [(one.quantity, one.unit) for one in sheet.entries] == [
        (12, "berkas"),
        (3, "dokumen"),
        (4, "notula"),
    ]
    async with db.reading() as session:
        assert (await session.get_one(Entry, none)).quantity is None, "it never counts as progress"
    last = await wrote(db, office.ani, 12, "rapat empat", now=now, outside_plan=True)
    sheet = await sheet_of(db, office.ani)
    async with db.writing() as session:
        actor = await ani.actor(session)
        assert await writing.set_all_amounts(session, actor, sheet, mark=mark_of(sheet.entries)) == 1
    found = {one.entry_id: (one.quantity, one.unit) for one in (await sheet_of(db, office.ani)).entries}
    assert found[last] == (1, "kegiatan")


async def test_evidence_is_links_and_stored_files_under_the_office_address(
    db: Database, office: Office, now: datetime
) -> None:
    entry = await wrote(db, office.ani, 9, "rapat", now=now, outside_plan=True)
    files: list[dict[str, Any]] = [
        {"kind": EvidenceKind.LINK, "url": "https://drive.example.go.id/a b"},
        {"kind": EvidenceKind.PHOTO, "sha256": "a" * 64},
        {"kind": EvidenceKind.DOCUMENT, "sha256": "b" * 64, "file_name": "Surat Tugas.PDF"},
        {"kind": EvidenceKind.DOCUMENT, "sha256": None, "file_name": "menunggu.pdf"},
    ]
    async with db.writing() as session:
        session.add_all(
            Evidence(person_id=office.ani, entry_id=entry, created_at=now, **one) for one in files
        )
    one = (await sheet_of(db, office.ani)).entries[0]
    assert one.evidence.split(" ") == [
        "https://drive.example.go.id/a%20b",
        f"{BASE}/{'a' * 64}.jpg",
        f"{BASE}/{'b' * 64}.pdf",
    ]
    assert one.unlinked_files == 1
    bare = (await sheet_of(db, office.ani, base=None)).entries[0]
    assert (bare.evidence, bare.unlinked_files) == ("https://drive.example.go.id/a%20b", 3)
    assert Gap.TELEGRAM in bare.gaps


async def test_who_may_fetch_whose(db: Database, office: Office, now: datetime) -> None:
    async def may(who: int, whose: int) -> bool:
        async with db.reading() as session:
            actor = await Desk(db, office, who).actor(session)
            try:
                await access.ensure_may_fetch(session, actor, whose, now=now)
            except (NotAllowed, NotFound):
                return False
            return True

    assert [await may(who, office.ani) for who in (office.ani, office.budi, office.admin)] == [True] * 3
    others = (office.citra, office.head, office.dewi, office.eko, office.observer)
    assert [await may(who, office.ani) for who in others] == [False] * 5
    assert not await may(office.admin, 10**6)
    assert not await may(office.observer, office.observer)
    async with db.reading() as session:
        budi = await Desk(db, office, office.budi).actor(session)
        found = await access.people_to_choose(session, budi, now=now)
        assert [one.name for one in found.found] == ["Ani Rahmawati", "Citra Lestari"]
        with pytest.raises(Invalid):
            await access.people_to_choose(session, budi, typed="eko", now=now)


async def mark(desk: Desk, entry_id: int, *, now: datetime = NOW) -> None:
    """«Sudah disalin» on an entry as it stands."""
    async with desk.db.reading() as session:
        day = await copying.work_date_of(session, entry_id)
        actor = await desk.actor(session)
        rows = (await copying.load_copy_day(session, actor, day, base=BASE)).entries
    shown = copying.shown_mark([one for one in rows if one.entry_id == entry_id])
    await desk.calls(copying.mark_entry, entry_id, mark=shown, base=BASE, now=now)


async def test_what_was_copied_stays_as_it_was_shown(db: Database, office: Office, now: datetime) -> None:
    target = office.ani_targets[0]
    (first,) = await steps(db, target, "Langkah A")
    entry = await wrote(db, office.ani, 3, "Mengajar", now=now, target_id=target)
    ani = Desk(db, office, office.ani)
    await mark(ani, entry)
    before = (await sheet_of(db, office.ani)).entries[0]
    await steps(db, target, "Langkah B")
    await wrote(db, office.ani, 3, "Rapat", now=now, target_id=target)
    await ani.calls(drop_step, first)
    (after,) = [one for one in (await sheet_of(db, office.ani)).entries if one.entry_id == entry]
    assert after.copied_at is not None
    assert (after.step, after.starts, after.ends) == (before.step, before.starts, before.ends)


async def test_a_mark_goes_when_the_address_of_its_evidence_comes(
    db: Database, office: Office, now: datetime
) -> None:
    entry = await wrote(db, office.ani, 3, "Mengajar", now=now, outside_plan=True)
    async with db.writing() as session:
        photo = Evidence(entry_id=entry, person_id=office.ani, kind=EvidenceKind.PHOTO, created_at=now)
        session.add(photo)
        await session.flush()
        photo_id = photo.id
    ani = Desk(db, office, office.ani)
    await mark(ani, entry)
    async with db.writing() as session:
        await evidence.stored(session, photo_id, sha256="a" * 64, size=1, now=now)
    assert await copied(db, entry) is None
    await mark(ani, entry)
    async with db.writing() as session:
        (await session.get_one(Evidence, photo_id)).sha256 = "b" * 64
    assert await copied(db, entry) is None


async def test_what_was_shown_before_a_change_is_not_marked(
    db: Database, office: Office, now: datetime
) -> None:
    returned: dict[str, Any] = {"state": State.RETURNED, "return_reason": "kurang jelas"}
    entry = await wrote(db, office.ani, 18, "Mengajar Fikih", now=now, outside_plan=True, **returned)
    ani = Desk(db, office, office.ani)
    async with db.reading() as session:
        actor = await ani.actor(session)
        day = await copying.load_copy_day(session, actor, date(2026, 11, 18), base=BASE)
    shown = copying.shown_mark(day.entries)
    await ani.calls(editing.set_field, entry, "activity", "Mengajar Akidah kelas 8")
    with pytest.raises(Outdated):
        await ani.calls(copying.mark_entry, entry, mark=shown, base=BASE)
    with pytest.raises(Outdated):
        await ani.calls(copying.mark_day, day.day_id, mark=shown, base=BASE)
    assert await copied(db, entry) is None
    await mark(ani, entry)
    async with db.writing() as session:
        await copying.unmark_entry(session, await ani.actor(session), entry)
    assert await copied(db, entry) is None


async def test_a_mark_goes_when_its_entry_or_evidence_changes(
    db: Database, office: Office, now: datetime
) -> None:
    ani = Desk(db, office, office.ani, now)
    taken = await ani.types("Rapat komite -> jadwal disepakati\nMenyusun modul -> 1 modul selesai")
    assert taken.day_id is not None
    await ani.sends(taken.day_id)
    one, two = [entry.id for entry in await ani.entries(taken.day_id)]
    await mark(ani, one)
    await mark(ani, two, now=now + timedelta(hours=1))
    await mark(ani, two, now=now + timedelta(hours=2))
    assert await copied(db, two) == now + timedelta(hours=1), "the first mark stays"
    await ani.withdraws(taken.day_id)
    assert await copied(db, one) is not None, "withdrawn is not changed"
    await ani.calls(editing.set_field, one, "activity", "Rapat komite dan wali murid")
    assert [await copied(db, entry) is not None for entry in (one, two)] == [False, True]
    async with db.writing() as session:
        session.add(
            Evidence(
                person_id=office.ani, entry_id=two, kind=EvidenceKind.LINK, url="https://a.id", created_at=now
            )
        )
    assert await copied(db, two) is None


async def test_what_is_left_to_copy(db: Database, office: Office, now: datetime) -> None:
    entries = [
        await wrote(db, office.ani, day, f"kegiatan {n}", now=now) for day, n in ((9, 1), (9, 2), (12, 3))
    ]
    draft = await wrote(db, office.ani, 16, "draf", now=now, state=State.DRAFT)
    ani, eko = Desk(db, office, office.ani), Desk(db, office, office.eko)
    await mark(ani, entries[0])
    with pytest.raises(NotFound):
        await mark(ani, draft)
    with pytest.raises(NotAllowed):
        await mark(eko, entries[1])
    async with db.reading() as session:
        actor = await ani.actor(session)
        left = await copying.load_uncopied(session, actor, FIRST)
        assert [(one.work_date.day, one.left, one.total) for one in left.days] == [(9, 1, 2), (12, 1, 1)]
        assert await copying.next_to_copy(session, actor, today=date(2026, 11, 18)) == date(2026, 11, 9)
        day = await copying.load_copy_day(session, actor, date(2026, 11, 9), base=None)
        assert (day.before, day.after, day.left) == (None, date(2026, 11, 12), 1)
        assert copying.next_place(day, entries[0]) == 1


async def test_a_year_takes_as_many_statements_as_a_day(db: Database, office: Office, now: datetime) -> None:
    async def count(last: date) -> int:
        statements: list[str] = []

        def note(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(db.engine.sync_engine, "before_cursor_execute", note)
        try:
            async with db.reading() as session:
                await load_sheet(session, office.ani, first=FIRST, last=last, base=BASE)
        finally:
            event.remove(db.engine.sync_engine, "before_cursor_execute", note)
        return len(statements)

    await wrote(db, office.ani, 1, "satu", now=now, target_id=office.ani_targets[0])
    once = await count(FIRST)
    for day in range(2, 28):
        await wrote(db, office.ani, day, f"kegiatan {day}", now=now, target_id=office.ani_targets[day % 3])
    assert await count(LAST) == once
    assert once <= 9
