"""What is certain of some money everywhere, by two scans over a ledger: sound, and not always attained.

A holder with `low` to `high` fen of it among a balance of B carries on with a payment of a fen at least
`low - (B - a)` and at most `high`, if that is not more than a. That holds for every choice (reference: least
and most by interval); what `answer.py` says lies within.
"""

from dataclasses import dataclass

import numpy as np

from tracer.flow.bounds.network import Network
from tracer.flow.bounds.upstream import cone_to, widths_from
from tracer.flow.codes import Bool, Int64


@dataclass(frozen=True)
class Interval:
    """Least and most of some money in each of m movements, and with each of n holders now; sound limits."""

    row_low: Int64
    row_high: Int64
    held_low: Int64
    held_high: Int64


def interval(network: Network, mine: Bool) -> Interval:
    """Limits of the money born at those births of a network that `mine` chooses, B."""
    cone = cone_to(network, np.arange(len(network.row)))
    rows, held = [], []
    for births in (mine, ~mine):
        given = np.zeros(len(network.row), np.int64)
        np.add.at(given, network.birth[births], network.born[births])
        reach = np.append(widths_from(cone, given)[1], 0)  # of a source or last node -1
        carried = np.minimum(network.brought, reach[network.source]) + given
        rows.append(carried[network.node])
        held.append(np.minimum(network.balance, reach[network.last]))
    born = np.zeros(len(network.row), np.int64)
    np.add.at(born, network.birth, network.born)
    return Interval(
        (network.brought + born)[network.node] - rows[1], rows[0], network.balance - held[1], held[0]
    )
