"""Into a file, while the office goes on: `kinerja backup`."""

import fcntl
import gzip
import hashlib
import io
import json
import os
import re
import secrets
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.engine import Database
from models.transfer import rows, values
from models.transfer.archive import (
    FORMAT,
    MANIFEST,
    Manifest,
    Part,
    check,
    digest_of,
    evidence_name,
    table_name,
)
from models.transfer.opening import snapshot
from models.transfer.refusing import Refused, using
from models.transfer.shape import Shape, TableShape, read_shape

HASH = re.compile(r"[0-9a-f]{64}")
PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")
"""What a backup is called until it is whole."""
BEGINS = b"tables/"
"""The first bytes of any backup."""
LEFT = timedelta(hours=1)
"""A half file that nobody wrote to for so long was left behind."""


async def write_archive(
    database: Database, evidence: Path, file: Path, *, program: str, now: datetime
) -> Manifest:
    """Writes a new file, whole or not at all, readable for its owner alone, while the office goes on.

    Raises Refused (`exists`, `damaged_database` …), OSError, FolderUnusable.
    """
    with _new_file(file) as out:
        return await _write(database, evidence, out, beside=file.parent, program=program, now=now)


async def _write(
    database: Database, evidence: Path, out: IO[bytes], *, beside: Path, program: str, now: datetime
) -> Manifest:
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        async with snapshot(database) as connection:
            await _ensure_sound(connection)
            shape = await read_shape(connection)
            revision = shape.known()
            tables = {}
            for table in shape.tables:
                with tempfile.TemporaryFile(dir=beside) as part:
                    count = await _write_table(connection, table, part)
                    tables[table.name] = Part(count, _add(tar, table_name(table.name), part))
            names = await _evidence(connection, shape)
        kept, size, missing, damaged = _add_evidence(tar, evidence, names)
        manifest = Manifest(
            format=FORMAT,
            program=program,
            schema=revision,
            made_at=now.isoformat(),
            tables=tables,
            evidence=len(kept),
            evidence_bytes=size,
            evidence_sha256=hashlib.sha256("".join(kept).encode()).hexdigest(),
            missing=missing,
            damaged=damaged,
        )
        _add(tar, MANIFEST, io.BytesIO(manifest.written()))
    return manifest


async def _ensure_sound(connection: AsyncConnection) -> None:
    """A damaged file shall not push good backups out. Raises Refused `damaged_database`."""
    if rows.is_sqlite(connection) and await connection.scalar(text("PRAGMA integrity_check(1)")) != "ok":
        raise Refused("damaged_database")


async def _write_table(connection: AsyncConnection, table: TableShape, part: IO[bytes]) -> int:
    converts = [values.to_file(one.kind) for one in table.columns]
    count = 0
    with gzip.GzipFile(fileobj=part, mode="wb", compresslevel=4, mtime=0, filename="") as packed:
        packed.write(_line(table.header))
        async for portion in rows.read(connection, table):
            packed.write(b"".join(map(_line, rows.converted(table, portion, converts))))
            count += len(portion)
    return count


def _line(row: Sequence[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


async def _evidence(connection: AsyncConnection, shape: Shape) -> list[str]:
    """The hashes of stored evidence, in order."""
    if not any(one.name == "evidence" for one in shape.tables):
        return []
    found = await connection.scalars(
        text("SELECT DISTINCT sha256 FROM evidence WHERE sha256 IS NOT NULL AND stored_at IS NOT NULL")
    )
    return sorted(found.all())


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> str:
    """Puts a part into the archive; gives its SHA-256."""
    content.seek(0, os.SEEK_END)
    info = tarfile.TarInfo(name)
    info.size = content.tell()
    info.mode = 0o600
    content.seek(0)
    digest = digest_of(content)
    content.seek(0)
    tar.addfile(info, content)
    return digest


def _add_evidence(
    tar: tarfile.TarFile, folder: Path, names: Iterable[str]
) -> tuple[list[str], int, int, int]:
    """The hashes that went in, their bytes, how many were not there, and how many were something else."""
    kept: list[str] = []
    size = missing = damaged = 0
    for name in names:
        if not HASH.fullmatch(name):
            missing += 1
            continue
        with using(folder):
            content = _opened(folder / name[:2] / name)
        if content is None:
            missing += 1
            continue
        with content:
            with using(folder):
                sound = digest_of(content) == name
            if not sound:
                damaged += 1
                continue
            _add(tar, evidence_name(name), content)
            size += content.tell()
        kept.append(name)
    return kept, size, missing, damaged


def _opened(file: Path) -> IO[bytes] | None:
    with suppress(FileNotFoundError):
        return file.open("rb")
    return None


def clear_leftovers(folder: Path, *, now: datetime) -> list[Path]:
    """Deletes half files that backups left here when they were killed; gives them. Raises OSError.

    Only what has our name, begins as ours do (an empty file may be anybody's), was not written to for an hour
    by the machine's own clock `now`, and belongs to nobody who still writes.
    """
    parts = [one for one in sorted(folder.glob(".*.part")) if PART.fullmatch(one.name) and one.is_file()]
    return [one for one in parts if _is_leftover(one, now - LEFT) and _removed(one)]


def _is_leftover(part: Path, since: datetime) -> bool:
    try:
        with part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            written = os.fstat(file.fileno()).st_mtime
            return written < since.timestamp() and file.read(len(BEGINS)) == BEGINS
    except OSError:  # held by a backup under way, somebody else's, or gone
        return False


def _removed(part: Path) -> bool:
    try:
        part.unlink()
    except OSError:
        return False
    return True


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file beside the one that is wanted, which takes its name when all is on the disk."""
    if file.exists():
        raise Refused("exists", file=file)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as out:
            with suppress(OSError):  # a file system without locks: then no part counts as left behind
                fcntl.flock(out, fcntl.LOCK_EX)
            yield out
            out.flush()
            os.fsync(out.fileno())
            check(part)  # what was written can be read, before it counts as a backup
            _name(part, file)  # still locked: until it has its name it is no leftover
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _name(part: Path, file: Path) -> None:
    """Gives a file its name, which no other file has. Raises Refused `exists`."""
    try:
        try:
            os.link(part, file)  # unlike a rename it never takes the place of another file
        except FileExistsError:
            raise
        except OSError:  # a file system without links: an empty file of our own keeps the place
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            part.replace(file)
    except FileExistsError:
        raise Refused("exists", file=file) from None
