"""The plan side of the graph: funds, indicators, splits, projects, arrangements and the steps taken."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tracer.calendar import WorkingDays
from tracer.compared import distinct, document_key, filled, name_key, text_key
from tracer.graph.approval import steps_done
from tracer.graph.draft import Draft
from tracer.graph.resemblance import nearest_names
from tracer.ledger import Ledger
from tracer.seen import seen

_LEVELS = ("central", "province", "city", "county", "township", "village")
_APPROVAL = "县级批复"
_DUTIES = "('受理', '审核', '审批', '监督')"
"""Steps that one person may not do two of on one subject."""
_FUNCTION_CODE = "^2[0-9]{2}([0-9]{2}([0-9]{2})?)?$"
_ECONOMIC_CODE = "^[35][0-9]{2}([0-9]{2})?$"


def read_plan(draft: Draft, ledger: Ledger, version: int, as_of: date | None) -> None:
    """Make the plan's tables known, with the texts that rules compare."""
    funds = seen(ledger, version, as_of, "funds")
    draft.add("funds", funds.append_column("name_key", text_key(funds["fund_name"])))
    indicators = _with_keys(seen(ledger, version, as_of, "indicators"))
    draft.add("indicators", indicators)
    fund_names = distinct(draft.tables["funds"]["name_key"])
    draft.add("near_funds", nearest_names(distinct(indicators["fund_key"]), fund_names))
    all_splits = ledger.read("splits", ["child_indicator_id"], version)
    draft.add("children", all_splits)
    for table in ("splits", "project_funds", "calendar"):
        draft.add(table, seen(ledger, version, as_of, table))
    projects = seen(ledger, version, as_of, "projects")
    for name in ("unit", "contractor", "place"):
        projects = projects.append_column(f"{name}_key", text_key(projects[name]))
    projects = projects.append_column("region_key", text_key(projects["region_code"]))
    draft.add("projects", projects.append_column("name_filled", filled(projects["project_name"])))
    events = seen(ledger, version, as_of, "events")
    events = events.append_column("step_key", text_key(events["step"]))
    draft.add("events", events.append_column("actor_key", name_key(events["actor"])))
    draft.add("approvals", steps_done(events.filter(pc.equal(events["subject_kind"], "project"))))


def write_plan(draft: Draft) -> None:
    """Write the plan's nodes and edges.

    Needs `indicator_keys`, `project_keys`, `payment_keys`, `project_payments`, `indicator_balances`,
    `indicator_use` and `workdays`; keeps `arrangements`.
    """
    _write_funds(draft)
    _write_indicators(draft)
    draft.make("arrangements", _ARRANGEMENTS)
    _write_projects(draft)
    draft.edges("SPLIT_TO", "Indicator", "Indicator", _SPLIT_TO)
    draft.edges("FINANCES", "Indicator", "Project", _FINANCES)
    _write_events(draft)


def _with_keys(indicators: pa.Table) -> pa.Table:
    keys = {
        "doc_key": document_key(indicators["doc_no"]),
        "fund_key": text_key(indicators["fund_name"]),
        "nature_key": text_key(indicators["fund_nature"]),
        "item_key": text_key(indicators["budget_item"]),
        "receiver_key": text_key(indicators["receiver"]),
        "economic_key": text_key(indicators["economic_code"]),
        "function_is_valid": _matches(indicators["function_code"], _FUNCTION_CODE),
        "economic_is_valid": _matches(indicators["economic_code"], _ECONOMIC_CODE),
    }
    for name, column in keys.items():
        indicators = indicators.append_column(name, column)
    return indicators


def make_workdays(draft: Draft) -> None:
    """Add the working-day number of every day that a deadline starts from or that is held against one."""
    days = draft.rows(
        f"""
        SELECT issued_on AS day FROM indicators UNION SELECT registered_on - 1 FROM indicators
        UNION SELECT arranged_on FROM project_funds UNION SELECT approved_on FROM projects
        UNION SELECT happened_at FROM events WHERE step_key = '{_APPROVAL}'
        UNION SELECT opened_on FROM alert_log UNION SELECT responded_on - 1 FROM alert_log
        UNION SELECT received_on - 1 FROM indicators UNION SELECT paid_at FROM payments
        """
    )["day"].drop_null()
    calendar = draft.tables["calendar"]
    working = WorkingDays(zip(calendar["day"].to_pylist(), calendar["kind"].to_pylist(), strict=True))
    ordinals = [working.ordinal(day) for day in days.to_pylist()]
    draft.add("workdays", pa.table({"day": days, "workday": pa.array(ordinals, pa.int64())}))


