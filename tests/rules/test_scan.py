"""The scan as a whole: its shape, exemptions, failures, reproducibility, and findings in words."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from casebook import CASES, read_case, write_ledger

from tracer.errors import UsageError
from tracer.graph.base import QueryFailed, QueryTimeout
from tracer.messages import Language, bracketed
from tracer.rules.evaluate import Outcome, evaluate, merge
from tracer.rules.evidence import explain
from tracer.rules.exemptions import Exemption, Found, apply_exemptions, problems_of
from tracer.rules.load import load_rules
from tracer.rules.parameters import Settings, resolve
from tracer.rules.scan import scan
from tracer.rules.spec import GIVEN, LEVELS, Passage

RULES = load_rules()
AS_OF = date(2019, 6, 30)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ledger in which several rules find something, with exemptions of all sorts."""
    folder = tmp_path_factory.mktemp("home")
    ledger = dict(read_case(CASES / "ZB05" / "hit.yaml").ledger)
    ledger["accounts"] = """
        account_no          | holder_name | holder_id | account_type | holder_kind
        6217000010001234567 | 某县国库    | FIN       | treasury     | agency
        6217000010007654321 | 李四        |           | personal     | person
    """
    ledger["payments"] = """
        payment_id | payer_account       | payee_account       | indicator_id | amount | paid_at    | purpose
        P1         | 6217000010001234567 | 6217000010007654321 |              | 10     | 2019-03-01 | 办公用品
        P2         | 6217000010001234567 | 6217000010007654321 | A            | 20     | 2019-03-02 | 办公用品
    """
    ledger["exemptions"] = """
        rule_id | subject | amount | valid_from
        ZB05    | PARENT  | 5      | 2019-01-01
        ZC06    | Ｐ1     |        | 2019-01-01
        ZC06    | P2      | 20     | 2019-01-01
        ZB11    | X       | 1      | 2019-07-01
    """
    write_ledger(folder, ledger)
    return folder


@pytest.fixture(scope="module")
def result(home: Path) -> dict[str, object]:
    return scan(home, AS_OF)


def test_the_result_has_the_shape_of_the_contract(result: dict[str, object]) -> None:
    assert (result["as_of"], result["ledger_version"], result["method"]) == ("2019-06-30", 1, "linked")
    keys = {"rule_id", "rule_version", "level", "subject", "amount_fen", "parameters", "evidence"}
    assert result["findings"]
    assert all(keys <= set(finding) for finding in result["findings"])
    assert json.loads(json.dumps(result)) == result


def test_what_cannot_be_evaluated_names_what_is_missing(result: dict[str, object]) -> None:
    entries = {entry["rule_id"]: entry["missing"] for entry in result["not_evaluable"]}
    assert entries["ZC08"] == ["transfers"]
    assert entries["RH01"] == ["register", "funds"]
    assert entries["JX01"] == ["projects", "project_funds", "targets"]
    assert "ZB05" not in entries
    assert list(entries) == sorted(entries)


def test_the_summary_counts_every_rule_once(result: dict[str, object]) -> None:
    summary, rules = result["summary"], {entry["rule_id"] for entry in result["rules"]}
    out = {entry["rule_id"] for entry in result["not_evaluable"]}
    hit = {finding["rule_id"] for finding in result["findings"]}
    assert summary["rules"] == len(rules) == summary["evaluated"] + summary["not_evaluable"]
    assert (summary["not_evaluable"], summary["hit"]) == (len(out), len(hit))
    assert summary["clean"] == len(rules - out - hit) - summary["exempted"]
    only = {finding["rule_id"] for finding in result["suppressed"]} - hit
    assert summary["exempted"] == len(only)
    assert summary["clean"] > 0 < summary["hit"]


def test_findings_are_in_order_and_one_per_subject(result: dict[str, object]) -> None:
    keys = [(finding["rule_id"], finding["subject"]) for finding in result["findings"]]
    levels = [-LEVELS.index(finding["level"]) for finding in result["findings"]]
    assert len(keys) == len(set(keys))
    assert list(zip(levels, keys, strict=True)) == sorted(zip(levels, keys, strict=True))
    assert ("ZC01", "P1") in keys
    assert ("ZC05", "P2") in keys


def test_suppression_is_counted_and_listed(result: dict[str, object]) -> None:
    (hidden,) = result["suppressed"]
    assert (hidden["rule_id"], hidden["subject"]) == ("ZC06", "P1")
    assert hidden["exemptions"][0]["ref"] == "exemptions#1"
    assert hidden["exemptions"][0]["reason"] == "经批准"


