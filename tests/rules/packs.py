"""Cases of the book put together into ledgers that are looked at once, each case with names of its own.

Building a graph costs far more than asking it, so the cases of one day share a ledger. What rows name gets
the number of its case before it, persons another county in their ID number and places another division code,
so that cases cannot touch one another. A case that depends on what is not in its ledger, or on the letters
of a name, says `alone: true`.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from casebook import RULES, Case, parse_register, parse_table, write_registers

from tracer.ledger import Ledger

NAMES = {
    *("fund_id", "fund_name", "indicator_id", "parent_indicator_id", "child_indicator_id", "project_id"),
    *("account_no", "payer_account", "payee_account", "from_account", "to_account", "card_account"),
    *("payment_id", "transfer_id", "refund_of", "voucher_no", "subject_id", "agency_id"),
    *("doc_no", "household_id", "contractor", "alert_id", "asset_id", "office_id"),
    *("benefit", "benefit_a", "benefit_b", "village"),
}
PERSONS = {"person_id", "beneficiary_id", "holder_id", "person_a", "person_b", "actor"}
_NOT_NAMES = {None, "CASH", "无"}


@dataclass
class Look:
    """Cases of a pack that are looked at in one scan: their settings do not clash."""

    cases: list[Case]

    @property
    def name(self) -> str:
        rules = self.rule_ids
        return "-".join(rules) if len(rules) < 4 else f"{len(self.cases)}-cases"

    @property
    def rule_ids(self) -> list[str]:
        return sorted({case.rule_id for case in self.cases})

    @property
    def settings(self) -> list[str]:
        return [text for case in self.cases for text in case.settings]

    def takes(self, case: Case) -> bool:
        """Without settings any case that has none; with settings, one case of each rule."""
        if not self.settings and not case.settings:
            return True
        return bool(self.settings and case.settings) and case.rule_id not in self.rule_ids


@dataclass
class Pack:
    """Cases of one day in one ledger, and the scans in which they are looked at."""

    as_of: date
    cases: list[Case] = field(default_factory=list)
    first: int = 0
    """The number of the first case."""

    @property
    def looks(self) -> list[Look]:
        looks: list[Look] = []
        for case in self.cases:
            look = next((look for look in looks if look.takes(case)), None)
            if look:
                look.cases.append(case)
            else:
                looks.append(Look([case]))
        return looks

    def takes(self, case: Case) -> bool:
        """Those of one day; those that stand alone beside others that do and whose tables they never ask."""
        if self.as_of != case.as_of or not all(_versions_agree(case, other) for other in self.cases):
            return False
        together = case.alone or any(other.alone for other in self.cases)
        return not together or all(_apart_anyway(case, other) for other in self.cases)

    def of_case(self, rows: list[dict[str, Any]], case: Case) -> list[dict[str, Any]]:
        """The findings that belong to a case, their subjects as the case names them."""
        mine = [row for row in rows if row["rule_id"] == case.rule_id]
        if case.alone:
            return mine
        number = self.first + self.cases.index(case)
        persons = {_person(text, number): text for text in (*case.expect, *case.suppressed)}
        return [
            row | {"subject": persons.get(subject, subject.removeprefix(f"{number}-"))}
            for row in mine
            if re.match(rf"{number}-|\d\d{number:04}\d{{11}}[\dX]$", subject := row["subject"])
        ]

    def tables(self) -> dict[str, pa.Table]:
        tables: dict[str, list[pa.Table]] = {}
        for number, case in enumerate(self.cases, self.first):
            for name, text in case.ledger.items():
                rows = parse_table(name, text)
                tables.setdefault(name, []).append(rows if case.alone else _apart(rows, number))
        return {name: pa.concat_tables(parts) for name, parts in tables.items()}

    def registers(self) -> dict[tuple[str, date], pa.Table]:
        """The rows of each version of each register."""
        versions: dict[tuple[str, date], list[pa.Table]] = {}
        for number, case in enumerate(self.cases, self.first):
            for name, texts in case.registers.items():
                for as_of, text in texts.items():
                    rows = _apart(parse_register(name, text), number)
                    versions.setdefault((name, as_of), []).append(rows)
        return {key: pa.concat_tables(parts) for key, parts in sorted(versions.items())}

    def write_ledger(self, home: Path) -> None:
        write_registers(home, self.registers())
        with Ledger(home).write() as writer:
            for name, rows in self.tables().items():
                writer.add(name, rows, file=f"{name}.csv", sheet=None, report={})
            writer.commit()


def pack_up(cases: list[Case]) -> list[Pack]:
    """The cases in as few packs as can be, the largest first."""
    packs: list[Pack] = []
    for case in cases:
        pack = next((pack for pack in packs if pack.takes(case)), None)
        if pack is None:
            pack = Pack(case.as_of)
            packs.append(pack)
        pack.cases.append(case)
    return sorted(packs, key=lambda pack: -len(pack.cases))


def _versions_agree(one: Case, other: Case) -> bool:
    """Whether the registers of both have the same as-of days, so that no version of one hides another's."""
    return all(
        set(one.registers[name]) == set(other.registers[name])
        for name in {*one.registers} & {*other.registers}
    )


def _apart_anyway(one: Case, other: Case) -> bool:
    """Whether both stand alone and neither rule looks at a table of the other case."""
    return one.alone and other.alone and not (_asked(one) & {*other.ledger} or _asked(other) & {*one.ledger})


def _asked(case: Case) -> set[str]:
    return {*RULES[case.rule_id].tables}


def _apart(rows: pa.Table, number: int) -> pa.Table:
    for place, name in enumerate(rows.schema.names):
        if name in NAMES:
            change = _named
        elif name in PERSONS:
            change = _person
        elif name == "subject":
            change = _subject
        elif name == "region_code":
            change = _region
        else:
            continue
        texts = [change(text, number) for text in rows[name].to_pylist()]
        rows = rows.set_column(place, rows.schema.field(name), pa.array(texts, pa.string()))
    return rows


def _named(text: str | None, number: int) -> str | None:
    return text if text in _NOT_NAMES else f"{number}-{text}"


def _region(text: str | None, number: int) -> str | None:
    """Counties of its own for each case, different ones staying different."""
    return text and f"{number:03x}{text[3:]}"


def _subject(text: str | None, number: int) -> str | None:
    """An identifier with the number before it, or a person of another county."""
    moved = _person(text, number)
    return moved if moved != text and re.fullmatch(r"\d{17}[\dXx]", text or "") else _named(text, number)


def _person(text: str | None, number: int) -> str | None:
    """Another county for a right ID number, a prefix for another code; what is wrong stays wrong."""
    if text is None or not re.fullmatch(r"\w+", text, re.ASCII):
        return text
    moved = f"{text[:2]}{number:04}{text[6:]}"
    if re.fullmatch(r"\d{15}", text):
        return moved
    if re.fullmatch(r"\d{17}[\dXx]", text) and text[17].upper() == check_character(text):
        last = check_character(moved)
        return moved[:17] + (last.lower() if text[17] == "x" else last)
    return f"{number}-{text}" if not re.match(r"\d{6}", text) else text


def check_character(number: str) -> str:
    """GB 11643, weights as rules-exact.md gives them."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    digits = zip(number[:17], weights, strict=True)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in digits) % 11]
