"""The compiled heart of pro-rata: rows take their shares of what their payers have and leave pieces.

A holder's lots are a list of pieces threaded through `after`; what is used up is taken out of it.
"""

from typing import Any, NamedTuple

import numpy as np

from tracer.flow.codes import (
    ACCOUNT,
    CASH_HOLDER,
    CASH_IN,
    INDICATOR,
    UNEXPLAINED,
    Int8,
    Int32,
    Int64,
)
from tracer.flow.compiled import compiled, inlined
from tracer.flow.events import Births

SKIP, TAKE, WRITE = 0, 1, 2
"""What becomes of a row: nothing, its money leaves the payer, or it is written down as pieces too."""

GOLDEN, SILVER = 0x9E3779B97F4A7C15 - (1 << 64), 0x6A09E667F3BCC908
"""Fractions of the golden ratio and of √2 in 64 bits: multiples of these fill the circle evenly."""


HOLDER = np.dtype(
    [
        ("balance", np.int64),
        ("head", np.int32),  # first piece that it has, -1: none
        ("tail", np.int32),
        ("day", np.int32),  # day of its last payment
        ("paid", np.int32),  # how many payments it has made on that day
    ],
    align=True,
)

DRAFT = np.dtype(
    [
        ("fen", np.int64),
        ("origin", np.int32),
        ("line", np.int32),
        ("parent", np.int32),
        ("group", np.int32),  # number of its origin and line within the row
    ],
    align=True,
)

SEAT = np.dtype(
    [("place", np.int64), ("origin", np.int32), ("line", np.int32), ("group", np.int32)], align=True
)


class Rows(NamedTuple):
    """The ledger as columns: m rows, n holders."""

    day: Int32
    payer: Int32
    payee: Int32
    amount: Int64
    order: Int64
    use: Int8  # SKIP, TAKE or WRITE
    kind: Int8  # n


class Columns(NamedTuple):
    """The columns of `codes.Pieces` while they are filled, and the next piece of the same holder."""

    row: Int64
    fen: Int64
    parent: Int64
    origin: Int64
    line: Int32
    left: Int64
    after: Int32
    start: Int64
    counts: Int32


class Desk(NamedTuple):
    """Where the pieces of one row are sorted."""

    drafts: Any  # DRAFT
    seats: Any  # SEAT, by a hash of origin and line
    ends: Int32  # per group


@inlined
def can_pay(kind: int) -> bool:
    """Whether a holder of this kind can pay what it has received."""
    return bool(kind in (INDICATOR, ACCOUNT))


@compiled
def spread(rows: Rows, born: Births, holders: Any, made: Columns, desk: Desk, most: int, looks: int) -> int:
    """Move all money and return the number of pieces; -1: more than `most`, or than `looks` allow."""
    size, birth = 0, 0
    for place in range(len(rows.order) + 1):
        while birth < len(born.at) and born.at[birth] <= place:
            if size == most:
                return -1
            holder = born.holder[birth]
            _write(made, size, -1, born.fen[birth], -1, born.origin[birth], born.line[birth])
            _arrive(made, holders[holder], size, size + 1, born.fen[birth])
            size += 1
            birth += 1
        if place == len(rows.order):
            continue
        row = rows.order[place]
        made.start[row] = size
        payer, payee, need = rows.payer[row], rows.payee[row], rows.amount[row]
        if payer == payee or need == 0 or rows.use[row] == SKIP:
            continue
        drafts, need, looks = _take_shares(rows, row, holders[payer], made, desk, looks)
        if drafts < 0 or looks < 0 or (rows.use[row] == WRITE and size + drafts + (need > 0) > most):
            return -1
        if rows.use[row] == WRITE:
            if need > 0:
                _draft_born(rows, payer, payee, need, desk.drafts[drafts])
                drafts += 1
            _set_lines(rows, payer, payee, desk.drafts, drafts)
            _sort(place + 1, desk, drafts)
            _write_row(made, row, size, desk, drafts)
            if can_pay(rows.kind[payee]):
                _arrive(made, holders[payee], size, size + drafts, rows.amount[row])
            size += drafts
    return size


@inlined
def _take_shares(
    rows: Rows, row: int, holder: Any, made: Columns, desk: Desk, looks: int
) -> tuple[int, int, int]:
    """Take a row's money from its payer into drafts; return how many, fen still needed, looks left.

    The number is -1 where there is no room for them.
    """
    need, drafts = rows.amount[row], 0
    if not can_pay(rows.kind[rows.payer[row]]):
        return drafts, need, looks
    holder.paid = holder.paid + 1 if holder.day == rows.day[row] else 1
    holder.day = rows.day[row]
    taken = min(need, holder.balance)
    if taken > 0:
        drafts, looks = _cut(holder, taken, made, desk, looks)
        holder.balance -= taken
    return drafts, need - taken, looks


