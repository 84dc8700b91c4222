"""Taking what somebody typed: which day it lands in, and what is refused whole."""

from datetime import date

import pytest
from sqlalchemy import select, update

from models import Entry, Evidence, EvidenceKind, LinkSource, Person, State, Target
from models.engine import Database
from services.entries.asking import (
    answer_code,
    assign_answers,
    missing_outcomes,
    pick_ready,
    ready_answers,
)
from services.entries.days import MOST_ENTRIES, own_day, own_entry
from services.errors import Invalid, NotFound, Outdated
from services.reading.sensitive import Sensitive
from tests.office import Office
from tests.services.desk import NOW, TODAY, Desk, at


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def test_a_text_lands_in_the_draft_of_today(ani: Desk) -> None:
    taken = await ani.types("Menyusun modul bab 3 08.00-10.00 -> 2 modul siap dipakai kelas 8\nRapat komite")
    assert taken.day_id is not None
    day = await ani.day(taken.day_id)
    assert (day.work_date, day.state, day.person_id) == (TODAY, State.DRAFT, ani.office.ani)
    first, second = day.entries
    assert first.activity == "Menyusun modul bab 3"
    assert first.outcome == "2 modul siap dipakai kelas 8"
    assert (first.quantity, first.unit) == (2, "modul")
    assert first.starts is not None
    assert first.starts.hour == 8
    assert second.outcome is None
    assert taken.entry_ids == (first.id, second.id)
    assert not taken.sensitive


async def test_texts_of_one_day_are_added_in_order(ani: Desk) -> None:
    first = await ani.types("Rapat komite")
    again = await ani.types("Menyusun modul\nMemeriksa tugas")
    assert again.day_id == first.day_id
    assert first.day_id is not None
    assert await ani.activities(first.day_id) == ["Rapat komite", "Menyusun modul", "Memeriksa tugas"]
    assert [one.number for one in await ani.entries(first.day_id)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("kemarin: rapat komite", date(2026, 11, 17)),
        ("Laporan 12 Nov\nrapat komite", date(2026, 11, 12)),
        ("Senin: rapat komite", date(2026, 11, 16)),
        ("rapat membahas ujian tanggal 12 Nov", TODAY),
    ],
)
async def test_leading_words_name_the_day_others_do_not(ani: Desk, text: str, day: date) -> None:
    await ani.types(text)
    assert await ani.days() == [day]


async def test_the_day_is_the_persons_own_date(ani: Desk) -> None:
    """16:30 UTC is already tomorrow in Jayapura."""
    async with ani.db.writing() as session:
        await session.execute(update(Person).where(Person.id == ani.person).values(zone="Asia/Jayapura"))
    await ani.types("Rapat komite", now=at(23, 30))
    assert await ani.days() == [date(2026, 11, 19)]


async def test_a_named_day_wins_over_the_words(ani: Desk) -> None:
    await ani.types("Rapat komite", work_date=date(2026, 11, 13))
    assert await ani.days() == [date(2026, 11, 13)]


async def test_a_day_alone_asks_for_its_text(ani: Desk) -> None:
    taken = await ani.types("Laporan 12 Nov")
    assert (taken.day, taken.day_id) == (date(2026, 11, 12), None)
    assert await ani.days() == []


async def test_an_unclear_day_is_asked_about_and_stores_nothing(ani: Desk) -> None:
    taken = await ani.types("Laporan Senin 12 Nov: rapat komite")
    assert taken.unclear_day
    assert taken.day_id is None
    assert await ani.days() == []


@pytest.mark.parametrize("text", ["", "   \n ", "Assalamualaikum", "terima kasih", "👍"])
async def test_no_activity_is_no_day(ani: Desk, text: str) -> None:
    taken = await ani.types(text)
    assert taken.day_id is None
    assert await ani.days() == []


async def refused(desk: Desk, text: str, **more: object) -> Invalid:
    with pytest.raises(Invalid) as found:
        await desk.types(text, **more)  # type: ignore[arg-type]
    return found.value


