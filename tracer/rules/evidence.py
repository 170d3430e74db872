"""The working of a finding: the rows that it stands on, where they came from, and the finding in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import date_of
from tracer.ledger import Ledger, Source
from tracer.mask import mask_account, mask_id, mask_text
from tracer.messages import Language, bracketed, office, say
from tracer.money import format_yuan
from tracer.rules.exemptions import Found
from tracer.rules.parameters import Resolved
from tracer.rules.spec import Column, Rule
from tracer.schema import DAY_COLUMNS, IDENTIFIERS, TABLES
from tracer.text import brief

ROWS_SHOWN = 20
"""Rows of evidence that a text shows; it says how many more there are."""

_ORDER = {table: n for n, table in enumerate(TABLES)}


class Rows:
    """The ledger rows behind some findings, read once for all of them."""

    def __init__(self, ledger: Ledger, version: int, found: Iterable[Found]) -> None:
        seqs: dict[str, set[int]] = {}
        for finding in found:
            for ref in finding.refs:
                table, _, seq = ref.partition("#")
                seqs.setdefault(table, set()).add(int(seq))
        self._rows: dict[str, dict[str, Any]] = {}
        for table, wanted in seqs.items():
            self._rows |= _read(ledger, version, table, sorted(wanted))

    def evidence(self, refs: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a finding in order of day, then table and row; rows without a day first."""
        return sorted(
            (self._rows[ref] for ref in refs),
            key=lambda row: (row["day"] or "", _ORDER[row["table"]], int(row["ref"].partition("#")[2])),
        )


def _read(ledger: Ledger, version: int, table: str, seqs: list[int]) -> dict[str, dict[str, Any]]:
    names = TABLES[table].arrow.names
    identifier, day = IDENTIFIERS.get(table), DAY_COLUMNS.get(table)
    amount = next((name for name in ("amount_fen", "approved_amount_fen") if name in names), None)
    columns = [name for name in (identifier, day, amount) if name]
    rows = ledger.read(table, columns, version)
    rows = rows.filter(pc.is_in(rows["_seq"], pa.array(seqs, pa.int64()))).sort_by("_seq")
    sources = ledger.sources(table, seqs, version)
    return {
        f"{table}#{row['_seq']}": {
            "ref": f"{table}#{row['_seq']}",
            "table": table,
            "id": row[identifier] if identifier else None,
            "day": _iso(row[day]) if day else None,
            "amount_fen": row[amount] if amount else None,
            **_place(source),
        }
        for row, source in zip(rows.to_pylist(), sources, strict=True)
    }


def _place(source: Source) -> dict[str, Any]:
    return {"file": source.file, "sheet": source.sheet, "row": source.row}


def _iso(value: date | datetime | None) -> str | None:
    day = value.date() if isinstance(value, datetime) else value
    return day.isoformat() if day else None


def finding_row(found: Found, resolved: Resolved, rows: Rows) -> dict[str, Any]:
    """A finding as the contract gives it, with its rows; `details`: its other columns, days as dates."""
    rule, resolved = found.rule, found.resolved or resolved
    row = {
        "rule_id": rule.id,
        "rule_version": rule.version,
        "rule_sha256": rule.sha256,
        "level": found.level,
        "subject": found.subject,
        "amount_fen": found.amount_fen,
        "parameters": resolved.echoed(),
        "not_from_documents": resolved.not_from_documents(),
        "set": sorted(resolved.set_by_user),
        "details": dict(_detail(name, value) for name, value in found.details.items()),
        "evidence": rows.evidence(found.refs),
    }
    if found.day is not None:
        row["day"] = date_of(found.day).isoformat()
    if found.exempt_fen:
        row["exempt_fen"] = found.exempt_fen
        row["exemptions"] = [exemption.as_row() for exemption in found.exemptions]
    return row


def _detail(name: str, value: Any) -> tuple[str, Any]:
    if not name.endswith("_day"):
        return name, value
    days = value if isinstance(value, list) else [value]
    dates = [date_of(day).isoformat() if isinstance(day, int) else None for day in days]
    return _shown(name), dates if isinstance(value, list) else dates[0]


def _shown(name: str) -> str:
    """Name of a column in a finding: days are dates there."""
    return f"{name.removesuffix('_day')}_on" if name.endswith("_day") else name


def explain(
    finding: Mapping[str, Any],
    rule: Rule,
    result: Mapping[str, Any],
    lang: Language = "zh",
    again: str = "",
) -> str:
    """A finding of `scan` in words, masked: what, how much, why, on which rows, what else it could be.

    `result` is what `scan` returned, `again` the command that gives the finding again, where there is one.
    """
    w = _Words(lang)
    subject, money = brief(masked_subject(finding, rule)), w.yuan(finding["amount_fen"])
    lines = [
        f"{w.level(finding['level'])}{rule.id} {w.text(rule.name)}  v{rule.version}  {rule.sha256[:12]}",
        f"{w('subject')}  {subject}   {w('amount')}  {money}{w.bracketed(w.text(rule.amount))}",
        f"{w('meaning')}  {w.text(rule.description)}",
        *_working(finding, rule, w),
        f"{w('parameters')}  {_parameter_text(finding, result, rule, w)}",
        *_gap_lines(finding, w),
        w("rows_behind"),
        *(f"  {line}" for line in _row_lines(finding["evidence"], w)),
        w("innocent"),
        *(f"  · {w.text(entry)}" for entry in rule.innocent),
        w("rule_basis"),
        *(f"  · {_basis_text(entry, w)}" for entry in rule.basis),
        f"{w('handler')}  {w.list(office(name, lang) for name in (rule.office, rule.joint) if name)}",
    ]
    return "\n".join([*lines, *([f"{w('again')}  {again}"] if again else [])])


