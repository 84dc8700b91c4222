"""From files to a sent report: the commands an administrator types, against a Bot API server."""

import asyncio
import csv
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import program
from bot.commands import demo
from bot.demo.office import FOLDER
from bot.settings import load_settings
from bot.starting import CannotStart
from simulator import Limits, Simulator

ROOT = Path(__file__).resolve().parent.parent.parent


async def kinerja(folder: Path, sim: Simulator, *arguments: str, **variables: str) -> tuple[int, str]:
    """Runs the program as an administrator would; gives its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env={**environment(sim), **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


def environment(sim: Simulator) -> dict[str, str]:
    return {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        "DATABASE_URL": "sqlite:///office.db",
        "OFFICE_CLOCK": "2026-11-18T09:00:00+07:00",
        "ORGANIZATION": "Kemenag Sukamaju",
    }


def links_in(file: Path) -> dict[str, str]:
    """Name → invitation link, as the file of invitations has them."""
    rows = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    return {row["nama"]: row["link"] for row in rows}


@asynccontextmanager
async def the_product(folder: Path, sim: Simulator) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=folder,
        env=environment(sim),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        assert await process.wait() == 0


async def test_an_office_is_set_up_and_reports(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text((FOLDER / "people.csv").read_text(encoding="utf-8"), encoding="utf-8")
    plans = tmp_path / "skp.csv"
    plans.write_text(
        (FOLDER / "skp.csv").read_text(encoding="utf-8").replace("{year}", "2026"), encoding="utf-8"
    )
    async with Simulator(limits=Limits.off(), patient=True, callback_seconds=10**9) as sim:
        code, said = await kinerja(tmp_path, sim, "import", "people", "people.csv", "--dry-run")
        assert code == 0, said
        code, said = await kinerja(tmp_path, sim, "invite", "--all", "--output", "links.csv")
        assert code == 0, said
        assert links_in(tmp_path / "links.csv") == {}
        for what in ("people", "skp"):
            code, said = await kinerja(tmp_path, sim, "import", what, f"{what}.csv")
            assert code == 0, said
        code, said = await kinerja(tmp_path, sim, "invite", "--all", "--output", "links.csv")
        assert code == 0, said
        links = links_in(tmp_path / "links.csv")
        assert len(links) == 8
        async with the_product(tmp_path, sim):
            ani, head = sim.person("Ani R"), sim.person("Nurul")
            await head.opens(links["Hj. Nurul Hidayah"])
            await head.taps("Ya, saya Hj. Nurul Hidayah")
            await ani.opens(links["Ani Rahmawati"])
            await ani.taps("Ya, saya Ani Rahmawati")
            await ani.says("Menyusun modul ajar bab zakat -> 1 modul siap dipakai")
            await ani.taps("Kirim")
            await head.sees("menunggu keputusan Anda")
            await head.taps("Ani Rahmawati · 18 Nov")
            await head.taps("Setujui")
            await ani.sees("menyetujui laporan Anda")


async def test_a_template_is_written_once_and_nothing_is_exported_before_there_is_an_skp(
    tmp_path: Path,
) -> None:
    async with Simulator() as sim:
        code, said = await kinerja(tmp_path, sim, "template", "skp", "skp.xlsx", TELEGRAM_BOT_TOKEN="")
        assert (code, "skp.xlsx ditulis" in said) == (0, True), said
        written = (tmp_path / "skp.xlsx").read_bytes()
        code, said = await kinerja(tmp_path, sim, "template", "people", "skp.xlsx")
        assert (code, "sudah ada" in said) == (2, True), said
        assert (tmp_path / "skp.xlsx").read_bytes() == written
        code, said = await kinerja(tmp_path, sim, "export", "skp", "lain.xlsx", "--year", "2026")
        assert (code, "tidak ada berkas yang ditulis" in said) == (1, True), said


async def test_wrong_settings_are_named(tmp_path: Path) -> None:
    async with Simulator() as sim:
        wrong = {**environment(sim), "OFFICE_CLOCK": "kemarin"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=tmp_path, env=wrong, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        assert process.returncode == 2
        assert b"OFFICE_CLOCK" in said


def test_a_check_for_machines_names_a_wrong_setting_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("LOG_FORMAT=text\nKATA SANDI\n", encoding="utf-8")
    for variables, sentence in (({}, ".env, line 2: "), ({"SEND_RATE": "0"}, "SEND_RATE is a number")):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
            (tmp_path / ".env").unlink()
        assert program.main(["check", "--json"]) == 2
        said = capsys.readouterr()
        machine = json.loads(said.out)
        (one,) = machine["findings"]
        assert (machine["ok"], one["check"], one["level"]) == (False, "settings", "fail")
        assert one["says"].startswith(sentence)
        assert one["do"]
        assert said.err.startswith(sentence)
    assert program.main(["check"]) == 2
    assert capsys.readouterr().out == ""


async def test_who_has_read_enough_is_told_nothing_of_the_database(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-u",
        "-m",
        "bot",
        "template",
        "skp",
        "skp.xlsx",
        cwd=tmp_path,
        stdout=writer,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writer)
    _, said = await process.communicate()
    assert (process.returncode, said) == (1, b"")
    assert (tmp_path / "skp.xlsx").exists()


async def test_a_port_that_was_asked_for_is_taken_or_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        asked = program.build_parser().parse_args(["demo", "--port", str(port)])
        with pytest.raises(CannotStart) as caught:
            await demo.run(load_settings({}), script=False, port=asked.port)
    assert str(caught.value) == f"--port {port} cannot be used: address already in use."
    assert program.build_parser().parse_args(["demo"]).port is None, "then any will do"


STOPPED_AT = """
import os, signal, sys