def test_an_amount_where_none_is_taken_does_nothing_and_is_a_problem(result: dict[str, object]) -> None:
    found = {(f["rule_id"], f["subject"]): f["amount_fen"] for f in result["findings"]}
    assert found["ZB05", "PARENT"] == 1000
    assert found["ZC06", "P2"] == 2000
    assert [(p["rule_id"], p["subject"]) for p in result["problems"]] == [("ZB05", "PARENT"), ("ZC06", "P2")]


def test_the_same_question_gives_the_same_digest(home: Path, result: dict[str, object]) -> None:
    assert scan(home, AS_OF) == result
    assert scan(home, date(2019, 6, 29))["digest"] != result["digest"]
    assert scan(home, AS_OF, settings=["ZB05.tolerance=1"])["digest"] != result["digest"]


def test_a_rebuilt_graph_gives_the_same_result(home: Path, result: dict[str, object]) -> None:
    for path in (home / "graph").iterdir():
        path.unlink()
    assert scan(home, AS_OF) == result


def test_progress_names_each_rule_that_is_evaluated(home: Path) -> None:
    seen: list[str] = []
    scan(home, AS_OF, ["ZB05", "ZC01", "ZC08"], progress=seen.append)
    assert seen == ["ZB05", "ZC01"]


def test_an_empty_home_is_not_clean(tmp_path: Path) -> None:
    result = scan(tmp_path, AS_OF)
    assert result["findings"] == []
    assert len(result["not_evaluable"]) == len(RULES)


def test_bounds_are_refused(home: Path) -> None:
    with pytest.raises(UsageError, match="bounds is for trace"):
        scan(home, AS_OF, method="bounds")


class _Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def run(self, text: str, parameters: object, timeout_s: float) -> list[dict[str, object]]:
        raise self.error


@pytest.mark.parametrize("error", [QueryTimeout("stopped after 1 s"), QueryFailed("refused")])
def test_a_rule_that_fails_is_reported_and_never_silent(error: Exception) -> None:
    entry = resolve(RULES["ZB05"], Settings({}, {}))
    outcome = evaluate(_Failing(error), entry, dict.fromkeys(GIVEN, 1), AS_OF)
    assert outcome == Outcome(failure=f"rules/ZB/ZB05.cypher: {error}")


def test_a_time_limit_names_the_rule_it_stopped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tracer.graph.ladybug.LadybugStore.run", _Failing(QueryTimeout("stopped after 1 s")).run
    )
    result = scan(home, AS_OF, ["ZB05"])
    assert result["findings"] == []
    assert result["not_evaluable"] == [
        {"rule_id": "ZB05", "missing": [], "reason": "rules/ZB/ZB05.cypher: stopped after 1 s"}
    ]


def row(subject: str, level: str = "yellow", amount: int = 100, **more: object) -> dict[str, object]:
    return {"subject": subject, "level": level, "amount_fen": amount, "evidence": ["payments#1"], **more}


def test_one_subject_has_one_finding_with_amounts_added() -> None:
    ways = {"begin_refs": ["payments#1"], "end_refs": ["transfers#2"], "within_movements": 5}
    rows = [
        row("A", day=5, payment="P2", **ways),
        row("A", "yellow", 50, day=5, payment="P1", **ways),
        row("B", day=6, payment="P3", **ways),
    ]
    found = merge(RULES["ZC08"], rows)
    assert [(f.subject, f.amount_fen, f.level) for f in found] == [("A", 150, "yellow"), ("B", 100, "yellow")]
    assert found[0].details == {"payment": ["P1", "P2"]} or found[0].details == {"payment": ["P2", "P1"]}
    passage = Passage(("payments#1",), ("transfers#2",), ("payments#1",), days=None, movements=5)
    assert [f.passages for f in found] == [(passage, passage), (passage,)]


class _Answering:
    """A store that has one answer to everything."""

    def __init__(self, rows: list[dict[str, object]]) -> None:
        self.rows = rows

    def run(self, text: str, parameters: object, timeout_s: float) -> list[dict[str, object]]:
        return self.rows


def test_subjects_not_evaluated_are_counted_once() -> None:
    rows = [row("A", "not_evaluated"), row("B", "not_evaluated"), row("A", "not_evaluated")]
    entry = resolve(RULES["ZC02"], Settings({}, {}))
    outcome = evaluate(_Answering(rows), entry, dict.fromkeys(GIVEN, 1), AS_OF)
    assert outcome == Outcome([], ["A", "B"])


