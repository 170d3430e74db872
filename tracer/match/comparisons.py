"""What a recipient and a person of the register are compared by, and what each outcome is worth.

Each comparison has levels, tried in order; conditions are SQL on the columns of `recipients` (`_l`) and
`listings` (`_r`). A level without chances says nothing: a value is missing on one side.
"""

from dataclasses import dataclass
from math import log2


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison: its name, when it holds, and its chances for one and for two persons."""

    name: str
    sql: str
    same: float | None = None
    """Chance of this outcome where both are one person (m)."""
    other: float | None = None
    """Chance of it where they are two (u)."""

    @property
    def bits(self) -> float:
        """Weight of the outcome: the log2 of its Bayes factor, 0 where it says nothing."""
        return 0.0 if self.same is None or self.other is None else log2(self.same / self.other)


@dataclass(frozen=True)
class Comparison:
    """One thing that is compared, with its outcomes in the order in which they are tried."""

    name: str
    levels: tuple[Level, ...]

    @property
    def case(self) -> str:
        """SQL for the number of the level that holds."""
        tests = " ".join(f"WHEN {level.sql} THEN {n}" for n, level in enumerate(self.levels[:-1]))
        return f"CASE {tests} ELSE {len(self.levels) - 1} END"


_ONE_OFF = (
    "(damerau_levenshtein(id_key_l, id_key_r) = 1 OR 'old' IN (id_kind_l, id_kind_r) "
    "AND damerau_levenshtein(left(id_key_l, 17), left(id_key_r, 17)) = 1)"
)
_SHOWN_AGREE = (
    "(id_key_r LIKE id_pattern_l OR id_key_l LIKE id_pattern_r OR id_key_l IS NULL AND id_key_r IS NULL "
    "AND id_tail_l = id_tail_r)"
)

# A check character tells every single wrong digit and every transposition: two numbers that both pass it are
# two numbers, however near.
ID = Comparison(
    "id",
    (
        Level(
            "missing", "coalesce(id_key_l, id_pattern_l) IS NULL OR coalesce(id_key_r, id_pattern_r) IS NULL"
        ),
        Level("exact", "id_key_l = id_key_r", 0.93, 1e-7),
        Level("one digit off", f"{_ONE_OFF} AND NOT (id_kind_l = 'full' AND id_kind_r = 'full')", 0.04, 8e-8),
        Level("masked, agrees", _SHOWN_AGREE, 0.02, 2e-6),
        Level("disagrees", "id_kind_l <> 'flawed' AND id_kind_r <> 'flawed'", 1e-6, 0.95),
        Level("disagrees, one is flawed", "TRUE", 0.01, 0.05),
    ),
)
NAME = Comparison(
    "name",
    (
        Level("missing", "name_key_l IS NULL OR name_key_r IS NULL"),
        Level("equal", "name_key_l = name_key_r", 0.98, 1e-3),
        Level("differs", "TRUE", 0.02, 0.999),
    ),
)
ACCOUNT = Comparison(
    "account",
    (
        Level(
            "equal",
            "coalesce(card_key_l = card_key_r, FALSE) OR coalesce(holder_key_l = id_key_r, FALSE)",
            0.9,
            1e-5,
        ),
        Level(
            "missing",
            "coalesce(card_key_l, card_pattern_l) IS NULL OR coalesce(card_key_r, card_pattern_r) IS NULL",
        ),
        Level(
            "masked, agrees", "card_key_r LIKE card_pattern_l OR card_key_l LIKE card_pattern_r", 0.02, 2e-6
        ),
        Level("disagrees", "TRUE", 0.08, 0.999),
    ),
)
COMPARISONS = (ID, NAME, ACCOUNT)
