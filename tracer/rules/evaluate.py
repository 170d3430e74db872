"""Evaluate one rule on a graph: the rows of its query as findings, or why there are none."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracer.calendar import WorkingDays, day_number
from tracer.graph.base import QueryFailed, QueryTimeout, Row, Store, StoreExhausted, Value
from tracer.rules.exemptions import Found, one_or_all
from tracer.rules.kept import Values
from tracer.rules.parameters import Resolved
from tracer.rules.place import Place
from tracer.rules.series import series_rows
from tracer.rules.spec import (
    GIVEN,
    LEVELS,
    NOT_EVALUABLE,
    NOT_EVALUATED,
    OWN_COLUMNS,
    PASSAGE_COLUMNS,
    Passage,
    Rule,
)

RULE_SECONDS = 300.0
"""How long one rule may take before it is reported as not evaluated."""


@dataclass(frozen=True)
class Outcome:
    """What became of one rule: its findings and the subjects not evaluated, or why there are neither."""

    found: Sequence[Found] = ()
    not_evaluated: Sequence[str] = ()
    missing: Sequence[str] = ()
    """Tables that lack what the whole rule needs."""
    failure: str = ""
    """Why the query gave no answer."""
    gap_years: frozenset[int] = frozenset()
    """Years without calendar rows that its deadlines cross."""

    @property
    def is_evaluable(self) -> bool:
        """Whether the rule was evaluated."""
        return not (self.missing or self.failure)


def evaluate(
    store: Store, entry: Resolved, given: Mapping[str, int | bool], as_of: date, seconds: float = RULE_SECONDS
) -> Outcome:
    """One rule with one set of values; `given` are the values that every query may use."""
    rule = entry.rule
    try:
        values = parameter_values(entry, given, as_of)
        rows = store.run(rule.query, values, seconds)
        lacking = next((row["evidence"] for row in rows if row["level"] == NOT_EVALUABLE), None)
        if isinstance(lacking, list):
            return Outcome(missing=[str(table) for table in lacking])
        if rule.series:
            rows = series_rows(rule.series, rows, values)
        left_out = sorted({str(row["subject"]) for row in rows if row["level"] == NOT_EVALUATED})
        return Outcome(merge(rule, rows), left_out)
    except (QueryTimeout, StoreExhausted, QueryFailed) as error:
        return Outcome(failure=f"{rule.file}: {error}")


def evaluate_everywhere(
    store: Store,
    values: Values,
    places: Callable[[Iterable[str]], Mapping[str, Place]],
    given: Mapping[str, int | bool],
    as_of: date,
    seconds: float = RULE_SECONDS,
) -> Outcome:
    """As `evaluate`, each subject with the values that hold for its fund and region.

    The query is run once for each set of values; `places` tells where subjects are.
    """
    variants = values.variants()
    outcomes = [evaluate(store, entry, given, as_of, seconds) for entry in variants]
    failed = next((outcome for outcome in outcomes if not outcome.is_evaluable), None)
    if failed or len(variants) == 1:
        return failed or outcomes[0]
    at = places({name for outcome in outcomes for name in _subjects(outcome)})
    standing: list[Found] = []
    left_out: set[str] = set()
    for entry, outcome in zip(variants, outcomes, strict=True):
        here = {name for name in _subjects(outcome) if values.at(at.get(name)) == entry}
        standing += [replace(f, resolved=entry) for f in outcome.found if f.subject in here]
        left_out |= here.intersection(outcome.not_evaluated)
    return Outcome(standing, sorted(left_out))


def _subjects(outcome: Outcome) -> Iterable[str]:
    return (*(found.subject for found in outcome.found), *outcome.not_evaluated)


def given_values(days: WorkingDays, as_of: date, tables: Iterable[str]) -> dict[str, int | bool]:
    """The parameters that every query may use: about the day, and which tables have rows."""
    today = day_number(as_of)
    return {
        "as_of_day": today,
        "as_of_workday": days.ordinal(today),
        "as_of_workday_before": days.ordinal(today - 1),
        "as_of_year": as_of.year,
        "as_of_year_first_day": day_number(date(as_of.year, 1, 1)),
        "as_of_year_last_day": day_number(date(as_of.year, 12, 31)),
    } | {f"has_{table}": True for table in tables}


def parameter_values(
    entry: Resolved, given: Mapping[str, int | bool], as_of: date
) -> dict[str, int | str | bool]:
    """All parameters with which a rule's query is run."""
    has = {f"has_{table}": bool(given.get(f"has_{table}", False)) for table in entry.rule.tables}
    always = {name: given[name] for name in GIVEN}
    return {**always, **has, **entry.query_values(as_of)}


