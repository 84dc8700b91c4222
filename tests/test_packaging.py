"""What is installed holds everything the product reads at run time."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "bot",
    "handlers",
    "models",
    "services",
    "scheduler",
    "documents",
    "simulator",
    "migrations",
    "locales",
)
BUILD = "from setuptools import setup; setup()"
NOT_READ = (".md",)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree a wheel would hold, made by setuptools from a copy of the tracked sources."""
    if importlib.util.find_spec("setuptools") is None:
        pytest.skip("setuptools is not installed here")
    folder = tmp_path_factory.mktemp("packaging")
    sources, library = folder / "sources", folder / "library"
    for name in (*tracked(), "pyproject.toml", "README.md"):
        target = sources / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    done = subprocess.run(
        [sys.executable, "-c", BUILD, "-q", "build_py", "--build-lib", str(library)],
        cwd=sources,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return library


def tracked() -> list[str]:
    """Every file of the packages that is, or would be, in the repository."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z", *PACKAGES]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_every_file_is_installed(installed: Path) -> None:
    missing = [name for name in tracked() if not name.endswith(NOT_READ) and not (installed / name).is_file()]
    assert not missing, f"in the repository, but not in a wheel: {missing}"


@pytest.mark.parametrize(
    "name",
    [
        "locales/id.toml",
        "locales/en.toml",
        "simulator/bot-api.json",
        "simulator/page/index.html",
        "simulator/page/app.js",
        "simulator/page/style.css",
        "simulator/page/icon.svg",
        "services/linking/lexicon.tsv",
        "bot/demo/people.csv",
        "bot/demo/skp.csv",
        "bot/demo/weeks.toml",
        "migrations/env.py",
        "migrations/script.py.mako",
        "migrations/versions/0001_first.py",
    ],
)
def test_what_is_read_at_run_time_is_there_as_it_is(installed: Path, name: str) -> None:
    assert (installed / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_installed_program_starts(installed: Path, tmp_path: Path) -> None:
    """From another folder, without the repository on the path."""
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            f"import sys; sys.path.insert(0, {str(installed)!r}); "
            "import bot.__main__ as program; assert program.__file__.startswith(sys.path[0]); "
            "raise SystemExit(program.main(['import', 'people', 'none.csv']))",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr[-2000:]
    assert "none.csv" in done.stdout
    assert (tmp_path / "data" / "kinerja.db").is_file()
