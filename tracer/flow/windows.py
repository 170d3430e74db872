"""Windows of time: cut into components that can be moved side by side, and numbered when moved.

Holders that some row of the window joins are a component. Between windows their state stays with the
holders, so the result is that of one pass, whoever moves which component. Components over the whole
ledger would not serve: one nation-wide hub joins everything.
"""

from typing import Any, NamedTuple

import numpy as np

from tracer.flow.codes import Int8, Int32, Int64
from tracer.flow.compiled import compiled, inlined
from tracer.flow.events import Ledger
from tracer.flow.lots import CHUNK, UNNUMBERED


class Columns(NamedTuple):
    """The columns of `codes.Pieces` while they are filled."""

    row: Int64
    fen: Int64
    parent: Int64
    origin: Int64
    line: Int32
    left: Int64
    start: Int64
    counts: Int32  # `count` of the pieces, which is a method of tuples


@compiled
def deal(loose: Any, joined: Int32, number: Int32, parts: int, events: Any) -> Int64:
    """Sort the events `loose` into `events` by part and component; return where the parts begin and end.

    Each component keeps its order in time and goes to the part that has least, the largest components
    first. `joined` and `number` are working columns with an entry per slot.
    """
    _join_slots(loose, joined, number)
    component = np.empty(len(loose), np.int32)
    components = _number_components(loose, joined, number, parts, component)
    bounds = np.zeros(parts + 1, np.int64)
    at = _places(np.bincount(component, minlength=components), bounds)
    _sort(loose, component, at, events)
    return bounds


@compiled
def _join_slots(loose: Any, joined: Int32, number: Int32) -> None:
    """Join the slots of each event: `joined` leads from slot to slot to the one that stands for all."""
    for k in range(len(loose)):
        source, target = loose[k].source, loose[k].target
        if source >= 0:
            joined[source], number[source] = source, -1
        if target >= 0:
            joined[target], number[target] = target, -1
    for k in range(len(loose)):
        source, target = loose[k].source, loose[k].target
        if source >= 0 and target >= 0:
            a, b = _root(joined, source), _root(joined, target)
            joined[max(a, b)] = min(a, b)


@compiled
def _number_components(loose: Any, joined: Int32, number: Int32, parts: int, component: Int32) -> int:
    """Set the component of each event, numbered as they are met; return how many there are."""
    components = parts  # events without a slot wait for nothing: they are dealt in turns
    for k in range(len(loose)):
        slot = max(loose[k].source, loose[k].target)
        component[k] = k % parts
        if slot >= 0:
            root = _root(joined, slot)
            if number[root] < 0:
                number[root] = components
                components += 1
            component[k] = number[root]
    return components


@compiled
def _sort(loose: Any, component: Int32, at: Int64, events: Any) -> None:
    for k in range(len(loose)):
        events[at[component[k]]] = loose[k]
        at[component[k]] += 1


@inlined
def _root(joined: Int32, slot: int) -> int:
    while joined[slot] != slot:
        joined[slot] = joined[joined[slot]]
        slot = joined[slot]
    return int(slot)


@compiled
def _places(sizes: Int64, bounds: Int64) -> Int64:
    """Give each component a part; return where it begins, and set where the parts begin and end."""
    parts = len(bounds) - 1
    part = np.zeros(len(sizes), np.int64)
    load = np.zeros(parts, np.int64)
    for component in np.argsort(-sizes):
        part[component] = np.argmin(load)
        load[part[component]] += sizes[component]
    for k in range(parts):
        bounds[k + 1] = bounds[k] + load[k]
    next_place = bounds.copy()
    at = np.empty(len(sizes), np.int64)
    for component in range(len(sizes)):
        at[component] = next_place[part[component]]
        next_place[part[component]] += sizes[component]
    return at


@compiled
def number_window(count: Int32, pieces: int, start: Int64) -> int:
    """Set the number of the first piece of each event of a window, in time order; return the next."""
    for at in range(len(count)):
        start[at] = pieces
        pieces += count[at]
    return pieces


@compiled
def number_lots(
    lots: Any, events: Any, pieces: Any, first: Int32, count: Int32, start: Int64, owner: Int8, part: int
) -> None:
    """Tell the lots that one part has made which pieces they are."""
    for event in events:
        at = event.at
        owner[at] = part
        for k in range(count[at]):
            lot = pieces[first[at] + k].lot
            if lot >= 0:
                lots[lot].piece = start[at] + k


@compiled
def write_pieces(
    ledger: Ledger, lots: Any, begin: int, low: int, high: int, owner: Int8, first: Int32, count: Int32,
    start: Int64, pieces: Any, others: Any, columns: Columns,
) -> None:  # fmt: skip
    """Write the pieces of the events `low … high - 1` of the window that begins at `begin`."""
    order, birth_at = ledger.order, ledger.births.at
    out_row, out_fen, out_parent, out_origin = columns.row, columns.fen, columns.parent, columns.origin
    out_line, out_left, out_start, out_count = columns.line, columns.left, columns.start, columns.counts
    birth = np.searchsorted(birth_at, begin + low)
    for at in range(low, high):
        row = -1
        if birth < len(birth_at) and birth_at[birth] == begin + at:
            birth += 1
        else:
            row = order[begin + at - birth]
            out_start[row], out_count[row] = start[at], count[at]
        for k in range(count[at]):
            piece = pieces[first[at] + k] if owner[at] == 0 else others[first[at] + k]
            number, parent = start[at] + k, piece.parent
            if parent <= UNNUMBERED:
                parent = lots[UNNUMBERED - parent].piece
            out_row[number], out_fen[number], out_parent[number] = row, piece.fen, parent
            out_origin[number], out_line[number], out_left[number] = piece.origin, piece.line, piece.fen


@compiled
def write_left(lots: Any, begin: int, end: int, stride: int, left: Int64) -> None:
    """Write what is left of the pieces that became the lots from `begin` to `end`, in chunks as in `move`."""
    lot = begin
    while lot < end:
        left[lots[lot].piece] = lots[lot].left
        lot += 1
        if lot % CHUNK == 0:
            lot += stride
