"""What is drawn from indicators: each draw, what is left of them, and how the bank's statement agrees.

A draw takes money out of the budget: a payment, not a refund, that names an indicator and whose payer
account is treasury or not listed (rules-exact.md, Terms).
"""

from datetime import date

from tracer.graph.draft import Draft

_NEVER = 10_000
"""A year after all others."""


def make_draws(draft: Draft, as_of: date | None) -> None:
    """Keep draws and their refunds in `taken`, the sums of indicators in `indicator_use`.

    Of the latest year that ended by the day and has draws of an indicator, their sums are in `drawn_years`.

    Needs what `make_payments` adds, and `indicator_keys`.
    """
    draft.make("taken", _TAKEN)
    draft.make("indicator_use", _INDICATOR_USE)
    running = _NEVER if as_of is None else as_of.year + ((as_of.month, as_of.day) == (12, 31))
    draft.make("drawn_years", _DRAWN_YEARS.format(running=running))


def write_draws(draft: Draft) -> None:
    """Write the edges of draws; needs what `make_draws` keeps and `workdays`."""
    draft.edges("DRAWS", "Transfer", "Indicator", _DRAWS)
    draft.edges("UNRECONCILED", "Transfer", "Indicator", _UNRECONCILED)


_TAKEN = """
WITH draws AS (
    SELECT p.key, p.indicator_key, p.paid_at AS day, p.time_rank, p.amount_fen, p.payer_account
    FROM payments p LEFT JOIN account_nodes payer ON payer.key = p.payer_key
    WHERE p.refund_of IS NULL AND p.indicator_key IS NOT NULL
        AND (payer.account_type = 'treasury' OR NOT coalesce(payer.listed, false))
)
SELECT *, true AS is_draw FROM draws
UNION ALL
SELECT r.key, d.indicator_key, r.paid_at, r.time_rank, -r.amount_fen, NULL, false
FROM payments r JOIN draws d ON d.key = r.refunded_key
"""

_DRAWN_YEARS = """
WITH of_year AS (
    SELECT indicator_key, (month_of(day) - 1) // 12 AS year, count(*) AS n, sum(amount_fen) AS fen,
        coalesce(sum(amount_fen) FILTER (month_of(day) % 12 = 0), 0) AS december_fen
    FROM taken WHERE is_draw GROUP BY ALL
)
SELECT indicator_key, max(year) AS year, arg_max(n, year) AS n, arg_max(fen, year) AS fen,
    arg_max(december_fen, year) AS december_fen
FROM of_year WHERE year < {running} GROUP BY ALL
"""

# lapse_day is 31 December of the year after that of issue.
_INDICATOR_USE = """
WITH lapses AS (
    SELECT k.key, k.id, date_diff('day', DATE '1970-01-01', make_date(
        year(DATE '1970-01-01' + i.issued_on::INTEGER) + 1, 12, 31)) AS lapse_day
    FROM indicator_keys k LEFT JOIN indicators i ON i._seq = k.seq
),
drawn AS (
    SELECT l.key, sum(t.amount_fen) AS fen, sum(t.amount_fen) FILTER (t.day <= l.lapse_day) AS lapse_fen
    FROM taken t JOIN lapses l ON l.key = t.indicator_key GROUP BY ALL
),
outs AS (
    SELECT l.key, sum(s.amount_fen) FILTER (s.split_on <= l.lapse_day) AS lapse_fen
    FROM splits s JOIN lapses l ON l.id = s.parent_indicator_id GROUP BY ALL
)
SELECT l.key, l.lapse_day, coalesce(d.fen, 0) AS drawn_fen, coalesce(d.lapse_fen, 0) AS lapse_drawn_fen,
    coalesce(o.lapse_fen, 0) AS lapse_out_fen
FROM lapses l LEFT JOIN drawn d USING (key) LEFT JOIN outs o USING (key)
"""

_DRAWS = """
WITH runs AS (
    SELECT key, indicator_key, day, is_draw, count(*) FILTER (WHERE is_draw) OVER times AS n,
        sum(amount_fen) OVER times AS run_fen
    FROM taken
    WINDOW times AS (PARTITION BY indicator_key ORDER BY time_rank ROWS UNBOUNDED PRECEDING)
),
outs AS (
    SELECT k.key AS indicator_key, s.day, sum(s.fen) OVER (
        PARTITION BY k.key ORDER BY s.day ROWS UNBOUNDED PRECEDING) AS out_fen
    FROM indicator_keys k JOIN (
        SELECT parent_indicator_id AS id, split_on AS day, sum(amount_fen) AS fen FROM splits GROUP BY ALL
    ) s USING (id)
)
SELECT r.key AS from_key, r.indicator_key AS to_key, r.n, r.run_fen, coalesce(o.out_fen, 0) AS out_fen
FROM (SELECT * FROM runs WHERE is_draw) r
    ASOF LEFT JOIN outs o ON o.indicator_key = r.indicator_key AND o.day <= r.day
"""

# The statement of an account covers the days from its first bank movement to its last.
_UNRECONCILED = """
WITH draws AS (SELECT * FROM taken WHERE is_draw),
moved AS (
    SELECT account, min(day) AS first_day, max(day) AS last_day
    FROM (
        SELECT from_account AS account, moved_at AS day FROM transfers
        UNION ALL SELECT to_account, moved_at FROM transfers
    ) SEMI JOIN (SELECT DISTINCT payer_account AS account FROM draws) USING (account)
    GROUP BY ALL
),
legs_of AS (
    SELECT l.payment AS key, sum(t.amount_fen) AS fen
    FROM legs l JOIN transfers t ON t.key = l.key GROUP BY ALL
)
SELECT d.key AS from_key, d.indicator_key AS to_key, coalesce(l.fen, 0) AS leg_fen,
    abs(d.amount_fen - leg_fen) AS gap_fen, w.workday
FROM draws d JOIN moved m ON m.account = d.payer_account LEFT JOIN legs_of l ON l.key = d.key
    JOIN workdays w ON w.day = d.day
WHERE d.day BETWEEN m.first_day AND m.last_day AND gap_fen > 0
"""
