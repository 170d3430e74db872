"""What the kernel works on: births and rows as events in time order, in the numbers that it needs.

A holder that can spend what it gets has a *slot*, which keeps its list of lots; where money stays for
good (treasury accounts, `CASH`, accounts that never pay) there is none. A *root* is an indicator that
receives nothing and never pays more, or sooner, than was issued to it: whatever it pays is cut from its one
birth, so rows of different provinces need not wait for each other because of it.
"""

from typing import Any, NamedTuple

import numpy as np

from tracer.flow.codes import (
    ACCOUNT,
    CASH_HOLDER,
    CASH_IN,
    INDICATOR,
    INDICATOR_MONEY,
    OPENING,
    UNEXPLAINED,
    Int8,
    Int32,
    Int64,
    MoneyColumns,
    plain,
)
from tracer.flow.compiled import compiled, inlined
from tracer.flow.held import Held

BORN = -1
"""`source` of an event whose money is born with it."""

ROOT = -2
"""Sources from here down are roots: `ROOT - number`. A root's number is also that of its only lot."""

KEEPS = -2
"""`line` of an event that leaves the line of its money as it is."""

EVENT = np.dtype(
    [
        ("fen", np.int64),
        ("source", np.int32),  # slot of the payer, BORN, or a root
        ("target", np.int32),  # slot of the payee, -1 where the money stays
        ("born", np.int32),  # origin of what the source lacks, or of all it pays where it has no slot
        ("line", np.int32),  # line of the money as it arrives, or KEEPS
        ("queue", np.int32),  # queue of the payer's money whose line is the tag, or -1
        ("at", np.int32),  # place of the event in its window
    ]
)


class Births(NamedTuple):
    """Money that no row brought, in time order."""

    at: Int64  # place among all events
    holder: Int32
    fen: Int64
    origin: Int64
    line: Int32


class Ledger(NamedTuple):
    """The ledger as the kernel sees it: m rows, n holders."""

    payer: Int32  # m
    payee: Int32
    amount: Int64
    queue: Int32  # per row: queue of (payer, tag), -1 for none; empty where no row has one
    order: Int64  # rows in time order
    code: Int32  # per holder: 4 * (slot, -1, or ROOT - number) + kind
    births: Births


def spending_codes(columns: MoneyColumns, held: Held) -> tuple[Int32, Int64, Int64]:
    """Return `code` per holder, the holder of each slot, and what is left of each root's birth."""
    kinds = plain(columns.holder_kind)
    holders = len(kinds)
    pays, free_of_receipts = np.zeros(holders, np.int8), np.ones(holders, np.int8)
    free_of_receipts[held.holder] = 0
    left = columns.issue_fen.astype(np.int64)
    _spending(
        plain(columns.day), plain(columns.payer), plain(columns.payee), plain(columns.amount), kinds,
        plain(columns.issue_day), pays, free_of_receipts, left,
    )  # fmt: skip
    is_root = (
        (kinds == INDICATOR) & (pays == 1) & (free_of_receipts == 1) & (left >= 0) & (columns.issue_fen > 0)
    )
    has_slot = (pays == 1) & ~is_root & ((kinds == INDICATOR) | (kinds == ACCOUNT))
    code = np.full(holders, BORN, np.int32)
    slots, roots = np.flatnonzero(has_slot), np.flatnonzero(is_root)
    code[slots] = np.arange(len(slots), dtype=np.int32)
    code[roots] = ROOT - np.arange(len(roots), dtype=np.int32)
    return code * np.int32(4) + kinds, slots, left[roots]


@compiled
def _spending(
    day: Int32, payer: Int32, payee: Int32, amount: Int64, kinds: Int8, issue_day: Int32,
    pays: Int8, free_of_receipts: Int8, left: Int64,
) -> None:  # fmt: skip
    """Note who pays and who receives, and what each indicator has left of its birth (below 0: too early)."""
    for row in range(len(day)):
        a, b = payer[row], payee[row]
        if a == b:
            continue
        pays[a] = 1
        if kinds[b] == INDICATOR:
            free_of_receipts[b] = 0
        if kinds[a] == INDICATOR and left[a] >= 0:
            left[a] = left[a] - amount[row] if day[row] >= issue_day[a] else -1


