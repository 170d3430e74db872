"""What one core of an executor takes for each step of the distributed run, and how windows fall apart.

Without Spark: the functions that executors call.

python -m benchmarks.cluster_steps --size 1000000
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import pyarrow as pa

from benchmarks.cluster import TREASURY, ledger_rows
from benchmarks.tree import Tree, grow
from tracer.cluster.cut import components, cut_movements, deal_window, order_day
from tracer.cluster.part import OUT, ROWS, run_part
from tracer.flow.codes import INDICATOR, Bool
from tracer.flow.movements import COLUMNS
from tracer.schema import TABLES

DAYS = (1, 3, 10, 30)
"""Lengths of windows whose components are looked at."""


@contextmanager
def timed(name: str, rows: int) -> Iterator[None]:
    begin = time.process_time()
    yield
    seconds = time.process_time() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:16}{rows:>12,} rows {seconds / rows * 1e6:>8.2f} cpu s per million {peak_mb:>10,.0f} MB peak"
    )


def bucket(tree: Tree) -> pa.Table:
    """All splits, payments and transfers of a tree as the rows of one bucket."""
    parts = []
    for table, columns in ledger_rows(tree).items():
        if table in ("splits", "payments", "transfers"):
            size = len(next(iter(columns.values())))
            fields = [TABLES[table].arrow.field(name) for name in COLUMNS[table]]
            arrays = [
                pa.array(columns[field.name], field.type)
                if field.name in columns
                else pa.nulls(size, field.type)
                for field in fields
            ]
            rows = pa.table(arrays, schema=pa.schema(fields))
            rows = rows.append_column("_seq", pa.array(np.arange(size)))
            rows = rows.append_column("table", pa.array([table] * size))
            listed = np.full(size, table == "payments")
            rows = rows.append_column("payer_listed", pa.array(listed))
            rows = rows.append_column("payer_type", pa.array(["unit"] * size))
            parts.append(rows.append_column("guest", pa.array(np.zeros(size, np.bool_))))
    return pa.concat_tables(parts, promote_options="default")


def movements_of(tree: Tree) -> pa.Table:
    """Movements by codes, as `order_day` takes them."""
    return pa.table(
        {
            "row": np.arange(len(tree.day)),
            "day": tree.day,
            "time_ms": tree.time_ms,
            "payer": tree.payer.astype(np.int64),
            "payee": tree.payee.astype(np.int64),
            "payer_kind": tree.holder_kind[tree.payer],
            "payee_kind": tree.holder_kind[tree.payee],
            "amount": tree.amount,
            "tag": pa.array(tree.tag.astype(np.int64), mask=tree.tag < 0),
        }
    )


def roots(tree: Tree) -> Bool:
    """Documents of the centre: they receive nothing."""
    fed = np.zeros(len(tree.level), np.bool_)
    fed[tree.payee] = True
    is_root: Bool = (tree.holder_kind == INDICATOR) & ~fed
    return is_root


def window_parts(rows: pa.Table, is_root: Bool, first: int, days: int) -> tuple[int, int, float]:
    """Rows and components of a window, and the share of the largest component in its rows."""
    day = rows["day"].to_numpy()
    here = (day >= first) & (day < first + days)
    payer, payee = rows["payer"].to_numpy()[here], rows["payee"].to_numpy()[here]
    active = np.unique(payer[~is_root[payer]])
    a = np.minimum(np.searchsorted(active, payer), len(active) - 1)
    b = np.minimum(np.searchsorted(active, payee), len(active) - 1)
    pays, receives = active[a] == payer, active[b] == payee
    label = components(len(active), a[pays & receives], b[pays & receives])
    own = np.where(pays, label[a], label[b])[pays | receives]
    sizes = np.bincount(own)
    return len(payer), int((sizes > 0).sum()), float(sizes.max() / len(payer))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1_000_000, help="rows")
    size = parser.parse_args().size
    warm(grow(20_000, plain=False))
    tree = grow(size, plain=False)
    rows = steps(tree, timed)
    is_root = roots(tree)
    for days in DAYS:
        found = [window_parts(rows, is_root, first, days) for first in range(200, 1000, 50)]
        size_mean, parts, share = (float(np.mean(column)) for column in zip(*found, strict=True))
        print(
            f"window of {days:>3} days {size_mean:>12,.0f} rows {parts:>10,.0f} components,"
            f" the largest has {100 * share:.0f} % of the rows"
        )
    return 0


def warm(tree: Tree) -> None:
    """Have everything compiled."""

    @contextmanager
    def silent(name: str, rows: int) -> Iterator[None]:
        yield

    steps(tree, silent)


def steps(tree: Tree, told: Callable[[str, int], AbstractContextManager[None]]) -> pa.Table:
    """Run the steps one after the other on all rows; returns the rows in order."""
    whole = bucket(tree)
    with told("movements", len(whole)):
        cut_movements(whole, None, [TREASURY])
    moved = movements_of(tree)
    day = tree.day
    starts = np.zeros(1, np.int64)
    by_day = [moved.filter(pa.array(day == one)) for one in np.unique(day)]
    with told("order", len(moved)):
        ordered = pa.concat_tables([order_day(one, starts) for one in by_day])
    payer, payee = ordered["payer"].to_numpy(), ordered["payee"].to_numpy()
    active, counts = np.unique(payer, return_counts=True)
    inside = np.isin(payee, active)
    pairs = np.unique(np.column_stack((payer[inside], payee[inside])), axis=0)
    holders = pa.table(
        {"window": pa.array(np.zeros(len(active), np.int32)), "holder": active, "rows": counts}
    )
    with told("components", len(ordered)):
        deal_window(holders, pa.table({"payer": pairs[:, 0], "payee": pairs[:, 1]}), 8)
    is_root = roots(tree)
    part = ordered.append_column("payer_is_root", pa.array(is_root[payer]))
    for name, codes in (("payer_last", payer), ("payee_last", payee)):
        part = part.append_column(name, pa.array(np.where(np.isin(codes, active), 0, -1).astype(np.int32)))
    with told("kernel", len(part)):
        run_part(part.select(ROWS.names).cast(ROWS), OUT.empty_table(), "linked", 0)
    return ordered


if __name__ == "__main__":
    raise SystemExit(main())
