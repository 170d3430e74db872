"""Whose money it is, where it is now, and all links: answered from a flow's columns (contract section 3).

Pieces form a forest: the way from one piece to a later one is unique and sums along it are exact. Only numpy
is imported and only what is touched is read, so that a trace on a built home answers at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from tracer.errors import UsageError
from tracer.flow.codes import (
    ACCOUNT,
    CASH_HOLDER,
    CASH_IN,
    INDICATOR,
    INDICATOR_MONEY,
    NOT_EXACT,
    OPENING,
    TREASURY,
    UNEXPLAINED,
    Int64,
)
from tracer.flow.store import Flow, bucket_of, require_pieces
from tracer.flow.walk import (
    changes,
    climb,
    cut_links,
    descend,
    descend_from_any,
    holders_of,
    pieces_born,
    pieces_of_row,
    pieces_received,
    run_sums,
    shortfalls,
    sources_of,
    sums_by,
    within_rows,
)
from tracer.mask import mask_text

DIRECTIONS = ("backward", "forward")
ORIGIN_KINDS = {INDICATOR_MONEY: "indicator", OPENING: "opening", CASH_IN: "cash", UNEXPLAINED: "unexplained"}
HOLDER_KINDS = {INDICATOR: "indicator", ACCOUNT: "account", TREASURY: "account", CASH_HOLDER: "cash"}
ROW_TABLES = ("splits", "payments", "transfers")
"""The table of each kind of movement."""

_SLICE = 100_000

_LOOKED_UP_AS = (2, 0, 1)
"""Rank of a split, payment and bank transfer when a name is looked up."""


@dataclass(frozen=True)
class Part:
    """So many fen of one origin, or at one holder."""

    id: str
    kind: str
    """Of an origin indicator, opening, cash or unexplained; of a holder indicator, account or cash."""
    fen: int


@dataclass(frozen=True)
class Step:
    """A movement on a trace, with its evidence."""

    name: str
    table: str
    seq: int
    """`_seq` of its row in that table."""
    day: date
    time_ms: int
    """Milliseconds since midnight, 0 where no time is given."""
    payer: str
    payer_title: str
    """Who holds the account, or document and fund of the indicator; "" where unknown."""
    payee: str
    payee_title: str
    fen: int
    """How much of the traced money it moved."""
    amount_fen: int
    """How much it moved in all."""
    purpose: str
    legs: tuple[tuple[str, int], ...]
    """Bank transfers merged with it: transfer number and `_seq` in `transfers`."""


@dataclass(frozen=True)
class Trace:
    """One answer of `trace`."""

    flow: Flow
    subject: str
    row: int | None
    """The movement that is traced; None for an indicator or account."""
    direction: str
    amount_fen: int
    part: Int64
    """Origins of the money (backward) or holders that it is with now (forward), the largest first."""
    part_fen: Int64
    """Fen of each part; they add up to `amount_fen`."""
    link_from: Int64
    """A movement, or m + origin."""
    link_to: Int64
    """A movement."""
    link_fen: Int64
    cut_fen: int | None
    """Fen on the links that a cut left out; None where nothing was cut."""
    exact: bool = True
    """False where pieces were too many: parts are shares of mixes, rounded, and each link is all of a row."""

    @cached_property
    def parts(self) -> list[Part]:
        """The parts by name, one per name and kind."""
        flow = self.flow
        if self.direction == "backward":
            kinds = [ORIGIN_KINDS[kind] for kind in (self.part // flow.holders).tolist()]
            names = [origin_name(flow, origin) for origin in self.part.tolist()]
        else:
            kinds = [HOLDER_KINDS[kind] for kind in flow.holder_kind[self.part].tolist()]
            names = flow.holder_names.take(self.part)
        sums: dict[tuple[str, str], int] = {}
        for key, fen in zip(zip(names, kinds, strict=True), self.part_fen.tolist(), strict=True):
            sums[key] = sums.get(key, 0) + fen
        return [Part(*key, fen) for key, fen in sums.items()]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `fundtrail trace` (contract section 3)."""
        sums: dict[tuple[str, str], int] = {}
        if self.exact:
            for pair, fen in zip(self._named_links(), self.link_fen.tolist(), strict=True):
                sums[pair] = sums.get(pair, 0) + fen
        answer = {
            "subject": self.subject,
            "direction": self.direction,
            "method": self.flow.method,
            "amount_fen": self.amount_fen,
            "parts": [{"id": part.id, "kind": part.kind, "fen": part.fen} for part in self.parts],
            "links": [{"from": source, "to": row, "fen": fen} for (source, row), fen in sums.items()],
            "complete": self.cut_fen is None,
        }
        if not self.exact:
            answer |= {"exact": False, "note": NOT_EXACT, "rows": self._named_rows()}
        return answer if self.cut_fen is None else answer | {"cut_fen": self.cut_fen}

    @cached_property
    def steps(self) -> list[Step]:
        """Every movement that this money went through, in the order in which it moved."""
        rows, fen = sums_by(self.link_to, self.link_fen)
        if self.row is not None and self.row not in rows:
            rows, fen = np.append(rows, self.row), np.append(fen, self.amount_fen)
        when = np.argsort(self.flow.start[rows], kind="stable")
        return [
            _step(self.flow, row, part)
            for row, part in zip(rows[when].tolist(), fen[when].tolist(), strict=True)
        ]

    def _named_rows(self) -> list[dict[str, Any]]:
        """What went through each movement, where it is not known from which other one it came."""
        return [
            {"id": name, "fen": fen}
            for name, fen in zip(self.flow.names.take(self.link_to), self.link_fen.tolist(), strict=True)
        ]

    def _named_links(self) -> Iterator[tuple[str, str]]:
        return zip(source_names(self.flow, self.link_from), self.flow.names.take(self.link_to), strict=True)


