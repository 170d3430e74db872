"""The order of rows equals the contract's text, taken word for word, and stays linear where it could not."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.flow.slow_order import slow_order
from tracer.flow import order as fast
from tracer.flow.order import order_rows

EVERYBODY = np.ones(64, np.bool_)


def ordered(rows, counts=EVERYBODY):
    """Order rows given as (day, time, payer, payee)."""
    day, time_ms, payer, payee = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    return order_rows(day, time_ms, payer, payee, counts).tolist()


def random_day(rng: np.random.Generator, rows: int, holders: int, days: int):
    timed = rng.random(rows) < rng.choice([0, 1, rng.random()])
    return (
        rng.integers(0, days, rows).astype(np.int32),
        np.where(timed, rng.integers(1, rng.integers(2, 9), rows), 0).astype(np.int32),
        rng.integers(0, holders, rows).astype(np.int32),
        rng.integers(0, holders, rows).astype(np.int32),
        rng.random(holders) < 0.85,
    )


def test_days_come_first_then_receipts_before_payments():
    assert ordered([(2, 0, 0, 1), (1, 0, 1, 2), (1, 0, 0, 1)]) == [2, 1, 0]


def test_rows_that_need_not_wait_keep_the_input_order():
    assert ordered([(1, 0, 0, 1), (1, 0, 2, 3), (1, 0, 4, 5)]) == [0, 1, 2]


def test_a_payment_waits_for_all_receipts_with_a_time_but_a_receipt_without_one_comes_before_timed_payments():
    rows = [(1, 0, 0, 1), (1, 500, 2, 0), (1, 400, 0, 3), (1, 0, 4, 0)]
    assert ordered(rows) == [3, 2, 1, 0]


def test_at_one_time_receipts_come_first():
    assert ordered([(1, 9, 0, 1), (1, 9, 2, 0)]) == [1, 0]


def test_a_day_is_not_sorted_by_levels():
    # Row 3 could come at level 0, but rows 1 and 2 come before it in the input and are free by then.
    assert ordered([(1, 0, 0, 1), (1, 0, 1, 2), (1, 0, 2, 3), (1, 0, 5, 6)]) == [0, 1, 2, 3]


def test_cash_and_treasury_accounts_make_nobody_wait():
    counts = np.array([False, True, True])
    assert ordered([(1, 0, 0, 1), (1, 0, 2, 0)], counts) == [0, 1]
    assert ordered([(1, 0, 0, 1), (1, 0, 2, 0)], ~counts | True) == [1, 0]


def test_a_row_to_itself_keeps_its_place_and_holds_nobody_up():
    assert ordered([(1, 0, 0, 1), (1, 0, 0, 0), (1, 5, 1, 1), (1, 0, 1, 2)]) == [0, 1, 2, 3]


def test_of_two_circles_the_first_row_in_input_order_is_forced():
    # 0 <-> 1 and 2 <-> 3; row 0 belongs to the second pair.
    assert ordered([(1, 0, 2, 3), (1, 0, 0, 1), (1, 0, 3, 2), (1, 0, 1, 0)]) == [0, 2, 1, 3]


def test_a_circle_behind_another_waits():
    # 0 <-> 1 feeds 2, which is in a circle with 3; the rows of the second circle stand first.
    rows = [(1, 0, 2, 3), (1, 0, 3, 2), (1, 0, 1, 2), (1, 0, 0, 1), (1, 0, 1, 0)]
    assert ordered(rows) == [3, 2, 4, 0, 1]


def test_a_row_that_an_earlier_time_precedes_is_not_forced():
    # Row 0 (at 9) and row 1 (at 8) wait for each other's date-only receipts; 8 precedes 9.
    rows = [(1, 9, 0, 1), (1, 8, 0, 1), (1, 0, 1, 0)]
    assert ordered(rows) == [1, 0, 2]


def test_empty_and_far_apart_days():
    assert ordered([(2_000_000_000, 0, 0, 1), (-2_000_000_000, 0, 1, 0)]) == [1, 0]
    empty = np.zeros(0, np.int32)
    assert order_rows(empty, empty, empty, empty, EVERYBODY).tolist() == []


@pytest.fixture
def thresholds() -> Iterator[None]:
    before = fast.TREE_NODES, fast.THREAD_ROWS
    yield
    fast.TREE_NODES, fast.THREAD_ROWS = before


@pytest.mark.usefixtures("thresholds")
def test_dense_random_days_equal_the_slow_reference():
    rng = np.random.default_rng(20190912)
    forced = circular = 0
    for case in range(2_000):
        rows, holders = (int(rng.integers(2, 41)), int(rng.integers(2, 8)))
        if case % 100 == 0:
            rows, holders = 110, int(rng.integers(8, 40))
        columns = random_day(rng, rows, holders, days=1 + case % 2)
        expected, forced_here = slow_order(*(column.tolist() for column in columns))
        forced += forced_here
        circular += forced_here > 0
        fast.THREAD_ROWS = case % 3  # one thread and two
        for fast.TREE_NODES in (2, 48, 1 << 30):  # with distances for all circles, for large ones, for none
            assert order_rows(*columns).tolist() == expected, case
    assert circular > 1_000  # else the cases are too easy to say much
    assert forced > 5_000


@pytest.mark.usefixtures("thresholds")
def test_distances_and_searching_again_agree_on_large_days():
    rng = np.random.default_rng(7)
    for _ in range(60):
        rows = int(rng.integers(200, 2_500))
        columns = random_day(rng, rows, int(rng.integers(2, rows)), days=1)
        answers = []
        for fast.TREE_NODES in (2, 48, 1 << 30):
            answers.append(order_rows(*columns).tolist())
        assert answers[0] == answers[1] == answers[2]
        assert sorted(answers[0]) == list(range(rows))


def circles(shape: str, rows: int, rng: np.random.Generator):
    half = np.arange(1, rows // 2 + 1)
    hub = np.zeros_like(half)
    if shape == "hub pays first":
        return np.concatenate((hub, half)), np.concatenate((half, hub))
    if shape == "hub is paid first":
        return np.concatenate((half, hub)), np.concatenate((hub, half))
    if shape == "ring":
        return np.arange(rows), np.roll(np.arange(rows), -1)
    return rng.integers(0, rows // 8, rows), rng.integers(0, rows // 8, rows)


@pytest.mark.parametrize("shape", ["hub pays first", "hub is paid first", "ring", "random"])
def test_large_circles_take_time_in_proportion(shape):
    rng = np.random.default_rng(3)

    def seconds(rows: int) -> float:
        payer, payee = (end.astype(np.int32) for end in circles(shape, rows, rng))
        zero, counts = np.zeros(rows, np.int32), np.ones(rows + 1, np.bool_)
        began = time.process_time()
        order = order_rows(zero, zero, payer, payee, counts)
        taken = time.process_time() - began
        assert np.array_equal(np.sort(order), np.arange(rows))
        return taken

    seconds(1_000)  # compiled by now
    small, large = min(seconds(5_000) for _ in range(3)), seconds(80_000)
    # Sixteen times the rows: quadratic would take 256 times as long. Caches and noise get a factor of 4.
    assert large < 16 * 4 * max(small, 0.002)
