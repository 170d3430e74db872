"""Files of every kind: encodings, separators, workbooks, HTML; bad ones stop nothing else."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from ingest.csvfile import CsvSheet
from ingest.run import ingest
from tests.ingest.samples import (
    PAYMENT_HEADER,
    SPLIT_HEADER,
    counts,
    csv_text,
    ingested,
    payment,
    write_csv,
    write_xls,
    write_xlsx,
)
from tracer.errors import DataRefusedError, UsageError
from tracer.ledger import Ledger
from tracer.messages import Language

PROJECT_HEADER = ("项目编号", "项目名称", "项目类型", "工程进度")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_separators_and_line_ends(
    tmp_path: Path, encoding: str, separator: str, newline: str
) -> None:
    text = csv_text([PAYMENT_HEADER, payment("P1", 用途="补助䶮㐂"), payment("P2")], separator)
    path = tmp_path / "p.csv"
    path.write_bytes(text.replace("\n", newline).encode(encoding))
    batch = ingested(tmp_path, path)["batches"][0]
    assert counts(batch) == (2, 2, 0, 0, 0, 0)
    assert batch["columns"][0]["header"] == "支付凭证号"
    assert Ledger(tmp_path / "home").read("payments")["purpose"][0].as_py() == "补助䶮㐂"


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    row = payment("P1", '"1,234.50"', 用途='"第一行\n第二\r行，""引号"""')
    path = write_csv(tmp_path / "p.csv", [PAYMENT_HEADER, row, payment("P2", "x")])
    report = ingested(tmp_path, path)
    assert counts(report["batches"][0]) == (2, 1, 1, 0, 0, 0)
    assert report["problems"][0]["row"] == 3  # as a spreadsheet shows it
    row_read = Ledger(tmp_path / "home").read("payments").to_pylist()[0]
    assert (row_read["purpose"], row_read["amount_fen"]) == ('第一行\n第二\r行，"引号"', 123450)


def test_the_fast_and_the_slow_reader_agree(tmp_path: Path) -> None:
    rows = [PAYMENT_HEADER, payment("P1", '"1,234.50"'), payment("P2", 用途='"a""b"'), payment('""')]
    data = csv_text(rows).encode()
    fast, slow = CsvSheet("p.csv", data), CsvSheet("p.csv", data)
    body = fast._fast_body(1, len(PAYMENT_HEADER))
    assert body is not None
    assert body[0].to_pydict() == slow._slow_body(1, len(PAYMENT_HEADER))[0].to_pydict()


def test_empty_lines_are_rows_that_are_blank(tmp_path: Path) -> None:
    text = csv_text([PAYMENT_HEADER, payment("P1")]) + "\n" + csv_text([payment("P2", "x")])
    (tmp_path / "p.csv").write_text(text, "utf-8")
    report = ingested(tmp_path, tmp_path / "p.csv")
    assert counts(report["batches"][0]) == (3, 1, 1, 0, 1, 0)
    assert report["problems"][0]["row"] == 4


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "文件是空的"),
        (b"\n\n", "文件是空的"),
        (csv_text([PAYMENT_HEADER, payment("P1")]).encode() + b"\xff\xff\n", "文字编码"),
        (csv_text([PAYMENT_HEADER, payment("P1", 用途='"没有完')]).encode(), "引号不成对"),
        (b"PK\x03\x04 broken", "工作簿已损坏，没有读取：压缩包不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "工作簿已损坏，没有读取：内部结构读不出"),
        (b"<html><body>nothing</body></html>", "文件读不出"),
        (b"a,b\n1,2\n", "没有认出任何表的表头"),
    ],
)
def test_a_bad_file_is_named_and_stops_nothing(tmp_path: Path, content: bytes, problem: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(content)
    write_csv(folder / "b.csv", [PAYMENT_HEADER, payment("P1")])
    report = ingested(tmp_path, folder)
    assert [batch["accepted"] for batch in report["batches"]] == [1]
    assert [(p["file"], p["problem"].startswith(problem)) for p in report["problems"]] == [("a.csv", True)]


def test_folders_are_read_in_order_of_file_name(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "2018").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "2018/z.csv", "~$a.xlsx", ".b.csv", "readme.txt"):
        write_csv(folder / name, [PAYMENT_HEADER, payment(name)])
    assert [b["file"] for b in ingested(tmp_path, folder)["batches"]] == ["2018/z.csv", "a.csv", "b.csv"]


