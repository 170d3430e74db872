"""Build flows: from a ledger version to stored columns, checked to the fen and swapped in at the end."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tracer.errors import DataRefusedError
from tracer.flow.codes import UNEXPLAINED, Int64, MoneyColumns, Pieces, TooManyPiecesError, counting_holders
from tracer.flow.columns import TEXT, codes, join
from tracer.flow.conserve import assert_conserved
from tracer.flow.grouping import buckets_of, depths, group, has_equal_texts
from tracer.flow.kernel import run_kernel
from tracer.flow.movements import Movements, movements, read_tables
from tracer.flow.order import order_rows
from tracer.flow.store import Flow, Texts, check_method, flow_name, flows_folder, open_flow, save_flow
from tracer.ledger import Ledger
from tracer.lock import only_process
from tracer.settings import ledger_version

VERSIONS_KEPT = 3
"""Of how many ledger versions the builds are kept."""


def build_flow(
    home: Path, method: str = "linked", as_of: date | None = None, version: int | None = None
) -> Flow:
    """Open the flow of a ledger version (default: the newest), building it first where it is not there.

    Raises `UsageError` for a method or version that is not there, `ConservationError` where money is
    created or lost, which is a bug. A killed build leaves nothing that counts.
    """
    version = ledger_version(home) if version is None else version
    flow = open_flow(home, method, as_of, version)
    if flow is not None:
        return flow
    with one_builder(flows_folder(home)) as folder:
        flow = open_flow(home, method, as_of, version)
        if flow is None:
            flow = flow_of(read_tables(Ledger(home), version), method, as_of, version)
            _swap_in(flow, folder)
            _prune(folder)
    return flow


def flow_of(
    tables: Mapping[str, pa.Table], method: str = "linked", as_of: date | None = None, version: int = 0
) -> Flow:
    """Follow all the money of some tables (see `movements`) in memory.

    Raises `UsageError` for a method that is not there, `ConservationError` on a bug.
    """
    check_method(method)
    return follow(movements(tables, as_of), method, as_of, version)


def follow(moved: Movements, method: str, as_of: date | None = None, version: int = 0) -> Flow:
    """Follow all the money of some movements in memory; without pieces where they are too many.

    Raises `UsageError` for a method that is not there, `DataRefusedError` for more fen than can be counted,
    `ConservationError` on a bug.
    """
    _refuse_uncountable(moved)
    counts = counting_holders(moved.holder_kind)
    order = order_rows(moved.day, moved.time_ms, moved.payer, moved.payee, counts)
    flow = partial(_flow, moved, order, method, as_of, version)
    try:
        pieces = run_kernel(moved, order, method)
    except TooManyPiecesError as error:
        return flow(_nothing_written(order), error.pieces)
    assert_conserved(moved, pieces)
    return flow(pieces, 0)


def _refuse_uncountable(moved: MoneyColumns) -> None:
    """No sum of amounts may leave 64 bits, however they come together."""
    columns = (moved.amount, moved.issue_fen, moved.opening_fen)
    halves = [(int((fen >> 32).sum()), int((fen & 0xFFFFFFFF).sum())) for fen in columns]
    if sum((high << 32) + low for high, low in halves) >= 1 << 63:
        raise DataRefusedError(
            "账本的金额合计达到 2 的 63 次方分，无法计算：请检查金额单位（元、万元）/ "
            "the amounts of this ledger come to 2**63 fen or more, which cannot be counted: check their units"
        )


def _nothing_written(order: Int64) -> Pieces:
    """No pieces at all; rows begin in their order."""
    nothing, start = np.zeros(0, np.int64), np.empty(len(order), np.int64)
    start[order] = np.arange(len(order))
    return Pieces(
        nothing, nothing, nothing, nothing, nothing.astype(np.int32), nothing, start,
        np.zeros(len(order), np.int32),
    )  # fmt: skip


def _flow(
    moved: Movements, order: Int64, method: str, as_of: date | None, version: int, pieces: Pieces,
    unwritten: int,
) -> Flow:  # fmt: skip
    ids_start, ids, homonyms = _index_of_names(moved)
    purpose = moved.purpose.fill_null("").dictionary_encode()
    return Flow(
        version=version,
        method=method,
        as_of=as_of,
        homonyms=homonyms,
        unwritten=unwritten,
        order=order,
        **{
            name: getattr(moved, name)
            for name in ("day", "time_ms", "payer", "payee", "amount", "tag", "kind")
        },
        **{name: getattr(moved, name) for name in ("seq", "holder_kind", "issue_fen", "issue_day")},
        **{name: getattr(moved, name) for name in ("opening_fen", "leg_rows", "leg_seq")},
        names=_texts(moved.names),
        purpose=codes(purpose.indices),
        purposes=_texts(purpose.dictionary),
        holder_names=_texts(moved.holder_names),
        holder_titles=_texts(moved.holder_titles),
        holder_class=_texts(moved.holder_class),
        leg_names=_texts(moved.leg_names),
        **of_pieces(moved, pieces),
        ids_start=ids_start,
        ids=ids,
    )


def of_pieces(moved: MoneyColumns, pieces: Pieces) -> dict[str, Any]:
    """The columns of a flow that its pieces give."""
    holders = len(moved.holder_kind)
    child_start, child = group(pieces.parent, len(pieces.fen))
    received_start, received = group(np.where(pieces.count > 0, moved.payee, -1).astype(np.int64), holders)
    born_start, born = group(_born_at(pieces, moved), holders)
    return {
        **{field.name: getattr(pieces, field.name) for field in fields(Pieces)},
        "depth": depths(pieces.parent),
        "child_start": child_start,
        "child": child,
        "received_start": received_start,
        "received": received,
        "born_start": born_start,
        "born": born,
    }


def _texts(column: pa.Array) -> Texts:
    column = join([column.fill_null("")])
    if column.offset or not len(column):  # the buffers of a slice are those of the whole array
        column = pa.concat_arrays([pa.array([""], TEXT), column]).slice(1)
    _, offsets, data = column.buffers()
    starts = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return Texts(starts, np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8))


def _born_at(pieces: Pieces, moved: MoneyColumns) -> Int64:
    """For each piece the holder at which it was born; -1 for money that came from somewhere, cash in too."""
    kind, holder = np.divmod(pieces.origin, max(len(moved.holder_kind), 1))
    born = (pieces.parent < 0) & ((pieces.row < 0) | (kind == UNEXPLAINED))
    return np.where(born, holder, -1)


def _index_of_names(moved: Movements) -> tuple[Int64, Int64, bool]:
    texts = _texts(join([moved.names, moved.holder_names, moved.leg_names]))
    buckets = 1 << max(len(texts) - 1, 1).bit_length()
    start, places = group(buckets_of(texts, buckets), buckets)
    return start, places, has_equal_texts(start, places, texts, len(moved.names) + len(moved.holder_names))


# ------------------------------------------------------------------------------------------- on the disk


@contextmanager
def one_builder(folder: Path) -> Iterator[Path]:
    """Let one process build in a folder at a time; what a killed one left unfinished is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    with only_process(folder / ".lock"):
        for unfinished in [*folder.glob(".new-*"), *folder.glob(".old-*")]:
            shutil.rmtree(unfinished)
        yield folder


def _swap_in(flow: Flow, folder: Path) -> None:
    name = flow_name(flow.version, flow.method, flow.as_of)
    unfinished = folder / f".new-{name}"
    save_flow(flow, unfinished)
    if (folder / name).exists():  # of an older format, or damaged
        _remove(folder / name)
    os.rename(unfinished, folder / name)


def _prune(folder: Path) -> None:
    """Remove the builds of all but the newest ledger versions."""
    builds = {path: int(found[1]) for path in folder.iterdir() if (found := re.match(r"v(\d+)-", path.name))}
    kept = sorted(set(builds.values()))[-VERSIONS_KEPT:]
    for path, version in builds.items():
        if version not in kept:
            _remove(path)


def _remove(build: Path) -> None:
    """Take the name away first, so that a kill leaves no half of a build behind it."""
    unnamed = build.with_name(f".old-{build.name}")
    os.rename(build, unnamed)
    shutil.rmtree(unnamed)
