"""Out of a backup into an empty database of either engine: `kinerja restore`.

check all of the file ──▶ schema of the backup ──▶ one transaction: fill, compare, evidence ──▶ commit
                                                                                ──▶ schema of today
"""

import os
import secrets
import tarfile
from pathlib import Path

from models.engine import Database
from models.migrate import migrate
from models.transfer import rows
from models.transfer.archive import (
    CHUNK,
    EVIDENCE,
    Manifest,
    check,
    digest_of,
    lines_of,
    opened,
    part_of,
    table_name,
)
from models.transfer.comparing import compare
from models.transfer.opening import loading, make_ready
from models.transfer.refusing import Refused
from models.transfer.shape import Shape


async def restore(file: Path, database: Database, evidence: Path) -> Manifest:
    """Fills an empty database and the folder of evidence; gives what was restored. Raises Refused, OSError.

    A refusal leaves the database empty. Files of evidence that are there already stay.
    """
    manifest = check(file)
    await make_ready(database, manifest.schema)
    with opened(file) as tar:
        async with loading(database) as (connection, shape):
            _ensure_whole(manifest, shape)
            for table in shape.tables:
                with part_of(tar, table.name) as packed:
                    await rows.write(connection, table, lines_of(packed, table))
                await rows.count_on(connection, table)
            for table in shape.tables:
                with part_of(tar, table.name) as packed:
                    count = await compare(table, lines_of(packed, table), rows.read(connection, table))
                if count != manifest.tables[table.name].rows:
                    raise Refused("altered", part=table_name(table.name))
            _unpack(tar, evidence)
    await migrate(database)
    return manifest


def _ensure_whole(manifest: Manifest, shape: Shape) -> None:
    for name in sorted(manifest.tables.keys() ^ {one.name for one in shape.tables}):
        raise Refused("shape", table=name)


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Writes the evidence that is not there yet, each file whole or not at all."""
    for member in tar:
        match = EVIDENCE.fullmatch(member.name)
        if match is None:
            continue
        place = folder / match[1] / match[2]
        if _is(place, match[2]):
            continue
        content = tar.extractfile(member)
        assert content is not None
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".new-{secrets.token_hex(4)}")  # a sweep knows such names
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                while chunk := content.read(CHUNK):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)


def _is(place: Path, sha256: str) -> bool:
    """Whether a file with this content is there."""
    try:
        with place.open("rb") as there:
            return digest_of(there) == sha256
    except FileNotFoundError:
        return False