def test_a_missing_path_is_wrong_use_and_stores_nothing(tmp_path: Path) -> None:
    good = write_csv(tmp_path / "p.csv", [PAYMENT_HEADER, payment("P1")])
    with pytest.raises(UsageError, match=r"nowhere\.csv"):
        ingested(tmp_path, good, tmp_path / "nowhere.csv")
    assert Ledger(tmp_path / "home").version == 0


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", [PAYMENT_HEADER, payment("P1")])
    with Ledger(tmp_path / "home").write(), pytest.raises(DataRefusedError):
        ingested(tmp_path, path)


def test_progress_names_every_file(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", [PAYMENT_HEADER, payment("P1")])
    said: list[str] = []
    ingest(tmp_path / "home", [path], progress=said.append)
    assert said == ["p.csv：读取"]


def test_a_workbook_s_sheets_are_each_a_table(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    notes = workbook.active
    notes.title = "填表说明"
    notes["A1"] = "金额按元填写"
    for name, rows in {
        "支付": [PAYMENT_HEADER, payment("P1", 3, dt.date(2019, 12, 20))],
        "分解": [SPLIT_HEADER, ("Z1", "Z2", 0.1 + 0.2, dt.datetime(2019, 1, 2))],
        "空": [],
        "隐藏": [SPLIT_HEADER, ("Z1", "Z3", 1, dt.date(2019, 1, 2))],
    }.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook["隐藏"].sheet_state = "hidden"
    workbook.save(tmp_path / "a.xlsx")
    report = ingested(tmp_path, tmp_path / "a.xlsx")
    assert [(b["sheet"], b["table"], b["sums"]) for b in report["batches"]] == [
        ("支付", "payments", {"amount": 300}),
        ("分解", "splits", {"amount": 30}),
    ]
    assert report["problems"] == []


def test_typed_cells_of_a_workbook(tmp_path: Path) -> None:
    rows = [
        PAYMENT_HEADER,
        payment("P1", 1234.5600000000001, dt.datetime(2019, 12, 20, 9, 30, 12, 345_000), 付款账户=6222),
        payment("P2", 5, 43819, 收款人账户=123456789012345),
        payment("P3", 5, 20191220.0, 收款人账户=6222020200001234567.0),
        payment("P4", 5, dt.time(9, 30)),
        payment(100.0, 1.005, 43819.5),
    ]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert counts(report["batches"][0]) == (5, 2, 3, 0, 0, 0)
    assert [(p["row"], p["column"], p["value"]) for p in report["problems"]] == [
        (4, "payee_account", "6.22202020000123E+18"),
        (5, "paid_at", "09:30:00"),
        (6, "amount", "1.005"),
    ]
    first, second = Ledger(tmp_path / "home").read("payments").to_pylist()
    assert (first["amount_fen"], first["payer_account"]) == (123456, "6222")
    assert first["paid_at"] == dt.datetime(2019, 12, 20, 9, 30, 12, 345_000)
    assert (second["payee_account"], second["paid_at"]) == ("123456789012345", dt.datetime(2019, 12, 20))


def test_days_since_1904(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.active.append(list(SPLIT_HEADER))
    workbook.active.append(["Z1", "Z2", 1, dt.date(2019, 12, 20)])
    workbook.active.append(["Z1", "Z3", 1, 43819 - 1462])
    workbook.save(tmp_path / "a.xlsx")
    ingested(tmp_path, tmp_path / "a.xlsx")
    days = Ledger(tmp_path / "home").read("splits")["split_on"].to_pylist()
    assert days == [dt.date(2019, 12, 20)] * 2


def test_formulas_without_a_result_are_refused_by_name(tmp_path: Path) -> None:
    rows = [
        SPLIT_HEADER,
        ("Z1", "Z2", 2, dt.date(2019, 1, 1)),
        ("Z1", "Z3", "=1+1", dt.date(2019, 1, 1)),
        ("=A2", "=B2", "=C2", "=D2"),
        ("合计", "", "=SUM(C2:C4)", ""),
        ("=A2", "=B2", "=C2", "=D2"),
    ]
    report = ingested(tmp_path, write_xlsx(tmp_path / "a.xlsx", rows))
    assert counts(report["batches"][0]) == (5, 1, 3, 1, 0, 0)
    assert [(p["row"], p["column"], p["value"]) for p in report["problems"]] == [
        (3, "amount", "=1+1"),
        *((4, column, f"={letter}2") for column, letter in zip(SPLIT_COLUMNS, "ABCD", strict=True)),
        *((6, column, f"={letter}2") for column, letter in zip(SPLIT_COLUMNS, "ABCD", strict=True)),
    ]
    assert "公式没有保存计算结果" in report["problems"][0]["problem"]


SPLIT_COLUMNS = ("parent_indicator_id", "child_indicator_id", "amount", "split_on")


def test_stored_results_count_and_error_values_are_refused(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, PAYMENT_HEADER)
    for row in (1, 2):
        sheet.write_row(row, 0, payment(f"P{row}", 5))
    sheet.write_formula(1, 3, "=2+3", None, 5)
    sheet.write_formula(1, 5, '=IF(1,"补助","")', None, "补助")
    sheet.write_formula(2, 5, "=1/0", None, "#DIV/0!")
    book.close()
    report = ingested(tmp_path, tmp_path / "a.xlsx")
    assert counts(report["batches"][0]) == (2, 1, 1, 0, 0, 0)
    assert [(p["row"], p["column"], p["value"]) for p in report["problems"]] == [(3, "purpose", "#DIV/0!")]


def test_percent_cells_are_read_as_they_are_shown(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0.0%"})
    sheet.write_row(0, 0, PROJECT_HEADER)
    for row, (number, style) in enumerate(((0.8, percent), (80, None), (0.8, None), (1, percent)), 1):
        sheet.write_row(row, 0, [f"X{row}", "路", "基础设施"])
        sheet.write_number(row, 3, number, style)
    book.close()
    ingested(tmp_path, tmp_path / "a.xlsx")
    progress = Ledger(tmp_path / "home").read("projects")["physical_progress"].to_pylist()
    assert [float(percent) for percent in progress] == [80, 80, 0.8, 100]


def test_old_workbooks(tmp_path: Path) -> None:
    rows = [
        PAYMENT_HEADER,
        payment("P1", 12.5, 43819.0),
        payment("", "合计", ""),
        payment("P2", "1,000", "2019.1.2"),
    ]
    report = ingested(tmp_path, write_xls(tmp_path / "a.xls", rows))
    assert counts(report["batches"][0]) == (3, 2, 0, 1, 0, 0)
    assert (report["batches"][0]["sums"], report["problems"]) == ({"amount": 101250}, [])
    projects = write_xls(tmp_path / "b.xls", [PROJECT_HEADER, ("X1", "路", "基础设施", 0.8)])
    assert "分不清" in ingested(tmp_path, projects)["problems"][0]["problem"]


def test_html_that_calls_itself_xls(tmp_path: Path) -> None:
    head = "<th rowspan=2>上级指标编号<th rowspan=2>下级指标编号<th colspan=2>分解"
    page = (
        f"<html><meta charset=gb2312><table><tr>{head}<tr><th>金额<br>（万元）<th>日期"
        "<tr><td>Z1<td>Z2<td>1.5<td>2019-01-01<tr><td>合计<td><td>1.5<td></table></html>"
    )
    (tmp_path / "a.xls").write_bytes(page.encode("gb18030"))
    report = ingested(tmp_path, tmp_path / "a.xls")
    assert [(b["sheet"], b["table"], counts(b), b["sums"]) for b in report["batches"]] == [
        ("1", "splits", (2, 1, 0, 1, 0, 0), {"amount": 1_500_000})
    ]


def test_a_workbook_that_unpacks_beyond_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [SPLIT_HEADER])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/zeros.bin", bytes(80 << 20))
    report = ingested(tmp_path, path)
    assert report["problems"][0]["problem"].startswith("文件展开后过大")


def test_a_workbook_of_absurd_extent_is_refused(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["XFD1048576"] = 1
    workbook.save(tmp_path / "a.xlsx")
    report = ingested(tmp_path, tmp_path / "a.xlsx")
    assert "1048576 行 × 16384 列" in report["problems"][0]["problem"]


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [SPLIT_HEADER, ("Z1", "Z2", 1, "2019-01-01")])
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as good,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as bad,
    ):
        for name in good.namelist():
            text = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "b">]>' + text
            bad.writestr(name, text)
    report = ingested(tmp_path, tmp_path / "b.xlsx")
    assert report["problems"][0]["problem"] == "文件内含 DTD 声明，拒绝打开"


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.xlsm"])
@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02 garbage \xff", b"\x9c\xff\xfe\xfd no text", b"just some words\n"]
)
def test_garbage_called_a_workbook_is_no_workbook(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    report = ingested(tmp_path, tmp_path / name)
    assert [(p["file"], p["problem"].split("：")[0]) for p in report["problems"]] == [(name, "不是工作簿")]
    assert report["problems"][0]["problem_en"].startswith("not a workbook")


def test_a_text_table_called_a_workbook_is_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.xls", [PAYMENT_HEADER, payment("P1")], separator="\t")
    assert [batch["accepted"] for batch in ingested(tmp_path, path)["batches"]] == [1]


def test_a_text_with_nul_bytes_is_refused_with_its_line(tmp_path: Path) -> None:
    text = csv_text([PAYMENT_HEADER, payment("P1", 用途="a\0b")])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    report = ingested(tmp_path, tmp_path / "a.csv")
    assert report["batches"] == []
    assert [p["problem"] for p in report["problems"]] == ["不是文本表格：内含二进制（NUL）字节，第 2 行附近"]


@pytest.mark.parametrize("files", [{}, {"notes.txt": b"x"}, {"bad.xlsx": b"\0\1"}])
def test_where_nothing_can_be_read_no_home_comes_into_being(tmp_path: Path, files: dict[str, bytes]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    home = tmp_path / "deep" / "home"
    report = ingest(home, [folder])
    problem = "不是工作簿" if "bad.xlsx" in files else "in 里没有 CSV、XLSX 或 XLS 文件"
    assert [p["problem"].split("：")[0] for p in report["problems"]] == [problem]
    assert not (tmp_path / "deep").exists()


def test_a_home_that_was_there_stays(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "bad.csv").write_bytes(b"\0")
    ingest(home, [tmp_path / "bad.csv"])
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("lang", "line"),
    [("zh", "a.xlsx [隐藏]：隐藏的工作表不读取"), ("en", "a.xlsx [隐藏]: hidden sheet, not read")],
)
def test_a_hidden_sheet_is_noted(tmp_path: Path, lang: Language, line: str) -> None:
    workbook = openpyxl.Workbook()
    for row in (SPLIT_HEADER, ("Z1", "Z3", 1, dt.date(2019, 1, 2))):
        workbook.active.append(row)
    workbook.create_sheet("隐藏").sheet_state = "hidden"
    workbook.save(tmp_path / "a.xlsx")
    said: list[str] = []
    report = ingest(tmp_path / "home", [tmp_path / "a.xlsx"], progress=said.append, lang=lang)
    assert [(n["file"], n["sheet"], n["note"]) for n in report["notes"]] == [
        ("a.xlsx", "隐藏", "隐藏的工作表不读取")
    ]
    assert line in said
