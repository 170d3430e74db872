"""Decisions of persons on pairs of a recipient of payments and a person of the register: append-only."""

import sqlalchemy as sa
from alembic import op

from tracer.casework.migrations.guards import guard

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_IN_FORCE = "NOT EXISTS (SELECT 1 FROM pair_decisions later WHERE later.previous = d.number)"

# Of a pair decisions and their withdrawals follow one another; of a recipient one person at most is the same.
_FORBIDDEN = (
    "(NEW.previous IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pair_decisions p WHERE p.number = NEW.previous"
    " AND p.pair = NEW.pair AND (p.verdict = 'withdrawn') <> (NEW.verdict = 'withdrawn')))"
    " OR (NEW.verdict = 'same' AND EXISTS (SELECT 1 FROM pair_decisions d"
    f" WHERE d.recipient = NEW.recipient AND d.verdict = 'same' AND {_IN_FORCE}))"
)


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        "pair_decisions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("pair", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("beneficiary_id", sa.Text, nullable=False),
        sa.Column("beneficiary_name", sa.Text, nullable=False),
        sa.Column("payee_account", sa.Text, nullable=False),
        sa.Column("person_key", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("previous", sa.Integer, sa.ForeignKey("pair_decisions.number"), unique=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("ledger_version", sa.BigInteger),
        sa.Column("as_of", sa.Date),
        sa.Column("shown", sa.JSON),
        sa.CheckConstraint("verdict IN ('same', 'different', 'withdrawn')", name="pair_verdict"),
        sa.CheckConstraint("verdict <> 'withdrawn' OR previous IS NOT NULL", name="pair_withdrawn"),
        sa.CheckConstraint("reason <> '' AND decided_by <> ''", name="pair_reason"),
    )
    op.create_index("pair_decisions_pair", "pair_decisions", ["pair", "number"])
    op.create_index("pair_decisions_recipient", "pair_decisions", ["recipient", "number"])
    # One pair has one line of records: only its first has none before it, and each has at most one after.
    op.create_index(
        "pair_decisions_first",
        "pair_decisions",
        ["pair"],
        unique=True,
        sqlite_where=sa.text("previous IS NULL"),
        postgresql_where=sa.text("previous IS NULL"),
    )
    guard("pair_decisions", "INSERT", _FORBIDDEN)
    guard("pair_decisions", "UPDATE", "1 = 1")
    guard("pair_decisions", "DELETE", "1 = 1")


def downgrade() -> None:
    """Refuse: a log that can be taken back is none."""
    raise NotImplementedError("decisions on pairs are never removed")
