"""What one process lets leave: which calls count, bursts in a chat, groups, silence, and what comes back."""

import time
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.pacing import BURST, Pace, PacedCalls, Slot, cost_of, in_bulk
from models.engine import Database
from services.pacing import AHEAD, Rates

FAST = Rates(per_second=1000, chat_per_second=20, group_per_minute=60 * 20)
"""A message of a chat every 50 ms, a hundred times Telegram's pace."""
EACH = 0.05


@pytest.fixture
async def pace(db: Database) -> Pace:
    return Pace(db, FAST)


async def admitted(pace: Pace, chat_id: int, *, times: int = 1, edit: bool = False) -> float:
    """Seconds until so many calls of an answer have left."""
    began = time.perf_counter()
    for _ in range(times):
        await pace.admit(chat_id, 1, edit=edit)
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("endpoint", "data", "cost"),
    [
        ("sendMessage", {"chat_id": 1}, 1),
        ("sendPhoto", {"chat_id": 1}, 1),
        ("editMessageText", {"chat_id": 1}, 1),
        ("copyMessage", {"chat_id": 1}, 1),
        ("forwardMessages", {"chat_id": 1, "message_ids": [1, 2, 3]}, 3),
        ("sendMediaGroup", {"chat_id": 1, "media": [1, 2]}, 2),
        ("sendChatAction", {"chat_id": 1}, 0),
        ("answerCallbackQuery", {}, 0),
        ("deleteMessage", {"chat_id": 1}, 0),
        ("setMessageReaction", {"chat_id": 1}, 0),
        ("getMe", {}, 0),
        ("setMyCommands", {}, 0),
    ],
)
def test_what_counts_is_what_telegram_counts(endpoint: str, data: dict[str, Any], cost: int) -> None:
    assert cost_of(endpoint, data) == cost


async def test_a_short_burst_leaves_at_once_and_then_the_chat_has_its_pace(pace: Pace) -> None:
    assert await admitted(pace, 5, times=BURST) < EACH
    assert await admitted(pace, 5) > EACH / 2
    assert await admitted(pace, 6) < EACH / 2, "another chat"
    assert await admitted(pace, 5, edit=True) < EACH / 2, "an edit is none in a private chat"


async def test_a_group_gets_no_burst(pace: Pace) -> None:
    assert await admitted(pace, -100) < EACH / 2
    assert await admitted(pace, -100, times=2) > EACH * 1.5
    assert await admitted(pace, -100, edit=True) > EACH / 2


async def test_answers_wait_in_line_once_they_run_ahead(db: Database) -> None:
    pace = Pace(db, Rates(per_second=40))
    ahead = int(AHEAD * 40)
    for chat in range(1, ahead + 1):
        assert await admitted(pace, chat) < EACH
    assert await admitted(pace, 999) < EACH
    assert await admitted(pace, 1000) > 0.01
    assert (await pace.take(4)).slots == 0, "bulk gives way"


async def test_slots_that_nothing_left_in_come_back(db: Database) -> None:
    pace = Pace(db, Rates(per_second=10))
    while (await pace.take(4)).slots:
        pass
    pace.give_back(8)
    assert (await pace.take(4)).slots == 4


async def test_what_was_reserved_is_not_charged_again(db: Database) -> None:
    pace = Pace(db, Rates(per_second=2))
    slot = Slot(prepaid=1)
    with in_bulk(slot):
        await pace.admit(5, 1, edit=False)
    assert (slot.prepaid, slot.used) == (0, 1)
    assert (await pace.take(1)).slots == 1


async def test_silence_stops_bulk_and_not_the_answers_of_others(pace: Pace) -> None:
    await pace.refused(5, 30)
    assert 29 < pace.held_for <= 30
    assert (await pace.take(4)).held > 29
    with in_bulk(Slot()), pytest.raises(RetryAfter):
        await pace.admit(6, 1, edit=False)
    assert await admitted(pace, 6) < EACH


async def test_a_second_chat_that_is_refused_silences_answers_too(pace: Pace) -> None:
    await pace.refused(5, 0.2)
    await pace.refused(5, 0.2)
    assert await admitted(pace, 7) < EACH
    await pace.refused(6, 0.2)
    assert await admitted(pace, 7) > 0.15


async def test_a_silence_is_taken_up_by_the_next_process(db: Database, pace: Pace) -> None:
    await pace.refused(5, 30)
    other = Pace(db, FAST)
    await other._recall()
    assert 28 < other.held_for <= 30


async def test_a_refusal_is_noticed_and_passed_on(pace: Pace) -> None:
    async def refuses() -> bool:
        raise RetryAfter(timedelta(seconds=12))

    calls = PacedCalls(pace)
    with pytest.raises(RetryAfter):
        await calls.process_request(refuses, (), {}, "sendMessage", {"chat_id": 5}, None)
    assert 11 < pace.held_for <= 12


async def test_without_limits_nothing_waits_but_silence_is_kept(db: Database) -> None:
    pace = Pace(db, Rates.off())
    assert await admitted(pace, -5, times=20) < EACH
    assert (await pace.take(32)).slots == 32
    await pace.refused(5, 10)
    assert (await pace.take(32)).slots == 0
