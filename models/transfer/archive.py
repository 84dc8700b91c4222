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
import tarfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any

from models.migrate import newest
from models.transfer import rows, values
from models.transfer.refusing import Refused
from models.transfer.shape import Row, TableShape

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
EVIDENCE = re.compile(r"evidence/([0-9a-f]{2})/(\1[0-9a-f]{62})")
TABLE = re.compile(r"tables/([a-z_]{1,60})\.jsonl\.gz")
UNREADABLE = (
    tarfile.TarError,
    EOFError,
    gzip.BadGzipFile,
    zlib.error,
    json.JSONDecodeError,
    UnicodeDecodeError,
)
LARGEST_MANIFEST = 1 << 20


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


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of what is left of a file."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def check(file: Path) -> Manifest:
    """Reads all of a backup and writes nothing; gives what it says of itself.

    Raises Refused: `not_whole` (cut off, or not a backup), `altered` (a part is not what was written),
    `stranger` (something in it that no backup has), `newer`, OSError.
    """
    found: dict[str, str] = {}
    evidence: list[str] = []
    manifest: Manifest | None = None
    with opened(file) as tar:
        for member in tar:
            if manifest is not None or not member.isreg() or member.name in found:
                raise Refused("stranger")
            content = tar.extractfile(member)
            assert content is not None
            if member.name == MANIFEST:
                manifest = _manifest(content.read(LARGEST_MANIFEST))
            elif match := EVIDENCE.fullmatch(member.name):
                evidence.append(match[2])
                if digest_of(content) != match[2]:
                    raise Refused("altered", part=member.name)
            elif TABLE.fullmatch(member.name):
                found[member.name] = digest_of(content)
            else:
                raise Refused("stranger")
    if manifest is None:
        raise Refused("not_whole")
    if found.keys() != {table_name(one) for one in manifest.tables}:
        raise Refused("not_whole")
    for table, part in manifest.tables.items():
        if found[table_name(table)] != part.sha256:
            raise Refused("altered", part=table_name(table))
    if hashlib.sha256("".join(evidence).encode()).hexdigest() != manifest.evidence_sha256:
        raise Refused("altered", part="evidence")
    return manifest


def _manifest(data: bytes) -> Manifest:
    try:
        said = json.loads(data)
        if said["format"] != FORMAT:
            raise Refused("format", found=said["format"])
        tables = {
            str(name): Part(int(part["rows"]), str(part["sha256"])) for name, part in said["tables"].items()
        }
        known = {one.name: said[one.name] for one in fields(Manifest)}
        manifest = Manifest(**{**known, "tables": tables})
        if not re.fullmatch(r"\d{4}", manifest.schema):
            raise Refused("not_whole")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("not_whole") from None
    if manifest.schema > newest():
        raise Refused("newer", found=manifest.schema, newest=newest())
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tarfile.TarFile]:
    """A tar to read from; whatever its damage, Refused `not_whole`."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            yield tar
    except UNREADABLE:
        raise Refused("not_whole") from None


@contextmanager
def part_of(tar: tarfile.TarFile, table: str) -> Iterator[IO[bytes]]:
    content = tar.extractfile(table_name(table))
    assert content is not None
    with content:
        yield content


async def lines_of(packed: IO[bytes], table: TableShape) -> AsyncIterator[list[Row]]:
    """The rows of a table's part, in portions. Raises Refused `shape`, `value`."""
    converts = [values.of_file(one.kind) for one in table.columns]
    with gzip.GzipFile(fileobj=packed, mode="rb") as part:
        if json.loads(part.readline()) != [list(one) for one in table.header]:
            raise Refused("shape", table=table.name)
        portion: list[Any] = []
        for line in part:
            portion.append(json.loads(line))
            if len(portion) == rows.PORTION:
                yield rows.converted(table, portion, converts)
                portion = []
        if portion:
            yield rows.converted(table, portion, converts)
