"""How fast a build becomes a graph: Ladybug at full size, a real Neo4j at a smaller one.

Usage: python -m benchmarks.graph --size 1000000 --neo4j-size 50000

The build folder is generated: so many payments, the pieces and links that a county tree of pools gives
(about nine rows per payment), all labels that grow with payments. Neo4j is the one at `NEO4J_URI`, which
must be empty or ours, or a local one that is started for this run; size 0 leaves it out.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tracer.graph import content, server
from tracer.graph.base import Parameter
from tracer.graph.content import TABLES, Table
from tracer.graph.ladybug import LadybugStore, build_file
from tracer.graph.model import INT, TEXT
from tracer.graph.neo4j import Neo4jStore

# Rows of each table per payment; ends are drawn at random, FUNDS and BECAME from early to late.
PER_PAYMENT = {
    "Transfer": 1.0, "Piece": 1.2, "Party": 0.2, "RegisterEntry": 0.2, "Account": 0.05, "Indicator": 0.005,
    "Project": 0.002, "Event": 0.1, "SENT": 1.0, "RECEIVED_BY": 1.0, "NAMES": 0.5, "DRAWS": 0.1,
    "PAYS_FOR": 0.5, "CARRIED": 1.2, "BECAME": 1.1, "FUNDS": 1.1, "BENEFITS": 0.4, "LISTED_AS": 0.2,
    "HELD_BY": 0.05, "BORN_AT": 0.01, "REMAINS_AT": 0.05, "HAD": 0.03, "Target": 0.004, "Asset": 0.001,
    "LoggedAlert": 0.001, "ReportDue": 0.001, "AIMS_AT": 0.004, "FORMED": 0.001,
}  # fmt: skip
FIXED = {"Build": 1, "Fund": 100, "ProhibitedUse": 9}
KEPT = ("id", "ref", "kind", "purpose_key", "payer", "payee")
QUERIES = {
    "one payment by id": "MATCH (t:Transfer {id: $id}) RETURN t.amount_fen AS fen",
    "held at accounts": "MATCH (p:Piece)-[:REMAINS_AT]->(a:Account)"
    " WITH a, coalesce(sum(p.left_fen), 0) AS fen WHERE fen > $least RETURN count(*) AS n",
    "paid by account": "MATCH (a:Account)-[:SENT]->(t:Transfer)"
    " WITH a, coalesce(sum(t.amount_fen), 0) AS fen RETURN max(fen) AS most",
}


def write_folder(folder: Path, size: int) -> None:
    """Write a build folder for so many payments; the same size gives the same content."""
    chance = np.random.default_rng(size)
    folder.mkdir(parents=True)
    count = {table: FIXED.get(table.name) or int(size * PER_PAYMENT.get(table.name, 0)) for table in TABLES}
    nodes = {table.name: count[table] for table in TABLES if not table.ends}
    for table, rows in count.items():
        if rows and (not table.ends or all(nodes[end] > 1 for end in table.ends)):
            pq.write_table(_table(chance, table, rows, nodes), folder / table.file)


def _table(chance: np.random.Generator, table: Table, rows: int, nodes: dict[str, int]) -> pa.Table:
    columns = {name: _values(chance, name, kind, rows) for name, kind in table.columns.items()}
    if table.ends:
        start, end = (chance.integers(0, nodes[label], rows) for label in table.ends)
        if table.ends[0] == table.ends[1]:
            start, end = np.minimum(start, end), np.maximum(start, end) + (start == end)
            end = np.minimum(end, nodes[table.ends[1]] - 1)
        columns |= {"from_key": pa.array(start), "to_key": pa.array(end)}
    else:
        columns["key"] = pa.array(np.arange(rows))
    return pa.table(columns, schema=table.schema)


def _values(chance: np.random.Generator, name: str, kind: str, rows: int) -> pa.Array:
    if kind == INT:
        high = 10**9 if name.endswith("fen") else 20_000
        return pa.array(chance.integers(0, high, rows))
    if kind != TEXT:
        return pa.array(chance.random(rows) < 0.5)
    if name in ("id", "ref"):
        return pa.array([f"{name}{n:09d}" for n in range(rows)])
    if name in KEPT:
        words = pa.array([f"产业到户补助{n:03d}" for n in range(500)])
        return words.take(pa.array(chance.integers(0, 500, rows)))
    return pa.nulls(rows, pa.string())


def timed(what: str, rows: int, work: Any) -> None:
    """Run some work and print its seconds, its processor seconds and, given rows, rows per second."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    rate = f"  {rows / seconds:12,.0f} rows/s" if rows else ""
    print(f"{what:34} {seconds:9.2f} s  {cpu:9.2f} processor s{rate}", flush=True)


def ask(store: LadybugStore | Neo4jStore, size: int) -> None:
    """Print the time of each query, the second time that it is asked."""
    for name, text in QUERIES.items():
        parameters: dict[str, Parameter] = {"id": f"id{size // 2:09d}", "least": 10**6}
        store.run(text, parameters)
        timed(f"  {name}", 0, lambda text=text, parameters=parameters: store.run(text, parameters))


def ladybug(folder: Path, size: int) -> None:
    """Build, open, ask and digest a Ladybug file."""
    rows = sum(content.rows_of(folder).values())
    target = folder.parent / "graph.lbug"
    print(f"\nladybug: {size:,} payments, {rows:,} rows")
    timed("build", rows, lambda: build_file(folder, target))
    print(f"{'file':34} {target.stat().st_size / 2**20:9.0f} MB")
    with LadybugStore(target) as store:
        ask(store, size)
        timed("digest", rows, store.digest)
        assert store.digest() == content.folder_digest(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{'most memory of the process':34} {peak:9.0f} MB")


def bolt(folder: Path, size: int) -> None:
    """Load, load again, change, ask and digest a Neo4j."""
    uri, auth = os.environ.get("NEO4J_URI"), None
    if uri is None:
        running = server.start(folder.parent, heap_mb=2048, owner=os.getpid())
        uri, auth = running.uri, (running.user, running.password)
    rows = sum(content.rows_of(folder).values())
    print(f"\nneo4j: {size:,} payments, {rows:,} rows")
    with Neo4jStore(uri, auth) as store:
        timed("first load", rows, lambda: store.load(folder))
        timed("the same build again", 0, lambda: store.load(folder))
        path = folder / "Account.parquet"
        table = pq.read_table(path)
        held = table.column_names.index("held_fen")
        pq.write_table(table.set_column(held, "held_fen", pa.array([1] * table.num_rows)), path)
        timed("a build with other balances", rows, lambda: store.load(folder))
        ask(store, size)
        timed("digest", rows, store.digest)
    server.stop(folder.parent)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1_000_000, help="payments for Ladybug")
    parser.add_argument(
        "--neo4j-size", type=int, default=50_000, help="payments for Neo4j, 0 to leave it out"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for work, size in ((ladybug, chosen.size), (bolt, chosen.neo4j_size)):
            if size:
                folder = Path(scratch) / work.__name__ / "build"
                write_folder(folder, size)
                work(folder, size)


if __name__ == "__main__":
    main()
