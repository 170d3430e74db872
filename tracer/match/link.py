"""Who was really paid: payment → recipient → person of the register → household on the day of payment.

Matching explains findings and answers for payments without a usable ID number; rules never read it.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from tracer.ledger import Ledger
from tracer.match.decide import MATCH, NO_MATCH, UNSURE, decide, make_candidates, weigh
from tracer.match.learn import Weights, learn
from tracer.match.pairs import make_blocks, make_sure, pair_others, pair_sure
from tracer.match.recipients import read_recipients
from tracer.match.register import is_empty, read_register

__all__ = ["MATCH", "NO_MATCH", "UNSURE", "Decision", "Matches", "match_payments"]

BATCH = 100_000
"""So many recipients are compared at a time."""

MEMORY = "4GB"
"""What the work may take of memory beside the ledger's columns; what needs more goes to disk."""


@dataclass(frozen=True)
class Decision:
    """What a person decided of one recipient, as the payments write it, and one person of the register."""

    beneficiary_id: str | None
    name: str | None
    account: str | None
    person_key: str
    """As candidates have it."""
    is_match: bool


@dataclass(frozen=True)
class Matches:
    """The answers for all payments for persons of one ledger version, as seen on a day.

    `recipients`: one row per recipient, standing and household: `row`, `recipient`; `beneficiary_id`, `name`,
    `account` as written; `paid_as` (beneficiary, account, project, name: why it counts as a person's);
    `id_kind`, what the number was by which it was compared (`forms.py`; null: none); `answer`, `basis`;
    `left_out` (listings of its name or account beyond those that were looked at); `person_id` and
    `person_name` as the register writes them (of a match), `household_id` and `village` of the register row
    valid on the day, else of the latest before; `standing` on the day: registered, ended, later (not yet),
    or null without a match; `payments`, `amount_fen` (less refunds), `first_day`, `last_day` (day numbers).
    `payments`: `_seq` of each payment, the `row` of its recipient, its `day`, `fen` (less refunds).
    `candidates`: `recipient`, `rank` from 1, `person_key`, `person_id`, `name`, `household_id`, `village`
    (latest row), `total_bits`, and `reasons`, a list of `{reason, level, bits}` whose bits add up to the
    total.
    """

    version: int
    as_of: date | None
    missing: tuple[str, ...]
    """Tables without which nothing can be answered; every answer is then null: not evaluable."""
    weights: Weights
    """What each outcome of a comparison is worth, and whether that was learned from this data."""
    recipients: pa.Table
    payments: pa.Table
    candidates: pa.Table
    unused_decisions: tuple[Decision, ...]
    """Decisions on a recipient or a person that is no longer there."""


def match_payments(
    ledger: Ledger, as_of: date | None, version: int | None = None, decisions: Iterable[Decision] = ()
) -> Matches:
    """Find for each recipient of payments who of the register that is; the same on every run.

    Raises `UsageError` where the ledger has no such version.
    """
    version = ledger.version if version is None else version
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as db:
        db.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{folder}'")
        db.execute("SET preserve_insertion_order = false")
        read_register(db, ledger, version, as_of)
        read_recipients(db, ledger, version, as_of)
        missing = ("register",) if is_empty(db) else ()
        unused = _read_decisions(db, list(decisions))
        make_blocks(db)
        make_sure(db)
        weights = learn(db)
        _weigh_all(db, weights)
        decide(db, weights.comparisons)
        db.execute(_OVERRULE)
        db.execute(_DENIED)
        if missing:
            db.execute("UPDATE answers SET answer = NULL, basis = NULL")
        db.execute(_STANDINGS)
        db.execute(_ROWS)
        return Matches(
            version=version,
            as_of=as_of,
            missing=missing,
            weights=weights,
            recipients=db.sql(_RESULT).to_arrow_table(),
            payments=db.sql(_PAYMENTS).to_arrow_table(),
            candidates=db.sql(_candidates(weights)).to_arrow_table(),
            unused_decisions=unused,
        )


def _weigh_all(db: duckdb.DuckDBPyConnection, weights: Weights) -> None:
    """Pair and weigh all recipients, so many at a time that memory does not grow with them."""
    make_candidates(db, weights.comparisons)
    db.execute(_UNSURE)
    pair_sure(db)
    weigh(db, weights)
    ((last,),) = db.execute("SELECT coalesce(max(recipient), -1) FROM recipients").fetchall()
    for first in range(0, last + 1, BATCH):
        pair_others(db, first, first + BATCH)
        db.execute(_FORBID)
        weigh(db, weights)


def _read_decisions(db: duckdb.DuckDBPyConnection, decisions: list[Decision]) -> tuple[Decision, ...]:
    """Make the table `decided` of the last word on each pair; returns decisions that concern nobody here."""
    rows = [vars(decision) | {"n": n} for n, decision in enumerate(decisions)]
    text = pa.string()
    schema = pa.schema(
        [("beneficiary_id", text), ("name", text), ("account", text), ("person_key", text),
         ("is_match", pa.bool_()), ("n", pa.int64())]
    )  # fmt: skip
    db.register("decisions", pa.Table.from_pylist(rows, schema=schema))
    db.execute(_TAKEN)
    db.execute(_DECIDED)
    used = {n for (n,) in db.execute("SELECT n FROM taken").fetchall()}
    return tuple(decision for n, decision in enumerate(decisions) if n not in used)


