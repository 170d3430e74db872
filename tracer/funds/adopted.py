"""What a locality adopts of the catalogue, and narrows, from day to day.

The decisions lie in `HOME/settings/funds.csv`. One holds for a region and all below it (the empty region:
everywhere), from its first to its last day. Of those that hold for a place, on a day and for one fund (level
and name, on whichever list), the one with the longest region counts, then the one that began last.
Source: 002_79f51f3382b27739.txt 二(一)1; 000_0449071ebc8d3f42.txt 二(一)1.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tracer.errors import UsageError
from tracer.funds.catalogue import Fund, catalogue, fund_of
from tracer.rules.kept import check_region, write_entries
from tracer.rules.place import fund_key

FILE = Path("settings") / "funds.csv"
ADOPTED, DROPPED = "adopted", "dropped"

Key = tuple[str, str]
"""A fund whichever list has it: its level, and its name as compared."""


@dataclass(frozen=True, order=True)
class Decision:
    """That a region adopts or drops a fund: ISO days, open where empty; an empty scope is the list's."""

    region: str
    fund: str
    valid_from: str
    valid_to: str
    decision: str
    scope: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What a later decision replaces."""
        return (self.region, self.fund, self.valid_from)

    def holds(self, region: str, day: date) -> bool:
        """Whether it holds in a region on a day; both ends count."""
        return region.startswith(self.region) and self.valid_from <= day.isoformat() <= (
            self.valid_to or "9999"
        )


@dataclass(frozen=True)
class Standing:
    """A fund with the decision that counts for it somewhere on a day."""

    fund: Fund
    decision: Decision

    @property
    def is_adopted(self) -> bool:
        """Whether the fund is in the catalogue there."""
        return self.decision.decision == ADOPTED

    @property
    def is_partial(self) -> bool:
        """Whether only a part of its money is in scope."""
        return bool(self.fund.scope or self.decision.scope)


def read_decisions(home: Path) -> tuple[Decision, ...]:
    """All decisions that a home keeps, in order; UsageError for one on a fund that no list has."""
    path = home / FILE
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        decisions = tuple(sorted(Decision(**row) for row in csv.DictReader(file)))
    for decision in decisions:
        fund_of(decision.fund)
    return decisions


def decide(
    home: Path,
    funds: Iterable[Fund],
    decision: str,
    region: str,
    valid_from: date,
    valid_to: date | None = None,
    scope: str = "",
) -> list[Decision]:
    """Keep one decision on each fund, in place of those on it with the same region and first day.

    Raises UsageError for a region that is no code, a last day before the first, a kind of money that is no
    fund, and a fund to drop that is not adopted there on the first day.
    """
    check_region(region)
    if valid_to and valid_to < valid_from:
        raise UsageError(f"截止日期 {valid_to} 早于起始日期 / the last day {valid_to} is before the first")
    made = []
    kept = {entry.place: entry for entry in read_decisions(home)}
    there = standings(kept.values(), region, valid_from)
    for fund in funds:
        if fund.level == "category":
            raise UsageError(f"{fund.id} {fund.fund_name} 是资金类别 / a kind of money, not a fund")
        standing = there.get(key_of(fund))
        if decision == DROPPED and not (standing and standing.is_adopted):
            raise UsageError(
                f"{fund.id} {fund.fund_name} 在 {valid_from} 没有采用，不能剔除"
                f" / {fund.id} is not adopted there on that day"
            )
        last = valid_to.isoformat() if valid_to else ""
        entry = Decision(region, fund.id, valid_from.isoformat(), last, decision, " ".join(scope.split()))
        kept[entry.place] = entry
        made.append(entry)
    write_entries(home / FILE, Decision, sorted(kept.values()))
    return made


def forget(home: Path, funds: Iterable[Fund], region: str, valid_from: date | None = None) -> list[Decision]:
    """Remove a region's decisions on funds, of one first day or all; UsageError where there is none."""
    ids = {fund.id for fund in funds}
    day = valid_from.isoformat() if valid_from else None
    kept = read_decisions(home)
    gone = [d for d in kept if d.region == region and d.fund in ids and day in (None, d.valid_from)]
    if not gone:
        raise UsageError("没有这样的决定，不能删除 / no such decision is kept here")
    write_entries(home / FILE, Decision, [entry for entry in kept if entry not in gone])
    return gone


def standings(decisions: Iterable[Decision], region: str, day: date) -> dict[Key, Standing]:
    """The decision that counts for each fund in a region on a day, in the order of the documents."""
    found: dict[Key, Standing] = {}
    # Of two that are alike in region and first day, that of the later list counts.
    for decision in sorted(decisions, key=lambda d: (len(d.region), d.valid_from, d.fund)):
        if decision.holds(region, day):
            fund = fund_of(decision.fund)
            found[key_of(fund)] = Standing(fund, decision)
    order = {fund_id: n for n, fund_id in enumerate(catalogue())}
    return dict(
        sorted(found.items(), key=lambda item: (order.get(item[1].fund.id, len(order)), item[1].fund.id))
    )


def in_force(home: Path, region: str, day: date) -> list[Standing]:
    """The catalogue of a region on a day: the funds adopted there, in the order of the documents."""
    check_region(region)
    return [entry for entry in standings(read_decisions(home), region, day).values() if entry.is_adopted]


def key_of(fund: Fund) -> Key:
    """What is the same fund on all lists."""
    return fund.level, fund_key(fund.fund_name)
