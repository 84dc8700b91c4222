"""How much work a step costs: the same number of statements for one entry and for many."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, update

from models import Indicator
from models.engine import Database
from services.dialogue import lock, write
from services.entries import answering, editing, following, restoring
from services.entries.suggesting import load_plan
from tests.office import Office
from tests.services.desk import Desk

NIK = "3201014107900001"


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements that are sent within the block."""
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        found.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def costs(desk: Desk, many: int, *, message: int) -> tuple[int, int, int]:
    """Statements of answering for, taking back and editing as many entries."""
    text = "\n".join(f"Menyusun laporan bagian {chr(97 + n)}" for n in range(many))
    taken = await desk.types(text, message=message)
    answers = {one: f"laporan {one} siap dipakai" for one in taken.entry_ids}
    before = answering.Answered(taken.day_id or 0, 1, "", dict.fromkeys(answers, (None, None)))
    with counted(desk.db) as setting:
        await desk.calls(editing.set_outcomes, answers)
    with counted(desk.db) as back:
        await desk.calls(answering.take_back, before)
    with counted(desk.db) as edits:
        await desk.calls(following.follow_edit, text.replace("laporan", "rekap"), message_id=message)
    return len(setting), len(back), len(edits)


async def test_twenty_entries_cost_as_much_as_one(ani: Desk) -> None:
    one, many = await costs(ani, 1, message=7), await costs(ani, 20, message=8)
    assert many == one
    assert max(many) <= 20


async def test_a_changed_indicator_is_another_index(ani: Desk) -> None:
    async with ani.db.writing() as session:
        first = await load_plan(session, ani.person, 2026)
        again = await load_plan(session, ani.person, 2026)
        assert first is not None
        assert again is not None
        assert first.index.meanings is again.index.meanings
        await session.execute(update(Indicator).values(text="Persentase posyandu aktif"))
        session.expire_all()
        other = await load_plan(session, ani.person, 2026)
        assert other is not None
        assert other.index.meanings is not first.index.meanings


async def test_masking_twice_is_as_once(ani: Desk) -> None:
    taken = await ani.types(f"Verifikasi NIK {NIK} -> data benar", message=7)
    await ani.calls(editing.mask_entries, taken.day_id, 7)
    before = await ani.day(taken.day_id or 0)
    await ani.calls(editing.mask_entries, taken.day_id, 7)
    assert await ani.day(taken.day_id or 0) == before


async def test_what_is_put_back_is_whole(ani: Desk) -> None:
    """With its decision, its file and its number, even when its old id was given to another."""
    taken = await ani.types("Rapat a 08.00-10.00 -> 3 keputusan https://contoh.go.id/a\nRapat b")
    day_id = taken.day_id or 0
    await ani.returned(day_id)
    before = await ani.entries(day_id)
    removed = await ani.calls(editing.delete_entry, taken.entry_ids[1])
    await ani.types("Rapat c")
    async with ani.db.writing() as session:
        actor = await ani.actor(session)
        row = await lock(session, actor.chat_id)
        write(row, restoring.remembering(None, removed, now=ani.now))
        await session.flush()
        assert await restoring.restore(session, actor, day_id, question=None, now=ani.now) is None
    found = await ani.entries(day_id)
    assert [one.activity for one in found] == ["Rapat a", "Rapat b", "Rapat c"]
    again = next(one for one in found if one.activity == "Rapat b")
    assert again.return_reason == before[1].return_reason
    assert (found[0].starts, found[0].quantity) == (before[0].starts, before[0].quantity)
