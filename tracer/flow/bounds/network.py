"""The time-expanded network of a ledger: what every holder had between its events, whatever money it was.

How much a transfer took from its payer, and so every balance, does not depend on which money was taken. So
each edge of the network has a known total: a row's edge what the payer covered, a storage edge what a holder
had before its next receipt. (Between two receipts no storage edge binds: whatever is left goes to what
leaves later, which is as large.) A node is an event that brings a holder money: a row, or a birth. Into it
lead at most two edges, from nodes before it: from the holder's node before, and from the payer's.
"""

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from tracer.flow.build import one_builder
from tracer.flow.codes import CASH_HOLDER, CASH_IN, UNEXPLAINED, Bool, Int32, Int64, counting_holders, plain
from tracer.flow.compiled import compiled
from tracer.flow.events import births
from tracer.flow.held import nothing_held
from tracer.flow.store import Flow, flow_name, flows_folder, save_column

FORMAT = 1
"""Raised whenever the columns change, so that older networks are built again."""

_META = "meta.json"


@dataclass(frozen=True)
class Network:
    """N nodes in time order, one per birth and per row; m rows, n holders, B births of money.

    `CASH` and treasury accounts spend nothing of what reaches them; their storage edges only add up.
    """

    row: Int32
    """The row of each node, -1 of an issue or opening, N."""
    node: Int32
    """The node of each row, m."""
    before: Int32
    """The node before at the same holder, -1: it had nothing, N."""
    kept: Int64
    """Fen that the holder had from before, N."""
    source: Int32
    """The payer's node before the row, -1: it had nothing, N."""
    brought: Int64
    """Fen of the row that the payer had; the rest is born with the row, N."""
    last: Int32
    """The last node of each holder, -1: nothing ever reached it, n."""
    balance: Int64
    """Fen that each holder has at the end, or that went to it where it is `CASH` or treasury, n."""
    birth: Int64
    """The nodes at which money is born, ascending, B."""
    born: Int64
    """How many fen, B."""
    origin: Int64
    """`kind * n + holder`, B."""


def build_network(home: Path, flow: Flow) -> Network:
    """Open the network of a flow's version and as-of day, building it first where it is not there."""
    name = flow_name(flow.version, "bounds", flow.as_of)
    folder = flows_folder(home) / name
    network = _opened(folder)
    if network is None:
        with one_builder(flows_folder(home)) as below:
            network = _opened(folder)
            if network is None:
                network = network_of(flow)
                _save(network, below / f".new-{name}")
                os.rename(below / f".new-{name}", folder)
    return network


def _opened(folder: Path) -> Network | None:
    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if meta["format"] != FORMAT:
        return None
    # Written to by nobody, but compiled code takes only what could be.
    columns = [np.load(folder / f"{field.name}.npy", mmap_mode="c") for field in fields(Network)]
    return Network(*(column.view(np.ndarray) for column in columns))


def _save(network: Network, folder: Path) -> None:
    folder.mkdir()
    for field in fields(Network):
        save_column(folder / f"{field.name}.npy", getattr(network, field.name))
    (folder / _META).write_text(json.dumps({"format": FORMAT}), encoding="utf-8")


def network_of(flow: Flow) -> Network:
    """Make the network of a flow's movements; which money its pieces took plays no part."""
    early = births(flow, flow.order, nothing_held())
    rows, holders, nodes = flow.rows, flow.holders, flow.rows + len(early.at)
    network = Network(
        row=np.full(nodes, -1, np.int32),
        node=np.empty(rows, np.int32),
        before=np.full(nodes, -1, np.int32),
        kept=np.zeros(nodes, np.int64),
        source=np.full(nodes, -1, np.int32),
        brought=np.zeros(nodes, np.int64),
        last=np.full(holders, -1, np.int32),
        balance=np.zeros(holders, np.int64),
        birth=np.zeros(0, np.int64),
        born=np.zeros(0, np.int64),
        origin=np.zeros(0, np.int64),
    )
    payer, payee, amount = plain(flow.payer), plain(flow.payee), plain(flow.amount)
    counts = counting_holders(flow.holder_kind)
    network.row[np.setdiff1d(np.arange(nodes), early.at, assume_unique=True)] = flow.order
    _fill(
        network.row, payer, payee, amount, counts, early.at, early.holder, early.fen, network.node,
        network.before, network.kept, network.source, network.brought, network.last, network.balance,
    )  # fmt: skip
    moved = np.flatnonzero(network.row >= 0)
    short = moved[amount[network.row[moved]] > network.brought[moved]]
    short_row = network.row[short].astype(np.int64)
    is_cash = flow.holder_kind[payer[short_row]] == CASH_HOLDER
    where = np.where(is_cash, payee[short_row], payer[short_row]).astype(np.int64)
    where += np.where(is_cash, CASH_IN, UNEXPLAINED) * np.int64(holders)
    birth = np.concatenate([early.at, short])
    order = np.argsort(birth, kind="stable")
    born = np.concatenate([early.fen, amount[short_row] - network.brought[short]])
    origin = np.concatenate([early.origin, where])
    return Network(
        **{field.name: getattr(network, field.name) for field in fields(Network)[:8]},
        birth=birth[order],
        born=born[order],
        origin=origin[order],
    )


@compiled
def _fill(
    row: Int32, payer: Int32, payee: Int32, amount: Int64, counts: Bool, birth: Int64, birth_holder: Int32,
    birth_fen: Int64, node: Int32, before: Int32, kept: Int64, source: Int32, brought: Int64, last: Int32,
    balance: Int64,
) -> None:  # fmt: skip
    """Fill the columns of the nodes in time order."""
    births = 0
    for i in range(len(row)):
        r = row[i]
        if r < 0:
            to, fen = birth_holder[births], birth_fen[births]
            births += 1
        else:
            node[r] = i
            by, to, fen = payer[r], payee[r], amount[r]
            if by == to:
                continue
            if counts[by] and balance[by] > 0 and fen > 0:
                source[i], brought[i] = last[by], min(balance[by], fen)
                balance[by] -= brought[i]
        if fen > 0:
            if balance[to] > 0:
                before[i], kept[i] = last[to], balance[to]
            last[to] = i
            balance[to] += fen
