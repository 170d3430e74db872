"""Compared on random ledgers: every method lies between least and most, and what is documented in linked."""

import random

from tests.flow import reference
from tests.flow.ledgers import RandomLedger, arrow_tables
from tests.flow.test_flow import subjects
from tracer.flow.bounds.network import network_of
from tracer.flow.build import flow_of
from tracer.flow.codes import METHODS
from tracer.flow.compare import compare


def test_every_method_lies_between_least_and_most() -> None:
    compared = 0
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
                        assert part.min_fen <= part.documented_fen <= part.fen["linked"]
                    compared += 1
                for method in METHODS:
                    assert sum(part.fen[method] for part in found.parts) == found.amount_fen[method]
                assert found.certain_fen <= found.agreed_fen <= min(found.amount_fen.values())
    assert compared > 1000
