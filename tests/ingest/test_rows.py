"""Rows below the header: accepted, rejected with every reason, totals, blank or duplicate; each once."""

from pathlib import Path
from typing import Any

import pytest

from tests.ingest.samples import (
    PAYMENT_HEADER,
    SPLIT_HEADER,
    counts,
    ingested,
    payment,
    write_csv,
    write_xlsx,
)
from tracer.ledger import Ledger

BLANK = [""] * len(PAYMENT_HEADER)


def total(word: str, amount: object) -> list[object]:
    return [word, "", "", amount, *BLANK[4:]]


def take(tmp_path: Path, *rows: Any) -> dict[str, Any]:
    return ingested(tmp_path, write_csv(tmp_path / "p.csv", [PAYMENT_HEADER, *rows]))


def test_every_bad_cell_of_a_row_is_named(tmp_path: Path) -> None:
    report = take(
        tmp_path,
        payment("P1"),
        payment("P2", "1.234", "2019-02-30", 结算方式="刷脸", 收款人账户="6.22E+17"),
        payment("", "5"),
    )
    assert counts(report["batches"][0]) == (3, 1, 2, 0, 0, 0)
    found = [
        (p["file"], p["sheet"], p["row"], p["column"], p["value"], p["problem"]) for p in report["problems"]
    ]
    assert found == [
        ("p.csv", None, 3, "amount", "1.234", "金额折合成元后小数超过两位：支付金额"),
        ("p.csv", None, 3, "paid_at", "2019-02-30", "日期不存在：支付时间"),
        ("p.csv", None, 3, "settlement_method", "刷脸", "不在可选值之内：结算方式"),
        ("p.csv", None, 3, "payee_account", "6.22E+17", "编号已被表格软件变成数字，原值已失：收款人账户"),
        ("p.csv", None, 4, "payment_id", "", "必填项为空：支付凭证号"),
    ]
    assert all(p["hint"] for p in report["problems"])


@pytest.mark.parametrize("amount", ["0", "-5", "0.00"])
def test_amounts_of_payments_are_above_zero(tmp_path: Path, amount: str) -> None:
    report = take(tmp_path, payment("P1", amount))
    assert counts(report["batches"][0]) == (1, 0, 1, 0, 0, 0)
    assert "refund_of" in report["problems"][0]["hint"]


def test_splits_may_be_negative(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "s.csv", [SPLIT_HEADER, ("A", "B", "-5", "2019-01-01")])
    assert ingested(tmp_path, path)["batches"][0]["sums"] == {"amount": -500}


def test_cells_that_may_be_empty_are_null_and_others_reject(tmp_path: Path) -> None:
    empty = {"付款人名称": "无", "用途": "", "结算方式": "-", "收款人账户": "N/A"}
    report = take(tmp_path, payment("P1", **empty), payment("P2", "待定"))
    assert counts(report["batches"][0]) == (2, 1, 1, 0, 0, 0)
    row = Ledger(tmp_path / "home").read("payments").to_pylist()[0]
    assert [row[name] for name in ("payer_name", "purpose", "settlement_method", "payee_account")] == [
        None
    ] * 4


def test_totals_are_checked_and_never_loaded(tmp_path: Path) -> None:
    report = take(
        tmp_path,
        payment("P1", "1"),
        payment("P2", "2"),
        total("小计", "3.00"),
        payment("P3", "4"),
        total("小 计", "4"),
        total("合　计", "7"),
    )
    assert counts(report["batches"][0]) == (6, 3, 0, 3, 0, 0)
    assert report["batches"][0]["sums"] == {"amount": 700}
    assert report["problems"] == []


def test_a_wrong_total_is_a_problem_of_its_row(tmp_path: Path) -> None:
    report = take(tmp_path, payment("P1", "1"), payment("P2", "2"), total("合计", "4"))
    assert counts(report["batches"][0]) == (3, 2, 0, 1, 0, 0)
    assert [(p["row"], p["column"], p["value"]) for p in report["problems"]] == [(4, "amount", "4")]
    assert "合计行 4 元，明细之和 3 元" in report["problems"][0]["problem"]


