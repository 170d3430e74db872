"""The performance side of the graph: targets, assets, the log of alerts, and the reports that offices owe."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import add_months, date_of, day_number
from tracer.compared import text_key
from tracer.graph.draft import Draft
from tracer.ledger import Ledger
from tracer.seen import seen

_PERCENT_MAX = 10**12
"""Where percentages end; no parameter reaches so far."""


def read_performance(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make targets, assets, filings and the log of alerts known, with the texts that rules compare."""
    draft.add("targets", _targets(ledger, version, as_of))
    draft.add("assets", seen(ledger, version, as_of, "assets"))
    filings = seen(ledger, version, as_of, "filings")
    draft.add("filings", filings.append_column("period_key", text_key(filings["period"])))
    alerts = seen(ledger, version, as_of, "alert_log")
    for name in ("rule_id", "subject"):
        alerts = alerts.append_column(f"{name}_key", text_key(alerts[name]))
    draft.add("alert_log", alerts)


def write_performance(draft: Draft, as_of: date | None) -> None:
    """Write the nodes and edges of performance. Needs `project_keys` and `workdays`."""
    draft.add("target_percents", _percents(draft))
    draft.nodes("Target", _TARGETS)
    draft.nodes(
        "Asset",
        """
        SELECT row AS key, asset_id AS id, 'assets#' || _seq AS ref, operator IS NOT NULL AS has_operator,
            benefit IS NOT NULL AND beneficiaries IS NOT NULL AS has_benefit
        FROM assets
        """,
    )
    for kind, label, table in (("AIMS_AT", "Target", "targets"), ("FORMED", "Asset", "assets")):
        draft.edges(
            kind,
            "Project",
            label,
            f"""
            SELECT k.key AS from_key, t.row AS to_key
            FROM {table} t JOIN project_keys k ON k.id = t.project_id
            """,
        )
    draft.nodes("LoggedAlert", _ALERTS)
    draft.nodes("ReportDue", _reports_due(as_of))


def quarter_before(day: date) -> tuple[date, date]:
    """First and last day of the latest quarter that ended before a day."""
    after = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return add_months(after, -3), date_of(day_number(after) - 1)


def _targets(ledger: Ledger, version: int, as_of: date | None) -> pa.Table:
    """The targets as seen; what is reported after the as-of day has no actual yet."""
    targets = seen(ledger, version, as_of, "targets")
    changed = {
        "measure_key": text_key(targets["measure"]),
        "direction": targets["direction"].cast(pa.string()).fill_null("at_least"),
    }
    if as_of is not None:
        reported = ledger.read("targets", ["reported_on"], version)["reported_on"]
        later = pc.greater(reported, pa.scalar(as_of, pa.date32())).fill_null(False)
        actual = targets["actual_value"]
        changed["actual_value"] = pc.if_else(later, pa.scalar(None, actual.type), actual)
    return pa.table({name: targets[name] for name in targets.column_names} | changed)


def _percents(draft: Draft) -> pa.Table:
    """What each combination of direction, target and actual comes to, in whole percent of the target.

    Columns: `direction`, `target_value`, `actual_value`, `actual_percent`, `missed_percent`.
    """
    combinations = draft.rows(
        "SELECT DISTINCT direction, target_value, actual_value FROM targets"
        " WHERE target_value > 0 AND actual_value IS NOT NULL"
    )
    rows = [
        {
            **row,
            "actual_percent": _percent(row["actual_value"], row["target_value"]),
            "missed_percent": _percent(_missed(**row), row["target_value"]),
        }
        for row in combinations.to_pylist()
    ]
    schema = combinations.schema
    for name in ("actual_percent", "missed_percent"):
        schema = schema.append(pa.field(name, pa.int64()))
    return pa.Table.from_pylist(rows, schema=schema)


def _missed(direction: str, target_value: Decimal, actual_value: Decimal) -> Decimal:
    """By how much the actual is on the wrong side of the target."""
    if direction == "at_least":
        return target_value - actual_value
    if direction == "at_most":
        return actual_value - target_value
    return abs(actual_value - target_value)


