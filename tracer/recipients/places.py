"""Where the money of each payment belongs: county, fund and project."""

from datetime import date

import duckdb

from tracer.ledger import Ledger
from tracer.rules.place import PAYMENT_PLACES, TABLES, read_places
from tracer.seen import seen

COUNTY_DIGITS = 6


def read_payment_places(base: duckdb.DuckDBPyConnection, ledger: Ledger, version: int, as_of: date) -> None:
    """Keep in `payment_places` of each seen payment `seq`, `payment_id`, `county`, `fund` and `project`.

    The fund is that of rules-exact.md section 0, as first written; the county the first six digits of the
    project's division, else of the payer's. Empty where it is not known.
    """
    read_places(base, ledger, version, as_of, TABLES.keys() - {"payments", "transfers"})
    base.register("payment_rows", seen(ledger, version, as_of, "payments", TABLES["payments"]))
    base.execute(f"CREATE TABLE payments AS {_KINDS}")
    base.execute(f"CREATE TABLE payment_places AS {_PAYMENT_PLACES}")


_WAY = "coalesce(indicator_id, '') AS i, coalesce(project_id, '') AS j, coalesce(payer_account, '') AS a"

# Millions of payments have a few thousand places; each is told once, as that of a payment which is numbered.
_KINDS = f"""
SELECT row_number() OVER () AS payment_id, nullif(i, '') AS indicator_id, nullif(j, '') AS project_id,
    nullif(a, '') AS payer_account, i, j, a
FROM (SELECT DISTINCT {_WAY} FROM payment_rows)
"""

_PAYMENT_PLACES = f"""
WITH placed AS ({PAYMENT_PLACES}),
written AS (
    SELECT fund_name AS fund, arg_min(fund_written, row) AS name FROM indicators
    WHERE fund_name IS NOT NULL GROUP BY ALL
),
kinds AS (
    SELECT k.i, k.j, k.a, left(p.region, {COUNTY_DIGITS}) AS county, coalesce(w.name, '') AS fund
    FROM payments k JOIN placed p ON p.id = k.payment_id LEFT JOIN written w ON w.fund = p.fund
)
SELECT r.seq, r.payment_id, k.county, k.fund, r.j AS project
FROM (SELECT _seq AS seq, payment_id, {_WAY} FROM payment_rows) r JOIN kinds k USING (i, j, a)
"""
