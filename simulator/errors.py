"""The one way a call is refused: an error with Telegram's code, words and parameters."""

from typing import Any


class ApiError(Exception):
    """A refusal that becomes `{"ok": false, "error_code": …, "description": …}`."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(words: str, *, parameters: dict[str, Any] | None = None) -> ApiError:
    """400, with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {words}", parameters)


def forbidden(words: str) -> ApiError:
    """403, with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {words}")


def conflict(words: str) -> ApiError:
    """409, with Telegram's prefix."""
    return ApiError(409, f"Conflict: {words}")
