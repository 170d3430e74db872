"""`tables`: which tables and columns `ingest` takes, and an empty workbook to fill in."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.choices import Choices, choices
from api.render import add_row, table, words, write_csv, write_json, write_line, write_table
from tracer.errors import UsageError
from tracer.output import check_workbook_name, write_output

if TYPE_CHECKING:
    from tracer.schema import Column, Table

COLUMN = (
    "table", "table_zh", "column", "header_zh", "synonyms_zh", "kind", "required", "words", "unit", "meaning",
)  # fmt: skip
UNITS = {"money": "yuan", "percent": "percent"}
"""Unit of a kind of column where its header names none."""


def tables(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE]", help="表名，中文或英文。 One table.", show_default=False),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.xlsx", help="写一个可填的空白工作簿。 Write an empty workbook to fill in."
        ),
    ] = None,
) -> None:
    """ingest 接受的表和列。 The tables and columns that `ingest` takes.

    csv has one line per column. In the workbook each table is a sheet and required columns have a `*`; sheets
    and columns that are not needed may be deleted.
    """
    chosen = choices(context)
    shown = _named(name)
    if template is not None:
        _write_template(template, shown)
        write_line(chosen.say("written", file=template))
    elif chosen.format == "json":
        write_json({"tables": [_table_row(one) for one in shown]})
    elif chosen.format == "csv":
        rows = (_column_row(one, column) for one in shown for column in one.columns)
        write_csv(COLUMN, ([row[key] for key in COLUMN] for row in rows))
    elif name is None:
        made = table(*words(chosen.lang, "table", "name", "required"))
        for one in shown:
            needed = [_header(chosen, column) for column in one.columns if column.required]
            add_row(made, one.name, one.name_zh, chosen.separator.join(needed))
        write_table(made)
    else:
        _write_columns(chosen, shown[0])


def _named(name: str | None) -> list["Table"]:
    """The table of this name, or all; raises `UsageError` for an unknown one."""
    from tracer.schema import TABLES

    if name is None:
        return list(TABLES.values())
    found = [one for one in TABLES.values() if name in (one.name, one.name_zh)]
    if not found:
        known = ", ".join(f"{one.name_zh} {one.name}" for one in TABLES.values())
        raise UsageError(f"没有这个表：{name}；有 {known} / there is no such table: {name}")
    return found


def _header(chosen: Choices, column: "Column") -> str:
    return column.header_zh if chosen.lang == "zh" else column.name


def _write_columns(chosen: Choices, one: "Table") -> None:
    write_line(f"{one.name_zh}  {one.name}")
    write_line()
    made = table(*words(chosen.lang, "column", "name", "kind", "required", "may_hold", "synonyms"))
    for column in one.columns:
        unit = chosen.say(f"unit_{UNITS[column.kind]}") if column.kind in UNITS else ""
        add_row(
            made,
            column.header_zh,
            column.name,
            chosen.say(f"kind_{column.kind}"),
            "*" if column.required else "",
            unit or "/".join(_words(column, chosen.lang == "en")),
            chosen.separator.join(column.synonyms_zh),
        )
    write_table(made)


def _words(column: "Column", is_english: bool) -> list[str]:
    """The words that a column accepts, in one language."""
    return [word for word, english in column.words if (word == english) == is_english]


def _table_row(one: "Table") -> dict[str, Any]:
    columns = [_column_row(one, column) for column in one.columns]
    return {
        "table": one.name,
        "table_zh": one.name_zh,
        "identifier": one.identifier,
        "columns": [{key: row[key] for key in COLUMN if not key.startswith("table")} for row in columns],
    }


def _column_row(one: "Table", column: "Column") -> dict[str, Any]:
    return {
        "table": one.name,
        "table_zh": one.name_zh,
        "column": column.name,
        "header_zh": column.header_zh,
        "synonyms_zh": list(column.synonyms_zh),
        "kind": column.kind,
        "required": column.required,
        "words": dict(column.words),
        "unit": UNITS.get(column.kind),
        "meaning": column.meaning,
    }


def _write_template(file: Path, shown: list["Table"]) -> None:
    """An empty workbook: a sheet per table, headers in its first row, columns of text kept as text."""
    import xlsxwriter

    check_workbook_name(file)
    written = BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False})
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    for one in shown:
        sheet = book.add_worksheet(one.name_zh)
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(one.columns):
            # As text, long numbers of accounts and persons keep all their digits.
            sheet.set_column(number, number, 18, text if column.kind == "text" else None)
            sheet.write_string(0, number, column.header_zh + "*" * column.required, bold)
    book.close()
    write_output(file, written.getvalue())
