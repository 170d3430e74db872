"""The ledger of a catalogue: what of each indicator is in scope, and sums that add up."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from casebook import write_ledger

from tracer.errors import UsageError
from tracer.funds.adopted import ADOPTED, DROPPED, decide
from tracer.funds.amounts import Stated, read_stated, state
from tracer.funds.catalogue import catalogue, choose_funds
from tracer.funds.ledger import AMOUNTS, fund_ledger

DAY = date(2020, 6, 30)
ROAD = "车辆购置税收入补助地方用于一般公路建设项目资金（支持农村公路部分）"
WHOLE_ROAD = "车辆购置税收入补助地方用于一般公路建设项目资金"

LEDGER = {
    "agencies": """
        agency_id | agency_name | level    | region_code
        SJ        | 省财政厅    | province | 63
        JX        | 甲县财政局  | county   | 630222
        YX        | 乙县财政局  | county   | 350122
    """,
    "indicators": f"""
        indicator_id | fund_name    | amount | level    | receiver   | issued_on
        P            | 水利 发展资金 | 100    | province | 省财政厅   | 2020-01-01
        C1           | 水利发展资金 | 60     | county   | 甲县财政局 | 2020-02-01
        C2           | 水利发展资金 | 40     | county   | 乙县财政局 | 2020-02-01
        R1           | {ROAD}       | 100    | county   | 甲县财政局 | 2020-03-01
        R2           | {WHOLE_ROAD} | 70.50  | county   | 甲县财政局 | 2020-03-01
        O            | 其他资金     | 11     | county   | 甲县财政局 | 2020-03-01
        N            | 水利发展资金 | 7      | county   | 某单位     | 2020-03-01
        LATE         | 水利发展资金 | 9      | county   | 甲县财政局 | 2020-07-01
    """,
    "splits": """
        parent_indicator_id | child_indicator_id | amount | split_on
        P                   | C1                 | 60     | 2020-02-01
        P                   | C2                 | 40     | 2020-02-01
    """,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_ledger(tmp_path, LEDGER)
    decide(tmp_path, choose_funds(list_="002"), ADOPTED, "63", date(2018, 8, 1))
    return tmp_path


def rows(found: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {row["indicator_id"]: tuple(row[name] for name in AMOUNTS) for row in found["indicators"]}


def test_a_partly_scoped_fund_counts_what_was_stated_and_says_what_was_not(home: Path) -> None:
    before = fund_ledger(home, DAY)
    assert rows(before) == {
        "P": (10000, 10000, 0, 0),
        "C1": (6000, 6000, 0, 0),
        "R1": (10000, 0, 0, 10000),
        "R2": (7050, 0, 0, 7050),
    }
    state(home, ["R1=40"], doc_no="县财〔2020〕1号")
    after = fund_ledger(home, DAY)
    assert rows(after) == rows(before) | {"R1": (10000, 4000, 6000, 0)}
    assert [row["stated_by"] for row in after["indicators"]] == [None, None, "县财〔2020〕1号", None]


def test_sums_add_up_by_fund_and_level_and_the_rest_is_counted(home: Path) -> None:
    state(home, ["R1=40"])
    found = fund_ledger(home, DAY)
    totals = {
        (t["fund_level"], t["fund_name"], t["level"]): tuple(t[name] for name in AMOUNTS)
        for t in found["totals"]
    }
    assert totals == {
        ("central", ROAD, "county"): (17050, 4000, 6000, 7050),
        ("province", "水利发展资金", "county"): (6000, 6000, 0, 0),
        ("province", "水利发展资金", "province"): (10000, 10000, 0, 0),
    }
    assert all(whole == sum(parts) for whole, *parts in [*totals.values(), *rows(found).values()])
    assert found["left_out"] == {
        "not_in_catalogue": {"indicators": 3, "amount_fen": 4000 + 1100 + 700},
        "no_region": {"indicators": 0, "amount_fen": 0},
    }


def test_a_region_shows_its_own_and_names_those_without_one(home: Path) -> None:
    found = fund_ledger(home, DAY, "630222")
    assert set(rows(found)) == {"C1", "R1", "R2"}
    assert found["left_out"]["no_region"] == {"indicators": 1, "amount_fen": 700}
    assert found["left_out"]["not_in_catalogue"] == {"indicators": 1, "amount_fen": 1100}
    assert rows(fund_ledger(home, DAY, "35")) == {}
    decide(home, choose_funds(["002-central-23"]), ADOPTED, "35", date(2020, 1, 1))
    assert rows(fund_ledger(home, DAY, "35")) == {"C2": (4000, 4000, 0, 0)}


def test_of_one_name_on_two_levels_the_level_that_gave_the_money_decides(home: Path) -> None:
    levels = {row["indicator_id"]: row["fund_level"] for row in fund_ledger(home, DAY)["indicators"]}
    assert (levels["P"], levels["C1"]) == ("province", "province")
    decide(home, choose_funds(["002-province-10"]), DROPPED, "630222", date(2020, 1, 1))
    assert set(rows(fund_ledger(home, DAY))) == {"P", "R1", "R2"}, "C1 is the province's money"
    decide(home, choose_funds(["002-central-23"]), DROPPED, "63", date(2020, 1, 1))
    assert "P" in rows(fund_ledger(home, DAY))


def test_the_catalogue_of_the_day_counts(home: Path) -> None:
    decide(home, choose_funds(["002-province-10"]), DROPPED, "63", date(2020, 6, 1))
    assert "P" in rows(fund_ledger(home, date(2020, 5, 31)))
    assert "P" not in rows(fund_ledger(home, date(2020, 6, 1)))
    assert set(rows(fund_ledger(home, date(2020, 1, 31)))) == {"P"}


def test_a_fund_of_its_own_counts_where_the_county_adopted_it(home: Path) -> None:
    decide(home, choose_funds(["own-county-其他资金"]), ADOPTED, "630222", date(2020, 1, 1))
    assert rows(fund_ledger(home, DAY))["O"] == (1100, 1100, 0, 0)


def test_a_locality_restricts_a_whole_fund(home: Path) -> None:
    decide(home, choose_funds(["002-province-10"]), ADOPTED, "630222", date(2020, 1, 1), scope="只含饮水")
    assert rows(fund_ledger(home, DAY))["C1"] == (6000, 0, 0, 6000)
    state(home, ["C1=0"])
    assert rows(fund_ledger(home, DAY))["C1"] == (6000, 0, 6000, 0)
    assert rows(fund_ledger(home, DAY))["P"] == (10000, 10000, 0, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("R1", "应写作"),
        ("R1=x", "不是以元计的金额"),
        ("R1=100.01", "应在 0 与指标金额 100.00 元之间"),
        ("R1=-1", "应在 0 与"),
        ("ZZ=1", "账本没有指标"),
        ("C1=", "没有保存"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_and_nothing_changes(home: Path, text: str, words: str) -> None:
    state(home, ["R1=40"])
    with pytest.raises(UsageError, match=words):
        state(home, ["R2=5", text])
    assert read_stated(home) == {"R1": Stated("R1", "40", "")}
    assert state(home, ["R1="]) == {}


def test_an_amount_above_a_corrected_indicator_counts_as_not_stated(home: Path) -> None:
    state(home, ["R1=40"])
    lower = LEDGER["indicators"].replace("| 100    | county ", "| 30     | county ")
    write_ledger(home, {"indicators": lower})
    found = fund_ledger(home, DAY)
    assert rows(found)["R1"] == (3000, 0, 0, 3000)
    assert found["problems"] == [{"indicator_id": "R1", "stated_fen": 4000, "amount_fen": 3000}]


def test_every_fund_can_be_found_by_its_own_name(tmp_path: Path) -> None:
    funds = [fund for fund in catalogue().values() if fund.list == "004"]
    lines = [f"{n} | {fund.fund_name} | 1 | {fund.level} | 2020-01-01" for n, fund in enumerate(funds)]
    table = "\n".join(["indicator_id | fund_name | amount | level | issued_on", *lines])
    write_ledger(tmp_path, {"indicators": table})
    decide(tmp_path, funds, ADOPTED, "", date(2020, 1, 1))
    found = fund_ledger(tmp_path, DAY)
    assert [row["fund_id"] for row in found["indicators"]] == [fund.id for fund in funds]
