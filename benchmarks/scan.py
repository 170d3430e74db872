"""What a scan costs: all rules on a large county, and again after a few payments changed.

Usage: python -m benchmarks.scan --size 1000000 [--neo4j]

A county of so many payments is generated, ingested, and made a graph; then each rule runs alone on Ladybug,
and with `--neo4j` on a real Neo4j: the one at `NEO4J_URI`, which must be empty or ours, or a local one
that is started for this run. Last, some payments are corrected by a fen, ingested, and everything is scanned
again. All of this is done for a county of 5,000 payments first.
"""

import argparse
import csv
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks.end_to_end import run
from ingest.county import generate
from tracer.graph import server
from tracer.graph.base import Row, Store
from tracer.graph.build import open_graph
from tracer.ledger import Ledger
from tracer.rules.evaluate import RULE_SECONDS
from tracer.rules.load import load_rules
from tracer.rules.parameters import Settings, resolve
from tracer.rules.scan import query_values
from tracer.schema import TABLES

CHANGED = 100
"""How many payments the small batch corrects."""

SMALL = 5_000
"""Payments of a county; the small batch is tried at this size as well."""


def make_home(folder: Path, size: int) -> tuple[Path, str]:
    """A home with the ledger of a generated county, and the day to scan it as of."""
    files, home = folder / "files", folder / "home"
    key = generate(files, payments=size, seed=1)
    seconds, memory, _ = run(home, "ingest", str(files), "--format", "json")
    print(f"{'ingest':<34} {seconds:8.1f} s   peak {memory:5.2f} GB", flush=True)
    return home, key.as_of


def scanned(home: Path, as_of: str, label: str, *rules: str) -> None:
    """Scan by the command line, in a process of its own; prints what it cost."""
    chosen = [word for rule in rules for word in ("--rule", rule)]
    seconds, memory, out = run(home, "scan", "--as-of", as_of, *chosen, "--format", "json")
    count = len(json.loads(out)["findings"])
    print(f"{label:<34} {seconds:8.1f} s   peak {memory:5.2f} GB   {count:,} findings", flush=True)


def small_batch(home: Path, as_of: str, folder: Path) -> None:
    """Correct some payments by a fen, then ingest and scan again; prints the cost of each."""
    ledger = Ledger(home)
    names = TABLES["payments"].arrow.names
    rows = ledger.read("payments", names, ledger.version).slice(0, CHANGED).to_pylist()
    path = folder / "changed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow("amount" if name == "amount_fen" else name for name in names)
        for row in rows:
            fen = row["amount_fen"] + 1
            amount = f"{fen // 100}.{fen % 100:02d}"
            writer.writerow(amount if name == "amount_fen" else row[name] for name in names)
    seconds, _, out = run(home, "ingest", str(path), "--format", "json")
    (batch,) = json.loads(out)["batches"]
    assert batch["corrected"] == len(rows), batch
    print(f"{f'ingest of {len(rows)} changed payments':<34} {seconds:8.1f} s", flush=True)
    scanned(home, as_of, "then flow, graph and all rules")


def answered(store: Store, home: Path, as_of: date) -> Iterator[tuple[str, list[Row], float]]:
    """Rows and seconds of each rule's query."""
    ledger = Ledger(home)
    for rule in load_rules().values():
        values = query_values(ledger, ledger.version, resolve(rule, Settings({}, {})), as_of)
        start = time.perf_counter()
        rows = store.run(rule.query, values, RULE_SECONDS)
        yield rule.id, rows, time.perf_counter() - start


def comparable(rows: list[Row]) -> list[str]:
    """Rows, and lists in them, without an order of their own: neither store promises one."""
    return sorted(
        json.dumps(
            {name: sorted(map(str, v)) if isinstance(v, list) else v for name, v in row.items()},
            sort_keys=True,
        )
        for row in rows
    )


@contextmanager
def neo4j(home: Path) -> Iterator[str]:
    """The URI of a Neo4j for this run."""
    if uri := os.environ.get("NEO4J_URI"):
        yield uri
        return
    running = server.start(home, heap_mb=4096, owner=os.getpid())
    try:
        yield running.uri
    finally:
        server.stop(home)


def rule_by_rule(home: Path, day: str, with_neo4j: bool) -> int:
    """Print the slowest rules, or all beside Neo4j; returns how many differ between the stores."""
    as_of, version = date.fromisoformat(day), Ledger(home).version
    processor = time.process_time()
    with open_graph(home, version, "linked", as_of) as store:
        ours = {rule: (rows, seconds) for rule, rows, seconds in answered(store, home, as_of)}
    processor = time.process_time() - processor
    total = sum(seconds for _, seconds in ours.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{f'{len(ours)} rules, one by one on Ladybug':<34} {total:8.1f} s   peak {peak:5.2f} GB"
        f"   {processor:.1f} processor s"
    )
    for rule, (_, seconds) in sorted(ours.items(), key=lambda entry: -entry[1][1])[:5]:
        print(f"    {rule} {load_rules()[rule].name.zh:<24} {seconds:8.2f} s")
    return beside_neo4j(home, as_of, version, ours) if with_neo4j else 0


def beside_neo4j(home: Path, as_of: date, version: int, ours: dict[str, tuple[list[Row], float]]) -> int:
    """Run the rules on Neo4j and print each beside ours; returns how many differ."""
    different, total = 0, 0.0
    with neo4j(home) as uri:
        start = time.perf_counter()
        with open_graph(home, version, "linked", as_of, uri) as store:
            print(f"{'load into Neo4j':<34} {time.perf_counter() - start:8.1f} s", flush=True)
            for rule, rows, seconds in answered(store, home, as_of):
                equal = comparable(rows) == comparable(ours[rule][0])
                different, total = different + (not equal), total + seconds
                verdict = "equal" if equal else "DIFFERENT"
                print(
                    f"    {rule}  Ladybug {ours[rule][1]:8.2f} s  Neo4j {seconds:8.2f} s  {verdict}",
                    flush=True,
                )
    print(f"{'all rules on Neo4j':<34} {total:8.1f} s   {different} of {len(ours)} rules give other rows")
    return different


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1_000_000, help="payments")
    parser.add_argument("--neo4j", action="store_true", help="run the rules on Neo4j as well")
    chosen = parser.parse_args()
    different = 0
    for size in sorted({min(SMALL, chosen.size), chosen.size}):
        with tempfile.TemporaryDirectory() as name:
            print(f"\n{size:,} payments, {os.cpu_count()} cores", flush=True)
            home, as_of = make_home(Path(name), size)
            scanned(home, as_of, "flow, graph and one rule", "ZB05")
            scanned(home, as_of, "all rules, graph built")
            different += rule_by_rule(home, as_of, chosen.neo4j and size == chosen.size)
            small_batch(home, as_of, Path(name))
    return different


if __name__ == "__main__":
    raise SystemExit(main())
