"""What an executor does with the rows of one group, before money is moved: movements, order, components.

Each function takes and returns Arrow tables and knows nothing of Spark. The groups are cut so that the
answer is that of the whole ledger: rows that could be legs of each other, or refund each other, lie in one
bucket; a day is ordered as a whole; holders that rows of a window join get one part.
"""

from datetime import date
from heapq import heapify, heapreplace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.flow.codes import CASH_HOLDER, INDICATOR, TREASURY, Int64, counting_holders
from tracer.flow.movements import COLUMNS, PAYMENT, movements
from tracer.flow.order import order_rows
from tracer.schema import TABLES

KIND_BITS = 60
"""A row is numbered `kind << 60 | _seq`: input order, and the same in every run."""

FIRST = np.iinfo(np.int64).min
"""When opening balances are there: before everything."""

MOVED = pa.schema(
    [
        *(("row", pa.int64()), ("name", pa.string()), ("day", pa.int32()), ("time_ms", pa.int32())),
        *(("payer_name", pa.string()), ("payee_name", pa.string()), ("payer_kind", pa.int8())),
        *(("payee_kind", pa.int8()), ("amount", pa.int64()), ("tag_name", pa.string())),
    ]
)
"""Movements with the names of holders; `tag_name` names an indicator, null for none."""

BORN = pa.schema(
    [("name", pa.string()), ("kind", pa.int8()), ("fen", pa.int64()), ("day", pa.int32())],
)
"""Money born at a holder; `day` is null for an opening balance."""

ORDERED = pa.schema(
    [
        *(("row", pa.int64()), ("at", pa.int64()), ("day", pa.int32()), ("window", pa.int32())),
        *(("payer", pa.int64()), ("payee", pa.int64()), ("payer_kind", pa.int8())),
        *(("payee_kind", pa.int8()), ("amount", pa.int64()), ("tag", pa.int64())),
    ]
)
"""Movements by the codes of holders, `at` in the contract's order, without those that move nothing."""

DEALT = pa.schema([("window", pa.int32()), ("holder", pa.int64()), ("part", pa.int32())])


def cut_movements(rows: pa.Table, as_of: date | None, treasuries: list[str]) -> pa.Table:
    """Movements of one bucket (`MOVED`): `rows` of splits, payments and transfers, told apart by `table`.

    `payer_type` is the account type of a listed payer (`payer_listed`); rows with `guest` are there for
    those that refund them and belong to another bucket. `treasuries` are all treasury accounts.
    """
    tables = {name: _table(rows, name) for name in ("splits", "payments", "transfers")}
    tables["accounts"] = _accounts(rows, treasuries)
    moved = movements(tables, as_of)
    guests = rows.filter(pc.and_(pc.equal(rows["table"], "payments"), rows["guest"]))["_seq"]
    own = ~((moved.kind == PAYMENT) & np.isin(moved.seq, guests.to_numpy()))
    tag = pa.array(moved.tag[own], mask=moved.tag[own] < 0)
    found = {
        "row": (moved.kind.astype(np.int64) << KIND_BITS | moved.seq)[own],
        "name": moved.names.filter(pa.array(own)),
        "day": moved.day[own],
        "time_ms": moved.time_ms[own],
        "payer_name": moved.holder_names.take(pa.array(moved.payer[own])),
        "payee_name": moved.holder_names.take(pa.array(moved.payee[own])),
        "payer_kind": moved.holder_kind[moved.payer[own]],
        "payee_kind": moved.holder_kind[moved.payee[own]],
        "amount": moved.amount[own],
        "tag_name": moved.holder_names.take(tag),
    }
    return _shaped(found, MOVED)


def _table(rows: pa.Table, name: str) -> pa.Table:
    """The rows of one table in input order, in the ledger's own types."""
    wanted = rows.filter(pc.equal(rows["table"], name)).sort_by("_seq")
    fields = [TABLES[name].arrow.field(column) for column in COLUMNS[name]]
    schema = pa.schema([*fields, ("_seq", pa.int64())])
    return pa.table([wanted[field.name].cast(field.type) for field in schema], schema=schema)


def _accounts(rows: pa.Table, treasuries: list[str]) -> pa.Table:
    """Of `accounts` what movements depend on: which payers are listed, and the type of each."""
    listed = rows.filter(rows["payer_listed"])
    types = dict.fromkeys(treasuries, "treasury")
    types |= dict(zip(listed["payer_account"].to_pylist(), listed["payer_type"].to_pylist(), strict=True))
    given = {"account_no": list(types), "account_type": list(types.values()), "_seq": range(len(types))}
    fields = [TABLES["accounts"].arrow.field(column) for column in COLUMNS["accounts"]]
    schema = pa.schema([*fields, ("_seq", pa.int64())])
    return pa.table(
        [
            pa.array(given[field.name], field.type)
            if field.name in given
            else pa.nulls(len(types), field.type)
            for field in schema
        ],
        schema=schema,
    )


