"""Windows and components that are moved apart by `run_part` give the pieces of one run over everything."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.flow.test_kernel import Columns, random_ledger
from tracer.cluster.cut import FIRST, components, deal_window, moment, order_day, window_of
from tracer.cluster.part import BIRTH, HELD, OUT, PIECE, ROWS, SETTLED, WITH_ROW, births_out, run_part
from tracer.flow.codes import INDICATOR, OPENING, Int64, Pieces, counting_holders
from tracer.flow.kernel import METHOD_CODES, run_kernel

Piece = tuple[int, int]
CODE = 10**15
"""Codes on a cluster are large: holder h is known as `(h + 1) * CODE` there."""


def code(holder: Any) -> Any:
    return (np.asarray(holder, np.int64) + 1) * CODE


def ordered(columns: Columns, starts: Int64) -> pa.Table:
    tag = pa.array(code(columns.tag), mask=columns.tag < 0)
    rows = pa.table(
        {
            "row": np.arange(len(columns.day)),
            "day": columns.day,
            "time_ms": columns.time_ms,
            "payer": code(columns.payer),
            "payee": code(columns.payee),
            "payer_kind": columns.holder_kind[columns.payer],
            "payee_kind": columns.holder_kind[columns.payee],
            "amount": columns.amount,
            "tag": tag,
        }
    )
    days = [order_day(rows.filter(pa.array(columns.day == day)), starts) for day in np.unique(columns.day)]
    return pa.concat_tables(days) if days else order_day(rows, starts)


def last_windows(rows: pa.Table) -> dict[int, int]:
    last: dict[int, int] = {}
    for payer, window in zip(rows["payer"].to_pylist(), rows["window"].to_pylist(), strict=True):
        last[payer] = max(window, last.get(payer, -1))
    return last


def roots_of(columns: Columns) -> set[int]:
    """Indicators that receive nothing and pay no more, and no sooner, than was issued to them."""
    roots = set()
    moves = (columns.payer != columns.payee) & (columns.amount > 0)
    for holder in np.flatnonzero((columns.holder_kind == INDICATOR) & (columns.issue_fen > 0)).tolist():
        pays = moves & (columns.payer == holder)
        fed = (moves & (columns.payee == holder)).any()
        early = (columns.day[pays] < columns.issue_day[holder]).any()
        if not fed and not early and columns.amount[pays].sum() <= columns.issue_fen[holder]:
            roots.add(int(code(holder)))
    return roots


def births(columns: Columns, last: dict[int, int], roots: set[int]) -> pa.Table:
    rows = [
        (h, fen, day) for h, (fen, day) in enumerate(zip(columns.issue_fen, columns.issue_day, strict=True))
    ]
    rows += [(h, fen, None) for h, fen in enumerate(columns.opening_fen)]
    rows = [(int(code(h)), int(fen), None if day is None else int(day)) for h, fen, day in rows if fen > 0]
    rows = [row for row in rows if row[0] in last and row[0] not in roots]
    return pa.table(
        {
            "holder": pa.array([row[0] for row in rows], pa.int64()),
            "fen": pa.array([row[1] for row in rows], pa.int64()),
            "day": pa.array([row[2] for row in rows], pa.int32()),
            "at": pa.array([FIRST if row[2] is None else int(moment(row[2])) for row in rows], pa.int64()),
            "last": pa.array([last[row[0]] for row in rows], pa.int32()),
        }
    )


def run_apart(columns: Columns, method: str, starts: Int64, parts: int) -> pa.Table:
    """All that the parts say, in the way of a cluster: windows one after the other, parts apart."""
    rows = ordered(columns, starts)
    last, roots = last_windows(rows), roots_of(columns)
    born = births(columns, last, roots)
    born_window = window_of(born["day"].fill_null(-(1 << 30)).to_numpy(), starts)
    in_time = born_window <= born["last"].to_numpy()  # what is born after the last payment, nobody spends
    born, born_window = born.filter(pa.array(in_time)), born_window[in_time]
    kinds = {int(code(h)): int(kind) for h, kind in enumerate(columns.holder_kind)}
    counts = {c: bool(count) for c, count in zip(kinds, counting_holders(columns.holder_kind), strict=True)}
    state, said = OUT.empty_table(), []
    for window in range(len(starts)):
        today = rows.filter(pa.array(rows["window"].to_numpy() == window)).to_pylist()
        state = pa.concat_tables([state, births_out(born.filter(pa.array(born_window == window)))])
        weight: dict[int, int] = {}
        for row in today:
            if counts[row["payer"]] and row["payer"] not in roots:
                weight[row["payer"]] = weight.get(row["payer"], 0) + 1
        edges = [row for row in today if row["payer"] in weight and row["payee"] in weight]
        active = pa.table(
            {
                "window": pa.array([window] * len(weight), pa.int32()),
                "holder": pa.array(list(weight), pa.int64()),
                "rows": pa.array(list(weight.values()), pa.int64()),
            }
        )
        ends = {name: pa.array([row[name] for row in edges], pa.int64()) for name in ("payer", "payee")}
        dealt = deal_window(active, pa.table(ends), parts)
        part = dict(zip(dealt["holder"].to_pylist(), dealt["part"].to_pylist(), strict=True))
        for row in today:
            row["part"] = part.get(row["payer"], part.get(row["payee"], row["row"] % parts))
            row["payer_is_root"] = row["payer"] in roots
            row["payer_last"], row["payee_last"] = last[row["payer"]], last.get(row["payee"], -1)
            for end in ("payer", "payee"):
                row[f"{end}_last"] = row[f"{end}_last"] if counts[row[end]] else -1
        brought = state.to_pylist()
        found = []
        for one in range(parts):
            mine = [row for row in today if row["part"] == one]
            held = [row for row in brought if part.get(row["holder"], row["holder"] // CODE % parts) == one]
            found.append(
                run_part(
                    pa.Table.from_pylist(mine, schema=ROWS),
                    pa.Table.from_pylist(held, schema=OUT),
                    method,
                    window,
                )
            )
        said.append(pa.concat_tables(found))
        state = said[-1].filter(pa.compute.equal(said[-1]["what"], HELD))
    assert len(state) == 0
    return pa.concat_tables(said)


def expected(columns: Columns, pieces: Pieces) -> dict[Piece, tuple[int, ...]]:
    """What each piece that a row carried is, by row and place."""
    found = {}
    holders = max(len(columns.holder_kind), 1)
    name = [
        (int(row), p - int(pieces.start[row])) if row >= 0 else (BIRTH, 0) for p, row in enumerate(pieces.row)
    ]
    for p in np.flatnonzero(pieces.row >= 0).tolist():
        parent = int(pieces.parent[p])
        kind, holder = divmod(int(pieces.origin[p]), holders)
        line = int(pieces.line[p])
        found[name[p]] = (
            int(pieces.fen[p]),
            int(pieces.left[p]),
            *(name[parent] if parent >= 0 else (WITH_ROW, 0)),
            kind,
            int(code(holder)),
            int(code(line)) if line >= 0 else -1,
        )
    return found


def found_in(said: pa.Table) -> tuple[dict[Piece, tuple[int, ...]], dict[tuple[int, ...], int]]:
    """The pieces that the parts tell of, with what is left in the end; and what is left of births."""
    pieces: dict[Piece, list[int]] = {}
    left_of_births: dict[tuple[int, ...], int] = {}
    for row in said.to_pylist():
        if row["what"] == PIECE:
            name = (row["row"], row["place"])
            assert name not in pieces
            line = -1 if row["line"] is None else row["line"]
            parent = (row["parent_row"], row["parent_place"] if row["parent_row"] >= 0 else 0)
            pieces[name] = [
                *(row["fen"], row["left"], *parent, row["origin_kind"], row["origin_holder"], line)
            ]
    for row in said.to_pylist():
        if row["what"] == SETTLED and row["row"] >= 0:
            assert pieces[(row["row"], row["place"])][1] is None
            pieces[(row["row"], row["place"])][1] = row["left"]
        elif row["what"] == SETTLED:
            left_of_births[(row["origin_kind"], row["origin_holder"])] = row["left"]
    return {name: tuple(values) for name, values in pieces.items()}, left_of_births


@pytest.mark.parametrize("method", METHOD_CODES)
def test_parts_that_share_nothing_equal_one_pass(method):
    rng = np.random.default_rng(55)
    pieces_seen = parts_seen = settled_births = 0
    for case in range(60):
        columns = random_ledger(rng)
        pieces = run_kernel(columns, columns.order(), method)
        starts = np.unique(rng.integers(0, 4, 1 + case % 3))
        said = run_apart(columns, method, starts, parts=1 + case % 3)
        apart, left_of_births = found_in(said)
        assert apart == expected(columns, pieces)
        for p in np.flatnonzero(pieces.row < 0).tolist():
            kind, holder = divmod(int(pieces.origin[p]), len(columns.holder_kind))
            if (kind, int(code(holder))) in left_of_births:
                settled_births += 1
                assert left_of_births[(kind, int(code(holder)))] == pieces.left[p]
        pieces_seen += len(apart)
        parts_seen += len(starts)
    assert pieces_seen > 1_000
    assert parts_seen > 80
    assert settled_births > 40
    assert OPENING == 1


def test_components_are_those_of_the_pairs():
    a, b = np.array([5, 1, 7, 3, 2]), np.array([1, 0, 3, 6, 2])
    assert components(9, a, b).tolist() == [0, 0, 2, 3, 4, 0, 3, 3, 8]
    path = np.arange(999)
    assert components(1000, path, path + 1).max() == 0
    assert components(1000, path[::-1], path[::-1] + 1).max() == 0


def test_large_components_are_dealt_to_different_parts():
    active = pa.table(
        {"window": pa.array([4] * 4, pa.int32()), "holder": [40, 10, 20, 30], "rows": [10, 7, 5, 6]}
    )
    dealt = deal_window(active, pa.table({"payer": [20], "payee": [10]}), parts=2)
    assert dealt.to_pydict() == {
        "window": [4, 4, 4, 4],
        "holder": [10, 20, 30, 40],
        "part": [0, 0, 1, 1],
    }
