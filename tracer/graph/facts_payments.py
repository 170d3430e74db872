"""The payments side of the graph: transfers with all that rules ask of one, and what they point at."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import dictionary_of, distinct, name_key, text_key
from tracer.graph.draft import Draft
from tracer.graph.uses import Uses, code_hits, payee_hits, purpose_hits
from tracer.ledger import Ledger
from tracer.match.identity import id_key, id_problems
from tracer.schema import CASH
from tracer.seen import MS_PER_DAY, seen

_CASH_USES = ("收购", "差旅")
"""Purposes for which cash may be paid above the limit (ZC09); they do not count towards its sum."""


def read_payments(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make payments and bank transfers known, with the texts that rules compare."""
    payments = seen(ledger, version, as_of, "payments")
    person = id_key(payments["beneficiary_id"])
    keys = {
        "purpose_key": text_key(payments["purpose"]),
        "payee_name_key": text_key(payments["payee_name"]),
        "payee_person_key": name_key(payments["payee_name"]),
        "benefit_key": text_key(payments["benefit"]),
        "period_key": text_key(payments["period"]),
        "contract_key": text_key(payments["contract_no"]),
        "beneficiary_key": person,
        "beneficiary_problem": _problems(person, payments["paid_at"]),
    }
    for name, column in keys.items():
        payments = payments.append_column(name, column)
    for name in ("purpose_key", "payee_person_key", "period_key", "beneficiary_key", "contract_key"):
        payments = payments.append_column(f"{name}_code", dictionary_of(keys[name]).indices)
    draft.add("payments", payments)
    transfers = seen(ledger, version, as_of, "transfers")
    draft.add("transfers", transfers.append_column("purpose_key", text_key(transfers["memo"])))


def make_payments(draft: Draft) -> None:
    """Keep the nature of each payment in `payment_natures`, those to people in `household_payments`.

    Those that count as paid to a project are in `project_payments`.

    Adds the nodes that a payment points at to `payments`. Needs `account_nodes`, `indicator_keys`,
    `project_keys` and what `read_flow` adds.
    """
    _rank_by_time(draft)
    draft.make("payment_keys", "SELECT key, payment_id AS id FROM payments")
    payments = draft.tables["payments"]
    keys = {
        "payer_key": draft.look_up(payments["payer_account"], "account_keys"),
        "payee_key": draft.look_up(payments["payee_account"], "account_keys"),
        "indicator_key": draft.look_up(payments["indicator_id"], "indicator_keys"),
        "project_key": draft.look_up(payments["project_id"], "project_keys"),
        "refunded_key": draft.look_up(payments["refund_of"], "payment_keys"),
    }
    for name, column in keys.items():
        payments = payments.append_column(name, column)
    draft.add("payments", payments)
    draft.make("payment_natures", _PAYMENT_NATURES)
    draft.make("household_payments", _HOUSEHOLD_PAYMENTS)
    draft.make("project_payments", _PROJECT_PAYMENTS)


def write_payments(draft: Draft, uses: Uses) -> None:
    """Write transfers and their edges.

    Needs what `make_payments` keeps, `arrangements` and `project_approvals`.
    """
    draft.nodes("Transfer", _TRANSFERS)
    draft.edges("SENT", "Account", "Transfer", _SENT)
    draft.edges("RECEIVED_BY", "Transfer", "Account", _RECEIVED_BY)
    draft.edges("NAMES", "Transfer", "Indicator", _pointing_at("indicator_key"))
    draft.edges("PAYS_FOR", "Transfer", "Project", _PAYS_FOR)
    draft.edges("UNAPPROVED", "Transfer", "Project", _UNAPPROVED)
    draft.edges("WITHIN_HOLDER", "Transfer", "Account", _WITHIN_HOLDER)
    draft.edges("REFUNDS", "Transfer", "Transfer", _pointing_at("refunded_key"))
    draft.edges("LEG_OF", "Transfer", "Transfer", "SELECT key AS from_key, payment AS to_key FROM legs")
    draft.edges("SPENDS", "Transfer", "Fund", _SPENDS)
    draft.edges("REPEATS", "Transfer", "Transfer", _REPEATS)
    _write_uses(draft, uses)


