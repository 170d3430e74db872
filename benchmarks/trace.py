"""How fast a trace is answered from stored columns, and what a search over raw transfers does instead.

Usage: python -m benchmarks.trace [--size 10000000] [--peer-size 1000000]

The ledger is the tree of `benchmarks.kernel`: centre → provinces → pools → projects → beneficiaries, with a
hub that 100,000 rows reach and 100,000 leave. The flow is built, stored and opened as a user's would be. The
peers look for the ways in which money can have come to a payment: chains of transfers, each not later than
the next, from an origin to the payment. They only say which ways there are; how much came by each they
cannot say. One searches in Python over sorted columns, one is Cypher on Ladybug over a graph of transfers.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ladybug
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.tree import CENTRE, HUB, PROVINCE, Tree, grow
from tracer.flow.build import follow
from tracer.flow.codes import ACCOUNT, CASH_HOLDER, Int64
from tracer.flow.columns import TEXT
from tracer.flow.grouping import group
from tracer.flow.movements import PAYMENT, SPLIT, Movements
from tracer.flow.store import Flow, open_flow, save_flow
from tracer.flow.trace import trace

PEER_LIMIT_S = 10.0
"""A peer's search is given up after so long."""


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


def ways_in_python(tree: Tree) -> Callable[[int], int | None]:
    """A search over raw transfers: how many chains lead to a payment, None where it does not finish."""
    start, places = group(tree.payee.astype(np.int64), len(tree.holder_kind))
    by_day = places[np.lexsort((tree.day[places], tree.payee[places]))]
    day = tree.day[by_day]
    origin = tree.level == CENTRE

    def search(row: int) -> int | None:
        deadline = time.perf_counter() + PEER_LIMIT_S
        ways, stack = 0, [iter([row])]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                continue
            holder = tree.payer[step]
            ways += bool(origin[holder])
            low, high = start[holder], start[holder + 1]
            stack.append(iter(by_day[low : low + np.searchsorted(day[low:high], tree.day[step], "right")]))
            if time.perf_counter() > deadline:
                return None
        return ways

    return search


def graph_of_transfers(tree: Tree, folder: Path) -> ladybug.Connection:
    """Transfers and holders as nodes in a Ladybug file."""
    rows, holders = pa.array(np.arange(len(tree.day))), pa.array(np.arange(len(tree.holder_kind)))
    tables = {
        "Holder": {"key": holders},
        "Transfer": {"key": rows, "day": pa.array(tree.day.astype(np.int64)), "fen": pa.array(tree.amount)},
        "SENT": {"from": pa.array(tree.payer.astype(np.int64)), "to": rows},
        "REACHED": {"from": rows, "to": pa.array(tree.payee.astype(np.int64))},
    }
    database = ladybug.Database(str(folder / "raw.lbug"), buffer_pool_size=4 << 30)
    connection = ladybug.Connection(database)
    connection.execute("CREATE NODE TABLE Holder (key INT64, PRIMARY KEY (key))")
    connection.execute("CREATE NODE TABLE Transfer (key INT64, day INT64, fen INT64, PRIMARY KEY (key))")
    connection.execute("CREATE REL TABLE SENT (FROM Holder TO Transfer)")
    connection.execute("CREATE REL TABLE REACHED (FROM Transfer TO Holder)")
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
        connection.execute(f"COPY {name} FROM '{folder / name}.parquet'")
    connection.set_query_timeout(int(PEER_LIMIT_S * 1000))
    return connection


def chain_query(hops: int) -> str:
    """Count the chains of `hops` earlier transfers, each not later than the next, that lead to a payment."""
    pattern = "(t0:Transfer)<-[:SENT]-(h0:Holder)"
    for hop in range(1, hops + 1):
        pattern += f"<-[:REACHED]-(t{hop}:Transfer)<-[:SENT]-(h{hop}:Holder)"
    order = "".join(f" AND t{hop}.day <= t{hop - 1}.day" for hop in range(1, hops + 1))
    return f"MATCH {pattern} WHERE t0.key = $row{order} RETURN count(*)"


def ways_in_cypher(connection: ladybug.Connection) -> Callable[[int], int | None]:
    def search(row: int) -> int | None:
        deadline = time.perf_counter() + PEER_LIMIT_S
        ways = 0
        for hops in range(1, 8):
            try:
                found = connection.execute(chain_query(hops), {"row": row}).get_next()[0]
            except RuntimeError as error:
                if "nterrupted" not in str(error) and "memory" not in str(error):
                    raise
                return None
            if not found:
                break
            ways += found
            if time.perf_counter() > deadline:
                return None
        return ways

    return search


def compare(what: str, search: Callable[[int], int | None], flow: Flow, rows: list[int]) -> None:
    """Print how long a peer's searches and our traces of the same payments take."""
    spent, given_up, most = [], 0, 0
    ours = []
    for row in rows:
        began = time.perf_counter()
        ways = search(row)
        spent.append(time.perf_counter() - began)
        given_up += ways is None
        most = max(most, ways or 0)
        began = time.perf_counter()
        trace(flow, flow.names[row], "backward")
        ours.append(time.perf_counter() - began)
    ratio = np.median(spent) / np.median(ours)
    print(
        f"  {what:<44} {len(rows):>5} asked   median {1000 * np.median(spent):9.2f} ms = {ratio:,.1f} × ours"
        f"   up to {most:,} ways   not finished in {PEER_LIMIT_S:.0f} s: {given_up}"
    )


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
    options = parser.parse_args()
    for size in dict.fromkeys((options.peer_size, options.size)):
        tree, rng = grow(size, plain=False), np.random.default_rng(5)
        print(f"{len(tree.day):,} transfers, {len(tree.holder_kind):,} holders")
        with tempfile.TemporaryDirectory() as name:
            flow = stored_flow(tree, Path(name))
            measure(tree, flow, rng)
            if size == options.peer_size:
                peers = {
                    "Python": ways_in_python(tree),
                    "Cypher": ways_in_cypher(graph_of_transfers(tree, Path(name))),
                }
                for what, rows in samples(tree, rng):
                    for peer, search in peers.items():
                        compare(f"raw search in {peer}, {what}", search, flow, rows)


if __name__ == "__main__":
    main()