async def test_no_future_days(ani: Desk) -> None:
    assert (await refused(ani, "Rapat", work_date=date(2026, 11, 19))).code == "day_future"
    asked = await ani.types("Laporan 20 November 2026\nrapat komite")
    assert (asked.unclear_day, asked.day_id) == ("20 November 2026", None)
    assert await ani.days() == []


async def test_the_month_lock_stops_new_entries_to_the_minute(ani: Desk) -> None:
    october = date(2026, 10, 30)
    assert (await ani.types("Rapat komite", work_date=october, now=at(23, 59, day=5))).day_id
    assert (await refused(ani, "Menyusun modul", work_date=october, now=at(0, 0, day=6))).code == "day_locked"
    assert (await refused(ani, "Menyusun modul", work_date=date(2026, 9, 30))).code == "day_locked"
    assert await ani.days() == [october]


async def test_a_day_holds_a_hundred_entries_and_a_text_is_taken_whole_or_not(ani: Desk) -> None:
    taken = await ani.types("\n".join(f"Menyusun laporan bagian {number}a" for number in range(98)))
    assert taken.day_id is not None
    error = await refused(ani, "Rapat satu\nRapat dua\nRapat tiga")
    assert (error.code, error.params) == ("too_many_entries", {"limit": MOST_ENTRIES})
    assert len(await ani.entries(taken.day_id)) == 98
    await ani.types("Rapat satu\nRapat dua")
    assert len(await ani.entries(taken.day_id)) == MOST_ENTRIES


async def test_what_looks_like_a_citizens_number_is_told(ani: Desk) -> None:
    taken = await ani.types("Verifikasi data NIK 3201014107900001")
    assert taken.sensitive == {Sensitive.NIK}


async def test_links_become_evidence(ani: Desk) -> None:
    taken = await ani.types("Menyusun modul https://drive.example.go.id/a -> modul siap")
    assert taken.day_id is not None
    (entry,) = await ani.entries(taken.day_id)
    assert "http" not in entry.activity
    (link,) = entry.evidence
    assert (link.kind, link.url, link.stored) == (EvidenceKind.LINK, "https://drive.example.go.id/a", True)


async def test_evidence_sent_before_joins_the_first_entry_of_its_owner(ani: Desk) -> None:
    async with ani.db.writing() as session:
        for person in (ani.office.ani, ani.office.citra):
            session.add(Evidence(person_id=person, kind=EvidenceKind.PHOTO, file_id="x", created_at=NOW))
    taken = await ani.types("Rapat komite\nMenyusun modul")
    async with ani.db.reading() as session:
        rows = await session.execute(select(Evidence.person_id, Evidence.entry_id))
        found = {row[0]: row[1] for row in rows}
    assert found == {ani.office.ani: taken.entry_ids[0], ani.office.citra: None}


async def test_each_entry_is_offered_an_rhk(ani: Desk) -> None:
    taken = await ani.types("Menyusun perangkat pembelajaran -> perangkat siap")
    assert taken.day_id is not None
    (entry,) = await ani.entries(taken.day_id)
    assert entry.link_source is LinkSource.SUGGESTED
    assert entry.target_id == ani.office.ani_targets[1]


async def test_before_an_skp_exists_entries_are_taken_unlinked(db: Database, office: Office) -> None:
    budi = Desk(db, office, office.budi)
    taken = await budi.types("Rapat pimpinan -> disepakati")
    assert taken.day_id is not None
    day = await budi.day(taken.day_id)
    assert not day.has_plan
    assert (day.entries[0].target_id, day.entries[0].link_source) == (None, None)
    assert not day.entries[0].linked


async def test_a_retired_rhk_is_not_offered(ani: Desk) -> None:
    async with ani.db.writing() as session:
        await session.execute(
            update(Target).where(Target.id == ani.office.ani_targets[1]).values(retired_at=NOW)
        )
    taken = await ani.types("Menyusun perangkat pembelajaran -> perangkat siap")
    assert taken.day_id is not None
    (entry,) = await ani.entries(taken.day_id)
    assert entry.target_id != ani.office.ani_targets[1]