def end_purposes(keys: str) -> str:
    """Query for the purposes of some movements and their bank legs, one a line: `key, purposes`."""
    return f"""
        SELECT key, string_agg(purpose, chr(10) ORDER BY leg) AS purposes FROM (
            SELECT key, -1 AS leg, purpose_key AS purpose FROM payments
            UNION ALL SELECT key, -1, purpose_key FROM transfers
            UNION ALL SELECT l.payment, l.key, t.purpose_key FROM legs l JOIN transfers t ON t.key = l.key
        ) WHERE key IN ({keys}) GROUP BY key
    """


def _problems(person: pa.ChunkedArray, days: pa.ChunkedArray) -> pa.ChunkedArray:
    """What is wrong with each ID number on the day of its payment, null for nothing."""
    encoded = dictionary_of(person)
    known = encoded.dictionary.is_valid()
    found = id_problems(encoded.dictionary.filter(known))
    places = pa.array(np.cumsum(known.to_numpy(zero_copy_only=False)) - 1, mask=~np.asarray(known))
    rows = found.take(places.take(encoded.indices))
    unborn = pc.greater(rows["birth_day"], days)
    return pc.if_else(
        pc.and_(unborn, pc.is_null(rows["problem"])).fill_null(False), "birth-date", rows["problem"]
    )


def _rank_by_time(draft: Draft) -> None:
    """Add `time_rank` to the rows: by day, time (none counts as 00:00) and identifier as text."""
    order = draft.rows(
        """
        SELECT key FROM (
            SELECT key, name, split_on AS day, 0 AS ms FROM splits
            UNION ALL SELECT key, name, paid_at, paid_at_ms FROM payments
            UNION ALL SELECT key, name, moved_at, moved_at_ms FROM transfers
        ) ORDER BY day, ms, name, key
        """
    )["key"].to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    for table in ("splits", "payments", "transfers"):
        rows = draft.tables[table]
        draft.add(table, rows.append_column("time_rank", pa.array(rank[rows["key"].to_numpy()])))


def _pointing_at(column: str) -> str:
    return f"SELECT key AS from_key, {column} AS to_key FROM payments WHERE {column} IS NOT NULL"


def _write_uses(draft: Draft, uses: Uses) -> None:
    groups = pa.table(
        {
            "key": list(range(len(uses.groups))),
            "id": [group.id for group in uses.groups],
            "item": [group.item for group in uses.groups],
        }
    )
    draft.add("use_nodes", groups)
    draft.nodes("ProhibitedUse", "SELECT * FROM use_nodes")
    payments, indicators = draft.tables["payments"], draft.tables["indicators"]
    draft.add("purpose_hits", purpose_hits(distinct(payments["purpose_key"]), uses))
    draft.add("payee_hits", payee_hits(distinct(payments["payee_name_key"]), uses))
    draft.add("code_hits", code_hits(distinct(indicators["economic_key"]), uses))
    draft.edges("MENTIONS", "Transfer", "ProhibitedUse", _MENTIONS)


_PAYMENT_NATURES = """
WITH refunds AS (SELECT refunded_key AS key, sum(amount_fen) AS fen FROM payments GROUP BY ALL)
SELECT p.key, p.amount_fen - coalesce(r.fen, 0) AS net_fen, p.refund_of IS NOT NULL AS is_refund,
    coalesce(p.party_key, CASE
        WHEN project.project_kind = 'household' AND payee.holder_kind = 'person' THEN payee.party_key
    END) AS person_key,
    NOT is_refund AND net_fen > 0 AND person_key IS NOT NULL AS is_household_payment
FROM payments p LEFT JOIN refunds r ON r.key = p.key
    LEFT JOIN account_nodes payee ON payee.key = p.payee_key
    LEFT JOIN project_keys j ON j.key = p.project_key
    LEFT JOIN projects project ON project._seq = j.seq
"""

_HOUSEHOLD_PAYMENTS = """
SELECT p.key AS transfer_key, p.paid_at AS day, n.person_key AS party_key
FROM payments p JOIN payment_natures n USING (key) WHERE n.is_household_payment
"""

# What leaves public accounts for others: money on its way through an agency's accounts so counts once.
_PROJECT_PAYMENTS = """
SELECT p.key, p.project_key, n.net_fen AS fen
FROM payments p JOIN payment_natures n USING (key)
    LEFT JOIN account_nodes payer ON payer.key = p.payer_key
    LEFT JOIN account_nodes payee ON payee.key = p.payee_key
WHERE p.project_key IS NOT NULL AND NOT n.is_refund
    AND coalesce(payer.is_public OR NOT payer.listed, true) AND NOT coalesce(payee.is_public, false)
"""

