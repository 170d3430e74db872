"""The rows of a ledger as rules-exact.md section 0 sees them on a day, read as plain loops (`oracle.py`)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from tracer.schema import DAY_COLUMNS

Row = dict[str, Any]


def day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def has_word(words: Iterable[str], *texts: str | None) -> bool:
    return any(word in (text or "") for word in words for text in texts)


@dataclass
class Books:
    """The rows of all tables as seen on a day (rules-exact.md section 0)."""

    tables: dict[str, list[Row]]
    as_of: date

    def rows(self, table: str) -> list[Row]:
        own = DAY_COLUMNS.get(table)
        return [
            {k: None if isinstance(v, date) and day_of(v) > self.as_of else v for k, v in row.items()}
            for row in self.tables.get(table, ())
            if own is None or day_of(row[own]) <= self.as_of
        ]

    @cached_property
    def payments(self) -> list[Row]:
        return sorted(self.rows("payments"), key=lambda p: (p["paid_at"], p["payment_id"]))

    @cached_property
    def accounts(self) -> dict[str, Row]:
        return {row["account_no"]: row for row in self.rows("accounts")}

    @cached_property
    def indicators(self) -> dict[str, Row]:
        return {row["indicator_id"]: row for row in self.rows("indicators")}

    @cached_property
    def projects(self) -> dict[str, Row]:
        return {row["project_id"]: row for row in self.rows("projects")}

    @cached_property
    def register(self) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for row in self.rows("register"):
            found[row["person_id"]].append(row)
        return found

    @cached_property
    def refunds(self) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for row in self.payments:
            if row["refund_of"]:
                found[row["refund_of"]].append(row)
        return found

    @cached_property
    def plain(self) -> list[Row]:
        """Payments that are no refunds, in time order."""
        return [row for row in self.payments if not row["refund_of"]]

    def net(self, payment: Row) -> int:
        back = sum(row["amount_fen"] for row in self.refunds[payment["payment_id"]])
        return int(payment["amount_fen"] - back)

    def account(self, number: str | None) -> Row:
        return self.accounts.get(number or "", {})

    def is_public(self, number: str | None) -> bool:
        account = self.account(number)
        kind = account.get("account_type")
        return kind in ("treasury", "special", "pool") or (
            account.get("holder_kind") == "agency" and kind != "clearing"
        )

    def is_listed(self, number: str | None) -> bool:
        return (number or "") in self.accounts

    def person(self, payment: Row) -> str | None:
        """Whom a payment is for; None where it is no household payment."""
        if payment["refund_of"] or self.net(payment) <= 0:
            return None
        if payment["beneficiary_id"]:
            return str(payment["beneficiary_id"])
        project = self.projects.get(payment["project_id"] or "", {})
        payee = self.account(payment["payee_account"])
        if project.get("project_kind") == "household" and payee.get("holder_kind") == "person":
            return payee["holder_id"]  # type: ignore[no-any-return]
        return None

    @cached_property
    def benefits(self) -> list[tuple[Row, str, date]]:
        """Household payments in time order, with person and day."""
        found = ((row, self.person(row), day_of(row["paid_at"])) for row in self.plain)
        return [(row, person, day) for row, person, day in found if person]

    def entries_on(self, person: str, day: date) -> list[Row]:
        """Register rows in force, the one that began last at the end."""
        rows = [r for r in self.register[person] if r["valid_from"] <= day <= (r["valid_to"] or day)]
        return sorted(rows, key=lambda r: r["valid_from"])

    def household(self, person: str, day: date) -> str | None:
        rows = self.entries_on(person, day) or sorted(
            (r for r in self.register[person] if r["valid_from"] <= day), key=lambda r: r["valid_from"]
        )
        return rows[-1]["household_id"] if rows else None

    def members(self, person: str, day: date) -> set[str]:
        home = self.household(person, day)
        return {other for other in list(self.register) if home and self.household(other, day) == home}

    def is_draw(self, payment: Row) -> bool:
        payer = payment["payer_account"]
        is_treasury = self.account(payer).get("account_type") == "treasury"
        return bool(payment["indicator_id"]) and (is_treasury or not self.is_listed(payer))

    def paid_for(self, project: str) -> int:
        """Project paid, net of refunds."""
        return sum(
            self.net(p)
            for p in self.plain
            if p["project_id"] == project
            and (self.is_public(p["payer_account"]) or not self.is_listed(p["payer_account"]))
            and not self.is_public(p["payee_account"])
        )

    def drawn(self, indicator: str, last: date) -> int:
        total = 0
        for draw in self.plain:
            if draw["indicator_id"] == indicator and self.is_draw(draw):
                rows = [draw, *self.refunds[draw["payment_id"]]]
                total += sum(
                    row["amount_fen"] * (1 if row is draw else -1)
                    for row in rows
                    if day_of(row["paid_at"]) <= last
                )
        return total

    def passed_on(self, indicator: str, last: date) -> int:
        return sum(
            row["amount_fen"]
            for row in self.rows("splits")
            if row["parent_indicator_id"] == indicator and row["split_on"] <= last
        )

    def arranged(self, project: str) -> int:
        return sum(r["amount_fen"] for r in self.rows("project_funds") if r["project_id"] == project)

    def register_only(self, payment: Row) -> bool:
        """Whether the fund of a payment is for registered persons only."""
        if payment["indicator_id"]:
            names = {self.indicators.get(payment["indicator_id"], {}).get("fund_name")}
        else:
            rows = [r for r in self.rows("project_funds") if r["project_id"] == payment["project_id"]]
            names = {self.indicators.get(r["indicator_id"], {}).get("fund_name") for r in rows}
        funds = {row["fund_name"]: row["register_only"] for row in self.rows("funds")}
        return len(names) == 1 and funds.get(names.pop()) is True
