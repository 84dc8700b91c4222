"""One press of a button by a person, and the failure that says what a person could not do."""

from dataclasses import dataclass

from simulator.core import Core, Query, Toast
from simulator.state import Button, Message


class PersonaError(AssertionError):
    """A person could not do, or did not see, what the test said."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One press of a button and what became of it."""

    message: Message
    button: Button
    query: Query | None
    """None for buttons that open a link or copy text."""
    core: Core

    async def answered(self, timeout: float = 5) -> Toast:  # noqa: ASYNC109 - reads better in tests
        """Wait until the bot answers the press; fails when it does not."""
        if self.query is None:
            raise PersonaError(f"{self.button.text!r} is not answered by the bot")
        query = self.query
        answer = await self.core.pulse.until(lambda: query.answer, seconds=timeout)
        if answer is None:
            raise PersonaError(f"the press of {self.button.text!r} was not answered in {timeout} s")
        return answer
