"""From CSV files to a graph that can be asked, as a user runs it: ingest, scan of one rule, trace.

Usage: python -m benchmarks.end_to_end --size 1000000
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest.county import generate


def run(home: Path, *command: str) -> tuple[float, float, str]:
    """Wall seconds, peak memory in GB and stdout of one command line, run as a process of its own."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", "--home", str(home), *command], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 2**20, out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="payments")
    size = parser.parse_args().size
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name) / "county", Path(name) / "home"
        key = generate(folder, payments=size, seed=1)
        data = sum(file.stat().st_size for file in folder.rglob("*.*"))
        print(f"{size:,} payments, {data / 1e6:,.0f} MB of files, {os.cpu_count()} cores")
        steps = {
            "ingest (CSV to ledger)": ("ingest", str(folder), "--format", "json"),
            "scan ZB05 (flow, graph, one rule)": (
                "scan",
                "--as-of",
                key.as_of,
                "--rule",
                "ZB05",
                "--format",
                "json",
            ),
            "scan, all rules, graph built": ("scan", "--as-of", key.as_of, "--format", "json"),
        }
        total = 0.0
        for label, command in steps.items():
            seconds, memory, out = run(home, *command)
            total += seconds if "graph built" not in label else 0
            print(f"{label:<36} {seconds:8.1f} s   peak {memory:5.2f} GB")
            if "all rules" in label:
                print(f"{'':<36} {len(json.loads(out)['findings']):,} findings")
        print(f"{'CSV to a graph that can be asked':<36} {total:8.1f} s   (aim: 45 s, 4 GB)")


if __name__ == "__main__":
    main()
