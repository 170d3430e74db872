"""Years without calendar data are named wherever a deadline crosses them, and nowhere else."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from casebook import write_ledger

from ingest.holidays import load_calendar
from tracer.calendar import WorkingDays
from tracer.graph.lint import lint
from tracer.rules.evidence import explain
from tracer.rules.kept import keep
from tracer.rules.load import load_rules
from tracer.rules.scan import scan
from tracer.rules.workdays import UNIT, span_of, start_queries, years_with_rows

RULES = load_rules()
AS_OF = date(2021, 6, 30)
WORKING = [rule for rule in RULES.values() if any(p.unit == UNIT for p in rule.parameters)]

ACROSS = """
    indicator_id | amount | issued_on  | registered_on
    SPRING       | 100    | 2019-03-01 | 2019-03-04
    NEW-YEAR     | 100    | 2020-12-28 |
    SATURDAY     | 100    | 2021-01-02 |
"""


def defaults(rule: Any) -> dict[str, Any]:
    return {p.name: p.default for p in rule.parameters}


@pytest.mark.parametrize("rule", WORKING, ids=lambda rule: rule.id)
def test_its_query_answers_alike_on_both_engines(rule: Any) -> None:
    assert [lint(query) for query in start_queries(rule).values()] == [[]] * len(start_queries(rule))


def test_every_rule_with_working_days_says_from_where_it_counts_and_no_other_does() -> None:
    assert {rule.id for rule in RULES.values() if start_queries(rule)} == {rule.id for rule in WORKING}
    assert {"ZB01", "ZB02", "ZB08", "ZB17", "JX01", "JX06", "JX07"} <= {rule.id for rule in WORKING}
    assert start_queries(RULES["ZB01"]) == {
        "issued_workday": "MATCH (n:Indicator) WHERE n.issued_workday IS NOT NULL"
        " RETURN DISTINCT n.issued_workday AS begins"
    }
    assert "[n:UNRECONCILED]" in start_queries(RULES["ZB17"])["workday"]


@pytest.mark.parametrize(
    ("rule_id", "values", "span"),
    [
        ("ZB01", {}, (1, 5)),
        ("ZB01", {"lead": 9}, (-4, 5)),
        ("JX07", {}, (1, 10)),
        ("JX06", {"n": 250}, (1, 250)),
        ("ZB17", {}, (1, 3)),
        ("ZB05", {}, None),
    ],
)
def test_a_deadline_spans_from_the_day_after_its_start_or_its_bell(
    rule_id: str, values: dict[str, int], span: tuple[int, int] | None
) -> None:
    assert span_of(RULES[rule_id], defaults(RULES[rule_id]) | values) == span


def gaps(home: Path, *rules: str, **options: Any) -> dict[int, list[str]]:
    found = scan(home, AS_OF, rules or None, **options)["calendar_gaps"]
    return {entry["year"]: entry["rules"] for entry in found}


def test_without_any_table_all_years_of_deadlines_are_named(tmp_path: Path) -> None:
    write_ledger(tmp_path, {"indicators": ACROSS})
    result = scan(tmp_path, AS_OF, ["ZB01", "ZB08", "ZB06"])
    years = {entry["year"]: entry["rules"] for entry in result["calendar_gaps"]}
    assert years == {year: ["ZB01", "ZB08"] for year in (2019, 2020, 2021)}
    own = {f["subject"]: f["calendar_gaps"] for f in result["findings"] if f["rule_id"] == "ZB01"}
    assert own == {"NEW-YEAR": [2020, 2021], "SATURDAY": [2021]}


def test_a_year_is_named_until_it_is_loaded_and_the_findings_stay_the_same(tmp_path: Path) -> None:
    write_ledger(tmp_path, {"indicators": ACROSS})
    load_calendar(tmp_path, [2019, 2020])
    assert gaps(tmp_path, "ZB01") == {2021: ["ZB01"]}
    load_calendar(tmp_path, [2021])
    result = scan(tmp_path, AS_OF, ["ZB01"])
    assert result["calendar_gaps"] == []
    assert {f["subject"] for f in result["findings"]} == {"NEW-YEAR", "SATURDAY"}
    assert not any("calendar_gaps" in finding for finding in result["findings"])


def test_a_longer_deadline_reaches_a_further_year_also_where_it_is_kept_for_a_region(tmp_path: Path) -> None:
    write_ledger(tmp_path, {"indicators": "indicator_id | amount | issued_on\n LONG | 100 | 2021-01-05"})
    load_calendar(tmp_path, [2021])
    assert sum(chinese_calendar.is_workday(date(2021, 1, 6) + timedelta(days=n)) for n in range(360)) == 248
    assert gaps(tmp_path, "ZB01", settings=["ZB01.n=248"]) == {}
    assert gaps(tmp_path, "ZB01", settings=["ZB01.n=249"]) == {2022: ["ZB01"]}
    keep(tmp_path, RULES, ["ZB01.n=249"], region="9901")
    assert gaps(tmp_path, "ZB01") == {2022: ["ZB01"]}


def test_a_payment_that_does_not_reconcile_names_its_years(tmp_path: Path) -> None:
    write_ledger(
        tmp_path,
        {
            "indicators": "indicator_id | amount | issued_on\n Q | 100 | 2019-03-01",
            "accounts": "account_no | holder_name | account_type\n BUDGET | 某县国库 | treasury",
            "payments": """
                payment_id | indicator_id | amount | paid_at
                P1         | Q            | 60     | 2020-12-30
                P2         | Q            | 40     | 2020-12-02
            """,
            "transfers": """
                transfer_id | from_account | to_account | amount | moved_at   | voucher_no
                T1          | BUDGET       | PAYEE      | 50     | 2020-12-01 | P1
                T2          | BUDGET       | PAYEE      | 40     | 2021-01-20 | P2
            """,
        },
    )
    result = scan(tmp_path, AS_OF, ["ZB17"])
    assert [f["subject"] for f in result["findings"]] == ["Q"]
    assert result["calendar_gaps"] == [{"year": year, "rules": ["ZB17"]} for year in (2020, 2021)]
    assert result["findings"][0]["calendar_gaps"] == [2020, 2021]


def test_the_words_of_a_finding_name_the_years(tmp_path: Path) -> None:
    write_ledger(tmp_path, {"indicators": ACROSS})
    result = scan(tmp_path, AS_OF, ["ZB01"])
    finding = next(f for f in result["findings"] if f["subject"] == "NEW-YEAR")
    assert "工作日历没有 2020、2021 年的数据" in explain(finding, RULES["ZB01"], result)
    assert "no data of 2020, 2021" in explain(finding, RULES["ZB01"], result, "en")
    load_calendar(tmp_path, [2020, 2021])
    result = scan(tmp_path, AS_OF, ["ZB01"])
    assert "工作日历没有" not in explain(result["findings"][0], RULES["ZB01"], result)


def test_the_new_years_holiday_of_the_next_notice_is_no_calendar_of_its_year() -> None:
    assert years_with_rows([date(2018, 12, 29), date(2018, 12, 31), date(2019, 1, 1)]) == {2019}


def test_a_day_is_found_by_its_number() -> None:
    working = WorkingDays([(18263, "holiday")])
    for day in (date(2020, 1, 6) + timedelta(days=n) for n in range(5)):
        number = day.toordinal() - date(1970, 1, 1).toordinal()
        assert working.day_of(working.ordinal(number)) == number
