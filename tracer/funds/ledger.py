"""The general ledger of a catalogue: its indicators with the amount that is in scope.

What is in scope of a partly scoped fund may be less than the indicator, and only its document says how much.
Where nobody has stated it, the amount is *not stated*: neither in scope nor out of it.
Source: 000_0449071ebc8d3f42.txt 一(二)2, 附件1; 002_79f51f3382b27739.txt 附件2.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tracer.funds.adopted import Decision, Standing, read_decisions, standings
from tracer.funds.amounts import read_stated
from tracer.ledger import Ledger
from tracer.rules.kept import check_region
from tracer.rules.place import NOWHERE, fund_key, places_of
from tracer.seen import seen

Row = dict[str, Any]

AMOUNTS = ("amount_fen", "in_scope_fen", "out_of_scope_fen", "not_stated_fen")
"""The amount of an indicator, and the three parts that add up to it."""

_LEVELS = ("central", "province", "city", "county", "township")
_COLUMNS = ("indicator_id", "doc_no", "fund_name", "level", "receiver", "issued_on", "amount_fen")


def fund_ledger(home: Path, as_of: date, region: str = "") -> dict[str, Any]:
    """The indicators seen on a day whose fund is in the catalogue of their region on that day.

    The region of an indicator is its receiver's; `region` keeps those there and below. Money that passes
    down stands on every level that it passes, so that `totals` are by fund and level and never added over
    levels. `left_out` counts what is not listed: indicators of other funds (`not_in_catalogue`) and, where
    a region is asked for, those without one (`no_region`).
    `problems` are stated amounts above that of their indicator, which count as not stated.
    """
    check_region(region)
    ledger = Ledger(home)
    version = ledger.version
    indicators = seen(ledger, version, as_of, "indicators").select(_COLUMNS).to_pylist()
    ids = [row["indicator_id"] for row in indicators]
    places = places_of(ledger, version, as_of, "indicator_id", ids) if ids else {}
    providers = _providers(indicators, seen(ledger, version, as_of, "splits").to_pylist())
    catalogues = _Catalogues(read_decisions(home), as_of)
    stated = read_stated(home)
    listed, problems = [], []
    left_out = {name: {"indicators": 0, "amount_fen": 0} for name in ("not_in_catalogue", "no_region")}
    for row in indicators:
        where = places.get(row["indicator_id"], NOWHERE)[1]
        if region and where and not where.startswith(region):
            continue
        provider = providers[row["indicator_id"]]
        standing = catalogues.find(where, row["fund_name"], provider)
        if (region and not where) or standing is None:
            reason = left_out["no_region" if region and not where else "not_in_catalogue"]
            reason["indicators"] += 1
            reason["amount_fen"] += row["amount_fen"]
            continue
        said = stated.get(row["indicator_id"])
        if said and said.fen > row["amount_fen"]:
            problems.append({"indicator_id": said.indicator_id, "stated_fen": said.fen, **_amount(row)})
            said = None
        parts = _parts(row["amount_fen"], said.fen if said else None, standing.is_partial)
        listed.append(
            _listed(row, where, provider, standing) | parts | {"stated_by": said.doc_no if said else None}
        )
    return {
        "as_of": as_of.isoformat(),
        "ledger_version": version,
        "region": region,
        "indicators": listed,
        "totals": _totals(listed),
        "left_out": left_out,
        "problems": problems,
    }


def _amount(row: Row) -> Row:
    return {"amount_fen": row["amount_fen"]}


def _parts(amount_fen: int, stated_fen: int | None, is_partial: bool) -> Row:
    """The parts of an amount: as stated, else the whole in scope, or of a partly scoped fund not stated."""
    if stated_fen is not None:
        return {"in_scope_fen": stated_fen, "out_of_scope_fen": amount_fen - stated_fen, "not_stated_fen": 0}
    inside = 0 if is_partial else amount_fen
    return {"in_scope_fen": inside, "out_of_scope_fen": 0, "not_stated_fen": amount_fen - inside}


def _listed(row: Row, region: str, provider: str | None, standing: Standing) -> Row:
    return {
        "indicator_id": row["indicator_id"],
        "doc_no": row["doc_no"],
        "fund_id": standing.fund.id,
        "fund_name": standing.fund.fund_name,
        "fund_level": standing.fund.level,
        "level": row["level"],
        "provider_level": provider,
        "region": region,
        "is_partial": standing.is_partial,
        "scope": standing.decision.scope,
        **_amount(row),
    }


def _totals(listed: Sequence[Row]) -> list[Row]:
    """Sums by fund and level of the indicators, funds in the order of the catalogue's levels and names."""
    sums: dict[tuple[str, str, str], Row] = {}
    for row in listed:
        key = (row["fund_level"], row["fund_name"], row["level"])
        names = dict(zip(("fund_level", "fund_name", "level"), key, strict=True))
        total = sums.setdefault(key, names | {"indicators": 0} | dict.fromkeys(AMOUNTS, 0))
        total["indicators"] += 1
        for name in AMOUNTS:
            total[name] += row[name]
    return sorted(
        sums.values(),
        key=lambda t: (_LEVELS.index(t["fund_level"]), t["fund_name"], _LEVELS.index(t["level"])),
    )


class _Catalogues:
    """The catalogues of the regions on a day, each looked up once."""

    def __init__(self, decisions: Sequence[Decision], day: date) -> None:
        self._decisions = decisions
        self._day = day
        self._known: dict[str, dict[str, list[tuple[bool, Standing]]]] = {}

    def find(self, region: str, fund_name: str | None, provider: str | None) -> Standing | None:
        """The fund of an indicator, if it is in the catalogue of a region.

        Of several of that name it is the one of the level that provided the money; else the one that is
        called so in full, of the highest level.
        """
        named = self._of(region).get(fund_key(fund_name or ""), [])
        own = [(exact, standing) for exact, standing in named if standing.fund.level == provider]
        adopted = [(exact, standing) for exact, standing in own or named if standing.is_adopted]
        if not adopted:
            return None
        return min(adopted, key=lambda entry: (not entry[0], _LEVELS.index(entry[1].fund.level)))[1]

    def _of(self, region: str) -> Mapping[str, list[tuple[bool, Standing]]]:
        if region not in self._known:
            found: dict[str, list[tuple[bool, Standing]]] = {}
            for standing in standings(self._decisions, region, self._day).values():
                for n, name in enumerate(standing.fund.names):
                    found.setdefault(name, []).append((n == 0, standing))
            self._known[region] = found
        return self._known[region]


def _providers(indicators: Iterable[Row], splits: Iterable[Row]) -> dict[str, str | None]:
    """The level on which each indicator's money was first held; None where that is several."""
    levels = {row["indicator_id"]: row["level"] for row in indicators}
    parents: dict[str, set[str]] = {}
    for row in splits:
        parents.setdefault(row["child_indicator_id"], set()).add(row["parent_indicator_id"])
    found: dict[str, str | None] = {}
    for name in levels:
        reached, waiting = {name}, [name]
        roots = set()
        while waiting:
            here = waiting.pop()
            above = parents.get(here, set()).intersection(levels)
            if not above:
                roots.add(levels[here])
            waiting += above - reached
            reached |= above
        found[name] = roots.pop() if len(roots) == 1 else None
    return found
