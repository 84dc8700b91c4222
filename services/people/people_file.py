"""What the columns of a people file mean. Pure: rows in, records and remarks out."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from models import Employment, Pattern, RoleName
from services.people.nip import check_nip, is_pppk, is_scientific, plain_number
from services.people.rows import (
    NOWHERE,
    Cell,
    Remarks,
    Row,
    choose,
    folded,
    short_text,
    value_of,
    without_examples,
)

COLUMNS = (
    "nama",
    "nip",
    "id_pegawai",
    "pangkat_golongan",
    "jabatan",
    "unit_kerja",
    "nip_atasan",
    "zona",
    "pola_kerja",
    "peran",
    "status_pegawai",
)
REQUIRED = (("nama",), ("nip", "id_pegawai"), ("jabatan",), ("unit_kerja",), ("nip_atasan",))
"""Of each group at least one column must be there."""

ZONES = {
    "wib": "Asia/Jakarta",
    "wita": "Asia/Makassar",
    "wit": "Asia/Jayapura",
    "utc+7": "Asia/Jakarta",
    "utc+8": "Asia/Makassar",
    "utc+9": "Asia/Jayapura",
    "gmt+7": "Asia/Jakarta",
    "gmt+8": "Asia/Makassar",
    "gmt+9": "Asia/Jayapura",
}
PATTERNS = {
    **dict.fromkeys(
        ("5", "5 hari", "5hari", "5 hari kerja", "lima hari", "lima hari kerja", "five_days", "senin-jumat"),
        Pattern.FIVE_DAYS,
    ),
    **dict.fromkeys(
        ("6", "6 hari", "6hari", "6 hari kerja", "enam hari", "enam hari kerja", "six_days", "senin-sabtu"),
        Pattern.SIX_DAYS,
    ),
    **dict.fromkeys(("shift", "sif", "piket", "bergilir", "giliran", "kerja shift"), Pattern.SHIFT),
}
ROLES = {
    **dict.fromkeys(("pegawai", "staf", "staff"), RoleName.STAFF),
    **dict.fromkeys(
        ("atasan", "pejabat penilai", "pejabat penilai kinerja", "penilai", "supervisor"), RoleName.SUPERVISOR
    ),
    **dict.fromkeys(("admin", "pengelola", "pengelola kepegawaian"), RoleName.ADMIN),
    **dict.fromkeys(("pengamat", "observer"), RoleName.OBSERVER),
}
EMPLOYMENTS = {
    **dict.fromkeys(("pns", "cpns"), Employment.PNS),
    **dict.fromkeys(("pppk", "p3k", "pppk paruh waktu"), Employment.PPPK),
    **dict.fromkeys(("honorer", "non asn", "non-asn", "kontrak", "gtt", "ptt"), Employment.HONORER),
}

_BETWEEN_ROLES = re.compile(r"[,;/+&\n]| dan ")


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One row, understood. None: the cell is empty. `row` keeps the cells for what is found out later."""

    row: Row
    name: str
    nip: str | None
    staff_number: str | None
    rank: str | None
    position: str | None
    unit: str | None
    supervisor: str | None
    """A NIP or id_pegawai as typed; who that is, the import finds out."""
    zone: str | None
    pattern: Pattern | None
    roles: frozenset[RoleName] | None
    employment: Employment | None

    def cell(self, column: str) -> Cell:
        return self.row.get(column, NOWHERE)

    @property
    def identity_column(self) -> str:
        return "nip" if self.nip or "id_pegawai" not in self.row else "id_pegawai"


def read_people(rows: Sequence[Row], remarks: Remarks, *, today: date) -> list[PersonRecord]:
    """Understands every row by itself, then looks for the same person twice. Examples are passed over."""
    records = [_record(row, remarks, today) for row in without_examples([rows], "nip", remarks)[0]]
    if rows and not records:
        remarks.fault(rows[0].get("nip", NOWHERE), "nip", "only_examples")
    for column, key in (("nip", "nip"), ("id_pegawai", "staff_number")):
        first: dict[str, Cell] = {}
        for record in records:
            value = getattr(record, key)
            if value is None:
                continue
            cell = record.cell(column)
            if (other := first.setdefault(folded(value), cell)) is not cell:
                remarks.fault(cell, column, "person_twice", other=other.address)
    return records


