"""What the distributed run costs beside the single machine, stage by stage, and what grows with the rows.

    python -m benchmarks.cluster --size 200000 500000 1000000

A cluster of two executor processes with one core each on this machine. Wall seconds, processor seconds of all
processes (driver, executors, their Python), highest memory of an executor with its Python, bytes in files.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa

from benchmarks.tree import PROVINCE, Tree, grow
from tracer.cluster.frames import Sizes
from tracer.cluster.run import Run
from tracer.cluster.session import open_session
from tracer.flow.build import flow_of
from tracer.flow.movements import read_tables
from tracer.flow.trace import links
from tracer.ledger import Ledger
from tracer.schema import TABLES

METHOD = "linked"
TREASURY = "TREASURY"
LEGS = 0.1
"""Share of the payments between accounts that have a bank leg."""
FOLDERS = ("rows/moved", "rows/holders", "rows/ordered", "rows/dealt", f"{METHOD}/windows", f"{METHOD}/links")


def make_home(home: Path, rows: int) -> int:
    """Write a tree as a ledger; returns its payments."""
    tree = grow(rows, plain=False)
    with Ledger(home).write() as writer:
        for table, columns in ledger_rows(tree).items():
            size = len(next(iter(columns.values())))
            schema = TABLES[table].arrow
            arrays = [
                pa.array(columns[field.name], field.type)
                if field.name in columns
                else pa.nulls(size, field.type)
                for field in schema
            ]
            content = pa.table(arrays, schema=schema)
            writer.add(
                table, content.append_column("_row", pa.array(np.arange(size))), file=table, sheet=None
            )
        writer.commit()
    return Ledger(home).tables()["payments"]


def ledger_rows(tree: Tree) -> dict[str, dict[str, Any]]:
    """The columns of each input table that a tree becomes; a tenth of its payments have a bank leg."""
    names = np.array([f"{'I' if level <= PROVINCE else 'A'}{h:09d}" for h, level in enumerate(tree.level)])
    indicators = np.flatnonzero(tree.level <= PROVINCE)
    accounts = np.flatnonzero(tree.level > PROVINCE)
    split = (tree.level[tree.payer] <= PROVINCE) & (tree.level[tree.payee] <= PROVINCE)
    paid = np.flatnonzero(~split)
    draws = tree.level[tree.payer[paid]] <= PROVINCE
    named = np.where(draws, tree.payer[paid], tree.tag[paid])
    at = tree.day[paid].astype(np.int64) * 86_400_000 + tree.time_ms[paid]
    voucher = np.array([f"PZ{n:010d}" for n in range(len(paid))])
    leg = np.flatnonzero(~draws & (np.random.default_rng(5).random(len(paid)) < LEGS))
    payer = np.where(draws, TREASURY, names[tree.payer[paid]])
    payee = names[tree.payee[paid]]
    return {
        "indicators": {
            "indicator_id": names[indicators],
            "amount_fen": tree.issue_fen[indicators],
            "issued_on": pa.array(tree.issue_day[indicators], pa.date32()),
        },
        "accounts": {
            "account_no": np.append(names[accounts], TREASURY),
            "account_type": np.append(np.full(len(accounts), "unit"), "treasury"),
        },
        "splits": {
            "parent_indicator_id": names[tree.payer[split]],
            "child_indicator_id": names[tree.payee[split]],
            "amount_fen": tree.amount[split],
            "split_on": pa.array(tree.day[split], pa.date32()),
        },
        "payments": {
            "payment_id": voucher,
            "payer_account": payer,
            "payee_account": payee,
            "amount_fen": tree.amount[paid],
            "paid_at": pa.array(at, pa.timestamp("ms")),
            "indicator_id": pa.array(names[np.maximum(named, 0)], mask=named < 0),
        },
        "transfers": {
            "transfer_id": np.char.add("LS", voucher[leg]),
            "from_account": payer[leg],
            "to_account": payee[leg],
            "amount_fen": tree.amount[paid[leg]],
            "moved_at": pa.array(at[leg], pa.timestamp("ms")),
            "voucher_no": voucher[leg],
        },
    }


class Watch(threading.Thread):
    """Samples the memory of the executors with their Python, and the processor time of all processes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.executor_mb = 0.0
        self._cpu: dict[int, float] = {}

    def run(self) -> None:
        while not self.ended.wait(0.5):
            self.sample()

    def sample(self) -> float:
        """Note what is seen now; returns the processor seconds so far."""
        memory: dict[int, float] = {}
        for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            try:
                times = process.cpu_times()
                self._cpu[process.pid] = times.user + times.system
                line = process.cmdline()
                owner = process.pid if any("ExecutorBackend" in word for word in line) else None
                for parent in process.parents():
                    if owner is None and any("ExecutorBackend" in word for word in parent.cmdline()):
                        owner = parent.pid
                if owner is not None:
                    memory[owner] = memory.get(owner, 0) + process.memory_info().rss / 2**20
            except psutil.NoSuchProcess:
                continue
        self.executor_mb = max([self.executor_mb, *memory.values()])
        return sum(self._cpu.values())


