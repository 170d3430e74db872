"""Bells at every deadline of ten years with China's holidays: the day before, the days of, and the day after.

Expected days are counted one by one with `chinesecalendar` itself; the alerts come from the rule ZB01 on a
graph, with the calendar as a table of the ledger. A sample here; FUNDTRAIL_DRILLS runs all ten years, each
with a graph and alerts of its own, so that a day costs the same in the last year as in the first.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
import pyarrow as pa
import pytest
from findings import NOW, RULES, finding, scanned

from tracer.calendar import WorkingDays, day_number
from tracer.casework import look
from tracer.casework.db import Cases
from tracer.casework.update import take_in
from tracer.graph.base import Store
from tracer.graph.build import open_graph
from tracer.ledger import Ledger
from tracer.rules.evaluate import evaluate, given_values
from tracer.rules.parameters import read_settings, resolve
from tracer.schema import TABLES

Window = tuple[date, int]
"""A first day and how many days."""

DRILLS = bool(os.environ.get("FUNDTRAIL_DRILLS"))
FIRST, LAST = date(2014, 1, 1), date(2023, 12, 31)
N, LEAD = 5, 2
WINDOWS = [(date(2017, 9, 25), 22), (date(2020, 1, 17), 24), (date(2019, 4, 24), 16)]
"""National Day with Mid-Autumn, the spring festival that was prolonged, a Labour Day with make-up days."""

if DRILLS:
    YEARS = range(FIRST.year, LAST.year + 1)
    WINDOWS = [(date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days) for year in YEARS]
    WINDOWS[-1] = (WINDOWS[-1][0], WINDOWS[-1][1] - 30)  # deadlines need the calendar of the days after

LATE = 25
"""Days after its issue up to which an indicator is asked for: its deadline is long past then."""


def step(day: date, count: int) -> date:
    """The count-th working day after, or before, a day, found by walking."""
    while count:
        day += timedelta(days=1 if count > 0 else -1)
        if chinese_calendar.is_workday(day):
            count += -1 if count > 0 else 1
    return day


def days_of_ten_years() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def listed_days() -> list[tuple[date, str]]:
    """The calendar table: days that differ from Monday to Friday."""
    kinds = [(day, chinese_calendar.is_workday(day)) for day in days_of_ten_years()]
    return [(day, "workday" if works else "holiday") for day, works in kinds if works != (day.weekday() < 5)]


def issued_by(day: date) -> list[date]:
    """The days on which an indicator was issued that is asked for on a day."""
    return [day - timedelta(days=n) for n in range(LATE) if day - timedelta(days=n) >= FIRST]


def days_of(window: Window) -> list[date]:
    return [window[0] + timedelta(days=n) for n in range(window[1])]


@pytest.fixture(scope="module")
def graph_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[tuple[Window, ...]], Store]]:
    """The graph for some windows, opened once."""
    with contextlib.ExitStack() as opened:

        @cache
        def open_once(windows: tuple[Window, ...]) -> Store:
            issued = {one for window in windows for day in days_of(window) for one in issued_by(day)}
            return opened.enter_context(graph_with(tmp_path_factory.mktemp("county"), sorted(issued)))

        yield open_once


def graph_with(home: Path, issued: list[date]) -> Store:
    """The graph of a county that issued an indicator on each of these days and registered none."""
    texts = [
        "doc_no",
        "fund_name",
        "fund_nature",
        "function_code",
        "economic_code",
        "budget_item",
        "receiver",
    ]
    indicators = [
        dict.fromkeys(texts, "示例")
        | {"indicator_id": str(day), "amount_fen": 1, "level": "county", "issued_on": day}
        for day in issued
    ]
    calendar = [{"day": day, "kind": kind} for day, kind in listed_days()]
    with Ledger(home).write() as writer:
        for name, rows in (("indicators", indicators), ("calendar", calendar)):
            schema = TABLES[name].arrow.append(pa.field("_row", pa.int64()))
            numbered = [row | {"_row": n} for n, row in enumerate(rows, 2)]
            writer.add(name, pa.Table.from_pylist(numbered, schema), file=f"{name}.csv", sheet=None)
        writer.commit()
    return open_graph(home, 1, as_of=LAST)


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: f"{window[0]}+{window[1]}")
def test_a_bell_rings_and_turns_on_the_very_day(
    graph_of: Callable[[tuple[Window, ...]], Store], cases: Cases, window: Window
) -> None:
    graph = graph_of((window,) if DRILLS else tuple(WINDOWS))
    entry = resolve(RULES["ZB01"], read_settings(RULES, None, []))
    working = WorkingDays([(day_number(day), kind) for day, kind in listed_days()])
    opened: dict[str, date] = {}
    turned: dict[str, date] = {}
    for day in days_of(window):
        outcome = evaluate(graph, entry, given_values(working, day, ("indicators", "calendar")), day)
        assert outcome.is_evaluable, outcome
        levels = {found.subject: found.level for found in outcome.found}
        # Of what has been late for long nothing more is asked: only the days around the deadlines count.
        asked = {str(one): (step(step(one, N), -LEAD), step(one, N)) for one in issued_by(day)}
        rows = [finding(subject=name, level=levels[name]) for name in asked if name in levels]
        with cases.read() as connection:
            known = {alert.subject for alert in look.alerts(connection, look.Wanted())}
        take_in(cases, scanned(*rows, as_of=day), RULES, NOW, {"ZB01": known - set(asked)})
        with cases.read() as connection:
            states = {alert.subject: alert.state for alert in look.alerts(connection, look.Wanted())}
        for name, (bell, deadline) in asked.items():
            expected = None if day < bell else "bell" if day <= deadline else "yellow"
            assert states.get(name) == expected, (name, day, bell, deadline)
            if day == bell:
                opened[name] = day
            if day == deadline + timedelta(days=1) and name in opened:
                turned[name] = day
    assert len(opened) >= window[1] // 4
    assert turned