def _percent(part: Decimal, whole: Decimal) -> int:
    """A part in percent of the whole, rounded up; exact, as both have ten decimals at most."""
    up = -(-int(part.scaleb(12)) // int(whole.scaleb(10)))
    return max(-_PERCENT_MAX, min(_PERCENT_MAX, up))


def _reports_due(as_of: date | None) -> str:
    """The reports that are due on a day; without a day none are."""
    day = "NULL::BIGINT" if as_of is None else str(day_number(as_of))
    year = "NULL::BIGINT" if as_of is None else str(as_of.year)
    return _REPORTS_DUE.format(day=day, year=year)


_TARGETS = """
WITH ranked AS (
    SELECT row, row_number() OVER (
        PARTITION BY project_id, measure_key ORDER BY reported_on DESC NULLS LAST, row DESC) = 1 AS is_latest
    FROM targets WHERE actual_value IS NOT NULL
)
SELECT t.row AS key, 'targets#' || t._seq AS ref, t.measure, t.direction,
    t.actual_value IS NOT NULL AS has_actual, t.reported_on AS reported_day,
    sign(t.actual_value) AS actual_sign, p.actual_percent, p.missed_percent,
    coalesce(r.is_latest, false) AS is_latest
FROM targets t LEFT JOIN ranked r USING (row) LEFT JOIN target_percents p
    ON p.direction = t.direction
    AND p.target_value = t.target_value AND p.actual_value = t.actual_value
"""

_ALERTS = """
SELECT row AS key, alert_id AS id, 'alert_log#' || _seq AS ref, rule_id_key AS rule_key, subject,
    subject_key, level, list_position(['bell', 'yellow', 'red'], level) AS severity, result, amount_fen,
    opened_on AS opened_day, o.workday AS opened_workday,
    month_day_of(opened_on) AS opened_month_day,
    row_number() OVER (ORDER BY opened_on, alert_id) AS opened_rank,
    responded_on AS responded_day, r.workday AS responded_workday_before
FROM alert_log LEFT JOIN workdays o ON o.day = opened_on LEFT JOIN workdays r ON r.day = responded_on - 1
"""

# Months are numbered year * 12 + month.
_REPORTS_DUE = """
WITH reports AS (
    SELECT office_id, _seq, sent_on, period_key, CASE
        WHEN regexp_full_match(period_key, '[1-9][0-9]{{3}}-(0[1-9]|1[0-2])')
        THEN left(period_key, 4)::BIGINT * 12 + right(period_key, 2)::BIGINT END AS month
    FROM filings WHERE kind = 'monthly_report'
),
reporters AS (
    SELECT office_id, min(month) AS first_month,
        arg_min(_seq, (month, coalesce(sent_on, 99999999), _seq)) AS seq
    FROM reports WHERE month IS NOT NULL GROUP BY ALL
),
months AS (
    SELECT office_id, seq AS office_seq, unnest(range(first_month, month_of({day}))) AS month FROM reporters
),
sent_reports AS (
    SELECT office_id, month, min(sent_on) AS sent_on,
        arg_min(_seq, (coalesce(sent_on, 99999999), _seq)) AS seq
    FROM reports GROUP BY ALL
),
proposals AS (
    SELECT office_id, min(sent_on) AS sent_on, arg_min(_seq, (coalesce(sent_on, 99999999), _seq)) AS seq
    FROM filings WHERE kind = 'rule_proposal' AND period_key = ({year} + 1)::VARCHAR GROUP BY ALL
),
due AS (
    SELECT 'monthly_report' AS kind, office_id AS office, s.seq, office_seq,
        printf('%04d-%02d', (month - 1) // 12, (month - 1) % 12 + 1) AS period,
        (make_date(month // 12, month % 12 + 1, 1) - DATE '1970-01-01')::BIGINT AS due_day,
        NULL AS last_day, s.sent_on AS sent_day
    FROM months LEFT JOIN sent_reports s USING (office_id, month)
    UNION ALL
    SELECT 'monthly_report', office_id, _seq, _seq, period_key, NULL, NULL, NULL
    FROM reports WHERE month IS NULL
    UNION ALL
    SELECT 'rule_proposal', office_id, p.seq, office_seq, ({year} + 1)::VARCHAR,
        (make_date({year}, 10, 15) - DATE '1970-01-01')::BIGINT,
        (make_date({year}, 12, 31) - DATE '1970-01-01')::BIGINT, p.sent_on
    FROM (
        SELECT office_id, arg_min(_seq, (
            kind::VARCHAR, coalesce(period_key, ''), coalesce(sent_on, 99999999), _seq)) AS office_seq
        FROM filings GROUP BY ALL
    )
        LEFT JOIN proposals p USING (office_id)
    WHERE {year} IS NOT NULL
)
SELECT row_number() OVER (ORDER BY kind, office, due_day, seq) - 1 AS key, 'filings#' || seq AS ref,
    'filings#' || office_seq AS office_ref, kind, office, period, due_day, last_day, sent_day
FROM due
"""
