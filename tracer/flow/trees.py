"""Distances from and to one node of a circle, kept while rows leave it.

While every node of a component keeps a finite distance both ways the component is still one circle. Nodes
whose way back is gone are shed; a distance that has to grow is repaired step by step (Even and Shiloach
1981, An on-line edge-deletion problem) until that has become dear.
"""

from tracer.flow.codes import Int32, Int64
from tracer.flow.compiled import compiled, inlined
from tracer.flow.waitgraph import (
    AFTER,
    ALONE,
    AT,
    BEFORE,
    BUDGET,
    COMP,
    DISTANCE,
    FINISHED,
    FIRST,
    HEAD,
    INSIDE,
    LAST,
    MEMBERS,
    QUEUE,
    QUEUED,
    ROOT,
    SHED_QUEUE,
    STACK,
    START,
)

SHED = SHED_QUEUE - QUEUE


@compiled
def grow_trees(table: Int32, edges: Int32, comp: int) -> None:
    """Measure the distances from and to the node with the most edges, which stays longest."""
    most, total = -1, 0
    for k in range(table[FIRST, comp], table[LAST, comp]):
        v = table[MEMBERS, k]
        table[DISTANCE + BEFORE, v], table[DISTANCE + AFTER, v] = -1, -1
        if table[COMP, v] == comp:
            degree = table[START + BEFORE, v + 1] - table[START + BEFORE, v]
            degree += table[START + AFTER, v + 1] - table[START + AFTER, v]
            total += degree
            if degree > most:
                most, table[ROOT, comp] = degree, v
    table[BUDGET, comp] = min(4 * total, FINISHED)
    for direction in (BEFORE, AFTER):
        _measure(table, edges, comp, direction)
    for k in range(table[FIRST, comp], table[LAST, comp]):
        v = table[MEMBERS, k]
        if table[COMP, v] == comp:
            _begin(table, edges, v, comp)


@compiled
def _measure(table: Int32, edges: Int32, comp: int, direction: int) -> None:
    """Measure the distances that lead to the root in this direction, breadth first from the root."""
    table[STACK, 0] = table[ROOT, comp]
    table[DISTANCE + direction, table[ROOT, comp]] = 0
    read, write, back = 0, 1, 1 - direction
    while read < write:
        v = table[STACK, read]
        read += 1
        for k in range(table[START + back, v], table[START + back, v + 1]):
            other = edges[back, k]
            if table[COMP, other] == comp and table[DISTANCE + direction, other] < 0:
                table[DISTANCE + direction, other] = table[DISTANCE + direction, v] + 1
                table[STACK, write] = other
                write += 1


@compiled
def _begin(table: Int32, edges: Int32, v: int, comp: int) -> None:
    """Find the nearer neighbours of a node, and count those after it."""
    for direction in (BEFORE, AFTER):
        table[AT + direction, v] = table[START + direction, v]
        if v != table[ROOT, comp]:
            _find_nearer(table, edges, v, comp, direction)
    table[INSIDE, v] = 0
    for k in range(table[START + AFTER, v], table[START + AFTER, v + 1]):
        table[INSIDE, v] += table[COMP, edges[AFTER, k]] == comp


@inlined
def _find_nearer(table: Int32, edges: Int32, v: int, comp: int, direction: int) -> bool:
    """Move `AT` on to a neighbour that is one step nearer to the root; tell whether there is one."""
    first, end = table[AT + direction, v], table[START + direction, v + 1]
    wanted = table[DISTANCE + direction, v] - 1
    k = first
    while k < end and (
        table[COMP, edges[direction, k]] != comp or table[DISTANCE + direction, edges[direction, k]] != wanted
    ):
        k += 1
    table[AT + direction, v] = k
    table[BUDGET, comp] -= k - first
    return bool(k < end)


@compiled
def note_removal(table: Int32, edges: Int32, sizes: Int64, v: int, comp: int) -> None:
    """Queue the neighbours whose distance hung on a node that leaves its component."""
    if v == table[ROOT, comp]:
        table[ROOT, comp] = -1
        return
    _queue_further(table, edges, sizes, v, comp, BEFORE)
    _queue_further(table, edges, sizes, v, comp, AFTER)
    for k in range(table[START + BEFORE, v], table[START + BEFORE, v + 1]):
        before = edges[BEFORE, k]
        if table[COMP, before] == comp:
            table[INSIDE, before] -= 1
            if table[INSIDE, before] == 0:
                table[SHED_QUEUE, sizes[SHED]] = before
                sizes[SHED] += 1


@compiled
def _queue_further(table: Int32, edges: Int32, sizes: Int64, v: int, comp: int, direction: int) -> None:
    """Queue the nodes for which `v` is the step nearer to the root."""
    root, back = table[ROOT, comp], 1 - direction
    for k in range(table[START + back, v], table[START + back, v + 1]):
        other = edges[back, k]
        if (
            table[COMP, other] == comp
            and other != root
            and edges[direction, table[AT + direction, other]] == v
        ):
            _queue(table, sizes, other, direction)


@inlined
def _queue(table: Int32, sizes: Int64, v: int, direction: int) -> None:
    if not table[QUEUED, v] & (1 << direction):
        table[QUEUED, v] |= 1 << direction
        table[QUEUE + direction, (sizes[HEAD + direction] + sizes[direction]) % table.shape[1]] = v
        sizes[direction] += 1


@compiled
def shed(table: Int32, edges: Int32, sizes: Int64, comp: int) -> None:
    """Put nodes out of the component that no longer lead back into it."""
    while sizes[SHED] and table[ROOT, comp] >= 0:
        sizes[SHED] -= 1
        v = table[SHED_QUEUE, sizes[SHED]]
        if table[COMP, v] == comp:
            note_removal(table, edges, sizes, v, comp)
            table[COMP, v] = ALONE


@compiled
def repair(table: Int32, edges: Int32, sizes: Int64, comp: int, direction: int) -> bool:
    """Restore the distances in one direction; give up, with false, when that becomes dear."""
    back = 1 - direction
    while sizes[direction] and table[BUDGET, comp] >= 0:
        v = table[QUEUE + direction, sizes[HEAD + direction]]
        sizes[HEAD + direction] = (sizes[HEAD + direction] + 1) % table.shape[1]
        sizes[direction] -= 1
        table[QUEUED, v] &= ~(1 << direction)
        if table[COMP, v] != comp or _find_nearer(table, edges, v, comp, direction):
            continue
        # All that hang on the node follow it in the ring, so distances grow in the order of their size.
        table[DISTANCE + direction, v] += 1
        _queue_further(table, edges, sizes, v, comp, direction)
        table[AT + direction, v] = table[START + direction, v]
        table[BUDGET, comp] -= table[START + back, v + 1] - table[START + back, v]
        _queue(table, sizes, v, direction)
    return bool(table[BUDGET, comp] >= 0)
