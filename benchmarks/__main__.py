"""`python -m benchmarks` prints every figure of the README, each benchmark in a process of its own."""

import subprocess
import sys

RUNS = (
    ("kernel", "--size", "1000000"),
    ("kernel", "--size", "10000000"),
    ("ingest", "--size", "1000000"),
    ("graph", "--size", "1000000"),
    ("trace",),
    ("end_to_end", "--size", "1000000"),
)


def main() -> int:
    """Run all benchmarks; returns the number of those that failed."""
    failed = 0
    for module, *arguments in RUNS:
        print(f"\n== {module} {' '.join(arguments)}", flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *arguments], check=False).returncode
            != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
