"""An import begins a version: what it changes, what it keeps, what it must not touch, and proposals."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select

from bot.texts import Texts
from models import (
    ActionStep,
    AnnexKind,
    AnnexLine,
    Behaviour,
    Day,
    Entry,
    Expectation,
    Indicator,
    IndicatorValue,
    OutboxMessage,
    PerformancePlan,
    Perspective,
    PlanForm,
    PlanState,
    State,
)
from models.engine import Database
from services.people.identity import who_is
from services.plans.dialogue import agree
from tests.office import TARGETS, Office, user_of
from tests.services.skp_rows import (
    BUDI,
    annex,
    behaviour,
    events_of,
    faults_of,
    plan_of,
    skp,
    take,
    warnings_of,
    wordings_of,
)

LATER = timedelta(days=1)


@pytest.fixture
async def ani(db: Database, office: Office, now: datetime) -> int:
    """Ani, without an SKP."""
    async with db.writing() as session:
        await session.execute(delete(PerformancePlan).where(PerformancePlan.person_id == office.ani))
    return office.ani


async def indicators(db: Database, target_id: int) -> list[Indicator]:
    async with db.reading() as session:
        found = list(
            await session.scalars(
                select(Indicator).where(Indicator.target_id == target_id).order_by(Indicator.position)
            )
        )
        session.expunge_all()
        return found


async def test_a_first_import_is_the_first_version(db: Database, ani: int, now: datetime) -> None:
    report = await take(db, [skp()], now=now)
    plan = await plan_of(db, ani)
    assert (report.new, report.versions) == (1, 0)
    assert (plan.state, plan.version, plan.agreed_version, plan.agreed_at) == (PlanState.AGREED, 1, 1, now)
    assert await events_of(db, plan.id) == [(1, "imported")]


async def test_what_changes_begins_a_version_and_the_old_wording_stays(
    db: Database, ani: int, now: datetime
) -> None:
    await take(db, [skp(), skp("RHK dua")], now=now)
    before = await plan_of(db, ani)
    report = await take(db, [skp(target="24"), skp("RHK dua"), skp("RHK tiga")], now=now + LATER)
    plan = await plan_of(db, ani)
    assert (report.new, report.changed, report.unchanged, report.retired) == (1, 1, 1, 0)
    assert report.versions == 1
    assert (plan.version, plan.agreed_version) == (2, 2)
    assert plan.revision > before.revision
    one, two, one_again, three = await wordings_of(db, ani)
    assert (one.retired_at, one.since_version, one.until_version) == (now + LATER, 1, 2)
    assert (one_again.lineage, one_again.since_version, one_again.pending) == (one.id, 2, False)
    assert two.retired_at is None
    assert three.lineage == three.id
    (old,), (new,) = await indicators(db, one.id), await indicators(db, one_again.id)
    assert (old.goal, new.goal, new.lineage_id) == (Decimal(12), Decimal(24), old.id)
    assert await events_of(db, plan.id) == [(1, "imported"), (2, "imported")]
    again = await take(db, [skp(target="24"), skp("RHK dua"), skp("RHK tiga")], now=now + 2 * LATER)
    assert (again.unchanged, again.new, again.changed, again.versions) == (3, 0, 0, 0)
    assert (await plan_of(db, ani)).revision == plan.revision


async def test_one_much_alike_in_place_of_one_is_the_same_reworded(
    db: Database, ani: int, now: datetime
) -> None:
    await take(db, [skp("Tersusunnya laporan keuangan bulanan kantor"), skp("Lain")], now=now)
    report = await take(
        db, [skp("Tersusunnya laporan keuangan bulanan kantor kita"), skp("Lain")], now=now + LATER
    )
    assert (report.new, report.changed, report.retired) == (0, 1, 0)
    assert warnings_of(report) == [("F2", "wording_continues")]
    old, _, new = await wordings_of(db, ani)
    assert new.lineage == old.id
    (was,), (is_now,) = await indicators(db, old.id), await indicators(db, new.id)
    assert is_now.lineage_id == was.id


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            ["Terlaksananya pembelajaran kelas VII semester 1"],
            ["Terlaksananya pembelajaran kelas VIII semester 1"],
        ),
        (["Terlaksananya rapat koordinasi triwulan 1"], ["Terlaksananya rapat koordinasi triwulan 2"]),
        (
            ["Laporan keuangan bulanan A", "Laporan keuangan bulanan B"],
            ["Laporan keuangan bulanan C", "Laporan keuangan bulanan D"],
        ),
        (["Tersusunnya laporan"], ["Terbinanya peserta didik"]),
    ],
)
async def test_another_number_or_several_at_once_are_others(
    db: Database, ani: int, now: datetime, before: list[str], after: list[str]
) -> None:
    await take(db, [skp(text) for text in before], now=now)
    report = await take(db, [skp(text) for text in after], now=now + LATER)
    assert (report.new, report.changed, report.retired) == (len(after), 0, len(before))
    assert warnings_of(report) == [("A2", "target_gone")] * len(before)


async def test_dated_values_follow_a_reworded_indicator(db: Database, ani: int, now: datetime) -> None:
    mutu = {"aspek": "kualitas", "target": "90%", "satuan": "persen"}
    await take(db, [skp(indikator="Kepuasan pengguna layanan kantor", **mutu)], now=now)
    (target,) = await wordings_of(db, ani)
    (old,) = await indicators(db, target.id)
    async with db.writing() as session:
        session.add(
            IndicatorValue(indicator_id=old.id, number=Decimal(88), as_of=date(2026, 11, 1), reported_at=now)
        )
    await take(db, [skp(indikator="Kepuasan pengguna layanan kantor kami", **mutu)], now=now + LATER)
    _, fresh = await wordings_of(db, ani)
    (new,) = await indicators(db, fresh.id)
    assert new.lineage_id == old.id
    async with db.reading() as session:
        assert await session.scalar(select(func.count(IndicatorValue.id))) == 1


async def test_unsent_entries_and_served_rhk_follow_the_new_wording(
    db: Database, office: Office, ani: int, now: datetime
) -> None:
    await take(db, [skp("Induk", nip=BUDI), skp(rhk_atasan="Induk")], now=now)
    (target,) = await wordings_of(db, ani)
    async with db.writing() as session:
        day = Day(person_id=ani, work_date=date(2026, 11, 17), created_at=now)
        session.add(day)
        await session.flush()
        for position, state in enumerate((State.DRAFT, State.APPROVED)):
            session.add(
                Entry(
                    day_id=day.id,
                    position=position,
                    activity="x",
                    target_id=target.id,
                    state=state,
                    created_at=now,
                )
            )
        revision = day.revision
    await take(db, [skp("Induk", nip=BUDI, target="13")], now=now + LATER)
    await take(db, [skp(rhk_atasan="Induk", target="13")], now=now + LATER)
    _, fresh = await wordings_of(db, ani)
    _, parent = await wordings_of(db, office.budi)
    assert fresh.parent_id == parent.id
    async with db.reading() as session:
        links = list(await session.scalars(select(Entry.target_id).order_by(Entry.position)))
        assert links == [fresh.id, target.id]
        assert await session.scalar(select(Day.revision)) == revision + 1
    await take(db, [skp("Lain sekali")], now=now + 2 * LATER)
    async with db.reading() as session:
        links = list(await session.scalars(select(Entry.target_id).order_by(Entry.position)))
        assert links == [None, target.id]


async def test_columns_that_are_not_there_and_empty_cells_keep_what_is(
    db: Database, ani: int, now: datetime
) -> None:
    whole = skp(
        bagian="tambahan", perspektif="anggaran", rhk_atasan="Induk", rencana_aksi_tw1="Rapat (2); Lapor"
    )
    await take(db, [whole], now=now)
    plan = await plan_of(db, ani)
    assert plan.form is PlanForm.JPT
    report = await take(db, [skp()], now=now + LATER)
    assert (report.unchanged, report.versions) == (1, 0)
    report = await take(db, [{**whole, "perspektif": "", "rencana_aksi_tw1": ""}], now=now + LATER)
    assert (report.unchanged, report.versions) == (1, 0)
    (target,) = await wordings_of(db, ani)
    assert (target.perspective, target.parent_text) == (Perspective.BUDGET, "Induk")


async def test_steps_follow_the_quarters_that_are_named(db: Database, ani: int, now: datetime) -> None:
    await take(
        db, [skp(rencana_aksi_tw1="1. Rapat (2)\n- Lapor; kirim", rencana_aksi_tw4="Evaluasi")], now=now
    )
    report = await take(db, [skp(rencana_aksi_tw1="Rapat (3); Survei")], now=now + LATER)
    assert (report.changed, report.versions) == (1, 0)  # steps are no part of what is agreed
    async with db.reading() as session:
        steps = list(await session.scalars(select(ActionStep).order_by(ActionStep.id)))
        assert [(one.quarter, one.text, one.goal, one.retired_at is None) for one in steps] == [
            (1, "Rapat", 3, True),
            (1, "Lapor; kirim", None, False),
            (4, "Evaluasi", None, True),
            (1, "Survei", None, True),
        ]


async def test_annexes_and_expectations(db: Database, ani: int, now: datetime) -> None:
    await take(
        db,
        [skp()],
        annexes=[annex("Dukungan sumber daya", "Laptop\nInternet"), annex("konsekuensi", "Teguran")],
        expectations=[behaviour("Berorientasi pelayanan", "Ramah")],
        now=now,
    )
    report = await take(
        db,
        [],
        annexes=[annex("dukungan_sumber_daya", "Laptop"), annex("dukungan sumber daya", "Anggaran")],
        expectations=[behaviour("berorientasi_pelayanan", "Ramah dan cepat"), behaviour("Loyal", "Setia")],
        now=now + LATER,
    )
    assert (report.versions, report.annex_lines, report.expectations) == (1, 2, 2)
    async with db.reading() as session:
        lines = await session.scalars(select(AnnexLine).where(AnnexLine.retired_at.is_(None)))
        assert {(one.kind, one.text, one.since_version) for one in lines} == {
            (AnnexKind.SUPPORT, "Laptop", 1),
            (AnnexKind.SUPPORT, "Anggaran", 2),
            (AnnexKind.CONSEQUENCE, "Teguran", 1),
        }
        expected = await session.scalars(select(Expectation).where(Expectation.retired_at.is_(None)))
        assert {(one.behaviour, one.text) for one in expected} == {
            (Behaviour.SERVICE, "Ramah dan cepat"),
            (Behaviour.LOYAL, "Setia"),
        }


async def test_faults_of_the_further_columns_and_sheets(db: Database, ani: int, now: datetime) -> None:
    report = await take(
        db,
        [
            skp("Satu", perspektif="anggaran"),
            skp("Satu", perspektif="proses bisnis", indikator="Dua"),
            skp("Tiga", rencana_aksi_tw1="ab; Rapat (0)", rencana_aksi_tw2="Rapat (2); Rapat (3)"),
            skp(
                "Empat",
                perspektif="lain",
                rencana_aksi_tw3="x" * 501,
                rencana_aksi_tw4=";".join(f"Rapat {n}" for n in range(11)),
            ),
        ],
        annexes=[annex("lampiran 4", "Ya saja"), annex("konsekuensi", ""), annex("", "Kursi")],
        expectations=[behaviour("loyal", "Setia"), behaviour("LOYAL", "Lain"), behaviour("jujur", "Ya saja")],
        now=now,
    )
    assert set(faults_of(report)) == {
        ("E3", "perspektif", "perspective_differs"),
        ("L4", "rencana_aksi_tw1", "too_short"),
        ("L4", "rencana_aksi_tw1", "step_goal"),
        ("M4", "rencana_aksi_tw2", "step_twice"),
        ("E5", "perspektif", "not_a_choice"),
        ("N5", "rencana_aksi_tw3", "too_long"),
        ("O5", "rencana_aksi_tw4", "too_many"),
        ("F4", "perspektif", "perspective_missing"),
        ("F5", "perspektif", "perspective_missing"),
        ("Lampiran!D2", "lampiran", "not_a_choice"),
        ("Lampiran!E3", "isi", "empty"),
        ("Lampiran!D4", "lampiran", "empty"),
        ("Perilaku!D3", "perilaku", "behaviour_twice"),
        ("Perilaku!D4", "perilaku", "not_a_choice"),
    }
    texts = Texts()
    for language in ("id", "en"):
        say = texts.speech(language).plain
        assert all(say(f"import.fault.{one.code}", **one.params) for one in report.faults)


async def test_limits_of_one_skp(db: Database, ani: int, now: datetime) -> None:
    report = await take(db, [skp(f"RHK {number}") for number in range(41)], now=now)
    assert faults_of(report) == [("A2", "rhk", "too_many")]
    report = await take(db, [skp(indikator=f"Indikator {number}") for number in range(13)], now=now)
    assert faults_of(report) == [("F2", "indikator", "too_many")]
    report = await take(
        db, [skp()], annexes=[annex("konsekuensi", "\n".join(f"Butir {n}" for n in range(21)))], now=now
    )
    assert faults_of(report) == [("Lampiran!E2", "isi", "too_many")]


async def test_a_sheet_alone_needs_an_skp(db: Database, office: Office, ani: int, now: datetime) -> None:
    report = await take(db, [], expectations=[behaviour("loyal", "Setia", nip=BUDI)], now=now)
    assert faults_of(report) == [("Perilaku!A2", "nip", "plan_missing")]


async def test_examples_are_passed_over(db: Database, ani: int, now: datetime) -> None:
    example = skp(nip="CONTOH", tahun="abc")
    report = await take(db, [example, example, skp()], annexes=[annex("x", "", nip="Contoh")], now=now)
    assert (report.new, warnings_of(report)) == (
        1,
        [("A2", "examples_skipped")],
    )
    assert report.warnings[0].params == {"count": 3}
    report = await take(db, [example], now=now)
    assert faults_of(report) == [("A2", "nip", "only_examples")]


async def test_a_name_far_from_the_nip_is_remarked_on(db: Database, ani: int, now: datetime) -> None:
    for name, codes in (("Hj. ANI RAHMAWATI, S.Pd", []), ("Joko Susilo", ["name_differs"])):
        report = await take(db, [skp(nama=name)], now=now)
        assert [one.code for one in report.warnings] == codes


# --- under way in chat --------------------------------------------------------------------------------------


async def test_what_somebody_is_writing_in_chat_is_not_overwritten(
    db: Database, office: Office, now: datetime
) -> None:
    report = await take(db, [skp()], now=now)
    assert faults_of(report) == [("A2", "nip", "plan_draft")]
    report = await take(db, [skp()], now=now, replace=True)
    assert (report.new, report.retired, faults_of(report)) == (1, 3, [])
    plan = await plan_of(db, office.ani)
    assert (plan.state, plan.version, plan.agreed_version) == (PlanState.AGREED, 1, 1)


async def test_a_draft_of_just_the_same_still_needs_to_be_replaced(
    db: Database, office: Office, now: datetime
) -> None:
    same = [skp(text, indikator=f"Jumlah: {text.lower()}") for text in TARGETS]
    assert faults_of(await take(db, same, now=now)) == [("A2", "nip", "plan_draft")]
    report = await take(db, same, now=now, replace=True)
    assert (report.unchanged, (await plan_of(db, office.ani)).state) == (3, PlanState.AGREED)


async def test_a_change_that_waits_is_given_up_only_when_asked(db: Database, ani: int, now: datetime) -> None:
    await take(db, [skp(), skp("RHK dua")], now=now)
    await take(db, [skp(target="20")], now=now, propose=True)
    waiting = await plan_of(db, ani)
    assert (waiting.state, waiting.version, waiting.agreed_version) == (PlanState.PROPOSED, 2, 1)
    assert faults_of(await take(db, [skp(target="30")], now=now)) == [("A2", "nip", "plan_waiting")]
    report = await take(db, [skp(), skp("RHK dua")], now=now)  # as it holds: nothing to overwrite
    assert (report.unchanged, faults_of(report)) == (2, [])
    report = await take(db, [skp(target="30")], now=now + LATER, replace=True)
    assert (report.changed, report.retired) == (1, 1)
    plan = await plan_of(db, ani)
    assert (plan.state, plan.version, plan.agreed_version) == (PlanState.AGREED, 2, 2)
    alive = [one for one in await wordings_of(db, ani) if one.retired_at is None]
    assert [(one.text, one.pending, one.drop_asked) for one in alive] == [("RHK satu", False, False)]


async def test_one_that_was_returned_says_so(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        plan = await session.scalar(select(PerformancePlan).where(PerformancePlan.person_id == office.ani))
        assert plan is not None
        plan.state = PlanState.RETURNED
    assert faults_of(await take(db, [skp()], now=now)) == [("A2", "nip", "plan_was_returned")]


# --- proposals ----------------------------------------------------------------------------------------------


async def test_proposed_plans_wait_for_the_supervisor(
    db: Database, office: Office, ani: int, now: datetime
) -> None:
    report = await take(db, [skp()], annexes=[annex("konsekuensi", "Teguran")], now=now, propose=True)
    assert report.proposed == 1
    plan = await plan_of(db, ani)
    assert (plan.state, plan.version, plan.agreed_version) == (PlanState.PROPOSED, 1, 0)
    assert await events_of(db, plan.id) == [(1, "proposed")]
    async with db.reading() as session:
        letters = (
            await session.execute(select(OutboxMessage.kind, OutboxMessage.person_id, OutboxMessage.payload))
        ).all()
        assert [(kind, to, payload["plan_id"]) for kind, to, payload in letters] == [
            ("plan_proposed", office.budi, plan.id)
        ]
    again = await take(db, [skp()], annexes=[annex("konsekuensi", "Teguran")], now=now, propose=True)
    assert (again.unchanged, again.proposed, faults_of(again)) == (1, 0, [])
    async with db.writing() as session:
        budi = await who_is(session, user_of(office.budi), now=now)
        assert budi is not None
        await agree(session, budi, plan.id, revision=plan.revision, now=now + LATER)
    plan = await plan_of(db, ani)
    assert (plan.state, plan.agreed_version) == (PlanState.AGREED, 1)


async def test_a_proposed_change_stands_beside_what_holds_until_agreed(
    db: Database, office: Office, ani: int, now: datetime
) -> None:
    lines = [annex("konsekuensi", "Teguran")]
    await take(db, [skp(), skp("RHK dua"), skp("RHK tiga")], annexes=lines, now=now)
    changed = [skp(target="20"), skp("RHK tiga"), skp("Sama sekali baru")]
    report = await take(db, changed, annexes=[annex("konsekuensi", "Sanksi")], now=now + LATER, propose=True)
    assert (report.new, report.changed, report.unchanged, report.retired) == (1, 1, 1, 1)
    one, two, three, one_again, new = await wordings_of(db, ani)
    assert not any(target.retired_at for target in (one, two, three))
    assert (one_again.pending, one_again.replaces_id, two.drop_asked, new.pending) == (
        True,
        one.id,
        True,
        True,
    )
    plan = await plan_of(db, ani)
    async with db.writing() as session:
        budi = await who_is(session, user_of(office.budi), now=now)
        assert budi is not None
        await agree(session, budi, plan.id, revision=plan.revision, now=now + 2 * LATER)
    alive = {target.text for target in await wordings_of(db, ani) if target.retired_at is None}
    assert alive == {"RHK satu", "RHK tiga", "Sama sekali baru"}
    async with db.reading() as session:
        standing = await session.scalars(select(AnnexLine.text).where(AnnexLine.retired_at.is_(None)))
        assert list(standing) == ["Sanksi"]


async def test_without_a_supervisor_a_proposal_is_put_on_record(
    db: Database, office: Office, now: datetime
) -> None:
    report = await take(db, [skp(nip="198501012010012001")], now=now, propose=True)
    assert report.proposed == 0
    assert (await plan_of(db, office.head)).state is PlanState.AGREED
