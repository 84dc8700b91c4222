"""The members of a tar file, as strictly as only a backup is written.

`tarfile` reads much more than that: negative sizes, sparse files, headers that change the next one. None of
that is wanted from a file of unknown origin, and on some Pythons it does not even end (CVE-2025-8194).
"""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from models.transfer.refusing import Refused

BLOCK = 512
RECORD = 20 * BLOCK
"""A tar file is filled with zeros up to a multiple of it."""
MAGIC = b"ustar\x0000"
SIZE = re.compile(rb"[0-7]{11}\x00")
REGULAR = (b"0", b"\x00")


@dataclass(frozen=True, slots=True)
class Member:
    """`at`: where its content begins."""

    name: str
    at: int
    size: int


def members(file: IO[bytes]) -> Iterator[Member]:
    """Regular files with a name of their own, one behind the other, then zeros, and nothing else.

    Raises Refused: `not_whole` (cut off, or no tar), `stranger` (anything else that a tar can hold), OSError.
    """
    end = file.seek(0, os.SEEK_END)
    seen: set[str] = set()
    at = 0
    while True:
        file.seek(at)
        header = file.read(BLOCK)
        if len(header) < BLOCK:
            raise Refused("not_whole")
        if not header.strip(b"\x00"):
            if file.read(RECORD).strip(b"\x00") or file.read(1):
                raise Refused("stranger")
            return
        name, size = _of_header(header)
        if name in seen:
            raise Refused("stranger")
        seen.add(name)
        at += BLOCK
        if at + size > end:
            raise Refused("not_whole")
        yield Member(name, at, size)
        at += -(-size // BLOCK) * BLOCK


def _of_header(header: bytes) -> tuple[str, int]:
    said = header[148:156].strip(b" \x00")
    if header[257:265] != MAGIC or said != b"%06o" % (sum(header) - sum(header[148:156]) + 8 * 0x20):
        raise Refused("not_whole")
    name = header[:100].rstrip(b"\x00")
    plain = header[156:157] in REGULAR and not header[345:500].strip(b"\x00") and name.isascii()
    if not plain or not SIZE.fullmatch(header[124:136]):
        raise Refused("stranger")
    return name.decode(), int(header[124:135], 8)


class Content(io.RawIOBase):
    """What a member holds, to be read once from its beginning."""

    def __init__(self, file: IO[bytes], member: Member) -> None:
        super().__init__()
        self._file = file
        self._at = member.at
        self._end = member.at + member.size

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        left = self._end - self._at
        self._file.seek(self._at)
        found = self._file.read(left if size is None or size < 0 else min(size, left))
        self._at += len(found)
        return found
