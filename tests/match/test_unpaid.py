"""The entitled and unpaid: RH14 findings taken apart, equal to them to the fen, on the cases of its book."""

from datetime import date
from pathlib import Path

import pytest

from tests.match.offices import OFFICES
from tests.rules.casebook import Case, read_cases, write_ledger
from tracer.errors import ConservationError
from tracer.recipients.unpaid import GROUPINGS, Unpaid, unpaid
from tracer.rules.scan import scan

CASES = {case.path.stem: case for case in read_cases() if case.rule_id == "RH14"}
EVALUABLE = [name for name, case in CASES.items() if case.kind != "missing"]


def asked(home: Path, case: Case) -> Unpaid:
    write_ledger(home, case.ledger)
    return unpaid(home, case.as_of, case.settings)


def persons(found: Unpaid, status: str) -> dict[str, int]:
    fen: dict[str, int] = {}
    for row in found.rows.to_pylist():
        if row["status"] == status:
            fen[row["person_id"]] = fen.get(row["person_id"], 0) + row["amount_fen"]
    return fen


@pytest.mark.parametrize("name", EVALUABLE)
def test_the_rows_are_what_the_rule_finds(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    found = asked(tmp_path, case)
    assert persons(found, "unpaid") == {person: fen for person, (_, fen) in case.expect.items()}
    assert set(persons(found, "exempt")) == set(case.suppressed)
    assert (found.missing, found.not_evaluated) == ((), case.not_evaluated)
    for by in GROUPINGS:
        totals = found.totals(by)
        assert sum(group["amount_fen"] for group in totals) == sum(fen for _, fen in case.expect.values())
        assert sum(group["periods"] for group in totals) == found.total["periods"]
    assert found.total["persons"] == len(case.expect)
    assert found.total["exempt_persons"] == len(case.suppressed)


@pytest.mark.parametrize("name", ["missing", "missing_register"])
def test_without_its_tables_nothing_is_known(name: str, tmp_path: Path) -> None:
    found = asked(tmp_path, CASES[name])
    assert found.missing == CASES[name].missing != ()
    assert len(found.rows) == 0


LEDGER = {
    **OFFICES,
    "indicators": """
        indicator_id | amount | fund_name
        I1           | 1000   | 低保 资金
        I2           | 1000   | 低保资金
    """,
    "standards": """
        benefit | per    | entitled | amount | valid_from
        低保金  | person | all      | 100    | 2018-01-01
    """,
    "register": """
        person_id          | name | household_id | relation | village
        52272319800101001X | 甲一 | H1           | 户主     | 东村
        522723198001010028 | 甲二 | H2           | 户主     | 东村
        522723197505050037 | 乙一 | H3           | 户主     | 西村
        522723199912310042 | 乙二 | H4           | 户主     | 西村
    """,
    "payments": """
        payment_id | payer_account | beneficiary_id | benefit | period | amount | indicator_id | paid_at
        P1 | POOL1 | 52272319800101001X | 低保金 | 2019-01 | 100 | I1 | 2019-01-10
        P2 | POOL1 | 52272319800101001X | 低保金 | 2019-02 | 100 | I2 | 2019-02-10
        P3 | POOL2 | 522723197505050037 | 低保金 | 2019-01 | 100 |  | 2019-01-10
    """,
}


def test_county_and_fund_are_those_of_what_the_village_was_paid(tmp_path: Path) -> None:
    write_ledger(tmp_path, LEDGER)
    found = unpaid(tmp_path, date(2019, 6, 30))
    rows = [
        (row["county"], row["fund"], row["village"], row["period"], row["name"], row["paid_payment_id"])
        for row in found.rows.to_pylist()
    ]
    assert rows == [
        ("522323", "低保 资金", "东村", "2019-01", "甲二", "P1"),
        ("522323", "低保 资金", "东村", "2019-02", "甲二", "P2"),
        ("522324", "", "西村", "2019-01", "乙二", "P3"),
    ]
    counties = [(group["county"], group["persons"], group["amount_fen"]) for group in found.totals("county")]
    assert counties == [("522323", 1, 200_00), ("522324", 1, 100_00)]
    assert {group["period"]: group["persons"] for group in found.totals("period")} == {
        "2019-01": 2,
        "2019-02": 1,
    }
    assert found.total == {
        "persons": 2, "periods": 3, "amount_fen": 300_00, "exempt_persons": 0, "exempt_fen": 0,
    }  # fmt: skip
    assert found.rule["parameters"] == {"grace": 30}


def test_facts_that_differ_from_the_findings_stop_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_ledger(tmp_path, LEDGER)
    real = scan

    def other(*given: object, **options: object) -> dict[str, object]:
        found = real(*given, **options)  # type: ignore[arg-type]
        found["findings"][0]["amount_fen"] += 1
        return found

    monkeypatch.setattr("tracer.recipients.unpaid.scan", other)
    with pytest.raises(ConservationError, match="1 persons"):
        unpaid(tmp_path, date(2019, 6, 30))


def test_a_real_neo4j_gives_the_same(tmp_path: Path, neo4j_uri: str) -> None:
    write_ledger(tmp_path, LEDGER)
    day = date(2019, 6, 30)
    assert unpaid(tmp_path, day, graph=neo4j_uri).rows.equals(unpaid(tmp_path, day).rows)
