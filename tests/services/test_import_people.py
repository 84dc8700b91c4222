"""Importing people: all or nothing, safe to run again, and every refusal with its cell."""

import re
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from bot.commands import importing
from bot.texts import Texts
from documents import tables
from models import (
    AuditEvent,
    Day,
    Employment,
    OutboxMessage,
    Pattern,
    Person,
    Role,
    RoleName,
    Schedule,
    State,
    Unit,
)
from models.engine import Database
from services.people.import_people import PeopleImported, import_people
from services.people.invitations import find_people, invite, invite_admin
from services.people.people_file import COLUMNS
from services.people.rows import Cell, Row
from services.rounds.plan import plan_everybody
from tests.office import Office

HEAD, BUDI, ANI, EKO = (
    "197001011995031001",
    "198003032005011003",
    "199002022015032002",
    "199503052024211004",
)
TEXTS = Texts().speech("id").plain


def rows(*people: dict[str, str], columns: Sequence[str] = COLUMNS, numbers: Sequence[str] = ()) -> list[Row]:
    """Rows of a file from row 2 on; `numbers`: columns whose cells are numbers."""
    return [
        {
            column: Cell(
                f"{'ABCDEFGHIJK'[COLUMNS.index(column)]}{number}", person.get(column, ""), column in numbers
            )
            for column in columns
        }
        for number, person in enumerate(people, start=2)
    ]


HASAN = {"nama": "H. Hasan Basri, S.Ag., M.Pd.", "nip": HEAD, "jabatan": "Kepala", "unit_kerja": "MTsN 3"}
BOSS = {"nama": "Budi", "nip": BUDI, "nip_atasan": HEAD, "unit_kerja": "MTsN 3", "status_pegawai": "PNS"}
STAFF = {
    "nama": "Ani",
    "nip": ANI,
    "nip_atasan": BUDI,
    "pangkat_golongan": "III/a",
    "jabatan": "Guru",
    "unit_kerja": "mtsn  3",
    "zona": "WITA",
    "pola_kerja": "6 hari",
}
HELPER = {"nama": "Joko", "id_pegawai": "H-07", "nip_atasan": ANI, "status_pegawai": "Honorer"}
ALL = (HASAN, BOSS, STAFF, HELPER)


async def take(db: Database, given: Sequence[Row], now: datetime) -> PeopleImported:
    async with db.writing() as session:
        return await import_people(session, given, now=now)


async def person_of(db: Database, **fields: str | int) -> Person:
    async with db.reading() as session:
        person = (await session.scalars(select(Person).filter_by(**fields))).one()
        session.expunge(person)
        return person


async def roles_of(db: Database, person_id: int) -> set[RoleName]:
    async with db.reading() as session:
        return set(await session.scalars(select(Role.role).where(Role.person_id == person_id)))


def codes(report: PeopleImported) -> list[tuple[str, str, str]]:
    return [(fault.cell, fault.column, fault.code) for fault in report.faults]


def remarks(report: PeopleImported) -> list[tuple[str, str]]:
    return [(warning.cell, warning.code) for warning in report.warnings]


async def test_people_arrive_with_everything_the_file_says(db: Database, now: datetime) -> None:
    report = await take(db, rows(*ALL), now)
    assert (len(report.new), report.changed, report.unchanged, report.not_named) == (4, (), 0, 0)
    hasan, budi, ani, joko = [
        await person_of(db, **key)
        for key in ({"nip": HEAD}, {"nip": BUDI}, {"nip": ANI}, {"staff_number": "H-07"})
    ]
    assert hasan.name == "H. Hasan Basri, S.Ag., M.Pd."
    assert (hasan.supervisor_id, budi.supervisor_id, ani.supervisor_id) == (None, hasan.id, budi.id)
    assert (ani.zone, ani.pattern, ani.rank, ani.position) == (
        "Asia/Makassar",
        Pattern.SIX_DAYS,
        "III/a",
        "Guru",
    )
    assert (budi.zone, budi.pattern, budi.employment) == ("Asia/Jakarta", Pattern.FIVE_DAYS, Employment.PNS)
    assert (joko.nip, joko.supervisor_id, joko.employment) == (None, ani.id, Employment.HONORER)
    assert ani.unit_id == hasan.unit_id
    assert await roles_of(db, joko.id) == {RoleName.STAFF}
    assert await roles_of(db, ani.id) == {RoleName.STAFF, RoleName.SUPERVISOR}
    async with db.reading() as session:
        assert await session.scalar(select(func.count(AuditEvent.id))) == 4
        assert await session.scalar(select(func.count(Unit.id))) == 1


