"""Distances from and to one node of a circle, kept while rows leave it.

While every node of a component keeps a finite distance both ways the component is still one circle. Nodes
whose way back is gone are shed; a distance that has to grow is repaired step by step (Even and Shiloach
1981, An on-line edge-deletion problem) until that has become dear.
"""

from numba import njit

from tracer.flow.codes import Int32
from tracer.flow.waitgraph import FROM_QUEUE, IN_FROM_QUEUE, IN_TO_QUEUE, SHED_QUEUE, TO_QUEUE, Graph


@njit(cache=True, nogil=True)
def grow_trees(graph: Graph, comp: int) -> None:
    """Measure the distances from and to the node with the most edges, which stays longest."""
    best, edges = -1, 0
    for k in range(graph.first[comp], graph.last[comp]):
        node = graph.members[k]
        if graph.gone[node] or graph.comp[node] != comp:
            continue
        degree = graph.succ_start[node + 1] - graph.succ_start[node]
        degree += graph.pred_start[node + 1] - graph.pred_start[node]
        edges += degree
        if degree > best:
            best, graph.root[comp] = degree, node
    graph.budget[comp] = 16 * edges
    _distances(graph, comp, graph.from_root, graph.succ_start, graph.succ)
    _distances(graph, comp, graph.to_root, graph.pred_start, graph.pred)
    for k in range(graph.first[comp], graph.last[comp]):
        node = graph.members[k]
        if graph.gone[node] or graph.comp[node] != comp:
            continue
        graph.from_at[node], graph.to_at[node] = graph.pred_start[node], graph.succ_start[node]
        graph.inside[node] = 0
        for e in range(graph.succ_start[node], graph.succ_start[node + 1]):
            after = graph.succ[e]
            graph.inside[node] += not graph.gone[after] and graph.comp[after] == comp
        if node != graph.root[comp]:
            _find_nearer(graph, node, graph.from_root, graph.from_at, graph.pred_start, graph.pred)
            _find_nearer(graph, node, graph.to_root, graph.to_at, graph.succ_start, graph.succ)


@njit(cache=True, nogil=True)
def _distances(graph: Graph, comp: int, distance: Int32, start: Int32, neighbour: Int32) -> None:
    """Measure distances from the root along `neighbour`, breadth first."""
    for k in range(graph.first[comp], graph.last[comp]):
        distance[graph.members[k]] = -1
    distance[graph.root[comp]] = 0
    graph.stack[0] = graph.root[comp]
    read, write = 0, 1
    while read < write:
        node = graph.stack[read]
        read += 1
        for k in range(start[node], start[node + 1]):
            other = neighbour[k]
            if not graph.gone[other] and graph.comp[other] == comp and distance[other] < 0:
                distance[other] = distance[node] + 1
                graph.stack[write] = other
                write += 1


@njit(cache=True, nogil=True)
def _find_nearer(graph: Graph, node: int, distance: Int32, at: Int32, start: Int32, neighbour: Int32) -> bool:
    """Move `at` on to a neighbour that is one step nearer to the root; tell whether there is one."""
    comp = graph.comp[node]
    while at[node] < start[node + 1]:
        other = neighbour[at[node]]
        if not graph.gone[other] and graph.comp[other] == comp and distance[other] == distance[node] - 1:
            return True
        at[node] += 1
        graph.budget[comp] -= 1
    return False


@njit(cache=True, nogil=True)
def note_removal(graph: Graph, node: int, comp: int) -> None:
    """Queue the neighbours whose distance hung on a node that leaves its component."""
    if node == graph.root[comp]:
        graph.root[comp] = -1
        return
    for k in range(graph.succ_start[node], graph.succ_start[node + 1]):
        after = graph.succ[k]
        if not graph.gone[after] and graph.comp[after] == comp and after != graph.root[comp]:
            _queue_from(graph, after, node)
    for k in range(graph.pred_start[node], graph.pred_start[node + 1]):
        before = graph.pred[k]
        if not graph.gone[before] and graph.comp[before] == comp:
            graph.inside[before] -= 1
            if graph.inside[before] == 0:
                graph.shed_queue[graph.sizes[SHED_QUEUE]] = before
                graph.sizes[SHED_QUEUE] += 1
            if before != graph.root[comp]:
                _queue_to(graph, before, node)


