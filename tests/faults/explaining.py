"""What a soak leaves behind: every chat and row, and all that explains a text nobody can account for."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from models import Base, SeenUpdate
from models.engine import Database
from services.people.privacy import everything_about
from simulator import Simulator
from simulator.transcript import line_of
from tests.faults.accounting import Unexplained
from tests.faults.people import Ledger, Moment

BEFORE, AFTER = timedelta(seconds=15), timedelta(seconds=45)
"""What is shown of the logs around a text."""


async def write_down(
    folder: Path, database: Database, sim: Simulator, ledger: Ledger, unexplained: Sequence[Unexplained]
) -> None:
    """The chats with what was done in them, what was typed, every row; a file for each unexplained text."""
    for person in sim.people.values():
        (folder / f"chat-{person.id}.txt").write_text(chat_with_acts(sim, ledger, person.id))
    (folder / "typed.txt").write_text("\n".join(map(str, ledger.typed)))
    with (folder / "rows.txt").open("w") as rows:
        async with database.reading() as session:
            for table in Base.metadata.sorted_tables:
                for row in (await session.execute(select(table))).mappings():
                    rows.write(f"{table.name} {dict(row)}\n")
    for one in unexplained:
        path = folder / f"unexplained-K{one.typed.number}.txt"
        path.write_text(await _explanation(folder, database, sim, ledger, one))


async def _explanation(
    folder: Path, database: Database, sim: Simulator, ledger: Ledger, one: Unexplained
) -> str:
    typed = one.typed
    async with database.reading() as session:
        rows = await everything_about(session, typed.person_id)
        numbers = {number: key for key, number in sorted(ledger.updates.items()) if key[0] == typed.chat_id}
        seen = await session.scalars(select(SeenUpdate).where(SeenUpdate.update_id.in_(list(numbers))))
        updates = [
            f"#{numbers[each.update_id][1]}{' edited' if numbers[each.update_id][2] else ''}: update"
            f" {each.update_id}, seen at {each.seen_at}, ended on {each.card_kind} {each.card_id}"
            for each in seen
        ]
    moment = next(
        (each.at for each in ledger.timeline if _is_of(each, typed.chat_id, typed.message_id)), None
    )
    return "\n\n".join(
        [
            str(one),
            chat_with_acts(sim, ledger, typed.chat_id),
            "\n".join(sorted(updates)),
            json.dumps(rows, indent=1, ensure_ascii=False, default=str),
            "\n".join(_logs(folder, moment)) if moment is not None else "no moment is known",
        ]
    )


def chat_with_acts(sim: Simulator, ledger: Ledger, chat_id: int) -> str:
    """A chat with all its messages, what each said before, what was pressed and answered, and each kill."""
    lines: list[tuple[int, int, str]] = []
    for message in sim.people[chat_id].chat.messages.values():
        lines.append((message.serial, 0, line_of(message)))
        lines += [(message.serial, 1, f"      said before: {one}") for one in message.history]
    answers = {
        query.id: [each.text for each in query.answers]
        for query in sim.core.queries.values()
        if query.user.id == chat_id
    }
    for moment in ledger.timeline:
        if moment.chat_id in (None, chat_id):
            at = datetime.fromtimestamp(moment.at, UTC)
            told = answers.get(moment.what.split()[-1])
            answered = "" if told is None else f" → {told}"
            lines.append((moment.serial, 2, f"   {at:%H:%M:%S.%f} {moment.what}{answered}"))
    return "\n".join(line for _, _, line in sorted(lines, key=lambda each: each[:2]))


def _is_of(moment: Moment, chat_id: int, message_id: int) -> bool:
    return moment.chat_id == chat_id and moment.what == f"types #{message_id}"


def _logs(folder: Path, moment: float) -> list[str]:
    """What the programs logged around it."""
    middle = datetime.fromtimestamp(moment, UTC)
    found = []
    for path in sorted(folder.glob("*.log")):
        for line in path.read_text(errors="replace").splitlines():
            try:
                at = datetime.fromisoformat(json.loads(line)["timestamp"])
            except (ValueError, KeyError, TypeError):
                found.append(f"{path.name}: {line}")  # a traceback, or words of an interpreter
                continue
            if middle - BEFORE <= at <= middle + AFTER:
                found.append(f"{path.name}: {line}")
    return found
