"""Of which fund and in which region the subject of a finding is, for parameters that hold only there."""

from collections.abc import Iterable
from datetime import date

import duckdb
import pyarrow as pa

from tracer.compared import text_key
from tracer.ledger import Ledger
from tracer.seen import seen

Place = tuple[str, str]
"""Fund name as compared, and division code; empty where it is not known."""

NOWHERE: Place = ("", "")

TABLES = {
    "indicators": ("indicator_id", "fund_name", "receiver", "issued_on"),
    "projects": ("project_id", "region_code"),
    "project_funds": ("project_id", "indicator_id", "arranged_on"),
    "payments": ("payment_id", "indicator_id", "project_id", "payer_account", "paid_at"),
    "transfers": ("transfer_id", "from_account", "moved_at"),
    "accounts": ("account_no", "holder_id", "holder_name"),
    "agencies": ("agency_id", "agency_name", "region_code"),
}
"""What of each table tells a place."""

# The fund of a payment is that of its indicator, else of its project's arrangements where all are of one fund
# (rules-exact.md section 0). The region is that of the project; of an indicator, of its receiver; of an
# account, of the agency that holds it; of a payment without project and of a transfer, of its payer.
_PLACES = """
WITH agency_regions AS (
    SELECT agency_id AS id, agency_name AS name, region_code AS region FROM agencies
), account_id AS (
    SELECT a.account_no AS id, '' AS fund, coalesce(i.region, n.region) AS region
    FROM accounts a LEFT JOIN agency_regions i ON i.id = a.holder_id
    LEFT JOIN agency_regions n ON n.name = a.holder_name
), indicator_id AS (
    SELECT i.indicator_id AS id, i.fund_name AS fund, n.region
    FROM indicators i LEFT JOIN agency_regions n ON n.name = i.receiver
), project_id AS (
    SELECT p.project_id AS id, min(p.region_code) AS region,
        CASE WHEN count(*) = count(i.fund_name) AND min(i.fund_name) = max(i.fund_name)
            THEN min(i.fund_name) END AS fund
    FROM projects p LEFT JOIN project_funds f USING (project_id) LEFT JOIN indicators i USING (indicator_id)
    GROUP BY ALL
), payment_id AS (
    SELECT p.payment_id AS id, coalesce(i.fund, j.fund) AS fund, coalesce(j.region, a.region) AS region
    FROM payments p LEFT JOIN indicator_id i ON i.id = p.indicator_id
    LEFT JOIN project_id j ON j.id = p.project_id LEFT JOIN account_id a ON a.id = p.payer_account
), transfer_id AS (
    SELECT t.transfer_id AS id, '' AS fund, a.region
    FROM transfers t LEFT JOIN account_id a ON a.id = t.from_account
), holder AS (
    SELECT id, fund, region FROM indicator_id UNION ALL SELECT id, fund, region FROM account_id
)
SELECT id, any_value(coalesce(fund, '')) AS fund, any_value(coalesce(region, '')) AS region
FROM {kind} {those} GROUP BY id
"""

KINDS = {
    "payment_id": "payment_id",
    "transfer_id": "transfer_id",
    "indicator_id": "indicator_id",
    "project_id": "project_id",
    "account_no": "account_id",
    "holder": "holder",
}
"""Subjects of rules that have a place; findings about others are found with what holds everywhere."""


def places_of(
    ledger: Ledger, version: int, as_of: date, subject: str, ids: Iterable[str]
) -> dict[str, Place]:
    """The place of each subject that has one; `subject` is what the rule's subject is."""
    if subject not in KINDS:
        return {}
    with duckdb.connect() as base:
        read_places(base, ledger, version, as_of)
        base.register("subjects", pa.table({"id": pa.array(sorted(set(ids)), pa.string())}))
        found = base.execute(
            _PLACES.format(kind=KINDS[subject], those="SEMI JOIN subjects USING (id)")
        ).fetchall()
    return {subject_id: (fund, region) for subject_id, fund, region in found}


PAYMENT_PLACES = _PLACES.format(kind="payment_id", those="")
"""Query for the place of every payment: `id, fund, region`. Needs what `read_places` registers."""


def read_places(
    base: duckdb.DuckDBPyConnection, ledger: Ledger, version: int, as_of: date, tables: Iterable[str] = TABLES
) -> None:
    """Make the tables known by which places are told, names of funds as compared."""
    for table in tables:
        rows = seen(ledger, version, as_of, table, TABLES[table])
        if table == "indicators":
            rows = rows.append_column("fund_written", rows["fund_name"])
            rows = rows.set_column(
                rows.column_names.index("fund_name"), "fund_name", text_key(rows["fund_name"])
            )
        base.register(table, rows)


def fund_key(fund: str) -> str:
    """A fund's name as it is compared."""
    return str(text_key(pa.chunked_array([[fund]]))[0].as_py() or "")
