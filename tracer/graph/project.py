"""Write a graph build: all nodes and edges, from the ledger's rows as seen and the flow of their money.

Rules are read-only filters, joins and sums; what needs order, text normalisation, checksums, working days,
words or the flow is worked out here and put on a node or an edge.
"""

from pathlib import Path

from tracer.calendar import day_number
from tracer.errors import ConservationError
from tracer.flow.store import Flow, require_pieces
from tracer.graph.chains import write_chains
from tracer.graph.draft import Draft
from tracer.graph.facts_accounts import make_account_facts
from tracer.graph.facts_batches import make_batches, write_batches
from tracer.graph.facts_benefits import make_benefits, read_benefits, write_benefits
from tracer.graph.facts_draws import make_draws, write_draws
from tracer.graph.facts_flow import check_money, make_balances, read_flow, write_flow
from tracer.graph.facts_households import make_households, write_households
from tracer.graph.facts_offices import make_issuers, read_offices, write_offices
from tracer.graph.facts_payments import make_payments, read_payments, write_payments
from tracer.graph.facts_people import make_people, read_people, write_people
from tracer.graph.facts_performance import quarter_before, read_performance, write_performance
from tracer.graph.facts_plan import make_workdays, read_plan, write_plan
from tracer.graph.facts_registers import write_registers
from tracer.graph.passed import make_passed, write_passed
from tracer.graph.payee_groups import make_project_counties, write_payee_groups
from tracer.graph.reached import write_collected, write_reached
from tracer.graph.returned import write_returned
from tracer.graph.uses_file import load_uses
from tracer.ledger import Ledger
from tracer.registers.store import Registers


def project(ledger: Ledger, flow: Flow, folder: Path) -> None:
    """Write the graph of a flow's ledger version, method and as-of day into an empty folder.

    One Parquet file per label and per edge type and pair of labels, with the columns of
    `tracer.graph.model`. Raises `TooManyPiecesError` for a flow without pieces, `ConservationError` where the
    graph would not say what the rows say: that is a bug.
    """
    require_pieces(flow)
    folder.mkdir(parents=True, exist_ok=True)
    check_money(flow)
    with Draft(folder) as draft:
        read_performance(draft, ledger, flow.version, flow.as_of)
        read_plan(draft, ledger, flow.version, flow.as_of)
        read_people(draft, ledger, flow.version, flow.as_of)
        read_offices(draft, ledger, flow.version, flow.as_of)
        read_benefits(draft, ledger, flow.version, flow.as_of)
        read_payments(draft, ledger, flow.version, flow.as_of)
        read_flow(draft, flow)
        make_workdays(draft)
        _number(draft)
        make_people(draft)
        make_balances(draft)
        make_payments(draft)
        make_households(draft)
        make_account_facts(draft)
        make_passed(draft)
        make_project_counties(draft)
        make_draws(draft, flow.as_of)
        make_issuers(draft)
        make_benefits(draft)
        make_batches(draft)
        _write_build(draft, flow)
        write_plan(draft)
        write_performance(draft, flow.as_of)
        write_people(draft)
        write_offices(draft)
        write_payments(draft, load_uses(ledger.home))
        write_households(draft)
        write_registers(draft, Registers(ledger.home), flow.as_of)
        write_draws(draft)
        write_benefits(draft)
        write_batches(draft)
        write_flow(draft)
        write_returned(draft, flow)
        write_passed(draft)
        write_reached(draft, flow)
        write_collected(draft, flow)
        write_chains(draft)
        write_payee_groups(draft)
        _check_rows(draft)


def _number(draft: Draft) -> None:
    """Give keys to indicators, projects and accounts: the listed ones, then those that rows only name."""
    holders = "SELECT name FROM holders WHERE"  # whom splits, payments and transfers name
    _keys(
        draft,
        "indicator",
        "SELECT indicator_id AS id, _seq AS seq FROM indicators",
        "SELECT indicator_id FROM project_funds",
        "SELECT subject_id FROM events WHERE subject_kind = 'indicator'",
        f"{holders} is_indicator",
    )
    _keys(
        draft,
        "project",
        "SELECT project_id AS id, _seq AS seq FROM projects",
        "SELECT project_id FROM payments",
        "SELECT project_id FROM project_funds",
        "SELECT subject_id FROM events WHERE subject_kind = 'project'",
        "SELECT project_id FROM targets",
        "SELECT project_id FROM assets",
    )
    _keys(
        draft,
        "account",
        "SELECT account_no AS id, _seq AS seq FROM accounts",
        f"{holders} NOT is_indicator",
    )


