"""What holders have between two runs of the kernel: the seam along which a ledger can be distributed.

A ledger can be run window by window, and a window component by component, in processes that share
nothing: each run is given what its holders had (`Held`), and what they have at its end (`held_after`) is
given to the next run in which they take part. A component is holders joined by rows of the window. The order
is that of whole days, computed before anything is cut, and births belong to the window of their day. The
pieces are those of one run over everything, whatever is run where.
"""

from dataclasses import dataclass

import numpy as np

from tracer.flow.codes import Int32, Int64, MoneyColumns, Pieces, counting_holders


@dataclass(frozen=True)
class Held:
    """Money that h holders' pieces bring into a run, in the order in which it is handed to the holders.

    `holder`, `fen`, `origin` and `line` are as in `Pieces`, but origins from 4 n up to 2**31 are the
    caller's own, for origins elsewhere. They are the first h pieces of the run, and have no parent there.
    `piece`: number of each in the run that it comes from.
    """

    holder: Int32
    fen: Int64
    origin: Int64
    line: Int32
    piece: Int64


def nothing_held() -> Held:
    """Return what holders have before everything: opening balances are births."""
    int32, int64 = np.zeros(0, np.int32), np.zeros(0, np.int64)
    return Held(int32, int64, int64, int32, int64)


def held_after(columns: MoneyColumns, pieces: Pieces, method: str, held: Held) -> Held:
    """Return what holders have at the end of a run that was given `held`.

    Money that reached `CASH` or a treasury account is not among it: nobody can spend it. `lifo` is
    handed the parts of one arrival last part first, since it spends first what it was handed last.
    """
    holder = (pieces.origin % max(len(columns.holder_kind), 1)).astype(np.int32)
    carried = pieces.row >= 0
    holder[carried] = columns.payee[pieces.row[carried]]
    holder[: len(held.holder)] = held.holder
    kept = np.flatnonzero((pieces.left > 0) & counting_holders(columns.holder_kind)[holder])
    if method == "lifo":
        arrival = kept.copy()
        carried = carried[kept]
        arrival[carried] = pieces.start[pieces.row[kept[carried]]]
        kept = kept[np.lexsort((-kept, arrival))]
    return Held(holder[kept], pieces.left[kept], pieces.origin[kept], pieces.line[kept], kept)
