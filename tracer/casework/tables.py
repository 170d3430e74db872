"""The tables of cases, as the newest migration leaves them.

`alerts` says how each alert stands; `alert_moves` is the append-only log of how it came to that, one row per
version of an alert; `slips` are the handling slips, append-only; `updates` are the scans that were taken in.
`pair_decisions` is the append-only log of what persons decided on pairs of a recipient and a person.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

ALERTS = Table(
    "alerts",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("rule_id", String(20), nullable=False),
    Column("identity", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("previous", Integer, ForeignKey("alerts.number"), unique=True),
    Column("state", String(10), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("lit_on", Date),
    Column("lit_level", String(10)),
    Column("responded_on", Date),
    Column("result", String(10)),
    Column("found_level", String(10), nullable=False),
    Column("is_found", Boolean, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("finding", JSON, nullable=False),
)
"""`identity` makes a finding the same one; `lit_on` is when it became yellow or red, `lit_level` which."""

MOVES_LOG = Table(
    "alert_moves",
    METADATA,
    Column("number", Integer, ForeignKey("alerts.number"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("from_state", String(10)),
    Column("to_state", String(10), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("recorded_at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("slip_version", Integer),
    Column("ledger_version", BigInteger),
    Column("rule_version", String(20)),
    Column("amount_fen", BigInteger),
    Column("finding", JSON(none_as_null=True)),
    ForeignKeyConstraint(["number", "slip_version"], ["slips.number", "slips.version"]),
)

SLIPS = Table(
    "slips",
    METADATA,
    Column("number", Integer, ForeignKey("alerts.number"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("facts", Text, nullable=False),
    Column("method", String(20), nullable=False),
    Column("result", String(10), nullable=False),
    Column("basis", Text, nullable=False),
    Column("handler", Text, nullable=False),
    Column("handled_on", Date, nullable=False),
    Column("recorded_at", String(32), nullable=False),
)
"""A slip is named by its alert and the version of the alert that it made."""

UPDATES = Table(
    "updates",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("as_of", Date, nullable=False),
    Column("ledger_version", BigInteger, nullable=False),
    Column("method", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("recorded_at", String(32), nullable=False),
)

PAIR_DECISIONS = Table(
    "pair_decisions",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("pair", String(64), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("beneficiary_id", Text, nullable=False),
    Column("beneficiary_name", Text, nullable=False),
    Column("payee_account", Text, nullable=False),
    Column("person_key", Text, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("previous", Integer, ForeignKey("pair_decisions.number"), unique=True),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("recorded_at", String(32), nullable=False),
    Column("ledger_version", BigInteger),
    Column("as_of", Date),
    Column("shown", JSON(none_as_null=True)),
)
"""`pair` and `recipient` are digests of the texts beside them; `shown` is what its maker was shown."""
