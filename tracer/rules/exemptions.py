"""Exemptions: rows that suppress a finding, or lower its amount, and are never silent."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from tracer.calendar import date_of
from tracer.ledger import Ledger
from tracer.match.identity import id_key
from tracer.money import format_yuan
from tracer.rules.parameters import Resolved
from tracer.rules.spec import LEVELS, SUBJECTS_WITH_A_DAY, Passage, Rule

PERSONS = ("person_id", "actor")
"""Subjects that are ID numbers."""

_COLUMNS = ("rule_id", "subject", "amount_fen", "reason", "doc_no", "valid_from", "valid_to")


@dataclass(frozen=True)
class Exemption:
    """A row of the exemptions table that is seen on the as-of day."""

    rule_id: str
    subject: str
    amount_fen: int | None
    reason: str
    doc_no: str | None
    valid_from: date
    valid_to: date | None
    ref: str

    def is_valid(self, day: date) -> bool:
        """Whether it holds on a day; both ends count."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)

    def as_row(self) -> dict[str, Any]:
        """What a report says of it."""
        return {
            "ref": self.ref,
            "subject": self.subject,
            "amount_fen": self.amount_fen,
            "reason": self.reason,
            "doc_no": self.doc_no,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }


@dataclass(frozen=True)
class Found:
    """A finding as the query gave it: amounts in fen, `day` of a payment or transfer, its other columns."""

    rule: Rule
    subject: str
    level: str
    amount_fen: int
    day: int | None
    refs: tuple[str, ...]
    details: Mapping[str, Any]
    exempt_fen: int = 0
    resolved: Resolved | None = None
    """The values with which it was found, where they are not those of all subjects of the rule."""
    exemptions: tuple[Exemption, ...] = ()
    passages: tuple[Passage, ...] = ()
    """Of a bounded diversion: whose amounts add up to the amount."""

    @property
    def order(self) -> tuple[int, str, str, tuple[str, ...]]:
        """What findings are sorted by, everywhere: the highest level first, then by rule and subject."""
        return -LEVELS.index(self.level), self.rule.id, self.subject, self.refs


def compared(text: str) -> str:
    """A text as texts are compared: NFKC, no white space, Latin letters in capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def person_key(text: str) -> str:
    """An ID number as it is compared: 15 digits as 18; another text as texts are."""
    key: str | None = id_key(pa.chunked_array([[text]], pa.string()))[0].as_py()
    return compared(text) if key is None else key


def read_exemptions(ledger: Ledger, version: int, as_of: date) -> list[Exemption]:
    """The exemptions seen on the as-of day, in input order; a last day after it counts as open."""
    found = []
    for row in ledger.read("exemptions", _COLUMNS, version).to_pylist():
        if row["valid_from"] > as_of:
            continue
        ends = row["valid_to"] if row["valid_to"] and row["valid_to"] <= as_of else None
        values = {name: row[name] for name in _COLUMNS} | {
            "rule_id": compared(row["rule_id"]),
            "valid_to": ends,
            "ref": f"exemptions#{row['_seq']}",
        }
        found.append(Exemption(**values))
    return found


def problems_of(exemptions: Iterable[Exemption], rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """Rows that do nothing and are named: of no rule, or with an amount that the rule does not take."""
    unknown = [
        {
            "ref": e.ref,
            "rule_id": e.rule_id,
            "subject": e.subject,
            "problem": f"没有规则 {e.rule_id}，此行不起作用",
            "problem_en": f"there is no rule {e.rule_id}; this row does nothing",
            "hint": "编号见 fundtrail rules list / `fundtrail rules list` names all rules",
        }
        for e in exemptions
        if e.rule_id not in rules
    ]
    return unknown + [
        {
            "ref": e.ref,
            "rule_id": e.rule_id,
            "subject": e.subject,
            "problem": f"规则 {e.rule_id} 不接受例外金额（{format_yuan(e.amount_fen)} 元），此行不起作用",
            "problem_en": f"rule {e.rule_id} takes no exempt amounts; this row does nothing",
            "hint": "删去金额以免除整个对象 / leave the amount empty to exempt the subject as a whole",
        }
        for e in exemptions
        if e.amount_fen is not None and e.rule_id in rules and not rules[e.rule_id].exempt_amount
    ]


def apply_exemptions(
    found: Iterable[Found], exemptions: Iterable[Exemption], as_of: date
) -> tuple[list[Found], list[Found]]:
    """The findings that stand, with what is left of their amounts, and those suppressed with their rows."""
    found = list(found)
    of_persons = {finding.rule.id for finding in found if finding.rule.subject in PERSONS}
    by_key: dict[tuple[str, str], list[Exemption]] = {}
    for exemption in exemptions:
        key = person_key if exemption.rule_id in of_persons else compared
        by_key.setdefault((exemption.rule_id, key(exemption.subject)), []).append(exemption)
    standing, suppressed = [], []
    for finding in found:
        rows = _rows_for(finding, by_key, as_of)
        whole = [row for row in rows if row.amount_fen is None]
        part = [row for row in rows if row.amount_fen is not None] if finding.rule.exempt_amount else []
        exempt_fen = sum(row.amount_fen or 0 for row in part)
        if whole or (part and exempt_fen >= finding.amount_fen):
            suppressed.append(replace(finding, exemptions=(*whole, *part)))
        elif exempt_fen > 0:
            left = finding.amount_fen - exempt_fen
            standing.append(replace(finding, amount_fen=left, exempt_fen=exempt_fen, exemptions=tuple(part)))
        else:
            standing.append(finding)
    return standing, suppressed


def unite(found: Iterable[Found]) -> list[Found]:
    """One finding per rule and subject: amounts added, the highest level kept, other values side by side.

    Rows of one subject stand apart until then only where an exemption can name one of them and not the
    others (ZB18).
    """
    groups: dict[tuple[str, str], list[Found]] = {}
    for finding in found:
        groups.setdefault((finding.rule.id, finding.subject), []).append(finding)
    return [group[0] if len(group) == 1 else _united(group) for group in groups.values()]


def _united(group: list[Found]) -> Found:
    group = sorted(group, key=lambda finding: json.dumps(finding.details, sort_keys=True, default=str))
    names = group[0].details
    terms = {term.column for term in group[0].rule.sum}
    values = {name: [finding.details[name] for finding in group] for name in names}
    return replace(
        group[0],
        level=max((finding.level for finding in group), key=LEVELS.index),
        amount_fen=sum(finding.amount_fen for finding in group),
        refs=tuple(dict.fromkeys(ref for finding in group for ref in finding.refs)),
        passages=tuple(passage for finding in group for passage in finding.passages),
        details={name: sum(v) if name in terms else one_or_all(v) for name, v in values.items()},
    )


def one_or_all(values: list[Any]) -> Any:
    """The one value that there is, or all different ones."""
    distinct = [value for n, value in enumerate(values) if value not in values[:n]]
    return distinct[0] if len(distinct) == 1 else distinct


def _rows_for(
    finding: Found, by_key: Mapping[tuple[str, str], list[Exemption]], as_of: date
) -> list[Exemption]:
    has_day = finding.rule.subject in SUBJECTS_WITH_A_DAY and finding.day is not None
    day = date_of(finding.day) if has_day and finding.day is not None else as_of
    is_person = finding.rule.subject in PERSONS
    keys = [finding.subject, *(str(finding.details.get(name) or "") for name in finding.rule.exempt_by)]
    rows = {
        row.ref: row
        for key in keys
        if key
        for row in by_key.get((finding.rule.id, person_key(key) if is_person else compared(key)), ())
        if row.is_valid(day)
    }
    return list(rows.values())
