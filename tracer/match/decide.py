"""From weights to answers: match, unsure or no match, and on what basis; no guess becomes a fact."""

import duckdb

from tracer.match.comparisons import COMPARISONS, Comparison

MATCH, UNSURE, NO_MATCH = "match", "unsure", "no match"

MATCH_BITS = 10.0
"""A match needs a total of so many bits (a thousand to one), and so many more than any other person."""

UNSURE_BITS = -10.0
"""A person with a total of less is no candidate (a thousand to one against)."""

POPULATION = 10_000
"""Among so many people at least a recipient is sought, however small the register is."""

MOST_CANDIDATES = 10
"""So many candidates of a recipient are told, best first."""

NO_MATCH_BASES = ("organisation", "nobody")
UNSURE_BASES = (
    "id contradicts", "another id", "several", "name differs", "account alone", "name alone", "weak"
)  # fmt: skip
"""On what an answer that is no match rests; every other basis is that of a match."""


def weigh(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `candidates` of `pairs`: per recipient and person the best listing and its weights.

    `recipient`, `person`, `rank` (from 1, best first), `total_bits`, `lead_bits` (over the next best, null
    where there is none), the levels, and a weight `<comparison>_bits` for each.
    """
    weights = ", ".join(f"{_bits(comparison)} AS {comparison.name}_bits" for comparison in COMPARISONS)
    total = " + ".join(f"{comparison.name}_bits" for comparison in COMPARISONS)
    ((people,),) = db.execute("SELECT count(*) FROM persons").fetchall()
    db.execute(
        f"""
        CREATE TABLE candidates AS
        WITH weighed AS (
            SELECT *, -log2({max(people, POPULATION)}) AS people_bits, people_bits + {total} AS total_bits
            FROM (SELECT *, {weights} FROM pairs)
        ),
        best AS (
            FROM weighed QUALIFY row_number() OVER (
                PARTITION BY recipient, person ORDER BY total_bits DESC, listing) = 1
        )
        SELECT * EXCLUDE (listing), row_number() OVER ranked AS rank,
            total_bits - lead(total_bits) OVER ranked AS lead_bits
        FROM best WHERE total_bits >= {UNSURE_BITS}
        WINDOW ranked AS (PARTITION BY recipient ORDER BY total_bits DESC, person)
        """
    )


def decide(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `answers`: `recipient`, `answer`, `basis`, `person` (of a match only).

    A match rests on a number or an account and on a name that does not differ; a number alone is enough where
    no name is given. A full number that is another's forbids it, and so does a second person who is near.
    """
    another_id = _is("id", "disagrees", "disagrees, one is flawed")
    tests = {
        "organisation": "r.id_kind = 'credit'",
        "nobody": "c.person IS NULL",
        "id contradicts": f"{another_id} AND {_is('account', 'equal')}",
        "another id": another_id,
        "several": f"c.lead_bits < {MATCH_BITS}",
        "name differs": f"{_is('id', 'exact')} AND {_is('name', 'differs')}",
        "account alone": f"NOT {_is('name', 'equal')} AND {_is('id', 'missing')}",
        "name alone": f"{_is('id', 'missing')} AND NOT {_is('account', 'equal')}",
        "weak": f"c.total_bits < {MATCH_BITS} OR NOT {_is('name', 'equal')} AND NOT {_is('id', 'exact')}",
        "id and name": f"{_is('id', 'exact')} AND {_is('name', 'equal')}",
        "id": _is("id", "exact"),
        "id one digit off and name": _is("id", "one digit off"),
        "masked id and name": _is("id", "masked, agrees"),
    }
    basis = " ".join(f"WHEN {test} THEN '{name}'" for name, test in tests.items())
    db.execute(
        f"""
        CREATE TABLE answers AS
        SELECT recipient, basis, CASE WHEN basis IN {NO_MATCH_BASES} THEN '{NO_MATCH}'
            WHEN basis IN {UNSURE_BASES} THEN '{UNSURE}' ELSE '{MATCH}' END AS answer,
            CASE answer WHEN '{MATCH}' THEN person END AS person
        FROM (
            SELECT r.recipient, c.person, CASE {basis} ELSE 'name and account' END AS basis
            FROM recipients r LEFT JOIN candidates c ON c.recipient = r.recipient AND c.rank = 1
        )
        """
    )


def _bits(comparison: Comparison) -> str:
    levels = enumerate(comparison.levels)
    return f"CASE {comparison.name} {' '.join(f'WHEN {n} THEN {level.bits}' for n, level in levels)} END"


def _is(name: str, *levels: str) -> str:
    """SQL for a comparison being at one of some levels."""
    (comparison,) = (found for found in COMPARISONS if found.name == name)
    numbers = [str(n) for n, level in enumerate(comparison.levels) if level.name in levels]
    assert len(numbers) == len(levels), f"{name} has no such levels"
    return f"coalesce(c.{name} IN ({', '.join(numbers)}), FALSE)"