def test_a_wrong_total_is_told_in_the_unit_of_the_file_and_says_what_was_summed(tmp_path: Path) -> None:
    header = ["支付金额（万元）" if text == "支付金额" else text for text in PAYMENT_HEADER]
    rows = [header, payment("P1", "1.00"), payment("P2", "2.01", "2019-02-30"), total("合计", "3.00")]
    report = ingested(tmp_path, write_csv(tmp_path / "p.csv", rows))
    assert [(p["row"], p["column"], p["value"]) for p in report["problems"]] == [
        (3, "paid_at", "2019-02-30"),
        (4, "amount", "3.00"),
    ]
    wrong = report["problems"][1]
    assert "合计行 3 万元，明细之和 3.01 万元（含被退回的行；接受的行之和 1 万元）" in wrong["problem"]
    assert "3 against 3.01 ten thousand yuan" in wrong["problem_en"]
    assert "accepted rows sum to 1" in wrong["problem_en"]


def test_a_zero_balance_account_is_refused_with_the_right_word(tmp_path: Path) -> None:
    rows = [
        ("账号", "户名", "持有人类型", "账户类型"),
        ("1", "某局", "机关单位", "零余额账户"),
        ("2", "某局", "机关单位", "国库账户"),
    ]
    report = ingested(tmp_path, write_csv(tmp_path / "a.csv", rows))
    assert [batch["table"] for batch in report["batches"]] == ["accounts"]
    found = [p for p in report["problems"] if p["column"] == "account_type"]
    assert [(p["row"], p["value"]) for p in found] == [(2, "零余额账户")]
    assert "请填“国库账户”" in found[0]["hint"]
    assert "write treasury" in found[0]["hint_en"]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([total("合计", "3"), payment("P1", "1"), payment("P2", "2")], 0),
        ([payment("P1", "1"), total("本页合计", "1"), payment("P2", "2"), total("累计", "3")], 0),
        ([payment("P1", "1"), total("本页合计", "1"), payment("P2", "2"), total("累计", "2")], 1),
        ([total("小计", "1"), payment("P1", "1"), total("小计", "2"), payment("P2", "2")], 0),
        ([payment("P1", "1"), total("小计", "1"), payment("P2", "2"), total("小计", "3")], 1),
        (
            [
                payment("P1", "1"),
                total("合计", "1"),
                payment("P2", "2"),
                total("合计", "2"),
                total("总计", "3"),
            ],
            0,
        ),
        ([payment("P1", "1"), payment("", "2"), total("合计", "3")], 1),
        ([payment("P1", "1"), total("合计（大写：壹元整）", "")], 0),
        ([payment("P1", "1"), total("2019年共计", "1")], 0),
        ([payment("P1", "1"), ["", "", "", "1", "", "合计：", "", "", "", ""]], 0),
        ([payment("P1", "1"), total("合计", "很多")], 0),
        ([payment("P1", "1"), payment("本日合计", "1")], 0),
    ],
)
def test_kinds_of_totals(tmp_path: Path, rows: list[Any], problems: int) -> None:
    report = take(tmp_path, *rows)
    batch = report["batches"][0]
    said = [row for row in rows if any("计" in str(cell) for cell in row)]
    assert batch["totals"] == len(said)
    assert len(report["problems"]) == problems


def test_a_payee_called_total_is_no_totals_row(tmp_path: Path) -> None:
    report = take(tmp_path, payment("P1", 收款人名称="合计", 用途="小计"))
    assert counts(report["batches"][0]) == (1, 1, 0, 0, 0, 0)


