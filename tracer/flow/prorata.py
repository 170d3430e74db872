"""The method pro-rata: a payment takes of every lot of its payer the same share, in whole fen.

A holder's lots are its pieces in the order of arrival; pieces of one arrival stand together by origin and
line, in the order in which the first of each was taken, and each has its own trail. With the running sum C
of the lots, a payment of `a` out of `B` takes of a lot `floor((C a + θ) / B)` less the same for the lot
before it. So the parts add up to `a`, and every run of lots (one trail, one origin and line of an arrival, a
whole arrival) gives its exact share rounded up or down. θ, from 0 up to B, says where rounding begins: were
it 0 always, payments of few fen would be taken from the last lots alone. It comes from the day and from the
number of the payment among those of its payer on that day, so that a part of a ledger gives the fen of the
whole.
"""

from typing import Any, NamedTuple

import numpy as np

from tracer.errors import DataRefusedError
from tracer.flow.codes import (
    ACCOUNT,
    CASH_HOLDER,
    CASH_IN,
    INDICATOR,
    UNEXPLAINED,
    Int8,
    Int32,
    Int64,
    MoneyColumns,
    Pieces,
    plain,
)
from tracer.flow.compiled import compiled, inlined
from tracer.flow.events import Births, births
from tracer.flow.held import Held, nothing_held

PIECES_MOST = 20_000_000
"""More pieces than this are not written out: with their indexes they would take more than 2 GB."""

LOOKS_PER_PIECE = 50
"""How many lots may be looked at per piece allowed: a payment of one fen looks at all that its payer has."""

BALANCE_MOST = 1 << 56
"""Up to so many fen a share that is estimated in floats is right after few corrections."""

SKIP, TAKE, WRITE = 0, 1, 2
"""What becomes of a row: nothing, its money leaves the payer, or it is written down as pieces too."""

GOLDEN, SILVER = 0x9E3779B97F4A7C15 - (1 << 64), 0x6A09E667F3BCC908
"""Fractions of the golden ratio and of √2 in 64 bits: multiples of these fill the circle evenly."""


class TooManyPiecesError(DataRefusedError):
    """By pro-rata a ledger has too many pieces to write out; `pieces` is an upper bound of them."""

    def __init__(self, pieces: int) -> None:
        super().__init__(
            f"按比例（pro-rata）展开这个账本最多要 {pieces:,} 份资金，超过上限 {PIECES_MOST:,}："
            "请用 trace 追踪单笔，或用 --as-of 提前日期、按县分开账本，或改用 linked、fifo、lifo / "
            f"by pro-rata this ledger has up to {pieces:,} pieces, above the limit of {PIECES_MOST:,}: trace "
            "single payments, choose an earlier --as-of, split the ledger by county, or use linked, fifo, "
            "lifo"
        )
        self.pieces = pieces


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


def run_prorata(
    columns: MoneyColumns,
    order: Int64,
    held: Held | None = None,
    use: Int8 | None = None,
    pieces_most: int | None = None,
) -> Pieces:
    """Cut the money of m rows, in the order that `order_rows` gave, into pieces by pro-rata.

    `held` is what holders have from an earlier run over whole days. `use` (m) may leave rows out: `SKIP`
    moves nothing, `TAKE` takes from the payer and leaves no pieces. Raises `TooManyPiecesError` beyond
    `pieces_most` (default `PIECES_MOST`), `DataRefusedError` where a holder has 2**56 fen or more. Source:
    contract section 2.
    """
    most = PIECES_MOST if pieces_most is None else pieces_most
    rows, born = prepare(columns, order, held, use)
    bound, widest, largest = pieces_bound(rows, born)
    if largest >= BALANCE_MOST:
        raise DataRefusedError(
            "按比例（pro-rata）只能计算余额在 2 的 56 次方分以内的账户 / "
            "pro-rata is computed for balances below 2**56 fen; a holder has more"
        )
    size, widest = min(bound, most), min(widest, most) + 1
    made = _columns(size, len(rows.day))
    desk = Desk(
        np.empty(widest, DRAFT),
        np.zeros(1 << max(2 * widest - 1, 1).bit_length(), SEAT),
        np.empty(widest, np.int32),
    )
    end = spread(rows, born, _nobody(rows), made, desk, size, LOOKS_PER_PIECE * most)
    if end < 0:
        raise TooManyPiecesError(bound)
    return Pieces(
        row=made.row[:end], fen=made.fen[:end], parent=made.parent[:end], origin=made.origin[:end],
        line=made.line[:end], left=made.left[:end], start=made.start, count=made.counts,
    )  # fmt: skip


