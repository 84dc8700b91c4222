"""What commands say about files they cannot read or write, and what they write."""

import errno
from argparse import Namespace
from pathlib import Path

import pytest

from bot.commands.files import reason_of
from bot.commands.templates import write_new
from bot.texts import Texts

SPEECH = Texts().speech("id")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "berkas atau foldernya tidak ada"),
        (errno.EISDIR, "itu folder, bukan berkas"),
        (errno.ENOTDIR, "bagian dari jalurnya bukan folder"),
        (errno.EEXIST, "sudah ada berkas dengan nama itu"),
        (errno.EROFS, "tidak diizinkan"),
        (errno.ENOSPC, "tempat penyimpanan penuh"),
        (errno.ENAMETOOLONG, "namanya terlalu panjang"),
        (errno.EIO, "sistem menolak (EIO)"),
        (None, "sistem menolak (OSError)"),
    ],
)
def test_reasons_are_said_in_the_words_of_the_reader(number: int | None, said: str) -> None:
    error = OSError(number, "as the system says it") if number else OSError("unsaid")
    assert reason_of(error, SPEECH.plain) == said
    assert reason_of(error, Texts().speech("en").plain) != said


@pytest.mark.parametrize("name", ["skp.csv", "skp", "skp.xlsx.txt", "skp.xlsm"])
async def test_a_workbook_under_another_ending_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    args = Namespace(file=tmp_path / name, command="template", what="skp")
    assert await write_new(args, b"PK", SPEECH) == 2
    assert "harus berakhiran .xlsx" in capsys.readouterr().out
    assert not (tmp_path / name).exists()


async def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = Namespace(file=tmp_path / "tidak" / "skp.XLSX", command="template", what="skp")
    assert await write_new(args, b"PK", SPEECH) == 2
    assert "tidak dapat ditulis: berkas atau foldernya tidak ada." in capsys.readouterr().out
