"""The case note of a finding as a structure: what adds up to its amount, and what was cut or left out."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracer.rules.load import basis_rows, both
from tracer.rules.spec import FROM_THE_DOCUMENTS, Rule

LIMITS = ("window", "hops")
"""Parameters that bound how far a rule follows money or groups rows: what lies beyond is not looked at."""


def sums_of(
    finding: Mapping[str, Any], rule: Rule, ends: Sequence[tuple[str, int]] = ()
) -> list[dict[str, Any]]:
    """The terms that add up to the amount with what was exempted; empty where the rows alone do not say it.

    In this order: the terms of the rule, the money at the end of the way (`ends`: name and fen), the row of
    the subject itself, all rows of one table.
    """
    details, total = finding["details"], finding["amount_fen"] + finding.get("exempt_fen", 0)
    if rule.sum:
        return [
            {"name": both(term.name), "id": None, "fen": term.sign * details[term.column]}
            for term in rule.sum
        ]
    choices: list[list[tuple[str, int]]] = [list(ends)]
    rows = [row for row in finding["evidence"] if row["amount_fen"] is not None]
    choices += [[(row["id"], row["amount_fen"])] for row in rows if row["id"] == finding["subject"]]
    for table in dict.fromkeys(row["table"] for row in rows):
        choices.append(
            [(row["id"] or row["ref"], row["amount_fen"]) for row in rows if row["table"] == table]
        )
    for terms in choices:
        if terms and sum(fen for _, fen in terms) == total:
            return [{"name": None, "id": name, "fen": fen} for name, fen in terms]
    return []


def cut_of(finding: Mapping[str, Any], rule: Rule, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rule did not look at or left out, each with its `kind` and figures."""
    told = _told_once(result, rule.id)
    cut: list[dict[str, Any]] = [
        {
            "kind": "limit",
            "name": name,
            "value": finding["parameters"][name],
            "unit": rule.parameter[name].unit,
        }
        for name in LIMITS
        if finding["parameters"].get(name) is not None and name in rule.parameter
    ]
    if finding.get("exempt_fen") or finding.get("exemptions"):
        rows = [entry["ref"] for entry in finding.get("exemptions", ())]
        cut.append({"kind": "exempted", "fen": finding.get("exempt_fen", 0), "rows": rows})
    suppressed = sum(row["rule_id"] == rule.id for row in result.get("suppressed", ()))
    if suppressed:
        cut.append({"kind": "suppressed", "count": suppressed})
    left_out = result.get("not_evaluated", {}).get(rule.id)
    if left_out:
        cut.append({"kind": "not_evaluated", "count": left_out})
    if finding.get("calendar_gaps"):
        cut.append({"kind": "calendar", "years": list(finding["calendar_gaps"])})
    if told.get("not_ingested"):
        cut.append({"kind": "not_ingested", "tables": told["not_ingested"]})
    return cut


def parameter_rows(finding: Mapping[str, Any], rule: Rule) -> list[dict[str, Any]]:
    """The parameters with which a finding was found, with unit and where the number comes from."""
    set_here = set_by_user(finding, rule)
    return [
        {
            "name": name,
            "value": value,
            "unit": rule.parameter[name].unit,
            "origin": "set" if name in set_here else rule.parameter[name].origin,
            "from_documents": name not in set_here and rule.parameter[name].origin in FROM_THE_DOCUMENTS,
        }
        for name, value in finding["parameters"].items()
        if name in rule.parameter
    ]


def set_by_user(finding: Mapping[str, Any], rule: Rule) -> list[str]:
    """The parameters that a user had set; of a finding that does not say, those that are not the default."""
    given = finding.get("set")
    if given is not None:
        return list(given)
    return [
        name
        for name, value in finding["parameters"].items()
        if name in rule.parameter and str(value) != str(rule.parameter[name].default)
    ]


def note_of(
    finding: Mapping[str, Any],
    rule: Rule,
    result: Mapping[str, Any],
    sums: Sequence[Mapping[str, Any]],
    way: Mapping[str, Any],
    commands: Mapping[str, str],
) -> dict[str, Any]:
    """The whole note, unmasked: the finding, what it stands on, what it may be, and how to have it again."""
    return {
        "as_of": result["as_of"],
        "ledger_version": result["ledger_version"],
        "method": result["method"],
        "finding": dict(finding),
        "rule": {
            "rule_id": rule.id,
            "version": finding["rule_version"],
            "name": both(rule.name),
            "description": both(rule.description),
            "amount": both(rule.amount),
        },
        "sums": list(sums),
        "path": dict(way),
        "rows": list(finding["evidence"]),
        "parameters": parameter_rows(finding, rule),
        "cut": cut_of(finding, rule, result),
        "innocent": [both(text) for text in rule.innocent],
        "basis": basis_rows(rule),
        "handler": {"office": rule.office, "joint": rule.joint},
        "words": words_tried(finding, result),
        "commands": dict(commands),
    }


def words_tried(finding: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Of the prohibited uses: what was looked for in the groups that were hit, and the exceptions tried."""
    groups = finding["details"].get("groups")
    words = _told_once(result, finding["rule_id"]).get("words")
    if not words or not groups:
        return {}
    return {name: words[name] for name in ("general", *groups) if name in words}


def _told_once(result: Mapping[str, Any], rule_id: str) -> Mapping[str, Any]:
    """What a scan says once for all findings of a rule."""
    entries: list[Mapping[str, Any]] = [entry for entry in result["rules"] if entry["rule_id"] == rule_id]
    return entries[0] if entries else {}
