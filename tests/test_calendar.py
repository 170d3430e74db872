"""Working days and month arithmetic, against a day-by-day count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.calendar import WorkingDays, add_months, date_of, day_number, latest_with_months_passed

HOLIDAYS = {date(2020, 1, 24 + n): "holiday" for n in range(7)} | {date(2020, 1, 19): "workday"}
LISTED = {day_number(day): kind for day, kind in HOLIDAYS.items()}
DAYS = st.integers(day_number(date(2019, 12, 1)), day_number(date(2020, 4, 1)))


def is_working(day: int) -> bool:
    kind = LISTED.get(day)
    return kind == "workday" if kind else date_of(day).weekday() < 5


@given(DAYS, st.integers(1, 30))
def test_the_nth_working_day_after_and_before(day: int, n: int) -> None:
    days = WorkingDays(LISTED)
    after = [d for d in range(day + 1, day + 120) if is_working(d)]
    before = [d for d in range(day - 1, day - 120, -1) if is_working(d)]
    assert days.after(day, n) == after[n - 1]
    assert days.before(day, n) == before[n - 1]


@given(DAYS, DAYS, st.integers(1, 20))
def test_a_deadline_is_integer_arithmetic(start: int, day: int, n: int) -> None:
    days = WorkingDays(LISTED)
    assert (day > days.after(start, n)) == (days.ordinal(day - 1) >= days.ordinal(start) + n)


def test_without_a_table_the_week_is_monday_to_friday() -> None:
    days = WorkingDays()
    assert date_of(days.after(day_number(date(2020, 1, 23)), 5)) == date(2020, 1, 30)
    assert date_of(WorkingDays(LISTED).after(day_number(date(2020, 1, 23)), 5)) == date(2020, 2, 6)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2019, 12, 31), 2, date(2020, 2, 29)),
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 36))
def test_the_last_day_whose_anniversary_has_come(as_of: date, months: int) -> None:
    last = latest_with_months_passed(as_of, months)
    assert add_months(last, months) <= as_of < add_months(last + timedelta(days=1), months)


@pytest.mark.parametrize(
    ("as_of", "months", "expected"),
    [
        (date.max, 0, date.max),
        (date.max, 3, date(9999, 9, 30)),
        (date(9999, 12, 1), 1, date(9999, 11, 1)),
        (date(1, 3, 1), 2, date(1, 1, 1)),
        (date(1, 3, 1), 3, date.min),
        (date.min, 240, date.min),
    ],
)
def test_months_passed_at_the_ends_of_the_calendar(as_of: date, months: int, expected: date) -> None:
    assert latest_with_months_passed(as_of, months) == expected


def test_arithmetic_stops_at_the_first_and_the_last_date() -> None:
    assert add_months(date.max, 1) == add_months(date(9999, 1, 1), 12) == date.max
    assert add_months(date.min, -1) == date.min
    assert date_of(day_number(date.max) + 1) == date.max
    assert date_of(day_number(date.min) - 1) == date.min