def reference(row: Row, column: str, remarks: Remarks) -> str | None:
    """A NIP or id_pegawai that points at somebody, None when empty; a NIP kept as a number is a fault."""
    cell = row.get(column, NOWHERE)
    text = value_of(row, column)
    if not text:
        return None
    if is_scientific(text) or (cell.is_number and len(text) > 15):
        remarks.fault(cell, column, "nip_number" if cell.is_number else "nip_scientific", value=text[:40])
        return None
    return text


def reference_key(text: str) -> str:
    """How references are compared: a NIP by its digits, an id_pegawai without case and spaces."""
    digits = plain_number(text)
    if len(digits) == 18 and digits.isascii() and digits.isdigit():
        return digits
    return "id:" + folded(text).removeprefix("'").replace(" ", "")


def _record(row: Row, remarks: Remarks, today: date) -> PersonRecord:
    name = short_text(row, "nama", remarks, limit=200)
    cell = row.get("nama", NOWHERE)
    if name is None:
        remarks.fault(cell, "nama", "empty")
    elif cell.is_number or not any(letter.isalpha() for letter in name):
        remarks.fault(cell, "nama", "not_a_name", value=name[:60])
    employment = choose(row, "status_pegawai", remarks, choices=EMPLOYMENTS, accepted="PNS, PPPK, honorer")
    nip, nip_faulty = _nip(row, remarks, today, employment)
    number = row.get("id_pegawai", NOWHERE)
    staff_number = short_text(row, "id_pegawai", remarks, limit=40)
    if staff_number and number.is_number and (is_scientific(staff_number) or len(staff_number) > 15):
        remarks.fault(number, "id_pegawai", "number_lost_digits", value=staff_number)
    elif staff_number:
        staff_number = staff_number.removeprefix("'")
    if nip is None and staff_number is None and not nip_faulty:
        remarks.fault(row.get("nip", number), "nip" if "nip" in row else "id_pegawai", "unidentified")
    return PersonRecord(
        row=row,
        name=name or "",
        nip=nip,
        staff_number=staff_number,
        rank=short_text(row, "pangkat_golongan", remarks, limit=100),
        position=short_text(row, "jabatan", remarks, limit=200),
        unit=short_text(row, "unit_kerja", remarks, limit=200),
        supervisor=reference(row, "nip_atasan", remarks),
        zone=_zone(row, remarks),
        pattern=choose(row, "pola_kerja", remarks, choices=PATTERNS, accepted="5 hari, 6 hari, shift"),
        roles=_roles(row, remarks),
        employment=employment,
    )


def _nip(row: Row, remarks: Remarks, today: date, employment: Employment | None) -> tuple[str | None, bool]:
    """(digits, whether a fault was found)."""
    cell = row.get("nip", NOWHERE)
    text = value_of(row, "nip")
    if not text:
        if employment in (Employment.PNS, Employment.PPPK):
            remarks.warn(cell, "nip", "nip_empty")
        return None, False
    if cell.is_number:
        remarks.fault(cell, "nip", "nip_number", value=text[:40])
        return None, True
    check = check_nip(text, today=today)
    if check.fault is not None:
        remarks.fault(cell, "nip", check.fault, found=check.found, value=text[:40])
        return None, True
    for code in check.warnings:
        remarks.warn(cell, "nip", code)
    if check.digits and employment is not None:
        expected = {Employment.PNS: not is_pppk(check.digits), Employment.PPPK: is_pppk(check.digits)}
        if not expected.get(employment, False):
            remarks.warn(cell, "nip", "nip_status", status=employment.value.upper())
    return check.digits, False


def _zone(row: Row, remarks: Remarks) -> str | None:
    cell = row.get("zona", NOWHERE)
    text = value_of(row, "zona")
    if not text:
        return None
    zone = ZONES.get(text.casefold().replace(" ", "")) or _iana().get(text.casefold().replace(" ", "_"))
    if zone is None:
        remarks.fault(cell, "zona", "not_a_choice", value=text[:60], accepted="WIB, WITA, WIT, Asia/…")
    return zone


@functools.cache
def _iana() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() if "/" in name and len(name) <= 40}


def _roles(row: Row, remarks: Remarks) -> frozenset[RoleName] | None:
    cell = row.get("peran", NOWHERE)
    words = [folded(word) for word in _BETWEEN_ROLES.split(value_of(row, "peran").lower())]
    found = set()
    for word in filter(None, words):
        if word in ROLES:
            found.add(ROLES[word])
        else:
            remarks.fault(
                cell,
                "peran",
                "not_a_choice",
                value=word[:60],
                accepted="pegawai, atasan, pengelola, pengamat",
            )
    return frozenset(found) or None
