"""The kernel's pieces equal the contract's text, however the work is cut, and planted damage is found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from tests.flow.slow_order import slow_pieces
from tracer.errors import ConservationError, UsageError
from tracer.flow import codes, kernel
from tracer.flow.codes import (
    ACCOUNT,
    CASH_HOLDER,
    CASH_IN,
    INDICATOR,
    METHODS,
    OPENING,
    TREASURY,
    UNEXPLAINED,
    Bool,
    Int64,
    Pieces,
    counting_holders,
)
from tracer.flow.conserve import assert_conserved
from tracer.flow.held import Held, held_after, nothing_held
from tracer.flow.kernel import run_kernel
from tracer.flow.order import order_rows


@dataclass(frozen=True)
class Columns(codes.Columns):
    def order(self) -> Int64:
        counts = counting_holders(self.holder_kind)
        return order_rows(self.day, self.time_ms, self.payer, self.payee, counts)

    def rows(self, which: Int64 | Bool) -> "Columns":
        names = ("day", "time_ms", "payer", "payee", "amount", "tag")
        return replace(self, **{name: getattr(self, name)[which] for name in names})


def ledger(kinds: list[int], rows: list[tuple[int, ...]], issued=(), opened=()) -> Columns:
    """Rows are (day, payer, payee, fen) or (day, payer, payee, fen, tag); `issued` (holder, fen, day)."""
    columns = np.array([(*row, -1)[:5] for row in rows], np.int64).reshape(-1, 5).T
    issue_fen, issue_day, opening_fen = np.zeros((3, len(kinds)), np.int64)
    for holder, fen, day in issued:
        issue_fen[holder], issue_day[holder] = fen, day
    for holder, fen in opened:
        opening_fen[holder] = fen
    day, payer, payee, tag = (columns[k].astype(np.int32) for k in (0, 1, 2, 4))
    kind = np.array(kinds, np.int8)
    zero = np.zeros(len(day), np.int32)
    return Columns(
        day,
        zero,
        payer,
        payee,
        columns[3].copy(),
        tag,
        kind,
        issue_fen,
        issue_day.astype(np.int32),
        opening_fen,
    )


def random_ledger(rng: np.random.Generator) -> Columns:
    """Dense: few holders, few days, all kinds, circles, shortfalls, rows to themselves, large amounts."""
    rows, holders, days = int(rng.integers(0, 41)), int(rng.integers(2, 9)), int(rng.integers(1, 5))
    kind = rng.choice([INDICATOR, ACCOUNT, TREASURY, CASH_HOLDER], holders, p=[0.35, 0.45, 0.1, 0.1])
    indicators = np.append(np.flatnonzero(kind == INDICATOR), -1)
    scale = 10 ** int(rng.integers(0, 11))

    def some(size: int, most: int, share: float) -> Int64:
        return np.where(rng.random(size) < share, rng.integers(1, most, size), 0)

    return Columns(
        day=rng.integers(0, days, rows).astype(np.int32),
        time_ms=some(rows, 6, rng.random()).astype(np.int32),
        payer=rng.integers(0, holders, rows).astype(np.int32),
        payee=rng.integers(0, holders, rows).astype(np.int32),
        amount=some(rows, 30, 0.98) * scale,
        tag=np.where(rng.random(rows) < 0.5, rng.choice(indicators, rows), -1).astype(np.int32),
        holder_kind=kind.astype(np.int8),
        issue_fen=np.where(kind == INDICATOR, some(holders, 120, 0.6), 0) * scale,
        issue_day=rng.integers(-1, days + 2, holders).astype(np.int32),
        opening_fen=np.where(kind == ACCOUNT, some(holders, 60, 0.5), 0) * scale,
    )


def as_tuples(pieces: Pieces) -> list[tuple[int, ...]]:
    names = ("row", "fen", "parent", "origin", "line", "left")
    return list(zip(*(getattr(pieces, name).tolist() for name in names), strict=True))


def slowly(columns: Columns, order: Int64, method: str) -> list[tuple[int, ...]]:
    holders = len(columns.holder_kind)
    return [
        (part.row, part.fen, part.parent, part.origin[0] * holders + part.origin[1], part.line, part.left)
        for part in slow_pieces(columns, order.tolist(), method)
    ]


@pytest.fixture
def sizes() -> Iterator[None]:
    before = kernel.THREAD_EVENTS, kernel.WINDOW_EVENTS
    yield
    kernel.THREAD_EVENTS, kernel.WINDOW_EVENTS = before


def carried(pieces: Pieces, row: int, holders: int) -> list[tuple[int, int, int, int]]:
    """Return (fen, origin kind, origin holder, line) of the pieces of a row."""
    first = int(pieces.start[row])
    return [
        (int(pieces.fen[p]), *divmod(int(pieces.origin[p]), holders), int(pieces.line[p]))
        for p in range(first, first + int(pieces.count[row]))
    ]


IND, ACC, TRE, OUT = INDICATOR, ACCOUNT, TREASURY, CASH_HOLDER


def test_a_tag_takes_its_line_first_and_the_rest_first_in_first_out():
    # Indicators 0 and 1 fill account 2, which pays account 3 with tag 1, then without.
    columns = ledger(
        [IND, IND, ACC, ACC],
        [(1, 0, 2, 100), (1, 1, 2, 50), (2, 2, 3, 80, 1), (3, 2, 3, 70)],
        issued=[(0, 100, 1), (1, 50, 1)],
    )
    order = columns.order()
    linked = run_kernel(columns, order, "linked")
    assert carried(linked, 2, 4) == [(50, 0, 1, 1), (30, 0, 0, 0)]
    assert carried(linked, 3, 4) == [(70, 0, 0, 0)]
    fifo = run_kernel(columns, order, "fifo")
    assert carried(fifo, 2, 4) == [(80, 0, 0, 0)]
    assert carried(fifo, 3, 4) == [(20, 0, 0, 0), (50, 0, 1, 1)]
    lifo = run_kernel(columns, order, "lifo")
    assert carried(lifo, 2, 4) == [(50, 0, 1, 1), (30, 0, 0, 0)]


def test_lifo_takes_the_parts_of_one_arrival_in_the_order_in_which_they_were_taken():
    columns = ledger(
        [ACC, ACC, ACC, OUT],
        [(1, 3, 0, 10), (2, 3, 0, 20), (3, 0, 1, 30), (4, 1, 2, 25), (5, 1, 2, 5)],
    )
    pieces = run_kernel(columns, columns.order(), "lifo")
    assert [(fen, int(pieces.row[pieces.parent[p]])) for p, fen in zip(
        range(int(pieces.start[2]), int(pieces.start[2]) + 2), (20, 10), strict=True
    )] == [(20, 1), (10, 0)]  # fmt: skip
    assert [part[0] for part in carried(pieces, 3, 4)] == [20, 5]
    assert [part[0] for part in carried(pieces, 4, 4)] == [5]


def test_a_shortfall_is_born_with_the_row_and_never_made_good():
    columns = ledger([IND, ACC, ACC], [(1, 0, 1, 150), (2, 1, 2, 200), (3, 0, 1, 10)], issued=[(0, 100, 1)])
    pieces = run_kernel(columns, columns.order(), "linked")
    assert carried(pieces, 0, 3) == [(100, 0, 0, 0), (50, UNEXPLAINED, 0, 0)]
    assert carried(pieces, 1, 3) == [(100, 0, 0, 0), (50, UNEXPLAINED, 0, 0), (50, UNEXPLAINED, 1, -1)]
    assert carried(pieces, 2, 3) == [(10, UNEXPLAINED, 0, 0)]


def test_lines_end_where_money_comes_back_to_an_indicator():
    columns = ledger([IND, ACC, IND, ACC], [(1, 0, 1, 9), (2, 1, 2, 9), (3, 2, 3, 9)], issued=[(0, 9, 1)])
    pieces = run_kernel(columns, columns.order(), "linked")
    assert [carried(pieces, row, 4)[0][3] for row in range(3)] == [0, -1, 2]


def test_cash_and_treasury_are_outside():
    columns = ledger([ACC, TRE, OUT], [(1, 2, 0, 5), (1, 1, 0, 7), (2, 0, 1, 6), (2, 0, 2, 6), (3, 2, 1, 4)])
    pieces = run_kernel(columns, columns.order(), "linked")
    assert carried(pieces, 0, 3) == [(5, CASH_IN, 0, -1)]
    assert carried(pieces, 1, 3) == [(7, UNEXPLAINED, 1, -1)]
    assert carried(pieces, 4, 3) == [(4, CASH_IN, 1, -1)]
    gone = np.isin(columns.payee[pieces.row], (1, 2))
    assert np.array_equal(pieces.left[gone], pieces.fen[gone])
    assert pieces.left[~gone].sum() == 0


def test_births_come_first_on_their_day_and_on_days_without_rows():
    columns = ledger([IND, ACC, IND], [(5, 0, 1, 10)], issued=[(0, 10, 5), (2, 3, 9)], opened=[(1, 4)])
    pieces = run_kernel(columns, columns.order(), "fifo")
    assert as_tuples(pieces) == [
        (-1, 4, -1, OPENING * 3 + 1, -1, 4),
        (-1, 10, -1, 0, -1, 0),
        (0, 10, 1, 0, 0, 10),
        (-1, 3, -1, 2, -1, 3),
    ]


def test_amounts_beyond_32_bits_and_nothing_at_all():
    fen = 2**52 + 1
    columns = ledger([IND, ACC, ACC], [(1, 0, 1, fen), (1, 1, 2, fen - 1)], issued=[(0, fen, 1)])
    pieces = run_kernel(columns, columns.order(), "linked")
    assert pieces.fen.tolist() == [fen, fen, fen - 1]
    assert pieces.left.tolist() == [0, 1, fen - 1]
    assert_conserved(columns, pieces)
    nothing = ledger([], [])
    assert as_tuples(run_kernel(nothing, nothing.order(), "linked")) == []
    assert_conserved(nothing, run_kernel(nothing, nothing.order(), "linked"))


def test_an_unknown_method_is_wrong_use():
    columns = ledger([ACC], [])
    with pytest.raises(UsageError, match="bounds"):
        run_kernel(columns, columns.order(), "bounds")


def test_columns_that_may_not_be_written_to_are_taken():
    columns = ledger([IND, ACC], [(1, 0, 1, 10, 0)], issued=[(0, 10, 1)])
    for name in columns.__dataclass_fields__:
        getattr(columns, name).setflags(write=False)
    order = columns.order()
    order.setflags(write=False)
    assert run_kernel(columns, order, "linked").fen.tolist() == [10, 10]


@pytest.mark.usefixtures("sizes")
def test_random_ledgers_equal_the_slow_reference_in_one_pass_and_in_windows():
    rng = np.random.default_rng(20201022)
    parts = 0
    for case in range(500):
        columns = random_ledger(rng)
        order = columns.order()
        for method in METHODS:
            expected = slowly(columns, order, method)
            parts += len(expected)
            for kernel.THREAD_EVENTS, kernel.WINDOW_EVENTS in ((1 << 60, 1), (0, 5), (0, 1 + case % 40)):
                pieces = run_kernel(columns, order, method)
                assert as_tuples(pieces) == expected, (case, method, kernel.WINDOW_EVENTS)
            assert_conserved(columns, pieces)
    assert parts > 30_000


@pytest.mark.usefixtures("sizes")
def test_windows_of_a_larger_ledger_equal_one_pass_and_room_is_made():
    rng = np.random.default_rng(5)
    rows, holders = 8_000, 800
    kinds = [IND] * 80 + [ACC] * (holders - 80)
    made = list(zip(
        np.sort(rng.integers(0, 40, rows)), rng.integers(0, holders, rows), rng.integers(0, holders, rows),
        1 + (rng.random(rows) ** 8 * 1e6).astype(np.int64), rng.integers(-1, 80, rows), strict=True,
    ))  # fmt: skip
    made += [
        (41, holder, holders - 1, 10**9) for holder in range(holders - 1)
    ]  # one row with very many parts
    columns = ledger(kinds, made, issued=[(h, 10**7, h % 30) for h in range(80)])
    order = columns.order()
    for method in METHODS:
        kernel.THREAD_EVENTS, kernel.WINDOW_EVENTS = 1 << 60, 1
        whole = as_tuples(run_kernel(columns, order, method))
        kernel.THREAD_EVENTS, kernel.WINDOW_EVENTS = 0, 500
        assert as_tuples(run_kernel(columns, order, method)) == whole


def components(columns: Columns) -> list[Int64]:
    """Group rows by the holders that they join, slowly; `CASH` and treasury accounts join nobody."""
    counts = counting_holders(columns.holder_kind)
    group = {h: {h} for h in range(len(counts))}
    ends = list(zip(columns.payer.tolist(), columns.payee.tolist(), strict=True))
    for payer, payee in ends:
        if counts[payer] and counts[payee]:
            joined = group[payer] | group[payee]
            for holder in joined:
                group[holder] = joined
    root = [min(group[payer] if counts[payer] else group[payee]) for payer, payee in ends]
    return [np.flatnonzero(np.array(root) == one) for one in sorted(set(root))]


def run_in_pieces(columns: Columns, method: str, days: list[int]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Run days and components apart, each given only what its holders had; fen, origin, line and trail."""
    held, names = nothing_held(), []  # the name of each piece held: (row or ~origin, number within it)
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    trail: dict[tuple[int, int], tuple[int, int]] = {}
    for day, next_day in pairwise(days):
        today = np.flatnonzero((columns.day >= day) & (columns.day < next_day))
        born = (columns.issue_day >= day) & (columns.issue_day < next_day)
        window = replace(
            columns.rows(today),
            issue_fen=np.where(born, columns.issue_fen, 0),
            opening_fen=columns.opening_fen if day == days[0] else np.zeros_like(columns.opening_fen),
        )
        rest, rest_names = [], []
        order = window.order()
        groups = components(window)
        idle = np.setdiff1d(np.arange(len(columns.holder_kind)), np.union1d(window.payer, window.payee))
        for rows in [*groups, np.zeros(0, np.int64)]:
            mine = np.union1d(window.payer[rows], window.payee[rows]) if len(rows) else idle
            is_mine = np.isin(np.arange(len(columns.holder_kind)), mine)
            part = replace(
                window.rows(rows),
                issue_fen=np.where(is_mine, window.issue_fen, 0),
                opening_fen=np.where(is_mine, window.opening_fen, 0),
            )
            brought = np.flatnonzero(is_mine[held.holder])
            given = Held(*(getattr(held, name)[brought] for name in held.__dataclass_fields__))
            part_order = np.searchsorted(rows, order[np.isin(order, rows)])
            pieces = run_kernel(part, part_order, method, given)
            assert_conserved(part, pieces, given)
            own = [names[k] for k in brought]
            for p in range(len(brought), len(pieces.fen)):
                row = int(pieces.row[p])
                name = (
                    (int(today[rows[row]]), p - int(pieces.start[row]))
                    if row >= 0
                    else (~int(pieces.origin[p]), 0)
                )
                own.append(name)
                parent = int(pieces.parent[p])
                trail[name] = own[parent] if parent >= 0 else (-1, -1)
                found[name] = (int(pieces.fen[p]), int(pieces.origin[p]), int(pieces.line[p]))
            after = held_after(part, pieces, method, given)
            rest.append(after)
            rest_names += [own[k] for k in after.piece]
        held = Held(*(np.concatenate([getattr(r, n) for r in rest]) for n in held.__dataclass_fields__))
        names = rest_names
    return {name: (*values, *trail[name]) for name, values in found.items()}


