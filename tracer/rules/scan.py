"""Evaluate rules on a ledger as of a day: what was found, and what could not be looked at."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from tracer.calendar import WorkingDays, day_number
from tracer.flow.store import check_method
from tracer.graph.base import QueryFailed, QueryTimeout, Row, Store, StoreExhausted, Value
from tracer.graph.build import open_graph
from tracer.graph.uses_file import load_uses, uses_digest
from tracer.ledger import Ledger
from tracer.rules.evidence import Rows, finding_row
from tracer.rules.exemptions import (
    Exemption,
    Found,
    apply_exemptions,
    one_or_all,
    problems_of,
    read_exemptions,
    unite,
)
from tracer.rules.kept import Values, read_kept, resolve_at
from tracer.rules.load import basis_rows, both, choose_rules
from tracer.rules.note import LIMITS
from tracer.rules.packs import load_packs
from tracer.rules.parameters import Resolved, read_settings
from tracer.rules.place import NOWHERE, Place, fund_key, places_of
from tracer.rules.series import series_rows
from tracer.rules.spec import GIVEN, LEVELS, NOT_EVALUABLE, NOT_EVALUATED, OWN_COLUMNS, Rule
from tracer.rules.workdays import crossed_years, finding_years, gap_rows, years_with_rows

RULE_SECONDS = 300.0
"""How long one rule may take before it is reported as not evaluated."""


def scan(
    home: Path,
    as_of: date,
    rules: Iterable[str] | None = None,
    method: str = "linked",
    parameters: Path | None = None,
    settings: Sequence[str] = (),
    graph: str | None = None,
    progress: Callable[[str], None] = lambda rule_id: None,
    seconds: float = RULE_SECONDS,
    left_out: dict[str, list[str]] | None = None,
    pack: int | None = None,
) -> dict[str, Any]:
    """Findings of the rules (default: all in force) on the newest ledger, as contract section 3 gives them.

    The rules are those of the pack of the as-of day's budget year, or of `pack`; `ID@VERSION` among `rules`
    is that version of a rule.
    `parameters` is a file and `settings` are texts `RULE.param=value`; `graph` is a Bolt URI instead of the
    embedded graph. Beside the contract's keys: `pack` (its budget year, also in each finding), `method`,
    `rules` (version, sha256, parameters, innocent explanations, basis and whatever else is the same for all
    findings of a rule), `retired` (rules that the pack has ended), `suppressed`, `not_evaluated` (number of
    single subjects by rule), `problems`, `digest`,
    `calendar_gaps` (years without calendar rows that deadlines cross, and the rules; of a finding its years),
    `summary` (numbers of rules), `words_sha256` (of the words that the home keeps for ZC05, else null).
    `left_out` takes the subjects that were not evaluated themselves, by rule.
    Raises UsageError for unknown rules, packs, parameters or methods, StoreUnavailable without a graph.
    """
    packs = load_packs(home)
    year = packs.year_for(as_of.year) if pack is None else packs.check_year(pack)
    named = None if rules is None else list(rules)
    known = packs.rules(year, named or ())
    chosen = choose_rules(known, named)
    wanted = read_settings(known, parameters, settings)
    check_method(method)
    ledger = Ledger(home)
    version = ledger.version
    tables = ledger.tables(version)
    kept = [replace(entry, fund=fund_key(entry.fund)) for entry in read_kept(home, known, year)]
    resolved = [resolve_at(rule, kept, wanted, *NOWHERE) for rule in chosen]
    ready = [entry for entry in resolved if not entry.rule.missing(tables)]
    not_evaluable = [
        {"rule_id": rule.id, "missing": missing} for rule in chosen if (missing := rule.missing(tables))
    ]
    found: list[Found] = []
    gaps: dict[str, set[int]] = {}
    working, listed_years = _calendar(ledger, version, tables)
    skipped = left_out if left_out is not None else {}
    if ready:
        given = given_values(working, as_of, tables)
        with open_graph(home, version, method, as_of, graph) as store:
            for entry in ready:
                progress(entry.rule.id)
                values = Values(entry.rule, kept, wanted)
                places = partial(places_of, ledger, version, as_of, entry.rule.subject)
                outcome = evaluate_everywhere(store, values, places, given, as_of, seconds)
                if isinstance(outcome, str):
                    not_evaluable.append({"rule_id": entry.rule.id, "missing": [], "reason": outcome})
                    continue
                if isinstance(outcome, list):
                    not_evaluable.append({"rule_id": entry.rule.id, "missing": outcome})
                    continue
                try:
                    years = crossed_years(store, values.variants(), working, seconds) - listed_years
                except (QueryTimeout, StoreExhausted, QueryFailed) as error:
                    reason = f"{entry.rule.file}: {error}"
                    not_evaluable.append({"rule_id": entry.rule.id, "missing": [], "reason": reason})
                    continue
                found += outcome[0]
                if years:
                    gaps[entry.rule.id] = years
                if outcome[1]:
                    skipped[entry.rule.id] = outcome[1]
    exemptions = read_exemptions(ledger, version, as_of) if tables.get("exemptions") else []
    result = _result(ledger, version, tables, as_of, method, resolved, found, exemptions) | {
        "pack": year,
        "retired": [rule.id for rule in known.values() if rule.status == "retired"],
        "not_evaluable": sorted(not_evaluable, key=lambda entry: str(entry["rule_id"])),
        "not_evaluated": {rule_id: len(subjects) for rule_id, subjects in skipped.items()},
    }
    for finding in result["findings"]:
        years = gaps.get(finding["rule_id"], set())
        own = finding_years(finding, known[finding["rule_id"]], working) if years else None
        if crossed := years if own is None else own - listed_years:
            finding["calendar_gaps"] = sorted(crossed)
    for finding in (*result["findings"], *result["suppressed"]):
        finding["pack"] = year
    return result | {"calendar_gaps": gap_rows(gaps), "summary": summary_of(result)}


def summary_of(result: Mapping[str, Any]) -> dict[str, int]:
    """How many rules were evaluated, and of these hit, hit with all findings exempted, and clean."""
    rules = {entry["rule_id"] for entry in result["rules"]}
    not_evaluable = {entry["rule_id"] for entry in result["not_evaluable"]}
    hit = {finding["rule_id"] for finding in result["findings"]}
    exempted = {finding["rule_id"] for finding in result["suppressed"]} - hit
    evaluated = len(rules - not_evaluable)
    return {
        "rules": len(rules),
        "evaluated": evaluated,
        "not_evaluable": len(not_evaluable),
        "hit": len(hit),
        "exempted": len(exempted),
        "clean": evaluated - len(hit) - len(exempted),
    }


def evaluate(
    store: Store, entry: Resolved, given: Mapping[str, int | bool], as_of: date, seconds: float = RULE_SECONDS
) -> tuple[list[Found], list[str]] | list[str] | str:
    """The findings of one rule and the subjects not evaluated.

    Instead of them the tables that lack what the whole rule needs, or why it failed.
    """
    rule = entry.rule
    try:
        values = _values(entry, given, as_of)
        rows = store.run(rule.query, values, seconds)
        lacking = next((row["evidence"] for row in rows if row["level"] == NOT_EVALUABLE), None)
        if isinstance(lacking, list):
            return [str(table) for table in lacking]
        if rule.series:
            rows = series_rows(rule.series, rows, values)
        found, _ = merge(rule, rows)
        return found, sorted({str(row["subject"]) for row in rows if row["level"] == NOT_EVALUATED})
    except (QueryTimeout, StoreExhausted, QueryFailed) as error:
        return f"{rule.file}: {error}"


def evaluate_everywhere(
    store: Store,
    values: Values,
    places: Callable[[Iterable[str]], Mapping[str, Place]],
    given: Mapping[str, int | bool],
    as_of: date,
    seconds: float = RULE_SECONDS,
) -> tuple[list[Found], list[str]] | list[str] | str:
    """As `evaluate`, each subject with the values that hold for its fund and region.

    The query is run once for each set of values; `places` tells where subjects are.
    """
    variants = values.variants()
    outcomes = [evaluate(store, entry, given, as_of, seconds) for entry in variants]
    failures = [outcome for outcome in outcomes if not isinstance(outcome, tuple)]
    if failures or len(variants) == 1:
        return failures[0] if failures else outcomes[0]
    parts = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
    at = places({name for found, out in parts for name in (*(f.subject for f in found), *out)})
    standing: list[Found] = []
    left_out: set[str] = set()
    for entry, (found, out) in zip(variants, parts, strict=True):
        here = {name for name in (*(f.subject for f in found), *out) if values.at(at.get(name)) == entry}
        standing += [replace(f, resolved=entry) for f in found if f.subject in here]
        left_out |= here.intersection(out)
    return standing, sorted(left_out)


def query_values(ledger: Ledger, version: int, entry: Resolved, as_of: date) -> dict[str, int | str | bool]:
    """All parameters with which a rule's query is run on a graph of this ledger version and day."""
    tables = ledger.tables(version)
    working, _ = _calendar(ledger, version, tables)
    return _values(entry, given_values(working, as_of, tables), as_of)


