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

import numpy as np

from tracer.flow.codes import Int32, Int64
from tracer.flow.compiled import allocating, compiled
from tracer.flow.day import Day
from tracer.flow.heap import heap_pop, heap_push
from tracer.flow.trees import grow_trees, note_removal, repair, shed
from tracer.flow.waitgraph import (
    ABOVE,
    AFTER,
    ALONE,
    BEFORE,
    CANDIDATES,
    COMP,
    EDGE,
    ENTERING,
    FINISHED,
    FIRST,
    FREE,
    GONE,
    HEAD,
    IS_CANDIDATE,
    IS_TIME,
    LAST,
    LOW,
    MEMBERS,
    NUMBER,
    QUEUE,
    QUEUED,
    ROOT,
    ROWS,
    SHED_QUEUE,
    STACK,
    START,
    TIME_WAITS,
    TOUCHED,
    TREE_NODES,
    WAITS,
    wait_graph,
)

FREE_SIZE, CANDIDATES_SIZE, SHED_SIZE = FREE - QUEUE, CANDIDATES - QUEUE, SHED_QUEUE - QUEUE


@allocating
def order_circles(
    work: Day, base: int, groups: int, tree_nodes: int, done: int, rows: Int64, out: Int64
) -> None:
    """Write the rows of a day that `hang` on closed barriers to `out` from `done` on, all of them."""
    left = np.flatnonzero(work.hang[: len(rows)] != -2).astype(np.int32)
    table, edges, sizes = wait_graph(work, left, base, groups, tree_nodes)
    _search(table, edges, sizes, 0, table.shape[1] - 1, 0)
    free = table[FREE]
    while done < len(rows):
        if sizes[FREE_SIZE]:
            row = free[0]
            sizes[FREE_SIZE] = heap_pop(free, sizes[FREE_SIZE])
        else:
            row = _forced(table, edges, sizes)
        _remove(table, edges, sizes, row)
        out[done] = rows[left[row]]
        done += 1


@compiled
def _remove(table: Int32, edges: Int32, sizes: Int64, row: int) -> None:
    """Take a row that comes now out of the graph, with the barriers that this opens."""
    table[STACK, 0] = row
    depth = 1
    while depth:
        depth -= 1
        v = table[STACK, depth]
        comp = table[COMP, v]
        table[COMP, v] = GONE
        if comp >= 0 and table[ROOT, comp] >= 0:
            note_removal(table, edges, sizes, v, comp)
        for k in range(table[START + AFTER, v], table[START + AFTER, v + 1]):
            after = edges[AFTER, k]
            if table[COMP, after] == GONE:
                continue
            table[WAITS, after] -= 1
            if table[IS_TIME, v]:
                table[TIME_WAITS, after] -= 1
                _offer(table, sizes, after)
            if table[COMP, after] >= 0 and table[COMP, after] != comp:
                _leave(table, sizes, table[COMP, after])
            if table[WAITS, after] == 0 and after < sizes[ROWS]:
                sizes[FREE_SIZE] = heap_push(table[FREE], sizes[FREE_SIZE], after)
            elif table[WAITS, after] == 0:
                table[STACK, depth] = after
                depth += 1


@compiled
def _offer(table: Int32, sizes: Int64, v: int) -> None:
    """Make a row a candidate if no earlier time precedes it and its circle waits for nothing outside."""
    comp = table[COMP, v]
    if v >= sizes[ROWS] or comp < 0 or table[TIME_WAITS, v] or table[QUEUED, v] & IS_CANDIDATE:
        return
    if table[ENTERING, comp] == 0:
        table[QUEUED, v] |= IS_CANDIDATE
        sizes[CANDIDATES_SIZE] = heap_push(table[CANDIDATES], sizes[CANDIDATES_SIZE], v)


@compiled
def _offer_all(table: Int32, sizes: Int64, comp: int) -> None:
    for k in range(table[FIRST, comp], table[LAST, comp]):
        if table[COMP, table[MEMBERS, k]] == comp:
            _offer(table, sizes, table[MEMBERS, k])


@compiled
def _leave(table: Int32, sizes: Int64, comp: int) -> None:
    """Note that something outside a component, which it waited for, is done."""
    table[ENTERING, comp] -= 1
    if table[ENTERING, comp] == 0:
        _offer_all(table, sizes, comp)


