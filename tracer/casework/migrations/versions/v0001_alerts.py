"""Alerts, their log and their slips; what may never happen to them is forbidden here as well as in code."""

import sqlalchemy as sa
from alembic import op

from tracer.casework.migrations.guards import guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LEGAL = (
    ("bell", "cleared"),
    ("bell", "yellow"),
    ("bell", "red"),
    ("yellow", "green"),
    ("yellow", "red"),
    ("red", "green"),
)
"""The moves as they stood when this step was written; a test holds them against `tracer.casework.alerts`."""

_PAIRS = ", ".join(f"'{before}>{after}'" for before, after in LEGAL)
_STATES = "'bell', 'yellow', 'red', 'green', 'cleared'"
_OPEN = "'bell', 'yellow', 'red'"


def upgrade() -> None:
    """Make the tables and their guards."""
    _alerts()
    _slips()
    _moves()
    op.create_table(
        "updates",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("ledger_version", sa.BigInteger, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )
    for table in ("alert_moves", "slips", "updates"):
        guard(table, "UPDATE", "1 = 1")
        guard(table, "DELETE", "1 = 1")
    guard("alerts", "DELETE", "1 = 1")
    guard("alerts", "UPDATE", _FORBIDDEN)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rule_id", sa.String(20), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("previous", sa.Integer, sa.ForeignKey("alerts.number"), unique=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("lit_on", sa.Date),
        sa.Column("lit_level", sa.String(10)),
        sa.Column("responded_on", sa.Date),
        sa.Column("result", sa.String(10)),
        sa.Column("found_level", sa.String(10), nullable=False),
        sa.Column("is_found", sa.Boolean, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("finding", sa.JSON, nullable=False),
        sa.CheckConstraint(f"state IN ({_STATES})", name="alert_state"),
        sa.CheckConstraint("result IN ('normal', 'violation')", name="alert_result"),
        sa.CheckConstraint("(responded_on IS NULL) = (result IS NULL)", name="alert_response"),
        sa.CheckConstraint(
            "CASE WHEN state IN ('bell', 'cleared') THEN lit_on IS NULL ELSE lit_on IS NOT NULL END",
            name="alert_lit",
        ),
    )
    op.create_index("alerts_identity", "alerts", ["rule_id", "identity", "number"])
    op.create_index("alerts_state", "alerts", ["state", "number"])
    # One finding has one line of alerts: only its first has none before it, and each has at most one after.
    op.create_index(
        "alerts_first",
        "alerts",
        ["rule_id", "identity"],
        unique=True,
        sqlite_where=sa.text("previous IS NULL"),
        postgresql_where=sa.text("previous IS NULL"),
    )


def _slips() -> None:
    op.create_table(
        "slips",
        sa.Column("number", sa.Integer, sa.ForeignKey("alerts.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("result", sa.String(10), nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("handler", sa.Text, nullable=False),
        sa.Column("handled_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        *(
            sa.CheckConstraint(f"{name} <> ''", name=f"slip_{name}")
            for name in ("facts", "method", "basis", "handler")
        ),
        sa.CheckConstraint("result IN ('normal', 'violation', 'corrected')", name="slip_result"),
    )


def _moves() -> None:
    op.create_table(
        "alert_moves",
        sa.Column("number", sa.Integer, sa.ForeignKey("alerts.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("from_state", sa.String(10)),
        sa.Column("to_state", sa.String(10), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("slip_version", sa.Integer),
        sa.Column("ledger_version", sa.BigInteger),
        sa.Column("rule_version", sa.String(20)),
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("finding", sa.JSON),
        sa.ForeignKeyConstraint(["number", "slip_version"], ["slips.number", "slips.version"]),
        sa.CheckConstraint(
            f"CASE kind WHEN 'opened' THEN from_state IS NULL AND to_state IN ({_OPEN})"
            f" WHEN 'moved' THEN from_state IS NOT NULL AND from_state || '>' || to_state IN ({_PAIRS})"
            f" WHEN 'noted' THEN from_state IS NOT NULL AND from_state = to_state AND to_state IN ({_OPEN})"
            " ELSE 1 = 0 END",
            name="move_legal",
        ),
        sa.CheckConstraint(
            "(kind = 'moved' AND from_state IN ('yellow', 'red')) = (slip_version IS NOT NULL)",
            name="move_slip",
        ),
        sa.CheckConstraint("slip_version IS NULL OR slip_version = version", name="move_own_slip"),
    )


_FIXED = ("number", "rule_id", "identity", "subject", "previous", "opened_on")
_DECIDED = ("responded_on", "lit_on", "lit_level")
_FORBIDDEN = (
    "NEW.version <> OLD.version + 1"
    + "".join(f" OR NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)
    + "".join(f" OR (OLD.{n} IS NOT NULL AND NEW.{n} IS DISTINCT FROM OLD.{n})" for n in _DECIDED)
    + " OR NOT EXISTS (SELECT 1 FROM alert_moves m WHERE m.number = NEW.number AND m.version = NEW.version"
    " AND m.from_state = OLD.state AND m.to_state = NEW.state)"
)
"""An alert changes only by a step that its log already holds, and a decision stays."""


def downgrade() -> None:
    """Refuse: a log that can be taken back is none."""
    raise NotImplementedError("alerts and their log are never removed")
