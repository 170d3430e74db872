"""The flow of random ledgers: equal to the slow reference, conserved, and blind to what must not matter."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow import reference
from tests.flow.ledgers import FIRST_DAY, RandomLedger, arrow_tables, payment, split
from tests.flow.reference import Row, Tables
from tracer.flow import walk
from tracer.flow.build import build_flow, flow_of
from tracer.flow.codes import METHODS
from tracer.flow.store import Flow
from tracer.flow.trace import links, trace
from tracer.ledger import Ledger
from tracer.schema import TABLES

chance = settings(
    derandomize=True, deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)


def sorted_links(flow: Flow) -> list[Row]:
    return sorted(links(flow), key=lambda link: (link["from"], link["to"], link["origin"], link["line"]))


def sorted_trace(flow: Flow, subject: str, direction: str) -> Row:
    answer = trace(flow, subject, direction).to_dict()
    answer["parts"].sort(key=lambda part: (part["id"], part["kind"]))
    answer["links"].sort(key=lambda link: (link["from"], link["to"]))
    return answer


def subjects(world: reference.World) -> Iterator[str]:
    yield from (move.name for move in world.moves)
    yield from world.legs
    yield from sorted(world.indicators)
    yield from sorted(world.accounts)


def assert_equals_reference(tables: Tables, method: str, as_of: date | None) -> None:
    world = reference.run(tables, method, as_of)
    flow = flow_of(arrow_tables(tables), method, as_of)
    assert sorted_links(flow) == reference.links(world, method)["links"]
    for subject in subjects(world):
        for direction in ("backward", "forward"):
            expected = reference.trace(world, subject, direction, method)
            assert sorted_trace(flow, subject, direction) == expected


@chance
@given(st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_links_and_traces_equal_the_reference(source: random.Random, method: str) -> None:
    ledger = RandomLedger(source)
    assert_equals_reference(ledger.tables(), method, ledger.as_of())


@pytest.mark.parametrize("method", METHODS)
def test_links_and_traces_equal_the_reference_on_a_fixed_sample(method: str) -> None:
    for seed in range(40):
        ledger = RandomLedger(random.Random(seed))
        assert_equals_reference(ledger.tables(), method, ledger.as_of())


def test_order_equals_the_reference() -> None:
    for seed in range(300, 500):
        ledger = RandomLedger(random.Random(seed))
        tables, as_of = ledger.tables(), ledger.as_of()
        flow = flow_of(arrow_tables(tables), "fifo", as_of)
        moving = [row for row in flow.order.tolist() if flow.payer[row] != flow.payee[row]]
        assert flow.names.take(moving) == [
            move.name for move in reference.in_order(reference.world(tables, as_of).moves)
        ], seed


@pytest.mark.parametrize("method", METHODS)
def test_many_pieces_at_once_give_what_few_give(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Traces walk piece by piece or in numpy; small ledgers would only ever show the first."""
    for seed in range(60, 75):
        tables = RandomLedger(random.Random(seed)).tables()
        flow = flow_of(arrow_tables(tables), method)
        names = list(subjects(reference.world(tables)))
        answers = []
        for few in (10**9, 0):
            monkeypatch.setattr(walk, "_FEW", few)
            answers.append(
                [sorted_trace(flow, name, way) for name in names for way in ("backward", "forward")]
            )
        assert answers[0] == answers[1]


