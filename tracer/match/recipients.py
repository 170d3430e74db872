"""Whom payments were made to: the payments for persons, and their recipients as the payments write them."""

from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import dictionary_of, text_key
from tracer.ledger import Ledger
from tracer.mask import is_organisation
from tracer.match.forms import account_forms, id_forms
from tracer.match.names import name_forms
from tracer.schema import CASH
from tracer.seen import seen

_WRITTEN = ("beneficiary_id", "beneficiary_name", "payee_name", "payee_account", "payer_name")
COLUMNS = (*_WRITTEN, "payment_id", "amount", "paid_at", "project_id", "refund_of")

_PLACE_LENGTH = 60
"""So many characters of a place in words are searched for the names of villages."""


def read_recipients(db: duckdb.DuckDBPyConnection, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make tables of the payments for persons that are seen, and of their recipients; needs `entries`.

    A payment counts when it is not a refund and not undone, and names a beneficiary, goes into a person's
    account, or goes into no listed account and is of a project for households, or has a payee whose name does
    not look like an organisation's.
    `paid`: `seq` (`_seq` in `payments`), `recipient`, `day`, `fen` (less refunds).
    `recipients`: `recipient` from 0, in input order; `beneficiary_id`, `name`, `account` as written;
    `paid_as`, which of these it is (beneficiary, account, project, name); `id_from`, whose number it is
    (beneficiary, account holder); compared forms (`comparisons.COLUMNS`).
    """
    rows = seen(ledger, version, as_of, "payments", COLUMNS)
    for name in _WRITTEN:
        encoded = dictionary_of(rows[name])
        db.register(f"{name}_texts", _texts(encoded, name))
        rows = rows.append_column(f"{name}_code", encoded.indices).drop_columns([name])
    db.register("payment_rows", rows)
    accounts = ("account_no", "holder_name", "holder_id", "holder_kind", "account_type")
    db.register("account_rows", seen(ledger, version, as_of, "accounts", accounts))
    db.register("project_rows", _projects(ledger, version, as_of))
    db.execute(_villages_in("payer_villages", "SELECT code AS id, key FROM payer_name_texts"))
    db.execute(_villages_in("project_villages", "SELECT project_id AS id, key FROM project_rows"))
    for query in (_ASKED, _GROUPS, _PAID):
        db.execute(query)
    db.register("recipient_rows", _compared(db.sql(_RECIPIENTS).to_arrow_table()))
    db.execute("CREATE TABLE recipients AS FROM recipient_rows")
    db.unregister("recipient_rows")
    db.execute("DROP TABLE asked")


def _texts(encoded: pa.DictionaryArray, name: str) -> pa.Table:
    """The distinct texts of a column with their codes; of payees whether they look like persons."""
    columns = {"code": pa.array(range(len(encoded.dictionary)), pa.int32()), "text": encoded.dictionary}
    if name == "payee_name":
        texts = encoded.dictionary.to_pylist()
        columns["is_person"] = pa.array([not is_organisation(text) for text in texts], pa.bool_())
    if name == "payer_name":
        columns["key"] = text_key(pa.chunked_array([encoded.dictionary.cast(pa.string())]))
    return pa.table(columns)


def _projects(ledger: Ledger, version: int, as_of: date | None) -> pa.Table:
    """Projects with what they say of their place, as compared."""
    columns = ("project_id", "project_kind", "project_name", "place", "unit")
    rows = seen(ledger, version, as_of, "projects", columns)
    words = [rows[name].cast(pa.string()).fill_null("") for name in ("place", "unit", "project_name")]
    return rows.append_column("key", text_key(pc.binary_join_element_wise(*words, ";")))


def _compared(rows: pa.Table) -> pa.Table:
    """Recipients with their compared forms.

    Who is paid without being named by number has that of the payee account's holder, where the names agree.
    The payee says something of the household where it is another person.
    """
    names, holders, payees = (name_forms(rows[name]) for name in ("name", "holder_name", "payee_name"))
    agree = pc.equal(names["name_fold"], holders["name_fold"]).fill_null(False)
    by_holder = pc.and_(pc.is_null(rows["beneficiary_id"]), agree)
    number = pc.if_else(by_holder, rows["holder_id"], rows["beneficiary_id"])
    source = pc.if_else(by_holder, "account holder", "beneficiary")
    ids = id_forms(number)
    accounts = account_forms(pc.if_else(pc.equal(rows["account"], CASH), None, rows["account"]))
    holder = id_forms(pc.if_else(by_holder, None, rows["holder_id"]))["id_key"]
    other = pc.and_(rows["payee_is_person"], pc.not_equal(payees["name_fold"], names["name_fold"]))
    forms = {name: ids[name] for name in ids.column_names} | names
    forms |= {"card_key": accounts["account_key"], "card_pattern": accounts["account_pattern"]}
    forms |= {"holder_key": holder, "payee_fold": pc.if_else(other, payees["name_fold"], None)}
    forms["id_from"] = pc.if_else(pc.is_valid(number), source, None)
    for column, values in forms.items():
        rows = rows.append_column(column, values)
    nothing = pa.nulls(len(rows), pa.list_(pa.string()))
    rows = rows.append_column("household_names", nothing).append_column("household_cards", nothing)
    return rows.drop_columns(["holder_id", "holder_name", "payee_name", "payee_is_person"])


def _villages_in(name: str, texts: str) -> str:
    """Query for the one village of the register that each text names: `id`, `village`.

    Of names within each other (大石村, 石村) the longest counts; a text that names two villages names none.
    """
    return f"""
    CREATE TABLE {name} AS
    WITH texts AS ({texts}),
    parts AS (
        SELECT DISTINCT key, substr(key, a, n) AS village
        FROM (SELECT DISTINCT left(key, {_PLACE_LENGTH}) AS key FROM texts WHERE key IS NOT NULL),
            range(1, {_PLACE_LENGTH + 1}) places(a),
            (SELECT DISTINCT length(village_key) AS n FROM entries) lengths
        WHERE a + n - 1 <= length(key)
    ),
    found AS (SELECT key, village FROM parts p SEMI JOIN entries e ON e.village_key = p.village),
    named AS (
        SELECT key, any_value(village) AS village FROM (
            SELECT f.key, f.village FROM found f LEFT JOIN found o
                ON o.key = f.key AND o.village <> f.village AND contains(o.village, f.village)
            WHERE o.key IS NULL
        ) GROUP BY key HAVING count(*) = 1
    )
    SELECT id, village FROM texts t JOIN named n ON n.key = left(t.key, {_PLACE_LENGTH})
    """


_ASKED = """
CREATE TABLE asked AS
WITH refunds AS (
    SELECT refund_of AS payment_id, sum(amount_fen) AS fen FROM payment_rows
    WHERE refund_of IS NOT NULL GROUP BY ALL
)
SELECT p._seq AS seq, p.paid_at AS day, (p.amount_fen - coalesce(r.fen, 0))::BIGINT AS fen,
    beneficiary_id_code AS id, coalesce(beneficiary_name_code, -1) AS name, payee_name_code AS payee,
    payee_account_code AS account, coalesce(v.village, w.village) AS village,
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
    LEFT JOIN project_villages v ON v.id = p.project_id LEFT JOIN payer_villages w ON w.id = p.payer_name_code
WHERE p.refund_of IS NULL AND p.amount_fen > coalesce(r.fen, 0) AND paid_as IS NOT NULL
"""

# The beneficiary's name has codes of its own, so a name is told by where it stands and its code there.
_GROUPS = """
CREATE TABLE recipient_groups AS
SELECT row_number() OVER (ORDER BY min(seq)) - 1 AS recipient, id, name,
    CASE WHEN name < 0 THEN payee END AS unnamed_payee, account, min(payee) AS payee, min(paid_as) AS paid_as,
    CASE WHEN count(DISTINCT village) = 1 THEN min(village) END AS village_key
FROM asked GROUP BY id, name, unnamed_payee, account
"""

_PAID = """
CREATE TABLE paid AS
SELECT seq, day, fen, recipient
FROM asked a JOIN recipient_groups g ON a.id IS NOT DISTINCT FROM g.id AND a.name = g.name
    AND a.account IS NOT DISTINCT FROM g.account
    AND (CASE WHEN a.name < 0 THEN a.payee END) IS NOT DISTINCT FROM g.unnamed_payee
"""

_RECIPIENTS = """
SELECT g.recipient, i.text AS beneficiary_id, coalesce(b.text, p.text) AS name, c.text AS account,
    p.text AS payee_name, coalesce(p.is_person, FALSE) AS payee_is_person, paid_as, village_key, a.holder_id,
    a.holder_name
FROM recipient_groups g LEFT JOIN beneficiary_id_texts i ON i.code = g.id
    LEFT JOIN beneficiary_name_texts b ON b.code = g.name LEFT JOIN payee_name_texts p ON p.code = g.payee
    LEFT JOIN payee_account_texts c ON c.code = g.account LEFT JOIN account_rows a ON a.account_no = c.text
ORDER BY g.recipient
"""
