"""Contract section 2, row by row: who pays whom, who is born where, and which bank row is a payment's leg."""

import random
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from tests.flow import reference
from tests.flow.ledgers import RandomLedger, account, arrow_tables, indicator, payment, split, transfer
from tests.flow.reference import Tables
from tracer.flow import codes
from tracer.flow.legs import BankRows, legs_by_likeness
from tracer.flow.movements import Movements, movements

DAY = datetime(2020, 3, 1)
KINDS = {
    codes.INDICATOR: "indicator",
    codes.ACCOUNT: "account",
    codes.TREASURY: "treasury",
    codes.CASH_HOLDER: "cash",
}


def holder(moved: Movements, code: int) -> tuple[str, str]:
    return KINDS[int(moved.holder_kind[code])], moved.holder_names[int(code)].as_py()


def described(moved: Movements) -> list[tuple[object, ...]]:
    return [
        (
            moved.names[row].as_py(),
            ("split", "payment", "transfer")[moved.kind[row]],
            date(1970, 1, 1) + timedelta(days=int(moved.day[row])),
            int(moved.time_ms[row]),
            holder(moved, moved.payer[row]),
            holder(moved, moved.payee[row]),
            int(moved.amount[row]),
            holder(moved, moved.tag[row])[1] if moved.tag[row] >= 0 else None,
        )
        for row in range(len(moved.day))
    ]


def only(tables: Tables, name: str) -> tuple[object, ...]:
    """Payer, payee, fen and tag of the movement of this name."""
    return next(row[4:] for row in described(movements(arrow_tables(tables))) if row[0] == name)


def listed(*rows: tuple[str, str]) -> Tables:
    return {
        "accounts": [account(name, kind) for name, kind in rows],
        "indicators": [indicator("I", 100)],
    }


T, A, B, I = ("treasury", "T"), ("account", "A"), ("account", "B"), ("indicator", "I")  # noqa: E741
CASH = ("cash", "CASH")


@pytest.mark.parametrize(
    ("payer", "more", "expected"),
    [
        pytest.param("T", {"indicator_id": "I"}, (I, B, 7, None), id="treasury account and indicator"),
        pytest.param("X", {"indicator_id": "I"}, (I, B, 7, None), id="account not listed and indicator"),
        pytest.param(None, {"indicator_id": "I"}, (I, B, 7, None), id="no account and indicator"),
        pytest.param("CASH", {"indicator_id": "I"}, (I, B, 7, None), id="cash and indicator"),
        pytest.param("A", {"indicator_id": "I"}, (A, B, 7, "I"), id="another account and indicator"),
        pytest.param("T", {}, (T, B, 7, None), id="treasury account alone"),
        pytest.param("A", {}, (A, B, 7, None), id="account alone"),
        pytest.param("CASH", {}, (CASH, B, 7, None), id="cash paid in"),
        pytest.param(None, {}, (("account", "unnamed-payer:P"), B, 7, None), id="no account"),
        pytest.param("A", {"refund_of": "nothing"}, (A, B, 7, None), id="refund of an unknown payment"),
        pytest.param("B", {}, (B, B, 0, None), id="to itself"),
    ],
)
def test_payment_leaves_the_budget_or_an_account(payer, more, expected) -> None:
    tables = listed(("T", "treasury"), ("A", "unit"), ("B", "personal"))
    tables["payments"] = [payment("P", payer, "B", 7, DAY, **more)]
    assert only(tables, "P") == expected


@pytest.mark.parametrize(
    ("settled", "payee", "expected"),
    [
        ("cash", None, CASH),
        ("transfer", None, ("account", "unnamed-payee:P")),
        (None, None, ("account", "unnamed-payee:P")),
        ("transfer", "CASH", CASH),
        ("cash", "B", B),
        ("transfer", "T", T),
    ],
)
def test_payee_account_may_be_empty(settled, payee, expected) -> None:
    tables = listed(("T", "treasury"), ("A", "unit"))
    tables["payments"] = [payment("P", "A", payee, 7, DAY, settlement_method=settled)]
    assert only(tables, "P") == (A, expected, 7, None)


