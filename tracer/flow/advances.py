"""Advances (垫付): payments beyond the balance, and the later receipts that make them good.

What a holder paid beyond its balance stays unexplained in every trace (contract section 2). Whoever asks
whether it was an advance is told here which later money of the same holder could have repaid it, oldest
shortfall first, each fen of a receipt once, and how long it was outstanding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tracer.calendar import day_number
from tracer.flow.codes import TREASURY, UNEXPLAINED, Int64
from tracer.flow.store import Flow, require_pieces
from tracer.flow.walk import pieces_born


@dataclass(frozen=True)
class Advance:
    """What one movement lacked, or the part of it that one later receipt made good."""

    row: int
    """The movement that was larger than its payer's balance."""
    fen: int
    repaid_by: int | None
    """The movement that made this much good; None where an issue did, or nothing has yet."""
    repaid_day: int | None
    """Day since 1970-01-01 on which it was made good; None where it is outstanding."""
    outstanding_days: int
    """Days from the payment until it was made good, or until the last day that is seen."""

    @property
    def is_outstanding(self) -> bool:
        """Whether nothing has made it good yet."""
        return self.repaid_day is None

    def repaid_name(self, flow: Flow) -> str | None:
        """What made it good: a movement, or an indicator by its issue."""
        if self.repaid_by is not None:
            return flow.names[self.repaid_by]
        return None if self.is_outstanding else flow.holder_names[int(flow.payer[self.row])]


def advances(flow: Flow) -> list[Advance]:
    """All shortfalls of a flow, cut by what made them good, by holder and in the order in which money moved.

    Parts of one shortfall add up to it. Treasury accounts are left out: what reaches them is not theirs
    (contract section 2), so it makes nothing good. Raises `TooManyPiecesError` for a flow
    without pieces.
    """
    require_pieces(flow)
    until = day_number(flow.as_of) if flow.as_of else int(flow.day.max(initial=0))
    short = np.flatnonzero(
        (flow.parent < 0) & (flow.row >= 0) & (flow.origin // max(flow.holders, 1) == UNEXPLAINED)
    )
    holder = flow.origin[short] % max(flow.holders, 1)
    order = np.argsort(holder, kind="stable")
    return [
        advance
        for which, pieces in _by_holder(holder[order], short[order])
        if flow.holder_kind[which] != TREASURY
        for advance in _of_holder(flow, which, pieces, until)
    ]


def _by_holder(holder: Int64, pieces: Int64) -> Iterator[tuple[int, Int64]]:
    first = np.flatnonzero(np.diff(holder, prepend=-1))
    for begin, end in pairwise([*first.tolist(), len(holder)]):
        yield int(holder[begin]), pieces[begin:end]


def _of_holder(flow: Flow, holder: int, short: Int64, until: int) -> Iterator[Advance]:
    at, fen, row, day = _receipts(flow, holder)
    next_receipt = 0
    for piece in short.tolist():
        paid = int(flow.row[piece])
        paid_day, open_fen = int(flow.day[paid]), int(flow.fen[piece])
        next_receipt = max(next_receipt, int(np.searchsorted(at, piece)))
        while open_fen and next_receipt < len(at):
            part = min(open_fen, int(fen[next_receipt]))
            fen[next_receipt] -= part
            open_fen -= part
            by, on = int(row[next_receipt]), int(day[next_receipt])
            yield Advance(paid, part, by if by >= 0 else None, on, on - paid_day)
            next_receipt += fen[next_receipt] == 0
        if open_fen:
            yield Advance(paid, open_fen, None, None, until - paid_day)


def _receipts(flow: Flow, holder: int) -> tuple[Int64, Int64, Int64, Int64]:
    """What came to a holder in the order in which it came: piece number, fen, movement (-1: issue), day."""
    rows = flow.received[flow.received_start[holder] : flow.received_start[holder + 1]]
    born = pieces_born(flow, holder)
    born = born[flow.row[born] < 0]
    at = np.concatenate([flow.start[rows], born])
    order = np.argsort(at)
    fen = np.concatenate([flow.amount[rows], flow.fen[born]])
    row = np.concatenate([rows, np.full(len(born), -1)])
    # An opening balance is there before everything and so makes nothing good, whatever its day.
    day = np.concatenate([flow.day[rows], np.full(len(born), flow.issue_day[holder])])
    return at[order], fen[order], row[order].astype(np.int64), day[order].astype(np.int64)
