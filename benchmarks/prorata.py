"""Transfers per second by pro-rata on a tree of pools: mixes, exact pieces, and traces of single payments.

Usage: python -m benchmarks.prorata --size 1000000

The tree is that of `benchmarks.kernel`. Its pieces by pro-rata are mostly too many to be written out; then a
trace writes those that it needs. The peer is the plain way in Python: each account a dict of origins, each
payment a share of every entry. It gets a smaller tree and the order for nothing; of its payments a sample
must have the origins that the mixes and the exact pieces give.
"""

import argparse
import os
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from benchmarks.kernel import order_of, peak_gb
from benchmarks.trace import movements_of
from benchmarks.tree import BENEFICIARY, POOL, PROJECT, Tree, grow
from tracer.errors import ConservationError
from tracer.flow import codes
from tracer.flow.build import follow
from tracer.flow.codes import INDICATOR_MONEY, UNEXPLAINED, Int64, Pieces, TooManyPiecesError
from tracer.flow.conserve import assert_conserved
from tracer.flow.prorata.cone import write_cone
from tracer.flow.prorata.forest import run_prorata
from tracer.flow.prorata.mix import Mixes, look_ahead, look_back, mix

SAMPLE = 40
RECORDED = 1_100
"""Transfers per second of the public tool of `follow-the-money` by shares, on two such cores."""

PEER_ROWS = 100_000
CLOSE_FEN = 30
"""So far whole fen may be from exact shares after the five levels of the tree."""


@dataclass(frozen=True)
class Timed:
    """Best seconds of some runs, and what the last one gave; None where it was refused."""

    seconds: float
    mixes: Mixes | None = None
    pieces: Pieces | None = None
    bound: int = 0


def time_mixes(tree: Tree, order: Int64, repeat: int) -> Timed:
    """Note the mixes of a tree."""
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        mixes = mix(tree, order)
        seconds.append(time.perf_counter() - began)
    return Timed(min(seconds), mixes=mixes)


def time_pieces(tree: Tree, order: Int64) -> Timed:
    """Write the exact pieces of a tree, or find that they are too many."""
    began = time.perf_counter()
    try:
        pieces = run_prorata(tree, order)
    except TooManyPiecesError as error:
        return Timed(time.perf_counter() - began, bound=error.pieces)
    seconds = time.perf_counter() - began
    assert_conserved(tree, pieces)
    return Timed(seconds, pieces=pieces)


def in_python(tree: Tree, order: Int64, sample: set[int]) -> tuple[float, dict[int, dict[int, float]]]:
    """Follow all money eagerly; return seconds and the origins of the payments of a sample."""
    day, payer, payee = tree.day.tolist(), tree.payer.tolist(), tree.payee.tolist()
    amount, births = tree.amount.tolist(), np.argsort(tree.issue_day, kind="stable")
    born = [(int(tree.issue_day[h]), int(h), int(tree.issue_fen[h])) for h in births if tree.issue_fen[h] > 0]
    has: dict[int, dict[int, float]] = defaultdict(dict)
    found: dict[int, dict[int, float]] = {}
    pays, holders, birth = set(payer), len(tree.holder_kind), 0
    began = time.perf_counter()
    for row in order.tolist():
        while birth < len(born) and born[birth][0] <= day[row]:
            _, holder, fen = born[birth]
            has[holder][INDICATOR_MONEY * holders + holder] = float(fen)
            birth += 1
        pool, fen = has[payer[row]], amount[row]
        balance = sum(pool.values())
        share = min(fen / balance, 1.0) if balance > 0.5 else 0.0
        moved = {origin: part * share for origin, part in pool.items()}
        for origin, part in moved.items():
            pool[origin] -= part
        if share == 1.0:
            pool.clear()
        short = fen - sum(moved.values())
        if short > 0.5:
            own = UNEXPLAINED * holders + payer[row]
            moved[own] = moved.get(own, 0.0) + short
        if payee[row] in pays:
            to = has[payee[row]]
            for origin, part in moved.items():
                to[origin] = to.get(origin, 0.0) + part
        if row in sample:
            found[row] = moved
    return time.perf_counter() - began, found


def compare(tree: Tree, mixes: Mixes, pieces: Pieces | None, found: dict[int, dict[int, float]]) -> float:
    """Raise `ConservationError` unless peer, mixes and pieces agree; return the largest difference in fen."""
    largest = 0.0
    for row, origins in found.items():
        answer = look_back(tree, mixes, row, -1)
        ours = [dict(zip(answer.part.tolist(), answer.part_fen.tolist(), strict=True))]
        if pieces is not None:
            own = slice(int(pieces.start[row]), int(pieces.start[row] + pieces.count[row]))
            exact: dict[int, int] = defaultdict(int)
            for origin, fen in zip(pieces.origin[own].tolist(), pieces.fen[own].tolist(), strict=True):
                exact[origin] += fen
            ours.append(exact)
        for parts in ours:
            for origin in parts.keys() | origins.keys():
                largest = max(largest, abs(parts.get(origin, 0) - origins.get(origin, 0.0)))
    if largest > CLOSE_FEN:
        raise ConservationError(f"shares differ by {largest:.1f} fen")
    return largest


