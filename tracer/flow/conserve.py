"""The check that no fen was lost or made: run on every build."""

import numpy as np

from tracer.errors import ConservationError
from tracer.flow.codes import CASH_HOLDER, CASH_IN, TREASURY, UNEXPLAINED, Bool, Int64, MoneyColumns, Pieces
from tracer.flow.held import Held, nothing_held

HALF = 1 << 26
"""Larger sums are taken in two halves: of amounts below 2**53 these are exact for 67 million pieces."""

FLOAT_EXACT = 2.0**52
"""The float sums of `np.bincount` are exact up to twice this."""


def assert_conserved(columns: MoneyColumns, pieces: Pieces, held: Held | None = None) -> None:
    """Raise `ConservationError` unless every fen of `pieces`, `held` before or not, is accounted for.

    The parts of each row add up to the row (none for a row to itself); nothing is negative; what was cut
    from a piece and what is left of it add up to it; a piece was cut from money that the row's payer had,
    and of the same origin; what was born is what the movements say; per origin, born = held + gone.
    Source: contract section 2, "Always true, and tested".
    """
    held = held or nothing_held()
    _check_slices(columns, pieces)
    _check_amounts(columns, pieces, columns.payer != columns.payee)
    _check_held(pieces, held)
    holder = _holder_of(columns, pieces, held)
    _fail_where(
        _check_parents(columns, pieces, holder) != 0,
        "what was cut from a piece and its rest are not the piece",
    )
    born = np.flatnonzero(pieces.parent < 0)
    _check_births(columns, pieces, born[born >= len(held.fen)])
    _check_kept(columns, pieces, born, holder)


def assert_cone_conserved(
    columns: MoneyColumns, pieces: Pieces, written: Bool, taken: Bool, holders: Bool
) -> None:
    """Raise `ConservationError` unless every fen of the pieces of a part of the ledger is accounted for.

    As `assert_conserved`, but only rows `written` (m) have pieces, and of rows `taken` (m) it is only known
    that their payers have spent so much; only births of `holders` (n) are there.
    """
    _check_slices(columns, pieces)
    moves = columns.payer != columns.payee
    _check_amounts(columns, pieces, written & moves)
    holder = _holder_of(columns, pieces, nothing_held())
    gone = _check_parents(columns, pieces, holder)
    _fail_where(gone < 0, "more cut from a piece than it was")
    size = len(columns.holder_kind)
    spent = _exact_sums(holder, gone, size)
    row = np.flatnonzero(taken & moves)
    _fail_where(
        spent > _exact_sums(columns.payer[row].astype(np.int64), columns.amount[row], size),
        "more gone from a holder than it has paid",
    )
    _check_births(columns, pieces, np.flatnonzero(pieces.parent < 0), holders)


def _fail_where(wrong: Bool, what: str) -> None:
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ConservationError(f"{what}: {int(wrong.sum())} times, first at {first}")


def _exact_sums(index: Int64, fen: Int64, size: int) -> Int64:
    """Sum `fen`, which is not negative, per `index` exactly."""
    if fen.sum(dtype=np.float64) < FLOAT_EXACT:
        return np.bincount(index, fen, size).astype(np.int64)
    low = np.bincount(index, fen & (HALF - 1), size)
    high = np.bincount(index, fen >> 26, size)
    return high.astype(np.int64) * HALF + low.astype(np.int64)


def _check_slices(columns: MoneyColumns, pieces: Pieces) -> None:
    rows = len(columns.day)
    _fail_where((pieces.row < -1) | (pieces.parent < -1), "row or parent below -1")
    _fail_where((pieces.start < 0) | (pieces.start > len(pieces.row)), "slice of a row outside all pieces")
    carried = pieces.row >= 0
    counts = np.bincount(pieces.row[carried], minlength=rows)
    if len(counts) != rows:
        raise ConservationError("a piece names a row that does not exist")
    _fail_where(counts != pieces.count, "count of a row is not the number of its pieces")
    own = np.flatnonzero(carried)
    place = own - pieces.start[pieces.row[own]]
    _fail_where((place < 0) | (place >= pieces.count[pieces.row[own]]), "piece outside the slice of its row")


