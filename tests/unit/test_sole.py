"""One running bot for each SQLite file."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sole import Lock, is_held, lock_file, look, sole_use
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
        with pytest.raises(CannotStart, match=said), sole_use(file, patience=0):
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
        with pytest.raises(CannotStart, match=rf"\(process {other.pid}\)"), sole_use(file, patience=0):
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


def test_looks_are_in_nobodys_way(file: Path) -> None:
    assert look(file) is Lock.ABSENT
    with sole_use(file):
        assert look(file) is Lock.HELD
    with lock_file(file).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert look(file) is Lock.FREE, "somebody else looks too"
    lock_file(file).unlink()
    lock_file(file).mkdir()  # can be read, not written: for root too
    assert look(file) is Lock.FREE


def test_a_start_waits_until_a_look_is_over(file: Path) -> None:
    lock_file(file).touch()
    with lock_file(file).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        with pytest.raises(CannotStart), sole_use(file, patience=0):
            pass
        threading.Timer(0.1, fcntl.flock, (other, fcntl.LOCK_UN)).start()
        with sole_use(file):
            assert is_held(file)


@contextmanager
def not_as_root() -> Iterator[None]:
    """Whoever is root may open everything."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


def test_a_lock_that_may_not_be_looked_at_counts_as_held(file: Path) -> None:
    lock_file(file).touch(mode=0)
    with not_as_root():
        assert look(file) is Lock.UNREADABLE
        assert is_held(file)
    lock_file(file).unlink()
    lock_file(file).symlink_to(lock_file(file))  # another reason why it cannot be opened
    assert look(file) is Lock.UNREADABLE
