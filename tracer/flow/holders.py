"""Numbers for everyone who can hold money: indicators, accounts and `CASH` (contract section 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.flow.codes import ACCOUNT, CASH_HOLDER, INDICATOR, TREASURY, Bool, Int8, Int32, Int64
from tracer.flow.columns import TEXT, encode, is_in, join, positions, text
from tracer.schema import CASH


@dataclass(frozen=True)
class Holders:
    """n holders, indicators first; a column says for the rows of a table which holder they name, -1 for none.

    Indicators and accounts have numbers of their own even where their texts are equal. Who is named
    without being listed is a holder like any other.
    """

    names: pa.Array
    kind: Int8
    """INDICATOR, ACCOUNT, TREASURY or CASH_HOLDER, n."""
    listed: Bool
    """Whether `accounts` lists the account, n."""
    cash: int
    """The number of `CASH`."""
    indicators: Int32
    """Of the rows of `indicators`, as the next three of `splits` and `payments`."""
    parents: Int32
    children: Int32
    named: Int32
    accounts: Int32
    """Of the rows of `accounts`, as the next four of `payments` and `transfers`."""
    payers: Int32
    """`unnamed-payer:ID` where an account is needed and none is given; -1 where none is needed."""
    payees: Int32
    """`CASH` where an empty account is settled in cash, else `unnamed-payee:ID`."""
    senders: Int32
    receivers: Int32
    refunded: Int32
    """Of the rows of `payments` the row that they refund, -1 for none or an unknown one."""


def number_holders(seen: Mapping[str, pa.Table]) -> Holders:
    """Number the holders of the rows that are seen."""
    payments, transfers = seen["payments"], seen["transfers"]
    voucher = text(payments["payment_id"])
    refunded = positions(text(payments["refund_of"]), voucher)
    (listed, parents, children, named), indicator_names = encode(
        [
            text(seen["indicators"]["indicator_id"]),
            text(seen["splits"]["parent_indicator_id"]),
            text(seen["splits"]["child_indicator_id"]),
            text(payments["indicator_id"]),
        ]
    )
    payer, payee = text(payments["payer_account"]), text(payments["payee_account"])
    no_payer = np.flatnonzero(_is_null(payer) & ((refunded >= 0) | (named < 0)))
    no_payee = np.flatnonzero(_is_null(payee))
    accounts, account_names = encode(
        [
            text(seen["accounts"]["account_no"]),
            payer,
            payee,
            text(transfers["from_account"]),
            text(transfers["to_account"]),
            _unnamed("unnamed-payer:", voucher, no_payer),
            _unnamed("unnamed-payee:", voucher, no_payee),
            pa.array([CASH], TEXT),
        ]
    )
    first = len(indicator_names)
    rows, payers, payees, senders, receivers, unnamed_payers, unnamed_payees, cash = (
        np.where(codes >= 0, codes + first, -1).astype(np.int32) for codes in accounts
    )
    payers[no_payer] = unnamed_payers
    in_cash = is_in(payments["settlement_method"], "cash")[no_payee]
    payees[no_payee] = np.where(in_cash, cash[0], unnamed_payees)
    kind = np.full(first + len(account_names), ACCOUNT, np.int8)
    kind[:first] = INDICATOR
    kind[rows[is_in(seen["accounts"]["account_type"], "treasury")]] = TREASURY
    kind[cash] = CASH_HOLDER
    is_listed = np.zeros(len(kind), np.bool_)
    is_listed[rows] = True
    return Holders(
        names=join([indicator_names, account_names]),
        kind=kind,
        listed=is_listed,
        cash=int(cash[0]),
        indicators=listed,
        parents=parents,
        children=children,
        named=named,
        accounts=rows,
        payers=payers,
        payees=payees,
        senders=senders,
        receivers=receivers,
        refunded=refunded,
    )


def _is_null(array: pa.Array) -> Bool:
    found: Bool = pc.is_null(array).to_numpy(zero_copy_only=False)
    return found


def _unnamed(prefix: str, vouchers: pa.Array, rows: Int64) -> pa.Array:
    """Names that stand in for accounts that are not given."""
    return pc.binary_join_element_wise(
        pa.scalar(prefix, TEXT), vouchers.take(pa.array(rows)), pa.scalar("", TEXT)
    )
