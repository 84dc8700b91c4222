"""Starts what is due, whoever ticks: finds (`finding`), judges (`judging`), writes (`rows`).

Invariants:
1. The unique key of rounds (person, work date, kind, step) decides: only who wrote the round writes the
   outbox row and the summary, in the same transaction. Schedules only say where to look; the rules are
   applied again to every due row.
2. The number of statements does not depend on how many are due; a tick takes the newest `limit` rows and says
   whether there is more.
3. Somebody unreachable is not asked and gets no round; their schedule moves on and is there on return.
4. Nothing is started between 20:00 and 06:00 where the person is; only an own prompt time near 20:00 may be
   half an hour late.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models import RoundKind, RoundState
from services.rounds.due import Due, Outlook
from services.rounds.finding import find_due, learn
from services.rounds.groups import MESSAGE, tick_groups
from services.rounds.judging import Verdict, judge
from services.rounds.people import office_around
from services.rounds.rows import (
    MESSAGES,
    Ended,
    Slot,
    remove_schedules,
    write_digests,
    write_messages,
    write_rounds,
    write_schedules,
)

LIMIT = 200
"""Rows one tick takes: a short hold of SQLite's write lock, also on a slow machine."""


@dataclass(frozen=True, slots=True)
class TickResult:
    """What a tick did. `sent`: how many of each kind of message. `moved`: rows that ended without a round.

    `more`: rows are still due, tick again at once.
    """

    sent: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    unneeded: int = 0
    moved: int = 0
    more: bool = False

    def __add__(self, other: "TickResult") -> "TickResult":
        return TickResult(
            sent=self.sent + other.sent,
            skipped=self.skipped + other.skipped,
            unneeded=self.unneeded + other.unneeded,
            moved=self.moved + other.moved,
            more=self.more or other.more,
        )


async def tick(session: AsyncSession, *, now: datetime, limit: int = LIMIT) -> TickResult:
    """Starts, skips or moves every due round, newest first. Two queries when nothing is due."""
    result, again = await _pass(session, now=now, limit=limit)
    if again:
        # A row moved past a missed day may be due today already: it is not left to the next tick.
        following, _ = await _pass(session, now=now, limit=limit)
        result += following
    return result


async def _pass(session: AsyncSession, *, now: datetime, limit: int) -> tuple[TickResult, bool]:
    """One batch of people, and the groups. The second value: a row it moved is due itself."""
    result, again, outlook = await _people(session, now=now, limit=limit)
    summed = await tick_groups(session, outlook, now=now, limit=limit)
    given = Counter({MESSAGE: summed.sent}) if summed.sent else Counter()
    return result + TickResult(sent=given, more=summed.more), again or summed.again


async def _people(
    session: AsyncSession, *, now: datetime, limit: int
) -> tuple[TickResult, bool, Outlook | None]:
    found = await find_due(session, now=now, limit=limit)
    if not found:
        return TickResult(), False, None
    outlook = Outlook(await office_around(session, now), now=now)
    background = await learn(session, found)
    verdicts = {
        (row.person_id, row.kind): judge(row, background=background, outlook=outlook) for row in found
    }
    won = await write_rounds(
        session, [one for verdict in verdicts.values() for one in verdict.ended], now=now
    )
    await write_digests(session, won, now=now)
    await write_messages(session, won, now=now)
    moved = _following(verdicts, won)
    await remove_schedules(session, [slot for slot, verdict in verdicts.items() if verdict.following is None])
    await write_schedules(session, moved)
    states = Counter(one.state for one in won)
    result = TickResult(
        sent=Counter(MESSAGES[one.kind] for one in won if one.state is RoundState.SENT),
        skipped=states[RoundState.SKIPPED],
        unneeded=states[RoundState.UNNEEDED],
        moved=sum(not verdict.ended for verdict in verdicts.values()),
        more=len(found) == limit,
    )
    return result, any(due.due_at <= now for due in moved.values()), outlook


def _following(verdicts: dict[Slot, Verdict], won: list[Ended]) -> dict[Slot, Due]:
    """The rows to write. A prompt is followed by a reminder only for who won its round."""
    moved = {slot: verdict.following for slot, verdict in verdicts.items() if verdict.following is not None}
    for one in won:
        reminder = verdicts[one.person_id, one.kind].reminder
        if reminder is not None:
            moved.setdefault((one.person_id, RoundKind.REMINDER), reminder)
    return moved
