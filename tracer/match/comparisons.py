"""What a recipient and a listing of the register are compared by, and what each outcome is worth.

Each comparison has levels, tried in order; conditions are SQL on `COLUMNS` of the recipient (`_l`) and of the
listing (`_r`). A level without chances says nothing: a value is missing on one side. The chances stated here
are used where there is too little data to learn them from.
"""

from dataclasses import dataclass, replace
from math import log2

COLUMNS = {
    "id_key": "VARCHAR", "id_kind": "VARCHAR", "id_pattern": "VARCHAR", "id_tail": "VARCHAR",
    "name_key": "VARCHAR", "name_fold": "VARCHAR", "name_sound": "VARCHAR",
    "card_key": "VARCHAR", "card_pattern": "VARCHAR", "holder_key": "VARCHAR",
    "payee_fold": "VARCHAR", "household_names": "VARCHAR[]", "household_cards": "VARCHAR[]",
    "village_key": "VARCHAR",
}  # fmt: skip
"""Columns of both sides: of recipients the last name columns and the holder are those of the payee's account,
of listings the person's own number and the names and accounts of the household."""


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
        return 0.0 if self.same is None or self.other is None else round(log2(self.same / self.other), 2)


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

    @property
    def missing(self) -> int:
        """The number of the level that says nothing."""
        (number,) = (n for n, level in enumerate(self.levels) if level.same is None)
        return number

    def number(self, *names: str) -> tuple[int, ...]:
        """The numbers of levels; raises KeyError for a name that is none."""
        numbers = {level.name: n for n, level in enumerate(self.levels)}
        return tuple(numbers[name] for name in names)

    def with_chances(self, chances: dict[str, tuple[float, float]]) -> "Comparison":
        """The comparison with other chances (m, u) of the levels that are named."""
        levels = (
            replace(level, same=chances[level.name][0], other=chances[level.name][1])
            if level.name in chances
            else level
            for level in self.levels
        )
        return replace(self, levels=tuple(levels))


# A check character tells every single wrong digit and every transposition: two numbers that both pass are two
# numbers, however near. One of 15 digits had none, and gets one that fits whatever it says.
_ONE_OFF = (
    "NOT (id_kind_l = 'full' AND id_kind_r = 'full') AND (damerau_levenshtein(id_key_l, id_key_r) = 1 "
    "OR 'old' IN (id_kind_l, id_kind_r) AND damerau_levenshtein(left(id_key_l, 17), left(id_key_r, 17)) = 1)"
)
_SHOWN_AGREE = (
    "id_key_r LIKE id_pattern_l OR id_key_l LIKE id_pattern_r "
    "OR id_key_l IS NULL AND id_key_r IS NULL AND id_tail_l = id_tail_r"
)


def _one_character_off(left: str, right: str, longest: int = 12) -> str:
    """SQL for two texts of equal length that differ in one place; DuckDB's distances count bytes."""
    places = " OR ".join(
        f"left({left}, {n}) = left({right}, {n}) AND substr({left}, {n + 2}) = substr({right}, {n + 2})"
        for n in range(longest)
    )
    return f"length({left}) = length({right}) AND ({places})"


ID = Comparison(
    "id",
    (
        Level(
            "missing", "coalesce(id_key_l, id_pattern_l) IS NULL OR coalesce(id_key_r, id_pattern_r) IS NULL"
        ),
        Level("exact", "id_key_l = id_key_r", 0.93, 1e-7),
        Level("one digit off", _ONE_OFF, 0.03, 6e-8),
        Level("masked, agrees", _SHOWN_AGREE, 0.03, 3e-6),
        Level("disagrees", "id_kind_l <> 'flawed' AND id_kind_r <> 'flawed'", 1e-6, 0.95),
        Level("disagrees, one is flawed", "TRUE", 0.01, 0.05),
    ),
)
NAME = Comparison(
    "name",
    (
        Level("missing", "name_fold_l IS NULL OR name_fold_r IS NULL"),
        Level("exact", "name_key_l = name_key_r", 0.93, 1e-3),
        Level("folded", "name_fold_l = name_fold_r", 0.03, 3e-5),
        Level("same sound", "name_sound_l = name_sound_r", 0.02, 1e-3),
        Level("one character off", _one_character_off("name_fold_l", "name_fold_r"), 0.01, 2e-2),
        Level("differs", "TRUE", 0.01, 0.978),
    ),
)
ACCOUNT = Comparison(
    "account",
    (
        Level(
            "equal",
            "coalesce(card_key_l = card_key_r, FALSE) OR coalesce(holder_key_l = holder_key_r, FALSE)",
            0.9, 1e-5,
        ),
        Level(
            "missing",
            "coalesce(card_key_l, card_pattern_l) IS NULL OR coalesce(card_key_r, card_pattern_r) IS NULL",
        ),
        Level(
            "masked, agrees",
            "card_key_r LIKE card_pattern_l OR card_key_l LIKE card_pattern_r",
            0.02, 2e-6,
        ),
        Level("disagrees", "TRUE", 0.08, 0.999),
    ),
)  # fmt: skip
# The person's own account is no second sign that the household was meant.
HOUSEHOLD = Comparison(
    "household",
    (
        Level(
            "missing",
            "household_names_r IS NULL OR card_key_l = card_key_r OR holder_key_l = holder_key_r "
            "OR payee_fold_l IS NULL AND NOT coalesce(list_contains(household_cards_r, card_key_l), FALSE)",
        ),
        Level(
            "payee or account of the household",
            "list_contains(household_names_r, payee_fold_l) OR list_contains(household_cards_r, card_key_l)",
            0.7, 1e-3,
        ),
        Level("payee of no household member", "TRUE", 0.3, 0.999),
    ),
)  # fmt: skip
VILLAGE = Comparison(
    "village",
    (
        Level("missing", "village_key_l IS NULL OR village_key_r IS NULL"),
        Level("equal", "village_key_l = village_key_r", 0.9, 0.05),
        Level("another", "TRUE", 0.1, 0.95),
    ),
)
SIDES = ", ".join(f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in COLUMNS)
"""SQL for the columns that conditions name, from recipients `l` and listings `r`."""

COMPARISONS = (ID, NAME, ACCOUNT, HOUSEHOLD, VILLAGE)

RARE = NAME.number("exact", "folded")
"""Levels of names at which the weight is corrected by how rare the name is."""
