"""Documented: what documents alone say of an origin, never more than any method gives."""

import random

from tests.flow.ledgers import RandomLedger, account, arrow_tables, indicator, payment
from tests.flow.test_trace import county, day
from tracer.flow.build import flow_of
from tracer.flow.documented import documented
from tracer.flow.store import Flow
from tracer.flow.trace import origin_name, trace


def named(flow: Flow, subject: str) -> dict[str, int]:
    return {origin_name(flow, origin): fen for origin, fen in documented(flow, subject).items()}


def test_a_tag_documents_its_money_and_a_pool_does_not() -> None:
    flow = flow_of(arrow_tables(county()))
    assert named(flow, "P2") == {"C": 400}
    assert named(flow, "P3") == {"unexplained:POOL": 50}
    assert named(flow, "P1") == {"C": 600}


def test_a_tag_whose_money_has_run_out_documents_only_what_it_got() -> None:
    tables = {
        "indicators": [indicator("I", 30), indicator("J", 70)],
        "accounts": [account("T", "treasury"), account("POOL", "pool")],
        "payments": [
            payment("P1", "T", "POOL", 30, day(1), indicator_id="I"),
            payment("P2", "T", "POOL", 70, day(1), indicator_id="J"),
            payment("P3", "POOL", "FARM", 50, day(2), indicator_id="I"),
        ],
    }
    flow = flow_of(arrow_tables(tables))
    assert {part.id: part.fen for part in trace(flow, "P3", "backward").parts} == {"I": 30, "J": 20}
    assert named(flow, "P3") == {"I": 30}
    assert named(flow, "FARM") == {"I": 30}
    assert named(flow, "POOL") == {}
    assert named(flow_of(arrow_tables(tables), as_of=day(1).date()), "POOL") == {"I": 30, "J": 70}


def test_documented_is_part_of_what_linked_gives() -> None:
    seen = 0
    for seed in range(1100, 1140):
        flow = flow_of(arrow_tables(RandomLedger(random.Random(seed)).tables()))
        for row in range(flow.rows):
            name = flow.names[row]
            answer = trace(flow, name, "backward")
            parts = dict(zip(answer.part.tolist(), answer.part_fen.tolist(), strict=True))
            for origin, fen in documented(flow, name).items():
                assert fen <= parts[origin]
                seen += fen > 0
    assert seen > 100
