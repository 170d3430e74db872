"""Where the money of each payment belongs: county, fund and project."""

from datetime import date

import duckdb

from tracer.ledger import Ledger
from tracer.rules.place import PAYMENT_PLACES, read_places

COUNTY_DIGITS = 6


def read_payment_places(base: duckdb.DuckDBPyConnection, ledger: Ledger, version: int, as_of: date) -> None:
    """Keep in `payment_places` of each seen payment `seq`, `payment_id`, `county`, `fund` and `project`.

    The fund is that of rules-exact.md section 0, as first written; the county the first six digits of the
    project's division, else of the payer's. Empty where it is not known.
    """
    read_places(base, ledger, version, as_of)
    base.execute(f"CREATE TABLE payment_places AS {_PAYMENT_PLACES}")


_PAYMENT_PLACES = f"""
WITH placed AS ({PAYMENT_PLACES}),
written AS (
    SELECT fund_name AS fund, arg_min(fund_written, row) AS name FROM indicators
    WHERE fund_name IS NOT NULL GROUP BY ALL
)
SELECT p._seq AS seq, p.payment_id, left(a.region, {COUNTY_DIGITS}) AS county,
    coalesce(w.name, '') AS fund, coalesce(p.project_id, '') AS project
FROM payments p JOIN placed a ON a.id = p.payment_id LEFT JOIN written w ON w.fund = a.fund
"""
