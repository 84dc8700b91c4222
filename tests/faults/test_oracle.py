"""The oracle of the kills is not fooled: each of these was, or could be, taken for what it is not."""

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import update

from models import OutboxMessage
from models.engine import Database
from services.clock import OfficeClock
from services.people.identity import who_is
from services.unused_words import give_back
from simulator import Message, Simulator
from tests.faults.conftest import Desk, line
from tests.faults.office import THURSDAY
from tests.faults.oracle import Verdicts, judge
from tests.faults.people import KILLED, Crowd, Ledger, Moment
from tests.faults.programs import Program
from tests.faults.sentences import locale, opening, refusals, refuses
from tests.faults.test_kills import ledger_of, numbers
from tests.faults.world import World

BOTH = f"{line(2)}\n{line(3)}"


async def asked_for_a_time(desk: Desk) -> Message:
    """K1 is stored, and its time is asked for: what is typed next is refused."""
    first = await desk.ani.says(line(1))
    await desk.ani.sees("K1")
    await desk.ani.taps("✎ 1")
    await desk.ani.taps("Ubah waktu")
    await desk.settled()
    return first


async def given_back(desk: Desk, *texts: str) -> list[Message]:
    """By notices of the product, in this order."""
    found = []
    for text in texts:
        async with desk.db.writing() as session:
            actor = await who_is(session, desk.ani.id, now=desk.clock())
            assert actor is not None
            await give_back(session, actor, text, now=desk.clock())
        found.append(await newest(desk, "belum terpakai"))
    return found


async def newest(desk: Desk, words: str) -> Message:
    """The last message of the bot to Ani with these words, once it has nothing more to say."""
    await desk.settled()
    return [one for one in desk.ani.messages if one.from_bot and words in one.text][-1]


async def judged(desk: Desk, ledger: Ledger) -> Verdicts:
    return await judge(desk.db, desk.sim, [], ledger)


def killed_after(message: Message) -> Moment:
    return Moment(message.serial, 0.0, None, f"{KILLED} run, process 1")


async def test_a_text_that_is_given_back_keeps_the_refusal_it_was_told(desk: Desk) -> None:
    """The sentence is K2's, so nobody told of K3; a kill before it may have taken K2's, and it is K3's."""
    async with desk.program():
        first = await asked_for_a_time(desk)
        second = await desk.ani.says(line(2))
        told = await newest(desk, "Waktunya belum jelas")
        third = await desk.ani.says(line(3))
        again = await newest(desk, "Waktunya belum jelas")
        await given_back(desk, line(2))
    ledger = ledger_of(desk, first, second, third)
    whole = await judged(desk, ledger)
    assert whole.clean, whole.told()
    assert (whole.refused, whole.given_back) == (1, 1)
    del desk.ani.chat.messages[again.id]
    assert numbers((await judged(desk, ledger)).losses) == ["K3"]
    desk.ani.chat.messages[again.id] = again
    del desk.ani.chat.messages[told.id]
    assert numbers((await judged(desk, ledger)).losses) == ["K3"]
    ledger.timeline.append(killed_after(second))
    assert (await judged(desk, ledger)).clean


async def test_words_come_back_line_by_line(desk: Desk) -> None:
    async with desk.program():
        first = await asked_for_a_time(desk)
        second = await desk.ani.says(BOTH)
        told = await newest(desk, "Waktunya belum jelas")
        (back,) = await given_back(desk, BOTH)
    ledger = ledger_of(desk, first, second)
    del desk.ani.chat.messages[told.id]
    assert (await judged(desk, ledger)).clean
    back.text = back.text.replace(BOTH, " ".join(BOTH.split()))
    assert numbers((await judged(desk, ledger)).losses) == ["K2"]


async def test_words_come_back_once_and_once_more_a_kill(desk: Desk) -> None:
    """Two more: both are doubles; a kill between two of them excuses one."""
    async with desk.program():
        first = await asked_for_a_time(desk)
        second = await desk.ani.says(line(2))
        await desk.settled()
        (back,) = await given_back(desk, line(2))
    ledger = ledger_of(desk, first, second)
    assert (await judged(desk, ledger)).clean
    for more in (1, 2):
        copy = replace(back, id=back.id + more, serial=back.serial + more)
        desk.ani.chat.messages[copy.id] = copy
    assert len((await judged(desk, ledger)).doubles) == 2
    ledger.timeline.append(killed_after(back))
    excused = await judged(desk, ledger)
    assert len(excused.doubles) == 1
    assert excused.given_back_again == 1


