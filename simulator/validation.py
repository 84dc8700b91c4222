"""Calls checked against the official machine-readable description of the Bot API (bot-api.json).

The description is read once, on the first call, and reduced to a table per method: parameter name →
check. Descriptions in prose are dropped at once; types are compiled when a call first needs them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from simulator.errors import ApiError, bad_request

Raw = dict[str, Any]
Check = Callable[[Any, str, list[str]], Any]
"""(value, where, unknown fields seen) → value as Telegram reads it; raises ApiError."""

MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "video": "there is no video in the request",
    "audio": "there is no audio in the request",
    "voice": "there is no voice in the request",
    "sticker": "there is no sticker in the request",
    "animation": "there is no animation in the request",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "file_id": "file_id not specified",
    "action": "wrong parameter action in request",
    "user_id": "invalid user_id specified",
}
LABELS = {
    "reply_markup": "reply keyboard markup JSON object",
    "reply_parameters": "reply parameters JSON object",
    "link_preview_options": "link preview options JSON object",
    "commands": "commands JSON object",
    "scope": "BotCommandScope JSON object",
    "media": "media JSON object",
    "reaction": "reaction types JSON object",
    "entities": "message entities JSON object",
}
MARKUPS = {
    "inline_keyboard": "InlineKeyboardMarkup",
    "keyboard": "ReplyKeyboardMarkup",
    "remove_keyboard": "ReplyKeyboardRemove",
    "force_reply": "ForceReply",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Bot API: its official spelling and its parameters."""

    name: str
    required: tuple[str, ...]
    checks: dict[str, Check]


@dataclass(frozen=True, slots=True)
class Description:
    """The reduced description: fields of methods and types as (name, types, required)."""

    methods: dict[str, tuple[str, tuple[tuple[str, tuple[str, ...], bool], ...]]]
    types: dict[str, tuple[tuple[str, tuple[str, ...], bool], ...]]
    subtypes: dict[str, tuple[str, ...]]
    reactions: frozenset[str]


@cache
def description() -> Description:
    """The official description without its prose."""
    whole = orjson.loads((Path(__file__).parent / "bot-api.json").read_bytes())
    methods = {
        name.lower(): (
            name,
            tuple((f["name"], tuple(f["types"]), f["required"]) for f in m.get("fields", [])),
        )
        for name, m in whole["methods"].items()
    }
    types = {
        name: tuple((f["name"], tuple(f["types"]), f["required"]) for f in t.get("fields", []))
        for name, t in whole["types"].items()
    }
    subtypes = {name: tuple(t["subtypes"]) for name, t in whole["types"].items() if t.get("subtypes")}
    emoji = next(f for f in whole["types"]["ReactionTypeEmoji"]["fields"] if f["name"] == "emoji")
    reactions = frozenset(re.findall(r'"([^"]+)"', emoji["description"]))
    return Description(methods, types, subtypes, reactions)


@cache
def method_named(name: str) -> Method | None:
    """The method of this name; Telegram ignores the case of names."""
    known = description().methods.get(name.lower())
    if known is None:
        return None
    spelling, fields = known
    checks = {field: _check(types, field) for field, types, _ in fields}
    return Method(spelling, tuple(f for f, _, required in fields if required), checks)


def checked(method: Method, given: Raw, files: dict[str, Upload]) -> tuple[Raw, list[str]]:
    """Parameters as Telegram reads them, and the names of those it does not know.

    Raises ApiError for what is missing or has the wrong type.
    """
    params: Raw = {}
    unknown: list[str] = []
    checks = method.checks
    for name, value in given.items():
        check = checks.get(name)
        if check is None:
            unknown.append(name)
        elif value is not None:
            params[name] = check(value, name, unknown)
    for name, upload in files.items():
        if name in checks and name not in params:
            params[name] = upload
    for name in method.required:
        value = params.get(name)
        if value is None or (value == "" and name in MISSING):
            raise missing(name)
    return params, unknown


def missing(name: str) -> ApiError:
    """The refusal for a required parameter that is not there."""
    return bad_request(MISSING.get(name, f'parameter "{name}" is required'))


def _check(types: tuple[str, ...], field: str) -> Check:
    """The check for a parameter or field that may have any of these types."""
    if types == ("Integer",):
        return _integer
    if types == ("Boolean",):
        return _boolean
    if types == ("Float",):
        return _float
    if types == ("String",):
        return _string
    if set(types) == {"Integer", "String"}:
        return _identifier
    if "InputFile" in types:
        return _file
    if len(types) > 1:
        if types[0].startswith("Array of "):
            return _array(*(t.removeprefix("Array of ") for t in types))
        return _markup if "InlineKeyboardMarkup" in types else _object(*types)
    if types[0].startswith("Array of "):
        return _array(types[0].removeprefix("Array of "))
    return _object(types[0])