_PAYS_FOR = """
SELECT p.key AS from_key, p.project_key AS to_key, c.fen AS paid_fen
FROM payments p LEFT JOIN project_payments c USING (key) WHERE p.project_key IS NOT NULL
"""

_UNAPPROVED = """
SELECT p.key AS from_key, p.project_key AS to_key
FROM payments p JOIN project_approvals a ON a.key = p.project_key
WHERE p.refund_of IS NULL AND (a.day IS NULL OR a.day > p.paid_at)
"""

_GUARDED_CASH = " OR ".join(f"contains(purpose_key, '{word}')" for word in _CASH_USES)

_CASH_RUNS = f"""
SELECT key, sum(amount_fen) OVER (
    PARTITION BY payer_key, payee_person_key, paid_at ORDER BY time_rank ROWS UNBOUNDED PRECEDING) AS fen
FROM payments
WHERE settlement_method = 'cash' AND refund_of IS NULL AND payer_key IS NOT NULL
    AND payee_person_key IS NOT NULL AND NOT coalesce({_GUARDED_CASH}, false)
"""

# The nine elements of a payment but amount and time, which are never empty (ZC25). Most rows lack nothing.
_ELEMENTS = (
    *("payer_name", "payer_account", "purpose", "settlement_method", "payment_method"),
    *("payee_name", "payee_account"),
)
_IS_EMPTY = {name: f"p.{name} IS NULL" for name in _ELEMENTS} | {
    "payee_account": "p.payee_account IS NULL AND p.settlement_method IS DISTINCT FROM 'cash'"
}
_NAMES = ", ".join(f"CASE WHEN {test} THEN '{name}' END" for name, test in _IS_EMPTY.items())
_LACKING = f"""
SELECT p.key, concat_ws(',', {_NAMES}) AS names
FROM payments p WHERE {" OR ".join(_IS_EMPTY.values())}
"""

_OTHER_NAMES = """
SELECT p.key FROM payments p JOIN account_nodes payee ON payee.key = p.payee_key
WHERE payee.person_name_key <> p.payee_person_key
"""

# Two accounts of one holder: by ID where both have one, else by name.
_WITHIN_HOLDER = """
SELECT p.key AS from_key, p.payee_key AS to_key
FROM payments p JOIN account_nodes payer ON payer.key = p.payer_key
    JOIN account_nodes payee ON payee.key = p.payee_key
WHERE payer.key <> payee.key AND CASE WHEN payer.holder_id IS NOT NULL AND payee.holder_id IS NOT NULL
    THEN payer.holder_id = payee.holder_id ELSE payer.holder_key = payee.holder_key END
"""

_FUND_MONEY = """
SELECT t.key, sum(p.fen) AS fen FROM pieces p JOIN transfers t ON t.key = p.row
WHERE origin_kind = 'indicator' GROUP BY ALL
"""

_TRANSFERS = f"""
SELECT p.key, p.name AS id, 'payments#' || p._seq AS ref, 'payment' AS kind, p.rank, p.time_rank,
    p.paid_at AS day, month_of(p.paid_at) AS month, p.paid_at * {MS_PER_DAY} + p.paid_at_ms AS epoch_ms,
    p.amount_fen, r.net_fen, p.shortfall_fen,
    c.fen AS cash_run_fen, p.payer, p.payee, r.is_refund, r.is_household_payment, p.payer_name, p.payee_name,
    p.purpose, p.purpose_key, p.settlement_method, p.contract_key, p.benefit_key, p.period_key,
    p.beneficiary_problem, l.names AS lacking, o.key IS NOT NULL AS is_named_otherwise,
    CASE WHEN p.settlement_method = 'cash' OR coalesce(p.payee_account, '{CASH}') = '{CASH}'
        THEN p.payee_person_key END AS named_payee
FROM payments p JOIN payment_natures r ON r.key = p.key LEFT JOIN ({_CASH_RUNS}) c ON c.key = p.key
    LEFT JOIN ({_LACKING}) l ON l.key = p.key LEFT JOIN ({_OTHER_NAMES}) o ON o.key = p.key
UNION ALL BY NAME
SELECT key, name AS id, 'splits#' || _seq AS ref, 'split' AS kind, rank, time_rank, split_on AS day,
    month_of(split_on) AS month, split_on * {MS_PER_DAY} AS epoch_ms, amount_fen, shortfall_fen, payer, payee
FROM splits
UNION ALL BY NAME
SELECT t.key, name AS id, 'transfers#' || _seq AS ref,
    CASE WHEN rank IS NULL THEN 'leg' ELSE 'transfer' END AS kind, rank, time_rank, moved_at AS day,
    month_of(moved_at) AS month, moved_at * {MS_PER_DAY} + moved_at_ms AS epoch_ms, amount_fen,
    shortfall_fen, payer, payee, memo AS purpose, purpose_key,
    CASE WHEN rank IS NOT NULL THEN coalesce(f.fen, 0) END AS fund_fen
FROM transfers t LEFT JOIN ({_FUND_MONEY}) f ON f.key = t.key
"""

