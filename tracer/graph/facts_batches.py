"""Household payments put together: batches of equal amounts, and those that one person approved."""

from tracer.graph.draft import Draft
from tracer.match.identity import id_key

_APPROVAL = "审批"
_MS_PER_MINUTE, _MINUTES_PER_DAY = 60_000, 1_440


def make_batches(draft: Draft) -> None:
    """Keep batches in `batches`, and approvals of household payments in `household_approvals`.

    Needs `household_payments`, `payments`, `account_nodes`, `party_nodes`, `relations`,
    `events` and the keys.
    """
    events = draft.tables["events"]
    draft.add("events", events.append_column("actor_id_key", id_key(events["actor"])))
    draft.make("timed_payments", _TIMED)
    draft.make("batches", _BATCHES)
    draft.make("household_approvals", _APPROVALS)
    draft.make("approved_persons", "SELECT DISTINCT approver, party_key FROM household_approvals")
    draft.make("ties", _TIES)


def write_batches(draft: Draft) -> None:
    """Write batches and approvers with their edges; needs what `make_batches` keeps."""
    draft.nodes("Batch", "SELECT * EXCLUDE (payer_key, minute) FROM batches")
    draft.edges("IN_BATCH", "Transfer", "Batch", _IN_BATCH)
    draft.make("approvers", _APPROVERS)
    draft.nodes("Approver", "FROM approvers")
    draft.edges("APPROVED_FOR_RELATED", "Approver", "Transfer", _APPROVED_FOR_RELATED)


# Midnight is no time.
_TIMED = f"""
SELECT p.key, p.payer_key, p.paid_at * {_MINUTES_PER_DAY} + p.paid_at_ms // {_MS_PER_MINUTE} AS minute,
    p.amount_fen, CASE WHEN NOT a.is_cash THEN p.payee_key END AS payee_key
FROM household_payments h JOIN payments p ON p.key = h.transfer_key
    LEFT JOIN account_nodes a ON a.key = p.payee_key
WHERE p.paid_at_ms > 0 AND p.payer_key IS NOT NULL
"""

_BATCHES = f"""
WITH sizes AS (
    SELECT payer_key, minute, amount_fen, count(DISTINCT payee_key) AS accounts, sum(amount_fen) AS sum_fen
    FROM timed_payments GROUP BY ALL HAVING accounts > 1
),
first_paid AS (
    SELECT payee_key, min(paid_at * {_MINUTES_PER_DAY} + paid_at_ms // {_MS_PER_MINUTE}) AS minute
    FROM payments WHERE payee_key IS NOT NULL GROUP BY ALL
),
fresh AS (
    SELECT payer_key, minute, amount_fen, count(DISTINCT payee_key) AS new_accounts
    FROM timed_payments t SEMI JOIN sizes USING (payer_key, minute, amount_fen)
        JOIN first_paid f USING (payee_key, minute)
    GROUP BY ALL
)
SELECT row_number() OVER (ORDER BY minute, a.id, amount_fen) - 1 AS key,
    a.id || '@' || strftime(make_timestamp(minute * 60000000), '%Y-%m-%dT%H:%M') || '@' || amount_fen AS id,
    payer_key, minute, amount_fen, accounts, coalesce(new_accounts, 0) AS new_accounts, sum_fen
FROM sizes LEFT JOIN fresh USING (payer_key, minute, amount_fen) JOIN account_nodes a ON a.key = payer_key
"""

_IN_BATCH = """
SELECT t.key AS from_key, b.key AS to_key
FROM timed_payments t JOIN batches b USING (payer_key, minute, amount_fen)
"""

_APPROVALS = f"""
WITH steps AS (
    SELECT subject_kind, subject_id, actor_id_key AS approver, _seq AS seq FROM events
    WHERE step_key = '{_APPROVAL}' AND regexp_full_match(actor_id_key, '[0-9]{{17}}[0-9X]')
)
SELECT approver, transfer_key, party_key, min(seq) AS seq FROM (
    SELECT s.approver, h.transfer_key, h.party_key, s.seq
    FROM steps s JOIN payment_keys k ON s.subject_kind = 'payment' AND k.id = s.subject_id
        JOIN household_payments h ON h.transfer_key = k.key
    UNION ALL
    SELECT s.approver, h.transfer_key, h.party_key, s.seq
    FROM steps s JOIN project_keys k ON s.subject_kind = 'project' AND k.id = s.subject_id
        JOIN payments p ON p.project_key = k.key JOIN household_payments h ON h.transfer_key = p.key
) GROUP BY ALL
"""

# Relations between approvers and others, from either end.
_TIES = """
WITH approvers AS (SELECT DISTINCT approver FROM household_approvals)
SELECT DISTINCT b.approver, p.key AS party_key
FROM (SELECT a, b FROM relations UNION ALL SELECT b, a FROM relations) r
    JOIN approvers b ON b.approver = r.a JOIN party_nodes p ON p.id = r.b
WHERE r.a <> r.b
"""

_APPROVERS = """
WITH everyone AS (
    SELECT count(DISTINCT party_key) AS persons,
        count(DISTINCT party_key) FILTER (WHERE party_key IN (SELECT party_key FROM ties)) AS related
    FROM household_payments
)
SELECT row_number() OVER (ORDER BY approver) - 1 AS key, approver AS id, count(*) AS persons,
    count(t.party_key) AS related, any_value(e.persons) AS all_persons, any_value(e.related) AS all_related
FROM approved_persons a LEFT JOIN ties t USING (approver, party_key) CROSS JOIN everyone e
GROUP BY approver HAVING related > 0
"""

_APPROVED_FOR_RELATED = """
SELECT p.key AS from_key, a.transfer_key AS to_key, 'events#' || a.seq AS ref
FROM household_approvals a JOIN ties t USING (approver, party_key) JOIN approvers p ON p.id = a.approver
"""
