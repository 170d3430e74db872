"""Rejected rows go back to the office: a copy of its own workbook with the reasons in a column of their own.

An XLSX workbook comes back whole, as far as openpyxl can keep it. Of any other file, and of a very large one,
each table comes back as a sheet of texts: what stands above it, its header, and its rejected rows.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from ingest.candidates import spread
from ingest.cells import CellError, is_empty, parser
from ingest.csvfile import CsvSheet
from ingest.messages import as_more, as_reason
from ingest.parts import Part
from ingest.plan import REASON_HEADER, Plan, is_reason
from tracer.messages import Language
from tracer.output import make_folder, write_output

_SUFFIX = "-退回"
_CELLS_MAX = 1_000_000
"""A workbook with more cells is not loaded whole: openpyxl wants several hundred bytes for each."""

_ROWS_MAX = 1_000_000
"""More rows do not fit on a sheet."""

_WIDTH = 48
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME_MAX = 25


@dataclass(frozen=True)
class Returned:
    """One table that was read: its place, its problems, and which of its rows had none."""

    part: Part
    plan: Plan
    problems: Sequence[dict[str, Any]]
    good_rows: frozenset[int] = field(default_factory=frozenset)
    """Numbers of the rows without a problem, from 1."""

    def reasons(self, lang: Language) -> dict[int, str]:
        """What is wrong with each row, by its number from 1; under the header's what is wrong with that."""
        found: dict[int, list[str]] = {}
        for problem in self.problems:
            found.setdefault(problem["row"] or self.plan.header_row, []).append(as_reason(problem, lang))
        return {row: "\n".join(dict.fromkeys(lines)) for row, lines in sorted(found.items())}


def write_returned(
    folder: Path, path: Path, name: str, tables: Sequence[Returned], lang: Language = "zh"
) -> Path | None:
    """Write the copy of a file into `folder` and return where it is; None where nothing was wrong.

    It keeps its name, with `-退回` behind it, and the folders below the one that was read; no file that is
    there is replaced. Raises `UsageError` where it cannot be written.
    """
    wrong = [table for table in tables if table.problems]
    if not wrong:
        return None
    whole = _whole_copy(path, wrong, lang)
    target = _free_name(folder / Path(name).parent, Path(name).stem)
    make_folder(target.parent)
    write_output(target, whole if whole is not None else _plain_copy(wrong, Path(name).stem, lang))
    return target


def _free_name(folder: Path, stem: str) -> Path:
    bare = re.sub(rf"{_SUFFIX}\d*$", "", stem)
    numbers = ("", *map(str, range(2, 1_000_000)))
    names = (folder / f"{bare}{_SUFFIX}{number}.xlsx" for number in numbers)
    return next(path for path in names if not path.exists())


def _whole_copy(path: Path, tables: Sequence[Returned], lang: Language) -> bytes | None:
    """The user's workbook with its reasons, or None where it is none or openpyxl cannot take it."""
    if not zipfile.is_zipfile(path) or _cells(tables) > _CELLS_MAX:
        return None
    try:
        book = openpyxl.load_workbook(path)
        results = openpyxl.load_workbook(path, data_only=True) if _has_formulas(book, tables) else None
    except (ValueError, TypeError, KeyError, AttributeError, zipfile.BadZipFile):
        return None
    columns: dict[tuple[str | None, int], dict[range | None, int]] = {}
    widths = {table.part.name: book[table.part.name].max_column for table in tables}
    for table in tables:
        sheet, part = book[table.part.name], table.part
        beside = columns.setdefault((part.name, table.plan.header_row), {})
        column = beside.setdefault(part.columns, _reason_column(table, widths[part.name], len(beside)))
        if results is not None:
            _keep_results(sheet, results[part.name], table)
        _write_reasons(sheet, column, table, lang)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(tables: Sequence[Returned]) -> int:
    sheets = {id(table.part.sheet): table.part.sheet for table in tables}
    return sum(sheet.height(0) * max(map(len, sheet.head()), default=1) for sheet in sheets.values())


def _has_formulas(book: openpyxl.Workbook, tables: Sequence[Returned]) -> bool:
    names = {table.part.name for table in tables}
    return any(cell.data_type == "f" for name in names for row in book[name].iter_rows() for cell in row)


def _reason_column(table: Returned, width: int, taken: int) -> int:
    """The column for the reasons, from 1: that of a copy that came back before, else the next free one."""
    there = [cell for cell, text in enumerate(table.plan.header) if is_reason(text)]
    return there[min(taken, len(there) - 1)] + 1 if there else width + 1 + taken


def _keep_results(sheet: Worksheet, results: Worksheet, table: Returned) -> None:
    """Replace formulas of data rows by their stored results, which openpyxl would lose.

    Those of totals rows stay, so that they follow when amounts are corrected.
    """
    rows = table.good_rows | {problem["row"] for problem in table.problems if problem["row"]}
    for row in sorted(row for row in rows if row > table.plan.header_row and row <= sheet.max_row):
        for cell in sheet[row]:
            if cell.data_type != "f" or not table.part.has(cell.column - 1):
                continue
            result = results.cell(cell.row, cell.column)
            if result.value is not None and result.data_type != "e":
                _put(cell, result.value)