def measure(folder: Path, size: int, window_rows: int) -> dict[str, float]:
    """Run one size on a new cluster; returns seconds, processor seconds, memory and bytes by name."""
    home, out = folder / "home", folder / "out"
    figures = {"payments": float(make_home(home, size))}
    begin = time.perf_counter()
    expected = len(links(flow_of(read_tables(Ledger(home)), METHOD)).to)
    figures["single machine s"] = time.perf_counter() - begin
    watch = Watch()
    steps: list[tuple[str, float, float]] = []

    def step(name: str, window: int, windows: int) -> None:
        if not window:
            steps.append((name, time.perf_counter(), watch.sample()))

    settings = {"spark.sql.shuffle.partitions": "8", "spark.executor.memory": "1g"}
    with open_session("local-cluster[2,1,1024]", settings) as spark:
        watch.start()
        run = Run(spark, home, out, sizes=Sizes(window_rows=window_rows), progress=step)
        prepared = run.prepare()
        summary = run.follow(prepared, METHOD)
        step("end", 0, 0)
        figures["largest part %"] = largest_share(prepared)
        watch.ended.set()
    assert summary["links"] == expected, (summary["links"], expected)
    for (name, wall, cpu), (_, wall_after, cpu_after) in pairwise(steps):
        figures[f"{name} s"], figures[f"{name} cpu s"] = wall_after - wall, cpu_after - cpu
    figures["all s"], figures["all cpu s"] = steps[-1][1] - steps[0][1], steps[-1][2] - steps[0][2]
    figures["executor MB"] = watch.executor_mb
    figures["windows"] = float(summary["windows"])
    for name in FOLDERS:
        files = (out / name).rglob("*.parquet")
        figures[f"{name} bytes"] = float(sum(file.stat().st_size for file in files))
    return figures


def largest_share(prepared: Any) -> float:
    """How much of a window's rows its largest part has, on the average of windows."""
    counts = prepared.read("dealt").groupBy("window", "part").count().toArrow()
    by_window: dict[int, list[int]] = {}
    for window, count in zip(counts["window"].to_pylist(), counts["count"].to_pylist(), strict=True):
        by_window.setdefault(window, []).append(count)
    return 100 * float(np.mean([max(parts) / sum(parts) for parts in by_window.values()]))


def show(sizes: list[int], found: list[dict[str, float]], write: Callable[[str], None] = print) -> None:
    """A line per figure: each size, and the slope per million payments of what grows with them."""
    payments = [one["payments"] for one in found]
    write(f"{'':28}" + "".join(f"{size:>14,}" for size in sizes) + f"{'per million':>14}")
    for name in found[0]:
        line = f"{name:28}" + "".join(f"{one[name]:>14,.1f}" for one in found)
        if len(found) > 1 and name.endswith((" s", " bytes")):
            line += f"{(found[-1][name] - found[0][name]) / (payments[-1] - payments[0]) * 1e6:>14,.1f}"
        write(line)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, nargs="+", default=[200_000, 500_000, 1_000_000], help="rows")
    parser.add_argument("--windows", type=int, default=8, help="about how many windows of time")
    options = parser.parse_args()
    found = []
    for size in options.size:
        with tempfile.TemporaryDirectory() as folder:
            found.append(measure(Path(folder), size, max(1, size // options.windows)))
    show(options.size, found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
