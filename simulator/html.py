"""Telegram's HTML: parsing into text and entities (offsets in UTF-16 units), and writing it back.

Rules and refusals follow https://core.telegram.org/bots/api#html-style.
"""

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from simulator.errors import ApiError, bad_request

Raw = dict[str, Any]

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
MAX_ENTITIES = 100
MARKS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
}
CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot));?")
ATTRIBUTE = re.compile(r"""\s*([^\s=>/]+)(\s*=\s*("([^"]*)"|'([^']*)'|([a-zA-Z0-9.\-]+)))?""")
AUTOMATIC = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'])"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+\.[a-zA-Z]{2,}\b)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31}\b)"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
)


@dataclass(slots=True)
class _Open:
    tag: str
    entity: Raw
    start: int
    """In characters of the result."""


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every offset and limit of Telegram."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Raw]]:
    """Text and entities of Telegram's HTML; refuses what Telegram refuses."""
    if "<" not in source and "&" not in source:
        return source, []
    out: list[str] = []
    length = 0
    found: list[tuple[int, int, Raw]] = []
    stack: list[_Open] = []
    at = 0
    end = len(source)
    while at < end:
        char = source[at]
        if char == "&":
            match = CHARACTER.match(source, at)
            decoded = _character(match) if match else None
            if match is not None and decoded is not None:
                out.append(decoded)
                length += len(decoded)
                at = match.end()
                continue
        if char != "<":
            stop = _next_special(source, at + 1)
            out.append(source[at:stop])
            length += stop - at
            at = stop
            continue
        begin = at
        closing = source.startswith("</", at)
        stop = source.find(">", at)
        if closing:
            name = source[at + 2 : stop if stop >= 0 else end].strip().lower()
            if not stack:
                raise _broken(f"Unexpected end tag at byte offset {_bytes(source, begin)}")
            if stop < 0:
                raise _broken(f"Unclosed end tag at byte offset {_bytes(source, begin)}")
            top = stack.pop()
            if name and name != top.tag:
                raise _broken(
                    f'Unmatched end tag at byte offset {_bytes(source, begin)}, expected "</{top.tag}>", '
                    f'found "</{name}>"'
                )
            if length > top.start and top.entity:
                found.append((top.start, length, top.entity))
            at = stop + 1
            continue
        name_end = at + 1
        while name_end < end and not source[name_end].isspace() and source[name_end] not in ">":
            name_end += 1
        name = source[at + 1 : name_end].lower()
        if name not in TAGS:
            raise _broken(f'Unsupported start tag "{name}" at byte offset {_bytes(source, begin)}')
        attributes, at = _attributes(source, name_end, name=name, begin=begin)
        inside = stack[-1].tag if stack else ""
        stack.append(_Open(name, _entity(name, attributes, source, begin=begin, inside=inside), length))
    if stack:
        raise _broken(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return _finish("".join(out), found)


def parse_text(source: str, parse_mode: str | None, entities: list[Raw] | None) -> tuple[str, list[Raw]]:
    """What Telegram keeps of a text: formatting taken out, ends trimmed, links and commands found.

    Markdown modes are refused: the product writes HTML only, and so does this simulator.
    """
    mode = (parse_mode or "").lower()
    if mode == "html":
        text, marked = parse_html(source)
    elif mode in {"", "none"}:
        text, marked = source, [dict(e) for e in entities or []]
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request("the simulator understands parse_mode HTML only")
    else:
        raise bad_request("unsupported parse_mode")
    text, marked = _trim(text.replace("\r", ""), marked)
    return text, _with_automatic(text, marked)[:MAX_ENTITIES]


def render_html(text: str, entities: list[Raw]) -> str:
    """HTML that would give this text and these entities again."""
    if not entities:
        return escape(text, quote=False)
    units = text.encode("utf-16-le", "surrogatepass")
    events: list[tuple[int, int, int, str]] = []
    for entity in entities:
        opening, closing = _marks(entity)
        if not opening:
            continue
        start, stop = entity["offset"], entity["offset"] + entity["length"]
        events.append((start, 1, -stop, opening))
        events.append((stop, 0, -start, closing))
    events.sort(key=lambda e: e[:3])
    parts: list[str] = []
    last = 0
    for position, _, _, mark in events:
        parts.append(escape(units[last * 2 : position * 2].decode("utf-16-le", "replace"), quote=False))
        parts.append(mark)
        last = position
    parts.append(escape(units[last * 2 :].decode("utf-16-le", "replace"), quote=False))
    return "".join(parts)


def _marks(entity: Raw) -> tuple[str, str]:
    kind = entity["type"]
    if kind in MARKS:
        return f"<{MARKS[kind]}>", f"</{MARKS[kind]}>"
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">', "</a>"
    if kind == "pre":
        language = entity.get("language")
        if language:
            return f'<pre><code class="language-{escape(language)}">', "</code></pre>"
        return "<pre>", "</pre>"
    if kind == "blockquote":
        return "<blockquote>", "</blockquote>"
    if kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    return "", ""


def _broken(words: str) -> ApiError:
    return bad_request(f"can't parse entities: {words}")


def _bytes(source: str, at: int) -> int:
    return len(source[:at].encode())


def _next_special(source: str, at: int) -> int:
    less, ampersand = source.find("<", at), source.find("&", at)
    stops = [p for p in (less, ampersand) if p >= 0]
    return min(stops) if stops else len(source)


def _character(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, named = match.groups()
    if named:
        return NAMED[named]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= 0x110000 or 0xD800 <= code < 0xE000:
        return None
    return chr(code)


def _decode(text: str) -> str:
    return CHARACTER.sub(lambda m: _character(m) or m.group(), text)


def _attributes(source: str, at: int, *, name: str, begin: int) -> tuple[dict[str, str], int]:
    """Attributes of a start tag and the position after its `>`."""
    found: dict[str, str] = {}
    while True:
        while at < len(source) and source[at].isspace():
            at += 1
        if at >= len(source):
            raise _broken(f'Unclosed start tag "{name}" at byte offset {_bytes(source, begin)}')
        if source[at] == ">":
            return found, at + 1
        match = ATTRIBUTE.match(source, at)
        if match is None:
            raise _broken(f'Empty attribute name in the tag "{name}" at byte offset {_bytes(source, begin)}')
        value = next((g for g in match.group(4, 5, 6) if g is not None), "")
        found[match.group(1).lower()] = _decode(value)
        at = match.end()


def _entity(name: str, attributes: dict[str, str], source: str, *, begin: int, inside: str) -> Raw:
    kind = TAGS[name]
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {_bytes(source, begin)}')
    if name == "a":
        url = attributes.get("href", "")
        return {"type": kind, "url": url} if url else {}
    if name == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    if name == "tg-emoji":
        return {"type": kind, "custom_emoji_id": attributes.get("emoji-id", "")}
    language = attributes.get("class", "")
    if name == "code" and inside == "pre" and language.startswith("language-"):
        return {"type": "code", "language": language.removeprefix("language-")}
    return {"type": kind}


def _finish(text: str, found: list[tuple[int, int, Raw]]) -> tuple[str, list[Raw]]:
    found.sort(key=lambda f: (f[0], -f[1]))
    fixed = sorted((s, e) for s, e, entity in found if entity["type"] in {"pre", "code"})
    kept: list[Raw] = []
    for start, stop, entity in found:
        kind = entity["type"]
        pieces = [(start, stop)]
        shown = entity
        if kind == "code" and "language" in entity:
            if any(p["type"] == "pre" and (s, e) == (start, stop) for s, e, p in found):
                continue
            shown = {"type": "code"}
        elif kind == "pre":
            inner = next((p for s, e, p in found if "language" in p and (s, e) == (start, stop)), None)
            if inner is not None:
                shown = {"type": "pre", "language": inner["language"]}
        elif kind not in {"code", "blockquote", "expandable_blockquote"}:
            pieces = _outside(start, stop, fixed)
        for left, right in pieces:
            raw: Raw = {
                "type": shown["type"],
                "offset": utf16_length(text[:left]),
                "length": utf16_length(text[left:right]),
            }
            raw.update({k: v for k, v in shown.items() if k != "type"})
            kept.append(raw)
    kept.sort(key=lambda e: (e["offset"], -e["length"]))
    return text, kept


def _outside(start: int, stop: int, fixed: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of a range that are not code: code cannot be combined with other formatting."""
    pieces: list[tuple[int, int]] = []
    at = start
    for left, right in fixed:
        if right <= at or left >= stop:
            continue
        if left > at:
            pieces.append((at, left))
        at = max(at, right)
    if at < stop:
        pieces.append((at, stop))
    return pieces


def _trim(text: str, entities: list[Raw]) -> tuple[str, list[Raw]]:
    left = text.lstrip()
    cut = utf16_length(text[: len(text) - len(left)])
    trimmed = left.rstrip()
    if not entities or trimmed == text:
        return trimmed, entities
    total = utf16_length(trimmed)
    kept: list[Raw] = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] + entity["length"] - cut, total)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return trimmed, kept


def _with_automatic(text: str, marked: list[Raw]) -> list[Raw]:
    found: list[Raw] = []
    for match in AUTOMATIC.finditer(text):
        start = utf16_length(text[: match.start()])
        stop = start + utf16_length(match.group())
        if not any(
            e["type"] in {"code", "pre", "text_link"}
            and e["offset"] < stop
            and start < e["offset"] + e["length"]
            for e in marked
        ):
            found.append({"type": str(match.lastgroup), "offset": start, "length": stop - start})
    if not found:
        return marked
    return sorted([*marked, *found], key=lambda e: (e["offset"], -e["length"]))
