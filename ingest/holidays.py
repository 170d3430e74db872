"""The official working calendar of given years, from `chinesecalendar`, as rows of the ledger's `calendar`.

Only days that differ from Monday to Friday are rows. Nothing is built into the rules: a year counts because
its rows were loaded, and every row says from which version of the package it came.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingest.messages import problem
from tracer.calendar import differs
from tracer.errors import UsageError
from tracer.ledger import DUPLICATE, Ledger
from tracer.schema import TABLES

PACKAGE = "chinesecalendar"
_TABLE = "calendar"
_WORDS = {"holiday": ("放假", "holiday"), "workday": ("调休上班", "workday")}

Row = dict[str, Any]
Listed = dict[date, tuple[str, int]]
"""Kind and `_seq` by day; of two rows of a day the later one counts, as it does for the rules."""


def source() -> str:
    """What stands as the file of loaded rows: package and version."""
    from importlib.metadata import version

    return f"{PACKAGE} {version(PACKAGE)}"


def known_years() -> list[int]:
    """The years that the installed package knows, in order."""
    from chinese_calendar import holidays

    return sorted({day.year for day in holidays})


def official_days(year: int) -> list[Row]:
    """The days of a year that differ from Monday to Friday: `day`, `kind`, `name` (Chinese), in order."""
    from chinese_calendar import Holiday, get_holiday_detail, is_workday

    names = {holiday.value: holiday.chinese for holiday in Holiday}
    rows = []
    for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + timedelta(days=n)
        kind = "workday" if is_workday(day) else "holiday"
        if differs(day, kind):
            rows.append({"day": day, "kind": kind, "name": names.get(get_holiday_detail(day)[1])})
    return rows


def load_calendar(home: Path, years: Iterable[int], dry_run: bool = False) -> dict[str, Any]:
    """Load years into the ledger, one batch each, in one commit; returns a report as that of an ingest.

    A day that the ledger lists already, under whatever name, is a duplicate; one that it lists the other way
    is a problem and stays as it is. Raises UsageError for a year that the package does not know.
    """
    wanted = sorted(set(years))
    known = known_years()
    if unknown := [str(year) for year in wanted if year not in known]:
        raise UsageError(
            f"{source()} 没有 {'、'.join(unknown)} 年的安排，只有 {known[0]} 至 {known[-1]} 年；"
            f"可把国务院办公厅的通知录成 工作日历 表导入，或升级 {PACKAGE}"
            f" / {source()} does not know {', '.join(unknown)}, only {known[0]} to {known[-1]};"
            f" ingest a table `calendar`, or upgrade {PACKAGE}"
        )
    ledger = Ledger(home)
    report: dict[str, Any] = {"batches": [], "problems": [], "notes": []}
    with ExitStack() as stack:
        writer = ledger.preview() if dry_run else stack.enter_context(ledger.write())
        listed = _listed(ledger)
        for year in wanted:
            rows = [row | {"_row": n} for n, row in enumerate(official_days(year), 1)]
            contrary = [row for row in rows if listed.get(row["day"], (row["kind"],))[0] != row["kind"]]
            fresh = [row for row in rows if row["day"] not in listed]
            batch = _batch(year, len(rows), len(fresh), len(contrary))
            if fresh:
                schema = TABLES[_TABLE].arrow.append(pa.field("_row", pa.int64()))
                table = pa.Table.from_pylist(fresh, schema)
                status = writer.add(_TABLE, table, file=batch["file"], sheet=batch["sheet"], report=batch)
                assert not (status == DUPLICATE).any(), "a day that is not listed cannot be a duplicate"
            report["batches"].append(batch)
            report["problems"] += [_conflict(ledger, batch, row, listed[row["day"]]) for row in contrary]
        if not dry_run:
            writer.commit()
    return report


def _listed(ledger: Ledger) -> Listed:
    rows = ledger.read(_TABLE, ["day", "kind"]).to_pylist()
    return {row["day"]: (row["kind"], row["_seq"]) for row in rows}


def _batch(year: int, rows: int, fresh: int, contrary: int) -> dict[str, Any]:
    """A batch of the report; its counts add up to the rows."""
    return {
        "file": source(),
        "sheet": str(year),
        "table": _TABLE,
        "rows": rows,
        "accepted": fresh,
        "rejected": contrary,
        "totals": 0,
        "blank": 0,
        "duplicates": rows - fresh - contrary,
        "corrected": 0,
        "sums": {},
        "columns": [],
    }


def _conflict(ledger: Ledger, batch: Row, row: Row, listed: tuple[str, int]) -> dict[str, Any]:
    """The problem of a day that the ledger lists the other way, with the row that does."""
    kind, seq = listed
    place = ledger.sources(_TABLE, [seq])[0]
    where = f"{Path(place.file).name}{f' [{place.sheet}]' if place.sheet else ''}"
    facts = {"day": row["day"], "file": where, "row": place.row}
    words = zip(("zh", "en"), _WORDS[kind], strict=True)
    return problem(
        "calendar-conflict",
        file=batch["file"],
        sheet=batch["sheet"],
        row=row["_row"],
        column="kind",
        value=row["kind"],
        facts=facts | {"kind" if lang == "zh" else "kind_en": word for lang, word in words},
    )


def calendar_years(home: Path, years: Sequence[int] = ()) -> list[dict[str, Any]]:
    """What the ledger's table holds per year: the years asked for, or all that have a row.

    Counts of days that count (`holidays` on Monday to Friday, `workdays` on a weekend), days listed
    `both_ways` (the later row counts), and, where the package knows the year, the official days that the
    table `lacks` and those that it `adds`; `sources` are the files of the rows.
    """
    ledger = Ledger(home)
    rows = ledger.read(_TABLE, ["day", "kind"]).to_pylist()
    places = ledger.sources(_TABLE, [row["_seq"] for row in rows])
    for row, place in zip(rows, places, strict=True):
        row["file"] = Path(place.file).name
    known = set(known_years())
    chosen = sorted(set(years)) or sorted({row["day"].year for row in rows})
    return [
        _year_row(year, [row for row in rows if row["day"].year == year], year in known) for year in chosen
    ]


def _year_row(year: int, rows: Sequence[Row], is_known: bool) -> dict[str, Any]:
    kinds = {row["day"]: row["kind"] for row in rows}
    counted = {(day, kind) for day, kind in kinds.items() if differs(day, kind)}
    official = {(row["day"], row["kind"]) for row in official_days(year)} if is_known else None
    return {
        "year": year,
        "holidays": sum(kind == "holiday" for _, kind in counted),
        "workdays": sum(kind == "workday" for _, kind in counted),
        "both_ways": len({(row["day"], row["kind"]) for row in rows}) - len(kinds),
        "lacks": None if official is None else len(official - counted),
        "adds": None if official is None else len(counted - official),
        "sources": sorted({row["file"] for row in rows}),
    }
