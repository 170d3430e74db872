"""LDBC FinBench as a ledger: loaded by its mapping, conserved, traced both ways, equal on both stores."""

import csv
import os
import random
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from finbench_reads import asked, expected

from ingest.run import ingest
from tracer.flow.build import build_flow
from tracer.flow.store import Flow
from tracer.flow.trace import trace
from tracer.graph.build import open_graph
from tracer.graph.trace import trace_graph
from tracer.ledger import Ledger

MAPPING = Path(__file__).parents[2] / "ingest/mappings/finbench.yaml"
MOVEMENTS = ("AccountRepayLoan", "AccountTransferAccount", "AccountWithdrawAccount", "LoanDepositAccount")
SUBJECTS = 8 if os.environ.get("FUNDTRAIL_DRILLS") else 4
"""Movements that are traced on both stores; `make drills` takes more."""

READS = {"read 1": 395, "read 2": 4_916, "read 5": 10_503}
"""Rows of the expected answers."""

pytestmark = pytest.mark.usefixtures("projected_once")


@pytest.fixture(scope="module")
def snapshot(shared: Callable[[str], Path]) -> Path:
    return shared("finbench-sf0.01/snapshot")


@pytest.fixture(scope="module")
def home(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("finbench") / "home"
    report = ingest(home, [snapshot], mapping=MAPPING)
    assert report["problems"] == []
    return home


@pytest.fixture(scope="module")
def flow(home: Path) -> Flow:
    return build_flow(home)


@pytest.fixture(scope="module")
def subjects(flow: Flow) -> list[str]:
    """Movements with mixed money, and accounts with much traffic and little."""
    chance = random.Random(5)
    mixed = np.flatnonzero(flow.count > 2).tolist()
    busy = np.argsort(np.diff(flow.received_start))[-40:].tolist()
    rows = [flow.names[row] for row in chance.sample(mixed, SUBJECTS)]
    holders = chance.sample(busy, SUBJECTS // 4) + chance.sample(range(flow.holders), SUBJECTS // 4)
    return rows + [flow.holder_names[holder] for holder in holders if flow.holder_names[holder] != "CASH"]


def test_all_rows_and_all_money_are_loaded(snapshot: Path, home: Path) -> None:
    rows, fen = 0, 0
    for name in MOVEMENTS:
        with (snapshot / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="|"):
                rows += 1
                fen += int(Decimal(row["amount"]) * 100)
    transfers = Ledger(home).read("transfers", ["amount_fen"])
    assert transfers.num_rows == rows == 22_819
    assert sum(transfers["amount_fen"].to_pylist()) == fen
    assert Ledger(home).tables()["accounts"] == 2_055 + 1_376  # four loans share a number with an account


def test_times_have_their_milliseconds(snapshot: Path, flow: Flow) -> None:
    with (snapshot / "AccountRepayLoan.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file, delimiter="|"))
    clock = first["createTime"].split(" ")[1]
    hours, minutes, seconds = clock.split(":")
    expected = (int(hours) * 60 + int(minutes)) * 60_000 + int(Decimal(seconds) * 1000)
    row = next(row for row in range(flow.rows) if flow.names[row].startswith("AccountRepayLoan.csv"))
    assert int(flow.time_ms[row]) == expected


def test_every_holder_balances_for_every_origin(flow: Flow) -> None:
    """What a holder received plus what was born there equals what it paid plus what it holds."""
    balance: defaultdict[tuple[int, int], int] = defaultdict(int)
    held: defaultdict[tuple[int, int], int] = defaultdict(int)
    columns = zip(
        *(column.tolist() for column in (flow.row, flow.fen, flow.parent, flow.origin, flow.left)),
        strict=True,
    )
    for row, fen, parent, origin, left in columns:
        holder = origin % flow.holders if row < 0 else int(flow.payee[row])
        balance[holder, origin] += fen
        held[holder, origin] += left
        if row >= 0:
            payer = int(flow.payer[row])
            if parent < 0:
                balance[payer, origin] += fen  # born at the payer because it had too little
            balance[payer, origin] -= fen
    for key, fen in balance.items():
        assert fen == held[key]
    assert sum(held.values()) == int(flow.fen[flow.parent < 0].sum())


def test_pieces_of_a_movement_add_up_to_it(flow: Flow) -> None:
    moved = np.zeros(flow.rows, np.int64)
    carried = flow.row >= 0
    np.add.at(moved, flow.row[carried], flow.fen[carried])
    elsewhere = flow.payer != flow.payee
    assert (moved[elsewhere] == flow.amount[elsewhere]).all()
    assert not moved[~elsewhere].any()
    assert int((~elsewhere).sum()) == 2


def test_backward_and_forward_agree(flow: Flow, subjects: list[str]) -> None:
    """What a movement says of what it came from equals what that says of the movement."""
    checked = 0
    for subject in subjects[:SUBJECTS]:
        into = {link["from"]: link["fen"] for link in trace(flow, subject, "backward").to_dict()["links"]
                if link["to"] == subject}  # fmt: skip
        for source, fen in into.items():
            if source.startswith(("opening:", "unexplained:")):
                continue
            links = trace(flow, source, "forward").to_dict()["links"]
            assert [link["fen"] for link in links if (link["from"], link["to"]) == (source, subject)] == [fen]
            checked += 1
    assert checked >= SUBJECTS


def plain(answer: dict[str, Any]) -> tuple[Any, ...]:
    parts = sorted((part["kind"], part["id"], part["fen"]) for part in answer["parts"])
    links = sorted((link["from"], link["to"], link["fen"]) for link in answer["links"])
    return answer["subject"], answer["direction"], answer["amount_fen"], parts, links


def test_both_stores_give_the_traces_of_the_columns_and_the_reads_of_finbench(
    snapshot: Path, home: Path, flow: Flow, subjects: list[str], neo4j_uri: str
) -> None:
    digests, reads = [], expected(snapshot.parent)
    assert {name: len(answers) for name, answers in reads.items()} == READS
    for uri in (None, neo4j_uri):
        with open_graph(home, flow.version, uri=uri) as store:
            digests.append(store.digest())
            for subject in subjects:
                for direction in ("backward", "forward"):
                    from_columns = trace(flow, subject, direction).to_dict()
                    assert plain(trace_graph(store, subject, direction)) == plain(from_columns)
            assert asked(store, snapshot.parent) == reads
    assert digests[0] == digests[1]
