"""Ledgers with too many pieces by pro-rata: a trace has the part that it needs, or says it is not exact."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow import reference
from tests.flow.ledgers import RandomLedger, account, arrow_tables, transfer
from tests.flow.reference import Row, Tables
from tests.flow.test_flow import ingest, sorted_trace, subjects
from tracer.errors import ConservationError
from tracer.flow import codes
from tracer.flow.advances import advances
from tracer.flow.build import build_flow, flow_of
from tracer.flow.codes import TooManyPiecesError
from tracer.flow.conserve import assert_cone_conserved
from tracer.flow.prorata.cone import cone_of, write_cone
from tracer.flow.prorata.forest import run_prorata
from tracer.flow.prorata.mix import mix, whole
from tracer.flow.prorata.spread import SKIP, TAKE, WRITE
from tracer.flow.routes import routes
from tracer.flow.store import Flow, open_flow
from tracer.flow.trace import links, trace

MARCH = datetime(2020, 3, 1)
chance = settings(
    derandomize=True, deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)


def unwritten(tables: Tables, **more: object) -> Flow:
    """The flow of some tables as if its pieces were too many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "PIECES_MOST", 0)
        return flow_of(arrow_tables(tables), "pro-rata", **more)  # type: ignore[arg-type]


def questions(tables: Tables, flow: Flow) -> Iterator[tuple[str, str]]:
    for subject in subjects(reference.world(tables, flow.as_of)):
        yield subject, "backward"
        yield subject, "forward"