@chance
@given(st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_every_fen_is_conserved_at_each_holder_and_origin(source: random.Random, method: str) -> None:
    flow = flow_of(arrow_tables(RandomLedger(source).tables()), method)
    received, born, paid, held = (defaultdict[tuple[int, int], int](int) for _ in range(4))
    moved: dict[int, int] = defaultdict(int)
    for piece in range(len(flow.fen)):
        row, origin, fen = int(flow.row[piece]), int(flow.origin[piece]), int(flow.fen[piece])
        at = origin % flow.holders
        if row < 0:
            born[at, origin] += fen
            holder = at
        else:
            moved[row] += fen
            payer, holder = int(flow.payer[row]), int(flow.payee[row])
            received[holder, origin] += fen
            paid[payer, origin] += fen
            if flow.parent[piece] < 0:
                born[payer, origin] += fen
        held[holder, origin] += int(flow.left[piece])
    for key in received.keys() | born.keys() | paid.keys() | held.keys():
        assert received[key] + born[key] == paid[key] + held[key]
    for row in range(flow.rows):
        to_itself = flow.payer[row] == flow.payee[row]
        assert moved[row] == (0 if to_itself else int(flow.amount[row]))


@chance
@given(st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_forward_says_of_backward_what_backward_says_of_forward(source: random.Random, method: str) -> None:
    """Of the money of row X, so much went on as Y: both traces, and the links, say the same."""
    tables = RandomLedger(source).tables()
    for row in tables.get("transfers", []):
        row["transfer_id"] = f"bank {row['transfer_id']}"  # a payment of the same name would hide it
    flow = flow_of(arrow_tables(tables), method)
    rows = flow.names.take(range(flow.rows))
    moved: dict[tuple[str, str], dict[str, int]] = {}
    for direction in ("backward", "forward"):
        for row in rows:
            steps = trace(flow, row, direction).steps
            moved[direction, row] = {step.name: step.fen for step in steps if step.fen}
    for earlier in rows:
        for later in rows:
            said = moved["forward", earlier].get(later), moved["backward", later].get(earlier)
            assert said[0] == said[1]


@chance
@given(st.randoms(use_true_random=False))
def test_linked_is_fifo_without_tags(source: random.Random) -> None:
    tables = RandomLedger(source).tables()
    for row in tables.get("payments", []):
        row["indicator_id"] = None
    linked, fifo = (flow_of(arrow_tables(tables), method) for method in ("linked", "fifo"))
    assert sorted_links(linked) == sorted_links(fifo)


def elsewhere(tables: Tables) -> Tables:
    """The same ledger with every name marked, so that it has nothing in common with the first."""
    kept = {"CASH", None}
    names = {
        *("indicator_id", "account_no", "parent_indicator_id", "child_indicator_id", "payment_id"),
        *("payer_account", "payee_account", "refund_of", "transfer_id", "from_account", "to_account"),
        "voucher_no",
    }
    return {
        table: [
            {key: f"~{value}" if key in names and value not in kept else value for key, value in row.items()}
            for row in rows
        ]
        for table, rows in tables.items()
    }


@chance
@given(
    st.randoms(use_true_random=False),
    st.randoms(use_true_random=False),
    st.sampled_from(METHODS),
    st.booleans(),
)
def test_an_unrelated_county_changes_nothing(
    source: random.Random, other: random.Random, method: str, first: bool
) -> None:
    here, there = RandomLedger(source).tables(), elsewhere(RandomLedger(other).tables())
    both: Tables = {}
    for table in ("indicators", "accounts", "splits", "payments", "transfers"):
        parts = [here.get(table, []), there.get(table, [])]
        rows = [row for part in (parts if first else reversed(parts)) for row in part]
        both[table] = rows
    alone = sorted_links(flow_of(arrow_tables(here), method))
    together = sorted_links(flow_of(arrow_tables(both), method))
    assert [link for link in together if "~" not in link["to"]] == alone


def apart(source: random.Random) -> Tables:
    """A ledger in which no two rows of a day and no two bank legs tie."""
    ledger = RandomLedger(source)
    tables = ledger.tables()
    on = FIRST_DAY
    for table, column in (("splits", "split_on"), ("payments", "paid_at"), ("transfers", "moved_at")):
        for row in tables.get(table, []):
            on += timedelta(days=5)
            row[column] = on if table == "splits" else datetime(on.year, on.month, on.day)
    rows = [row for table in ("splits", "payments", "transfers") for row in tables.get(table, [])]
    days = [row.get("split_on") or row.get("paid_at") or row.get("moved_at") for row in rows]
    source.shuffle(days)
    for row, day in zip(rows, days, strict=True):
        column = "split_on" if "split_on" in row else "paid_at" if "paid_at" in row else "moved_at"
        row[column] = date(day.year, day.month, day.day)
        if column != "split_on":
            row[column] = datetime(day.year, day.month, day.day)
    splits = tables.get("splits", [])
    for n, row in enumerate(splits):  # names count within a pair, so each pair occurs once
        row["child_indicator_id"] = f"K{n}"
    return tables


@chance
@given(st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_row_order_changes_nothing_where_no_rows_of_a_day_tie(source: random.Random, method: str) -> None:
    tables = apart(source)
    expected = sorted_links(flow_of(arrow_tables(tables), method))
    for rows in tables.values():
        source.shuffle(rows)
    assert sorted_links(flow_of(arrow_tables(tables), method)) == expected


def ledger_rows(table: str, rows: list[Row]) -> pa.Table:
    """Rows as `Writer.add` takes them; columns that a row does not have are empty."""
    schema = TABLES[table].arrow
    arrow = pa.Table.from_pylist(
        [{name: row.get(name) for name in schema.names} for row in rows], schema=schema
    )
    return arrow.append_column("_row", pa.array(range(len(rows)), pa.int64()))


def ingest(home: Path, tables: Tables, batches: int) -> None:
    ledger = Ledger(home)
    for batch in range(batches):
        with ledger.write() as writer:
            for table, rows in tables.items():
                part = rows[len(rows) * batch // batches : len(rows) * (batch + 1) // batches]
                if part:
                    writer.add(table, ledger_rows(table, part), file=f"{table}-{batch}.csv", sheet=None)
            writer.commit()


def without_repeats(tables: Tables) -> Tables:
    """Equal splits are one row for a ledger, whose tables without identifiers take a row once."""
    kept: Tables = dict(tables)
    seen: set[tuple[Any, ...]] = set()
    kept["splits"] = [
        r for r in tables.get("splits", []) if not (tuple(r.values()) in seen or seen.add(tuple(r.values())))
    ]
    return kept


def test_batches_change_nothing(tmp_path: Path) -> None:
    for seed in (1, 5):
        tables = without_repeats(RandomLedger(random.Random(seed)).tables())
        expected = sorted_links(flow_of(arrow_tables(tables), "linked"))
        for batches in (1, 3):
            home = tmp_path / f"{seed}-{batches}"
            ingest(home, tables, batches)
            assert sorted_links(build_flow(home, "linked")) == expected


def test_a_hub_with_a_long_chain_is_traced_both_ways() -> None:
    """Money that goes round and round between two accounts gives chains as long as the ledger."""
    at = datetime(2020, 3, 1)
    rounds = 2000
    rows = [payment("first", None, "A", 100, at, indicator_id="I")]
    for n in range(rounds):
        at += timedelta(days=1)
        rows.append(payment(f"out{n}", "A", "B", 100, at))
        at += timedelta(days=1)
        rows.append(payment(f"back{n}", "B", "A", 100, at))
    tables: Tables = {
        "payments": rows,
        "accounts": [{"account_no": name, "account_type": "unit"} for name in "AB"],
        "indicators": [{"indicator_id": "I", "amount_fen": 100, "issued_on": FIRST_DAY}],
    }
    flow = flow_of(arrow_tables(tables), "linked")
    answer = trace(flow, f"back{rounds - 1}", "backward")
    assert [(part.id, part.fen) for part in answer.parts] == [("I", 100)]
    assert len(answer.steps) == 2 * rounds + 1
    answer = trace(flow, "A", "forward")
    assert answer.amount_fen == 100
    assert [(part.id, part.fen) for part in answer.parts] == [("A", 100)]
    assert len(answer.to_dict()["links"]) == 2 * rounds


def test_a_split_that_moves_nothing_is_known_and_carries_nothing() -> None:
    flow = flow_of(arrow_tables({"splits": [split("I", "K", 0)]}), "linked")
    for direction in ("backward", "forward"):
        answer = trace(flow, "I>K#1", direction).to_dict()
        assert (answer["amount_fen"], answer["parts"], answer["links"]) == (0, [], [])