def _put(cell: Cell, value: object) -> None:
    """A value as it is: no text becomes a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _write_reasons(sheet: Worksheet, column: int, table: Returned, lang: Language) -> None:
    header_row = table.plan.header_row
    last = header_row + table.part.height(header_row)
    reasons = table.reasons(lang)
    for row in range(header_row + 1, min(last, sheet.max_row) + 1):
        if row not in reasons and sheet.cell(row, column).value is not None:
            sheet.cell(row, column).value = None  # said of a copy that came back before
    for row, reason in {header_row: "", **reasons}.items():
        cell = sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            continue
        is_header = row == header_row
        _put(cell, _reason_header(reason) if is_header else reason)
        cell.font = Font(color="FFC00000", bold=is_header)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[sheet.cell(header_row, column).column_letter].width = _WIDTH


def _reason_header(reason: str) -> str:
    return f"{REASON_HEADER}\n{reason}" if reason else REASON_HEADER


def _plain_copy(tables: Sequence[Returned], stem: str, lang: Language) -> bytes:
    """A new workbook of texts with one sheet per table: only its rejected rows."""
    written = BytesIO()
    book = xlsxwriter.Workbook(
        written, {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    red = book.add_format({"font_color": "#C00000", "text_wrap": True, "valign": "top"})
    for number, table in enumerate(tables, 1):
        rows = list(_plain_rows(table, lang))
        column = max(len(cells) for cells, _ in rows)
        sheet = book.add_worksheet(_sheet_name(table.part.name or stem, number if len(tables) > 1 else 0))
        sheet.set_column(column, column, _WIDTH)
        for at, (cells, reason) in enumerate(rows):
            is_header = at < _top(table)
            for cell, value in enumerate(cells):
                if value:
                    sheet.write_string(at, cell, value, bold if is_header else text)
            if reason:
                sheet.write_string(at, column, reason, red)
    book.close()
    return written.getvalue()


def _sheet_name(name: str, number: int) -> str:
    bare = _SHEET_NAME.sub(" ", name)[:_SHEET_NAME_MAX].strip()
    return f"{bare or 'Sheet'}-{number}" if number else bare or "Sheet"


def _top(table: Returned) -> int:
    """How many rows the header and what stands above it take in the plain copy."""
    return table.plan.header_row - table.part.first


def _plain_rows(table: Returned, lang: Language) -> Iterator[tuple[list[str], str]]:
    """The rows of the plain copy: texts, and the reason beside them."""
    part, plan = table.part, table.plan
    reasons = table.reasons(lang)
    head = part.head(plan.header_row)[: plan.header_row]
    for at in range(part.first, plan.header_row):
        is_header = at >= plan.header_row - plan.depth
        cells = spread(part.merged, head, at) if is_header and plan.depth > 1 else head[at]
        is_last = at + 1 == plan.header_row
        yield cells, _reason_header(reasons.get(plan.header_row, "")) if is_last else ""
    for row in () if plan.refused else sorted(plan.below):
        yield part.row(row, plan.header_row), ""
    wanted = _rows_wanted(table, reasons)
    refused: dict[int, set[str]] = {}
    for problem in table.problems:
        refused.setdefault(problem["row"] or 0, set()).add(problem["column"])
    for row, cells in zip(wanted[:_ROWS_MAX], _cells_of_rows(part, plan, wanted[:_ROWS_MAX]), strict=True):
        yield _guarded(table, row, cells, refused.get(row, set())), reasons.get(row, "")
    if more := len(wanted) - _ROWS_MAX if len(wanted) > _ROWS_MAX else 0:
        yield [], as_more(more, lang)
    if unit := {plan.units[name] for name in plan.unstated if plan.units.get(name, "元") != "元"}:
        yield [f"注：金额单位为{min(unit)}"], ""


def _rows_wanted(table: Returned, reasons: Mapping[int, str]) -> list[int]:
    """The rejected rows by their numbers; of a table that could not be taken at all every row."""
    start = table.plan.header_row
    if table.plan.refused:
        return list(range(start + 1, start + table.part.height(start) + 1))
    return [row for row in reasons if row > start]


def _cells_of_rows(part: Part, plan: Plan, rows: Sequence[int]) -> Iterator[list[str]]:
    if isinstance(part.sheet, CsvSheet):  # with what stands beyond the header
        return part.sheet.records([row - 1 for row in rows])
    return (part.row(row - plan.header_row - 1, plan.header_row) for row in rows)


def _guarded(table: Returned, row: int, cells: list[str], refused: set[str]) -> list[str]:
    """A row as text that is not accepted merely because text lost what was wrong with it.

    A refused number that would pass as text gets a question mark, a refused identifier is left out. A text
    that is merged downwards stands in each of its rows.
    """
    plan, part = table.plan, table.part
    cells = list(cells)
    for first_row, first_column, last_row, _ in part.merged:
        if plan.header_row <= first_row < row - 1 <= last_row and first_column < len(cells):
            cells[first_column] = part.row(first_row - plan.header_row, plan.header_row)[first_column]
    for name in refused & plan.sources.keys():
        column = plan.table.by_name[name] if plan.table else None
        for cell in plan.sources[name]:
            if column is None or cell >= len(cells) or is_empty(cells[cell]):
                continue
            try:
                parser(column, plan.units.get(name, "元"), rounded=plan.rounded)(cells[cell])
            except CellError:
                continue
            is_number = column.kind in ("money", "number", "percent")
            cells[cell] = f"{cells[cell]}？" if is_number else ""
    return cells
