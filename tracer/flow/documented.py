"""How much of a trace's origins follows from documents alone, with no convention of any method.

At every payment a document leaves open some of the payer's money: with a tag, the money of that line; with
none, all of it. Where all the money left open is of one origin there is nothing to choose, whatever the
method. Fen are documented that came to their payee through such payments only.
"""

from dataclasses import dataclass, field

import numpy as np

from tracer.flow.store import Flow
from tracer.flow.trace import find
from tracer.flow.walk import pieces_born, pieces_of_row, pieces_received, sums_by


def documented(flow: Flow, subject: str) -> dict[int, int]:
    """Fen of each origin that documents alone give a movement, or what an indicator or account holds now.

    `flow` is by the method linked, whose first choice is the tag. Whether money left open is of one
    origin is asked of all that the payer ever had of it, so the answer may be too low, never too high.
    Raises `UsageError` for an unknown subject.
    """
    row, holder = find(flow, subject)
    if row is not None:
        own, fen = pieces_of_row(flow, row), flow.fen[pieces_of_row(flow, row)]
    else:
        born = pieces_born(flow, holder)
        own = np.concatenate([born[flow.row[born] < 0], pieces_received(flow, holder)])
        if np.any(flow.left[own] < flow.fen[own]) and len(np.unique(flow.origin[own])) > 1:
            return {}  # which of its origins it has kept is a convention
        fen = flow.left[own]
        own, fen = own[fen > 0], fen[fen > 0]
    known = _Known(flow)
    is_known = np.array([known.is_documented(piece) for piece in own.tolist()], np.bool_)
    origins, sums = sums_by(flow.origin[own[is_known]], fen[is_known])
    return dict(zip(origins.tolist(), sums.tolist(), strict=True))


@dataclass
class _Known:
    """What has been found out on the way."""

    flow: Flow
    pieces: dict[int, bool] = field(default_factory=dict)
    origins: dict[int, dict[int, set[int]]] = field(default_factory=dict)

    def is_documented(self, piece: int) -> bool:
        """Whether a piece came all the way without a choice."""
        way = []
        while piece >= 0 and piece not in self.pieces:
            way.append(piece)
            piece = int(self.flow.parent[piece])
        known = piece < 0 or self.pieces[piece]
        for piece in reversed(way):
            known = known and self._is_forced(piece)
            self.pieces[piece] = known
        return known

    def _is_forced(self, piece: int) -> bool:
        """Whether the money that the document left open to this payment was all of one origin."""
        flow = self.flow
        parent, row = int(flow.parent[piece]), int(flow.row[piece])
        if row < 0 or parent < 0:  # born: an issue, an opening balance, cash or a shortfall
            return True
        tag = int(flow.tag[row])
        by_line = self._origins_at(int(flow.payer[row]))
        is_of_line = tag >= 0 and int(flow.line[parent]) == tag
        open_to_it = by_line[tag] if is_of_line else set().union(*by_line.values())
        return len(open_to_it) == 1

    def _origins_at(self, holder: int) -> dict[int, set[int]]:
        """The origins of all money that ever was at a holder, by line."""
        if holder not in self.origins:
            flow = self.flow
            born = pieces_born(flow, holder)
            here = np.concatenate([born[flow.row[born] < 0], pieces_received(flow, holder)])
            pairs = np.unique(np.stack([flow.line[here].astype(np.int64), flow.origin[here]]), axis=1)
            found: dict[int, set[int]] = {}
            for line, origin in pairs.T.tolist():
                found.setdefault(line, set()).add(origin)
            self.origins[holder] = found
        return self.origins[holder]
