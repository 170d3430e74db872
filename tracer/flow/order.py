"""The order in which the rows of a ledger move money (contract section 2, "Order").

At one holder and on one day the contract's rule is a few layers: receipts without a time, then groups of
one time each (receipts, then payments), and payments without a time after all receipts. So a row waits
for at most four *barriers*, and a barrier opens when a count of rows has come down to zero. No pair of
rows is ever written down: a row that may not come yet hangs on one closed barrier and is looked at
again when that opens.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from tracer.flow.circles import order_circles
from tracer.flow.codes import Bool, Int32, Int64, plain
from tracer.flow.compiled import allocating, compiled, inlined
from tracer.flow.day import group_times, load_day, local_numbers, set_barriers, workspace
from tracer.flow.heap import heap_pop, heap_push

TREE_NODES = 48
"""Smaller circles are searched again after each forced row: that is cheaper than distances."""

THREAD_ROWS = 100_000
"""Fewer rows than this are ordered by one thread: starting a second costs more."""


def order_rows(day: Int32, time_ms: Int32, payer: Int32, payee: Int32, counts: Bool) -> Int64:
    """Return the m row numbers in the contract's order.

    `day`, `time_ms` (milliseconds, 0: none), `payer` and `payee` have m entries in input order; `counts`
    has one per holder, false for `CASH` and treasury accounts. Source: contract section 2, "Order".
    """
    day, time_ms, payer, payee, counts = plain(day), plain(time_ms), plain(payer), plain(payee), plain(counts)
    rows, bounds = _rows_by_day(day)
    out = np.empty(len(day), np.int64)

    def run(first: int, last: int) -> None:
        local = local_numbers(counts)
        _order_days(bounds[first : last + 1], rows, time_ms, payer, payee, local, TREE_NODES, out)

    threads = 2 if len(day) >= THREAD_ROWS else 1
    cuts = np.searchsorted(bounds, np.linspace(0, len(day), threads + 1))
    with ThreadPoolExecutor(threads) as pool:
        for task in [pool.submit(run, a, b) for a, b in pairwise(cuts) if a < b]:
            task.result()
    return out


def _rows_by_day(day: Int32) -> tuple[Int64, Int64]:
    """Return row numbers by day, in input order within each, and where each day begins and ends."""
    if len(day) == 0:
        return np.zeros(0, np.int64), np.zeros(1, np.int64)
    first = int(day.min())
    span = int(day.max()) - first + 1
    if span <= 4_000_000:  # years 1 to 9999 are 3.7 million days
        rows, ends = _count_sort(day, first, span)
        bounds = np.concatenate((np.zeros(1, np.int64), ends))
        return rows, bounds[np.concatenate((np.ones(1, np.bool_), np.diff(bounds) > 0))]
    rows = np.argsort(day, kind="stable")
    changes = np.flatnonzero(np.diff(day[rows])) + 1
    return rows, np.concatenate((np.zeros(1, np.int64), changes, np.array([len(day)])))


@allocating
def _count_sort(day: Int32, first: int, span: int) -> tuple[Int64, Int64]:
    at = np.zeros(span + 1, np.int64)
    for value in day:
        at[value - first + 1] += 1
    for k in range(span):
        at[k + 1] += at[k]
    rows = np.empty(len(day), np.int64)
    for row in range(len(day)):
        slot = day[row] - first
        rows[at[slot]] = row
        at[slot] += 1
    return rows, at[:span]


@allocating
def _order_days(
    bounds: Int64,
    rows: Int64,
    time_ms: Int32,
    payer: Int32,
    payee: Int32,
    local: Int32,
    tree_nodes: int,
    out: Int64,
) -> None:
    """Order the days `bounds[k] … bounds[k + 1] - 1` of `rows` into the same places of `out`."""
    largest = 0
    for k in range(len(bounds) - 1):
        largest = max(largest, bounds[k + 1] - bounds[k])
    work = workspace(largest, local)
    for k in range(len(bounds) - 1):
        begin, end = bounds[k], bounds[k + 1]
        size = end - begin
        holders, timed = load_day(work, rows[begin:end], time_ms, payer, payee)
        groups = group_times(work, size, timed) if timed else 0
        set_barriers(work, size, holders, groups)
        done = _release(
            work.waits_for, work.holds, work.waits, work.head, work.hang, work.group_holder, work.heap,
            2 * holders, rows[begin:end], out[begin:end],
        )  # fmt: skip
        if done < size:
            order_circles(work, 2 * holders, groups, tree_nodes, done, rows[begin:end], out[begin:end])


@inlined
def _closed_barrier(waits_for: Int32, waits: Int32, i: int) -> int:
    """Return a barrier that row i still waits for, -1 if it may come."""
    k, end = 4 * i, 4 * i + 4
    while k < end and waits_for[k] >= 0 and waits[waits_for[k]] == 0:
        k += 1
    return waits_for[k] if k < end else -1


@compiled
def _release(
    waits_for: Int32, holds: Int32, waits: Int32, head: Int32, hang: Int32, group_holder: Int32, heap: Int32,
    base: int, rows: Int64, out: Int64,
) -> int:  # fmt: skip
    """Write rows to `out` while one may come, always the first such in input order; return how many.

    The pointer goes once through the input. A row that is let go behind it waits in the heap. Rows that
    have been written have `hang` -2, for whoever orders the rest.
    """
    done, heaped, pointer = 0, 0, 0
    while heaped or pointer < len(rows):
        if heaped:
            i, barrier = heap[0], -1
            heaped = heap_pop(heap, heaped)
        else:
            i, barrier = pointer, _closed_barrier(waits_for, waits, pointer)
            pointer += 1
        if barrier >= 0:
            hang[i], head[barrier] = head[barrier], i
        else:
            out[done] = rows[i]
            done += 1
            hang[i] = -2
            k = 4 * i
            while k < 4 * i + 4:
                k, barrier = _count_down(holds, waits, head, base, k, 4 * i + 4)
                if barrier >= 0:
                    heaped = _open(waits_for, waits, head, hang, group_holder, heap, base, barrier, heaped)
    return done


@inlined
def _count_down(holds: Int32, waits: Int32, head: Int32, base: int, k: int, end: int) -> tuple[int, int]:
    """Take one off the barriers `holds[k]` on; return where to go on, and one that opens for somebody."""
    found = -1
    while k < end and found < 0:
        barrier = holds[k]
        k += 1
        if barrier < 0:
            k = end
        else:
            waits[barrier] -= 1
            if waits[barrier] == 0 and (head[barrier] >= 0 or barrier >= base):
                found = barrier
    return k, found


@compiled
def _open(
    waits_for: Int32, waits: Int32, head: Int32, hang: Int32, group_holder: Int32, heap: Int32,
    base: int, barrier: int, heaped: int,
) -> int:  # fmt: skip
    """Open a barrier that waits for nothing: rows that hang on it go to the heap or to another."""
    while barrier >= 0:
        heaped = _look_again(waits_for, waits, head, hang, heap, head[barrier], heaped)
        g, opened = (barrier - base) >> 1, barrier
        barrier = -1
        if opened >= base and (opened - base) & 1 == 0 and group_holder[g + 1] == group_holder[g]:
            waits[opened + 2] -= 1  # this group is reached: the next of its holder waits for one thing less
            if waits[opened + 2] == 0:
                barrier = opened + 2
    return heaped


@inlined
def _look_again(
    waits_for: Int32, waits: Int32, head: Int32, hang: Int32, heap: Int32, i: int, heaped: int
) -> int:
    """Let rows go that hung on a barrier, i and those after it, or hang them on another."""
    while i >= 0:
        following = hang[i]
        other = _closed_barrier(waits_for, waits, i)
        if other >= 0:
            hang[i], head[other] = head[other], i
        else:
            heaped = heap_push(heap, heaped, i)
        i = following
    return heaped
