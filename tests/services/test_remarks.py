"""When an outcome is pointed out, and above all when it is not."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, event, update

from bot.texts import Texts
from bot.views.digests import own_screen
from models import Entry, Indicator
from models.engine import Database
from services.digests.person import person_week
from services.digests.weeks import week_of
from services.entries import editing
from services.entries.editing import OutcomesTaken
from services.entries.remarks import UNHEEDED, remark_on_report
from services.reading.outcome_kinds import OutcomeKind
from tests.office import Office
from tests.services.desk import NOW, TODAY, Desk, at

POOR, BETTER = "notulen rapat", "jadwal ujian disepakati komite"


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def answers(desk: Desk, outcomes: dict[int, str | None]) -> OutcomesTaken:
    taken: OutcomesTaken = await desk.calls(editing.set_outcomes, outcomes)
    return taken


async def two(desk: Desk) -> tuple[int, int]:
    taken = await desk.types("Rapat komite\nPiket perpustakaan")
    first, second = taken.entry_ids
    return first, second


async def noted(desk: Desk, entry: int) -> bool:
    async with desk.db.reading() as session:
        return (await session.get_one(Entry, entry)).repeat_noted


async def test_one_entry_of_an_answer_is_pointed_out_and_a_repeat_comes_first(ani: Desk) -> None:
    first, second = await two(ani)
    taken = await answers(ani, {first: POOR, second: "piket perpustakaan selesai"})
    assert taken.remark is not None
    assert (taken.remark.entry_id, taken.remark.kind) == (second, OutcomeKind.REPEAT)
    assert await noted(ani, second)
    assert not await noted(ani, first), "it was not told of this one"
    assert not taken.effects


async def test_once_an_entry_and_once_a_day(ani: Desk) -> None:
    first, second = await two(ani)
    assert (await answers(ani, {first: POOR})).remark is not None
    assert (await answers(ani, {first: "1 notulen"})).remark is None, "told of once"
    assert (await answers(ani, {second: "daftar hadir"})).remark is None, "one a day"
    past = await ani.types("Rapat guru", work_date=date(2026, 11, 17))
    assert (await answers(ani, {past.entry_ids[0]: POOR})).remark is None, "past days told of today"
    ani.now = NOW + timedelta(days=1)
    next_day = await ani.types("Rapat MGMP")
    assert (await answers(ani, {next_day.entry_ids[0]: POOR})).remark is not None


async def test_an_effect_and_a_skip_get_no_word(ani: Desk) -> None:
    first, second = await two(ani)
    taken = await answers(ani, {first: BETTER, second: None})
    assert taken.remark is None
    assert taken.effects
    assert not (await answers(ani, {second: None})).effects, "nothing was said"


async def test_who_leaves_it_at_that_three_times_is_told_once_a_week(ani: Desk) -> None:
    for offset in range(UNHEEDED):
        ani.now = NOW + timedelta(days=offset)
        entry = (await ani.types("Rapat koordinasi")).entry_ids[0]
        assert (await answers(ani, {entry: POOR})).remark is not None
    ani.now = NOW + timedelta(days=UNHEEDED)
    entry = (await ani.types("Rapat koordinasi")).entry_ids[0]
    assert (await answers(ani, {entry: POOR})).remark is None
    ani.now = NOW + timedelta(days=UNHEEDED - 1 + 7)
    entry = (await ani.types("Rapat koordinasi")).entry_ids[0]
    assert (await answers(ani, {entry: POOR})).remark is not None


async def test_who_improves_is_told_again_the_next_day(ani: Desk) -> None:
    for offset in range(UNHEEDED + 1):
        ani.now = NOW + timedelta(days=offset)
        entry = (await ani.types("Rapat koordinasi")).entry_ids[0]
        assert (await answers(ani, {entry: POOR})).remark is not None
        assert (await answers(ani, {entry: BETTER})).effects


@pytest.mark.parametrize(
    ("unit", "outcome", "told", "softly"),
    [
        ("boks", "12 boks", False, False),
        ("Boks", "12 boks arsip", False, False),
        ("lap", "1 laporan", True, True),
        ("berkas", "12 boks", True, False),
    ],
)
async def test_what_the_rhk_itself_counts(
    ani: Desk, unit: str, outcome: str, *, told: bool, softly: bool
) -> None:
    entry = (await ani.types("Menata arsip inaktif")).entry_ids[0]
    target = ani.office.ani_targets[1]
    async with ani.db.writing() as session:
        await session.execute(update(Indicator).where(Indicator.target_id == target).values(unit=unit))
        await session.execute(delete(Indicator).where(Indicator.target_id != target))
    await answers(ani, {entry: "arsip lama ketemu"})
    await ani.calls(editing.set_target, entry, target)
    taken = await answers(ani, {entry: outcome})
    assert (taken.remark is not None) is told
    assert taken.remark is None or taken.remark.counted is softly


async def test_a_report_that_brings_its_outcomes_is_read_the_same(ani: Desk) -> None:
    taken = await ani.types("Rapat komite -> notulen rapat\nMengajar 8A -> 28 siswa paham pecahan")
    remark = await ani.calls(remark_on_report, taken.entry_ids)
    assert remark.entry_id == taken.entry_ids[0]
    assert await ani.calls(remark_on_report, taken.entry_ids) is None
    assert await ani.calls(remark_on_report, ()) is None


async def test_two_queries_however_many_entries(ani: Desk, db: Database) -> None:
    async def counted(lines: int) -> int:
        taken = await ani.types("\n".join(f"Rapat nomor-{one} -> 3 dokumen" for one in range(lines)))
        seen: list[str] = []

        def see(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        event.listen(db.engine.sync_engine, "before_cursor_execute", see)
        try:
            await ani.calls(remark_on_report, taken.entry_ids)
        finally:
            event.remove(db.engine.sync_engine, "before_cursor_execute", see)
        return len(seen)

    few = await counted(2)
    ani.now = NOW + timedelta(days=1)
    assert await counted(15) == few


@pytest.mark.parametrize(
    ("language", "line"),
    [("id", "2 dari 3 hasil menunjukkan manfaatnya"), ("en", "2 of 3 outcomes show what changed")],
)
async def test_the_own_week_says_how_many_show_an_effect(ani: Desk, language: str, line: str) -> None:
    taken = await ani.types(
        "Rapat komite -> jadwal ujian disepakati\nMengajar 8A -> 28 siswa paham pecahan\n"
        "Menyusun modul ajar -> 1 modul ajar\nPiket perpustakaan"
    )
    assert taken.day_id is not None
    await ani.sends(taken.day_id)
    async with ani.db.reading() as session:
        own = await person_week(session, ani.office.ani, week_of(TODAY), now=at(17, day=20))
    assert (own.entries, own.with_outcome, own.effects) == (4, 3, 2)
    assert line in own_screen(Texts().speech(language), own, None).text
