"""Which money each row carried: linked, fifo and lifo (contract section 2, "Methods").

The events of the ledger are cut into windows of time, a window into components of holders that its rows
join, and these are moved side by side; pieces are numbered in time order when their window is done. The
result does not depend on how it was cut.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from tracer.errors import DataRefusedError, UsageError
from tracer.flow.codes import METHODS, Int32, Int64, MoneyColumns, Pieces, plain
from tracer.flow.events import EVENT, Ledger, births, load_events, spending_codes, tag_queues
from tracer.flow.held import Held, nothing_held
from tracer.flow.lots import CHUNK, FIFO, LIFO, LINKED, LOT, PIECE, SLOT, Holdings, move
from tracer.flow.windows import Columns, deal, number_lots, number_window, write_left, write_pieces

WINDOW_EVENTS = 125_000
"""Longer windows join more holders: with a nation-wide hub half a million events are nearly one component."""

THREAD_EVENTS = 200_000
"""Fewer events than this are moved by one thread: cutting costs more than it brings."""

METHOD_CODES = {"linked": LINKED, "fifo": FIFO, "lifo": LIFO}


def run_kernel(columns: MoneyColumns, order: Int64, method: str, held: Held | None = None) -> Pieces:
    """Cut the money of m rows, in the order that `order_rows` gave, into pieces.

    `method` is linked, fifo or lifo, else `UsageError`; `held` is what holders have from an earlier run
    (see `held.py`). Raises `DataRefusedError` for more than 500 million holders, whose numbers do not
    fit. Source: contract section 2.
    """
    if method not in METHOD_CODES:
        raise UsageError(f"unknown method {method!r}: take one of {', '.join(METHODS)}")
    if len(columns.holder_kind) >= 1 << 29:
        raise DataRefusedError("more than 500 million holders: split the ledger by province")
    run = _Run(columns, order, METHOD_CODES[method], held or nothing_held())
    with ThreadPoolExecutor(run.parts) as pool:
        for begin in range(0, run.events, run.parts * run.window):
            begins = range(begin, min(begin + run.parts * run.window, run.events), run.window)
            dealt = list(pool.map(run.deal, begins, range(run.parts)))
            for window_begin, (events, bounds) in zip(begins, dealt, strict=True):
                run.move(pool, window_begin, events, bounds)
        return run.result(pool)


class _Run:
    """One run over a ledger: the working columns, and the steps of a window."""

    def __init__(self, columns: MoneyColumns, order: Int64, method: int, held: Held) -> None:
        code, slot_holders, root_left = spending_codes(columns, held)
        queue, keys, queue_of, slot_of = tag_queues(columns, code, method == LINKED)
        born = births(columns, order, held)
        self.ledger = Ledger(
            plain(columns.payer), plain(columns.payee), plain(columns.amount), queue, plain(order), code, born
        )
        self.method = method
        self.events = len(order) + len(born.at)
        self.parts = 2 if self.events >= THREAD_EVENTS else 1
        self.window = min(WINDOW_EVENTS, max(self.events, 1))
        self.roots = len(root_left)
        self.stride = (self.parts - 1) * CHUNK
        self._make_holdings(len(slot_holders), root_left, keys, queue_of, slot_of)
        self._make_buffers()
        self._make_columns(len(order))

    def _make_holdings(
        self, slots: int, root_left: Int64, keys: Int64, queue_of: Int32, slot_of: Int64
    ) -> None:
        slot = np.zeros(slots, SLOT)
        slot["head"] = -1
        slot["has_queues"][slot_of] = 1
        first_lot = -(-self.roots // CHUNK) * CHUNK
        lots = np.empty(first_lot + 2 * self.events + 8 * CHUNK, LOT)  # what is not touched costs nothing
        lots["left"][: self.roots] = root_left
        lots["piece"][: self.roots] = -1
        heads, tails = np.full(len(slot_of), -1, np.int32), np.full(len(slot_of), -1, np.int32)
        self.holdings = Holdings(lots, slot, heads, tails, keys, queue_of)
        self.first_lots = [first_lot + part * CHUNK for part in range(self.parts)]

    def _make_buffers(self) -> None:
        window, parts = self.window, self.parts
        self.loose = [np.empty(window, EVENT) for _ in range(parts)]
        self.dealt = [np.empty(window, EVENT) for _ in range(parts)] if parts > 1 else self.loose
        slots = len(self.holdings.slots)
        self.joined = [np.empty(slots, np.int32) for _ in range(parts)]
        self.numbers = [np.empty(slots, np.int32) for _ in range(parts)]
        self.pieces = [np.empty(window + window // parts, PIECE) for _ in range(parts)]
        self.first, self.count = np.empty(window, np.int32), np.empty(window, np.int32)
        self.start, self.owner = np.empty(window, np.int64), np.empty(window, np.int8)
        self.states = np.zeros((parts, 4), np.int64)
        self.states[:, 2] = self.first_lots

    def _make_columns(self, rows: int) -> None:
        size = self.events + self.events // 2
        self.written = 0
        self.columns = Columns(
            row=np.empty(size, np.int64),
            fen=np.empty(size, np.int64),
            parent=np.empty(size, np.int64),
            origin=np.empty(size, np.int64),
            line=np.empty(size, np.int32),
            left=np.empty(size, np.int64),
            start=np.zeros(rows, np.int64),
            counts=np.zeros(rows, np.int32),
        )

    def deal(self, begin: int, which: int) -> tuple[Any, Int64]:
        """Load a window and cut it into parts that share no slot."""
        size = min(self.window, self.events - begin)
        loose, dealt = self.loose[which][:size], self.dealt[which][:size]
        load_events(self.ledger, begin, loose)
        if self.parts == 1:
            return loose, np.array([0, size])
        return dealt, deal(loose, self.joined[which], self.numbers[which], self.parts, dealt)

    def move(self, pool: ThreadPoolExecutor, begin: int, events: Any, bounds: Int64) -> None:
        """Move the money of one window, the parts side by side, and write its pieces in time order."""
        size = len(events)
        parts = [events[bounds[part] : bounds[part + 1]] for part in range(self.parts)]
        self.states[:, :2] = 0
        waiting = list(range(self.parts))
        while waiting:
            done = list(pool.map(lambda part: self._move_part(part, parts[part]), waiting))
            waiting = [part for part, is_done in zip(waiting, done, strict=True) if not is_done]
            for part in waiting:
                self._make_room(part)
        first, count, start = self.first[:size], self.count[:size], self.start[:size]
        total = number_window(count, self.written, start)
        self._make_room_for_columns(total)
        lots = self.holdings.lots
        list(
            pool.map(
                lambda part: number_lots(
                    lots, parts[part], self.pieces[part], first, count, start, self.owner, part
                ),
                range(self.parts),
            )
        )
        cuts = [size * part // self.parts for part in range(self.parts + 1)]
        list(
            pool.map(
                lambda part: write_pieces(
                    self.ledger, lots, begin, cuts[part], cuts[part + 1], self.owner, first, count, start,
                    self.pieces[0], self.pieces[-1], self.columns,
                ),
                range(self.parts),
            )
        )  # fmt: skip
        self.written = total

    def _move_part(self, part: int, events: Any) -> bool:
        return bool(
            move(
                self.holdings, events, self.method, self.stride, self.states[part], self.pieces[part],
                self.first, self.count,
            )
        )  # fmt: skip

    def _make_room(self, part: int) -> None:
        """Enlarge what was too small for the next event of a part."""
        size, lot, room = (int(value) for value in self.states[part, 1:])
        if size + room > len(self.pieces[part]):
            self.pieces[part] = _larger(self.pieces[part], size, size + room)
        if lot + 2 * (room + CHUNK) > len(self.holdings.lots):
            lots = self.holdings.lots
            self.holdings = self.holdings._replace(lots=_larger(lots, len(lots), lot + 2 * (room + CHUNK)))

    def _make_room_for_columns(self, total: int) -> None:
        if total > len(self.columns.row):
            names = ("row", "fen", "parent", "origin", "line", "left")
            larger = {name: _larger(getattr(self.columns, name), self.written, total) for name in names}
            self.columns = self.columns._replace(**larger)

    def result(self, pool: ThreadPoolExecutor) -> Pieces:
        """Add what is left of each piece, and return the pieces."""
        lots, left = self.holdings.lots, self.columns.left
        write_left(lots, 0, self.roots, 0, left)
        ends = self.states[:, 2]
        list(pool.map(lambda a, b: write_left(lots, a, b, self.stride, left), self.first_lots, ends))
        whole = self.columns
        end = self.written
        return Pieces(
            row=whole.row[:end], fen=whole.fen[:end], parent=whole.parent[:end], origin=whole.origin[:end],
            line=whole.line[:end], left=whole.left[:end], start=whole.start, count=whole.counts,
        )  # fmt: skip


def _larger(column: Any, used: int, wanted: int) -> Any:
    """Copy the `used` entries of a column into one that has `wanted` and as many again."""
    larger = np.empty(2 * wanted, column.dtype)
    larger[:used] = column[:used]
    return larger
