"""What a household payment is for its person: the household of the day, the register, names, own accounts."""

import pyarrow.compute as pc

from tracer.compared import name_key, text_key
from tracer.graph.draft import Draft


def make_households(draft: Draft) -> None:
    """Keep in `benefit_facts` what BENEFITS says of each household payment, and its household.

    What each account received of them is in `benefit_receipts`.

    Needs `household_payments`, `account_nodes`, `account_keys`, `party_nodes`, `register` and `payments`.
    """
    payments = draft.tables["payments"]
    person = pc.coalesce(payments["beneficiary_name"], payments["payee_name"])
    draft.add("payments", payments.append_column("person_name_key", name_key(person)))
    register = draft.tables["register"]
    cards = draft.look_up(register["card_account"], "account_keys")
    register = register.append_column("card_key", cards)
    register = register.append_column("village_key", text_key(register["village"]))
    draft.add("register", register.append_column("relation_key", text_key(register["relation"])))
    draft.make("entries", _ENTRIES)
    draft.make("asked_payments", _ASKED)
    draft.make("payment_households", household_on("asked_payments"))
    draft.make("payment_owners", own_accounts(draft, "asked_payments"))
    draft.make("benefit_facts", _FACTS)
    draft.make("benefit_receipts", _RECEIPTS)


def write_households(draft: Draft) -> None:
    """Write the BENEFITS edges; needs `benefit_facts`."""
    draft.edges("BENEFITS", "Transfer", "Party", "FROM benefit_facts")


def household_on(asked: str) -> str:
    """Query for the household of persons on days, `n, household_key`; none is null.

    `asked` is a relation `n, party_key, day`. The household is that of a register row in force, else of the
    latest row before; of several the one that began last. Most persons have one row; only the others need a
    choice.
    """
    return f"""
        WITH chosen AS (
            SELECT a.n, arg_max(e.household_key, (
                e.valid_to IS NULL OR e.valid_to >= a.day, e.valid_from, e.row)) AS household_key
            FROM {asked} a JOIN entries e USING (party_key)
            WHERE e.several AND e.valid_from <= a.day GROUP BY ALL
        )
        SELECT a.n, coalesce(
            CASE WHEN o.valid_from <= a.day THEN o.household_key END, c.household_key) AS household_key
        FROM {asked} a LEFT JOIN (FROM entries WHERE NOT several) o USING (party_key)
            LEFT JOIN chosen c USING (n)
    """


def own_accounts(draft: Draft, asked: str) -> str:
    """Query for which accounts are a person's own on a day, and by what: `n, own_by` (the first three tests
    of RH10).

    `asked` is a table `n, account_key, party_key, day, person_name, payee_name`: names as compared, the
    payee's only for accounts that are not listed. Keeps tables named after it.
    """
    draft.make(f"{asked}_accounts", _ACCOUNTS.format(asked=asked))
    draft.make(f"{asked}_plain", _PLAIN.format(asked=asked))
    # Whose household has to be asked for is only known of accounts that are not plainly the person's.
    draft.make(f"{asked}_others", _OTHERS.format(asked=asked))
    draft.make(f"{asked}_houses", household_on(f"{asked}_others"))
    return _OWN.format(asked=asked)


_ENTRIES = """
SELECT row, party_key, household_key, name_key, valid_from, valid_to, card_key, village_key,
    coalesce(relation_key = '户主', false) AS is_head,
    count(*) OVER (PARTITION BY party_key) > 1 AS several
FROM register
"""

_ASKED = """
SELECT h.transfer_key AS n, p.payee_key AS account_key, h.party_key, h.day,
    p.person_name_key AS person_name, p.payee_person_key AS payee_name
FROM household_payments h JOIN payments p ON p.key = h.transfer_key
"""

_ACCOUNTS = """
SELECT a.n, a.account_key, a.party_key, a.day, a.person_name, c.party_key AS holder_key,
    CASE WHEN c.party_key IS NULL THEN CASE WHEN c.listed THEN c.person_name_key ELSE a.payee_name END END
        AS holder_name
FROM {asked} a JOIN account_nodes c ON c.key = a.account_key
WHERE NOT c.is_cash
"""

