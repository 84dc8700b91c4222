"""Opens an .xlsx file, XML parts in a ZIP archive (ECMA-376), that may be hostile.

Nothing is unpacked before its declared size is checked, no declared size is believed past the limit, parts
with a DTD are refused, and so is whatever carries macros. Nothing outside the file is ever looked at.
"""

import functools
import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from documents.cells import MAX_UNPACKED, Unreadable

CHUNK = 64 * 1024
MAX_PARTS = 2_000
MAX_TOTAL = 2 * MAX_UNPACKED
"""The most that all parts that are read may unpack to together."""
_MACROS = ("macroenabled", "vbaproject", "intlmacrosheet", "macrosheet")
"""How the content types of Office name what holds code."""

Event = tuple[str, str, Mapping[str, str]]
"""("start", name, attributes), ("text", text, {}) or ("end", name, {}); names without prefix."""


class Package:
    """The parts of one file. Raises Unreadable, and what zipfile and expat raise."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._taken = 0
        parts = self._archive.infolist()
        if len(parts) > MAX_PARTS:
            raise Unreadable("unpacks_too_large", limit_mb=MAX_UNPACKED // 2**20)
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("encrypted")
        if any(count > 1 for count in Counter(part.filename for part in parts).values()):
            raise Unreadable("damaged")  # which of the two is meant, programs disagree on
        names = [part.filename.lower() for part in parts]
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
            raise Unreadable("macros")
        self._names = frozenset(part.filename for part in parts)
        if "[Content_Types].xml" in self._names:
            self._check_types()

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def events(self, name: str) -> Iterator[Event]:
        """Streams one XML part, at most MAX_UNPACKED bytes of it, whatever it declares."""
        part = self._archive.getinfo(name)
        if part.file_size > MAX_UNPACKED:
            raise Unreadable("unpacks_too_large", limit_mb=MAX_UNPACKED // 2**20)
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("damaged")
        pending: list[Event] = []
        parser = _parser(pending)
        taken = 0
        with self._archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                taken += len(chunk)
                self._taken += len(chunk)
                if taken > MAX_UNPACKED or self._taken > MAX_TOTAL:
                    raise Unreadable("unpacks_too_large", limit_mb=MAX_UNPACKED // 2**20)
                parser.Parse(chunk, False)
                yield from pending
                pending.clear()
        parser.Parse(b"", True)
        yield from pending

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id → (type, path inside the archive) of one part; "" is the package itself.

        What points outside the file is left out.
        """
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self:
            return {}
        found = {}
        for event, tag, values in self.events(path):
            if event == "start" and tag == "Relationship" and values.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, values.get("Target", "")))
                found[values.get("Id", "")] = (values.get("Type", ""), target.lstrip("/"))
        return found

    def _check_types(self) -> None:
        for event, _, values in self.events("[Content_Types].xml"):
            kind = values.get("ContentType", "").lower() if event == "start" else ""
            if any(word in kind for word in _MACROS):
                raise Unreadable("macros")


def _parser(pending: list[Event]) -> expat.XMLParserType:
    """A parser that puts what it meets into `pending`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        pending.append(("start", _local(tag), attributes))

    def end(tag: str) -> None:
        pending.append(("end", _local(tag), {}))

    def text(data: str) -> None:
        pending.append(("text", data, {}))

    def doctype(*_: object) -> None:
        raise Unreadable("damaged")  # no spreadsheet program writes a DTD; entities are how XML bombs work

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    return parser


@functools.lru_cache(maxsize=256)
def _local(tag: str) -> str:
    """A name without its prefix; the same few come a hundred thousand times."""
    return tag.rpartition(":")[2]
