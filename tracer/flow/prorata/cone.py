"""The part of a ledger that one trace can depend on, so that its pieces alone are written out.

What a holder has at a moment depends on what came to it before and on all that it paid before; what came
depends on its payer at an earlier moment. Forward, all that can be reached must be known in this way. Pieces
of the part are those of the whole, to the fen, since a share depends on what its payer had and did alone.
"""

from dataclasses import replace

import numpy as np

from tracer.flow.build import of_pieces
from tracer.flow.codes import Int8, Int64, TooManyPiecesError
from tracer.flow.compiled import compiled
from tracer.flow.conserve import assert_cone_conserved
from tracer.flow.prorata.forest import Cone, prepare, run_prorata
from tracer.flow.prorata.spread import SKIP, TAKE, WRITE, Rows, can_pay
from tracer.flow.store import Flow


def cone_of(flow: Flow, row: int | None, holder: int, direction: str) -> Cone:
    """What the trace of a row, or of a holder where that is None, can depend on."""
    rows, _ = prepare(flow, flow.order)
    use = np.full(flow.rows, SKIP, np.int8)
    needed = np.full(flow.holders, -1, np.int64)
    if direction == "forward":
        reached = np.full(flow.holders, flow.rows, np.int64)
        reach(rows, -1 if row is None else row, holder, reached, use)
    if row is None:
        needed[holder] = flow.rows
    elif flow.payer[row] != flow.payee[row]:
        use[row] = WRITE
    need(rows, needed, use)
    return Cone(use, needed >= 0)


@compiled
def reach(rows: Rows, row: int, holder: int, reached: Int64, use: Int8) -> None:
    """Mark the rows that money of a row (else, -1, of a holder) can have gone on with."""
    if row < 0:
        reached[holder] = -1
    for place in range(len(rows.order)):
        at = rows.order[place]
        payer, payee = rows.payer[at], rows.payee[at]
        if payer == payee:
            continue
        if at == row or reached[payer] < place:
            use[at] = WRITE
            if can_pay(rows.kind[payee]):
                reached[payee] = min(reached[payee], place)


@compiled
def need(rows: Rows, needed: Int64, use: Int8) -> None:
    """Mark the rows on which those to be written depend; `needed` is up to which place, by holder."""
    for place in range(len(rows.order) - 1, -1, -1):
        at = rows.order[place]
        payer, payee = rows.payer[at], rows.payee[at]
        if payer == payee:
            continue
        if use[at] == WRITE or needed[payee] > place:
            use[at] = WRITE
            needed[payer] = max(needed[payer], place)
        elif needed[payer] > place:
            use[at] = TAKE


def write_cone(flow: Flow, row: int | None, holder: int, direction: str) -> Flow | None:
    """The flow with the pieces that a trace can depend on, or None where even these are too many.

    Raises `ConservationError` on a bug.
    """
    cone = cone_of(flow, row, holder, direction)
    try:
        pieces = run_prorata(flow, flow.order, cone=cone)
    except TooManyPiecesError:
        return None
    assert_cone_conserved(flow, pieces, cone.use == WRITE, cone.use == TAKE, cone.holders)
    return replace(flow, unwritten=0, **of_pieces(flow, pieces))
