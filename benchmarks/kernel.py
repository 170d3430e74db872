"""Transfers per second of order and kernel on a tree of pools, with DuckDB's ASOF form as the peer.

Usage: python -m benchmarks.kernel --size 1000000

The tree: centre → 31 provinces → 2,800 pools → projects → beneficiaries over 3 years, 10 % of the rows
with a time, 30 % of what pools pay tagged, 1 % refunds, some shortfalls, and one hub that 100,000 rows
reach and 100,000 leave. The peer gets the same tree without refunds and shortfalls, which cumulative
sums cannot say, and is given the order for nothing; its fifo must equal the kernel's.
"""

import argparse
import os
import resource
import time

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.tree import BENEFICIARY, CENTRE, Tree, grow
from tracer.flow.codes import METHODS, Int64, Pieces, counting_holders
from tracer.flow.conserve import assert_conserved
from tracer.flow.kernel import run_kernel
from tracer.flow.order import order_rows


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
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the best counts")
    arguments = parser.parse_args()
    began = time.perf_counter()
    small = grow(50_000, plain=False)
    for method in METHODS:
        kernel_of(small, order_of(small)[1], method)
    print(f"machine code compiled or loaded in {time.perf_counter() - began:.1f} s, {os.cpu_count()} cores")
    measure_all(grow(arguments.size, plain=False), arguments.repeat)
    measure_peer(grow(arguments.size, plain=True), arguments.repeat)


def measure_all(tree: Tree, repeat: int) -> None:
    """Print time and memory of order and kernel on the whole tree."""
    rows, input_gb = len(tree.day), peak_gb()
    print(f"tree: {rows:,} rows, {len(tree.holder_kind):,} holders, input {input_gb:.2f} GB")
    runs = [order_of(tree) for _ in range(repeat)]
    order_s, order = min(run[0] for run in runs), runs[0][1]
    print(f"order     {order_s:6.2f} s (first {runs[0][0]:.2f} s)")
    for method in METHODS:
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
            f"conservation checked in {checked:.2f} s"
        )
    print(f"peak memory {peak_gb():.2f} GB, {peak_gb() - input_gb:.2f} GB above the input")


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
