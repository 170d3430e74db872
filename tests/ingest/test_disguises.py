"""Workbooks that are something else than their name says, and what spreadsheets hide; all is named."""

import datetime as dt
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.biff import hidden_in
from ingest.run import in_runs
from ingest.sheet import Hidden
from tests.ingest.samples import SPLIT_HEADER, counts, csv_text, ingested, write_xls, write_xlsx

DAY = dt.date(2019, 1, 2)
ROWS = [
    SPLIT_HEADER,
    ("Z1", "Z2", "1.50", "2019-01-02"),
    ("Z1", "Z3", "2", "2019-01-02"),
    ("合计", "", "3.5", ""),
]
TABLE = "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) for row in ROWS) + "</table>"
PAGE = f"<html><body>{TABLE}</body></html>"


def _xml(table: str, options: str = "", name: str = "分解") -> str:
    return (
        '<?xml version="1.0" encoding="gb2312"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<Worksheet ss:Name="{name}"><Table>{table}</Table>{options}</Worksheet></Workbook>'
    )


def _cell(word: Any, kind: str = "String", at: str = "") -> str:
    return f'<Cell{at}><Data ss:Type="{kind}">{word}</Data></Cell>'


def _xml_row(cells: Any, attributes: str = "") -> str:
    return f"<Row{attributes}>{''.join(map(_cell, cells))}</Row>"


def _mhtml(page: str) -> str:
    quoted = page.replace("=", "=3D")
    return (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="----=_X"\n\n------=_X\n'
        "Content-Location: file:///C:/a.files/sheet001.htm\nContent-Transfer-Encoding: quoted-printable\n"
        f'Content-Type: text/html; charset="utf-8"\n\n{quoted}\n------=_X--\n'
    )


DISGUISES = {
    "HTML": PAGE.encode(),
    "HTML in GB18030": PAGE.encode("gb18030"),
    "HTML in UTF-16": PAGE.encode("utf-16"),
    "XHTML": ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">' + PAGE).encode(),
    "HTML behind a comment": ("<!-- 导出 -->\n" + PAGE).encode(),
    "a bare table": TABLE.encode("gb18030"),
    "a table in a division": f"<div align=center>{TABLE}</div>".encode(),
    "web archive": _mhtml(PAGE).encode(),
    "XML Spreadsheet 2003": _xml("".join(map(_xml_row, ROWS))).encode("gb18030"),
    "CSV in GB18030": csv_text(ROWS).encode("gb18030"),
    "CSV with BOM": csv_text(ROWS).encode("utf-8-sig"),
    "tabs in UTF-16": csv_text(ROWS, "\t").encode("utf-16"),
    "tabs in GB18030": csv_text(ROWS, "\t").encode("gb18030"),
}


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx"])
@pytest.mark.parametrize("kind", DISGUISES)
def test_a_workbook_that_is_really_something_else(tmp_path: Path, kind: str, name: str) -> None:
    (tmp_path / name).write_bytes(DISGUISES[kind])
    report = ingested(tmp_path, tmp_path / name)
    assert report["problems"] == []
    assert [(b["table"], counts(b), b["sums"]) for b in report["batches"]] == [
        ("splits", (3, 2, 0, 1, 0, 0), {"amount": 350})
    ]


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.xlsm"])
def test_a_new_workbook_under_an_old_name(tmp_path: Path, name: str) -> None:
    shutil.copy(write_xlsx(tmp_path / "b.xlsx", ROWS), tmp_path / name)
    assert counts(ingested(tmp_path, tmp_path / name)["batches"][0]) == (3, 2, 0, 1, 0, 0)


