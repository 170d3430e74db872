"""Which parts of a trace rest on nothing but the order in which rows were typed."""

import random

import pytest

from tests.flow.ledgers import RandomLedger, account, arrow_tables, payment, transfer
from tests.flow.test_trace import day
from tracer.flow import ties
from tracer.flow.build import flow_of
from tracer.flow.ties import TiedPart, tied_parts
from tracer.flow.trace import trace


def pool(hour: int) -> dict:
    """Two funds reach a pool, which pays two farms on one day, from `hour` on or without a time."""
    return {
        "accounts": [account("A", "unit", 60), account("B", "unit", 40)],
        "transfers": [transfer("TA", "A", "POOL", 60, day(0)), transfer("TB", "B", "POOL", 40, day(1))],
        "payments": [
            payment("P1", "POOL", "FARM1", 50, day(2).replace(hour=hour)),
            payment("P2", "POOL", "FARM2", 50, day(2).replace(hour=hour + bool(hour))),
        ],
    }


def test_parts_that_another_order_of_the_day_changes_are_named() -> None:
    flow = flow_of(arrow_tables(pool(0)), "fifo")
    assert tied_parts(flow, "P1", "backward") == [
        TiedPart("opening:A", "opening", 50, 10, 50),
        TiedPart("opening:B", "opening", 0, 0, 40),
    ]
    assert tied_parts(flow, "TA", "forward") == [
        TiedPart("FARM1", "account", 50, 10, 50),
        TiedPart("FARM2", "account", 10, 10, 50),
    ]


def test_where_times_or_documents_put_the_rows_in_order_nothing_changes() -> None:
    assert tied_parts(flow_of(arrow_tables(pool(9)), "fifo"), "P1", "backward") == []


@pytest.mark.parametrize("method", ["linked", "fifo", "lifo"])
def test_the_reverse_order_is_that_of_the_file_turned_round(method: str) -> None:
    changed = 0
    for seed in range(900, 930):
        tables = RandomLedger(random.Random(seed)).tables()
        tables = {name: rows for name, rows in tables.items() if name not in ("splits", "transfers")}
        flow = flow_of(arrow_tables(tables), method)
        turned = flow_of(
            arrow_tables(tables | {"payments": list(reversed(tables.get("payments", [])))}), method
        )
        other = ties._in_other_order(flow, 0)
        for row in range(flow.rows):
            name = flow.names[row]
            expected = {(part.id, part.fen) for part in trace(turned, name, "backward").parts}
            assert {(part.id, part.fen) for part in trace(other, name, "backward").parts} == expected
            changed += {(part.id, part.fen) for part in trace(flow, name, "backward").parts} != expected
    assert changed > 10


@pytest.mark.parametrize(("first", "then"), [(1, 99), (39, 61)])
def test_a_row_in_the_midst_of_many_is_tried_first_and_last(first: int, then: int) -> None:
    """Of forty equal payments on one day only the first, or only the last, has money of another fund."""
    tables = {
        "accounts": [account("A", "unit", first), account("B", "unit", then)],
        "transfers": [
            transfer("TA", "A", "POOL", first, day(0)),
            transfer("TB", "B", "POOL", then, day(1)),
            *(transfer(f"T{n}", "POOL", f"Z{n}", 1, day(2)) for n in range(40)),
        ],
    }
    found = tied_parts(flow_of(arrow_tables(tables), "fifo"), "T20", "backward")
    assert {(part.id, part.min_fen, part.max_fen) for part in found} == {
        ("opening:A", 0, 1),
        ("opening:B", 0, 1),
    }
