"""One day's rows in local numbers, and the barriers that they wait for."""

from typing import NamedTuple

import numpy as np
from numba import njit

from tracer.flow.codes import Bool, Int32, Int64


class Day(NamedTuple):
    """Working columns of one day, in local numbers; made once for the largest day and used again.

    Rows are numbered from 0 in input order, holders and time groups as they are met (-1: none). The
    barriers of holder h are `2h` (its receipts without a time are done) and `2h + 1` (all its receipts
    are done); those of group g follow after all holders: `base + 2g` (the group is reached: all earlier
    times at its holder are done) and `base + 2g + 1` (the receipts of the group are done).
    """

    time_ms: Int32  # per row
    payer: Int32
    payee: Int32
    payer_group: Int32
    payee_group: Int32
    hang: Int32  # next row that hangs on the same barrier
    key: Int64  # per receipt or payment with a time: holder and time
    group_holder: Int32  # per group
    waits: Int32  # per barrier: what must be done before it opens
    head: Int32  # per barrier: first row that hangs on it
    local: Int32  # per holder of the ledger: its local number, if `holders` agrees
    holders: Int32  # per local holder: its number in the ledger
    heap: Int32  # rows that came free after their turn


@njit(cache=True, nogil=True)
def workspace(largest: int, holders: int) -> Day:
    """Make the columns for days of at most `largest` rows in a ledger of `holders`."""

    def column(size: int) -> Int32:
        return np.empty(size, np.int32)

    return Day(
        column(largest),
        column(largest),
        column(largest),
        column(largest),
        column(largest),
        column(largest),
        np.empty(2 * largest, np.int64),
        column(2 * largest + 1),
        column(8 * largest),
        column(8 * largest),
        column(holders),
        column(2 * largest),
        column(largest),
    )


@njit(cache=True, nogil=True)
def load_day(
    work: Day, rows: Int64, time_ms: Int32, payer: Int32, payee: Int32, counts: Bool
) -> tuple[int, int, int]:
    """Copy one day into `work` with local holders; return its rows, holders and timed ends of rows."""
    holders, timed = 0, 0
    for i in range(len(rows)):
        row = rows[i]
        work.time_ms[i] = time_ms[row]
        work.payer[i], work.payee[i] = -1, -1
        work.payer_group[i], work.payee_group[i] = -1, -1
        if payer[row] == payee[row]:  # moves nothing, waits for nothing and holds nobody up
            work.time_ms[i] = 0
            continue
        if counts[payer[row]]:
            holders = _local_holder(work, payer[row], holders)
            work.payer[i] = work.local[payer[row]]
        if counts[payee[row]]:
            holders = _local_holder(work, payee[row], holders)
            work.payee[i] = work.local[payee[row]]
        if time_ms[row] != 0:
            timed += (work.payer[i] >= 0) + (work.payee[i] >= 0)
    return len(rows), holders, timed


@njit(cache=True, nogil=True)
def _local_holder(work: Day, holder: int, holders: int) -> int:
    """Give `holder` a local number unless it has one today; return how many there are."""
    known = work.local[holder]  # may be left from another day: nothing is cleared in between
    if 0 <= known < holders and work.holders[known] == holder:
        return holders
    work.local[holder] = holders
    work.holders[holders] = holder
    return holders + 1


@njit(cache=True, nogil=True)
def group_times(work: Day, size: int, timed: int) -> int:
    """Number the groups (holder, time) so that those of a holder follow each other in time."""
    at = 0
    for i in range(size):
        if work.time_ms[i] != 0:
            if work.payer[i] >= 0:
                work.key[at] = (np.int64(work.payer[i]) << 32) | work.time_ms[i]
                at += 1
            if work.payee[i] >= 0:
                work.key[at] = (np.int64(work.payee[i]) << 32) | work.time_ms[i]
                at += 1
    keys = np.unique(work.key[:timed])
    for g in range(len(keys)):
        work.group_holder[g] = keys[g] >> 32
    work.group_holder[len(keys)] = -1
    for i in range(size):
        if work.time_ms[i] != 0:
            if work.payer[i] >= 0:
                key = (np.int64(work.payer[i]) << 32) | work.time_ms[i]
                work.payer_group[i] = np.searchsorted(keys, key)
            if work.payee[i] >= 0:
                key = (np.int64(work.payee[i]) << 32) | work.time_ms[i]
                work.payee_group[i] = np.searchsorted(keys, key)
    return len(keys)


@njit(cache=True, nogil=True)
def set_barriers(work: Day, size: int, holders: int, groups: int) -> None:
    """Count for each barrier what must be done before it opens."""
    base = 2 * holders
    work.waits[: base + 2 * groups] = 0
    work.head[: base + 2 * groups] = -1
    for i in range(size):
        for barrier in holds_closed(work, i, base):
            if barrier >= 0:
                work.waits[barrier] += 1
    for g in range(1, groups):  # a group is reached only after the group before it
        if work.group_holder[g] == work.group_holder[g - 1] and work.waits[base + 2 * (g - 1)] > 0:
            work.waits[base + 2 * g] += 1


@njit(cache=True, nogil=True)
def holds_closed(work: Day, i: int, base: int) -> tuple[int, int, int, int]:
    """Name the barriers that wait for row i (-1: none)."""
    receipts = 2 * work.payee[i] + 1 if work.payee[i] >= 0 else -1
    if work.time_ms[i] == 0:
        return receipts, (receipts - 1 if receipts >= 0 else -1), -1, -1
    g, later_at_payer = work.payer_group[i], -1
    if g >= 0 and work.group_holder[g + 1] == work.group_holder[g]:
        later_at_payer = base + 2 * (g + 1)
    g, later_at_payee, group_receipts = work.payee_group[i], -1, -1
    if g >= 0:
        group_receipts = base + 2 * g + 1
        if work.group_holder[g + 1] == work.group_holder[g]:
            later_at_payee = base + 2 * (g + 1)
    return receipts, group_receipts, later_at_payer, later_at_payee


@njit(cache=True, nogil=True)
def waits_for(work: Day, i: int, base: int) -> tuple[int, int, int, int]:
    """Name the barriers that row i waits for (-1: none); the first two are those of earlier times."""
    if work.time_ms[i] == 0:
        return -1, -1, (2 * work.payer[i] + 1 if work.payer[i] >= 0 else -1), -1
    at_payee = base + 2 * work.payee_group[i] if work.payee_group[i] >= 0 else -1
    if work.payer[i] < 0:
        return -1, at_payee, -1, -1
    at_payer = base + 2 * work.payer_group[i]
    return at_payer, at_payee, at_payer + 1, 2 * work.payer[i]
