"""Rejected rows come back as a copy of the user's own workbook, and the corrected copy can be read again."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ingest.run import ingest
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
from tracer.errors import UsageError
from tracer.ledger import Ledger

DAY = dt.date(2019, 1, 2)


def give_back(folder: Path, *paths: Path, **more: Any) -> tuple[dict[str, Any], list[Path]]:
    """The report, and the copies that it wrote."""
    report = ingest(folder / "home", list(paths), rejected=folder / "back", **more)
    return report, sorted((folder / "back").rglob("*")) if (folder / "back").exists() else []


def sheet_of(path: Path, name: str | None = None) -> Worksheet:
    book = openpyxl.load_workbook(path)
    return book[name] if name else book.worksheets[0]


def correct(path: Path, cells: dict[str, Any]) -> Path:
    """What the office does: overwrite the wrong cells and save."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book.worksheets[0][place] = value
    book.save(path)
    return path


def told(report: dict[str, Any]) -> list[Any]:
    return [(counts(batch), batch["sums"].get("amount")) for batch in report["batches"]]


ROWS: list[Row] = [
    ("某县支付明细",),
    PAYMENT_HEADER,
    payment("P1", "1"),
    payment("P2", "x"),
    payment("P3", "3", "2019-02-30", 用途="@补助"),
]


def test_nothing_is_written_unasked_or_where_nothing_is_wrong(tmp_path: Path) -> None:
    bad = write_csv(tmp_path / "bad.csv", ROWS)
    good = write_csv(tmp_path / "good.csv", ROWS[:3])
    ingested(tmp_path, bad)
    assert {path.name for path in tmp_path.iterdir()} == {"bad.csv", "good.csv", "home"}
    assert give_back(tmp_path, good)[1] == []