class Told:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, Told())
from bot.__main__ import main
sys.exit(main([{mode!r}]))
"""


@pytest.mark.parametrize(
    ("mode", "module"),
    [("run", "bot.program"), ("run", "telegram"), ("run", "alembic"), ("demo", "simulator")],
)
async def test_told_to_stop_while_it_starts_it_ends_orderly(tmp_path: Path, mode: str, module: str) -> None:
    async with Simulator(limits=Limits.off()) as sim:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            STOPPED_AT.format(module=module, mode=mode),
            cwd=tmp_path,
            env={**environment(sim), "PYTHONPATH": str(ROOT)},
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 0, said.decode()
        assert b"running" not in said


async def test_faults_of_a_file_are_all_listed_and_nothing_is_stored(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "nama,nip,unit_kerja,nip_atasan,jabatan\nAni,123,MTsN,,Guru\n,198801122011012002,MTsN,999,Guru\n",
        encoding="utf-8",
    )
    async with Simulator() as sim:
        code, said = await kinerja(tmp_path, sim, "import", "people", "people.csv")
        assert code == 1
        for cell in ("B2", "A3", "D3"):
            assert cell in said, said
        code, said = await kinerja(tmp_path, sim, "invite", "198801122011012002")
        assert code == 1, said


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def told(said: str) -> str:
    """What was printed besides the log."""
    lines = [line for line in said.splitlines() if not re.match(r"\d{4}-\d\d-\d\dT", line)]
    return "\n".join(lines)


@pytest.mark.parametrize("command", [("invite", "--all", "--output", "x.csv"), ("run",)])
async def test_a_refused_token_ends_with_one_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    wrong = "123456:" + "W" * 35
    async with Simulator() as sim:
        code, said = await kinerja(tmp_path, sim, *command, TELEGRAM_BOT_TOKEN=wrong)
    assert code == 1
    assert told(said).startswith("TELEGRAM_BOT_TOKEN is refused by 127.0.0.1")
    assert "\n" not in told(said)
    assert wrong not in said


async def test_a_server_that_does_not_answer_ends_a_command(tmp_path: Path) -> None:
    async with Simulator() as sim:
        nobody = f"http://127.0.0.1:{closed_port()}"
        code, said = await kinerja(tmp_path, sim, "invite", "--admin", "Citra", TELEGRAM_API_URL=nobody)
    assert code == 1
    assert told(said).startswith("TELEGRAM_API_URL: ")
    assert "\n" not in told(said)


@pytest.mark.parametrize(
    ("command", "url"),
    [
        (("import", "people", "people.csv"), "sqlite:///plain.db"),
        (("deactivate", "1"), "postgresql://kinerja:hidden-word@127.0.0.1:{port}/none"),
        (("run",), "postgresql://kinerja:hidden-word@127.0.0.1:{port}/none"),
    ],
)
async def test_a_database_that_does_not_answer_ends_with_one_sentence(
    tmp_path: Path, command: tuple[str, ...], url: str
) -> None:
    (tmp_path / "plain.db").write_text("no database, but long enough to be looked at " * 9, encoding="utf-8")
    async with Simulator() as sim:
        there = url.format(port=closed_port())
        code, said = await kinerja(tmp_path, sim, *command, DATABASE_URL=there)
    assert code == 1, said
    assert told(said).startswith("DATABASE_URL: "), said
    assert "\n" not in told(said)
    assert "hidden-word" not in said


@pytest.mark.parametrize("command", ["web", "clock", "setup"])
async def test_several_processes_on_a_file_are_refused(tmp_path: Path, command: str) -> None:
    hook = {"WEBHOOK_URL": "http://127.0.0.1:9", "WEBHOOK_SECRET": "a-secret-of-the-tests"}
    async with Simulator() as sim:
        code, said = await kinerja(tmp_path, sim, command, **hook)
    assert code == 2, said
    assert told(said).startswith("DATABASE_URL names a SQLite file")
    assert "\n" not in told(said)
    assert not (tmp_path / "office.db").exists()


async def test_a_second_run_on_a_file_is_refused_and_other_commands_are_not(tmp_path: Path) -> None:
    async with Simulator(limits=Limits.off()) as sim, the_product(tmp_path, sim):
        async with asyncio.timeout(20):
            while not sim.status()["polling"]:  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.02)
        code, said = await kinerja(tmp_path, sim, "run")
        assert code == 1, said
        assert re.fullmatch(
            r"DATABASE_URL: another `kinerja run` \(process \d+\) runs on .*", told(said).split("\n")[0]
        )
        code, said = await kinerja(tmp_path, sim, "invite", "--admin", "Citra")
        assert (code, "start=" in said) == (0, True), said


async def test_the_start_waits_for_the_network_and_can_be_stopped(tmp_path: Path) -> None:
    async with Simulator(limits=Limits.off()) as sim:
        sim.fault("getMe", kind="error", times=2)
        for patient in (False, True):
            variables = {} if patient else {"TELEGRAM_API_URL": f"http://127.0.0.1:{closed_port()}"}
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=tmp_path,
                env={**environment(sim), **variables},
                stderr=asyncio.subprocess.PIPE,
            )
            assert process.stderr is not None
            said = ""
            async with asyncio.timeout(20):
                while ("running" if patient else "start_waits") not in said:
                    said += (await process.stderr.readline()).decode()
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 5) == 0
            assert str(tmp_path / "office.db") in said
            await process.stderr.read()


async def test_somebody_leaves_by_command(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text((FOLDER / "people.csv").read_text(encoding="utf-8"), encoding="utf-8")
    rows = list(csv.DictReader(people.read_text(encoding="utf-8-sig").splitlines()))
    above = {row["nip_atasan"] for row in rows}
    free = next(
        row for row in rows if row["nip"] and row["nip"] not in above and "admin" not in row.get("peran", "")
    )
    async with Simulator() as sim:
        await kinerja(tmp_path, sim, "import", "people", "people.csv")
        code, said = await kinerja(tmp_path, sim, "deactivate", free["nip"], TELEGRAM_BOT_TOKEN="")
        assert (code, free["nama"] in said) == (0, True), said
        code, said = await kinerja(tmp_path, sim, "deactivate", next(iter(above - {""})))
        assert (code, "lewat impor" in said) == (1, True), said
        code, said = await kinerja(tmp_path, sim, "replay", "NOSUCH")
        assert (code, "NOSUCH" in said) == (1, True), said
