"""The compiled heart: events take lots from their source and leave pieces with their target.

A lot is a piece that its holder can still spend. A holder's lots are one list, threaded through `after`:
for fifo and linked in the order of arrival, for lifo the last arrival first; within one arrival always in
the order in which the parts were taken. For linked a second list, threaded through `after_same`, holds the
lots of one line at one holder, for those pairs of payer and tag that occur. Each list passes a lot at most
once, so the work is linear whatever the number of lines. Lots are never merged: equal ones have
different trails.

`move` is the unit that can run anywhere: it touches the slots, lots and queues of the events that it is
given and nothing else, so events that share no slot may be moved at the same time.
"""

from typing import Any, NamedTuple

import numpy as np

from tracer.flow.codes import Int32, Int64
from tracer.flow.compiled import compiled, inlined, prefetch
from tracer.flow.events import AHEAD, KEEPS, ROOT, find_queue

FIFO, LIFO, LINKED = 0, 1, 2
"""`method` in compiled code."""

CHUNK = 4096
"""Those that move at the same time take lots from one array in turns of this many."""

UNNUMBERED = -2
"""`parent` of a piece whose parent has no number yet: from here down, `UNNUMBERED - lot`."""

LOT = np.dtype(
    [
        ("left", np.int64),  # fen that are still there
        ("origin", np.int32),
        ("line", np.int32),
        ("after", np.int32),  # the holder's next lot, -1: none
        ("after_same", np.int32),  # the holder's next lot of the same line, -1: none
        ("piece", np.int32),  # number of the piece, -1 until its window has been numbered
    ],
    align=True,
)

SLOT = np.dtype(
    [
        ("head", np.int32),  # lot to be spent first, -1: none
        ("tail", np.int32),  # lot that came last
        ("live", np.int32),  # lots with money, so that no row has more parts than this and one
        ("queues", np.int32),  # its first queue, -1 where no row that pays from here has a tag
    ]
)

PIECE = np.dtype(
    [
        ("fen", np.int64),
        ("origin", np.int32),
        ("line", np.int32),
        ("parent", np.int32),  # piece, -1: born, or UNNUMBERED - lot
        ("lot", np.int32),  # -1: it stays where it is
    ]
)


class Holdings(NamedTuple):
    """Who holds what; shared by all that move at the same time, since each touches its own slots."""

    lots: Any  # LOT
    slots: Any  # SLOT
    queues: Any  # QUEUE


@compiled
def move(
    holdings: Holdings, events: Any, method: int, stride: int, state: Int64,
    pieces: Any, first: Int32, count: Int32,
) -> bool:  # fmt: skip
    """Move the money of `events` in their order; return false where more room is needed to go on.

    `state` is (next event, pieces written, next lot, room wanted) and is kept up to date. After each
    `CHUNK` lots, `stride` lots are left to others. Pieces of the event with place `at` will be
    `pieces[first[at] : first[at] + count[at]]`.
    """
    lots, slots, queues = holdings.lots, holdings.slots, holdings.queues
    done, size, lot, room = state[0], state[1], state[2], 0
    last = len(events) - 1
    while room == 0 and done <= last:
        _look_ahead(lots, slots, queues, events[min(done + 2 * AHEAD, last)], events[min(done + AHEAD, last)])
        event = events[done]
        source = event.source
        room = 2 + (slots[source].live if source >= 0 else 0)
        if size + room <= len(pieces) and lot + 2 * (room + CHUNK) <= len(lots):
            begin, need, room = size, event.fen, 0
            if source >= 0 and event.tag >= 0:
                queue = queues[find_queue(queues, slots[source].queues, event.tag)]
                need, size = _take_line(lots, slots[source], queue, event, need, pieces, size)
            if source >= 0:
                need, size = _take_front(lots, slots[source], event, need, pieces, size)
            if need > 0:
                size = _write_born(event, need, pieces, size)
            if event.target >= 0 and size > begin:
                lot = _arrive(lots, slots[event.target], method, stride, pieces, begin, size, lot)
                if slots[event.target].queues >= 0:
                    _enqueue(lots, queues, slots[event.target].queues, pieces, begin, size)
            elif event.target <= ROOT:
                pieces[begin].lot = ROOT - event.target
            first[event.at], count[event.at] = begin, size - begin
            done += 1
    state[0], state[1], state[2], state[3] = done, size, lot, room
    return bool(room == 0)


