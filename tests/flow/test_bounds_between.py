"""Least and most of what came along some movements: by every choice on tiny ledgers, else by all methods."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from tests.flow import reference
from tests.flow.every_choice import Birth, TooManyError, covered, ends, origin_of
from tests.flow.ledgers import FIRST_DAY, RandomLedger, account, arrow_tables, indicator, payment, transfer
from tests.flow.reference import Holder, Move, World
from tests.flow.test_bounds import DRILLS, TinyLedger
from tracer.flow.bounds.between import Between, BoundsBetween, Question
from tracer.flow.bounds.network import network_of
from tracer.flow.build import flow_of
from tracer.flow.codes import INDICATOR_MONEY, METHODS
from tracer.flow.store import Flow
from tracer.flow.walk import pieces_of_row

TINY = 1500 * max(DRILLS // 4, 1)
LEDGERS = 200 * max(DRILLS, 1)

PLAIN, FUND = (0, 0, 0), (1, 0, 0)
"""Labels of money; what a begin moved is `(2, its day, movements since)`."""
Label = tuple[int, int, int]
Money = tuple[tuple[Label, int], ...]


class PooledLedger(RandomLedger):
    """Fund money that is paid into few accounts with some money of their own, and paid on between them."""

    def __init__(self, chance: random.Random, rows: int, amounts: int, days: int) -> None:
        super().__init__(chance)
        self.rows, self.amounts, self.days = rows, amounts, days
        self.indicators, self.accounts = ["I0"], [f"A{k}" for k in range(chance.randint(2, 4))]
        self.unlisted = ["U0"]

    def tables(self) -> reference.Tables:
        chance = self.random
        return {
            "indicators": [indicator("I0", self.rows * self.amounts, FIRST_DAY)],
            "accounts": [
                account(name, opening=chance.choice([None, None, self.fen()])) for name in self.accounts
            ],
            "payments": [
                payment(
                    f"P{n}", "B", chance.choice(self.accounts), self.fen(), self.moment(), indicator_id="I0"
                )
                for n in range(max(2, self.rows // 4))
            ],
            "transfers": [
                transfer(
                    f"T{n}", *chance.sample([*self.accounts, *self.unlisted], 2), self.fen(), self.moment()
                )
                for n in range(self.rows)
            ],
        }


def asked_of(chance: random.Random, flow: Flow) -> Question:
    """Any rows: often one after the other, so that money can come along, and sometimes the same ones."""
    rows = [row for row in flow.order.tolist() if flow.amount[row]]
    size = min(len(rows), chance.randint(2, 6))
    some = sorted(chance.sample(rows, size), key=rows.index)
    at, to = sorted(chance.randint(0, size) for _ in range(2))
    begins, ways, ended = some[: at or 1], some[at:to], some[to:] or some[-1:]
    if chance.random() < 0.4:  # whatever leaves where the begins lead to
        reached = {int(flow.payee[row]) for row in begins}
        ended = [row for row in rows if int(flow.payer[row]) in reached] or ended
    return Question(
        begins,
        ways,
        ended,
        days=chance.choice([None, None, None, 0, 1, 2]),
        movements=chance.choice([None, None, None, 1, 2]),
    )


def questions(chance: random.Random, flow: Flow) -> Question:
    """As `asked_of`, or along the way of fund money by this flow, as rules ask, and others like it."""
    pieces = np.flatnonzero((flow.origin // flow.holders == INDICATOR_MONEY) & (flow.depth > 1)).tolist()
    if chance.random() < 0.3 or not pieces:
        return asked_of(chance, flow)
    piece, way = chance.choice(pieces), []
    while piece >= 0 and flow.row[piece] >= 0:
        way.append(int(flow.row[piece]))
        piece = int(flow.parent[piece])
    begins, ended = way[-1:], way[:1]
    if chance.random() < 0.5:
        ended += [
            row for row in range(flow.rows) if flow.payer[row] == flow.payer[way[0]] and flow.amount[row]
        ]
    if chance.random() < 0.3:
        begins += [
            row for row in range(flow.rows) if flow.payee[row] == flow.payee[way[-1]] and flow.amount[row]
        ]
    days, movements = (chance.choice([None, None, None, 0, 1, 3]), chance.choice([None, None, None, 1, 2]))
    return Question(begins, way[1:-1], ended, days, movements)


def relabel(asked: Question, row: int, day: int, taken: Money, fresh: Money) -> tuple[int, Money]:
    """What an end counts of the money that a row took, and what it is at the payee."""
    counted, after = 0, Counter(dict(fresh))
    for label, fen in taken:
        kind, since, depth = label
        if row in asked.ends:
            near = asked.movements is None or depth + 1 <= asked.movements
            counted += fen * (kind == 2 and near and (asked.days is None or day - since <= asked.days))
        elif kind == 2 and row in asked.ways and row not in asked.begins:
            after[2, since if asked.days is not None else 0, depth + (asked.movements is not None)] += fen
            continue
        after[FUND if kind else PLAIN] += fen
    if row in asked.begins:
        begun = (2, day if asked.days is not None else 0, 0)
        after = Counter({PLAIN: after[PLAIN], begun: after[FUND]})
    return counted, tuple(sorted((label, fen) for label, fen in after.items() if fen))


def choices(has: Money, fen: int) -> list[Money]:
    """All ways to take so many fen."""
    if not has:
        return [()] if fen == 0 else []
    (label, most), *rest = has
    return [
        ((label, n), *others) if n else others
        for n in range(min(most, fen) + 1)
        for others in choices(tuple(rest), fen - n)
    ]


def merged(*moneys: Money) -> Money:
    sums: Counter[Label] = Counter()
    for money in moneys:
        for label, fen in money:
            sums[label] += fen
    return tuple(sorted((label, fen) for label, fen in sums.items() if fen))


def by_every_choice(world: World, asked: Question) -> tuple[int, int]:
    """Least and most over all choices at all holders."""
    steps = covered(world)
    holders = sorted({holder for event, _ in steps for holder in ends(event)})
    place: dict[Holder, int] = {holder: k for k, holder in enumerate(holders)}
    row_of = {id(move): row for row, move in enumerate(world.moves)}
    states: set[tuple[tuple[Money, ...], int]] = {((),) * len(holders) and (((),) * len(holders), 0)}
    for event, has in steps:
        payer, payee = (place[holder] for holder in ends(event))
        born = FUND if origin_of(event)[0] == "indicator" and isinstance(event, Birth) else PLAIN
        fresh: Money = ((born, event.fen - has),) if event.fen > has else ()
        later = set()
        for state, tally in states:
            for taken in choices(state[payer], has) if has else [()]:
                counted, arriving = 0, merged(taken, fresh)
                if isinstance(event, Move):
                    day = (event.day - date(1970, 1, 1)).days
                    counted, arriving = relabel(asked, row_of[id(event)], day, taken, fresh)
                after = list(state)
                rest = Counter(dict(state[payer]))
                rest.subtract(dict(taken))
                after[payer] = tuple(sorted((label, fen) for label, fen in rest.items() if fen))
                after[payee] = merged(after[payee], arriving)
                later.add((tuple(after), tally + counted))
            if len(later) > 4_000:
                raise TooManyError
        states = later
    tallies = [tally for _, tally in states]
    return min(tallies), max(tallies)


def test_bounds_are_those_of_every_choice() -> None:
    chance = random.Random(11)
    compared = open_ranges = tight_limits = 0
    for _ in range(TINY):
        pooled = PooledLedger(chance, chance.randint(2, 5), chance.randint(1, 3), chance.randint(2, 4))
        ledger = pooled if chance.random() < 0.5 else TinyLedger(chance)
        tables, as_of = ledger.tables(), ledger.as_of()
        world = reference.world(tables, as_of)
        flow = flow_of(arrow_tables(tables), "linked", as_of)
        if sum(bool(fen) for fen in flow.amount) < 2:
            continue
        assert [move.name for move in world.moves] == [flow.names[row] for row in range(flow.rows)]
        bounds = BoundsBetween(flow, network_of(flow))
        for _ in range(2):
            asked = questions(chance, flow)
            found = bounds.fund_money_along(asked)
            try:
                least, most = by_every_choice(world, asked)
            except TooManyError:
                continue
            assert found.least <= least <= most <= found.most, (asked, found, least, most)
            assert not found.least_is_tight or found.least == least, (asked, found, least, most)
            assert not found.most_is_tight or found.most == most, (asked, found, least, most)
            if asked.days is None and asked.movements is None and len(asked.begins) == 1:
                assert found == Between(least, most)
            compared += 1
            open_ranges += least < most
            tight_limits += found.least_is_tight and (asked.days is not None or asked.movements is not None)
    assert compared > TINY
    assert open_ranges > TINY / 10
    assert tight_limits > TINY / 20


def by_pieces(flow: Flow, asked: Question) -> int:
    """What came along by the flow's own method: each piece of an end, followed back to a begin."""
    total = 0
    for row in dict.fromkeys(asked.ends):
        for piece in pieces_of_row(flow, row).tolist():
            fund = int(flow.origin[piece]) // flow.holders == INDICATOR_MONEY
            above, movements = int(flow.parent[piece]), 1
            while above >= 0 and (step := int(flow.row[above])) >= 0:
                if step in asked.begins:
                    near = asked.movements is None or movements <= asked.movements
                    young = asked.days is None or int(flow.day[row] - flow.day[step]) <= asked.days
                    total += int(flow.fen[piece]) * (near and young and fund)
                    break
                if step in asked.ends or step not in asked.ways:
                    break
                above, movements = int(flow.parent[above]), movements + 1
    return total


