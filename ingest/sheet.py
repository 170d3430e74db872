"""What every reader gives: a sheet of rows, counted as a spreadsheet shows them, asked for by column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

import pyarrow as pa

from ingest.cells import float_text
from ingest.limits import CELLS_MAX, COLUMNS_MAX

HEAD_ROWS = 100
"""How far down a header row is looked for where no mapping file names it."""

Cell = str | float | int | bool | date | datetime | time | timedelta


class FileRefusedError(Exception):
    """A file that cannot be read as a whole; `code` names the message, `facts` fill it."""

    def __init__(self, code: str, row: int | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.row = row
        self.facts = facts


@dataclass(frozen=True)
class Hidden:
    """Rows and columns, counted from 0, that the spreadsheet does not show."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


NOTHING_HIDDEN = Hidden()


@dataclass(frozen=True)
class Texts:
    """One column of a sheet below its header, as text; `errors` are cells whose content is lost."""

    values: pa.Array
    errors: dict[int, str] = field(default_factory=dict)


class Sheet(Protocol):
    """A table of cells in a file."""

    file: str
    name: str | None
    merged: Sequence[tuple[int, int, int, int]]
    """Merged ranges: first row, first column, last row, last column, counted from 0."""
    hidden: "Hidden"

    @property
    def lost(self) -> Mapping[tuple[int, int], tuple[str, str]]:
        """Cells whose content is not known: row and column from 0 → code of the message, text to show."""

    def head(self, rows: int = HEAD_ROWS, first: int = 0) -> list[list[str]]:
        """The first so many rows as text; those before `first` may be left empty."""

    def height(self, start: int) -> int:
        """How many rows there are from row `start` (counted from 0) on."""

    def texts(self, column: int, start: int, kind: str, unit: str) -> Texts:
        """The cells of one column from row `start` on, as text for a column of this kind."""

    def row(self, index: int, start: int) -> list[str]:
        """All cells of one row, counted from `start`, as a spreadsheet would show them."""

    def extra_cells(self, start: int) -> Sequence[int]:
        """Rows from `start` on, counted from there, that have content beyond the last header cell."""


def cell_text(cell: Cell, kind: str, unit: str = "元") -> str:
    """The text of a typed cell for a column of this kind."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float | int):
        return float_text(float(cell), kind, unit)
    if isinstance(cell, datetime):
        return _moment_text(cell)
    return str(cell)


def _moment_text(moment: datetime) -> str:
    midnight = moment.time() == time()
    return moment.date().isoformat() if midnight else moment.isoformat(" ", "milliseconds")


@dataclass
class Grid:
    """A sheet whose cells are in memory: of a workbook or of an HTML page."""

    file: str
    name: str | None
    rows: list[list[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    lost: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    """Cells whose content is not known: row and column from 0 → code of the message, text to show."""
    serial_shift: int = 0
    """Days to add to date serials: 1462 in workbooks that count from 1904."""
    percents: Mapping[int, set[int]] | None = None
    """Column → rows, both from 0, of cells that are shown as percent; None where the file does not say."""
    hidden: Hidden = NOTHING_HIDDEN

    def head(self, rows: int = HEAD_ROWS, first: int = 0) -> list[list[str]]:
        """The first so many rows as text, those before `first` empty."""
        return [self.row(at, 0) if at >= first else [] for at in range(min(rows, len(self.rows)))]

    def height(self, start: int) -> int:
        """How many rows there are from row `start` (counted from 0) on."""
        return max(0, len(self.rows) - start)

    def texts(self, column: int, start: int, kind: str, unit: str) -> Texts:
        """The cells of one column from row `start` on, as text for a column of this kind."""
        cells: list[Cell] = [row[column] if column < len(row) else "" for row in self.rows[start:]]
        errors = {r - start: code for (r, c), (code, _) in self.lost.items() if c == column and r >= start}
        if kind == "percent":
            cells = self._percent_cells(cells, column, start, errors)
        if kind in ("date", "datetime") and self.serial_shift:
            cells = [self._shifted(cell) for cell in cells]
        return Texts(pa.array([cell_text(cell, kind, unit) for cell in cells], pa.string()), errors)

    def row(self, index: int, start: int) -> list[str]:
        """All cells of one row, counted from `start`, as a spreadsheet would show them."""
        at = start + index
        texts = [cell_text(cell, "text") for cell in self.rows[at]]
        return [self.lost[at, c][1] if (at, c) in self.lost else text for c, text in enumerate(texts)]

    def extra_cells(self, start: int) -> Sequence[int]:
        """None: in a spreadsheet a cell stands where it stands."""
        return ()

    def _shifted(self, cell: Cell) -> Cell:
        return cell + self.serial_shift if isinstance(cell, float) and cell < 100_000 else cell

    def _percent_cells(
        self, cells: list[Cell], column: int, start: int, errors: dict[int, str]
    ) -> list[Cell]:
        """Numbers in cells of a percent format are hundredths; without the format 0.8 could be either."""
        shown = None if self.percents is None else self.percents.get(column, set())
        result: list[Cell] = []
        for at, cell in enumerate(cells):
            if isinstance(cell, float) and shown is not None and start + at in shown:
                cell = float_text(cell * 100, "percent") + "%"
            elif isinstance(cell, float) and shown is None and 0 < cell <= 1:
                errors[at] = "ambiguous-percent"
            result.append(cell)
        return result


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as its reader gives it: a `Grid` without rows, whether it is shown, and its rows."""

    grid: Grid
    is_shown: bool
    rows: Iterable[list[Cell]]


def padded(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows filled up to equal width with empty texts; raises `FileRefusedError` where that is too much."""
    width = max(map(len, rows), default=0)
    check_extent(len(rows), width)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def check_extent(rows: int, columns: int, where: str = "") -> None:
    """Raise `FileRefusedError` (`too-big`) for a sheet of more columns or cells than offices write."""
    if columns > COLUMNS_MAX or rows * columns > CELLS_MAX:
        raise too_big(f"{where}{rows} 行 × {columns} 列", f"{where}{rows} rows × {columns} columns")


def too_big(reason: str, reason_en: str) -> FileRefusedError:
    """The refusal of a file that is larger than anything an office writes."""
    return FileRefusedError("too-big", reason=reason, reason_en=reason_en)


_DAMAGE = {
    "zip": ("压缩包不完整", "its ZIP container is not whole"),
    "part": ("缺少 XLSX 必有的部分", "a part that every XLSX file has is missing"),
    "xml": ("其中的 XML 不完整", "the XML in it is not whole"),
    "packing": ("压缩方式不是 XLSX 的", "it is packed as no XLSX file is"),
    "inside": ("内部结构读不出", "its inner structure cannot be read"),
}


def damaged(what: str) -> FileRefusedError:
    """The refusal of a damaged workbook, by what is damaged."""
    reason, reason_en = _DAMAGE[what]
    return FileRefusedError("damaged", reason=reason, reason_en=reason_en)