@pytest.mark.parametrize("method", METHODS)
def test_runs_that_share_nothing_but_what_holders_have_equal_one_pass(method):
    rng = np.random.default_rng(28)
    several = 0
    for _ in range(120):
        columns = random_ledger(rng)
        several += len(components(columns)) > 1
        apart = run_in_pieces(columns, method, [-1, 1, 2, 9])
        pieces = run_kernel(columns, columns.order(), method)
        whole, names = {}, []
        for p, (row, fen, parent, origin, line, _) in enumerate(as_tuples(pieces)):
            names.append((row, p - int(pieces.start[row])) if row >= 0 else (~origin, 0))
            whole[names[p]] = (fen, origin, line, *(names[parent] if parent >= 0 else (-1, -1)))
        assert apart == whole
    assert several > 20


def sound() -> tuple[Columns, Pieces]:
    columns = ledger(
        [IND, ACC, ACC, TRE, OUT],
        [(1, 0, 1, 100), (2, 4, 1, 7), (3, 1, 2, 90), (3, 1, 1, 5), (4, 2, 3, 95), (5, 1, 4, 17)],
        issued=[(0, 100, 1)],
        opened=[(1, 11)],
    )
    return columns, run_kernel(columns, columns.order(), "linked")


def test_a_sound_result_passes():
    assert_conserved(*sound())


