"""Why a database is not moved, backed up or restored, and what is said when it was done only in part."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Refused(Exception):
    """`code` names the sentence, `params` fill it. Neither holds what people typed, a name or a password."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Unfinished(Refused):
    """The rows are in the target, or may be: never to be followed by "nothing was stored". `cause`: why."""

    def __init__(self, code: str, cause: BaseException, **params: object) -> None:
        super().__init__(code, **params)
        self.cause = cause


class FolderUnusable(Exception):
    """The folder of evidence could not be read or written. `error`: what the system says."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(type(error).__name__)
        self.folder = folder
        self.error = error


@contextmanager
def using(folder: Path) -> Iterator[None]:
    """Names the folder in which the system refused something. Raises FolderUnusable."""
    try:
        yield
    except OSError as error:
        raise FolderUnusable(folder, error) from error
