"""The money side of the graph: what moved, which pieces it was cut into, who holds what."""

from typing import Any

import numpy as np
import pyarrow as pa

from tracer.errors import ConservationError
from tracer.flow.codes import INDICATOR, INDICATOR_MONEY, UNEXPLAINED, Int32, Int64
from tracer.flow.movements import PAYMENT, SPLIT, TRANSFER
from tracer.flow.store import Flow, Texts
from tracer.graph.draft import Draft

_ORIGIN_KINDS = ["indicator", "opening", "cash", "unexplained"]
"""By the codes of origin kinds in `tracer.flow.codes`."""


def check_money(flow: Flow) -> None:
    """Check that pieces add up to their transfers, and what remains of them to the balances.

    Raises `ConservationError`: the flow that came in is broken.
    """
    so_far = np.concatenate([np.zeros(1, np.int64), np.cumsum(flow.fen)])
    carried = so_far[flow.start + flow.count] - so_far[flow.start]
    if not np.array_equal(carried, flow.amount):
        raise ConservationError("pieces do not add up to their transfers")
    born_with_row = np.flatnonzero((flow.row >= 0) & (flow.parent < 0))
    balance = flow.issue_fen + flow.opening_fen
    np.add.at(balance, flow.payee, flow.amount)
    np.subtract.at(balance, flow.payer, flow.amount)
    np.add.at(balance, flow.payer[flow.row[born_with_row]], flow.fen[born_with_row])
    np.subtract.at(balance, _holders(flow), flow.left)
    if balance.any():
        raise ConservationError("what remains of pieces is not what their holders have")


def read_flow(draft: Draft, flow: Flow) -> None:
    """Make the flow's movements, legs, holders and pieces known.

    Adds to `splits`, `payments` and `transfers` what the flow says of each row: `key` of its node, `name`,
    `rank`, `payer`, `payee` (null for legs) and `shortfall_fen`.
    """
    holder_names = _texts(flow.holder_names)
    holders = {
        "holder": np.arange(flow.holders, dtype=np.int32),
        "name": holder_names,
        "is_indicator": pa.array(flow.holder_kind == INDICATOR),
        "issue_fen": flow.issue_fen,
        "opening_fen": flow.opening_fen,
    }
    draft.add("holders", pa.table(holders))
    draft.add("pieces", _pieces(flow, holder_names))
    moved = _moved(flow, holder_names)
    draft.add("movements", moved.select(["key", "rank", "fen", "payer_holder", "payee_holder"]))
    legs = {
        "key": np.arange(len(flow.leg_seq)) + flow.rows,
        "name": _texts(flow.leg_names),
        "payment": flow.leg_rows,
    }
    draft.add("legs", pa.table(legs))
    for table, kind in (("splits", SPLIT), ("payments", PAYMENT), ("transfers", TRANSFER)):
        place = np.flatnonzero(flow.kind == kind)
        seq = flow.seq[place]
        if kind == TRANSFER:
            place = np.concatenate([place, legs["key"]])
            seq = np.concatenate([seq, flow.leg_seq])
        rows = draft.tables[table]
        in_order = np.argsort(seq, kind="stable")
        if not np.array_equal(seq[in_order], rows["_seq"].to_numpy()):
            raise AssertionError(f"the flow is not that of these {table}")
        of_rows = pa.concat_tables([moved, _leg_columns(legs, moved.schema)]).take(pa.array(place[in_order]))
        for name in ("key", "name", "rank", "payer", "payee", "shortfall_fen"):
            rows = rows.append_column(name, of_rows[name])
        draft.add(table, rows)


def make_balances(draft: Draft) -> None:
    """Keep which node each holder is in `holder_nodes`, and what it holds; needs the keys of nodes."""
    draft.make(
        "holder_nodes",
        """
        SELECT h.holder, h.is_indicator, coalesce(i.key, a.key) AS key
        FROM holders h LEFT JOIN indicator_keys i ON h.is_indicator AND i.id = h.name
            LEFT JOIN account_keys a ON NOT h.is_indicator AND a.id = h.name
        """,
    )
    draft.make("balances", "SELECT holder, sum(left_fen) AS held_fen FROM pieces GROUP BY ALL")
    held = "SELECT n.key, b.held_fen FROM balances b JOIN holder_nodes n USING (holder) WHERE"
    draft.make("indicator_balances", f"{held} is_indicator")
    draft.make("account_balances", f"{held} NOT is_indicator")
    draft.make("lowest_balances", _LOWEST_BALANCES)


def write_flow(draft: Draft) -> None:
    """Write pieces and their edges."""
    draft.nodes(
        "Piece",
        """
        SELECT key, fen, left_fen, arrived_day, origin_kind = 'indicator' AS is_fund, origin_kind, origin,
            line
        FROM pieces
        """,
    )
    draft.edges(
        "CARRIED", "Transfer", "Piece", "SELECT row AS from_key, key AS to_key FROM pieces WHERE row >= 0"
    )
    draft.edges(
        "BECAME", "Piece", "Piece", "SELECT parent AS from_key, key AS to_key FROM pieces WHERE parent >= 0"
    )
    _write_places(draft, "BORN_AT", "born_at", "parent < 0")
    _write_places(draft, "REMAINS_AT", "holder", "left_fen > 0")
    draft.edges(
        "FUNDS",
        "Transfer",
        "Transfer",
        """
        SELECT parent_row AS from_key, row AS to_key, sum(fen) AS fen FROM pieces
        WHERE parent_row >= 0 GROUP BY ALL
        """,
    )


