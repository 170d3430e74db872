"""Which bank transfers are bank legs of payments (contract section 2), in linear time.

Accounts are integer codes, -1 for none; rows stand in input order.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from tracer.flow.codes import Bool, Int32, Int64

DAYS_APART = 3
"""How far the dates of a payment and its bank leg may lie apart."""


@dataclass(frozen=True)
class BankRows:
    """Rows that may pair up: accounts, fen, day, and whether the row is still free for likeness."""

    payer: Int32
    payee: Int32
    amount: Int64
    day: Int32
    free: Bool

    def take(self, rows: Int64) -> "BankRows":
        """The rows with these numbers, in this order."""
        return BankRows(
            self.payer[rows], self.payee[rows], self.amount[rows], self.day[rows], self.free[rows]
        )


def legs_by_likeness(payments: BankRows, transfers: BankRows) -> Int64:
    """For each transfer the payment whose leg it is by accounts, amount and date, -1 for none.

    One to one among the free rows: nearest dates first, then the payment, then the transfer that comes first.
    """
    result = np.full(len(transfers.day), -1, np.int64)
    of_payments, of_transfers = _candidates(payments, transfers)
    if not len(of_payments) or not len(of_transfers):
        return result
    left, right = payments.take(of_payments), transfers.take(of_transfers)
    key_left, key_right = _keys(left, right)
    order = np.lexsort((right.day, key_right))
    key_sorted, day_sorted = key_right[order], right.day[order]
    first = np.flatnonzero(
        np.append(True, (key_sorted[1:] != key_sorted[:-1]) | (day_sorted[1:] != day_sorted[:-1]))
    )
    ends = np.append(first[1:], len(order))
    groups_of_key = np.searchsorted(key_sorted[first], np.arange(key_left.max() + 2))
    matched = _pair_up(key_left, left.day, groups_of_key, day_sorted[first], order, first.copy(), ends)
    found = matched >= 0
    result[of_transfers[matched[found]]] = of_payments[found]
    return result


def _candidates(payments: BankRows, transfers: BankRows) -> tuple[Int64, Int64]:
    """Free rows whose accounts both occur on the other side, in their roles; cheap, so it comes first."""
    columns = (payments.payer, payments.payee, transfers.payer, transfers.payee)
    accounts = 1 + max(int(column.max(initial=-1)) for column in columns)
    rows = [
        np.flatnonzero(side.free & (side.payer >= 0) & (side.payee >= 0)) for side in (payments, transfers)
    ]
    for here, there in ((0, 1), (1, 0)):
        sides = (payments, transfers)
        for column in ("payer", "payee"):
            occurs = np.zeros(accounts, np.bool_)
            occurs[getattr(sides[there], column)[rows[there]]] = True
            rows[here] = rows[here][occurs[getattr(sides[here], column)[rows[here]]]]
    return rows[0], rows[1]


def _keys(left: BankRows, right: BankRows) -> tuple[Int64, Int64]:
    """Equal numbers, from 0, for equal (payer, payee, amount)."""
    pairs = [side.payer.astype(np.int64) << 32 | side.payee for side in (left, right)]
    pair, amount = np.concatenate(pairs), np.concatenate([left.amount, right.amount])
    order = np.lexsort((amount, pair))
    pair, amount = pair[order], amount[order]
    new = np.append(False, (pair[1:] != pair[:-1]) | (amount[1:] != amount[:-1]))
    keys = np.empty(len(order), np.int64)
    keys[order] = np.cumsum(new)
    return keys[: len(left.day)], keys[len(left.day) :]


@njit(cache=True)
def _pair_up(
    key: Int64, day: Int32, groups_of_key: Int64, group_day: Int32, transfer: Int64, head: Int64, end: Int64
) -> Int64:
    """For each payment its transfer, -1 for none.

    A group: transfers of one key and day, in input order: `transfer[head[g]:end[g]]`. `head` is used up.
    """
    matched = np.full(len(key), -1, np.int64)
    for apart in range(DAYS_APART + 1):
        for i in range(len(key)):
            if matched[i] >= 0:
                continue
            best = -1
            low, high = groups_of_key[key[i]], groups_of_key[key[i] + 1]
            for wanted in (day[i] - apart, day[i] + apart):
                g = low + np.searchsorted(group_day[low:high], wanted)
                if g == high or group_day[g] != wanted or head[g] == end[g]:
                    continue
                if best < 0 or transfer[head[g]] < transfer[head[best]]:
                    best = g
            if best >= 0:
                matched[i] = transfer[head[best]]
                head[best] += 1
    return matched