class _Words:
    """The words of one language."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def __call__(self, key: str, **values: object) -> str:
        return say(key, self.lang, **values)

    def text(self, both: Any) -> str:
        """One language of a text in both."""
        chosen: str = both.en if self.lang == "en" else both.zh
        return chosen

    def level(self, level: str) -> str:
        """A level as the beginning of a line."""
        return f"[{self(level)}] " if self.lang == "en" else f"【{self(level)}】"

    def bracketed(self, text: str) -> str:
        """A text in brackets."""
        return bracketed(text, self.lang)

    def list(self, texts: Iterable[str]) -> str:
        """Texts in a row."""
        return (", " if self.lang == "en" else "、").join(texts)

    def table(self, name: str) -> str:
        """An input table by its Chinese name, or as the contract calls it."""
        return TABLES[name].name_zh if self.lang == "zh" else name

    def yuan(self, fen: int) -> str:
        """An amount with its unit."""
        return f"{format_yuan(fen)} {self('yuan')}"


_CASES = ("reason", "kind")
"""Columns whose words say by themselves what is wrong."""
_IN_ORDER = ("fine",)
"""Codes for what is as it should be."""


def case_text(finding: Mapping[str, Any], rule: Rule, lang: Language = "zh") -> str:
    """Why the rule found it, in a few words: the words of its columns that hold codes; else ""."""
    w = _Words(lang)
    facts = []
    for name, column in rule.columns.items():
        value = finding["details"].get(_shown(name))
        if column.values and value and value not in _IN_ORDER:
            fact = _fact(name, value, column, w)
            facts.append(fact if name in _CASES else f"{w.text(column.name)} {fact}")
    return ("; " if lang == "en" else "；").join(facts)


def masked_subject(finding: Mapping[str, Any], rule: Rule) -> str:
    """The subject as people see it: accounts by their last four characters, persons by part of the number."""
    subject: str = finding["subject"]
    is_account = rule.subject in ("account_no", "payer") or finding["details"].get("holder_kind") == "account"
    if is_account:
        return mask_account(subject)
    return mask_id(subject) if rule.subject in ("person_id", "actor", "payee") else mask_text(subject)


def _working(finding: Mapping[str, Any], rule: Rule, w: _Words) -> list[str]:
    details = finding["details"]
    lines = []
    if rule.sum:
        parts = [
            f"{'−' if term.sign < 0 else '+'} {w.text(term.name)} {format_yuan(details[term.column])}"
            for term in rule.sum
        ]
        total = finding["amount_fen"] + finding.get("exempt_fen", 0)
        lines.append(f"{w('sum')}  {' '.join(parts).removeprefix('+ ')} = {w.yuan(total)}")
    if finding.get("exempt_fen"):
        lines.append(f"{w('exempt')}  {w.yuan(finding['exempt_fen'])}")
    columns = {term.column for term in rule.sum}
    facts = [
        f"{w.text(column.name)} {_fact(name, details[_shown(name)], column, w)}"
        for name, column in rule.columns.items()
        if name not in columns
    ]
    return [*lines, f"{w('details')}  {'; '.join(facts)}"] if facts else lines


def _fact(name: str, value: Any, column: Column, w: "_Words") -> str:
    if value in (None, "", []):
        return "—"
    if isinstance(value, list):
        return w.list(_fact(name, item, column, w) for item in value)
    if value in column.values:
        return w.text(column.values[value])
    if name.endswith("_fen") and isinstance(value, int):
        return w.yuan(value)
    if name.endswith("_account"):
        return mask_account(value)
    return brief(mask_text(str(value)))


def _parameter_text(finding: Mapping[str, Any], result: Mapping[str, Any], rule: Rule, w: _Words) -> str:
    parts = []
    for name, value in finding["parameters"].items():
        shown = "—" if value is None else f"{value} {w(f'unit_{rule.parameter[name].unit}')}"
        unfounded = name in finding["not_from_documents"]
        origin = "set" if name in finding["set"] else rule.parameter[name].origin
        origin = w.bracketed(w(f"origin_{origin}")) if unfounded else ""
        parts.append(f"{name}={shown}{origin}")
    return ("；" if w.lang == "zh" else "; ").join(parts) or w("none")


def _gap_lines(finding: Mapping[str, Any], w: _Words) -> list[str]:
    years = w.list(map(str, finding.get("calendar_gaps", ())))
    return [f"{w('deadline')}  {w('deadline_gap', years=years)}"] if years else []


def _row_lines(evidence: Sequence[Mapping[str, Any]], w: _Words) -> list[str]:
    lines = []
    for row in evidence[:ROWS_SHOWN]:
        name = mask_account(row["id"]) if row["table"] == "accounts" else brief(mask_text(row["id"] or ""))
        sheet = f" [{row['sheet']}]" if row["sheet"] else ""
        amount = "" if row["amount_fen"] is None else w.yuan(row["amount_fen"])
        file = mask_text(Path(row["file"]).name)
        place = w("row_of", file=brief(file), sheet=brief(sheet), row=row["row"])
        lines.append("  ".join(filter(None, (row["day"], w.table(row["table"]), name, amount, place))))
    hidden = len(evidence) - ROWS_SHOWN
    return [*lines, w("more_rows", count=hidden)] if hidden > 0 else lines


def _basis_text(basis: Any, w: _Words) -> str:
    return f"{basis.text} {basis.article}{w.bracketed(basis.file) if basis.file else ''}"
