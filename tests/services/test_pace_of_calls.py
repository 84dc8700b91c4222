"""What one process lets leave: which calls count, bursts in a chat, groups, silence, and what comes back."""

import time
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.pacing import BURST, Pace, PacedCalls, Slot, cost_of, in_bulk
from models.engine import Database
from services.pacing import AHEAD, GIVING_WAY, Rates

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
    pace = Pace(db, Rates(per_second=4))
    ahead = int(AHEAD * 4)
    for chat in range(1, ahead + 1):
        assert await admitted(pace, chat) < 1 / 4
    assert await admitted(pace, 999) < 1 / 4
    assert await admitted(pace, 1000) > 0.01, "a quarter of a second, less what the others took"
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


class Hands:
    """Clocks that are moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


async def test_who_gave_way_for_long_gets_a_slot_whatever_others_got(db: Database) -> None:
    """Two drains share the pace: the patience of one is not used up by the other."""
    hands = Hands()
    pace = Pace(db, Rates(per_second=10), clock=hands, wall=hands)
    assert (await pace.take(100)).slots == 100
    for who in ("told", "drawn"):
        assert (await pace.take(4, who)).slots == 0
    hands.at += GIVING_WAY * 1.1
    assert [(await pace.take(4, who)).slots for who in ("told", "drawn", "told")] == [1, 1, 0]


async def test_a_chat_that_is_refused_rests_alone(pace: Pace) -> None:
    await pace.refused(5, 30)
    assert pace.held_for == 0
    with in_bulk(Slot()), pytest.raises(RetryAfter) as waits:
        await pace.admit(5, 1, edit=False)
    assert waits.value._retry_after > timedelta(seconds=29)
    with in_bulk(Slot()):
        await pace.admit(6, 1, edit=False)
    assert await admitted(pace, 6) < EACH
    assert await admitted(pace, 5, edit=True) < EACH


async def test_a_chat_refused_again_and_again_does_not_stop_the_bulk_of_others(db: Database) -> None:
    hands = Hands()
    # PostgreSQL counts by its own clock, which is not moved: at this rate that never matters.
    pace = Pace(db, Rates(per_second=1000), clock=hands, wall=hands)
    for second in range(20):
        if second % 2 == 0:
            await pace.refused(7, 3)
        hands.at += 1
        assert (await pace.take(7)).slots == 1, "one at a time while it is open whether it is the whole bot"
        assert not (await pace.take(7)).slots
    pace.arrived(8, begun=hands.at)
    hands.at += 1
    assert (await pace.take(7)).slots == 7
    await pace.refused(9, 3)
    assert not pace.held_for, "another chat, but something had arrived in between"


async def test_a_refusal_of_the_whole_bot_stops_all_at_the_second_chat(pace: Pace, db: Database) -> None:
    began = pace.now()
    await pace.refused(5, 30)
    await pace.refused(5, 30)
    pace.arrived(7, begun=began - 1)  # it had left before and says nothing
    assert not pace.held_for
    await pace.refused(6, 20)
    assert 19 < pace.held_for <= 20, "as long as both say so"
    assert (await pace.take(4)).held > 19
    with in_bulk(Slot()), pytest.raises(RetryAfter):
        await pace.admit(8, 1, edit=False)
    with in_bulk(Slot(used=1)), pytest.raises(RetryAfter):
        await Pace.admit(await _held(db, 40), 8, 1, edit=False)


async def _held(db: Database, seconds: float) -> Pace:
    pace = Pace(db, FAST)
    await pace.refused(1, seconds)
    await pace.refused(2, seconds)
    return pace


async def test_a_silence_of_the_whole_bot_holds_answers_too(pace: Pace) -> None:
    await pace.refused(5, 0.3)
    assert await admitted(pace, 7) < EACH
    await pace.refused(6, 0.3)
    assert await admitted(pace, 7) > EACH, "what is left of the time that both were told"


async def test_bulk_waits_for_the_end_of_a_silence_and_answers_only_so_long(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pacing.LONGEST_WAIT", 0.1)
    await pace.refused(5, 0.4)
    await pace.refused(6, 0.4)
    assert 0.05 < await admitted(pace, 7) < 0.3
    began = time.perf_counter()
    with in_bulk(Slot(used=1)), pytest.raises(RetryAfter):
        await pace.admit(8, 1, edit=False)
    assert time.perf_counter() - began < 0.2, "too long to be waited for in hand"


async def test_a_silence_is_taken_up_by_the_next_process(db: Database, pace: Pace) -> None:
    await pace.refused(5, 30)
    other = Pace(db, FAST)
    await other._recall()
    assert not other.held_for
    await other.refused(6, 30)
    assert other.held_for > 28, "the first chat was refused in another process"
    third = Pace(db, FAST)
    await third._recall()
    assert 28 < third.held_for <= 30


async def test_a_chat_that_was_refused_for_itself_speaks_for_no_other_process(
    db: Database, pace: Pace
) -> None:
    await pace.refused(5, 30)
    pace.arrived(7, begun=pace.now())
    await pace._settle()
    other = Pace(db, FAST)
    await other.refused(6, 30)
    assert not other.held_for


async def test_a_refusal_is_noticed_and_passed_on(pace: Pace) -> None:
    async def refuses() -> bool:
        raise RetryAfter(timedelta(seconds=12))

    calls = PacedCalls(pace)
    with pytest.raises(RetryAfter):
        await calls.process_request(refuses, (), {}, "sendMessage", {"chat_id": 5}, None)
    with in_bulk(Slot()), pytest.raises(RetryAfter):
        await pace.admit(5, 1, edit=False)
    for endpoint in ("setMyCommands", "answerCallbackQuery", "setMessageReaction"):
        with pytest.raises(RetryAfter):
            await calls.process_request(refuses, (), {}, endpoint, {"chat_id": 6}, None)
    assert not pace.held_for, "what is no message has a limit of its own"
    with pytest.raises(RetryAfter):
        await calls.process_request(refuses, (), {}, "sendMessage", {"chat_id": 6}, None)
    assert 11 < pace.held_for <= 12


async def test_what_arrives_shows_that_the_refusal_was_the_chats_own(pace: Pace) -> None:
    async def arrives() -> bool:
        return True

    await pace.refused(5, 30)
    await PacedCalls(pace).process_request(arrives, (), {}, "editMessageText", {"chat_id": 6}, None)
    await pace.take(4)
    assert not (await pace.take(4)).slots, "an edit may have a limit of its own"
    await PacedCalls(pace).process_request(arrives, (), {}, "sendMessage", {"chat_id": 6}, None)
    assert (await pace.take(4)).slots == 4


async def test_without_limits_nothing_waits_but_silence_is_kept(db: Database) -> None:
    pace = Pace(db, Rates.off())
    assert await admitted(pace, -5, times=20) < EACH
    assert (await pace.take(32)).slots == 32
    await pace.refused(5, 10)
    await pace.refused(6, 10)
    assert (await pace.take(32)).slots == 0
