"""A report typed while something short is asked stays one: it stands in the day, nowhere else."""

from sqlalchemy import select

from models import DialogueRow, Entry, PerformancePlan, PlanState, Target
from services import dialogue
from tests.conversations.conftest import Chat
from tests.conversations.test_plans import writes_and_proposes


async def activities(chat: Chat) -> list[str]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return list(await session.scalars(select(Entry.activity).order_by(Entry.id)))


async def test_every_short_question_lets_a_report_through(chat: Chat) -> None:
    steps = sorted(dialogue.SHORT)
    for number, step in enumerate(steps, start=1):
        await chat.ani.says("/skp")
        await chat.sim.quiet()
        async with chat.db.writing() as session:
            row = await session.get(DialogueRow, chat.ani.id)
            assert row is not None
            dialogue.write(row, dialogue.ask(step, now=chat.clock()))
        await chat.ani.says(f"Rapat koordinasi ke-{number} -> disepakati jadwal")
        assert len(await activities(chat)) == number, step
    async with chat.db.reading() as session:
        assert not await session.scalar(select(DialogueRow.step).where(DialogueRow.step.in_(steps)))


async def test_a_report_is_no_wording_and_no_reason(chat: Chat) -> None:
    eko, dewi = chat.eko, chat.dewi
    await writes_and_proposes(eko)
    await eko.taps("Tarik kembali")
    await eko.taps("1")
    await eko.taps("Ubah kalimat")
    await eko.says("Rapat komite -> disepakati jadwal")
    await eko.sees("Rapat komite")
    await eko.says("/skp")
    await eko.taps("Ajukan")
    await dewi.taps("Periksa SKP")
    await dewi.taps("Kembalikan")
    await dewi.says("Rapat dengan kepala KUA -> disepakati jadwal bimwin")
    await dewi.sees("Rapat dengan kepala KUA")
    assert await activities(chat) == ["Rapat komite", "Rapat dengan kepala KUA"]
    async with chat.db.reading() as session:
        assert await session.scalar(select(Target.text).where(Target.text.contains("Rapat"))) is None
        plan = await session.scalar(select(PerformancePlan).order_by(PerformancePlan.id.desc()))
        assert plan is not None
        assert plan.state is PlanState.PROPOSED
