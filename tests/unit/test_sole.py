"""One running bot for each SQLite file."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sole import is_held, lock_file, sole_use
from bot.starting import CannotStart

HOLDER = """
import sys, time
from pathlib import Path
from bot.sole import sole_use
with sole_use(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "office.db"


def test_a_file_is_held_by_one_and_free_afterwards(file: Path) -> None:
    assert not is_held(file)
    with sole_use(file):
        assert is_held(file)
        said = rf"another `kinerja run` \(process {os.getpid()}\) runs on {re.escape(str(file))}\."
        with pytest.raises(CannotStart, match=said), sole_use(file):
            pass
        assert is_held(file), "a refusal lets nobody else in"
    assert not is_held(file)
    with sole_use(file):
        assert is_held(file)


def test_other_files_are_free(file: Path) -> None:
    with sole_use(file), sole_use(file.with_name("other.db")):
        assert lock_file(file) != lock_file(file.with_name("other.db"))


def test_a_link_leads_to_the_same_lock(file: Path, tmp_path: Path) -> None:
    file.touch()
    link = tmp_path / "link.db"
    link.symlink_to(file)
    with sole_use(link):
        assert is_held(file)
        assert is_held(tmp_path / "." / "office.db")


def test_who_is_killed_holds_nothing(file: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(CannotStart, match=rf"\(process {other.pid}\)"), sole_use(file):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert not is_held(file)
    with sole_use(file):
        assert is_held(file)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    for place in (tmp_path / "plain" / "office.db", Path("/proc/office.db")):
        said = r"^DATABASE_URL: the lock file .* cannot be opened"
        with pytest.raises(CannotStart, match=said), sole_use(place):
            pass
        assert not is_held(place)
