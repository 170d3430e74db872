"""How fast a trace is answered from stored columns, and what a search over raw transfers does instead.

Usage: python -m benchmarks.trace [--size 10000000] [--peer-size 1000000] [--limit 10] [--neo4j]

The ledger is the tree of `benchmarks.kernel`: centre → provinces → pools → projects → beneficiaries, with a
hub that 100,000 rows reach and 100,000 leave. The flow is built, stored and opened as a user's would be. The
peers (`benchmarks.trace_peers`) search raw transfers for the ways in which money can have come to a payment.
They only say which ways there are; how much came by each they cannot say.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.trace_peers import Found, Raw, Search, raw_transfers, searches
from benchmarks.tree import HUB, PROVINCE, Tree, grow
from tracer.flow.build import follow
from tracer.flow.codes import ACCOUNT, CASH_HOLDER, Int64
from tracer.flow.columns import TEXT
from tracer.flow.movements import PAYMENT, SPLIT, Movements
from tracer.flow.store import Flow, open_flow, save_flow
from tracer.flow.trace import trace

Answer = TypeVar("Answer")


def named(prefix: str, numbers: Int64) -> pa.Array:
    """Names such as voucher numbers, one per number."""
    return pc.binary_join_element_wise(
        pa.scalar(prefix, TEXT), pa.array(numbers).cast(TEXT), pa.scalar("", TEXT)
    )


def movements_of(tree: Tree) -> Movements:
    """The tree as the movements of a ledger, with names, and `CASH` as its last holder."""
    rows, holders = len(tree.day), len(tree.holder_kind)
    nothing = pa.nulls(holders + 1, TEXT)
    splits = tree.holder_kind[tree.payee] != ACCOUNT
    return Movements(
        day=tree.day,
        time_ms=tree.time_ms,
        payer=tree.payer,
        payee=tree.payee,
        amount=tree.amount,
        tag=tree.tag,
        seq=np.arange(rows),
        names=named("PZ", np.arange(rows)),
        purpose=pa.nulls(rows, TEXT),
        kind=np.where(splits, SPLIT, PAYMENT).astype(np.int8),
        holder_kind=np.append(tree.holder_kind, np.int8(CASH_HOLDER)),
        holder_names=named("", np.arange(holders + 1)),
        holder_titles=nothing,
        holder_class=nothing,
        issue_fen=np.append(tree.issue_fen, 0),
        issue_day=np.append(tree.issue_day, np.int32(0)),
        opening_fen=np.append(tree.opening_fen, 0),
        leg_names=pa.array([], TEXT),
        leg_rows=np.zeros(0, np.int64),
        leg_seq=np.zeros(0, np.int64),
    )


def stored_flow(tree: Tree, home: Path) -> Flow:
    began = time.perf_counter()
    flow = follow(movements_of(tree), "linked")
    built = time.perf_counter()
    save_flow(flow, home / "flow" / "v0-linked-all")
    saved = time.perf_counter()
    print(f"  flow built in {built - began:.1f} s, {len(flow.fen):,} pieces; stored in {saved - built:.1f} s")
    began = time.perf_counter()
    opened = open_flow(home)
    print(f"  opened in {1000 * (time.perf_counter() - began):.1f} ms")
    assert opened is not None
    return opened


def latencies(what: str, ask: Callable[[str], int], subjects: list[str]) -> None:
    """Print the median, 99th percentile and maximum in ms, and how many links the widest answer has."""
    times, widest = [], 0
    for subject in subjects:
        began = time.perf_counter()
        widest = max(widest, ask(subject))
        times.append(1000 * (time.perf_counter() - began))
    p50, p99 = np.percentile(times, [50, 99])
    print(
        f"  {what:<44} {len(subjects):>5} asked   p50 {p50:8.2f} ms   p99 {p99:8.2f} ms   "
        f"max {max(times):8.2f} ms   up to {widest:,} links"
    )


def measure(tree: Tree, flow: Flow, rng: np.random.Generator) -> None:
    def ask(direction: str) -> Callable[[str], int]:
        return lambda subject: len(trace(flow, subject, direction).link_fen)

    def rows(chosen: Int64, most: int) -> list[str]:
        return flow.names.take(rng.choice(chosen, min(most, len(chosen)), replace=False))

    hub = int(np.flatnonzero(tree.level == HUB)[0])
    from_hub = np.flatnonzero(tree.payer == hub)
    largest = np.argsort(-tree.issue_fen)[:20]
    latencies("backward, any payment", ask("backward"), rows(np.arange(flow.rows), 2000))
    latencies("backward, payment of the hub", ask("backward"), rows(from_hub, 2000))
    latencies("forward, any payment", ask("forward"), rows(np.arange(flow.rows), 2000))
    latencies("forward, payment of the hub", ask("forward"), rows(from_hub, 2000))
    latencies("backward, what the hub holds", ask("backward"), [str(hub)])
    latencies("forward, all that ever reached the hub", ask("forward"), [str(hub)])
    latencies("forward, a whole fund (the 20 largest)", ask("forward"), [str(fund) for fund in largest])


# --------------------------------------------------------------------------------------------------- peers


def timed(ask: Callable[[int], Answer], rows: list[int]) -> tuple[float, list[Answer]]:
    """The median of the seconds that the answers for these rows take, and the answers."""
    spent, answers = [], []
    for row in rows:
        began = time.perf_counter()
        answers.append(ask(row))
        spent.append(time.perf_counter() - began)
    return float(np.median(spent)), answers


def compare(peers: dict[str, Search], raw: Raw, flow: Flow, rows: list[int], limit_s: float) -> None:
    """Print how long the peers' searches and our traces of the same payments take, and where they stop."""
    ours, _ = timed(lambda row: trace(flow, flow.names[row], "backward"), rows)
    print(f"    {'fundtrail, with amounts':<32} median {1000 * ours:9.2f} ms")
    ways: dict[int, int] = {}
    for peer, search in peers.items():
        spent, answers = timed(partial(ask_peer, search, raw, limit_s), rows)
        for row, answer in zip(rows, answers, strict=True):
            if answer.is_all and answer.of == "ways":
                assert ways.setdefault(row, answer.count) == answer.count, f"{peer}: other ways to row {row}"
        told = f"{ratio(spent / ours, answers)}   {outcome(answers)}"
        print(f"    {peer:<32} median {1000 * spent:9.2f} ms {told}")


