"""Writes the rows of a ledger as source files in many spellings, and remembers which row stands where."""

import csv
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from tracer.money import plain_yuan
from tracer.schema import TABLES, Column

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""Rows by table, as the ledger stores them."""
Place = tuple[str, str | None, int]


@dataclass(frozen=True)
class Spelling:
    """How the same rows are written down."""

    book: bool = False
    """An XLSX workbook with dates and numbers of its own, below two title rows; else CSV."""
    chinese: bool = False
    """Headers and words of enumerations in Chinese."""
    encoding: str = "utf-8"
    unit: str = ""
    """Of money: `header` and `beside` say 万元 in the header cell or in a row above the table."""
    is_wide: bool = False
    """Full-width digits and letters in all cells."""
    parts: int = 1
    """Files per table, in order."""


@dataclass
class Sources:
    """Folders of files, to be ingested one after another, and the row behind each place in them."""

    folders: list[Path]
    rows: dict[Place, tuple[str, Row]] = field(default_factory=dict)


def rows_of(tables: dict[str, pa.Table]) -> Rows:
    """The rows of Arrow tables, equal rows of tables without identifier only once."""
    found: Rows = {}
    for name, table in tables.items():
        rows = table.select(TABLES[name].arrow.names).to_pylist()
        found[name] = rows if TABLES[name].identifier else _different(rows)
    return found


def _different(rows: Iterable[Row]) -> list[Row]:
    return list({tuple(row.values()): row for row in rows}.values())


def write_sources(folder: Path, tables: Rows, spelling: Spelling = Spelling()) -> Sources:
    sources = Sources([folder / str(part) for part in range(spelling.parts)])
    for place in sources.folders:
        place.mkdir(parents=True)
    for name, rows in tables.items():
        size = -(-len(rows) // spelling.parts)
        for part, place in enumerate(sources.folders):
            _write_table(
                place,
                f"{name}-{folder.name}-{part}",
                name,
                rows[part * size : (part + 1) * size],
                spelling,
                sources,
            )
    return sources


def _write_table(
    folder: Path, stem: str, name: str, rows: Sequence[Row], spelling: Spelling, sources: Sources
) -> None:
    columns = TABLES[name].columns
    lines: list[list[Any]] = []
    if spelling.book:
        lines += [[f"某县{TABLES[name].name_zh}"], ["填报日期：2020年1月5日"]]
    if spelling.unit == "beside":
        lines.append(["单位：万元"])
    lines.append([_header(column, spelling) for column in columns])
    path = folder / (stem + (".xlsx" if spelling.book else ".csv"))
    sheet = "Sheet1" if spelling.book else None
    for row in rows:
        lines.append([_cell(column, row[column.stored], spelling) for column in columns])
        sources.rows[path.name, sheet, len(lines)] = name, row
    if not spelling.book:
        with path.open("w", encoding=spelling.encoding, newline="") as file:
            csv.writer(file).writerows(lines)
        return
    workbook = openpyxl.Workbook(write_only=True)
    worksheet = workbook.create_sheet(sheet)
    for line in lines:
        worksheet.append(line)
    workbook.save(path)


def _header(column: Column, spelling: Spelling) -> str:
    header = column.header_zh if spelling.chinese else column.name
    return f"{header}（万元）" if column.kind == "money" and spelling.unit == "header" else header


def _cell(column: Column, value: Any, spelling: Spelling) -> Any:
    if value is None:
        return None if spelling.book else ""
    if column.kind == "money":
        text = _money(value, spelling)
        return float(text) if spelling.book and abs(value) < 10**12 else text
    if column.kind in ("date", "datetime"):
        return _date(value, spelling)
    text = _text(column, value, spelling)
    return unicodedata.normalize("NFC", text.translate(_WIDE)) if spelling.is_wide else text


_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
"""Full-width forms of the printable ASCII characters."""


def _money(fen: int, spelling: Spelling) -> str:
    if spelling.unit:
        return format(Decimal(fen) / 1_000_000, "f")
    text = plain_yuan(fen)
    return text.translate(_WIDE) if spelling.is_wide else text


def _date(value: date | datetime, spelling: Spelling) -> Any:
    if spelling.book:
        return value
    is_day = not isinstance(value, datetime) or value.time() == datetime.min.time()
    text = str(value)[:10] if is_day else str(value)
    if spelling.chinese:
        text = f"{value.year}年{value.month}月{value.day}日{'' if is_day else text[10:]}"
    return text.translate(_WIDE) if spelling.is_wide else text


def _text(column: Column, value: Any, spelling: Spelling) -> str:
    if column.kind == "bool":
        return ("是" if value else "否") if spelling.chinese else ("yes" if value else "no")
    if column.kind == "enum" and spelling.chinese:
        return next(word for word, english in column.words if english == value)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def shuffled(tables: Rows, seed: int) -> Rows:
    """The rows in another order, with that of ties kept where input order counts (contract section 2).

    It counts among splits, payments and transfers of one day, among those that could be legs of one another
    (equal accounts and amount) and among the splits of one pair, which are numbered; and among the actuals
    of one measure.
    """
    chance = random.Random(seed)
    return {name: _shuffled(rows, _TIES.get(name, ()), chance) for name, rows in tables.items()}


_TIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "splits": (("split_on",), ("parent_indicator_id", "child_indicator_id")),
    "payments": (("paid_at",), ("payer_account", "payee_account", "amount_fen")),
    "transfers": (("moved_at",), ("from_account", "to_account", "amount_fen")),
    "targets": (("project_id", "measure"),),
}


def _shuffled(rows: Sequence[Row], ties: Sequence[tuple[str, ...]], chance: random.Random) -> list[Row]:
    """A random order in which rows that are equal in one of the ties stay in theirs."""
    last: dict[tuple[object, ...], int] = {}
    followers: dict[int, list[int]] = defaultdict(list)
    waits = [0] * len(rows)
    for number, row in enumerate(rows):
        for tie in ties:
            key = (tie, *(_day_or_value(row[name]) for name in tie))
            if key in last:
                followers[last[key]].append(number)
                waits[number] += 1
            last[key] = number
    ready = [number for number, count in enumerate(waits) if count == 0]
    order = []
    while ready:
        place = chance.randrange(len(ready))
        ready[place], ready[-1] = ready[-1], ready[place]
        order.append(number := ready.pop())
        for follower in followers[number]:
            waits[follower] -= 1
            if waits[follower] == 0:
                ready.append(follower)
    return [rows[number] for number in order]


def _day_or_value(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value
