"""Routes: the ways by which money got from one place to another, and how much took each.

A piece has one way up to where it came from, so the ways of the pieces that arrived are a decomposition of
the whole amount: their fen add up, without a search among paths.
"""

from dataclasses import dataclass

import numpy as np

from tracer.flow.codes import Int64
from tracer.flow.store import Flow, require_pieces
from tracer.flow.trace import find
from tracer.flow.walk import pieces_of_row, pieces_received


@dataclass(frozen=True)
class Route:
    """Money that went through the same holders in the same order."""

    holders: tuple[int, ...]
    """From the source (the payer of a movement) to the payee."""
    fen: int
    movements: int
    """How many movements to the payee brought it."""
    first_day: int
    """Day since 1970-01-01 on which the first of it arrived."""
    last_day: int


@dataclass(frozen=True)
class Routes:
    """All ways from one place to another, the largest first; their fen add up to `fen`."""

    flow: Flow
    routes: tuple[Route, ...]
    fen: int

    def largest(self, most: int) -> tuple[tuple[Route, ...], int]:
        """The largest routes, and the fen that took the others."""
        listed = self.routes[:most]
        return listed, self.fen - sum(route.fen for route in listed)


def routes(flow: Flow, source: str, target: str) -> Routes:
    """By which holders money got from `source` to `target`: movements, indicators or accounts.

    Of an indicator or account as a source all that was ever there counts, by the way since it last left; of
    one as a target each fen counts once, when it first gets there from the source. Raises
    `UsageError` for an unknown name, `TooManyPiecesError` for a flow without pieces.
    """
    require_pieces(flow)
    source_row, source_holder = find(flow, source)
    target_row, target_holder = find(flow, target)
    arrived = (
        pieces_of_row(flow, target_row) if target_row is not None else pieces_received(flow, target_holder)
    )
    way, step_of = _climb(flow, arrived, source_row, source_holder, target_holder)
    found = [
        _route(flow, _holders(step_of, which), arrived[way == which])
        for which in np.unique(way[way >= 0]).tolist()
    ]
    return Routes(
        flow,
        tuple(sorted(found, key=lambda route: (-route.fen, route.holders))),
        int(flow.fen[arrived[way >= 0]].sum()),
    )


def _route(flow: Flow, holders: tuple[int, ...], pieces: Int64) -> Route:
    rows = np.unique(flow.row[pieces])
    day = flow.day[rows]
    return Route(holders, int(flow.fen[pieces].sum()), len(rows), int(day.min()), int(day.max()))


def _holders(step_of: list[tuple[int, int]], key: int) -> tuple[int, ...]:
    """The holders of a way, from where it begins."""
    holders = []
    while key >= 0:
        key, holder = step_of[key]
        holders.append(holder)
    return tuple(holders)


def _climb(
    flow: Flow, pieces: Int64, source_row: int | None, source_holder: int, target_holder: int
) -> tuple[Int64, list[tuple[int, int]]]:
    """Climb from pieces to the source, all at once, level by level.

    Returns for each piece the number of its way, -1 where it does not come from the source, and of each way
    its holder nearest to the source and the way without it. Equal ways have equal numbers at each level.
    """
    step_of: list[tuple[int, int]] = []
    way = np.full(len(pieces), -1)
    been_there = np.zeros(len(pieces), np.bool_)  # at the target, before it last left the source
    number, at = np.arange(len(pieces)), pieces
    key = _extended(step_of, np.full(len(pieces), -1), flow.payee[flow.row[at]].astype(np.int64))
    while len(at):
        payer = flow.payer[flow.row[at]].astype(np.int64)
        key = _extended(step_of, key, payer)
        is_there = flow.row[at] == source_row if source_row is not None else payer == source_holder
        is_new = way[number] < 0
        way[number[is_there & is_new]] = key[is_there & is_new]
        again = is_there & been_there[number]  # what first got to the target then has been counted there
        way[number[again]] = -1
        been_there[number[payer == target_holder]] = True
        goes_on = ~again & ~(is_new & ~is_there & (payer == target_holder)) & (flow.parent[at] >= 0)
        number, key, at = number[goes_on], key[goes_on], flow.parent[at[goes_on]]
        carried = flow.row[at] >= 0
        number, key, at = number[carried], key[carried], at[carried]
    return way, step_of


def _extended(step_of: list[tuple[int, int]], key: Int64, holder: Int64) -> Int64:
    """The numbers of the ways that come when a holder is put before each way."""
    pairs, number = np.unique(np.stack([key, holder], axis=1), axis=0, return_inverse=True)
    first = len(step_of)
    step_of.extend((int(before), int(which)) for before, which in pairs.tolist())
    return number.reshape(-1).astype(np.int64) + first
