"""Which persons of the register a recipient may be: pairs by rules, never everybody with everybody."""

import duckdb

from tracer.match.comparisons import COMPARISONS, SIDES

RULES: dict[str, tuple[str, ...]] = {
    "id": ("id_key",),
    "account holder": ("holder_key",),
    "name and account": ("name_fold", "card_key"),
    "name and last digits": ("name_fold", "id_tail"),
    "name and first digits": ("name_fold", "left(id_key, 8)"),
    "name and middle digits": ("name_fold", "substr(id_key, 11, 7)"),
    "name and village": ("name_fold", "village_key"),
    "account": ("card_key",),
    "name": ("name_fold",),
    "sound": ("name_sound",),
}
"""Rules by which a recipient and a listing become a pair: what must be equal on both sides.

One wrong digit or two that are transposed leave the first or the middle digits as they are.
"""

MOST = 100
"""So many listings of one value of a rule are taken, in the order of the register; the others are counted."""


def make_blocks(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `blocks` of each rule: its values, `listing`, and `size`, of how many of that value."""
    for n, keys in enumerate(RULES.values()):
        names = ", ".join(f"{key} AS k{i}" for i, key in enumerate(keys))
        values = ", ".join(f"k{i}" for i in range(len(keys)))
        filled = " AND ".join(f"k{i} IS NOT NULL" for i in range(len(keys)))
        db.execute(
            f"""
            CREATE TABLE blocks_{n} AS
            SELECT {values}, listing, count(*) OVER (PARTITION BY {values}) AS size
            FROM (SELECT {names}, listing FROM listings) WHERE {filled}
            QUALIFY row_number() OVER (PARTITION BY {values} ORDER BY listing) <= {MOST}
            """
        )


def make_sure(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `sure`: recipients whose number and name are those of exactly one person.

    Their other pairs need not be looked at: whoever else has that name has another number.
    """
    db.execute(
        """
        CREATE TABLE sure AS
        SELECT recipient, any_value(person) AS person
        FROM recipients l JOIN listings r USING (id_key)
        WHERE l.name_fold = r.name_fold AND l.id_kind IS DISTINCT FROM 'credit'
        GROUP BY recipient HAVING count(DISTINCT person) = 1
        """
    )


def pair_sure(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `pairs` of the sure recipients, each with the listings of its person."""
    pairs = "SELECT recipient, listing FROM sure JOIN listings USING (person)"
    db.execute(f"CREATE OR REPLACE TABLE pairs AS {_levels(pairs)}")


def pair_others(db: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    """Make `pairs` of the recipients from `first` to before `last` that are not sure, and add to `left_out`.

    `pairs`: `recipient`, `listing`, `person`, and each comparison's level, by its name.
    `left_out`: `recipient`, `listings` that a rule had beyond `MOST`.
    """
    asked = f"""
        SELECT * FROM recipients ANTI JOIN sure USING (recipient)
        WHERE recipient >= {first} AND recipient < {last} AND id_kind IS DISTINCT FROM 'credit'
    """
    rules = []
    for n, keys in enumerate(RULES.values()):
        equal = " AND ".join(f"{key} = r.k{i}" for i, key in enumerate(keys))
        rules.append(f"SELECT recipient, listing, size FROM asked l JOIN blocks_{n} r ON {equal}")
    db.execute(f"CREATE OR REPLACE TABLE blocked AS WITH asked AS ({asked}) {' UNION ALL '.join(rules)}")
    db.execute(
        f"""
        INSERT INTO left_out
        SELECT recipient, max(size) - {MOST} FROM blocked WHERE size > {MOST} GROUP BY recipient
        """
    )
    pairs = "SELECT DISTINCT recipient, listing FROM blocked"
    db.execute(f"CREATE OR REPLACE TABLE pairs AS {_levels(pairs)}")


def _levels(pairs: str) -> str:
    """Query for the level of each comparison of some pairs."""
    levels = ", ".join(f"({comparison.case})::TINYINT AS {comparison.name}" for comparison in COMPARISONS)
    return f"""
        SELECT recipient, listing, person, name_fold_r, {levels}
        FROM (
            SELECT b.recipient, b.listing, r.person, {SIDES}
            FROM ({pairs}) b JOIN recipients l USING (recipient) JOIN listings r USING (listing)
        )
    """
