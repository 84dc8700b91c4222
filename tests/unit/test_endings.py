"""What a failed try means, and when a delivery stops running into a server that takes nothing."""

from datetime import timedelta

import aiohttp
import pytest
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.delivery.braking import IN_A_ROW, PAUSES, TOKEN_PAUSE, Brake, Met
from bot.delivery.draining import LATEST, SOON, pause_after
from bot.delivery.endings import MOST_WORDS, ending
from models import OutboxState

WAITING, FAILED, UNCERTAIN = OutboxState.WAITING, OutboxState.FAILED, OutboxState.UNCERTAIN


def page(status: int, words: str) -> NetworkError:
    """As python-telegram-bot tells of a web page where an answer should be."""
    body = b"<html>" + b"sorry " * 500
    error = NetworkError(f"{words} ({status}). Parsing the server response {body!r} failed")
    error.__cause__ = TelegramError("Invalid server response")
    return error


def unconnected() -> NetworkError:
    error = TimedOut("no connection in time")
    error.__cause__ = aiohttp.ConnectionTimeoutError()
    return error


@pytest.mark.parametrize(
    ("error", "state", "kept", "met"),
    [
        (InvalidToken("Unauthorized"), WAITING, "InvalidToken", Met.STRANGER),
        (InvalidToken("Not Found (404)"), WAITING, "InvalidToken", Met.STRANGER),
        (Conflict("terminated by other getUpdates request"), WAITING, "Conflict", Met.ANSWER),
        (TelegramError("Invalid server response"), UNCERTAIN, "Invalid server response", Met.TROUBLE),
        (NetworkError("Internal Server Error"), WAITING, "Internal Server Error", Met.TROUBLE),
        (NetworkError("Bad Gateway"), WAITING, "Bad Gateway", Met.TROUBLE),
        (NetworkError("Service Unavailable"), WAITING, "Service Unavailable", Met.TROUBLE),
        (NetworkError("Gateway Timeout"), UNCERTAIN, "Gateway Timeout", Met.TROUBLE),
        (page(502, "Bad Gateway"), UNCERTAIN, "Bad Gateway (502)", Met.TROUBLE),
        (page(503, "Service Unavailable"), WAITING, "Service Unavailable (503)", Met.TROUBLE),
        (page(504, "Gateway Timeout"), UNCERTAIN, "Gateway Timeout (504)", Met.TROUBLE),
        (unconnected(), WAITING, "no connection in time", Met.TROUBLE),
        (BadRequest("x" * 900), FAILED, "x" * MOST_WORDS, Met.ANSWER),
        (ZeroDivisionError(), FAILED, "ZeroDivisionError", Met.NOTHING),
    ],
)
def test_what_a_failed_try_means(error: Exception, state: OutboxState, kept: str, met: Met) -> None:
    end = ending(error, begun=False)
    assert (end.state, end.error, end.met) == (state, kept, met)
    if state is WAITING:
        assert ending(error, begun=True).state is UNCERTAIN


def test_a_token_nobody_knows_uses_up_no_attempt() -> None:
    assert ending(InvalidToken("Unauthorized"), begun=False).wait == timedelta(seconds=TOKEN_PAUSE)


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def braking(clock: Clock) -> Brake:
    """One that has just closed."""
    brake = Brake(clock)
    for row in range(IN_A_ROW):
        assert brake.admits(row)
        assert not brake.wait
        brake.ended(row, Met.TROUBLE)
    return brake


def test_trouble_in_a_row_lets_one_probe_through_at_a_time() -> None:
    clock = Clock()
    brake = braking(clock)
    assert brake.on
    for pause in (*PAUSES, PAUSES[-1]):
        assert brake.wait == pause
        assert not brake.admits(50)
        clock.at += pause
        assert brake.wait == 0
        assert brake.admits(51)
        assert not brake.admits(52)
        assert brake.wait > 0, "a probe is under way"
        brake.ended(53, Met.TROUBLE)  # one that left before: no pause grows by it
        brake.ended(51, Met.TROUBLE)


def test_an_answer_opens_the_way() -> None:
    clock = Clock()
    brake = braking(clock)
    brake.ended(99, Met.ANSWER)
    assert not brake.on
    assert brake.admits(1)
    assert brake.wait == 0
    brake.ended(1, Met.TROUBLE)
    assert not brake.on, "it counts anew"


def test_trouble_now_and_then_brakes_nothing() -> None:
    brake = Brake(Clock())
    for _ in range(IN_A_ROW):
        brake.ended(1, Met.TROUBLE)
        brake.ended(2, Met.ANSWER)
        brake.ended(3, Met.NOTHING)
    assert not brake.on


def test_a_probe_that_told_nothing_or_was_cut_off_makes_room_for_another() -> None:
    clock = Clock()
    brake = braking(clock)
    clock.at += PAUSES[0]
    assert brake.admits(1)
    brake.ended(1, Met.NOTHING)
    assert brake.admits(2)
    brake.forget(2)
    assert brake.admits(3)


def test_a_token_nobody_knows_brakes_at_once_and_for_long() -> None:
    brake = Brake(Clock())
    brake.ended(1, Met.STRANGER)
    assert brake.wait == TOKEN_PAUSE


@pytest.mark.parametrize(("took", "pause"), [(0.001, SOON), (0.05, 1.0), (3.0, LATEST)])
def test_a_look_that_costs_much_is_not_repeated_soon(took: float, pause: float) -> None:
    assert pause_after(took) == pause