async def test_somebody_elses_day_is_not_there(ani: Desk) -> None:
    taken = await ani.types("Rapat komite")
    for other in (ani.office.citra, ani.office.budi, ani.office.admin, ani.office.head):
        desk = ani.of(other)
        async with ani.db.reading() as session:
            actor = await desk.actor(session)
            with pytest.raises(NotFound):
                await own_day(session, actor, taken.day_id or 0)
            with pytest.raises(NotFound):
                await own_entry(session, actor, taken.entry_ids[0])
            with pytest.raises(NotFound):
                await own_day(session, actor, 999)
            with pytest.raises(NotFound):
                await own_entry(session, actor, 999)


async def test_an_old_revision_is_outdated_and_says_which_card(ani: Desk) -> None:
    taken = await ani.types("Rapat komite")
    async with ani.db.reading() as session:
        actor = await ani.actor(session)
        day = await own_day(session, actor, taken.day_id or 0)
        with pytest.raises(Outdated) as old:
            await own_day(session, actor, day.id, revision=day.revision - 1)
    assert old.value.card == ("day", taken.day_id)


# The outcome question


async def test_only_what_lacks_an_outcome_is_asked_about(ani: Desk) -> None:
    taken = await ani.types("Rapat komite -> jadwal disepakati\nMenyusun modul\nMemeriksa tugas")
    day = await ani.day(taken.day_id or 0)
    assert [one.activity for one in missing_outcomes(day)] == ["Menyusun modul", "Memeriksa tugas"]
    await ani.sets(taken.entry_ids[1], outcome_skipped=True)
    await ani.sets(taken.entry_ids[2], state=State.SUBMITTED)
    assert missing_outcomes(await ani.day(taken.day_id or 0)) == ()


@pytest.mark.parametrize(
    ("text", "numbers", "answers"),
    [
        ("jadwal disepakati", [3], ("jadwal disepakati",)),
        ("2. modul siap\n3. tugas dinilai", [2, 3], ("modul siap", "tugas dinilai")),
        ("3. tugas dinilai", [2, 3], (None, "tugas dinilai")),
        ("3. tugas dinilai\n2. modul siap", [2, 3], ("modul siap", "tugas dinilai")),
        ("1. modul siap\n2. tugas dinilai", [4, 7], ("modul siap", "tugas dinilai")),
    ],
)
def test_answers_find_their_entries(text: str, numbers: list[int], answers: tuple[str | None, ...]) -> None:
    assert assign_answers(text, numbers) == answers


async def test_ready_answers_are_the_persons_own_of_the_same_rhk(ani: Desk) -> None:
    one, other = ani.office.ani_targets[:2]
    past = await ani.types("A -> 1\nB -> 2\nC -> 3\nD -> 4", work_date=date(2026, 11, 16))
    for number, (entry, target, outcome) in enumerate(
        zip(
            past.entry_ids,
            (one, one, other, one),
            ("siswa tuntas", "nilai masuk", "lain", "x" * 61),
            strict=True,
        )
    ):
        await ani.sets(entry, target_id=target, outcome=outcome, state=State.APPROVED, position=number)
    citra = ani.of(ani.office.citra)
    theirs = await citra.types("Mengajar", work_date=date(2026, 11, 16))
    await citra.sets(theirs.entry_ids[0], target_id=one, outcome="milik Citra", state=State.APPROVED)
    taken = await ani.types("Mengajar Fikih 8A")
    await ani.sets(taken.entry_ids[0], target_id=one)
    async with ani.db.reading() as session:
        day = await ani.day(taken.day_id or 0)
        (asked,) = await ready_answers(session, day, missing_outcomes(day))
        assert asked.ready == ("nilai masuk", "siswa tuntas")
        actor = await ani.actor(session)
        mine = await session.get_one(Entry, taken.entry_ids[0])
        assert await pick_ready(session, actor, mine, answer_code("siswa tuntas")) == "siswa tuntas"
        assert await pick_ready(session, actor, mine, answer_code("lain")) == "lain", "its RHK may change"
        assert await pick_ready(session, actor, mine, answer_code("milik Citra")) is None
        assert await pick_ready(session, actor, mine, "") is None
