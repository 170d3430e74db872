"""`python -m benchmarks` prints every figure of the README, each benchmark in a process of its own.

`--page FILE` also writes all of it as one page of Markdown, with the machine and the day.
"""

import argparse
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data"
"""Where real input lies that cannot ship with the product; without it that run is left out."""

RUNS: tuple[tuple[str, ...], ...] = (
    ("kernel", "--size", "1000000"),
    ("kernel", "--size", "10000000"),
    ("kernel", "--size", "30000000", "--repeat", "1"),
    ("kernel", "--size", "10000000", "--shape", "random", "--repeat", "1"),
    ("kernel", "--size", "10000000", "--shape", "hub"),
    ("prorata",),
    ("bounds", "--size", "1000000"),
    ("bounds", "--size", "10000000", "--asked", "100"),
    ("ingest", "--size", "1000000"),
    ("graph", "--size", "1000000"),
    ("trace", "--neo4j"),
    ("end_to_end", "--size", "1000000"),
    ("scan", "--size", "1000000"),
    ("planted", "--size", "1000000"),
    ("match", "--peer", "5000"),
    ("cluster_steps",),
    ("cluster", "--size", "500000", "2000000", "--windows", "4"),
    ("real_input", str(DATA)),
)


def main() -> int:
    """Run all benchmarks; returns the number of those that failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", type=Path, help="write the results to this file too")
    page = parser.parse_args().page
    failed, sections = 0, [f"# Figures\n\n{machine()}\n"]
    for module, *arguments in RUNS:
        title = f"python -m benchmarks.{module} {' '.join(arguments)}".rstrip()
        print(f"\n== {title}", flush=True)
        if module == "real_input" and not DATA.is_dir():
            lines, is_done = [f"left out: there is no folder {DATA}\n"], True
            print(lines[0], end="", flush=True)
        else:
            lines, is_done = run(module, arguments)
        failed += not is_done
        sections.append(f"## `{title}`\n\n```text\n{''.join(lines)}```\n")
        if page:  # after each, so that what was measured is there should the next one be killed
            page.write_text("\n".join(sections), "utf-8")
    return failed


def machine() -> str:
    """The day, and what the figures were taken on."""
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    python = f"Python {platform.python_version()}"
    return f"{date.today()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.machine()}, {python}"


def run(module: str, arguments: list[str]) -> tuple[list[str], bool]:
    """Run one benchmark, showing what it prints; return that, and whether it came to its end."""
    command = [sys.executable, "-u", "-m", f"benchmarks.{module}", *arguments]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        lines.append(f"ended with {process.returncode}\n")
    return lines, process.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
