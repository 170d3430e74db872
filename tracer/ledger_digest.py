"""The digest by which a batch is known again, whatever file it comes in."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def content_digest(table: str, rows: pa.Table) -> str:
    """SHA-256 over the table's name and every value of the rows, column by column, in row order."""
    hasher = hashlib.sha256(f"{table}:{rows.num_rows}".encode())
    for name, column in zip(rows.column_names, rows.itercolumns(), strict=True):
        hasher.update(name.encode())
        for part in _parts(column):
            hasher.update(part)
    return hasher.hexdigest()


def _parts(column: pa.ChunkedArray) -> list[bytes]:
    """Bytes that stand for a column: which cells are null, and the others' values."""
    values = pc.drop_null(column)
    parts = [np.packbits(pc.is_null(column).to_numpy()).tobytes()]
    if pa.types.is_decimal(column.type):
        values = values.cast(pa.string())
    if pa.types.is_string(values.type):
        parts.append(pc.binary_length(values).to_numpy().astype("<i4").tobytes())
        for chunk in values.chunks:
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)[
                chunk.offset : chunk.offset + len(chunk) + 1
            ]
            if len(chunk):
                parts.append(chunk.buffers()[2][int(offsets[0]) : int(offsets[-1])].to_pybytes())
        return parts
    width = pa.int8() if pa.types.is_boolean(values.type) else pa.int64()
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    parts.append(values.cast(width).to_numpy().astype("<i8").tobytes())
    return parts