def merge(rule: Rule, rows: Iterable[Row]) -> list[Found]:
    """One finding per identity, amounts added and the highest level kept; rows not evaluated are none.

    Raises QueryFailed for a row that is no finding of the rule.
    """
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        _check_row(rule, row)
        if row["level"] != NOT_EVALUATED:
            groups.setdefault(tuple(str(row[name]) for name in rule.identity), []).append(row)
    found = [_found(rule, sorted(group, key=_content)) for group in groups.values()]
    return sorted(found, key=lambda finding: finding.order)


def _found(rule: Rule, rows: list[Row]) -> Found:
    names = [name for name in rows[0] if name not in (*OWN_COLUMNS, *PASSAGE_COLUMNS)]
    terms = {term.column for term in rule.sum}
    details = {}
    for name in names:
        values = [_sorted(row[name]) for row in rows]
        details[name] = sum(_int(v) for v in values) if name in terms else one_or_all(values)
    day = rows[0].get("day")
    return Found(
        rule=rule,
        subject=str(rows[0]["subject"]),
        level=max((str(row["level"]) for row in rows), key=LEVELS.index),
        amount_fen=sum(_int(row["amount_fen"]) for row in rows),
        day=day if isinstance(day, int) else None,
        refs=tuple(dict.fromkeys(ref for row in rows for ref in row["evidence"] if ref)),  # type: ignore[union-attr,misc]
        details=details,
        passages=tuple(map(_passage, rows)) if rule.is_bounded else (),
    )


def _passage(row: Row) -> Passage:
    days, movements = (None if row.get(name) is None else _int(row[name]) for name in PASSAGE_COLUMNS[2:])
    begins, ends, refs = (_refs(row[name]) for name in (*PASSAGE_COLUMNS[:2], "evidence"))
    return Passage(begins, ends, refs, days, movements)


def _refs(value: Value) -> tuple[str, ...]:
    return tuple(sorted(str(ref) for ref in value if ref)) if isinstance(value, list) else ()


def _check_row(rule: Rule, row: Row) -> None:
    level, subject, amount = row["level"], row["subject"], row["amount_fen"]
    fits = level in rule.levels and isinstance(amount, int) and isinstance(row["evidence"], list)
    if fits and rule.sum and sum(term.sign * _int(row[term.column]) for term in rule.sum) != amount:
        raise QueryFailed(f"算式与金额不符 / the terms of `sum` do not add up to the amount of {subject!r}")
    if not isinstance(subject, str) or not (fits or level == NOT_EVALUATED):
        raise QueryFailed(
            f"查询返回的行不合要求 / the query returned a row that is no finding: level {level!r},"
            f" amount of type {type(amount).__name__}"
        )


def _int(value: Value) -> int:
    if not isinstance(value, int):
        raise QueryFailed(f"应为整数 / not a whole number: {type(value).__name__}")
    return value


def _sorted(value: Value) -> Value:
    return sorted(value, key=canonical) if isinstance(value, list) else value


def _content(row: Row) -> str:
    """What orders rows of one finding: all that they say, and only then where it stands in the files."""
    said = {name: value for name, value in row.items() if name not in ("evidence", *PASSAGE_COLUMNS)}
    return canonical([said, row["evidence"]])


def canonical(value: object) -> str:
    """A value as text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