@compiled
def _cut(holder: Any, taken: int, made: Columns, desk: Desk, looks: int) -> tuple[int, int]:
    """Cut the shares of a payment of `taken` off the holder's lots, and let go of those used up."""
    left, after, drafts = made.left, made.after, desk.drafts
    balance, need, count = holder.balance, taken, 0
    carry = _theta(holder)
    ratio = taken / balance
    at, before = holder.head, -1
    while need > 0 and at >= 0:
        looks -= 1
        lot = left[at]
        share = int(lot * ratio)
        carry += lot * taken - share * balance  # wraps around, and back
        while carry < 0:
            carry += balance
            share -= 1
        while carry >= balance:
            carry -= balance
            share += 1
        if share > 0:
            if count == len(drafts) - 1:  # the last place is for what may be born
                return -1, looks
            draft = drafts[count]
            draft.fen, draft.parent, draft.origin, draft.line = share, at, made.origin[at], made.line[at]
            count += 1
            need -= share
            left[at] = lot - share
        follower = after[at]
        if left[at] > 0:
            before = at
        elif before >= 0:
            after[before] = follower
        else:
            holder.head = follower
        at = follower
    if at < 0:
        holder.tail = before
    return count, looks


@inlined
def _theta(holder: Any) -> int:
    """Say where rounding begins, from 0 up to the balance, evenly over days and over payments of a day."""
    turn = (holder.day * SILVER + holder.paid * GOLDEN) >> 33 & 0x7FFFFFFF
    high, low = holder.balance >> 31, holder.balance & 0x7FFFFFFF
    return int(turn * high + (turn * low >> 31))


@inlined
def _draft_born(rows: Rows, payer: int, payee: int, fen: int, draft: Any) -> None:
    """Draft what is born with a row: cash in, or what the payer lacks."""
    kind, holder = (CASH_IN, payee) if rows.kind[payer] == CASH_HOLDER else (UNEXPLAINED, payer)
    draft.fen, draft.parent, draft.origin, draft.line = fen, -1, kind * len(rows.kind) + holder, -1


@inlined
def _set_lines(rows: Rows, payer: int, payee: int, drafts: Any, count: int) -> None:
    """End the line of what comes to an indicator, and begin that of what an indicator pays."""
    if rows.kind[payee] == INDICATOR:
        for k in range(count):
            drafts[k].line = -1
    elif rows.kind[payer] == INDICATOR:
        for k in range(count):
            drafts[k].line = payer


@compiled
def _sort(stamp: int, desk: Desk, count: int) -> None:
    """Number the groups of equal origin and line as they are met, and find where each begins."""
    drafts, seats, ends = desk.drafts, desk.seats, desk.ends
    mask, groups = 1, 0
    while mask < 2 * count:
        mask += mask
    mask -= 1
    for k in range(count):
        draft = drafts[k]
        at = ((draft.origin * SILVER + draft.line * GOLDEN) >> 32) & mask
        while seats[at].place == stamp and (seats[at].origin != draft.origin or seats[at].line != draft.line):
            at = (at + 1) & mask
        seat = seats[at]
        if seat.place != stamp:
            seat.place, seat.origin, seat.line, seat.group = stamp, draft.origin, draft.line, groups
            ends[groups] = 0
            groups += 1
        draft.group = seat.group
        ends[seat.group] += 1
    begin = 0
    for group in range(groups):
        size = int(ends[group])
        ends[group] = begin
        begin += size


@inlined
def _write_row(made: Columns, row: int, size: int, desk: Desk, count: int) -> None:
    for k in range(count):
        draft = desk.drafts[k]
        _write(made, size + desk.ends[draft.group], row, draft.fen, draft.parent, draft.origin, draft.line)
        desk.ends[draft.group] += 1
    made.counts[row] = count


@inlined
def _write(made: Columns, piece: int, row: int, fen: int, parent: int, origin: int, line: int) -> None:
    made.row[piece], made.fen[piece], made.parent[piece] = row, fen, parent
    made.origin[piece], made.line[piece], made.left[piece] = origin, line, fen


@inlined
def _arrive(made: Columns, holder: Any, begin: int, end: int, fen: int) -> None:
    """Put pieces at the end of what the holder has."""
    for piece in range(begin, end):
        made.after[piece] = piece + 1
    made.after[end - 1] = -1
    if holder.head >= 0:
        made.after[holder.tail] = begin
    else:
        holder.head = begin
    holder.tail = end - 1
    holder.balance += fen
