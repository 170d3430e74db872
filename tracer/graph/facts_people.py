"""The people side of the graph: accounts, who holds them, the register, and who is related to whom."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import dictionary_of, distinct, name_key, text_key
from tracer.graph.draft import Draft
from tracer.ledger import Ledger
from tracer.match.identity import id_key
from tracer.schema import CASH
from tracer.seen import seen


def read_people(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make accounts, register and relations known, with the texts that rules compare."""
    accounts = seen(ledger, version, as_of, "accounts")
    accounts = accounts.append_column("holder_key", text_key(accounts["holder_name"]))
    accounts = accounts.append_column("person_name_key", name_key(accounts["holder_name"]))
    draft.add("accounts", accounts.append_column("holder_id_key", id_key(accounts["holder_id"])))
    register = seen(ledger, version, as_of, "register")
    register = register.append_column("person_key", id_key(register["person_id"]))
    register = register.append_column("name_key", name_key(register["name"]))
    draft.add("register", register.append_column("household_key", text_key(register["household_id"])))
    relations = seen(ledger, version, as_of, "relations")
    relations = relations.append_column("a", id_key(relations["person_a"]))
    relations = relations.append_column("b", id_key(relations["person_b"]))
    draft.add("relations", relations.append_column("relation_key", text_key(relations["relation"])))


def make_people(draft: Draft) -> None:
    """Keep accounts in `account_nodes` and persons and organisations in `party_nodes`.

    Needs `account_keys` and `payments`. Adds the key of the party to `register` and `payments`.
    """
    givers = {
        "register": ("person_key", "name"),
        "accounts": ("holder_id_key", "holder_name"),
        "payments": ("beneficiary_key", "beneficiary_name"),
    }
    for table, (ids, names) in givers.items():
        rows = draft.tables[table]
        draft.add(f"{table}_ids", pa.table({"id": distinct(rows[ids])}))
        draft.add(f"{table}_names", _first_names(rows[ids], rows[names]))
    draft.make("party_nodes", _PARTIES)
    for table, (ids, _) in givers.items():
        rows = draft.tables[table]
        draft.add(table, rows.append_column("party_key", draft.look_up(rows[ids], "party_nodes")))
    draft.make("account_nodes", _ACCOUNTS)


def write_people(draft: Draft) -> None:
    """Write people's nodes and edges.

    Needs `account_nodes`, `party_nodes`, `account_balances`, `lowest_balances` and what
    `make_account_facts` and `make_passed` keep.
    """
    draft.nodes("Party", "SELECT key, id, name FROM party_nodes")
    draft.nodes(
        "Account",
        """
        SELECT n.key, n.id, 'accounts#' || n.seq AS ref, listed, is_cash, is_public, holder_name, holder_key,
            holder_id, holder_kind, account_type, opening_fen, coalesce(b.held_fen, 0) AS held_fen,
            l.lowest_balance_fen, l.lowest_ref, h.holder_no, coalesce(w.is_wrong, false) AS code_is_wrong,
            coalesce(d.tested_payments, 0) AS tested_payments, d.digit_chi2_milli,
            f.fen AS fund_received_fen, f.payers AS fund_payers, coalesce(g.fen, 0) AS benefit_fen,
            coalesce(g.persons, 0) AS benefit_persons, coalesce(g.households, 0) AS benefit_households
        FROM account_nodes n LEFT JOIN account_balances b ON b.key = n.key
            LEFT JOIN lowest_balances l ON l.key = n.key
            LEFT JOIN account_holders h ON h.key = n.key LEFT JOIN wrong_codes w ON w.seq = n.seq
            LEFT JOIN first_digits d ON d.key = n.key LEFT JOIN firm_receipts f ON f.account_key = n.key
            LEFT JOIN benefit_receipts g ON g.account_key = n.key
        """,
    )
    draft.edges(
        "HELD_BY",
        "Account",
        "Party",
        "SELECT key AS from_key, party_key AS to_key FROM account_nodes WHERE party_key IS NOT NULL",
    )
    draft.nodes(
        "RegisterEntry",
        """
        SELECT row AS key, 'register#' || _seq AS ref, name_key, household_key AS household,
            valid_from AS from_day, valid_to AS to_day, died_on AS died_day, month_of(died_on) AS died_month,
            village, card_account
        FROM register
        """,
    )
    draft.edges(
        "LISTED_AS", "Party", "RegisterEntry", "SELECT party_key AS from_key, row AS to_key FROM register"
    )
    draft.edges(
        "RELATED_TO",
        "Party",
        "Party",
        _RELATIONS,
    )
    draft.edges(
        "TIED_TO",
        "Party",
        "Party",
        f"""
        SELECT from_key, to_key, ref, relation FROM ({_RELATIONS})
        UNION ALL SELECT to_key, from_key, ref, relation FROM ({_RELATIONS}) WHERE from_key <> to_key
        """,
    )


def _first_names(ids: pa.ChunkedArray, names: pa.ChunkedArray) -> pa.Table:
    """For each ID the first name that a row gives it. Columns: `id`, `name`."""
    encoded = dictionary_of(ids)
    both = np.flatnonzero(pc.and_(ids.is_valid(), names.is_valid()))
    codes = encoded.indices.take(pa.array(both)).to_numpy()
    found, first = np.unique(codes, return_index=True)
    texts = names.take(pa.array(both[first])).cast(pa.string())
    return pa.table({"id": encoded.dictionary.take(pa.array(found)), "name": texts})


_RELATIONS = """
SELECT a.key AS from_key, b.key AS to_key, 'relations#' || r._seq AS ref, r.relation_key AS relation
FROM relations r JOIN party_nodes a ON a.id = r.a JOIN party_nodes b ON b.id = r.b
"""

# Everyone whose ID number or code some row gives; called as the register does, else as the accounts do, else
# as the payments do.
_PARTIES = """
WITH ids AS (
    SELECT id FROM register_ids UNION SELECT id FROM accounts_ids UNION SELECT id FROM payments_ids
    UNION SELECT a FROM relations UNION SELECT b FROM relations
)
SELECT row_number() OVER (ORDER BY id) - 1 AS key, id, coalesce(r.name, a.name, p.name) AS name
FROM ids LEFT JOIN register_names r USING (id) LEFT JOIN accounts_names a USING (id)
    LEFT JOIN payments_names p USING (id)
"""

_ACCOUNTS = f"""
SELECT k.key, k.id, k.seq, k.seq IS NOT NULL AS listed, k.id = '{CASH}' AS is_cash,
    coalesce(account_type IN ('treasury', 'special', 'pool')
        OR holder_kind = 'agency' AND account_type <> 'clearing', false) AS is_public,
    holder_name, person_name_key,
    CASE holder_kind WHEN 'person' THEN person_name_key ELSE holder_key END AS holder_key,
    holder_id_key AS holder_id, party_key, holder_kind, account_type, opening_balance_fen AS opening_fen
FROM account_keys k LEFT JOIN accounts a ON a._seq = k.seq
"""
