"""The Parquet files under the ledger's Delta tables: appended to, read, and named where one is damaged."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError
from pyarrow import dataset

from tracer.errors import DataRefusedError


def append_rows(folder: Path, rows: pa.Table) -> None:
    """Append rows to a Delta table; raises `OSError` where the file system refuses."""
    with system_errors(folder):
        write_deltalake(folder, rows, mode="append")


@contextmanager
def system_errors(folder: Path) -> Iterator[None]:
    """Turn what deltalake says in prose, where the file system refuses something, into an OSError."""
    try:
        yield
    except (DeltaError, OSError) as error:
        number = re.search(r"\(os error (\d+)\)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(folder)) from error


def files_of(folder: Path) -> list[Path]:
    """The Parquet files of a Delta table."""
    try:
        with system_errors(folder):
            names = pa.table(DeltaTable(folder).get_add_actions())["path"].to_pylist()
    except DeltaError as error:
        raise damaged_file(folder / "_delta_log") from error
    return [folder / name for name in names]


def read_rows(
    folder: Path, schema: pa.Schema, columns: list[str] | None = None, only: pc.Expression | None = None
) -> pa.Table:
    """Rows of a Delta table; raises `DataRefusedError` naming a damaged file.

    The files are opened by Arrow itself: through deltalake's own file system, which is Python, Arrow's
    threads can still hold Python objects when the interpreter ends, and abort the process.
    """
    files = files_of(folder)
    try:
        found = dataset.dataset([str(file) for file in files], schema=schema, format="parquet")
        return found.to_table(columns=columns, filter=only)
    except (pa.ArrowInvalid, OSError) as error:
        for file in files:
            if not can_be_read(file, columns):
                raise damaged_file(file) from error
        raise


def can_be_read(file: Path, columns: list[str] | None) -> bool:
    """Whether a Parquet file can be opened and these columns of it read; an empty list opens it only."""
    try:
        with pq.ParquetFile(file) as opened:
            if columns != []:
                opened.read(columns)
    except (pa.ArrowInvalid, OSError):
        return False
    return True


def damaged_file(file: Path) -> DataRefusedError:
    """The error that says which file of the ledger is damaged and what helps."""
    return DataRefusedError(
        f"账本文件 {file} 已损坏或缺失；请从备份恢复它，或换一个空的 --home 重新读入原始文件"
        f" / the ledger file {file} is damaged or missing; restore it from a backup, or ingest the original"
        " files again into an empty --home"
    )
