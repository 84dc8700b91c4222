"""A time of day as people type it: «15.30», «jam 4 sore», «setengah 5», «16», «3:30 pm». Pure."""

import re
from datetime import time

from services.clock import ZONES
from services.errors import Invalid

FIELD = "prompt_time"
LONGEST = 60

NUMBERS = {
    "satu": 1,
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "delapan": 8,
    "sembilan": 9,
    "sepuluh": 10,
    "sebelas": 11,
    "dua belas": 12,
}

PARTS = {
    "pagi": {hour: hour for hour in range(1, 12)},
    "siang": {10: 10, 11: 11, 12: 12, 1: 13, 2: 14, 3: 15},
    "sore": {hour: hour + 12 for hour in range(2, 8)},
    "petang": {hour: hour + 12 for hour in range(2, 8)},
    "malam": {hour: hour + 12 for hour in range(6, 12)},
    "am": {12: 0} | {hour: hour for hour in range(1, 12)},
    "pm": {12: 12} | {hour: hour + 12 for hour in range(1, 12)},
}
"""What an hour on the clock's face means in each part of the day."""

NEEDS_PART = range(1, 6)
"""A bare «4» is four in the morning by the clock and hardly ever meant so: it is asked again."""

SHAPE = re.compile(
    r"""(?:(?:jam|pukul|pkl\.?)\s*)?
        (?P<half>setengah\s+)?
        (?: (?P<joined>\d{4}) | (?P<hour>\d{1,2}) (?: \s?[.:]\s?(?P<minute>\d{2}) )? )
        (?: \s+(?P<move>lewat|lebih|kurang)\s+(?P<by>\d{1,2})(?:\s+menit)? )?
        (?: \s*(?P<part>pagi|siang|sore|petang|malam|am|pm) )?
        (?: \s*(?P<zone>wib|wita|wit) )?""",
    re.VERBOSE,
)


def read_clock(typed: str, *, zone: str) -> time:
    """The local time that was typed.

    Raises Invalid: `prompt_time_unread`; `prompt_time_part` (`hour`) when the part of the day is missing;
    `prompt_time_zone` when another zone than the person's is named.
    """
    text = " ".join(typed.casefold().split()).rstrip(" .!") if len(typed) <= LONGEST else ""
    for word, number in sorted(NUMBERS.items(), key=lambda pair: -len(pair[0])):
        text = re.sub(rf"\b{word}\b", str(number), text)
    found = SHAPE.fullmatch(text)
    if found is None:
        raise Invalid(FIELD, "prompt_time_unread")
    if found["zone"] and ZONES[found["zone"]] != zone:
        raise Invalid(FIELD, "prompt_time_zone")
    joined = found["joined"]
    hour, minute = (
        (int(joined[:2]), int(joined[2:])) if joined else (int(found["hour"]), int(found["minute"] or 0))
    )
    exact = joined is not None or (found["hour"] or "").startswith("0")
    hour = _hour(hour, found["part"], exact=exact)
    return _shifted(hour, minute, found)


def _hour(hour: int, part: str | None, *, exact: bool) -> int:
    """The hour of 24. `exact`: written so that only the 24-hour clock can be meant."""
    if part is None:
        if hour in NEEDS_PART and not exact:
            raise Invalid(FIELD, "prompt_time_part", hour=hour)
        return hour
    if hour in PARTS[part].values():
        return hour
    if hour not in PARTS[part]:
        raise Invalid(FIELD, "prompt_time_unread")
    return PARTS[part][hour]


def _shifted(hour: int, minute: int, found: re.Match[str]) -> time:
    """The time after «setengah», «lewat» and «kurang»."""
    minutes = hour * 60 + minute
    if found["half"]:
        if minute or found["move"] or found["joined"]:
            raise Invalid(FIELD, "prompt_time_unread")
        minutes -= 30
    if found["move"]:
        minutes += int(found["by"]) * (-1 if found["move"] == "kurang" else 1)
    if minute > 59 or not 0 <= minutes < 24 * 60:
        raise Invalid(FIELD, "prompt_time_unread")
    return time(minutes // 60, minutes % 60)
