"""One form for a value between SQLite, PostgreSQL and a backup.

    whole number  int          instant  datetime, UTC      exact   Decimal of the column's scale
    text          str          day      date               double  float
    truth         bool         time     time, naive        json    the text as it was stored

Each function takes a value that is not null and raises ValueError, TypeError or ArithmeticError for one that
is not of its kind: SQLite keeps whatever it is given.
"""

import enum
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, Numeric, String, Time
from sqlalchemy.types import TypeDecorator, TypeEngine

Convert = Callable[[Any], Any]
LARGEST = 2**63 - 1
LARGEST_SMALL = 2**15 - 1


class Kind(enum.StrEnum):
    """What a column holds. The values stand in backups."""

    WHOLE = "whole"
    TEXT = "text"
    TRUTH = "truth"
    INSTANT = "instant"
    DAY = "day"
    TIME = "time"
    EXACT = "exact"
    DOUBLE = "double"
    JSON = "json"


_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (Boolean, Kind.TRUTH),
    (JSON, Kind.JSON),
    (DateTime, Kind.INSTANT),
    (Date, Kind.DAY),
    (Time, Kind.TIME),
    (Float, Kind.DOUBLE),
    (Numeric, Kind.EXACT),
    (Integer, Kind.WHOLE),
    (String, Kind.TEXT),
)


def kind_of(type_: TypeEngine[Any]) -> Kind:
    """What a column of this type holds. Raises ValueError for a type no table of ours has."""
    stored = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    for known, kind in _KINDS:
        if isinstance(stored, known):
            return kind
    raise ValueError(f"no kind for {type(type_).__name__}")


def _exactly(kind: type) -> Convert:
    def checked(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(kind.__name__)
        return value

    return checked


def _truth(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError("truth")
    return bool(value)


def _time(value: str) -> time:
    found = time.fromisoformat(value)
    if found.tzinfo is not None:
        raise ValueError("time zone")
    return found


def _instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _exact(scale: int) -> Convert:
    unit = Decimal(1).scaleb(-scale)

    def exact(value: Any) -> Decimal:
        """SQLite has it as a float or, when nothing is behind the point, as a whole number."""
        return Decimal(value).quantize(unit)

    return exact


def of_sqlite(kind: Kind, scale: int) -> Convert:
    """From what the driver of SQLite gives."""
    return {
        Kind.WHOLE: _exactly(int),
        Kind.TEXT: _exactly(str),
        Kind.JSON: _exactly(str),
        Kind.TRUTH: _truth,
        Kind.INSTANT: _instant,
        Kind.DAY: date.fromisoformat,
        Kind.TIME: _time,
        Kind.DOUBLE: float,
        Kind.EXACT: _exact(scale),
    }[kind]


def of_postgresql(kind: Kind, scale: int) -> Convert | None:
    """From what asyncpg gives; None: it is in its form already."""
    match kind:
        case Kind.INSTANT:
            return lambda value: value.astimezone(UTC)
        case Kind.EXACT:
            return _exact(scale)
    return None


def to_sqlite(kind: Kind) -> Convert | None:
    """To what SQLAlchemy would have stored in SQLite; None: as it is."""
    match kind:
        case Kind.INSTANT:
            return lambda value: value.replace(tzinfo=None).isoformat(" ", "microseconds")
        case Kind.DAY:
            return date.isoformat
        case Kind.TIME:
            return lambda value: value.isoformat("microseconds")
        case Kind.EXACT:
            return float
        case Kind.TRUTH:
            return int
    return None


def to_postgresql(kind: Kind, limit: int | None) -> Convert | None:
    """Checks what PostgreSQL would refuse in the middle of a copy: NUL, what is too long or too large."""

    def text(value: str) -> str:
        if "\x00" in value:
            raise ValueError("NUL")
        if limit is not None and len(value) > limit:
            raise ValueError("length")
        return value

    def as_json(value: str) -> str:
        json.loads(text(value), parse_constant=_no_number)
        return value

    def whole(value: int) -> int:
        if limit is not None and not -limit - 1 <= value <= limit:
            raise ValueError("range")
        return value

    def exact(value: Decimal) -> Decimal:
        if limit is not None and not abs(value) < limit:
            raise ValueError("range")
        return value

    checks: dict[Kind, Convert] = {
        Kind.TEXT: text,
        Kind.JSON: as_json,
        Kind.WHOLE: whole,
        Kind.EXACT: exact,
    }
    return checks.get(kind)


def _no_number(constant: str) -> None:
    """Python writes NaN and Infinity into JSON; the standard, and PostgreSQL, know neither."""
    raise ValueError(constant)


def of_file(kind: Kind, scale: int) -> Convert:
    """From a line of a backup."""
    return {
        Kind.INSTANT: _instant,
        Kind.DAY: date.fromisoformat,
        Kind.TIME: _time,
        Kind.EXACT: _exact(scale),
        Kind.WHOLE: _whole_of_file,
        Kind.TEXT: _text_of_file,
        Kind.JSON: _text_of_file,
        Kind.TRUTH: _exactly(bool),
        Kind.DOUBLE: float,
    }[kind]


def _whole_of_file(value: Any) -> int:
    if type(value) is not int or not -LARGEST - 1 <= value <= LARGEST:
        raise ValueError("int")
    return value


def _text_of_file(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("str")
    value.encode()  # half a character pair: JSON can name it, no database holds it
    return value


def to_file(kind: Kind) -> Convert | None:
    """To a line of a backup; None: as JSON has it."""
    match kind:
        case Kind.INSTANT:
            return lambda value: value.isoformat(" ", "microseconds")
        case Kind.DAY:
            return date.isoformat
        case Kind.TIME:
            return lambda value: value.isoformat("microseconds")
        case Kind.EXACT:
            return str
    return None
