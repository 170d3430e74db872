"""Whom money for persons went to: every payment once, sums by county, fund and project, worked by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.match.offices import OFFICES
from tests.rules.casebook import read_cases, write_ledger
from tracer.casework import pairs
from tracer.casework.db import open_cases
from tracer.casework.pairs import Pair, Seen
from tracer.errors import ConservationError, UsageError
from tracer.ledger import Ledger
from tracer.recipients.matching import candidate, candidates, matched, pair_key
from tracer.recipients.unmatched import OUTSIDE, STATUSES, Unmatched, basis_points, unmatched
from tracer.rules.scan import scan

DAY = date(2020, 12, 31)
NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
SECRET = b"\x01" * 32
A, B, C, D = "52272319800101001X", "522723198001010028", "522723197505050037", "522723199912310042"

COLUMNS = (
    "payment_id | payer_account | beneficiary_id | beneficiary_name | payee_account | amount | paid_at"
    " | project_id | indicator_id | refund_of"
)
LEDGER = {
    **OFFICES,
    "funds": """
        fund_id | fund_name | register_only
        F1      | 产业资金  | yes
    """,
    "indicators": """
        indicator_id | amount | fund_name
        I1           | 1000   | 产业资金
    """,
    "projects": """
        project_id | project_name | project_kind | region_code
        J1         | 到户产业     | household    | 522323101
    """,
    "register": """
        person_id          | name   | household_id | village | card_account | valid_from | valid_to
        52272319800101001X | 张三   | H1           | 东村    | C1           | 2014-01-01 |
        522723198001010028 | 李四   | H2           | 东村    |              | 2014-01-01 | 2019-12-31
        522723197505050037 | 王五   | H3           | 西村    |              | 2020-06-01 |
        522723199912310042 | 赵六   | H4           | 西村    |              | 2014-01-01 |
    """,
    "payments": f"""
        {COLUMNS}
        P01 | POOL1 | {A} | 张三 | N1 | 100 | 2020-01-10 | J1 | I1 |
        P02 | POOL1 | {A} | 张三 | N1 | 10 | 2020-02-10 |  | I1 |
        P03 | POOL1 | {B} | 李四 | N2 | 20 | 2020-01-10 | J1 | I1 |
        P04 | POOL2 | {C} | 王五 | N3 | 30 | 2020-01-10 |  |  |
        P05 | POOL2 | {C} | 王五 | N3 | 5 | 2020-07-10 |  |  |
        P06 | POOL2 | 522723196001010053 | 孙七 | N4 | 40 | 2020-01-10 |  |  |
        P07 | POOL2 |  | 周八 | N5 | 50 | 2020-01-10 |  |  |
        P08 | POOL2 |  | 赵六 | N6 | 60 | 2020-01-10 |  |  |
        P09 | POOL1 |  | 周八 | N5 | 7 | 2020-01-11 |  |  |
        P10 | N5 |  |  | POOL2 | 2 | 2020-01-12 |  |  | P07
        P11 | POOL1 |  |  | VENDOR | 900 | 2020-01-12 |  |  |
    """,
}
PARTS = {
    "match": 115,
    "unsure": 60,
    "later": 30,
    "ended": 20,
    "unmatched": 40,
    "no_id": 55,
    "not_evaluable": 0,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_ledger(tmp_path, LEDGER)
    return tmp_path


def yuan(found: dict[str, Any]) -> dict[str, int]:
    return {status: found[f"{status}_fen"] // 100 for status in STATUSES}


def statuses(found: Unmatched) -> list[tuple[Any, ...]]:
    names = ("county", "fund", "project", "status", "name", "payments", "amount_fen")
    return [tuple(row[name] for name in names) for row in found.rows.to_pylist()]


def test_every_payment_for_a_person_is_told_once(home: Path) -> None:
    found = unmatched(home, DAY)
    assert yuan(found.total) == PARTS
    assert found.total["total_fen"] == sum(PARTS.values()) * 100
    assert (found.total["payments"], found.total["recipients"]) == (9, 6)
    assert (found.total["outside_fen"], found.total["outside_recipients"]) == (145_00, 4)
    assert found.total["share_basis_points"] == 4531  # 145 of 320
    assert found.cut_recipients == 0
    assert statuses(found) == [
        ("522323", "产业资金", "J1", "match", "张三", 1, 100_00),
        ("522324", "", "", "unsure", "赵六", 1, 60_00),
        ("522324", "", "", "no_id", "周八", 1, 48_00),
        ("522324", "", "", "unmatched", "孙七", 1, 40_00),
        ("522324", "", "", "later", "王五", 1, 30_00),
        ("522323", "产业资金", "J1", "ended", "李四", 1, 20_00),
        ("522323", "产业资金", "", "match", "张三", 1, 10_00),
        ("522323", "", "", "no_id", "周八", 1, 7_00),
        ("522324", "", "", "match", "王五", 1, 5_00),
    ]


def test_groups_add_up_to_all(home: Path) -> None:
    found = unmatched(home, DAY)
    for by in ("county", "fund", "project"):
        groups = found.totals(by)
        for status in STATUSES:
            assert sum(group[f"{status}_fen"] for group in groups) == found.total[f"{status}_fen"]
        assert all(sum(yuan(group).values()) * 100 == group["total_fen"] for group in groups)
    first, second = found.totals("county")
    assert (first["county"], first["outside_fen"], first["total_fen"]) == ("522324", 118_00, 183_00)
    assert (second["county"], second["outside_fen"], second["total_fen"]) == ("522323", 27_00, 137_00)
    assert {group["fund"]: group["share_basis_points"] for group in found.totals("fund")} == {
        "": 6579, "产业资金": 1538,
    }  # fmt: skip


def test_listed_are_those_who_do_not_match_and_of_one_county(home: Path) -> None:
    found = unmatched(home, DAY)
    assert {row["name"] for row in found.listed().to_pylist()} == {"赵六", "周八", "孙七", "王五", "李四"}
    here = found.listed("county", "522323", OUTSIDE).to_pylist()
    assert [(row["name"], row["status"]) for row in here] == [("李四", "ended"), ("周八", "no_id")]
    (unsure,) = found.listed(statuses=["unsure"]).to_pylist()
    (best,) = found.candidates([unsure["recipient"]])[unsure["recipient"]]
    assert (best["person_id"], best["name"], best["household_id"]) == (D, "赵六", "H4")
    assert sum(reason["bits"] for reason in best["reasons"]) == pytest.approx(best["total_bits"])


def test_nobody_is_seen_after_the_day(home: Path) -> None:
    found = unmatched(home, date(2020, 1, 10))
    assert found.total["payments"] == 6
    assert yuan(found.total)["unmatched"] == 70, "王五 comes into the register only in June"
    assert yuan(found.total)["no_id"] == 50, "nor is the refund seen"


def test_without_a_register_nobody_is_judged(tmp_path: Path) -> None:
    write_ledger(tmp_path, {name: text for name, text in LEDGER.items() if name != "register"})
    found = unmatched(tmp_path, DAY)
    assert found.missing == ("register",)
    assert yuan(found.total) == dict.fromkeys(STATUSES, 0) | {"not_evaluable": 320}
    assert found.total["outside_fen"] == 0
    write_ledger(tmp_path / "empty", {"register": LEDGER["register"]})
    assert unmatched(tmp_path / "empty", DAY).missing == ("payments",)


def test_sums_that_differ_stop_the_answer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracer.recipients.unmatched._STATUS", "'unsure'")
    monkeypatch.setattr(
        "tracer.recipients.unmatched._ROWS",
        "SELECT '' AS county, '' AS fund, '' AS project, 'unsure' AS status, recipient, payments,"
        " amount_fen FROM recipients LIMIT 2",
    )
    with pytest.raises(ConservationError, match="of 32000 fen"):
        unmatched(home, DAY)


def test_a_decision_is_replayed_on_every_later_ledger_and_taken_back(home: Path) -> None:
    (one,), count = candidates(matched(home, DAY), SECRET, ["unsure"])
    assert (count, one.pair) == (1, Pair("", "赵六", "N6", D))
    assert one.key == pair_key(SECRET, one.pair) != pair_key(b"", one.pair)
    with open_cases(home) as cases:
        seen = one.seen(matched(home, DAY))
        made = pairs.decide(cases, one.pair, "same", "王经办", "电话核实", seen, NOW)
    assert (made.as_of, made.shown["answer"], made.shown["person_id"]) == (DAY, "unsure", D)  # type: ignore[index]
    assert yuan(unmatched(home, DAY).total) == PARTS | {"match": 175, "unsure": 0}
    more = """
        payment_id | payer_account | beneficiary_name | payee_account | amount | paid_at
        P20        | POOL2         | 赵六             | N6            | 3      | 2020-05-10
    """
    write_ledger(home, {"payments": more})
    assert yuan(unmatched(home, DAY).total)["match"] == 178
    with open_cases(home) as cases:
        pairs.take_back(cases, made.number, "李主任", "同名", NOW)
        assert yuan(unmatched(home, DAY).total)["unsure"] == 63
        pairs.decide(cases, one.pair, "different", "李主任", "同名", seen, NOW)
    assert yuan(unmatched(home, DAY).total) == PARTS | {"unsure": 0, "no_id": 118}
    with pytest.raises(UsageError, match="there is no pair"):
        candidate(matched(home, DAY), SECRET, one.key)


def test_a_decision_changes_no_finding(home: Path) -> None:
    before = scan(home, DAY)
    with open_cases(home) as cases:
        pair, seen = Pair("522723196001010053", "孙七", "N4", A), Seen(1, DAY, {})
        pairs.decide(cases, pair, "same", "王经办", "查档", seen, NOW)
    assert yuan(unmatched(home, DAY).total)["unmatched"] == 0
    after = scan(home, DAY)
    assert (after["digest"], after["findings"]) == (before["digest"], before["findings"])


def test_who_was_not_compared_with_all_is_counted(home: Path) -> None:
    found = unmatched(home, DAY)
    rows = found.matches.recipients
    place = rows.column_names.index("left_out")
    cut = rows.set_column(
        place, "left_out", pa.array([int(name == "周八") for name in rows["name"].to_pylist()])
    )
    assert replace(found, matches=replace(found.matches, recipients=cut)).cut_recipients == 1


def test_a_share_is_rounded_half_up_without_fractions() -> None:
    assert [basis_points(*ends) for ends in ((1, 3), (2, 3), (1, 20_000), (0, 5), (0, 0), (5, 5))] == [
        3333, 6667, 1, 0, None, 10_000,
    ]  # fmt: skip


@pytest.mark.parametrize("rule", ["RH01", "RH13"])
def test_what_the_rules_find_is_never_told_as_in_the_register(rule: str, tmp_path: Path) -> None:
    """Where the name differs too it is unsure who was paid at all."""
    (case,) = (case for case in read_cases() if case.name == f"{rule}/hit")
    write_ledger(tmp_path, case.ledger)
    found = unmatched(tmp_path, case.as_of)
    names = Ledger(tmp_path).read("payments", ["payment_id"])["payment_id"].to_pylist()
    standings = {row["row"]: (row["answer"], row["standing"]) for row in found.matches.recipients.to_pylist()}
    told = {names[row["_seq"]]: standings[row["row"]] for row in found.matches.payments.to_pylist()}
    assert case.expect
    for subject in case.expect:
        assert told[subject] != ("match", "registered"), subject