def trace(flow: Flow, subject: str, direction: str, max_links: int | None = None) -> Trace:
    """Trace a payment, bank transfer, split, indicator or account (looked up in this order).

    Backward: where the money came from that it moved, or holds now. Forward: where the money is now that it
    moved, or that was born there or ever reached it, each fen once. `max_links` keeps the largest links
    only and says in `cut_fen` what the others carried; parts are never cut. Of a flow without pieces those
    that the trace needs are written; where these are too many, `exact` is false. Raises `UsageError` for an
    unknown subject or direction. Source: contract section 3.
    """
    check_direction(direction)
    row, holder = find(flow, subject)
    exact = True
    if flow.unwritten:
        from tracer.flow.prorata.cone import write_cone

        written = write_cone(flow, row, holder, direction)
        flow, exact = written or flow, written is not None
    if exact:
        answer = _backward if direction == "backward" else _forward
        part, part_fen, pieces, fen = answer(flow, row, holder)
        links, cut_fen = cut_links(_merged(flow, pieces, fen), max_links)
    else:
        from tracer.flow.prorata.mix import mixed_answer

        mixed = mixed_answer(flow, flow.order, row, holder, direction)
        part, part_fen, cut_fen = mixed.part, mixed.part_fen, int(mixed.row_fen.sum())
        links = np.full(len(mixed.row), -1), mixed.row, mixed.row_fen
    largest = np.argsort(-part_fen, kind="stable")
    return Trace(
        flow=flow,
        subject=subject if row is None else flow.names[row],
        row=row,
        direction=direction,
        amount_fen=int(part_fen.sum()),
        part=part[largest],
        part_fen=part_fen[largest],
        link_from=links[0],
        link_to=links[1],
        link_fen=links[2],
        cut_fen=cut_fen,
        exact=exact,
    )


