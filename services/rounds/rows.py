"""What a plan and a tick write: each function one statement, however many rows.

They go past the ORM, which would cost more than the database does.
Rows go in one order everywhere (person, kind), so that two writers never wait for each other in a circle.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, or_
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Digest, DigestKind, Round, RoundKind, RoundState, Schedule
from models.engine import insert_into, is_sqlite
from services import outbox
from services.rounds.due import Due
from services.rounds.reminder_times import MOST
from services.rounds.weeks import Period

Slot = tuple[int, RoundKind]
"""One row of the plan: person and kind."""

MESSAGES = {
    RoundKind.PROMPT: "prompted",
    RoundKind.REMINDER: "reminded",
    RoundKind.PLAN: "plan_asked",
    RoundKind.QUEUE_NOTICE: "queue_noticed",
    RoundKind.BRIEF: "briefed",
    RoundKind.LOCK_WARNING: "lock_warned",
    RoundKind.CALENDAR_WARNING: "calendar_warned",
    RoundKind.DIGEST: "week_summed",
    RoundKind.TEAM_DIGEST: "team_summed",
}
"""What a round that is sent writes to the outbox."""

PAGE = 10_000
"""Rows of one INSERT … RETURNING: never more than one statement."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A round that is over. `payload`: what its message says besides the date; None when it has none.

    `covers`: what a summary counts. `stale_at`: from then on its message comes too late.
    """

    person_id: int
    kind: RoundKind
    work_date: date
    state: RoundState
    due_at: datetime
    step: int = 0
    payload: Mapping[str, object] | None = None
    covers: Period | None = None
    stale_at: datetime | None = None

    @property
    def key(self) -> tuple[int, date, RoundKind, int]:
        return self.person_id, self.work_date, self.kind, self.step


async def write_schedules(session: AsyncSession, rows: Mapping[Slot, Due]) -> None:
    """Writes rows over what is there; a reminder that was chosen stays, until one of a newer day comes."""
    if not rows:
        return
    connection = await session.connection()
    await connection.execute(
        _writing(is_sqlite(session)),
        [
            {
                "person_id": person_id,
                "kind": kind,
                "work_date": due.work_date,
                "step": due.step,
                "due_at": due.due_at,
                "stale_at": due.stale_at,
            }
            for (person_id, kind), due in sorted(rows.items())
        ],
    )


@cache
def _writing(sqlite: bool) -> Any:
    """Built once: building a statement costs more than running it."""
    table: Any = Schedule.__table__
    insert = sqlite_insert(table) if sqlite else postgresql_insert(table)
    columns = ("work_date", "step", "due_at", "stale_at")
    return insert.on_conflict_do_update(
        index_elements=["person_id", "kind"],
        set_={name: insert.excluded[name] for name in columns},
        where=or_(
            table.c.step <= MOST,
            insert.excluded.step > MOST,
            insert.excluded.work_date > table.c.work_date,
        ),
    )


async def remove_schedules(session: AsyncSession, slots: Collection[Slot]) -> None:
    """Takes rows away."""
    if not slots:
        return
    connection = await session.connection()
    await connection.execute(
        delete(Schedule).where(
            Schedule.person_id == bindparam("who"),
            Schedule.kind == bindparam("of_kind", type_=Schedule.kind.type),
        ),
        [{"who": person_id, "of_kind": kind} for person_id, kind in sorted(slots)],
    )


async def write_rounds(session: AsyncSession, ended: Sequence[Ended], *, now: datetime) -> list[Ended]:
    """Writes the rounds; gives those that nobody had written before."""
    if not ended:
        return []
    statement = (
        insert_into(session, Round)
        .on_conflict_do_nothing(index_elements=["person_id", "work_date", "kind", "step"])
        .returning(Round.person_id, Round.work_date, Round.kind, Round.step)
    )
    connection = await session.connection()
    written = await connection.execute(
        statement,
        [
            {
                "person_id": one.person_id,
                "work_date": one.work_date,
                "kind": one.kind,
                "step": one.step,
                "state": one.state,
                "due_at": one.due_at,
                "done_at": now,
            }
            for one in sorted(ended, key=lambda one: one.key)
        ],
        execution_options={"insertmanyvalues_page_size": PAGE},
    )
    won = {tuple(row) for row in written}
    return [one for one in ended if one.key in won]


async def write_digests(session: AsyncSession, won: Sequence[Ended], *, now: datetime) -> None:
    """The summaries of the rounds just won, with what they cover."""
    rows = [
        {
            "kind": DigestKind.PERSON if one.kind is RoundKind.DIGEST else DigestKind.TEAM,
            "person_id": one.person_id,
            "week": one.work_date,
            "first": one.covers.first,
            "last": one.covers.last,
            "cut_from": one.covers.cut_from,
            "cut_to": one.covers.cut_to,
            "created_at": now,
        }
        for one in won
        if one.covers is not None
    ]
    if rows:
        connection = await session.connection()
        await connection.execute(
            insert_into(session, Digest).on_conflict_do_nothing(index_elements=["kind", "person_id", "week"]),
            rows,
        )


async def write_messages(session: AsyncSession, won: Sequence[Ended], *, now: datetime) -> None:
    """The outbox rows of the rounds just won."""
    letters = [
        outbox.Letter(
            MESSAGES[one.kind],
            to=one.person_id,
            payload=one.payload or {},
            key=_key(one),
            stale_at=one.stale_at,
        )
        for one in won
        if one.state is RoundState.SENT
    ]
    await outbox.enqueue_many(session, letters, now=now)


def _key(one: Ended) -> str:
    key = f"{one.kind.value}:{one.person_id}:{one.work_date.isoformat()}"
    return f"{key}:{one.step}" if one.step else key
