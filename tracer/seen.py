"""The ledger's rows as the rules see them on the as-of day (rules-exact.md section 0, *Seen* and *Empty*)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import day_number
from tracer.compared import filled
from tracer.ledger import Ledger
from tracer.schema import DAY_COLUMNS, TABLES, Column

MS_PER_DAY = 86_400_000
_ALWAYS_WHOLE = "calendar"


def seen(
    ledger: Ledger, version: int, as_of: date | None, table: str, columns: Sequence[str] | None = None
) -> pa.Table:
    """Read the rows of a table that are seen, in input order: all columns, `_seq`, and `row` counting from 0.

    `columns` are the contract's names of those that are wanted, where not all are; that of the table's own
    date must be among them.

    Empty texts are null. Dates are day numbers; a datetime is its day, and in `<column>_ms` its milliseconds
    since midnight. A date after the as-of day is null, and the row whose own date it is left out.
    """
    wanted = [column for column in TABLES[table].columns if columns is None or column.name in columns]
    rows = ledger.read(table, [column.stored for column in wanted], version)
    last = None if as_of is None or table == _ALWAYS_WHOLE else day_number(as_of)
    own_day = DAY_COLUMNS.get(table)
    if last is not None and own_day is not None:
        own_days = _days(rows[TABLES[table].by_name[own_day].stored])
        rows = rows.filter(pc.less_equal(own_days, last))
    with ThreadPoolExecutor(2) as threads:  # Arrow works outside the interpreter's lock
        plain = threads.map(lambda column: _plain(column, rows[column.stored], last), wanted)
        found = {name: values for part in plain for name, values in part.items()}
    return pa.table(found | {"_seq": rows["_seq"], "row": pa.array(np.arange(len(rows)))})


def _plain(column: Column, values: pa.ChunkedArray, last: int | None) -> dict[str, pa.ChunkedArray]:
    """Give a column as DuckDB and the rules can use it, a datetime as two."""
    if column.kind == "text" and not column.refuses_empty:
        return {column.stored: filled(values)}
    if column.kind not in ("date", "datetime"):
        return {column.stored: values}
    days = _days(values)
    if last is not None:
        days = pc.if_else(pc.less_equal(days, last), days, None)
    if column.kind == "date":
        return {column.stored: days}
    ms = values.cast(pa.int64()).fill_null(0).to_numpy() % MS_PER_DAY
    return {column.stored: days, f"{column.stored}_ms": pa.chunked_array([ms])}


def _days(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Days since 1970-01-01 of dates or times."""
    return values.cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
