"""Walks through the forest of pieces, on a flow's columns: up to births, down to all that was cut.

Either visits each piece once. Many pieces are taken together in numpy, few one by one: a long thin chain
would pay the price of a numpy call at every step.
"""

import heapq

import numpy as np

from tracer.flow.codes import UNEXPLAINED, Int64
from tracer.flow.store import Flow

_FEW = 64
"""Up to so many pieces are followed one by one."""


def ranges(starts: Int64, counts: Int64) -> Int64:
    """`starts[k], starts[k] + 1, …`, `counts[k]` numbers for each k, one after the other."""
    ends = np.cumsum(counts, dtype=np.int64)
    if not len(ends):
        return np.zeros(0, np.int64)
    return np.arange(ends[-1]) + np.repeat(starts - ends + counts, counts)


def sums_by(keys: Int64, fen: Int64) -> tuple[Int64, Int64]:
    """The distinct keys in order and the fen of each, exactly."""
    order = np.argsort(keys, kind="stable")
    keys, fen = keys[order], fen[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
    return keys[first], np.add.reduceat(fen, first) if len(first) else np.zeros(0, np.int64)


def within_rows(row: Int64, keys: tuple[Int64, ...]) -> Int64:
    """The order that sorts by `keys` within each run of equal rows; few rows have more than one piece."""
    order = np.arange(len(row))
    same = row[1:] == row[:-1]
    several = np.flatnonzero(np.append(same, False) | np.append(False, same))
    order[several] = several[np.lexsort((*(key[several] for key in keys), _run(row[several])))]
    return order


def _run(row: Int64) -> Int64:
    """0 for the first run of equal rows, 1 for the second, …"""
    return np.cumsum(np.append(False, row[1:] != row[:-1])[: len(row)])


def changes(*columns: Int64) -> Int64:
    """Where any column differs from the entry before."""
    new = np.zeros(len(columns[0]), np.bool_)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


def run_sums(fen: Int64, first: Int64) -> Int64:
    """The fen of each run, given where they begin."""
    sums: Int64 = np.add.reduceat(fen, first) if len(first) else np.zeros(0, np.int64)
    return sums


def cut_links(
    links: tuple[Int64, Int64, Int64], most: int | None
) -> tuple[tuple[Int64, Int64, Int64], int | None]:
    """The `most` largest of links (from, to, fen) in their order, and the fen of the others; None: no cut."""
    source, row, fen = links
    if most is None or len(fen) <= most:
        return links, None
    kept = np.sort(np.argsort(-fen, kind="stable")[:most])
    return (source[kept], row[kept], fen[kept]), int(fen.sum() - fen[kept].sum())


def pieces_of_row(flow: Flow, row: int) -> Int64:
    """The pieces that a movement carried."""
    return np.arange(flow.start[row], flow.start[row] + flow.count[row])


def pieces_received(flow: Flow, holder: int) -> Int64:
    """The pieces that ever reached a holder."""
    rows = flow.received[flow.received_start[holder] : flow.received_start[holder + 1]]
    return ranges(flow.start[rows], flow.count[rows].astype(np.int64))


def pieces_born(flow: Flow, holder: int) -> Int64:
    """The pieces born at a holder: issue, opening, and shortfalls of what it paid."""
    born: Int64 = flow.born[flow.born_start[holder] : flow.born_start[holder + 1]]
    return born


def holders_of(flow: Flow, pieces: Int64) -> Int64:
    """Who has each piece, or had it until it was paid on."""
    row = flow.row[pieces]
    holders = flow.origin[pieces] % flow.holders
    holders[row >= 0] = flow.payee[row[row >= 0]]
    return holders


def sources_of(flow: Flow, pieces: Int64) -> Int64:
    """Where each piece came from: the movement that brought it to its payer, or m + origin if born there."""
    parent = flow.parent[pieces]
    brought = np.where(parent >= 0, flow.row[parent], -1)
    return np.where(brought >= 0, brought, flow.rows + flow.origin[pieces])


def shortfalls(flow: Flow, pieces: Int64) -> Int64:
    """Those pieces that were born with a row because its payer had too little."""
    short = (
        (flow.row[pieces] >= 0)
        & (flow.origin[pieces] // flow.holders == UNEXPLAINED)
        & (flow.parent[pieces] < 0)
    )
    chosen: Int64 = pieces[short]
    return chosen


def climb(flow: Flow, pieces: Int64, fen: Int64) -> tuple[Int64, Int64]:
    """These pieces and all that they came through, and how many of these fen came through each."""
    found: list[tuple[Int64, Int64]] = []
    order = np.argsort(-flow.depth[pieces], kind="stable")
    waiting, waiting_fen, depth = pieces[order], fen[order], -flow.depth[pieces[order]]
    done = 0
    level, level_fen = np.zeros(0, np.int64), np.zeros(0, np.int64)
    while len(level) + len(waiting) - done > _FEW:
        now = flow.depth[level[0]] if len(level) else -depth[done]
        upto = np.searchsorted(depth, -now, "right")
        level, level_fen = sums_by(
            np.concatenate([level, waiting[done:upto]]), np.concatenate([level_fen, waiting_fen[done:upto]])
        )
        done = int(upto)
        found.append((level, level_fen))
        parent = flow.parent[level]
        level, level_fen = parent[parent >= 0], level_fen[parent >= 0]
    rest = np.concatenate([level, waiting[done:]]), np.concatenate([level_fen, waiting_fen[done:]])
    found.append(_climb_few(flow, *rest))
    return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])