def pool_of(source: random.Random, rows: int) -> Tables:
    """Accounts that pay each other large and small amounts for months."""
    names = [f"A{k}" for k in range(7)]
    moved = [
        transfer(
            f"T{n}",
            *source.sample([*names, "CASH"], 2),
            source.randint(1, 10 ** source.randint(1, 7)),
            MARCH + timedelta(days=n // 4),
        )
        for n in range(rows)
    ]
    return {"transfers": moved, "accounts": [account(name, "unit", 10**6) for name in names]}


def assert_cones_equal_whole(tables: Tables, **more: object) -> None:
    whole_flow = flow_of(arrow_tables(tables), "pro-rata", **more)  # type: ignore[arg-type]
    part = unwritten(tables, **more)
    assert bool(part.unwritten) == bool(len(whole_flow.fen))
    for subject, direction in questions(tables, part):
        answer = sorted_trace(part, subject, direction)
        assert answer == sorted_trace(whole_flow, subject, direction)
        steps = [trace(flow, subject, direction).steps for flow in (part, whole_flow)]
        assert steps[0] == steps[1]


@chance
@given(st.randoms(use_true_random=False))
def test_a_part_gives_the_fen_of_the_whole(source: random.Random) -> None:
    ledger = RandomLedger(source)
    assert_cones_equal_whole(ledger.tables(), as_of=ledger.as_of())


def test_a_part_gives_the_fen_of_the_whole_on_a_fixed_sample() -> None:
    for seed in range(500, 530):
        assert_cones_equal_whole(RandomLedger(random.Random(seed)).tables())
    assert_cones_equal_whole(pool_of(random.Random(4), 60))


def test_a_part_leaves_out_what_does_not_matter() -> None:
    """A payment of a pool does not need what came later, nor what others did with what the pool paid them."""
    rows = [
        transfer("T0", "A", "pool", 60, MARCH),
        transfer("T1", "pool", "B", 20, MARCH + timedelta(1)),
        transfer("T2", "B", "C", 20, MARCH + timedelta(2)),
        transfer("T3", "pool", "D", 20, MARCH + timedelta(3)),
        transfer("T4", "A", "pool", 40, MARCH + timedelta(4)),
    ]
    accounts = [account("A", "unit", 100), *(account(name, "unit") for name in ("pool", "B", "C", "D"))]
    flow = unwritten({"transfers": rows, "accounts": accounts})
    row = flow.names.take(range(5)).index("T3")
    use = dict(zip(flow.names.take(range(5)), cone_of(flow, row, -1, "backward").use.tolist(), strict=True))
    assert use == {"T0": WRITE, "T1": TAKE, "T2": SKIP, "T3": WRITE, "T4": SKIP}
    row = flow.names.take(range(5)).index("T1")
    use = dict(zip(flow.names.take(range(5)), cone_of(flow, row, -1, "forward").use.tolist(), strict=True))
    assert use == {"T0": WRITE, "T1": WRITE, "T2": WRITE, "T3": SKIP, "T4": SKIP}


def test_damage_to_a_part_is_found() -> None:
    flow = unwritten(pool_of(random.Random(2), 40))
    row = int(flow.order[-1])
    cone = cone_of(flow, row, -1, "backward")
    pieces = run_prorata(flow, flow.order, cone=cone)
    marks = cone.use == WRITE, cone.use == TAKE, cone.holders
    assert_cone_conserved(flow, pieces, *marks)
    spent = int(np.flatnonzero(pieces.left < pieces.fen)[0])
    for name, place, change in (("fen", spent, 1), ("left", spent, -(10**9)), ("origin", spent, 1)):
        values = getattr(pieces, name).copy()
        values[place] += change
        damaged = pieces.__class__(**{**vars(pieces), name: values})
        with pytest.raises(ConservationError):
            assert_cone_conserved(flow, damaged, *marks)


def by_name(answer: Row) -> dict[tuple[str, str], int]:
    return {(part["id"], part["kind"]): part["fen"] for part in answer["parts"]}


def assert_near(exact: dict[object, int], found: dict[object, int], most: float) -> None:
    for key in exact.keys() | found.keys():
        assert abs(exact.get(key, 0) - found.get(key, 0)) <= most, key


def assert_mixes_near_pieces(tables: Tables, most: float, monkeypatch: pytest.MonkeyPatch) -> float:
    """Compare all answers from mixes with the exact ones; return the mean difference of a part."""
    whole_flow, part = flow_of(arrow_tables(tables), "pro-rata"), unwritten(tables)
    apart = []
    for subject, direction in questions(tables, whole_flow):
        exact = trace(whole_flow, subject, direction)
        with monkeypatch.context() as patch:
            patch.setattr(codes, "PIECES_MOST", 0)
            answer = trace(part, subject, direction)
        if not part.unwritten or not exact.amount_fen:
            assert answer.amount_fen == exact.amount_fen
            continue
        found = answer.to_dict()
        assert sum(item["fen"] for item in found["parts"]) == answer.amount_fen
        assert abs(answer.amount_fen - exact.amount_fen) <= (0 if direction == "backward" else most)
        assert_near(by_name(exact.to_dict()), by_name(found), most)
        rows: dict[object, int] = defaultdict(int)
        for link in exact.to_dict()["links"]:
            rows[link["to"]] += link["fen"]
        if not whole_flow.homonyms:
            assert_near(rows, {row["id"]: row["fen"] for row in found.get("rows", [])}, most)
        if "exact" in found:
            assert found["exact"] is False
            assert found["note"]
            assert found["links"] == []
            assert not found["complete"]
            assert found["cut_fen"] == sum(row["fen"] for row in found["rows"])
        pairs = by_name(exact.to_dict()), by_name(found)
        apart += [abs(pairs[0].get(key, 0) - pairs[1].get(key, 0)) for key in pairs[0]]
    return float(np.mean(apart)) if apart else 0.0


def test_mixes_are_near_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A payment rounds each trail by less than a fen either way; over some dozens of rows that is a few."""
    for seed in range(25):
        tables = RandomLedger(random.Random(seed)).tables()
        assert assert_mixes_near_pieces(tables, 8, monkeypatch) < 2
    for seed in range(3):
        tables = pool_of(random.Random(seed), 80)
        assert assert_mixes_near_pieces(tables, 12, monkeypatch) < 2


def test_mixes_keep_one_record_per_receipt_of_a_payer() -> None:
    tables = pool_of(random.Random(1), 200)
    flow = unwritten(tables)
    made = mix(flow, flow.order)
    pays = set(flow.payer.tolist())
    receipts = sum(payee in pays for payee in flow.payee.tolist())
    receipts -= sum(flow.holder_kind[payee] == codes.CASH_HOLDER for payee in flow.payee.tolist())
    short = sum(
        flow.holder_kind[flow.payee[row]] != codes.CASH_HOLDER
        for row in made.short_row.tolist()
        if made.epoch[row] >= 0
    )
    assert len(made.fen) == receipts + short + 7  # openings


def test_amounts_become_whole_fen_that_add_up() -> None:
    assert whole(np.array([1.4, 1.4, 1.2]), 4).tolist() == [2, 1, 1]
    assert whole(np.array([0.5, 0.5]), 1).tolist() == [1, 0]
    assert whole(np.array([2.0, 3.0]), 4).tolist() == [1, 3]
    assert whole(np.zeros(0), 0).tolist() == []


def test_a_flow_without_pieces_is_kept_and_refuses_what_needs_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = pool_of(random.Random(3), 60)
    ingest(tmp_path, tables, 1)
    with monkeypatch.context() as patch:
        patch.setattr(codes, "PIECES_MOST", 50)
        built = build_flow(tmp_path, "pro-rata")
        assert built.unwritten > 50
        for needs_all in (links, advances, lambda flow: routes(flow, "A0", "A1")):
            with pytest.raises(TooManyPiecesError, match="trace"):
                needs_all(built)
    opened = open_flow(tmp_path, "pro-rata")
    assert opened is not None
    assert (opened.unwritten, len(opened.fen)) == (built.unwritten, 0)
    expected = trace(flow_of(arrow_tables(tables), "pro-rata"), "T50", "backward").to_dict()
    assert trace(opened, "T50", "backward").to_dict() == expected
    row = opened.names.take(range(opened.rows)).index("T50")
    written = write_cone(opened, row, -1, "backward")
    assert written is not None
    assert not written.unwritten
