"""Pro-rata without pieces: what a holder has is a mix that changes only when it receives something.

One record per receipt of a holder that pays on says which two mixes made the new one; a payment notes the mix
that it was taken from. That is linear in the ledger whatever the number of trails, and lossless but for whole
fen: amounts are floats here until parts are rounded so that they add up. It serves to look around where
pieces would be too many; what stands in a finding has pieces.
"""

from typing import NamedTuple

import numpy as np

from tracer.flow.codes import (
    ACCOUNT,
    CASH_HOLDER,
    CASH_IN,
    INDICATOR,
    INDICATOR_MONEY,
    OPENING,
    UNEXPLAINED,
    Bool,
    Float64,
    Int32,
    Int64,
    MoneyColumns,
    plain,
)
from tracer.flow.compiled import compiled
from tracer.flow.events import Births
from tracer.flow.prorata.forest import prepare
from tracer.flow.prorata.spread import Rows


class Mixes(NamedTuple):
    """The records, and of which mix each row was taken.

    Record e is the mix of a holder after a receipt: `kept` fen of mix `before` and `fen` of mix `source` or
    origin -1 - `source`. `row` brought it, -1 for a birth. `epoch` (m) is the mix that a row was taken of,
    -1 for none. What rows lacked: `short_fen` of row `short_row`. At the end: `last` mix and `balance` (n).
    """

    before: Int32
    source: Int32
    kept: Int64
    fen: Int64
    row: Int32
    epoch: Int32
    short_row: Int32
    short_fen: Int64
    last: Int32
    balance: Int64


class Answer(NamedTuple):
    """Parts and the rows that the money passed, in whole fen; parts add up to `total`."""

    total: int
    part: Int64
    part_fen: Int64
    row: Int64
    row_fen: Int64


def keeps(columns: MoneyColumns) -> Bool:
    """Which holders pay on what they receive (n); what reaches others stays there."""
    pays = np.zeros(len(columns.holder_kind), np.bool_)
    pays[columns.payer[columns.payer != columns.payee]] = True
    return pays & np.isin(columns.holder_kind, (INDICATOR, ACCOUNT))


def mix(columns: MoneyColumns, order: Int64) -> Mixes:
    """Note for m rows, in the order that `order_rows` gave, which mixes they were taken of. Linear."""
    rows, born = prepare(columns, order)
    m, n = len(columns.day), len(columns.holder_kind)
    most = 2 * m + len(born.at)  # a receipt that lacked something is two records; what is not touched is free
    made = Mixes(
        before=np.empty(most, np.int32),
        source=np.empty(most, np.int32),
        kept=np.empty(most, np.int64),
        fen=np.empty(most, np.int64),
        row=np.empty(most, np.int32),
        epoch=np.full(m, -1, np.int32),
        short_row=np.empty(m, np.int32),
        short_fen=np.empty(m, np.int64),
        last=np.full(n, -1, np.int32),
        balance=np.zeros(n, np.int64),
    )
    sizes = np.zeros(2, np.int64)
    note(rows, born, keeps(columns), made, sizes)
    records = {name: getattr(made, name)[: sizes[0]] for name in ("before", "source", "kept", "fen", "row")}
    short = {name: getattr(made, name)[: sizes[1]] for name in ("short_row", "short_fen")}
    return made._replace(**records, **short)


@compiled
def note(rows: Rows, born: Births, pays_on: Bool, made: Mixes, sizes: Int64) -> None:
    """Fill `made`; `sizes` will be the numbers of records and of rows that lacked something."""
    size, short, birth = 0, 0, 0
    balance, last = made.balance, made.last
    for place in range(len(rows.order) + 1):
        while birth < len(born.at) and born.at[birth] <= place:
            size = _record(
                made, pays_on, size, born.holder[birth], -1 - born.origin[birth], born.fen[birth], -1
            )
            birth += 1
        if place == len(rows.order):
            continue
        row = rows.order[place]
        payer, payee, fen = rows.payer[row], rows.payee[row], rows.amount[row]
        if payer == payee or fen == 0:
            continue
        taken = min(fen, balance[payer]) if pays_on[payer] else 0
        if taken > 0:
            made.epoch[row] = last[payer]
            size = _record(made, pays_on, size, payee, last[payer], taken, row)
            balance[payer] -= taken
        if fen > taken:
            made.short_row[short], made.short_fen[short] = row, fen - taken
            short += 1
            in_cash = rows.kind[payer] == CASH_HOLDER
            origin = (CASH_IN if in_cash else UNEXPLAINED) * len(rows.kind) + (payee if in_cash else payer)
            size = _record(made, pays_on, size, payee, -1 - origin, fen - taken, row)
    sizes[0], sizes[1] = size, short


@compiled
def _record(made: Mixes, pays_on: Bool, size: int, holder: int, source: int, fen: int, row: int) -> int:
    """Note that a holder received something; return the number of records."""
    kept = made.balance[holder]
    made.balance[holder] += fen
    if not pays_on[holder]:
        return size
    made.before[size], made.source[size] = made.last[holder], source
    made.kept[size], made.fen[size], made.row[size] = kept, fen, row
    made.last[holder] = size
    return size + 1


@compiled
def unmix(made: Mixes, wanted: Float64, origins: Float64, through: Float64) -> None:
    """Follow `wanted` fen of each mix back: to the fen of each origin, and through each row."""
    before, source, kept, fen, row = made.before, made.source, made.kept, made.fen, made.row
    for e in range(len(before) - 1, -1, -1):
        if wanted[e] != 0.0:
            received = wanted[e] * (fen[e] / (kept[e] + fen[e]))
            if kept[e] > 0:
                wanted[before[e]] += wanted[e] - received
            if source[e] >= 0:
                wanted[source[e]] += received
            else:
                origins[-1 - source[e]] += received
            if row[e] >= 0:
                through[row[e]] += received


