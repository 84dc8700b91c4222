"""Lines that a terminal may show, and files that only whoever runs the command may read."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

_REASONS = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "forbidden"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "full"),
    errno.ENOENT: "missing",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "exists",
    errno.ENAMETOOLONG: "long_name",
}


def printable(line: str) -> str:
    """Without what could steer a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)


def reason_of(error: OSError, texts: Callable[..., str]) -> str:
    """Why a file could not be read or written, in the words of the reader."""
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return texts(f"files.{_REASONS.get(error.errno or 0, 'other')}", code=code)


def write_private(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Writes a file whole or not at all. FileExistsError: it is there; not with `replace`."""
    written = path.with_name(f".{path.name}.part") if replace else path
    if replace:
        written.unlink(missing_ok=True)  # left by one that was cut off
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(written, path)
    except OSError:
        written.unlink(missing_ok=True)
        raise
