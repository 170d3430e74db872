"""Groups of rows that begin one after another, for rules that ask what comes together within some days."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from tracer.graph.base import Row, Value
from tracer.rules.spec import NOT_EVALUATED, Series

Values = Mapping[str, int | str | bool]


def series_rows(series: Series, rows: Iterable[Row], values: Values) -> list[Row]:
    """One row for each group that is a finding, that of the row which makes it one; others as they are.

    Its `amount_fen` is the sum and its `evidence` all evidence of the group. `values` are the parameters of
    the query that gave the rows.
    """
    days, least = _number(series.days, values), _number(series.sum, values)
    count = series.count if isinstance(series.count, int) else _number(series.count, values)

    def key(row: Row) -> str:
        return repr([row[name] for name in series.by])

    def place(row: Row) -> tuple[str, list[int | str]]:
        return key(row), [_orderly(row[name]) for name in series.order]

    rows = list(rows)
    found = [row for row in rows if row["level"] == NOT_EVALUATED]
    candidates = sorted((row for row in rows if row["level"] != NOT_EVALUATED), key=place)
    for _, alike in groupby(candidates, key=key):
        for group in _groups(list(alike), days):
            found += _finding(series, group, count, least)
    return found


def _groups(rows: list[Row], days: int) -> Iterable[list[Row]]:
    group: list[Row] = []
    for row in rows:
        if group and _day(row) > _day(group[0]) + days:
            yield group
            group = []
        group.append(row)
    yield group


def _finding(series: Series, group: list[Row], count: int, least: int) -> list[Row]:
    if series.unless_equal:
        texts = {row[series.unless_equal] for row in group}
        if len(texts) == 1 and None not in texts:
            return []
    so_far = 0
    for n, row in enumerate(group, start=1):
        so_far += _amount(row)
        if n >= count and so_far >= least:
            break
    else:
        return []
    refs: list[Value] = [ref for member in group for ref in _refs(member)]
    shown = {name: value for name, value in row.items() if name not in series.own_columns}
    return [{**shown, "amount_fen": sum(_amount(member) for member in group), "evidence": refs}]


def _number(name: str, values: Values) -> int:
    return int(values[name])


def _orderly(value: object) -> int | str:
    if not isinstance(value, int | str):
        raise TypeError("a series is in the order of whole numbers or texts")
    return value


def _day(row: Row) -> int:
    return _whole(row["day"])


def _amount(row: Row) -> int:
    return _whole(row["amount_fen"])


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("days and amounts of a series are whole numbers")
    return value


def _refs(row: Row) -> list[str]:
    refs = row["evidence"]
    return [str(ref) for ref in refs] if isinstance(refs, list) else []
