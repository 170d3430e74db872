"""Least and most of every origin in every movement: `fundtrail links --method bounds`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tracer.errors import DataRefusedError
from tracer.flow.bounds.backward import one_per_name
from tracer.flow.bounds.forward import Side
from tracer.flow.bounds.network import Network
from tracer.flow.bounds.upstream import Cone, cone_to
from tracer.flow.codes import BOUNDS, Bool, Int64
from tracer.flow.store import Flow
from tracer.flow.trace import links, origin_name

ROWS_MOST = 100_000
"""Every origin is asked for in every movement, so larger ledgers are refused."""

WORK_LIMIT = 20_000_000_000
"""So many edges are looked at for one origin; what then is open keeps its sound limits."""


@dataclass(frozen=True)
class BoundsLinks:
    """Of each origin that a movement can have carried the least and the most, in time order."""

    flow: Flow
    row: Int64
    origin: Int64
    least: Int64
    most: Int64
    loose: int
    """Of how many the least or the most is not known to be attained, since the work was cut."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The links as `fundtrail links --method bounds` prints them."""
        names = {origin: origin_name(self.flow, origin) for origin in np.unique(self.origin).tolist()}
        columns = (self.origin.tolist(), self.least.tolist(), self.most.tolist())
        for to, origin, least, most in zip(self.flow.names.take(self.row), *columns, strict=True):
            yield {"to": to, "origin": names[origin], "min_fen": least, "max_fen": most}

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `fundtrail links --method bounds` (contract section 3)."""
        answer = {"method": BOUNDS, "links": list(self)}
        return answer | {"tight": False, "loose_links": self.loose} if self.loose else answer


def bounds_links(
    flow: Flow, network: Network, progress: Callable[[int, int], None] = lambda done, all_: None
) -> BoundsLinks:
    """Say of every movement and origin what is certain; `progress` is told how many origins of all are done.

    `flow` is of the method `linked`. Raises `DataRefusedError` for more than 100,000 movements. Source:
    contract section 3.
    """
    if flow.rows > ROWS_MOST:
        raise DataRefusedError(
            f"账本有 {flow.rows:,} 笔资金流动，links --method bounds 最多算 {ROWS_MOST:,} 笔："
            "请用 trace --method bounds 逐笔查，或用 --as-of 提前日期 / "
            f"the ledger has {flow.rows:,} movements, and links --method bounds takes {ROWS_MOST:,} at most: "
            "ask trace --method bounds for single ones, or choose an earlier --as-of"
        )
    every = _Every(flow, network)
    found = []
    for k in range(len(every.origins)):
        found.append(every.of_origin(k))
        progress(k + 1, len(every.origins))
    row, origin, least, most, tight = (
        np.concatenate([part[k] for part in found]) if found else np.zeros(0, np.int64) for k in range(5)
    )
    order = np.argsort(network.node[row.astype(np.int64)], kind="stable")
    loose = int((tight == 0).sum())
    return BoundsLinks(flow, row[order], origin[order], least[order], most[order], loose)


class _Every:
    """All movements of a ledger that moved something, and all origins."""

    def __init__(self, flow: Flow, network: Network) -> None:
        self.cone: Cone = cone_to(network, np.arange(len(network.row)))
        self.rows = np.flatnonzero(flow.amount > 0)
        nodes = network.node[self.rows]
        self.brought = network.brought[nodes]
        self.has: Bool = self.brought > 0
        self.ends = network.source[nodes[self.has]]
        self.origins, self.group = np.unique(one_per_name(flow, network.origin), return_inverse=True)
        self.born_with = np.full(len(self.rows), -1)
        self.born_fen = flow.amount[self.rows] - self.brought
        short = np.flatnonzero(self.born_fen > 0)
        self.born_with[short] = self.group[np.searchsorted(network.birth, nodes[short])]
        known = links(flow)
        self.known_group = np.searchsorted(self.origins, one_per_name(flow, known.origin))
        self.known_row, self.known_fen = known.to, known.fen

    def of_origin(self, k: int) -> tuple[Int64, Int64, Int64, Int64, Int64]:
        """Row, origin, least, most and 1 where these are surely attained, of each row that can have it."""
        fresh = np.where(self.born_with == k, self.born_fen, 0)
        known = self._known(k) - fresh
        least, most = np.zeros(len(self.rows), np.int64), np.zeros(len(self.rows), np.int64)
        tight = np.ones(len(self.rows), np.bool_)
        least[self.has], most[self.has], tight[self.has] = self._brought(k, known[self.has])
        least, most = least + fresh, most + fresh
        can = np.flatnonzero(most > 0)
        origin = np.full(len(can), self.origins[k])
        return self.rows[can], origin, least[can], most[can], tight[can].astype(np.int64)

    def _known(self, k: int) -> Int64:
        """What each row carried of an origin by `linked`."""
        sums = np.zeros(int(self.rows.max(initial=-1)) + 1, np.int64)
        mine = self.known_group == k
        np.add.at(sums, self.known_row[mine], self.known_fen[mine])
        return sums[self.rows]

    def _brought(self, k: int, known: Int64) -> tuple[Int64, Int64, Bool]:
        cone, brought = self.cone, self.brought[self.has]
        is_mine = self.group == k
        tight = np.ones(len(brought), np.bool_)
        limits = []
        for births, surely in ((is_mine, known), (~is_mine, brought - known)):
            side = Side(cone, cone.birth[births], cone.born[births], WORK_LIMIT)
            low, high = side.enclose(self.ends, brought)
            side.search(self.ends, np.maximum(low, surely), high, tight)
            limits.append(high)
        return brought - limits[1], limits[0], tight
