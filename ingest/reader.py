"""The process in which workbooks and pages are read; `guarded.py` starts it and says why.

It takes requests from its standard input and answers on its standard output, as pickles: for each sheet an
empty `Grid` with whether it is shown, then its rows in pieces; at the end None, or the `FileRefusedError`.
"""

import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from ingest.htmlfile import archive_sheets, html_sheets
from ingest.limits import (
    CELL_CHARACTERS_MAX,
    LONG_CHARACTERS_MAX,
    LONG_TEXT,
    READER_BYTES_MAX,
    reader_seconds,
)
from ingest.sheet import Cell, FileRefusedError, Grid, ReadSheet, too_big
from ingest.workbook import workbook_sheets
from ingest.xmlfile import xml_sheets

_PIECE_CELLS = 100_000


def main() -> None:
    """Answer requests until there are no more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = READER_BYTES_MAX if hard == resource.RLIM_INFINITY else min(READER_BYTES_MAX, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    while True:
        try:
            kind, name, path = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        _allow_seconds(reader_seconds(path.stat().st_size))
        _answer(answers, kind, name, path)


def _allow_seconds(seconds: int) -> None:
    """Let the process run so much longer; the system ends it then (SIGXCPU)."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, hard))


def _answer(answers: BinaryIO, kind: str, name: str, path: Path) -> None:
    try:
        for sheet in KINDS[kind](name, path):
            _send(answers, (sheet.grid, sheet.is_shown))
            for piece in _pieces(sheet.rows):
                _send(answers, piece)
    except FileRefusedError as refusal:
        _send(answers, refusal)
    else:
        _send(answers, None)


def _pieces(rows: Iterable[list[Cell]]) -> Iterator[list[list[Cell]]]:
    """The rows in pieces of bounded size, in which equal texts are one object."""
    piece: list[list[Cell]] = []
    texts: dict[str, str] = {}
    cells = characters = 0
    for row in rows:
        long = [len(cell) for cell in row if type(cell) is str and len(cell) > LONG_TEXT]
        characters += sum(long)
        if characters > LONG_CHARACTERS_MAX:
            raise too_big(
                f"长文字共 {LONG_CHARACTERS_MAX:,} 字以上",
                f"more than {LONG_CHARACTERS_MAX:,} characters in long texts",
            )
        if max(long, default=0) > CELL_CHARACTERS_MAX:
            raise too_big(f"一格 {max(long):,} 字", f"{max(long):,} characters in one cell")
        piece.append([texts.setdefault(cell, cell) if type(cell) is str else cell for cell in row])
        cells += len(row) + 1
        if cells > _PIECE_CELLS:
            yield piece
            piece, texts, cells = [], {}, 0
    if piece:
        yield piece


def _send(answers: BinaryIO, message: object) -> None:
    pickle.dump(message, answers, protocol=5)
    answers.flush()


def _read_html(name: str, path: Path) -> Iterator[ReadSheet]:
    return _whole(html_sheets(name, path.read_bytes()))


def _read_archive(name: str, path: Path) -> Iterator[ReadSheet]:
    return _whole(archive_sheets(name, path.read_bytes()))


def _read_xml(name: str, path: Path) -> Iterator[ReadSheet]:
    shown, hidden = xml_sheets(name, path.read_bytes())
    yield from _whole(shown)
    yield from _whole(hidden, is_shown=False)


def _whole(grids: Iterable[Grid], is_shown: bool = True) -> Iterator[ReadSheet]:
    for grid in grids:
        rows, grid.rows = grid.rows, []
        yield ReadSheet(grid, is_shown, rows)


KINDS: Mapping[str, Callable[[str, Path], Iterator[ReadSheet]]] = {
    "workbook": workbook_sheets,
    "html": _read_html,
    "archive": _read_archive,
    "xml": _read_xml,
}
"""What is read here, each by its own reader."""


if __name__ == "__main__":
    main()
