"""Fund money that did not stay: passed through a firm's account (ZC14), or run on a personal one (ZC16)."""

from tracer.graph.draft import Draft
from tracer.graph.facts_households import household_on


def make_passed(draft: Draft) -> None:
    """Keep what firms received in `firm_receipts`, and the edges in `passed_on` and `handed_on`.

    Needs `pieces`, `movements`, `holder_nodes`, `account_nodes`, `account_holders` and what `make_households`
    keeps.
    """
    draft.make("firm_arrivals", _FIRM_ARRIVALS)
    draft.make("firm_receipts", _FIRM_RECEIPTS)
    draft.make("passed_on", _PASSED_ON)
    draft.make("personal_payers", _PERSONAL_PAYERS)
    draft.make("asked_holders", _ASKED_HOLDERS)
    draft.make("holder_households", household_on("asked_holders"))
    draft.make("own_benefits", _OWN_BENEFITS)
    draft.make("handed_on", _HANDED_ON)


def write_passed(draft: Draft) -> None:
    """Write the PASSED_ON and HANDED_ON edges."""
    draft.edges("PASSED_ON", "Transfer", "Transfer", "FROM passed_on")
    draft.edges("HANDED_ON", "Transfer", "Transfer", "FROM handed_on")


_FIRM_ARRIVALS = """
SELECT p.key, p.fen, p.row, p.arrived_day AS day, a.key AS account_key, m.payer_holder
FROM pieces p JOIN holder_nodes n ON n.holder = p.holder AND NOT n.is_indicator
    JOIN account_nodes a ON a.key = n.key JOIN movements m ON m.key = p.row
WHERE p.origin_kind = 'indicator' AND a.holder_kind IN ('enterprise', 'cooperative', 'merchant')
"""

# All indicators are one holder, the treasury.
_FIRM_RECEIPTS = """
SELECT f.account_key, sum(f.fen) AS fen,
    count(DISTINCT CASE WHEN n.is_indicator THEN -1 ELSE h.holder_no END) AS payers
FROM firm_arrivals f JOIN holder_nodes n ON n.holder = f.payer_holder
    LEFT JOIN account_holders h ON NOT n.is_indicator AND h.key = n.key
GROUP BY ALL
"""

_SAME_HOLDER = """
coalesce(CASE WHEN own.holder_id IS NOT NULL AND payee.holder_id IS NOT NULL
    THEN own.holder_id = payee.holder_id ELSE own.holder_key = payee.holder_key END, false)
"""

_PASSED_ON = f"""
SELECT f.row AS from_key, c.row AS to_key, c.arrived_day - f.day AS days, sum(c.fen) AS fen
FROM firm_arrivals f JOIN pieces c ON c.parent = f.key JOIN account_nodes own ON own.key = f.account_key
    JOIN holder_nodes n ON n.holder = c.holder
    LEFT JOIN account_nodes payee ON NOT n.is_indicator AND payee.key = n.key
WHERE NOT {_SAME_HOLDER} GROUP BY ALL
"""

_PERSONAL_PAYERS = """
SELECT n.holder, a.key, a.party_key, a.person_name_key
FROM holder_nodes n JOIN account_nodes a ON NOT n.is_indicator AND a.key = n.key
WHERE a.account_type = 'personal' AND a.holder_kind = 'person'
    AND n.holder IN (SELECT payer_holder FROM movements)
"""

_ASKED_HOLDERS = """
SELECT q.n, o.party_key, q.day
FROM asked_payments q JOIN personal_payers o ON o.key = q.account_key WHERE o.party_key IS NOT NULL
"""

# Household payments to the account's holder or a member of his household: the card that names the account
# says nothing of whose it is, so the holder's household is asked for, or his name where he has no number.
_OWN_BENEFITS = """
SELECT n FROM payment_owners WHERE own_by IN ('holder_id', 'holder_name')
UNION SELECT n FROM holder_households h JOIN payment_households p USING (n)
WHERE h.household_key = p.household_key
UNION SELECT q.n FROM asked_payments q JOIN personal_payers o ON o.key = q.account_key
    JOIN payment_households p ON p.n = q.n
    JOIN entries e ON e.household_key = p.household_key AND e.name_key = o.person_name_key
WHERE o.party_key IS NULL
"""

# What is given back by a refund is not paid on.
_HANDED_ON = f"""
WITH arrivals AS (
    SELECT p.key, p.row, o.key AS account_key
    FROM pieces p JOIN personal_payers o ON o.holder = p.holder JOIN movements m ON m.key = p.row
        JOIN holder_nodes n ON n.holder = m.payer_holder
        LEFT JOIN account_nodes payer ON NOT n.is_indicator AND payer.key = n.key
        ANTI JOIN own_benefits b ON b.n = p.row
    WHERE p.origin_kind = 'indicator'
        AND (n.is_indicator OR payer.is_public OR payer.holder_kind = 'village')
)
SELECT f.row AS from_key, c.row AS to_key, h.holder_no AS to_holder, sum(c.fen) AS fen
FROM arrivals f JOIN pieces c ON c.parent = f.key JOIN account_nodes own ON own.key = f.account_key
    JOIN holder_nodes n ON n.holder = c.holder AND NOT n.is_indicator
    JOIN account_nodes payee ON payee.key = n.key JOIN account_holders h ON h.key = payee.key
    ANTI JOIN (SELECT key FROM payments WHERE refund_of IS NOT NULL) r ON r.key = c.row
WHERE NOT payee.is_cash AND NOT {_SAME_HOLDER} GROUP BY ALL
"""
