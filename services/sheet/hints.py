"""What an activity's words say of when it was and how long it took: part of the day, lessons. Pure."""

import re

Span = tuple[int, int]
LESSON = 40
"""Minutes of one JP: as in MTs and SMP; SD has 35, SMA 45."""
MOST_LESSONS = 12
_LESSONS = re.compile(r"\b(\d{1,2})\s*(?:jp|jam\s+pelajaran)\b", re.IGNORECASE)
_PARTS: tuple[tuple[str, Span], ...] = (
    (r"d[hz]?uha|pagi", (7 * 60, 11 * 60)),
    (r"siang|d?[zd]h?uh?[uo]r", (11 * 60, 15 * 60)),
    (r"sore|petang|ash?ar", (15 * 60, 18 * 60)),
    (r"malam|isya", (18 * 60, 22 * 60)),
)
"""Parts of the day and the prayers named after them, in minutes after midnight."""
_SAID = re.compile(
    "|".join(f"(?P<p{place}>\\b(?:{words})\\b)" for place, (words, _) in enumerate(_PARTS)), re.I
)


def part_of_day(activity: str) -> Span | None:
    """The part of the day that is named, in minutes after midnight; None for none, or for several."""
    named = {found.lastgroup for found in _SAID.finditer(activity)}
    return next((span for place, (_, span) in enumerate(_PARTS) if named == {f"p{place}"}), None)


def lesson_minutes(activity: str, quantity: int | None, unit: str | None) -> int | None:
    """How long the lesson hours took that the activity names, else its amount."""
    found = _LESSONS.search(activity)
    count = int(found[1]) if found else quantity if unit == "jam pelajaran" else None
    return count * LESSON if count is not None and 0 < count <= MOST_LESSONS else None