def check_direction(direction: str) -> None:
    """Raise `UsageError` for anything but a direction."""
    if direction not in DIRECTIONS:
        raise UsageError(f"方向只能是 {' 或 '.join(DIRECTIONS)} / direction is {' or '.join(DIRECTIONS)}")


def find(flow: Flow, subject: str) -> tuple[int | None, int]:
    """The movement of this name and -1, or None and the holder; a bank leg is its payment.

    Raises `UsageError` where nothing has this name, and for `CASH`, which is outside the ledger.
    """
    bucket = bucket_of(subject, len(flow.ids_start) - 1)
    found: list[tuple[int, int | None, int]] = []
    for place in flow.ids[flow.ids_start[bucket] : flow.ids_start[bucket + 1]].tolist():
        if place < flow.rows:
            if flow.names[place] == subject:
                found.append((_LOOKED_UP_AS[flow.kind[place]], place, -1))
        elif (holder := place - flow.rows) < flow.holders:
            if flow.holder_names[holder] == subject:
                found.append((3 if flow.holder_kind[holder] == INDICATOR else 4, None, holder))
        elif flow.leg_names[leg := holder - flow.holders] == subject:
            found.append((1, int(flow.leg_rows[leg]), -1))
    if not found:
        shown, seen = mask_text(subject), f"（截至 {flow.as_of}）" if flow.as_of else ""
        raise UsageError(
            f"账本中没有 {shown}{seen}，请给支付凭证号、交易流水号、分解名（上级>下级#n）、指标编号或账号 / "
            f"nothing is called {shown}; give a payment, bank transfer, split (PARENT>CHILD#n), "
            "indicator or account"
        )
    _, row, holder = min(found, key=lambda candidate: candidate[0])
    if row is None and flow.holder_kind[holder] == CASH_HOLDER:
        raise UsageError(
            f"{subject} 是账本之外的现金，不能追踪；请追踪存入或取出现金的账户 / "
            f"{subject} is outside the ledger; trace the account that paid in or took out the cash"
        )
    return row, holder


def origin_name(flow: Flow, origin: int) -> str:
    """What an origin is called: an indicator by its id, else e.g. `opening:` and the holder's name."""
    kind, holder = divmod(origin, flow.holders)
    name = flow.holder_names[holder]
    return name if kind == INDICATOR_MONEY else f"{ORIGIN_KINDS[kind]}:{name}"


def source_names(flow: Flow, sources: Int64) -> list[str]:
    """What links start from: the names of movements, or of origins (m + origin)."""
    is_row = sources < flow.rows
    names = iter(flow.names.take(sources[is_row]))
    origins = (origin_name(flow, origin) for origin in (sources[~is_row] - flow.rows).tolist())
    return [next(names) if row else next(origins) for row in is_row.tolist()]


# A direction answers with parts and their fen, then with the pieces whose arrivals are links and the fen of
# each that count.
_Answer = tuple[Int64, Int64, Int64, Int64]


def _backward(flow: Flow, row: int | None, holder: int) -> _Answer:
    if row is not None:
        own = pieces_of_row(flow, row)
        fen = flow.fen[own]
    else:
        born = pieces_born(flow, holder)
        own = np.concatenate([born[flow.row[born] < 0], pieces_received(flow, holder)])
        fen = flow.left[own]
        own, fen = own[fen > 0], fen[fen > 0]
    pieces, passed = climb(flow, own, fen)
    carried = flow.row[pieces] >= 0
    return *sums_by(flow.origin[own], fen), pieces[carried], passed[carried]


def _forward(flow: Flow, row: int | None, holder: int) -> _Answer:
    if row is not None:
        own = pieces_of_row(flow, row)
        pieces = fresh = descend(flow, own)
    else:
        born = pieces_born(flow, holder)
        own = np.concatenate([born, pieces_received(flow, holder)])
        later, fresh = descend_from_any(flow, own)
        pieces = np.concatenate([shortfalls(flow, born), later])
    everywhere = np.concatenate([own, fresh])
    left = flow.left[everywhere]
    everywhere, left = everywhere[left > 0], left[left > 0]
    return *sums_by(holders_of(flow, everywhere), left), pieces, flow.fen[pieces]


