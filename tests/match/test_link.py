"""Payments to people: answers, grounds and standings, worked by hand."""

from datetime import date
from typing import Any

import pytest
from stdnum.cn import ric

from tests.graph.books import Book, account, payment
from tracer.match.link import Decision, Matches, match_payments


def with_check(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


A, B, C = (with_check(f"5227231980010100{n}") for n in (1, 2, 3))


def entry(
    person: str, name: str, household: str = "H1", first: str = "2014-01-01", **more: Any
) -> dict[str, Any]:
    return {"person_id": person, "name": name, "household_id": household, "valid_from": first} | more


def paid(
    number: str | None, name: str | None, to: str = "N1", at: str = "2020-06-01", fen: int = 5, **more: Any
) -> dict[str, Any]:
    person = {"beneficiary_id": number, "beneficiary_name": name}
    return payment(f"P{next(_serial)}", "S", to, fen, at, **(person | more))


_serial = iter(range(1, 1_000_000))


def run(
    register: list[Any], payments: list[Any], as_of: date | None = None, decisions: Any = (), **tables: Any
) -> Matches:
    book = Book({"register": register, "payments": payments} | tables)
    return match_payments(book, as_of, version=1, decisions=decisions)


def answers(matches: Matches) -> list[tuple[Any, ...]]:
    names = ("answer", "basis", "person_id", "household_id", "standing")
    return [tuple(row[name] for name in names) for row in matches.recipients.to_pylist()]


REGISTER = [
    entry(A, "张三", card_account="C1"),
    entry(B, "李四", card_account="C1"),
    entry(C, "张三", "H2", card_account="C2"),
]


@pytest.mark.parametrize(
    ("number", "name", "to", "expected"),
    [
        (A, "张三", "N1", ("match", "id and name", A, "H1", "registered")),
        (A.lower(), " 张 三 ", "N1", ("match", "id and name", A, "H1", "registered")),
        (A, "赵六", "N1", ("unsure", "name differs", None, None, None)),
        (None, "张三", "N1", ("unsure", "several", None, None, None)),
        (None, "李四", "N1", ("unsure", "name alone", None, None, None)),
        (None, "李四", "C1", ("match", "name and account", B, "H1", "registered")),
        (None, "赵六", "C1", ("unsure", "several", None, None, None)),
        ("***" + C[-4:], "张三", "N1", ("unsure", "weak", None, None, None)),
        ("***" + C[-4:], "张三", "C2", ("match", "masked id and name", C, "H2", "registered")),
        (with_check("52272319750505003"), "张三", "N1", ("no match", "nobody", None, None, None)),
        (with_check("52272319750505003"), "李四", "C1", ("unsure", "id contradicts", None, None, None)),
        ("91350100M000100Y43", "李四", "C1", ("no match", "organisation", None, None, None)),
    ],
)
def test_answers(number: str | None, name: str | None, to: str, expected: tuple[Any, ...]) -> None:
    assert answers(run(REGISTER, [paid(number, name, to)])) == [expected]


def test_standing_and_household_are_those_of_the_day() -> None:
    register = [
        entry(A, "张三", "H1", "2015-01-01", valid_to="2017-12-31"),
        entry(A, "张三", "H2", "2018-01-01", valid_to="2019-12-31"),
    ]
    days = ("2014-12-31", "2015-01-01", "2017-12-31", "2018-01-01", "2019-12-31", "2020-01-01")
    matches = run(register, [paid(A, "张三", at=day) for day in days])
    rows = matches.recipients.to_pylist()
    assert [(row["household_id"], row["standing"], row["payments"]) for row in rows] == [
        (None, "later", 1),
        ("H1", "registered", 2),
        ("H2", "registered", 2),
        ("H2", "ended", 1),
    ]
    assert {row["recipient"] for row in rows} == {0}
    assert matches.payments["row"].to_pylist() == [0, 1, 1, 2, 2, 3]
    assert answers(run(register, [paid(A, "张三")], as_of=date(2014, 1, 1))) == []


def test_a_decision_stands_above_the_answer_and_is_told_when_it_concerns_nobody() -> None:
    payments = [paid(None, "张三"), paid(A, "赵六")]
    yes = Decision(None, "张三", "N1", C, is_match=True)
    no = Decision(A, "赵六", "N1", A, is_match=False)
    lost = Decision(None, "张三", "N9", C, is_match=True)
    matches = run(REGISTER, payments, decisions=[yes, no, lost])
    assert [row[:3] for row in answers(matches)] == [("match", "decision", C), ("no match", "decision", None)]
    assert matches.unused_decisions == (lost,)
    again = run(REGISTER, payments, decisions=[yes, Decision(None, "张三", "N1", C, is_match=False)])
    assert answers(again)[0][:2] == ("unsure", "name alone"), "who is not C may still be A"
    assert {row["person_id"] for row in again.candidates.to_pylist() if row["recipient"] == 0} == {A}


def test_reasons_add_up_to_the_total() -> None:
    matches = run(REGISTER, [paid("***" + C[-4:], "张三"), paid(None, "李四", "C1")])
    candidates = matches.candidates.to_pylist()
    assert candidates
    for row in candidates:
        assert sum(reason["bits"] for reason in row["reasons"]) == pytest.approx(row["total_bits"])


def test_without_a_register_nothing_is_answered() -> None:
    matches = run([], [paid(A, "张三")])
    assert matches.missing == ("register",)
    assert answers(matches) == [(None, None, None, None, None)]
    assert run([], []).recipients.num_rows == 0
    assert answers(run(REGISTER, [])) == []


def test_only_payments_for_persons_have_recipients() -> None:
    accounts = [account("FIRM", "某公司"), account("CARD", "张三", "person", "personal", holder_id=A)]
    projects = [{"project_id": "J", "project_kind": "household"}]
    payments = [
        paid(None, None, "FIRM", project_id="J"),
        paid(None, None, "X1"),
        paid(None, None, "X2", project_id="J"),
        paid(None, None, "CARD", payee_name="张三"),
        paid(None, None, "X3", payee_name="李四"),
        paid(None, "张三", "FIRM"),
        paid(A, "张三", refund_of="P0"),
    ]
    rows = run(REGISTER, payments, accounts=accounts, projects=projects).recipients.to_pylist()
    assert [(row["paid_as"], row["name"]) for row in rows] == [
        ("project", "某公司"),
        ("account", "张三"),
        ("name", "李四"),
        ("beneficiary", "张三"),
    ]
    assert [row["basis"] for row in rows] == ["nobody", "id and name", "name alone", "several"]
