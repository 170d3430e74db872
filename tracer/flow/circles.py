"""Rows of one day that wait for each other in circles, in the contract's order (section 2, "Order").

What is left of a day when no row may come is a graph of rows and closed barriers: an edge leads from
what must be done to what waits for it. "The rows in circles that wait for nothing outside them" are the
strong components that no edge enters. The first row among them that no earlier time precedes is forced;
whatever comes free then comes first, and so on.

A component whose first row was forced mostly stays whole but for a few nodes. Searching it again after
each forced row would be quadratic, so a large one keeps the distances from and to one of its nodes
(Even and Shiloach 1981, An on-line edge-deletion problem) and repairs them; only where that
becomes dear the component is searched again (Tarjan 1972).
"""

from numba import njit

from tracer.flow.codes import Int64
from tracer.flow.day import Day
from tracer.flow.heap import heap_pop, heap_push
from tracer.flow.trees import grow_trees, note_removal, repair_from, repair_to, shed
from tracer.flow.waitgraph import (
    CANDIDATES,
    FINISHED,
    FREE,
    FROM_QUEUE,
    IN_FROM_QUEUE,
    IN_TO_QUEUE,
    IS_CANDIDATE,
    SHED_QUEUE,
    TO_QUEUE,
    TOUCHED,
    TREE_NODES,
    Graph,
    rows_left,
    wait_graph,
)


@njit(cache=True, nogil=True)
def order_circles(
    work: Day, base: int, groups: int, tree_nodes: int, done: int, rows: Int64, out: Int64
) -> None:
    """Write the rows of a day that `hang` on closed barriers to `out` from `done` on, all of them."""
    size = len(rows)
    left = rows_left(work, size)
    graph = wait_graph(work, left, base, groups)
    graph.sizes[TREE_NODES] = tree_nodes
    _search(graph, 0, len(graph.waits), 0)
    while done < size:
        if graph.sizes[FREE]:
            node = graph.free[0]
            graph.sizes[FREE] = heap_pop(graph.free, graph.sizes[FREE])
        else:
            node = _forced(graph)
        _remove(graph, node, len(left))
        out[done] = rows[left[node]]
        done += 1


@njit(cache=True, nogil=True)
def _remove(graph: Graph, node: int, rows: int) -> None:
    """Take a row that comes now out of the graph, with the barriers that this opens."""
    graph.stack[0] = node
    depth = 1
    while depth:
        depth -= 1
        node = graph.stack[depth]
        graph.gone[node] = 1
        comp = graph.comp[node]
        if comp >= 0 and graph.root[comp] >= 0:
            note_removal(graph, node, comp)
        for k in range(graph.succ_start[node], graph.succ_start[node + 1]):
            after = graph.succ[k]
            if graph.gone[after]:
                continue
            graph.waits[after] -= 1
            if after < rows and graph.is_time[node]:
                graph.time_waits[after] -= 1
                _offer(graph, after)
            if graph.comp[after] >= 0 and graph.comp[after] != comp:
                _leave(graph, graph.comp[after])
            if graph.waits[after] == 0:
                if after < rows:
                    graph.sizes[FREE] = heap_push(graph.free, graph.sizes[FREE], after)
                else:
                    graph.stack[depth] = after
                    depth += 1


@njit(cache=True, nogil=True)
def _offer(graph: Graph, row: int) -> None:
    """Make a row a candidate if no earlier time precedes it and its circle waits for nothing outside."""
    comp = graph.comp[row]
    if comp < 0 or graph.entering[comp] or graph.time_waits[row] or graph.queued[row] & IS_CANDIDATE:
        return
    graph.queued[row] |= IS_CANDIDATE
    graph.sizes[CANDIDATES] = heap_push(graph.candidates, graph.sizes[CANDIDATES], row)


@njit(cache=True, nogil=True)
def _offer_all(graph: Graph, comp: int) -> None:
    for k in range(graph.first[comp], graph.last[comp]):
        node = graph.members[k]
        if node < len(graph.time_waits) and not graph.gone[node] and graph.comp[node] == comp:
            _offer(graph, node)


@njit(cache=True, nogil=True)
def _leave(graph: Graph, comp: int) -> None:
    """Note that something outside a component, which it waited for, is done."""
    graph.entering[comp] -= 1
    if graph.entering[comp] == 0:
        _offer_all(graph, comp)


