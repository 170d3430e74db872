"""The books as an office keeps them: files with title rows, units, totals rows, and two encodings."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import xlsxwriter

from ingest.county.books import Books
from ingest.county.places import AS_OF
from tracer.schema import TABLES, Column

_LARGE = 50_000
"""Above so many rows a file has no thousands separators and is UTF-8, so that it is written column-wise."""


@dataclass(frozen=True)
class Style:
    """How one file writes a table."""

    encoding: str = "utf-8"
    title: str | None = None
    unit: str | None = None
    """A unit for money: it stands in the header of a money column."""
    dates: str = "%Y-%m-%d"
    totals: bool = False
    thousands: bool = False
    stars: bool = False
    """Mark required columns with an asterisk, as forms do."""


def write_office(books: Books, folder: Path) -> None:
    """Write all tables of the books into `folder`; empty columns are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "01资金目录.csv", books, "funds", Style())
    _write_csv(folder / "02机构.csv", books, "agencies", Style(encoding="gb18030"))
    _write_csv(folder / "03账户.csv", books, "accounts", Style(encoding="utf-8-sig", stars=True))
    _write_workbook(folder / "04指标台账.xlsx", books, {"指标": "indicators", "指标分解": "splits"})
    _write_workbook(folder / "05项目库.xlsx", books, {"项目": "projects", "资金安排": "project_funds"})
    _write_payments(folder, books)
    _write_csv(folder / "07银行流水.csv", books, "transfers", Style(dates="%Y%m%d"))
    _write_csv(
        folder / "08建档立卡人口.csv", books, "register", Style(encoding="utf-8-sig", dates="%Y.%m.%d")
    )
    _write_csv(folder / "09绩效目标.csv", books, "targets", Style(encoding="gb18030"))
    _write_csv(folder / "10业务流程.csv", books, "events", Style())
    _write_csv(folder / "11关系.csv", books, "relations", Style(encoding="gb18030"))
    _write_csv(folder / "12工作日历.csv", books, "calendar", Style(dates="%Y年%m月%d日"))
    _write_csv(folder / "13例外事项.csv", books, "exemptions", Style())
    _write_csv(folder / "14扶贫资产.csv", books, "assets", Style(encoding="gb18030", stars=True))
    _write_csv(folder / "15报送记录.csv", books, "filings", Style(dates="%Y/%m/%d"))
    _write_csv(folder / "17补助标准.csv", books, "standards", Style(encoding="gb18030"))
    _write_csv(folder / "18不得兼领.csv", books, "exclusions", Style())
    _write_csv(folder / "16预警处理.csv", books, "alert_log", Style(encoding="utf-8-sig", thousands=True))


def _write_payments(folder: Path, books: Books) -> None:
    """One file per year, in the order in which the money was paid."""
    rows = books.table("payments").sort_by([("paid_at", "ascending"), ("payment_id", "ascending")])
    years = pc.year(rows["paid_at"])
    for year in pc.unique(years).to_pylist():
        of_year = rows.filter(pc.equal(years, year))
        ordinary = Style(encoding="utf-8-sig", thousands=True, totals=True)
        old = Style(
            encoding="gb18030", title=f"示例县{year}年支付明细", dates="%Y/%m/%d", totals=True, stars=True
        )
        _write_rows(folder / f"06支付明细_{year}.csv", of_year, "payments", ordinary if year == 2020 else old)


def _write_csv(path: Path, books: Books, table: str, style: Style) -> None:
    _write_rows(path, books.table(table), table, style)


def _write_rows(path: Path, rows: pa.Table, table: str, style: Style) -> None:
    large = rows.num_rows > _LARGE
    names, columns = [], []
    for column in _used(rows, table):
        names.append(header(column, style))
        columns.append(texts(rows[column.stored], column, style, thousands=style.thousands and not large))
    buffer = io.BytesIO()
    if style.title:
        buffer.write(f"{style.title}\n".encode())
    pacsv.write_csv(pa.table(columns, names=names), buffer, pacsv.WriteOptions(quoting_style="needed"))
    if style.totals:
        buffer.write((",".join(_totals(rows, table, style)) + "\n").encode())
    data = buffer.getvalue()
    if style.encoding == "utf-8-sig":
        data = b"\xef\xbb\xbf" + data
    elif style.encoding != "utf-8" and not large:
        data = data.decode().encode(style.encoding)
    path.write_bytes(data)


def _used(rows: pa.Table, table: str) -> list[Column]:
    """The columns of a table that have any value, in the table's order."""
    return [column for column in TABLES[table].columns if rows[column.stored].null_count < rows.num_rows]


def header(column: Column, style: Style) -> str:
    """The header cell of a column."""
    text = column.header_zh
    if column.kind == "money" and style.unit:
        text += f"（{style.unit}）"
    return f"*{text}" if style.stars and column.required else text


