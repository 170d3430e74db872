"""The invented county: reproducible, well-formed, and clean but for what was planted."""

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ingest.county import AnswerKey, Books, build, generate
from tracer.rules.load import load_rules
from tracer.schema import CASH


@pytest.fixture(scope="module")
def books() -> Books:
    return build(2_000, seed=7)


def test_every_rule_is_planted_at_least_twice(books: Books) -> None:
    planted = Counter(case.rule_id for case in books.expected)
    assert set(planted) == set(load_rules())
    assert len(planted) == 74
    assert min(planted.values()) >= 2


def test_a_rule_has_one_finding_per_subject(books: Books) -> None:
    subjects = [(case.rule_id, case.subject) for case in books.expected]
    assert len(set(subjects)) == len(subjects)


def test_identifiers_are_unique(books: Books) -> None:
    for table, column in (("payments", "payment_id"), ("transfers", "transfer_id"), ("accounts",
    "account_no"),
                          ("indicators", "indicator_id"), ("projects", "project_id")):  # fmt: skip
        values = books.table(table)[column]
        assert len(pc.unique(values)) == len(values), table


def test_size_is_met_within_a_tenth() -> None:
    for payments in (2_000, 12_000):
        got = build(payments, seed=1).table("payments").num_rows
        assert abs(got - payments) <= payments // 10


def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    first, second, other = (
        generate(tmp_path / name, 1_500, seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == second
    names = sorted(path.name for path in (tmp_path / "a/办公文件").iterdir())
    assert len(names) == 20
    for name in names:
        assert (tmp_path / "a/办公文件" / name).read_bytes() == (
            tmp_path / "b/办公文件" / name
        ).read_bytes(), name
    assert other.expected != first.expected or other.payments != first.payments
    assert AnswerKey.load(tmp_path / "a/answer-key.json") == first


def movements(books: Books) -> list[tuple[date, str, str, int]]:
    """(day, payer, payee, fen) by a plain reading of the contract, without the product's code."""
    treasuries = set(books.table("accounts").filter(
        pc.equal(books.table("accounts")["account_type"], "treasury"))["account_no"].to_pylist())  # fmt: skip
    payments = {row["payment_id"]: row for row in books.table("payments").to_pylist()}
    rows = [
        (row["split_on"], row["parent_indicator_id"], row["child_indicator_id"], row["amount_fen"])
        for row in books.table("splits").to_pylist()
    ]
    for row in payments.values():
        payer = row["indicator_id"] if row["payer_account"] in treasuries else row["payer_account"]
        rows.append(
            (
                row["paid_at"].date(),
                payer or f"treasury:{row['payment_id']}",
                row["payee_account"],
                row["amount_fen"],
            )
        )
    unnamed = Counter(
        (row["payer_account"], row["payee_account"], row["amount_fen"]) for row in payments.values()
    )
    for row in books.table("transfers").to_pylist():
        ends = (row["from_account"], row["to_account"], row["amount_fen"])
        if row["voucher_no"] is None and not unnamed[ends]:
            rows.append((row["moved_at"].date(), *ends))
    return sorted(rows, key=lambda row: row[0])


def shortfalls(books: Books) -> set[str]:
    """Holders that at the end of some day had paid more than they had."""
    balance: defaultdict[str, int] = defaultdict(int)
    children = set(books.table("splits")["child_indicator_id"].to_pylist())
    births = [
        (row["issued_on"], "", row["indicator_id"], row["amount_fen"])
        for row in books.table("indicators").to_pylist() if row["indicator_id"] not in children
    ]  # fmt: skip
    for row in books.table("accounts").to_pylist():
        balance[row["account_no"]] += row["opening_balance_fen"] or 0
    short = set()
    rows = sorted([*births, *movements(books)], key=lambda row: row[0])
    for place, (day, payer, payee, fen) in enumerate(rows):
        balance[payer] -= fen
        balance[payee] += fen
        if place + 1 == len(rows) or rows[place + 1][0] != day:
            short |= {holder for holder, fen in balance.items() if fen < 0 and holder not in ("", CASH)}
            for holder in short:
                balance[holder] = max(balance[holder], 0)
    return short


def test_only_planted_cases_pay_more_than_they_have(books: Books) -> None:
    payments = {row["payment_id"]: row for row in books.table("payments").to_pylist()}
    planted = {case.subject for case in books.expected if case.rule_id in ("ZB05", "ZC20")}
    for case in books.expected:
        if case.rule_id in ("ZC01", "ZC02"):
            planted.add(payments[case.subject]["indicator_id"] or f"treasury:{case.subject}")
    short = shortfalls(books)
    assert short <= planted
    assert len(short) >= 8


def test_first_year_is_spent_to_the_last_fen(books: Books) -> None:
    lines = books.table("indicators").filter(
        pc.match_substring_regex(books.table("indicators")["indicator_id"], "^2019X")
    )
    spent: defaultdict[str, int] = defaultdict(int)
    for row in books.table("payments").to_pylist():
        if row["payer_account"].startswith("999901") and row["indicator_id"]:
            spent[row["indicator_id"]] += row["amount_fen"]
    assert lines.num_rows == 5
    for row in lines.to_pylist():
        assert spent[row["indicator_id"]] == row["amount_fen"]
        assert row["amount_fen"] % 1_000_000 == 0


def test_noise_of_real_life_is_there(books: Books) -> None:
    regions = {row["region_code"] for row in build(12_000, seed=7).table("projects").to_pylist()}
    assert {"229999", "229998"} <= regions
    refunds = books.table("payments").filter(pc.is_valid(books.table("payments")["refund_of"]))
    assert refunds.num_rows >= 5
    people: defaultdict[str, list[date | None]] = defaultdict(list)
    for row in books.table("register").to_pylist():
        people[row["person_id"]].append(row["valid_to"])
    assert any(len(ends) > 1 and None in ends for ends in people.values()), "moved here"
    assert any(ends == [date(2019, 11, 30)] for ends in people.values()), "left, and paid nothing since"
    expired = [row for row in books.table("exemptions").to_pylist() if row["valid_to"]]
    assert len(expired) == 2


def test_no_planted_benefit_goes_to_a_spouse_who_may_have_died(books: Books) -> None:
    spouses = {row["person_id"] for row in books.table("register").to_pylist() if row["relation"] == "配偶"}
    benefits: defaultdict[str, set[str]] = defaultdict(set)
    for row in books.table("payments").to_pylist():
        if row["beneficiary_id"] in spouses:
            benefits[row["beneficiary_id"]].add(row["benefit"])
    mortal = "外出务工补助"  # of these some die in the month of the benefit
    planted = [names for names in benefits.values() if names != {mortal}]
    assert len(planted) >= 3
    assert not any(mortal in names for names in planted)


def test_unknown_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="no columns"):
        Books().add("payments", amount=1)
    with pytest.raises(ValueError, match="no columns"):
        Books().add_block("payments", {"amount": pa.array([1])})