def test_blank_rows_notes_headings_and_repeated_headers_hold_no_data(tmp_path: Path) -> None:
    report = take(
        tmp_path,
        payment("P1"),
        BLANK,
        [" ", "—", "", "", "", "", "", "", "", ""],
        PAYMENT_HEADER,
        ["二、产业发展资金", *BLANK[1:]],
        payment("P2"),
        ["注：本表不含公用经费。", *BLANK[1:]],
        ["制表人：某某", "", "", "审核人：某某", *BLANK[4:]],
        ["（盖章）", *BLANK[1:]],
    )
    assert counts(report["batches"][0]) == (9, 2, 0, 0, 7, 0)


def test_a_row_of_unknown_sense_is_rejected_not_lost(tmp_path: Path) -> None:
    report = take(tmp_path, payment("P1"), ["请各乡镇核对", *BLANK[1:]])
    assert counts(report["batches"][0]) == (2, 1, 1, 0, 0, 0)
    assert {p["row"] for p in report["problems"]} == {3}


def test_rows_with_nothing_but_a_serial_number_are_blank(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "p.csv",
        [["序号", *PAYMENT_HEADER], ["1", *payment("P1")], ["2", *BLANK], ["合计", *total("", "12.5")]],
    )
    assert counts(ingested(tmp_path, path)["batches"][0]) == (3, 1, 0, 1, 1, 0)


def test_too_many_cells_are_not_shifted_silently(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    write_csv(
        path, [PAYMENT_HEADER, payment("P1", "1,234.50"), payment("P2", '"1,234.50"'), payment("P3")[:5]]
    )
    report = ingested(tmp_path, path)
    assert counts(report["batches"][0]) == (3, 2, 1, 0, 0, 0)
    assert {p["row"] for p in report["problems"]} == {2}
    assert "格数多于表头" in report["problems"][0]["problem"]


def test_duplicates_and_corrections(tmp_path: Path) -> None:
    first = take(tmp_path, payment("P1", "1"), payment("P2", "2"), payment("P1", "1"))
    assert counts(first["batches"][0]) == (3, 2, 0, 0, 0, 1)
    again = take(tmp_path, payment("P1", "1"), payment("P2", "2"), payment("P1", "1"))
    assert counts(again["batches"][0]) == (3, 0, 0, 0, 0, 3)
    assert again["batches"][0]["sums"] == {"amount": 0}
    third = take(tmp_path, payment("P2", "3"), payment("P3", "4"))["batches"][0]
    assert (third["accepted"], third["corrected"], third["sums"]) == (2, 1, {"amount": 700})
    rows = Ledger(tmp_path / "home").read("payments").to_pylist()
    assert [(row["payment_id"], row["amount_fen"]) for row in rows] == [("P1", 100), ("P2", 300), ("P3", 400)]


def test_rows_without_identifier_are_equal_in_every_column_or_stand_side_by_side(tmp_path: Path) -> None:
    split = ("A", "B", "5", "2019-01-01")
    path = write_csv(tmp_path / "s.csv", [SPLIT_HEADER, split, split, ("A", "B", "6", "2019-01-01")])
    assert counts(ingested(tmp_path, path)["batches"][0]) == (3, 2, 0, 0, 0, 1)


def test_dry_run_says_the_same_and_stores_nothing(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [PAYMENT_HEADER, payment("P1"), payment("P2", "x"), payment("P1")])
    dry = ingested(tmp_path, path, dry_run=True)
    assert not (tmp_path / "home").exists()
    assert ingested(tmp_path, path) == dry
    assert Ledger(tmp_path / "home").tables() == {"payments": 1}
    dry_again = ingested(tmp_path, path, dry_run=True)
    assert dry_again["batches"][0]["duplicates"] == 2
    assert Ledger(tmp_path / "home").version == 1


def test_a_figure_leads_back_to_file_sheet_and_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", [["标题"], PAYMENT_HEADER, BLANK, payment("P1")], sheet="支付")
    ingested(tmp_path, path)
    source = Ledger(tmp_path / "home").sources("payments", [0])[0]
    assert (source.file, source.sheet, source.row) == ("p.xlsx", "支付", 4)
