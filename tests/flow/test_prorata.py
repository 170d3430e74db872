"""Pro-rata: each part of what a payer has gives its share to the fen, without favour, or all is refused."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow.ledgers import RandomLedger, account, arrow_tables, transfer
from tests.flow.test_kernel import ACC, IND, OUT, Columns, as_tuples, carried, ledger, random_ledger, slowly
from tracer.errors import DataRefusedError
from tracer.flow import codes
from tracer.flow.build import flow_of
from tracer.flow.codes import ACCOUNT, INDICATOR, TooManyPiecesError
from tracer.flow.conserve import assert_conserved
from tracer.flow.kernel import run_kernel
from tracer.flow.prorata import forest
from tracer.flow.prorata.forest import BALANCE_MOST, run_prorata
from tracer.flow.store import Flow
from tracer.flow.trace import links, origin_name, trace

MARCH = datetime(2020, 3, 1)

Key = tuple[str, str, str]
"""What an arrival is known by at its holder: where it is from, origin, line."""


def assert_shares(flow: Flow) -> int:
    """Replay a ledger from its links: each is its exact share of what the payer had, rounded up or down.

    Returns how many links had a share with a fraction.
    """
    by_row: dict[str, list[tuple[Key, int]]] = defaultdict(list)
    for link in links(flow):
        by_row[link["to"]].append(((link["from"], link["origin"], link["line"]), link["fen"]))
    has: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    for piece in np.flatnonzero(flow.row < 0).tolist():  # issues come before payments or do not count yet
        origin = origin_name(flow, int(flow.origin[piece]))
        has[int(flow.origin[piece]) % flow.holders][origin, origin, ""] += int(flow.fen[piece])
    fractions = 0
    for row in flow.order.tolist():
        payer, payee, name = int(flow.payer[row]), int(flow.payee[row]), flow.names[row]
        fen, had, moved = int(flow.amount[row]), has[payer], by_row[name]
        if payer == payee or not fen:
            continue
        assert sum(part for _, part in moved) == fen
        unissued = flow.issue_day[payer] > flow.day[row]
        held = {key: n for key, n in had.items() if n and not (unissued and key[0] == key[1])}
        balance = sum(held.values()) if flow.holder_kind[payer] in (INDICATOR, ACCOUNT) else 0
        fractions += _assert_row(moved, held if balance else {}, fen, balance, flow, row)
        for key, part in _taken(moved, held, fen, balance):
            had[key] -= part
        for (_, origin, line), part in moved:
            has[payee][name, origin, line] += part
    return fractions


def _assert_row(
    moved: list[tuple[Key, int]], held: dict[Key, int], fen: int, balance: int, flow: Flow, row: int
) -> int:
    """Compare what a row carried with the shares, for each part of an arrival and for each arrival."""
    fractions = 0
    for names in (lambda key: key[:2], lambda key: key[:1]):
        shares: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for key, part in held.items():
            shares[names(key)].append(part)
        for names_of, parts in shares.items():
            found = sum(part for key, part in moved if names(key) == names_of)
            if names_of[0] == f"unexplained:{flow.holder_names[int(flow.payer[row])]}":
                continue
            if fen >= balance:
                assert found == sum(parts)
            elif len(names_of) == 1:
                assert sum(parts) * fen // balance <= found <= -(-sum(parts) * fen // balance)
            else:  # several lines of one arrival and origin may arrive as one link
                low = sum(part * fen // balance for part in parts)
                high = sum(-(-part * fen // balance) for part in parts)
                assert low <= found <= high
                fractions += low < high
    return fractions


def _taken(
    moved: list[tuple[Key, int]], held: dict[Key, int], fen: int, balance: int
) -> list[tuple[Key, int]]:
    """What a row took of each key that its payer had."""
    if fen >= balance:
        return list(held.items())
    taken = []
    for (source, origin, line), part in moved:
        keys = [key for key in held if key[:2] == (source, origin)]
        key = (source, origin, line)
        taken.append((key if key in held else keys[0], part))
    return taken


@settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_each_link_is_its_share_rounded_up_or_down(source: random.Random) -> None:
    rows = [
        transfer(
            f"T{n}",
            *source.sample(["A0", "A1", "A2", "A3", "CASH"], 2),
            source.randint(1, 10 ** source.randint(1, 9)),
            MARCH + timedelta(days=n // 3),
        )
        for n in range(40)
    ]
    accounts = [account(f"A{n}", "unit", source.randint(0, 10**6)) for n in range(4)]
    assert_shares(flow_of(arrow_tables({"transfers": rows, "accounts": accounts}), "pro-rata"))


def test_lines_of_one_arrival_give_their_shares_apart() -> None:
    """Two indicators and cash fill a pool, which pays on: one transfer brings three parts."""
    columns = ledger(
        [IND, IND, ACC, ACC, OUT],
        [(1, 0, 2, 100), (1, 1, 2, 50), (1, 4, 2, 7), (2, 2, 3, 101), (3, 3, 4, 37)],
        issued=[(0, 100, 1), (1, 50, 1)],
    )
    pieces = run_kernel(columns, columns.order(), "pro-rata")
    first, second = (carried(pieces, row, 5) for row in (3, 4))
    for moved, had, fen in (
        (first, [100, 50, 7], 101),
        (second, [part[0] for part in first], 37),
    ):
        for (part, _, _, _), lot in zip(moved, had, strict=True):
            assert lot * fen // sum(had) <= part <= -(-lot * fen // sum(had))
    assert [part[1:] for part in second] == [(0, 0, 0), (0, 1, 1), (2, 2, -1)]


def test_rolling_charge() -> None:
    """Paul and Michael put in 10 each, 10 go out, Karen puts in 10, 10 go out: 2.5, 2.5 and 5 are left."""
    names = ["Paul", "Michael", "Karen"]
    rows = [
        transfer("T1", "Paul", "pool", 1000, MARCH),
        transfer("T2", "Michael", "pool", 1000, MARCH + timedelta(1)),
        transfer("T3", "pool", "CASH", 1000, MARCH + timedelta(2)),
        transfer("T4", "Karen", "pool", 1000, MARCH + timedelta(3)),
        transfer("T5", "pool", "CASH", 1000, MARCH + timedelta(4)),
    ]
    accounts = [account(name, "personal", 1000) for name in names] + [account("pool", "pool")]
    flow = flow_of(arrow_tables({"transfers": rows, "accounts": accounts}), "pro-rata")
    parts = {part.id: part.fen for part in trace(flow, "pool", "backward").parts}
    assert parts == {"opening:Paul": 250, "opening:Michael": 250, "opening:Karen": 500}


def test_haircut() -> None:
    """3 stolen and then 7 fresh are paid on in two parts: 30 % of either is stolen."""
    columns = ledger(
        [ACC, ACC, ACC, ACC, ACC],
        [(1, 0, 2, 300), (2, 1, 2, 700), (3, 2, 3, 600), (4, 2, 4, 400)],
        opened=[(0, 300), (1, 700)],
    )
    pieces = run_kernel(columns, columns.order(), "pro-rata")
    assert [part[0] for part in carried(pieces, 2, 5)] == [180, 420]
    assert [part[0] for part in carried(pieces, 3, 5)] == [120, 280]


@pytest.mark.parametrize("per_day", [1, 7, 10_000])
def test_payments_of_one_fen_take_from_all_as_large_payments_do(per_day: int) -> None:
    rows = [(0, 3, 0, 5000), (0, 3, 0, 3000), (0, 3, 0, 2000)]
    rows += [(1 + n // per_day, 0, 1 + n % 2, 1) for n in range(4000)]  # in turns to two others
    columns = ledger([ACC, ACC, ACC, OUT], rows)
    pieces = run_kernel(columns, columns.order(), "pro-rata")
    for payee in (1, 2):
        came = pieces.parent[(pieces.row >= 3) & (columns.payee[pieces.row] == payee)]
        assert np.abs(np.bincount(came, minlength=3) - np.array([1000, 600, 400])).max() <= 12


def test_balances_up_to_the_limit_are_exact_and_larger_ones_refused() -> None:
    rng = np.random.default_rng(7)
    for _ in range(40):
        columns = random_ledger(rng)
        most = int(columns.amount.sum() + columns.issue_fen.sum() + columns.opening_fen.sum())
        if most == 0:
            continue
        scale = (BALANCE_MOST - 1) // most
        noise = rng.integers(0, max(scale // 3, 1), len(columns.day))
        large = replace(
            columns,
            amount=np.where(columns.amount > 0, columns.amount * scale - noise, 0),
            issue_fen=columns.issue_fen * scale,
            opening_fen=columns.opening_fen * scale,
        )
        pieces = run_kernel(large, large.order(), "pro-rata")
        assert_conserved(large, pieces)
        assert as_tuples(pieces) == slowly(large, large.order(), "pro-rata")
    columns = ledger([ACC, ACC], [(1, 0, 1, 5)], opened=[(0, BALANCE_MOST)])
    with pytest.raises(DataRefusedError, match="56"):
        run_kernel(columns, columns.order(), "pro-rata")


def pool(receipts: int, payments: int, fen: int) -> tuple[int, Columns]:
    """A pool that many pay into and that pays on; return the pieces that it makes, and its columns."""
    rows = [(1, 2, 0, 10_000) for _ in range(receipts)] + [(2, 0, 1, fen) for _ in range(payments)]
    return receipts * (1 + payments), ledger([ACC, ACC, OUT], rows)


def test_more_pieces_than_allowed_are_refused_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    size, columns = pool(30, 20, 300)
    order = columns.order()
    monkeypatch.setattr(codes, "PIECES_MOST", size)
    assert len(run_prorata(columns, order).fen) == size
    for most in (0, 1, 29, 30, 31, size - 1):
        monkeypatch.setattr(codes, "PIECES_MOST", most)
        with pytest.raises(TooManyPiecesError, match=rf"{size:,}") as refused:
            run_prorata(columns, order)
        assert refused.value.pieces == size
    assert refused.value.exit_code == 3
    monkeypatch.setattr(codes, "PIECES_MOST", 1)
    births = ledger([ACC] * 3, [], opened=[(0, 1), (1, 1), (2, 1)])
    with pytest.raises(TooManyPiecesError, match="3"):
        run_prorata(births, births.order())


def test_a_bound_above_the_limit_is_no_refusal_where_the_pieces_are_fewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lots that come to nothing are not counted beforehand."""
    rows = [(day, *ends, 90) for day in range(1, 60) for ends in ((2, 0), (0, 1))]
    columns = ledger([ACC, ACC, OUT], rows, opened=[(0, 10)])
    order = columns.order()
    bound = forest.pieces_bound(*forest.prepare(columns, order))[0]
    pieces = run_prorata(columns, order)
    assert len(pieces.fen) < bound / 2
    monkeypatch.setattr(codes, "PIECES_MOST", len(pieces.fen))
    assert as_tuples(run_prorata(columns, order)) == as_tuples(pieces)


