"""The graph of what waits for what among the rows of one day that wait in circles."""

from typing import NamedTuple

import numpy as np
from numba import njit

from tracer.flow.codes import Int32, Int64
from tracer.flow.day import Day

FINISHED = np.int32(2**31 - 1)
"""Tarjan number of nodes that are not searched, or no longer."""

# Entries of `sizes`: sizes of the heaps and queues, the component whose row was forced last, and the nodes
# that a component must have to be worth distances.
FREE, CANDIDATES, FROM_QUEUE, TO_QUEUE, SHED_QUEUE, TOUCHED, TREE_NODES = 0, 1, 2, 3, 4, 5, 6

# Bits of `queued`.
IN_FROM_QUEUE, IN_TO_QUEUE, IS_CANDIDATE = 1, 2, 4


class Graph(NamedTuple):
    """Rows left (nodes 0 … r - 1, in input order), then closed barriers; a component is named by a node."""

    succ_start: Int32
    succ: Int32  # who waits for a node
    pred_start: Int32
    pred: Int32  # whom a node waits for
    waits: Int32  # per node: predecessors not done
    time_waits: Int32  # per row: barriers of earlier times not open
    is_time: Int32  # per node: 1 for a barrier of earlier times
    gone: Int32  # per node: 1 when done or open
    comp: Int32  # component, -1: in no circle
    members: Int32  # nodes by component
    first: Int32  # per component: where its members begin and end
    last: Int32
    entering: Int32  # per component: edges from nodes not done outside
    root: Int32  # per component: the node that distances are counted from, -1: no distances kept
    budget: Int64  # per component: work on distances that is still allowed
    number: Int32  # Tarjan: order of discovery, FINISHED outside the search
    low: Int32
    edge: Int32
    above: Int32
    stack: Int32
    inside: Int32  # per node: successors in its component
    from_root: Int32  # distance from the root, and which predecessor gives it
    from_at: Int32
    to_root: Int32  # distance to the root, and which successor gives it
    to_at: Int32
    from_queue: Int32  # nodes whose distance is to be repaired
    to_queue: Int32
    shed_queue: Int32  # nodes that no longer lead back into their component
    queued: Int32  # per node: bits
    free: Int32  # heap of rows that wait for nothing
    candidates: Int32  # heap of rows that may be forced
    sizes: Int64


@njit(cache=True, nogil=True)
def rows_left(work: Day, size: int) -> Int32:
    """List the rows of a day of `size` rows that have not come."""
    left = np.empty(size, np.int32)
    at = 0
    for i in range(size):
        if work.hang[i] != -2:
            left[at] = i
            at += 1
    return left[:at]


@njit(cache=True, nogil=True)
def _edges(work: Day, left: Int32, base: int, groups: int) -> tuple[Int32, Int32, Int32]:
    """Return where each edge comes from and leads to, and the barriers that are nodes."""
    node_of = np.full(base + 2 * groups, -1, np.int32)
    barriers = np.flatnonzero(work.waits[: base + 2 * groups] > 0).astype(np.int32)
    for k in range(len(barriers)):
        node_of[barriers[k]] = len(left) + k
    source = np.empty(8 * len(left) + groups, np.int32)
    target = np.empty(8 * len(left) + groups, np.int32)
    at = 0
    for node in range(len(left)):
        first = 4 * left[node]
        for barrier in work.waits_for[first : first + 4]:
            if barrier >= 0 and node_of[barrier] >= 0:
                source[at], target[at] = node_of[barrier], node
                at += 1
        for barrier in work.holds[first : first + 4]:
            if barrier >= 0:
                source[at], target[at] = node, node_of[barrier]
                at += 1
    for g in range(groups - 1):
        if work.group_holder[g] == work.group_holder[g + 1] and node_of[base + 2 * g] >= 0:
            source[at], target[at] = node_of[base + 2 * g], node_of[base + 2 * g + 2]
            at += 1
    return source[:at], target[:at], barriers


@njit(cache=True, nogil=True)
def _neighbours(nodes: int, of: Int32, neighbour: Int32) -> tuple[Int32, Int32]:
    """Return for each node where its neighbours begin, and the neighbours."""
    start = np.zeros(nodes + 1, np.int32)
    for node in of:
        start[node + 1] += 1
    for node in range(nodes):
        start[node + 1] += start[node]
    at = start[:-1].copy()
    out = np.empty(len(of), np.int32)
    for k in range(len(of)):
        out[at[of[k]]] = neighbour[k]
        at[of[k]] += 1
    return start, out


@njit(cache=True, nogil=True)
def wait_graph(work: Day, left: Int32, base: int, groups: int) -> Graph:
    """Build the graph of the rows `left` and the barriers that are still closed."""
    source, target, barriers = _edges(work, left, base, groups)
    nodes = len(left) + len(barriers)
    succ_start, succ = _neighbours(nodes, source, target)
    pred_start, pred = _neighbours(nodes, target, source)
    is_time = np.zeros(nodes, np.int32)
    for k in range(len(barriers)):
        if barriers[k] >= base and (barriers[k] - base) & 1 == 0:
            is_time[len(left) + k] = 1
    time_waits = np.zeros(len(left), np.int32)
    for k in range(len(source)):
        if target[k] < len(left):
            time_waits[target[k]] += is_time[source[k]]
    zero = np.zeros((8, nodes), np.int32)
    free = np.empty((10, nodes), np.int32)
    queues = np.empty((3, nodes), np.int32)
    return Graph(
        succ_start, succ, pred_start, pred, np.diff(pred_start).astype(np.int32), time_waits, is_time,
        zero[0], zero[1], np.arange(nodes).astype(np.int32), zero[2], zero[3], zero[4],
        np.full(nodes, -1, np.int32), np.zeros(nodes, np.int64), np.full(nodes, FINISHED, np.int32),
        free[0], free[1], free[2], free[3], free[4], free[5], free[6], free[7], free[8],
        queues[0], queues[1], queues[2], zero[5],
        np.empty(len(left), np.int32), np.empty(len(left), np.int32), np.array([0, 0, 0, 0, 0, -1, 0]),
    )  # fmt: skip
