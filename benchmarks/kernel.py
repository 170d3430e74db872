"""Transfers per second of order and kernel, with plain Python, and on the tree DuckDB's ASOF form, as peers.

Usage: python -m benchmarks.kernel --size 1000000 [--shape tree|random|hub]

The tree: centre → 31 provinces → 2,800 pools → projects → beneficiaries over 3 years, 10 % of the rows
with a time, 30 % of what pools pay tagged, 1 % refunds, some shortfalls, and one hub that 100,000 rows
reach and 100,000 leave. The peer gets the same tree without refunds and shortfalls, which cumulative
sums cannot say, and is given the order for nothing; its fifo must equal the kernel's. Other shapes: a random
network with ten rows per holder, and one hub that half of all rows reach and half leave.
"""

import argparse
import os
import resource
import time
from collections import defaultdict, deque
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.shapes import one_hub, random_network
from benchmarks.tree import BENEFICIARY, CENTRE, Tree, grow
from tracer.flow.codes import Int64, Pieces, counting_holders
from tracer.flow.conserve import assert_conserved
from tracer.flow.kernel import METHOD_CODES, run_kernel
from tracer.flow.order import order_rows

SHAPES: dict[str, Callable[[int], Tree]] = {
    "tree": lambda rows: grow(rows, plain=False),
    "random": random_network,
    "hub": one_hub,
}

PYTHON_ROWS = 200_000
"""Plain Python is asked for no more rows than this; its time per row does not fall with the size."""

RECORDED = {"lifo": 9_200}
"""Transfers per second of the public tool of `follow-the-money` on two such cores, measured once."""


def python_fifo(tree: Tree, order: Int64) -> tuple[float, list[list[int]]]:
    """Follow all the money by first in, first out with lists and deques; return seconds and fen by row.

    Each row's fen are those of its parts in the order in which they were taken.
    """
    payer, payee, amount = tree.payer.tolist(), tree.payee.tolist(), tree.amount.tolist()
    held: dict[int, deque[list[int]]] = defaultdict(deque)
    issues = sorted((int(tree.issue_day[h]), int(h)) for h in np.flatnonzero(tree.issue_fen > 0))
    for holder in np.flatnonzero(tree.opening_fen > 0).tolist():
        held[holder].append([holder, int(tree.opening_fen[holder])])
    day, issued = tree.day.tolist(), 0
    parts: list[list[int]] = [[] for _ in payer]
    began = time.perf_counter()
    for row in order.tolist():
        while issued < len(issues) and issues[issued][0] <= day[row]:
            holder = issues[issued][1]
            held[holder].append([holder, int(tree.issue_fen[holder])])
            issued += 1
        lots, target, need = held[payer[row]], held[payee[row]], amount[row]
        while need:
            if not lots:
                lots.append([-1, need])
            taken = min(need, lots[0][1])
            target.append([lots[0][0], taken])
            parts[row].append(taken)
            need -= taken
            lots[0][1] -= taken
            if not lots[0][1]:
                lots.popleft()
    return time.perf_counter() - began, parts


