"""The peer of `benchmarks.match`, run by an interpreter that has recordlinkage: not part of the package.

What its documentation shows: an index of candidate pairs that agree in number, name or account, comparisons
of the three (Damerau-Levenshtein for number and name), expectation maximisation without examples, and of
each recipient the best link. Reads register.parquet and recipients.parquet of a folder, prints one JSON
object.
"""

import json
import sys
import time
from pathlib import Path

import pandas as pd
import recordlinkage


def peak_mb() -> int:
    """Of this program alone: what the system counts for a process begins with that of its parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


def main() -> None:
    folder = Path(sys.argv[1])
    register = pd.read_parquet(folder / "register.parquet")
    recipients = pd.read_parquet(folder / "recipients.parquet")
    start, start_cpu = time.perf_counter(), time.process_time()
    indexer = recordlinkage.Index()
    for column in ("id", "name", "account"):
        indexer.block(column)
    pairs = indexer.index(recipients, register)
    compare = recordlinkage.Compare()
    compare.string("id", "id", method="damerau_levenshtein", threshold=0.94, label="id")
    compare.string("name", "name", method="damerau_levenshtein", threshold=0.99, label="name")
    compare.exact("account", "account", label="account")
    features = compare.compute(pairs, recipients, register)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(features)
    chances = classifier.prob(features)
    linked = chances[chances >= 0.5].rename("chance").reset_index()
    linked.columns = ["row", "person", "chance"]
    best = linked.sort_values("chance", kind="stable").groupby("row").last()
    result = {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(time.process_time() - start_cpu, 2),
        "peak_mb": peak_mb(),
        "pairs": len(pairs),
        "links": [[int(row), int(person)] for row, person in best["person"].items()],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
