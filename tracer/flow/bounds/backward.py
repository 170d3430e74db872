"""Least and most of each origin in what a movement moved, or a holder has: see `answer.py`."""

from dataclasses import astuple

import numpy as np

from tracer.flow.bounds.limits import ANY, Found
from tracer.flow.bounds.maxflow import (
    CUT,
    LIMIT,
    WORK,
    Goals,
    Graph,
    is_mark_due,
    mark_behind,
    push,
    reversed_graph,
    undo,
    work_for,
)
from tracer.flow.bounds.network import Network
from tracer.flow.bounds.upstream import Cone, cone_to, graph_of, widths_from, widths_in, widths_to
from tracer.flow.codes import CASH_IN, INDICATOR_MONEY, OPENING, UNEXPLAINED, Int32, Int64
from tracer.flow.store import Flow, bucket_of
from tracer.flow.walk import pieces_born, pieces_of_row, pieces_received, sums_by

FIRST_TURN = 20_000
"""So many edges a search looks at before the other direction has its turn."""


def bounds_of_origins(flow: Flow, network: Network, row: int | None, holder: int, work_limit: int) -> Found:
    """Least and most of every origin that can be in it; equally named origins are one."""
    if row is None:
        end, most, own = int(network.last[holder]), int(network.balance[holder]), slice(0, 0)
    else:
        node = int(network.node[row])
        end, most = int(network.source[node]), int(network.brought[node])
        own = slice(*np.searchsorted(network.birth, [node, node + 1]).tolist())
    fixed, fixed_fen = one_per_name(flow, network.origin[own]), network.born[own]
    if not most:
        return Found(fixed, fixed_fen, fixed_fen, np.ones(len(fixed), np.bool_))
    known = _known(flow, row, holder)
    found = _Question(flow, cone_to(network, np.array([end])), most, known, work_limit).answer()
    for origin, fen in zip(fixed, fixed_fen, strict=True):  # at most one: what is born with the row
        found = _with(found, int(origin), int(fen))
    return found


def fund_money_in(flow: Flow, network: Network, row: int, work_limit: int) -> tuple[int, int, bool]:
    """Least and most of what a movement moved that was born at indicators, and whether both are attained."""
    node = int(network.node[row])
    most = int(network.brought[node])
    origins, fen = _known(flow, row, -1)
    cone = cone_to(network, np.array([network.source[node]]))
    cone = cone._replace(origin=_fund_or_not(flow, cone.origin))
    known = sums_by(_fund_or_not(flow, origins), fen)
    found = _Question(flow, cone, most, known, work_limit).answer()
    for part, least, upper, is_tight in zip(*astuple(found), strict=True):
        if part == INDICATOR_MONEY:
            return int(least), int(upper), bool(is_tight)
    return 0, 0, True


def _fund_or_not(flow: Flow, origins: Int64) -> Int64:
    """For each origin that of the first holder: an indicator's money, or another's."""
    is_fund = origins // flow.holders == INDICATOR_MONEY
    return np.where(is_fund, INDICATOR_MONEY, OPENING * np.int64(flow.holders))


def _with(found: Found, origin: int, fen: int) -> Found:
    """The same with some fen more of an origin."""
    part = np.union1d(found.part, [origin])
    at = np.searchsorted(part, found.part)
    least, most, tight = (
        np.zeros(len(part), np.int64),
        np.zeros(len(part), np.int64),
        np.ones(len(part), bool),
    )
    least[at], most[at], tight[at] = found.least, found.most, found.tight
    least[part == origin] += fen
    most[part == origin] += fen
    return Found(part, least, most, tight)


def _known(flow: Flow, row: int | None, holder: int) -> tuple[Int64, Int64]:
    """Origins of the money by the flow's own method, and fen; but for what is born with the row."""
    if row is not None:
        own = pieces_of_row(flow, row)
        own = own[flow.parent[own] >= 0]
        return sums_by(one_per_name(flow, flow.origin[own]), flow.fen[own])
    born = pieces_born(flow, holder)
    own = np.concatenate([born[flow.row[born] < 0], pieces_received(flow, holder)])
    return sums_by(one_per_name(flow, flow.origin[own]), flow.left[own])


