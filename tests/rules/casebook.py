"""Reads the case book: small ledgers written as text tables, and what must be found in them."""

import shutil
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import yaml

from tracer.ledger import Ledger
from tracer.money import parse_fen
from tracer.registers.classes import own_classes_folder
from tracer.registers.store import Provenance, Registers
from tracer.rules.load import load_rules
from tracer.rules.packs import register_texts
from tracer.schema import TABLES, Column, Table

RULES = load_rules() | {rule.id: rule for rule in register_texts()}
"""The rules of the contract, and those that use registers of other offices."""

OWN_CLASSES = Path(__file__).parent / "classes"
CASES = Path(__file__).parents[1] / "cases"
KINDS = ("hit", "near_miss", "boundary", "guard", "missing", "setting")

# Values of columns that a case leaves out; plain enough that no rule minds them.
DEFAULTS: dict[str, dict[str, str]] = {
    "funds": {"level": "central"},
    "agencies": {"level": "county"},
    "accounts": {"holder_kind": "agency", "account_type": "unit"},
    "indicators": {
        "doc_no": "财农〔2019〕1号",
        "fund_name": "财政专项扶贫资金",
        "fund_nature": "专项转移支付",
        "function_code": "21305",
        "economic_code": "50999",
        "budget_item": "产业发展",
        "level": "county",
        "receiver": "某县财政局",
        "issued_on": "2018-01-02",
        "registered_on": "2018-01-03",
    },
    "projects": {
        "project_name": "道路硬化",
        "project_kind": "infrastructure",
        "approval_no": "纪要1号",
        "approved_on": "2018-01-02",
    },
    "payments": {
        "payer_name": "某县财政局",
        "payer_account": "BUDGET",
        "purpose": "产业发展",
        "settlement_method": "transfer",
        "payment_method": "direct",
        "payee_name": "收款单位",
        "payee_account": "PAYEE",
    },
    "register": {"name": "张三", "valid_from": "2014-01-01"},
    "targets": {"measure": "道路里程", "target_value": "1"},
    "events": {"subject_kind": "project"},
    "assets": {"asset_name": "养殖大棚"},
    "alert_log": {"rule_id": "ZC05", "subject": "S1"},
    "exemptions": {"reason": "经批准", "valid_from": "2010-01-01"},
}


@dataclass(frozen=True)
class Case:
    """One case of the book."""

    rule_id: str
    path: Path
    kind: str
    about: str
    as_of: date
    ledger: dict[str, str]
    registers: dict[str, dict[date, str]]
    """Text tables by class of register and as-of day."""
    settings: tuple[str, ...]
    expect: dict[str, tuple[str, int]]
    suppressed: tuple[str, ...]
    not_evaluated: int
    missing: tuple[str, ...]
    alone: bool

    @property
    def name(self) -> str:
        return f"{self.rule_id}/{self.path.stem}"


def read_cases() -> list[Case]:
    return [read_case(path) for path in sorted(CASES.glob("*/*.yaml"))]


def read_case(path: Path) -> Case:
    given: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    case = Case(
        rule_id=path.parent.name,
        path=path,
        kind=given.pop("kind"),
        about=given.pop("about"),
        as_of=given.pop("as_of"),
        ledger=given.pop("ledger"),
        registers=given.pop("registers", {}),
        settings=tuple(given.pop("settings", ())),
        expect={str(key): _expected(text) for key, text in given.pop("expect", {}).items()},
        suppressed=tuple(map(str, given.pop("suppressed", ()))),
        not_evaluated=given.pop("not_evaluated", 0),
        missing=tuple(given.pop("missing", ())),
        alone=given.pop("alone", False),
    )
    assert not given, f"{path}: unknown keys {sorted(given)}"
    assert case.kind in KINDS, f"{path}: kind {case.kind}"
    return case


def _expected(text: str) -> tuple[str, int]:
    level, amount = text.split()
    return level, parse_fen(amount)


def write_registers(home: Path, versions: dict[tuple[str, date], pa.Table]) -> None:
    """Import versions of registers into a home, which gets the classes of `OWN_CLASSES`."""
    if not versions:
        return
    shutil.copytree(OWN_CLASSES, own_classes_folder(home))
    registers = Registers(home)
    for (name, as_of), rows in versions.items():
        said = Provenance("核对发放对象", "社会救助暂行办法第五十八条", "某局", "王某", as_of)
        rows = rows.append_column("_file", pa.array([0] * len(rows), pa.int32()))
        rows = rows.append_column("_sheet", pa.nulls(len(rows), pa.string()))
        counts = {"rows": len(rows), "accepted": len(rows)}
        files = [{"file": f"{name}.csv", "sha256": ""}]
        assert registers.add(registers.named(name), rows, said, "2019-07-01T00:00:00+00:00", files, counts)


def parse_register(name: str, text: str) -> pa.Table:
    """A text table as a version of a register."""
    with TemporaryDirectory() as folder:
        shutil.copytree(OWN_CLASSES, own_classes_folder(Path(folder)))
        return _parse(Registers(Path(folder)).named(name).table, text)


def write_ledger(home: Path, tables: dict[str, str]) -> None:
    """Put the text tables of a case into a new ledger."""
    with Ledger(home).write() as writer:
        for name, text in tables.items():
            writer.add(name, parse_table(name, text), file=f"{name}.csv", sheet=None, report={})
        writer.commit()


def parse_table(name: str, text: str) -> pa.Table:
    """A text table as the ledger takes it; cells are separated by `|`."""
    return _parse(TABLES[name], text)


def _parse(table: Table, text: str) -> pa.Table:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    header, *body = lines
    name = table.name
    unknown = set(header) - set(table.by_name)
    assert not unknown, f"{name} has no column {unknown}"
    rows = []
    for number, cells in enumerate(body, start=2):
        assert len(cells) == len(header), f"{name} row {number}: {cells}"
        values = DEFAULTS.get(name, {}) | dict(zip(header, cells, strict=True))
        row = {c.stored: _value(c, values.get(c.name, "")) for c in table.columns}
        refused = [c.name for c in table.columns if c.refuses_empty and row[c.stored] is None]
        assert not refused, f"{name} row {number}: {refused} may not be empty"
        rows.append(row | {"_row": number})
    return pa.Table.from_pylist(rows, schema=table.arrow.append(pa.field("_row", pa.int64())))


def _value(column: Column, text: str) -> Any:
    if not text:
        return None
    if column.kind == "money":
        return parse_fen(text)
    if column.kind == "date":
        return date.fromisoformat(text)
    if column.kind == "datetime":
        return datetime.fromisoformat(text)
    if column.kind == "bool":
        return {"yes": True, "no": False}[text]
    if column.kind in ("percent", "number"):
        return Decimal(text)
    if column.kind == "enum":
        assert text in dict(column.words).values(), f"{column.table}.{column.name}: {text}"
    return text