@compiled
def _forced(table: Int32, edges: Int32, sizes: Int64) -> int:
    """Choose the row that comes although it waits."""
    if sizes[TOUCHED] >= 0:
        _settle(table, edges, sizes, sizes[TOUCHED])
    candidates = table[CANDIDATES]
    while True:
        row = int(candidates[0])
        sizes[CANDIDATES_SIZE] = heap_pop(candidates, sizes[CANDIDATES_SIZE])
        table[QUEUED, row] &= ~IS_CANDIDATE
        comp = table[COMP, row]
        if comp >= 0 and table[ENTERING, comp] == 0:
            break
    sizes[TOUCHED] = comp
    if table[ROOT, comp] < 0 and table[LAST, comp] - table[FIRST, comp] >= sizes[TREE_NODES]:
        grow_trees(table, edges, comp)
    return row


@compiled
def _settle(table: Int32, edges: Int32, sizes: Int64, comp: int) -> None:
    """Find out what is left of a component after rows of it have come."""
    if table[ROOT, comp] >= 0:
        shed(table, edges, sizes, comp)
    whole = table[ROOT, comp] >= 0 and repair(table, edges, sizes, comp, BEFORE)
    if whole and repair(table, edges, sizes, comp, AFTER):
        return
    for direction in (BEFORE, AFTER):
        for k in range(sizes[direction]):
            v = table[QUEUE + direction, (sizes[HEAD + direction] + k) % table.shape[1]]
            table[QUEUED, v] &= ~(1 << direction)
        sizes[direction] = 0
    sizes[SHED_SIZE] = 0
    _search(table, edges, sizes, table[FIRST, comp], table[LAST, comp], comp)


@allocating
def _search(table: Int32, edges: Int32, sizes: Int64, begin: int, end: int, comp: int) -> None:
    """Split what is left of a component into its strong components, and offer rows of those that may come."""
    left = begin
    for k in range(begin, end):
        if table[COMP, table[MEMBERS, k]] == comp:
            table[MEMBERS, left] = table[MEMBERS, k]
            left += 1
    searched = table[MEMBERS, begin:left].copy()
    for v in searched:
        table[COMP, v], table[NUMBER, v] = ALONE, 0
    found, index = begin, 1
    for v in searched:
        if table[NUMBER, v] == 0:
            found, index = _strong_components(table, edges, v, found, index)
    for v in searched:
        own = table[COMP, v]
        if own < 0:
            continue
        for k in range(table[START + BEFORE, v], table[START + BEFORE, v + 1]):
            before = table[COMP, edges[BEFORE, k]]
            table[ENTERING, own] += before != GONE and before != own
    for v in searched:
        if table[COMP, v] == v and table[ENTERING, v] == 0:
            _offer_all(table, sizes, v)


@compiled
def _strong_components(table: Int32, edges: Int32, v: int, found: int, index: int) -> tuple[int, int]:
    """Search from a node; write components to the members from `found` on (Tarjan, without recursion)."""
    depth = 0
    table[ABOVE, v] = -1
    while v >= 0:
        if table[NUMBER, v] == 0:
            table[NUMBER, v], table[LOW, v], table[EDGE, v] = index, index, table[START + AFTER, v]
            index += 1
            table[STACK, depth] = v
            depth += 1
        if table[EDGE, v] < table[START + AFTER, v + 1]:
            after = edges[AFTER, table[EDGE, v]]
            table[EDGE, v] += 1
            if table[NUMBER, after] == 0:
                table[ABOVE, after] = v
                v = after
            elif table[NUMBER, after] != FINISHED:
                table[LOW, v] = min(table[LOW, v], table[NUMBER, after])
            continue
        above = table[ABOVE, v]
        if table[LOW, v] == table[NUMBER, v]:
            depth, found = _close_component(table, v, depth, found)
        elif above >= 0:
            table[LOW, above] = min(table[LOW, above], table[LOW, v])
        v = above
    return found, index


@compiled
def _close_component(table: Int32, v: int, depth: int, found: int) -> tuple[int, int]:
    """Take the component that ends at node v off the stack."""
    comp = v if table[STACK, depth - 1] != v else ALONE
    table[FIRST, v], table[ENTERING, v], table[ROOT, v] = found, 0, -1
    while True:
        depth -= 1
        member = table[STACK, depth]
        table[NUMBER, member], table[COMP, member] = FINISHED, comp
        table[MEMBERS, found] = member
        found += 1
        if member == v:
            break
    table[LAST, v] = found
    return depth, found
