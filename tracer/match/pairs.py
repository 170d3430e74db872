"""Which persons of the register a recipient may be, and how each of them compares."""

import duckdb

from tracer.match.comparisons import COMPARISONS

BLOCKS = {
    "id": "l.id_key = r.id_key",
    "name": "l.name_key = r.name_key",
    "account": "l.card_key = r.card_key",
    "account holder": "l.holder_key = r.id_key",
}
"""Rules by which a recipient and a listing become a pair; none compares everybody with everybody."""


def make_pairs(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `pairs`: `recipient`, `listing`, `person`, and each comparison's level, by its name."""
    rules = " UNION ".join(
        f"SELECT recipient, listing FROM recipients l JOIN listings r ON {rule}" for rule in BLOCKS.values()
    )
    levels = ", ".join(f"({comparison.case})::TINYINT AS {comparison.name}" for comparison in COMPARISONS)
    db.execute(f"CREATE TABLE blocked AS {rules}")
    db.execute(
        f"""
        CREATE TABLE pairs AS
        SELECT recipient, listing, person, {levels}
        FROM (
            SELECT b.recipient, b.listing, r.person, {_sides()}
            FROM blocked b JOIN recipients l USING (recipient) JOIN listings r USING (listing)
            WHERE l.id_kind IS DISTINCT FROM 'credit'
        )
        """
    )


def _sides() -> str:
    """The compared columns of both sides, with the ending that comparisons know them by."""
    both = ("id_key", "id_kind", "id_pattern", "name_key", "card_key", "card_pattern")
    columns = [f"{side}.{name} AS {name}_{side}" for name in both for side in "lr"]
    return ", ".join(
        [*columns, "l.id_tail AS id_tail_l", "r.id_tail AS id_tail_r", "l.holder_key AS holder_key_l"]
    )