def ratio(times: float, answers: list[Found]) -> str:
    """How many times as long as ours: at least, where searches were cut; none, where each was."""
    done = [answer.is_all for answer in answers]
    return f"{'=' if all(done) else '≥'} {times:9,.1f} × ours" if any(done) else f"{'no answer':>18}"


def ask_peer(search: Search, raw: Raw, limit_s: float, row: int) -> Found:
    return search(int(raw.key_of_row[row]), limit_s)


def outcome(answers: list[Found]) -> str:
    """How many searches finished and with how much, and how far the others came."""
    whole, cut = [a for a in answers if a.is_all], [a for a in answers if not a.is_all]
    text = f"finished {len(whole)} of {len(answers)}"
    if whole:
        text += f", up to {max(a.count for a in whole):,} {whole[0].of}"
    if cut and cut[0].of == "ways":
        hops = [a.hops for a in cut]
        text += f"; the others stop after {min(hops)} to {max(hops)} hops, {max(a.count for a in cut):,} ways"
    return text


def samples(tree: Tree, rng: np.random.Generator) -> Iterator[tuple[str, list[int]]]:
    hub = int(np.flatnonzero(tree.level == HUB)[0])
    yield "payment of a province", rng.choice(np.flatnonzero(tree.level[tree.payer] == PROVINCE), 5).tolist()
    yield "any payment", rng.choice(len(tree.day), 5).tolist()
    yield "payment of the hub", rng.choice(np.flatnonzero(tree.payer == hub), 3).tolist()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=10_000_000, help="transfers")
    parser.add_argument(
        "--peer-size", type=int, default=1_000_000, help="transfers of the run with the peers"
    )
    parser.add_argument("--limit", type=float, default=10.0, help="seconds that a peer's search may take")
    parser.add_argument("--neo4j", action="store_true", help="Neo4j too, started for this run")
    options = parser.parse_args()
    for size in dict.fromkeys((options.peer_size, options.size)):
        tree, rng = grow(size, plain=False), np.random.default_rng(5)
        print(f"{len(tree.day):,} transfers, {len(tree.holder_kind):,} holders")
        with tempfile.TemporaryDirectory() as name:
            flow = stored_flow(tree, Path(name))
            measure(tree, flow, rng)
            if size == options.peer_size:
                raw = raw_transfers(tree)
                with searches(raw, Path(name), options.neo4j) as peers:
                    for what, rows in samples(tree, rng):
                        print(f"  {what}, {len(rows)} asked, at most {options.limit:.0f} s each")
                        compare(peers, raw, flow, rows, options.limit)


if __name__ == "__main__":
    main()
