"""Whom payments were made to: the payments for persons, and their recipients as the payments write them."""

from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import dictionary_of
from tracer.ledger import Ledger
from tracer.mask import is_organisation
from tracer.match.forms import account_forms, id_forms
from tracer.match.names import name_forms
from tracer.schema import CASH
from tracer.seen import seen

_WRITTEN = ("beneficiary_id", "beneficiary_name", "payee_name", "payee_account")
COLUMNS = (*_WRITTEN, "payment_id", "amount", "paid_at", "project_id", "refund_of")


def read_recipients(db: duckdb.DuckDBPyConnection, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make tables of the payments for persons that are seen, and of their recipients.

    A payment counts when it is not a refund and not undone, and names a beneficiary, goes into a person's
    account, or goes into no listed account and is of a project for households, or has a payee whose name does
    not look like an organisation's.
    `paid`: `seq` (`_seq` in `payments`), `recipient`, `day`, `fen` (less refunds).
    `recipients`: `recipient` from 0, in input order; `beneficiary_id`, `name`, `account` as written;
    `paid_as`, which of these it is (beneficiary, account, project, name); `id_from`, whose number it is
    (beneficiary, account holder); compared forms as in `listings`, and the payee's and the holder's.
    """
    rows = seen(ledger, version, as_of, "payments", COLUMNS)
    for name in _WRITTEN:
        encoded = dictionary_of(rows[name])
        db.register(f"{name}_texts", _texts(encoded, name))
        rows = rows.append_column(f"{name}_code", encoded.indices).drop_columns([name])
    db.register("payment_rows", rows)
    db.register("account_rows", _accounts(ledger, version, as_of))
    db.register("project_rows", seen(ledger, version, as_of, "projects", ("project_id", "project_kind")))
    db.execute(_ASKED)
    db.execute(_GROUPS)
    db.execute(_PAID)
    db.register("recipient_forms", _forms(db.sql(_RECIPIENTS).to_arrow_table()))
    db.execute("CREATE TABLE recipients AS FROM recipient_forms")


def _texts(encoded: pa.DictionaryArray, name: str) -> pa.Table:
    """The distinct texts of a column with their codes; of payees also whether they look like persons."""
    columns = {"code": pa.array(range(len(encoded.dictionary)), pa.int32()), "text": encoded.dictionary}
    if name == "payee_name":
        texts = encoded.dictionary.to_pylist()
        columns["is_person"] = pa.array([not is_organisation(text) for text in texts], pa.bool_())
    return pa.table(columns)


def _accounts(ledger: Ledger, version: int, as_of: date | None) -> pa.Table:
    columns = ("account_no", "holder_name", "holder_id", "holder_kind", "account_type")
    return seen(ledger, version, as_of, "accounts", columns)


def _forms(rows: pa.Table) -> pa.Table:
    """Recipients with their compared forms.

    Who is paid without being named by number has that of the payee account's holder, where the names agree.
    """
    name, holder_name = name_forms(rows["name"]), name_forms(rows["holder_name"])
    agree = pc.equal(name["name_key"].cast(pa.string()), holder_name["name_key"].cast(pa.string())).fill_null(
        False
    )
    by_holder = pc.and_(pc.is_null(rows["beneficiary_id"]), agree)
    number = pc.if_else(by_holder, rows["holder_id"], rows["beneficiary_id"])
    source = pc.if_else(by_holder, "account holder", "beneficiary")
    source = pc.if_else(pc.is_valid(number), source, None)
    accounts = account_forms(pc.if_else(pc.equal(rows["account"], CASH), None, rows["account"]))
    payee = name_forms(rows["payee_name"])["name_key"]
    forms = {"id_from": source} | {
        n: id_forms(number)[n] for n in ("id_key", "id_kind", "id_pattern", "id_tail")
    }
    forms |= name | {"card_key": accounts["account_key"], "card_pattern": accounts["account_pattern"]}
    holder = pc.if_else(by_holder, None, rows["holder_id"])
    forms |= {"payee_key": payee, "holder_key": id_forms(holder)["id_key"]}
    for column, values in forms.items():
        rows = rows.append_column(column, values)
    return rows.drop_columns(["holder_id", "holder_name"])


_ASKED = """
CREATE TABLE asked AS
WITH refunds AS (
    SELECT refund_of AS payment_id, sum(amount_fen) AS fen FROM payment_rows
    WHERE refund_of IS NOT NULL GROUP BY ALL
)
SELECT p._seq AS seq, p.paid_at AS day, (p.amount_fen - coalesce(r.fen, 0))::BIGINT AS fen,
    beneficiary_id_code AS id, coalesce(beneficiary_name_code, -1) AS name, payee_name_code AS payee,
    payee_account_code AS account,
    CASE WHEN beneficiary_id_code IS NOT NULL OR beneficiary_name_code IS NOT NULL THEN 'beneficiary'
        WHEN a.holder_kind = 'person' OR a.account_type = 'personal' THEN 'account'
        WHEN a.account_no IS NOT NULL THEN NULL
        WHEN j.project_kind = 'household' THEN 'project'
        WHEN n.is_person THEN 'name' END AS paid_as
FROM payment_rows p LEFT JOIN refunds r USING (payment_id)
    LEFT JOIN payee_account_texts t ON t.code = p.payee_account_code
    LEFT JOIN account_rows a ON a.account_no = t.text
    LEFT JOIN project_rows j ON j.project_id = p.project_id
    LEFT JOIN payee_name_texts n ON n.code = p.payee_name_code
WHERE p.refund_of IS NULL AND p.amount_fen > coalesce(r.fen, 0) AND paid_as IS NOT NULL
"""

# The beneficiary's name has codes of its own, so a name is told by where it stands and its code there.
_GROUPS = """
CREATE TABLE recipient_groups AS
SELECT row_number() OVER (ORDER BY min(seq)) - 1 AS recipient, id, name,
    CASE WHEN name < 0 THEN payee END AS unnamed_payee, account,
    min(payee) AS payee, min(paid_as) AS paid_as
FROM asked GROUP BY id, name, unnamed_payee, account
"""

_PAID = """
CREATE TABLE paid AS
SELECT seq, day, fen, recipient
FROM asked a JOIN recipient_groups g ON a.id IS NOT DISTINCT FROM g.id AND a.name = g.name
    AND a.account IS NOT DISTINCT FROM g.account
    AND (a.name >= 0 OR a.payee IS NOT DISTINCT FROM g.unnamed_payee)
"""

_RECIPIENTS = """
SELECT g.recipient, i.text AS beneficiary_id, coalesce(b.text, p.text) AS name, c.text AS account,
    p.text AS payee_name, paid_as, a.holder_id, a.holder_name
FROM recipient_groups g LEFT JOIN beneficiary_id_texts i ON i.code = g.id
    LEFT JOIN beneficiary_name_texts b ON b.code = g.name LEFT JOIN payee_name_texts p ON p.code = g.payee
    LEFT JOIN payee_account_texts c ON c.code = g.account LEFT JOIN account_rows a ON a.account_no = c.text
ORDER BY g.recipient
"""
