"""The scheduler's call: batch after batch at once, each in a transaction of its own."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import running
from models import AuditEvent
from models.engine import Database
from services import audit
from services.clock import OfficeClock
from simulator import Limits, Simulator
from tests.conversations.edges import deps_of


async def test_batches_follow_each_other_until_nothing_is_due(db: Database, now: datetime) -> None:
    clock = OfficeClock(now)
    seen: list[int] = []

    async def four_batches(session: AsyncSession, at: datetime) -> bool:
        seen.append(await session.scalar(select(func.count(AuditEvent.id))) or 0)
        audit.record(session, "batch", actor_id=None, subject="test", subject_id=None, now=at)
        return len(seen) % 4 != 0

    async with (
        Simulator(limits=Limits.off(), clock=clock) as sim,
        running(deps_of(sim, db, clock), [], four_batches) as program,
    ):
        await program.tick()
    assert len(seen) >= 4
    assert seen == list(range(len(seen)))  # what one batch wrote, the next one found committed