@pytest.mark.parametrize(
    ("refunded", "payer", "expected"),
    [
        pytest.param({"payer": "T", "indicator_id": "I"}, "B", (B, I, 5, "I"), id="of a draw"),
        pytest.param({"payer": "A", "indicator_id": "I"}, "B", (B, A, 5, "I"), id="of an account's payment"),
        pytest.param({"payer": "A"}, "B", (B, A, 5, None), id="of one without indicator"),
        pytest.param({"payer": "T"}, "B", (B, T, 5, None), id="to a treasury account"),
        pytest.param(
            {"payer": None}, "B", (B, ("account", "unnamed-payer:P"), 5, None), id="to nobody known"
        ),
        pytest.param(
            {"payer": "A"}, None, (("account", "unnamed-payer:R"), A, 5, None), id="from nobody known"
        ),
        pytest.param({"payer": "A"}, "CASH", (CASH, A, 5, None), id="in cash"),
        pytest.param({"payer": "A"}, "T", (T, A, 5, None), id="from a treasury account"),
    ],
)
def test_refund_goes_back_to_where_the_money_came_from(refunded, payer, expected) -> None:
    tables = listed(("T", "treasury"), ("A", "unit"), ("B", "personal"))
    first = {"payer": None, "indicator_id": None} | refunded
    tables["payments"] = [
        payment("R", payer, "ignored", 5, DAY, refund_of="P", indicator_id="other"),
        payment("P", first["payer"], "B", 7, DAY, indicator_id=first["indicator_id"]),
    ]
    assert only(tables, "R") == expected


def test_refund_of_a_refund_goes_back_to_its_payer() -> None:
    tables = listed(("A", "unit"), ("B", "personal"), ("T", "treasury"))
    tables["payments"] = [
        payment("P", "T", "B", 7, DAY, indicator_id="I"),
        payment("R", "B", "T", 7, DAY, refund_of="P"),
        payment("S", "A", None, 3, DAY, refund_of="R"),
    ]
    assert only(tables, "S") == (A, B, 3, None)


def test_indicator_and_account_of_one_name_are_two_holders() -> None:
    tables: Tables = {
        "accounts": [account("I", "unit", 9)],
        "indicators": [indicator("I", 100)],
        "payments": [payment("P", None, "I", 7, DAY, indicator_id="I")],
    }
    assert only(tables, "P") == (I, ("account", "I"), 7, None)


def test_negative_split_goes_the_other_way_and_is_counted_within_its_pair() -> None:
    tables: Tables = {
        "splits": [split("I", "K", 9), split("I", "L", 1), split("I", "K", -4), split("K", "I", 2)]
    }
    rows = described(movements(arrow_tables(tables)))
    k = ("indicator", "K")
    assert [(row[0], row[4], row[5], row[6]) for row in rows] == [
        ("I>K#1", I, k, 9),
        ("I>L#1", I, ("indicator", "L"), 1),
        ("I>K#2", k, I, 4),
        ("K>I#1", k, I, 2),
    ]


def test_splits_are_counted_and_children_never_born_whatever_the_day() -> None:
    later = DAY.date() + timedelta(days=1)
    tables: Tables = {
        "indicators": [indicator("I", 100), indicator("K", 50), indicator("L", 0), indicator("M", 5, later)],
        "splits": [split("I", "K", 9, later), split("I", "K", 8)],
    }
    moved = movements(arrow_tables(tables), DAY.date())
    assert moved.names.to_pylist() == ["I>K#2"]
    born = {moved.holder_names[int(at)].as_py() for at in np.flatnonzero(moved.issue_fen)}
    assert born == {"I"}


def test_opening_balances_are_born_where_above_zero_and_not_in_treasury_accounts() -> None:
    kinds = [("T", "treasury", 5), ("A", "unit", 5), ("B", "unit", 0), ("C", "unit", -5), ("D", "unit", None)]
    moved = movements(arrow_tables({"accounts": [account(*row) for row in kinds]}))
    assert [moved.holder_names[int(at)].as_py() for at in np.flatnonzero(moved.opening_fen)] == ["A"]