def _climb_few(flow: Flow, pieces: Int64, fen: Int64) -> tuple[Int64, Int64]:
    needed: dict[int, int] = {}
    for piece, amount in zip(pieces.tolist(), fen.tolist(), strict=True):
        needed[piece] = needed.get(piece, 0) + amount
    heap = [-piece for piece in needed]
    heapq.heapify(heap)
    while heap:  # a piece comes after what it was cut from, so the last one has got all that it will get
        piece = -heapq.heappop(heap)
        parent = int(flow.parent[piece])
        if parent in needed:
            needed[parent] += needed[piece]
        elif parent >= 0:
            needed[parent] = needed[piece]
            heapq.heappush(heap, -parent)
    return np.array(list(needed.keys()), np.int64), np.array(list(needed.values()), np.int64)


def descend(flow: Flow, pieces: Int64) -> Int64:
    """All that was cut from these pieces, directly or later, each once; none of these is cut from another."""
    found = [np.zeros(0, np.int64)]
    level = pieces
    while len(level):
        level = _children(flow, level)
        found.append(level)
    return np.concatenate(found)


def descend_from_any(flow: Flow, pieces: Int64) -> tuple[Int64, Int64]:
    """All that was cut from these pieces, each once, and what of it is not one of them."""
    own = np.zeros(len(flow.fen), np.bool_)
    own[pieces] = True
    found = [np.zeros(0, np.int64)]
    level = pieces
    while len(level):
        level = _children(flow, level)
        found.append(level)
        level = level[~own[level]]  # one of these is walked down on its own account
    later = np.concatenate(found)
    return later, later[~own[later]]


def _children(flow: Flow, pieces: Int64) -> Int64:
    return _children_of_many(flow, pieces) if len(pieces) > _FEW else _children_of_few(flow, pieces)


def _children_of_many(flow: Flow, pieces: Int64) -> Int64:
    starts = flow.child_start[pieces]
    children: Int64 = flow.child[ranges(starts, flow.child_start[pieces + 1] - starts)]
    return children


def _children_of_few(flow: Flow, pieces: Int64) -> Int64:
    lists = [flow.child[flow.child_start[piece] : flow.child_start[piece + 1]] for piece in pieces.tolist()]
    return lists[0] if len(lists) == 1 else np.concatenate(lists)
