"""The part of a network that can reach some of its nodes, and what a money flow through it can be at most."""

from typing import NamedTuple

import numpy as np

from tracer.flow.bounds.limits import ANY
from tracer.flow.bounds.maxflow import Graph
from tracer.flow.bounds.network import Network
from tracer.flow.codes import Bool, Int32, Int64
from tracer.flow.compiled import compiled


class Cone(NamedTuple):
    """k nodes of a network in time order; edges as there, by place in the cone.

    It has no method: numba keeps the classes of its arguments to the end, and a method its whole module.
    """

    node: Int32
    before: Int32
    kept: Int64
    source: Int32
    brought: Int64
    birth: Int32
    """Places at which money is born, ascending, b."""
    born: Int64
    origin: Int64


def cone_to(network: Network, nodes: Int64) -> Cone:
    """All nodes from which one of these can be reached, and these."""
    top = int(nodes.max(initial=-1)) + 1
    is_in = np.zeros(top, np.bool_)
    is_in[nodes] = True
    found = np.empty(top, np.int32)
    count = _mark(network.before, network.source, is_in, len(np.unique(nodes)), found)
    node = found[:count][::-1].copy()
    place = np.empty(top, np.int32)
    before, source = np.empty(count, np.int32), np.empty(count, np.int32)
    kept, brought = np.empty(count, np.int64), np.empty(count, np.int64)
    _gather(
        network.before, network.kept, network.source, network.brought, node, place, before, kept, source,
        brought,
    )  # fmt: skip
    births = slice(0, int(np.searchsorted(network.birth, top)))
    mine = np.flatnonzero(is_in[network.birth[births]])
    return Cone(
        node, before, kept, source, brought,
        place[network.birth[mine]], network.born[mine], network.origin[mine],
    )  # fmt: skip


@compiled
def _mark(before: Int32, source: Int32, is_in: Bool, waiting: int, found: Int32) -> int:
    """List the nodes that lead to those marked, latest first; `waiting` are marked now. Return how many."""
    count = 0
    i = len(is_in) - 1
    while waiting > 0:
        if is_in[i]:
            waiting -= 1
            found[count] = i
            count += 1
            for j in (before[i], source[i]):
                if j >= 0 and not is_in[j]:
                    is_in[j] = True
                    waiting += 1
        i -= 1
    return count


@compiled
def _gather(
    all_before: Int32, all_kept: Int64, all_source: Int32, all_brought: Int64, node: Int32, place: Int32,
    before: Int32, kept: Int64, source: Int32, brought: Int64,
) -> None:  # fmt: skip
    for k in range(len(node)):
        i = node[k]
        place[i] = k
        before[k] = place[all_before[i]] if all_before[i] >= 0 else -1
        source[k] = place[all_source[i]] if all_source[i] >= 0 else -1
        kept[k], brought[k] = all_kept[i], all_brought[i]


def spread(network: Network, nodes: Int64) -> Bool:
    """Which nodes of a network can be reached from some."""
    is_in = np.zeros(len(network.row), np.bool_)
    is_in[nodes] = True
    _spread(network.before, network.source, int(nodes.min(initial=len(is_in))), is_in)
    return is_in


@compiled
def _spread(before: Int32, source: Int32, first: int, is_in: Bool) -> None:
    for i in range(first, len(is_in)):
        is_in[i] |= (before[i] >= 0 and is_in[before[i]]) or (source[i] >= 0 and is_in[source[i]])


def widths_to(cone: Cone, end: int, most: int) -> tuple[Int64, Int64]:
    """For each node fen that can surely go from it to `end`, of which `most` can leave, and fen that no flow
    exceeds: by the widest single way, and by what its edges can carry.
    """
    width, reach = np.zeros(len(cone.node), np.int64), np.zeros(len(cone.node), np.int64)
    width[end], reach[end] = most, most
    _backward(cone, most, width, reach)
    return width, reach


@compiled
def _backward(cone: Cone, most: int, width: Int64, reach: Int64) -> None:
    for i in range(len(width) - 1, -1, -1):
        p, s = cone.before[i], cone.source[i]
        if reach[i] > 0 and p >= 0:
            width[p] = max(width[p], min(width[i], cone.kept[i]))
            reach[p] = min(most, reach[p] + min(reach[i], cone.kept[i]))
        if reach[i] > 0 and s >= 0:
            width[s] = max(width[s], min(width[i], cone.brought[i]))
            reach[s] = min(most, reach[s] + min(reach[i], cone.brought[i]))


def widths_from(cone: Cone, given: Int64) -> tuple[Int64, Int64]:
    """For each node fen that surely can come to it, and fen that no flow exceeds; `given` begins at each."""
    width, reach = np.zeros(len(cone.node), np.int64), np.zeros(len(cone.node), np.int64)
    _forward(cone, given, width, reach)
    return width, reach


