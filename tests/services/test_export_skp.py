"""SKP written to a file and imported again: nothing changes, whatever was typed."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.commands import exporting_skp, importing, templates
from bot.texts import Texts
from models import AuditEvent, PerformancePlan, Person, PlanState
from models.engine import Database
from services.clock import local_date
from tests.office import Office
from tests.services.skp_rows import ANI, BUDI, annex, behaviour, plan_of, skp, take

SPEECH = Texts().speech("id")
RICH = [
    skp("Induk", nip=BUDI, perspektif="proses bisnis"),
    skp("=1+1 bukan rumus", bagian="tambahan", rhk_atasan="Induk", rencana_aksi_tw2="@a b; c d (3)"),
    skp(
        "=1+1 bukan rumus",
        bagian="tambahan",
        rhk_atasan="Induk",
        aspek="kualitas",
        indikator="Mutu",
        target="97,5%",
    ),
    skp(
        "Kedua -> 2",
        bagian="utama",
        aspek="waktu",
        target="31 Des 2026",
        satuan="",
        rencana_aksi_tw1="Satu; dua saja (3) (-)\n",
    ),
    skp("Ketiga", bagian="utama", aspek="biaya", target="Rp 1.250.000,-", satuan=""),
    skp("Keempat", bagian="utama", target="0012", satuan=""),
]


async def export(db: Database, file: Path, *, now: datetime, year: int | None = None) -> int:
    args: Any = SimpleNamespace(command="export", what="skp", file=file, year=year)
    today = local_date(now, "Asia/Jakarta")
    return await exporting_skp.run(args, database=db, now=now, today=today, texts=SPEECH)


async def import_again(db: Database, file: Path, *, now: datetime) -> int:
    args: Any = SimpleNamespace(what="skp", file=file, dry_run=False, propose=False, replace=False)
    return await importing.run(args, database=db, now=now, texts=SPEECH.plain)


async def test_what_was_exported_changes_nothing_when_imported(
    db: Database, office: Office, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = await take(
        db,
        RICH,
        annexes=[annex("konsekuensi", "Teguran;\n+ sanksi"), annex("dukungan", "Laptop", nip=BUDI)],
        expectations=[behaviour("berorientasi pelayanan", "-Ramah")],
        now=now,
        replace=True,
    )
    assert report.faults == ()
    revisions = [(await plan_of(db, one)).revision for one in (office.ani, office.budi)]
    async with db.reading() as session:
        events = await session.scalar(select(func.count(AuditEvent.id)))
    assert await export(db, tmp_path / "skp.xlsx", now=now) == 0
    said = capsys.readouterr().out
    assert "2 SKP tahun 2026, 5 RHK, 6 indikator" in said
    assert "1 SKP belum pernah disepakati" in said  # Citra's is a draft
    assert await import_again(db, tmp_path / "skp.xlsx", now=now) == 0
    said = capsys.readouterr().out
    assert "RHK: 0 baru, 0 berubah, 5 tetap, 0 tidak berlaku lagi" in said
    assert "Lampiran" not in said
    assert "Perilaku" not in said
    assert revisions == [(await plan_of(db, one)).revision for one in (office.ani, office.budi)]
    async with db.reading() as session:
        since = select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id).offset(events)
        assert (await session.execute(since)).all() == [("skp_exported", "2026")] * 2


async def test_a_number_that_its_words_would_belie_is_written_as_a_number(
    db: Database, office: Office, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with db.writing() as session:
        plan = await session.scalar(select(PerformancePlan).where(PerformancePlan.person_id == office.ani))
        assert plan is not None
        plan.state, plan.agreed_version = PlanState.AGREED, 1
    file = tmp_path / "angka.xlsx"
    book = templates.skp_workbook(
        SPEECH,
        ([(ANI, None, 2026, None, None, "RHK", None, "biaya", "Biaya", 1.125, "juta", *[None] * 4)], [], []),
        today=local_date(now, "Asia/Jakarta"),
        made=now,
    )
    file.write_bytes(book)
    assert await import_again(db, file, now=now) == 0
    assert await export(db, tmp_path / "lagi.xlsx", now=now) == 0
    capsys.readouterr()
    assert await import_again(db, tmp_path / "lagi.xlsx", now=now) == 0
    assert "0 baru, 0 berubah, 1 tetap" in capsys.readouterr().out


async def test_nothing_to_write_and_files_that_cannot_be(
    db: Database, office: Office, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await export(db, tmp_path / "skp.xlsx", now=now) == 1
    assert "jadi tidak ada berkas yang ditulis" in capsys.readouterr().out
    async with db.writing() as session:
        nobody = Person(name="Tanpa Nomor", created_at=now)
        session.add(nobody)
        await session.flush()
        for person_id in (nobody.id, office.eko):
            session.add(
                PerformancePlan(
                    person_id=person_id, year=2026, created_at=now, agreed_version=1, state=PlanState.AGREED
                )
            )
    file = tmp_path / "skp.xlsx"
    assert await export(db, file, now=now) == 0
    assert "1 orang tanpa NIP dan id_pegawai" in capsys.readouterr().out
    assert file.stat().st_mode & 0o077 == 0  # personal data: for whoever runs it alone
    assert await export(db, file, now=now) == 2
    assert "sudah ada" in capsys.readouterr().out
    for name in ("skp.csv", "skp"):
        assert await export(db, tmp_path / name, now=now) == 2
        assert "harus berakhiran .xlsx" in capsys.readouterr().out
        assert not (tmp_path / name).exists()
    assert await export(db, tmp_path / "none" / "skp.xlsx", now=now) == 2
    assert "tidak dapat ditulis" in capsys.readouterr().out
