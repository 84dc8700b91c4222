"""One file that holds an office: every table at one instant, and the evidence it refers to.

    tar: tables/NAME.jsonl.gz …   a line of column names and kinds, then a line a row, by key
         evidence/ab/abcdef…      bytes by the SHA-256 of their content
         manifest.json            last: without it the file is not whole

It belongs to neither engine. Nothing else is ever in it, and nothing else is read from one.
"""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol, TypeVar

from models.migrate import newest, revisions
from models.transfer import rows, values
from models.transfer.refusing import Refused
from models.transfer.shape import Row, TableShape
from models.transfer.tape import Content, Member, members

T = TypeVar("T")
FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
EVIDENCE = re.compile(r"evidence/([0-9a-f]{2})/(\1[0-9a-f]{62})")
TABLE = re.compile(r"tables/([a-z_]{1,60})\.jsonl\.gz")
UNREADABLE = (EOFError, gzip.BadGzipFile, zlib.error)
MALFORMED = (ValueError, ArithmeticError, RecursionError, IndexError, KeyError, TypeError, AttributeError)
"""Whatever else reading JSON from somebody else can come to."""
LARGEST_MANIFEST = 1 << 20
LARGEST_LINE = 8 << 20
"""Bytes of a row. What the product stores is far smaller; a file may say otherwise."""
LARGEST_PORTION = 4 << 20


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One table. `sha256`: of the compressed part."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`missing`, `damaged`: evidence the database refers to that was not there, or not what its name says."""

    format: int
    program: str
    schema: str
    made_at: str
    tables: Mapping[str, Part]
    evidence: int
    evidence_bytes: int
    evidence_sha256: str
    """Of the names in order."""
    missing: int = 0
    damaged: int = 0

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.tables.values())

    def written(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def table_name(table: str) -> str:
    return f"tables/{table}.jsonl.gz"


def evidence_name(sha256: str) -> str:
    return f"evidence/{sha256[:2]}/{sha256}"


def digest_of(file: Readable) -> str:
    """SHA-256 of what is left of a file."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


class Opened:
    """A backup's members by name, in their order; none but those a backup has."""

    def __init__(self, file: Any, found: list[Member]) -> None:
        self._file = file
        self.evidence = [one for one in found if EVIDENCE.fullmatch(one.name)]
        self.names = {one.name: one for one in found}

    def content(self, member: Member) -> Content:
        return Content(self._file, member)

    def part(self, table: str) -> Content:
        """Raises Refused `not_whole`: there is none."""
        member = self.names.get(table_name(table))
        if member is None:
            raise Refused("not_whole")
        return self.content(member)


@contextmanager
def opened(file: Path) -> Iterator[Opened]:
    """A backup to read from. Raises Refused `not_whole`, `stranger`, OSError."""
    with file.open("rb") as tape:
        found: list[Member] = []
        for member in members(tape):
            if found and found[-1].name == MANIFEST:
                raise Refused("stranger")
            if not (
                member.name == MANIFEST or EVIDENCE.fullmatch(member.name) or TABLE.fullmatch(member.name)
            ):
                raise Refused("stranger")
            found.append(member)
        yield Opened(tape, found)


def check(file: Path) -> Manifest:
    """Reads and unpacks all of a backup and writes nothing; gives what it says of itself.

    Raises Refused: `not_whole` (cut off, or not a backup), `altered` (a part is not what was written),
    `stranger` (something in it that no backup has), `newer`, OSError.
    """
    with opened(file) as archive:
        written = archive.names.get(MANIFEST)
        if written is None or written.size > LARGEST_MANIFEST:
            raise Refused("not_whole")
        manifest = _manifest(archive.content(written).read())
        if archive.names.keys() - {MANIFEST} != {
            *(table_name(one) for one in manifest.tables),
            *(one.name for one in archive.evidence),
        }:
            raise Refused("not_whole")
        for table, part in manifest.tables.items():
            name = table_name(table)
            if (
                digest_of(archive.part(table)) != part.sha256
                or _lines(archive.part(table), name) != part.rows
            ):
                raise Refused("altered", part=name)
        _check_evidence(archive, manifest)
    return manifest


def _check_evidence(archive: Opened, manifest: Manifest) -> None:
    hashes = [one.name.rpartition("/")[2] for one in archive.evidence]
    for member, sha256 in zip(archive.evidence, hashes, strict=True):
        if digest_of(archive.content(member)) != sha256:
            raise Refused("altered", part=member.name)
    told = (manifest.evidence, manifest.evidence_bytes, manifest.evidence_sha256)
    size = sum(one.size for one in archive.evidence)
    if told != (len(hashes), size, hashlib.sha256("".join(hashes).encode()).hexdigest()):
        raise Refused("altered", part="evidence")


def _manifest(data: bytes) -> Manifest:
    try:
        said = json.loads(data)
        if said["format"] != FORMAT:
            raise Refused("format", found=said["format"])
        tables = {
            name: Part(_as(int, part["rows"]), _as(str, part["sha256"]))
            for name, part in said["tables"].items()
        }
        known = {one.name: said[one.name] for one in fields(Manifest)}
        for name, value in known.items():
            if name != "tables":
                _as(str if name in ("program", "schema", "made_at", "evidence_sha256") else int, value)
        if any(part.rows < 0 for part in tables.values()):
            raise ValueError("rows")
    except MALFORMED:
        raise Refused("not_whole") from None
    manifest = Manifest(**{**known, "tables": tables})
    if re.fullmatch(r"[0-9]{4}", manifest.schema) and manifest.schema > newest():
        raise Refused("newer", found=manifest.schema, newest=newest())
    if manifest.schema not in revisions():
        raise Refused("not_whole")
    return manifest


def _as(kind: type[T], value: object) -> T:
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    return value


def _lines(packed: Content, name: str) -> int:
    """The number of rows in a part, below its line of names."""
    return sum(1 for _ in _unpacked(packed, name)) - 1


def _unpacked(packed: Content, name: str) -> Iterator[bytes]:
    """The lines of a part, none longer than a row can be. Raises Refused `altered`."""
    try:
        with gzip.GzipFile(fileobj=packed, mode="rb") as part:
            while line := part.readline(LARGEST_LINE + 1):
                if not line.endswith(b"\n"):
                    raise Refused("altered", part=name)
                yield line
    except UNREADABLE:
        raise Refused("altered", part=name) from None


async def lines_of(archive: Opened, table: TableShape) -> AsyncGenerator[list[Row], None]:
    """The rows of a table's part, in portions. Raises Refused `shape`, `value`, `altered`."""
    name = table_name(table.name)
    converts = [values.of_file(one.kind, one.scale) for one in table.columns]
    lines = _unpacked(archive.part(table.name), name)
    if _parsed(next(lines, b""), name) != [list(one) for one in table.header]:
        raise Refused("shape", table=table.name)
    portion: list[Any] = []
    size = 0
    for line in lines:
        row = _parsed(line, name)
        if type(row) is not list or len(row) != len(table.columns):
            raise Refused("altered", part=name)
        portion.append(row)
        size += len(line)
        if len(portion) == rows.PORTION or size > LARGEST_PORTION:
            yield rows.converted(table, portion, converts)
            portion, size = [], 0
    if portion:
        yield rows.converted(table, portion, converts)


def _parsed(line: bytes, name: str) -> Any:
    try:
        return json.loads(line)
    except MALFORMED:
        raise Refused("altered", part=name) from None
