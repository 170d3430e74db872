"""Routes add up, agree with traces, and are what walking every piece up by hand gives."""

import random
from collections import Counter

import pytest

from tests.flow import reference
from tests.flow.ledgers import RandomLedger, account, arrow_tables, payment, transfer
from tests.flow.test_flow import subjects
from tests.flow.test_trace import DAY, county, day
from tracer.errors import UsageError
from tracer.flow.build import flow_of
from tracer.flow.routes import routes
from tracer.flow.store import Flow
from tracer.flow.trace import find, trace


def named(flow: Flow, source: str, target: str) -> list[tuple[list[str], int, int]]:
    found = routes(flow, source, target).routes
    return [(flow.holder_names.take(route.holders), route.fen, route.movements) for route in found]


def by_hand(flow: Flow, source: str, target: str) -> Counter[tuple[int, ...]]:
    """Fen by way: every piece of the target is walked up alone, and left out where it came there before."""
    source_row, source_holder = find(flow, source)
    target_row, target_holder = find(flow, target)
    ways: dict[int, tuple[int, ...]] = {}
    above: dict[int, list[int]] = {}
    for piece in range(len(flow.fen)):
        row = int(flow.row[piece])
        if row < 0 or (row != target_row if target_row is not None else flow.payee[row] != target_holder):
            continue
        chain, at = [], piece
        while at >= 0 and flow.row[at] >= 0:
            chain.append(at)
            at = int(flow.parent[at])
        rows = flow.row[chain].tolist()
        leaves = [
            row == source_row or (source_row is None and flow.payer[row] == source_holder) for row in rows
        ]
        if True in leaves:
            way = rows[: leaves.index(True) + 1]
            ways[piece] = (int(flow.payer[way[-1]]), *(int(flow.payee[row]) for row in reversed(way)))
            above[piece] = chain[1:]
    first = [piece for piece in ways if not ways.keys() & set(above[piece])]
    return sum((Counter({ways[piece]: int(flow.fen[piece])}) for piece in first), Counter())


def test_a_fund_reaches_a_shop_by_one_way() -> None:
    flow = flow_of(arrow_tables(county()))
    assert named(flow, "C", "SHOP") == [(["C", "K", "POOL", "SHOP"], 200, 1)]
    assert named(flow, "P1", "SHOP") == [(["K", "POOL", "SHOP"], 200, 1)]
    assert named(flow, "P3", "SHOP") == [(["POOL", "SHOP"], 300, 1)]
    assert named(flow, "SHOP", "C") == []


def test_what_comes_back_is_counted_when_it_first_gets_there() -> None:
    """A pays B, B pays A, A pays B again: of the ten from S ten got to B, not twenty."""
    rows = [
        transfer("T0", "S", "A", 10, day(0)),
        transfer("T1", "A", "B", 10, day(1)),
        transfer("T2", "B", "A", 10, day(2)),
        transfer("T3", "A", "B", 10, day(3)),
    ]
    flow = flow_of(arrow_tables({"transfers": rows, "accounts": [account("S", "unit", 10)]}))
    assert named(flow, "S", "B") == [(["S", "A", "B"], 10, 1)]
    assert named(flow, "A", "B") == [(["A", "B"], 10, 1)]
    assert named(flow, "B", "B") == [(["B", "A", "B"], 10, 1)]


def test_the_largest_come_first_and_the_rest_is_an_amount() -> None:
    paid = [payment(f"P{k}", "POOL", f"V{k % 4}", 10 + k, day(1)) for k in range(8)]
    on = [payment(f"Q{k}", f"V{k}", "END", 20 + k, DAY.replace(day=20)) for k in range(4)]
    flow = flow_of(arrow_tables({"payments": [*paid, *on], "accounts": [account("POOL", "pool", 1000)]}))
    found = routes(flow, "POOL", "END")
    assert [route.fen for route in found.routes] == [23, 22, 21, 20]
    listed, rest_fen = found.largest(2)
    assert [route.fen for route in listed] == [23, 22]
    assert rest_fen == 41
    assert found.fen == 86
    assert found.largest(4)[1] == 0


@pytest.mark.parametrize("method", ["linked", "fifo", "lifo"])
def test_routes_are_what_walking_up_by_hand_gives(method: str) -> None:
    for seed in range(700, 715):
        tables = RandomLedger(random.Random(seed)).tables()
        flow = flow_of(arrow_tables(tables), method)
        names = [name for name in subjects(reference.world(tables)) if name != "CASH"]
        for source in names:
            for target in names:
                found = routes(flow, source, target)
                assert Counter({route.holders: route.fen for route in found.routes}) == by_hand(
                    flow, source, target
                )
                assert found.fen == sum(route.fen for route in found.routes)


def test_routes_between_movements_carry_what_the_trace_says() -> None:
    for seed in range(720, 730):
        flow = flow_of(arrow_tables(RandomLedger(random.Random(seed)).tables()))
        movements = dict.fromkeys(flow.names[row] for row in range(flow.rows))
        for target in movements:
            answer = trace(flow, target, "backward")
            for source in movements:
                row, _ = find(flow, source)
                passed = int(answer.link_fen[answer.link_to == row].sum())
                assert routes(flow, source, target).fen == (answer.amount_fen if source == target else passed)


def test_an_unknown_place_is_wrong_use() -> None:
    with pytest.raises(UsageError):
        routes(flow_of(arrow_tables(county())), "C", "NOWHERE")
