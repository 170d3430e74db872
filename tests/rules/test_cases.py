"""Every case of the case book, on both graph stores; and the book itself is complete."""

from pathlib import Path

import pytest
from casebook import CASES, Case, read_cases, write_ledger

from tracer.rules.load import load_rules
from tracer.rules.scan import scan

BOOK = read_cases()
MISSING = [case for case in BOOK if case.kind == "missing"]
EVALUATED = [case for case in BOOK if case.kind != "missing"]


def run(case: Case, home: Path, graph: str | None) -> dict[str, object]:
    write_ledger(home, case.ledger)
    return scan(home, case.as_of, [case.rule_id], settings=case.settings, graph=graph)


def check(case: Case, result: dict[str, object]) -> None:
    findings = result["findings"]
    assert result["not_evaluable"] == []
    assert {f["subject"]: (f["level"], f["amount_fen"]) for f in findings} == case.expect, case.about
    assert len(findings) == len(case.expect)
    assert {f["rule_id"] for f in findings} <= {case.rule_id}
    assert sorted(f["subject"] for f in result["suppressed"]) == sorted(case.suppressed)
    assert result["not_evaluated"] == ({case.rule_id: case.not_evaluated} if case.not_evaluated else {})
    for finding in findings:
        assert finding["evidence"], "a finding without a row proves nothing"
        assert all(entry["file"] and entry["row"] >= 2 for entry in finding["evidence"])


@pytest.mark.parametrize("case", EVALUATED, ids=lambda case: case.name)
def test_the_case_is_found_on_both_stores(case: Case, tmp_path: Path, neo4j_uri: str) -> None:
    embedded = run(case, tmp_path, None)
    check(case, embedded)
    served = scan(tmp_path, case.as_of, [case.rule_id], settings=case.settings, graph=neo4j_uri)
    assert served == embedded


@pytest.mark.parametrize("case", MISSING, ids=lambda case: case.name)
def test_missing_input_is_named_and_never_clean(case: Case, tmp_path: Path) -> None:
    result = run(case, tmp_path, None)
    assert result["findings"] == []
    assert result["not_evaluable"] == [{"rule_id": case.rule_id, "missing": list(case.missing)}]


@pytest.mark.parametrize("rule_id", load_rules())
def test_every_rule_has_its_cases(rule_id: str) -> None:
    kinds = {case.kind for case in BOOK if case.rule_id == rule_id}
    assert {"hit", "near_miss", "boundary", "missing"} <= kinds
    assert any(case.expect for case in BOOK if case.rule_id == rule_id and case.kind == "boundary")


def test_every_case_belongs_to_a_rule() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == set(load_rules())
