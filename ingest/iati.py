"""Aid transactions of the IATI standard made ready for `mappings/iati.yaml`, and a count of what stays out.

`python -m ingest.iati TRANSACTIONS.csv FOLDER` writes the prepared file and prints the account.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

INCOMING = ("IF", "Incoming Funds")
OUTGOING = ("D", "Disbursement", "E", "Expenditure")


@dataclass
class Account:
    """What of a file was taken and what was left out, by reason: rows, and their value in whole units."""

    currency: str
    taken: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    value: dict[str, Decimal] = field(default_factory=dict)
    """By reason, the value of the rows of our currency; other currencies are not added to each other."""

    def add(self, row: dict[str, str]) -> None:
        """Count one row."""
        reason = self.reason(row)
        if reason is None:
            self.taken[row["type"].strip()] += 1
            return
        self.left_out[reason] += 1
        if row["cur"].strip() == self.currency:
            self.value[reason] = self.value.get(reason, Decimal(0)) + Decimal(row["value"].strip())

    def reason(self, row: dict[str, str]) -> str | None:
        """Why a row stays out, or None; the first that holds of currency, type, sign, date."""
        currency = row["cur"].strip()
        if currency != self.currency:
            return f"currency {currency}" if currency else "no currency"
        if row["type"].strip() not in INCOMING + OUTGOING:
            return f"type {row['type'].strip()}: no movement of money that was there"
        value = Decimal(row["value"].strip())
        if value <= 0:
            return "amount below zero" if value < 0 else "amount zero"
        return None if row["date"].strip() else "no date"


def prepare(source: Path, folder: Path, currency: str = "GBP") -> Account:
    """Write `transactions.csv` into `folder` with plain dates; gives what is taken and what stays out.

    The only change is the time zone mark of an XML date (`2013-04-01Z`), which is trimmed. Negative amounts
    are corrections of unnamed earlier rows, so they cannot be booked as refunds and stay out.
    """
    account = Account(currency)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "transactions.csv").open("w", encoding="utf-8", newline="") as target:
        rows = _rows(source)
        first = next(rows)
        writer = csv.DictWriter(target, list(first))
        writer.writeheader()
        for row in (first, *rows):
            account.add(row)
            writer.writerow(row | {"date": row["date"].strip().removesuffix("Z")})
    return account


def _rows(source: Path) -> Iterator[dict[str, str]]:
    with source.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def main() -> None:
    """Prepare one file and print what is taken and what is left out."""
    account = prepare(Path(sys.argv[1]), Path(sys.argv[2]))
    for title, counts in (("taken", account.taken), ("left out", account.left_out)):
        for reason, rows in counts.most_common():
            value = account.value.get(reason)
            print(f"{title}: {rows:6,d}  {reason}" + (f" ({value:,} {account.currency})" if value else ""))


if __name__ == "__main__":
    main()
