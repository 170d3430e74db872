"""What the kernel works on: births and rows as events in time order, in the numbers that it needs.

A holder that can spend what it gets has a *slot*, which keeps its list of lots; where money stays for
good (treasury accounts, `CASH`, accounts that never pay) there is none. A *root* is an indicator that
receives nothing and never pays more, or sooner, than was issued to it: whatever it pays is cut from its one
birth, so rows of different provinces need not wait for each other because of it.
"""

from concurrent.futures import ThreadPoolExecutor
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
from tracer.flow.compiled import allocating, compiled, inlined, prefetch
from tracer.flow.held import Held

PAYS, RECEIVES, PAYS_EARLY = 1, 2, 4
"""What a holder is seen to do."""

BORN = -1
"""`source` of an event whose money is born with it."""

ROOT = -2
"""Sources from here down are roots: `ROOT - number`. A root's number is also that of its only lot."""

KEEPS = -2
"""`line` of an event that leaves the line of its money as it is."""

AHEAD = 8
"""What events so much further on need is looked up in advance."""

EVENT = np.dtype(
    [
        ("fen", np.int64),
        ("source", np.int32),  # slot of the payer, BORN, or a root
        ("target", np.int32),  # slot of the payee, -1 where the money stays
        ("born", np.int32),  # origin of what the source lacks, or of all it pays where it has no slot
        ("line", np.int32),  # line of the money as it arrives, or KEEPS
        ("tag", np.int32),  # tag for which the payer has a queue, or -1
        ("at", np.int32),  # place of the event in its window
    ]
)


QUEUE = np.dtype(
    [
        ("line", np.int32),
        ("head", np.int32),  # first lot of this line at the slot, -1: none
        ("tail", np.int32),  # last lot
        ("count", np.int32),  # in the first queue of a slot: how many the slot has, one after the other
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
    tag: Int32
    order: Int64  # rows in time order
    code: Int32  # per holder: 4 * (slot, -1, or ROOT - number) + kind
    births: Births
    queues: Any  # QUEUE, none unless the method is linked
    first_queue: Int32  # per slot, -1: it has none


def spending_codes(columns: MoneyColumns, held: Held) -> tuple[Int32, Int64, Int64]:
    """Return `code` per holder, the holder of each slot, and what is left of each root's birth."""
    kinds = plain(columns.holder_kind)
    payer, payee, amount = plain(columns.payer), plain(columns.payee), plain(columns.amount)
    day, issue_day = plain(columns.day), plain(columns.issue_day)

    def look(begin: int, end: int) -> tuple[Int8, Int64]:
        seen, paid = np.zeros(len(kinds), np.int8), np.zeros(len(kinds), np.int64)
        rows = slice(begin, end)
        _spending(day[rows], payer[rows], payee[rows], amount[rows], kinds, issue_day, seen, paid)
        return seen, paid

    middle = len(day) // 2
    with ThreadPoolExecutor(1) as other:
        later = other.submit(look, middle, len(day))
        seen, paid = look(0, middle)
        seen |= later.result()[0]
        paid += later.result()[1]
    seen[held.holder] |= RECEIVES
    left = columns.issue_fen - paid
    is_root = (kinds == INDICATOR) & (seen == PAYS) & (left >= 0) & (columns.issue_fen > 0)
    has_slot = (seen & PAYS > 0) & ~is_root & ((kinds == INDICATOR) | (kinds == ACCOUNT))
    code = np.full(len(kinds), BORN, np.int32)
    slots, roots = np.flatnonzero(has_slot), np.flatnonzero(is_root)
    code[slots] = np.arange(len(slots), dtype=np.int32)
    code[roots] = ROOT - np.arange(len(roots), dtype=np.int32)
    return code * np.int32(4) + kinds, slots, left[roots]


@compiled
def _spending(
    day: Int32, payer: Int32, payee: Int32, amount: Int64, kinds: Int8, issue_day: Int32, seen: Int8,
    paid: Int64,
) -> None:  # fmt: skip
    """Note who pays and, of indicators, who receives or pays before it was issued, and what they pay."""
    for row in range(len(day)):
        a, b = payer[row], payee[row]
        if a == b:
            continue
        seen[a] |= PAYS
        if kinds[b] == INDICATOR:
            seen[b] |= RECEIVES
        if kinds[a] == INDICATOR:
            paid[a] += amount[row]
            if day[row] < issue_day[a]:
                seen[a] |= PAYS_EARLY


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


@allocating
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


def tag_queues(columns: MoneyColumns, code: Int32, slots: int) -> tuple[Any, Int32]:
    """Return a queue for each pair of slot and tag that occurs, by slot and tag, and each slot's first."""
    tagged = np.flatnonzero(columns.tag >= 0)
    slot = code[columns.payer[tagged]] >> 2
    keys = np.sort(slot.astype(np.int64)[slot >= 0] << 32 | columns.tag[tagged[slot >= 0]])
    keys = keys[np.diff(keys, prepend=-1) > 0]
    queues = np.zeros(len(keys), QUEUE)
    queues["line"], queues["head"] = keys & 0xFFFFFFFF, -1
    first = np.full(slots, -1, np.int32)
    _count_queues(keys, first, queues)
    return queues, first


@compiled
def _count_queues(keys: Int64, first: Int32, queues: Any) -> None:
    for k in range(len(keys)):
        slot = keys[k] >> 32
        if first[slot] < 0:
            first[slot] = k
        queues[first[slot]].count += 1


@compiled
def find_queue(queues: Any, first: int, line: int) -> int:
    """Find the queue of a line among those of the slot whose first queue is given; -1: it has none."""
    low, high = first, first + queues[first].count - 1
    while low < high:
        middle = (low + high) >> 1
        if queues[middle].line < line:
            low = middle + 1
        else:
            high = middle
    return low if queues[low].line == line else -1


@compiled
def load_events(ledger: Ledger, begin: int, events: Any) -> None:
    """Write the events from place `begin` on to `events`, in time order."""
    order, payer, payee, code = ledger.order, ledger.payer, ledger.payee, ledger.code
    amount, tag, births, birth_at = ledger.amount, ledger.tag, ledger.births, ledger.births.at
    has_tags = len(ledger.queues) > 0
    birth = np.searchsorted(birth_at, begin)
    last = len(order) - 1
    for place in range(begin, begin + len(events)):
        if last >= 0:
            far, near = place - birth + 2 * AHEAD, place - birth + AHEAD
            _look_ahead(ledger, order[far if far < last else last], order[near if near < last else last])
        event = events[place - begin]
        event.at = place - begin
        if birth < len(birth_at) and birth_at[birth] == place:
            event.fen, event.born, event.line = births.fen[birth], births.origin[birth], births.line[birth]
            event.source, event.target, event.tag = BORN, code[births.holder[birth]] >> 2, -1
            birth += 1
            continue
        row = order[place - birth]
        event.fen, event.tag = amount[row], tag[row] if has_tags else -1
        _set_ends(event, payer[row], payee[row], code)


@inlined
def _look_ahead(ledger: Ledger, far: int, near: int) -> None:
    """Have the cells of a row far ahead and the holders of a nearer one brought near."""
    prefetch(ledger.payer, far)
    prefetch(ledger.payee, far)
    prefetch(ledger.amount, far)
    prefetch(ledger.tag, far)
    prefetch(ledger.code, ledger.payer[near])
    prefetch(ledger.code, ledger.payee[near])


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