def one_per_name(flow: Flow, origins: Int64) -> Int64:
    """Origins; where an account and an indicator bear one name that of the indicator for both."""
    if not flow.homonyms:
        return origins
    distinct, places = np.unique(origins, return_inverse=True)
    for k, (kind, holder) in enumerate(
        zip(*(part.tolist() for part in np.divmod(distinct, flow.holders)), strict=True)
    ):
        if kind in (CASH_IN, UNEXPLAINED):
            distinct[k] = kind * flow.holders + _first_of_name(flow, holder)
    return distinct[places]


def _first_of_name(flow: Flow, holder: int) -> int:
    name = flow.holder_names[holder]
    bucket = bucket_of(name, len(flow.ids_start) - 1)
    places = flow.ids[flow.ids_start[bucket] : flow.ids_start[bucket + 1]] - flow.rows
    same = [h for h in places.tolist() if 0 <= h < flow.holders and flow.holder_names[h] == name]
    return int(min(same))


class _Question:
    """The origins of `most` fen that leave a cone at its end, its last node; `known` by one labelling."""

    def __init__(self, flow: Flow, cone: Cone, most: int, known: tuple[Int64, Int64], limit: int) -> None:
        self.cone, self.most, self.limit = cone, most, limit
        self.end = len(cone.node) - 1
        self.width, self.reach = widths_to(cone, self.end, most)
        self.origins, self.group = np.unique(one_per_name(flow, cone.origin), return_inverse=True)
        by_group = np.argsort(self.group, kind="stable")
        first = np.searchsorted(self.group[by_group], np.arange(1, len(self.origins)))
        self.births: list[Int64] = np.split(by_group, first)
        """Of each origin, its places among the births of the cone."""
        self.known = np.zeros(len(self.origins), np.int64)
        there = known[1] > 0
        self.known[np.searchsorted(self.origins, known[0][there])] = known[1][there]

    def answer(self) -> Found:
        """Answer for all origins; without a search where what encloses an answer is one figure."""
        cone, most = self.cone, self.most
        width, reach = self.width[cone.birth], self.reach[cone.birth]
        can = self._sums(np.minimum(cone.born, reach))
        surely = self._sums(np.where(width >= most, cone.born, 0))
        one_way = np.zeros(len(self.origins), np.int64)
        np.maximum.at(one_way, self.group, np.minimum(cone.born, width))
        upper = np.minimum(can, most)
        lower = np.maximum(np.maximum(one_way, self.known), np.minimum(surely, most))
        least_low = np.maximum(0, most - (can.sum() - can))
        least_high = np.minimum(self.known, np.maximum(0, most - (surely.sum() - surely)))
        found = Found(self.origins, least_high, upper, np.ones(len(upper), np.bool_))
        self._search(found, lower, np.flatnonzero(least_low < least_high))
        for k in np.flatnonzero(~found.tight).tolist():
            low, high = self._interval(k)
            found.least[k], found.most[k] = max(least_low[k], low), min(upper[k], high)
        return found

    def _sums(self, fen: Int64) -> Int64:
        sums = np.zeros(len(self.origins), np.int64)
        np.add.at(sums, self.group, fen)
        return sums

    def _search(self, found: Found, lower: Int64, open_least: Int64) -> None:
        """Look for what is open; what is narrow for one origin is for all that have to come through there."""
        open_most = np.flatnonzero(lower < found.most)
        if not len(open_most) and not len(open_least):
            return
        search = _Search(self)
        for k in open_most.tolist():
            upper = int(found.most[k])
            if lower[k] == upper:
                continue
            found.most[k], found.tight[k] = search.most_of(self.births[k], upper)
            if search.has_cut:
                behind = self._sums(np.where(search.is_behind[search.nodes], self.cone.born, 0))
                np.minimum(found.most, found.most[k] + behind, out=found.most)
        if len(open_least):
            search.carry_all()
        for k in open_least.tolist():
            found.least[k], is_sure = search.least_of(self.births[k])
            found.tight[k] &= is_sure

    def _interval(self, k: int) -> tuple[int, int]:
        """Sound limits for an origin whose search was cut."""
        own, other = np.zeros((2, len(self.cone.node)), np.int64)
        mine = self.births[k]
        np.add.at(own, self.cone.birth[mine], self.cone.born[mine])
        np.add.at(other, self.cone.birth, self.cone.born)
        other -= own
        high, not_low = (widths_from(self.cone, given)[1][self.end] for given in (own, other))
        return max(0, self.most - int(not_low)), min(self.most, int(high))