_PLAIN = """
SELECT n, CASE WHEN holder_key = party_key THEN 'holder_id' WHEN holder_name = person_name THEN 'holder_name'
    ELSE 'card_account' END AS own_by
FROM {asked}_accounts a
WHERE holder_key = party_key OR holder_name = person_name
    OR (party_key, account_key) IN (SELECT party_key, card_key FROM entries WHERE card_key IS NOT NULL)
"""

# Rows `n, party_key, day`: n is even for the person, odd for somebody of whom it is asked whether he is of
# the household that day. Members are sought among all who ever were of it.
_OTHERS = """
WITH rest AS (FROM {asked}_accounts ANTI JOIN {asked}_plain USING (n)),
homes AS (SELECT r.n, e.household_key FROM rest r JOIN entries e USING (party_key)),
suspects AS (
    SELECT n, holder_key AS party_key, day, 'holder_id' AS own_by FROM rest WHERE holder_key IS NOT NULL
    UNION SELECT r.n, e.party_key, r.day, 'card_account'
    FROM rest r JOIN entries e ON e.card_key = r.account_key
    UNION SELECT r.n, named.party_key, r.day, 'holder_name'
    FROM rest r JOIN homes h USING (n) JOIN entries member USING (household_key)
        JOIN entries named ON named.party_key = member.party_key AND named.name_key = r.holder_name
)
SELECT row_number() OVER () * 2 + 1 AS n, n AS of_n, party_key, day, own_by
FROM suspects SEMI JOIN entries USING (party_key)
UNION ALL SELECT n * 2, n, party_key, day, NULL FROM rest WHERE n IN (SELECT n FROM suspects)
"""

_OWN = """
WITH answers AS (
    SELECT o.of_n, o.own_by, h.household_key FROM {asked}_others o JOIN {asked}_houses h USING (n)
)
FROM {asked}_plain
UNION ALL
SELECT p.of_n, max(m.own_by) AS own_by
FROM answers p JOIN answers m ON m.of_n = p.of_n AND m.household_key = p.household_key
WHERE p.own_by IS NULL AND m.own_by IS NOT NULL
GROUP BY ALL
"""

_FACTS = """
WITH standing AS (
    SELECT a.n, max(CASE WHEN e.valid_from > a.day THEN 0
        WHEN e.valid_to < a.day THEN 1 ELSE 2 END) AS best,
        bool_or(e.name_key = a.person_name) AS name_in_register
    FROM asked_payments a JOIN entries e USING (party_key) GROUP BY a.n
),
years AS (
    SELECT n, month_of(day) AS month, (month_of(day) - 1) // 12 AS year FROM asked_payments
),
accounts AS (
    SELECT a.party_key, y.year, count(DISTINCT a.account_key) FILTER (WHERE NOT c.is_cash) AS accounts
    FROM asked_payments a JOIN years y USING (n) LEFT JOIN account_nodes c ON c.key = a.account_key
    GROUP BY ALL
)
SELECT a.n AS from_key, a.party_key AS to_key, coalesce(h.household_key, 'person:' || p.id) AS household,
    CASE s.best WHEN 2 THEN 'registered' WHEN 1 THEN 'ended' ELSE 'none' END AS register_state,
    s.name_in_register, o.own_by, y.year, c.accounts AS accounts_in_year
FROM asked_payments a JOIN party_nodes p ON p.key = a.party_key JOIN payment_households h USING (n)
    JOIN years y USING (n) JOIN accounts c ON c.party_key = a.party_key AND c.year = y.year
    LEFT JOIN standing s USING (n) LEFT JOIN payment_owners o USING (n)
"""

_RECEIPTS = """
SELECT a.account_key, sum(p.amount_fen)::BIGINT AS fen, count(DISTINCT a.party_key) AS persons,
    count(DISTINCT f.household) AS households
FROM asked_payments a JOIN payments p ON p.key = a.n JOIN benefit_facts f ON f.from_key = a.n
WHERE a.account_key IS NOT NULL GROUP BY ALL
"""
