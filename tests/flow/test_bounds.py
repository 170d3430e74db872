"""Least and most against every choice on tiny ledgers, and every method within them on larger ones."""

import os
import random
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from tests.flow import every_choice, reference
from tests.flow.every_choice import Limits, TooManyError
from tests.flow.ledgers import RandomLedger, arrow_tables
from tests.flow.reference import Tables
from tracer.flow.bounds.answer import Bounds, bounds
from tracer.flow.bounds.interval import interval
from tracer.flow.bounds.links import bounds_links
from tracer.flow.bounds.network import Network, network_of
from tracer.flow.build import flow_of
from tracer.flow.codes import METHODS, UNEXPLAINED
from tracer.flow.store import Flow
from tracer.flow.trace import origin_name, trace

DRILLS = int(os.environ.get("FUNDTRAIL_DRILLS", "0"))
"""`make drills` sets it to 100: then a hundred thousand ledgers are tried, else a seeded sample."""

TINY = 60 * max(DRILLS // 4, 1)
LEDGERS = 1000 * DRILLS or 150


def limits_of(answer: Bounds) -> Limits:
    return {(part.id, part.kind): (part.min_fen, part.max_fen) for part in answer.parts}


class TinyLedger(RandomLedger):
    """A random ledger with so few fen that every choice can be tried."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.amounts = chance.choice([1, 2, 3, 5])
        self.days = chance.randint(1, 4)

    def tables(self) -> Tables:
        tables = super().tables()
        for table, most in (("splits", 3), ("payments", 9), ("transfers", 4)):
            if table in tables:
                tables[table] = tables[table][:most]
        return tables


def subjects(world: reference.World) -> list[str]:
    names = [move.name for move in world.moves] + list(world.legs) + sorted(world.indicators)
    return [*dict.fromkeys([*names, *sorted(world.accounts)])]


def tried_ledgers(count: int, seed: int) -> Iterator[tuple[reference.World, Flow, Network]]:
    chance = random.Random(seed)
    while count:
        ledger = TinyLedger(chance)
        tables, as_of = ledger.tables(), ledger.as_of()
        world = reference.world(tables, as_of)
        flow = flow_of(arrow_tables(tables), "linked", as_of)
        count -= 1
        yield world, flow, network_of(flow)


def test_bounds_are_those_of_every_choice() -> None:
    compared = open_ranges = 0
    for world, flow, network in tried_ledgers(TINY, 5):
        try:
            origins = every_choice.backward(world)
            for subject in subjects(world):
                start = reference.find(world, subject)
                assert limits_of(bounds(flow, network, subject, "backward")) == origins(start), subject
                expected = every_choice.forward(world, start)
                assert limits_of(bounds(flow, network, subject, "forward")) == expected, subject
                compared += 1
                open_ranges += any(least < most for least, most in expected.values())
        except TooManyError:
            continue
    assert compared > 8 * TINY
    assert open_ranges > TINY


def test_links_are_the_bounds_of_every_movement() -> None:
    compared = 0
    for world, flow, network in tried_ledgers(TINY, 6):
        if flow.homonyms:
            continue
        try:
            origins = every_choice.backward(world)
        except TooManyError:
            continue
        expected = {
            (move.name, name): limits
            for move in world.moves
            if move.fen
            for (name, _), limits in origins(move).items()
        }
        answer = bounds_links(flow, network).to_dict()
        found = {(link["to"], link["origin"]): (link["min_fen"], link["max_fen"]) for link in answer["links"]}
        assert found == expected
        assert len(found) == len(answer["links"])
        compared += len(found)
    assert compared > 4 * TINY


def test_the_interval_contains_the_bounds() -> None:
    narrow = 0
    for _, flow, network in tried_ledgers(40, 7):
        for origin in np.unique(network.origin).tolist() if not flow.homonyms else ():
            found = interval(network, network.origin == origin)
            name = origin_name(flow, origin)
            for row, low, high in zip(range(flow.rows), found.row_low, found.row_high, strict=True):
                answer = bounds(flow, network, flow.names[row], "backward")
                limits = [(part.min_fen, part.max_fen) for part in answer.parts if part.id == name]
                least, most = limits[0] if limits else (0, 0)
                assert low <= least <= most <= high
                narrow += low > 0 and high < flow.amount[row]
    assert narrow


def test_cut_work_leaves_sound_limits_and_says_so() -> None:
    cut = 0
    for world, flow, network in tried_ledgers(60, 9):
        for subject in subjects(world):
            for direction in ("backward", "forward"):
                exact = limits_of(bounds(flow, network, subject, direction))
                loose = bounds(flow, network, subject, direction, work_limit=-1)
                assert loose.to_dict().get("loose_parts", 0) == loose.loose
                assert ("tight" in loose.to_dict()) == (loose.loose > 0)
                cut += loose.loose
                for part, (least, most) in limits_of(loose).items():
                    assert least <= exact.get(part, (0, 0))[0]
                    assert exact.get(part, (0, 0))[1] <= most
    assert cut


def test_a_fund_and_what_holders_have_of_it_agree() -> None:
    """An indicator that nothing came to and that never fell short: both directions give the same figures."""
    compared = 0
    for world, flow, network in tried_ledgers(80, 8):
        came = np.diff(flow.received_start)
        for holder in np.flatnonzero((flow.issue_fen > 0) & (came == 0)).tolist():
            if flow.homonyms or UNEXPLAINED * flow.holders + holder in network.origin:
                continue
            name = flow.holder_names[holder]
            for (place, _), limits in limits_of(bounds(flow, network, name, "forward")).items():
                if place in world.indicators or place in world.accounts:
                    assert limits_of(bounds(flow, network, place, "backward"))[name, "indicator"] == limits
                    compared += 1
    assert compared > 40


def amounts(flow: Flow, subject: str, direction: str) -> tuple[int, dict[tuple[str, str], int]]:
    answer = trace(flow, subject, direction)
    return answer.amount_fen, {(part.id, part.kind): part.fen for part in answer.parts}


def check_within(tables: Tables, as_of: date | None) -> None:
    """Every method's parts lie within the bounds, and these add up around the amount."""
    flows = {method: flow_of(arrow_tables(tables), method, as_of) for method in METHODS}
    linked = flows["linked"]
    network = network_of(linked)
    for subject in subjects(reference.world(tables, as_of)):
        for direction in ("backward", "forward"):
            answer = bounds(linked, network, subject, direction)
            limits = limits_of(answer)
            assert sum(least for least, _ in limits.values()) <= answer.amount_fen
            assert answer.amount_fen <= sum(most for _, most in limits.values())
            for method, flow in flows.items():
                amount, parts = amounts(flow, subject, direction)
                if direction == "backward" or answer.row is not None or method == "linked":
                    assert amount == answer.amount_fen
                for part in parts.keys() | limits.keys():
                    least, most = limits.get(part, (0, 0))
                    assert least <= parts.get(part, 0) <= most, (subject, direction, method, part)


@pytest.mark.parametrize("seed", range(5))
def test_every_method_is_within_the_bounds(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(LEDGERS // 5):
        ledger = RandomLedger(chance)
        check_within(ledger.tables(), ledger.as_of())
