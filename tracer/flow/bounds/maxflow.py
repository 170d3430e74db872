"""Maximum flow in whole fen, on the part of a network that a search touches (Dinic's method).

One network answers many questions about few nodes each, so nothing here costs as much as the network is
large: searches begin at given nodes, stop at the first that will do, and what they changed is undone by list.
"""

from typing import NamedTuple

import numpy as np

from tracer.flow.codes import Bool, Int32, Int64
from tracer.flow.compiled import allocating, compiled, inlined

STAMP, TOUCHED, WORK, LIMIT, CUT, MARKED, MARK_COST = range(7)
"""Places in `Work.state`: last search, edges changed, edges looked at, their limit, if that was too low;
edges looked at when a cut was marked last, and what that took."""


class Graph(NamedTuple):
    """V nodes and E edges; the edges that leave node v are `out[out_start[v]:out_start[v + 1]]`.

    It has no method: numba keeps the classes of its arguments to the end, and a method its whole module.
    """

    out_start: Int64
    out: Int32
    into_start: Int64
    into: Int32
    tail: Int32
    head: Int32
    most: Int64
    """Fen that an edge can carry, E."""


def reversed_graph(graph: Graph) -> Graph:
    """The same with every edge turned round: for searches that go back in time."""
    return Graph(
        graph.into_start, graph.into, graph.out_start, graph.out, graph.head, graph.tail, graph.most
    )  # fmt: skip


class Goals(NamedTuple):
    """Where a flow may end: at a node of at least the width `need`. Nodes without `reach` are not entered.

    Width is what can surely come from there alone; where `need` is no less than the whole flow can be, going
    on from such a node would change nothing: a cut beyond it is no smaller than the flow.
    """

    width: Int64
    need: int
    reach: Int64


class Work(NamedTuple):
    """Working columns for searches one after the other."""

    flow: Int64  # E
    changed: Int32  # edges with flow, `state[TOUCHED]` of them
    is_changed: Bool  # E
    seen: Int32  # search that met each node last, V
    level: Int32
    arc: Int32
    queue: Int32
    path: Int64  # edges, each doubled, and one more where it is walked against its direction
    state: Int64


def work_for(graph: Graph, limit: int) -> Work:
    """Make the columns for searches that may look at `limit` edges in all."""
    nodes, edges = len(graph.out_start) - 1, len(graph.tail)
    state = np.zeros(7, np.int64)
    state[LIMIT] = limit
    return Work(
        np.zeros(edges, np.int64), np.empty(edges, np.int32), np.zeros(edges, np.bool_),
        np.zeros(nodes, np.int32), np.empty(nodes, np.int32), np.empty(nodes, np.int32),
        np.empty(nodes, np.int32), np.empty(nodes + 1, np.int64), state,
    )  # fmt: skip


@compiled
def undo(work: Work) -> None:
    """Take back all flow."""
    for k in range(work.state[TOUCHED]):
        work.flow[work.changed[k]], work.is_changed[work.changed[k]] = 0, False
    work.state[TOUCHED] = 0


@compiled
def push(graph: Graph, work: Work, goals: Goals, begin: Int32, fen: Int64, most: int) -> int:
    """Add as much flow as can go from the nodes `begin`, up to `fen` each and `most` in all; return how much.

    What was used is taken off `fen`. Stops, with `state[CUT]`, when the work is too much; what it then has
    pushed is a flow, but there may be a larger one.
    """
    total = 0
    while total < most and work.state[CUT] == 0 and _search(graph, work, goals, begin, fen):
        for k in range(len(begin)):
            while fen[k] > 0 and total < most:
                amount = _push_one(graph, work, goals, begin[k], min(fen[k], most - total))
                if amount == 0:
                    break
                fen[k] -= amount
                total += amount
        if work.state[WORK] > work.state[LIMIT]:
            work.state[CUT] = 1
    return total


@compiled
def is_mark_due(work: Work) -> bool:
    """Whether searches have cost as much since a cut was marked as marking it did."""
    return bool(work.state[WORK] - work.state[MARKED] >= work.state[MARK_COST])


@compiled
def mark_behind(graph: Graph, work: Work, ends: Int32, is_behind: Bool) -> None:
    """After a largest flow to some ends set which nodes more could still go from to one of them, all V.

    They are what lies behind a narrowest cut: no money that comes in elsewhere can be more at the ends than
    this flow was. To be called, and its ends looked for, where `is_mark_due`.
    """
    queue, state, count, read = work.queue, work.state, len(ends), 0
    is_behind[:] = False
    for k in range(count):
        queue[k] = ends[k]
        is_behind[ends[k]] = True
    looked = len(is_behind)
    while read < count:
        v = queue[read]
        read += 1
        arcs = _arcs(graph, v)
        looked += arcs
        into = graph.into_start[v + 1] - graph.into_start[v]
        for k in range(arcs):
            if k < into:
                edge = graph.into[graph.into_start[v] + k]
                u, rest = graph.tail[edge], graph.most[edge] - work.flow[edge]
            else:
                edge = graph.out[graph.out_start[v] + k - into]
                u, rest = graph.head[edge], work.flow[edge]
            if rest > 0 and not is_behind[u]:
                is_behind[u] = True
                queue[count] = u
                count += 1
    state[WORK] += looked
    state[MARKED], state[MARK_COST] = state[WORK], looked


