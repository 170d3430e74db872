"""Random small ledgers, dense with coincidences: rules must find what a plain reading finds (`oracle.py`).

A seeded sample here; `make drills` sets FUNDTRAIL_DRILLS and runs a hundred ledgers.
"""

import os
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from oracle import ORACLE
from packs import check_character
from plain_books import Books

from tracer.ledger import Ledger
from tracer.rules.scan import scan
from tracer.schema import TABLES

LEDGERS = int(os.environ.get("FUNDTRAIL_DRILLS", "3"))
FIRST, LAST = date(2018, 1, 1), date(2019, 12, 31)

Rows = list[dict[str, Any]]


def person(number: int) -> str:
    digits = f"52272319800101{number:03}"
    return digits + check_character(digits)


PERSONS = [person(number) for number in range(1, 8)]
NAMES = ["张三", "李四", "王五", "赵六"]
ACCOUNTS = ["T", "SP", "POOL", "UNIT", "VIL", "CLEAR", "FIRM", "A1", "A2", "A3", "SHOP"]


class Dice:
    """Chances of one ledger."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        """Days near the ends of months and years come up often."""
        near = [first, date(2018, 12, 31), date(2019, 1, 1), date(2019, 1, 31), date(2019, 2, 28)]
        if self.random.random() < 0.4:
            return self.one(*(day for day in near if first <= day <= last))  # type: ignore[no-any-return]
        return first + timedelta(self.random.randrange((last - first).days + 1))

    def maybe(self, share: float, value: Any) -> Any:
        return value if self.random.random() < share else None

    def time(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, *self.one((0, 0), (0, 0), (9, 30), (15, 0)))


def make_tables(seed: int) -> dict[str, Rows]:
    d = Dice(seed)
    return {
        "funds": [
            {
                "fund_id": f"F{n}",
                "fund_name": f"资金{n}",
                "level": "central",
                "register_only": d.one(True, False),
            }
            for n in range(2)
        ],
        "accounts": _accounts(d),
        "indicators": [_indicator(d, n) for n in range(5)],
        "splits": [
            {
                "parent_indicator_id": f"I{d.one(0, 1)}",
                "child_indicator_id": f"I{d.one(2, 3)}",
                "amount_fen": d.one(5_000, 20_000, -5_000),
                "split_on": d.day(),
            }
            for _ in range(3)
        ],
        "projects": [_project(d, n) for n in range(4)],
        "project_funds": [
            {
                "indicator_id": f"I{d.one(0, 1, 2, 9)}",
                "project_id": f"J{d.one(0, 1, 2, 3)}",
                "amount_fen": d.one(10_000, 20_000_000, -5_000),
                "arranged_on": d.day(),
            }
            for _ in range(5)
        ],
        "payments": _payments(d),
        "register": [_entry(d, who) for who in PERSONS[:6] for _ in range(d.one(1, 1, 2, 3))],
        "relations": [
            {
                "person_a": d.one(*PERSONS),
                "person_b": d.one(*PERSONS),
                "relation": d.one("父母", "邻居", "配偶"),
            }
            for _ in range(4)
        ],
        "standards": [
            {
                "benefit": benefit,
                "per": d.one("person", "household", None),
                "entitled": d.one("all", "some"),
                "amount_fen": d.one(10_000, 12_000),
                "valid_from": first,
                "valid_to": last,
            }
            for benefit in ("低保", "取暖")
            for first, last in ((date(2018, 1, 1), date(2018, 12, 31)), (date(2019, 1, 1), None))
        ],
        "exclusions": [{"benefit_a": "低保", "benefit_b": "取暖"}],
    }


def _accounts(d: Dice) -> Rows:
    kinds = {
        "T": ("agency", "treasury"),
        "SP": ("agency", "special"),
        "POOL": ("agency", "pool"),
        "UNIT": ("agency", "unit"),
        "VIL": ("village", "unit"),
        "CLEAR": ("agency", "clearing"),
        "FIRM": ("enterprise", "unit"),
        "SHOP": ("merchant", "merchant"),
    }
    return [
        {
            "account_no": number,
            "holder_name": d.one(*NAMES),
            "holder_id": d.maybe(0.6, d.one(*PERSONS)),
            "holder_kind": kinds.get(number, ("person", ""))[0],
            "account_type": kinds.get(number, ("", "personal"))[1],
        }
        for number in ACCOUNTS
    ]


def _indicator(d: Dice, number: int) -> dict[str, Any]:
    issued = d.day(last=date(2019, 6, 30))
    return {
        "indicator_id": f"I{number}",
        "fund_name": d.one("资金0", "资金1", "别的", None),
        "amount_fen": d.one(10_000, 50_000, 40_000_000),
        "level": d.one("city", "county", "township"),
        "receiver": "某县财政局",
        "issued_on": issued,
        "received_on": d.maybe(0.5, d.day(issued)),
        "registered_on": d.maybe(0.5, d.day(issued)),
    }


def _project(d: Dice, number: int) -> dict[str, Any]:
    return {
        "project_id": f"J{number}",
        "project_name": "项目",
        "project_kind": d.one("household", "infrastructure", "village"),
        "approved_amount_fen": d.one(None, 10_000, 20_000_000),
        "accepted_on": d.maybe(0.6, d.day()),
    }


def _payments(d: Dice) -> Rows:
    """Payments of which some are the like of an earlier one, some days later."""
    rows: Rows = []
    for number in range(90):
        row = _payment(d, number)
        if rows and d.random.random() < 0.15:
            like = d.one(*rows)
            later = like["paid_at"] + timedelta(d.one(0, 6, 7, 8, 30))
            row = like | {"payment_id": row["payment_id"], "paid_at": later, "refund_of": None}
        rows.append(row)
    return rows


def _payment(d: Dice, number: int) -> dict[str, Any]:
    """A payment to a person or a small one; or a large one, of which few come from and go to the same."""
    row = {
        "payment_id": f"Z{number * 37 % 101}",
        "payer_name": "某局",
        "payer_account": d.one("T", "T", "T", "POOL", "UNIT", "VIL", "UNLISTED", "FIRM", None),
        "amount_fen": d.one(10_000, 12_000, 60_000, 3),
        "paid_at": d.time(d.day()),
        "purpose": d.one("种苗", "种苗", "补发", "工程款", "丧葬", "务工", "差旅", None),
        "settlement_method": d.one("transfer", "transfer", "cash"),
        "payment_method": "direct",
        "payee_name": d.one(*NAMES, None),
        "payee_account": d.one(*ACCOUNTS, "A1", "A2", "A3", "A1", "A2", "A3", "X1", "CASH", None),
        "indicator_id": d.one("I0", "I1", "I2", "I3", "I4", "I9", None),
        "project_id": d.one("J0", "J1", "J2", "J3", "J9", None, None),
        "contract_no": d.one("HT1", None, None),
        "beneficiary_id": d.maybe(0.6, d.one(*PERSONS)),
        "beneficiary_name": d.one(*NAMES, None),
        "benefit": d.one("低保", "取暖", None),
        "period": d.one("2018", "2019", "2019-01", "2019-02", "2018-12", None),
        "refund_of": d.maybe(0.12, f"Z{d.random.randrange(101)}"),
    }
    if d.random.random() < 0.8:
        return row
    amount = d.one(16_000_000, 15_999_999, 19_999_999, 20_000_000)
    names = {
        "payer_account": d.one("T", "POOL"),
        "payee_account": d.one("FIRM", "SHOP"),
        "beneficiary_id": None,
    }
    return row | names | {"amount_fen": amount, "project_id": d.one("J1", None)}


def _entry(d: Dice, who: str) -> dict[str, Any]:
    first = d.one(date(2015, 1, 1), d.day())
    return {
        "person_id": who,
        "name": d.one(*NAMES),
        "household_id": d.one("H1", "H2", "H3"),
        "relation": d.one("户主", "子女", None),
        "village": d.one("甲村", "甲村", "乙村"),
        "card_account": d.one("A1", "A2", "A3", "X1", None, None),
        "valid_from": first,
        "valid_to": d.maybe(0.4, d.day(max(first, FIRST))),
        "died_on": d.maybe(0.1, d.day()),
    }


def write(home: Path, tables: dict[str, Rows]) -> None:
    with Ledger(home).write() as writer:
        for name, rows in tables.items():
            schema = TABLES[name].arrow.append(pa.field("_row", pa.int64()))
            numbered = [row | {"_row": number} for number, row in enumerate(rows, 2)]
            writer.add(name, pa.Table.from_pylist(numbered, schema=schema), file=name, sheet=None, report={})
        writer.commit()


@pytest.mark.parametrize("seed", range(LEDGERS))
def test_rules_find_what_a_plain_reading_finds(seed: int, tmp_path: Path) -> None:
    tables = make_tables(seed)
    write(tmp_path, tables)
    as_of = Dice(seed).one(date(2019, 1, 31), date(2019, 9, 30), date(2019, 12, 31), date(2020, 1, 1))
    result = scan(tmp_path, as_of, sorted(ORACLE))
    assert result["not_evaluable"] == []
    books = Books(tables, as_of)
    for rule_id, rule in ORACLE.items():
        found = {
            finding["subject"]: (finding["level"], finding["amount_fen"])
            for finding in result["findings"]
            if finding["rule_id"] == rule_id
        }
        assert found == rule(books), (rule_id, as_of)