@pytest.mark.parametrize(
    "bad",
    [
        row("A", "red"),
        row("A", "orange"),
        row("A") | {"subject": None},
        row("A") | {"amount_fen": None},
        row("A") | {"evidence": None},
    ],
)
def test_a_row_that_is_no_finding_fails_the_rule(bad: dict[str, object]) -> None:
    with pytest.raises(QueryFailed):
        merge(RULES["ZC12"], [bad])


def test_a_sum_that_does_not_add_up_fails_the_rule() -> None:
    good = row("A", "red", 10, split_fen=110, indicator_fen=100)
    assert len(merge(RULES["ZB05"], [good])) == 1
    with pytest.raises(QueryFailed, match="add up"):
        merge(RULES["ZB05"], [good | {"split_fen": 111}])


def found(amount: int = 100, day: int | None = None, rule_id: str = "ZB14") -> Found:
    return Found(RULES[rule_id], "S", "yellow", amount, day, ("payments#1",), {})


def exemption(amount: int | None, rule_id: str = "ZB14", ends: date | None = None) -> Exemption:
    return Exemption(rule_id, "S", amount, "质保金", None, date(2019, 1, 1), ends, f"exemptions#{amount}")


@pytest.mark.parametrize(
    ("amounts", "left"), [([30], 70), ([30, 50], 20), ([30, 70], None), ([101], None), ([None], None)]
)
def test_exempt_amounts_add_up_and_the_rest_stands(amounts: list[int | None], left: int | None) -> None:
    standing, suppressed = apply_exemptions([found()], [exemption(a) for a in amounts], AS_OF)
    assert [f.amount_fen for f in standing] == ([] if left is None else [left])
    assert len(suppressed) == (1 if left is None else 0)


def test_an_exemption_of_a_payment_counts_on_its_day() -> None:
    paid = found(day=17_956, rule_id="ZC01")  # 2019-03-01
    ended = exemption(None, "ZC01", ends=date(2019, 3, 1))
    assert apply_exemptions([paid], [ended], AS_OF)[0] == []
    assert apply_exemptions([found(rule_id="ZB14")], [exemption(None, ends=date(2019, 3, 1))], AS_OF)[1] == []


@pytest.mark.parametrize(
    "written", ["522723800101001", "52272319800101001X", "５２２７２３ 800101001", "52272319800101001x"]
)
def test_an_exemption_names_a_person_with_15_or_18_digits(written: str) -> None:
    person = Found(RULES["RH09"], "52272319800101001X", "info", 100, None, ("payments#1",), {})
    row = Exemption("RH09", written, None, "经批准", None, date(2019, 1, 1), None, "exemptions#1")
    assert apply_exemptions([person], [row], AS_OF)[0] == []


def test_an_exemption_for_no_rule_is_named() -> None:
    (problem,) = problems_of([exemption(None, "ZZ99"), exemption(None, "ZB05")], RULES)
    assert (problem["rule_id"], problem["ref"]) == ("ZZ99", "exemptions#None")
    assert "ZZ99" in problem["problem"]
    assert "ZZ99" in problem["problem_en"]


def test_evidence_leads_to_file_and_row_in_order_of_time(result: dict[str, object]) -> None:
    (finding,) = (f for f in result["findings"] if f["rule_id"] == "ZB05")
    places = [(e["table"], e["file"], e["row"], e["amount_fen"]) for e in finding["evidence"]]
    assert places == [
        ("indicators", "indicators.csv", 2, 10_000),
        ("splits", "splits.csv", 2, 6_000),
        ("splits", "splits.csv", 3, 5_000),
    ]


def test_the_groups_of_a_prohibited_use_are_named(result: dict[str, object]) -> None:
    (finding,) = (f for f in result["findings"] if f["rule_id"] == "ZC05")
    assert finding["details"]["groups"] == ["ZC05-1"]
    assert finding["details"]["words"] == ["ZC05-1 办公用品"]


