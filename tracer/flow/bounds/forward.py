"""Least and most at each holder of the money that a movement moved, or that ever was at a holder.

That money has a colour. It begins as all that a coloured row moved: the movement itself, or whatever the
holder paid. So the edges by which these rows got their money are taken away. See `answer.py`.
"""

import numpy as np

from tracer.flow.bounds.limits import ANY, Found
from tracer.flow.bounds.maxflow import push_each, reversed_graph, work_for
from tracer.flow.bounds.network import Network
from tracer.flow.bounds.upstream import Cone, cone_to, graph_of, spread, widths_from
from tracer.flow.codes import Bool, Int32, Int64
from tracer.flow.store import Flow
from tracer.flow.trace import Trace


def bounds_at_holders(
    flow: Flow, network: Network, row: int | None, holder: int, known: Trace, work_limit: int
) -> Found:
    """Least and most of the coloured money at every holder that it can have come to."""
    if row is not None:
        rows = np.array([row])
    else:
        rows = np.flatnonzero((flow.payer == holder) & (flow.payee != holder))
    rows = rows[flow.amount[rows] > 0]
    coloured = network.node[rows].astype(np.int64)
    part = _reached(network, coloured)
    part = part[part != holder]
    least, most = np.zeros((2, len(part)), np.int64)
    found = Found(part, least, most, np.ones(len(part), np.bool_))
    if len(part):
        has = np.zeros(flow.holders, np.int64)
        has[known.part] = known.part_fen
        _Question(network, part, coloured, flow.amount[rows], work_limit).answer(found, has[part])
    if row is None and network.balance[holder]:
        own = network.balance[[holder]]
        return Found(
            np.append(part, holder),
            np.append(found.least, own),
            np.append(found.most, own),
            np.append(found.tight, True),
        )
    return found


def _reached(network: Network, coloured: Int64) -> Int64:
    """Holders to whose money of today coloured money can have come, with some that it cannot."""
    is_in = spread(network, coloured)
    having = np.flatnonzero(network.balance > 0)
    return having[is_in[network.last[having]]]


class _Question:
    """What p holders have of money that comes in at the coloured nodes, so many fen at each."""

    def __init__(self, network: Network, part: Int64, coloured: Int64, fen: Int64, limit: int) -> None:
        ends = network.last[part].astype(np.int64)
        self.cone = cone_to(network, ends)
        self.ends = np.searchsorted(self.cone.node, ends).astype(np.int32)
        self.balance = network.balance[part]
        at = np.searchsorted(self.cone.node, coloured)
        is_in = at < len(self.cone.node)
        is_in[is_in] = self.cone.node[at[is_in]] == coloured[is_in]
        places: Int32 = at[is_in].astype(np.int32)
        self.cone.source[places] = -1
        other = ~np.isin(self.cone.birth, places)
        self.mine = Side(self.cone, places, fen[is_in], limit)
        births: Int32 = self.cone.birth[other]
        self.others = Side(self.cone, births, self.cone.born[other], limit)

    def answer(self, found: Found, known: Int64) -> None:
        """Set least, most and tight of the parts; `known` is what they have by one labelling."""
        low, high = self.mine.enclose(self.ends, self.balance)
        self.mine.search(self.ends, np.maximum(low, known), high, found.tight)
        found.most[:] = high
        low, high = self.others.enclose(self.ends, self.balance)
        low = np.maximum(low, self.balance - known)
        self.others.search(self.ends, low, high, found.tight)
        found.least[:] = self.balance - high


class Side:
    """Money of one colour: it comes in at places of a cone, so many fen at each."""

    def __init__(self, cone: Cone, at: Int32, fen: Int64, limit: int) -> None:
        self.cone, self.at, self.fen, self.limit = cone, at, fen, limit
        given = np.zeros(len(cone.node), np.int64)
        np.add.at(given, at, fen)
        self.width, self.reach = widths_from(cone, given)

    def enclose(self, ends: Int32, balance: Int64) -> tuple[Int64, Int64]:
        """How much of it surely can come to each end, and how much at most."""
        return np.minimum(balance, self.width[ends]), np.minimum(balance, self.reach[ends])

    def search(self, ends: Int32, low: Int64, high: Int64, tight: Bool) -> None:
        """Set `high` to the most of it that can come to each end, `tight` false where that is not sure."""
        searched = np.flatnonzero(low < high)
        if not len(searched):
            return
        graph, _ = graph_of(self.cone, self.at, self.fen)
        width = np.append(self.width, np.full(len(self.at), ANY))
        reach = np.append(self.reach, np.ones(len(self.at), np.int64))
        most = high[searched]
        back, work = reversed_graph(graph), work_for(graph, self.limit)
        done = push_each(back, work, width, reach, ends[searched], low[searched], most)
        high[searched] = most
        tight[searched[done:]] = False
