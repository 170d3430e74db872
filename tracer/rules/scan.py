"""Evaluate rules on a ledger as of a day: what was found, and what could not be looked at."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from tracer.calendar import WorkingDays, day_number
from tracer.flow.store import check_method
from tracer.graph.base import QueryFailed, QueryTimeout, Store, StoreExhausted
from tracer.graph.build import open_graph
from tracer.graph.uses_file import load_uses, uses_digest
from tracer.ledger import Ledger
from tracer.registers.store import Registers
from tracer.rules.certain import Certain
from tracer.rules.evaluate import (
    RULE_SECONDS,
    Outcome,
    canonical,
    evaluate_everywhere,
    given_values,
    parameter_values,
)
from tracer.rules.evidence import Rows, finding_row
from tracer.rules.exemptions import apply_exemptions, problems_of, read_exemptions, unite
from tracer.rules.kept import Kept, Values, read_kept, resolve_at
from tracer.rules.load import basis_rows, both, choose_rules
from tracer.rules.note import LIMITS
from tracer.rules.packs import Rules, load_packs
from tracer.rules.parameters import Resolved, Settings, read_settings
from tracer.rules.place import NOWHERE, fund_key, places_of
from tracer.rules.spec import Rule
from tracer.rules.workdays import crossed_years, finding_years, gap_rows, years_with_rows


@dataclass(frozen=True)
class _Scan:
    """One scan: a ledger at a version and day, the rules of a pack, and the values that hold where."""

    ledger: Ledger
    version: int
    as_of: date
    method: str
    pack: int
    known: Rules
    chosen: Sequence[Rule]
    kept: Sequence[Kept]
    given: Settings
    tables: Mapping[str, int]
    working: WorkingDays
    listed_years: frozenset[int]
    """Years of which the ledger's calendar has rows."""
    registers: Registers

    def missing(self, rule: Rule) -> list[str]:
        """Tables, and classes of registers of other offices, that a rule needs and that have no rows."""
        return [*rule.missing(self.tables), *self.registers.missing(rule.id, self.as_of)]

    def resolved(self, rule: Rule) -> Resolved:
        """The values of a rule for subjects without a place."""
        return resolve_at(rule, self.kept, self.given, *NOWHERE)


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
    tables: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Findings of the rules (default: all in force) on the newest ledger, as contract section 3 gives them.

    The rules are those of the pack of the as-of day's budget year, or of `pack`; `ID@VERSION` among `rules`
    is that version of a rule.
    `parameters` is a file and `settings` are texts `RULE.param=value`; `graph` is a Bolt URI instead of the
    embedded graph. Beside the contract's keys: `pack` (its budget year, also in each finding), `method`,
    `rules` (version, sha256, parameters, innocent explanations, basis and whatever else is the same for all
    findings of a rule), `retired` (rules that the pack has ended), `suppressed`, `not_evaluated` (number of
    single subjects by rule), `problems`, `digest`,
    `least_fen` and `most_fen` of a finding of diversion (and `tight` false, where these may not be attained),
    `calendar_gaps` (years without calendar rows that deadlines cross, and the rules; of a finding its years),
    `summary` (numbers of rules), `words_sha256` (of the words that the home keeps for ZC05, else null).
    `left_out` takes the subjects that were not evaluated themselves, by rule; `tables` says how many rows
    each table has, where the home holds a part of a larger ledger.
    Raises UsageError for unknown rules, packs, parameters or methods, StoreUnavailable without a graph.
    """
    packs = load_packs(home)
    year = packs.year_for(as_of.year) if pack is None else packs.check_year(pack)
    named = None if rules is None else list(rules)
    known = packs.rules(year, named or ())
    chosen = choose_rules(known, named)
    given = read_settings(known, parameters, settings)
    check_method(method)
    ledger = Ledger(home)
    version = ledger.version
    tables = ledger.tables(version) if tables is None else tables
    kept = [replace(entry, fund=fund_key(entry.fund)) for entry in read_kept(home, known, year)]
    calendar = _calendar(ledger, version, tables)
    registers = Registers(home)
    run = _Scan(
        ledger, version, as_of, method, year, known, chosen, kept, given, tables, *calendar, registers
    )
    outcomes = _outcomes(run, graph, progress, seconds)
    if left_out is not None:
        left_out |= {name: list(one.not_evaluated) for name, one in outcomes.items() if one.not_evaluated}
    result = _result(run, outcomes)
    return result | {"summary": summary_of(result)}


def _outcomes(
    run: _Scan, graph: str | None, progress: Callable[[str], None], seconds: float
) -> dict[str, Outcome]:
    """What became of each rule, by id; no graph is opened where no rule has its tables."""
    outcomes = {rule.id: Outcome(missing=missing) for rule in run.chosen if (missing := run.missing(rule))}
    ready = [rule for rule in run.chosen if rule.id not in outcomes]
    if ready:
        with open_graph(run.ledger.home, run.version, run.method, run.as_of, graph) as store:
            for rule in ready:
                progress(rule.id)
                outcomes[rule.id] = _outcome(run, store, rule, seconds)
    return outcomes


def _outcome(run: _Scan, store: Store, rule: Rule, seconds: float) -> Outcome:
    values = Values(rule, run.kept, run.given)
    places = partial(places_of, run.ledger, run.version, run.as_of, rule.subject)
    given = given_values(run.working, run.as_of, run.tables)
    outcome = evaluate_everywhere(store, values, places, given, run.as_of, seconds)
    if not outcome.is_evaluable:
        return outcome
    try:
        years = crossed_years(store, values.variants(), run.working, seconds) - run.listed_years
    except (QueryTimeout, StoreExhausted, QueryFailed) as error:
        return Outcome(failure=f"{rule.file}: {error}")
    return replace(outcome, gap_years=frozenset(years))


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


def query_values(ledger: Ledger, version: int, entry: Resolved, as_of: date) -> dict[str, int | str | bool]:
    """All parameters with which a rule's query is run on a graph of this ledger version and day."""
    tables = ledger.tables(version)
    working, _ = _calendar(ledger, version, tables)
    return parameter_values(entry, given_values(working, as_of, tables), as_of)