async def test_the_same_file_again_changes_nothing(db: Database, now: datetime) -> None:
    await take(db, rows(*ALL), now)
    report = await take(db, rows(*ALL), now)
    assert (report.new, report.changed, report.unchanged) == ((), (), 4)
    async with db.reading() as session:
        assert await session.scalar(select(func.count(AuditEvent.id))) == 4


async def test_changes_are_applied_and_named(db: Database, now: datetime) -> None:
    await take(db, rows(*ALL), now)
    moved = {
        **STAFF,
        "nip_atasan": HEAD,
        "zona": "Asia/Jayapura",
        "peran": "pegawai; pengamat",
        "nama": "Ani R.",
    }
    report = await take(db, rows(moved), now)
    assert [(change.cell, change.name, change.columns) for change in report.changed] == [
        ("B2", "Ani R.", ("nama", "nip_atasan", "peran", "zona"))
    ]
    assert report.not_named == 3
    ani, hasan = await person_of(db, nip=ANI), await person_of(db, nip=HEAD)
    assert (ani.supervisor_id, ani.zone) == (hasan.id, "Asia/Jayapura")
    assert await roles_of(db, ani.id) == {RoleName.STAFF, RoleName.OBSERVER, RoleName.SUPERVISOR}


async def test_empty_cells_empty_descriptions_but_not_settings(db: Database, now: datetime) -> None:
    await take(db, rows(*ALL), now)
    await take(db, rows({"nama": "Ani", "nip": ANI}), now)
    ani = await person_of(db, nip=ANI)
    assert (ani.rank, ani.position, ani.unit_id, ani.supervisor_id) == (None, None, None, None)
    assert (ani.zone, ani.pattern) == ("Asia/Makassar", Pattern.SIX_DAYS)


async def test_columns_that_are_not_in_the_file_are_left_alone(db: Database, now: datetime) -> None:
    await take(db, rows(*ALL), now)
    await take(db, rows({"nama": "Ani", "nip": ANI}, columns=("nama", "nip")), now)
    ani = await person_of(db, nip=ANI)
    assert ani.position == "Guru"
    assert ani.supervisor_id is not None


async def test_spellings(db: Database, now: datetime) -> None:
    people = [
        {"nama": "A", "id_pegawai": "1", "zona": "wit", "pola_kerja": "5", "peran": "ADMIN"},
        {
            "nama": "B",
            "id_pegawai": "2",
            "zona": "asia/pontianak",
            "pola_kerja": "Enam hari",
            "peran": "supervisor",
        },
        {"nama": "C", "id_pegawai": "3", "pola_kerja": "Shift", "peran": "pegawai, Pengelola Kepegawaian"},
        {"nama": "D", "id_pegawai": "4", "peran": "staff dan observer", "zona": "-", "jabatan": "-"},
    ]
    assert not (await take(db, rows(*people), now)).faults
    a, b, c, d = [await person_of(db, staff_number=number) for number in "1234"]
    assert [one.zone for one in (a, b, c, d)] == [
        "Asia/Jayapura",
        "Asia/Pontianak",
        "Asia/Jakarta",
        "Asia/Jakarta",
    ]
    assert [one.pattern for one in (a, b, c)] == [Pattern.FIVE_DAYS, Pattern.SIX_DAYS, Pattern.SHIFT]
    assert await roles_of(db, a.id) == {RoleName.ADMIN}
    assert await roles_of(db, b.id) == {RoleName.SUPERVISOR}
    assert await roles_of(db, c.id) == {RoleName.STAFF, RoleName.ADMIN}
    assert await roles_of(db, d.id) == {RoleName.STAFF, RoleName.OBSERVER}
    assert d.position is None


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"nama": " "}, "nama", "empty"),
        ({"nama": "-"}, "nama", "empty"),
        ({"nama": "123"}, "nama", "not_a_name"),
        ({"nama": "x" * 201}, "nama", "too_long"),
        ({"nip": ""}, "nip", "unidentified"),
        ({"nip": "1.99002E+17"}, "nip", "nip_scientific"),
        ({"nip": "19900202201503200"}, "nip", "nip_length"),
        ({"nip": "199013022015032002"}, "nip", "nip_birth_date"),
        ({"nip": "199002022015035002"}, "nip", "nip_sex"),
        ({"nip": "19900202201503200O"}, "nip", "nip_not_digits"),
        ({"id_pegawai": "x" * 41}, "id_pegawai", "too_long"),
        ({"pangkat_golongan": "x" * 101}, "pangkat_golongan", "too_long"),
        ({"jabatan": "x" * 201}, "jabatan", "too_long"),
        ({"unit_kerja": "x" * 201}, "unit_kerja", "too_long"),
        ({"nip_atasan": "198003032005011999"}, "nip_atasan", "supervisor_unknown"),
        ({"nip_atasan": "Pak Budi"}, "nip_atasan", "supervisor_unknown"),
        ({"nip_atasan": "1.98003E+17"}, "nip_atasan", "nip_scientific"),
        ({"nip_atasan": ANI}, "nip_atasan", "supervisor_self"),
        ({"zona": "WIBB"}, "zona", "not_a_choice"),
        ({"zona": "Jakarta"}, "zona", "not_a_choice"),
        ({"pola_kerja": "4 hari"}, "pola_kerja", "not_a_choice"),
        ({"peran": "pegawai, bos"}, "peran", "not_a_choice"),
        ({"status_pegawai": "magang"}, "status_pegawai", "not_a_choice"),
    ],
)
async def test_a_fault_stops_the_whole_file(
    db: Database, now: datetime, changed: dict[str, str], column: str, code: str
) -> None:
    report = await take(db, rows(HASAN, BOSS, {**STAFF, **changed}), now)
    cell = f"{'ABCDEFGHIJK'[COLUMNS.index(column)]}4"
    assert codes(report) == [(cell, column, code)]
    assert TEXTS(f"import.fault.{code}", **report.faults[0].params)
    async with db.reading() as session:
        assert await session.scalar(select(func.count(Person.id))) == 0
        assert await session.scalar(select(func.count(Unit.id))) == 0


