"""The least and the most that can be so under any choice at every holder (contract section 2, `bounds`).

A choice of money at every holder is a labelling of the edges of the network (`network.py`): of each origin,
or of any other colour, a flow that no edge carries more of than its total. By decomposing the rest into ways
from births, every flow within the totals can be completed to such a labelling. So the most of a colour that
reaches an edge is the maximum flow from where the colour is born, and the least is what the edge carries less
the maximum flow from everything else. Both are attained; which money is tagged plays no part.

Most answers need no search. The widest single way and the sum over all edges enclose the maximum flow, and a
labelling that is known (the pieces of `linked`) shows that the least is nothing for all that is not in it.
"""

from dataclasses import dataclass
from typing import Any

from tracer.flow.bounds.backward import bounds_of_origins
from tracer.flow.bounds.forward import bounds_at_holders
from tracer.flow.bounds.limits import Limits
from tracer.flow.bounds.network import Network
from tracer.flow.codes import BOUNDS
from tracer.flow.store import Flow
from tracer.flow.trace import HOLDER_KINDS, ORIGIN_KINDS, check_direction, find, origin_name, trace

WORK_LIMIT = 2_000_000_000
"""So many edges are looked at for one answer, about a minute; what then is open keeps its sound limits."""


@dataclass(frozen=True)
class Bounds:
    """One answer of `trace --method bounds`."""

    flow: Flow
    subject: str
    row: int | None
    """The movement that is traced; None for an indicator or account."""
    direction: str
    amount_fen: int
    """What the parts share. Of all that ever reached a holder it depends on the choice where money came back
    to it; then it is what `linked` says."""
    parts: list[Limits]
    loose: int
    """Parts of which the least or the most is not known to be attained, since the work was cut."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `fundtrail trace --method bounds` (contract section 3)."""
        answer = {
            "subject": self.subject,
            "direction": self.direction,
            "method": BOUNDS,
            "amount_fen": self.amount_fen,
            "parts": [
                {"id": part.id, "kind": part.kind, "min_fen": part.min_fen, "max_fen": part.max_fen}
                for part in self.parts
            ],
            "links": [],
            "complete": True,
        }
        return answer | {"tight": False, "loose_parts": self.loose} if self.loose else answer


def bounds(
    flow: Flow, network: Network, subject: str, direction: str, work_limit: int = WORK_LIMIT
) -> Bounds:
    """Say of a payment, bank transfer, split, indicator or account what is certain about its money.

    `flow` is of the method `linked`, `network` of the same rows. Parts are as in `trace`; those that can
    only be 0 are left out. Raises `UsageError` for an unknown subject or direction. Source: contract
    sections 2 and 3.
    """
    check_direction(direction)
    row, holder = find(flow, subject)
    if direction == "backward":
        amount_fen = int(network.balance[holder] if row is None else flow.amount[row])
        found = bounds_of_origins(flow, network, row, holder, work_limit)
        kinds = [ORIGIN_KINDS[kind] for kind in (found.part // flow.holders).tolist()]
        names = [origin_name(flow, origin) for origin in found.part.tolist()]
    else:
        known = trace(flow, subject, direction)
        amount_fen = known.amount_fen
        found = bounds_at_holders(flow, network, row, holder, known, work_limit)
        kinds = [HOLDER_KINDS[kind] for kind in flow.holder_kind[found.part].tolist()]
        names = flow.holder_names.take(found.part)
    parts = [
        Limits(*part)
        for part in zip(names, kinds, found.least.tolist(), found.most.tolist(), strict=True)
        if part[3]
    ]
    return Bounds(
        flow=flow,
        subject=subject if row is None else flow.names[row],
        row=row,
        direction=direction,
        amount_fen=amount_fen,
        parts=sorted(parts, key=lambda part: (-part.max_fen, -part.min_fen, part.kind, part.id)),
        loose=int((~found.tight & (found.most > 0)).sum()),
    )
