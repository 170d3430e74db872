"""A graph in the making: a DuckDB database over the rows that are seen, and the folder of Parquet files."""

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from tracer.compared import dictionary_of
from tracer.graph.content import TABLES, Table
from tracer.graph.model import BOOL, INT, TEXT

_SQL_TYPES = {TEXT: "VARCHAR", INT: "BIGINT", BOOL: "BOOLEAN"}
_BY_FILE = {table.file: table for table in TABLES}


class Draft:
    """Takes relations in, lets queries be made of them, and writes nodes and edges out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: Counter[str] = Counter()
        """How many nodes of each label and edges of each type were written."""
        self.tables: dict[str, pa.Table] = {}
        """The tables that were made known."""
        self._db = duckdb.connect()
        # Nothing here depends on the order of rows, and keeping it costs time and memory.
        self._db.execute("SET preserve_insertion_order = false")
        # year * 12 + month of a day number
        self._db.execute(
            "CREATE MACRO month_of(day) AS year(DATE '1970-01-01' + day::INTEGER)::BIGINT * 12 "
            "+ month(DATE '1970-01-01' + day::INTEGER)"
        )
        self._db.execute(
            "CREATE MACRO month_day_of(day) AS month_of(day) * 100 + day(DATE '1970-01-01' + day::INTEGER)"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, name: str, rows: pa.Table) -> None:
        """Make a table known to queries under a name, in place of one of that name."""
        self.tables[name] = rows
        self._db.register(name, rows)

    def make(self, name: str, query: str) -> None:
        """Keep what a query gives under a name."""
        self._db.execute(f'CREATE TABLE "{name}" AS {query}')

    def rows(self, query: str) -> pa.Table:
        """What a query gives."""
        return self._db.sql(query).to_arrow_table()

    def count(self, name: str) -> int:
        """How many rows a relation has."""
        return int(self.rows(f'SELECT count(*) AS n FROM "{name}"')["n"][0].as_py())

    def look_up(self, column: pa.ChunkedArray, keys: str) -> pa.Array:
        """For each text of a column the `key` that a relation gives to its `id`, null where there is none."""
        encoded = dictionary_of(column)
        self._db.register(
            "probes", pa.table({"place": range(len(encoded.dictionary)), "id": encoded.dictionary})
        )
        found = self.rows(f"SELECT key FROM probes LEFT JOIN {keys} k USING (id) ORDER BY place")["key"]
        return found.combine_chunks().take(encoded.indices)

    def nodes(self, label: str, query: str) -> None:
        """Write the nodes of a label from a query that gives its properties."""
        self._write(_BY_FILE[f"{label}.parquet"], query)

    def edges(self, kind: str, start: str, end: str, query: str) -> None:
        """Write edges from a query that gives `from_key`, `to_key` and the properties."""
        self._write(_BY_FILE[f"{kind}.{start}.{end}.parquet"], query)

    def nothing(self, *names: str) -> None:
        """Write that there are no nodes of these labels and no edges of these types."""
        for table in TABLES:
            if table.name in names:
                columns = ", ".join(f'NULL AS "{column}"' for column in table.columns)
                self._write(table, f"SELECT {columns} WHERE false")

    def _write(self, table: Table, query: str) -> None:
        path = str(self.folder / table.file).replace("'", "''")
        columns = ", ".join(
            f'"{name}"::{_SQL_TYPES[kind]} AS "{name}"' for name, kind in table.columns.items()
        )
        ((count,),) = self._db.execute(
            f"COPY (SELECT {columns} FROM ({query})) TO '{path}' (FORMAT parquet, COMPRESSION snappy)"
        ).fetchall()
        self.written[table.name] += count
