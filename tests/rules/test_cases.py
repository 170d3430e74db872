"""Every case of the case book, on both graph stores; and the book itself is complete."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from casebook import CASES, RULES, Case, read_cases
from packs import Look, Pack, pack_up

from tracer.rules.scan import scan

BOOK = read_cases()
MISSING = [case for case in BOOK if case.kind == "missing"]
PACKS = pack_up([case for case in BOOK if case.kind != "missing"])

Seen = tuple[dict[str, Any], dict[str, list[str]]]
"""The result of a scan, and by rule the subjects that it left out."""

Looked = Callable[[int], tuple[Path, list[Seen]]]


def in_its_group(number: int, *values: Any, name: str) -> Any:
    """Parameters of a test on one pack, which is looked at by one process."""
    return pytest.param(number, *values, id=name, marks=pytest.mark.xdist_group(f"pack-{number:02}"))


PACKED = [
    in_its_group(number, place, case, name=case.name)
    for number, pack in enumerate(PACKS)
    for place, look in enumerate(pack.looks)
    for case in look.cases
]
EACH = [
    in_its_group(number, name=f"{pack.as_of}-{'-'.join(look.name for look in pack.looks)}")
    for number, pack in enumerate(PACKS)
]


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory, projected_once: None) -> Looked:
    """Home and scans of a pack, on the embedded graph, made when first asked for."""

    @cache
    def look(number: int) -> tuple[Path, list[Seen]]:
        home, pack = tmp_path_factory.mktemp(f"pack-{number}"), PACKS[number]
        pack.write_ledger(home)
        return home, [scanned(home, pack, look) for look in pack.looks]

    return look


def scanned(home: Path, pack: Pack, look: Look, graph: str | None = None) -> Seen:
    left_out: dict[str, list[str]] = {}
    result = scan(home, pack.as_of, look.rule_ids, settings=look.settings, graph=graph, left_out=left_out)
    return result, left_out


@pytest.mark.parametrize(("number", "place", "case"), PACKED)
def test_the_case_is_found(number: int, place: int, case: Case, looked: Looked) -> None:
    pack, (result, left_out) = PACKS[number], looked(number)[1][place]
    findings = pack.of_case(result["findings"], case)
    found = {finding["subject"]: (finding["level"], finding["amount_fen"]) for finding in findings}
    assert found == case.expect, case.about
    assert len(findings) == len(case.expect)
    hidden = pack.of_case(result["suppressed"], case)
    assert sorted(finding["subject"] for finding in hidden) == sorted(case.suppressed)
    for finding in findings:
        assert finding["evidence"], "a finding without a row proves nothing"
        assert all(entry["file"] and entry["row"] >= 2 for entry in finding["evidence"])
    rest = [{"rule_id": case.rule_id, "subject": subject} for subject in left_out.get(case.rule_id, [])]
    assert len(pack.of_case(rest, case)) == case.not_evaluated, rest


@pytest.mark.parametrize("number", EACH)
def test_the_cases_are_the_same_on_both_stores(number: int, looked: Looked, neo4j_uri: str) -> None:
    pack, (home, embedded) = PACKS[number], looked(number)
    for look, seen in zip(pack.looks, embedded, strict=True):
        served = scanned(home, pack, look, neo4j_uri)
        assert served == seen
        result, left_out = served
        assert result["not_evaluable"] == []
        assert result["not_evaluated"] == {rule: len(subjects) for rule, subjects in left_out.items()}


@pytest.mark.parametrize("case", MISSING, ids=lambda case: case.name)
def test_missing_input_is_named_and_never_clean(case: Case, tmp_path: Path) -> None:
    Pack(case.as_of, [replace(case, alone=True)]).write_ledger(tmp_path)
    result = scan(tmp_path, case.as_of, [case.rule_id])
    assert result["findings"] == []
    assert result["not_evaluable"] == [{"rule_id": case.rule_id, "missing": list(case.missing)}]


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_its_cases(rule_id: str) -> None:
    kinds = {case.kind for case in BOOK if case.rule_id == rule_id}
    assert {"hit", "near_miss", "boundary", "guard", "missing"} <= kinds
    assert any(case.expect for case in BOOK if case.rule_id == rule_id and case.kind == "boundary")
    assert any(case.expect for case in BOOK if case.rule_id == rule_id and case.kind == "hit")


def test_every_parameter_is_set_in_a_case() -> None:
    """Its own, or the one that it follows."""
    given = {text.partition("=")[0].upper() for case in BOOK for text in case.settings}
    for rule in RULES.values():
        for parameter in rule.parameters:
            names = {f"{rule.id}.{parameter.name}", parameter.follows or ""}
            assert {name.upper() for name in names} & given, names


def test_every_case_belongs_to_a_rule() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == set(RULES)


def test_cases_leave_subjects_out() -> None:
    assert sum(case.not_evaluated for case in BOOK) >= 20
