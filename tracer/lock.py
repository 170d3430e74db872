"""A lock file: one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracer.errors import DataRefusedError


@contextmanager
def only_process(file: Path, busy: str | None = None) -> Iterator[None]:
    """Hold a lock file, made where it is not there, until the block ends or the process does.

    Waits for another process that holds it; where `busy` says what that one does, raises `DataRefusedError`
    with it instead.
    """
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError as error:
            raise DataRefusedError(busy) from error
        yield
