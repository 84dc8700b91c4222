"""The program ends with an error while a notice is under way: it lands, is recorded, and nothing hangs."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select

from bot.app import running
from bot.context import Feature
from models import OutboxMessage, OutboxState
from models.engine import Database
from services import outbox
from services.clock import OfficeClock
from services.errors import Unavailable
from simulator import Limits, Simulator
from tests.conversations.edges import deps_of
from tests.conversations.test_delivery import on_told
from tests.office import Office, user_of


async def test_an_error_of_the_program_lets_what_is_in_flight_land(
    db: Database, office: Office, now: datetime
) -> None:
    clock = OfficeClock(now)
    async with Simulator(limits=Limits.off(), clock=clock) as sim:
        ani = sim.person("Ani", user_id=user_of(office.ani))
        ani.chat.started = True
        sim.fault("sendMessage", kind="delay", seconds=0.3)

        async def fails() -> None:
            feature = Feature(name="told", notices={"told": on_told})
            async with running(deps_of(sim, db, clock), [feature], None) as program:
                async with db.writing() as session:
                    await outbox.enqueue(
                        session, "told", to=office.ani, now=clock(), payload={"text": "Halo"}
                    )
                program.delivery.wake()
                while not sim.core.in_flight:  # noqa: ASYNC110 - it ends by itself
                    await asyncio.sleep(0.005)
                raise Unavailable

        async with asyncio.timeout(4):
            with pytest.raises(ExceptionGroup) as met:
                await fails()
        assert met.value.subgroup(Unavailable)
        assert [one.text for one in ani.messages] == ["Halo"]
    async with db.reading() as session:
        assert list(await session.scalars(select(OutboxMessage.state))) == [OutboxState.SENT]
