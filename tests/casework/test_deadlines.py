"""Bells at every deadline of ten years with China's holidays: the day before, the days of, and the day after.

Expected days are counted one by one with `chinesecalendar` itself; the alerts come from the rule ZB01 on a
graph, with the calendar as a table of the ledger. A sample here; FUNDTRAIL_DRILLS runs all ten years.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta

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

FIRST, LAST = date(2014, 1, 1), date(2023, 12, 31)
N, LEAD = 5, 2
WINDOWS = [(date(2017, 9, 25), 22), (date(2020, 1, 17), 24), (date(2019, 4, 24), 16)]
"""National Day with Mid-Autumn, the spring festival that was prolonged, a Labour Day with make-up days."""

if os.environ.get("FUNDTRAIL_DRILLS"):
    WINDOWS = [(FIRST, (LAST - FIRST).days - 30)]


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


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A county that issued an indicator every day and registered none."""
    home = tmp_path_factory.mktemp("ten-years")
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
        for day in days_of_ten_years()
    ]
    calendar = [{"day": day, "kind": kind} for day, kind in listed_days()]
    with Ledger(home).write() as writer:
        for name, rows in (("indicators", indicators), ("calendar", calendar)):
            schema = TABLES[name].arrow.append(pa.field("_row", pa.int64()))
            numbered = [row | {"_row": n} for n, row in enumerate(rows, 2)]
            writer.add(name, pa.Table.from_pylist(numbered, schema), file=f"{name}.csv", sheet=None)
        writer.commit()
    with open_graph(home, 1, as_of=LAST) as store:
        yield store


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: f"{window[0]}+{window[1]}")
def test_a_bell_rings_and_turns_on_the_very_day(graph: Store, cases: Cases, window: tuple[date, int]) -> None:
    entry = resolve(RULES["ZB01"], read_settings(RULES, None, []))
    working = WorkingDays([(day_number(day), kind) for day, kind in listed_days()])
    start, length = window
    opened: dict[str, date] = {}
    turned: dict[str, date] = {}
    for day in (start + timedelta(days=n) for n in range(length)):
        outcome = evaluate(graph, entry, given_values(working, day, ("indicators", "calendar")), day)
        assert outcome.is_evaluable, outcome
        levels = {found.subject: found.level for found in outcome.found}
        # Of what has been late for long nothing more is asked: only the days around the deadlines count.
        issued = [day - timedelta(days=n) for n in range(25) if day - timedelta(days=n) >= FIRST]
        asked = {str(one): (step(step(one, N), -LEAD), step(one, N)) for one in issued}
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
    assert len(opened) >= length // 4
    assert turned
