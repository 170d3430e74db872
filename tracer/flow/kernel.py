"""Which money each row carried, by each method (contract section 2, "Methods"); pro-rata is in `prorata/`.

For linked, fifo and lifo the events of the ledger are cut into windows of time, a window into components
of holders that its rows join, and these are moved side by side; pieces are numbered in time order when
their window is done. The result does not depend on how it was cut.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from tracer.errors import DataRefusedError, UsageError
from tracer.flow.codes import METHODS, Int64, MoneyColumns, Pieces, plain
from tracer.flow.events import EVENT, QUEUE, Ledger, births, load_events, spending_codes, tag_queues
from tracer.flow.held import Held, nothing_held
from tracer.flow.lots import CHUNK, FIFO, LIFO, LINKED, LOT, PIECE, SLOT, Holdings, move
from tracer.flow.prorata.forest import run_prorata
from tracer.flow.windows import Columns, deal, number_lots, number_window, table, write_left, write_pieces

WINDOW_EVENTS = 32_000
"""Longer windows join more holders: with a nation-wide hub half a million events are nearly one component."""

THREAD_EVENTS = 200_000
"""Fewer events than this are moved by one thread: cutting costs more than it brings."""

DEALT = 3
"""Windows that are dealt at one time: one that is moved, one for next, one being dealt."""

CACHE_LINE = 64

PRO_RATA = "pro-rata"

METHOD_CODES = {"linked": LINKED, "fifo": FIFO, "lifo": LIFO}


def run_kernel(columns: MoneyColumns, order: Int64, method: str, held: Held | None = None) -> Pieces:
    """Cut the money of m rows, in the order that `order_rows` gave, into pieces.

    `method` is one of `METHODS`, else `UsageError`; `held` is what holders have from an earlier run
    (see `held.py`). Raises `DataRefusedError` for more than 500 million holders, whose numbers do not
    fit, and as `run_prorata` says. Source: contract section 2.
    """
    if method not in METHODS:
        raise UsageError(f"unknown method {method!r}: take one of {', '.join(METHODS)}")
    if len(columns.holder_kind) >= 1 << 29:
        raise DataRefusedError("more than 500 million holders: split the ledger by province")
    if method == PRO_RATA:
        return run_prorata(columns, order, held)
    run = _Run(columns, order, METHOD_CODES[method], held or nothing_held())
    with ThreadPoolExecutor(run.parts) as pool:
        windows = range(0, run.events, run.window)
        dealt = {begin: pool.submit(run.deal, begin) for begin in windows[: DEALT - 1]}
        for begin in windows:
            parts = dealt.pop(begin).result()
            moved = [pool.submit(run.move, part, parts[part]) for part in range(run.parts)]
            later = begin + (DEALT - 1) * run.window
            if later < run.events:  # for the thread that has moved its part first
                dealt[later] = pool.submit(run.deal, later)
            run.finish(pool, parts, moved)
            run.write(pool, begin, parts)
        return run.result(pool)


class _Run:
    """One run over a ledger: the working columns, and the steps of a window."""

    def __init__(self, columns: MoneyColumns, order: Int64, method: int, held: Held) -> None:
        code, slot_holders, root_left = spending_codes(columns, held)
        queues, first_queue = np.zeros(0, QUEUE), np.full(len(slot_holders), -1, np.int32)
        if method == LINKED:
            queues, first_queue = tag_queues(columns, code, len(slot_holders))
        born = births(columns, order, held)
        self.ledger = Ledger(
            plain(columns.payer), plain(columns.payee), plain(columns.amount), plain(columns.tag),
            plain(order), code, born, queues, first_queue,
        )  # fmt: skip
        self.method = method
        self.events = len(order) + len(born.at)
        self.parts = 2 if self.events >= THREAD_EVENTS else 1
        self.window = min(WINDOW_EVENTS, max(self.events, 1))
        self.roots = len(root_left)
        self.stride = (self.parts - 1) * CHUNK
        self._make_holdings(root_left)
        self._make_buffers()
        self._make_columns(len(order))

    def _make_holdings(self, root_left: Int64) -> None:
        slots = _aligned(len(self.ledger.first_queue), SLOT)
        slots["head"], slots["tail"], slots["live"], slots["queues"] = -1, -1, 0, self.ledger.first_queue
        first_lot = -(-self.roots // CHUNK) * CHUNK
        lots = _aligned(first_lot + 2 * self.events + 8 * CHUNK, LOT)  # what is not touched costs nothing
        lots["left"][: self.roots] = root_left
        lots["piece"][: self.roots] = -1
        self.holdings = Holdings(lots, slots, self.ledger.queues)
        self.first_lots = [first_lot + part * CHUNK for part in range(self.parts)]

    def _make_buffers(self) -> None:
        window, parts = self.window, self.parts
        self.loose = [np.empty(window, EVENT) for _ in range(DEALT)]
        self.dealt = [np.empty(window, EVENT) for _ in range(DEALT)] if parts > 1 else self.loose
        self.tables = [table(len(self.holdings.slots), window, parts) for _ in range(DEALT)]
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

    def deal(self, begin: int) -> list[Any]:
        """Load a window and cut it into parts that share no slot."""
        window = begin // self.window
        which, size = window % DEALT, min(self.window, self.events - begin)
        loose, dealt = self.loose[which][:size], self.dealt[which][:size]
        load_events(self.ledger, begin, loose)
        if self.parts == 1:
            return [loose]
        bounds = np.empty(self.parts + 1, np.int64)
        deal(loose, self.tables[which], window, bounds, dealt)
        return [dealt[bounds[part] : bounds[part + 1]] for part in range(self.parts)]

    def move(self, part: int, events: Any) -> bool:
        """Move the money of one part; return false where it needs more room to go on."""
        return bool(
            move(
                self.holdings, events, self.method, self.stride, self.states[part], self.pieces[part],
                self.first, self.count,
            )
        )  # fmt: skip

    def finish(self, pool: ThreadPoolExecutor, parts: list[Any], moved: list[Future[bool]]) -> None:
        """Wait until the parts have been moved; make room for those that have none while nothing moves."""
        waiting = [part for part, is_done in enumerate([future.result() for future in moved]) if not is_done]
        while waiting:
            for part in waiting:
                self._make_room(part)
            done = list(pool.map(lambda part: self.move(part, parts[part]), waiting))
            waiting = [part for part, is_done in zip(waiting, done, strict=True) if not is_done]
        self.states[:, :2] = 0

    def write(self, pool: ThreadPoolExecutor, begin: int, parts: list[Any]) -> None:
        """Write the pieces of a window that has been moved, in time order."""
        size = sum(len(events) for events in parts)
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

    def _make_room(self, part: int) -> None:
        """Enlarge what was too small for the next event of a part."""
        size, lot, room = (int(value) for value in self.states[part, 1:])
        if size + room > len(self.pieces[part]):
            self.pieces[part] = _larger(self.pieces[part], size, size + room)
        if lot + 2 * (room + CHUNK) > len(self.holdings.lots):
            lots = self.holdings.lots
            larger = _aligned(2 * (lot + 2 * (room + CHUNK)), LOT)
            larger[: len(lots)] = lots
            self.holdings = self.holdings._replace(lots=larger)

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


def _aligned(size: int, kind: np.dtype[Any]) -> Any:
    """Return an empty column of small records, none of which lies in two lines of the cache."""
    room = np.empty(size * kind.itemsize + CACHE_LINE, np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    return room[begin : begin + size * kind.itemsize].view(kind)