@pytest.mark.parametrize("name", ["row", "fen", "parent", "origin", "left", "start", "count"])
def test_any_single_change_to_a_result_is_found(name):
    columns, pieces = sound()
    values = getattr(pieces, name)
    for place in range(len(values)):
        if name == "start" and pieces.count[place] == 0:
            continue  # a slice of nothing may begin anywhere
        for change in (-1, 1):
            wrong = values.copy()
            wrong[place] += change
            with pytest.raises(ConservationError):
                assert_conserved(columns, replace(pieces, **{name: wrong}))


@pytest.mark.parametrize("name", ["holder", "fen", "origin"])
def test_a_result_for_other_money_held_before_is_found(name):
    columns, _ = sound()
    held = Held(
        np.array([1, 2], np.int32), np.array([40, 3]), np.array([20, 21]), np.array([-1, 0], np.int32),
        np.arange(2),
    )  # fmt: skip
    pieces = run_kernel(columns, columns.order(), "fifo", held)
    assert_conserved(columns, pieces, held)
    wrong = getattr(held, name).copy()
    wrong[0] += 1
    with pytest.raises(ConservationError):
        assert_conserved(columns, pieces, replace(held, **{name: wrong}))
    with pytest.raises(ConservationError):
        assert_conserved(columns, pieces)


@pytest.mark.parametrize("name", ["amount", "issue_fen", "opening_fen"])
def test_a_result_for_other_amounts_is_found(name):
    columns, pieces = sound()
    values = getattr(columns, name)
    for place in np.flatnonzero(values):
        wrong = values.copy()
        wrong[place] += 1
        if name == "amount" and columns.payer[place] == columns.payee[place]:
            continue  # a row to itself moves nothing, whatever it says
        with pytest.raises(ConservationError):
            assert_conserved(replace(columns, **{name: wrong}), pieces)


def test_exact_sums_beyond_the_reach_of_floats():
    fen = 2**53 - 1
    columns = ledger([IND, ACC], [(1, 0, 1, fen), (1, 0, 1, fen), (1, 0, 1, fen)], issued=[(0, 3 * fen, 1)])
    pieces = run_kernel(columns, columns.order(), "fifo")
    assert_conserved(columns, pieces)
    wrong = pieces.left.copy()
    wrong[1] -= 1
    with pytest.raises(ConservationError):
        assert_conserved(columns, replace(pieces, left=wrong))