def legs(tables: Tables, as_of: date | None = None) -> dict[str, str]:
    moved = movements(arrow_tables(tables), as_of)
    return {
        leg: moved.names[int(row)].as_py()
        for leg, row in zip(moved.leg_names.to_pylist(), moved.leg_rows, strict=True)
    }


def days(n: float) -> datetime:
    return DAY + timedelta(days=n)


def test_voucher_names_the_payment_whatever_else_differs() -> None:
    tables: Tables = {
        "payments": [payment("P", "A", "B", 7, DAY)],
        "transfers": [
            transfer("T1", "X", "Y", 3, days(40), "P"),
            transfer("T2", "A", "B", 7, DAY, "P"),
            transfer("T3", "A", "B", 7, DAY, "unknown"),
            transfer("T4", "A", "B", 7, DAY),
        ],
    }
    assert legs(tables) == {"T1": "P", "T2": "P"}
    assert [row[0] for row in described(movements(arrow_tables(tables)))] == ["P", "T3", "T4"]


@pytest.mark.parametrize(
    ("at", "fen", "payee", "merged"),
    [(3, 7, "B", True), (-3, 7, "B", True), (4, 7, "B", False), (0, 8, "B", False), (0, 7, "C", False)],
)
def test_likeness_needs_accounts_amount_and_at_most_three_days(at, fen, payee, merged) -> None:
    tables: Tables = {
        "payments": [payment("P", "A", "B", 7, days(0.99))],
        "transfers": [transfer("T", "A", payee, fen, days(at))],
    }
    assert legs(tables) == ({"T": "P"} if merged else {})


def test_nearest_dates_pair_first_then_payment_then_transfer() -> None:
    tables: Tables = {
        "payments": [payment("P1", "A", "B", 7, days(1)), payment("P2", "A", "B", 7, days(2))],
        "transfers": [transfer("T1", "A", "B", 7, days(2)), transfer("T2", "A", "B", 7, days(3))],
    }
    assert legs(tables) == {"T1": "P2", "T2": "P1"}
    tables["transfers"] = [transfer("T1", "A", "B", 7, days(2)), transfer("T2", "A", "B", 7, days(0))]
    tables["payments"] = [payment("P1", "A", "B", 7, days(1)), payment("P2", "A", "B", 7, days(1))]
    assert legs(tables) == {"T1": "P1", "T2": "P2"}


def test_payment_in_cash_without_account_has_a_cash_withdrawal_as_its_leg() -> None:
    tables: Tables = {
        "payments": [payment("P", "A", None, 7, DAY, settlement_method="cash")],
        "transfers": [transfer("T", "A", "CASH", 7, DAY)],
    }
    assert legs(tables) == {"T": "P"}


def test_as_of_hides_payments_from_their_legs_and_refunds() -> None:
    tables = listed(("A", "unit"), ("B", "unit"))
    tables["payments"] = [
        payment("P", "T", "B", 7, days(1), indicator_id="I"),
        payment("R", "B", "A", 7, DAY, refund_of="P"),
    ]
    tables["transfers"] = [transfer("T1", "T", "B", 7, DAY, "P"), transfer("T2", "T", "B", 7, DAY)]
    assert legs(tables, DAY.date()) == {}
    rows = described(movements(arrow_tables(tables), DAY.date()))
    assert [(row[0], row[4], row[5], row[7]) for row in rows] == [
        ("R", B, A, None),
        ("T1", ("account", "T"), B, None),
        ("T2", ("account", "T"), B, None),
    ]
    assert legs(tables) == {"T1": "P"}


