"""At least and at most how much money of some movements came along others to where it ends, by any choice.

The begins give a colour to what of their money was born at indicators. It keeps the colour along the ways,
the movements that are named; what goes any other way, or has been at an end, has lost it.
Each end carries a known sum out of what its payer had. So the most is the maximum flow of coloured money to a
sink behind all ends, and the least is what the ends carry less the maximum flow of all other money. See
`answer.py`.

Where colour also ends with time (`days`) or distance (`movements`), the least takes for uncoloured whatever
could be so, and the most takes all for coloured: sound, and tight only where they are known to be attained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from tracer.flow.bounds.along import Part, Search, chains
from tracer.flow.bounds.backward import fund_money_in
from tracer.flow.bounds.limits import ANY
from tracer.flow.bounds.maxflow import CUT, Goals, push, work_for
from tracer.flow.bounds.network import Network
from tracer.flow.bounds.upstream import graph_of_edges, spread
from tracer.flow.codes import INDICATOR_MONEY, Bool, Int64
from tracer.flow.store import Flow

WORK_LIMIT = 20_000_000
"""So many edges are looked at for one search, some tenths of a second: a finding may ask for many."""


@dataclass(frozen=True)
class Between:
    """At least and at most so many fen, and whether each is known to be attained."""

    least: int
    most: int
    least_is_tight: bool = True
    most_is_tight: bool = True


@dataclass(frozen=True)
class Question:
    """Which money: rows of the flow, n, that begin it, along which it goes, and that end it.

    A row that begins money and ends it does both; a way that also does either is no way. `days`: a begin's
    money counts at ends up to so many days later; `movements`: after so many movements, the end among them.
    """

    begins: Sequence[int]
    ways: Sequence[int]
    ends: Sequence[int]
    days: int | None = None
    movements: int | None = None


class BoundsBetween:
    """Answers on one flow and the network of its rows; all share what is looked up once."""

    def __init__(self, flow: Flow, network: Network, work_limit: int = WORK_LIMIT) -> None:
        self.flow, self.network, self.limit = flow, network, work_limit
        self._search = Search(network)
        self._fund: dict[int, Between] = {}
        is_fund = network.origin // max(flow.holders, 1) == INDICATOR_MONEY
        self._has_fund, self._has_other = (spread(network, network.birth[k]) for k in (is_fund, ~is_fund))

    def fund_money_along(self, asked: Question) -> Between:
        """Least and most of the begins' money born at indicators that the ends carried."""
        network = self.network
        begins, ends = (np.array(list(dict.fromkeys(rows)), np.int64) for rows in (asked.begins, asked.ends))
        ends = ends[network.source[network.node[ends]] >= 0]
        if not len(begins) or not len(ends):
            return Between(0, 0)
        coloured = [self._fund_money(row) for row in begins.tolist()]
        ways = np.setdiff1d(np.array(asked.ways, np.int64), np.concatenate([begins, ends]))
        nodes = [network.node[rows].astype(np.int64) for rows in (begins, ways, ends)]
        paid = network.source[nodes[2]].astype(np.int64)
        part = self._search.part(nodes[0], nodes[1], np.unique(paid))
        limits = [(c.least, c.most) for c in coloured]
        local = _Local(self.flow, network, part, dict(zip(nodes[0].tolist(), limits, strict=True)))
        local.let_out(nodes[2], paid)
        if asked.days is not None:
            local.expire(asked.days)
        found = local.answer(asked.movements, self.limit)
        is_fixed = all(c.least == c.most for c in coloured)
        if is_fixed or (len(begins) == 1 and all(c.least_is_tight and c.most_is_tight for c in coloured)):
            return found
        return replace(found, least_is_tight=False, most_is_tight=False)

    def _fund_money(self, row: int) -> Between:
        """Least and most of the money of a movement that was born at indicators."""
        if row not in self._fund:
            self._fund[row] = self._look_for_fund_money(row)
        return self._fund[row]

    def _look_for_fund_money(self, row: int) -> Between:
        node = self.network.node[row]
        source, brought = int(self.network.source[node]), int(self.network.brought[node])
        if source < 0 or not self._has_fund[source]:
            return Between(0, 0)
        if not self._has_other[source]:
            return Between(brought, brought)
        least, most, is_sure = fund_money_in(self.flow, self.network, row, self.limit)
        return Between(least, most, is_sure, is_sure)


