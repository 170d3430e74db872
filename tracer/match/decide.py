"""From weights to answers: match, unsure or no match, and on what basis; no guess becomes a fact."""

from collections.abc import Sequence

import duckdb

from tracer.match.comparisons import NAME, RARE, Comparison
from tracer.match.learn import Weights

MATCH, UNSURE, NO_MATCH = "match", "unsure", "no match"

MATCH_BITS = 10.0
"""A match needs a total of so many bits (a thousand to one), and so many more than any other person."""

UNSURE_BITS = -10.0
"""A person with a total of less is no candidate (a thousand to one against)."""

MOST_CANDIDATES = 10
"""So many candidates of a recipient are told, best first."""

NO_MATCH_BASES = ("organisation", "nothing given", "nobody")
UNSURE_BASES = (
    "id contradicts", "another id", "several", "name differs", "account alone", "name alone", "weak"
)  # fmt: skip
MATCH_BASES = (
    "id and name", "id and sound of the name", "id", "id one digit off and name", "masked id and name",
    "name and account", "name and masked account",
)  # fmt: skip
"""On what an answer rests, beside a person's decision."""

_GIVEN = "r.id_key, r.id_pattern, r.name_fold, r.card_key, r.card_pattern"


def weigh(db: duckdb.DuckDBPyConnection, weights: Weights) -> None:
    """Add to the table `candidates` those of `pairs`: per recipient and person the best listing.

    `recipient`, `person`, `rank` (from 1, best first, at most `MOST_CANDIDATES`), `total_bits`, `lead_bits`
    (over the next best, null where there is none), the levels, a weight `<comparison>_bits` for each,
    `rarity_bits` (how much rarer or commoner the name is than names are), and `people_bits`, the chance
    that a recipient is a given person before anything is compared.
    """
    names = [comparison.name for comparison in weights.comparisons]
    total = " + ".join(f"{name}_bits" for name in names)
    bits = ", ".join(_weight(comparison) for comparison in weights.comparisons)
    db.execute(
        f"""
        INSERT INTO candidates
        WITH weighed AS (
            SELECT *, people_bits + rarity_bits + {total} AS total_bits
            FROM (
                SELECT recipient, listing, person, {", ".join(names)}, {bits},
                    {_rarity(weights)} AS rarity_bits, {weights.people_bits}::DOUBLE AS people_bits
                FROM pairs LEFT JOIN name_counts n ON n.name_fold = name_fold_r
            )
        ),
        best AS (
            FROM weighed QUALIFY row_number() OVER (
                PARTITION BY recipient, person ORDER BY total_bits DESC, listing) = 1
        )
        SELECT * EXCLUDE (listing), row_number() OVER ranked AS rank,
            total_bits - lead(total_bits) OVER ranked AS lead_bits
        FROM best WHERE total_bits >= {UNSURE_BITS}
        WINDOW ranked AS (PARTITION BY recipient ORDER BY total_bits DESC, person)
        QUALIFY rank <= {MOST_CANDIDATES}
        """
    )


def make_candidates(db: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison]) -> None:
    """Make the empty tables that `weigh` and `pair_others` fill."""
    levels = ", ".join(f"{comparison.name} TINYINT" for comparison in comparisons)
    bits = ", ".join(f"{comparison.name}_bits DOUBLE" for comparison in comparisons)
    db.execute(
        f"""
        CREATE TABLE candidates (recipient BIGINT, person BIGINT, {levels}, {bits}, rarity_bits DOUBLE,
            people_bits DOUBLE, total_bits DOUBLE, rank BIGINT, lead_bits DOUBLE)
        """
    )
    db.execute("CREATE TABLE left_out (recipient BIGINT, listings BIGINT)")


def decide(db: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison]) -> None:
    """Make the table `answers`: `recipient`, `answer`, `basis`, `person` (of a match only).

    A match rests on a number or an account and on a name that does not differ; a number alone is enough where
    no name is given. A full number that is another's forbids it, and so does a second person who is near.
    """

    def at(name: str, *levels: str) -> str:
        (comparison,) = (found for found in comparisons if found.name == name)
        return f"coalesce(c.{name} IN ({', '.join(map(str, comparison.number(*levels)))}), FALSE)"

    named = at("name", "exact", "folded")
    another_id = at("id", "disagrees", "disagrees, one is flawed")
    sound_id = f"{at('id', 'exact')} AND r.id_kind IN ('full', 'old')"
    unnumbered, account = at("id", "missing"), at("account", "equal", "masked, agrees")
    strong = f"{named} AND c.total_bits >= {MATCH_BITS}"
    tests = {
        "organisation": "r.id_kind = 'credit'",
        "nothing given": f"c.person IS NULL AND coalesce({_GIVEN}) IS NULL",
        "nobody": "c.person IS NULL",
        "id contradicts": f"{another_id} AND {named} AND {at('account', 'equal')}",
        "another id": another_id,
        "several": f"c.lead_bits < {MATCH_BITS}",
        "id and name": f"{at('id', 'exact')} AND {named}",
        "id and sound of the name": f"{sound_id} AND {at('name', 'same sound')}",
        "id": f"{sound_id} AND {at('name', 'missing')}",
        "name differs": at("id", "exact"),
        "id one digit off and name": f"{at('id', 'one digit off')} AND {strong}",
        "masked id and name": f"{at('id', 'masked, agrees')} AND {strong}",
        "name and account": f"{unnumbered} AND {at('account', 'equal')} AND {strong}",
        "name and masked account": f"{unnumbered} AND {at('account', 'masked, agrees')} AND {strong}",
        "account alone": f"{unnumbered} AND {account} AND NOT {named}",
        "name alone": f"{unnumbered} AND NOT {account}",
    }
    basis = " ".join(f"WHEN {test} THEN '{name}'" for name, test in tests.items())
    db.execute(
        f"""
        CREATE TABLE answers AS
        SELECT recipient, basis, CASE WHEN basis IN {NO_MATCH_BASES} THEN '{NO_MATCH}'
            WHEN basis IN {MATCH_BASES} THEN '{MATCH}' ELSE '{UNSURE}' END AS answer,
            CASE answer WHEN '{MATCH}' THEN person END AS person
        FROM (
            SELECT r.recipient, c.person, CASE {basis} ELSE 'weak' END AS basis
            FROM recipients r LEFT JOIN candidates c ON c.recipient = r.recipient AND c.rank = 1
        )
        """
    )


def _weight(comparison: Comparison) -> str:
    levels = " ".join(f"WHEN {n} THEN {level.bits}" for n, level in enumerate(comparison.levels))
    return f"(CASE {comparison.name} {levels} END)::DOUBLE AS {comparison.name}_bits"


def _rarity(weights: Weights) -> str:
    """Corrects the weight of an equal name by its share of the people, counted once more than it occurs."""
    (name,) = (comparison for comparison in weights.comparisons if comparison.name == NAME.name)
    usual = name.levels[RARE[0]].other
    share = f"(coalesce(n.persons, 0) + 1) / {weights.people + 1}"
    return f"CASE WHEN {name.name} IN {RARE} THEN round(log2({usual} / ({share})), 2) ELSE 0 END"
