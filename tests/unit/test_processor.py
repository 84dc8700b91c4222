"""Order per chat, side by side across chats, bounded, and what a failure means for those behind it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.processor import Processor


@dataclass(frozen=True)
class Item:
    id: int
    chat: int = 1


class Fault(Exception):
    """Something went wrong before the commit."""


@dataclass
class Handler:
    """Handles items as told, and notes what happened."""

    open: dict[int, asyncio.Event] = field(default_factory=dict)
    failing: set[int] = field(default_factory=set)
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    after: Callable[[Item], Awaitable[None]] | None = None

    def holds(self, *ids: int) -> None:
        for one in ids:
            self.open[one] = asyncio.Event()

    def lets(self, *ids: int) -> None:
        for one in ids:
            self.open[one].set()

    async def __call__(self, item: Item) -> None:
        self.begun.append(item.id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if item.id in self.open:
                await self.open[item.id].wait()
            if item.id in self.failing:
                raise Fault
            if self.after is not None:
                await self.after(item)
            self.ended.append(item.id)
        finally:
            self.at_once -= 1


def processor_of(handler: Handler, *, limit: int = 64) -> Processor[Item]:
    return Processor(handler, identity=lambda item: item.id, chat=lambda item: item.chat, limit=limit)


async def a_while() -> None:
    """Lets everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_one_chat_is_handled_in_order() -> None:
    handler = Handler()
    handler.holds(1, 2)
    processor = processor_of(handler)
    futures = [processor.put(Item(one)) for one in (1, 2, 3)]
    await a_while()
    assert handler.begun == [1]
    handler.lets(2, 1)
    await asyncio.gather(*futures)
    assert handler.ended == [1, 2, 3]


async def test_chats_do_not_wait_for_each_other() -> None:
    handler = Handler()
    handler.holds(1)
    processor = processor_of(handler)
    slow = processor.put(Item(1, chat=1))
    await asyncio.wait_for(processor.put(Item(2, chat=2)), 1)
    assert not slow.done()
    handler.lets(1)
    await slow


async def test_at_most_so_many_at_once() -> None:
    handler = Handler()
    handler.holds(*range(20))
    processor = processor_of(handler, limit=3)
    futures = [processor.put(Item(one, chat=one)) for one in range(20)]
    await a_while()
    assert handler.at_once == 3
    handler.lets(*range(20))
    await asyncio.gather(*futures)
    assert handler.most_at_once == 3


async def test_a_chat_that_waits_takes_no_place() -> None:
    """Ten updates of one busy chat must not keep the others out."""
    handler = Handler()
    handler.holds(0)
    processor = processor_of(handler, limit=2)
    first = [processor.put(Item(one, chat=1)) for one in range(10)]
    await a_while()
    await asyncio.wait_for(processor.put(Item(99, chat=2)), 1)
    handler.lets(0)
    await asyncio.gather(*first)


async def test_done_means_committed_not_answered() -> None:
    handler = Handler()
    handler.holds(1)
    processor = processor_of(handler)
    future = processor.put(Item(1))
    await a_while()
    processor.committed(1)
    await asyncio.wait_for(future, 1)
    assert handler.ended == []
    handler.lets(1)
    await processor.drain()
    assert handler.ended == [1]


async def test_a_commit_nobody_waits_for_is_nothing() -> None:
    processor = processor_of(Handler())
    processor.committed(5)
    await processor.put(Item(5))
    processor.committed(5)


async def test_a_failure_fails_those_behind_it_in_the_same_chat() -> None:
    handler = Handler(failing={2})
    processor = processor_of(handler)
    futures = [processor.put(Item(one)) for one in (1, 2, 3, 4)]
    other = processor.put(Item(5, chat=2))
    found = await asyncio.gather(*futures, other, return_exceptions=True)
    assert [type(one) for one in found] == [type(None), Fault, Fault, Fault, type(None)]
    assert handler.begun.count(3) == handler.begun.count(4) == 0
    handler.failing.clear()
    await asyncio.gather(*(processor.put(Item(one)) for one in (2, 3, 4)))
    assert [one for one in handler.ended if one != 5] == [1, 2, 3, 4]


