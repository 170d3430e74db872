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

LARGE = 64
"""Components of so many events are dealt first; the many small ones then even out what is left."""


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


NODE = np.dtype([("above", np.int32), ("number", np.int32)])
"""A slot while a window is cut: the next slot towards the one that stands for all, and its component."""


class Table(NamedTuple):
    """Working columns for cutting one window after the other."""

    nodes: Any  # NODE per slot
    component: Int32  # per event
    sizes: Int64  # per component
    part: Int64


def table(slots: int, window: int, parts: int) -> Table:
    """Make the columns for windows of `window` events."""
    nodes = np.zeros(slots, NODE)
    room = window + parts
    return Table(nodes, np.empty(window, np.int32), np.empty(room, np.int64), np.empty(room, np.int64))


@compiled
def deal(loose: Any, work: Table, which: int, bounds: Int64, events: Any) -> None:
    """Sort the events of window `which` from `loose` into `events`, by part and in time order.

    A component goes to the part that has least, the large ones first. Part k is then
    `events[bounds[k] : bounds[k + 1]]`.
    """
    unnumbered = -1 - which  # what other windows have left in the table is never this
    _join_slots(loose, work.nodes, unnumbered)
    parts = len(bounds) - 1
    components = _number_components(loose, work.nodes, unnumbered, parts, work.component, work.sizes)
    _deal_components(work.sizes[:components], work.part, bounds)
    _sort(loose, work.component, work.part, bounds, events)


@compiled
def _join_slots(loose: Any, nodes: Any, unnumbered: int) -> None:
    """Join the slots of each event."""
    for event in loose:
        a, b = _top(nodes, event.source, unnumbered), _top(nodes, event.target, unnumbered)
        if a >= 0 and b >= 0:
            nodes[max(a, b)].above = min(a, b)


@inlined
def _top(nodes: Any, slot: int, unnumbered: int) -> int:
    """Return the slot that stands for all that are joined with this one; below 0 where there is no slot."""
    if slot >= 0 and nodes[slot].number != unnumbered:  # met for the first time in this window
        nodes[slot].above, nodes[slot].number = slot, unnumbered
    while slot >= 0 and nodes[slot].above != slot:
        nodes[slot].above = nodes[nodes[slot].above].above
        slot = nodes[slot].above
    return int(slot)


@compiled
def _number_components(
    loose: Any, nodes: Any, unnumbered: int, parts: int, component: Int32, sizes: Int64
) -> int:
    """Set the component of each event, numbered as they are met, and their sizes; return how many."""
    sizes[:parts] = 0
    components = parts  # events without a slot wait for nothing: they are dealt in turns
    for k in range(len(loose)):
        slot = max(loose[k].source, loose[k].target)
        number = k % parts
        if slot >= 0:
            while nodes[slot].above != slot:
                slot = nodes[slot].above
            number = nodes[slot].number
            if number == unnumbered:
                nodes[slot].number = number = components
                sizes[components] = 0
                components += 1
        component[k] = number
        sizes[number] += 1
    return components


@compiled
def _deal_components(sizes: Int64, part: Int64, bounds: Int64) -> None:
    """Give each component a part, and set where the parts begin and end."""
    bounds[:] = 0
    load = bounds[1:]
    for is_large in (True, False):
        for component in range(len(sizes)):
            if (sizes[component] >= LARGE) == is_large:
                least = 0
                for k in range(1, len(load)):
                    if load[k] < load[least]:
                        least = k
                part[component] = least
                load[least] += sizes[component]
    for k in range(1, len(bounds)):
        bounds[k] += bounds[k - 1]


@compiled
def _sort(loose: Any, component: Int32, part: Int64, bounds: Int64, events: Any) -> None:
    for k in range(len(loose)):
        which = part[component[k]]
        events[bounds[which]] = loose[k]
        bounds[which] += 1
    for k in range(len(bounds) - 1, 0, -1):  # each has come to where the next began
        bounds[k] = bounds[k - 1]
    bounds[0] = 0


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
