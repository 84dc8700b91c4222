"""An import beside what was done in chat: connections, expectations, proposals, unsent work; who is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.texts import Texts
from models import (
    AuditEvent,
    Behaviour,
    Entry,
    Expectation,
    LinkSource,
    OutboxMessage,
    PerformancePlan,
    PlanForm,
    PlanState,
    Target,
)
from models.engine import Database
from services.cascade import connecting
from services.plans import dialogue, expecting, writing
from services.plans.export_skp import export_skp
from services.plans.loading import PlanView, load_plan_view
from services.plans.skp_file import COLUMNS
from services.plans.words import LONGEST_EXPECTATION
from tests.office import Office
from tests.services.desk import Desk
from tests.services.skp_rows import (
    BUDI,
    behaviour,
    faults_of,
    plan_of,
    skp,
    take,
    warnings_of,
    wordings_of,
)

LATER = timedelta(days=1)
EKO = "198501012010011006"


@pytest.fixture
async def ani(db: Database, office: Office) -> Desk:
    """Ani; nobody has an SKP."""
    async with db.writing() as session:
        await session.execute(delete(PerformancePlan))
    return Desk(db, office, office.ani)


async def seen(desk: Desk, person_id: int | None = None) -> PlanView:
    plan: PlanView = await desk.calls(load_plan_view, person_id or desk.person, 2026)
    return plan


async def standing(db: Database, person_id: int) -> Target:
    (found,) = [one for one in await wordings_of(db, person_id) if one.retired_at is None]
    return found


async def letters(db: Database, kind: str) -> list[tuple[int | None, dict[str, Any]]]:
    async with db.reading() as session:
        rows = await session.execute(
            select(OutboxMessage.person_id, OutboxMessage.payload)
            .where(OutboxMessage.kind == kind)
            .order_by(OutboxMessage.person_id)
        )
        return [(person_id, payload) for person_id, payload in rows]


async def reworded(above: Desk, head: Desk, text: str) -> None:
    """The supervisor's only RHK is agreed in new words."""
    await above.calls(writing.set_wording, (await standing(above.db, above.person)).id, text)
    plan = await seen(above)
    await above.calls(dialogue.propose, plan.id, revision=plan.revision)
    plan = await seen(above)
    await head.calls(dialogue.agree, plan.id, revision=plan.revision)


async def test_an_export_after_the_superior_reworded_keeps_the_cascade(ani: Desk, now: datetime) -> None:
    office, db = ani.office, ani.db
    file = [skp("Induk", nip=BUDI, rhk_atasan=""), skp(rhk_atasan="Induk")]
    await take(db, file, now=now)
    budi = ani.of(office.budi)
    await reworded(budi, ani.of(office.head), "Induk yang diperbaiki")
    above = await standing(db, office.budi)
    async with db.reading() as session:
        exported = (await export_skp(session, 2026)).rows
    rows = [{name: str(value) for name, value in zip(COLUMNS, one, strict=True) if value} for one in exported]
    assert {row.get("rhk_atasan") for row in rows} == {None, "Induk yang diperbaiki"}
    again = await take(db, rows, now=now + LATER)
    assert (again.unchanged, again.changed, warnings_of(again)) == (2, 0, [])
    old_words = await take(db, [skp(rhk_atasan="Induk")], now=now + LATER)
    assert (old_words.unchanged, warnings_of(old_words)) == (1, [])
    assert (await standing(db, office.ani)).parent_id == above.id


@pytest.mark.parametrize("named", ["", "Tidak ada di sana"])
async def test_the_same_file_again_leaves_what_the_superior_connected(
    ani: Desk, now: datetime, named: str
) -> None:
    db, office = ani.db, ani.office
    file = [skp("Induk", nip=BUDI, rhk_atasan=""), skp(rhk_atasan=named)]
    await take(db, file, now=now)
    target, above = await standing(db, office.ani), await standing(db, office.budi)
    await ani.of(office.budi).calls(connecting.connect, target.id, above.id)
    report = await take(db, file, now=now + LATER)
    assert (report.unchanged, report.versions, warnings_of(report)) == (2, 0, [])
    assert (await standing(db, office.ani)).parent_id == above.id


async def test_a_connection_is_undone_after_either_side_was_reworded(ani: Desk, now: datetime) -> None:
    db, office = ani.db, ani.office
    await take(db, [skp("Induk", nip=BUDI, rhk_atasan=""), skp(rhk_atasan="")], now=now)
    target, above = await standing(db, office.ani), await standing(db, office.budi)
    budi = ani.of(office.budi)
    await budi.calls(connecting.connect, target.id, above.id)
    await reworded(budi, ani.of(office.head), "Induk yang diperbaiki")
    await take(db, [skp(target="24")], now=now + LATER)
    now_standing = await standing(db, office.ani)
    assert now_standing.id != target.id
    choice = await budi.calls(connecting.load_choice, now_standing.id)
    assert choice.undoable
    await budi.calls(connecting.disconnect, now_standing.id, above.lineage)
    assert (await standing(db, office.ani)).parent_id is None


