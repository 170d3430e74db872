"""Years that deadlines in working days cross although the ledger's calendar has no row of them.

Such a year counts as Monday to Friday throughout (rules-exact.md section 0), so that a deadline may fall
too early or too late; it is named wherever that may be. What a rule counts working days from is read from
its query: each property `*workday` of the graph that it uses.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tracer.calendar import WorkingDays, date_of, day_number
from tracer.graph.base import Store
from tracer.graph.model import EDGES, NODES
from tracer.rules.parameters import Resolved
from tracer.rules.spec import Rule

UNIT = "working_days"
_STARTS = re.compile(r"\b\w+\.(\w*workday)\b")
_LABELS = re.compile(r":(\w+)")
_TAKEN_OFF = re.compile(r"-\s*\$(\w+)")
"""Parameters that lead back from a deadline, such as the days of a bell before it."""


def years_with_rows(days: Iterable[date]) -> frozenset[int]:
    """The years of which a calendar has rows, given its days.

    The last days of December belong to New Year's Day, so that the notice of the next year brings them: by
    themselves they are no calendar of their year.
    """
    return frozenset(day.year for day in days if (day.month, day.day) < (12, 28))


def start_queries(rule: Rule) -> dict[str, str]:
    """For each property that a rule counts working days from, the query for its different values."""
    names = set(_STARTS.findall(rule.query))
    labels = set(_LABELS.findall(rule.query))
    queries = {}
    for node in NODES:
        for name in names.intersection(node.properties) if node.label in labels else ():
            queries[name] = _distinct(f"(n:{node.label})", name)
    for edge in EDGES:
        for name in names.intersection(edge.properties) if edge.type in labels else ():
            start, end = edge.ends[0]
            queries[name] = _distinct(f"(:{start})-[n:{edge.type}]->(:{end})", name)
    return queries


def _distinct(pattern: str, name: str) -> str:
    return f"MATCH {pattern} WHERE n.{name} IS NOT NULL RETURN DISTINCT n.{name} AS begins"


def crossed_years(
    store: Store, variants: Sequence[Resolved], working: WorkingDays, seconds: float
) -> set[int]:
    """The years that a rule's deadlines cross on a graph, with any of the values that it has somewhere."""
    rule = variants[0].rule
    spans = {span for entry in variants if (span := span_of(rule, entry.values))}
    if not spans:
        return set()
    starts = {
        int(str(row["begins"]))
        for query in start_queries(rule).values()
        for row in store.run(query, {}, seconds)
    }
    return {year for start in starts for span in spans for year in _years(working, start, span)}


def span_of(rule: Rule, values: Mapping[str, Any]) -> tuple[int, int] | None:
    """From which to which working day after its start a rule's deadlines and bells lie; None without any."""
    counts = {
        p.name: int(values[p.name])
        for p in rule.parameters
        if p.unit == UNIT and values.get(p.name) is not None
    }
    back = set(_TAKEN_OFF.findall(rule.query))
    ahead = [count for name, count in counts.items() if name not in back]
    if not ahead:
        return None
    lead = max((count for name, count in counts.items() if name in back), default=0)
    return min(1, min(ahead) - lead), max(ahead)


def _years(working: WorkingDays, start: int, span: tuple[int, int]) -> range:
    first, last = (date_of(working.day_of(start + n)).year for n in span)
    return range(min(first, last), last + 1)


def gap_rows(gaps: Mapping[str, Iterable[int]]) -> list[dict[str, Any]]:
    """Years without rows by rule, turned round: `year` and the `rules` whose deadlines cross it, in order."""
    years = sorted({year for found in gaps.values() for year in found})
    return [{"year": year, "rules": [rule for rule in gaps if year in gaps[rule]]} for year in years]


def finding_years(finding: Mapping[str, Any], rule: Rule, working: WorkingDays) -> set[int] | None:
    """The years that the deadline of one finding crosses; None where its row does not say from which day."""
    span = span_of(rule, finding["parameters"])
    days: list[str] = []
    for name in start_queries(rule):
        value = finding["details"].get(f"{name.removesuffix('workday')}on")
        days += value if isinstance(value, list) else [value] if value else []
    if not span or not days:
        return None
    starts = [working.ordinal(day_number(date.fromisoformat(day))) for day in days]
    return {year for start in starts for year in _years(working, start, span)}
