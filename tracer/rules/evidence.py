"""The working of a finding: the rows that it stands on, where they came from, and the finding in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import date_of
from tracer.ledger import Ledger, Source
from tracer.mask import mask_account, mask_id, mask_person, mask_text
from tracer.messages import Language, bracketed, office, say
from tracer.money import format_yuan
from tracer.registers.store import REF_MARK, Registers
from tracer.rules.exemptions import Found
from tracer.rules.note import cut_of, parameter_rows, sums_of, words_tried
from tracer.rules.parameters import Resolved
from tracer.rules.quotations import quoted
from tracer.rules.spec import Basis, Column, Rule
from tracer.schema import DAY_COLUMNS, IDENTIFIERS, TABLES
from tracer.text import brief

ROWS_SHOWN = 20
"""Rows of evidence that a text shows; it says how many more there are."""

TERMS_SHOWN = 6
"""Rows that add up to an amount are listed up to this number."""

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
            if REF_MARK in table:
                self._rows |= _read_register(Registers(ledger.home), table, wanted)
            else:
                self._rows |= _read(ledger, version, table, sorted(wanted))

    def evidence(self, refs: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a finding in order of day, then table and row; rows without a day first."""
        return sorted(
            (self._rows[ref] for ref in refs),
            key=lambda row: (
                row["day"] or "",
                _ORDER.get(row["table"], len(_ORDER)),
                row["ref"].partition("#")[0],
                int(row["ref"].partition("#")[2]),
            ),
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


def _read_register(registers: Registers, table: str, places: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Rows of an import of another office's register, with what was said of it then; none is money."""
    name = table.partition(REF_MARK)[0]
    refs = [f"{table}#{place}" for place in places]
    return {
        ref: {"ref": ref, "table": name, "id": None, "amount_fen": None, **registers.source(ref)}
        for ref in refs
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
    way: Sequence[str] = (),
    ends: Sequence[tuple[str, int]] = (),
) -> str:
    """A finding of `scan` as a case note, masked: what, how much, why, its way and rows, what else it may be.

    `result` is what `scan` returned, `again` the command that gives the finding again, where there is one;
    `way` are lines on the way of the money and `ends` its last movements with their fen.
    """
    w = _Words(lang)
    subject, money = brief(masked_subject(finding, rule)), w.yuan(finding["amount_fen"])
    method = f"{result['method']}{w.bracketed(w(result['method']))}"
    lines = [
        f"{w.level(finding['level'])}{rule.id} {w.text(rule.name)}  v{rule.version}  {rule.sha256[:12]}",
        f"{w('as_of')} {result['as_of']}  {w('ledger')} v{result['ledger_version']}  {w('method')} {method}",
        f"{w('subject')}  {subject}   {w('amount')}  {money}{w.bracketed(w.text(rule.amount))}",
        f"{w('meaning')}  {w.text(rule.description)}",
        *_working(finding, rule, w, ends),
        *_certain_lines(finding, rule, w),
        *_words_lines(words_tried(finding, result), w),
        f"{w('parameters')}  {_parameter_text(finding, rule, w)}",
        *([w("way_of_money"), *(f"  {line}" for line in way)] if way else []),
        w("rows_behind"),
        *(f"  {line}" for line in _row_lines(finding["evidence"], w)),
        *_cut_lines(finding, rule, result, w),
        w("innocent"),
        *(f"  · {w.text(entry)}" for entry in rule.innocent),
        w("rule_basis"),
        *(f"  {line}" for entry in rule.basis for line in _basis_lines(rule, entry, w)),
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
_COUNTED = ("count", "number")
"""Units that a sentence leaves out."""
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


def _working(finding: Mapping[str, Any], rule: Rule, w: _Words, ends: Sequence[tuple[str, int]]) -> list[str]:
    details = finding["details"]
    lines = [_sum_line(finding, rule, w, ends)]
    if finding.get("exempt_fen"):
        lines.append(f"{w('exempt')}  {w.yuan(finding['exempt_fen'])}")
    columns = {term.column for term in rule.sum}
    facts = [
        f"{w.text(column.name)} {_fact(name, details[_shown(name)], column, w)}"
        for name, column in rule.columns.items()
        if name not in columns
    ]
    return [*lines, f"{w('details')}  {'; '.join(facts)}"] if facts else lines


def _certain_lines(finding: Mapping[str, Any], rule: Rule, w: _Words) -> list[str]:
    """Of a diversion: least and most under any choice, and which money that is; or why there are none."""
    if rule.diversion is None:
        return []
    about = w.text(rule.diversion.about)
    if "least_fen" not in finding:
        return [] if rule.diversion.is_bounded else [f"{w('certain')}  {about}"]
    return [f"{w('certain')}  {certain_text(finding, w.lang)}", f"  {about}"]


def certain_text(finding: Mapping[str, Any], lang: Language = "zh") -> str:
    """Least and most of a finding that has them, in a sentence."""
    w = _Words(lang)
    names = {"least": "least_fen", "most": "most_fen", "amount": "amount_fen"}
    key = "certain_exactly" if finding["least_fen"] == finding["most_fen"] else "certain_between"
    loose = "" if finding.get("tight", True) else w.bracketed(w("certain_loose"))
    return w(key, **{name: w.yuan(finding[fen]) for name, fen in names.items()}) + loose


def _sum_line(finding: Mapping[str, Any], rule: Rule, w: _Words, ends: Sequence[tuple[str, int]]) -> str:
    """What adds up to the amount; where the rows alone do not, the rule's words for it."""
    terms = sums_of(finding, rule, ends)
    total = w.yuan(finding["amount_fen"] + finding.get("exempt_fen", 0))
    if not terms:
        return f"{w('sum')}  {w('sum_of_rule', amount=w.text(rule.amount), total=total)}"
    if len(terms) > TERMS_SHOWN:
        return f"{w('sum')}  {w('sum_of_rows', count=len(terms), total=total)}"
    parts = [f"{'−' if term['fen'] < 0 and rule.sum else '+'} {_term(term, w)}" for term in terms]
    return f"{w('sum')}  {' '.join(parts).removeprefix('+ ')} = {total}"


def _term(term: Mapping[str, Any], w: _Words) -> str:
    if term["name"]:
        return f"{term['name'][w.lang]} {format_yuan(abs(term['fen']))}"
    return f"{brief(mask_text(term['id']))} {format_yuan(term['fen'])}"


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


def _parameter_text(finding: Mapping[str, Any], rule: Rule, w: _Words) -> str:
    parts = []
    for row in parameter_rows(finding, rule):
        origin = "" if row["from_documents"] else w.bracketed(w(f"origin_{row['origin']}"))
        parts.append(f"{row['name']}={_measure(row, w)}{origin}")
    return ("；" if w.lang == "zh" else "; ").join(parts) or w("none")


def _measure(row: Mapping[str, Any], w: _Words) -> str:
    """A parameter's value with its unit; of what is only counted its name says what that is."""
    if row["value"] is None:
        return "—"
    return str(row["value"]) if row["unit"] in _COUNTED else f"{row['value']} {w('unit_' + row['unit'])}"


def _row_lines(evidence: Sequence[Mapping[str, Any]], w: _Words) -> list[str]:
    lines = []
    for row in evidence[:ROWS_SHOWN]:
        name = mask_account(row["id"]) if row["table"] == "accounts" else brief(mask_text(row["id"] or ""))
        sheet = f" [{row['sheet']}]" if row["sheet"] else ""
        amount = "" if row["amount_fen"] is None else w.yuan(row["amount_fen"])
        file = mask_text(Path(row["file"]).name)
        place = w("row_of", file=brief(file), sheet=brief(sheet), row=row["row"])
        table = w.table(row["table"]) if row["table"] in TABLES else _register_text(row["register"], w)
        lines.append("  ".join(filter(None, (row["day"], table, name, amount, place))))
    hidden = len(evidence) - ROWS_SHOWN
    return [*lines, w("more_rows", count=hidden)] if hidden > 0 else lines


def _register_text(said: Mapping[str, Any], w: _Words) -> str:
    """A register of another office by name, as-of day, office, purpose and legal basis."""
    facts = {name: brief(mask_text(said[name])) for name in ("as_of", "office", "purpose", "basis")}
    return w("register_row", name=said[f"name_{w.lang}"], by=mask_person(said["imported_by"]), **facts)


def _cut_lines(finding: Mapping[str, Any], rule: Rule, result: Mapping[str, Any], w: _Words) -> Iterator[str]:
    """What was not looked at or left out, one line for each; or that nothing was."""
    yield w("cut_title")
    texts = [_cut_text(entry, w) for entry in cut_of(finding, rule, result)]
    hidden = len(finding["evidence"]) - ROWS_SHOWN
    if hidden > 0:
        texts.append(w("cut_rows", count=hidden))
    yield from (f"  · {text}" for text in texts or [w("cut_nothing")])


def _cut_text(entry: Mapping[str, Any], w: _Words) -> str:
    kind = entry["kind"]
    if kind == "limit":
        return w("cut_limit", limit=f"{entry['name']}={_measure(entry, w)}")
    if kind == "exempted":
        return w("cut_exempted", amount=w.yuan(entry["fen"]), count=len(entry["rows"]))
    if kind == "calendar":
        return f"{w('deadline')}  {w('deadline_gap', years=w.list(map(str, entry['years'])))}"
    if kind == "not_ingested":
        return w("cut_tables", tables=w.list(map(w.table, entry["tables"])))
    return w(f"cut_{kind}", count=entry["count"])


def _words_lines(words: Mapping[str, Any], w: _Words) -> Iterator[str]:
    """Of a prohibited use: the exceptions that were tried before the words were looked for."""
    if not words:
        return
    general = len(words["general"]["exceptions"])
    for group, lists in words.items():
        if group != "general":
            own = w.list(lists["exceptions"]) or w("none")
            yield f"{w('exceptions')}  {w('exceptions_tried', group=group, general=general, own=own)}"


def _basis_lines(rule: Rule, basis: Basis, w: _Words) -> Iterator[str]:
    yield f"· {basis.text} {basis.article}{w.bracketed(basis.file) if basis.file else ''}"
    yield from (f"  “{words}”" for words in quoted(rule, basis))
