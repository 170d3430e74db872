"""`python -m benchmarks` prints every figure of the README, each benchmark in a process of its own."""

import subprocess
import sys
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data"
"""Where real input lies that cannot ship with the product; without it that run is left out."""

RUNS: tuple[tuple[str, ...], ...] = (
    ("kernel", "--size", "1000000"),
    ("kernel", "--size", "10000000"),
    ("ingest", "--size", "1000000"),
    ("graph", "--size", "1000000"),
    ("trace",),
    ("end_to_end", "--size", "1000000"),
    ("scan", "--size", "1000000"),
    ("planted", "--size", "1000000"),
    ("real_input", str(DATA)),
)


def main() -> int:
    """Run all benchmarks; returns the number of those that failed."""
    failed = 0
    for module, *arguments in RUNS:
        print(f"\n== {module} {' '.join(arguments)}", flush=True)
        if module == "real_input" and not DATA.is_dir():
            print(f"left out: there is no folder {DATA}", flush=True)
            continue
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *arguments], check=False).returncode
            != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
