"""How much of an indicator is in scope, where a person says so.

The input has no column for it: an indicator of a partly scoped fund states the whole amount. What an office
finds out of its document lies in `HOME/settings/fund-amounts.csv`.
Source: 000_0449071ebc8d3f42.txt 附件1; 002_79f51f3382b27739.txt 附件2.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import UsageError
from tracer.ledger import Ledger
from tracer.money import format_yuan, parse_fen, plain_yuan
from tracer.rules.kept import write_entries

FILE = Path("settings") / "fund-amounts.csv"


@dataclass(frozen=True, order=True)
class Stated:
    """The amount of an indicator that is in scope, in yuan as text, and the document that says so."""

    indicator_id: str
    amount: str
    doc_no: str

    @property
    def fen(self) -> int:
        """The amount in fen."""
        return parse_fen(self.amount)


def read_stated(home: Path) -> dict[str, Stated]:
    """The amounts that a home keeps, by indicator."""
    path = home / FILE
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["indicator_id"]: Stated(**row) for row in csv.DictReader(file)}


def state(home: Path, texts: Iterable[str], doc_no: str = "") -> dict[str, Stated]:
    """Keep amounts given as `INDICATOR=yuan`, an empty one forgets; returns all that is kept then.

    Raises UsageError for another text, an indicator that the ledger has not, and an amount that is negative
    or above that of the indicator; then nothing changes.
    """
    rows = Ledger(home).read("indicators", ["indicator_id", "amount_fen"])
    whole = dict(zip(*(rows[name].to_pylist() for name in ("indicator_id", "amount_fen")), strict=True))
    kept = read_stated(home)
    for text in texts:
        name, sign, value = text.rpartition("=")
        name, value = name.strip(), value.strip()
        if not sign or not name:
            raise UsageError(f"应写作 指标编号=金额：{text} / write INDICATOR=amount, not {text}")
        if not value:
            if kept.pop(name, None) is None:
                raise UsageError(f"没有保存 {name} 的金额，不能删除 / no amount of {name} is kept")
            continue
        if name not in whole:
            raise UsageError(f"账本没有指标 {name} / the ledger has no indicator {name}")
        fen = _fen(value)
        if not 0 <= fen <= whole[name]:
            most = format_yuan(whole[name])
            raise UsageError(
                f"{name} 的范围内金额应在 0 与指标金额 {most} 元之间：{value}"
                f" / the amount in scope of {name} lies between 0 and its {most} yuan"
            )
        kept[name] = Stated(name, plain_yuan(fen), doc_no.strip())
    write_entries(home / FILE, Stated, sorted(kept.values()))
    return kept


def _fen(value: str) -> int:
    try:
        return parse_fen(value)
    except ValueError as error:
        raise UsageError(f"不是以元计的金额：{value} / not an amount in yuan: {value}") from error