async def test_numbers_where_a_nip_must_be_text_are_refused(db: Database, now: datetime) -> None:
    person = {"nama": "Ani", "nip": "1.99002022015032e+17", "nip_atasan": "1.98003032005011e+17"}
    report = await take(db, rows(person, numbers=("nip", "nip_atasan")), now)
    assert codes(report) == [("B2", "nip", "nip_number"), ("G2", "nip_atasan", "nip_number")]
    helper = {"nama": "Joko", "id_pegawai": "1.2345678901234e+20"}
    report = await take(db, rows(helper, numbers=("id_pegawai",)), now)
    assert codes(report) == [("C2", "id_pegawai", "number_lost_digits")]


async def test_a_staff_number_kept_as_a_number_is_taken(db: Database, now: datetime) -> None:
    people = [{"nama": "Joko", "id_pegawai": "12"}, {"nama": "Siti", "id_pegawai": "13", "nip_atasan": "12"}]
    report = await take(db, rows(*people, numbers=("id_pegawai", "nip_atasan")), now)
    assert len(report.new) == 2
    assert (await person_of(db, staff_number="13")).supervisor_id == (
        await person_of(db, staff_number="12")
    ).id


async def test_every_fault_is_listed_at_once(db: Database, now: datetime) -> None:
    report = await take(db, rows({"nama": "", "nip": "1"}, {"nama": "B", "nip": "x", "zona": "?"}), now)
    assert codes(report) == [
        ("A2", "nama", "empty"),
        ("B2", "nip", "nip_length"),
        ("B3", "nip", "nip_not_digits"),
        ("H3", "zona", "not_a_choice"),
    ]


async def test_the_same_person_twice_is_a_fault(db: Database, now: datetime) -> None:
    report = await take(db, rows(STAFF | {"nip_atasan": ""}, {"nama": "Ani", "nip": ANI}), now)
    assert codes(report) == [("B3", "nip", "person_twice")]
    report = await take(db, rows(HELPER | {"nip_atasan": ""}, {"nama": "J", "id_pegawai": "h-07"}), now)
    assert codes(report) == [("C3", "id_pegawai", "person_twice")]


async def test_once_by_nip_and_once_by_staff_number_is_the_same_person(db: Database, now: datetime) -> None:
    await take(db, rows({"nama": "Ani", "nip": ANI, "id_pegawai": "7"}), now)
    report = await take(db, rows({"nama": "Ani", "nip": ANI}, {"nama": "Ani", "id_pegawai": "7"}), now)
    assert codes(report) == [("C3", "id_pegawai", "person_twice")]