def _keys(draft: Draft, what: str, listed: str, *mentions: str) -> None:
    named = " UNION ".join(f"SELECT * FROM ({mention}) AS mention(id)" for mention in mentions)
    draft.make(
        f"{what}_keys",
        f"""
        WITH listed AS ({listed}),
        everyone AS (
            SELECT id, seq FROM listed
            UNION ALL SELECT id, NULL FROM ({named}) n ANTI JOIN listed USING (id) WHERE id IS NOT NULL
        )
        SELECT row_number() OVER (ORDER BY seq NULLS LAST, id) - 1 AS key, id, seq FROM everyone
        """,
    )


def _write_build(draft: Draft, flow: Flow) -> None:
    days = [None] * 3 if flow.as_of is None else [flow.as_of, *quarter_before(flow.as_of)]
    as_of, first, last = ("NULL" if day is None else day_number(day) for day in days)
    draft.nodes(
        "Build",
        f"""
        SELECT 0 AS key, {flow.version} AS ledger_version, '{flow.method}' AS method, {as_of} AS as_of_day,
            {first} AS quarter_first_day, {last} AS quarter_last_day
        """,
    )


def _check_rows(draft: Draft) -> None:
    """Check that every row and cell that should be a node or an edge is one."""
    counts = " UNION ALL ".join(
        f"SELECT '{name}' AS name, count(*) AS n FROM ({query})" for name, query in _EXPECTED.items()
    )
    found = draft.rows(counts)
    expected = dict(zip(found["name"].to_pylist(), found["n"].to_pylist(), strict=True))
    wrong = {name: count for name, count in expected.items() if draft.written[name] != count}
    if wrong:
        raise ConservationError(f"not all rows are in the graph: expected {wrong}, written {draft.written}")


_EXPECTED = {
    "Fund": "FROM funds",
    "Event": "FROM events",
    "Agency": "FROM agencies",
    "RegisterEntry": "FROM register",
    "Standard": "FROM standards",
    "Transfer": "SELECT 1 FROM splits UNION ALL SELECT 1 FROM payments UNION ALL SELECT 1 FROM transfers",
    "SENT": """
        SELECT 1 FROM payments WHERE payer_account IS NOT NULL
        UNION ALL SELECT 1 FROM transfers WHERE from_account IS NOT NULL
    """,
    "RECEIVED_BY": """
        SELECT 1 FROM payments WHERE payee_account IS NOT NULL
        UNION ALL SELECT 1 FROM transfers WHERE to_account IS NOT NULL
    """,
    "NAMES": "FROM payments WHERE indicator_id IS NOT NULL",
    "PAYS_FOR": "FROM payments WHERE project_id IS NOT NULL",
    "REFUNDS": "FROM payments r SEMI JOIN payments p ON p.payment_id = r.refund_of",
    "LEG_OF": "FROM legs",
    "SPLIT_TO": "FROM splits",
    "FINANCES": "FROM project_funds",
    "HAD": """
        SELECT 1 FROM events WHERE subject_kind <> 'payment'
        UNION ALL SELECT 1 FROM events e SEMI JOIN payments p ON p.payment_id = e.subject_id
        WHERE e.subject_kind = 'payment'
    """,
    "Target": "FROM targets",
    "AIMS_AT": "FROM targets",
    "Asset": "FROM assets",
    "FORMED": "FROM assets",
    "LoggedAlert": "FROM alert_log",
    "LISTED_AS": "FROM register",
    "RELATED_TO": "FROM relations",
    "TIED_TO": "SELECT 1 FROM relations UNION ALL SELECT 1 FROM relations WHERE a <> b",
    "HELD_BY": "FROM accounts WHERE holder_id_key IS NOT NULL",
    "BENEFITS": "FROM household_payments",
    "CARRIED": "FROM pieces WHERE row >= 0",
    "BECAME": "FROM pieces WHERE parent >= 0",
    "BORN_AT": "FROM pieces WHERE parent < 0",
    "REMAINS_AT": "FROM pieces WHERE left_fen > 0",
}
"""For labels and edge types that rows, cells or pieces become one by one: a query with one row for each."""
