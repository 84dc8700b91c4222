"""`kinerja export ekinerja`: one file for each person, and what stands in the way said in words."""

import argparse
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.commands import exporting
from bot.texts import Texts
from documents.sheet import HEADINGS
from documents.tables import read_table
from models import AuditEvent, Day, Entry, LinkSource, Person, State
from models.engine import Database
from tests.office import Office

FIRST, LAST = "2026-11-01", "2026-11-30"


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    exporting.add_parser(parser.add_subparsers(dest="command"))
    return parser.parse_args(["export", "ekinerja", *arguments])


@pytest.fixture
async def reported(db: Database, office: Office, now: datetime) -> Office:
    """Ani and Citra have an approved entry each, Ani one more that waits."""
    async with db.writing() as session:
        for person, day, state in (
            (office.ani, 12, State.APPROVED),
            (office.citra, 12, State.APPROVED),
            (office.ani, 13, State.SUBMITTED),
        ):
            one = Day(person_id=person, work_date=date(2026, 11, day), state=state, created_at=now)
            session.add(one)
            await session.flush()
            values: dict[str, Any] = {"starts": time(8), "ends": time(9), "quantity": 2, "unit": "dokumen"}
            session.add(
                Entry(
                    day_id=one.id,
                    position=0,
                    state=state,
                    activity="=2+2 Menyusun arsip",
                    outside_plan=True,
                    link_source=LinkSource.CHOSEN,
                    created_at=now,
                    **values,
                )
            )
    return office


def written(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.name.startswith("e-Kinerja"))


async def run(db: Database, now: datetime, *arguments: str) -> int:
    say = Texts().speech("id").plain
    args = parsed(*arguments, "--from", FIRST, "--to", LAST)
    return await exporting.run(args, database=db, now=now, texts=say, base=None)


async def test_a_unit_gets_a_file_each_and_who_has_nothing_is_named(
    db: Database, reported: Office, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "keluar" / "november"
    assert await run(db, now, "--unit", "mtsn 3  sukamaju", "--output", str(folder)) == 0
    async with db.reading() as session:
        nips = {one.name: one.nip for one in await session.execute(select(Person.name, Person.nip))}
        exported = list(
            await session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "sheet_exported"))
        )
    wanted = [
        f"e-Kinerja_2026-11_{name.replace(' ', '-')}_{nips[name]}.xlsx"
        for name in ("Ani Rahmawati", "Citra Lestari")
    ]
    assert [one.name for one in written(folder)] == wanted
    assert all(one.stat().st_mode & 0o077 == 0 for one in written(folder))  # for whoever runs it alone
    assert sorted(exported, key=str) == [reported.ani, reported.citra]
    table = read_table((folder / wanted[0]).read_bytes(), "a.xlsx", columns=HEADINGS, required=[HEADINGS])
    assert [row["Kegiatan Harian"].text for row in table.rows] == ["=2+2 Menyusun arsip"]
    out = capsys.readouterr().out
    assert f"{wanted[0]}: 1 baris, 1 di antaranya belum lengkap" in out
    assert "Budi Santoso: tidak ada kegiatan pada masa itu" in out
    assert "Selesai: 2 berkas." in out


async def test_one_person_with_everything_as_csv(
    db: Database, reported: Office, now: datetime, tmp_path: Path
) -> None:
    async with db.reading() as session:
        nip = await session.scalar(select(Person.nip).where(Person.id == reported.ani))
    where = ("--output", str(tmp_path), "--format", "csv", "--everything")
    assert await run(db, now, "--person", str(nip), *where) == 0
    (file,) = written(tmp_path)
    rows = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 3
    assert rows[1].split(";")[4] == "'=2+2 Menyusun arsip"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--person", "404"), 1, "Pegawai itu tidak ditemukan."),
        (("--unit", "Tidak Ada"), 1, "Unit kerja itu tidak ada."),
        (("--unit", "KUA Sukamaju"), 1, "tidak ada berkas yang ditulis"),
    ],
)
async def test_nobody_and_nothing(
    db: Database,
    reported: Office,
    now: datetime,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    assert await run(db, now, *arguments, "--output", str(tmp_path)) == code
    assert said in capsys.readouterr().out
    assert not written(tmp_path)


async def test_a_folder_that_is_none_and_dates_that_are_none(
    db: Database, reported: Office, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "berkas").write_text("")
    assert await run(db, now, "--all", "--output", str(tmp_path / "berkas")) == 2
    assert "tidak bisa dipakai" in capsys.readouterr().out
    say = Texts().speech("id").plain
    args = parsed("--all", "--output", str(tmp_path), "--from", LAST, "--to", FIRST)
    assert await exporting.run(args, database=db, now=now, texts=say, base=None) == 2
    assert "lebih dulu" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        parsed("--all", "--output", str(tmp_path), "--from", "1 Nov", "--to", LAST)
    with pytest.raises(SystemExit):
        parsed("--output", str(tmp_path), "--from", FIRST, "--to", LAST)


async def test_dates_the_wrong_way_round_are_told_as_they_are_typed_here(
    db: Database, tmp_path: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = Texts().speech("id").plain
    for first, last, said in (
        ("2026-11-01", "2026-10-01", "Tanggal --to lebih dulu dari --from"),
        ("2024-01-01", "2026-01-01", "Paling lama 366 hari"),
        ("0001-01-01", "0001-01-02", "contoh: --from 2026-11-01"),
    ):
        args = parsed("--all", "--from", first, "--to", last, "--output", str(tmp_path / "sheets"))
        assert await exporting.run(args, database=db, now=now, texts=texts, base=None) == 2
        out = capsys.readouterr().out
        assert said.casefold() in out.casefold()