def _matches(codes: pa.ChunkedArray, pattern: str) -> pa.Array:
    """Whether codes as compared match a pattern; null where they are empty."""
    return pc.match_substring_regex(text_key(codes).cast(pa.string()), pattern)


def _write_funds(draft: Draft) -> None:
    draft.nodes(
        "Fund",
        """
        SELECT row AS key, fund_id AS id, 'funds#' || _seq AS ref, fund_name AS name, name_key, level,
            register_only, county_bound
        FROM funds
        """,
    )


def _write_indicators(draft: Draft) -> None:
    ranks = " ".join(f"WHEN '{level}' THEN {rank}" for rank, level in enumerate(_LEVELS, 1))
    draft.nodes(
        "Indicator",
        f"""
        SELECT k.key, k.id, 'indicators#' || k.seq AS ref, k.seq IS NOT NULL AS listed,
            k.id IN (SELECT child_indicator_id FROM children) AS is_child,
            CASE WHEN listed THEN row_number() OVER (
                ORDER BY issued_on NULLS LAST, registered_on NULLS LAST, k.id) END AS issue_rank,
            doc_no, doc_key, fund_name, fund_key, fund_nature, nature_key, function_code, economic_code,
            function_is_valid AS function_code_valid, economic_is_valid AS economic_code_valid,
            budget_item, item_key, amount_fen, level, CASE level {ranks} END AS level_rank, issuer, receiver,
            receiver_key, issued_on AS issued_day, issue.workday AS issued_workday,
            received_on AS received_day, reception.workday AS received_workday_before,
            registered_on AS registered_day,
            registration.workday AS registered_workday_before,
            coalesce(received_on, registered_on, issued_on) AS receipt_day,
            month_of(receipt_day) AS receipt_month, (receipt_month - 1) // 12 AS receipt_year, scan_file,
            coalesce(held_fen, 0) AS held_fen, u.drawn_fen, u.lapse_day, u.lapse_out_fen, u.lapse_drawn_fen,
            y.year AS drawn_year, y.n AS drawn_year_count, y.fen AS drawn_year_fen,
            y.december_fen AS drawn_december_fen,
            CASE WHEN issuer IS NOT NULL THEN issuer IN (FROM finance_issuers) END AS is_issued_by_finance,
            f.near AS near_fund_key, f.percent AS near_fund_percent
        FROM indicator_keys k LEFT JOIN indicators i ON i._seq = k.seq
            LEFT JOIN workdays issue ON issue.day = i.issued_on
            LEFT JOIN workdays registration ON registration.day = i.registered_on - 1
            LEFT JOIN workdays reception ON reception.day = i.received_on - 1
            LEFT JOIN indicator_balances b ON b.key = k.key JOIN indicator_use u ON u.key = k.key
            LEFT JOIN drawn_years y ON y.indicator_key = k.key
            LEFT JOIN near_funds f ON f.text = i.fund_key
        """,
    )
    draft.edges(
        "OF_FUND",
        "Indicator",
        "Fund",
        """
        SELECT k.key AS from_key, f.row AS to_key
        FROM indicators i JOIN indicator_keys k ON k.seq = i._seq JOIN funds f ON f.name_key = i.fund_key
        """,
    )


