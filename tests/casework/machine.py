"""Alerts as a state machine: whatever scans and handlers do, in any order, only legal moves happen.

The machine keeps a model of its own, written from the words of the requirement and not from the code.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from findings import DAY, NOW, RULES, finding, scanned, slip
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tracer.casework import look
from tracer.casework.alerts import Alert, Conflict, IllegalMove, Result
from tracer.casework.db import Cases
from tracer.casework.slips import file_slip
from tracer.casework.update import take_in
from tracer.errors import DataRefusedError

LEGAL = {
    ("bell", "cleared"), ("bell", "yellow"), ("bell", "red"),
    ("yellow", "green"), ("yellow", "red"), ("red", "green"),
}  # fmt: skip
BY_SLIP = {("yellow", "normal"): "green", ("yellow", "violation"): "red", ("red", "corrected"): "green"}
SUBJECTS = ("甲", "乙", "丙")
SEEN = st.sampled_from(["info", "bell", "yellow", "red"])
SCANS = st.dictionaries(st.sampled_from(SUBJECTS), st.tuples(SEEN, st.integers(1, 3)))


class AlertMachine(RuleBasedStateMachine):
    """Scans and slips against one database; `fresh` gives an empty one."""

    fresh: Callable[[], Cases]
    steps = 0

    @initialize()
    def begin(self) -> None:
        self.cases = type(self).fresh()
        self.as_of = DAY
        self.stood: dict[int, Alert] = {}
        self.decided: dict[int, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "cases"):
            self.cases.close()

    def alerts(self) -> dict[int, Alert]:
        with self.cases.read() as connection:
            return {alert.number: alert for alert in look.alerts(connection, look.Wanted())}

    @rule(found=SCANS, days=st.integers(0, 2), unseen=st.sets(st.sampled_from(SUBJECTS), max_size=1))
    def scan(self, found: dict[str, tuple[str, int]], days: int, unseen: set[str]) -> None:
        self.as_of += timedelta(days=days)
        unseen -= set(found)
        rows = [finding(subject=name, level=level, amount_fen=fen) for name, (level, fen) in found.items()]
        before = self.alerts()
        take_in(self.cases, scanned(*rows, as_of=self.as_of), RULES, NOW, {"ZB01": unseen})
        after = self.alerts()
        levels = {name: level for name, (level, _) in found.items() if level != "info"}
        for number, alert in after.items():
            was = before.get(number)
            if was is None:
                assert alert.state == levels[alert.subject]
            elif was.state in ("yellow", "red", "green", "cleared"):
                assert alert.state == was.state, "a scan moved what only a slip may move"
            elif alert.subject in levels and levels[alert.subject] != "bell":
                assert alert.state == levels[alert.subject]
            elif alert.subject not in levels and alert.subject not in unseen:
                assert alert.state == "cleared"
            else:
                assert alert.state == "bell"
        for name in levels:
            newest = max(alert.number for alert in after.values() if alert.subject == name)
            assert after[newest].state != "cleared"
        take_in(self.cases, scanned(*rows, as_of=self.as_of), RULES, NOW, {"ZB01": unseen})
        assert self.alerts() == after, "the same scan again changed something"

    @rule(days=st.integers(1, 400))
    def scan_an_earlier_day(self, days: int) -> None:
        before = self.alerts()
        if before:
            with pytest.raises(DataRefusedError):
                take_in(self.cases, scanned(as_of=self.as_of - timedelta(days=days)), RULES, NOW)
            assert self.alerts() == before

    @rule(
        place=st.integers(0, 20),
        result=st.sampled_from(["normal", "violation", "corrected"]),
        behind=st.sampled_from([0, 0, 0, 1]),
    )
    def handle(self, place: int, result: Result, behind: int) -> None:
        before = self.alerts()
        if not before:
            return
        alert = before[sorted(before)[place % len(before)]]
        form = slip(result, handled_on=self.as_of)
        to = BY_SLIP.get((alert.state, result))
        if behind:
            with pytest.raises(Conflict):
                file_slip(self.cases, alert.number, alert.version - 1, form, NOW)
        elif to is None:
            with pytest.raises(IllegalMove):
                file_slip(self.cases, alert.number, alert.version, form, NOW)
        else:
            assert file_slip(self.cases, alert.number, alert.version, form, NOW).alert.state == to
            self.decided[alert.number] = to
            return
        assert self.alerts() == before

    @invariant()
    def moves_are_legal_and_decisions_stand(self) -> None:
        if not hasattr(self, "cases"):
            return
        type(self).steps += 1
        now = self.alerts()
        assert set(self.stood) <= set(now), "an alert is gone"
        for number, alert in now.items():
            was = self.stood.get(number)
            if was is not None and was.state != alert.state:
                assert (was.state, alert.state) in LEGAL
            if was is not None:
                assert (was.key, was.opened_on, was.previous) == (alert.key, alert.opened_on, alert.previous)
        for number, state in self.decided.items():
            assert now[number].state == state, "a decision was undone"
        chains = [(alert.key, alert.previous) for alert in now.values()]
        assert len(chains) == len(set(chains)), "one finding has two lines of alerts"
        self.stood = now

    @rule()
    def the_log_tells_the_same(self) -> None:
        with self.cases.read() as connection:
            for number, alert in self.alerts().items():
                log = look.history(connection, number)
                assert [row["version"] for row in log] == list(range(1, alert.version + 1))
                assert log[0]["from_state"] is None
                assert log[-1]["to_state"] == alert.state
                joined = pairwise(log)
                assert all(before["to_state"] == after["from_state"] for before, after in joined)
                slips = {row["version"] for row in look.slips(connection, number)}
                assert slips == {row["slip_version"] for row in log} - {None}
                assert slips == {
                    row["version"]
                    for row in log
                    if row["kind"] == "moved" and row["from_state"] in ("yellow", "red")
                }
