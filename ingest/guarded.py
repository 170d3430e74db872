"""Workbooks and pages are read in a process of its own, so that no file can take more than itself down.

What a file makes its reader do is not ours: an unpacked gigabyte, a grid of 17 thousand million cells, a loop
without end, a panic of a library. The process has a ceiling of memory and, for each file, of processor time;
when it ends over a file, that file is refused and the next one gets a new process.
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.limits import LARGE_FILE_BYTES, READER_BYTES_MAX, reader_seconds
from ingest.sheet import FileRefusedError, Grid, damaged

_PANIC = "PanicException"
"""What PyO3 raises where a library written in Rust gives up."""


class _Reader:
    """The process, started with the first file and kept for the next ones."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fundtrail-")
        self._errors = Path(self._folder.name) / "errors"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ingest.reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | {"TMPDIR": self._folder.name},
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout

    def answers(self, kind: str, name: str, path: Path) -> Iterator[Any]:
        """What the process has to say of a file, one message after the other; raises `FileRefusedError`."""
        try:
            pickle.dump((kind, name, path.absolute()), self._requests)
            self._requests.flush()
            while (message := pickle.load(self._answers)) is not None:
                yield message
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
            raise self._refusal(path) from error

    def _refusal(self, path: Path) -> FileRefusedError:
        """Why the process ended; raises RuntimeError where it is to blame, and not the file."""
        status = self._process.wait()
        said = self._errors.read_text("utf-8", "replace")
        if status == -signal.SIGXCPU:
            return FileRefusedError("too-slow", seconds=reader_seconds(path.stat().st_size))
        if status < 0 or "MemoryError" in said:
            return FileRefusedError("too-much-memory", gigabytes=READER_BYTES_MAX >> 30)
        if _PANIC in said:
            return damaged("inside")
        raise RuntimeError(f"the reader of files ended with {status}:\n{said}")

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        with suppress(BrokenPipeError):
            self._requests.close()
        self._answers.close()
        self._process.wait()
        self._folder.cleanup()


_readers: list[_Reader] = []


def close_readers() -> None:
    """End the processes that wait for a next file."""
    while _readers:
        _readers.pop().close()


atexit.register(close_readers)


def read_guarded(kind: str, name: str, path: Path) -> tuple[list[Grid], list[Grid]]:
    """The shown and the hidden sheets of a file of a kind in `reader.KINDS`; raises `FileRefusedError`."""
    shown: list[Grid] = []
    hidden: list[Grid] = []
    reader = _readers.pop() if _readers else _Reader()
    is_whole = False
    try:
        for message in reader.answers(kind, name, path):
            match message:
                case FileRefusedError():
                    is_whole = True
                    raise message
                case Grid(), bool(is_shown):
                    (shown if is_shown else hidden).append(message[0])
                    rows = message[0].rows
                case list():
                    rows += message
        is_whole = True
    finally:
        if is_whole and path.stat().st_size < LARGE_FILE_BYTES:
            _readers.append(reader)
        else:
            reader.close()
    return shown, hidden