class _Out(NamedTuple):
    """Money that leaves a holder: the node of its row, the day, and where a way leads to in the part."""

    at: int
    day: int
    fen: int
    to: int
    """-1: it is an end."""


class _Local:
    """One question on its part of the network, of k nodes; `coloured`: of begins, by node, least and most."""

    def __init__(
        self, flow: Flow, network: Network, part: Part, coloured: Mapping[int, tuple[int, int]]
    ) -> None:
        self.flow, self.network, self.part = flow, network, part
        row = network.row[part.node]
        self.kept, self.brought = network.kept[part.node], network.brought[part.node]
        arrived, self.day, self.holder = flow.amount[row], flow.day[row], flow.payee[row]
        for k in np.flatnonzero(row < 0).tolist():  # an issue or an opening
            birth = int(np.searchsorted(network.birth, part.node[k]))
            holder = int(network.origin[birth]) % flow.holders
            arrived[k], self.holder[k], self.day[k] = network.born[birth], holder, flow.issue_day[holder]
        self.total = self.kept + arrived
        self.least, self.most = np.zeros((2, len(part.node)), np.int64)
        for k, node in enumerate(part.node.tolist()):
            if node in coloured:
                self.least[k], self.most[k] = coloured[node]
        self.outs: dict[int, list[_Out]] = {}
        """What leaves from each place, in time order."""
        self.splits: dict[int, list[tuple[int, int]]] = {}
        """By place: days at whose end money there loses its colour, and how many fen at most."""
        for k in np.flatnonzero(part.source >= 0).tolist():
            out = _Out(int(part.node[k]), int(self.day[k]), int(self.brought[k]), k)
            self.outs.setdefault(int(part.source[k]), []).append(out)

    def let_out(self, ends: Int64, paid: Int64) -> None:
        """Let money out by ends: their nodes, and the nodes out of whose money they are paid."""
        place = dict(zip(self.part.node.tolist(), range(len(self.part.node)), strict=True))
        for end, node in zip(ends.tolist(), paid.tolist(), strict=True):
            if node in place:
                day, fen = int(self.flow.day[self.network.row[end]]), int(self.network.brought[end])
                self.outs.setdefault(place[node], []).append(_Out(end, day, fen, -1))
        for outs in self.outs.values():
            outs.sort()

    def expire(self, days: int) -> None:
        """Note where money of begins may be when its days are over, if anything is paid there after that."""
        last: dict[int, int] = {}
        """Of each holder the last day on which it pays."""
        leads: dict[int, set[int]] = {}
        for k, outs in self.outs.items():
            payer = int(self.holder[k])
            last[payer] = max(last.get(payer, 0), outs[-1].day)
            leads.setdefault(payer, set()).update(int(self.holder[out.to]) for out in outs if out.to >= 0)
        of_holder = {holder: np.flatnonzero(self.holder == holder) for holder in last}
        for begin in np.flatnonzero(self.most).tolist():
            over, own = int(self.day[begin]) + days, int(self.holder[begin])
            for holder in _reached(own, leads):
                places = of_holder.get(holder)
                if places is None or last[holder] <= over:
                    continue
                here = places[: int(np.searchsorted(self.day[places], over, side="right"))]
                room = int(self.kept[here[here > begin]].min(initial=ANY)) if holder == own else ANY
                if len(here) and room:
                    fen = min(room, int(self.least[begin]))
                    self.splits.setdefault(int(here[-1]), []).append((over, fen))

    def answer(self, movements: int | None, limit: int) -> Between:
        """Least and most of what the ends carry; the least only of ends that are surely near enough."""
        part = self.part
        far = {k for k in self.outs if movements is not None and part.depth[k] + 1 > movements}
        matters = (part.before < 0) | (part.source >= 0) | (self.most > 0)
        matters[[*self.outs, *self.splits]] = True
        inside = np.where(part.before >= 0, self.kept, 0) + np.where(part.source >= 0, self.brought, 0)
        fresh = self.total - inside - self.least
        is_all = not far and not self.splits
        high, carried, is_sure = self._maximum(self.most, matters, False, set(), limit)
        most = Between(0, min(high, carried), most_is_tight=is_sure and is_all)
        high, carried, is_sure = self._maximum(fresh, matters, True, far, limit)
        return replace(most, least=carried - high, least_is_tight=is_sure and is_all)

    def _maximum(
        self, arriving: Int64, matters: Bool, takes_expired: bool, far: set[int], limit: int
    ) -> tuple[int, int, bool]:
        """The most of what arrives that ends carry, but those at `far`; what they carry; if it is sure."""
        joined, made = chains(self.part, self.kept, arriving, matters), _Edges()
        leaves: dict[int, int] = {}
        ways: dict[int, int] = {}
        """Nodes made: that which stands for a place after all that it paid, and where a way comes from."""
        for k in np.flatnonzero(matters).tolist():
            here = made.node(int(arriving[k]))
            if joined.root[k] >= 0:
                before = leaves[int(joined.root[k])]
                if joined.own[k]:
                    between_node = made.node(int(joined.own[k]))
                    made.edge(before, between_node, int(joined.low[k]))
                    made.edge(between_node, here, int(joined.most[k]))
                else:
                    made.edge(before, here, int(joined.low[k]))
            if k in ways:
                made.edge(ways[k], here, int(self.brought[k]))
            leaves[k] = self._pay(k, here, ways, made, takes_expired, far)
        return made.maximum(limit)

    def _pay(
        self, k: int, here: int, ways: dict[int, int], made: "_Edges", takes_expired: bool, far: set[int]
    ) -> int:
        """Make what leaves from a place, in time order; return the node that stands for it after that."""
        left = int(self.total[k])
        splits = sorted(self.splits.get(k, ()))
        for out in [*self.outs.get(k, ()), None]:
            while splits and (out is None or out.day > splits[0][0]):
                day = splits[0][0]
                over = sum(fen for when, fen in splits if when == day)
                splits = [split for split in splits if split[0] > day]
                waiting, later = made.node(over if takes_expired else 0), made.node(0)
                made.edge(here, waiting, ANY)
                made.edge(waiting, later, left)
                here = later
            if out is None:
                break
            left -= out.fen
            if out.to >= 0:
                ways[out.to] = here
            elif k not in far:
                made.end(here, out.fen)
        return here