async def test_circles_of_supervisors_are_faults(db: Database, now: datetime) -> None:
    circle = [
        {"nama": "A", "id_pegawai": "1", "nip_atasan": "2"},
        {"nama": "B", "id_pegawai": "2", "nip_atasan": "3"},
        {"nama": "C", "id_pegawai": "3", "nip_atasan": "1"},
        {"nama": "D", "id_pegawai": "4", "nip_atasan": "1"},
    ]
    report = await take(db, rows(*circle), now)
    assert codes(report) == [("G2", "nip_atasan", "supervisor_circle")]
    assert report.faults[0].params["names"] == "A → B → C"


async def test_a_circle_through_people_already_here_is_a_fault(db: Database, now: datetime) -> None:
    await take(db, rows(*ALL), now)
    report = await take(db, rows({**HASAN, "nip_atasan": "H-07"}), now)
    assert codes(report) == [("G2", "nip_atasan", "supervisor_circle")]
    assert (await person_of(db, nip=HEAD)).supervisor_id is None


async def test_a_long_chain_of_supervisors_is_no_circle(db: Database, now: datetime) -> None:
    chain = [
        {"nama": f"P{chr(97 + number % 26)}", "id_pegawai": str(number), "nip_atasan": str(number + 1)}
        for number in range(400)
    ]
    report = await take(db, rows(*chain, {"nama": "Atas", "id_pegawai": "400"}), now)
    assert len(report.new) == 401


async def test_supervisors_may_be_here_already_unless_inactive(db: Database, now: datetime) -> None:
    await take(db, rows(HASAN), now)
    assert not (await take(db, rows(BOSS), now)).faults
    async with db.writing() as session:
        person = (await session.scalars(select(Person).where(Person.nip == HEAD))).one()
        person.active = False
    assert codes(await take(db, rows(BOSS), now)) == [("G2", "nip_atasan", "supervisor_inactive")]
    report = await take(db, rows(HASAN, BOSS), now)
    assert remarks(report) == [("A2", "active_again")]
    assert (await person_of(db, nip=HEAD)).active


async def test_warnings_do_not_stop_anything(db: Database, now: datetime) -> None:
    people = [
        {"nama": "A", "nip": "199002022015132000", "status_pegawai": "PPPK"},
        {"nama": "B", "id_pegawai": "9", "status_pegawai": "PNS"},
    ]
    report = await take(db, rows(*people), now)
    assert not report.faults
    assert remarks(report) == [
        ("B2", "nip_start"),
        ("B2", "nip_serial"),
        ("B2", "nip_status"),
        ("B3", "nip_empty"),
    ]


async def test_a_helper_who_gets_a_nip_stays_the_same_person(db: Database, now: datetime) -> None:
    await take(db, rows({"nama": "Eko", "id_pegawai": "H-1"}), now)
    before = await person_of(db, staff_number="H-1")
    report = await take(
        db, rows({"nama": "Eko", "id_pegawai": "H-1", "nip": EKO, "status_pegawai": "PPPK"}), now
    )
    assert (len(report.new), len(report.changed)) == (0, 1)
    assert (await person_of(db, nip=EKO)).id == before.id


async def test_a_wrong_nip_is_corrected_only_under_the_same_name(db: Database, now: datetime) -> None:
    await take(db, rows({"nama": "Eko", "id_pegawai": "7", "nip": ANI}), now)
    report = await take(db, rows({"nama": "Orang lain", "id_pegawai": "7", "nip": EKO}), now)
    assert codes(report) == [("C2", "id_pegawai", "identity_conflict")]
    report = await take(db, rows({"nama": "EKO", "id_pegawai": "7", "nip": EKO}), now)
    assert remarks(report) == [("B2", "nip_corrected")]
    assert (await person_of(db, staff_number="7")).nip == EKO


async def test_a_staff_number_of_somebody_else_is_a_fault(db: Database, now: datetime) -> None:
    people = [{"nama": "Ani", "id_pegawai": "1", "nip": ANI}, {"nama": "Eko", "id_pegawai": "2", "nip": EKO}]
    await take(db, rows(*people), now)
    report = await take(db, rows({"nama": "Ani", "id_pegawai": "2", "nip": ANI}), now)
    assert codes(report) == [("C2", "id_pegawai", "identity_conflict")]