async def test_a_failure_after_the_commit_is_no_failure_of_the_update() -> None:
    handler = Handler(failing={1})
    handler.holds(1)
    processor = processor_of(handler)
    first, second = processor.put(Item(1)), processor.put(Item(2))
    await a_while()
    processor.committed(1)
    handler.lets(1)
    await asyncio.gather(first, second)
    assert handler.ended == [2]


async def test_the_same_update_in_hand_is_handled_once() -> None:
    handler = Handler()
    handler.holds(1)
    processor = processor_of(handler)
    first = processor.put(Item(1))
    again = processor.put(Item(1))
    assert again is first
    handler.lets(1)
    await first
    await processor.drain()
    assert handler.begun == [1]


async def test_who_stops_waiting_stops_nothing() -> None:
    handler = Handler()
    handler.holds(1)
    processor = processor_of(handler)
    future = processor.put(Item(1))
    later = processor.put(Item(2))
    await a_while()
    future.cancel()
    processor.committed(1)
    handler.lets(1)
    await later
    assert handler.ended == [1, 2]


async def test_drain_waits_for_everything_in_hand() -> None:
    handler = Handler()
    handler.holds(1, 2)
    processor = processor_of(handler)
    processor.put(Item(1, chat=1))
    processor.put(Item(2, chat=1))
    processor.put(Item(3, chat=2))
    draining = asyncio.create_task(processor.drain())
    await a_while()
    assert not draining.done()
    handler.lets(1)
    await a_while()
    assert not draining.done()
    handler.lets(2)
    await asyncio.wait_for(draining, 1)
    assert sorted(handler.ended) == [1, 2, 3]
    await asyncio.wait_for(processor.drain(), 1)


async def test_drain_survives_failures_and_complains_to_nobody() -> None:
    """With warnings as errors, an exception nobody fetched would fail this test."""
    processor = processor_of(Handler(failing={1, 2}))
    processor.put(Item(1))
    processor.put(Item(2))
    await processor.drain()


async def test_nothing_is_kept_of_what_is_done() -> None:
    processor = processor_of(Handler(failing={5}))
    futures = [processor.put(Item(one, chat=one % 3)) for one in range(30)]
    await asyncio.gather(*futures, return_exceptions=True)
    await processor.drain()
    assert not processor._tails
    assert not processor._pending


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=30),
    st.sets(st.integers(0, 29), max_size=5),
    st.integers(1, 5),
)
def test_whatever_comes_each_chat_keeps_its_order(chats: list[int], failing: set[int], limit: int) -> None:
    async def run() -> None:
        handler = Handler(failing=failing)
        processor = processor_of(handler, limit=limit)
        items = [Item(number, chat) for number, chat in enumerate(chats)]
        futures = [processor.put(item) for item in items]
        results = await asyncio.gather(*futures, return_exceptions=True)
        for chat in set(chats):
            mine = [item.id for item in items if item.chat == chat]
            failed_at = next((place for place, one in enumerate(mine) if one in failing), len(mine))
            assert [one for one in handler.ended if one in mine] == mine[:failed_at]
            for place, one in enumerate(mine):
                assert isinstance(results[one], Fault) == (place >= failed_at)
        assert handler.most_at_once <= limit

    asyncio.run(run())


async def test_an_item_put_behind_a_failed_one_that_is_gone_starts_anew() -> None:
    handler = Handler(failing={1})
    processor = processor_of(handler)
    with pytest.raises(Fault):
        await processor.put(Item(1))
    await a_while()
    await processor.put(Item(2))
    assert handler.ended == [2]


async def test_answered_is_later_than_committed() -> None:
    done = asyncio.Event()

    async def handle(item: Item) -> None:
        processor.committed(item.id)
        await done.wait()

    processor: Processor[Item] = Processor(handle, identity=lambda item: item.id, chat=lambda item: item.chat)
    assert await processor.answered(1, seconds=0), "nobody waits for what is not here"
    await processor.put(Item(1))
    assert not await processor.answered(1, seconds=0.01)
    done.set()
    assert await processor.answered(1, seconds=5)
    await processor.drain()
    assert await processor.answered(1, seconds=0)
