"""A catalogue in force as the input table `funds`, for an office to complete and ingest."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tracer.funds.adopted import Standing
from tracer.output import write_output
from tracer.schema import TABLES
from tracer.text import inert

LEVELS_ZH = {"central": "中央", "province": "省", "city": "市", "county": "县"}


def write_funds_table(path: Path, standing: Iterable[Standing], words: Mapping[str, str]) -> None:
    """Write funds in force as CSV under the Chinese headers; `words` say each kind of partial scope.

    Whether a fund is for registered people only, or meant whole for counties, no list says: these cells stay
    empty, and the rules that depend on them find nothing of it. Raises UsageError where the file cannot
    be written.
    """
    columns = TABLES["funds"].columns
    rows = [_row(entry, words) for entry in standing]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.header_zh for column in columns])
    writer.writerows([inert(row.get(column.name, "")) for column in columns] for row in rows)
    # Spreadsheet programs take a file for UTF-8 by its byte order mark.
    write_output(path, text.getvalue().encode("utf-8-sig"))


def _row(entry: Standing, words: Mapping[str, str]) -> dict[str, Any]:
    fund = entry.fund
    return {
        "fund_id": fund.id,
        "fund_name": fund.fund_name,
        "level": LEVELS_ZH[fund.level],
        "scope_note": entry.decision.scope or "、".join(words[kind] for kind in fund.scope),
        "departments": fund.departments,
        "finance_offices": fund.finance_offices,
    }