def test_a_prohibited_use_shows_the_exceptions_that_were_tried(tmp_path: Path) -> None:
    payments = """
        payment_id | payer_account | payee_account | indicator_id | amount | paid_at    | purpose
        P1         | T             | X             | A            | 10     | 2019-03-01 | 民工工资、电费
        P2         | T             | X             | A            | 20     | 2019-03-02 | 助学金
        P3         | T             | X             | A            | 30     | 2019-03-02 | 电费
    """
    write_ledger(tmp_path, {"payments": payments})
    result = scan(tmp_path, AS_OF, ["ZC05"])
    details = {finding["subject"]: finding["details"] for finding in result["findings"]}
    assert details.keys() == {"P1", "P3"}
    assert details["P1"]["words"] == details["P3"]["words"] == ["ZC05-1 电费"]
    assert details["P1"]["exceptions"] == ["ZC05-1 民工工资"]
    assert details["P3"]["exceptions"] == []
    tried = result["rules"][0]["words"]
    assert "助学金" in tried["general"]["exceptions"]
    assert "民工工资" in tried["ZC05-1"]["exceptions"]
    assert "电费" in tried["ZC05-1"]["words"]


def test_what_is_the_same_for_all_findings_of_a_rule_is_told_once(result: dict[str, object]) -> None:
    told = {entry["rule_id"]: entry for entry in result["rules"]}
    assert all(entry["innocent"] and entry["basis"] for entry in told.values())
    assert told["ZB05"]["basis"][0]["words"][0].startswith("预算处接收记账和主管处（室）预算分配下达情况")
    assert told["ZC02"]["handler"] == {"office": RULES["ZC02"].office, "joint": RULES["ZC02"].joint}
    assert "exemptions" not in told["ZB05"]["not_ingested"]
    assert told["ZC08"]["limits"] == ["window", "hops"]
    for finding in result["findings"]:
        terms = told[finding["rule_id"]]["sum"]
        total = sum(term["sign"] * finding["details"][term["column"]] for term in terms)
        assert not terms or total == finding["amount_fen"] + finding.get("exempt_fen", 0)
    assert told["ZB05"]["sum"]
    assert told["ZB05"]["innocent"][0] == {
        "zh": RULES["ZB05"].innocent[0].zh,
        "en": RULES["ZB05"].innocent[0].en,
    }
    assert not any("innocent" in finding for finding in result["findings"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_finding_in_words_shows_its_working(result: dict[str, object], lang: Language) -> None:
    (finding,) = (f for f in result["findings"] if f["rule_id"] == "ZB05")
    text = explain(finding, RULES["ZB05"], result, lang, "fundtrail scan --rule ZB05")
    rule = RULES["ZB05"]
    assert "110.00" in text
    assert "100.00 = 10.00" in text
    assert all(getattr(entry, lang) in text for entry in rule.innocent)
    assert f"第七条（一）1{bracketed('001_0cce089113c317c0.txt', lang)}" in text
    assert "splits.csv" in text
    assert text.endswith("  fundtrail scan --rule ZB05")
    assert ("tolerance=0 元（本工具建议，不出自文件）" in text) == (lang == "zh")
    assert ("tolerance=0 yuan (our proposal; not from the documents)" in text) == (lang == "en")
    assert not re.search(r"\b(working_days|\w+_fen)\b", text)


def test_a_long_cell_of_many_lines_is_shortened(result: dict[str, object]) -> None:
    (finding,) = (f for f in result["findings"] if f["rule_id"] == "ZC05" and f["subject"] == "P2")
    long = "第一行\n第二行" + "很长" * 100
    changed = finding | {
        "subject": long,
        "details": finding["details"] | {"words": [long], "codes": []},
        "evidence": [row | {"id": long, "file": f"{long}.csv"} for row in finding["evidence"]],
    }
    text = explain(changed, RULES["ZC05"], result)
    assert "第二行" in text
    assert not any(line.startswith("第二行") for line in text.splitlines())
    assert "很长" * 50 not in text
    assert f"{RULES['ZC05'].columns['codes'].name.zh} —" in text


def test_codes_are_put_into_words(result: dict[str, object]) -> None:
    (finding,) = (f for f in result["findings"] if f["rule_id"] == "ZC01" and f["subject"] == "P1")
    assert finding["details"]["reason"] == "no_indicator"
    assert "情形 国库账户支出未注明指标" in explain(finding, RULES["ZC01"], result)
    assert "case paid from the treasury without an indicator" in explain(finding, RULES["ZC01"], result, "en")


def test_people_see_no_whole_account_numbers(result: dict[str, object]) -> None:
    shown = [explain(f, RULES[f["rule_id"]], result) for f in [*result["findings"], *result["suppressed"]]]
    assert any("…4567" in text or "…4321" in text for text in shown)
    assert not any("621700001" in text for text in shown)
