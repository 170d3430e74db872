"""The people side of the graph: accounts, who holds them, the register, and who is related to whom."""

from datetime import date

from tracer.graph.draft import Draft
from tracer.graph.identity import id_key
from tracer.graph.seen import seen
from tracer.graph.text import name_key, text_key
from tracer.ledger import Ledger
from tracer.schema import CASH


def read_people(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make accounts, register and relations known, with the texts that rules compare."""
    accounts = seen(ledger, version, as_of, "accounts")
    accounts = accounts.append_column("holder_key", text_key(accounts["holder_name"]))
    accounts = accounts.append_column("person_name_key", name_key(accounts["holder_name"]))
    accounts = accounts.append_column("holder_id_key", id_key(accounts["holder_id"]))
    draft.add("accounts", accounts)
    register = seen(ledger, version, as_of, "register")
    register = register.append_column("person_key", id_key(register["person_id"]))
    register = register.append_column("name_key", name_key(register["name"]))
    draft.add("register", register.append_column("household_key", text_key(register["household_id"])))
    relations = seen(ledger, version, as_of, "relations")
    relations = relations.append_column("a", id_key(relations["person_a"]))
    draft.add("relations", relations.append_column("b", id_key(relations["person_b"])))


def make_accounts(draft: Draft) -> None:
    """Keep one row per account in `account_nodes`; needs `account_keys`."""
    draft.make(
        "account_nodes",
        f"""
        SELECT k.key, k.id, k.seq, k.seq IS NOT NULL AS listed, k.id = '{CASH}' AS is_cash,
            coalesce(account_type IN ('treasury', 'special', 'pool')
                OR holder_kind = 'agency' AND account_type <> 'clearing', false) AS is_public,
            holder_name, CASE holder_kind WHEN 'person' THEN person_name_key ELSE holder_key END AS holder_key,
            holder_id_key AS holder_id, holder_kind, account_type, opening_balance_fen AS opening_fen
        FROM account_keys k LEFT JOIN accounts a ON a._seq = k.seq
        """,
    )


def write_people(draft: Draft) -> None:
    """Write people's nodes and edges.

    Needs `account_nodes`, `account_balances`, `lowest_balances` and `household_payments`.
    """
    draft.make("party_nodes", _PARTIES)
    draft.nodes("Party", "SELECT key, id, name FROM party_nodes")
    draft.nodes(
        "Account",
        """
        SELECT n.key, n.id, 'accounts#' || n.seq AS ref, listed, is_cash, is_public, holder_name, holder_key,
            holder_id, holder_kind, account_type, opening_fen, coalesce(b.held_fen, 0) AS held_fen,
            l.lowest_balance_fen, l.lowest_ref
        FROM account_nodes n LEFT JOIN account_balances b ON b.key = n.key LEFT JOIN lowest_balances l ON l.key = n.key
        """,
    )
    _write_register(draft)
    holders = "SELECT n.key AS from_key, p.key AS to_key FROM account_nodes n JOIN party_nodes p ON p.id = n.holder_id"
    draft.edges("HELD_BY", "Account", "Party", holders)
    draft.edges(
        "RELATED_TO",
        "Party",
        "Party",
        """
        SELECT a.key AS from_key, b.key AS to_key, 'relations#' || r._seq AS ref, r.relation
        FROM relations r JOIN party_nodes a ON a.id = r.a JOIN party_nodes b ON b.id = r.b
        """,
    )
    draft.edges("BENEFITS", "Transfer", "Party", _BENEFITS)


def _write_register(draft: Draft) -> None:
    draft.make("register_nodes", "SELECT row_number() OVER (ORDER BY _seq) - 1 AS key, * FROM register")
    draft.nodes(
        "RegisterEntry",
        """
        SELECT key, 'register#' || _seq AS ref, name_key, household_key AS household, valid_from AS from_day,
            valid_to AS to_day, died_on AS died_day, month_of(died_on) AS died_month, village, card_account
        FROM register_nodes
        """,
    )
    draft.edges(
        "LISTED_AS",
        "Party",
        "RegisterEntry",
        """
        SELECT p.key AS from_key, r.key AS to_key
        FROM register_nodes r JOIN party_nodes p ON p.id = r.person_key
        """,
    )


# Everyone whose ID number or code some row gives; called as the register does, else as the accounts or the
# payments do, by the first row that has a name.
_PARTIES = """
WITH named AS (
    SELECT person_key AS id, name, 0 AS source, _seq AS seq FROM register
    UNION ALL SELECT holder_id, holder_name, 1, seq FROM account_nodes
    UNION ALL SELECT person, name, 2, transfer_key FROM household_payments
    UNION ALL SELECT a, NULL, 3, 0 FROM relations
    UNION ALL SELECT b, NULL, 3, 0 FROM relations
)
SELECT row_number() OVER (ORDER BY id) - 1 AS key, id, arg_min(name, (source, seq)) AS name
FROM named WHERE id IS NOT NULL GROUP BY id
"""

# The household of a person on a day is that of a row in force, else of the latest row before; of several the
# one that began last.
_BENEFITS = """
WITH days AS (SELECT DISTINCT person, day FROM household_payments),
households AS (
    SELECT d.person, d.day, arg_max(r.household_key, (
        r.valid_to IS NULL OR r.valid_to >= d.day, r.valid_from, r._seq)) AS household
    FROM days d JOIN register r ON r.person_key = d.person AND r.valid_from <= d.day
    GROUP BY ALL
)
SELECT h.transfer_key AS from_key, p.key AS to_key, coalesce(o.household, 'person:' || h.person) AS household
FROM household_payments h JOIN party_nodes p ON p.id = h.person
    LEFT JOIN households o ON o.person = h.person AND o.day = h.day
"""