@inlined
def _look_ahead(lots: Any, slots: Any, queues: Any, far: Any, near: Any) -> None:
    """Have the slots of an event far ahead and the lots of a nearer one brought near."""
    if far.source >= 0:
        prefetch(slots, far.source)
    if far.target >= 0:
        prefetch(slots, far.target)
    if near.source >= 0 and slots[near.source].head >= 0:
        prefetch(lots, slots[near.source].head)
    if near.tag >= 0 and near.source >= 0:
        prefetch(queues, slots[near.source].queues)
    if near.target >= 0 and slots[near.target].queues >= 0:
        prefetch(queues, slots[near.target].queues)


@inlined
def _write_born(event: Any, fen: int, pieces: Any, size: int) -> int:
    """Write what is born with an event, or cut from the one lot of a root."""
    parent = UNNUMBERED - (ROOT - event.source) if event.source <= ROOT else -1
    line = event.line if event.line != KEEPS else -1
    return _write(pieces, size, fen, event.born, line, parent)


@inlined
def _write(pieces: Any, size: int, fen: int, origin: int, line: int, parent: int) -> int:
    piece = pieces[size]
    piece.fen, piece.origin, piece.line, piece.parent, piece.lot = fen, origin, line, parent, -1
    return size + 1


@inlined
def _take(lot: Any, at: int, event: Any, need: int, pieces: Any, size: int) -> int:
    """Cut up to `need` fen off lot number `at` into a piece; return how many."""
    taken = min(need, lot.left)
    lot.left -= taken
    line = event.line if event.line != KEEPS else lot.line
    _write(pieces, size, taken, lot.origin, line, lot.piece if lot.piece >= 0 else UNNUMBERED - at)
    return int(taken)


@inlined
def _take_front(lots: Any, slot: Any, event: Any, need: int, pieces: Any, size: int) -> tuple[int, int]:
    """Take from the front of the holder's list; return what is still needed and the number of pieces."""
    at = slot.head
    while need > 0 and at >= 0:
        lot = lots[at]
        if lot.left > 0:  # else its queue has had it
            need -= _take(lot, at, event, need, pieces, size)
            size += 1
            slot.live -= lot.left == 0
        if lot.left == 0:
            at = lot.after
            if at >= 0:
                prefetch(lots, at)
    slot.head = at
    return need, size


@compiled
def _take_line(
    lots: Any, slot: Any, queue: Any, event: Any, need: int, pieces: Any, size: int
) -> tuple[int, int]:
    """Take money whose line is the tag, first arrived first; return as `_take_front`."""
    at = queue.head
    while need > 0 and at >= 0:
        lot = lots[at]
        if lot.left > 0:  # else the holder's list has had it
            need -= _take(lot, at, event, need, pieces, size)
            size += 1
            slot.live -= lot.left == 0
        if lot.left == 0:
            at = lot.after_same
    queue.head = at
    return need, size


@inlined
def _after(lot: int, stride: int) -> int:
    """Return the lot that the same caller takes after this one."""
    lot += 1
    return lot if lot % CHUNK else lot + stride


@inlined
def _arrive(
    lots: Any, slot: Any, method: int, stride: int, pieces: Any, begin: int, end: int, lot: int
) -> int:
    """Make the pieces of one event lots of the holder that received them; return the next free lot."""
    head, last = lot, lot
    for k in range(begin, end):
        piece, new, last = pieces[k], lots[lot], lot
        lot = _after(lot, stride)
        piece.lot = last
        new.left, new.origin, new.line = piece.fen, piece.origin, piece.line
        new.after, new.after_same, new.piece = lot, -1, -1
    lots[last].after = -1
    slot.live += end - begin
    if method == LIFO:
        lots[last].after = slot.head
        slot.head = head
    else:
        if slot.head >= 0:
            lots[slot.tail].after = head
        else:
            slot.head = head
        slot.tail = last
    return lot


@compiled
def _enqueue(lots: Any, queues: Any, first_queue: int, pieces: Any, begin: int, end: int) -> None:
    """Put the lots of pieces that arrived at the end of the queues of their lines, where there are such."""
    for k in range(begin, end):
        piece = pieces[k]
        number = find_queue(queues, first_queue, piece.line) if piece.line >= 0 else -1
        if number >= 0:
            queue = queues[number]
            if queue.head >= 0:
                lots[queue.tail].after_same = piece.lot
            else:
                queue.head = piece.lot
            queue.tail = piece.lot
