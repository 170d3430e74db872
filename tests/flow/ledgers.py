"""Small ledgers full of awkward cases, and ledger rows as the Arrow tables that the product reads."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from tests.flow.reference import Row, Tables
from tracer.flow.movements import COLUMNS
from tracer.schema import TABLES

FIRST_DAY = date(2020, 3, 1)


def arrow_tables(tables: Tables) -> dict[str, pa.Table]:
    """Rows as `Ledger.read` gives them: the columns that money depends on and `_seq`, in input order."""
    result = {}
    for table, columns in COLUMNS.items():
        rows = tables.get(table, [])
        schema = pa.schema([TABLES[table].arrow.field(name) for name in columns])
        arrow = pa.Table.from_pylist(
            [{name: row.get(name) for name in columns} for row in rows], schema=schema
        )
        result[table] = arrow.append_column("_seq", pa.array(range(len(rows)), pa.int64()))
    return result


def indicator(name: str, fen: int, day: date = FIRST_DAY, **more: Any) -> Row:
    return {"indicator_id": name, "amount_fen": fen, "issued_on": day, "level": "county", **more}


def account(name: str, kind: str = "unit", opening: int | None = None, **more: Any) -> Row:
    return {"account_no": name, "account_type": kind, "opening_balance_fen": opening, **more}


def split(parent: str, child: str, fen: int, day: date = FIRST_DAY) -> Row:
    return {"parent_indicator_id": parent, "child_indicator_id": child, "amount_fen": fen, "split_on": day}


def payment(name: str, payer: str | None, payee: str | None, fen: int, at: datetime, **more: Any) -> Row:
    empty = {"indicator_id": None, "refund_of": None, "settlement_method": "transfer", "purpose": None}
    row = {
        "payment_id": name,
        "payer_account": payer,
        "payee_account": payee,
        "amount_fen": fen,
        "paid_at": at,
    }
    return empty | row | more


def transfer(name: str, payer: str, payee: str, fen: int, at: datetime, voucher: str | None = None) -> Row:
    return {
        "transfer_id": name,
        "from_account": payer,
        "to_account": payee,
        "amount_fen": fen,
        "moved_at": at,
        "voucher_no": voucher,
    }


class RandomLedger:
    """A ledger of some dozens of rows on few days, among few holders, from a source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance
        self.days = self.random.randint(1, 8)
        self.timed = self.random.choice([0.0, 0.2, 0.5, 1.0])
        self.amounts = self.random.choice([5, 40, 1000])
        size = self.random.randint(0, 5)
        self.indicators = [f"I{k}" for k in range(size)]
        self.accounts = [f"A{k}" for k in range(self.random.randint(1, 6))]
        if self.random.random() < 0.3:  # an account and an indicator may bear the same number
            self.accounts += self.indicators[:1]
        self.unlisted = ["U0", "U1"]

    def tables(self) -> Tables:
        rows = self.random.randint(1, 30)
        tables: Tables = {
            "indicators": [self.indicator(name) for name in self.indicators],
            "accounts": [self.account(name) for name in self.accounts],
            "splits": [self.split() for _ in range(rows // 3 if len(self.indicators) > 1 else 0)],
            "payments": [],
            "transfers": [],
        }
        for n in range(rows):
            tables["payments"].append(self.payment(n, tables["payments"]))
        for n in range(self.random.randint(0, rows)):
            tables["transfers"].append(self.transfer(n, tables["payments"]))
        for name in list(tables):
            if self.random.random() < 0.03:
                del tables[name]
        return tables

    def as_of(self) -> date | None:
        if self.random.random() < 0.5:
            return None
        return FIRST_DAY + timedelta(days=self.random.randint(-1, self.days))

    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.random.randrange(self.days))

    def moment(self) -> datetime:
        day = self.day()
        at = datetime(day.year, day.month, day.day)
        if self.random.random() < self.timed:
            at += timedelta(milliseconds=self.random.choice([0, 1, 900_000, 32_400_000, 36_000_000]))
        return at

    def fen(self) -> int:
        return self.random.randint(1, self.amounts)

    def indicator(self, name: str) -> Row:
        fen = self.random.choice([0, 1, 4 * self.fen(), 20 * self.fen()])
        return indicator(name, fen, self.day(), doc_no=f"{name}号", fund_name="资金")

    def account(self, name: str) -> Row:
        kind = self.random.choice(["treasury", "special", "pool", "unit", "unit", "personal"])
        opening = self.random.choice([None, None, 0, -5, self.fen()])
        return account(name, kind, opening, holder_name=f"{name}户")

    def split(self) -> Row:
        parent, child = self.random.sample([*self.indicators, "J0"], 2)
        if self.random.random() < 0.05:
            child = parent
        sign = self.random.choice([1, 1, 1, -1, 0 if self.random.random() < 0.2 else 1])
        return split(parent, child, sign * self.fen(), self.day())

    def any_account(self) -> str:
        return self.random.choice([*self.accounts, *self.accounts, *self.unlisted, "CASH"])

    def payment(self, n: int, before: list[Row]) -> Row:
        chance = self.random.random
        refund = self.random.choice(before)["payment_id"] if before and chance() < 0.2 else None
        if chance() < 0.04:
            refund = self.random.choice([f"P{n + 1}", f"P{n}", "nothing"])
        back = next((row for row in before if row["payment_id"] == refund), None)
        payer = back["payee_account"] if back and chance() < 0.7 else self.any_account()
        return payment(
            f"P{n}",
            None if chance() < 0.1 else payer,
            None if chance() < 0.15 else self.any_account(),
            self.fen(),
            self.moment(),
            indicator_id=self.random.choice([*self.indicators, "J0"]) if chance() < 0.5 else None,
            refund_of=refund,
            settlement_method=self.random.choice(["transfer", "cash", None]),
            payee_name="某人",
            purpose=self.random.choice([None, "补助", "工程款"]),
        )

    def transfer(self, n: int, payments: list[Row]) -> Row:
        copied = self.random.choice(payments) if payments and self.random.random() < 0.5 else None
        name = f"P{n}" if self.random.random() < 0.05 else f"T{n}"
        if copied is None:
            voucher = "nothing" if self.random.random() < 0.1 else None
            return transfer(name, self.any_account(), self.any_account(), self.fen(), self.moment(), voucher)
        in_cash = "CASH" if copied["settlement_method"] == "cash" else "U0"
        at = copied["paid_at"] + timedelta(days=self.random.randint(-4, 4))
        return transfer(
            name,
            copied["payer_account"] or "U0",
            copied["payee_account"] or in_cash,
            copied["amount_fen"],
            at,
            copied["payment_id"] if self.random.random() < 0.3 else None,
        )
