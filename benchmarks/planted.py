"""Planted cases against findings, rule by rule: what a scan of all rules finds, misses and adds.

Usage: python -m benchmarks.planted --size 1000000 [--seed 2020]

Ends with 1 where anything planted was missed, anything else was found, or a rule could not be evaluated.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ingest.county import SEED
from ingest.demo import DemoResult, run_demo
from tracer.rules.load import load_rules

SHOWN = 20
"""So many differences are printed one by one."""


def table(result: DemoResult) -> list[str]:
    """A line for every rule in force, with how often it was planted, found, missed and found unplanted."""
    sets = (result.key.expected, result.missed, result.extra)
    planted, missed, extra = (Counter(case.rule_id for case in cases) for cases in sets)
    found = Counter(row["rule_id"] for row in result.found["findings"])
    rows: list[tuple[str, ...]] = [("rule", "planted", "found", "missed", "extra")]
    for rule in sorted(load_rules()):
        rows.append((rule, *(f"{counts[rule]:,}" for counts in (planted, found, missed, extra))))
    rows.append(("all", *(f"{counts.total():,}" for counts in (planted, found, missed, extra))))
    return ["".join(f"{cell:>9}" for cell in row) for row in rows]


def main() -> int:
    """Invent a county or province, ingest and scan it, and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=5_000, help="payments")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        result = run_demo(Path(home), chosen.seed, payments=chosen.size)
    seconds, memory = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{result.key.payments:,} payments, seed {chosen.seed}, {seconds:.0f} s, peak {memory:.1f} GB")
    print("\n".join(table(result)))
    print(f"suppressed by exemptions: {len(result.key.suppressed):,} planted", end=", ")
    print(f"{len(result.found['suppressed']):,} found, {len(result.misjudged):,} differ")
    differences = {"missed": result.missed, "extra": result.extra, "exemption": result.misjudged}
    for word, cases in differences.items():
        for case in cases[:SHOWN]:
            print(f"{word}: {case.rule_id} {case.subject} {case.level} {case.amount_fen} fen")
    for problem in result.report["problems"][:SHOWN]:
        print(f"rejected: {problem['file']} row {problem['row']}: {problem['problem']}")
    print("not evaluable:", ", ".join(row["rule_id"] for row in result.found["not_evaluable"]) or "none")
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main())
