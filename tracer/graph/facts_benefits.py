"""Benefits: their standards, which may not be drawn together, and who was paid what he is entitled to."""

from datetime import date

import pyarrow as pa

from tracer.compared import dictionary_of, text_key
from tracer.graph.draft import Draft
from tracer.graph.facts_households import household_on
from tracer.ledger import Ledger
from tracer.seen import seen

_SUPPLEMENTS = ("补发", "补差")
"""Words of payments that add to an earlier one (RH05, RH06)."""

_LAST_DAY = 2**40
"""What an open end counts as."""


def read_benefits(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make standards and exclusions known, with the names of benefits as compared."""
    standards = seen(ledger, version, as_of, "standards")
    draft.add("standards", standards.append_column("benefit_key", text_key(standards["benefit"])))
    exclusions = seen(ledger, version, as_of, "exclusions")
    exclusions = exclusions.append_column("a", text_key(exclusions["benefit_a"]))
    draft.add("exclusions", exclusions.append_column("b", text_key(exclusions["benefit_b"])))


def make_benefits(draft: Draft) -> None:
    """Keep the days of `periods`, and household payments with benefit and period in `paid_benefits`.

    Benefits and periods are numbered in `benefit_names` and `periods`. Needs `benefit_facts` and `payments`.
    """
    payments = draft.tables["payments"]
    benefits, periods = dictionary_of(payments["benefit_key"]), dictionary_of(payments["period_key"])
    numbered = payments.append_column("benefit_code", benefits.indices)
    draft.add("payments", numbered)
    draft.add("benefit_texts", _dictionary(benefits.dictionary))
    draft.add("period_texts", _dictionary(periods.dictionary))
    draft.make("periods", _PERIODS)
    draft.make("paid_benefits", _PAID_BENEFITS)


def write_benefits(draft: Draft) -> None:
    """Write standards, entitlements and their edges; needs what `make_benefits` keeps."""
    draft.nodes(
        "Standard",
        """
        SELECT row AS key, 'standards#' || _seq AS ref, benefit_key, per = 'household' AS per_household,
            amount_fen, valid_from AS from_day, valid_to AS to_day
        FROM standards
        """,
    )
    draft.edges("HOUSEHOLD_PAID", "Transfer", "Transfer", _HOUSEHOLD_PAID)
    draft.edges("PAID_AGAIN", "Transfer", "Transfer", _PAID_AGAIN)
    draft.edges("EXCLUDED_BY", "Transfer", "Transfer", _EXCLUDED_BY)
    draft.edges("OFF_STANDARD", "Transfer", "Standard", _OFF_STANDARD)
    _write_entitlements(draft)


def _dictionary(texts: pa.Array) -> pa.Table:
    return pa.table({"code": range(len(texts)), "text": texts})


def _write_entitlements(draft: Draft) -> None:
    """Entitlements of everybody in the register, and the persons who were left out (RH14)."""
    draft.make("entitlements", _ENTITLEMENTS)
    draft.make("paid_villages", _PAID_VILLAGES)
    draft.make("entry_spans", _ENTRY_SPANS)
    draft.make("deaths", "SELECT party_key, min(died_on) AS died_day FROM register GROUP BY ALL")
    draft.make("entitled", _ENTITLED)
    draft.make("asked_members", _ASKED_MEMBERS)
    draft.make("paid_households", _PAID_HOUSEHOLDS)
    draft.nodes(
        "Entitlement",
        """
        SELECT e.key, 'standards#' || e.seq AS ref, b.text AS benefit_key, p.text AS period_key, p.first_day,
            p.last_day, e.fen AS amount_fen, e.per_household
        FROM entitlements e JOIN benefit_texts b ON b.code = e.benefit_code
            JOIN periods p ON p.code = e.period_code
        """,
    )
    draft.edges("LACKS", "Party", "Entitlement", _LACKS)


_PERIODS = """
WITH known AS (
    SELECT code, text, CASE WHEN regexp_full_match(text, '[1-9][0-9]{3}(-(0[1-9]|1[0-2]))?')
        THEN strptime(text || CASE WHEN length(text) = 4 THEN '-01' ELSE '' END, '%Y-%m')::DATE END AS first
    FROM period_texts
)
SELECT code, text, CASE WHEN first IS NOT NULL THEN left(text, 4) END AS year, length(text) = 4 AS is_year,
    first - DATE '1970-01-01' AS first_day,
    (first + CASE WHEN length(text) = 4 THEN INTERVAL 1 YEAR ELSE INTERVAL 1 MONTH END)::DATE
        - DATE '1970-01-01' - 1 AS last_day
FROM known
"""

_PAID_BENEFITS = """
SELECT h.transfer_key AS key, h.party_key, h.day, f.household, f.register_state, p.time_rank, p.amount_fen,
    p.benefit_code, p.period_key_code AS period_code, p._seq AS seq
FROM household_payments h JOIN payments p ON p.key = h.transfer_key
    JOIN benefit_facts f ON f.from_key = h.transfer_key
WHERE p.benefit_code IS NOT NULL
"""

_IS_SUPPLEMENT = " OR ".join(
    f"contains(p.{text}, '{word}')" for word in _SUPPLEMENTS for text in ("purpose_key", "benefit_key")
)

_HOUSEHOLD_PAID = f"""
WITH alike AS (
    SELECT b.key, b.party_key, b.household, b.benefit_code, b.period_code, b.time_rank
    FROM paid_benefits b JOIN benefit_texts n ON n.code = b.benefit_code JOIN payments p ON p.key = b.key
    WHERE n.text IN (SELECT benefit_key FROM standards WHERE per = 'household')
        AND b.period_code IS NOT NULL AND NOT starts_with(b.household, 'person:')
        AND NOT coalesce({_IS_SUPPLEMENT}, false)
),
firsts AS (
    SELECT household, benefit_code, period_code, arg_min(key, time_rank) AS key,
        arg_min(party_key, time_rank) AS party_key
    FROM alike GROUP BY ALL
)
SELECT a.key AS from_key, f.key AS to_key
FROM alike a JOIN firsts f USING (household, benefit_code, period_code) WHERE a.party_key <> f.party_key
"""

# Most payments are alone; only the others are put in order.
_PAID_AGAIN = f"""
WITH firsts AS (
    SELECT b.party_key, b.benefit_code, b.period_code, arg_min(b.key, b.time_rank) AS to_key
    FROM paid_benefits b JOIN payments p ON p.key = b.key
    WHERE b.period_code IS NOT NULL AND NOT coalesce({_IS_SUPPLEMENT}, false)
    GROUP BY ALL HAVING count(*) > 1
)
SELECT b.key AS from_key, f.to_key
FROM paid_benefits b JOIN firsts f USING (party_key, benefit_code, period_code)
    JOIN payments p ON p.key = b.key
WHERE b.key <> f.to_key AND NOT coalesce({_IS_SUPPLEMENT}, false)
"""

_EXCLUDED_BY = """
WITH pairs AS (
    SELECT one.code AS benefit_code, other.code AS other_code, min(x._seq) AS seq
    FROM (SELECT a, b, _seq FROM exclusions UNION ALL SELECT b, a, _seq FROM exclusions) x
        JOIN benefit_texts one ON one.text = x.a JOIN benefit_texts other ON other.text = x.b
    GROUP BY ALL
),
dated AS (
    SELECT b.*, p.text, p.year, p.is_year FROM paid_benefits b JOIN periods p ON p.code = b.period_code
    WHERE b.benefit_code IN (SELECT benefit_code FROM pairs)
),
clashes AS (
    SELECT later.key, earlier.key AS earlier_key, earlier.time_rank, x.seq
    FROM dated later JOIN pairs x ON x.benefit_code = later.benefit_code
        JOIN dated earlier ON earlier.party_key = later.party_key AND earlier.benefit_code = x.other_code
    WHERE earlier.time_rank < later.time_rank AND (earlier.period_code = later.period_code
        OR (earlier.year = later.year AND (earlier.is_year OR later.is_year)))
)
SELECT key AS from_key, arg_min(earlier_key, time_rank) AS to_key,
    'exclusions#' || arg_min(seq, time_rank) AS ref
FROM clashes GROUP BY key
"""

# Amounts of one benefit on one day are compared once, however many were paid.
_OFF_STANDARD = """
WITH paid AS (
    SELECT b.key, b.benefit_code, b.amount_fen,
        CASE WHEN b.period_code IS NULL THEN b.day ELSE p.first_day END AS on_day
    FROM paid_benefits b LEFT JOIN periods p ON p.code = b.period_code
),
known AS (
    SELECT n.code AS benefit_code, min(s.row) AS to_key
    FROM standards s JOIN benefit_texts n ON n.text = s.benefit_key GROUP BY ALL
),
kinds AS (SELECT DISTINCT benefit_code, amount_fen, on_day FROM paid),
gaps AS (
    SELECT k.benefit_code, k.amount_fen, k.on_day, min(abs(k.amount_fen - s.amount_fen)) AS gap_fen,
        arg_min(s.row, (abs(k.amount_fen - s.amount_fen), s.row)) AS to_key
    FROM kinds k JOIN benefit_texts n ON n.code = k.benefit_code
        JOIN standards s ON s.benefit_key = n.text AND s.valid_from <= k.on_day
            AND (s.valid_to IS NULL OR s.valid_to >= k.on_day)
    GROUP BY ALL HAVING gap_fen > 0
)
SELECT p.key AS from_key, g.to_key, g.gap_fen
FROM paid p JOIN gaps g USING (benefit_code, amount_fen, on_day)
UNION ALL SELECT p.key, k.to_key, NULL FROM paid p JOIN known k USING (benefit_code) WHERE p.on_day IS NULL
"""

# Of several standards in force the lowest is certain.
_ENTITLEMENTS = f"""
WITH paid AS (SELECT DISTINCT benefit_code, period_code FROM paid_benefits WHERE period_code IS NOT NULL)
SELECT row_number() OVER (ORDER BY n.text, p.text) - 1 AS key, benefit_code, period_code,
    p.first_day, p.last_day, min(s.amount_fen) AS fen,
    arg_min(s._seq, (s.amount_fen, s.valid_from, coalesce(s.valid_to, {_LAST_DAY}), s.per, s._seq)) AS seq,
    bool_or(coalesce(s.per = 'household', false)) AS per_household
FROM paid JOIN benefit_texts n ON n.code = benefit_code JOIN periods p ON p.code = period_code
    JOIN standards s ON s.benefit_key = n.text AND s.entitled = 'all' AND s.valid_from <= p.first_day
        AND (s.valid_to IS NULL OR s.valid_to >= p.first_day)
GROUP BY n.text, p.text, benefit_code, period_code, p.first_day, p.last_day
"""

_PAID_VILLAGES = """
SELECT t.key AS entitlement, e.village_key, arg_min(b.seq, b.time_rank) AS seq
FROM paid_benefits b JOIN entitlements t USING (benefit_code, period_code)
    JOIN entries e ON e.party_key = b.party_key AND e.valid_from <= b.day
        AND (e.valid_to IS NULL OR e.valid_to >= b.day)
WHERE b.register_state = 'registered' AND e.village_key IS NOT NULL
GROUP BY ALL
"""

# Rows of a person that overlap or follow one another without a gap are one span in the register.
_ENTRY_SPANS = f"""
WITH ends AS (
    SELECT party_key, valid_from AS first, coalesce(valid_to, {_LAST_DAY}) AS last FROM entries WHERE several
),
starts AS (
    SELECT *, coalesce(first > 1 + max(last) OVER (
        PARTITION BY party_key ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true)
        AS opens
    FROM ends
),
numbered AS (
    SELECT *, count(*) FILTER (WHERE opens) OVER (
        PARTITION BY party_key ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS span
    FROM starts
)
SELECT party_key, min(first) AS first, max(last) AS last FROM numbered GROUP BY party_key, span
"""

# Persons in the register from the first to the last day of a period and alive on its last, with the row of
# that day.
_ENTITLED = f"""
WITH single AS (
    SELECT t.key AS entitlement, e.party_key, e.row
    FROM entries e JOIN entitlements t
        ON e.valid_from <= t.first_day AND (e.valid_to IS NULL OR e.valid_to >= t.last_day)
    WHERE NOT e.several AND e.village_key IS NULL
    UNION ALL
    SELECT t.key, e.party_key, e.row
    FROM entries e JOIN paid_villages v USING (village_key) JOIN entitlements t ON t.key = v.entitlement
    WHERE NOT e.several AND e.valid_from <= t.first_day AND (e.valid_to IS NULL OR e.valid_to >= t.last_day)
),
several AS (
    SELECT t.key AS entitlement, s.party_key, arg_max(e.row, (
        e.valid_from, coalesce(e.valid_to, {_LAST_DAY}), e.village_key, e.household_key, e.row)) AS row
    FROM entry_spans s JOIN entitlements t ON s.first <= t.first_day AND s.last >= t.last_day
        JOIN entries e ON e.party_key = s.party_key AND e.valid_from <= t.last_day
            AND (e.valid_to IS NULL OR e.valid_to >= t.last_day)
    GROUP BY ALL
),
covered AS (FROM single UNION ALL BY NAME FROM several)
SELECT c.entitlement, c.party_key, c.row, e.village_key, e.household_key, e.is_head, v.seq AS paid_seq
FROM covered c JOIN entries e ON e.row = c.row JOIN entitlements t ON t.key = c.entitlement
    JOIN deaths d ON d.party_key = c.party_key
    LEFT JOIN paid_villages v ON v.entitlement = c.entitlement AND v.village_key = e.village_key
WHERE (d.died_day IS NULL OR d.died_day > t.last_day) AND (v.seq IS NOT NULL OR e.village_key IS NULL)
"""

_ASKED_MEMBERS = """
SELECT row_number() OVER () AS n, * FROM (
    SELECT DISTINCT t.key AS entitlement, b.party_key, t.last_day AS day
    FROM paid_benefits b JOIN entitlements t USING (benefit_code, period_code) WHERE t.per_household
)
"""

# A household was paid where a payment was for it that day, or for somebody who is of it when the period ends.
_PAID_HOUSEHOLDS = f"""
SELECT t.key AS entitlement, b.household AS household_key
FROM paid_benefits b JOIN entitlements t USING (benefit_code, period_code) WHERE t.per_household
UNION
SELECT a.entitlement, h.household_key FROM asked_members a JOIN ({household_on("asked_members")}) h USING (n)
WHERE h.household_key IS NOT NULL
"""

# Of a household one member stands for all. Where the register names no village it is not known whether others
# there were paid; once a person is enough to say so.
_LACKS = """
WITH persons AS (
    SELECT e.* FROM entitled e JOIN entitlements t ON t.key = e.entitlement
    WHERE NOT t.per_household AND NOT EXISTS (FROM paid_benefits b WHERE b.party_key = e.party_key
        AND b.benefit_code = t.benefit_code AND b.period_code = t.period_code)
),
members AS (
    SELECT e.*, row_number() OVER (
        PARTITION BY e.entitlement, e.household_key
        ORDER BY e.village_key IS NULL, NOT e.is_head, p.id) AS place
    FROM entitled e JOIN entitlements t ON t.key = e.entitlement JOIN party_nodes p ON p.key = e.party_key
        ANTI JOIN paid_households h ON h.entitlement = e.entitlement AND h.household_key = e.household_key
    WHERE t.per_household
),
lacking AS (FROM persons UNION ALL SELECT * EXCLUDE (place) FROM members WHERE place = 1),
in_time AS (SELECT key, row_number() OVER (ORDER BY last_day, key) AS place FROM entitlements),
firsts AS (
    SELECT l.party_key, l.village_key IS NOT NULL AS is_known, min(t.place) AS place
    FROM lacking l JOIN in_time t ON t.key = l.entitlement GROUP BY ALL
)
SELECT l.party_key AS from_key, l.entitlement AS to_key, 'register#' || r._seq AS ref,
    'payments#' || l.paid_seq AS paid_ref, t.place = f.place AS is_first
FROM lacking l JOIN in_time t ON t.key = l.entitlement JOIN register r ON r.row = l.row
    JOIN firsts f ON f.party_key = l.party_key AND f.is_known = (l.village_key IS NOT NULL)
WHERE l.village_key IS NOT NULL OR t.place = f.place
"""
