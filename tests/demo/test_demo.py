"""The demonstration end to end: everything planted is found, nothing else, and a payment adds up."""

from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pytest

from ingest.county import Expected
from ingest.demo import DemoResult, compare, run_demo
from ingest.run import ingest
from tracer.errors import DataRefusedError
from tracer.flow.codes import METHODS
from tracer.rules.load import load_rules
from tracer.rules.scan import scan
from tracer.settings import ledger_version


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def result(home: Path, said: list[str]) -> DemoResult:
    return run_demo(home, seed=11, say=said.append, payments=2_000)


def test_all_that_was_planted_is_found_and_nothing_else(result: DemoResult) -> None:
    assert result.missed == ()
    assert result.extra == ()
    assert len(result.found["findings"]) == len(result.key.expected) >= 2 * 74
    assert result.ok


def test_every_row_of_the_office_files_is_accounted_for(result: DemoResult) -> None:
    assert result.report["problems"] == []
    for batch in result.report["batches"]:
        parts = ("accepted", "rejected", "totals", "blank", "duplicates")
        assert sum(batch[part] for part in parts) == batch["rows"], batch["file"]
    accepted = {batch["table"]: 0 for batch in result.report["batches"]}
    for batch in result.report["batches"]:
        accepted[batch["table"]] += batch["accepted"]
    assert accepted["payments"] == result.key.payments
    assert sum(batch["totals"] for batch in result.report["batches"]) >= 6


def test_exempt_cases_are_suppressed_and_said(result: DemoResult) -> None:
    assert result.misjudged == ()
    rules = ["RH10", "RH14", "ZB14", "ZB18", "ZC03", "ZC15", "ZC18"]
    assert [case.rule_id for case in result.key.suppressed] == rules
    assert sorted(row["rule_id"] for row in result.found["suppressed"]) == rules


def test_another_method_finds_the_same_where_money_is_not_followed(home: Path, result: DemoResult) -> None:
    found = scan(home, date.fromisoformat(result.found["as_of"]), method="pro-rata")
    assert found["method"] == "pro-rata"
    kept = {
        rule: {f["subject"] for f in found["findings"] if f["rule_id"] == rule} for rule in ("ZB14", "RH01")
    }
    for rule, subjects in kept.items():
        assert subjects == {f["subject"] for f in result.found["findings"] if f["rule_id"] == rule} != set()


@pytest.mark.parametrize("method", METHODS)
def test_findings_of_diversion_lie_between_their_least_and_most(
    method: str, home: Path, result: DemoResult
) -> None:
    rules = [rule.id for rule in load_rules().values() if rule.is_bounded]
    found = scan(home, date.fromisoformat(result.found["as_of"]), rules, method=method)["findings"]
    assert {finding["rule_id"] for finding in found} == set(rules)
    for finding in found:
        assert 0 <= finding["least_fen"] <= finding["amount_fen"] <= finding["most_fen"]


def test_the_shown_payment_has_several_origins_that_add_up(result: DemoResult) -> None:
    assert len(result.shown.parts) >= 2
    assert sum(part.fen for part in result.shown.parts) == result.shown.amount_fen
    assert {part.kind for part in result.shown.parts} == {"indicator"}
    assert result.shown.steps[-1].name == result.shown.subject


def test_stages_are_said_in_both_languages(result: DemoResult, said: list[str]) -> None:
    assert len(said) == 4
    assert all(" / " in line for line in said)


def test_running_again_adds_nothing(result: DemoResult, home: Path) -> None:
    version = ledger_version(home)
    again = run_demo(home, seed=11, payments=2_000)
    assert ledger_version(home) == version
    assert again.ok
    assert again.found["findings"] == result.found["findings"]


def test_a_home_with_other_data_is_left_alone(result: DemoResult, home: Path, tmp_path: Path) -> None:
    with pytest.raises(DataRefusedError, match="--home"):
        run_demo(home, seed=12)
    source = tmp_path / "funds.csv"
    source.write_text("资金编码,资金名称,级次\nA,甲,县\n", encoding="utf-8")
    ingest(tmp_path / "other", [source])
    with pytest.raises(DataRefusedError, match="--home"):
        run_demo(tmp_path / "other")


def test_comparing_sees_every_difference(result: DemoResult) -> None:
    case = result.key.expected[0]
    row = {
        "rule_id": case.rule_id,
        "subject": case.subject,
        "level": case.level,
        "amount_fen": case.amount_fen,
    }
    assert compare([case], [row]) == ((), ())
    assert compare([case], []) == ((case,), ())
    assert compare([], [row]) == ((), (case,))
    others = (
        replace(case, subject="x"),
        replace(case, level="info"),
        replace(case, amount_fen=case.amount_fen + 1),
    )
    for other in others:
        assert compare([case], [asdict(other)]) == ((case,), (other,))
    for name in ("missed", "extra", "misjudged"):
        assert not replace(result, **{name: (Expected("ZB01", "x", "red", 1),)}).ok