def _calendar(ledger: Ledger, version: int, tables: Mapping[str, int]) -> tuple[WorkingDays, frozenset[int]]:
    """The working days of a ledger, and the years of which its calendar has rows."""
    rows = ledger.read("calendar", ["day", "kind"], version).to_pylist() if tables.get("calendar") else []
    working = WorkingDays([(day_number(row["day"]), row["kind"]) for row in rows])
    return working, years_with_rows(row["day"] for row in rows)


def _result(run: _Scan, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """All that a scan says, but its summary."""
    found = [one for rule in run.chosen for one in outcomes[rule.id].found]
    exemptions = read_exemptions(run.ledger, run.version, run.as_of) if run.tables.get("exemptions") else []
    standing, suppressed = apply_exemptions(found, exemptions, run.as_of)
    standing = unite(standing)
    rows = Rows(run.ledger, run.version, [*standing, *suppressed])
    resolved = [run.resolved(rule) for rule in run.chosen]
    by_id = {entry.rule.id: entry for entry in resolved}
    certain = Certain(run.ledger.home, run.version, run.method, run.as_of)
    findings = [
        finding_row(f, by_id[f.rule.id], rows) | certain.of(f) | {"pack": run.pack}
        for f in sorted(standing, key=lambda f: f.order)
    ]
    for finding in findings:
        if years := _gap_years(run, finding, outcomes[finding["rule_id"]].gap_years):
            finding["calendar_gaps"] = sorted(years)
    hidden = [
        finding_row(f, by_id[f.rule.id], rows)
        | certain.of(f)
        | {"exemptions": [e.as_row() for e in f.exemptions], "pack": run.pack}
        for f in sorted(suppressed, key=lambda f: f.order)
    ]
    return {
        "as_of": run.as_of.isoformat(),
        "ledger_version": run.version,
        "method": run.method,
        "findings": findings,
        "not_evaluable": _not_evaluable(outcomes),
        "not_evaluated": {
            rule.id: len(left_out) for rule in run.chosen if (left_out := outcomes[rule.id].not_evaluated)
        },
        "suppressed": hidden,
        "problems": problems_of(exemptions, run.known),
        "rules": [_rule_entry(run, entry) for entry in resolved],
        "words_sha256": uses_digest(run.ledger.home) or None,
        "digest": _digest(run.as_of, run.version, run.method, findings),
        "pack": run.pack,
        "retired": [rule.id for rule in run.known.values() if rule.status == "retired"],
        "calendar_gaps": gap_rows({rule.id: outcomes[rule.id].gap_years for rule in run.chosen}),
    }


def _not_evaluable(outcomes: Mapping[str, Outcome]) -> list[dict[str, Any]]:
    """The rules that could not be evaluated, by id, with the tables that lack or the reason."""
    return [
        {"rule_id": rule_id, "missing": list(one.missing)} | ({"reason": one.failure} if one.failure else {})
        for rule_id, one in sorted(outcomes.items())
        if not one.is_evaluable
    ]


def _gap_years(run: _Scan, finding: Mapping[str, Any], years: frozenset[int]) -> Iterable[int]:
    """The years without calendar rows that the deadline of a finding crosses, of those of its rule."""
    own = finding_years(finding, run.known[finding["rule_id"]], run.working) if years else None
    return years if own is None else own - run.listed_years


def _rule_entry(run: _Scan, entry: Resolved) -> dict[str, Any]:
    """What is the same for all findings of a rule, once."""
    rule, home = entry.rule, run.ledger.home
    registers = run.registers.versions(rule.id, run.as_of)
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
        "not_ingested": [table for table in rule.optional if not run.tables.get(table)],
    }
    row |= {"registers": registers} if registers else {}
    return row | ({"words": load_uses(home).tried()} if ":ProhibitedUse" in rule.query else {})


def _digest(as_of: date, version: int, method: str, findings: Iterable[Mapping[str, Any]]) -> str:
    """Digest of what was found; file names and wording are no part of it."""
    names = ("rule_id", "rule_version", "level", "subject", "amount_fen", "parameters")
    lines = [
        {name: finding[name] for name in names}
        | {"evidence": [entry["ref"] for entry in finding["evidence"]]}
        for finding in findings
    ]
    return hashlib.sha256(canonical([as_of.isoformat(), version, method, lines]).encode()).hexdigest()
