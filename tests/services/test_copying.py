"""«Sama seperti kemarin»: activities and RHK, never outcome or quantity."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import update

from models import LinkSource, State, Target
from models.engine import Database
from services.entries import editing
from services.entries.days import MOST_ENTRIES
from services.errors import Invalid
from services.prompting import look_at
from tests.office import Office
from tests.services.desk import NOW, TODAY, Desk, at

TUESDAY, FRIDAY = date(2026, 11, 17), date(2026, 11, 13)


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def refused(desk: Desk, work_date: date, *, now: datetime | None = None) -> str:
    with pytest.raises(Invalid) as found:
        await desk.copies(work_date, now=now)
    return found.value.code


async def test_never_outcome_quantity_or_times(ani: Desk) -> None:
    target = ani.office.ani_targets[1]
    taken = await ani.types(
        "Menyusun modul 08.00-10.00 -> 12 modul siap dipakai\nRapat komite", work_date=TUESDAY
    )
    await ani.sets(taken.entry_ids[0], target_id=target, link_source=LinkSource.CHOSEN, state=State.APPROVED)
    await ani.sets(
        taken.entry_ids[1], target_id=None, outside_plan=True, state=State.RETURNED, return_reason="x"
    )
    day = await ani.day(await ani.copies(TODAY))
    assert (day.work_date, day.copied_from, day.state) == (TODAY, TUESDAY, State.DRAFT)
    assert not day.outcomes_asked
    first, second = day.entries
    assert (first.activity, first.target_id, first.link_source) == (
        "Menyusun modul",
        target,
        LinkSource.COPIED,
    )
    assert (second.activity, second.outside_plan) == ("Rapat komite", True)
    for entry in day.entries:
        assert (entry.outcome, entry.quantity, entry.unit) == (None, None, None)
        assert (entry.starts, entry.ends, entry.minutes) == (None, None, None)
        assert (entry.state, entry.return_reason, entry.outcome_skipped) == (State.DRAFT, None, False)
        assert entry.evidence == ()
        assert entry.source_message_id is None
    source = (await ani.entries(taken.day_id or 0))[0]
    assert (source.outcome, source.starts) == ("12 modul siap dipakai", time(8))


@pytest.mark.parametrize(
    ("reported", "asked", "named"),
    [
        (TUESDAY, TODAY, None),
        (FRIDAY, date(2026, 11, 16), None),
        (FRIDAY, TODAY, FRIDAY),
        (date(2026, 10, 20), TODAY, date(2026, 10, 20)),
    ],
)
async def test_a_report_of_long_ago_was_called_yesterdays(
    ani: Desk, reported: date, asked: date, named: date | None
) -> None:
    await ani.types(
        "Rapat lama -> jadwal", work_date=reported, now=at(16, day=reported.day, month=reported.month)
    )
    async with ani.db.reading() as session:
        asking = await look_at(session, await ani.actor(session), asked)
    assert (asking.copyable, asking.copied) == (True, named)


async def test_the_last_reported_day_counts_however_long_ago(ani: Desk) -> None:
    await ani.types("Rapat lama", work_date=date(2026, 11, 2))
    await ani.types("Rapat Jumat", work_date=FRIDAY)
    day = await ani.day(await ani.copies(TODAY))
    assert (day.copied_from, [one.activity for one in day.entries]) == (FRIDAY, ["Rapat Jumat"])


async def test_only_days_before_it_and_ones_own(ani: Desk) -> None:
    await ani.types("Rapat hari ini")
    await ani.of(ani.office.citra).types("Milik Citra", work_date=TUESDAY)
    assert await refused(ani, TUESDAY) == "nothing_to_copy"
    assert await ani.days() == [TODAY], "a refusal leaves no empty day behind"


async def test_a_day_without_entries_is_no_source(ani: Desk) -> None:
    taken = await ani.types("Rapat", work_date=TUESDAY)
    await ani.calls(editing.delete_entry, taken.entry_ids[0])
    assert await refused(ani, TODAY) == "nothing_to_copy"


async def test_once_a_day(ani: Desk) -> None:
    await ani.types("Rapat", work_date=TUESDAY)
    day_id = await ani.copies(TODAY)
    assert await refused(ani, TODAY) == "already_copied"
    assert await ani.activities(day_id) == ["Rapat"]


async def test_what_is_there_already_stays_above(ani: Desk) -> None:
    await ani.types("Rapat lama", work_date=TUESDAY)
    await ani.types("Rapat baru -> setuju")
    day = await ani.day(await ani.copies(TODAY))
    assert [(one.activity, one.outcome) for one in day.entries] == [
        ("Rapat baru", "setuju"),
        ("Rapat lama", None),
    ]


async def test_a_retired_rhk_is_not_carried_on(ani: Desk) -> None:
    taken = await ani.types("Menyusun modul", work_date=TUESDAY)
    await ani.sets(taken.entry_ids[0], target_id=ani.office.ani_targets[0], link_source=LinkSource.CHOSEN)
    async with ani.db.writing() as session:
        await session.execute(
            update(Target).where(Target.id == ani.office.ani_targets[0]).values(retired_at=NOW)
        )
    (entry,) = await ani.entries(await ani.copies(TODAY))
    assert entry.target_id != ani.office.ani_targets[0]
    assert not entry.linked or entry.target_id is not None


async def test_an_unsure_suggestion_is_not_made_sure_by_copying(ani: Desk) -> None:
    taken = await ani.types("Menyusun modul", work_date=TUESDAY)
    suggested = {"link_source": LinkSource.SUGGESTED, "target_id": ani.office.ani_targets[0]}
    await ani.sets(taken.entry_ids[0], confident=False, outside_plan=False, **suggested)
    (entry,) = await ani.entries(await ani.copies(TODAY))
    assert entry.link_source is not LinkSource.COPIED


async def test_no_future_and_no_locked_day(ani: Desk) -> None:
    await ani.types("Rapat", work_date=date(2026, 10, 1), now=at(9, day=5))
    assert await refused(ani, date(2026, 11, 19)) == "day_future"
    assert await refused(ani, date(2026, 10, 30)) == "day_locked"


async def test_a_day_still_holds_a_hundred_entries_at_most(ani: Desk) -> None:
    await ani.types("\n".join(f"Menyusun laporan {n}a" for n in range(60)), work_date=TUESDAY)
    taken = await ani.types("\n".join(f"Memeriksa laporan {n}a" for n in range(60)))
    assert await refused(ani, TODAY) == "too_many_entries"
    assert len(await ani.entries(taken.day_id or 0)) <= MOST_ENTRIES