@pytest.mark.parametrize("seed", range(4))
def test_every_method_is_within(seed: int) -> None:
    chance = random.Random(seed)
    certain = wide = 0
    for _ in range(LEDGERS // 4):
        pooled = PooledLedger(
            chance, chance.randint(5, 30), chance.choice([5, 40, 1000]), chance.randint(2, 8)
        )
        ledger = pooled if chance.random() < 0.6 else RandomLedger(chance)
        tables, as_of = ledger.tables(), ledger.as_of()
        flows = {method: flow_of(arrow_tables(tables), method, as_of) for method in METHODS}
        linked = flows["linked"]
        if sum(bool(fen) for fen in linked.amount) < 2:
            continue
        bounds = BoundsBetween(linked, network_of(linked))
        for _ in range(4):
            asked = questions(chance, linked)
            found = bounds.fund_money_along(asked)
            for method, flow in flows.items():
                fen = by_pieces(flow, asked)
                assert found.least <= fen <= found.most, (asked, method, found, fen)
            certain += found.least > 0
            wide += found.least < found.most
    assert certain > LEDGERS / 20
    assert wide > LEDGERS / 10


def test_where_the_work_is_cut_it_is_sound_and_says_so() -> None:
    chance = random.Random(3)
    cut = 0
    for _ in range(60):
        ledger = RandomLedger(chance)
        flow = flow_of(arrow_tables(ledger.tables()), "linked", None)
        if sum(bool(fen) for fen in flow.amount) < 2:
            continue
        network, asked = network_of(flow), questions(chance, flow)
        whole = BoundsBetween(flow, network).fund_money_along(asked)
        some = BoundsBetween(flow, network, work_limit=1).fund_money_along(asked)
        assert some.least <= whole.least <= whole.most <= some.most
        if some != whole:
            assert not (some.least_is_tight and some.most_is_tight)
            cut += 1
    assert cut


def test_a_hub_of_many_receipts_is_one_edge() -> None:
    """A hundred thousand receipts in between are looked at once, and not by the search."""
    first = datetime(2020, 3, 2)
    many = [transfer(f"T{n}", "X", "HUB", 1, first + timedelta(days=1)) for n in range(20_000)]
    tables = {
        "indicators": [indicator("I", 100)],
        "accounts": [account("HUB"), account("X", opening=1_000_000)],
        "payments": [payment("P", "B", "HUB", 100, first, indicator_id="I")],
        "transfers": [*many, transfer("OUT", "HUB", "Y", 20_050, first + timedelta(days=2))],
    }
    flow = flow_of(arrow_tables(tables), "fifo")
    rows = {flow.names[row]: row for row in range(flow.rows)}
    bounds = BoundsBetween(flow, network_of(flow), work_limit=100)
    assert bounds.fund_money_along(Question([rows["P"]], [], [rows["OUT"]])) == Between(50, 100)
    later = Question([rows["P"]], [], [rows["OUT"]], days=1)
    assert bounds.fund_money_along(later) == Between(0, 100, least_is_tight=False, most_is_tight=False)
