"""The official calendar of years as rows of the ledger: each day once, and never both ways."""

from datetime import date
from pathlib import Path

import pytest

from ingest.holidays import calendar_years, known_years, load_calendar, official_days, source
from ingest.run import ingest
from tracer.calendar import WorkingDays, day_number
from tracer.errors import UsageError
from tracer.ledger import Ledger

COUNTS = ("rows", "accepted", "rejected", "duplicates")


def counts(report: dict) -> list[tuple[int, ...]]:
    return [tuple(batch[name] for name in COUNTS) for batch in report["batches"]]


def test_the_days_of_2020_are_those_that_the_state_council_published() -> None:
    rows = {row["day"].isoformat(): (row["kind"], row["name"]) for row in official_days(2020)}
    assert rows["2020-01-31"] == ("holiday", "春节"), "the spring festival that was prolonged"
    assert rows["2020-01-19"] == ("workday", "春节"), "a Sunday that was made up"
    assert "2020-02-01" not in rows, "a Saturday is no working day anyway"
    assert sum(kind == "workday" for kind, _ in rows.values()) == 6
    assert all(
        (date.fromisoformat(day).weekday() < 5) == (kind == "holiday") for day, (kind, _) in rows.items()
    )


def test_years_become_rows_with_their_source_and_only_once(tmp_path: Path) -> None:
    days = {year: len(official_days(year)) for year in (2019, 2020)}
    first = load_calendar(tmp_path, [2020, 2019, 2020])
    assert counts(first) == [(days[2019], days[2019], 0, 0), (days[2020], days[2020], 0, 0)]
    assert load_calendar(tmp_path, [2019])["batches"][0]["duplicates"] == days[2019]
    ledger = Ledger(tmp_path)
    assert (ledger.version, ledger.tables()) == (1, {"calendar": sum(days.values())})
    place = ledger.sources("calendar", [0])[0]
    assert (place.file, place.sheet, place.row) == (source(), "2019", 1)
    assert source().startswith("chinesecalendar 1.")


def test_a_dry_run_reports_the_same_and_stores_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    dry = load_calendar(home, [2020], dry_run=True)
    assert not home.exists()
    assert dry == load_calendar(home, [2020])


def test_an_unknown_year_names_those_known_and_loads_nothing(tmp_path: Path) -> None:
    known = known_years()
    with pytest.raises(UsageError, match=f"2003.*{known[0]} 至 {known[-1]}"):
        load_calendar(tmp_path, [2020, 2003])
    assert Ledger(tmp_path).version == 0


@pytest.fixture
def with_file(tmp_path: Path) -> Path:
    """A home that took a bureau's file: one day named otherwise, one listed the other way, one of its own."""
    file = tmp_path / "工作日历.csv"
    file.write_text(
        "日历日期,日期类型,节假日名称\n2020-01-24,放假,除夕\n2020-01-19,放假,错\n2020-03-02,放假,本地\n",
        "utf-8",
    )
    report = ingest(tmp_path / "home", [file])
    assert not report["problems"]
    return tmp_path / "home"


def test_days_that_a_file_has_are_neither_doubled_nor_turned(with_file: Path) -> None:
    report = load_calendar(with_file, [2020])
    rows = len(official_days(2020))
    assert counts(report) == [(rows, rows - 2, 1, 1)]
    (problem,) = report["problems"]
    assert (problem["value"], problem["column"]) == ("workday", "kind")
    assert "2020-01-19" in problem["problem"]
    assert "工作日历.csv 第 3 行" in problem["problem"]
    assert "as holiday (工作日历.csv row 3)" in problem["problem_en"]
    days = [row["day"] for row in Ledger(with_file).read("calendar").to_pylist()]
    assert len(days) == len(set(days)) == rows + 1


def test_what_the_ledger_holds_is_compared_with_the_official_days(with_file: Path) -> None:
    load_calendar(with_file, [2020])
    (row,) = calendar_years(with_file)
    holidays = sum(day["kind"] == "holiday" for day in official_days(2020))
    assert (row["holidays"], row["workdays"]) == (holidays + 1, 5)
    assert (row["lacks"], row["adds"], row["both_ways"]) == (1, 1, 0)
    assert row["sources"] == [source(), "工作日历.csv"]
    assert calendar_years(with_file, [2019])[0]["lacks"] == len(official_days(2019))
    assert calendar_years(with_file, [1999])[0]["lacks"] is None


def test_a_later_row_corrects_a_day_and_the_table_says_so(with_file: Path) -> None:
    load_calendar(with_file, [2020])
    repair = with_file.parent / "更正.csv"
    repair.write_text("日历日期,日期类型\n2020-01-19,调休上班\n", "utf-8")
    ingest(with_file, [repair])
    (row,) = calendar_years(with_file)
    assert (row["workdays"], row["lacks"], row["both_ways"]) == (6, 0, 1)
    rows = Ledger(with_file).read("calendar").to_pylist()
    working = WorkingDays((day_number(row["day"]), row["kind"]) for row in rows)
    sunday = day_number(date(2020, 1, 19))
    assert working.ordinal(sunday) == working.ordinal(sunday - 1) + 1
    assert not load_calendar(with_file, [2020])["problems"]
