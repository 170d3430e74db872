"""The graph of what waits for what among the rows of one day that wait in circles.

Its nodes are the rows left (0 … rows - 1, in input order) and the closed barriers; a component is named by
one of its nodes. All that is known of nodes and components stands in one `table` with a line per fact and a
column per node, all edges in one array with a line per direction, all counters in `sizes`.
"""

import numpy as np

from tracer.flow.codes import Int32, Int64
from tracer.flow.compiled import allocating
from tracer.flow.day import Day

BEFORE, AFTER = 0, 1
"""Directions: whom a node waits for, who waits for it. Distances from the root lead BEFORE, to it AFTER."""

# Lines of `table` about a node.
COMP = 0  # component, or ALONE or GONE
WAITS = 1  # nodes before it that are not done
TIME_WAITS = 2  # those of them that are barriers of earlier times
IS_TIME = 3  # 1 for a barrier of earlier times
START = 4  # and 5: per direction, where its neighbours begin in `edges`
DISTANCE = 6  # and 7: per direction, steps to the root of its component
AT = 8  # and 9: per direction, the edge to the neighbour that is one step nearer
INSIDE = 10  # nodes after it in its component
QUEUED = 11  # bits: 1 << direction, IS_CANDIDATE
NUMBER = 12  # Tarjan: order of discovery, FINISHED when not searched
LOW = 13
EDGE = 14
ABOVE = 15
# About a component.
FIRST = 16  # where its members begin and end
LAST = 17
ENTERING = 18  # edges from nodes outside that are not done
ROOT = 19  # the node that distances are counted from, -1: none are kept
BUDGET = 20  # work on distances that is still allowed
# Lists of nodes.
MEMBERS = 21  # by component
QUEUE = 22  # and 23: per direction, a ring of nodes whose distance is to be repaired
SHED_QUEUE = 24  # nodes that no longer lead back into their component
STACK = 25
FREE = 26  # heap of rows that wait for nothing
CANDIDATES = 27  # heap of rows that may be forced
LINES = 28

# Entries of `sizes`: of the lists from QUEUE on (entry: line - QUEUE), where the rings begin (HEAD and the
# next), the rows, the component whose row was forced last, the nodes that make a component worth distances.
HEAD, ROWS, TOUCHED, TREE_NODES = 6, 8, 9, 10

ALONE, GONE = -1, -2
"""`COMP` of nodes in no circle, and of those that are done or open."""

FINISHED = 2**31 - 1
IS_CANDIDATE = 4


@allocating
def wait_graph(work: Day, left: Int32, base: int, groups: int, tree_nodes: int) -> tuple[Int32, Int32, Int64]:
    """Build the graph of the rows `left` and the closed barriers, all one component that is named 0."""
    barriers = np.flatnonzero(work.waits[: base + 2 * groups] > 0).astype(np.int32)
    ends = _edges(work.waits_for, work.holds, work.group_holder[:groups], left, base, barriers)
    nodes, rows = len(left) + len(barriers), len(left)
    table = np.zeros((LINES, nodes + 1), np.int32)
    edges = np.empty_like(ends)
    _set_neighbours(ends[AFTER], ends[BEFORE], table[START + BEFORE], edges[BEFORE])
    _set_neighbours(ends[BEFORE], ends[AFTER], table[START + AFTER], edges[AFTER])
    table[NUMBER] = FINISHED
    table[ROOT] = -1
    for k in range(len(barriers)):
        table[IS_TIME, rows + k] = barriers[k] >= base and (barriers[k] - base) & 1 == 0
    for v in range(nodes):
        table[MEMBERS, v] = v
        table[WAITS, v] = table[START + BEFORE, v + 1] - table[START + BEFORE, v]
        for k in range(table[START + BEFORE, v], table[START + BEFORE, v + 1]):
            table[TIME_WAITS, v] += table[IS_TIME, edges[BEFORE, k]]
    sizes = np.zeros(11, np.int64)
    sizes[ROWS], sizes[TOUCHED], sizes[TREE_NODES] = rows, -1, tree_nodes
    return table, edges, sizes


@allocating
def _edges(
    waits_for: Int32, holds: Int32, group_holder: Int32, left: Int32, base: int, barriers: Int32
) -> Int32:
    """Return where each edge comes from (BEFORE) and leads to (AFTER)."""
    node_of = np.full(base + 2 * len(group_holder), -1, np.int32)
    for k in range(len(barriers)):
        node_of[barriers[k]] = len(left) + k
    ends = np.empty((2, 8 * len(left) + len(group_holder)), np.int32)
    edges = 0
    for node in range(len(left)):
        for k in range(4 * left[node], 4 * left[node] + 4):
            if waits_for[k] >= 0 and node_of[waits_for[k]] >= 0:
                ends[BEFORE, edges], ends[AFTER, edges] = node_of[waits_for[k]], node
                edges += 1
            if holds[k] >= 0:
                ends[BEFORE, edges], ends[AFTER, edges] = node, node_of[holds[k]]
                edges += 1
    for g in range(len(group_holder) - 1):
        if group_holder[g] == group_holder[g + 1] and node_of[base + 2 * g] >= 0:
            ends[BEFORE, edges], ends[AFTER, edges] = node_of[base + 2 * g], node_of[base + 2 * g + 2]
            edges += 1
    return ends[:, :edges].copy()


@allocating
def _set_neighbours(of: Int32, other: Int32, start: Int32, neighbour: Int32) -> None:
    """Sort the ends `other` of the edges by the nodes `of`."""
    for node in of:
        start[node + 1] += 1
    for node in range(len(start) - 1):
        start[node + 1] += start[node]
    at = start.copy()
    for k in range(len(of)):
        neighbour[at[of[k]]] = other[k]
        at[of[k]] += 1
