"""What the graph says of targets, assets, steps, logged alerts and reports that are due."""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.books import build
from tracer.calendar import WorkingDays, add_months, day_number
from tracer.graph.draft import Draft
from tracer.graph.facts_performance import _percent, quarter_before


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def target(
    target_value: str, actual: str | None, on: str | None = None, measure: str = "道路", **rest: Any
) -> dict[str, Any]:
    return {
        "project_id": "J",
        "measure": measure,
        "target_value": Decimal(target_value),
        "actual_value": None if actual is None else Decimal(actual),
        "reported_on": on and date.fromisoformat(on),
        **rest,
    }


def test_targets_in_percent_and_their_latest_rows(tmp_path: Path) -> None:
    rows = [
        target("3", "2", "2019-04-01"),
        target("3", "2", None, "道 路"),
        target("3", None, "2019-05-01"),
        target("3", "9", "2019-07-01"),
        target("30", "40", direction="at_most", measure="成本"),
        target("30", "20", direction="at_most", measure="成本2"),
        target("8", "9.00001", direction="exactly", measure="户数"),
        target("0", "1", measure="零"),
        target("-5", "-1", measure="负"),
    ]
    graph = build(tmp_path, {"targets": rows}, as_of=date(2019, 6, 30))
    found = graph.nodes(
        "Target", "direction", "has_actual", "actual_sign", "actual_percent", "missed_percent", "is_latest"
    )
    assert list(found.values()) == [
        ("at_least", True, 1, 67, 34, True),  # of 66.7 and 33.3
        ("at_least", True, 1, 67, 34, False),
        ("at_least", False, None, None, None, False),
        ("at_least", False, None, None, None, False),  # not reported yet
        ("at_most", True, 1, 134, 34, True),
        ("at_most", True, 1, 67, -33, True),
        ("exactly", True, 1, 113, 13, True),
        ("at_least", True, 1, None, None, True),
        ("at_least", True, -1, None, None, True),
    ]
    assert graph.edges("AIMS_AT", "Project", "Target")[0] == ("J", 0)
    assert graph.nodes("Project", "listed", "has_target") == {"J": (False, True)}
    later = build(tmp_path / "later", {"targets": rows})
    assert [row["is_latest"] for row in later.nodes("Target").values()][:4] == [False, False, False, True]


@given(st.decimals(-(10**16), 10**16, places=10), st.decimals("0.0000000001", 10**16, places=10))
def test_percent_are_rounded_up_exactly(part: Decimal, whole: Decimal) -> None:
    exact = Fraction(part) * 100 / Fraction(whole)
    percent = _percent(part, whole)
    if abs(exact) < 10**12:
        assert percent - 1 < exact <= percent
    else:
        assert abs(percent) == 10**12


def test_projects_and_what_their_notice_needs(tmp_path: Path) -> None:
    project = {
        "project_id": "J", "project_name": "待定", "scale": "无", "content": "硬化", "hotline": "/",
        "approval_no": "1", "approved_on": date(2019, 6, 7), "person": "某甲",
    }  # fmt: skip
    money = {"indicator_id": "I", "project_id": "J", "amount_fen": 1, "arranged_on": date(2019, 6, 7)}
    calendar = [{"day": date(2019, 6, 7), "kind": "holiday"}]
    graph = build(tmp_path, {"projects": [project], "project_funds": [money], "calendar": calendar})
    working = WorkingDays([(day("2019-06-07"), "holiday")])
    names = ("name", "has_scale", "has_content", "has_period", "has_person", "has_hotline")
    assert graph.nodes("Project", *names) == {"J": (None, False, True, False, True, False)}
    assert graph.nodes("Project", "approval_workday", "first_arranged_year_end") == {
        "J": (working.ordinal(day("2019-06-07")), day("2019-12-31"))
    }


def test_assets(tmp_path: Path) -> None:
    assets = [
        {"asset_id": "A", "asset_name": "大棚", "project_id": "J", "operator": "某合作社"},
        {"asset_id": "B", "asset_name": "大棚", "project_id": "J", "operator": "待定"},
    ]
    graph = build(tmp_path, {"assets": assets})
    assert graph.nodes("Asset", "has_operator") == {"A": True, "B": False}
    assert graph.edges("FORMED", "Project", "Asset") == [("J", "A"), ("J", "B")]


def test_steps_of_one_actor_on_one_subject(tmp_path: Path) -> None:
    steps = [
        ("project", "J", "受理", "张 三"),
        ("project", "J", "审 批", "張三"),
        ("project", "J", "备案", "张三"),
        ("project", "J", "审核", "李四"),
        ("indicator", "J", "监督", "李四"),
        ("payment", "P", "审核", "无"),
        ("payment", "P", "审批", "无"),
    ]
    events = [
        {"subject_kind": kind, "subject_id": name, "step": step, "actor": actor, "happened_at": "2019-06-03"}
        for kind, name, step, actor in steps
    ]
    graph = build(tmp_path, {"events": events})
    assert list(graph.nodes("Event", "same_actor_duties").values()) == [2, 2, None, 1, 1, None, None]
    assert graph.nodes("Event", "subject_kind", "subject_id")["events#4"] == ("indicator", "J")


