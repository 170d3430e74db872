"""Arrow columns of the ledger as numbers: codes of texts, days, fen."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.flow.codes import Int32, Int64

TEXT = pa.large_string()
_MS_PER_DAY = 86_400_000


def text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array of text from a column, without copying where there is one chunk of the type."""
    return join(column.chunks) if isinstance(column, pa.ChunkedArray) else column.cast(TEXT)


def join(arrays: Sequence[pa.Array]) -> pa.Array:
    """Text arrays one after the other."""
    if len(arrays) == 1:
        return arrays[0].cast(TEXT)
    return pa.concat_arrays([pa.array([], TEXT), *(array.cast(TEXT) for array in arrays)])


def int64(column: pa.Array | pa.ChunkedArray) -> Int64:
    """Whole numbers, 0 where there is none."""
    numbers: Int64 = column.cast(pa.int64()).fill_null(0).to_numpy().astype(np.int64, copy=False)
    return numbers


def codes(array: pa.Array) -> Int32:
    """Indices as int32, -1 for null."""
    numbers: Int32 = array.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return numbers


def encode(columns: Sequence[pa.Array]) -> tuple[list[Int32], pa.Array]:
    """Give equal texts of all columns equal numbers, -1 for null; also the texts, by number."""
    encoded = join(columns).dictionary_encode()
    ends = np.cumsum([len(column) for column in columns])
    return np.split(codes(encoded.indices), ends[:-1]), encoded.dictionary


def days(column: pa.Array | pa.ChunkedArray) -> Int32:
    """Days since 1970-01-01 of dates or of timestamps in ms."""
    if pa.types.is_date32(column.type):
        return int64(column.cast(pa.int32())).astype(np.int32)
    return (int64(column) // _MS_PER_DAY).astype(np.int32)


def times_ms(column: pa.Array | pa.ChunkedArray) -> Int32:
    """Milliseconds since midnight of timestamps in ms; dates have none, so 0."""
    if pa.types.is_date32(column.type):
        return np.zeros(len(column), np.int32)
    return (int64(column) % _MS_PER_DAY).astype(np.int32)


def positions(probes: pa.Array, among: pa.Array) -> Int32:
    """For each probe its row in `among`, whose texts are unique; -1 where it is null or not there.

    The hash is built over the probes, which are few (refunds, vouchers) where `among` is long.
    """
    keys = probes.unique().drop_null()
    if not len(keys):
        return np.full(len(probes), -1, np.int32)
    row_of_key = np.full(len(keys) + 1, -1, np.int32)
    key_of_row = codes(pc.index_in(among, value_set=keys))
    known = key_of_row >= 0
    row_of_key[key_of_row[known]] = np.flatnonzero(known)
    return row_of_key[codes(pc.index_in(probes, value_set=keys))]


def is_in(column: pa.Array | pa.ChunkedArray, word: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where a text column has this word; False for null."""
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        pc.equal(column, word).fill_null(False).to_numpy(zero_copy_only=False)
        if isinstance(column, pa.Array)
        else pc.equal(column, word).fill_null(False).to_numpy()
    )
    return found