def duckdb_fifo(tree: Tree, order: Int64) -> tuple[float, duckdb.DuckDBPyConnection]:
    """Follow the money of a plain tree by cumulative sums and ASOF joins; return seconds and the tables."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    base = duckdb.connect(config={"threads": 2})
    base.register(
        "rows_in",
        pa.table(
            {
                "place": place,
                "payer": tree.payer,
                "payee": tree.payee,
                "fen": tree.amount,
                "level": tree.level[tree.payer],
                "to_level": tree.level[tree.payee],
            }
        ),
    )
    issued = np.flatnonzero(tree.issue_fen > 0)
    base.register("births_in", pa.table({"payee": issued, "fen": tree.issue_fen[issued]}))
    base.execute(
        "CREATE TABLE moved AS SELECT * FROM rows_in; CREATE TABLE births AS SELECT * FROM births_in"
    )
    began = time.perf_counter()
    base.execute(
        "CREATE TABLE got_0 AS "
        "SELECT -1::BIGINT place, 0::BIGINT part, payee, payee::BIGINT origin, fen FROM births"
    )
    for level in range(CENTRE, BENEFICIARY):
        sources = " UNION ALL ".join(
            f"SELECT place, part, payee, origin, fen FROM got_{k}" for k in range(level + 1)
        )
        base.execute(_LEVEL.format(level=level, next=level + 1, sources=sources))
    return time.perf_counter() - began, base


_LEVEL = """
CREATE TABLE got_{next} AS
WITH paid AS (
    SELECT place, payer AS holder, payee, sum(fen) OVER (PARTITION BY payer ORDER BY place)::BIGINT AS upto
    FROM moved WHERE level = {level}
), had AS (
    SELECT payee AS holder, origin, sum(fen) OVER (PARTITION BY payee ORDER BY place, part)::BIGINT AS upto
    FROM ({sources}) WHERE payee IN (SELECT holder FROM paid)
), cuts AS (
    SELECT holder, upto FROM paid UNION SELECT holder, upto FROM had
), pieces AS (
    SELECT holder, upto, upto - lag(upto, 1, 0) OVER (PARTITION BY holder ORDER BY upto) AS fen FROM cuts
)
SELECT paid.place, pieces.upto AS part, paid.payee, had.origin, pieces.fen
FROM pieces
ASOF JOIN paid ON pieces.holder = paid.holder AND pieces.upto <= paid.upto
ASOF JOIN had ON pieces.holder = had.holder AND pieces.upto <= had.upto
"""


def equals_kernel(base: duckdb.DuckDBPyConnection, order: Int64, pieces: Pieces) -> int:
    """Compare fen per row and origin at the last level with the kernel's; return how many there are."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    carried = pieces.row >= 0
    columns = {
        "place": place[pieces.row[carried]],
        "origin": pieces.origin[carried],
        "fen": pieces.fen[carried],
    }
    base.register("ours_in", pa.table(columns))
    base.execute(
        f"""CREATE TABLE theirs AS SELECT place, origin, sum(fen) fen FROM got_{BENEFICIARY} GROUP BY ALL;
        CREATE TABLE ours AS SELECT place, origin, sum(fen) fen FROM ours_in
        WHERE place IN (SELECT place FROM theirs) GROUP BY ALL"""
    )
    for one, other in (("ours", "theirs"), ("theirs", "ours")):
        rows = base.execute(f"SELECT count(*) FROM (FROM {one} EXCEPT FROM {other})").fetchall()[0][0]
        if rows:
            raise SystemExit(f"{rows} rows of {one} are not in {other}")
    return int(base.execute("SELECT count(*) FROM ours").fetchall()[0][0])


def order_of(tree: Tree) -> tuple[float, Int64]:
    """Return seconds and the order."""
    counts = counting_holders(tree.holder_kind)
    began = time.perf_counter()
    order = order_rows(tree.day, tree.time_ms, tree.payer, tree.payee, counts)
    return time.perf_counter() - began, order


def kernel_of(tree: Tree, order: Int64, method: str) -> tuple[float, Pieces]:
    """Return seconds and the pieces."""
    began = time.perf_counter()
    pieces = run_kernel(tree, order, method)
    return time.perf_counter() - began, pieces


def peak_gb() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="rows")
    parser.add_argument("--shape", choices=list(SHAPES), default="tree")
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the best counts")
    arguments = parser.parse_args()
    began = time.perf_counter()
    small = grow(50_000, plain=False)
    for method in METHOD_CODES:
        kernel_of(small, order_of(small)[1], method)
    print(f"machine code compiled or loaded in {time.perf_counter() - began:.1f} s, {os.cpu_count()} cores")
    make = SHAPES[arguments.shape]
    measure_all(make(arguments.size), arguments.repeat)
    measure_python(make(min(arguments.size, PYTHON_ROWS)), arguments.repeat)
    if arguments.shape == "tree":
        measure_peer(grow(arguments.size, plain=True), arguments.repeat)


