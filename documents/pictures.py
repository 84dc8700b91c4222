"""The picture of a week: progress per RHK as bars, participation by day; what is drawn, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One RHK. `share`: done ÷ target, 0 to 1 and beyond; None: nothing that can be measured.

    `value` is written at the bar («7 dari 12 dokumen»); `expected`: where one would be by now, 0 to 1.
    """

    label: str
    share: float | None
    value: str
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """One work date: how many reported of those who were asked. `asked` 0: nobody was (a day off)."""

    label: str
    reported: int
    asked: int


@dataclass(frozen=True, slots=True)
class WeekPicture:
    """Everything that is written and drawn, in the reader's language, in order from top to bottom."""

    title: str
    subtitle: str
    bars_title: str
    bars: tuple[Bar, ...]
    days_title: str
    days: tuple[DayCount, ...]
    empty: str
    """Said where there is nothing to draw."""
    footer: str = ""
