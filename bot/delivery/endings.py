"""What a failed try means for its row, and for whom it was."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.braking import TOKEN_PAUSE, Met
from bot.network import never_left
from models import OutboxState
from models.engine import is_away
from services.groups import Problem
from services.outbox import NOT_JOINED

NEVER_MET = "chat not found"
PROBLEMS = {
    NEVER_MET: Problem.REMOVED,
    "group chat was deactivated": Problem.REMOVED,
    "topic_closed": Problem.TOPIC_CLOSED,
    "message thread not found": Problem.TOPIC_GONE,
    "topic_deleted": Problem.TOPIC_GONE,
    "not enough rights": Problem.NO_RIGHTS,
    "have no rights": Problem.NO_RIGHTS,
    "chat_write_forbidden": Problem.NO_RIGHTS,
    "chat_send_plain_forbidden": Problem.NO_RIGHTS,
    "chat_restricted": Problem.NO_RIGHTS,
}
"""What Telegram says of a group, and what keeps us from it then."""
MOST_WORDS = 200
"""Letters kept of what went wrong."""
PAGE = re.compile(r"\. Parsing the server response .*", re.DOTALL)
"""How python-telegram-bot adds a web page where an answer should be."""


class NotJoined(Exception):
    """There is no account to tell it to."""


class NotLinked(Exception):
    """The group was let go before its notice was sent."""


class TooLate(Exception):
    """What it says was for an hour that has passed. `until`: when it is told after all; None: never."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__()
        self.until = until


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a row after a try.

    WAITING: surely not sent, so to be tried again (after `wait`; at `until`, when it was not even tried).
    """

    state: OutboxState
    error: str | None = None
    wait: timedelta | None = None
    until: datetime | None = None
    gone: bool = False
    """Nothing reaches this person until they come back."""
    problem: Problem | None = None
    """What keeps everything from this group."""
    moved_to: int | None = None
    """The chat this group is now."""
    bug: bool = False
    met: Met = Met.NOTHING


def ending(error: Exception, *, begun: bool) -> Ending:
    """What a failed try means. `begun`: a part of the notice has arrived, so it must not be repeated."""
    match error:
        case NotJoined():
            return Ending(OutboxState.FAILED, NOT_JOINED)
        case NotLinked():
            return Ending(OutboxState.FAILED, "not linked")
        case TooLate():
            state = OutboxState.FAILED if error.until is None else OutboxState.WAITING
            return Ending(state, "stale", until=error.until)
        case ChatMigrated():
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "ChatMigrated", moved_to=error.new_chat_id, met=Met.ANSWER)
        case RetryAfter():
            wait = error.retry_after
            wait = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "RetryAfter", wait=wait)  # often the pace's own: it says nothing of the way
        case Forbidden():
            words = shortened(error.message)
            return Ending(OutboxState.FAILED, words, gone=True, problem=Problem.REMOVED, met=Met.ANSWER)
        case BadRequest():
            said = error.message.casefold()
            problem = next((one for words, one in PROBLEMS.items() if words in said), None)
            words, gone = shortened(error.message), NEVER_MET in said
            return Ending(OutboxState.FAILED, words, gone=gone, problem=problem, met=Met.ANSWER)
        case InvalidToken():
            # It says nothing of the notice, so it uses up no attempt.
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "InvalidToken", wait=timedelta(seconds=TOKEN_PAUSE), met=Met.STRANGER)
        case NetworkError():
            surely_not = not begun and _did_nothing(error)
            state = OutboxState.WAITING if surely_not else OutboxState.UNCERTAIN
            return Ending(state, shortened(error.message), met=Met.TROUBLE)
        case Conflict():
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "Conflict", met=Met.ANSWER)
        case TelegramError():  # an answer that cannot be read: it may have been a yes
            return Ending(OutboxState.UNCERTAIN, shortened(error.message), met=Met.TROUBLE)
        case _ if is_away(error) and not begun:
            return Ending(OutboxState.WAITING, type(error).__name__)
        case _:
            state = OutboxState.UNCERTAIN if begun else OutboxState.FAILED
            return Ending(state, type(error).__name__, bug=True)


def _did_nothing(error: NetworkError) -> bool:
    """Whether a call surely had no effect.

    The Bot API's own no is one (500, 502, 503), but for 504: it gave up waiting for somebody who may have
    done it. A web page comes from a gateway, which does not know what became of the call, unless it let
    nothing through (503).
    """
    if never_left(error):
        return True
    words = error.message.casefold()
    if "service unavailable" in words:
        return True
    return error.__cause__ is None and "gateway time" not in words


def shortened(words: str) -> str:
    """What is kept of what a server said: no web page, and not without end."""
    return PAGE.sub("", words)[:MOST_WORDS]