def _write_places(draft: Draft, kind: str, holder: str, condition: str) -> None:
    for label, is_indicator in (("Indicator", "n.is_indicator"), ("Account", "NOT n.is_indicator")):
        draft.edges(
            kind,
            "Piece",
            label,
            f"""
            SELECT p.key AS from_key, n.key AS to_key
            FROM pieces p JOIN holder_nodes n ON n.holder = p.{holder} WHERE {condition} AND {is_indicator}
            """,
        )


def _moved(flow: Flow, holder_names: pa.Array) -> pa.Table:
    """What the flow says of each movement, by movement."""
    rank = np.empty(flow.rows, np.int64)
    rank[flow.order] = np.arange(flow.rows)
    born_with_row = np.flatnonzero((flow.row >= 0) & (flow.parent < 0))
    lacking = born_with_row[flow.origin[born_with_row] // max(flow.holders, 1) == UNEXPLAINED]
    shortfall = np.zeros(flow.rows, np.int64)
    shortfall[flow.row[lacking]] = flow.fen[lacking]
    return pa.table(
        {
            "key": np.arange(flow.rows),
            "name": _texts(flow.names),
            "rank": rank,
            "payer": _named(flow.payer, holder_names),
            "payee": _named(flow.payee, holder_names),
            "shortfall_fen": shortfall,
            "fen": flow.amount,
            "payer_holder": flow.payer,
            "payee_holder": flow.payee,
        }
    )


def _leg_columns(legs: dict[str, Any], schema: pa.Schema) -> pa.Table:
    size = len(legs["key"])
    columns = [pa.array(legs[f.name]) if f.name in legs else pa.nulls(size, f.type) for f in schema]
    return pa.table(columns, schema=schema)


def _pieces(flow: Flow, holder_names: pa.Array) -> pa.Table:
    n = max(flow.holders, 1)
    kind, born_at = np.divmod(flow.origin, n)
    carried = flow.row >= 0
    issued = ~carried & (kind == INDICATOR_MONEY)
    arrived = np.zeros(len(kind), np.int64)
    arrived[carried] = flow.day[flow.row[carried]]
    arrived[issued] = flow.issue_day[born_at[issued]]
    parent_row = np.full(len(kind), -1, np.int64)
    parent_row[flow.parent >= 0] = flow.row[flow.parent[flow.parent >= 0]]
    return pa.table(
        {
            "key": np.arange(len(kind)),
            "row": flow.row,
            "parent": flow.parent,
            "parent_row": parent_row,
            "fen": flow.fen,
            "left_fen": flow.left,
            "arrived_day": pa.array(arrived, mask=~(carried | issued)),
            "born_at": born_at.astype(np.int32),
            "holder": _holders(flow),
            "origin_kind": pa.DictionaryArray.from_arrays(kind.astype(np.int8), _ORIGIN_KINDS),
            "origin": _origins(flow.origin, holder_names),
            "line": _named(flow.line, holder_names),
        }
    )


def _holders(flow: Flow) -> Int32:
    """The holder that each piece reached, or at which it was born."""
    holders = (flow.origin % max(flow.holders, 1)).astype(np.int32)
    carried = flow.row >= 0
    holders[carried] = flow.payee[flow.row[carried]]
    return holders


def _origins(origin: Int64, holder_names: pa.Array) -> pa.DictionaryArray:
    """Origins as `fundtrail links` names them."""
    codes = np.unique(origin)
    kinds, holders = np.divmod(codes, max(len(holder_names), 1))
    names = [
        name if kind == INDICATOR_MONEY else f"{_ORIGIN_KINDS[kind]}:{name}"
        for kind, name in zip(kinds, holder_names.take(pa.array(holders)).to_pylist(), strict=True)
    ]
    return pa.DictionaryArray.from_arrays(np.searchsorted(codes, origin), pa.array(names, pa.string()))


def _named(holders: Int32, holder_names: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(holders, mask=holders < 0), holder_names)


def _texts(texts: Texts) -> pa.Array:
    buffers = [None, pa.py_buffer(texts.starts), pa.py_buffer(texts.data)]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


# What payments and bank transfers leave on an account, in the order in which money moved (ZC20).
_LOWEST_BALANCES = """
WITH watched AS (
    SELECT n.holder, a.key, a.opening_fen
    FROM account_nodes a JOIN holder_nodes n ON n.key = a.key AND NOT n.is_indicator
    WHERE a.account_type IN ('pool', 'special') AND a.opening_fen IS NOT NULL
),
touches AS (
    SELECT payer_holder AS holder, rank, -fen AS fen, key AS movement FROM movements
    UNION ALL SELECT payee_holder, rank, fen, key FROM movements
),
runs AS (
    SELECT w.key, w.opening_fen, t.rank, t.movement, w.opening_fen + sum(t.fen) OVER (
        PARTITION BY w.key ORDER BY t.rank ROWS UNBOUNDED PRECEDING) AS balance
    FROM touches t JOIN watched w USING (holder)
),
lows AS (
    SELECT key, min(balance) AS balance FROM runs GROUP BY ALL
),
lowest AS (
    SELECT r.key, r.balance, arg_min(r.movement, r.rank) AS movement
    FROM runs r JOIN lows l ON l.key = r.key AND l.balance = r.balance
    WHERE r.balance < r.opening_fen GROUP BY ALL
),
refs AS (
    SELECT key, 'payments#' || _seq AS ref FROM payments
    UNION ALL SELECT key, 'transfers#' || _seq FROM transfers
)
SELECT w.key, coalesce(l.balance, w.opening_fen) AS lowest_balance_fen, r.ref AS lowest_ref
FROM watched w LEFT JOIN lowest l USING (key) LEFT JOIN refs r ON r.key = l.movement
"""
