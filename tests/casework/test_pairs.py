"""Decisions on pairs: recorded for good, one at a time, taken back by a record; on both databases."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from findings import DAY, NOW, RULES, finding, scanned
from sqlalchemy.exc import DBAPIError

from tracer.casework import look, pairs
from tracer.casework.alerts import Conflict
from tracer.casework.db import Cases, connect, read_cases
from tracer.casework.pairs import Decision, Judgement, Pair, Seen
from tracer.casework.tables import PAIR_DECISIONS
from tracer.casework.update import take_in
from tracer.errors import DataRefusedError, UsageError
from tracer.settings import DATABASE_VARIABLE, cases_file

PAIR = Pair("", "张三", "6228480402564893312", "52272319800101001X")
SEEN = Seen(7, DAY, {"bits": 9.5, "reasons": [{"name": "name", "bits": 9.5}]})


def decide(cases: Cases, judgement: Judgement, pair: Pair = PAIR, by: str = "王经办") -> Decision:
    return pairs.decide(cases, pair, judgement, by, "电话核实", SEEN, NOW)


def standing(cases: Cases) -> list[tuple[Pair, str]]:
    with cases.read() as connection:
        return [(one.pair, one.verdict) for one in pairs.in_force(connection)]


def test_a_decision_says_who_when_why_and_on_what(cases: Cases) -> None:
    made = decide(cases, "same")
    assert (made.decision_id, made.previous, made.pair) == ("D000001", None, PAIR)
    assert (made.decided_by, made.reason, made.recorded_at[:10]) == ("王经办", "电话核实", "2026-01-05")
    assert (made.ledger_version, made.as_of, made.shown) == (7, DAY, SEEN.shown)
    assert standing(cases) == [(PAIR, "same")]


def test_taking_back_is_a_record_and_opens_the_pair_again(cases: Cases) -> None:
    first = decide(cases, "same")
    gone = pairs.take_back(cases, first.number, "李主任", "认错人了", NOW)
    assert (gone.verdict, gone.previous, gone.pair, gone.shown) == ("withdrawn", 1, PAIR, None)
    assert standing(cases) == []
    again = decide(cases, "different")
    assert (again.number, again.previous) == (3, 2)
    assert standing(cases) == [(PAIR, "different")]
    with cases.read() as connection:
        assert [one.verdict for one in pairs.history(connection, [PAIR])] == [
            "same",
            "withdrawn",
            "different",
        ]
        assert [one.number for one in pairs.decisions(connection, after=1, limit=1)] == [2]


def test_what_stands_is_taken_back_first(cases: Cases) -> None:
    decide(cases, "same")
    other = replace(PAIR, person_key="522723198001010028")
    for judgement, pair in (("same", PAIR), ("different", PAIR), ("same", other)):
        with pytest.raises(Conflict, match=r"王\*.*D000001.*is this person"):
            decide(cases, judgement, pair)
    decide(cases, "different", other)
    elsewhere = replace(PAIR, payee_account="")
    decide(cases, "same", elsewhere)
    assert standing(cases) == [(PAIR, "same"), (other, "different"), (elsewhere, "same")]


def test_nothing_is_taken_back_twice(cases: Cases) -> None:
    decide(cases, "different")
    pairs.take_back(cases, 1, "李主任", "有误", NOW)
    with pytest.raises(Conflict, match="taken back before"):
        pairs.take_back(cases, 1, "李主任", "有误", NOW)
    with pytest.raises(UsageError, match="takes a decision back and is none"):
        pairs.take_back(cases, 2, "李主任", "有误", NOW)
    with pytest.raises(pairs.UnknownDecision, match="D000009"):
        pairs.take_back(cases, 9, "李主任", "有误", NOW)


def test_who_and_why_are_needed(cases: Cases) -> None:
    with pytest.raises(
        UsageError, match=r"决定人 为空；理由 为空 / Who decides is empty; The reason is empty"
    ):
        pairs.decide(cases, PAIR, "same", " \x00", "\n", SEEN, NOW)
    with pytest.raises(UsageError, match="超过 100 字"):
        decide(cases, "same", by="王" * 101)
    with pytest.raises(UsageError, match="either same or different"):
        decide(cases, "withdrawn")  # type: ignore[arg-type]
    assert standing(cases) == []


def test_of_two_who_decide_at_once_one_is_told(cases: Cases) -> None:
    def attempt(judgement: Judgement) -> str:
        try:
            return decide(cases, judgement).verdict
        except Conflict:
            return "told"

    with ThreadPoolExecutor(2) as both:
        told = list(both.map(attempt, ("same", "different")))
    assert sorted(told)[-1] == "told"
    assert len(standing(cases)) == 1


def test_the_database_itself_refuses_what_may_not_happen(cases: Cases) -> None:
    decide(cases, "same")
    with cases.read() as connection:
        row = dict(connection.execute(sa.select(PAIR_DECISIONS)).mappings().one())
    other = {"number": 2, "pair": "0" * 64}
    forbidden = [
        sa.update(PAIR_DECISIONS).values(reason="别的"),
        sa.delete(PAIR_DECISIONS),
        sa.insert(PAIR_DECISIONS).values(row | {"number": 2}),
        sa.insert(PAIR_DECISIONS).values(row | {"number": 2, "previous": 1, "verdict": "different"}),
        sa.insert(PAIR_DECISIONS).values(row | other),
        sa.insert(PAIR_DECISIONS).values(row | other | {"previous": 1, "verdict": "withdrawn"}),
        sa.insert(PAIR_DECISIONS).values(row | other | {"verdict": "withdrawn"}),
        sa.insert(PAIR_DECISIONS).values(row | other | {"verdict": "different", "reason": ""}),
        sa.insert(PAIR_DECISIONS).values(row | other | {"verdict": "perhaps"}),
    ]
    for statement in forbidden:
        with pytest.raises(DBAPIError), cases.write() as connection:
            connection.execute(statement)
    pairs.take_back(cases, 1, "李主任", "有误", NOW)
    decide(cases, "same", replace(PAIR, person_key="522723198001010028"))


def test_a_database_in_an_older_form_is_read_from_a_copy_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    monkeypatch.setattr("tracer.casework.db.NEWEST", "0001")
    old = connect(tmp_path)
    take_in(old, scanned(finding()), RULES, NOW)
    old.close()
    monkeypatch.undo()
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    with read_cases(tmp_path) as connection:
        assert look.count(connection, look.Wanted()) == 1
        assert pairs.in_force(connection) == []
    with sqlite3.connect(cases_file(tmp_path)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    new = connect(tmp_path)
    decide(new, "same")
    with new.read() as connection:
        assert look.count(connection, look.Wanted()) == 1
    new.close()
    with sqlite3.connect(cases_file(tmp_path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DataRefusedError, match="newer fundtrail"), read_cases(tmp_path):
        pass
