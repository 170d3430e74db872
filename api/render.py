"""How answers are written: tables for people, JSON and CSV for programs, messages on standard error.

Tables and messages are masked by whoever makes them; JSON and CSV on one's own home are exact. The one
exception is CSV: a text cell that a spreadsheet would run as a formula gets an apostrophe in front
(`text.inert`).
"""

import csv
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from api.home import reason_of
from tracer.errors import OutputRefusedError
from tracer.messages import Language, say
from tracer.text import brief, inert

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WIDTH_OF_FILES = 160
"""Width of tables that go to a file or a pipe, in character cells."""
_WHOLE = re.compile(r"[!-~…]{2,32}")
"""What is not broken in a cell: identifiers, dates, words; longer ones, such as paths, are."""
_TEXT_WIDTH = 6
"""Columns of text become no narrower than this, in character cells."""
_QUIET_SECONDS = 1.0
_CELL_MAX = 600
"""Nothing that we say ourselves is longer."""


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says; what cannot be written is escaped instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def write_json(answer: object) -> None:
    """One JSON document on standard output."""
    with writing():
        print(json.dumps(answer, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON form of {type(value).__name__}")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """CSV with a header row on standard output; empty for None, formulas disarmed."""
    with writing():
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([csv_cell(value) for value in row] for row in rows)


def csv_cell(value: object) -> object:
    """A cell that no spreadsheet runs as a formula; lists and mappings as JSON text."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(value, bool):
        return "true" if value else "false"
    return inert(value) if isinstance(value, str) else value


def clean(text: object) -> str:
    """Text without control and direction characters, which could rewrite what a terminal shows."""
    return _CONTROL.sub("\ufffd", str(text))


def write_line(text: str = "") -> None:
    """One line for people on standard output."""
    with writing():
        print(clean(text))


def write_message(text: str) -> None:
    """One line on standard error."""
    print(clean(text), file=sys.stderr)


def table(*headings: str, right: Sequence[int] = ()) -> "Table":
    """An empty table for people; `right` are the columns of figures."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="")
    for number, heading in enumerate(headings):
        is_figure = number in right
        made.add_column(heading, justify="right" if is_figure else "left", no_wrap=is_figure, overflow="fold")
    return made


def add_row(to: "Table", *cells: object) -> None:
    """Append a row; nothing in it is read as markup."""
    from rich.text import Text

    to.add_row(*(Text(brief(clean("" if cell is None else cell), _CELL_MAX)) for cell in cells))


def write_table(made: "Table") -> None:
    """Print a table on standard output, as wide as the terminal, or wide enough for a file."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise

    width = None if sys.stdout.isatty() else _WIDTH_OF_FILES
    console = Plain(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    console.width = max(console.width, _fit(made, console))
    with writing():
        console.print(made)


def _fit(made: "Table", console: "Console") -> int:
    """Narrow the widest columns to the console, breaking no `_WHOLE` word; returns the width.

    Where not even the floors have room the table becomes wider than the console.
    """
    from rich.cells import cell_len

    texts = [[str(column.header), *map(str, column.cells)] for column in made.columns]
    natural = [max(map(cell_len, cells)) for cells in texts]
    wide = console.options.update(max_width=sum(natural) + 1000)
    frame = console.measure(made, options=wide).maximum - sum(natural)
    floors = [
        full if column.no_wrap else max(min(full, _TEXT_WIDTH), *(_longest(text) for text in cells))
        for column, full, cells in zip(made.columns, natural, texts, strict=True)
    ]
    widths = list(natural)
    while sum(widths) > console.width - frame and widths != floors:
        widest = max((n for n in range(len(widths)) if widths[n] > floors[n]), key=widths.__getitem__)
        widths[widest] -= 1
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    return frame + sum(widths)


def _longest(text: str) -> int:
    return max(map(len, _WHOLE.findall(text)), default=0)


class Progress:
    """Lines on standard error for long work: at once on a terminal, else one when it does take long."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._last = ""

    def __call__(self, text: str) -> None:
        """Say what is being done now."""
        is_long = not self._last and time.monotonic() - self._start > _QUIET_SECONDS
        if text != self._last and (sys.stderr.isatty() or is_long):
            write_message(text)
            self._last = text


@contextmanager
def writing() -> Iterator[None]:
    """Raise `OutputRefusedError` where the system refuses what is written to standard output."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        zh, en = reason_of(error)
        close_quietly()
        raise OutputRefusedError(f"写不了标准输出：{zh} / standard output cannot be written: {en}") from error


def flush() -> None:
    """Write what standard output still holds back; raises as `writing` does."""
    with writing():
        sys.stdout.flush()


def close_quietly() -> None:
    """After the reader has gone or takes no more: write nothing more, so that Python ends quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def words(lang: Language, *keys: str) -> list[str]:
    """Several headings at once."""
    return [say(key, lang) for key in keys]


def as_dict_rows(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> list[list[Any]]:
    """The values of the named keys of each row, None where there is none."""
    return [[row.get(name) for name in names] for row in rows]
