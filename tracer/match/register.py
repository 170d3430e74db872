"""The register as matching reads it: its rows, the persons that they are about, and how these are listed."""

from datetime import date

import duckdb

from tracer.compared import text_key
from tracer.ledger import Ledger
from tracer.match.forms import account_forms, id_forms
from tracer.match.names import name_forms
from tracer.seen import seen

COLUMNS = (
    "person_id", "name", "household_id", "relation", "village", "card_account", "valid_from", "valid_to"
)  # fmt: skip

_MEMBERS = 30
"""A household number under which more people stand is none, and says nothing of who belongs together."""


def read_register(db: duckdb.DuckDBPyConnection, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make tables of the register's rows that are seen.

    `entries`: `row`, `seq` (`_seq` in `register`), `person`, `home` (household and village), the columns
    above as written, days as numbers, and their compared forms. Rows of one full number are one person; of a
    flawed one, rows of one name; else rows of one cell, name and household.
    `persons`: `person` from 0, `person_key` (what makes its rows one person's, the same in every version),
    `person_id` as first written, `several` (more than one row), `last_row` (that began last).
    `homes`: `home`, `household_id`, `village`.
    `listings`: the distinct forms under which persons are listed (`comparisons.COLUMNS`); with these
    recipients are compared. `name_counts`: `name_fold` and `persons` so called.
    """
    rows = seen(ledger, version, as_of, "register", COLUMNS)
    ids, cards = id_forms(rows["person_id"]), account_forms(rows["card_account"])
    forms = {name: ids[name] for name in ids.column_names} | name_forms(rows["name"])
    forms |= {"card_key": cards["account_key"], "card_pattern": cards["account_pattern"]}
    forms |= {"household_key": text_key(rows["household_id"]), "village_key": text_key(rows["village"])}
    forms["id_text"] = text_key(rows["person_id"])
    for name, values in forms.items():
        rows = rows.append_column(name, values)
    db.register("register_rows", rows)
    for query in (_ENTRIES, _PERSONS, _HOMES, _HOUSEHOLDS, _LISTINGS, _NAME_COUNTS):
        db.execute(query)
    db.unregister("register_rows")


def is_empty(db: duckdb.DuckDBPyConnection) -> bool:
    """Whether no row of the register is seen."""
    return not db.execute("SELECT 1 FROM entries LIMIT 1").fetchall()


# Under one number that is no full one (a slip of the pen, a mask, a word) several people may stand.
_ENTRIES = """
CREATE TABLE entries AS
SELECT dense_rank() OVER (ORDER BY person_key) - 1 AS person,
    dense_rank() OVER (ORDER BY household_id, village) - 1 AS home,
    _seq AS seq, * EXCLUDE (_seq)
FROM (
    SELECT CASE WHEN id_kind IN ('full', 'old') THEN id_key
        WHEN id_kind = 'flawed' THEN concat_ws(chr(31), id_key, coalesce(name_fold, ''))
        ELSE concat_ws(chr(31), '~', coalesce(id_text, ''), coalesce(name_fold, ''),
            coalesce(household_key, ''))
        END AS person_key, *
    FROM register_rows
)
"""

_PERSONS = """
CREATE TABLE persons AS
SELECT person, any_value(person_key) AS person_key, arg_min(person_id, row) AS person_id,
    count(*) > 1 AS several, arg_max(row, (valid_from, row)) AS last_row
FROM entries GROUP BY person
"""

_HOMES = "CREATE TABLE homes AS SELECT DISTINCT home, household_id, village FROM entries"

_HOUSEHOLDS = f"""
CREATE TABLE households AS
SELECT household_key, list(DISTINCT name_fold) AS household_names, list(DISTINCT card_key) AS household_cards
FROM entries WHERE household_key IS NOT NULL GROUP BY ALL HAVING count(DISTINCT person) <= {_MEMBERS}
"""

_LISTINGS = """
CREATE TABLE listings AS
SELECT row_number() OVER (ORDER BY first_row) - 1 AS listing, g.* EXCLUDE (first_row),
    id_key AS holder_key, NULL::VARCHAR AS payee_fold, household_names, household_cards
FROM (
    SELECT min(row) AS first_row, person, id_key, id_kind, id_pattern, id_tail, name_key, name_fold,
        name_sound,         card_key, card_pattern, household_key, village_key
    FROM entries GROUP BY ALL
) g LEFT JOIN households USING (household_key)
"""

_NAME_COUNTS = """
CREATE TABLE name_counts AS
SELECT name_fold, count(DISTINCT person) AS persons FROM entries WHERE name_fold IS NOT NULL GROUP BY ALL
"""
