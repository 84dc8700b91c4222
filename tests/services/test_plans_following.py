"""What follows an SKP from elsewhere: work taken back, a wrong account, a new supervisor, the brief."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import (
    AnnexKind,
    Entry,
    IndicatorValue,
    LinkSource,
    Person,
    PlanEvent,
    PlanState,
    SheetRow,
    State,
    StepVerdict,
    Target,
)
from models.engine import Database
from services.briefing import Brief, load_brief
from services.dialogue import lock
from services.entries import editing, restoring
from services.entries.disowning import Disowned, disown
from services.errors import Invalid
from services.people.import_people import import_people
from services.people.rows import Cell
from services.plans import annexes, dialogue, steps, surroundings, writing
from services.plans.loading import PlanView
from tests.office import Office, user_of
from tests.services.desk import NOW, Desk
from tests.services.seats import somebody
from tests.services.test_plans import RHK, agreed, refused, seen

OTHER = "Terlaksananya pembinaan pegawai\n5 kegiatan"
BEFORE, SINCE, LATER = NOW - timedelta(hours=2), NOW - timedelta(hours=1), NOW + timedelta(hours=1)


@pytest.fixture
def eko(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.eko)


@pytest.fixture
def dewi(eko: Desk) -> Desk:
    return eko.of(eko.office.dewi)


async def adds(eko: Desk, text: str, *, now: datetime = NOW) -> int:
    """Writes one RHK; gives its id."""
    [written] = await eko.calls(writing.add_targets, 2026, text, now=now)
    found: int = written.target_id
    return found


async def two(eko: Desk, dewi: Desk, *, now: datetime = NOW) -> tuple[int, int]:
    """Two RHK in force."""
    first = await adds(eko, RHK, now=now)
    second = await adds(eko, OTHER, now=now)
    view = await seen(eko)
    await eko.calls(dialogue.propose, view.id, revision=view.revision, now=now)
    await dewi.calls(dialogue.agree, view.id, revision=(await seen(eko)).revision, now=now)
    return first, second


async def linked(eko: Desk, target_id: int) -> tuple[int, int]:
    """(day, entry) of a draft linked to an RHK by its owner."""
    taken = await eko.types("Menyusun laporan keuangan bulanan -> laporan dipakai pimpinan")
    [entry_id] = taken.entry_ids
    await eko.sets(entry_id, target_id=target_id, link_source=LinkSource.CHOSEN, confident=True)
    async with eko.db.reading() as session:
        return (await session.get_one(Entry, entry_id)).day_id, entry_id


async def entry(desk: Desk, entry_id: int) -> Entry:
    async with desk.db.reading() as session:
        found = await session.get_one(Entry, entry_id)
        session.expunge(found)
        return found


async def proposed(eko: Desk, *, now: datetime = NOW) -> PlanView:
    view = await seen(eko)
    await eko.calls(dialogue.propose, view.id, revision=view.revision, now=now)
    return await seen(eko)


# work that is taken back


async def test_what_is_withdrawn_goes_to_the_wording_of_now(eko: Desk, dewi: Desk) -> None:
    first, _ = await two(eko, dewi)
    day_id, entry_id = await linked(eko, first)
    await eko.sends(day_id)
    fresh = await eko.calls(writing.set_wording, first, "Tersusunnya laporan keuangan yang dipakai")
    await agreed(eko, dewi)
    assert (await entry(eko, entry_id)).target_id == first, "what was sent keeps its wording"
    await eko.withdraws(day_id)
    found = await entry(eko, entry_id)
    assert (found.target_id, found.link_source) == (fresh, LinkSource.CHOSEN)


async def test_what_is_withdrawn_from_an_rhk_that_is_gone_is_suggested_another(eko: Desk, dewi: Desk) -> None:
    first, second = await two(eko, dewi)
    day_id, entry_id = await linked(eko, first)
    await eko.sends(day_id)
    await eko.calls(writing.drop_target, first)
    await agreed(eko, dewi)
    await eko.withdraws(day_id)
    found = await entry(eko, entry_id)
    assert found.link_source is LinkSource.SUGGESTED
    assert found.target_id in (None, second)
    await eko.sends(day_id)
    assert (await entry(eko, entry_id)).target_id != first


async def test_nothing_is_sent_under_an_rhk_that_is_gone(eko: Desk, dewi: Desk) -> None:
    """The choice and the agreement came at the same moment: the draft was not there to be moved yet."""
    first, second = await two(eko, dewi)
    fresh = await eko.calls(writing.set_wording, first, "Tersusunnya laporan keuangan yang dipakai")
    await eko.calls(writing.drop_target, second)
    await agreed(eko, dewi)
    day_id, moved = await linked(eko, first)
    _, loose = await linked(eko, second)
    await eko.sends(day_id)
    assert (await entry(eko, moved)).target_id == fresh
    left = await entry(eko, loose)
    assert (left.state, left.target_id, left.link_source) == (State.SUBMITTED, None, None)


@pytest.mark.parametrize("reworded", [False, True])
async def test_urungkan_brings_the_wording_of_now_and_the_row_of_the_sheet(
    eko: Desk, dewi: Desk, *, reworded: bool
) -> None:
    first, second = await two(eko, dewi)
    step = await eko.calls(steps.add_step, second, quarter=4, text="Menyiapkan bahan")
    day_id, entry_id = await linked(eko, first)
    async with eko.db.writing() as session:
        row = SheetRow(entry_id=entry_id, step_id=step, starts=time(8), ends=time(9), quantity=3, unit="jam")
        row.copied_at = NOW
        session.add(row)

    async def takes_away(session: Any, actor: Any, *, now: datetime) -> None:
        removed = await editing.delete_entry(session, actor, entry_id, now=now)
        asked = restoring.remembering(None, removed, now=now)
        assert asked is not None
        kept = await lock(session, actor.chat_id)
        kept.step, kept.data, kept.expires_at = asked.step, dict(asked.data), asked.expires_at

    await eko.calls(takes_away)
    standing = first
    if reworded:
        standing = await eko.calls(writing.set_wording, first, "Tersusunnya laporan keuangan yang dipakai")
        await agreed(eko, dewi)

    async def puts_back(session: Any, actor: Any, *, now: datetime) -> None:
        await restoring.restore(session, actor, day_id, question=None, now=now)

    await eko.calls(puts_back)
    assert (await entry(eko, entry_id)).target_id == standing
    async with eko.db.reading() as session:
        back = await session.get_one(SheetRow, entry_id)
        assert (back.step_id, back.starts, back.ends) == (step, time(8), time(9))
        assert (back.quantity, back.unit, back.copied_at) == (3, "jam", None if reworded else NOW)


# «Bukan dia»


async def disowned(desk: Desk, person_id: int, by: int) -> Disowned:
    async with desk.db.writing() as session:
        person = await session.get_one(Person, person_id)
        return await disown(session, person, chat_id=user_of(person_id), since=SINCE, by=by, now=LATER)


async def test_what_a_wrong_account_wrote_in_the_skp_goes(eko: Desk, dewi: Desk) -> None:
    first, second = await two(eko, dewi, now=BEFORE)
    own = await eko.calls(steps.add_step, first, quarter=3, text="Langkah sendiri", now=BEFORE)
    view = await seen(eko)
    await eko.calls(annexes.add_annex_lines, view.id, AnnexKind.SUPPORT, "Laptop baru", now=BEFORE)
    await eko.calls(writing.set_wording, first, "Tersusunnya laporan palsu")
    await adds(eko, "RHK palsu dari orang lain\n12 laporan")
    await eko.calls(writing.drop_target, second)
    await eko.calls(annexes.add_annex_lines, view.id, AnnexKind.SUPPORT, "Mobil dinas")
    await eko.calls(steps.drop_step, own)
    await eko.calls(steps.add_step, first, quarter=4, text="Langkah palsu")
    await proposed(eko)
    found = await disowned(eko, eko.office.eko, eko.office.head)
    assert found.agreed == ()
    view = await seen(eko)
    assert (view.state, view.agreed_version) == (PlanState.DRAFT, 1)
    assert [one.id for one in view.targets] == [first, second]
    assert not view.changes
    assert [step.text for step in view.targets[0].steps] == ["Langkah sendiri"]
    async with eko.db.reading() as session:
        assert [one.text for one in await surroundings.load_annexes(session, view)] == ["Laptop baru"]
    assert (await refused(dewi, dialogue.agree, view.id, revision=view.revision)).code == "skp_withdrawn"
    assert "plan_withdrawn" in await dewi.told(dewi.person)


async def test_an_skp_that_a_wrong_account_began_is_empty_again(eko: Desk, dewi: Desk) -> None:
    written = await adds(eko, RHK)
    await proposed(eko)
    await disowned(eko, eko.office.eko, dewi.person)
    view = await seen(eko)
    assert (view.state, view.targets) == (PlanState.DRAFT, ())
    assert "plan_withdrawn" not in await dewi.told(dewi.person), "who pressed knows"
    async with eko.db.reading() as session:
        assert (await session.get_one(Target, written)).retired_at == LATER


async def test_what_was_agreed_meanwhile_stays_and_is_named(eko: Desk, dewi: Desk) -> None:
    await two(eko, dewi)
    assert (await disowned(eko, eko.office.eko, eko.office.head)).agreed == (2026,)
    assert len((await seen(eko)).targets) == 2


async def test_what_was_the_persons_own_stands_as_it_stood(eko: Desk, dewi: Desk) -> None:
    first, second = await two(eko, dewi, now=BEFORE)
    await eko.calls(writing.set_wording, first, "Tersusunnya laporan yang dipakai", now=BEFORE)
    await eko.calls(writing.drop_target, second, now=BEFORE)
    await proposed(eko, now=BEFORE)
    before = await seen(eko)
    assert await disowned(eko, eko.office.eko, dewi.person) == Disowned()
    assert await seen(eko) == before


async def test_values_nobody_confirmed_and_copied_marks_go(eko: Desk, dewi: Desk) -> None:
    first, _ = await two(eko, dewi, now=BEFORE)
    _, entry_id = await linked(eko, first)
    await eko.sets(entry_id, source_chat_id=1, state=State.APPROVED)
    indicator = (await seen(eko)).targets[0].indicators[0].id
    async with eko.db.writing() as session:
        for at in (BEFORE, NOW):
            session.add(IndicatorValue(indicator_id=indicator, number=80, as_of=at.date(), reported_at=at))
        session.add(SheetRow(entry_id=entry_id, copied_at=NOW))
    await disowned(eko, eko.office.eko, dewi.person)
    async with eko.db.reading() as session:
        assert list(await session.scalars(select(IndicatorValue.reported_at))) == [BEFORE]
        assert (await session.get_one(SheetRow, entry_id)).copied_at is None


# returned, then everything taken back


async def test_a_returned_change_that_is_taken_back_leaves_it_agreed(eko: Desk, dewi: Desk) -> None:
    first, _ = await two(eko, dewi)
    fresh = await eko.calls(writing.set_wording, first, "Tersusunnya laporan baru")
    view = await proposed(eko)
    reason = "Tetap yang lama saja, ya"
    await dewi.calls(dialogue.return_plan, view.id, revision=view.revision, reason=reason)
    await eko.calls(writing.restore_target, fresh)
    view = await seen(eko)
    assert (view.state, view.version, view.agreed_version) == (PlanState.AGREED, 1, 1)
    assert view.return_reason is None


async def test_the_skp_of_somebody_who_left_is_not_decided_on(eko: Desk, dewi: Desk) -> None:
    await adds(eko, RHK)
    view = await proposed(eko)
    async with eko.db.writing() as session:
        await session.execute(update(Person).where(Person.id == eko.person).values(active=False))
    for decide in (dialogue.agree, dialogue.ensure_returnable):
        error = await refused(dewi, decide, view.id, revision=view.revision)
        assert isinstance(error, Invalid)
        assert error.code == "skp_owner_left"


# an SKP that waits


async def brief(desk: Desk) -> Brief:
    async with desk.db.reading() as session:
        return await load_brief(session, await somebody(session, desk.person, LATER), now=LATER)


async def moves(eko: Desk, nip: str) -> None:
    """The office's list names another supervisor, or none."""
    async with eko.db.writing() as session:
        person = await session.get_one(Person, eko.person)
        values = {"nama": person.name, "nip": person.nip or "", "nip_atasan": nip}
        row = {name: Cell(f"A{at}", value) for at, (name, value) in enumerate(values.items(), start=2)}
        assert not (await import_people(session, [row], now=LATER)).faults


async def test_an_skp_that_waits_is_in_the_brief(eko: Desk, dewi: Desk) -> None:
    await adds(eko, RHK)
    assert not (await brief(dewi)).plans
    await proposed(eko)
    [one] = (await brief(dewi)).plans
    assert (one.person_id, one.year, one.proposed_on) == (eko.person, 2026, NOW.date())
    assert not (await brief(eko.of(eko.office.budi))).plans


async def test_an_skp_that_waits_goes_with_its_person(eko: Desk, dewi: Desk) -> None:
    await adds(eko, RHK)
    view = await proposed(eko)
    budi = eko.of(eko.office.budi)
    async with eko.db.reading() as session:
        nip = (await session.get_one(Person, budi.person)).nip
    await moves(eko, nip or "")
    assert "plan_proposed" in await budi.told(budi.person)
    assert [len((await brief(one)).plans) for one in (dewi, budi)] == [0, 1]
    await moves(eko, "")
    after = await seen(eko)
    assert (after.state, after.revision) == (PlanState.DRAFT, view.revision + 1)
    async with eko.db.reading() as session:
        last = select(PlanEvent.verdict).order_by(PlanEvent.id.desc()).limit(1)
        assert await session.scalar(last) is StepVerdict.WITHDRAWN
