"""Own-first and poison: the cases of the law, and a plain count on random ledgers."""

import random
from collections import defaultdict

import pytest

from tests.flow.ledgers import RandomLedger, account, arrow_tables, payment
from tests.flow.reference import Tables
from tests.flow.test_trace import county, day
from tracer.errors import UsageError
from tracer.flow.build import flow_of
from tracer.flow.claims import follow_claim
from tracer.flow.codes import CASH_HOLDER, TREASURY
from tracer.flow.store import Flow
from tracer.flow.trace import find, trace


def now(flow: Flow, subject: str, policy: str) -> dict[str, int]:
    return {part.id: part.fen for part in follow_claim(flow, subject, "forward", policy).parts}


def mixed(own: int, stolen: int, spent: int, later: int) -> Tables:
    """Stolen money is paid to a holder with money of its own, which spends and later pays in more."""
    return {
        "accounts": [
            account("VICTIM", "unit", stolen),
            account("THIEF", "unit", own),
            account("PAY", "unit", later),
        ],
        "payments": [
            payment("IN", "VICTIM", "THIEF", stolen, day(0)),
            payment("OUT", "THIEF", "SHOP", spent, day(1)),
            *([payment("MORE", "PAY", "THIEF", later, day(2))] if later else []),
        ],
    }


def test_roscoe_v_winder_the_lowest_intermediate_balance() -> None:
    """455 of the claimant in, spent down to 25, own money brings it to 358: 25 can be traced."""
    flow = flow_of(arrow_tables(mixed(0, 455, 430, 333)))
    assert now(flow, "IN", "own-first") == {"SHOP": 430, "THIEF": 25}


def test_re_hallett_own_money_is_spent_first() -> None:
    flow = flow_of(arrow_tables(mixed(500, 300, 400, 0)))
    assert now(flow, "IN", "own-first") == {"THIEF": 300}
    flow = flow_of(arrow_tables(mixed(500, 300, 600, 0)))
    assert now(flow, "IN", "own-first") == {"THIEF": 200, "SHOP": 100}


def test_claytons_case_first_in_first_out() -> None:
    """Paul 10, Michael 10, out 10, Karen 10, out 10: what is left is Karen's by fifo, Paul's by lifo."""
    rows = [
        payment("PAUL", "P", "POT", 10, day(0)),
        payment("MICHAEL", "M", "POT", 10, day(1)),
        payment("OUT1", "POT", "X", 10, day(2)),
        payment("KAREN", "K", "POT", 10, day(3)),
        payment("OUT2", "POT", "X", 10, day(4)),
    ]
    tables = {"payments": rows, "accounts": [account(name, "unit", 10) for name in "PMK"]}
    left = {"fifo": "opening:K", "lifo": "opening:P"}
    for method, origin in left.items():
        parts = trace(flow_of(arrow_tables(tables), method), "POT", "backward").parts
        assert [(part.id, part.fen) for part in parts] == [(origin, 10)]


def test_anderson_poison_marks_everything_that_the_claim_has_touched() -> None:
    """3 stolen, then 7 fresh: all 10 are marked."""
    tables = mixed(0, 3, 1, 7)
    tables["payments"] = [tables["payments"][0], tables["payments"][2]]
    assert now(flow_of(arrow_tables(tables)), "IN", "poison") == {"THIEF": 10}


def test_a_fund_is_followed_from_holder_to_holder() -> None:
    flow = flow_of(arrow_tables(county()))
    answer = follow_claim(flow, "C", "forward", "own-first")
    parts = {part.id: part.fen for part in answer.parts}
    assert parts == {"C": 200, "K": 200, "FARM": 300, "SHOP": 250, "POOL": 50}
    assert answer.amount_fen == 1000
    links = [(link["from"], link["to"], link["fen"]) for link in answer.to_dict()["links"]]
    assert ("P1", "P2", 350) in links
    assert ("P2", "P5", 50) in links


def test_policies_of_a_claim_answer_forward_only() -> None:
    flow = flow_of(arrow_tables(county()))
    with pytest.raises(UsageError, match="forward"):
        follow_claim(flow, "P3", "backward", "own-first")


def plain_count(flow: Flow, subject: str) -> dict[int, int]:
    """Own-first once more with dicts, on the pieces' own births and the order of the rows."""
    row, holder = find(flow, subject)
    balance: dict[int, int] = defaultdict(int)
    claim: dict[int, int] = defaultdict(int)
    started = set()
    for piece in range(len(flow.fen)):
        now = int(flow.row[piece])
        if now < 0:
            born = int(flow.origin[piece]) % flow.holders
            balance[born] += int(flow.fen[piece])
            claim[born] += int(flow.fen[piece]) if born == holder else 0
        elif now not in started:
            started.add(now)
            source, to, fen = int(flow.payer[now]), int(flow.payee[now]), int(flow.amount[now])
            has_balance = flow.holder_kind[source] not in (CASH_HOLDER, TREASURY)
            paid = min(fen, balance[source]) if has_balance else 0
            others = balance[source] - claim[source] if has_balance else 0
            carried = max(paid - others, 0)
            if has_balance:
                balance[source] -= paid
                claim[source] -= carried
            if now == row or source == holder:
                carried = fen
            balance[to] += fen
            claim[to] += fen if to == holder else carried
    return {number: fen for number, fen in claim.items() if fen}


def test_own_first_of_random_ledgers_equals_a_plain_count() -> None:
    for seed in range(1000, 1060):
        flow = flow_of(arrow_tables(RandomLedger(random.Random(seed)).tables()))
        holders = [flow.holder_names[n] for n in range(flow.holders) if flow.holder_kind[n] != CASH_HOLDER]
        for subject in [*(flow.names[row] for row in range(flow.rows)), *holders]:
            answer = follow_claim(flow, subject, "forward", "own-first")
            expected = plain_count(flow, subject)
            assert dict(zip(answer.part.tolist(), answer.part_fen.tolist(), strict=True)) == expected, seed
            row, _ = find(flow, subject)
            if row is not None:
                assert answer.amount_fen == flow.amount[row]
            marked = follow_claim(flow, subject, "forward", "poison")
            poisoned = dict(zip(marked.part.tolist(), marked.part_fen.tolist(), strict=True))
            assert all(poisoned[number] >= fen for number, fen in expected.items())
            # The links of each movement are what it carried of the claim.
            arrived = defaultdict(int)
            for to, fen in zip(answer.link_to.tolist(), answer.link_fen.tolist(), strict=True):
                arrived[to] += fen
            held = defaultdict(int)
            for to, fen in [*arrived.items(), *([(row, answer.amount_fen)] if row is not None else [])]:
                held[int(flow.payee[to])] += fen
                if to != row:
                    held[int(flow.payer[to])] -= fen
            if row is not None:
                assert {number: fen for number, fen in held.items() if fen} == expected, (seed, subject)