def _values(entry: Resolved, given: Mapping[str, int | bool], as_of: date) -> dict[str, int | str | bool]:
    has = {f"has_{table}": bool(given.get(f"has_{table}", False)) for table in entry.rule.tables}
    always = {name: given[name] for name in GIVEN}
    return {**always, **has, **entry.query_values(as_of)}


def merge(rule: Rule, rows: Iterable[Row]) -> tuple[list[Found], int]:
    """One finding per identity, amounts added and the highest level kept; and how many subjects are out."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    left_out = set()
    for row in rows:
        _check_row(rule, row)
        if row["level"] == NOT_EVALUATED:
            left_out.add(str(row["subject"]))
        else:
            groups.setdefault(tuple(str(row[name]) for name in rule.identity), []).append(row)
    found = [_found(rule, sorted(group, key=_content)) for group in groups.values()]
    return sorted(found, key=lambda finding: finding.order), len(left_out)


def _found(rule: Rule, rows: list[Row]) -> Found:
    names = [name for name in rows[0] if name not in OWN_COLUMNS]
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
    )


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
    return sorted(value, key=_canonical) if isinstance(value, list) else value


def _content(row: Row) -> str:
    """What orders rows of one finding: all that they say, and only then where it stands in the files."""
    return _canonical([{name: value for name, value in row.items() if name != "evidence"}, row["evidence"]])


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _calendar(ledger: Ledger, version: int, tables: Mapping[str, int]) -> tuple[WorkingDays, frozenset[int]]:
    """The working days of a ledger, and the years of which its calendar has rows."""
    rows = ledger.read("calendar", ["day", "kind"], version).to_pylist() if tables.get("calendar") else []
    working = WorkingDays([(day_number(row["day"]), row["kind"]) for row in rows])
    return working, years_with_rows(row["day"] for row in rows)


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


def _result(
    ledger: Ledger,
    version: int,
    tables: Mapping[str, int],
    as_of: date,
    method: str,
    resolved: Sequence[Resolved],
    found: Iterable[Found],
    exemptions: Sequence[Exemption],
) -> dict[str, Any]:
    by_id = {entry.rule.id: entry for entry in resolved}
    standing, suppressed = apply_exemptions(found, exemptions, as_of)
    standing = unite(standing)
    rows = Rows(ledger, version, [*standing, *suppressed])
    findings = [finding_row(f, by_id[f.rule.id], rows) for f in sorted(standing, key=lambda f: f.order)]
    hidden = [
        finding_row(f, by_id[f.rule.id], rows) | {"exemptions": [e.as_row() for e in f.exemptions]}
        for f in sorted(suppressed, key=lambda f: f.order)
    ]
    return {
        "as_of": as_of.isoformat(),
        "ledger_version": version,
        "method": method,
        "findings": findings,
        "not_evaluable": [],
        "not_evaluated": {},
        "suppressed": hidden,
        "problems": problems_of(exemptions, {rule_id: entry.rule for rule_id, entry in by_id.items()}),
        "rules": [_rule_entry(entry, ledger.home, tables) for entry in resolved],
        "words_sha256": uses_digest(ledger.home) or None,
        "digest": _digest(as_of, version, method, findings),
    }


def _rule_entry(entry: Resolved, home: Path, tables: Mapping[str, int]) -> dict[str, Any]:
    """What is the same for all findings of a rule, once."""
    rule = entry.rule
    row = {
        "rule_id": rule.id,
        "rule_version": rule.version,
        "sha256": rule.sha256,
        "parameters": entry.echoed(),
        "origins": {p.name: "set" if p.name in entry.set_by_user else p.origin for p in rule.parameters},
        "innocent": [both(text) for text in rule.innocent],
        "basis": basis_rows(rule),
        "handler": {"office": rule.office, "joint": rule.joint},
        "sum": [{"column": t.column, "sign": t.sign, "name": both(t.name)} for t in rule.sum],
        "limits": [name for name in LIMITS if name in rule.parameter],
        "not_ingested": [table for table in rule.optional if not tables.get(table)],
    }
    return row | ({"words": load_uses(home).tried()} if ":ProhibitedUse" in rule.query else {})


def _digest(as_of: date, version: int, method: str, findings: Iterable[Mapping[str, Any]]) -> str:
    """Digest of what was found; file names and wording are no part of it."""
    names = ("rule_id", "rule_version", "level", "subject", "amount_fen", "parameters")
    lines = [
        {name: finding[name] for name in names}
        | {"evidence": [entry["ref"] for entry in finding["evidence"]]}
        for finding in findings
    ]
    return hashlib.sha256(_canonical([as_of.isoformat(), version, method, lines]).encode()).hexdigest()
