"""Ledgers of other shapes than the tree: a random network, and one hub that everything passes through."""

import numpy as np

from benchmarks.tree import BENEFICIARY, DAYS, HUB, POOL, Tree
from tracer.flow.codes import ACCOUNT, Int64

ROWS_PER_HOLDER = 10
"""Of the random network; the more there are, the more parts each row has (about its 0.38th power)."""


def random_network(rows: int, *, seed: int = 1) -> Tree:
    """Pay from anyone to anyone, lognormal amounts; what a payer lacks is born unexplained."""
    rng = np.random.default_rng(seed)
    holders = max(rows // ROWS_PER_HOLDER, 2)
    payer = rng.integers(0, holders, rows)
    payee = (payer + rng.integers(1, holders, rows)) % holders
    amount = rng.lognormal(12, 1.5, rows).astype(np.int64) + 1
    day = np.sort(rng.integers(0, DAYS, rows))
    return _accounts(day, payer, payee, amount, np.full(holders, BENEFICIARY), np.zeros(holders, np.int64))


def one_hub(rows: int, *, seed: int = 1) -> Tree:
    """Half of the rows reach one account, half leave it; each payer has what it pays from the beginning."""
    rng = np.random.default_rng(seed)
    half = rows // 2
    paying, paid = 1 + np.arange(half // 10), 1 + half // 10 + np.arange(half // 10)
    received = rng.lognormal(12, 1.5, half).astype(np.int64) + 10
    day = np.sort(rng.integers(0, DAYS, 2 * half))
    payer, payee = np.zeros(2 * half, np.int64), np.zeros(2 * half, np.int64)
    amount = np.empty(2 * half, np.int64)
    comes = np.zeros(2 * half, np.bool_)
    comes[rng.permutation(2 * half)[:half]] = True
    payer[comes], payee[~comes] = rng.choice(paying, half), rng.choice(paid, half)
    amount[comes], amount[~comes] = received, rng.permutation(received) * 9 // 10
    level = np.full(1 + 2 * (half // 10), BENEFICIARY)
    level[0], level[paying] = HUB, POOL
    opening = np.bincount(payer[comes], amount[comes], len(level)).astype(np.int64)
    opening[0] = received.sum()  # so that the order of days makes no shortfall
    return _accounts(day, payer, payee, amount, level, opening)


def _accounts(
    day: Int64, payer: Int64, payee: Int64, amount: Int64, level: Int64, opening_fen: Int64
) -> Tree:
    """A ledger of accounts only, without times and tags."""
    holders = len(level)
    return Tree(
        day=day.astype(np.int32),
        time_ms=np.zeros(len(day), np.int32),
        payer=payer.astype(np.int32),
        payee=payee.astype(np.int32),
        amount=amount,
        tag=np.full(len(day), -1, np.int32),
        holder_kind=np.full(holders, ACCOUNT, np.int8),
        issue_fen=np.zeros(holders, np.int64),
        issue_day=np.zeros(holders, np.int32),
        opening_fen=opening_fen,
        level=level.astype(np.int8),
    )
