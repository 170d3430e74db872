"""The money side of the graph: what moved, which pieces it was cut into, who holds what."""

import numpy as np
import pyarrow as pa

from tracer.flow.codes import INDICATOR
from tracer.flow.store import Flow, Texts
from tracer.graph.draft import Draft

_MOVEMENT_KINDS = ["split", "payment", "transfer"]


def read_flow(draft: Draft, flow: Flow) -> None:
    """Make the flow's movements, holders and pieces known."""
    rank = np.empty(flow.rows, np.int64)
    rank[flow.order] = np.arange(flow.rows)
    movements = {
        "key": np.arange(flow.rows),
        "kind": pa.DictionaryArray.from_arrays(pa.array(flow.kind), _MOVEMENT_KINDS),
        "seq": flow.seq,
        "name": _texts(flow.names),
        "day": flow.day.astype(np.int64),
        "ms": flow.time_ms.astype(np.int64),
        "rank": rank,
        "payer": flow.payer,
        "payee": flow.payee,
        "fen": flow.amount,
    }
    draft.add("movements", pa.table(movements))
    legs = {
        "key": np.arange(len(flow.leg_seq)) + flow.rows,
        "seq": flow.leg_seq,
        "name": _texts(flow.leg_names),
        "payment": flow.leg_rows,
    }
    draft.add("leg_rows", pa.table(legs))
    holders = {
        "holder": np.arange(flow.holders, dtype=np.int32),
        "name": _texts(flow.holder_names),
        "is_indicator": pa.array(flow.holder_kind == INDICATOR),
        "issue_fen": flow.issue_fen,
        "opening_fen": flow.opening_fen,
        "issue_day": flow.issue_day,
    }
    draft.add("holders", pa.table(holders))
    draft.add("flow_pieces", _pieces(flow))


def make_balances(draft: Draft) -> None:
    """Keep what each holder holds and what each transfer lacked.

    Needs `legs` to be read, `indicator_keys`, `account_nodes`.
    """
    draft.make("pieces", _PIECES)
    draft.make(
        "shortfalls",
        "SELECT row AS key, fen FROM pieces WHERE row >= 0 AND origin_kind = 'unexplained' AND parent < 0",
    )
    draft.make(
        "holder_nodes",
        """
        SELECT h.holder, h.is_indicator, coalesce(i.key, a.key) AS key
        FROM holders h LEFT JOIN indicator_keys i ON h.is_indicator AND i.id = h.name
            LEFT JOIN account_nodes a ON NOT h.is_indicator AND a.id = h.name
        """,
    )
    draft.make("balances", "SELECT holder, sum(left_fen) AS held_fen FROM pieces GROUP BY ALL")
    for name, is_indicator in (
        ("indicator_balances", "is_indicator"),
        ("account_balances", "NOT is_indicator"),
    ):
        draft.make(
            name,
            f"SELECT n.key, b.held_fen FROM balances b JOIN holder_nodes n USING (holder) WHERE {is_indicator}",
        )
    draft.make("lowest_balances", _LOWEST_BALANCES)


def write_flow(draft: Draft) -> None:
    """Write pieces and their edges; needs `pieces` and `holder_nodes`."""
    draft.nodes(
        "Piece",
        """
        SELECT p.key, p.fen, p.left_fen, p.arrived_day, p.origin_kind = 'indicator' AS is_fund, p.origin_kind,
            CASE p.origin_kind WHEN 'indicator' THEN '' ELSE p.origin_kind || ':' END || o.name AS origin, l.name AS line
        FROM pieces p JOIN holders o ON o.holder = p.born_at LEFT JOIN holders l ON l.holder = p.line
        """,
    )
    draft.edges(
        "CARRIED", "Transfer", "Piece", "SELECT row AS from_key, key AS to_key FROM pieces WHERE row >= 0"
    )
    draft.edges(
        "BECAME", "Piece", "Piece", "SELECT parent AS from_key, key AS to_key FROM pieces WHERE parent >= 0"
    )
    for label, is_indicator in (("Indicator", "n.is_indicator"), ("Account", "NOT n.is_indicator")):
        for kind, holder, condition in (
            ("BORN_AT", "born_at", "parent < 0"),
            ("REMAINS_AT", "holder", "left_fen > 0"),
        ):
            draft.edges(
                kind,
                "Piece",
                label,
                f"""
                SELECT p.key AS from_key, n.key AS to_key FROM pieces p JOIN holder_nodes n ON n.holder = p.{holder}
                WHERE {condition} AND {is_indicator}
                """,
            )
    draft.edges(
        "FUNDS",
        "Transfer",
        "Transfer",
        """
        SELECT before.row AS from_key, p.row AS to_key, sum(p.fen) AS fen
        FROM pieces p JOIN pieces before ON before.key = p.parent WHERE before.row >= 0 GROUP BY ALL
        """,
    )


def _pieces(flow: Flow) -> pa.Table:
    n = max(flow.holders, 1)
    born_at = flow.origin % n
    holder = np.where(flow.row >= 0, flow.payee[flow.row], born_at) if flow.rows else born_at
    return pa.table(
        {
            "key": np.arange(len(flow.row)),
            "row": flow.row,
            "parent": flow.parent,
            "fen": flow.fen,
            "left_fen": flow.left,
            "kind": flow.origin // n,
            "born_at": born_at.astype(np.int32),
            "holder": holder.astype(np.int32),
            "line": flow.line,
        }
    )


def _texts(texts: Texts) -> pa.Array:
    buffers = (None, pa.py_buffer(texts.starts), pa.py_buffer(texts.data))
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


# The kinds of origin are those of tracer.flow.codes, in their order.
_PIECES = """
SELECT p.key, p.row, p.parent, p.fen, p.left_fen, p.born_at, p.holder, p.line,
    CASE p.kind WHEN 0 THEN 'indicator' WHEN 1 THEN 'opening' WHEN 2 THEN 'cash' ELSE 'unexplained' END AS origin_kind,
    CASE WHEN p.row >= 0 THEN m.day WHEN p.kind = 0 THEN h.issue_day END AS arrived_day
FROM flow_pieces p LEFT JOIN movements m ON m.key = p.row LEFT JOIN holders h ON h.holder = p.born_at
"""

# What payments and bank transfers leave on an account, in the order in which money moved (ZC20).
_LOWEST_BALANCES = """
WITH watched AS (
    SELECT n.holder, a.key, a.opening_fen FROM account_nodes a JOIN holder_nodes n ON n.key = a.key AND NOT n.is_indicator
    WHERE a.account_type IN ('pool', 'special') AND a.opening_fen IS NOT NULL
),
touches AS (
    SELECT payer AS holder, rank, -fen AS fen, kind || 's#' || seq AS ref FROM movements
    UNION ALL SELECT payee, rank, fen, kind || 's#' || seq FROM movements
),
runs AS (
    SELECT w.key, w.opening_fen, t.rank, t.ref, w.opening_fen + sum(t.fen) OVER (
        PARTITION BY w.key ORDER BY t.rank ROWS UNBOUNDED PRECEDING) AS balance
    FROM watched w LEFT JOIN touches t USING (holder)
)
SELECT key, least(opening_fen, min(balance)) AS lowest_balance_fen,
    CASE WHEN min(balance) < opening_fen THEN arg_min(ref, (balance, rank)) END AS lowest_ref
FROM runs GROUP BY key, opening_fen
"""
