"""Weights that are learned: the same on every run, as splink applies them, and never a wrong match."""

from typing import Any

import duckdb
import pytest
from splink import block_on

from benchmarks.match import judged, made, summed
from tracer.match.comparisons import COLUMNS, COMPARISONS, SIDES
from tracer.match.learn import splink_linker
from tracer.match.link import Matches, match_payments
from tracer.match.recipients import read_recipients
from tracer.match.register import read_register


@pytest.fixture(scope="module")
def small() -> Any:
    """A register of 800 people, 1,600 recipients with every corruption."""
    return made(800, 1_600, 1, seed=3)


@pytest.fixture(scope="module")
def matches(small: Any) -> Matches:
    return match_payments(small[2], None, version=1)


def test_nothing_wrong_is_called_a_match(small: Any, matches: Matches) -> None:
    people, written, _ = small
    rows = judged(people, written, matches)
    assert matches.weights.learned
    assert summed(rows)["wrong_matches"] == 0
    by_kind = {row["kind"]: row for row in rows}
    certain = (
        *("clean", "full width", "blanks", "x for X", "15 digits", "traditional characters"),
        *("separator of the name", "same sound", "no name", "wrong account"),
    )
    for kind in certain:
        assert by_kind[kind]["right"] == by_kind[kind]["rows"] > 0, kind
    for kind in ("no number, wrong account", "number of another"):
        assert by_kind[kind]["match"] == 0, kind
        assert by_kind[kind]["unsure"] > 0, kind


def test_equal_ledgers_give_equal_answers(small: Any, matches: Matches) -> None:
    again = match_payments(small[2], None, version=1)
    assert again.weights == matches.weights
    for name in ("recipients", "payments", "candidates"):
        assert getattr(again, name).equals(getattr(matches, name)), name


def test_reasons_add_up(matches: Matches) -> None:
    for row in matches.candidates.to_pylist():
        assert sum(reason["bits"] for reason in row["reasons"]) == pytest.approx(row["total_bits"])
        assert {reason["reason"] for reason in row["reasons"]} == {
            *(comparison.name for comparison in COMPARISONS), "people", "rarity"
        }  # fmt: skip


def test_weights_are_those_that_splink_applies(small: Any, matches: Matches) -> None:
    """Of every pair with an equal name each comparison has here the weight that splink gives it."""
    columns = ", ".join(COLUMNS)
    comparisons = matches.weights.comparisons
    with duckdb.connect() as db:
        read_register(db, small[2], 1, None)
        read_recipients(db, small[2], 1, None)
        asked, listed = (
            db.sql(f"SELECT {key} AS n, {columns} FROM {table} ORDER BY n").to_arrow_table()
            for table, key in (("recipients", "recipient"), ("listings", "listing"))
        )
        db.register("asked", asked)
        db.register("listed", listed)
        levels = ", ".join(comparison.case for comparison in comparisons)
        pairs = f"SELECT l.n AS n_l, r.n AS n_r, {SIDES} FROM asked l JOIN listed r USING (name_fold)"
        own = {
            tuple(row[:2]): row[2:] for row in db.sql(f"SELECT n_l, n_r, {levels} FROM ({pairs})").fetchall()
        }
    linker = splink_linker([asked, listed], comparisons, (block_on("name_fold"),))
    rows = linker.inference.predict().as_pyarrow_table().to_pylist()
    assert len(rows) == len(own) > 400
    assert len(set(own.values())) > 10
    for row in rows:
        numbers = own[row["n_l"], row["n_r"]]
        bits = [comparison.levels[n].bits for comparison, n in zip(comparisons, numbers, strict=True)]
        assert [row[f"mw_{c.name}"] for c in comparisons] == pytest.approx(bits, abs=0.006)
