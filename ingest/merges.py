"""Cells of data that are merged downwards: a text holds for each of their rows, a number for none of them."""

from collections.abc import Iterator

import pyarrow as pa

from ingest.sheet import Sheet, Texts
from tracer.schema import Column


def carried(column: Column, is_identifier: bool, texts: Texts, sheet: Sheet, cell: int, start: int) -> Texts:
    """The texts of a column with those of merged cells in each of their rows.

    One amount or identifier for several rows is nothing that can be split or repeated: all these rows are
    wrong (`merged-cell`).
    """
    ranges = [rows for rows in _downwards(sheet, cell, start) if rows.start < len(texts.values)]
    if not ranges:
        return texts
    values = texts.values.to_pylist()
    errors = dict(texts.errors)
    for rows in ranges:
        inside = range(rows.start, min(rows.stop, len(values)))
        for row in inside:
            values[row] = values[rows.start]
        if values[rows.start].strip() and (is_identifier or column.kind in ("money", "number")):
            errors |= dict.fromkeys(inside, "merged-cell")
        elif rows.start in errors:
            errors |= dict.fromkeys(inside, errors[rows.start])
    return Texts(pa.array(values, pa.string()), errors)


def _downwards(sheet: Sheet, cell: int, start: int) -> Iterator[range]:
    """The rows below `start`, counted from there, of each merged cell of a column that has several."""
    for first_row, first_column, last_row, _ in sheet.merged:
        if first_column == cell and start <= first_row < last_row:
            yield range(first_row - start, last_row - start + 1)
