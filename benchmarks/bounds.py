"""How fast least and most are worked out, and what a library takes for the same maximum flows.

Usage: python -m benchmarks.bounds [--size 1000000] [--asked 200]

The ledger is the tree of `benchmarks.trace`, with a hub that 100,000 rows reach and 100,000 leave. Payments
are drawn at random, and from those of the hub; each is asked for least and most of all its origins, or,
forward, at all holders: those of a province's payment are nearly everybody, and the work is cut. The peer is
networkx, whose preflow-push gets the same cone, contracted as ours is, and the most of one origin of each
payment; ours then answers the same question alone.
"""

import argparse
import time

import networkx as nx
import numpy as np
from networkx.algorithms.flow import preflow_push

from benchmarks.trace import movements_of
from benchmarks.tree import HUB, PROJECT, PROVINCE, Tree, grow
from tracer.flow.bounds.answer import bounds
from tracer.flow.bounds.maxflow import Goals, push, work_for
from tracer.flow.bounds.network import Network, network_of
from tracer.flow.bounds.upstream import Cone, cone_to, graph_of, widths_to
from tracer.flow.build import follow
from tracer.flow.codes import Int64
from tracer.flow.store import Flow

PEER_NODES = 400_000
"""Larger cones are not handed to the peer, whose nodes are Python objects."""


def latencies(what: str, flow: Flow, network: Network, rows: Int64, direction: str) -> None:
    """Print percentiles in ms, how many parts the widest answer has, and how many are not tight.

    Processor time stands beside it: answers take one processor, and others may want it too.
    """
    times, own, widest, loose = [], [], 0, 0
    for name in flow.names.take(rows):
        began, began_own = time.perf_counter(), time.process_time()
        answer = bounds(flow, network, name, direction)
        own.append(1000 * (time.process_time() - began_own))
        times.append(1000 * (time.perf_counter() - began))
        widest, loose = max(widest, len(answer.parts)), loose + answer.loose
    wall, used = (np.percentile(column, [50, 95, 99, 100]) for column in (times, own))
    print(
        f"  {what:<32} {len(rows):>4} asked   p50 {wall[0]:7.1f}   p95 {wall[1]:8.1f}   p99 {wall[2]:8.1f}   "
        f"max {wall[3]:8.1f} ms   (processor {used[0]:.1f}, {used[1]:.1f}, {used[2]:.1f}, {used[3]:.1f})   "
        f"up to {widest:,} parts   not tight: {loose}",
        flush=True,
    )


def one_origin(cone: Cone, most: int) -> tuple[Int64, int]:
    """The births of the origin that brings most to a cone."""
    origins, group = np.unique(cone.origin, return_inverse=True)
    sums = np.zeros(len(origins), np.int64)
    np.add.at(sums, group, cone.born)
    return np.flatnonzero(group == sums.argmax()), most


def peer(cone: Cone, births: Int64, most: int) -> tuple[float, int]:
    """Seconds that networkx takes for the most of some births, and its answer."""
    graph, stands = graph_of(cone, cone.birth, cone.born, most)
    began = time.perf_counter()
    network: nx.DiGraph[int | str] = nx.DiGraph()
    for tail, head, fen in zip(graph.tail.tolist(), graph.head.tolist(), graph.most.tolist(), strict=True):
        held = network.get_edge_data(tail, head, {"capacity": 0})["capacity"]
        network.add_edge(tail, head, capacity=held + fen)
    for birth in births.tolist():
        network.add_edge("births", int(stands.max()) + 1 + birth)
    network.add_edge(int(stands[len(cone.node) - 1]), "end", capacity=most)
    found = preflow_push(network, "births", "end", value_only=True).graph["flow_value"]
    return time.perf_counter() - began, int(found)


def ours(cone: Cone, births: Int64, most: int) -> tuple[float, int]:
    """The same in this project's code, searched for even where the enclosing figures would do."""
    began = time.perf_counter()
    width, _ = widths_to(cone, len(cone.node) - 1, most)
    graph, stands = graph_of(cone, cone.birth, cone.born, most)
    nodes = int(stands.max()) + 1
    wide = np.zeros(nodes + len(cone.birth), np.int64)
    np.maximum.at(wide, stands, width)
    goals = Goals(wide, most, np.ones(len(wide), np.int64))
    begin = (births + nodes).astype(np.int32)
    found = push(graph, work_for(graph, 1 << 60), goals, begin, cone.born[births], most)
    return time.perf_counter() - began, found


def compare(network: Network, rows: Int64) -> None:
    """Print how long one maximum flow takes on the cones of some rows, here and there."""
    spent: list[tuple[float, float, int]] = []
    for row in rows.tolist():
        node = int(network.node[row])
        if network.source[node] < 0:
            continue
        cone, most = cone_to(network, np.array([network.source[node]])), int(network.brought[node])
        if len(cone.node) > PEER_NODES:
            continue
        births, _ = one_origin(cone, most)
        here, found = ours(cone, births, most)
        there, expected = peer(cone, births, most)
        assert found == expected, (row, found, expected)
        spent.append((here, there, len(cone.node)))
    here, there = (np.median([times[k] for times in spent]) for k in (0, 1))
    largest = max(nodes for _, _, nodes in spent)
    print(
        f"  one maximum flow, equal figures    {len(spent):>4} cones of up to {largest:,} nodes"
        f"   ours {1000 * here:.1f} ms   networkx {1000 * there:,.1f} ms = {there / here:,.0f} × ours"
    )


def measure(tree: Tree, asked: int) -> None:
    began = time.perf_counter()
    flow = follow(movements_of(tree), "linked")
    built = time.perf_counter()
    network = network_of(flow)
    print(
        f"  flow built in {built - began:.1f} s, network of {len(network.row):,} nodes in "
        f"{time.perf_counter() - built:.1f} s"
    )
    rng = np.random.default_rng(5)
    hub = int(np.flatnonzero(tree.level == HUB)[0])
    any_row = rng.choice(flow.rows, asked, replace=False)
    of_hub = rng.choice(np.flatnonzero(tree.payer == hub), asked, replace=False)
    for row in rng.choice(flow.rows, 10, replace=False).tolist():  # compiled code is loaded
        bounds(flow, network, flow.names[row], "backward")
    bounds(flow, network, flow.names[int(of_hub[0])], "forward")
    latencies("backward, any payment", flow, network, any_row, "backward")
    latencies("backward, payment of the hub", flow, network, of_hub, "backward")
    of_projects = rng.choice(np.flatnonzero(tree.level[tree.payer] == PROJECT), asked, replace=False)
    of_provinces = rng.choice(np.flatnonzero(tree.level[tree.payer] == PROVINCE), 2, replace=False)
    latencies("forward, payment of a project", flow, network, of_projects, "forward")
    latencies("forward, payment of the hub", flow, network, of_hub, "forward")
    latencies("forward, payment of a province", flow, network, of_provinces, "forward")
    compare(network, any_row[:6])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1_000_000, help="transfers")
    parser.add_argument("--asked", type=int, default=200, help="payments of each kind")
    options = parser.parse_args()
    tree = grow(options.size, plain=False)
    print(f"{len(tree.day):,} transfers, {len(tree.holder_kind):,} holders")
    measure(tree, options.asked)


if __name__ == "__main__":
    main()