def test_endless_looking_for_few_pieces_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    _, columns = pool(100, 100, 1)
    order = columns.order()
    monkeypatch.setattr(codes, "PIECES_MOST", 200)
    assert len(run_prorata(columns, order).fen) == 200
    monkeypatch.setattr(forest, "LOOKS_PER_PIECE", 10)
    with pytest.raises(TooManyPiecesError):
        run_prorata(columns, order)


def test_the_bound_is_never_below_the_pieces() -> None:
    rng = np.random.default_rng(11)
    for _ in range(200):
        columns = random_ledger(rng)
        order = columns.order()
        bound, widest, _ = forest.pieces_bound(*forest.prepare(columns, order))
        pieces = run_prorata(columns, order)
        assert len(pieces.fen) <= bound
        assert max(pieces.count.tolist(), default=0) <= widest


def test_random_ledgers_give_shares() -> None:
    fractions = 0
    for seed in range(40):
        tables = RandomLedger(random.Random(seed)).tables()
        names = [row["payment_id"] for row in tables.get("payments", [])]
        for row in tables.get("transfers", []):
            row["transfer_id"] = f"bank {row['transfer_id']}"  # names tell rows apart here
        flow = flow_of(arrow_tables(tables), "pro-rata")
        if not flow.homonyms and names:
            fractions += assert_shares(flow)
    assert fractions > 100