@compiled
def dye(
    made: Mixes, is_own_row: Bool, is_own_origin: Bool, is_own: Bool, payee: Int32, share: Float64
) -> None:
    """Set the share of money in each mix that is of own rows or origins, or ever came to own holders."""
    before, source, kept, fen, row = made.before, made.source, made.kept, made.fen, made.row
    for e in range(len(before)):
        holder = payee[row[e]] if row[e] >= 0 else (-1 - source[e]) % len(is_own)
        if is_own[holder]:
            share[e] = 1.0
            continue
        received = share[source[e]] if source[e] >= 0 else 0.0
        if (row[e] >= 0 and is_own_row[row[e]]) or (source[e] < 0 and is_own_origin[-1 - source[e]]):
            received = 1.0
        old = share[before[e]] if kept[e] > 0 else 0.0
        share[e] = (kept[e] * old + fen[e] * received) / (kept[e] + fen[e])


def look_back(columns: MoneyColumns, made: Mixes, row: int | None, holder: int) -> Answer:
    """Where the money came from that a row moved, or that a holder has now."""
    m, n = len(columns.day), len(columns.holder_kind)
    wanted, origins, through = np.zeros(len(made.fen)), np.zeros(4 * n), np.zeros(m)
    if row is None and made.last[holder] >= 0:
        wanted[made.last[holder]] = made.balance[holder]
    else:
        moves = columns.payer != columns.payee
        own = np.array([row]) if row is not None else np.flatnonzero((columns.payee == holder) & moves)
        own = own[moves[own]]
        taken, short = taken_of(columns, made)
        through[own] = columns.amount[own]
        drawn = own[made.epoch[own] >= 0]
        np.add.at(wanted, made.epoch[drawn], taken[drawn])
        np.add.at(origins, born_origin(columns, own), short[own])
        if row is None:
            origins[INDICATOR_MONEY * n + holder] += columns.issue_fen[holder]
            origins[OPENING * n + holder] += columns.opening_fen[holder]
    total = round(origins.sum() + wanted.sum())
    unmix(made, wanted, origins, through)
    return _answer(total, origins, through)


def look_ahead(columns: MoneyColumns, made: Mixes, row: int | None, holder: int) -> Answer:
    """Where the money is now that a row moved, or that ever was at a holder, each fen once."""
    m, n = len(columns.day), len(columns.holder_kind)
    own_row, own_origin, own = np.zeros(m, np.bool_), np.zeros(4 * n, np.bool_), np.zeros(n, np.bool_)
    moves = columns.payer != columns.payee
    if row is None:
        own[holder] = True
        own_origin[[kind * n + holder for kind in (INDICATOR_MONEY, OPENING, UNEXPLAINED)]] = True
    else:
        own_row[row] = moves[row]
    share = np.zeros(len(made.fen))
    dye(made, own_row, own_origin, own, plain(columns.payee), share)
    taken, short = taken_of(columns, made)
    dyed = np.where(made.epoch >= 0, taken * share[made.epoch], 0.0) if len(share) else np.zeros(m)
    dyed += np.where(own_origin[born_origin(columns, np.arange(m))], short, 0)
    came = np.where(own_row | (own[columns.payee] & moves), columns.amount, dyed)
    places: Float64 = np.bincount(columns.payee, came, n).astype(np.float64)
    mixed = made.last >= 0
    places[mixed] = made.balance[mixed] * share[made.last[mixed]]
    if row is None and not mixed[holder]:
        places[holder] = made.balance[holder]
    dyed[own_row] = 0  # of a row, what went on from it
    return _answer(round(places.sum()), places, dyed)


def mixed_answer(columns: MoneyColumns, order: Int64, row: int | None, holder: int, direction: str) -> Answer:
    """What `look_back` or `look_ahead` finds, rows in their order."""
    look = look_back if direction == "backward" else look_ahead
    found = look(columns, mix(columns, order), row, holder)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    when = np.argsort(place[found.row])
    return found._replace(row=found.row[when], row_fen=found.row_fen[when])


def taken_of(columns: MoneyColumns, made: Mixes) -> tuple[Int64, Int64]:
    """Of each row, the fen that its payer had for it, and those that were born with it."""
    short = np.zeros(len(columns.day), np.int64)
    short[made.short_row] = made.short_fen
    return columns.amount - short, short


def born_origin(columns: MoneyColumns, rows: Int64) -> Int64:
    """The origin of what is born with each of these rows, if anything is."""
    n = len(columns.holder_kind)
    in_cash = columns.holder_kind[columns.payer[rows]] == CASH_HOLDER
    return np.where(in_cash, CASH_IN * n + columns.payee[rows], UNEXPLAINED * n + columns.payer[rows])


def _answer(total: int, parts: Float64, rows: Float64) -> Answer:
    part: Int64 = np.flatnonzero(parts > 0)
    fen = whole(parts[part], total)
    part, fen = part[fen > 0], fen[fen > 0]
    passed = np.rint(rows).astype(np.int64)
    row = np.flatnonzero(passed > 0)
    return Answer(total, part, fen, row, passed[row])


def whole(amounts: Float64, total: int) -> Int64:
    """Round amounts to whole fen that add up to `total`: those with the largest rests are rounded up."""
    fen = np.floor(amounts).astype(np.int64)
    rest = total - int(fen.sum())
    if len(fen) and rest:
        order = (
            np.argsort(fen - amounts, kind="stable") if rest > 0 else np.argsort(amounts - fen, kind="stable")
        )
        each, more = divmod(abs(rest), len(fen))
        step = 1 if rest > 0 else -1
        fen += step * each
        fen[order[:more]] += step
    return fen
