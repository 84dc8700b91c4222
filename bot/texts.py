"""Locale files → escaped text. Values are HTML-escaped unless they are Html already."""

import html
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

LOCALES = Path(__file__).resolve().parent.parent / "locales"
LANGUAGES = ("id", "en")
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def escape(value: object) -> Html:
    """Any value as text in Telegram's HTML."""
    return value if isinstance(value, Html) else Html(html.escape(str(value), quote=False))


class Plurals(Formatter):
    """«{count:report|reports}» is the first of both for exactly one, the second for anything else."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, plural, more = format_spec.partition("|")
        if not plural:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else more


FORMAT = Plurals()


class Speech:
    """All texts in one language. Call it with a key for HTML, use `plain` for buttons and toasts."""

    def __init__(self, language: str, entries: Mapping[str, Any]) -> None:
        self.language = language
        self._entries = entries

    def __call__(self, key: str, /, **params: object) -> Html:
        return Html(
            FORMAT.vformat(self._raw(key), (), {name: escape(value) for name, value in params.items()})
        )

    def plain(self, key: str, /, **params: object) -> str:
        """The text as it is, for places that take no HTML."""
        return FORMAT.vformat(self._raw(key), (), params)

    def has(self, key: str) -> bool:
        return key in self._entries

    def options(self, key: str) -> list[str]:
        """A list of texts."""
        found = self._entries[key]
        if not isinstance(found, list):
            raise TypeError(f"{key} is no list")
        return [str(item) for item in found]

    def day(self, day: date, *, year: bool = False) -> Html:
        """«Rabu, 18 November», with the year when wanted."""
        text = f"{self.options('calendar.weekdays')[day.weekday()]}, {self.date(day, year=year)}"
        return Html(text)

    def date(self, day: date, *, year: bool = False) -> Html:
        month = self.options("calendar.months")[day.month - 1]
        return Html(f"{day.day} {month}{f' {day.year}' if year else ''}")

    def clock(self, moment: time) -> Html:
        """«15.30» in Indonesian, «15:30» in English."""
        return Html(moment.strftime("%H.%M" if self.language == "id" else "%H:%M"))

    def instant(self, moment: datetime, zone: str) -> Html:
        """«Rabu, 18 November 15.30 WIB» of an instant, in a zone."""
        local = moment.astimezone(ZoneInfo(zone))
        return Html(f"{self.day(local.date())} {self.clock(local.time())} {ZONE_NAMES.get(zone, zone)}")

    def join(self, parts: Iterable[Html]) -> Html:
        """Paragraphs as one text."""
        return Html("\n\n".join(parts))

    def _raw(self, key: str) -> str:
        found = self._entries[key]
        if not isinstance(found, str):
            raise TypeError(f"{key} is no text")
        return found


class Texts:
    """Every language, read once."""

    def __init__(self, folder: Path = LOCALES) -> None:
        self._speeches = {language: Speech(language, read_locale(folder, language)) for language in LANGUAGES}

    def speech(self, language: str | None) -> Speech:
        """The language asked for, else Indonesian."""
        return self._speeches.get((language or "id")[:2], self._speeches["id"])


def read_locale(folder: Path, language: str) -> dict[str, Any]:
    """One locale file as `table.key` → text or list of texts."""
    with (folder / f"{language}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file), ""))


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