def test_types_gaps_merged_cells_and_formulas_of_xml_spreadsheets(tmp_path: Path) -> None:
    day = _cell("2019-01-02T00:00:00.000", "DateTime")
    rows = [
        _cell("标题", at=' ss:MergeAcross="3"'),
        "".join(map(_cell, SPLIT_HEADER)),
        _cell("Z1", at=' ss:MergeDown="1"') + _cell("Z2") + _cell("1.5", "Number") + day,
        _cell("Z3", at=' ss:Index="2"') + _cell("2", "Number", ' ss:Formula="=1+1"') + day,
        _cell("Z1") + _cell("Z4") + '<Cell ss:Formula="=1+1"/>' + day,
        _cell("Z1") + _cell("Z5") + _cell("#REF!", "Error") + day,
    ]
    table = "".join(f"<Row>{row}</Row>" for row in rows).replace("<Row>", '<Row ss:Index="3">', 1)
    (tmp_path / "a.xls").write_text(_xml(table), "utf-8")
    report = ingested(tmp_path, tmp_path / "a.xls")
    assert [(b["sheet"], counts(b), b["sums"]) for b in report["batches"]] == [
        ("分解", (4, 2, 2, 0, 0, 0), {"amount": 350})
    ]
    assert [(p["row"], p["value"], p["problem"].split("：")[0]) for p in report["problems"]] == [
        (7, "=1+1", "公式没有保存计算结果"),
        (8, "#REF!", "单元格是错误值"),
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (_xml("<Row>"), "工作簿已损坏，没有读取：其中的 XML 不完整"),
        (
            _xml("").replace("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook'),
            "文件内含 DTD 声明，拒绝打开",
        ),
        (_xml('<Row ss:Index="99999999"/>'), "文件展开后过大，拒绝打开：Index 99999999"),
    ],
)
def test_xml_spreadsheets_that_are_refused(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "a.xls").write_text(content, "utf-8")
    assert [p["problem"] for p in ingested(tmp_path, tmp_path / "a.xls")["problems"]] == [problem]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("ODS", ["mimetype", "content.xml"]),
        ("XLSB", ["[Content_Types].xml", "xl/workbook.bin"]),
        ("ZIP", ["一月.csv"]),
    ],
)
def test_packages_that_are_no_xlsx_are_told_by_what_they_are(
    tmp_path: Path, kind: str, names: list[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as package:
        for name in names:
            package.writestr(name, "x")
    report = ingested(tmp_path, tmp_path / "a.xlsx")
    assert [p["problem"] for p in report["problems"]] == [f"不是 XLSX 工作簿，而是 {kind}，没有读取"]


def _notes(report: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(note["sheet"], note["note"]) for note in report["notes"]]


def _hiding(path: Path) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "分解"
    for row in [SPLIT_HEADER, *[("Z1", f"Z{n}", n, DAY) for n in range(2, 9)], (), ("注：略",)]:
        sheet.append(row)
    for row in (3, 5, 6, 9, 10):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["F"].hidden = True
    kept = workbook.create_sheet("账外")
    for row in [SPLIT_HEADER, ("Z8", "Z9", 7, DAY)]:
        kept.append(row)
    kept.sheet_state = "veryHidden"
    workbook.create_sheet("旧").sheet_state = "hidden"
    workbook.save(path)
    return path


HIDDEN_NOTES = [
    ("账外", "隐藏的工作表不读取，其中有一张表（指标分解，1 行）；要读入，先取消隐藏"),
    ("旧", "隐藏的工作表不读取"),
    ("分解", "有隐藏的行，照常处理：第 3, 5–6 行（共 3 行有内容）"),
    ("分解", "有隐藏的列，照常处理：C（金额）"),
]


def test_what_a_workbook_hides_is_named(tmp_path: Path) -> None:
    report = ingested(tmp_path, _hiding(tmp_path / "a.xlsx"))
    assert report["problems"] == []
    assert [(b["sheet"], counts(b), b["sums"]) for b in report["batches"]] == [
        ("分解", (9, 7, 0, 0, 2, 0), {"amount": 3500})
    ]
    assert _notes(report) == HIDDEN_NOTES


@pytest.mark.parametrize(
    "how", ["style='display:none'", "hidden", "style='mso-height:0;visibility: collapse'"]
)
def test_what_a_page_hides_is_named(tmp_path: Path, how: str) -> None:
    page = PAGE.replace("<tr><td>Z1</td><td>Z3", f"<tr {how}><td>Z1</td><td>Z3")
    page = page.replace("<table>", f"<table><col span=2><col {how}><col>")
    (tmp_path / "a.xls").write_text(page, "utf-8")
    report = ingested(tmp_path, tmp_path / "a.xls")
    assert counts(report["batches"][0]) == (3, 2, 0, 1, 0, 0)
    assert _notes(report) == [
        ("1", "有隐藏的行，照常处理：第 3 行（共 1 行有内容）"),
        ("1", "有隐藏的列，照常处理：C（金额）"),
    ]


def test_what_an_old_workbook_hides_is_named(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", ROWS, sheet="分解", hidden_rows=[2, 9], hidden_columns=[2, 7])
    report = ingested(tmp_path, path)
    assert counts(report["batches"][0]) == (3, 2, 0, 1, 0, 0)
    assert _notes(report) == [
        ("分解", "有隐藏的行，照常处理：第 3 行（共 1 行有内容）"),
        ("分解", "有隐藏的列，照常处理：C（金额）"),
    ]


@given(st.integers(0, 511), st.integers(0, 255))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_broken_container_tells_nothing_of_what_is_hidden_and_does_not_fail(at: int, octet: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = write_xls(Path(name) / "a.xls", ROWS, sheet="分解", hidden_rows=[2])
        good = path.read_bytes()
        assert hidden_in(path) == {"分解": Hidden(frozenset({2}))}
        path.write_bytes(good[:at] + bytes([octet]) + good[at + 1 :])
        assert hidden_in(path) in ({}, {"分解": Hidden(frozenset({2}))})
        path.write_bytes(good[: at * 8])
        assert set(hidden_in(path)) <= {"分解"}


def test_what_an_xml_spreadsheet_hides_is_named(tmp_path: Path) -> None:
    columns = '<Column/><Column ss:Index="3" ss:Hidden="1"/>'
    table = columns + "".join(_xml_row(row, ' ss:Hidden="1"' if row[1] == "Z3" else "") for row in ROWS)
    shown = _xml(table)
    options = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    hidden = _xml("".join(map(_xml_row, ROWS)), options, "账外")
    second = hidden[hidden.index("<Worksheet") : hidden.index("</Workbook>")]
    (tmp_path / "a.xls").write_text(shown.replace("</Workbook>", second + "</Workbook>"), "utf-8")
    report = ingested(tmp_path, tmp_path / "a.xls")
    assert counts(report["batches"][0]) == (3, 2, 0, 1, 0, 0)
    assert _notes(report) == [
        ("账外", "隐藏的工作表不读取，其中有一张表（指标分解，3 行）；要读入，先取消隐藏"),
        ("分解", "有隐藏的行，照常处理：第 3 行（共 1 行有内容）"),
        ("分解", "有隐藏的列，照常处理：C（金额）"),
    ]


def test_a_workbook_with_nothing_but_hidden_sheets_says_so(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for row in ROWS:
        workbook.active.append(row)
    workbook.active.sheet_state = "hidden"
    workbook.create_sheet("空")
    workbook.save(tmp_path / "a.xlsx")
    report = ingested(tmp_path, tmp_path / "a.xlsx")
    assert report["batches"] == []
    assert [p["problem"] for p in report["problems"]] == ["可见的工作表都是空的，内容在隐藏的工作表里"]


def test_rows_are_told_in_runs() -> None:
    assert in_runs([3, 7, 8, 9, 11]) == "3, 7–9, 11"
    assert in_runs(list(range(0, 100, 2))).endswith("36, 38 …")
