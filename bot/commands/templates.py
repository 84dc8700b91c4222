"""`kinerja template people FILE` and `kinerja template skp FILE`: workbooks to fill in and import."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from bot.commands.files import printable, reason_of, write_private
from bot.texts import Speech
from documents.workbooks import Column, Guide, SheetContent, Value, write_workbook
from services.people import people_file
from services.plans import skp_file, skp_sheets
from services.plans.words import AnnexKind, Aspect, Behaviour, Perspective, Section

OK, FAULTS, USAGE = 0, 1, 2
ENDING = ".xlsx"
EXAMPLE = "CONTOH"
"""In place of a NIP, it marks a row that no import reads."""
_WIDTHS = {
    "nip": 21,
    "nip_atasan": 21,
    "nama": 26,
    "tahun": 8,
    "rhk": 44,
    "rhk_atasan": 36,
    "indikator": 36,
    "pangkat_golongan": 20,
    "isi": 70,
    "ekspektasi": 70,
    "lampiran": 26,
    "perilaku": 26,
    "perspektif": 19,
    **dict.fromkeys(skp_file.STEP_COLUMNS, 32),
    **dict.fromkeys(("jabatan", "unit_kerja"), 28),
}
_USUAL_WIDTH = 14
_CHOICES = {
    "bagian": tuple(one.value for one in Section),
    "perspektif": tuple(one.value.replace("_", " ") for one in Perspective),
    "aspek": tuple(one.value for one in Aspect),
    "lampiran": tuple(one.value.replace("_", " ") for one in AnnexKind),
    "perilaku": tuple(one.value.replace("_", " ") for one in Behaviour),
    "zona": ("WIB", "WITA", "WIT"),
    "pola_kerja": ("5 hari", "6 hari", "shift"),
    "peran": ("pegawai", "atasan", "admin", "pengamat"),
    "status_pegawai": ("PNS", "PPPK", "honorer"),
}
_FREE = frozenset({"peran", "zona", "tahun"})
"""Their lists are not all there is."""
_HINTS = {"nip": "hint_nip", "nip_atasan": "hint_nip_atasan", "peran": "hint_peran"}
_HINTS |= {"perspektif": "hint_perspektif", **dict.fromkeys(skp_file.STEP_COLUMNS, "hint_rencana_aksi")}

Rows = Sequence[Sequence[Value]]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `template` with its arguments."""
    parser = subparsers.add_parser("template", help="tulis berkas .xlsx untuk diisi, lalu diimpor")
    parser.add_argument("what", choices=("people", "skp"))
    parser.add_argument("file", type=Path, metavar="FILE")


async def run(args: argparse.Namespace, *, now: datetime, today: date, texts: Speech) -> int:
    """Writes a new file. 0: done, 2: it is there already, is named wrongly, or cannot be written."""
    if args.what == "people":
        data = people_workbook(texts, made=now)
    else:
        data = skp_workbook(texts, _skp_examples(today.year), examples=True, today=today, made=now)
    return await write_new(args, data, texts)


async def write_new(args: argparse.Namespace, data: bytes, texts: Speech) -> int:
    """Writes a new workbook and says so; under its own ending alone, as the import takes no other."""
    if args.file.suffix.casefold() != ENDING:
        print(printable(texts.plain("template.ending", file=args.file, ending=ENDING)))
        return USAGE
    try:
        await asyncio.to_thread(write_private, args.file, data)
    except FileExistsError:
        print(printable(texts.plain("template.exists", file=args.file)))
        return USAGE
    except OSError as error:
        reason = reason_of(error, texts.plain)
        print(printable(texts.plain("template.cannot_write", file=args.file, reason=reason)))
        return USAGE
    if args.command == "template":
        print(printable(texts.plain("template.written", file=args.file, what=args.what)))
    return OK


def people_workbook(texts: Speech, *, made: datetime) -> bytes:
    """The people file with two examples."""
    required = {"nama", "nip", "jabatan", "unit_kerja", "nip_atasan"}
    columns = _columns(texts, "people", people_file.COLUMNS, required, {})
    sheet = SheetContent(
        "Pegawai", texts.plain("template.people.sheet"), columns, _people_examples(), examples=2
    )
    return write_workbook([sheet], _guide(texts, "people"), made=made)


