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


def basis(register: list[Any], *payments: Any, **tables: Any) -> list[tuple[str, str]]:
    rows = run(register, list(payments), **tables).recipients.to_pylist()
    return [(row["answer"], row["basis"]) for row in rows]


def transposed(number: str) -> str:
    place = next(n for n in range(8, 16) if number[n] != number[n + 1])
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def test_one_slip_is_forgiven_but_two_valid_numbers_are_two_numbers() -> None:
    slip, near = transposed(A), with_check("52272319800101004")
    assert basis(REGISTER, paid(slip, "张三", "C1")) == [("match", "id one digit off and name")]
    assert basis(REGISTER, paid(slip, "王五", "C1")) == [("unsure", "weak")]
    assert basis(REGISTER, paid(near, "张三")) == [("no match", "nobody")]
    assert basis(REGISTER, paid(near, "张三", "C1")) == [("unsure", "id contradicts")]


def test_fifteen_digits_have_no_check_character_that_could_tell() -> None:
    old = A[:6] + A[8:17]
    wrong = old[:10] + ("8" if old[10] != "8" else "7") + old[11:]
    assert basis(REGISTER, paid(old, "张三")) == [("match", "id and name")]
    assert basis(REGISTER, paid(wrong, "张三", "C1")) == [("match", "id one digit off and name")]


def test_a_masked_register_is_compared_by_what_it_shows() -> None:
    register = [entry(A[:6] + "*" * 8 + A[-4:], "张三", card_account="C1")]
    assert basis(register, paid(A, "张三", "C1")) == [("match", "masked id and name")]
    assert basis(register, paid(A, "李四", "C1")) == [("unsure", "weak")]
    assert basis(register, paid("***" + A[-4:], "张三", "C1")) == [("match", "masked id and name")]
    assert basis(register, paid("***9999", "张三", "N1")) == [("no match", "nobody")]


def test_what_fills_a_cell_is_nobodys_number() -> None:
    zeros = "0" * 18
    register = [entry(zeros, "张三", "H1"), entry(zeros, "李四", "H2"), entry(zeros, "张三", "H3")]
    assert basis(register, paid(zeros, "李四")) == [("unsure", "name alone")]
    assert basis(register, paid(zeros, "张三")) == [("unsure", "several")]


def test_names_fold_and_sound() -> None:
    register = [entry(A, "买买提·吐尔逊", card_account="C1"), entry(B, "陈晓东", card_account="C2")]
    assert basis(register, paid(None, "陳曉東", "C2")) == [("match", "name and account")]
    assert basis(register, paid(None, "买买提吐尔逊", "C1")) == [("match", "name and account")]
    assert basis(register, paid(B, "陈小东")) == [("match", "id and sound of the name")]
    assert basis(register, paid(None, "陈小东", "C2")) == [("unsure", "account alone")]
    assert basis(register, paid(B, "陈大西")) == [("unsure", "name differs")]


def test_a_name_that_too_many_have_is_cut_and_the_answer_says_by_how_many() -> None:
    people = [with_check(f"5227231970{n // 28 + 1:02d}{n % 28 + 1:02d}001") for n in range(150)]
    matches = run(
        [entry(person, "王伟") for person in people], [paid(None, "王伟"), paid(people[149], "王伟")]
    )
    first, second = matches.recipients.to_pylist()
    assert (first["basis"], first["left_out"]) == ("several", 50)
    assert (second["answer"], second["person_id"], second["left_out"]) == ("match", people[149], 0)
    assert max(row["rank"] for row in matches.candidates.to_pylist()) == 10


def reason(matches: Matches, name: str) -> tuple[str, float]:
    (said,) = (one for one in matches.candidates.to_pylist()[0]["reasons"] if one["reason"] == name)
    return said["level"], said["bits"]


def test_payee_and_village_say_something_of_the_household() -> None:
    register = [
        entry(A, "张三", "H1", card_account="C1", village="大石村"),
        entry(B, "李四", "H1", card_account="C2", village="大石村"),
        entry(C, "王五", "H2", card_account="C3", village="石村"),
        entry(with_check("52272319800101009"), "孙六", "H3", village="河村"),
    ]
    projects = [{"project_id": "J", "project_kind": "household", "place": "某县大石村"}]
    payment = paid(None, "李四", "N1", payee_name="张三", project_id="J")
    matches = run(register, [payment], projects=projects)
    level, bits = reason(matches, "household")
    assert (level, bits > 5) == ("payee or account of the household", True)
    assert reason(matches, "village")[0] == "equal"
    there = run(register, [payment], projects=[projects[0] | {"place": "某县石村"}])
    assert reason(there, "village")[0] == "another"
    nowhere = run(register, [payment], projects=[projects[0] | {"place": "大石村、河村"}])
    assert reason(nowhere, "village") == ("missing", 0.0)


@pytest.mark.parametrize("register", [[entry(A, "张三")], [entry("无证", "张三")]])
def test_little_data_is_answered_with_stated_weights(register: list[Any]) -> None:
    matches = run(register, [paid(None, "张三", None), paid(None, "李四", None)])
    assert not matches.weights.learned
    assert [row[:2] for row in answers(matches)] == [("unsure", "name alone"), ("no match", "nobody")]
