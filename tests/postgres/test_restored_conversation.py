"""The bot on a restored database: what somebody had begun is still there and goes on."""

import pytest

from models.transfer.backing_up import write_archive
from models.transfer.restoring import restore
from services.clock import OfficeClock
from simulator import Limits, Simulator
from tests.conftest import WEDNESDAY
from tests.conversations.conftest import started
from tests.office import build_office, user_of
from tests.postgres.moves import Taken

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_conversation_goes_on_after_a_restore(there: Taken, kind: str) -> None:
    first, second = await there.empty(kind), await there.empty(kind)
    async with first.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
    clock = OfficeClock(WEDNESDAY)
    async with Simulator(limits=Limits.off(), clock=clock, patient=True, callback_seconds=10**9) as sim:
        ani = sim.person("Ani", user_id=user_of(office.ani), language="id")
        budi = sim.person("Budi", user_id=user_of(office.budi), language="id")
        ani.chat.started = budi.chat.started = True
        async with started(sim, first, clock, there.folder):
            await ani.says("Menyusun modul ajar bab zakat -> 1 modul siap dipakai")
            await ani.sees("Menyusun modul ajar")
            await sim.quiet()
        file, evidence = there.folder / "office.tar", there.folder / "evidence"
        await write_archive(first, evidence, file, program="1", now=WEDNESDAY)
        await restore(file, second, evidence, now=WEDNESDAY)
        async with started(sim, second, clock, there.folder):
            await ani.taps("Kirim")
            await sim.quiet()
            if ani.sees_now("mendukung RHK mana"):
                await ani.taps("Kirim, RHK nanti")
            await ani.sees("Terkirim, menunggu Budi Santoso")
            await budi.sees("menunggu keputusan Anda")
        assert not sim.faults_seen
