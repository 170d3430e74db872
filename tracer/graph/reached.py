"""Where the money of household payments and projects went on to: collectors (ZC28), or nobody (RH17)."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import dictionary_of
from tracer.flow.codes import INDICATOR_MONEY, Bool, Int64
from tracer.flow.store import Flow
from tracer.flow.walk import ranges
from tracer.graph.draft import Draft
from tracer.graph.facts_households import own_accounts
from tracer.graph.walks import descend_pairs, is_first_at

REACH_MAX = 30
"""Most movements after a payment to a firm in which a person is looked for (RH17)."""

COLLECT_MAX = 10
"""Most movements after a household payment in which its money is followed (ZC28)."""

COLLECT_DAYS_MAX = 365
"""Most days after a household payment in which its money is followed (ZC28)."""

_ORDINARY = "保费|保险|合作医疗|养老|水费|电费|入股|流转|互助金"
"""Ordinary collections, by words of memo or purpose (ZC28)."""

_RETURNED = "退回|退款"
"""Words of what is given back to a public account (ZC28)."""

_KIN = "'监护人', '配偶', '父母', '子女', '祖父母', '孙子女', '兄弟姐妹'"


def write_reached(draft: Draft, flow: Flow) -> None:
    """Write the REACHED edges; needs `payments`, `payment_natures`, `account_nodes`, `relations`."""
    payments = draft.rows(_TO_FIRMS)
    account_of = account_of_holder(draft, flow)
    persons = draft.rows(
        "SELECT holder_kind = 'person' AS is_person, coalesce(party_key, -1) AS party "
        "FROM account_nodes ORDER BY key"
    )
    is_person = persons["is_person"].fill_null(False).to_numpy()
    party = persons["party"].to_numpy()
    owners = _pairs(draft, "'法定代表人', '股东'")
    firm = np.full(flow.rows, -1, np.int64)
    firm[payments["key"].to_numpy()] = payments["party"].to_numpy()

    def judge(start: Int64, here: Int64) -> tuple[Bool, Bool]:
        account = account_of[flow.payee[flow.row[here]]]
        reaches = (account >= 0) & is_person[account]
        owned = np.isin(firm[flow.row[start]] * owners.size + party[account], owners.codes)
        found: Bool = reaches & ~(owned & (party[account] >= 0) & (firm[flow.row[start]] >= 0))
        return found, ~found

    start, end, hops = descend_pairs(flow, _pieces_of(flow, payments["key"].to_numpy()), REACH_MAX, judge)
    paid, arrived = flow.row[start], flow.row[end]
    days = {"paid_day": flow.day[paid], "day": flow.day[arrived]}
    pairs = pa.table({"from_key": paid, "to_key": arrived, "hops": hops} | days)
    draft.add("reached", pairs)
    draft.edges("REACHED", "Transfer", "Transfer", _REACHED)


def write_collected(draft: Draft, flow: Flow) -> None:
    """Write the COLLECTED edges; needs what `make_households` keeps, `legs` and `relations`."""
    starts = _pieces_of(flow, draft.rows("SELECT n FROM payment_owners")["n"].to_numpy())
    starts = starts[flow.origin[starts] // max(flow.holders, 1) == INDICATOR_MONEY]
    account_of = account_of_holder(draft, flow)
    kinds = draft.rows(_COLLECTORS)
    may_collect = kinds["may_collect"].fill_null(False).to_numpy()
    blocked = _blocked(draft, flow)

    def judge(start: Int64, here: Int64) -> tuple[Bool, Bool]:
        row = flow.row[here]
        follow = ~blocked[row] & (flow.day[row] - flow.day[flow.row[start]] <= COLLECT_DAYS_MAX)
        account = account_of[flow.payee[row]]
        found: Bool = follow & (account >= 0) & may_collect[account]
        return found, follow

    start, end, hops = descend_pairs(flow, starts, COLLECT_MAX, judge)
    account = account_of[flow.payee[flow.row[end]]]
    first = is_first_at(flow.parent, start, end, account)
    start, end, hops, account = start[first], end[first], hops[first], account[first]
    strange = _are_strange(draft, flow.row[start], account)
    start, end, hops = start[strange], end[strange], hops[strange]
    days = flow.day[flow.row[end]].astype(np.int64) - flow.day[flow.row[start]]
    found = {"from_key": flow.row[start], "to_key": end, "hops": hops, "days": days}
    draft.add("collected", pa.table(found))
    draft.edges("COLLECTED", "Transfer", "Piece", "FROM collected")


def account_of_holder(draft: Draft, flow: Flow) -> Int64:
    """The account key of each holder that is an account, CASH left out; else -1."""
    rows = draft.rows(
        "SELECT n.holder, n.key FROM holder_nodes n JOIN account_nodes a USING (key) "
        "WHERE NOT n.is_indicator AND NOT a.is_cash"
    )
    account_of = np.full(flow.holders, -1, np.int64)
    account_of[rows["holder"].to_numpy()] = rows["key"].to_numpy()
    return account_of


def _pieces_of(flow: Flow, rows: Int64) -> Int64:
    return ranges(flow.start[rows], flow.count[rows].astype(np.int64))


class _Pairs:
    """Pairs of parties, each in both directions, as codes `a * size + b`."""

    def __init__(self, a: Int64, b: Int64, size: int) -> None:
        self.size = size
        self.codes = np.unique(np.concatenate([a * size + b, b * size + a]))


def _pairs(draft: Draft, relations: str) -> _Pairs:
    rows = draft.rows(
        f"SELECT a.key AS a, b.key AS b FROM relations r JOIN party_nodes a ON a.id = r.a "
        f"JOIN party_nodes b ON b.id = r.b WHERE r.relation_key IN ({relations})"
    )
    return _Pairs(rows["a"].to_numpy(), rows["b"].to_numpy(), draft.count("party_nodes") + 1)


def _blocked(draft: Draft, flow: Flow) -> Bool:
    """Movements that hand nothing to a collector, nor to anybody behind: purchases, ordinary collections …"""
    blocked = np.zeros(flow.rows, np.bool_)
    ordinary, returned = np.zeros(flow.rows, np.bool_), np.zeros(flow.rows, np.bool_)
    movement = np.concatenate([np.arange(flow.rows), flow.leg_rows])  # by key, the legs after all others
    for table in ("payments", "transfers"):
        rows = draft.tables[table]
        texts = dictionary_of(rows["purpose_key"])
        place = movement[rows["key"].to_numpy()]
        for words, hit in ((_ORDINARY, ordinary), (_RETURNED, returned)):
            says = pc.match_substring_regex(texts.dictionary, words).take(texts.indices).fill_null(False)
            hit[place[says.to_numpy(zero_copy_only=False)]] = True
    accounts = draft.rows(
        "SELECT coalesce(is_public, false) AS is_public, "
        "coalesce(holder_kind IN ('enterprise', 'cooperative', 'merchant'), false) AS sells "
        "FROM account_nodes ORDER BY key"
    )
    payee = account_of_holder(draft, flow)[flow.payee]
    known = payee >= 0
    blocked |= ordinary | (known & accounts["sells"].to_numpy()[payee])
    blocked |= returned & known & accounts["is_public"].to_numpy()[payee]
    blocked[draft.rows("SELECT key FROM payments WHERE refund_of IS NOT NULL")["key"].to_numpy()] = True
    return blocked


def _are_strange(draft: Draft, payment: Int64, account: Int64) -> Bool:
    """Whether each account is neither the own of the payment's person nor held by his kin."""
    size = draft.count("account_nodes") + 1
    pairs, place = np.unique(payment * size + account, return_inverse=True)
    asked = {"n": np.arange(len(pairs)), "payment": pairs // size, "account_key": pairs % size}
    draft.add("handed_pairs", pa.table(asked))
    draft.make("handed_asks", _HANDED_ASKS)
    own = draft.rows(f"SELECT n FROM ({own_accounts(draft, 'handed_asks')})")["n"].to_numpy()
    strange = np.ones(len(pairs), np.bool_)
    strange[own] = False
    kin = _pairs(draft, _KIN)
    persons = draft.rows(
        "SELECT q.n, q.party_key AS person, a.party_key AS holder "
        "FROM handed_asks q JOIN account_nodes a ON a.key = q.account_key WHERE a.party_key IS NOT NULL"
    )
    n, person, holder = (persons[name].to_numpy() for name in ("n", "person", "holder"))
    strange[n[np.isin(person * kin.size + holder, kin.codes)]] = False
    return strange[place]


_TO_FIRMS = """
SELECT p.key, coalesce(payee.party_key, -1) AS party
FROM payments p JOIN payment_natures n USING (key) JOIN account_nodes payee ON payee.key = p.payee_key
    JOIN project_keys j ON j.key = p.project_key JOIN projects project ON project._seq = j.seq
WHERE NOT n.is_refund AND n.net_fen > 0 AND project.project_kind = 'household'
    AND payee.holder_kind IN ('enterprise', 'cooperative')
"""

# The months are the fewest that, added to the day of the payment, give the day of arrival or a later one.
_REACHED = """
SELECT from_key, to_key, min(hops) AS hops, month_of(day) - month_of(paid_day)
    + (dayofmonth(DATE '1970-01-01' + day) > dayofmonth(DATE '1970-01-01' + paid_day))::BIGINT AS months
FROM reached GROUP BY from_key, to_key, day, paid_day
"""

_COLLECTORS = """
SELECT holder_kind IN ('person', 'village', 'agency')
    AND account_type NOT IN ('treasury', 'clearing', 'merchant') AS may_collect
FROM account_nodes ORDER BY key
"""

_HANDED_ASKS = """
SELECT h.n, h.account_key, q.party_key, q.day, q.person_name, NULL::VARCHAR AS payee_name
FROM handed_pairs h JOIN asked_payments q ON q.n = h.payment
"""
