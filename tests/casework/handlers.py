"""A process that takes scans in and files slips, saying what it was told is kept, until it is killed."""

import sys
from pathlib import Path

from findings import NOW, RULES, finding, scanned, slip

from tracer.casework.db import open_cases
from tracer.casework.slips import file_slip
from tracer.casework.update import take_in


def main(home: Path, first: int) -> None:
    with open_cases(home) as cases:
        for number in range(first, first + 10_000):
            rows = [finding(subject=f"S{n}") for n in range(1, number + 1)]
            take_in(cases, scanned(*rows), RULES, NOW)
            print("opened", number, flush=True)
            filed = file_slip(cases, number, 1, slip("violation"), NOW)
            print("filed", filed.slip_id, flush=True)
            filed = file_slip(cases, number, 2, slip("corrected"), NOW)
            print("filed", filed.slip_id, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