def sampled(tree: Tree, level: int = BENEFICIARY) -> list[int]:
    """Some receipts of a level, by default of beneficiaries."""
    last = np.flatnonzero(tree.level[tree.payee] == level)
    return sorted(np.random.default_rng(5).choice(last, SAMPLE, replace=False).tolist())


def measure_all(tree: Tree, repeat: int) -> None:
    """Print time and memory on the whole tree."""
    rows, input_gb = len(tree.day), peak_gb()
    order_s, order = order_of(tree)
    print(f"tree: {rows:,} rows, {len(tree.holder_kind):,} holders; order {order_s:.2f} s")
    timed = time_mixes(tree, order, repeat)
    mixes = timed.mixes
    assert mixes is not None, "mixes are never refused"
    size = sum(getattr(mixes, name).nbytes for name in ("before", "source", "kept", "fen", "row", "epoch"))
    print(
        f"mixes     {timed.seconds:6.2f} s = {rows / timed.seconds / 1e6:.1f} M transfers/s "
        f"({rows / timed.seconds / RECORDED:,.0f} x the recorded {RECORDED:,}/s of follow-the-money by "
        "shares, which writes out what mixes work out when asked); "
        f"{len(mixes.fen):,} records, {size / 2**20:.0f} MB with the mix of each row"
    )
    for name, look in (("backward", look_back), ("forward", look_ahead)):
        seconds = []
        for row in sampled(tree)[:8]:
            began = time.perf_counter()
            look(tree, mixes, row, -1)
            seconds.append(time.perf_counter() - began)
        print(f"{name:<9} {np.median(seconds) * 1e3:6.0f} ms for one payment, from mixes, in float")
    whole = time_pieces(tree, order)
    if whole.pieces is None:
        print(f"exact     refused after {whole.seconds:.2f} s: up to {whole.bound:,} pieces")
        measure_cones(tree)
    else:
        _print_pieces(rows, whole.seconds, whole.pieces)
    print(f"peak memory {peak_gb():.2f} GB, {peak_gb() - input_gb:.2f} GB above the input")


def measure_cones(tree: Tree) -> None:
    """Print for some payments of each level how long the exact pieces of a backward trace take."""
    flow = follow(movements_of(tree), "pro-rata")
    for level in (POOL, PROJECT, BENEFICIARY):
        seconds, written = [], 0
        for row in sampled(tree, level)[:8]:
            began = time.perf_counter()
            written += write_cone(flow, row, -1, "backward") is not None
            seconds.append(time.perf_counter() - began)
        print(
            f"cones     {np.median(seconds) * 1e3:6.0f} ms for one receipt at level {level}; "
            f"{written} of {len(seconds)} exact, the others from mixes"
        )


def _print_pieces(rows: int, seconds: float, pieces: Pieces) -> None:
    print(
        f"exact     {seconds:6.2f} s = {rows / seconds / 1e6:.2f} M transfers/s; {len(pieces.fen):,} pieces, "
        f"{len(pieces.fen) / rows:.1f} per transfer, {len(pieces.fen) / seconds / 1e6:.0f} M pieces/s"
    )


def measure_peer(rows: int, repeat: int) -> None:
    """Print the time of plain Python, of mixes and of exact pieces on one tree, and their ratios."""
    tree = grow(rows, plain=False)
    rows, (_, order) = len(tree.day), order_of(tree)
    sample = sampled(tree)
    python_s, found = in_python(tree, order, set(sample))
    mixed, exact = time_mixes(tree, order, repeat), time_pieces(tree, order)
    assert mixed.mixes is not None, "mixes are never refused"
    began = time.perf_counter()
    for row in found:
        look_back(tree, mixed.mixes, row, -1)
    asked_s = mixed.seconds + time.perf_counter() - began
    apart = compare(tree, mixed.mixes, exact.pieces, found)
    print(
        f"peer, tree of {rows:,} rows: plain Python by origin {python_s:.1f} s = "
        f"{rows / python_s / 1e3:.0f} k transfers/s; mixes {mixed.seconds * 1e3:.1f} ms, "
        f"and origins of {len(found)} payments, which agree within {apart:.1f} fen, {asked_s * 1e3:.0f} ms: "
        f"ratio {python_s / asked_s:,.0f}, of those of all against those that are asked for"
    )
    if exact.pieces is None:
        print(f"exact     refused: up to {exact.bound:,} pieces")
    else:
        _print_pieces(rows, exact.seconds, exact.pieces)
        print(f"          ratio to plain Python {python_s / exact.seconds:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="rows")
    parser.add_argument("--peer-size", type=int, default=PEER_ROWS, help="rows of the tree for plain Python")
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the best counts")
    arguments = parser.parse_args()
    began = time.perf_counter()
    small = grow(10_000, plain=False)
    order = order_of(small)[1]
    row = sampled(small)[0]
    for look in (look_back, look_ahead):
        look(small, mix(small, order), row, -1)
    time_pieces(small, order)
    print(f"machine code compiled or loaded in {time.perf_counter() - began:.1f} s, {os.cpu_count()} cores")
    print(f"pieces are written up to {codes.PIECES_MOST:,}")
    measure_peer(arguments.peer_size, arguments.repeat)
    measure_all(grow(arguments.size, plain=False), arguments.repeat)


if __name__ == "__main__":
    main()