def births_of(rows: pa.Table, as_of: date | None) -> pa.Table:
    """Births at some holders (`BORN`): `rows` of indicators, accounts, and splits into these indicators."""
    moved = movements({name: _table(rows, name) for name in ("indicators", "accounts", "splits")}, as_of)
    issued, opened = np.flatnonzero(moved.issue_fen > 0), np.flatnonzero(moved.opening_fen > 0)
    holder = np.concatenate((issued, opened))
    day = np.concatenate((moved.issue_day[issued], np.zeros(len(opened), np.int32)))
    found = {
        "name": moved.holder_names.take(pa.array(holder)),
        "kind": moved.holder_kind[holder],
        "fen": np.concatenate((moved.issue_fen[issued], moved.opening_fen[opened])),
        "day": pa.array(day, mask=np.arange(len(holder)) >= len(issued)),
    }
    return _shaped(found, BORN)


def order_day(rows: pa.Table, starts: Int64) -> pa.Table:
    """The movements of one day in the contract's order (`ORDERED`); `starts`: the first days of windows."""
    rows = rows.sort_by("row")
    ends = np.concatenate((rows["payer"].to_numpy(), rows["payee"].to_numpy()))
    holders, local = np.unique(ends, return_inverse=True)
    kinds = np.empty(len(holders), np.int8)
    kinds[local] = np.concatenate((rows["payer_kind"].to_numpy(), rows["payee_kind"].to_numpy()))
    payer, payee = np.split(local.astype(np.int32), 2)
    day, time_ms = rows["day"].to_numpy(), rows["time_ms"].to_numpy()
    order = order_rows(day, time_ms, payer, payee, counting_holders(kinds))
    rows = rows.take(pa.array(order))
    at = moment(day.astype(np.int64)) + np.arange(1, len(rows) + 1)
    rows = rows.append_column("at", pa.array(at)).append_column("window", pa.array(window_of(day, starts)))
    moves = pc.and_(pc.greater(rows["amount"], 0), pc.not_equal(rows["payer"], rows["payee"]))
    return rows.filter(moves).select(ORDERED.names).cast(ORDERED)


def moment(day: Int64) -> Int64:
    """The beginning of a day on the scale of `at`: money is born there, the day's rows come after it."""
    return day << 32


def window_of(day: Int64, starts: Int64) -> Int64:
    """The window of a day: the last that has begun, the first one for all days before it."""
    found: Int64 = np.maximum(np.searchsorted(starts, day, "right") - 1, 0)
    return found


def deal_window(active: pa.Table, edges: pa.Table, parts: int) -> pa.Table:
    """Deal the components of one window (`DEALT`).

    `active`: `holder` and `rows` of all who pay in the window; `edges`: `payer` and `payee` of rows
    between two of them. Components go to the part that has least, the large ones first.
    """
    holder, weight = active["holder"].to_numpy(), active["rows"].to_numpy()
    order = np.argsort(holder)
    holder, weight = holder[order], weight[order]
    ends = (np.searchsorted(holder, edges[name].to_numpy()) for name in ("payer", "payee"))
    label = components(len(holder), *ends)
    roots, component = np.unique(label, return_inverse=True)
    size = np.bincount(component, weight, len(roots))
    part_of = np.zeros(len(roots), np.int32)
    loads = [(0.0, part) for part in range(parts)]
    heapify(loads)
    for one in np.argsort(-size, kind="stable").tolist():
        load, part = loads[0]
        part_of[one] = part
        heapreplace(loads, (load + size[one], part))
    window = pa.repeat(active["window"][0], len(holder)) if len(holder) else pa.nulls(0)
    return _shaped({"window": window, "holder": holder, "part": part_of[component]}, DEALT)


def components(nodes: int, a: Int64, b: Int64) -> Int64:
    """For each of `nodes` the smallest node that the pairs `a[k]`, `b[k]` join it with."""
    label = np.arange(nodes)
    while True:
        low, high = np.minimum(label[a], label[b]), np.maximum(label[a], label[b])
        if (low == high).all():
            return label
        np.minimum.at(label, high, low)
        while (label[label] != label).any():
            label = label[label]


def _shaped(columns: dict[str, object], schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in schema]
    return pa.table(arrays, schema=schema)


SPENDERS = f"NOT IN ({TREASURY}, {CASH_HOLDER})"
"""In SQL, of the kinds of holders: those that have money of their own to pay."""

IS_INDICATOR = f"= {INDICATOR}"