async def test_two_notices_of_the_same_words_are_a_double(desk: Desk) -> None:
    async with desk.program():
        first = await asked_for_a_time(desk)
        second = await desk.ani.says(line(2))
        await desk.settled()
        await given_back(desk, line(2), line(2))
    found = await judged(desk, ledger_of(desk, first, second))
    assert len(found.doubles) == 1, found.told()


async def test_a_notice_that_stays_true_is_not_sent_without_a_message(desk: Desk) -> None:
    async with desk.program():
        first = await desk.ani.says(line(1))
        await desk.ani.sees("K1")
        await desk.ani.taps("Kirim")
        await desk.ani.taps("Kirim, RHK nanti")
        await desk.budi.sees("1 laporan menunggu")
        await desk.budi.taps("Ani Rahmawati ·")
        await desk.budi.taps("Umpan balik")
        await desk.budi.taps("Apresiasi")
        await desk.budi.taps("Kerja yang rapi")
        await desk.ani.sees("memberi umpan balik")
        await desk.budi.taps("Kembalikan")
        await desk.budi.taps("Hasil belum jelas")
        await desk.ani.sees("mengembalikan satu kegiatan Anda")
        await given_back(desk, "Tulisan lain")
    ledger = ledger_of(desk, first)
    assert (await judged(desk, ledger)).clean
    kinds = ("feedback_given", "entry_returned", "words_given_back")
    async with desk.db.writing() as session:
        await session.execute(
            update(OutboxMessage).where(OutboxMessage.kind.in_(kinds)).values(message_id=None)
        )
    found = await judged(desk, ledger)
    told = [one.split()[0] for one in found.losses if one.endswith("no message tells it")]
    assert sorted(told) == sorted(kinds)


async def test_only_a_refusal_of_a_text_is_one(desk: Desk) -> None:
    async with desk.program():
        await desk.ani.says("/apa")
        command = await desk.ani.sees("Perintah itu tidak saya kenal")
        await asked_for_a_time(desk)
        await desk.ani.says(line(2))
        refusal = await newest(desk, "Waktunya belum jelas")
    assert refuses(refusal)
    unclear = locale()["day"]["unclear"].replace("{said}", "31 Februari")
    for no_refusal in (unclear, "Sudah ada 4 kegiatan, belum dikirim.", "Sudah dikirim"):
        assert not refuses(replace(refusal, text=no_refusal))
    assert not refuses(command)


SCRIPT = """
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(int(os.environ["CODE"])))
print('"running"', flush=True)
while True:
    signal.pause()
"""


async def test_all_processes_stop_at_the_end_and_each_of_them_well(tmp_path: Path) -> None:
    """The second of two that serve alike ends with 3."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").touch()
    (tmp_path / "bot" / "__main__.py").write_text(SCRIPT)
    clock = OfficeClock(THURSDAY)
    database = Database(f"sqlite:///{tmp_path}/office.db")
    programs = [
        Program("web", tmp_path, {"CODE": code}, name=name) for name, code in (("web1", "0"), ("web2", "3"))
    ]
    async with Simulator(clock=clock) as sim:
        async with database.engine.begin() as connection:
            await connection.run_sync(OutboxMessage.metadata.create_all)
        there = World("web-clock", database, sim, clock, programs, Crowd(sim, [], Random(1)), Random(1))
        try:
            await there.start(*programs)
            await there.rest()
            assert all(one.alive for one in programs)
            assert await there.stop() == ["web2 ended with 3"]
        finally:
            await asyncio.gather(*(one.kill() for one in programs))
            await database.close()


@pytest.mark.parametrize("code", ["no_link", "reason_short", "time_unclear", "withdrawn_meanwhile"])
def test_what_the_crowd_is_told_most_is_known_as_a_refusal(code: str) -> None:
    """Else what was refused and told would count as lost."""
    assert opening(locale()["errors"][code]) in refusals()
