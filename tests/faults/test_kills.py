"""SIGKILL in the midst of work, in short; `make soak` does it for long.

Every mode, both databases. What people typed and saw is compared with the database by oracle.py.
"""

import os
import secrets
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from models import Entry
from services.people.identity import who_is
from services.unused_words import give_back
from simulator import Message
from tests.faults.conftest import Desk, line
from tests.faults.explaining import write_down
from tests.faults.oracle import judge
from tests.faults.people import Ledger, Typed
from tests.faults.soak import live
from tests.postgres.server import Server

pytestmark = pytest.mark.timeout(400)
"""A busy machine takes its time to start processes; `soak` says what is waited for, and how long."""
SEED = int(os.environ.get("SOAK_SEED", secrets.randbelow(1_000_000)))
"""Told by a failure; SOAK_SEED gives it again."""
KILLS = {"run-sqlite": 1, "run-postgresql": 1, "web-clock": 1}
ACTS = 25


async def lives(mode: str, folder: Path, url: str) -> None:
    lived = await live(
        mode, folder, url, kills=KILLS[mode], seed=SEED, haste=0.3, jumps=0.0, acts=ACTS, clocks=1
    )
    assert lived.verdicts.clean, f"seed {SEED}\n{lived.verdicts.told()}"
    assert lived.kills >= KILLS[mode]
    assert lived.verdicts.entries >= 10, "hardly anything was typed"


async def test_one_process_on_sqlite(tmp_path: Path) -> None:
    await lives("run-sqlite", tmp_path, f"sqlite:///{tmp_path}/office.db")


@pytest.mark.postgres
@pytest.mark.parametrize("mode", ["run-postgresql", "web-clock"])
async def test_processes_on_postgresql(mode: str, tmp_path: Path, pg_server: Server) -> None:
    name = mode.replace("-", "_")
    await pg_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    await lives(mode, tmp_path, pg_server.url(name))


def ledger_of(desk: Desk, *messages: Message) -> Ledger:
    """As if a crowd had typed these, numbered from 1."""
    return Ledger(
        [
            Typed(number, desk.office.ani, message.chat.id, message.id, 0)
            for number, message in enumerate(messages, 1)
        ]
    )


def numbers(found: list[str]) -> list[str]:
    """Which activities these lines are about."""
    return sorted(one.split(",")[0].split(" ")[0] for one in found)


async def test_the_oracle_sees_what_is_lost_and_what_is_there_twice(desk: Desk) -> None:
    """It fails where it must: an entry taken out, one doubled, one that says something else."""
    async with desk.program():
        messages = [await desk.ani.says(line(number)) for number in (1, 2, 3)]
        await desk.ani.sees("K3")
        await desk.settled()
    ledger = ledger_of(desk, *messages)
    assert (await judge(desk.db, desk.sim, [], ledger)).clean
    async with desk.db.writing() as session:
        rows = (await session.execute(select(Entry.__table__).order_by(Entry.id))).mappings().all()
        await session.execute(delete(Entry).where(Entry.id == rows[0]["id"]))
        await session.execute(insert(Entry).values({**rows[1], "id": 900}))
        await session.execute(update(Entry).where(Entry.id == rows[2]["id"]).values(outcome="lain"))
    found = await judge(desk.db, desk.sim, [], ledger)
    assert numbers(found.losses) == ["K1", "K3"]
    assert numbers(found.doubles) == ["K2"]


async def test_the_oracle_believes_a_refusal_for_its_own_text_alone(desk: Desk, tmp_path: Path) -> None:
    """Ani is refused once; what is lost beside it is found, and so is a refusal that nobody was told."""
    async with desk.program():
        first = await desk.ani.says(line(1))
        await desk.ani.sees("K1")
        await desk.ani.taps("✎ 1")
        await desk.ani.taps("Ubah waktu")
        await desk.settled()
        second = await desk.ani.says(line(2))
        refusal = await desk.ani.sees("Waktunya belum jelas")
        await desk.ani.says("/batal")
        third = await desk.ani.says(line(3))
        await desk.ani.sees("K3")
        await desk.settled()
    ledger = ledger_of(desk, first, second, third)
    whole = await judge(desk.db, desk.sim, [], ledger)
    assert whole.clean, whole.told()
    assert whole.refused == 1
    async with desk.db.writing() as session:
        await session.execute(delete(Entry).where(Entry.source_message_id == first.id))
    found = await judge(desk.db, desk.sim, [], ledger)
    assert [str(one.typed.number) for one in found.unexplained] == ["1"], "the refusal is K2's"
    del desk.ani.chat.messages[refusal.id]
    found = await judge(desk.db, desk.sim, [], ledger)
    assert numbers(found.losses) == ["K1", "K2"]
    await write_down(tmp_path, desk.db, desk.sim, ledger, found.unexplained)
    told = (tmp_path / "unexplained-K2.txt").read_text()
    assert "was refused and nobody was told" in told
    assert line(2) in told
    assert "ended on untaken" in told


async def test_the_oracle_sees_words_that_are_stored_and_given_back(desk: Desk) -> None:
    async with desk.program():
        message = await desk.ani.says(line(1))
        await desk.ani.sees("K1")
        async with desk.db.writing() as session:
            actor = await who_is(session, desk.ani.id, now=desk.clock())
            assert actor is not None
            await give_back(session, actor, line(1), now=desk.clock())
        await desk.ani.sees("belum terpakai")
        await desk.settled()
    found = await judge(desk.db, desk.sim, [], ledger_of(desk, message))
    assert found.doubles == ["K1 is stored and was given back"]
    assert not found.losses