@njit(cache=True, nogil=True)
def _forced(graph: Graph) -> int:
    """Choose the row that comes although it waits."""
    if graph.sizes[TOUCHED] >= 0:
        _settle(graph, graph.sizes[TOUCHED])
    while True:
        row = int(graph.candidates[0])
        graph.sizes[CANDIDATES] = heap_pop(graph.candidates, graph.sizes[CANDIDATES])
        graph.queued[row] &= ~IS_CANDIDATE
        comp = graph.comp[row]
        if not graph.gone[row] and comp >= 0 and graph.entering[comp] == 0:
            break
    graph.sizes[TOUCHED] = comp
    if graph.root[comp] < 0 and graph.last[comp] - graph.first[comp] >= graph.sizes[TREE_NODES]:
        grow_trees(graph, comp)
    return row


@njit(cache=True, nogil=True)
def _settle(graph: Graph, comp: int) -> None:
    """Find out what is left of a component after rows of it have come."""
    if graph.root[comp] >= 0:
        shed(graph, comp)
    whole = graph.root[comp] >= 0 and repair_from(graph, comp) and repair_to(graph, comp)
    if not whole:
        for k in range(graph.sizes[FROM_QUEUE]):
            graph.queued[graph.from_queue[k]] &= ~IN_FROM_QUEUE
        for k in range(graph.sizes[TO_QUEUE]):
            graph.queued[graph.to_queue[k]] &= ~IN_TO_QUEUE
        graph.sizes[FROM_QUEUE : SHED_QUEUE + 1] = 0
        _search(graph, graph.first[comp], graph.last[comp], comp)


@njit(cache=True, nogil=True)
def _search(graph: Graph, begin: int, end: int, comp: int) -> None:
    """Split what is left of a component into its strong components, and offer rows of those that may come."""
    left = begin
    for k in range(begin, end):
        node = graph.members[k]
        if not graph.gone[node] and graph.comp[node] == comp:
            graph.members[left] = node
            graph.number[node] = 0
            left += 1
    nodes = graph.members[begin:left].copy()
    for node in nodes:
        graph.comp[node] = -1
    found, index = begin, 1
    for node in nodes:
        if graph.number[node] == 0:
            found, index = _strong_components(graph, node, found, index)
    for node in nodes:
        own = graph.comp[node]
        if own >= 0:
            for k in range(graph.pred_start[node], graph.pred_start[node + 1]):
                if not graph.gone[graph.pred[k]] and graph.comp[graph.pred[k]] != own:
                    graph.entering[own] += 1
    for node in nodes:
        if graph.comp[node] == node and graph.entering[node] == 0:
            _offer_all(graph, node)


@njit(cache=True, nogil=True)
def _strong_components(graph: Graph, node: int, found: int, index: int) -> tuple[int, int]:
    """Search from a node; write components to `members` from `found` on (Tarjan, without recursion)."""
    depth = 0
    graph.above[node] = -1
    entered = False
    while node >= 0:
        if not entered:
            graph.number[node], graph.low[node] = index, index
            index += 1
            graph.edge[node] = graph.succ_start[node]
            graph.stack[depth] = node
            depth += 1
            entered = True
        if graph.edge[node] < graph.succ_start[node + 1]:
            after = graph.succ[graph.edge[node]]
            graph.edge[node] += 1
            if graph.number[after] == 0:
                graph.above[after] = node
                node = after
                entered = False
            elif graph.number[after] != FINISHED:
                graph.low[node] = min(graph.low[node], graph.number[after])
            continue
        if graph.low[node] == graph.number[node]:
            depth, found = _close_component(graph, node, depth, found)
        above = graph.above[node]
        if above >= 0:
            graph.low[above] = min(graph.low[above], graph.low[node])
        node = above
    return found, index


@njit(cache=True, nogil=True)
def _close_component(graph: Graph, node: int, depth: int, found: int) -> tuple[int, int]:
    """Take the component that ends at `node` off the stack."""
    comp = node if graph.stack[depth - 1] != node else -1  # one node alone is no circle
    if comp >= 0:
        graph.first[comp], graph.entering[comp], graph.root[comp] = found, 0, -1
    while True:
        depth -= 1
        member = graph.stack[depth]
        graph.number[member] = FINISHED
        graph.comp[member] = comp
        graph.members[found] = member
        found += 1
        if member == node:
            break
    if comp >= 0:
        graph.last[comp] = found
    return depth, found
