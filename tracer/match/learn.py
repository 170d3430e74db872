"""What outcomes of comparisons are worth in this data: learned by splink (Fellegi and Sunter).

Chances among two persons (u) come from random pairs that cannot be one person, chances for one person (m)
by expectation maximisation. All on a sample that is the same on every run, in one thread, so that equal
ledgers give equal weights.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tracer.match.comparisons import COLUMNS, COMPARISONS, ID, SIDES, Comparison
from tracer.match.pairs import RULES

SAMPLE = 10_000
"""From so many recipients it is learned how often the values of one person agree."""

SIDE = 1_500
"""So many recipients are set against as many listings to learn how often two persons agree by chance."""

LEAST = 200
"""Weights are learned where so many recipients are known by number and name, and as many listings."""

PEOPLE = 10_000
"""Without learning a recipient is sought among so many people at least, however small the register is."""

_STATED = 100
"""What is stated counts as much as so many pairs of one person."""

_TRIED = 200
"""With so many of each side it is seen whether a comparison has both values at all."""

PRIOR = 1e-4
"""Where expectation maximisation begins; how many pairs are one person it finds itself."""

_SEED = 1
_TRAINED_BY = ("name", "id", "account")
"""Rules by whose pairs it is learned what else agrees for one person."""

_COLUMNS = ", ".join(COLUMNS)
_Chances = dict[tuple[str, str], float]
"""By comparison and level."""


@dataclass(frozen=True)
class Weights:
    """The comparisons with their chances, and what is known before anything is compared."""

    comparisons: tuple[Comparison, ...]
    people: int
    """Among so many people a recipient is sought."""
    people_bits: float
    """Log2 of the chance that a recipient is a given one of them, before anything is compared."""
    learned: bool
    """From this data; else the chances are the stated ones."""


def learn(db: duckdb.DuckDBPyConnection) -> Weights:
    """Learn the weights from `recipients`, `listings` and `sure`, or take the stated ones for little data."""
    known, numbered, people, listed = db.execute(
        """
        SELECT (SELECT count(*) FROM sure),
            (SELECT count(*) FROM recipients WHERE id_kind IN ('full', 'old')),
            (SELECT count(*) FROM persons), (SELECT count(*) FROM listings)
        """
    ).fetchall()[0]
    if known < LEAST or listed < LEAST:
        people = max(people, PEOPLE)
        return Weights(COMPARISONS, people, round(-log2(people), 2), learned=False)
    comparisons = _chances_of_one(db, _chances_of_two(db))
    # Of those who give a full number so many are in the register; of the others nothing better is known.
    share = min(known / max(numbered, known), 0.95)
    return Weights(comparisons, people, round(log2(share / people), 2), learned=True)


def _chances_of_two(db: duckdb.DuckDBPyConnection) -> tuple[Comparison, ...]:
    """The comparisons with how often two persons agree, where the sample shows it.

    Nobody may be set against himself. For numbers the two sides have names of other sounds; for all else they
    are of other households, since what a household shares (account, village) tells its members from others.
    """
    others = tuple(comparison for comparison in COMPARISONS if comparison != ID)
    known = "SELECT s.recipient FROM sure s JOIN listings o USING (person) WHERE {}"
    seen = _chances_apart(db, "name_sound", "recipients WHERE {}", (ID,))
    seen |= _chances_apart(db, "household_key", f"recipients WHERE recipient IN ({known})", others)
    return tuple(
        comparison.with_chances(
            {
                level.name: (level.same, seen.get((comparison.name, level.name), level.other))
                for level in comparison.levels
                if level.same is not None and level.other is not None
            }
        )
        for comparison in COMPARISONS
    )


def _chances_apart(
    db: duckdb.DuckDBPyConnection, column: str, recipients: str, comparisons: Sequence[Comparison]
) -> _Chances:
    """How often comparisons have which outcome between recipients and listings of which a column differs."""
    half = f"{column} IS NOT NULL AND hash({column}) % 2 = "
    sides = [
        db.sql(f"{query} ORDER BY hash(n), n LIMIT {SIDE}").to_arrow_table()
        for query in (
            f"SELECT recipient AS n, {_COLUMNS} FROM {recipients.format(half + '0')}",
            f"SELECT listing AS n, {_COLUMNS} FROM listings WHERE {half}1",
        )
    ]
    told = _told(db, sides, comparisons)
    if not told:
        return {}
    linker = splink_linker(sides, told)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=SIDE * SIDE, seed=_SEED, min_count_per_level=None, num_chunks=1
    )
    return _chances(linker, "u_probability")


def _told(
    db: duckdb.DuckDBPyConnection, sides: Sequence[pa.Table], comparisons: Sequence[Comparison]
) -> list[Comparison]:
    """Those comparisons for which enough pairs have both values."""
    db.register("asked_side", sides[0].slice(0, _TRIED))
    db.register("listed_side", sides[1].slice(0, _TRIED))
    counts = _count_told(db, f"SELECT {SIDES} FROM asked_side l, listed_side r", comparisons)
    return [comparison for comparison in comparisons if counts[comparison.name] >= LEAST]


def _count_told(
    db: duckdb.DuckDBPyConnection, pairs: str, comparisons: Sequence[Comparison]
) -> dict[str, int]:
    """Of how many pairs each comparison has both values."""
    counts = ", ".join(f"count(*) FILTER ({c.case} <> {c.missing})" for c in comparisons)
    found = db.execute(f"SELECT {counts} FROM ({pairs})").fetchall()[0]
    return {comparison.name: int(n) for comparison, n in zip(comparisons, found, strict=True)}


def _chances_of_one(
    db: duckdb.DuckDBPyConnection, comparisons: tuple[Comparison, ...]
) -> tuple[Comparison, ...]:
    """The comparisons with how often the values of one person agree, where the sample shows it."""
    asked = f"SELECT * FROM recipients ORDER BY hash(recipient), recipient LIMIT {SAMPLE}"
    blocked = " UNION ".join(
        f"SELECT listing FROM asked JOIN blocks_{list(RULES).index(rule)} ON {RULES[rule][0]} = k0"
        for rule in _TRAINED_BY
    )
    db.execute(f"CREATE OR REPLACE TEMP TABLE asked AS {asked}")
    sides = [
        db.sql(f"SELECT recipient AS n, {_COLUMNS} FROM asked ORDER BY n").to_arrow_table(),
        db.sql(
            f"SELECT listing AS n, {_COLUMNS} FROM listings WHERE listing IN ({blocked}) ORDER BY n"
        ).to_arrow_table(),
    ]
    known = f"""
        SELECT {SIDES} FROM asked l JOIN sure s USING (recipient) JOIN listings r ON r.person = s.person
    """
    told = _count_told(db, known, comparisons)
    linker = splink_linker(sides, comparisons)
    for rule in _TRAINED_BY:
        (key,) = RULES[rule]
        if _overlap(db, key) >= LEAST:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(key), estimate_without_term_frequencies=True
            )
    seen = _chances(linker, "m_probability")
    return tuple(_mixed(comparison, seen, told[comparison.name]) for comparison in comparisons)


def _mixed(comparison: Comparison, seen: _Chances, pairs: int) -> Comparison:
    """A comparison with learned chances of one person, among which the stated ones have their small part."""
    chances = {}
    for level in comparison.levels:
        if level.same is not None and level.other is not None:
            learned = seen.get((comparison.name, level.name), level.same)
            same = (learned * pairs + level.same * _STATED) / (pairs + _STATED)
            chances[level.name] = (same, level.other)
    return comparison.with_chances(chances)


def _overlap(db: duckdb.DuckDBPyConnection, key: str) -> int:
    rows = db.execute(f"SELECT count(*) FROM asked SEMI JOIN listings USING ({key})").fetchall()
    return int(rows[0][0])


def splink_linker(
    sides: Sequence[pa.Table], comparisons: Sequence[Comparison], rules: Sequence[Any] = ()
) -> Linker:
    """A splink linker over recipients and listings (key `n`), alone in a database of one thread.

    `rules` block the pairs of a prediction; learning has its own.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    own = duckdb.connect()
    own.execute("SET threads = 1")  # sums of chances depend on their order
    engine = DuckDBAPI(own)
    # splink takes the side whose name comes first for the left one.
    tables = [
        engine.register(side, dataset_display_name=name)
        for side, name in zip(sides, ("a_recipients", "b_listings"), strict=True)
    ]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="n",
        comparisons=[_for_splink(comparison) for comparison in comparisons],
        blocking_rules_to_generate_predictions=list(rules),
        probability_two_random_records_match=PRIOR,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )
    return Linker(tables, settings, log_level=None)


def _for_splink(comparison: Comparison) -> dict[str, Any]:
    """A comparison in splink's words: levels without chances are null levels, the last is the rest."""
    levels: list[dict[str, Any]] = []
    for level in comparison.levels:
        sql = "ELSE" if level is comparison.levels[-1] else level.sql
        said: dict[str, Any] = {"sql_condition": sql, "label_for_charts": level.name}
        if level.same is None:
            said["is_null_level"] = True
        else:
            said |= {"m_probability": level.same, "u_probability": level.other}
        levels.append(said)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _chances(linker: Linker, kind: str) -> _Chances:
    """The trained chances of a kind by comparison and level, without levels that never occurred."""
    model = linker.misc.save_model_to_json()
    return {
        (comparison["output_column_name"], level["label_for_charts"]): float(level[kind])
        for comparison in model["comparisons"]
        for level in comparison["comparison_levels"]
        if isinstance(level.get(kind), float)
    }
