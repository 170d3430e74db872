"""The ledger's rows as movements of money between holders (contract section 2), in columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.flow.codes import TREASURY, Bool, Int8, Int32, Int64
from tracer.flow.columns import TEXT, days, encode, int64, join, positions, text, times_ms
from tracer.flow.holders import Holders, number_holders
from tracer.flow.legs import BankRows, legs_by_likeness
from tracer.ledger import Ledger
from tracer.schema import DAY_COLUMNS, TABLES

# Kinds of movements, in input order.
SPLIT, PAYMENT, TRANSFER = 0, 1, 2

COLUMNS = {
    "accounts": ("account_no", "holder_name", "account_type", "opening_balance_fen"),
    "indicators": ("indicator_id", "doc_no", "fund_name", "level", "amount_fen", "issued_on"),
    "splits": ("parent_indicator_id", "child_indicator_id", "amount_fen", "split_on"),
    "payments": (
        *("payment_id", "payer_account", "payee_account", "payee_name", "amount_fen", "paid_at"),
        *("settlement_method", "indicator_id", "refund_of", "purpose"),
    ),
    "transfers": (
        "transfer_id",
        "from_account",
        "to_account",
        "amount_fen",
        "moved_at",
        "voucher_no",
        "memo",
    ),
}
"""The ledger columns that money depends on, and those that tell people what it was for."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Rows:
    """Movements as columns: one entry per split, payment and unmerged bank transfer, in input order."""

    day: Int32
    """Days since 1970-01-01."""
    time_ms: Int32
    """Milliseconds since midnight, 0 for none."""
    payer: Int32
    payee: Int32
    amount: Int64
    """Fen, not negative; 0 for a row from a holder to itself, which moves nothing."""
    tag: Int32
    """Indicator that a payment from an account names, or that of a refunded payment; -1 for none."""
    seq: Int64
    """`_seq` of the row in its table."""
    names: pa.Array
    """Voucher, transfer number or `PARENT>CHILD#n`."""
    purpose: pa.Array
    """What the row says it is for, null for nothing."""


@dataclass(frozen=True)
class Movements(Rows):
    """All movements (m rows) and their holders (n: indicators first, then accounts, `CASH` among them)."""

    kind: Int8
    """SPLIT, PAYMENT or TRANSFER, m."""
    holder_kind: Int8
    """INDICATOR, ACCOUNT, TREASURY or CASH_HOLDER, n."""
    holder_names: pa.Array
    holder_titles: pa.Array
    """Who holds an account, or the document and fund of an indicator; null where unknown, n."""
    holder_class: pa.Array
    """Level of an indicator, type of an account; null where it is not listed, n."""
    issue_fen: Int64
    """Fen born at an indicator, 0 for none, n."""
    issue_day: Int32
    """Day on which they are born, n."""
    opening_fen: Int64
    """Fen born at an account before everything, 0 for none, n."""
    leg_names: pa.Array
    """Bank transfers that were merged with a payment, by that payment."""
    leg_rows: Int64
    """The movement of each leg's payment, ascending."""
    leg_seq: Int64
    """`_seq` of each leg in `transfers`."""


def read_tables(ledger: Ledger, version: int | None = None) -> dict[str, pa.Table]:
    """Read from the ledger what `movements` needs, at a version."""
    return {table: ledger.read(table, columns, version) for table, columns in COLUMNS.items()}


def movements(tables: Mapping[str, pa.Table], as_of: date | None = None) -> Movements:
    """Turn rows of the ledger (`COLUMNS` and `_seq`, in input order) into movements of money.

    A table that is not given is empty. Rows dated after `as_of` do not exist, except that a child of any
    split is never born and that the splits of a pair are counted over the whole ledger. Source: contract
    section 2.
    """
    tables = {table: tables[table] if table in tables else _empty(table) for table in COLUMNS}
    seen = {table: _seen(table, rows, as_of) for table, rows in tables.items()}
    holders = number_holders(seen)
    splits = _splits(tables["splits"], as_of, holders)
    payments = _payments(seen["payments"], holders)
    leg_of = _legs(seen["payments"], seen["transfers"], holders)
    is_leg = leg_of >= 0
    by_payment = np.flatnonzero(is_leg)[np.argsort(leg_of[is_leg], kind="stable")]
    transfers = _transfers(seen["transfers"], ~is_leg, holders)
    parts = [splits, payments, transfers]
    issue_fen, issue_day = _issues(seen["indicators"], tables["splits"], holders)
    return Movements(
        **_concatenated(parts),
        kind=np.repeat(np.array([SPLIT, PAYMENT, TRANSFER], np.int8), [len(part.day) for part in parts]),
        holder_kind=holders.kind,
        holder_names=holders.names,
        holder_titles=_titles(seen, holders, payments.payee),
        holder_class=_classes(seen, holders),
        issue_fen=issue_fen,
        issue_day=issue_day,
        opening_fen=_openings(seen["accounts"], holders),
        leg_names=text(seen["transfers"]["transfer_id"]).take(pa.array(by_payment)),
        leg_rows=leg_of[by_payment] + len(splits.day),
        leg_seq=int64(seen["transfers"]["_seq"])[by_payment],
    )


