"""Advances: what later receipts make good, fen by fen, and that no trace changes for it."""

import random
from collections import defaultdict, deque

from tests.flow.ledgers import RandomLedger, account, arrow_tables, indicator, payment, transfer
from tests.flow.test_trace import county, day
from tracer.calendar import date_of
from tracer.flow.advances import advances
from tracer.flow.build import flow_of
from tracer.flow.codes import TREASURY, UNEXPLAINED
from tracer.flow.store import Flow


def told(flow: Flow) -> list[tuple[str, int, str | None, str | None, int]]:
    """Payment, fen, by what made good, on which day, days outstanding."""
    return [
        (
            flow.names[advance.row],
            advance.fen,
            None if advance.repaid_by is None else flow.names[advance.repaid_by],
            None if advance.repaid_day is None else date_of(advance.repaid_day).isoformat(),
            advance.outstanding_days,
        )
        for advance in advances(flow)
    ]


def test_a_later_receipt_makes_good_what_was_paid_in_advance() -> None:
    rows = [
        payment("P1", "POOL", "FARM", 100, day(0)),
        payment("P2", "POOL", "SHOP", 50, day(3)),
        transfer("T1", "COUNTY", "POOL", 120, day(10)),
    ]
    tables = {"payments": rows[:2], "transfers": rows[2:], "accounts": [account("COUNTY", "unit", 500)]}
    assert told(flow_of(arrow_tables(tables))) == [
        ("P1", 100, "T1", "2020-03-11", 10),
        ("P2", 20, "T1", "2020-03-11", 7),
        ("P2", 30, None, None, 7),
    ]


def test_what_is_outstanding_counts_up_to_the_day_that_is_asked_for() -> None:
    tables = {"payments": [payment("P1", "POOL", "FARM", 100, day(0))], "accounts": []}
    assert told(flow_of(arrow_tables(tables), as_of=day(30).date())) == [("P1", 100, None, None, 30)]


def test_an_issue_makes_good_what_an_indicator_paid_too_early() -> None:
    tables = {
        "indicators": [indicator("K", 80, day(5).date())],
        "accounts": [account("T", "treasury")],
        "payments": [
            payment("P1", "T", "FARM", 100, day(1), indicator_id="K"),
            payment("P2", "FARM", "T", 10, day(6), refund_of="P1"),
        ],
    }
    assert told(flow_of(arrow_tables(tables))) == [
        ("P1", 80, None, "2020-03-06", 4),
        ("P1", 10, "P2", "2020-03-07", 5),
        ("P1", 10, None, None, 5),
    ]


def test_what_reaches_a_treasury_account_makes_nothing_good() -> None:
    tables = {
        "accounts": [account("T", "treasury"), account("A", "unit", 70)],
        "payments": [payment("P1", "T", "FARM", 40, day(1)), payment("P2", "A", "T", 40, day(2))],
    }
    assert told(flow_of(arrow_tables(tables))) == []


def test_a_ledger_without_shortfalls_has_no_advances() -> None:
    assert told(flow_of(arrow_tables({}))) == []
    assert told(flow_of(arrow_tables({"accounts": [account("A", "unit", 70)]}))) == []


def test_a_small_county() -> None:
    assert told(flow_of(arrow_tables(county()))) == [("P3", 50, "P5", "2020-03-07", 2)]


def fen_by_fen(flow: Flow) -> dict[tuple[int, int | None], int]:
    """Fen by payment and the movement that made it good (None: nothing; -1: an issue), one fen at a time."""
    pairs: dict[tuple[int, int | None], int] = defaultdict(int)
    owed: dict[int, deque[int]] = defaultdict(deque)
    for piece in range(len(flow.fen)):
        row, origin, fen = int(flow.row[piece]), int(flow.origin[piece]), int(flow.fen[piece])
        if row >= 0 and flow.parent[piece] < 0 and origin // flow.holders == UNEXPLAINED:
            owed[origin % flow.holders].extend([row] * fen)
        holder = int(flow.payee[row]) if row >= 0 else origin % flow.holders
        for _ in range(min(fen, len(owed[holder]))):
            pairs[owed[holder].popleft(), row] += 1
    for rows in owed.values():
        for row in rows:
            pairs[row, None] += 1
    return {pair: fen for pair, fen in pairs.items() if flow.holder_kind[flow.payer[pair[0]]] != TREASURY}


def test_advances_of_random_ledgers_equal_a_count_fen_by_fen() -> None:
    paired = 0
    for seed in range(800, 900):
        flow = flow_of(arrow_tables(RandomLedger(random.Random(seed)).tables()))
        found: dict[tuple[int, int | None], int] = defaultdict(int)
        for advance in advances(flow):
            is_issue = advance.repaid_by is None and advance.repaid_day is not None
            found[advance.row, -1 if is_issue else advance.repaid_by] += advance.fen
            paired += advance.repaid_day is not None
            assert advance.fen > 0
            assert advance.outstanding_days >= 0
        assert found == fen_by_fen(flow)
    assert paired > 100
