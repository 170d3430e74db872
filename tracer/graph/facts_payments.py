"""The payments side of the graph: transfers with all that rules ask of one, and what they point at."""

from datetime import date

import pyarrow as pa

from tracer.graph.draft import Draft
from tracer.graph.identity import id_key, id_problems
from tracer.graph.seen import seen
from tracer.graph.text import text_key
from tracer.graph.uses import code_hits, load_uses, payee_hits, purpose_hits
from tracer.ledger import Ledger
from tracer.schema import CASH

_CASH_USES = ("收购", "差旅")
"""Purposes for which cash may be paid above the limit (ZC09); they do not count towards its sum."""


def read_payments(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make payments and bank transfers known, with the texts that rules compare."""
    payments = seen(ledger, version, as_of, "payments")
    person = id_key(payments["beneficiary_id"])
    problems = id_problems(person.unique().drop_null())
    keys = {
        "purpose_key": text_key(payments["purpose"]),
        "payee_name_key": text_key(payments["payee_name"]),
        "benefit_key": text_key(payments["benefit"]),
        "period_key": text_key(payments["period"]),
        "contract_key": text_key(payments["contract_no"]),
        "beneficiary_key": person,
    }
    for name, column in keys.items():
        payments = payments.append_column(name, column)
    draft.add("payments", payments)
    draft.add("id_problems", problems)
    transfers = seen(ledger, version, as_of, "transfers")
    draft.add("transfers", transfers.append_column("purpose_key", text_key(transfers["memo"])))


def make_payments(draft: Draft) -> None:
    """Keep `legs`, `time_ranks`, `payment_keys`, `payment_rows` and `household_payments`.

    Needs `movements`, `leg_rows`, `account_nodes`, `indicator_keys`, `project_keys`.
    """
    draft.make("legs", _LEGS)
    draft.make("time_ranks", _TIME_RANKS)
    draft.make("payment_keys", "SELECT key, name AS id FROM movements WHERE kind = 'payment'")
    draft.make("payment_rows", _PAYMENT_ROWS)
    draft.make("household_payments", _HOUSEHOLD_PAYMENTS)


def write_payments(draft: Draft) -> None:
    """Write transfers and their edges; needs what `make_payments` keeps, `shortfalls` and `arrangements`."""
    draft.nodes("Transfer", _TRANSFERS)
    draft.edges("SENT", "Account", "Transfer", _SENT)
    draft.edges("RECEIVED_BY", "Transfer", "Account", _RECEIVED_BY)
    draft.edges("NAMES", "Transfer", "Indicator", _pointing_at("indicator_key"))
    draft.edges("PAYS_FOR", "Transfer", "Project", _pointing_at("project_key"))
    draft.edges("LEG_OF", "Transfer", "Transfer", "SELECT key AS from_key, payment AS to_key FROM legs")
    draft.edges("REFUNDS", "Transfer", "Transfer", _pointing_at("refunded_key"))
    draft.edges("SPENDS", "Transfer", "Fund", _SPENDS)
    draft.edges("DRAWS", "Transfer", "Indicator", _DRAWS)
    draft.edges("REPEATS", "Transfer", "Transfer", _REPEATS)
    _write_uses(draft)


def _pointing_at(column: str) -> str:
    return f"SELECT key AS from_key, {column} AS to_key FROM payment_rows WHERE {column} IS NOT NULL"


def _write_uses(draft: Draft) -> None:
    uses = load_uses()
    groups = pa.table(
        {
            "key": list(range(len(uses.groups))),
            "id": [group.id for group in uses.groups],
            "item": [group.item for group in uses.groups],
        }
    )
    draft.add("use_nodes", groups)
    draft.nodes("ProhibitedUse", "SELECT * FROM use_nodes")
    distinct = draft.rows("SELECT DISTINCT purpose_key FROM payments")["purpose_key"]
    draft.add("purpose_hits", purpose_hits(distinct, uses))
    distinct = draft.rows("SELECT DISTINCT payee_name_key FROM payments")["payee_name_key"]
    draft.add("payee_hits", payee_hits(distinct, uses))
    distinct = draft.rows("SELECT DISTINCT economic_key FROM indicators")["economic_key"]
    draft.add("code_hits", code_hits(distinct, uses))
    draft.edges("MENTIONS", "Transfer", "ProhibitedUse", _MENTIONS)


_LEGS = """
SELECT l.*, t.moved_at AS day, t.moved_at_ms AS ms FROM leg_rows l JOIN transfers t ON t._seq = l.seq
"""

_TIME_RANKS = """
SELECT key, row_number() OVER (ORDER BY day, ms, name, key) - 1 AS time_rank
FROM (SELECT key, day, ms, name FROM movements UNION ALL SELECT key, day, ms, name FROM legs)
"""

_GUARDED_CASH = " OR ".join(f"contains(purpose_key, '{word}')" for word in _CASH_USES)

_PAYMENT_ROWS = f"""
WITH refunds AS (SELECT refund_of, sum(amount_fen) AS fen FROM payments WHERE refund_of IS NOT NULL GROUP BY ALL),
rows AS (
    SELECT m.key, m.day, t.time_rank, p._seq AS seq, p.payment_id, p.amount_fen,
        p.amount_fen - coalesce(r.fen, 0) AS net_fen, p.refund_of IS NOT NULL AS is_refund, o.key AS refunded_key,
        payer.key AS payer_key, payer.listed AS payer_listed, payer.account_type AS payer_type,
        payee.key AS payee_key, i.key AS indicator_key, j.key AS project_key, p.settlement_method,
        p.purpose_key, p.payee_name_key, p.benefit_key, p.period_key, p.contract_key, p.beneficiary_key,
        coalesce(p.beneficiary_key, CASE WHEN project.project_kind = 'household' AND payee.holder_kind = 'person'
            THEN payee.holder_id END) AS person, coalesce(p.beneficiary_name, p.payee_name) AS person_name,
        CASE WHEN problem IS NOT NULL THEN problem WHEN birth_day > m.day THEN 'birth-date' END AS beneficiary_problem,
        CASE WHEN p.settlement_method = 'cash' AND p.refund_of IS NULL AND NOT coalesce({_GUARDED_CASH}, false)
            THEN p.amount_fen END AS cash_fen
    FROM payments p JOIN movements m ON m.kind = 'payment' AND m.seq = p._seq
        JOIN time_ranks t ON t.key = m.key
        LEFT JOIN refunds r ON r.refund_of = p.payment_id
        LEFT JOIN payment_keys o ON o.id = p.refund_of
        LEFT JOIN account_nodes payer ON payer.id = p.payer_account
        LEFT JOIN account_nodes payee ON payee.id = p.payee_account
        LEFT JOIN indicator_keys i ON i.id = p.indicator_id
        LEFT JOIN project_keys j ON j.id = p.project_id
        LEFT JOIN projects project ON project._seq = j.seq
        LEFT JOIN id_problems d ON d.key = p.beneficiary_key
)
SELECT *, NOT is_refund AND net_fen > 0 AND person IS NOT NULL AS is_household_payment FROM rows
"""

_HOUSEHOLD_PAYMENTS = """
SELECT key AS transfer_key, day, person, person_name AS name FROM payment_rows WHERE is_household_payment
"""

_CASH_RUNS = """
SELECT key, sum(cash_fen) OVER (
    PARTITION BY payer_key, payee_name_key, day ORDER BY time_rank ROWS UNBOUNDED PRECEDING) AS cash_run_fen
FROM payment_rows WHERE cash_fen IS NOT NULL AND payer_key IS NOT NULL AND payee_name_key IS NOT NULL
"""

_TRANSFERS = f"""
WITH cash_runs AS ({_CASH_RUNS}),
details AS (
    SELECT 'split' AS kind, _seq AS seq, 'splits#' || _seq AS ref, amount_fen, NULL AS payer_name,
        NULL AS payee_name, NULL AS purpose, NULL AS purpose_key, NULL AS settlement_method,
        NULL AS benefit_key, NULL AS period_key
    FROM splits
    UNION ALL SELECT 'payment', _seq, 'payments#' || _seq, amount_fen, payer_name, payee_name, purpose,
        purpose_key, settlement_method, benefit_key, period_key
    FROM payments
    UNION ALL SELECT 'transfer', _seq, 'transfers#' || _seq, amount_fen, NULL, NULL, memo, purpose_key, NULL,
        NULL, NULL
    FROM transfers
),
moved AS (
    SELECT key, kind, kind AS source, seq, name, rank, day, payer, payee FROM movements
    UNION ALL SELECT key, 'leg', 'transfer', seq, name, NULL, day, NULL, NULL FROM legs
)
SELECT m.key, m.name AS id, d.ref, m.kind, m.rank, t.time_rank, m.day, month_of(m.day) AS month, d.amount_fen,
    p.net_fen, CASE WHEN m.rank IS NOT NULL THEN coalesce(s.fen, 0) END AS shortfall_fen, c.cash_run_fen,
    payer.name AS payer, payee.name AS payee, p.is_refund, p.is_household_payment, d.payer_name, d.payee_name,
    d.purpose, d.purpose_key, d.settlement_method, d.benefit_key, d.period_key, p.beneficiary_problem
FROM moved m JOIN details d ON d.kind = m.source AND d.seq = m.seq
    JOIN time_ranks t ON t.key = m.key
    LEFT JOIN holders payer ON payer.holder = m.payer
    LEFT JOIN holders payee ON payee.holder = m.payee
    LEFT JOIN payment_rows p ON p.key = m.key
    LEFT JOIN cash_runs c ON c.key = m.key
    LEFT JOIN shortfalls s ON s.key = m.key
"""

# The bank transfers of the ledger with the node that each became.
_BANK = """
SELECT b.from_account, b.to_account, m.key FROM transfers b JOIN (
    SELECT key, seq FROM movements WHERE kind = 'transfer' UNION ALL SELECT key, seq FROM legs
) m ON m.seq = b._seq
"""

_SENT = f"""
SELECT payer_key AS from_key, key AS to_key FROM payment_rows WHERE payer_key IS NOT NULL
UNION ALL SELECT a.key, b.key FROM ({_BANK}) b JOIN account_nodes a ON a.id = b.from_account
"""

_RECEIVED_BY = f"""
SELECT key AS from_key, payee_key AS to_key FROM payment_rows WHERE payee_key IS NOT NULL
UNION ALL SELECT b.key, a.key FROM ({_BANK}) b JOIN account_nodes a ON a.id = b.to_account
"""

# The fund of a payment is that of its indicator; without one, that of its project's arrangements where all of
# them are of one fund (rules-exact.md section 0).
_SPENDS = """
WITH project_funds_of AS (
    SELECT a.project_key, min(i.fund_key) AS fund_key
    FROM arrangements a JOIN indicator_keys k ON k.key = a.indicator_key LEFT JOIN indicators i ON i._seq = k.seq
    GROUP BY ALL HAVING count(*) = count(i.fund_key) AND min(i.fund_key) = max(i.fund_key)
)
SELECT p.key AS from_key, f.key AS to_key
FROM payment_rows p JOIN indicator_keys k ON k.key = p.indicator_key JOIN indicators i ON i._seq = k.seq
    JOIN fund_nodes f ON f.name_key = i.fund_key
UNION ALL
SELECT p.key, f.key
FROM payment_rows p JOIN project_funds_of a ON a.project_key = p.project_key JOIN fund_nodes f ON f.name_key = a.fund_key
WHERE p.indicator_key IS NULL
"""

# A draw takes money out of the budget: its payer account is treasury or not listed (rules-exact.md section 0).
_DRAWS = """
WITH draws AS (
    SELECT key, indicator_key, day, time_rank, amount_fen FROM payment_rows
    WHERE NOT is_refund AND indicator_key IS NOT NULL AND (payer_type = 'treasury' OR NOT coalesce(payer_listed, false))
),
taken AS (
    SELECT key, indicator_key, day, time_rank, amount_fen, true AS is_draw FROM draws
    UNION ALL
    SELECT r.key, d.indicator_key, r.day, r.time_rank, -r.amount_fen, false
    FROM payment_rows r JOIN draws d ON d.key = r.refunded_key
),
runs AS (
    SELECT key, indicator_key, day, is_draw, count(*) FILTER (WHERE is_draw) OVER times AS n,
        sum(amount_fen) OVER times AS run_fen
    FROM taken
    WINDOW times AS (PARTITION BY indicator_key ORDER BY time_rank ROWS UNBOUNDED PRECEDING)
),
outs AS (
    SELECT k.key AS indicator_key, s.day, sum(s.fen) OVER (
        PARTITION BY k.key ORDER BY s.day ROWS UNBOUNDED PRECEDING) AS out_fen
    FROM (SELECT parent_indicator_id AS id, split_on AS day, sum(amount_fen) AS fen FROM splits GROUP BY ALL) s
        JOIN indicator_keys k USING (id)
)
SELECT r.key AS from_key, r.indicator_key AS to_key, r.n, r.run_fen, coalesce(o.out_fen, 0) AS out_fen
FROM (SELECT * FROM runs WHERE is_draw) r
    ASOF LEFT JOIN outs o ON o.indicator_key = r.indicator_key AND o.day <= r.day
"""

# Most payments are alike to no other; these are told by a hash, and only the rest is put in order.
_REPEATS = f"""
WITH candidates AS (
    SELECT p.key, p.time_rank, p.payer_key, a.key AS payee_key,
        CASE WHEN a.key IS NULL THEN p.payee_name_key END AS payee_name, p.amount_fen, p.purpose_key,
        p.period_key, p.beneficiary_key, p.indicator_key, p.project_key, p.contract_key,
        hash(p.payer_key, a.key, payee_name, p.amount_fen, p.purpose_key, p.period_key, p.beneficiary_key,
            p.indicator_key, p.project_key, p.contract_key) AS likeness
    FROM payment_rows p LEFT JOIN account_nodes a ON a.key = p.payee_key AND a.id <> '{CASH}'
    WHERE NOT p.is_refund AND p.net_fen > 0 AND p.payer_key IS NOT NULL AND p.purpose_key IS NOT NULL
        AND (a.key IS NOT NULL OR p.payee_name_key IS NOT NULL)
)
SELECT * FROM (
    SELECT key AS from_key, lag(key) OVER (
        PARTITION BY payer_key, payee_key, payee_name, amount_fen, purpose_key, period_key, beneficiary_key,
            indicator_key, project_key, contract_key ORDER BY time_rank) AS to_key
    FROM candidates
    WHERE likeness IN (SELECT likeness FROM candidates GROUP BY likeness HAVING count(*) > 1)
) WHERE to_key IS NOT NULL
"""

_MENTIONS = """
WITH hits AS (
    SELECT p.key, h.id, h.words, NULL AS payee_words, NULL AS code, h.exceptions
    FROM payment_rows p JOIN purpose_hits h ON h.text = p.purpose_key
    UNION ALL SELECT p.key, h.id, NULL, h.payee_words, NULL, NULL
    FROM payment_rows p JOIN payee_hits h ON h.text = p.payee_name_key
    UNION ALL SELECT p.key, h.id, NULL, NULL, h.code, NULL
    FROM payment_rows p JOIN indicator_keys k ON k.key = p.indicator_key JOIN indicators i ON i._seq = k.seq
        JOIN code_hits h ON h.text = i.economic_key
)
SELECT h.key AS from_key, u.key AS to_key, max(words) AS words, max(payee_words) AS payee_words,
    max(code) AS code, max(exceptions) AS exceptions
FROM hits h JOIN use_nodes u ON u.id = h.id GROUP BY ALL
"""
