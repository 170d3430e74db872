"""Which table a sheet is and where its columns stand; nothing ambiguous is guessed."""

import re
from pathlib import Path
from typing import Any

import pytest

from ingest.headers import column_letter, split_header
from ingest.messages import MESSAGES
from tests.ingest.samples import (
    PAYMENT_HEADER,
    SPLIT_HEADER,
    counts,
    ingested,
    payment,
    write_csv,
    write_xlsx,
)
from tracer.money import UNITS_FEN
from tracer.schema import TABLES

SPLIT = ("Z1", "Z2", "5", "2019-01-01")


def columns(batch: dict[str, Any]) -> dict[str, tuple[str | None, list[str]]]:
    return {entry["header"]: (entry["column"], entry["candidates"]) for entry in batch["columns"]}


@pytest.mark.parametrize("table", list(TABLES.values()), ids=list(TABLES))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_table_is_known_by_its_own_headers(tmp_path: Path, table: Any, language: str) -> None:
    header = [column.header_zh if language == "zh" else column.name for column in table.columns]
    path = write_csv(tmp_path / "x.csv", [header])
    batch = ingested(tmp_path, path)["batches"][0]
    assert batch["table"] == table.name
    assert [entry["column"] for entry in batch["columns"]] == [column.name for column in table.columns]


@pytest.mark.parametrize("table", list(TABLES.values()), ids=list(TABLES))
def test_every_table_is_known_by_its_required_columns_alone(tmp_path: Path, table: Any) -> None:
    header = [column.header_zh for column in table.columns if column.required]
    batch = ingested(tmp_path, write_csv(tmp_path / "x.csv", [header]))["batches"][0]
    assert batch["table"] == table.name


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("金额（万元）", "金额", "万元"),
        ("支付 金额\n(单位：千元)*", "支付金额", "千元"),
        ("金额:万元", "金额", "万元"),
        ("金额万元", "金额", "万元"),
        ("amount (yuan)", "amount", "元"),
        ("金额（人民币元）", "金额", "元"),
        ("金额【亿元】", "金额", "亿元"),
        ("＊支付时间（必填）", "支付时间", None),
        ("支付日期(yyyy-mm-dd)", "支付日期", None),
        ("金额（百万元）", "金额", "百万元"),
        ("金额（不含税）", "金额(不含税)", None),
        ("用途：", "用途", None),
    ],
)
def test_headers_lose_marks_and_give_their_unit(text: str, name: str, unit: str | None) -> None:
    assert split_header(text) == (name, unit)


def test_title_rows_and_a_late_header(tmp_path: Path) -> None:
    rows = [["某县2019年指标分解表"], [], ["编制单位：某县财政局", "", "", "单位：万元"], SPLIT_HEADER, SPLIT]
    path = write_xlsx(tmp_path / "a.xlsx", rows, merge=["A1:D1"])
    batch = ingested(tmp_path, path)["batches"][0]
    assert (batch["table"], batch["sums"]) == ("splits", {"amount": 5_000_000})
    assert counts(batch) == (1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize("place", ["header", "row"])
def test_a_unit_at_the_side_of_the_table(tmp_path: Path, place: str) -> None:
    sides = ("（单位：万元）", "") if place == "header" else ("", "单位：万元")
    path = write_csv(tmp_path / "a.csv", [(*SPLIT_HEADER, sides[0]), (*SPLIT, sides[1])])
    assert ingested(tmp_path, path)["batches"][0]["sums"] == {"amount": 5_000_000}


def test_a_remark_inside_the_table_states_no_unit(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(*SPLIT_HEADER, "备注"), (*SPLIT, "原表单位：万元")])
    assert ingested(tmp_path, path)["batches"][0]["sums"] == {"amount": 500}


def test_the_header_s_own_unit_beats_the_one_beside_the_table(tmp_path: Path) -> None:
    header = ("上级指标编号", "下级指标编号", "金额（元）", "分解日期")
    path = write_csv(tmp_path / "a.csv", [["单位：万元"], header, SPLIT])
    assert ingested(tmp_path, path)["batches"][0]["sums"] == {"amount": 500}


@pytest.mark.parametrize("said", ["金额（百万元）", "金额（美元）"])
def test_an_unknown_unit_is_never_taken_for_yuan(tmp_path: Path, said: str) -> None:
    header = ("上级指标编号", "下级指标编号", said, "分解日期")
    report = ingested(tmp_path, write_csv(tmp_path / "a.csv", [header, SPLIT]))
    assert counts(report["batches"][0]) == (1, 0, 1, 0, 0, 0)
    assert report["problems"][0]["problem"].startswith("金额单位不明")


def test_two_units_beside_one_table_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["单位：万元", "单位：元"], SPLIT_HEADER, SPLIT])
    assert ingested(tmp_path, path)["batches"][0]["accepted"] == 0


