"""What hangs on the order of rows that nothing but their place in the file puts in order.

On one day the contract's order leaves ties, which input order breaks. A part that comes out otherwise under
another order of the ties rests on the order in which somebody typed, not on a document.
"""

from dataclasses import dataclass, replace

import numpy as np

from tracer.flow.build import of_pieces
from tracer.flow.codes import Int64, counting_holders
from tracer.flow.conserve import assert_conserved
from tracer.flow.kernel import run_kernel
from tracer.flow.order import order_rows
from tracer.flow.store import Flow
from tracer.flow.trace import find, trace

ORDERS = 6
"""Other orders that are tried: the reverse, the row in question first and last, then some by chance, the
same ones each time."""


@dataclass(frozen=True)
class TiedPart:
    """One part of a trace, and how little and how much it is under the orders that were tried."""

    id: str
    kind: str
    fen: int
    """By input order."""
    min_fen: int
    max_fen: int


def tied_parts(flow: Flow, subject: str, direction: str, orders: int = ORDERS) -> list[TiedPart]:
    """The parts of a trace that are other amounts under another order of ties, the most changed first.

    An empty list means that none of the `orders` that were tried changes a part; it is no proof that none
    could. Raises `UsageError` as `trace` does. Source: contract section 2, "Order".
    """
    row, _ = find(flow, subject)
    answers = [
        {(part.id, part.kind): part.fen for part in trace(tried, subject, direction).parts}
        for tried in (flow, *(_in_other_order(flow, number, row) for number in range(orders)))
    ]
    keys = dict.fromkeys(key for answer in answers for key in answer)
    found = [
        TiedPart(*key, answers[0].get(key, 0), min(amounts), max(amounts))
        for key in keys
        if len(set(amounts := [answer.get(key, 0) for answer in answers])) > 1
    ]
    return sorted(found, key=lambda part: (part.min_fen - part.max_fen, part.id, part.kind))


def _in_other_order(flow: Flow, number: int, row: int | None = None) -> Flow:
    """The flow as it would be with the rows of the ledger in another order."""
    order = _order(flow, _input(flow.rows, number, row))
    pieces = run_kernel(flow, order, flow.method)
    assert_conserved(flow, pieces)
    return replace(flow, order=order, **of_pieces(flow, pieces))


def _input(rows: int, number: int, row: int | None) -> Int64:
    """The order of input that is tried as the number-th."""
    if number == 0:
        return np.arange(rows)[::-1]
    if number > 2 or row is None:
        return np.random.default_rng(number).permutation(rows)
    others = np.delete(np.arange(rows), row)
    return np.insert(others, 0 if number == 1 else len(others), row)


def _order(flow: Flow, rows: Int64) -> Int64:
    """The contract's order where `rows` is the order of input."""
    counts = counting_holders(flow.holder_kind)
    place = order_rows(flow.day[rows], flow.time_ms[rows], flow.payer[rows], flow.payee[rows], counts)
    return rows[place]