def texts(
    values: pa.ChunkedArray, column: Column, style: Style, *, thousands: bool = False
) -> pa.ChunkedArray:
    """The cells of a column as text; empty cells are empty."""
    writer = _WRITERS.get(column.kind, _text)
    text = writer(values, column, style)
    if thousands and column.kind == "money":
        text = pa.chunked_array([[f"{Decimal(cell):,.2f}" if cell else None for cell in text.to_pylist()]])
    return pc.fill_null(text, "")


def _text(values: pa.ChunkedArray, column: Column, style: Style) -> pa.ChunkedArray:
    return values.cast(pa.string())


def _money(values: pa.ChunkedArray, column: Column, style: Style) -> pa.ChunkedArray:
    places = Decimal("0.000001") if style.unit == "万元" else Decimal("0.01")
    text = pc.multiply(values.cast(pa.decimal128(19, 0)), pa.scalar(places)).cast(pa.string())
    return pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), ".")


def _date(values: pa.ChunkedArray, column: Column, style: Style) -> pa.ChunkedArray:
    return pc.strftime(values, format=style.dates)


def _datetime(values: pa.ChunkedArray, column: Column, style: Style) -> pa.ChunkedArray:
    seconds = values.cast(pa.timestamp("s"))
    day_only = pc.equal(pc.floor_temporal(seconds, unit="day"), seconds)
    return pc.if_else(
        day_only,
        pc.strftime(seconds, format=style.dates),
        pc.strftime(seconds, format=f"{style.dates} %H:%M:%S"),
    )


def _enum(values: pa.ChunkedArray, column: Column, style: Style) -> pa.ChunkedArray:
    chinese: dict[str, str] = {}
    for word, english in column.words:
        chinese.setdefault(english, word)
    words, english_words = pa.array(list(chinese.values())), pa.array(list(chinese))
    return pa.chunked_array(
        [words.take(pc.index_in(chunk, english_words)) for chunk in values.chunks], pa.string()
    )


def _bool(values: pa.ChunkedArray, column: Column, style: Style) -> pa.ChunkedArray:
    return pc.if_else(values, "是", "否")


def _number(values: pa.ChunkedArray, column: Column, style: Style) -> pa.ChunkedArray:
    plain = values.cast(pa.decimal128(28, 6))  # with more places Arrow writes zero as 0E-10
    return pc.utf8_rtrim(pc.utf8_rtrim(plain.cast(pa.string()), "0"), ".")


_WRITERS: dict[str, Callable[[pa.ChunkedArray, Column, Style], pa.ChunkedArray]] = {
    "money": _money,
    "date": _date,
    "datetime": _datetime,
    "enum": _enum,
    "bool": _bool,
    "number": _number,
    "percent": _number,
}


def _totals(rows: pa.Table, table: str, style: Style) -> list[str]:
    """The cells of a totals row: a word in the first column, and the sum of each money column."""
    cells = ["合计"]
    for column in _used(rows, table)[1:]:
        total = pa.chunked_array([[pc.sum(rows[column.stored]).as_py()]]) if column.kind == "money" else None
        cells.append(_money(total, column, style)[0].as_py() if total is not None else "")
    return cells


def _write_workbook(path: Path, books: Books, sheets: dict[str, str]) -> None:
    """A workbook in 万元: a merged title, the unit beside it, headers in row 3, a blank row, a totals row."""
    style = Style(unit="万元", stars=True)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": datetime.combine(AS_OF, time())})  # equal seeds give equal bytes
        day_format = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, table in sheets.items():
            rows = books.table(table)
            columns = _used(rows, table)
            sheet = book.add_worksheet(title)
            sheet.merge_range(0, 0, 0, len(columns) - 1, f"示例县{title}台账")
            sheet.write_string(1, len(columns) - 1, "单位：万元")
            sheet.write_row(2, 0, [header(column, style) for column in columns])
            cells = [rows[column.stored].to_pylist() for column in columns]
            cells = [
                values if column.kind == "date" else texts(rows[column.stored], column, style).to_pylist()
                for column, values in zip(columns, cells, strict=True)
            ]
            for number, row in enumerate(zip(*cells, strict=True), start=3):
                _write_row(sheet, number, row, columns, day_format)
            sheet.write_row(rows.num_rows + 4, 0, _totals(rows, table, style))


def _write_row(
    sheet: xlsxwriter.worksheet.Worksheet, number: int, row: tuple[object, ...], columns: list[Column],
    day_format: xlsxwriter.format.Format,
) -> None:  # fmt: skip
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        if value is None or value == "":
            continue
        if column.kind == "date":
            sheet.write_datetime(number, place, datetime.fromisoformat(str(value)), day_format)
        elif column.kind == "money":
            sheet.write_number(number, place, float(str(value)))
        else:
            sheet.write_string(number, place, str(value))
