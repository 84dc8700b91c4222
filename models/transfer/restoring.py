"""Out of a backup into an empty database of either engine: `kinerja restore`.

check all of the file ──▶ schema of the backup
    ──▶ one transaction: fill, compare, evidence, hold back ──▶ commit ──▶ schema of today

What waited in the outbox at the moment of the backup may have arrived since. As with every message of which
nobody knows that, none is repeated by itself: it is `uncertain`, and an admin decides. Words that are given
back wait on: shown twice they do no harm, not shown they are lost.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.delivery import WORDS_GIVEN_BACK, OutboxMessage, OutboxState
from models.engine import Database
from models.migrate import migrate, newest
from models.transfer import rows
from models.transfer.archive import (
    CHUNK,
    Manifest,
    Opened,
    check,
    digest_of,
    lines_of,
    opened,
    table_name,
)
from models.transfer.comparing import compare
from models.transfer.opening import loading, make_ready
from models.transfer.refusing import Refused, Unfinished, using
from models.transfer.shape import Shape


@dataclass(frozen=True, slots=True)
class Restored:
    """`held_back`: notices that were due by now and may have arrived before the restore."""

    manifest: Manifest
    held_back: int


async def restore(
    file: Path, database: Database, evidence: Path, *, now: datetime, checked: Manifest | None = None
) -> Restored:
    """Fills an empty database and the folder of evidence; gives what was restored.

    `checked`: what `check` has just said of this file. Raises Refused, OSError, FolderUnusable: the database
    is empty still, files of evidence that are there stay. Raises Unfinished: it is filled, or may be.
    """
    manifest = checked or check(file)
    await make_ready(database, manifest.schema)
    with opened(file) as archive:
        async with loading(database) as (connection, shape):
            _ensure_whole(manifest, shape)
            for table in shape.tables:
                await rows.write(connection, table, lines_of(archive, table))
                await rows.count_on(connection, table)
            for table in shape.tables:
                count = await compare(table, lines_of(archive, table), rows.read(connection, table))
                if count != manifest.tables[table.name].rows:
                    raise Refused("altered", part=table_name(table.name))
            _unpack(archive, evidence)
            held_back = await _hold_back(connection, now=now)
    try:
        await migrate(database)
    except (SQLAlchemyError, OSError) as error:
        raise Unfinished("not_migrated", error, found=manifest.schema, newest=newest()) from error
    return Restored(manifest, held_back)


_OUTBOX: Any = OutboxMessage.__table__


async def _hold_back(connection: AsyncConnection, *, now: datetime) -> int:
    """What is for a later hour than now, and was never tried, was surely not sent and waits on.

    Any schema has the columns it names: the backup may be an older one.
    """
    row = OutboxMessage
    words = row.kind == WORDS_GIVEN_BACK
    await connection.execute(
        update(_OUTBOX).where(words, row.state == OutboxState.SENDING).values(state=OutboxState.WAITING)
    )
    found = await connection.execute(
        update(_OUTBOX)
        .where(
            row.state.in_((OutboxState.WAITING, OutboxState.SENDING)),
            or_(row.not_before <= now, row.attempts > 0),
            ~words,
        )
        .values(state=OutboxState.UNCERTAIN, finished_at=now, error="restored: it may have arrived before")
    )
    return found.rowcount


def _ensure_whole(manifest: Manifest, shape: Shape) -> None:
    for name in sorted(manifest.tables.keys() ^ {one.name for one in shape.tables}):
        raise Refused("shape", table=name)


def _unpack(archive: Opened, folder: Path) -> None:
    """Writes the evidence that is not there yet, each file whole or not at all. Raises FolderUnusable."""
    for member in archive.evidence:
        sha256 = member.name.rpartition("/")[2]
        place = folder / sha256[:2] / sha256
        content = archive.content(member)
        with using(folder):
            if _is(place, sha256):
                continue
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