def prepare(
    columns: MoneyColumns, order: Int64, held: Held | None = None, use: Int8 | None = None
) -> tuple[Rows, Births]:
    """Return rows and births as compiled code wants them; `at` of a birth is the rows that come before it."""
    born = births(columns, order, held or nothing_held())
    rows = Rows(
        plain(columns.day), plain(columns.payer), plain(columns.payee), plain(columns.amount), plain(order),
        np.full(len(columns.day), WRITE, np.int8) if use is None else use, plain(columns.holder_kind),
    )  # fmt: skip
    return rows, born._replace(at=born.at - np.arange(len(born.at)))


def _columns(size: int, rows: int) -> Columns:
    wide = [np.empty(size, np.int64) for _ in range(5)]  # what is not touched costs nothing
    return Columns(
        row=wide[0],
        fen=wide[1],
        parent=wide[2],
        origin=wide[3],
        line=np.empty(size, np.int32),
        left=wide[4],
        after=np.empty(size, np.int32),
        start=np.zeros(rows, np.int64),
        counts=np.zeros(rows, np.int32),
    )


def _nobody(rows: Rows) -> Any:
    holders = np.zeros(len(rows.kind), HOLDER)
    holders["head"], holders["tail"] = -1, -1
    holders["day"] = np.iinfo(np.int32).min
    return holders


def pieces_bound(rows: Rows, born: Births) -> tuple[int, int, int]:
    """Return upper bounds of the pieces in all and of one row, and the largest balance."""
    state = np.zeros(3, np.int64)
    count_pieces(rows, born, np.zeros((2, len(rows.kind)), np.int64), state)
    return int(state[0]), int(state[1]), int(state[2])


@compiled
def count_pieces(rows: Rows, born: Births, has: Int64, state: Int64) -> None:
    """Count what `spread` would write if no lot were used up before its holder has nothing.

    `has` is fen and lots of each holder; `state` will be the pieces, those of one row, the largest balance.
    """
    birth = 0
    for place in range(len(rows.order) + 1):
        while birth < len(born.at) and born.at[birth] <= place:
            has[0, born.holder[birth]] += born.fen[birth]
            has[1, born.holder[birth]] += 1
            state[0] += 1
            state[2] = max(state[2], has[0, born.holder[birth]])
            birth += 1
        if place == len(rows.order):
            continue
        row = rows.order[place]
        payer, payee, need = rows.payer[row], rows.payee[row], rows.amount[row]
        if payer == payee or need == 0 or rows.use[row] == SKIP:
            continue
        taken = min(need, has[0, payer]) if _keeps(rows.kind[payer]) else 0
        pieces = (min(has[1, payer], taken) if taken > 0 else 0) + (need > taken)
        if taken > 0:
            has[0, payer] -= taken
            has[1, payer] = min(has[1, payer], has[0, payer])
        state[1] = max(state[1], pieces)
        if rows.use[row] == WRITE:
            state[0] += pieces
            if _keeps(rows.kind[payee]):
                has[0, payee] += need
                has[1, payee] += pieces
                state[2] = max(state[2], has[0, payee])


@inlined
def _keeps(kind: int) -> bool:
    """Whether a holder of this kind can pay what it has received."""
    return bool(kind in (INDICATOR, ACCOUNT))


@compiled
def spread(rows: Rows, born: Births, holders: Any, made: Columns, desk: Desk, most: int, looks: int) -> int:
    """Move all money and return the number of pieces; -1: more than `most`, or than `looks` allow."""
    size, birth = 0, 0
    for place in range(len(rows.order) + 1):
        while birth < len(born.at) and born.at[birth] <= place:
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
            if _keeps(rows.kind[payee]):
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
    if not _keeps(rows.kind[rows.payer[row]]):
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
