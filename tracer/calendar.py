"""Days as integers, working days by the ledger's calendar, and months and years as the rules count them."""

import calendar as _calendar
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """The date of a day number; one before the first or after the last date that exists is that date."""
    return date.fromordinal(min(max(day + _EPOCH, date.min.toordinal()), date.max.toordinal()))


def differs(day: date, kind: str) -> bool:
    """Whether a day listed as `holiday` or `workday` differs from the Monday-to-Friday week."""
    return (kind == "holiday") == (day.weekday() < 5)


def add_months(day: date, months: int) -> date:
    """The same day number so many months later, or that month's last day where there is none.

    What would lie before the first or after the last date that exists is that date.
    """
    year, month, number = _months_later(day, months)
    if year < date.min.year:
        return date.min
    return date(year, month, number) if year <= date.max.year else date.max


def latest_with_months_passed(as_of: date, months: int) -> date:
    """The last day whose day number so many months later is on or before `as_of`; at least the first date."""
    limit = _months_later(as_of, 0)
    day = add_months(as_of, -months)
    while day < date.max and _months_later(day + timedelta(days=1), months) <= limit:
        day += timedelta(days=1)
    return day


def _months_later(day: date, months: int) -> tuple[int, int, int]:
    """Year, month and day so many months later, in whatever year, also one that no date can have."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1])


class WorkingDays:
    """Working days: Monday to Friday, less listed holidays, plus listed workdays (rules-exact.md section 0).

    `ordinal(d)` is the number of working days on or before day number d, counted from a fixed day, so
    that a deadline is integer arithmetic: with T the n-th working day after day d, day x is after T
    exactly when `ordinal(x - 1) >= ordinal(d) + n`.
    """

    def __init__(self, listed: Mapping[int, str] | Iterable[tuple[int, str]] = ()) -> None:
        entries = dict(listed)
        holidays = sorted(d for d, kind in entries.items() if kind == "holiday" and _weekday(d) < 5)
        workdays = sorted(d for d, kind in entries.items() if kind == "workday" and _weekday(d) >= 5)
        self._holidays = holidays
        self._workdays = workdays

    def ordinal(self, day: int) -> int:
        """Number of working days on or before `day` since Monday 1969-12-29 (negative before it)."""
        weeks, rest = divmod(day + 3, 7)
        plain = weeks * 5 + min(rest + 1, 5)
        return plain - bisect_right(self._holidays, day) + bisect_right(self._workdays, day)

    def after(self, day: int, n: int) -> int:
        """The n-th working day after `day`; the day itself never counts."""
        return self.day_of(self.ordinal(day) + n) if n else day

    def before(self, day: int, n: int) -> int:
        """The n-th working day before `day`; the day itself never counts."""
        return self.day_of(self.ordinal(day - 1) - n + 1) if n else day

    def day_of(self, ordinal: int) -> int:
        """The first day with this ordinal, which is a working day."""
        low, high = -(10**6), 10**7
        while low < high:
            middle = (low + high) // 2
            if self.ordinal(middle) < ordinal:
                low = middle + 1
            else:
                high = middle
        return low


def _weekday(day: int) -> int:
    """0 for Monday: 1970-01-01 was a Thursday."""
    return (day + 3) % 7
