"""A part of a sheet that holds one table: some of its rows and columns, under the numbers they have there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ingest.sheet import HEAD_ROWS, Sheet, Texts


@dataclass
class Part:
    """Rows from `first` up to `stop` (not included) and some columns of a sheet; all else is as if empty."""

    sheet: Sheet
    first: int = 0
    stop: int | None = None
    columns: range | None = None
    without: frozenset[int] = frozenset()
    """Columns that are left out: those that say why rows were sent back."""
    file: str = field(init=False)
    name: str | None = field(init=False)
    merged: Sequence[tuple[int, int, int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.file, self.name, self.merged = self.sheet.file, self.sheet.name, self.sheet.merged
        self.hidden = self.sheet.hidden

    @property
    def lost(self) -> Mapping[tuple[int, int], tuple[str, str]]:
        """Cells whose content is not known: row and column from 0 → code of the message, text to show."""
        return self.sheet.lost

    def head(self, rows: int = HEAD_ROWS, first: int = 0) -> list[list[str]]:
        """The first so many rows from `first` on as text, behind empty rows for those before it."""
        last = max(rows, self.first + HEAD_ROWS)
        found = self.sheet.head(last if self.stop is None else min(last, self.stop), max(first, self.first))
        empty: list[str] = []
        return [self._kept(row) if at >= self.first else empty for at, row in enumerate(found)]

    def height(self, start: int) -> int:
        """How many rows there are from row `start` (counted from 0) on."""
        height = self.sheet.height(start)
        return height if self.stop is None else max(0, min(height, self.stop - start))

    def texts(self, column: int, start: int, kind: str, unit: str) -> Texts:
        """The cells of one column from row `start` on, as text for a column of this kind."""
        rows = self.height(start)
        if not self.has(column):
            return Texts(pa.array(np.repeat("", rows), pa.string()))
        texts = self.sheet.texts(column, start, kind, unit)
        return Texts(
            texts.values.slice(0, rows), {at: code for at, code in texts.errors.items() if at < rows}
        )

    def row(self, index: int, start: int) -> list[str]:
        """All cells of one row, counted from `start`, as a spreadsheet would show them."""
        return self._kept(self.sheet.row(index, start))

    def extra_cells(self, start: int) -> Sequence[int]:
        """Rows from `start` on, counted from there, that have content beyond the last header cell."""
        rows = self.height(start)
        return [row for row in self.sheet.extra_cells(start) if row < rows]

    def has(self, column: int) -> bool:
        """Whether a column of the sheet (from 0) belongs to this part."""
        return column not in self.without and (self.columns is None or column in self.columns)

    def _kept(self, row: list[str]) -> list[str]:
        if self.columns is None and not self.without:
            return row
        return [text if self.has(column) else "" for column, text in enumerate(row)]