def _integer(value: Any, where: str, unknown: list[str]) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _wrong_type(where, "Number")
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise (missing(where) if where in MISSING else _wrong_type(where, "Number")) from None
    return value


def _float(value: Any, where: str, unknown: list[str]) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise _wrong_type(where, "Number") from None


def _boolean(value: Any, where: str, unknown: list[str]) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "yes", "1", "false", "no", "0", ""}:
        return value.lower() in {"true", "yes", "1"}
    raise _wrong_type(where, "Boolean")


def _string(value: Any, where: str, unknown: list[str]) -> str:
    if isinstance(value, str):
        return value
    raise _wrong_type(where, "String")


def _identifier(value: Any, where: str, unknown: list[str]) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise bad_request("chat identifier must be a valid Integer")
    if isinstance(value, str):
        name = value.strip()
        return int(name) if name.lstrip("-").isdigit() else name
    return value


def _file(value: Any, where: str, unknown: list[str]) -> Any:
    if isinstance(value, str | Upload):
        return value
    raise _wrong_type(where, "String")


def _decoded(value: Any, where: str) -> Any:
    """Nested values come as JSON text in forms, and as they are in JSON requests."""
    if isinstance(value, str):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad_request(f"can't parse {LABELS.get(where, where + ' JSON object')}") from None
    return value


def _array(*items: str) -> Check:
    one: list[Check] = []

    def check(value: Any, where: str, unknown: list[str]) -> list[Any]:
        value = _decoded(value, where)
        if not isinstance(value, list):
            raise bad_request(f"expected an Array of {items[0]}")
        if not one:
            one.append(_check(items, where))
        inner = one[0]
        return [inner(v, where, unknown) for v in value]

    return check


def _object(*type_names: str) -> Check:
    def check(value: Any, where: str, unknown: list[str]) -> Any:
        name = type_names[0]
        if name == "KeyboardButton" and isinstance(value, str):
            return {"text": value}
        value = _decoded(value, where)
        if len(type_names) > 1 and isinstance(value, dict):
            name = _subtype(value, name, type_names)
        return _checked_object(value, name, where, unknown)

    return check


def _markup(value: Any, where: str, unknown: list[str]) -> Any:
    value = _decoded(value, where)
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    for field, type_name in MARKUPS.items():
        if field in value:
            return _checked_object(value, type_name, where, unknown)
    if not value:
        return value
    raise bad_request("object expected as reply markup")


@cache
def _fields(type_name: str) -> tuple[tuple[str, ...], dict[str, Check]]:
    fields = description().types[type_name]
    required = tuple(f for f, _, needed in fields if needed)
    return required, {f: _check(types, f) for f, types, _ in fields}


def _subtype(value: Raw, type_name: str, names: tuple[str, ...]) -> str:
    """The concrete type of a value declared as one of several, told by its `type` field."""
    wanted = re.sub(r"[^a-z]", "", str(value.get("type", value.get("status", ""))).lower())
    fitting = [name for name in names if wanted and name.lower().endswith(wanted)]
    if fitting:
        return min(fitting, key=len)
    if type_name == "BotCommandScope":
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if type_name == "ReactionType":
        raise bad_request("can't parse ReactionType: invalid reaction type specified")
    raise bad_request(f"can't parse {type_name}: type is not specified")


def _checked_object(value: Any, type_name: str, where: str, unknown: list[str]) -> Any:
    if not isinstance(value, dict):
        raise bad_request(f"object expected as {where.replace('_', ' ')}")
    if type_name in description().subtypes:
        type_name = _subtype(value, type_name, description().subtypes[type_name])
    required, checks = _fields(type_name)
    result: Raw = {}
    for name, inner in value.items():
        check = checks.get(name)
        if check is None:
            unknown.append(f"{where}.{name}")
        elif inner is not None:
            result[name] = check(inner, name, unknown)
    for name in required:
        if name not in result:
            raise bad_request(f"can't parse {type_name}: can't find field \"{name}\"")
    return result


def _wrong_type(where: str, wanted: str) -> ApiError:
    return bad_request(f'field "{where}" must be of type {wanted}')