class _Search:
    """Maximum flows in a cone, whose money comes in at its births and leaves at its end."""

    def __init__(self, question: _Question) -> None:
        cone, self.most = question.cone, question.most
        births = len(cone.birth)
        self.graph, stands = graph_of(cone, cone.birth, cone.born, self.most)
        self.back = reversed_graph(self.graph)
        self.work, self.limit = work_for(self.graph, question.limit), question.limit
        inner = int(stands.max()) + 1
        nodes = inner + births
        self.nodes = np.arange(inner, nodes, dtype=np.int32)
        self.heads, self.end = stands[cone.birth], stands[[question.end]]
        self.edges = np.arange(len(self.graph.tail) - births, len(self.graph.tail))
        self.width, self.reach = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
        self.has_cut, self.is_behind = False, np.zeros(nodes, np.bool_)
        """Whether the last search found less than it was to, and the nodes behind the narrowest cut then."""
        self.to_births = Goals(np.zeros(nodes, np.int64), ANY, np.ones(nodes, np.int64))
        self.to_births.width[self.nodes] = ANY
        width = np.zeros(nodes, np.int64)
        np.maximum.at(width, stands, question.width)
        self.to_end = Goals(width, self.most, np.ones(nodes, np.int64))

    def most_of(self, births: Int64, upper: int) -> tuple[int, bool]:
        """The most of these births that reaches the end, which is at most `upper`, and whether it is sure.

        A search that goes forward is short where the births are scarce, one that goes back where money is
        scarce near the end. Which that is shows: they take turns, each time with four times as much work.
        """
        self.has_cut = False
        fen = self.graph.most[self.edges[births]]
        forward = self.to_end._replace(need=upper)
        reached = self._turn(self.graph, forward, self.nodes[births], fen, upper, FIRST_TURN)
        if reached >= 0:
            return reached, True
        widths_in(self.graph, self.nodes[births], fen, self.width, self.reach)
        if self.width[self.end[0]] >= upper:
            return upper, True
        turn, back = FIRST_TURN, Goals(self.width, upper, self.reach)
        while self.work.state[WORK] <= self.limit:
            reached = self._turn(self.back, back, self.end, np.array([upper]), upper, turn)
            turn *= 4
            if reached < 0:
                forward = self.to_end._replace(need=upper)
                reached = self._turn(self.graph, forward, self.nodes[births], fen, upper, turn)
            if reached >= 0:
                return reached, True
        return upper, False

    def _turn(self, graph: Graph, goals: Goals, begin: Int32, fen: Int64, upper: int, turn: int) -> int:
        """The largest flow, or -1 where it takes more work than this turn has."""
        state = self.work.state
        state[LIMIT] = min(self.limit, state[WORK] + turn)
        reached = push(graph, self.work, goals, begin, fen.copy(), upper)
        is_sure = state[CUT] == 0 or reached == upper
        self.has_cut = is_sure and reached < upper and is_mark_due(self.work)
        if self.has_cut:
            ends = begin if graph is self.back else np.flatnonzero(goals.width >= goals.need)
            mark_behind(self.graph, self.work, ends.astype(np.int32), self.is_behind)
        undo(self.work)
        state[CUT] = 0
        return reached if is_sure else -1

    def carry_all(self) -> None:
        """Let money of all births fill the end; `least_of` begins with it."""
        self.work.state[LIMIT] = self.limit
        push(self.back, self.work, self.to_births, self.end, np.array([self.most]), self.most)

    def least_of(self, births: Int64) -> tuple[int, bool]:
        """How much of these births the end cannot do without, and whether it is sure.

        Whatever they give to the flow is taken from other births instead as far as that can be; the flow
        that results is as large, and the next question begins with it.
        """
        edges, flow = self.edges[births], self.work.flow
        given = flow[edges].copy()
        self.to_births.width[self.nodes[births]] = 0
        rest = given.copy()
        push(self.back, self.work, self.to_births, self.heads[births], rest, int(given.sum()))
        flow[edges] = rest
        self.to_births.width[self.nodes[births]] = ANY
        return int(rest.sum()), not self.work.state[CUT]
