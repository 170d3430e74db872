"""A process that takes scans in and files slips until it is killed.

It says on a line each what it begins (`opening 3`) and what it was told is kept (`opened 3`).
"""

import sys
from pathlib import Path

from findings import NOW, RULES, finding, scanned, slip

from tracer.casework.db import open_cases
from tracer.casework.slips import file_slip
from tracer.casework.update import take_in


def main(home: Path, first: int) -> None:
    with open_cases(home) as cases:
        for number in range(first, first + 10_000):
            before = {f"S{n}" for n in range(1, number)}
            print("opening", number, flush=True)
            take_in(cases, scanned(finding(subject=f"S{number}")), RULES, NOW, {"ZB01": before})
            print("opened", number, flush=True)
            for version, result in ((1, "violation"), (2, "corrected")):
                print("filing", number, version, flush=True)
                filed = file_slip(cases, number, version, slip(result), NOW)
                print("filed", filed.slip_id, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
