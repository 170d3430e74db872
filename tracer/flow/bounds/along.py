"""The few nodes of a network through which money can come from some rows, along some others, to a third.

All that happens in between at a holder is one edge here: a hub's hundred thousand receipts become few.
"""

from typing import NamedTuple

import numpy as np

from tracer.flow.bounds.network import Network
from tracer.flow.codes import Bool, Int8, Int32, Int64
from tracer.flow.compiled import compiled

SEEN, BEGIN, WAY = 1, 2, 4
"""Roles of nodes while a part is looked for."""


class Part(NamedTuple):
    """k nodes in time order that money of the begins can come to, and from which it can come to the ends."""

    node: Int64
    before: Int32
    """Place of the node before at the same holder; -1 where money of the begins cannot be there."""
    source: Int32
    """Place of the payer's node, of the rows along which money goes; else -1."""
    depth: Int32
    """How many movements after a begin money can be there at most."""


class Chains(NamedTuple):
    """Of each node, what a holder's edges since the last node that matters come to, k each."""

    root: Int32
    """The last node before that matters; -1: none."""
    low: Int64
    """Fen that can come through from there."""
    most: Int64
    """Fen that can come through from there together with what arrived since."""
    own: Int64
    """Fen that arrived since."""


class Search:
    """Columns for looking for parts, one after the other, in one network."""

    def __init__(self, network: Network) -> None:
        nodes = len(network.row)
        self._network = network
        self._role, self._found = np.zeros(nodes, np.int8), np.empty(nodes, np.int64)
        self._place = np.empty(nodes, np.int32)

    def part(self, begins: Int64, ways: Int64, ends: Int64) -> Part:
        """The part between nodes: those of begins, of the rows along which to go, and where ends are paid."""
        network, role, found = self._network, self._role, self._found
        role[ways] = WAY
        role[begins] = BEGIN
        role[ends] |= SEEN
        found[: len(ends)] = ends
        first = int(begins.min())
        count = _collect(network.before, network.source, role, first, found, len(ends))
        node = np.sort(found[:count])
        self._place[node] = np.arange(count)
        part = Part(node, *(np.full(count, -1, np.int32) for _ in range(3)))
        _descend(network.before, network.source, role, self._place, part)
        role[node] = role[ways] = role[begins] = 0
        return _alive(part)


def _alive(part: Part) -> Part:
    """The same without the nodes that no money of the begins can come to."""
    is_in = part.depth >= 0
    place = np.append(np.cumsum(is_in) - 1, -1).astype(np.int32)  # the last for -1
    return Part(part.node[is_in], place[part.before[is_in]], place[part.source[is_in]], part.depth[is_in])


@compiled
def _collect(before: Int32, source: Int32, role: Int8, first: int, found: Int64, count: int) -> int:
    """List after `found[:count]` the nodes, none before `first`, from which those can be reached."""
    read = 0
    while read < count:
        i = found[read]
        read += 1
        p, s = before[i], source[i]
        if p >= first and not role[p] & SEEN:
            role[p] |= SEEN
            found[count] = p
            count += 1
        if role[i] & WAY and s >= first and not role[s] & SEEN:
            role[s] |= SEEN
            found[count] = s
            count += 1
    return count


@compiled
def _descend(before: Int32, source: Int32, role: Int8, place: Int32, part: Part) -> None:
    """Follow money of the begins on: set the edges that it can go, and its most movements."""
    for k in range(len(part.node)):
        i = part.node[k]
        depth = 0 if role[i] & BEGIN else -1
        p, s = before[i], source[i]
        if p >= 0 and role[p] & SEEN and part.depth[place[p]] >= 0:
            part.before[k] = place[p]
            depth = max(depth, part.depth[place[p]])
        if role[i] & WAY and s >= 0 and role[s] & SEEN and part.depth[place[s]] >= 0:
            part.source[k] = place[s]
            depth = max(depth, part.depth[place[s]] + 1)
        part.depth[k] = depth


def chains(part: Part, kept: Int64, fresh: Int64, matters: Bool) -> Chains:
    """Join the edges of holders from node to node; `fresh` is what arrives at each from outside, k."""
    size = len(part.node)
    found = Chains(np.full(size, -1, np.int32), *(np.zeros(size, np.int64) for _ in range(3)))
    _join(part.before, kept, fresh, matters, found)
    return found


@compiled
def _join(before: Int32, kept: Int64, fresh: Int64, matters: Bool, found: Chains) -> None:
    root, low, most, own = found
    for k in range(len(before)):
        p = before[k]
        if p < 0:
            continue
        root[k], low[k], most[k] = p, kept[k], kept[k]
        if not matters[p]:
            root[k], own[k] = root[p], own[p]
            low[k], most[k] = min(low[p], kept[k]), min(most[p], kept[k])
        if not matters[k]:
            most[k] += fresh[k]
            own[k] += fresh[k]
