"""A flow as columns in a folder: mapped into memory, so opening costs nothing and reading what is touched.

Nothing here imports numba, pyarrow or the ledger: a trace on a built home answers at once.
"""

import errno
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from tracer.errors import UsageError
from tracer.flow.codes import BOUNDS, METHODS, POLICIES, Int8, Int32, Int64, TooManyPiecesError
from tracer.settings import ledger_version

FORMAT = 2
"""Raised whenever the columns change, so that older builds are built again."""

_META = "meta.json"

Column = np.ndarray[Any, np.dtype[Any]]
Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]


@dataclass(frozen=True)
class Texts:
    """A column of texts: UTF-8 one after the other, and where each begins; "" stands for nothing."""

    starts: Int64
    data: Bytes

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> str:
        return self.data[self.starts[place] : self.starts[place + 1]].tobytes().decode()

    def take(self, places: Sequence[int] | Int64) -> list[str]:
        """The texts at these places, in this order."""
        at = np.asarray(places, np.int64)
        view = self.data.data
        ends = zip(self.starts[at].tolist(), self.starts[at + 1].tolist(), strict=True)
        return [str(view[start:end], "utf-8") for start, end in ends]


@dataclass(frozen=True)
class Flow:
    """Where all the money of a ledger version went, by one method, up to one day.

    m movements in input order, n holders (indicators, then accounts), P pieces in the order in which they
    came to be, l bank legs. Piece and movement columns are those of `Pieces` and `Movements`. Pairs
    `x_start`, `x` are lists of lists: entry k has `x[x_start[k]:x_start[k + 1]]`.
    """

    version: int
    method: str
    as_of: date | None
    homonyms: bool
    """Whether two movements or holders share a name."""
    unwritten: int
    """0, or an upper bound of the pieces by pro-rata where these are too many: then none are there."""

    order: Int64
    """The m row numbers in the contract's order."""
    day: Int32
    time_ms: Int32
    payer: Int32
    payee: Int32
    amount: Int64
    tag: Int32
    kind: Int8
    seq: Int64
    names: Texts
    purpose: Int32
    """Place in `purposes`, m."""
    purposes: Texts

    holder_kind: Int8
    holder_names: Texts
    holder_titles: Texts
    holder_class: Texts
    issue_fen: Int64
    issue_day: Int32
    opening_fen: Int64

    leg_names: Texts
    """Bank legs, by the movement of their payment."""
    leg_rows: Int64
    leg_seq: Int64

    row: Int64
    fen: Int64
    parent: Int64
    origin: Int64
    line: Int32
    left: Int64
    start: Int64
    count: Int32

    depth: Int32
    """How many times each piece was paid on since its birth, P."""
    child_start: Int64
    """Pieces that were cut from each piece, P."""
    child: Int64
    received_start: Int64
    """Movements that brought money to each holder, n."""
    received: Int64
    born_start: Int64
    """Pieces born at each holder: issues, openings, and shortfalls of what it paid, n."""
    born: Int64
    ids_start: Int64
    """All that has a name, by its bucket (`bucket_of`): movements, holders (m + …), legs (m + n + …)."""
    ids: Int64

    @property
    def holders(self) -> int:
        """How many holders there are."""
        return len(self.holder_kind)

    @property
    def rows(self) -> int:
        """How many movements there are."""
        return len(self.day)


def bucket_of(text: str, buckets: int) -> int:
    """The bucket in which `Flow.ids` keeps a name: FNV-1a of its UTF-8; `buckets` is a power of two."""
    code = 2166136261
    for byte in text.encode():
        code = (code ^ byte) * 16777619 & 0xFFFFFFFF
    return (code ^ code >> 15) & buckets - 1


def check_method(method: str, more: Sequence[str] = ()) -> None:
    """Raise `UsageError` unless money can be followed by this method, or it is one of `more`.

    `bounds` only limits money, and a policy follows one claim of it.
    """
    if method in (*METHODS, *more):
        return
    known = [*METHODS, *more]
    if method in (BOUNDS, *POLICIES):
        raise UsageError(
            f"方法 {method} 只用于 trace（bounds 也用于 links），这里可用：{'、'.join(known)} / "
            f"method {method} is for trace (bounds for links too); here use {', '.join(known)}"
        )
    raise UsageError(
        f"没有方法 {method}，可用：{'、'.join(known)} / no method {method}; use {', '.join(known)}"
    )


def require_pieces(flow: Flow) -> None:
    """Raise `TooManyPiecesError` where the pieces of a flow have not been written out."""
    if flow.unwritten:
        raise TooManyPiecesError(flow.unwritten)


def flow_name(version: int, method: str, as_of: date | None) -> str:
    """The name of a build: `v<ledger version>-<method>-<as-of day or "all">`."""
    return f"v{version}-{method}-{as_of.isoformat() if as_of else 'all'}"


def flows_folder(home: Path) -> Path:
    """Where builds lie."""
    return home / "flow"


def open_flow(
    home: Path, method: str = "linked", as_of: date | None = None, version: int | None = None
) -> Flow | None:
    """Open the flow of a ledger version (default: the newest), or None where it is not built.

    A build whose files are not whole counts as none: it is derived, and is built again. Raises `UsageError`
    for a method that is not there.
    """
    check_method(method)
    folder = flows_folder(home) / flow_name(
        ledger_version(home) if version is None else version, method, as_of
    )
    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        return _load(folder, meta) if meta["format"] == FORMAT else None
    except (FileNotFoundError, EOFError, ValueError):  # numpy and json say so of files cut short
        return None


def save_flow(flow: Flow, folder: Path) -> None:
    """Write all columns into a new folder; the caller gives it its name when that has returned."""
    folder.mkdir(parents=True)
    for field in fields(Flow):
        value = getattr(flow, field.name)
        if isinstance(value, Texts):
            save_column(folder / f"{field.name}.starts.npy", value.starts)
            save_column(folder / f"{field.name}.npy", value.data)
        elif isinstance(value, np.ndarray):
            save_column(folder / f"{field.name}.npy", value)
    meta = {
        "format": FORMAT,
        "version": flow.version,
        "method": flow.method,
        "as_of": flow.as_of.isoformat() if flow.as_of else None,
        "homonyms": flow.homonyms,
        "unwritten": flow.unwritten,
    }
    (folder / _META).write_text(json.dumps(meta), encoding="utf-8")


def save_column(path: Path, column: Column) -> None:
    """Write a column; raises OSError where the disk takes only a part of it, which numpy may not notice."""
    np.save(path, column)
    try:
        np.load(path, mmap_mode="r")
    except ValueError as error:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error


def _load(folder: Path, meta: dict[str, int | str | bool | None]) -> Flow:
    columns: dict[str, Any] = {
        "version": meta["version"],
        "method": meta["method"],
        "as_of": date.fromisoformat(str(meta["as_of"])) if meta["as_of"] else None,
        "homonyms": meta["homonyms"],
        "unwritten": meta["unwritten"],
    }
    for field in fields(Flow):
        if field.type is Texts:
            starts, data = (_map(folder / f"{field.name}{end}") for end in (".starts.npy", ".npy"))
            columns[field.name] = Texts(starts, data)
        elif field.name not in columns:
            columns[field.name] = _map(folder / f"{field.name}.npy")
    return Flow(**columns)


def _map(path: Path) -> Column:
    """A column, mapped as a plain array: indexing the `memmap` subclass costs five times as much."""
    column: Column = np.load(path, mmap_mode="r").view(np.ndarray)
    return column