def _reached(holder: int, leads: Mapping[int, set[int]]) -> set[int]:
    """A holder, and all to which ways lead from it."""
    found, waiting = {holder}, [holder]
    while waiting:
        new = leads.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


class _Edges:
    """A network that is made node by node, with money that comes in and ends at which it leaves."""

    def __init__(self) -> None:
        self.arriving: list[int] = []
        self.tails: list[int] = []
        self.heads: list[int] = []
        self.most: list[int] = []
        self.ends: list[int] = []
        self.carried = 0

    def node(self, arriving: int) -> int:
        """Make a node at which so many fen come in."""
        self.arriving.append(arriving)
        return len(self.arriving) - 1

    def edge(self, tail: int, head: int, most: int) -> None:
        """Let up to so many fen go from one node to another."""
        self.tails.append(tail)
        self.heads.append(head)
        self.most.append(most)

    def end(self, tail: int, fen: int) -> None:
        """Let an end carry so many fen from a node."""
        self.ends.append(self.node(0))
        self.edge(tail, self.ends[-1], fen)
        self.carried += fen

    def maximum(self, limit: int) -> tuple[int, int, bool]:
        """The most that can go from where money comes in to the ends, what these carry, and if it is sure."""
        nodes, arriving = len(self.arriving), np.array(self.arriving, np.int64)
        tails, heads = (np.array(column, np.int32) for column in (self.tails, self.heads))
        graph = graph_of_edges(tails, heads, np.array(self.most, np.int64), nodes)
        width = np.zeros(nodes, np.int64)
        width[self.ends] = ANY
        begin = np.flatnonzero(arriving).astype(np.int32)
        work = work_for(graph, limit)
        goals = Goals(width, ANY, np.ones(nodes, np.int64))
        high = min(int(arriving.sum()), self.carried)
        found = push(graph, work, goals, begin, arriving[begin], high)
        return (high, self.carried, False) if work.state[CUT] else (int(found), self.carried, True)