def _empty(table: str) -> pa.Table:
    fields = [TABLES[table].arrow.field(name) for name in COLUMNS[table]]
    return pa.schema([*fields, ("_seq", pa.int64())]).empty_table()


def _seen(table: str, rows: pa.Table, as_of: date | None) -> pa.Table:
    """The rows dated on or before `as_of`; accounts have no date."""
    if as_of is None or table not in DAY_COLUMNS:
        return rows
    return rows.filter(pa.array(days(rows[DAY_COLUMNS[table]]) <= (as_of - _EPOCH).days))


def _concatenated(parts: list[Rows]) -> dict[str, np.ndarray | pa.Array]:
    whole = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("day", "time_ms", "payer", "payee", "amount", "tag", "seq")
    }
    whole["amount"][whole["payer"] == whole["payee"]] = 0
    return whole | {name: join([getattr(part, name) for part in parts]) for name in ("names", "purpose")}


def _splits(rows: pa.Table, as_of: date | None, holders: Holders) -> Rows:
    """The splits that are seen; a negative one goes the other way round."""
    names = _split_names(rows)
    if as_of is not None:
        keep = pa.array(days(rows["split_on"]) <= (as_of - _EPOCH).days)
        rows, names = rows.filter(keep), names.filter(keep)
    amount = int64(rows["amount_fen"])
    back = amount < 0
    return Rows(
        day=days(rows["split_on"]),
        time_ms=np.zeros(len(rows), np.int32),
        payer=np.where(back, holders.children, holders.parents),
        payee=np.where(back, holders.parents, holders.children),
        amount=np.abs(amount),
        tag=np.full(len(rows), -1, np.int32),
        seq=int64(rows["_seq"]),
        names=names,
        purpose=pa.nulls(len(rows), TEXT),
    )


