"""What a failed try means for its row, and for whom it was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.network import never_left
from models import OutboxState
from models.engine import is_away
from services.groups import Problem

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


def ending(error: Exception, *, begun: bool) -> Ending:
    """What a failed try means. `begun`: a part of the notice has arrived, so it must not be repeated."""
    match error:
        case NotJoined():
            return Ending(OutboxState.FAILED, "not joined")
        case NotLinked():
            return Ending(OutboxState.FAILED, "not linked")
        case TooLate():
            state = OutboxState.FAILED if error.until is None else OutboxState.WAITING
            return Ending(state, "stale", until=error.until)
        case ChatMigrated():
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "ChatMigrated", moved_to=error.new_chat_id)
        case RetryAfter():
            wait = error.retry_after
            wait = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "RetryAfter", wait=wait)
        case Forbidden():
            return Ending(OutboxState.FAILED, error.message, gone=True, problem=Problem.REMOVED)
        case BadRequest():
            said = error.message.casefold()
            problem = next((one for words, one in PROBLEMS.items() if words in said), None)
            return Ending(OutboxState.FAILED, error.message, gone=NEVER_MET in said, problem=problem)
        case NetworkError():
            surely_not = not begun and (error.__cause__ is None or never_left(error))
            return Ending(OutboxState.WAITING if surely_not else OutboxState.UNCERTAIN, error.message)
        case TelegramError():
            return Ending(OutboxState.FAILED, type(error).__name__)
        case _ if is_away(error) and not begun:
            return Ending(OutboxState.WAITING, type(error).__name__)
        case _:
            state = OutboxState.UNCERTAIN if begun else OutboxState.FAILED
            return Ending(state, type(error).__name__, bug=True)
