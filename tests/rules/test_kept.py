"""Values that a home keeps for a fund or a region, and where they count."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from casebook import write_ledger

from tracer.errors import UsageError
from tracer.rules.kept import FILE, Kept, keep, read_kept, resolve_at
from tracer.rules.load import load_rules
from tracer.rules.parameters import read_settings
from tracer.rules.scan import scan

RULES = load_rules()
AS_OF = date(2019, 6, 30)
NOTHING = read_settings(RULES)

LEDGER = {
    "indicators": """
        indicator_id | fund_name | amount | receiver | issued_on
        A            | 产业资金  | 100    | 甲县财政局 | 2019-01-01
        B            | 雨露计划  | 100    | 甲县财政局 | 2019-01-01
        C            | 产业 资金 | 100    | 乙县财政局 | 2019-01-01
        A1           | 产业资金  | 110    | 甲乡       | 2019-01-02
        B1           | 雨露计划  | 110    | 甲乡       | 2019-01-02
        C1           | 产业资金  | 110    | 乙乡       | 2019-01-02
    """,
    "splits": """
        parent_indicator_id | child_indicator_id | amount | split_on
        A         | A1       | 110    | 2019-01-02
        B         | B1       | 110    | 2019-01-02
        C         | C1       | 110    | 2019-01-02
    """,
    "agencies": """
        agency_id | agency_name | level  | region_code
        JX        | 甲县财政局  | county | 990101
        YX        | 乙县财政局  | county | 990202
    """,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_ledger(tmp_path, LEDGER)
    return tmp_path


def zb05(home: Path, **options: Any) -> dict[str, Any]:
    found = scan(home, AS_OF, ["ZB05"], **options)["findings"]
    return {finding["subject"]: finding["parameters"]["tolerance"] for finding in found}


def test_without_anything_kept_the_defaults_count(home: Path) -> None:
    assert zb05(home) == {"A": 0, "B": 0, "C": 0}


def test_a_value_for_all_counts_everywhere_and_is_overridden_by_file_and_set(home: Path) -> None:
    keep(home, RULES, ["ZB05.tolerance=10"])
    assert zb05(home) == {}
    table = home / "local.csv"
    table.write_text("rule_id,parameter,value\nZB05,tolerance,1\n")
    assert zb05(home, parameters=table) == {"A": 1, "B": 1, "C": 1}
    assert zb05(home, parameters=table, settings=["ZB05.tolerance=2"]) == {"A": 2, "B": 2, "C": 2}


def test_a_value_for_a_fund_counts_for_its_subjects_only(home: Path) -> None:
    keep(home, RULES, ["ZB05.tolerance=10"], fund=" 产业资金")
    assert zb05(home) == {"B": 0}


def test_a_region_holds_for_those_below_and_comes_before_a_fund(home: Path) -> None:
    keep(home, RULES, ["ZB05.tolerance=9.99"], region="9901")
    keep(home, RULES, ["ZB05.tolerance=10"], fund="产业资金")
    assert zb05(home) == {"A": 9.99, "B": 9.99}
    keep(home, RULES, ["ZB05.tolerance=10"], fund="产业资金", region="990101")
    assert zb05(home) == {"B": 9.99}
    keep(home, RULES, ["ZB05.tolerance="], fund="产业资金", region="990101")
    assert zb05(home) == {"A": 9.99, "B": 9.99}


def test_what_is_given_overrides_what_is_kept_for_a_place(home: Path) -> None:
    keep(home, RULES, ["ZB05.tolerance=10"], fund="产业资金")
    assert zb05(home, settings=["ZB05.tolerance=3"]) == {"A": 3, "B": 3, "C": 3}


def test_findings_say_that_a_value_was_set(home: Path) -> None:
    keep(home, RULES, ["ZB05.tolerance=1"], fund="雨露计划")
    found = {f["subject"]: f for f in scan(home, AS_OF, ["ZB05"])["findings"]}
    assert (found["B"]["set"], found["A"]["set"]) == (["tolerance"], [])
    assert found["B"]["not_from_documents"] == ["tolerance"]


def test_a_rule_that_follows_another_takes_its_kept_value() -> None:
    kept = [Kept("ZB03", "days", "", "", "45")]
    assert resolve_at(RULES["ZB04"], kept, NOTHING, "", "").values["days"] == 45
    own = [*kept, Kept("ZB04", "days", "", "", "50")]
    assert resolve_at(RULES["ZB04"], own, NOTHING, "", "").values["days"] == 50
    given = read_settings(RULES, sets=["ZB03.days=60"])
    assert resolve_at(RULES["ZB04"], own, given, "", "").values["days"] == 60


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ZB05.tolerance=many", "不是以元计的金额"),
        ("ZB05.none=1", "没有参数"),
        ("XX99.n=1", "没有规则"),
        ("ZB05", "应写作"),
        ("ZB05.tolerance=", "没有保存"),
        ("ZB05.level=yellow", "预警级别由财政部确定"),
    ],
)
def test_what_is_no_value_is_refused_and_nothing_changes(home: Path, text: str, words: str) -> None:
    before = keep(home, RULES, ["ZB05.tolerance=1"], fund="雨露计划")
    with pytest.raises(UsageError, match=words):
        keep(home, RULES, ["ZB11.n=30", text])
    assert read_kept(home, RULES, 2026) == before


def test_a_region_must_be_a_division_code(home: Path) -> None:
    with pytest.raises(UsageError, match="区划代码"):
        keep(home, RULES, ["ZB05.tolerance=1"], region="甲县")


def test_a_kept_value_that_fits_no_rule_any_more_stops_the_scan_by_name(home: Path) -> None:
    keep(home, RULES, ["ZB05.tolerance=1"])
    path = home / FILE
    path.write_text(path.read_text().replace("tolerance", "gone"))
    with pytest.raises(UsageError, match=r"settings/parameters\.csv.*没有参数 gone"):
        scan(home, AS_OF, ["ZB05"])
