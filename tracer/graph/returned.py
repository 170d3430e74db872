"""Fund money that came back to the payer's side (ZC08): found by following each arrived piece backward.

The way between two pieces is unique, so whole columns climb their parents at once: linear in the pieces that
arrive where they could be at home, times the length of the way.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.flow.codes import ACCOUNT, INDICATOR_MONEY, Bool, Int64
from tracer.flow.store import Flow
from tracer.graph.draft import Draft
from tracer.graph.facts_payments import end_purposes

HOPS_MAX = 30
"""Longest way that is followed, in transfers; Cypher's own bound for paths."""


class _Accounts:
    """Who holds the accounts, by account key, as numbers; -1 for nobody known."""

    def __init__(self, draft: Draft) -> None:
        rows = draft.rows(
            "SELECT listed, account_type, holder_kind, holder_id, holder_key FROM account_nodes ORDER BY key"
        )
        ids = rows["holder_id"].combine_chunks().dictionary_encode()
        self.id = _codes(ids.indices)
        self.name = _codes(rows["holder_key"].combine_chunks().dictionary_encode().indices)
        treasury = pc.equal(rows["account_type"], "treasury").fill_null(False).to_numpy()
        self.is_home_for_anyone: Bool = rows["listed"].to_numpy() & ~treasury
        self.is_organisation: Bool = pc.not_equal(rows["holder_kind"], "person").fill_null(False).to_numpy()
        self.size = len(ids.dictionary) + 1
        related = draft.rows("SELECT a, b FROM relations UNION SELECT b, a FROM relations")
        a, b = (
            _codes(pc.index_in(related[name].combine_chunks(), value_set=ids.dictionary))
            for name in ("a", "b")
        )
        known = (a >= 0) & (b >= 0)
        self.related: Int64 = np.unique(a[known] * self.size + b[known])

    def same_holder(self, one: Int64, other: Int64) -> Bool:
        """Whether two accounts each are of the same holder: by ID where both have one, else by name."""
        by_id = (self.id[one] >= 0) & (self.id[other] >= 0)
        same_name = (self.name[one] >= 0) & (self.name[one] == self.name[other])
        same: Bool = np.where(by_id, self.id[one] == self.id[other], same_name)
        return same

    def is_home(self, payer: Int64, account: Int64) -> Bool:
        """Whether money that `payer` paid is home on `account`."""
        pairs = self.id[payer] * self.size + self.id[account]
        related = (self.id[payer] >= 0) & (self.id[account] >= 0) & np.isin(pairs, self.related)
        home: Bool = self.is_home_for_anyone[account] & (
            self.same_holder(payer, account) | (related & self.is_organisation[account])
        )
        return home


def write_returned(draft: Draft, flow: Flow) -> None:
    """Write the RETURNED edges; needs `account_nodes`, `holder_nodes`, `payments`, `relations`."""
    start, end, hops = _returned(draft, flow)
    columns = {"from_key": start, "to_key": end, "hops": hops, "last_key": flow.row[end]}
    draft.add("returned", pa.table(columns))
    draft.edges(
        "RETURNED",
        "Piece",
        "Piece",
        f"""
        SELECT from_key, to_key, hops, e.purposes AS end_purposes
        FROM returned r LEFT JOIN ({end_purposes("SELECT last_key FROM returned")}) e ON e.key = r.last_key
        """,
    )


