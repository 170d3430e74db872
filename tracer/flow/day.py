"""One day's rows in local numbers, and the barriers that they wait for."""

from typing import NamedTuple

import numpy as np

from tracer.flow.codes import Bool, Int8, Int32, Int64
from tracer.flow.compiled import allocating, compiled, inlined, prefetch

UNORDERED = -2
"""`local` of `CASH` and treasury accounts."""

AHEAD = 12
"""Holders of so many rows further on are looked up in advance."""

PAYS, PAYS_TIMED, RECEIVES, RECEIVES_TIMED = 1, 2, 4, 8
"""`seen`: rows of the holder that day, without a time and with one."""


class Day(NamedTuple):
    """Working columns of one day, in local numbers; made once for the largest day and used again.

    Rows are numbered from 0 in input order, holders and time groups as they are met (-1: none). The
    barriers of holder h are `2h` (its receipts without a time are done) and `2h + 1` (all its receipts
    are done); those of group g follow after all holders: `base + 2g` (the group is reached: all earlier
    times at its holder are done) and `base + 2g + 1` (the receipts of the group are done). Row i waits for
    the barriers `waits_for[4 * i : 4 * i + 4]` and holds `holds[…]` closed; -1 ends a shorter list. A
    barrier that nobody would wait for, or that nothing would hold closed, is not listed: most holders of
    a day only pay or only receive.
    """

    time_ms: Int32  # per row
    payer: Int32
    payee: Int32
    payer_group: Int32
    payee_group: Int32
    waits_for: Int32  # 4 per row: barriers
    holds: Int32
    hang: Int32  # next row that hangs on the same barrier
    key: Int64  # per receipt or payment with a time: holder and time
    group_holder: Int32  # per group
    waits: Int32  # per barrier: what must be done before it opens
    head: Int32  # per barrier: first row that hangs on it
    local: Int32  # per holder of the ledger: its local number, if `holders` agrees, or UNORDERED
    holders: Int32  # per local holder: its number in the ledger
    seen: Int8  # per local holder: what it does today, as a sum of PAYS … RECEIVES_TIMED
    heap: Int32  # rows that came free after their turn


def local_numbers(counts: Bool) -> Int32:
    """Make `local` for the holders of a ledger; numpy asks for large pages, which are found faster."""
    return np.where(counts, np.int32(-1), np.int32(UNORDERED))


@allocating
def workspace(largest: int, local: Int32) -> Day:
    """Make the columns for days of at most `largest` rows; `local` starts as `local_numbers` makes it."""

    def column(size: int) -> Int32:
        return np.empty(size, np.int32)

    return Day(
        column(largest),
        column(largest),
        column(largest),
        column(largest),
        column(largest),
        column(4 * largest),
        column(4 * largest),
        column(largest),
        np.empty(2 * largest, np.int64),
        column(2 * largest + 1),
        column(8 * largest),
        column(8 * largest),
        local,
        column(2 * largest),
        np.empty(2 * largest, np.int8),
        column(largest),
    )


@compiled
def load_day(work: Day, rows: Int64, time_ms: Int32, payer: Int32, payee: Int32) -> tuple[int, int]:
    """Copy one day into `work` with local holders; return how many holders and ends of timed rows."""
    times, froms, tos = work.time_ms, work.payer, work.payee
    local, known, seen = work.local, work.holders, work.seen
    holders, timed = 0, 0
    for i in range(len(rows)):
        row, ahead = rows[i], rows[min(i + AHEAD, len(rows) - 1)]
        prefetch(local, payer[ahead])
        prefetch(local, payee[ahead])
        a, b, ms = payer[row], payee[row], time_ms[row]
        times[i], froms[i], tos[i] = ms, -1, -1
        if a == b:  # moves nothing, waits for nothing and holds nobody up
            times[i] = 0
            continue
        froms[i], holders = _local(local, known, seen, a, holders)
        tos[i], holders = _local(local, known, seen, b, holders)
        if froms[i] >= 0:
            seen[froms[i]] |= PAYS if ms == 0 else PAYS_TIMED
            timed += ms != 0
        if tos[i] >= 0:
            seen[tos[i]] |= RECEIVES if ms == 0 else RECEIVES_TIMED
            timed += ms != 0
    return holders, timed


@inlined
def _local(local: Int32, known: Int32, seen: Int8, holder: int, holders: int) -> tuple[int, int]:
    """Return the local number of `holder`, a new one if it has none today, and how many there are."""
    number = local[holder]  # may be left from another day: nothing is cleared in between
    if number == UNORDERED or (0 <= number < holders and known[number] == holder):
        return number, holders
    local[holder] = holders
    known[holders], seen[holders] = holder, 0
    return holders, holders + 1


@allocating
def group_times(work: Day, size: int, timed: int) -> int:
    """Number the groups (holder, time) so that those of a holder follow each other in time."""
    times, payer, payee, key = work.time_ms, work.payer, work.payee, work.key
    ends = np.empty(timed, np.int64)  # 2 * row, + 1 for its payee
    at = 0
    for i in range(size):
        if times[i] == 0:
            continue
        if payer[i] >= 0:
            key[at], ends[at] = (np.int64(payer[i]) << 32) | times[i], 2 * i
            at += 1
        if payee[i] >= 0:
            key[at], ends[at] = (np.int64(payee[i]) << 32) | times[i], 2 * i + 1
            at += 1
    groups = _number_groups(key[:timed], ends, work.payer_group, work.payee_group, work.group_holder)
    return int(groups)


@allocating
def _number_groups(
    key: Int64, ends: Int64, payer_group: Int32, payee_group: Int32, group_holder: Int32
) -> int:
    """Number equal keys in the order of their size; return how many there are."""
    g, before = -1, np.int64(-1)
    for k in np.argsort(key):
        if key[k] != before:
            g += 1
            before = key[k]
            group_holder[g] = before >> 32
        if ends[k] & 1:
            payee_group[ends[k] >> 1] = g
        else:
            payer_group[ends[k] >> 1] = g
    group_holder[g + 1] = -1
    return g + 1


@compiled
def set_barriers(work: Day, size: int, holders: int, groups: int) -> None:
    """List the barriers of each row, and count for each barrier what must be done before it opens."""
    base = 2 * holders
    waits, group_holder, holds = work.waits, work.group_holder, work.holds
    waits[: base + 2 * groups] = 0
    work.head[: base + 2 * groups] = -1
    work.waits_for[: 4 * size] = -1
    holds[: 4 * size] = -1
    _set_payments(
        work.time_ms[:size],
        work.payer,
        work.payer_group,
        group_holder,
        work.seen,
        base,
        work.waits_for,
        holds,
    )
    _set_receipts(
        work.time_ms[:size],
        work.payee,
        work.payee_group,
        group_holder,
        work.seen,
        base,
        work.waits_for,
        holds,
    )
    for k in range(4 * size):
        if holds[k] >= 0:
            waits[holds[k]] += 1
    for g in range(1, groups):  # a group is reached only after the group before it
        if group_holder[g] == group_holder[g - 1] and waits[base + 2 * (g - 1)] > 0:
            waits[base + 2 * g] += 1


@compiled
def _set_payments(
    time_ms: Int32, payer: Int32, group: Int32, group_holder: Int32, seen: Int8, base: int, waits_for: Int32,
    holds: Int32,
) -> None:  # fmt: skip
    """List the barriers of each row at its payer."""
    for i in range(len(time_ms)):
        if payer[i] < 0:
            continue
        if time_ms[i] == 0:
            if seen[payer[i]] & (RECEIVES | RECEIVES_TIMED):
                waits_for[4 * i] = 2 * payer[i] + 1
            continue
        g = group[i]
        waits_for[4 * i] = base + 2 * g
        waits_for[4 * i + 1] = base + 2 * g + 1
        waits_for[4 * i + 2] = 2 * payer[i]
        if group_holder[g + 1] == group_holder[g]:
            holds[4 * i] = base + 2 * (g + 1)


@compiled
def _set_receipts(
    time_ms: Int32, payee: Int32, group: Int32, group_holder: Int32, seen: Int8, base: int, waits_for: Int32,
    holds: Int32,
) -> None:  # fmt: skip
    """Add the barriers of each row at its payee."""
    for i in range(len(time_ms)):
        if payee[i] < 0:
            continue
        at = 4 * i + (holds[4 * i] >= 0)
        if seen[payee[i]] & PAYS:
            holds[at] = 2 * payee[i] + 1
            at += 1
        if time_ms[i] == 0:
            if seen[payee[i]] & PAYS_TIMED:
                holds[at] = 2 * payee[i]
            continue
        g = group[i]
        holds[at] = base + 2 * g + 1
        if group_holder[g + 1] == group_holder[g]:
            holds[at + 1] = base + 2 * (g + 1)
        waits_for[4 * i + 3 * (waits_for[4 * i] >= 0)] = base + 2 * g