def test_logged_alerts(tmp_path: Path) -> None:
    alerts = [
        {"alert_id": "A2", "rule_id": "zc01 ", "subject": "Ｐ1", "level": "red", "amount_fen": 5,
         "opened_on": date(2019, 2, 28), "responded_on": date(2019, 3, 4), "result": "violation"},
        {"alert_id": "A1", "rule_id": "ZC01", "subject": "P1", "level": "bell",
         "opened_on": date(2019, 2, 28)},
    ]  # fmt: skip
    graph = build(tmp_path, {"alert_log": alerts})
    working, month_day = WorkingDays(), (2019 * 12 + 2) * 100 + 28
    assert graph.nodes("LoggedAlert", "rule_key", "subject_key", "severity", "opened_rank") == {
        "A2": ("ZC01", "P1", 3, 2),
        "A1": ("ZC01", "P1", 1, 1),
    }
    assert graph.nodes("LoggedAlert", "opened_workday", "opened_month_day", "responded_workday_before") == {
        "A2": (working.ordinal(day("2019-02-28")), month_day, working.ordinal(day("2019-03-03"))),
        "A1": (working.ordinal(day("2019-02-28")), month_day, None),
    }


def test_month_days_add_as_months_do() -> None:
    chance = random.Random(5)
    cases = []
    for _ in range(2_000):
        start = date(1999, 1, 1) + timedelta(days=chance.randrange(12_000))
        months = chance.randrange(40)
        later = add_months(start, months) + timedelta(days=chance.randint(-3, 3))
        cases.append((day_number(start), day_number(later), months, later <= add_months(start, months)))
    with Draft(Path()) as draft:
        draft.add(
            "cases", pa.table(dict(zip(("x", "y", "n", "within"), zip(*cases, strict=True), strict=True)))
        )
        wrong = draft.rows("FROM cases WHERE within <> (month_day_of(y) <= month_day_of(x) + n * 100)")
    assert len(wrong) == 0


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        ("2019-03-31", "2018-10-01", "2018-12-31"),
        ("2019-04-01", "2019-01-01", "2019-03-31"),
        ("2019-12-31", "2019-07-01", "2019-09-30"),
    ],
)
def test_the_latest_quarter_that_has_ended(on: str, first: str, last: str, tmp_path: Path) -> None:
    as_of = date.fromisoformat(on)
    assert quarter_before(as_of) == (date.fromisoformat(first), date.fromisoformat(last))
    graph = build(tmp_path, {}, as_of=as_of)
    assert graph.nodes("Build", "quarter_first_day", "quarter_last_day") == {0: (day(first), day(last))}


def filing(office: str, kind: str, period: str, sent: str | None = None) -> dict[str, Any]:
    return {
        "office_id": office,
        "kind": kind,
        "period": period,
        "sent_on": sent and date.fromisoformat(sent),
    }


def test_reports_that_are_due(tmp_path: Path) -> None:
    rows = [
        filing("甲", "monthly_report", "2019-02", "2019-04-02"),
        filing("甲", "monthly_report", "２０１８-12"),
        filing("甲", "monthly_report", "2019-02", "2019-03-04"),
        filing("甲", "monthly_report", "2019-03", "2019-04-09"),
        filing("乙", "rule_proposal", "2020", "2019-04-01"),
        filing("丙", "monthly_report", "2019年3月"),
        filing("丁", "monthly_report", "2019-04", "2019-04-01"),
    ]
    graph = build(tmp_path, {"filings": rows}, as_of=date(2019, 4, 8))
    names = ("kind", "office", "period", "due_day", "last_day", "sent_day", "ref", "office_ref")
    found = {tuple(row[name] for name in names) for row in graph.tables["ReportDue.parquet"]}
    report, proposal = "monthly_report", "rule_proposal"
    fall, end = day("2019-10-15"), day("2019-12-31")
    f = [f"filings#{n}" for n in range(7)]
    assert found == {
        (report, "甲", "2018-12", day("2019-01-01"), None, None, f[1], f[1]),
        (report, "甲", "2019-01", day("2019-02-01"), None, None, None, f[1]),
        (report, "甲", "2019-02", day("2019-03-01"), None, day("2019-03-04"), f[2], f[1]),
        (report, "甲", "2019-03", day("2019-04-01"), None, None, f[3], f[1]),
        (report, "丙", "2019年3月", None, None, None, f[5], f[5]),
        (proposal, "甲", "2020", fall, end, None, None, f[1]),
        (proposal, "乙", "2020", fall, end, day("2019-04-01"), f[4], f[4]),
        (proposal, "丙", "2020", fall, end, None, None, f[5]),
        (proposal, "丁", "2020", fall, end, None, None, f[6]),
    }
    assert build(tmp_path / "all", {"filings": rows}).nodes("ReportDue").keys() == {"filings#5"}
