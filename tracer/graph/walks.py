"""Money followed forward from many payments at once, movement by movement, as far as somebody asks."""

from collections.abc import Callable

import numpy as np

from tracer.flow.codes import Bool, Int64
from tracer.flow.store import Flow
from tracer.flow.walk import ranges

Judge = Callable[[Int64, Int64], tuple[Bool, Bool]]
"""Given the start and the piece that came of it, for each: whether it is found, whether to follow it on."""


def descend_pairs(flow: Flow, start: Int64, hops: int, judge: Judge) -> tuple[Int64, Int64, Int64]:
    """Pairs of a piece of `start` and a piece found among what came of it, and the movements between them.

    Linear in the pairs of a start and what is followed from it; pieces form a forest, so a piece is reached
    from one start in one way.
    """
    found = [(np.zeros(0, np.int64),) * 3]
    here, of = start, start
    for n in range(1, hops + 1):
        first = flow.child_start[here]
        count = flow.child_start[here + 1] - first
        here, of = flow.child[ranges(first, count)], np.repeat(of, count)
        if not len(here):
            break
        is_found, follow = judge(of, here)
        found.append((of[is_found], here[is_found], np.full(int(is_found.sum()), n, np.int64)))
        here, of = here[follow], of[follow]
    pieces, ends, lengths = (np.concatenate(part) for part in zip(*found, strict=True))
    return pieces, ends, lengths


def is_first_at(parent: Int64, start: Int64, end: Int64, place: Int64) -> Bool:
    """Which pairs have no other of the same start and place on their way: money that comes there first."""
    first = np.ones(len(start), np.bool_)
    size = len(parent)
    codes = start * size + end
    order = np.argsort(codes)
    codes = codes[order]
    active = np.arange(len(start))
    here = parent[end] if len(end) else end
    while len(active):
        between = here != start[active]
        active, here = active[between], here[between]
        code = start[active] * size + here
        at = np.minimum(np.searchsorted(codes, code), len(codes) - 1)
        first[active[(codes[at] == code) & (place[order[at]] == place[active])]] = False
        here = parent[here]
    return first
