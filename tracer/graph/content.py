"""What a graph holds, as tables: one per label, and one per edge type and pair of labels.

A build is a folder with one Parquet file per table: `<label>.parquet` with the properties as columns, and
`<TYPE>.<From>.<To>.parquet` with `from_key`, `to_key` and the properties. A file that is not there is an
empty table. The digest of a content is defined here once, on rows, so it is equal wherever the rows lie.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tracer.errors import DataRefusedError
from tracer.graph.model import BOOL, EDGES, INT, NODE, NODES, TEXT

ARROW = {TEXT: pa.string(), INT: pa.int64(), BOOL: pa.bool_()}


@dataclass(frozen=True, eq=False)
class Table:
    """One label, or one edge type between two labels; `columns` maps column names to model types."""

    name: str
    columns: dict[str, str]
    ends: tuple[str, str] | None = None

    @property
    def file(self) -> str:
        """Name of the Parquet file."""
        return ".".join([self.name, *(self.ends or ()), "parquet"])

    @property
    def properties(self) -> list[str]:
        """The columns that are properties of the node or edge."""
        return [name for name in self.columns if not (self.ends and name in ("from_key", "to_key"))]

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns as an Arrow schema: strings, 64-bit integers, truth values."""
        return pa.schema([(name, ARROW[kind]) for name, kind in self.columns.items()])


TABLES: tuple[Table, ...] = (
    *(Table(node.label, node.properties) for node in NODES),
    *(
        Table(
            edge.type,
            {"from_key": NODE[start].key_type, "to_key": NODE[end].key_type, **edge.properties},
            (start, end),
        )
        for edge in EDGES
        for start, end in edge.ends
    ),
)


def model_digest() -> str:
    """Digest of the model itself; a graph that was built for another model cannot be asked."""
    return hashlib.sha256(repr([(t.name, t.ends, t.columns) for t in TABLES]).encode()).hexdigest()


def files(folder: Path) -> dict[Table, Path]:
    """The Parquet file of each table that has one; raises DataRefusedError if the folder is not a build."""
    if not folder.is_dir():
        raise DataRefusedError(f"没有图的构建目录 {folder} / there is no build folder {folder}")
    by_file = {table.file: table for table in TABLES}
    found: dict[Table, Path] = {}
    for path in sorted(folder.glob("*.parquet")):
        table = by_file.get(path.name)
        if table is None:
            raise DataRefusedError(
                f"{path}：图模型没有这种表 / {path}: no such label or edge type in the model"
            )
        _check_columns(path, table)
        found[table] = path
    return {table: found[table] for table in TABLES if table in found}


def _check_columns(path: Path, table: Table) -> None:
    schema = pq.read_schema(path)
    tests = {TEXT: _is_text, INT: pa.types.is_integer, BOOL: pa.types.is_boolean}
    wrong = sorted(set(table.columns) ^ set(schema.names)) or [
        name for name, kind in table.columns.items() if not tests[kind](schema.field(name).type)
    ]
    if wrong:
        raise DataRefusedError(
            f"{path}：列与图模型不符 / {path}: columns that differ from the model: {', '.join(wrong)}"
        )


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def rows_of(folder: Path) -> dict[Table, int]:
    """Number of rows of each table of a build folder."""
    present = files(folder)
    return {t: pq.read_metadata(present[t]).num_rows if t in present else 0 for t in TABLES}


def counts_by_name(rows: dict[Table, int]) -> dict[str, int]:
    """Rows by label and edge type, the pairs of a type together."""
    totals: dict[str, int] = {}
    for table, count in rows.items():
        totals[table.name] = totals.get(table.name, 0) + count
    return totals


class Digest:
    """Digest of a content, whatever the order of its rows.

    Each row is written as `<bytes>:<text>` per column, `-` for null, and hashed with SHA-256; the hashes
    of a table are added up as four 64-bit lanes; the digest is the SHA-256 of the sums and row counts.
    """

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._totals: dict[Table, list[int]] = {}

    def add(self, table: Table, rows: pa.Table) -> None:
        """Add rows that have the columns of the table, in any order."""
        self._connection.register("part", rows)
        self._add(table, "part")
        self._connection.unregister("part")

    def add_file(self, table: Table, path: Path) -> None:
        """Add the rows of a Parquet file; one without rows adds nothing."""
        if pq.read_metadata(path).num_rows:
            self._add(table, parquet(path))

    def _add(self, table: Table, relation: str) -> None:
        lanes = ", ".join(f"sum(('0x' || substr(h, {1 + 16 * i}, 16))::UBIGINT::HUGEINT)" for i in range(4))
        (found,) = self._connection.execute(
            f"SELECT count(*), {lanes} FROM (SELECT {row_hash(table)} AS h FROM {relation})"
        ).fetchall()
        totals = self._totals.setdefault(table, [0] * 5)
        for i, part in enumerate(found):
            totals[i] += int(part or 0)

    def hexdigest(self) -> str:
        """The digest of all that was added."""
        whole = hashlib.sha256()
        for table in TABLES:
            count, *lanes = self._totals.get(table, [0] * 5)
            sums = " ".join(f"{lane % 2**64:016x}" for lane in lanes)
            whole.update(f"{table.file} {count} {sums}\n".encode())
        return whole.hexdigest()


def parquet(path: Path) -> str:
    """The SQL expression of a Parquet file."""
    quoted = str(path).replace("'", "''")
    return f"read_parquet('{quoted}')"


def row_hash(table: Table) -> str:
    """The SQL expression of a row's hash: 64 hexadecimal digits over all columns of the table."""
    parts = [f"""coalesce(strlen("{n}"::VARCHAR) || ':' || "{n}"::VARCHAR, '-')""" for n in table.columns]
    return f"sha256({' || '.join(parts)})"


def folder_digest(folder: Path) -> str:
    """The digest that a store has after it took in this build folder."""
    digest = Digest()
    for table, path in files(folder).items():
        digest.add_file(table, path)
    return digest.hexdigest()