@njit(cache=True, nogil=True)
def _queue_from(graph: Graph, node: int, nearer: int) -> None:
    if graph.pred[graph.from_at[node]] == nearer and not graph.queued[node] & IN_FROM_QUEUE:
        graph.queued[node] |= IN_FROM_QUEUE
        graph.from_queue[graph.sizes[FROM_QUEUE]] = node
        graph.sizes[FROM_QUEUE] += 1


@njit(cache=True, nogil=True)
def _queue_to(graph: Graph, node: int, nearer: int) -> None:
    if graph.succ[graph.to_at[node]] == nearer and not graph.queued[node] & IN_TO_QUEUE:
        graph.queued[node] |= IN_TO_QUEUE
        graph.to_queue[graph.sizes[TO_QUEUE]] = node
        graph.sizes[TO_QUEUE] += 1


@njit(cache=True, nogil=True)
def shed(graph: Graph, comp: int) -> None:
    """Put nodes out of the component that no longer lead back into it."""
    while graph.sizes[SHED_QUEUE] and graph.root[comp] >= 0:
        graph.sizes[SHED_QUEUE] -= 1
        node = graph.shed_queue[graph.sizes[SHED_QUEUE]]
        if not graph.gone[node] and graph.comp[node] == comp:
            note_removal(graph, node, comp)
            graph.comp[node] = -1


@njit(cache=True, nogil=True)
def repair_from(graph: Graph, comp: int) -> bool:
    """Restore the distances from the root; give up, with false, when that becomes dear."""
    while graph.sizes[FROM_QUEUE] and graph.budget[comp] >= 0:
        graph.sizes[FROM_QUEUE] -= 1
        node = graph.from_queue[graph.sizes[FROM_QUEUE]]
        graph.queued[node] &= ~IN_FROM_QUEUE
        if graph.gone[node] or graph.comp[node] != comp:
            continue
        if not _find_nearer(graph, node, graph.from_root, graph.from_at, graph.pred_start, graph.pred):
            graph.from_root[node] += 1
            graph.from_at[node] = graph.pred_start[node]
            _requeue_from(graph, node, comp)
    return bool(graph.budget[comp] >= 0)


@njit(cache=True, nogil=True)
def _requeue_from(graph: Graph, node: int, comp: int) -> None:
    """Queue a node whose distance has grown, and those that were reached through it."""
    graph.queued[node] |= IN_FROM_QUEUE
    graph.from_queue[graph.sizes[FROM_QUEUE]] = node
    graph.sizes[FROM_QUEUE] += 1
    for k in range(graph.succ_start[node], graph.succ_start[node + 1]):
        after = graph.succ[k]
        graph.budget[comp] -= 1
        if not graph.gone[after] and graph.comp[after] == comp and after != graph.root[comp]:
            _queue_from(graph, after, node)


@njit(cache=True, nogil=True)
def repair_to(graph: Graph, comp: int) -> bool:
    """Restore the distances to the root; give up, with false, when that becomes dear."""
    while graph.sizes[TO_QUEUE] and graph.budget[comp] >= 0:
        graph.sizes[TO_QUEUE] -= 1
        node = graph.to_queue[graph.sizes[TO_QUEUE]]
        graph.queued[node] &= ~IN_TO_QUEUE
        if graph.gone[node] or graph.comp[node] != comp:
            continue
        if not _find_nearer(graph, node, graph.to_root, graph.to_at, graph.succ_start, graph.succ):
            graph.to_root[node] += 1
            graph.to_at[node] = graph.succ_start[node]
            _requeue_to(graph, node, comp)
    return bool(graph.budget[comp] >= 0)


@njit(cache=True, nogil=True)
def _requeue_to(graph: Graph, node: int, comp: int) -> None:
    """Queue a node whose distance has grown, and those that reached the root through it."""
    graph.queued[node] |= IN_TO_QUEUE
    graph.to_queue[graph.sizes[TO_QUEUE]] = node
    graph.sizes[TO_QUEUE] += 1
    for k in range(graph.pred_start[node], graph.pred_start[node + 1]):
        before = graph.pred[k]
        graph.budget[comp] -= 1
        if not graph.gone[before] and graph.comp[before] == comp and before != graph.root[comp]:
            _queue_to(graph, before, node)