@compiled
def _forward(cone: Cone, given: Int64, width: Int64, reach: Int64) -> None:
    for i in range(len(width)):
        width[i] = reach[i] = given[i]
        p, s = cone.before[i], cone.source[i]
        if p >= 0:
            width[i] = max(width[i], min(width[p], cone.kept[i]))
            reach[i] += min(reach[p], cone.kept[i])
        if s >= 0:
            width[i] = max(width[i], min(width[s], cone.brought[i]))
            reach[i] += min(reach[s], cone.brought[i])


def graph_of(cone: Cone, at: Int32, fen: Int64, wide: int | None = None) -> tuple[Graph, Int32]:
    """The nodes of a cone for searches, k of them, and for each of the cone that which stands for it there.

    Node k + j stands for money that comes in at the place `at[j]`, by edge E - len(at) + j, which can carry
    `fen[j]`. Where all that comes to a node can only go on by one edge, and that can carry `wide` fen, which
    is as much as will ever flow, it is one with the next: a hub's hundred thousand receipts become few.
    """
    edges_most = 2 * len(cone.node)
    stands = np.arange(len(cone.node), dtype=np.int32)
    if wide is not None:
        ways = np.zeros(len(cone.node), np.int64)
        for tail in (cone.before, cone.source):
            ways += np.bincount(tail[tail >= 0], minlength=len(cone.node))
        _contract(cone, ways, wide, stands)
    tails, heads = np.empty(edges_most, np.int32), np.empty(edges_most, np.int32)
    most = np.empty(edges_most, np.int64)
    edges = _edges(cone, stands, tails, heads, most)
    places = (np.cumsum(stands == np.arange(len(stands))) - 1).astype(np.int32)
    nodes, stands = int(places[-1]) + 1, places[stands]
    tails = np.concatenate([places[tails[:edges]], np.arange(nodes, nodes + len(at), dtype=np.int32)])
    heads = np.concatenate([places[heads[:edges]], stands[at]])
    return graph_of_edges(tails, heads, np.concatenate([most[:edges], fen]), nodes + len(at)), stands


def graph_of_edges(tails: Int32, heads: Int32, most: Int64, nodes: int) -> Graph:
    """A graph for searches, of so many nodes, by the ends of its edges and the fen that each can carry."""
    return Graph(*_by_end(tails, nodes), *_by_end(heads, nodes), tails, heads, most)


@compiled
def widths_in(graph: Graph, at: Int32, fen: Int64, width: Int64, reach: Int64) -> None:
    """As `widths_from`, on a graph: of money that comes in by the nodes `at`, which nothing leads to.

    Every edge leads to a later node, but for those of money that comes in.
    """
    width[:], reach[:] = 0, 0
    for k in range(len(at)):
        width[at[k]], reach[at[k]] = ANY, ANY
        head = graph.head[graph.out[graph.out_start[at[k]]]]
        width[head] = max(width[head], fen[k])
        reach[head] += fen[k]
    for v in range(at[0]):
        if reach[v] > 0:
            for k in range(graph.out_start[v], graph.out_start[v + 1]):
                edge = graph.out[k]
                head, most = graph.head[edge], graph.most[edge]
                width[head] = max(width[head], min(width[v], most))
                reach[head] += min(reach[v], most)


@compiled
def _contract(cone: Cone, ways: Int64, wide: int, stands: Int32) -> None:
    for i in range(len(stands) - 1, -1, -1):
        p, s = cone.before[i], cone.source[i]
        if p >= 0 and ways[p] == 1 and cone.kept[i] >= wide:
            stands[p] = stands[i]
        if s >= 0 and ways[s] == 1 and cone.brought[i] >= wide:
            stands[s] = stands[i]


@compiled
def _edges(cone: Cone, stands: Int32, tails: Int32, heads: Int32, most: Int64) -> int:
    """Write the edges between nodes that stand for different ones; return how many."""
    edges = 0
    for i in range(len(stands)):
        p, s = cone.before[i], cone.source[i]
        if p >= 0 and stands[p] == p:
            tails[edges], heads[edges], most[edges] = p, stands[i], cone.kept[i]
            edges += 1
        if s >= 0 and stands[s] == s:
            tails[edges], heads[edges], most[edges] = s, stands[i], cone.brought[i]
            edges += 1
    return edges


def _by_end(ends: Int32, nodes: int) -> tuple[Int64, Int32]:
    """The edges of each node, as a list of lists."""
    start, places = np.zeros(nodes + 1, np.int64), np.empty(len(ends), np.int32)
    _sort(ends, start, places)
    return start, places


@compiled
def _sort(ends: Int32, start: Int64, places: Int32) -> None:
    """List the edges of each node."""
    for end in ends:
        start[end + 1] += 1
    for v in range(len(start) - 1):
        start[v + 1] += start[v]
    for k in range(len(ends)):
        places[start[ends[k]]] = k
        start[ends[k]] += 1
    for v in range(len(start) - 1, 0, -1):
        start[v] = start[v - 1]
    start[0] = 0
