"""Tables of the ledger as Spark frames: the Parquet files that the Delta log names, at a version."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from tracer.errors import UsageError
from tracer.ledger import Ledger
from tracer.ledger_files import files_of
from tracer.schema import TABLES

_OWN = [("_seq", pa.int64()), ("_rev", pa.int32()), ("_batch", pa.int64()), ("_row", pa.int64())]


class LedgerFrames:
    """The current rows of a ledger version on a cluster; all machines see the home folder at its path."""

    def __init__(self, spark: Any, ledger: Ledger, version: int) -> None:
        if not 0 <= version <= ledger.version:
            raise UsageError(f"账本没有版本 {version} / the ledger has no version {version}")
        self.spark, self.ledger, self.version = spark, ledger, version
        self._batches = ledger.batches(version)

    def rows(self, table: str) -> int:
        """How many rows the table has accepted, corrections among them."""
        return sum(int(batch["accepted"]) for batch in self._batches if batch["table"] == table)

    def read(self, table: str, columns: Sequence[str], more: Sequence[str] = ()) -> Any:
        """The columns asked for and `_seq` of the newest version of each row, in no particular order.

        `more` may be `_batch` and `_row`, which tell where a row came from.
        """
        from pyspark.sql import functions as f

        fields = [*(TABLES[table].arrow.field(name) for name in columns), *(pa.field(*own) for own in _OWN)]
        schema = spark_schema(pa.schema(fields))
        batches = [b["batch"] for b in self._batches if b["table"] == table and b["accepted"]]
        if not batches:
            return self.spark.createDataFrame([], schema).select(*columns, "_seq", *more)
        folder = self.ledger.folder / table
        files = [address(file) for file in files_of(folder)]
        found = self.spark.read.schema(schema).parquet(*files)
        found = found.where(f.col("_batch").isin(batches)).select(*columns, "_seq", "_rev", *more)
        if _may_be_corrected(folder):
            newest = found.groupBy("_seq").agg(f.max("_rev").alias("_rev"))
            found = found.join(newest, ["_seq", "_rev"], "left_semi")
        return found.drop("_rev")


def _may_be_corrected(folder: Path) -> bool:
    """Whether some row of a Delta table has more than one version, as far as its statistics tell."""
    actions = pa.table(DeltaTable(folder).get_add_actions(flatten=True))
    if "max._rev" not in actions.column_names:
        return True
    highest = actions["max._rev"].to_pylist()
    return any(value is None or value > 0 for value in highest)


def address(path: Path) -> str:
    """A path as Spark takes it: `Path.as_uri` would write `=` in another way."""
    return f"file:{path.absolute()}"


def spark_schema(schema: pa.Schema) -> Any:
    """An Arrow schema as Spark has it; times have no zone."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema, prefer_timestamp_ntz=True)