async def test_an_administrator_made_by_hand_is_found_by_name(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        admin = Person(name="Fitri Handayani", created_at=now)
        session.add(admin)
        await session.flush()
        session.add(Role(person_id=admin.id, role=RoleName.ADMIN))
    report = await take(db, rows({"nama": "fitri handayani", "nip": ANI, "peran": "pegawai"}), now)
    assert remarks(report) == [("A2", "adopted"), ("J2", "last_admin_kept")]
    assert (await person_of(db, nip=ANI)).id == admin.id
    assert await roles_of(db, admin.id) == {RoleName.ADMIN, RoleName.STAFF}


async def test_two_administrators_of_one_name_are_told_apart_by_a_number(db: Database, now: datetime) -> None:
    """As the refusal of `invite --admin NAME --new` says: a number for who is here, then the other."""
    async with db.writing() as session:
        first = await invite_admin(session, "Citra", now=now)
    here, other = [{"nama": "Citra", "id_pegawai": x, "peran": "admin"} for x in ("C-1", "C-2")]
    await take(db, rows(here), now)
    await take(db, rows(here, other), now)
    assert (await person_of(db, staff_number="C-1")).id == first.person_id
    second = (await person_of(db, staff_number="C-2")).id
    assert second != first.person_id
    assert await roles_of(db, second) == {RoleName.ADMIN}
    async with db.writing() as session:
        found = await find_people(session, ["C-2"])
        (issued,) = await invite(session, found.person_ids, now=now)
    assert (issued.person_id, issued.joined_before) == (second, False)


async def test_an_administrator_among_several_can_lose_the_role(db: Database, now: datetime) -> None:
    people = [{"nama": x, "id_pegawai": x, "peran": "pengelola"} for x in ("Satu", "Dua")]
    await take(db, rows(*people), now)
    report = await take(db, rows({**people[0], "peran": "pegawai"}, {**people[1], "peran": "pegawai"}), now)
    assert remarks(report) == [("J3", "last_admin_kept")]
    assert await roles_of(db, (await person_of(db, staff_number="Satu")).id) == {RoleName.STAFF}


async def test_supervisors_named_only_by_others_get_the_role(db: Database, now: datetime) -> None:
    await take(db, rows({**HASAN, "peran": "pengamat"}), now)
    await take(db, rows(BOSS), now)
    assert await roles_of(db, (await person_of(db, nip=HEAD)).id) == {RoleName.OBSERVER, RoleName.SUPERVISOR}


async def test_new_zones_move_the_next_prompt(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=now)
    ani = await person_of(db, id=office.ani)
    wanted = select(Schedule.due_at).where(Schedule.person_id == office.ani)
    async with db.reading() as session:
        before = await session.scalar(wanted)
    given = rows({"nama": ani.name, "nip": ani.nip or "", "zona": "WIT"}, columns=("nama", "nip", "zona"))
    report = await take(db, given, now)
    assert report.changed[0].columns == ("zona",)
    async with db.reading() as session:
        after = await session.scalar(wanted)
    assert before is not None
    assert after is not None
    assert before - after == timedelta(hours=2)


async def test_a_thousand_people_are_quick(db: Database, now: datetime) -> None:
    people = [
        {
            "nama": f"Pegawai {number}",
            "nip": f"19900202201503{1 + number % 2}{number:03}",
            "nip_atasan": "" if number == 0 else f"199002022015031{number // 20 * 2 % 50:03}",
            "unit_kerja": f"Unit {number % 30}",
        }
        for number in range(1000)
    ]
    people[0]["nip_atasan"] = ""
    for number in range(50):
        people[number]["nip_atasan"] = "" if number == 0 else people[0]["nip"]
    started = time.perf_counter()
    report = await take(db, rows(*people), now)
    assert not report.faults
    assert len(report.new) == 1000
    assert time.perf_counter() - started < 10  # 5 s is the promise; the margin is for a busy machine


# --- the command --------------------------------------------------------------------------------------------


async def command(db: Database, path: Path, now: datetime, what: str = "people", **more: bool) -> int:
    args = SimpleNamespace(what=what, file=path, dry_run=more.get("dry_run", False))
    return await importing.run(args, database=db, now=now, texts=TEXTS)  # type: ignore[arg-type]


FILE = f"""nama;nip;id_pegawai;jabatan;unit_kerja;nip_atasan
H. Hasan;{HEAD};;Kepala;MTsN 3;
Ani;{ANI};;Guru;MTsN 3;{HEAD}
"""


async def test_the_command_says_what_it_did(
    db: Database, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pegawai.csv"
    path.write_text(FILE)
    assert await command(db, path, now, dry_run=True) == 0
    assert "2 baru" in capsys.readouterr().out
    async with db.reading() as session:
        assert await session.scalar(select(func.count(Person.id))) == 0
    assert await command(db, path, now) == 0
    assert "2 baru, 0 berubah, 0 tetap" in capsys.readouterr().out
    assert await command(db, path, now) == 0
    assert "0 baru, 0 berubah, 2 tetap" in capsys.readouterr().out


async def test_the_command_lists_faults_with_their_cells(
    db: Database, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pegawai.csv"
    path.write_text(FILE.replace(ANI, "1.99E+17").replace("Kepala", "x" * 2001))
    assert await command(db, path, now) == 1
    out = capsys.readouterr().out
    assert "2 kesalahan" in out
    assert out.index("D2  jabatan") < out.index("B3  nip")
    assert "\u001b" not in out
    async with db.reading() as session:
        assert await session.scalar(select(func.count(Person.id))) == 0


async def test_a_broken_cell_stops_an_import_that_has_no_other_fault(
    db: Database, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pegawai.csv"
    path.write_text(FILE.replace("Guru", "x" * 2001))
    assert await command(db, path, now) == 1
    assert "1 kesalahan" in capsys.readouterr().out
    async with db.reading() as session:
        assert await session.scalar(select(func.count(Person.id))) == 0


@pytest.mark.parametrize(
    ("name", "content", "expected", "code"),
    [
        ("a.csv", "nama;nip\nAni;1\n", "kolom ini tidak ada", 1),
        ("a.csv", "", "Berkas kosong", 1),
        ("a.pdf", "x", ".pdf", 1),
        ("a.csv", "\x1b[2Jx,y\n1,2", "Baris judul kolom tidak ditemukan", 1),
        ("a.csv", "nama;jabatan;Nomor Induk\nAni;Guru;1\n", "ganti judul itu", 1),
        ("", "", "tidak dapat dibuka: berkas atau foldernya tidak ada.", 2),
    ],
)
async def test_the_command_refuses_what_it_cannot_read(
    db: Database,
    now: datetime,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: str,
    expected: str,
    code: int,
) -> None:
    path = tmp_path / (name or "tidak-ada.csv")
    if name:
        path.write_text(content)
    assert await command(db, path, now) == code
    out = capsys.readouterr().out
    assert expected in out
    assert "\x1b" not in out


def test_every_refusal_of_a_file_has_words_in_both_languages() -> None:
    folder = Path(tables.__file__).parent
    sources = "".join((folder / f"{name}.py").read_text() for name in ("tables", "worksheets"))
    codes = set(re.findall(r'Unreadable\(\s*"(\w+)"', sources))
    assert len(codes) > 10
    for language in ("id", "en"):
        speech = Texts().speech(language)
        assert [code for code in codes if not speech.has(f"import.unreadable.{code}")] == []


async def test_what_waits_goes_to_the_new_supervisor_and_both_see_it(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        for person_id, state in ((office.ani, State.SUBMITTED), (office.citra, State.DRAFT)):
            session.add(Day(person_id=person_id, work_date=now.date(), state=state, created_at=now))
        nips = {one.id: one.nip or "" for one in await session.scalars(select(Person))}

    def row(person_id: int, name: str) -> dict[str, str]:
        return {"nama": name, "nip": nips[person_id], "nip_atasan": nips[office.dewi], "jabatan": "Guru"}

    moved = rows(row(office.ani, "Ani Rahmawati"), row(office.citra, "Citra Lestari"))
    for _ in range(2):
        assert (await take(db, moved, now)).faults == ()
        async with db.reading() as session:
            told = list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.person_id)))
            assert [one.kind for one in told] == ["queue_changed"] * 2
            assert {one.person_id for one in told} == {office.budi, office.dewi}


async def test_a_supervisor_who_left_is_pointed_out(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        (await session.get_one(Person, office.budi)).active = False
        nip = (await session.get_one(Person, office.ani)).nip or ""
    columns = [name for name in COLUMNS if name != "nip_atasan"]
    report = await take(db, rows({"nama": "Ani Rahmawati", "nip": nip}, columns=columns), now)
    assert ("nama", "supervisor_left") in [(one.column, one.code) for one in report.warnings]
    (line,) = [one for one in importing.describe(report.warnings, TEXTS) if "atasannya" in one]
    assert "Budi Santoso" in line
