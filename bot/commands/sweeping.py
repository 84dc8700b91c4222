"""Takes away the files of evidence to which nothing refers any more, and old pictures of summaries.

A file is written before its row names it, so only files older than a day are looked at, and each once more
before it goes. Files are read and deleted in a thread, never inside a transaction. When the database names
none of the files, it is taken for another office's (a rehearsal, a fresh database, the wrong folder) and
nothing is deleted.
"""

import asyncio
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import structlog

from bot.context import Deps
from models.engine import Database
from services.clock import system_clock
from services.evidence import evidence_path
from services.retention import files_in_use

log = structlog.get_logger()
HASH = re.compile(r"[0-9a-f]{64}")
UNFINISHED = ".new-"
"""How store_bytes begins the name of a file it is writing."""
FRESH = timedelta(days=1)
"""Younger files are left alone. By the machine's clock, which also dates the files."""
PICTURES_KEPT = timedelta(days=30)
"""A picture that is wanted again later is drawn again."""
MOST = 5000
"""Files deleted in one sweep; the rest is left to the next day's."""
EVERY = timedelta(days=1).total_seconds()


async def sweep_daily(deps: Deps, stop: asyncio.Event) -> None:
    """At the start and once a day until `stop`. Not in a rehearsal: its database is not the office's."""
    while not stop.is_set() and deps.settings.office_clock is None:
        try:
            deleted = await sweep(deps.database, deps.settings.evidence_dir)
            if deleted:
                log.info("evidence_swept", files=deleted)
            await asyncio.to_thread(forget_pictures, deps.settings.picture_dir)
        except Exception as error:
            log.warning("sweep_failed", error=type(error).__name__)
        try:
            async with asyncio.timeout(EVERY):
                await stop.wait()
        except TimeoutError:
            continue


async def sweep(database: Database, folder: Path) -> int:
    """One sweep; gives how many files are gone."""
    loose: list[str] = []
    in_use = 0
    for part in await asyncio.to_thread(_parts, folder):
        old = await asyncio.to_thread(_old_hashes, part)
        async with database.reading() as session:
            used = await files_in_use(session, old)
        in_use += len(used)
        loose += sorted(old - used)
    if loose and not in_use:
        log.warning("evidence_of_another_database", files=len(loose))
        return 0
    paths = [evidence_path(folder, one) for one in loose[:MOST]]
    return await asyncio.to_thread(_delete, paths) + await asyncio.to_thread(_delete_unfinished, folder)


def forget_pictures(folder: Path) -> int:
    """Deletes pictures that were drawn long ago, and what a process that died was writing; gives how many."""
    finished = [path for path in folder.glob("*.png") if _is_old(path, PICTURES_KEPT)]
    unfinished = [path for path in folder.glob(f"{UNFINISHED}*") if _is_old(path)]
    return _delete(finished) + _delete(unfinished)


def _parts(folder: Path) -> list[Path]:
    """The sub-folders `00` to `ff` that exist."""
    return sorted(path for path in folder.glob("[0-9a-f][0-9a-f]") if path.is_dir())


def _old_hashes(part: Path) -> set[str]:
    return {path.name for path in part.iterdir() if HASH.fullmatch(path.name) and _is_old(path)}


def _delete_unfinished(folder: Path) -> int:
    """What a process that died was writing."""
    return _delete([path for part in _parts(folder) for path in part.glob(f"{UNFINISHED}*")])


def _delete(paths: Iterable[Path]) -> int:
    """Deletes files that are still old: one that was sent again meanwhile is young."""
    deleted = 0
    for path in paths:
        if _is_old(path):
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def _is_old(path: Path, age: timedelta = FRESH) -> bool:
    try:
        written = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return system_clock().timestamp() - written > age.total_seconds()
