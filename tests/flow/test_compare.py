"""Compared on random ledgers: every method lies between least and most, and what is documented in linked."""

import random

from tests.flow import reference
from tests.flow.ledgers import RandomLedger, account, arrow_tables, payment
from tests.flow.test_flow import subjects
from tests.flow.test_trace import day
from tracer.flow.bounds.network import network_of
from tracer.flow.build import flow_of
from tracer.flow.codes import METHODS
from tracer.flow.compare import compare


def test_every_method_lies_between_least_and_most() -> None:
    compared = unexplained = 0
    for seed in range(1200, 1230):
        tables = RandomLedger(random.Random(seed)).tables()
        flows = {method: flow_of(arrow_tables(tables), method) for method in METHODS}
        for subject in subjects(reference.world(tables)):
            for direction in ("backward", "forward"):
                found = compare(flows.__getitem__, network_of, subject, direction)
                for part in found.parts:
                    assert part.min_fen <= min(part.fen.values()), (seed, subject, direction)
                    assert max(part.fen.values()) <= part.max_fen, (seed, subject, direction)
                    if part.documented_fen is not None:
                        if part.kind == "unexplained":
                            assert part.documented_fen == 0
                            unexplained += part.min_fen
                        else:
                            assert part.min_fen <= part.documented_fen <= part.fen["linked"]
                    compared += 1
                for method in METHODS:
                    assert sum(part.fen[method] for part in found.parts) == found.amount_fen[method]
                assert found.certain_fen <= found.agreed_fen <= min(found.amount_fen.values())
                least = sum(part.min_fen for part in found.parts)
                assert found.certain_fen + found.certainly_unexplained_fen == least
    assert compared > 1000
    assert unexplained > 0


def test_a_payment_of_an_indicator_that_is_not_there_is_neither_documented_nor_certain() -> None:
    tables = {
        "accounts": [account("T", "treasury")],
        "payments": [payment("P1", "T", "FARM", 2_700_000, day(1), indicator_id="NOWHERE")],
    }
    flows = {method: flow_of(arrow_tables(tables), method) for method in METHODS}
    found = compare(flows.__getitem__, network_of, "P1", "backward").to_dict()
    assert [(part["kind"], part["min_fen"]) for part in found["parts"]] == [("unexplained", 2_700_000)]
    assert found["documented_fen"] == found["agreed_fen"] == found["certain_fen"] == 0
    assert found["certainly_unexplained_fen"] == found["amount_fen"] == 2_700_000
