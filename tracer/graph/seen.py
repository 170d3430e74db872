"""The ledger's rows as the rules see them on the as-of day (rules-exact.md section 0, *Seen* and *Empty*)."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import day_number
from tracer.graph.text import filled
from tracer.ledger import Ledger
from tracer.schema import DAY_COLUMNS, TABLES, Column

_MS_PER_DAY = 86_400_000
_ALWAYS_WHOLE = "calendar"


def seen(ledger: Ledger, version: int, as_of: date | None, table: str) -> pa.Table:
    """Read the rows of a table that are seen, in input order: all columns, `_seq`, and `row` counting from 0.

    Empty texts are null. Dates are day numbers; a datetime is its day, and in `<column>_ms` its milliseconds
    since midnight. A date after the as-of day is null, and the row whose own date it is left out.
    """
    rows = ledger.read(table, version=version)
    last = None if as_of is None or table == _ALWAYS_WHOLE else day_number(as_of)
    own_day = DAY_COLUMNS.get(table)
    if own_day is not None:
        rows = _plain(rows, TABLES[table].by_name[own_day], last)
        rows = rows if last is None else rows.filter(pc.is_valid(rows[own_day]))
    for column in TABLES[table].columns:
        if column.name != own_day:
            rows = _plain(rows, column, last)
    return rows.append_column("row", pa.array(np.arange(len(rows))))


def _plain(rows: pa.Table, column: Column, last: int | None) -> pa.Table:
    """Replace a column by one that DuckDB and the rules can use as it is."""
    place = rows.schema.get_field_index(column.stored)
    values = rows[column.stored]
    if column.kind == "text" and not column.refuses_empty:
        return rows.set_column(place, column.stored, filled(values))
    if column.kind == "date":
        days = values.cast(pa.int32()).cast(pa.int64())
        return rows.set_column(place, column.stored, _up_to(days, last))
    if column.kind == "datetime":
        ms = values.cast(pa.int64())
        moments = ms.fill_null(0).to_numpy()
        days = pa.chunked_array([pa.array(moments // _MS_PER_DAY, mask=np.asarray(ms.is_null()))])
        rows = rows.set_column(place, column.stored, _up_to(days, last))
        return rows.append_column(f"{column.stored}_ms", pa.array(moments % _MS_PER_DAY))
    return rows


def _up_to(days: pa.ChunkedArray, last: int | None) -> pa.ChunkedArray:
    return days if last is None else pc.if_else(pc.less_equal(days, last), days, None)
