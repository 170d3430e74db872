"""The lists of the documents as they ship, and what localities adopt of them from day to day."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tracer.errors import UsageError
from tracer.funds.adopted import (
    ADOPTED,
    DROPPED,
    FILE,
    decide,
    forget,
    in_force,
    read_decisions,
)
from tracer.funds.catalogue import Fund, catalogue, choose_funds

DAY = date(2018, 8, 1)
ROAD = "002-central-14"
SPECIAL = "002-central-22"


def names(home: Path, region: str, day: date) -> set[str]:
    return {standing.fund.id for standing in in_force(home, region, day)}


def fund(fund_id: str) -> Fund:
    return catalogue()[fund_id]


def test_the_lists_have_as_many_funds_as_the_documents_say() -> None:
    counts = Counter((fund.list, fund.level) for fund in catalogue().values())
    assert counts == {
        ("000", "central"): 42,
        ("000", "province"): 28,
        ("002", "central"): 42,
        ("002", "province"): 28,
        ("003", "category"): 3,
        ("004", "central"): 7,
        ("004", "province"): 14,
    }
    for key in counts:
        numbers = [fund.seq for fund in catalogue().values() if (fund.list, fund.level) == key]
        assert numbers == list(range(1, counts[key] + 1))


def test_lines_are_as_the_documents_print_them() -> None:
    together = fund("004-province-2")
    assert together.departments == "省农业厅、发改委、交通厅"
    assert together.finance_offices == "农业处、经建处"
    misprint = fund("002-central-19")
    assert (misprint.fund_name, misprint.printed_name) == ("电信普遍服务补助资金", "电信普遍服务补助资企")
    assert fund("000-central-19").printed_name == ""
    assert fund(ROAD).scope == ("part",)
    assert fund(ROAD).names[1] == "车辆购置税收入补助地方用于一般公路建设项目资金"
    assert fund("000-central-18").scope == ("exclusion", "use")
    assert sum(bool(fund.scope) for fund in choose_funds(list_="000")) == 9


@pytest.mark.parametrize(
    ("texts", "list_", "level", "words"),
    [
        ((), "009", "", "没有名单"),
        ((), "000", "county", "级次应为"),
        (("无此资金",), "000", "", "目录中没有"),
        (("水利发展资金",), "000", "", "不止一项.*000-central-23, 000-province-10"),
    ],
)
def test_what_names_no_fund_or_several_is_refused(
    texts: tuple[str, ...], list_: str, level: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        choose_funds(texts, list_, level)


def test_a_fund_is_named_by_number_or_by_name() -> None:
    assert choose_funds(["水利发展资金"], "000", "province") == [fund("000-province-10")]
    assert choose_funds([SPECIAL, SPECIAL]) == [fund(SPECIAL)]


def test_two_localities_adopt_two_lists_and_are_read_as_of_a_day(tmp_path: Path) -> None:
    decide(tmp_path, choose_funds(list_="002"), ADOPTED, "63", DAY)
    decide(tmp_path, choose_funds(list_="004"), ADOPTED, "35", date(2017, 6, 22), date(2019, 12, 31))
    assert len(names(tmp_path, "63", DAY)) == 70
    assert names(tmp_path, "63", date(2018, 7, 31)) == set()
    assert len(names(tmp_path, "350122", date(2019, 12, 31))) == 21
    assert names(tmp_path, "350122", date(2020, 1, 1)) == set()
    assert names(tmp_path, "", DAY) == names(tmp_path, "36", DAY) == set()


def test_a_county_narrows_what_its_province_adopted_for_itself_and_those_below(tmp_path: Path) -> None:
    decide(tmp_path, choose_funds(list_="002"), ADOPTED, "63", DAY)
    decide(tmp_path, [fund("000-central-22")], DROPPED, "630222", date(2019, 1, 1), date(2019, 12, 31))
    assert SPECIAL in names(tmp_path, "630222", date(2018, 12, 31))
    assert SPECIAL not in names(tmp_path, "630222", date(2019, 1, 1)), "the same fund on another list"
    assert SPECIAL not in names(tmp_path, "630222100", date(2019, 12, 31))
    assert SPECIAL in names(tmp_path, "630222", date(2020, 1, 1)), "the province's decision holds again"
    assert SPECIAL in names(tmp_path, "630223", date(2019, 6, 1))
    decide(tmp_path, [fund(SPECIAL)], ADOPTED, "630222", date(2019, 7, 1), scope="只含 产业")
    (own,) = [s for s in in_force(tmp_path, "630222", date(2019, 7, 1)) if s.fund.id == SPECIAL]
    assert (own.is_partial, own.decision.scope) == (True, "只含 产业")
    later = [s.is_partial for s in in_force(tmp_path, "6302", DAY) if s.fund.id == SPECIAL]
    assert later == [False]


def test_the_same_decision_again_replaces_and_a_wrong_one_is_forgotten(tmp_path: Path) -> None:
    decide(tmp_path, [fund(SPECIAL), fund(ROAD)], ADOPTED, "63", DAY)
    decide(tmp_path, [fund(SPECIAL)], ADOPTED, "63", DAY, date(2020, 12, 31))
    assert [(d.fund, d.valid_to) for d in read_decisions(tmp_path)] == [(ROAD, ""), (SPECIAL, "2020-12-31")]
    assert [d.fund for d in forget(tmp_path, choose_funds(), "63", DAY)] == [ROAD, SPECIAL]
    assert read_decisions(tmp_path) == ()
    with pytest.raises(UsageError, match="没有这样的决定"):
        forget(tmp_path, choose_funds(), "63")


@pytest.mark.parametrize(
    ("fund_id", "decision", "region", "last", "words"),
    [
        (SPECIAL, ADOPTED, "6", None, "区划代码应为"),
        (SPECIAL, ADOPTED, "63", date(2018, 7, 31), "早于起始日期"),
        (SPECIAL, DROPPED, "63", None, "没有采用"),
        ("003-category-1", ADOPTED, "65", None, "资金类别"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_nothing_is_kept(
    tmp_path: Path, fund_id: str, decision: str, region: str, last: date | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        decide(
            tmp_path,
            [fund(ROAD), fund(fund_id)] if decision == ADOPTED else [fund(fund_id)],
            decision,
            region,
            DAY,
            last,
        )
    assert read_decisions(tmp_path) == ()


def test_a_county_adds_a_fund_of_its_own_that_no_document_lists(tmp_path: Path) -> None:
    own = choose_funds(["own-county-县级 配套资金"])
    decide(tmp_path, [*own, fund(SPECIAL)], ADOPTED, "630222", DAY)
    found = [standing.fund for standing in in_force(tmp_path, "630222", DAY)]
    assert [one.id for one in found] == [SPECIAL, "own-county-县级 配套资金"]
    assert (found[1].level, found[1].fund_name, found[1].scope) == ("county", "县级 配套资金", ())
    decide(tmp_path, own, DROPPED, "630222", date(2019, 1, 1))
    assert names(tmp_path, "630222", date(2019, 1, 1)) == {SPECIAL}
    for wrong in ("own-central-资金", "own-county-", "own"):
        with pytest.raises(UsageError, match="目录中没有"):
            choose_funds([wrong])


def test_a_kept_decision_on_an_unknown_fund_is_named(tmp_path: Path) -> None:
    decide(tmp_path, [fund(SPECIAL)], ADOPTED, "63", DAY)
    path = tmp_path / FILE
    path.write_text(path.read_text("utf-8").replace(SPECIAL, "009-central-1"), "utf-8")
    with pytest.raises(UsageError, match="009-central-1"):
        in_force(tmp_path, "63", DAY)