@allocating
def push_each(
    graph: Graph, work: Work, width: Int64, reach: Int64, begin: Int32, least: Int64, most: Int64
) -> int:
    """Replace each of `most`, which is not too low, by the largest flow from the node beside it alone.

    Where it is `least`, which is not too high, it is known. What is narrow for one is for all on its side of
    the cut. Stops when the work is too much; returns how many are done.
    """
    one, fen = np.empty(1, np.int32), np.empty(1, np.int64)
    goals, is_behind = np.empty(len(width), np.int32), np.empty(len(width), np.bool_)
    for k in range(len(begin)):
        if least[k] == most[k]:
            continue
        one[0], fen[0] = begin[k], most[k]
        pushed = push(graph, work, Goals(width, most[k], reach), one, fen, most[k])
        if pushed < most[k] and not work.state[CUT] and is_mark_due(work):
            count = 0
            for v in range(len(width)):
                if width[v] >= most[k]:
                    goals[count] = v
                    count += 1
            mark_behind(graph, work, goals[:count], is_behind)
            for j in range(k + 1, len(begin)):
                if not is_behind[begin[j]]:
                    most[j] = min(most[j], pushed)
        undo(work)
        if work.state[CUT]:
            return k
        most[k] = pushed
    return len(begin)


@inlined
def _arc(graph: Graph, work: Work, u: int, arc: int) -> tuple[int, int, int]:
    """The arc-th way on from a node: its code on a path, the node it leads to, and the fen that can go."""
    own = graph.out_start[u + 1] - graph.out_start[u]
    if arc < own:
        edge = graph.out[graph.out_start[u] + arc]
        return 2 * edge, graph.head[edge], graph.most[edge] - work.flow[edge]
    edge = graph.into[graph.into_start[u] + arc - own]
    return 2 * edge + 1, graph.tail[edge], work.flow[edge]


@inlined
def _arcs(graph: Graph, u: int) -> int:
    return int(graph.out_start[u + 1] - graph.out_start[u] + graph.into_start[u + 1] - graph.into_start[u])


@compiled
def _search(graph: Graph, work: Work, goals: Goals, begin: Int32, fen: Int64) -> bool:
    """Set the distance of nodes from `begin`, up to the first goals; tell whether there are any."""
    seen, level, arc, queue, state = work.seen, work.level, work.arc, work.queue, work.state
    state[STAMP] += 1
    stamp = state[STAMP]
    end = 0
    for k in range(len(begin)):
        if fen[k] > 0 and seen[begin[k]] != stamp:
            seen[begin[k]], level[begin[k]], arc[begin[k]], queue[end] = stamp, 0, 0, begin[k]
            end += 1
    found, read = -1, 0
    while read < end:
        u = queue[read]
        read += 1
        if found >= 0 and level[u] >= found:
            break
        if goals.width[u] >= goals.need:
            found = level[u]
            continue
        arcs = _arcs(graph, u)
        state[WORK] += arcs
        for k in range(arcs):
            _, v, rest = _arc(graph, work, u, k)
            if rest > 0 and seen[v] != stamp and goals.reach[v] > 0:
                seen[v], level[v], arc[v], queue[end] = stamp, level[u] + 1, 0, v
                end += 1
    return found >= 0


@compiled
def _push_one(graph: Graph, work: Work, goals: Goals, begin: int, most: int) -> int:
    """Push along one shortest way from a node to a goal; return how much, 0 where there is none left."""
    seen, level, arc, path, stamp = work.seen, work.level, work.arc, work.path, work.state[STAMP]
    steps, u = 0, begin
    while goals.width[u] < goals.need:
        arcs = _arcs(graph, u)
        is_on = False
        while arc[u] < arcs:
            code, v, rest = _arc(graph, work, u, arc[u])
            if rest > 0 and seen[v] == stamp and level[v] == level[u] + 1:
                is_on = True
                break
            arc[u] += 1
            work.state[WORK] += 1
        if is_on:
            path[steps] = code
            steps += 1
            u = v
        elif steps == 0:
            return 0
        else:
            steps -= 1
            edge = path[steps] >> 1
            u = graph.head[edge] if path[steps] & 1 else graph.tail[edge]
            arc[u] += 1
    amount = most
    for k in range(steps):
        edge = path[k] >> 1
        amount = min(amount, work.flow[edge] if path[k] & 1 else graph.most[edge] - work.flow[edge])
    _change(work, steps, amount)
    return amount


@compiled
def _change(work: Work, steps: int, amount: int) -> None:
    flow, path, state = work.flow, work.path, work.state
    state[WORK] += steps
    for k in range(steps):
        edge = path[k] >> 1
        if not work.is_changed[edge]:
            work.is_changed[edge] = True
            work.changed[state[TOUCHED]] = edge
            state[TOUCHED] += 1
        flow[edge] += -amount if path[k] & 1 else amount