def _returned(draft: Draft, flow: Flow) -> tuple[Int64, Int64, Int64]:
    accounts = _Accounts(draft)
    payer_of = _starts(draft, flow, accounts)
    account_of = _account_of_holder(draft, flow)
    carried = np.flatnonzero(
        (flow.row >= 0) & (flow.parent >= 0) & (flow.origin // max(flow.holders, 1) == INDICATOR_MONEY)
    )
    account = account_of[flow.payee[flow.row[carried]]]
    could_be = _could_be_home(accounts, np.unique(payer_of[payer_of >= 0]))
    arrived = carried[(account >= 0) & could_be[account]]
    start, end, hops = _climb(flow, arrived, payer_of, account_of, accounts)
    first = _is_first(flow.parent, start, end)
    return start[first], end[first], hops[first]


def _starts(draft: Draft, flow: Flow, accounts: _Accounts) -> Int64:
    """For each movement the payer account where it is a payment whose money can return, else -1."""
    rows = draft.rows(
        """
        SELECT key, payer_key, coalesce(payee_key, -1) AS payee_key FROM payments
        WHERE refund_of IS NULL AND indicator_key IS NOT NULL AND payer_key IS NOT NULL
        """
    )
    key, payer, payee = (rows[name].to_numpy() for name in ("key", "payer_key", "payee_key"))
    held = (accounts.id[payer] >= 0) | (accounts.name[payer] >= 0)
    to_another = (payee < 0) | ~accounts.same_holder(payer, payee)
    payer_of = np.full(flow.rows, -1, np.int64)
    payer_of[key[held & to_another]] = payer[held & to_another]
    return payer_of


def _account_of_holder(draft: Draft, flow: Flow) -> Int64:
    """The account key of each holder that is an account and can hold money, else -1."""
    rows = draft.rows("SELECT holder, key FROM holder_nodes WHERE NOT is_indicator")
    account_of = np.full(flow.holders, -1, np.int64)
    account_of[rows["holder"].to_numpy()] = rows["key"].to_numpy()
    return np.where(flow.holder_kind == ACCOUNT, account_of, -1)


def _could_be_home(accounts: _Accounts, payers: Int64) -> Bool:
    """The accounts on which money of some payer could be home: a quick test that lets too many pass."""
    ids = accounts.id[payers]
    ids = np.unique(ids[ids >= 0])
    one, other = np.divmod(accounts.related, accounts.size)
    ids = np.union1d(ids, other[np.isin(one, ids)])
    names = accounts.name[payers]
    names = np.unique(names[names >= 0])
    could_be: Bool = accounts.is_home_for_anyone & (np.isin(accounts.id, ids) | np.isin(accounts.name, names))
    return could_be


def _climb(
    flow: Flow, arrived: Int64, payer_of: Int64, account_of: Int64, accounts: _Accounts
) -> tuple[Int64, Int64, Int64]:
    """All pairs of a piece that a payment started and one that came of it and is home, with the hops."""
    found: list[tuple[Int64, Int64, Int64]] = []
    home = account_of[flow.payee[flow.row[arrived]]]
    here = flow.parent[arrived]
    for hops in range(2, HOPS_MAX + 1):
        moving = (here >= 0) & (flow.row[here] >= 0)
        arrived, home, here = arrived[moving], home[moving], here[moving]
        payer = payer_of[flow.row[here]]
        hit = payer >= 0
        hit[hit] = accounts.is_home(payer[hit], home[hit])
        found.append((here[hit], arrived[hit], np.full(int(hit.sum()), hops, np.int64)))
        here = flow.parent[here]
    start, end, length = (np.concatenate(part) for part in zip(*found, strict=True))
    return start, end, length


def _is_first(parent: Int64, start: Int64, end: Int64) -> Bool:
    """Which pairs have no other of the same start on their way: where money came home for the first time."""
    first = np.ones(len(start), np.bool_)
    size = len(parent)
    pairs = np.sort(start * size + end)
    active = np.arange(len(start))
    here = parent[end] if len(end) else end
    while len(active):
        between = here != start[active]
        active, here = active[between], here[between]
        code = start[active] * size + here
        place = np.searchsorted(pairs, code)
        first[active[(place < len(pairs)) & (pairs[np.minimum(place, len(pairs) - 1)] == code)]] = False
        here = parent[here]
    return first


def _codes(indices: Any) -> Int64:
    codes: Int64 = indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes
