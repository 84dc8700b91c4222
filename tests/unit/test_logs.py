"""Logs tell what happened by name and id; a token or a typed text never gets in."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import configure_logs, scrub
from bot.settings import TOKEN

SECRET = "7000000001:AAH-" + "x_Y9" * 8
SHORT = "123:" + "abcdefghij" * 2
TYPED = "Menyusun laporan rahasia"


class Stderr:
    """What was written to stderr so far."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured
        self._text = ""

    def text(self) -> str:
        self._text += self._captured.readouterr().err
        return self._text

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str]) -> Iterator[Stderr]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in logging.Logger.manager.loggerDict}
    yield Stderr(capsys)
    root.handlers[:] = before
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    structlog.reset_defaults()


@pytest.mark.parametrize("token", [SECRET, SHORT])
@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "https://api.telegram.org/bot{}/sendMessage",
        "https://api.telegram.org/file/bot{}/photos/a.jpg",
        "token={}",
        "'{}'",
        "x{}",
    ],
)
def test_a_token_is_masked_wherever_it_stands(token: str, frame: str) -> None:
    assert TOKEN.fullmatch(token)
    assert token.split(":")[1] not in scrub(frame.format(token))
    assert "<token>" in scrub(frame.format(token))
    assert token.split(":")[1] not in scrub(frame.format(token.replace(":", "%3A")))


@given(st.from_regex(TOKEN, fullmatch=True))
def test_whatever_the_settings_take_for_a_token_is_masked(token: str) -> None:
    assert scrub(f"/bot{token}/getMe") == "/bot<token>/getMe"


@pytest.mark.parametrize("text", ["12:30", "2026-11-18T15:25:00+07:00", "127.0.0.1:8081", "chat 1001:5"])
def test_other_texts_stay(text: str) -> None:
    assert scrub(text) == text


def test_an_event_is_a_name_and_fields(stderr: Stderr) -> None:
    configure_logs(style="json")
    structlog.get_logger().info("day_submitted", day_id=5)
    (line,) = stderr.events()
    assert line["event"] == "day_submitted"
    assert line["day_id"] == 5
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_an_exception_leaves_its_place_and_kind_but_not_its_message(stderr: Stderr) -> None:
    configure_logs(style="json")
    try:
        raise ValueError(f"cannot take {TYPED!r}")
    except ValueError:
        structlog.get_logger().exception("update_failed", reference="AB12")
        logging.getLogger("anything").exception("it failed")
    ours, theirs = stderr.events()
    assert (ours["event"], ours["reference"], ours["error"]) == ("update_failed", "AB12", "ValueError")
    assert theirs["error"] == "ValueError"
    assert any("test_logs.py" in place for place in ours["at"])
    assert TYPED not in stderr.text()


def test_an_exception_handed_over_is_treated_alike(stderr: Stderr) -> None:
    configure_logs(style="json")
    error = RuntimeError(TYPED)
    structlog.get_logger().error("delivery_failed", exc_info=error)
    logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=error)
    assert [line["error"] for line in stderr.events()] == ["RuntimeError", "RuntimeError"]
    assert TYPED not in stderr.text()


@pytest.mark.parametrize("style", ["json", "text"])
def test_no_token_gets_out_by_any_way(stderr: Stderr, style: str) -> None:
    configure_logs(style=style)
    url = f"https://api.telegram.org/bot{SECRET}/getUpdates"
    structlog.get_logger().warning("odd", url=url, nested={"a": [url]})
    logging.getLogger("httpx").warning("HTTP Request: POST %s", url)
    logging.getLogger("somebody").error(url)
    try:
        raise ConnectionError(url)
    except ConnectionError:
        logging.getLogger("somebody").exception("failed")
        structlog.get_logger().exception("failed")
    written = stderr.text()
    assert written.count("\n") >= 5
    assert SECRET not in written
    assert SECRET.split(":")[1] not in written


def test_talkative_libraries_are_quiet(stderr: Stderr) -> None:
    configure_logs(style="json")
    for name in ("httpx", "telegram.ext.Application", "apscheduler.scheduler", "alembic.runtime.migration"):
        logging.getLogger(name).info("something %s", SECRET)
    logging.getLogger("ours").debug("nothing")
    assert stderr.events() == []


def test_text_is_one_readable_line(stderr: Stderr) -> None:
    configure_logs(style="text")
    structlog.get_logger().info("running", mode="polling")
    (line,) = stderr.text().splitlines()
    assert "running" in line
    assert "mode=polling" in line
    assert "\x1b" not in line
