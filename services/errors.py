"""Errors of the domain. Raised in services, turned into text in one place, never shown by str().

DomainError
├── NotAllowed     the person may not do this (audited)
├── NotFound       it is not there, or not theirs to see
├── Outdated       it changed since it was shown; the current card follows
├── Invalid        what was typed cannot be taken: `field`, a `code` and its parameters
└── Unavailable    something we depend on is away; nothing is stored, try again
"""

from typing import Any


class DomainError(Exception):
    """`code` names the sentence (`errors.<code>` in the locale files); `params` fill it."""

    code = "unknown"

    def __init__(self, code: str | None = None, /, **params: Any) -> None:
        if code is not None:
            self.code = code
        self.params = params
        super().__init__(self.code)


class NotAllowed(DomainError):
    code = "not_allowed"


class NotFound(DomainError):
    code = "not_found"


class Outdated(DomainError):
    """`card`: (kind, id) of the card that shows how it is now."""

    code = "outdated"

    def __init__(
        self, code: str | None = None, /, *, card: tuple[str, int] | None = None, **params: Any
    ) -> None:
        super().__init__(code, **params)
        self.card = card


class Invalid(DomainError):
    code = "invalid"

    def __init__(self, field: str, code: str, /, **params: Any) -> None:
        super().__init__(code, **params)
        self.field = field


class Unavailable(DomainError):
    code = "unavailable"
