"""A seeded sample of the state machine of alerts; with FUNDTRAIL_DRILLS=100 at least 100,000 steps of it."""

import os
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from machine import AlertMachine
from stores import fresh_store

DRILLS = int(os.environ.get("FUNDTRAIL_DRILLS", "0"))
STEPS = 50 if DRILLS else 25
EXAMPLES = 15 * DRILLS or 10
STEPS_MIN = 500 * DRILLS or 100
"""On each of two engines; an example may end before it has taken all its steps."""


def test_whatever_happens_only_legal_moves_happen(database: str, tmp_path: Path) -> None:
    class Sample(AlertMachine):
        fresh = fresh_store(tmp_path)

    how = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None
    )
    run_state_machine_as_test(Sample, settings=how)  # type: ignore[no-untyped-call]
    assert Sample.steps >= STEPS_MIN