def test_everything_equals_the_reference_on_random_ledgers() -> None:
    for seed in range(250):
        ledger = RandomLedger(random.Random(seed))
        tables, as_of = ledger.tables(), ledger.as_of()
        expected = reference.world(tables, as_of)
        moved = movements(arrow_tables(tables), as_of)
        assert described(moved) == [
            (m.name, m.kind, m.day, m.time, m.payer, m.payee, m.fen, m.tag) for m in expected.moves
        ], seed
        assert legs(tables, as_of) == expected.legs, seed
        born = [(holder(moved, at)[1], int(moved.issue_fen[at])) for at in np.flatnonzero(moved.issue_fen)]
        assert sorted(born) == sorted((name, fen) for _, name, fen in expected.issues), seed
        opened = [
            (holder(moved, at)[1], int(moved.opening_fen[at])) for at in np.flatnonzero(moved.opening_fen)
        ]
        assert sorted(opened) == sorted(expected.openings), seed


def test_the_random_ledgers_hold_every_awkward_case() -> None:
    """A generator that stopped making a case would silently stop testing it."""
    found: set[str] = set()
    for seed in range(250):
        ledger = RandomLedger(random.Random(seed))
        tables, as_of = ledger.tables(), ledger.as_of()
        seen = reference.world(tables, as_of)
        payments = {row["payment_id"]: row for row in tables.get("payments", [])}
        rows = {row["transfer_id"]: row for row in tables.get("transfers", [])}
        for move in seen.moves:
            found.add(f"{move.kind} {move.payer[0]}→{move.payee[0]}")
            found |= {"to itself"} if move.payer == move.payee else set()
            back = payments.get(move.name, {}).get("refund_of") if move.kind == "payment" else None
            found |= {"refund of a refund"} if payments.get(back, {}).get("refund_of") in payments else set()
            found |= {end[1].split(":")[0] for end in (move.payer, move.payee) if ":" in end[1]}
        for leg, name in seen.legs.items():
            apart = abs((rows[leg]["moved_at"].date() - payments[name]["paid_at"].date()).days)
            found.add("by voucher" if rows[leg]["voucher_no"] else f"alike, {apart} days apart")
        found |= {"same name"} if seen.indicators & set(seen.accounts) else set()
    wanted = {"to itself", "refund of a refund", "unnamed-payee", "unnamed-payer", "by voucher", "same name"}
    wanted |= {f"alike, {n} days apart" for n in range(4)}
    wanted |= {f"payment indicator→{kind}" for kind in ("account", "treasury", "cash")}
    wanted |= {f"payment account→{kind}" for kind in ("indicator", "account", "treasury", "cash")}
    wanted |= {f"payment {kind}→indicator" for kind in ("cash", "treasury")}
    wanted |= {"split indicator→indicator", "transfer cash→account", "transfer account→cash"}
    wanted |= {"transfer treasury→account", "transfer account→treasury"}
    assert wanted <= found


def test_legs_of_crowded_accounts_equal_the_plain_pairing() -> None:
    chance = np.random.default_rng(7)
    for _ in range(200):
        sides = []
        for rows in chance.integers(0, 40, 2):
            payer, payee = chance.integers(-1, 2, (2, rows)).astype(np.int32)
            amount, day = chance.integers(1, 3, rows), chance.integers(0, 9, rows).astype(np.int32)
            sides.append(BankRows(payer, payee, amount, day, chance.random(rows) < 0.9))
        payments, transfers = sides
        assert legs_by_likeness(payments, transfers).tolist() == plain_pairing(payments, transfers)


def plain_pairing(payments: BankRows, transfers: BankRows) -> list[int]:
    found = [-1] * len(transfers.day)
    pairs = [
        (abs(int(payments.day[i]) - int(transfers.day[j])), i, j)
        for i in np.flatnonzero(payments.free & (payments.payer >= 0) & (payments.payee >= 0)).tolist()
        for j in np.flatnonzero(transfers.free).tolist()
        if payments.payer[i] == transfers.payer[j]
        and payments.payee[i] == transfers.payee[j]
        and payments.amount[i] == transfers.amount[j]
    ]
    for apart, i, j in sorted(pairs):
        if apart <= 3 and found[j] < 0 and i not in found:
            found[j] = i
    return found
