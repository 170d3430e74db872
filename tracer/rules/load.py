"""The rules in force: check them, choose among them, and tell people what is in them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tracer.errors import UsageError
from tracer.graph.lint import lint_folder
from tracer.rules.packs import Rules, load_packs
from tracer.rules.quotations import quoted
from tracer.rules.spec import FROM_THE_DOCUMENTS, Diversion, Parameter, Rule, RuleFileError, Text
from tracer.settings import queries_folder


def load_rules(folder: Path | None = None) -> Rules:
    """The newest pack of a queries folder, by default the one that ships; raises as `load_packs`."""
    return load_packs(folder=folder).newest


def check_queries(folder: Path | None = None, which: str = "**/*.cypher") -> None:
    """Hold the files of a queries folder, by default not only rules, to what both engines read alike.

    Raises RuleFileError that names file, line and repair of each problem. Source: `queries/README.md`.
    """
    problems = lint_folder(folder or queries_folder(), which)
    if problems:
        raise RuleFileError(
            "查询在两种图库上不能得出同样的结果 / these queries do not answer alike on both engines:\n"
            + "\n".join(problems)
        )


def choose_rules(rules: Rules, wanted: Iterable[str] | None) -> list[Rule]:
    """The rules to evaluate: those named (`ID` or `ID@VERSION`), or all in force.

    Raises UsageError for an unknown id.
    """
    if wanted is None:
        return [rule for rule in rules.values() if rule.status == "in_force"]
    wanted = list(dict.fromkeys(name.partition("@")[0].strip().upper() for name in wanted))
    unknown = [name for name in wanted if name not in rules]
    if unknown:
        raise UsageError(
            f"没有规则 {'、'.join(unknown)}；全部规则见 fundtrail rules list"
            f" / there is no rule {', '.join(unknown)}; `fundtrail rules list` names all"
        )
    return [rules[name] for name in wanted]


def rule_row(rule: Rule) -> dict[str, Any]:
    """One line about a rule, as `rules list` prints it."""
    return {
        "rule_id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "category": rule.category,
        "name_zh": rule.name.zh,
        "name_en": rule.name.en,
        "opens": rule.opens,
        "at_expiry": rule.at_expiry,
        "subject": rule.subject,
    }


def rule_page(rule: Rule) -> dict[str, Any]:
    """All about a rule, as `rules show --format json` prints it."""
    return {
        **rule_row(rule),
        "also": list(rule.also),
        "budget_year": rule.budget_year,
        "description": both(rule.description),
        "amount": both(rule.amount),
        "innocent": [both(entry) for entry in rule.innocent],
        "basis": basis_rows(rule),
        "scope": {"levels": list(rule.scope_levels), "funds": list(rule.scope_funds)},
        "handler": {"office": rule.office, "joint": rule.joint},
        "needs": ["|".join(choice) for choice in rule.needs],
        "optional": list(rule.optional),
        "parameters": [_parameter_row(parameter) for parameter in rule.parameters],
        "columns": {name: both(column.name) for name, column in rule.columns.items()},
        "exempt_amount": rule.exempt_amount,
        "diversion": _diversion_row(rule.diversion),
        "file": rule.file,
        "sha256": rule.sha256,
        "query": rule.query,
    }


def basis_rows(rule: Rule) -> list[dict[str, Any]]:
    """The basis of a rule with the words of the documents; laws are not quoted."""
    return [
        {"text": b.text, "article": b.article, "file": b.file, "words": quoted(rule, b)} for b in rule.basis
    ]


def both(text: Text) -> dict[str, str]:
    """A text in both languages as JSON tells it."""
    return {"zh": text.zh, "en": text.en}


def _diversion_row(diversion: Diversion | None) -> dict[str, Any] | None:
    if diversion is None:
        return None
    return {"is_bounded": diversion.is_bounded, "about": both(diversion.about)}


def _parameter_row(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "unit": parameter.unit,
        "default": parameter.default,
        "min": parameter.min,
        "max": parameter.max,
        "origin": parameter.origin,
        "from_documents": parameter.origin in FROM_THE_DOCUMENTS,
        "follows": parameter.follows,
    }
