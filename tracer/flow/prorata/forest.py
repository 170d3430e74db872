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
from tracer.flow import codes
from tracer.flow.codes import Bool, Int8, Int64, MoneyColumns, Pieces, TooManyPiecesError, plain
from tracer.flow.compiled import compiled
from tracer.flow.events import Births, births
from tracer.flow.held import Held, nothing_held
from tracer.flow.prorata.spread import DRAFT, HOLDER, SEAT, SKIP, WRITE, Columns, Desk, Rows, can_pay, spread

LOOKS_PER_PIECE = 50
"""How many lots may be looked at per piece allowed: a payment of one fen looks at all that its payer has."""

BALANCE_MOST = 1 << 56
"""Up to so many fen a share that is estimated in floats is right after few corrections."""


class Cone(NamedTuple):
    """The part of a ledger that is asked for: what becomes of each row (m), and whose births count (n)."""

    use: Int8  # SKIP, TAKE or WRITE
    holders: Bool


def run_prorata(
    columns: MoneyColumns,
    order: Int64,
    held: Held | None = None,
    cone: Cone | None = None,
) -> Pieces:
    """Cut the money of m rows, in the order that `order_rows` gave, into pieces by pro-rata.

    `held` is what holders have from an earlier run over whole days. Of a `cone` only
    what it says is moved and written. Raises `TooManyPiecesError` beyond `codes.PIECES_MOST` pieces,
    `DataRefusedError` where a holder has 2**56 fen or more. Source: contract section 2.
    """
    most = codes.PIECES_MOST
    rows, born = prepare(columns, order, held, cone)
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
    columns: MoneyColumns, order: Int64, held: Held | None = None, cone: Cone | None = None
) -> tuple[Rows, Births]:
    """Return rows and births as compiled code wants them; `at` of a birth is the rows that come before it."""
    born = births(columns, order, held or nothing_held())
    rows = Rows(
        plain(columns.day), plain(columns.payer), plain(columns.payee), plain(columns.amount), plain(order),
        np.full(len(columns.day), WRITE, np.int8) if cone is None else cone.use, plain(columns.holder_kind),
    )  # fmt: skip
    born = born._replace(at=born.at - np.arange(len(born.at)))
    if cone is not None:
        own = cone.holders[born.holder]
        born = Births(born.at[own], born.holder[own], born.fen[own], born.origin[own], born.line[own])
    return rows, born


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
        taken = min(need, has[0, payer]) if can_pay(rows.kind[payer]) else 0
        pieces = (min(has[1, payer], taken) if taken > 0 else 0) + (need > taken)
        if taken > 0:
            has[0, payer] -= taken
            has[1, payer] = min(has[1, payer], has[0, payer])
        state[1] = max(state[1], pieces)
        if rows.use[row] == WRITE:
            state[0] += pieces
            if can_pay(rows.kind[payee]):
                has[0, payee] += need
                has[1, payee] += pieces
                state[2] = max(state[2], has[0, payee])
