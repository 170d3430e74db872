"""What the groups of a cluster find is what one machine finds; other rules are refused by name."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.choices import Choices
from api.commands.cluster import _write_found
from tracer.cluster.coverage import FAMILIES, REFUSED, SMALL, TABLES, family_of, reason_of
from tracer.cluster.findings import cluster_findings
from tracer.errors import DataRefusedError
from tracer.rules.kept import keep
from tracer.rules.packs import load_packs
from tracer.rules.scan import scan
from tracer.rules.spec import Rule

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.xdist_group("cluster"),  # one cluster for all
]

RULES = load_packs(Path("none")).newest
COVERED = [rule_id for rules in FAMILIES.values() for rule_id in rules]
WALKS = ("CARRIED", "BECAME", "FUNDS", "LED_TO", "DRAWS", "REMAINS_AT", "PASSED_ON", "REACHED", "BORN_AT")
"""Edges that come from the flow of money or from the order of many rows."""


def test_every_rule_is_covered_or_refused_once() -> None:
    named = sorted([*COVERED, *(rule_id for rules in REFUSED.values() for rule_id in rules)])
    assert named == sorted(RULES)
    assert all(family_of(rule_id) for rule_id in COVERED)
    assert (family_of("ZB14"), reason_of("ZB14"), reason_of("XX99")) == (None, "money", "unknown")


@pytest.mark.parametrize("rule_id", COVERED)
def test_a_covered_rule_walks_no_money_and_has_all_its_tables(rule_id: str) -> None:
    rule: Rule = RULES[rule_id]
    assert not [edge for edge in WALKS if f":{edge}]" in rule.query or f":{edge} " in rule.query]
    family = family_of(rule_id)
    assert family is not None
    assert set(rule.tables) <= {*TABLES[family], *SMALL}


def test_findings_equal_those_of_one_machine(
    spark: Any, county: tuple[Path, date], tmp_path: Path, capsys: Any
) -> None:
    home, as_of = county
    found = cluster_findings(spark, home, as_of, groups=2)
    expected = scan(home, as_of, rules=COVERED)
    assert _texts(found["findings"]) == _texts(expected["findings"])
    assert found["not_evaluable"] == expected["not_evaluable"] == []
    hit = {finding["rule_id"] for finding in found["findings"]}
    assert hit == set(COVERED)
    assert {row["rule_id"] for row in found["refused"]} == set(RULES) - set(COVERED)
    for lang, word in (("zh", "逐手追踪资金"), ("en", "from hand to hand")):
        _write_found(Choices(home, None, "table", lang), found)
        shown = capsys.readouterr().out
        assert word in shown
        assert "ZB14" in shown
    _write_found(Choices(home, None, "csv", "zh"), found)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(found["findings"]) + len(found["refused"])
    keep(tmp_path, RULES, ["ZB01.n=9"], region="220000")
    with pytest.raises(DataRefusedError, match="one machine"):
        cluster_findings(spark, tmp_path, as_of)


def _texts(findings: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in findings)