def _split_names(rows: pa.Table) -> pa.Array:
    """`PARENT>CHILD#n`, n counting from 1 within the pair in input order."""
    parent, child = text(rows["parent_indicator_id"]), text(rows["child_indicator_id"])
    (parents, children), _ = encode([parent, child])
    pair = parents.astype(np.int64) << 32 | children
    order = np.argsort(pair, kind="stable")
    first = np.flatnonzero(np.diff(pair[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    n = np.empty(len(order), np.int64)
    n[order] = place + 1
    pairs = pc.binary_join_element_wise(parent, child, pa.scalar(">", TEXT))
    return pc.binary_join_element_wise(pairs, pa.array(n).cast(TEXT), pa.scalar("#", TEXT))


def _payments(rows: pa.Table, holders: Holders) -> Rows:
    """Payments: from the budget, from an account, or back to where the refunded payment came from."""
    payer = holders.payers
    refund = holders.refunded >= 0
    from_budget = (payer < 0) | ~holders.listed[payer] | (holders.kind[payer] == TREASURY)
    draw = ~refund & (holders.named >= 0) & from_budget
    source = np.where(draw, holders.named, payer)
    tag = np.where(draw, np.int32(-1), holders.named)
    return Rows(
        day=days(rows["paid_at"]),
        time_ms=times_ms(rows["paid_at"]),
        payer=source,
        payee=np.where(refund, source[holders.refunded], holders.payees),
        amount=int64(rows["amount_fen"]),
        tag=np.where(refund, holders.named[holders.refunded], tag),
        seq=int64(rows["_seq"]),
        names=text(rows["payment_id"]),
        purpose=text(rows["purpose"]),
    )


def _legs(payments: pa.Table, transfers: pa.Table, holders: Holders) -> Int64:
    """For each bank transfer the row of the payment whose leg it is, -1 for none."""
    voucher = text(transfers["voucher_no"])
    by_voucher = positions(voucher, text(payments["payment_id"])).astype(np.int64)
    without_leg = np.ones(len(payments), np.bool_)
    without_leg[by_voucher[by_voucher >= 0]] = False
    no_voucher: Bool = pc.is_null(voucher).to_numpy(zero_copy_only=False)
    alike = legs_by_likeness(
        BankRows(
            holders.payers,
            holders.payees,
            int64(payments["amount_fen"]),
            days(payments["paid_at"]),
            without_leg,
        ),
        BankRows(
            holders.senders,
            holders.receivers,
            int64(transfers["amount_fen"]),
            days(transfers["moved_at"]),
            no_voucher,
        ),
    )
    return np.where(no_voucher, alike, by_voucher)


def _transfers(rows: pa.Table, unmerged: Bool, holders: Holders) -> Rows:
    """Bank transfers that are nobody's leg."""
    rows = rows.filter(pa.array(unmerged))
    return Rows(
        day=days(rows["moved_at"]),
        time_ms=times_ms(rows["moved_at"]),
        payer=holders.senders[unmerged],
        payee=holders.receivers[unmerged],
        amount=int64(rows["amount_fen"]),
        tag=np.full(len(rows), -1, np.int32),
        seq=int64(rows["_seq"]),
        names=text(rows["transfer_id"]),
        purpose=text(rows["memo"]),
    )


def _issues(rows: pa.Table, all_splits: pa.Table, holders: Holders) -> tuple[Int64, Int32]:
    """Fen and day of the births of indicators: those that are the child of no split, whatever its day."""
    issue_fen = np.zeros(len(holders.kind), np.int64)
    issue_day = np.zeros(len(holders.kind), np.int32)
    child = pc.is_in(text(rows["indicator_id"]), value_set=text(all_splits["child_indicator_id"]))
    amount = int64(rows["amount_fen"])
    born = ~child.to_numpy(zero_copy_only=False) & (amount > 0)
    issue_fen[holders.indicators[born]] = amount[born]
    issue_day[holders.indicators[born]] = days(rows["issued_on"])[born]
    return issue_fen, issue_day


def _openings(rows: pa.Table, holders: Holders) -> Int64:
    """Opening balances above zero; treasury accounts and `CASH` have none."""
    opening_fen = np.zeros(len(holders.kind), np.int64)
    balance = int64(rows["opening_balance_fen"])
    has = (balance > 0) & (holders.kind[holders.accounts] != TREASURY) & (holders.accounts != holders.cash)
    opening_fen[holders.accounts[has]] = balance[has]
    return opening_fen


def _titles(seen: Mapping[str, pa.Table], holders: Holders, payees: Int32) -> pa.Array:
    """What people call each holder: by `accounts` or `indicators`, else the first payee name given for it."""
    indicators, accounts, payments = seen["indicators"], seen["accounts"], seen["payments"]
    doc_no, fund = (text(indicators[name]).fill_null("") for name in ("doc_no", "fund_name"))
    documents = pc.utf8_trim_whitespace(pc.binary_join_element_wise(doc_no, fund, pa.scalar(" ", TEXT)))
    where = np.full(len(holders.kind), -1, np.int64)
    named = np.flatnonzero(payees == holders.payees)[::-1]
    where[payees[named]] = named + len(indicators) + len(accounts)
    where[holders.accounts] = np.arange(len(accounts)) + len(indicators)
    where[holders.indicators] = np.arange(len(indicators))
    where[holders.cash] = -1
    texts = join([documents, text(accounts["holder_name"]), text(payments["payee_name"])])
    return texts.take(pa.array(where, mask=where < 0))


def _classes(seen: Mapping[str, pa.Table], holders: Holders) -> pa.Array:
    """Levels of indicators and types of accounts."""
    indicators, accounts = seen["indicators"], seen["accounts"]
    where = np.full(len(holders.kind), -1, np.int64)
    where[holders.accounts] = np.arange(len(accounts)) + len(indicators)
    where[holders.indicators] = np.arange(len(indicators))
    texts = join([text(indicators["level"]), text(accounts["account_type"])])
    return texts.take(pa.array(where, mask=where < 0))