def _check_amounts(columns: MoneyColumns, pieces: Pieces, moves: Bool) -> None:
    _fail_where(pieces.fen <= 0, "piece without money")
    _fail_where((pieces.left < 0) | (pieces.left > pieces.fen), "left of a piece below zero or above it")
    upto = np.concatenate(
        (np.zeros(1, np.int64), np.cumsum(pieces.fen))
    )  # wraps around, and back in differences
    moved = upto[np.minimum(pieces.start + pieces.count, len(pieces.fen))] - upto[pieces.start]
    expected = np.where(moves, columns.amount, 0)
    _fail_where(moved != expected, "parts of a row do not add up to the row")


def _check_held(pieces: Pieces, held: Held) -> None:
    size = len(held.fen)
    if len(pieces.fen) < size:
        raise ConservationError("money held before is missing")
    _fail_where(
        (pieces.fen[:size] != held.fen) | (pieces.origin[:size] != held.origin) | (pieces.row[:size] != -1),
        "money held before is not what was handed over",
    )
    _fail_where(pieces.parent[:size] != -1, "money held before was cut from another piece")


def _check_parents(columns: MoneyColumns, pieces: Pieces, holder: Int64) -> Int64:
    """Check what pieces were cut from; return of each piece what is neither there nor cut from it."""
    cut = np.flatnonzero(pieces.parent >= 0)
    parent = pieces.parent[cut]
    _fail_where(parent >= cut, "piece cut from one that came later")
    spent = _exact_sums(parent, pieces.fen[cut], len(pieces.fen))
    _fail_where(pieces.origin[cut] != pieces.origin[parent], "piece of another origin than its parent")
    payer = columns.payer[pieces.row[cut]]
    _fail_where(holder[parent] != payer, "piece cut from money of another holder")
    return pieces.fen - pieces.left - spent


def _holder_of(columns: MoneyColumns, pieces: Pieces, held: Held) -> Int64:
    """Return for each piece the holder that it reached, was born at, or was held by before."""
    holder = pieces.origin % len(columns.holder_kind)
    holder[: len(held.holder)] = held.holder
    carried = pieces.row >= 0
    holder[carried] = columns.payee[pieces.row[carried]]
    return holder


def _check_births(columns: MoneyColumns, pieces: Pieces, born: Int64, whose: Bool | bool = True) -> None:
    holders = len(columns.holder_kind)
    sums = _exact_sums(pieces.origin[born], pieces.fen[born], 4 * holders)
    issued = np.where(whose, np.maximum(columns.issue_fen, 0), 0)
    opened = np.where(whose, np.maximum(columns.opening_fen, 0), 0)
    _fail_where(sums[:holders] != issued, "money of an indicator is not what was issued")
    _fail_where(sums[holders : 2 * holders] != opened, "opening money is not the opening balance")
    with_row = born[pieces.row[born] >= 0]
    row, kind = pieces.row[with_row], pieces.origin[with_row] // holders
    cash = columns.holder_kind[columns.payer[row]] == CASH_HOLDER
    where = np.where(cash, columns.payee[row], columns.payer[row])
    _fail_where(kind != np.where(cash, CASH_IN, UNEXPLAINED), "money born with a row of the wrong kind")
    _fail_where(pieces.origin[with_row] % holders != where, "money born with a row at another holder")
    _fail_where(np.bincount(row, minlength=1) > 1, "money born twice with one row")


def _check_kept(columns: MoneyColumns, pieces: Pieces, born: Int64, holder: Int64) -> None:
    sums = _exact_sums(pieces.origin[born], pieces.fen[born], 4 * len(columns.holder_kind))
    kept = _exact_sums(pieces.origin, pieces.left, len(sums))
    _fail_where(sums != kept, "of an origin, born is not held and gone")
    outside = np.isin(columns.holder_kind[holder], (CASH_HOLDER, TREASURY))
    _fail_where(outside & (pieces.left != pieces.fen), "money spent that had left")
