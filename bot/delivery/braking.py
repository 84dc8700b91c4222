"""What keeps a delivery from running its rows one after the other into a server that does not take them.

Calls that went wrong in a row close the way. Then one row at a time goes as a probe, after pauses that grow;
the first answer of Telegram opens it again. Rows that were claimed meanwhile go back untried.
"""

import enum
from collections.abc import Callable

import structlog

log = structlog.get_logger()
IN_A_ROW = 4
"""So many calls without a usable answer, and none with one between them, are no accident."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds before each probe."""
TOKEN_PAUSE = 60.0
"""Seconds between probes when Telegram does not know the token: only somebody at the settings helps."""


class Met(enum.Enum):
    """What a try says of Telegram, whatever became of its row."""

    NOTHING = enum.auto()
    """It did not get as far."""
    ANSWER = enum.auto()
    TROUBLE = enum.auto()
    """No answer, or one that none of its servers meant."""
    STRANGER = enum.auto()
    """It does not know the token."""


class Brake:
    """`clock`: seconds, running evenly."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._in_a_row = 0
        self._probes = 0
        self._probe: int | None = None
        self._not_before = 0.0
        self.on = False
        """Only probes go."""

    @property
    def wait(self) -> float:
        """Seconds until it is worth claiming; a probe in flight is waited for."""
        if not self.on:
            return 0.0
        left = max(0.0, self._not_before - self._clock())
        return left or (PAUSES[0] if self._probe is not None else 0.0)

    def admits(self, row_id: int) -> bool:
        """Whether this row may be tried now; when the brake is on, it is the probe then."""
        if self.on:
            if self.wait:
                return False
            self._probe = row_id
        return True

    def ended(self, row_id: int, met: Met) -> None:
        """A try has ended."""
        was_probe, first = row_id == self._probe, not self.on
        self.forget(row_id)
        if met is Met.ANSWER:
            if self.on:
                log.info("delivery_goes_on", probes=self._probes)
            self._in_a_row = self._probes = 0
            self.on = False
        elif met is not Met.NOTHING:
            self._in_a_row += 1
            self.on = self.on or met is Met.STRANGER or self._in_a_row >= IN_A_ROW
            if self.on and (first or was_probe):
                self._pause(met)

    def forget(self, row_id: int) -> None:
        """It was not tried after all."""
        if row_id == self._probe:
            self._probe = None

    def _pause(self, met: Met) -> None:
        pause = PAUSES[min(self._probes, len(PAUSES) - 1)]
        self._probes += 1
        if met is Met.STRANGER:
            pause = TOKEN_PAUSE
            log.error("token_refused", hint="Telegram does not know TELEGRAM_BOT_TOKEN; notices wait for it")
        elif self._probes == 1:
            log.warning("delivery_brakes", in_a_row=self._in_a_row)
        self._not_before = self._clock() + pause
