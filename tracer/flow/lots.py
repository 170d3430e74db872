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
from numba import njit

from tracer.flow.codes import Int32, Int64
from tracer.flow.events import BORN, KEEPS, ROOT, find_place

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
        ("has_queues", np.int32),  # 1 where some row that pays from here has a tag
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
    queue_head: Int32  # per queue its first and last lot, -1: none
    queue_tail: Int32
    queue_keys: Int64  # hash table of (slot << 32 | line) that have a queue, -1: empty place
    queue_of: Int32


@njit(cache=True, nogil=True)
def move(
    holdings: Holdings, events: Any, method: int, stride: int, state: Int64,
    pieces: Any, first: Int32, count: Int32,
) -> bool:  # fmt: skip
    """Move the money of `events` in their order; return false where more room is needed to go on.

    `state` is (next event, pieces written, next lot, room wanted) and is kept up to date. After each
    `CHUNK` lots, `stride` lots are left to others. Pieces of the event with place `at` will be
    `pieces[first[at] : first[at] + count[at]]`.
    """
    done, size, lot = state[0], state[1], state[2]
    while done < len(events):
        event = events[done]
        room = 2 + (holdings.slots[event.source].live if event.source >= 0 else 0)
        if size + room > len(pieces) or lot + 2 * (room + CHUNK) > len(holdings.lots):
            break
        begin, need, parent = size, event.fen, BORN
        if event.source >= 0:
            if method == LINKED and event.queue >= 0:
                need, size = _take_line(holdings, event, need, pieces, size)
            need, size = _take_front(holdings, event, need, pieces, size)
        elif event.source <= ROOT:
            parent = UNNUMBERED - (ROOT - event.source)
        if need > 0:
            line = event.line if event.line != KEEPS else -1
            size = _write(pieces, size, need, event.born, line, parent)
        if event.target >= 0 and size > begin:
            lot = _arrive(holdings, event.target, method, stride, pieces[begin:size], lot)
        elif event.target <= ROOT:
            pieces[begin].lot = ROOT - event.target
        first[event.at], count[event.at] = begin, size - begin
        done += 1
    state[0], state[1], state[2] = done, size, lot
    state[3] = room if done < len(events) else 0
    return bool(done == len(events))


@njit(cache=True, nogil=True)
def _write(pieces: Any, size: int, fen: int, origin: int, line: int, parent: int) -> int:
    piece = pieces[size]
    piece.fen, piece.origin, piece.line, piece.parent, piece.lot = fen, origin, line, parent, -1
    return size + 1


@njit(cache=True, nogil=True)
def _take(lots: Any, at: int, event: Any, need: int, pieces: Any, size: int) -> int:
    """Cut up to `need` fen off a lot into a piece; return how many."""
    lot = lots[at]
    taken = min(need, lot.left)
    lot.left -= taken
    line = event.line if event.line != KEEPS else lot.line
    _write(pieces, size, taken, lot.origin, line, lot.piece if lot.piece >= 0 else UNNUMBERED - at)
    return int(taken)


@njit(cache=True, nogil=True)
def _take_front(holdings: Holdings, event: Any, need: int, pieces: Any, size: int) -> tuple[int, int]:
    """Take from the front of the holder's list; return what is still needed and the number of pieces."""
    slot = holdings.slots[event.source]
    at = slot.head
    while need > 0 and at >= 0:
        lot = holdings.lots[at]
        if lot.left > 0:  # else its queue has had it
            need -= _take(holdings.lots, at, event, need, pieces, size)
            size += 1
            if lot.left > 0:
                break
            slot.live -= 1
        at = lot.after
    slot.head = at
    return need, size


@njit(cache=True, nogil=True)
def _take_line(holdings: Holdings, event: Any, need: int, pieces: Any, size: int) -> tuple[int, int]:
    """Take money whose line is the tag, first arrived first; return as `_take_front`."""
    at = holdings.queue_head[event.queue]
    while need > 0 and at >= 0:
        lot = holdings.lots[at]
        if lot.left > 0:  # else the holder's list has had it
            need -= _take(holdings.lots, at, event, need, pieces, size)
            size += 1
            if lot.left > 0:
                break
            holdings.slots[event.source].live -= 1
        at = lot.after_same
    holdings.queue_head[event.queue] = at
    return need, size


@njit(cache=True, nogil=True)
def _arrive(holdings: Holdings, target: int, method: int, stride: int, pieces: Any, lot: int) -> int:
    """Make the pieces of one event lots of the holder that received them; return the next free lot."""
    slot = holdings.slots[target]
    head, before = lot, -1
    for k in range(len(pieces)):
        piece, new = pieces[k], holdings.lots[lot]
        piece.lot = lot
        new.left, new.origin, new.line = piece.fen, piece.origin, piece.line
        new.after, new.after_same, new.piece = -1, -1, -1
        if before >= 0:
            holdings.lots[before].after = lot
        if slot.has_queues and piece.line >= 0:
            _enqueue(holdings, target, piece.line, lot)
        before = lot
        lot += 1
        if lot % CHUNK == 0:
            lot += stride
    slot.live += len(pieces)
    if method == LIFO:
        holdings.lots[before].after = slot.head
        slot.head = head
    else:
        if slot.head >= 0:
            holdings.lots[slot.tail].after = head
        else:
            slot.head = head
        slot.tail = before
    return lot


@njit(cache=True, nogil=True)
def _enqueue(holdings: Holdings, target: int, line: int, lot: int) -> None:
    """Put a lot at the end of the queue of its line, if some row ever asks for that line here."""
    place = find_place(holdings.queue_keys, np.int64(target) << 32 | line)
    if holdings.queue_keys[place] < 0:
        return
    queue = holdings.queue_of[place]
    if holdings.queue_head[queue] >= 0:
        holdings.lots[holdings.queue_tail[queue]].after_same = lot
    else:
        holdings.queue_head[queue] = lot
    holdings.queue_tail[queue] = lot
