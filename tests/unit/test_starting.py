"""Starting: who is waited for, and the one sentence when it cannot be."""

import asyncio
import errno
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot import starting
from bot.settings import load_settings
from bot.starting import CannotStart, reason, sentence, until_it_works

TOKEN = "123456:" + "A" * 35
SETTINGS = load_settings(
    {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://name:secret@api.example.go.id:8081"}
)


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as found:
        yield found


class Server:
    """Fails as told, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "ready"


async def test_the_network_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "PAUSES", (0.0, 0.01))
    server = Server(NetworkError("x"), TimedOut(), RetryAfter(0), NetworkError("y"))
    assert await until_it_works(server, asyncio.Event(), what="get_me") == "ready"
    assert server.calls == 5


@pytest.mark.parametrize("error", [InvalidToken("x"), BadRequest("bad webhook")])
async def test_what_another_try_does_not_change_is_told_at_once(error: Exception) -> None:
    server = Server(error)
    with pytest.raises(type(error)):
        await until_it_works(server, asyncio.Event(), what="get_me")
    assert server.calls == 1


async def test_stopping_ends_the_wait_at_once() -> None:
    async def never() -> str:
        await asyncio.sleep(60)
        return "late"

    for call in (never, Server(*[NetworkError("x")] * 9)):
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, stop.set)
        async with asyncio.timeout(1):
            assert await until_it_works(call, stop, what="get_me") is None


@pytest.mark.parametrize(
    ("error", "variable"),
    [
        (InvalidToken(f"The token `{TOKEN}` was rejected by the server."), "TELEGRAM_BOT_TOKEN"),
        (NetworkError(f"http://x/bot{TOKEN}"), "TELEGRAM_API_URL"),
        (TimedOut(), "TELEGRAM_API_URL"),
        (RetryAfter(9), "TELEGRAM_API_URL"),
        (OperationalError("SELECT 'Ani'", {}, OSError("secret")), "DATABASE_URL"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "secret"), "DATABASE_URL"),
        (CannotStart("WEBHOOK_PORT 80 cannot be used: permission denied."), "WEBHOOK_PORT"),
        (ExceptionGroup("two", [ExceptionGroup("one", [InvalidToken(TOKEN)])]), "TELEGRAM_BOT_TOKEN"),
    ],
)
def test_one_sentence_names_the_variable(error: Exception, variable: str) -> None:
    said = sentence(error, SETTINGS)
    assert said.startswith(variable)
    assert said.endswith(".")
    assert "\n" not in said
    for private in (TOKEN, "secret", "Ani"):
        assert private not in said


@pytest.mark.parametrize("error", [ValueError("198801122011012002"), BadRequest("Ani"), KeyError("x")])
def test_a_fault_of_ours_is_found_in_the_log(
    error: Exception, logs: list[structlog.typing.EventDict]
) -> None:
    said = sentence(error, SETTINGS)
    (event,) = logs
    assert event["event"] == "command_failed"
    assert event["reference"] in said
    assert str(error) not in said


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EADDRINUSE, "secret"), "address already in use"),
        (OSError(-2, "secret"), "unknown host"),
        (TimeoutError(), "TimeoutError"),
        (OperationalError("x", {}, ConnectionError("secret")), "ConnectionError"),
    ],
)
def test_the_reason_is_never_a_message(error: Exception, told: str) -> None:
    assert reason(error) == told