def _merged(flow: Flow, pieces: Int64, fen: Int64) -> tuple[Int64, Int64, Int64]:
    """Links of pieces, one per pair, in the order in which the money moved: from, to, fen."""
    order = np.argsort(pieces)  # each stands there once
    pieces, fen = pieces[order], fen[order]
    source, row = sources_of(flow, pieces), flow.row[pieces]
    order = within_rows(row, (source,))
    source, fen = source[order], fen[order]
    first = changes(row, source)
    return source[first], row[first], run_sums(fen, first)


def _step(flow: Flow, row: int, fen: int) -> Step:
    payer, payee = int(flow.payer[row]), int(flow.payee[row])
    legs = range(*np.searchsorted(flow.leg_rows, [row, row + 1]).tolist())
    return Step(
        name=flow.names[row],
        table=ROW_TABLES[flow.kind[row]],
        seq=int(flow.seq[row]),
        day=date(1970, 1, 1) + timedelta(days=int(flow.day[row])),
        time_ms=int(flow.time_ms[row]),
        payer=flow.holder_names[payer],
        payer_title=flow.holder_titles[payer],
        payee=flow.holder_names[payee],
        payee_title=flow.holder_titles[payee],
        fen=fen,
        amount_fen=int(flow.amount[row]),
        purpose=flow.purposes[int(flow.purpose[row])],
        legs=tuple((flow.leg_names[leg], int(flow.leg_seq[leg])) for leg in legs),
    )


@dataclass(frozen=True)
class Links:
    """Every link of a ledger: `to` is a movement, `source` a movement or m + origin, `line` -1 for none."""

    flow: Flow
    source: Int64
    to: Int64
    origin: Int64
    line: Int64
    fen: Int64

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The links as `fundtrail links` prints them, one per combination of names."""
        if not self.flow.homonyms:
            yield from self._named()
            return
        sums: dict[tuple[str, str, str, str], int] = {}
        for link in self._named():
            fen = link.pop("fen")
            sums[tuple(link.values())] = sums.get(tuple(link.values()), 0) + fen
        for (source, to, origin, line), fen in sums.items():
            yield {"from": source, "to": to, "origin": origin, "line": line, "fen": fen}

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `fundtrail links` (contract section 3)."""
        return {"method": self.flow.method, "links": list(self)}

    def _named(self) -> Iterator[dict[str, Any]]:
        """Name the links in slices, so that the texts of many never stand side by side."""
        flow = self.flow
        for first in range(0, len(self.to), _SLICE):
            part = slice(first, first + _SLICE)
            yield from (
                {"from": source, "to": to, "origin": origin, "line": line, "fen": fen}
                for source, to, origin, line, fen in zip(
                    source_names(flow, self.source[part]),
                    flow.names.take(self.to[part]),
                    (origin_name(flow, origin) for origin in self.origin[part].tolist()),
                    (flow.holder_names[line] if line >= 0 else "" for line in self.line[part].tolist()),
                    self.fen[part].tolist(),
                    strict=True,
                )
            )


def links(flow: Flow) -> Links:
    """All links, one per from, to, origin and line, in the order in which the money moved.

    Raises `TooManyPiecesError` for a flow without pieces.
    """
    require_pieces(flow)
    pieces = np.flatnonzero(flow.row >= 0)
    row, source, origin = flow.row[pieces], sources_of(flow, pieces), flow.origin[pieces]
    line, fen = flow.line[pieces].astype(np.int64), flow.fen[pieces]
    order = within_rows(row, (line, origin, source))
    source, origin, line, fen = (column[order] for column in (source, origin, line, fen))
    first = changes(row, source, origin, line)
    return Links(flow, source[first], row[first], origin[first], line[first], run_sums(fen, first))
