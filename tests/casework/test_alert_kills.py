"""Kill -9 while alerts open and move: what was acknowledged is there, nothing is half there, work goes on."""

import os
import random
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

from tracer.casework import look
from tracer.casework.db import Cases
from tracer.casework.slips import slip_id

KILLS = int(os.environ.get("FUNDTRAIL_DRILLS", "2"))
WORKER = Path(__file__).with_name("handlers.py")


def work_until_killed(home: Path, first: int, chance: random.Random) -> list[str]:
    """Kill the process in the middle of its work; the lines that it has written.

    It is left to write a few lines, which also say how long a step takes it, and a part of a step more.
    """
    process = subprocess.Popen(
        [sys.executable, str(WORKER), str(home), str(first)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    begun = time.monotonic()
    lines += islice(process.stdout, chance.randint(2, 12))
    time.sleep(chance.random() * (time.monotonic() - begun) / (len(lines) - 1))
    process.send_signal(signal.SIGKILL)
    rest, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors
    return ("".join(lines) + rest).split("\n")[:-1]


def test_a_kill_loses_nothing_that_was_acknowledged(cases: Cases, tmp_path: Path) -> None:
    chance = random.Random(7)
    first = 1
    struck = 0
    kept: set[str] = set()
    for _ in range(KILLS):
        lines = work_until_killed(tmp_path / "home", first, chance)
        # What was begun and not yet acknowledged was under way.
        struck += lines[-1].startswith(("opening", "filing"))
        kept |= {line for line in lines if line.startswith("filed")}
        opened = max(int(line.split()[1]) for line in lines if line.startswith("opened"))
        with cases.read() as connection:
            alerts = look.alerts(connection, look.Wanted())
            slips = {
                slip_id(row["number"], row["version"]): row["result"]
                for alert in alerts
                for row in look.slips(connection, alert.number)
            }
            logs = {alert.number: look.history(connection, alert.number) for alert in alerts}
        assert {line.split()[1] for line in kept} <= set(slips)
        assert [alert.number for alert in alerts] == list(range(1, len(alerts) + 1))
        assert len(alerts) >= opened
        for alert in alerts:
            steps = [row["to_state"] for row in logs[alert.number]]
            assert steps == ["yellow", "red", "green"][: alert.version]
            assert alert.state == steps[-1]
            assert sum(slip_id(alert.number, version) in slips for version in (2, 3)) == alert.version - 1
        first = len(alerts) + 1
    print(f"{cases.engine.dialect.name}: {struck} of {KILLS} kills struck while something was being written")
    assert struck >= KILLS // 2
