"""`tables`: the columns that a file needs, and the workbook that can be filled in."""

import csv
import io
import json
from pathlib import Path

import openpyxl
from conftest import Run

from tracer.schema import TABLES


def test_all_columns_are_told_in_every_form(run: Run) -> None:
    told = json.loads(run("tables", "--format", "json").stdout)["tables"]
    named = [(one["table"], column["column"]) for one in told for column in one["columns"]]
    assert named == [(one.name, column.name) for one in TABLES.values() for column in one.columns]
    rows = csv.DictReader(io.StringIO(run("tables", "--format", "csv").stdout))
    assert [(row["table"], row["column"]) for row in rows] == named
    for name in ("payments", TABLES["payments"].name_zh):
        text = run("tables", name).stdout
        assert all(column.header_zh in text and column.name in text for column in TABLES["payments"].columns)
    assert "现金" in text
    assert "cash" in run("tables", "payments", "--lang", "en").stdout
    assert run("tables", "nothing").exit_code == 2


def test_the_template_is_taken_and_marks_what_is_required(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"
    result = run("tables", "--template", str(file))
    assert result.exit_code == 0, result.stderr
    book = openpyxl.load_workbook(file)
    assert len(book.sheetnames) == len(TABLES)
    for sheet, one in zip(book.worksheets, TABLES.values(), strict=True):
        headers = [cell.value for cell in sheet[1]]
        assert headers == [column.header_zh + "*" * column.required for column in one.columns]
    empty = run("ingest", "--dry-run", "--format", "json", str(file))
    assert empty.exit_code == 0, empty.stdout
    batches = json.loads(empty.stdout)["batches"]
    assert [batch["table"] for batch in batches] == list(TABLES)
    payments = book[TABLES["payments"].name_zh]
    values = {
        "payment_id": "PZ1",
        "amount": "12.34",
        "paid_at": "2020-06-18",
        "payee_account": "6222021234567890",
    }
    payments.append([values.get(column.name) for column in TABLES["payments"].columns])
    book.save(file)
    filled = json.loads(run("ingest", "--dry-run", "--format", "json", str(file)).stdout)
    rows = {batch["table"]: batch["rows"] for batch in filled["batches"]}
    assert rows["payments"] == 1


def test_a_template_is_a_workbook_in_a_folder_that_is_there(run: Run, tmp_path: Path) -> None:
    assert run("tables", "--template", str(tmp_path / "x.csv")).exit_code == 2
    assert run("tables", "--template", str(tmp_path / "none" / "x.xlsx")).exit_code == 2