_TAKEN = """
CREATE TABLE taken AS
SELECT d.n, r.recipient, p.person, d.is_match
FROM decisions d JOIN recipients r ON r.beneficiary_id IS NOT DISTINCT FROM d.beneficiary_id
    AND r.name IS NOT DISTINCT FROM d.name AND r.account IS NOT DISTINCT FROM d.account
    JOIN persons p USING (person_key)
"""

_DECIDED = """
CREATE TABLE decided AS
FROM taken QUALIFY row_number() OVER (PARTITION BY recipient, person ORDER BY n DESC) = 1
"""

# Who is not the person whose number and name he has may be another, so the others have to be looked at.
_UNSURE = "DELETE FROM sure WHERE recipient IN (SELECT recipient FROM decided WHERE NOT is_match)"

# Who is not this person may still be another.
_FORBID = """
DELETE FROM pairs USING decided d
WHERE NOT d.is_match AND d.recipient = pairs.recipient AND d.person = pairs.person
"""

_OVERRULE = """
UPDATE answers SET answer = 'match', basis = 'decision', person = d.person
FROM (
    FROM decided WHERE is_match QUALIFY row_number() OVER (PARTITION BY recipient ORDER BY n DESC) = 1
) d
WHERE d.recipient = answers.recipient
"""

_DENIED = """
UPDATE answers SET basis = 'decision'
WHERE basis = 'nobody' AND recipient IN (SELECT recipient FROM decided WHERE NOT is_match)
"""

# Most persons have one row in the register; only of the others one has to be chosen.
_STANDINGS = """
CREATE TABLE standings AS
WITH ask AS (
    SELECT p.seq, p.day, a.person FROM paid p JOIN answers a USING (recipient) WHERE a.person IS NOT NULL
),
one AS (SELECT e.person, e.row FROM entries e JOIN persons p USING (person) WHERE NOT p.several),
many AS (
    SELECT e.person, e.row, e.valid_from, e.valid_to FROM entries e JOIN persons p USING (person)
    WHERE p.several
),
chosen AS (
    SELECT seq, day, row FROM ask JOIN one USING (person)
    UNION ALL
    SELECT a.seq, any_value(a.day), arg_max(m.row, (
        m.valid_from <= a.day, m.valid_to IS NULL OR m.valid_to >= a.day, m.valid_from, m.row))
    FROM ask a JOIN many m USING (person) GROUP BY a.seq
)
SELECT c.seq, CASE WHEN e.valid_from <= c.day THEN e.home END AS home,
    CASE WHEN e.valid_from > c.day THEN 'later' WHEN e.valid_to < c.day THEN 'ended'
    ELSE 'registered' END AS standing
FROM chosen c JOIN entries e USING (row)
"""

_ROWS = """
CREATE TABLE result_rows AS
SELECT row_number() OVER (ORDER BY recipient, min(day), min(seq)) - 1 AS row, recipient, home, standing,
    count(*) AS payments, sum(fen)::BIGINT AS amount_fen, min(day) AS first_day, max(day) AS last_day
FROM paid LEFT JOIN standings USING (seq) GROUP BY recipient, home, standing
"""

_RESULT = """
SELECT w.row, recipient, r.beneficiary_id, r.name, r.account, r.paid_as, r.id_kind, a.answer, a.basis,
    coalesce(l.listings, 0) AS left_out, p.person_id, e.name AS person_name, h.household_id, h.village,
    w.standing, w.payments, w.amount_fen, w.first_day, w.last_day
FROM result_rows w JOIN recipients r USING (recipient) JOIN answers a USING (recipient)
    LEFT JOIN persons p USING (person) LEFT JOIN entries e ON e.row = p.last_row
    LEFT JOIN homes h ON h.home = w.home LEFT JOIN left_out l USING (recipient)
ORDER BY w.row
"""

_PAYMENTS = """
SELECT p.seq AS _seq, w.row, p.day, p.fen
FROM paid p LEFT JOIN standings s USING (seq)
    JOIN result_rows w ON w.recipient = p.recipient AND w.home IS NOT DISTINCT FROM s.home
        AND w.standing IS NOT DISTINCT FROM s.standing
ORDER BY p.seq
"""


def _candidates(weights: Weights) -> str:
    reasons = ["{reason: 'people', level: NULL::VARCHAR, bits: people_bits}"]
    for comparison in weights.comparisons:
        name, levels = comparison.name, [level.name for level in comparison.levels]
        reasons.append(f"{{reason: '{name}', level: {levels}[c.{name} + 1], bits: {name}_bits}}")
    reasons.append("{reason: 'rarity', level: NULL::VARCHAR, bits: rarity_bits}")
    return f"""
        SELECT c.recipient, c.rank, p.person_key, p.person_id, e.name, e.household_id, e.village,
            c.total_bits, [{", ".join(reasons)}] AS reasons
        FROM candidates c JOIN persons p USING (person) JOIN entries e ON e.row = p.last_row
        ORDER BY c.recipient, c.rank
    """