def _write_projects(draft: Draft) -> None:
    draft.make("project_approvals", _PROJECT_APPROVALS)
    draft.nodes(
        "Project",
        """
        WITH arranged AS (
            SELECT project_key, min(day) AS first_day, sum(fen) AS fen FROM arrangements GROUP BY ALL
        ),
        paid AS (SELECT project_key, sum(fen) AS fen FROM project_payments GROUP BY ALL)
        SELECT k.key, k.id, 'projects#' || k.seq AS ref, k.seq IS NOT NULL AS listed, name_filled AS name,
            p.project_kind AS kind, region_code, region_key, c.county, place, place_key,
            unit, unit_key, contractor, contractor_key, approved_amount_fen AS approved_fen,
            e.day AS approval_day, started_on AS started_day, accepted_on AS accepted_day,
            a.first_day AS first_arranged_day,
            w.workday AS first_arranged_workday, coalesce(a.fen, 0) AS arranged_fen,
            coalesce(paid.fen, 0) AS paid_fen,
            CASE WHEN accepted_on IS NULL THEN physical_progress ELSE 100 END AS percent,
            floor(approved_amount_fen * percent)::BIGINT AS progress_percent_fen,
            progress_percent_fen // 100 AS progress_fen,
            k.id IN (SELECT project_id FROM targets) AS has_target, o.workday AS approval_workday,
            (make_date((month_of(a.first_day) - 1) // 12, 12, 31) - DATE '1970-01-01')::BIGINT
                AS first_arranged_year_end,
            scale IS NOT NULL AS has_scale, content IS NOT NULL AS has_content,
            period IS NOT NULL AS has_period, person IS NOT NULL AS has_person,
            hotline IS NOT NULL AS has_hotline,
            CASE WHEN listed THEN coalesce(s.steps, 0) END AS approval_steps
        FROM project_keys k LEFT JOIN projects p ON p._seq = k.seq
            LEFT JOIN project_counties c ON c.project_key = k.key
            LEFT JOIN arranged a ON a.project_key = k.key LEFT JOIN workdays w ON w.day = a.first_day
            JOIN project_approvals e ON e.key = k.key LEFT JOIN paid ON paid.project_key = k.key
            LEFT JOIN workdays o ON o.day = coalesce(p.approved_on, e.event_day)
            LEFT JOIN approvals s ON s.id = k.id
        """,
    )


def _write_events(draft: Draft) -> None:
    """Write events and who had them; what happened to an unknown payment stands alone."""
    draft.nodes(
        "Event",
        f"""
        WITH doubled AS (
            SELECT subject_kind, subject_id, actor_key, count(DISTINCT step_key) AS duties FROM events
            WHERE step_key IN {_DUTIES} AND actor_key IS NOT NULL GROUP BY ALL
        )
        SELECT row AS key, 'events#' || _seq AS ref, step_key AS step, happened_at AS day, actor_key,
            subject_kind, subject_id, CASE WHEN step_key IN {_DUTIES} THEN duties END AS same_actor_duties
        FROM events LEFT JOIN doubled USING (subject_kind, subject_id, actor_key)
        """,
    )
    subjects = {
        "indicator": ("Indicator", "indicator_keys"),
        "project": ("Project", "project_keys"),
        "payment": ("Transfer", "payment_keys"),
    }
    for kind, (label, keys) in subjects.items():
        draft.edges(
            "HAD",
            label,
            "Event",
            f"""
            SELECT k.key AS from_key, e.row AS to_key
            FROM events e JOIN {keys} k ON k.id = e.subject_id WHERE e.subject_kind = '{kind}'
            """,
        )


_ARRANGEMENTS = """
SELECT i.key AS indicator_key, p.key AS project_key, f._seq AS seq, f.amount_fen AS fen, f.arranged_on AS day
FROM project_funds f JOIN indicator_keys i ON i.id = f.indicator_id JOIN project_keys p ON p.id = f.project_id
"""

_FINANCES = """
SELECT indicator_key AS from_key, project_key AS to_key, 'project_funds#' || seq AS ref, fen, day
FROM arrangements
"""

_SPLIT_TO = """
SELECT parent.key AS from_key, child.key AS to_key, 'splits#' || s._seq AS ref, s.amount_fen AS fen,
    s.split_on AS day
FROM splits s JOIN indicator_keys parent ON parent.id = s.parent_indicator_id
    JOIN indicator_keys child ON child.id = s.child_indicator_id
"""

_PROJECT_APPROVALS = f"""
WITH steps AS (
    SELECT subject_id, min(happened_at) AS day FROM events
    WHERE subject_kind = 'project' AND step_key = '{_APPROVAL}' GROUP BY ALL
)
SELECT k.key, s.day AS event_day, CASE WHEN k.seq IS NULL THEN NULL
    WHEN approved_on IS NULL THEN s.day
    WHEN approval_no IS NOT NULL THEN approved_on END AS day
FROM project_keys k LEFT JOIN projects p ON p._seq = k.seq LEFT JOIN steps s ON s.subject_id = k.id
"""