def measure_all(tree: Tree, repeat: int) -> None:
    """Print time and memory of order and kernel on the whole tree."""
    rows, input_gb = len(tree.day), peak_gb()
    print(f"{rows:,} rows, {len(tree.holder_kind):,} holders, input {input_gb:.2f} GB")
    runs = [order_of(tree) for _ in range(repeat)]
    order_s, order = min(run[0] for run in runs), runs[0][1]
    print(f"order     {order_s:6.2f} s (first {runs[0][0]:.2f} s)")
    for method in METHOD_CODES:
        seconds = []
        for _ in range(repeat):
            taken, pieces = kernel_of(tree, order, method)
            seconds.append(taken)
        began = time.perf_counter()
        assert_conserved(tree, pieces)
        checked = time.perf_counter() - began
        total = order_s + min(seconds)
        print(
            f"{method:<9} {min(seconds):6.2f} s (first {seconds[0]:.2f} s), with order {total:.2f} s ="
            f" {rows / total / 1e6:.1f} M transfers/s; {len(pieces.fen):,} pieces, "
            f"conservation checked in {checked:.2f} s{_against_recorded(method, rows / total)}"
        )
    print(f"peak memory {peak_gb():.2f} GB, {peak_gb() - input_gb:.2f} GB above the input")


def _against_recorded(method: str, per_second: float) -> str:
    """The ratio to the recorded figure of the public tool, where there is one for the method."""
    if method not in RECORDED:
        return ""
    return f"; {per_second / RECORDED[method]:,.0f} x the recorded {RECORDED[method]:,}/s of follow-the-money"


def measure_python(tree: Tree, repeat: int) -> None:
    """Print the time of plain Python and of the kernel on one ledger, whose parts must be equal."""
    rows = len(tree.day)
    order = order_of(tree)[1]
    runs = [kernel_of(tree, order, "fifo") for _ in range(repeat)]
    ours, pieces = min(seconds for seconds, _ in runs), runs[0][1]
    theirs, parts = python_fifo(tree, order)
    for row, fen in enumerate(parts):
        start = pieces.start[row]
        if fen != pieces.fen[start : start + pieces.count[row]].tolist():
            raise SystemExit(f"row {row} has other parts in plain Python")
    print(
        f"peer, {rows:,} rows, fifo without ordering: plain Python {theirs:.2f} s = "
        f"{rows / theirs / 1e3:.0f} k transfers/s; kernel {ours:.3f} s; ratio {theirs / ours:,.0f}; "
        f"all {len(pieces.fen):,} parts equal"
    )


def measure_peer(tree: Tree, repeat: int) -> None:
    """Print the time of DuckDB and of the kernel on the plain tree, and their ratio."""
    rows = len(tree.day)
    runs = [order_of(tree) for _ in range(repeat)]
    order_s, order = min(run[0] for run in runs), runs[0][1]
    seconds = []
    for _ in range(repeat):
        taken, pieces = kernel_of(tree, order, "fifo")
        seconds.append(taken)
    ours = order_s + min(seconds)
    theirs, base = duckdb_fifo(tree, order)
    compared = equals_kernel(base, order, pieces)
    print(
        f"peer, plain tree of {rows:,} rows, fifo: DuckDB {duckdb.__version__} ASOF {theirs:.2f} s = "
        f"{rows / theirs / 1e6:.2f} M transfers/s without ordering; order + kernel {ours:.2f} s = "
        f"{rows / ours / 1e6:.1f} M transfers/s; ratio {theirs / ours:.1f}; "
        f"{compared:,} (payment, origin) of the last level equal"
    )


if __name__ == "__main__":
    main()
