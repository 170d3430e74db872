"""The comparison of planted cases and findings: the table that `python -m benchmarks.planted` prints."""

import sys

import pytest

from benchmarks import planted
from tracer.rules.load import load_rules


def test_a_county_has_all_rules_twice_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["planted", "--size", "5000", "--seed", "3"])
    assert planted.main() == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split() for line in lines[2:-2]]
    assert [row[0] for row in rows] == [*sorted(load_rules()), "all"]
    for rule, count, found, missed, extra in rows:
        assert int(count) >= 2, rule
        assert (found, missed, extra) == (count, "0", "0"), rule
    assert lines[-2] == "suppressed by exemptions: 7 planted, 7 found, 0 differ"
    assert lines[-1] == "not evaluable: none"