def births(columns: MoneyColumns, order: Int64, held: Held) -> Births:
    """List what is there before a row moves it: held money, opening balances, indicators on their day."""
    n = len(columns.holder_kind)
    opened, issued = np.flatnonzero(columns.opening_fen > 0), np.flatnonzero(columns.issue_fen > 0)
    issued = issued[np.argsort(columns.issue_day[issued], kind="stable")]
    early = len(held.holder) + len(opened)
    rows_before = np.zeros(early + len(issued), np.int64)
    rows_before[early:] = _rows_before(plain(columns.day), plain(order), plain(columns.issue_day[issued]))
    no_line = np.full(len(opened) + len(issued), -1, np.int32)
    return Births(
        at=rows_before + np.arange(len(rows_before)),
        holder=np.concatenate((held.holder, opened, issued)).astype(np.int32),
        fen=np.concatenate((held.fen, columns.opening_fen[opened], columns.issue_fen[issued])),
        origin=np.concatenate((held.origin, opened + OPENING * n, issued + INDICATOR_MONEY * n)),
        line=np.concatenate((held.line, no_line)),
    )


@compiled
def _rows_before(day: Int32, order: Int64, days: Int32) -> Int64:
    """Count for each of `days`, which ascend, the rows that are dated earlier."""
    out = np.empty(len(days), np.int64)
    low = 0
    for k in range(len(days)):
        high = len(order)
        while low < high:
            middle = (low + high) // 2
            if day[order[middle]] < days[k]:
                low = middle + 1
            else:
                high = middle
        out[k] = low
    return out


def tag_queues(columns: MoneyColumns, code: Int32, linked: bool) -> tuple[Int32, Int64, Int32, Int64]:
    """Number the pairs (slot, tag) that occur: queue per row, hash table, queue per entry, slot per queue."""
    tagged = np.flatnonzero((columns.tag >= 0) & (columns.payer != columns.payee) & linked)
    slot = (code[columns.payer[tagged]] >> 2).astype(np.int64)
    tagged, slot = tagged[slot >= 0], slot[slot >= 0]
    if len(tagged) == 0:
        return np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64)
    queue = np.full(len(columns.day), -1, np.int32)
    size = 2 << len(tagged).bit_length()
    keys, queue_of = np.full(size, -1, np.int64), np.empty(size, np.int32)
    queues = _number_queues(slot << 32 | columns.tag[tagged], tagged, queue, keys, queue_of)
    slot_of = np.empty(queues, np.int64)
    slot_of[queue[tagged]] = slot
    return queue, keys, queue_of, slot_of


@compiled
def _number_queues(wanted: Int64, rows: Int64, queue: Int32, keys: Int64, queue_of: Int32) -> int:
    queues = 0
    for k in range(len(wanted)):
        place = find_place(keys, wanted[k])
        if keys[place] < 0:
            keys[place], queue_of[place] = wanted[k], queues
            queues += 1
        queue[rows[k]] = queue_of[place]
    return queues


@compiled
def find_place(keys: Int64, key: int) -> int:
    """Find the place of a key in the hash table, or the empty place where it would be."""
    mask = len(keys) - 1
    place = ((key * 0x9E3779B97F4A7C1) >> 20) & mask
    while keys[place] >= 0 and keys[place] != key:
        place = (place + 1) & mask
    return place


@compiled
def load_events(ledger: Ledger, begin: int, events: Any) -> None:
    """Write the events from place `begin` on to `events`, in time order."""
    # The columns are taken out of the tuple once: compiled code counts references at each access.
    order, payer, payee, code = ledger.order, ledger.payer, ledger.payee, ledger.code
    amount, queue, births, birth_at = ledger.amount, ledger.queue, ledger.births, ledger.births.at
    birth = np.searchsorted(birth_at, begin)
    for place in range(begin, begin + len(events)):
        event = events[place - begin]
        event.at = place - begin
        if birth < len(birth_at) and birth_at[birth] == place:
            event.fen, event.born, event.line = births.fen[birth], births.origin[birth], births.line[birth]
            event.source, event.target, event.queue = BORN, code[births.holder[birth]] >> 2, -1
            birth += 1
            continue
        row = order[place - birth]
        event.fen = amount[row]
        event.queue = queue[row] if len(queue) else -1
        _set_ends(event, payer[row], payee[row], code)


@inlined
def _set_ends(event: Any, payer: int, payee: int, code: Int32) -> None:
    """Set where the money of a row comes from and goes to."""
    if payer == payee:  # moves nothing
        event.fen, event.source, event.target, event.born, event.line = 0, BORN, -1, 0, -1
        return
    holders = len(code)
    paying, receiving = code[payer], code[payee]
    event.source, event.target = paying >> 2, receiving >> 2
    event.born = UNEXPLAINED * holders + payer
    if paying & 3 == CASH_HOLDER:
        event.born = CASH_IN * holders + payee
    elif event.source <= ROOT:  # what a root pays is cut from its birth
        event.born = INDICATOR_MONEY * holders + payer
    event.line = KEEPS
    if receiving & 3 == INDICATOR:
        event.line = -1
    elif paying & 3 == INDICATOR:
        event.line = payer