_SENT = """
SELECT payer_key AS from_key, key AS to_key FROM payments WHERE payer_key IS NOT NULL
UNION ALL SELECT a.key, t.key FROM transfers t JOIN account_keys a ON a.id = t.from_account
"""

_RECEIVED_BY = """
SELECT key AS from_key, payee_key AS to_key FROM payments WHERE payee_key IS NOT NULL
UNION ALL SELECT t.key, a.key FROM transfers t JOIN account_keys a ON a.id = t.to_account
"""

# The fund of a payment is that of its indicator; without one, that of its project's arrangements where all of
# them are of one fund (rules-exact.md section 0).
_SPENDS = """
WITH fund_keys AS (
    SELECT k.key AS indicator_key, i.fund_key FROM indicator_keys k LEFT JOIN indicators i ON i._seq = k.seq
),
of_projects AS (
    SELECT a.project_key, min(f.fund_key) AS fund_key
    FROM arrangements a JOIN fund_keys f USING (indicator_key)
    GROUP BY ALL HAVING count(*) = count(f.fund_key) AND min(f.fund_key) = max(f.fund_key)
),
spent AS (
    SELECT p.key, f.fund_key FROM payments p JOIN fund_keys f USING (indicator_key)
    UNION ALL
    SELECT p.key, o.fund_key FROM payments p JOIN of_projects o USING (project_key)
    WHERE p.indicator_key IS NULL
)
SELECT s.key AS from_key, f.row AS to_key FROM spent s JOIN funds f ON f.name_key = s.fund_key
"""

# Most payments are alike to no other; these are told by a hash, and only the rest is put in order. Texts are
# compared by their numbers.
_ALIKE = (
    "payer_key, known_payee, named_payee, amount_fen, purpose_key_code, period_key_code, "
    "beneficiary_key_code, indicator_key, project_key, contract_key_code"
)
_REPEATS = f"""
WITH candidates AS (
    SELECT p.key, time_rank, payer_key, a.key AS known_payee, amount_fen, purpose_key_code, period_key_code,
        beneficiary_key_code, indicator_key, project_key, contract_key_code,
        CASE WHEN a.key IS NULL THEN payee_person_key_code END AS named_payee,
        hash({_ALIKE}) AS likeness
    FROM payments p JOIN payment_natures n USING (key)
        LEFT JOIN account_keys a ON a.key = p.payee_key AND a.id <> '{CASH}'
    WHERE NOT n.is_refund AND n.net_fen > 0 AND payer_key IS NOT NULL AND purpose_key_code IS NOT NULL
        AND (a.key IS NOT NULL OR payee_person_key_code IS NOT NULL)
)
SELECT * FROM (
    SELECT key AS from_key, lag(key) OVER (PARTITION BY {_ALIKE} ORDER BY time_rank) AS to_key
    FROM candidates
    WHERE likeness IN (SELECT likeness FROM candidates GROUP BY likeness HAVING count(*) > 1)
) WHERE to_key IS NOT NULL
"""

_MENTIONS = """
WITH hits AS (
    SELECT p.key, h.id, h.words, NULL AS payee_words, NULL AS code, h.exceptions
    FROM payments p JOIN purpose_hits h ON h.text = p.purpose_key
    UNION ALL SELECT p.key, h.id, NULL, h.payee_words, NULL, NULL
    FROM payments p JOIN payee_hits h ON h.text = p.payee_name_key
    UNION ALL SELECT p.key, h.id, NULL, NULL, h.code, NULL
    FROM payments p JOIN indicator_keys k ON k.key = p.indicator_key JOIN indicators i ON i._seq = k.seq
        JOIN code_hits h ON h.text = i.economic_key
)
SELECT h.key AS from_key, u.key AS to_key, max(words) AS words, max(payee_words) AS payee_words,
    max(code) AS code, max(exceptions) AS exceptions
FROM hits h JOIN use_nodes u ON u.id = h.id GROUP BY ALL
"""