async def test_a_proposal_changes_neither_form_nor_order_before_it_is_agreed(
    ani: Desk, now: datetime
) -> None:
    db, office = ani.db, ani.office
    await take(db, [skp("A satu"), skp("B dua")], now=now)
    with_form = [skp("A satu", perspektif="anggaran"), skp("B dua", perspektif="anggaran")]
    report = await take(db, with_form, now=now + LATER, propose=True)
    assert faults_of(report) == [("A2", "perspektif", "form_agreed")]
    assert all(
        Texts().speech(language).plain("import.fault.form_agreed", **report.faults[0].params)
        for language in ("id", "en")
    )
    report = await take(db, [skp("C tiga"), skp("B dua"), skp("A satu")], now=now + LATER, propose=True)
    assert report.proposed == 1
    places = {one.text: one.position for one in await wordings_of(db, office.ani) if not one.pending}
    assert places == {"A satu": 0, "B dua": 1}
    report = await take(db, with_form, now=now + LATER, replace=True)
    assert (report.faults, (await plan_of(db, office.ani)).form) == ((), PlanForm.JPT)


async def test_whose_proposal_is_replaced_and_who_waited_for_it_are_told(ani: Desk, now: datetime) -> None:
    db, office = ani.db, ani.office
    eko = ani.of(office.eko)
    await eko.calls(writing.add_targets, 2026, "Tersusunnya laporan keuangan\n12 laporan")
    plan = await seen(eko)
    await eko.calls(dialogue.propose, plan.id, revision=plan.revision)
    await take(db, [skp("Dari berkas", nip=EKO)], now=now, replace=True)
    told = await letters(db, "plan_imported")
    assert [(to, payload["given_up"]) for to, payload in told] == [(office.dewi, True), (office.eko, True)]


async def test_a_proposal_over_a_proposal_is_told_its_owner_and_waits_anew(ani: Desk, now: datetime) -> None:
    db, office = ani.db, ani.office
    await take(db, [skp()], now=now, propose=True)
    await take(db, [skp(target="30")], now=now + LATER, propose=True, replace=True)
    assert [to for to, _ in await letters(db, "plan_imported")] == [office.ani]
    assert [to for to, _ in await letters(db, "plan_proposed")] == [office.budi] * 2


async def test_a_leaders_own_expectation_stays_under_a_proposal_and_is_told_of_else(
    ani: Desk, now: datetime
) -> None:
    db, office = ani.db, ani.office
    await take(db, [skp()], now=now)
    plan = await plan_of(db, office.ani)
    await ani.of(office.budi).calls(
        expecting.set_expectation, plan.id, Behaviour.LOYAL, "Dari atasan langsung"
    )
    words = [behaviour("loyal", "Dari berkas kantor")]
    report = await take(db, [skp(target="20")], expectations=words, now=now, propose=True)
    assert (report.expectations, warnings_of(report)) == (0, [("A2", "expectation_kept")])
    async with db.reading() as session:
        assert list(await session.scalars(select(Expectation.text))) == ["Dari atasan langsung"]
    report = await take(db, [], expectations=words, now=now)
    assert report.expectations == 1
    told = await letters(db, "plan_imported")
    assert [(to, one["behaviours"], one["given_up"]) for to, one in told] == [
        (to, ["loyal"], False) for to in sorted((office.ani, office.budi))
    ]


async def test_each_plan_that_an_import_touches_is_audited(ani: Desk, now: datetime) -> None:
    db = ani.db

    async def audited() -> int:
        async with db.reading() as session:
            found = await session.scalars(select(AuditEvent.id).where(AuditEvent.action == "skp_imported"))
            return len(list(found))

    await take(db, [skp()], now=now)
    assert await audited() == 1
    await take(db, [], expectations=[behaviour("loyal", "Setia")], now=now)
    assert await audited() == 2
    await take(db, [skp(rencana_aksi_tw1="Rapat (2)")], now=now)
    assert await audited() == 3
    await take(db, [skp(rencana_aksi_tw1="Rapat (2)")], expectations=[behaviour("loyal", "Setia")], now=now)
    assert await audited() == 3


async def test_unsent_work_of_a_dropped_rhk_is_suggested_another(ani: Desk, now: datetime) -> None:
    db, office = ani.db, ani.office
    await take(db, [skp("Tersusunnya laporan keuangan"), skp("Terlaksananya pembelajaran Fikih")], now=now)
    taken = await ani.types("mengajar Fikih kelas 7 -> siswa paham")
    first, second = await wordings_of(db, office.ani)
    await ani.sets(taken.entry_ids[0], target_id=first.id, link_source=LinkSource.CHOSEN, confident=True)
    await take(db, [skp("Terlaksananya pembelajaran Fikih"), skp("Lain sama sekali")], now=now + LATER)
    async with db.reading() as session:
        entry = await session.get_one(Entry, taken.entry_ids[0])
        assert (entry.target_id, entry.link_source) == (second.id, LinkSource.SUGGESTED)


async def test_a_file_may_expect_as_much_as_a_leader(ani: Desk, now: datetime) -> None:
    length = LONGEST_EXPECTATION
    report = await take(ani.db, [skp()], expectations=[behaviour("loyal", "x" * (length + 1))], now=now)
    assert faults_of(report) == [("Perilaku!E2", "ekspektasi", "too_long")]
    halves = "\n".join(["x" * (length // 2)] * 2)
    report = await take(ani.db, [skp()], expectations=[behaviour("loyal", halves)], now=now)
    assert faults_of(report) == [("Perilaku!E2", "ekspektasi", "too_long")]
    report = await take(ani.db, [skp()], expectations=[behaviour("loyal", "x" * length)], now=now)
    assert (report.expectations, (await plan_of(ani.db, ani.person)).state) == (1, PlanState.AGREED)
