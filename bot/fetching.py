"""Fetches the bytes of evidence after the commit and stores them by the hash of their content."""

import asyncio
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import structlog
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.context import Deps
from services import evidence, outbox
from services.evidence import evidence_path

log = structlog.get_logger()
IDLE = 5.0
"""Seconds between looks when nobody wakes us."""


def store_bytes(folder: Path, content: bytes) -> str:
    """Writes content under its SHA-256, whole or not at all; gives the hash. The same is kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = evidence_path(folder, sha256)
    try:
        os.utime(
            path
        )  # there already: as fresh as a new one, so that no sweep takes it before it is recorded
    except FileNotFoundError:
        pass
    else:
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return sha256


class EvidenceFetcher:
    """Looks for due fetches when woken, and now and then."""

    def __init__(self, deps: Deps, bot: ExtBot[Any]) -> None:
        self.deps = deps
        self.bot = bot
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A file may have come."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`."""
        while not stop.is_set():
            self._woken.clear()
            try:
                busy = await self.fetch_due()
            except Exception as error:
                log.exception("fetching_failed", error=type(error).__name__)
                busy = False
            if not busy and not stop.is_set():
                try:
                    async with asyncio.timeout(IDLE):
                        await self._woken.wait()
                except TimeoutError:
                    continue

    async def fetch_due(self) -> bool:
        """One round of due fetches; False when there was none."""
        async with self.deps.database.reading() as session:
            if not await evidence.anything_due(session, now=self.deps.clock()):
                return False
        async with self.deps.database.writing() as session:
            due = await evidence.claim_fetches(session, now=self.deps.clock())
        for one in due:
            await self._fetch(one)
        return bool(due)

    async def _fetch(self, one: evidence.Fetch) -> None:
        try:
            file = await self.bot.get_file(one.file_id)
            content = bytes(await file.download_as_bytearray())
            sha256 = await asyncio.to_thread(store_bytes, self.deps.settings.evidence_dir, content)
        except (TelegramError, OSError) as error:
            permanent = isinstance(error, BadRequest | Forbidden)
            log.warning("evidence_not_fetched", evidence_id=one.evidence_id, error=type(error).__name__)
            now = self.deps.clock()
            async with self.deps.database.writing() as session:
                final = await evidence.not_fetched(session, one, permanent=permanent, now=now)
                owner = await evidence.owner_of(session, one.evidence_id)
                if final and owner is not None:
                    await outbox.enqueue(
                        session,
                        "evidence_lost",
                        to=owner,
                        now=now,
                        payload={"evidence_id": one.evidence_id},
                        key=f"evidence_lost:{one.evidence_id}",
                    )
            return
        async with self.deps.database.writing() as session:
            await evidence.stored(
                session, one.evidence_id, sha256=sha256, size=len(content), now=self.deps.clock()
            )