def skp_workbook(
    texts: Speech, content: tuple[Rows, Rows, Rows], *, examples: bool = False, today: date, made: datetime
) -> bytes:
    """The SKP file: rows of the sheets SKP, Lampiran and Perilaku. `examples`: they are examples."""
    years = {"tahun": (str(today.year), str(today.year + 1))}
    shapes = (
        ("SKP", "skp", skp_file.COLUMNS, skp_file.REQUIRED),
        ("Lampiran", "annex", skp_sheets.ANNEX_COLUMNS, skp_sheets.ANNEX_REQUIRED),
        ("Perilaku", "behaviour", skp_sheets.BEHAVIOUR_COLUMNS, skp_sheets.BEHAVIOUR_REQUIRED),
    )
    sheets = []
    for (name, part, columns, required), rows in zip(shapes, content, strict=True):
        needed = {column for group in required for column in group}
        sheets.append(
            SheetContent(
                name,
                texts.plain(f"template.{part}.sheet"),
                _columns(texts, part, columns, needed, years),
                rows,
                examples=len(rows) if examples else 0,
            )
        )
    return write_workbook(sheets, _guide(texts, "skp"), made=made)


def _columns(
    texts: Speech,
    part: str,
    names: Sequence[str],
    required: set[str],
    choices: Mapping[str, tuple[str, ...]],
) -> tuple[Column, ...]:
    hints = part if part == "people" else "skp"
    return tuple(
        Column(
            name,
            _WIDTHS.get(name, _USUAL_WIDTH),
            texts.plain(f"template.{part}.{name}"),
            required=name in required,
            choices=choices.get(name, _CHOICES.get(name, ())),
            free=name in _FREE,
            hint=texts.plain(f"template.{hints}.{_HINTS[name]}") if name in _HINTS else "",
        )
        for name in names
    )


def _guide(texts: Speech, what: str) -> Guide:
    return Guide(
        name=texts.plain("template.guide"),
        title=texts.plain(f"template.{what}.title"),
        sentences=tuple(texts.options(f"template.{what}.sentences")),
        headings=(
            texts.plain("template.heading_column"),
            texts.plain("template.heading_required"),
            texts.plain("template.heading_about"),
        ),
        required=texts.plain("template.required"),
        optional=texts.plain("template.optional"),
        choices=texts.plain("template.choices"),
        wrong_choice=texts.plain("template.wrong_choice"),
    )


def _people_examples() -> Rows:
    return [
        (
            "Contoh: Drs. H. Ahmad Fauzi, M.Pd.",
            EXAMPLE,
            None,
            "Pembina (IV/a)",
            "Kepala Madrasah",
            "MTsN 1 Contoh",
            None,
            "WIB",
            "6 hari",
            "atasan",
            "PNS",
        ),
        (
            "Contoh: Siti Aminah, S.Pd.",
            EXAMPLE,
            "HNR-07",
            None,
            "Guru",
            "MTsN 1 Contoh",
            "197001011995031001",
            "WIB",
            "6 hari",
            "pegawai",
            "honorer",
        ),
    ]


def _skp_examples(year: int) -> tuple[Rows, Rows, Rows]:
    person: tuple[Value, ...] = (EXAMPLE, "Contoh: Siti Aminah, S.Pd.", year)
    target = (
        "utama",
        None,
        "Terlaksananya pembelajaran Fikih sesuai rencana",
        "Meningkatnya mutu pembelajaran",
    )
    steps = (
        "Mengajar sesuai jadwal (180)\nMenyusun modul ajar (3)",
        "Mengajar sesuai jadwal (170)",
        "Mengajar sesuai jadwal (190)",
        "Mengajar sesuai jadwal (180)",
    )
    none = (None,) * len(steps)
    return (
        [
            (*person, *target, "kuantitas", "Jam pelajaran yang terlaksana", 720, "jam pelajaran", *steps),
            (*person, *target, "kualitas", "Peserta didik yang tuntas", 85, "persen", *none),
        ],
        [(*person, "dukungan sumber daya", "Buku ajar dan alat peraga Fikih")],
        [(*person, "berorientasi pelayanan", "Menjawab pertanyaan orang tua paling lambat esok harinya")],
    )