def test_a_nested_header(tmp_path: Path) -> None:
    upper = ["支付凭证号", "付款人", "", "支付金额", "支付时间", "用途", "结算方式", "支付方式", "收款人", ""]
    lower = ["", "名称", "账号", "", "", "", "", "", "名称", "账号"]
    merged = ["B1:C1", "I1:J1", *(f"{letter}1:{letter}2" for letter in "ADEFGH")]
    path = write_xlsx(tmp_path / "a.xlsx", [upper, lower, payment("P1"), payment("P2")], merge=merged)
    batch = ingested(tmp_path, path)["batches"][0]
    assert (batch["table"], batch["accepted"]) == ("payments", 2)
    assert columns(batch)["付款人 账号"] == ("payer_account", [])


def test_the_table_of_an_ambiguous_header_is_not_guessed(tmp_path: Path) -> None:
    header = ("凭证号", "付款账号", "收款账号", "金额", "摘要")
    report = ingested(tmp_path, write_csv(tmp_path / "a.csv", [header, ("1", "2", "3", "4", "5")]))
    batch = report["batches"][0]
    assert (batch["table"], counts(batch)) == (None, (1, 0, 1, 0, 0, 0))
    assert columns(batch)["金额"] == (None, ["transfers.amount", "payments.amount"])  # best first
    assert "mapping" in report["problems"][0]["hint"]


def test_two_headers_for_one_column_are_not_guessed(tmp_path: Path) -> None:
    header = [*PAYMENT_HEADER[:3], "金额", *PAYMENT_HEADER[4:], "实发金额"]
    report = ingested(tmp_path, write_csv(tmp_path / "a.csv", [header, [*payment("P1"), "3"]]))
    batch = report["batches"][0]
    assert (batch["table"], batch["accepted"]) == ("payments", 0)
    assert columns(batch)["金额"] == columns(batch)["实发金额"] == (None, ["payments.amount"])
    assert [p["column"] for p in report["problems"]] == ["amount", None]


def test_a_column_s_own_name_beats_a_synonym(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [[*PAYMENT_HEADER, "摘要"], [*payment("P1"), "别的"]])
    report = ingested(tmp_path, path)
    assert report["batches"][0]["accepted"] == 1
    assert columns(report["batches"][0])["用途"] == ("purpose", [])
    assert columns(report["batches"][0])["摘要"] == (None, ["payments.purpose"])
    assert report["problems"] == []


def test_a_missing_required_column_is_reported_and_nothing_accepted(tmp_path: Path) -> None:
    header = [name for name in PAYMENT_HEADER if name != "支付时间"]
    rows = [row[:4] + row[5:] for row in (payment("P1"), payment("P2"))]
    report = ingested(tmp_path, write_csv(tmp_path / "a.csv", [header, *rows]))
    batch = report["batches"][0]
    assert (batch["table"], counts(batch)) == ("payments", (2, 0, 2, 0, 0, 0))
    assert report["problems"][0]["column"] == "paid_at"
    assert report["problems"][0]["problem"] == "缺少必需列：支付时间"


def test_the_sheet_s_name_breaks_a_tie_and_nothing_else(tmp_path: Path) -> None:
    wide = [*SPLIT_HEADER[:2], "分解金额", "分解日期", "项目编号", "安排金额", "安排日期", "指标编号"]
    row = ["A", "B", "1", "2019-01-01", "X1", "2", "2019-01-02", "A"]
    undecided = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", [wide, row]))["batches"][0]
    assert (undecided["table"], undecided["accepted"]) == (None, 0)
    named = write_xlsx(tmp_path / "b.xlsx", [wide, row], sheet="2019指标分解")
    assert ingested(tmp_path, named)["batches"][0]["table"] == "splits"
    wrong = write_xlsx(tmp_path / "c.xlsx", [PAYMENT_HEADER, payment("P1")], sheet="指标分解")
    assert ingested(tmp_path, wrong)["batches"][0]["table"] == "payments"


def test_notes_are_no_table_and_a_file_without_tables_is_a_problem(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["本县填表说明"], ["金额要写清楚"]])
    report = ingested(tmp_path, path)
    assert report["batches"] == []
    assert [(p["file"], p["problem"]) for p in report["problems"]] == [("a.csv", "没有认出任何表的表头")]


def test_an_ambiguous_header_is_told_once_with_the_letters_of_its_columns(tmp_path: Path) -> None:
    rows = [
        ("上级指标编号", "下级指标编号", "金额", "金额", "分解日期"),
        *[("A", "B", 1, 2, "2019-01-01")] * 2,
    ]
    report = ingested(tmp_path, write_csv(tmp_path / "s.csv", rows))
    first, *others = report["problems"]
    assert (first["row"], first["column"]) == (1, "amount")
    assert first["problem"] == "表头不明：C 列“金额”、D 列“金额” 都可能是 splits.amount"
    assert first["problem_en"].startswith("ambiguous header: each of column C “金额”, column D “金额”")
    assert [p["row"] for p in others] == [2, 3]
    assert len({(p["problem"], p["hint"]) for p in others}) == 1


def test_letters_of_columns() -> None:
    assert [column_letter(cell) for cell in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_english_texts_are_wholly_english() -> None:
    for message in MESSAGES.values():
        for text in (message.en, message.hint_en):
            bare = text.replace("是 or 否", "")
            for unit in sorted(UNITS_FEN, key=len, reverse=True):
                bare = bare.replace(unit, "")
            assert not re.search(r"[\u4e00-\u9fff]", bare), text