@pytest.mark.parametrize(
    ("write", "name"),
    [(write_xlsx, "a.xlsx"), (write_csv, "a.csv"), (write_xls, "a.xls"), (write_csv, "a.xls")],
)
def test_the_corrected_copy_is_read_and_its_reasons_are_not(tmp_path: Path, write: Any, name: str) -> None:
    report, copies = give_back(tmp_path, write(tmp_path / name, ROWS))
    assert told(report) == [((3, 1, 2, 0, 0, 0), 100)]
    assert [path.name for path in copies] == ["a-退回.xlsx"]
    assert report["notes"][-1]["note"] == f"有问题的行连同原因写在 {copies[0]}"
    sheet = sheet_of(copies[0])
    assert [cell.value for cell in sheet[2]] == [*PAYMENT_HEADER, "退回原因"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert rows["P2"][10].startswith("第 4 行：不是数字：支付金额；写成 1234.50")
    assert rows["P3"][10] == "第 5 行：日期不存在：支付时间；核对年月日"
    numbers = {row: at for at, row in enumerate(rows, 3)}
    correct(copies[0], {f"D{numbers['P2']}": 2, f"E{numbers['P3']}": "2019-02-28"})
    batch = ingested(tmp_path, copies[0])["batches"][0]
    assert (batch["accepted"], batch["rejected"], batch["sums"]) == (2, 0, {"amount": 500})
    assert batch["columns"][-1] == {"header": "退回原因", "column": None, "candidates": []}
    assert Ledger(tmp_path / "home").read("payments")["purpose"].to_pylist() == [
        "产业补助",
        "产业补助",
        "@补助",
    ]


def test_the_copy_keeps_sheets_formats_and_values(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    sheet["A3"].font = Font(bold=True, color="FF00B050")
    sheet["D3"] = 1
    sheet["D3"].number_format = "#,##0.00"
    sheet.column_dimensions["B"].width = 33
    sheet.merge_cells("A1:J1")
    book.create_sheet("说明")["A1"] = "填表说明"
    book.create_sheet("内部").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    copy = openpyxl.load_workbook(give_back(tmp_path, tmp_path / "a.xlsx")[1][0])
    assert [(one.title, one.sheet_state) for one in copy] == [
        ("Sheet", "visible"),
        ("说明", "visible"),
        ("内部", "hidden"),
    ]
    kept = copy.worksheets[0]
    assert (kept["A3"].font.b, kept["A3"].font.color.rgb) == (True, "FF00B050")
    assert (kept["D3"].value, kept["D3"].number_format) == (1, "#,##0.00")
    assert kept.column_dimensions["B"].width == 33
    assert [str(cells) for cells in kept.merged_cells.ranges] == ["A1:J1"]
    assert copy["说明"]["A1"].value == "填表说明"


def test_results_of_formulas_stay_and_totals_stay_formulas(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    rows = [
        SPLIT_HEADER,
        ("Z1", "Z2", 2, "2019-01-02"),
        ("Z1", "=Z3", "x", "2019-01-02"),
        ("合计", "", 2, ""),
    ]
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    sheet.write_formula("B2", '="="&"Z2"', None, "=Z2")
    sheet.write_formula("C2", "=1+1", None, 2)
    sheet.write_formula("C4", "=SUM(C2:C3)", None, 2)
    book.close()
    copy = give_back(tmp_path, tmp_path / "a.xlsx")[1][0]
    kept = sheet_of(copy)
    assert [(kept[place].value, kept[place].data_type) for place in ("B2", "B3", "C2", "C4")] == [
        ("=Z2", "s"),
        ("=Z3", "s"),
        (2, "n"),
        ("=SUM(C2:C3)", "f"),
    ]
    kept_book = kept.parent
    kept["C3"] = 5
    kept_book.save(copy)
    report = ingested(tmp_path, copy)
    assert report["problems"] == []
    assert told(report) == [((3, 1, 0, 1, 0, 1), 500)]


def test_a_copy_that_still_has_errors_comes_back_beside_it_with_new_reasons(tmp_path: Path) -> None:
    first = give_back(tmp_path, write_xlsx(tmp_path / "a.xlsx", ROWS))[1][0]
    correct(first, {"D4": 2})
    report, copies = give_back(tmp_path, first)
    assert told(report) == [((3, 1, 1, 0, 0, 1), 200)]
    assert [path.name for path in copies] == ["a-退回.xlsx", "a-退回2.xlsx"]
    sheet = sheet_of(copies[1])
    assert sheet.max_column == 11
    assert [sheet.cell(row, 11).value is not None for row in range(1, 6)] == [False, True, False, False, True]


def test_folders_below_the_source_are_kept(tmp_path: Path) -> None:
    (tmp_path / "in/2019").mkdir(parents=True)
    write_csv(tmp_path / "in/2019/a.csv", ROWS)
    write_csv(tmp_path / "in/a.csv", ROWS)
    copies = [path for path in give_back(tmp_path, tmp_path / "in")[1] if path.is_file()]
    assert [path.relative_to(tmp_path / "back").as_posix() for path in copies] == [
        "2019/a-退回.xlsx",
        "a-退回.xlsx",
    ]


def test_tables_side_by_side_have_their_own_reasons(tmp_path: Path) -> None:
    rows = [(*SPLIT_HEADER, "", *SPLIT_HEADER), ("A", "B", "x", DAY, "", "A", "C", 2, "坏")]
    report, copies = give_back(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert told(report) == [((1, 0, 1, 0, 0, 0), 0)] * 2
    assert [str(cell.value)[:10] for cell in sheet_of(copies[0])[2][9:]] == [
        "第 2 行：不是数字",
        "第 2 行：不是日期",
    ]
    correct(copies[0], {"C2": 1, "I2": DAY})
    assert told(ingested(tmp_path, copies[0])) == [((1, 1, 0, 0, 0, 0), 100), ((1, 1, 0, 0, 0, 0), 200)]


def test_a_table_that_could_not_be_taken_says_so_at_its_header(tmp_path: Path) -> None:
    rows = [PAYMENT_HEADER[:4], payment("P1")[:4]]
    sheet = sheet_of(give_back(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))[1][0])
    assert str(sheet["E1"].value).startswith("退回原因\n第 1 行：缺少必需列：支付时间")
    assert str(sheet["E2"].value).startswith("第 2 行：所在表缺少必需列")


def test_of_a_table_that_could_not_be_taken_every_row_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.check._NAMED_ROWS_MAX", 2)
    header = ["出账日" if text == "支付时间" else text for text in PAYMENT_HEADER]
    rows = [header, *[payment(f"P{n}", "1") for n in range(5)], ["合计", "", "", "5", *[""] * 6]]
    copy = give_back(tmp_path, write_csv(tmp_path / "a.csv", rows))[1][0]
    correct(copy, {"E1": "支付时间"})
    assert told(ingested(tmp_path, copy)) == [((6, 5, 0, 1, 0, 0), 500)]


def test_rows_that_do_not_fit_on_a_sheet_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.returned._ROWS_MAX", 2)
    rows = [SPLIT_HEADER, *[("A", f"B{n}", "x", "2019-01-02") for n in range(5)]]
    sheet = sheet_of(give_back(tmp_path, write_csv(tmp_path / "a.csv", rows))[1][0])
    assert [row[4] for row in sheet.iter_rows(min_row=4, values_only=True)] == ["另有 3 行放不下，见原文件"]


def test_a_unit_that_only_a_note_states_goes_back_too(tmp_path: Path) -> None:
    rows = [SPLIT_HEADER, ("A", "B", "1", "2019-01-02"), ("A", "C", "x", "2019-01-02"), ("注：单位为万元",)]
    copy = give_back(tmp_path, write_csv(tmp_path / "a.csv", rows))[1][0]
    assert told(ingested(tmp_path, correct(copy, {"C2": "2"}))) == [((2, 1, 0, 0, 1, 0), 2_000_000)]


def test_nested_headers_and_cells_beyond_the_header_go_back_as_they_were(tmp_path: Path) -> None:
    upper = ["支付凭证号", "付款人", "", *PAYMENT_HEADER[3:8], "收款人", ""]
    lower = ["", "名称", "账号", "", "", "", "", "", "名称", "账号"]
    copy = give_back(tmp_path, write_csv(tmp_path / "a.csv", [upper, lower, payment("P1", "1,234.50")]))[1][0]
    sheet = sheet_of(copy)
    assert [cell.value for cell in sheet[3]][3:5] == ["1", "234.50"]
    book = sheet.parent
    sheet.delete_rows(3)
    sheet.append(payment("P1", "1234.50"))
    book.save(copy)
    assert told(ingested(tmp_path, copy)) == [((1, 1, 0, 0, 0, 0), 123450)]


def test_what_was_refused_does_not_pass_merely_as_text(tmp_path: Path) -> None:
    head = "".join(f"<td>{name}</td>" for name in SPLIT_HEADER)
    page = (
        f"<table><tr>{head}</tr><tr><td rowspan=2>A<td>B<td rowspan=2>5<td>2019-01-02<tr><td>C<td>2019-01-02"
    )
    (tmp_path / "a.xls").write_text(page, "utf-8")
    projects = write_xls(
        tmp_path / "b.xls", [("项目编号", "项目名称", "项目类型", "工程进度"), ("X", "路", "到村", 0.8)]
    )
    report, copies = give_back(tmp_path, tmp_path / "a.xls", projects)
    assert told(report) == [((2, 0, 2, 0, 0, 0), 0), ((1, 0, 1, 0, 0, 0), None)]
    again = ingested(tmp_path, *copies)
    assert told(again) == [((2, 0, 2, 0, 0, 0), 0), ((1, 0, 1, 0, 0, 0), None)]
    correct(copies[0], {"C2": "2", "C3": "3"})
    assert told(ingested(tmp_path, copies[0])) == [((2, 2, 0, 0, 0, 0), 500)]
    assert Ledger(tmp_path / "home").read("splits")["parent_indicator_id"].to_pylist() == ["A", "A"]


def test_a_dry_run_gives_back_too_and_english_reasons_are_english(tmp_path: Path) -> None:
    _, copies = give_back(tmp_path, write_csv(tmp_path / "a.csv", ROWS), dry_run=True, lang="en")
    assert sheet_of(copies[0])["K3"].value.startswith("row 4: not a number: ")
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    with pytest.raises(UsageError, match="写不了"):
        ingest(tmp_path / "home", [path], rejected=path / "back")
    assert Ledger(tmp_path / "home").version == 0
