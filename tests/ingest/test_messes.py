"""One file for every kind of mess that offices produce, each with its tables, five counts and sums."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.samples import (
    PAYMENT_HEADER,
    SPLIT_HEADER,
    Row,
    counts,
    ingested,
    payment,
    write_csv,
    write_xls,
    write_xlsx,
)
from tracer.ledger import Ledger

DAY = dt.date(2019, 1, 2)
ONE = ("Z1", "Z2", 1, DAY)
TWO = ("Z1", "Z3", 2, DAY)
BLANK = ("", "", "", "")
TOTAL = ("合计", "", 3, "")
YUAN, TEN_THOUSAND = 100, 1_000_000

HEADERS: dict[str, tuple[list[Row], Sequence[str], int]] = {
    "stars and line breaks": (
        [("*上级指标\n编号", "＊下级指标编号（必填）", "★金额\n（万元）", "分解\r\n日期*"), ONE, TWO],
        (),
        TEN_THOUSAND,
    ),
    "numbered headers": ([("1.上级指标编号", "②下级指标编号", "金额(3)", "(4)分解日期"), ONE, TWO], (), YUAN),
    "three header rows, merged": (
        [
            ("上级指标编号", "下级指标编号", "分解情况", ""),
            ("", "", "金额（万元）", "分解日期"),
            BLANK,
            ONE,
            TWO,
        ],
        ("A1:A3", "B1:B3", "C1:D1", "C2:C3", "D2:D3"),
        TEN_THOUSAND,
    ),
    "three header rows, not merged": (
        [
            ("上级", "下级", "分解情况", ""),
            ("指标", "指标", "金额", "分解"),
            ("编号", "编号", "（万元）", "日期"),
            ONE,
            TWO,
        ],
        (),
        TEN_THOUSAND,
    ),
    "a group above some columns": (
        [("上级指标编号", "下级指标编号", "分解", ""), ("", "", "金额", "日期"), ONE, TWO],
        ("A1:A2", "B1:B2", "C1:D1"),
        YUAN,
    ),
    "a title that is merged across": (
        [("某县指标分解表", "", "", ""), SPLIT_HEADER, ONE, TWO],
        ("A1:D1",),
        YUAN,
    ),
    "an empty margin": ([(), (), SPLIT_HEADER, ONE, TWO], (), YUAN),
    "a unit above the table": (
        [("", "", "", "金额单位：人民币万元"), SPLIT_HEADER, ONE, TWO],
        (),
        TEN_THOUSAND,
    ),
    "a bare unit above the table": ([("", "", "", "（万元）"), SPLIT_HEADER, ONE, TWO], (), TEN_THOUSAND),
}


@pytest.mark.parametrize("mess", HEADERS)
def test_messy_headers(tmp_path: Path, mess: str) -> None:
    rows, merged, unit_fen = HEADERS[mess]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows, merge=merged))
    assert report["problems"] == []
    assert told(report) == [("splits", (2, 2, 0, 0, 0, 0), 3 * unit_fen)]


BELOW: dict[str, tuple[list[Row], int]] = {
    "a row of units": ([("", "", "万元", "")], TEN_THOUSAND),
    "a row of units in brackets": (
        [("", "", "（万元）", "")],
        TEN_THOUSAND,
    ),
    "a unit in its own row": ([("", "", "单位：万元", "")], TEN_THOUSAND),
    "column numbers": ([(1, 2, 3, 4)], YUAN),
    "column numbers with sums": ([("甲", "1", "2=1+3", "3")], YUAN),
    "units, then numbers": ([("", "", "万元", ""), ("甲", "乙", 1, 2)], TEN_THOUSAND),
}


@pytest.mark.parametrize("mess", BELOW)
def test_rows_below_the_header_that_belong_to_it(tmp_path: Path, mess: str) -> None:
    rows, unit_fen = BELOW[mess]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", [SPLIT_HEADER, *rows, ONE, TWO, TOTAL]))
    assert report["problems"] == []
    assert told(report) == [("splits", (3 + len(rows), 2, 0, 1, len(rows), 0), 3 * unit_fen)]


@pytest.mark.parametrize(
    ("header", "unit"),
    [("金额（元）", "万元"), ("金额（万元）", "元")],
    ids=["header yuan", "header ten thousand"],
)
def test_a_header_and_a_row_of_units_that_disagree_are_refused(
    tmp_path: Path, header: str, unit: str
) -> None:
    rows = [(*SPLIT_HEADER[:2], header, SPLIT_HEADER[3]), ("", "", unit, ""), ONE]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [("splits", (2, 0, 1, 0, 1, 0), 0)]
    assert report["problems"][0]["problem"] == "金额单位不明：金额（万元、元）"


NOTES: list[Row] = [
    BLANK,
    ("填报单位（盖章）：某县财政局",),
    ("单位负责人：张三    填表人：李四     联系电话：0874-1234567",),
    ("制表人：", "王五", "审核人：", "赵六"),
    ("某县财政局", "", "", "2020年12月31日"),
    ("2020年12月31日",),
    ("（此处盖章）",),
    ("附注：1.本表一式三份",),
    ("2.由乡镇填写",),
    ("（3）逐级汇总",),
    ("本表数据截至2020年12月31日",),
    ("*为必填项",),
    ("第1页", "", "共1页"),
]


def test_notes_signatures_and_stamps_below_the_table(tmp_path: Path) -> None:
    rows = [SPLIT_HEADER, ONE, TWO, TOTAL, *NOTES]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert report["problems"] == []
    assert told(report) == [("splits", (3 + len(NOTES), 2, 0, 1, len(NOTES), 0), 3 * YUAN)]


@pytest.mark.parametrize("note", ["注：金额单位为万元", "说明：本表以万元为单位。", "单位：万元"])
def test_a_unit_that_only_a_note_below_states(tmp_path: Path, note: str) -> None:
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", [SPLIT_HEADER, ONE, TWO, TOTAL, (note,)]))
    assert report["problems"] == []
    assert told(report) == [("splits", (4, 2, 0, 1, 1, 0), 3 * TEN_THOUSAND)]


def test_a_note_below_that_contradicts_the_unit_above_is_refused(tmp_path: Path) -> None:
    rows = [("单位：元",), SPLIT_HEADER, ONE, TWO, ("注：金额单位为万元",)]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [("splits", (3, 0, 2, 0, 1, 0), 0)]
    assert report["problems"][0]["problem"] == "金额单位不明：金额（万元、元）"


def test_the_header_s_unit_beats_a_note_below(tmp_path: Path) -> None:
    header = (*SPLIT_HEADER[:2], "金额（元）", SPLIT_HEADER[3])
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", [header, ONE, ("注：其他各表单位为万元",)]))
    assert told(report) == [("splits", (2, 1, 0, 0, 1, 0), YUAN)]


STACKED: dict[str, tuple[list[Row], list[Any]]] = {
    "two tables": (
        [
            ("表一 指标分解",), SPLIT_HEADER, ONE, TWO, TOTAL, ("注：略",), (),
            ("表二 支付明细",), PAYMENT_HEADER, payment("P1"), payment("P2", "x"), ("制表人：某",),
        ],
        [("splits", (5, 2, 0, 1, 2, 0), 300), ("payments", (3, 1, 1, 0, 1, 0), 1250)],
    ),
    "without a gap": (
        [SPLIT_HEADER, ONE, PAYMENT_HEADER, payment("P1")],
        [("splits", (1, 1, 0, 0, 0, 0), 100), ("payments", (1, 1, 0, 0, 0, 0), 1250)],
    ),
    "each with its unit": (
        [("单位：万元",), SPLIT_HEADER, ONE, (), ("单位：元",), PAYMENT_HEADER, payment("P1")],
        [("splits", (2, 1, 0, 0, 1, 0), TEN_THOUSAND), ("payments", (1, 1, 0, 0, 0, 0), 1250)],
    ),
    "the same header below another title": (
        [("甲乡",), SPLIT_HEADER, ONE, ("合计", "", 1), (), ("乙乡",), SPLIT_HEADER, TWO, ("合计", "", 2)],
        [("splits", (3, 1, 0, 1, 1, 0), 100), ("splits", (2, 1, 0, 1, 0, 0), 200)],
    ),
    "the same header below another unit": (
        [("单位：万元",), SPLIT_HEADER, ONE, ("单位：元",), SPLIT_HEADER, TWO],
        [("splits", (1, 1, 0, 0, 0, 0), TEN_THOUSAND), ("splits", (1, 1, 0, 0, 0, 0), 200)],
    ),
    "the header repeated on every page is one table": (
        [SPLIT_HEADER, ONE, SPLIT_HEADER, TWO, (), SPLIT_HEADER, TOTAL],
        [("splits", (6, 2, 0, 1, 3, 0), 300)],
    ),
    "an incomplete table first": (
        [
            PAYMENT_HEADER[:4], payment("P1")[:4], payment("P2")[:4], (),
            SPLIT_HEADER, ONE,
        ],
        [("payments", (3, 0, 2, 0, 1, 0), 0), ("splits", (1, 1, 0, 0, 0, 0), 100)],
    ),
    "nested headers": (
        [
            SPLIT_HEADER, ONE, ("支付",), ["支付凭证号", "付款人", "", *PAYMENT_HEADER[3:8], "收款人", ""],
            ["", "名称", "账号", "", "", "", "", "", "名称", "账号"], payment("P1"),
        ],
        [("splits", (1, 1, 0, 0, 0, 0), 100), ("payments", (1, 1, 0, 0, 0, 0), 1250)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "csv", "xls"])
@pytest.mark.parametrize("mess", STACKED)
def test_tables_one_under_the_other(tmp_path: Path, mess: str, kind: str) -> None:
    rows, expected = STACKED[mess]
    texts = [[cell.isoformat() if isinstance(cell, dt.date) else cell for cell in row] for row in rows]
    path = tmp_path / f"a.{kind}"
    match kind:
        case "xlsx":
            write_xlsx(path, rows)
        case "csv":
            write_csv(path, texts)
        case _:
            write_xls(path, texts)
    report = ingested(tmp_path, path)
    assert told(report) == expected
    is_partly_wrong = any(counted[2] for _, counted, _ in expected)
    assert bool(report["problems"]) == is_partly_wrong


@pytest.mark.parametrize("merged", [(), ("B1:C1", "I1:J1", "A1:A2")], ids=["plain", "merged"])
def test_a_nested_header_repeated_on_every_page_is_one_table(tmp_path: Path, merged: Sequence[str]) -> None:
    upper = ["支付凭证号", "付款人", "", *PAYMENT_HEADER[3:8], "收款人", ""]
    lower = ["", "名称", "账号", "", "", "", "", "", "名称", "账号"]
    rows = [upper, lower, payment("P1"), upper, lower, payment("P2"), ("第2页",), upper, lower, payment("P3")]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows, merge=merged))
    assert told(report) == [("payments", (8, 3, 0, 0, 5, 0), 3 * 1250)]


def test_rows_of_stacked_tables_keep_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", STACKED["two tables"][0], sheet="汇总"))
    ledger = Ledger(tmp_path / "home")
    places = [ledger.sources(table, [0])[0] for table in ("splits", "payments")]
    assert [(place.sheet, place.row) for place in places] == [("汇总", 3), ("汇总", 10)]


SIDES: dict[str, tuple[list[Row], list[Any]]] = {
    "two tables": (
        [(*SPLIT_HEADER, "", *PAYMENT_HEADER), (*ONE, "", *payment("P1")), (*TWO, "", *([""] * 10))],
        [("splits", (2, 2, 0, 0, 0, 0), 300), ("payments", (2, 1, 0, 0, 1, 0), 1250)],
    ),
    "one table in two columns of print": (
        [(*SPLIT_HEADER, *SPLIT_HEADER), (*ONE, *TWO), (*BLANK, *TOTAL)],
        [("splits", (2, 1, 0, 0, 1, 0), 100), ("splits", (2, 1, 0, 1, 0, 0), 200)],
    ),
    "a unit above the right one holds for both": (
        [
            ("", "", "", "", "", "", "", "", "单位：万元"),
            (*SPLIT_HEADER, "", *SPLIT_HEADER),
            (*ONE, "", *TWO),
        ],
        [("splits", (1, 1, 0, 0, 0, 0), TEN_THOUSAND), ("splits", (1, 1, 0, 0, 0, 0), 2 * TEN_THOUSAND)],
    ),
    "each with its own unit": (
        [
            ("", "", "", "单位：元", "", "", "", "", "单位：万元"),
            (*SPLIT_HEADER, "", *SPLIT_HEADER),
            (*ONE, "", *TWO),
        ],
        [("splits", (1, 1, 0, 0, 0, 0), YUAN), ("splits", (1, 1, 0, 0, 0, 0), 2 * TEN_THOUSAND)],
    ),
}


@pytest.mark.parametrize("mess", SIDES)
def test_tables_side_by_side(tmp_path: Path, mess: str) -> None:
    rows, expected = SIDES[mess]
    assert told(ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))) == expected


def test_a_note_below_one_of_two_tables_is_no_unit_of_the_other(tmp_path: Path) -> None:
    rows = [
        (*SPLIT_HEADER, "", *SPLIT_HEADER),
        (*ONE, "", *TWO),
        ("注：单位为万元", "", "", "", "", "注：单位为元"),
    ]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [
        ("splits", (2, 1, 0, 0, 1, 0), TEN_THOUSAND),
        ("splits", (2, 1, 0, 0, 1, 0), 2 * YUAN),
    ]


def test_content_without_a_header_is_named(tmp_path: Path) -> None:
    rows = [
        ("", *SPLIT_HEADER),
        ("", *ONE, "", "手写批注"),
        ("√", *TWO, "已核", ""),
        ("", *TOTAL, "", "", "经办人"),
    ]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [("splits", (3, 2, 0, 1, 0, 0), 3 * YUAN)]
    assert [note["note"] for note in report["notes"]] == ["A, F–G 列没有表头而有内容，不读取"]


def test_a_small_table_beside_ours_is_named_and_not_read(tmp_path: Path) -> None:
    rows = [(*SPLIT_HEADER, "", "乡镇", "金额"), (*ONE, "", "甲乡", 1), (*TWO, "", "乙乡", 2)]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [("splits", (2, 2, 0, 0, 0, 0), 300)]
    assert [note["note"] for note in report["notes"]] == ["F–G 列在表的旁边，没有认出是哪张表，不读取"]


def test_a_gap_within_one_table_does_not_divide_it(tmp_path: Path) -> None:
    rows = [(*PAYMENT_HEADER, "", "指标编号", "项目编号"), (*payment("P1"), "", "Z1", "X1")]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [("payments", (1, 1, 0, 0, 0, 0), 1250)]
    assert Ledger(tmp_path / "home").read("payments")["indicator_id"].to_pylist() == ["Z1"]


def test_an_unknown_table_above_ours_is_named(tmp_path: Path) -> None:
    rows = [("乡镇", "户数", "人数"), ("甲乡", 3, 9), ("乙乡", 4, 11), SPLIT_HEADER, ONE]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [("splits", (1, 1, 0, 0, 0, 0), 100)]
    assert [note["note"][:9] for note in report["notes"]] == ["第 1–3 行在表头之上"[:9]]


def test_a_merged_text_holds_for_each_of_its_rows(tmp_path: Path) -> None:
    rows = [SPLIT_HEADER, ONE, ("", "Z3", 2, ""), ("", "Z4", 3, ""), ("合计", "", 6, "")]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows, merge=["A2:A4", "D2:D4", "A5:B5"]))
    assert report["problems"] == []
    assert told(report) == [("splits", (4, 3, 0, 1, 0, 0), 600)]
    read = Ledger(tmp_path / "home").read("splits")
    assert read["parent_indicator_id"].to_pylist() == ["Z1"] * 3
    assert read["split_on"].to_pylist() == [DAY] * 3


def test_a_merged_amount_belongs_to_none_of_its_rows(tmp_path: Path) -> None:
    rows = [SPLIT_HEADER, ONE, ("Z1", "Z3", "", DAY), ("Z1", "Z4", 3, DAY)]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows, merge=["C2:C3"]))
    assert told(report) == [("splits", (3, 1, 2, 0, 0, 0), 300)]
    assert [(p["row"], p["column"], p["problem"][:8]) for p in report["problems"]] == [
        (2, "amount", "几行合并成一格，"),
        (3, "amount", "几行合并成一格，"),
    ]


def test_a_merged_identifier_belongs_to_none_of_its_rows(tmp_path: Path) -> None:
    rows = [PAYMENT_HEADER, payment("P1"), payment(""), payment("P2")]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows, merge=["A2:A3"]))
    assert told(report) == [("payments", (3, 1, 2, 0, 0, 0), 1250)]


def test_a_formula_without_a_result_in_the_header_is_refused_by_name(tmp_path: Path) -> None:
    rows = [(*SPLIT_HEADER[:2], '="金"&"额"', SPLIT_HEADER[3]), ONE]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [("splits", (1, 0, 1, 0, 0, 0), None)]
    first = report["problems"][0]
    assert (first["row"], first["value"]) == (1, '="金"&"额"')
    assert first["problem"] == "公式没有保存计算结果：C 列的表头"


@pytest.mark.parametrize("formula", ['="单位："&"万元"', "=Sheet2!$A$1"])
def test_a_formula_that_may_state_the_unit_is_refused_by_name(tmp_path: Path, formula: str) -> None:
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", [("", "", "", formula), SPLIT_HEADER, ONE]))
    assert told(report) == [("splits", (1, 0, 1, 0, 0, 0), 0)]
    assert report["problems"][0]["problem"] == "公式没有保存计算结果：D1，可能写着金额单位"


def told(report: dict[str, Any]) -> list[Any]:
    """Table, counts and sum of amounts of each batch."""
    return [(batch["table"], counts(batch), batch["sums"].get("amount")) for batch in report["batches"]]
