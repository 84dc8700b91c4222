"""Files of the simulated Telegram. A size may be claimed without holding so many bytes."""

import struct
from dataclasses import dataclass
from hashlib import sha256

from simulator.errors import bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
DOCUMENT_LIMIT = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file; `size` is what Telegram says of it, in bytes."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes
    size: int

    @property
    def too_big(self) -> bool:
        return self.size > DOWNLOAD_LIMIT


class Files:
    """All files that were sent, by file_id."""

    def __init__(self) -> None:
        self.by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._count = 0

    def add(self, data: bytes, *, name: str, mime: str, folder: str, size: int | None = None) -> StoredFile:
        self._count += 1
        unique = sha256(data + name.encode() + str(size).encode()).hexdigest()[:16]
        extension = name.rpartition(".")[2].lower() if "." in name else "bin"
        stored = StoredFile(
            id=f"{folder[:2].upper()}-{self._count:06d}-{unique}",
            unique_id=unique,
            path=f"{folder}/file_{self._count}.{extension}",
            name=name,
            mime=mime,
            data=data,
            size=len(data) if size is None else size,
        )
        self.by_id[stored.id] = stored
        self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """The file of this id; refuses an id Telegram does not know."""
        found = self.by_id.get(file_id)
        if found is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return found

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)


def image_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG in pixels; 800 × 600 for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 < len(data):
        if data[at] != 0xFF:
            break
        if data[at + 1] in {0xC0, 0xC1, 0xC2}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return 800, 600
