"""The way of a finding's money: the movements among its evidence, in order, and what each carried of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tracer.flow.store import Flow
from tracer.flow.trace import ROW_TABLES, trace
from tracer.flow.walk import pieces_of_row, sums_by
from tracer.rules.spec import Rule

Kind = Literal["money", "held", "sources", "movements", "none"]


@dataclass(frozen=True)
class Way:
    """Movements in the order in which money moved; with the fen of this very money where that is known.

    `money`: evidence whose money is one another's; `held`: arrivals, with what of each is still at the
    subject; `sources`: how the money of the one movement came to its payer; `movements`: no share is meant.
    """

    kind: Kind
    steps: tuple[tuple[int, int | None], ...]
    """Row of the flow, and fen of this very money."""
    ends: tuple[int, ...] = ()
    """Rows by which the money left the way, where it is one another's."""


def way_of(flow: Flow, rule: Rule, finding: Mapping[str, Any]) -> Way:
    """The way of a finding's money on the flow of its ledger version, method and day."""
    rows = evidence_rows(flow, finding["evidence"])
    if not rows:
        return Way("none", ())
    if ":REMAINS_AT]" in rule.query:
        return Way("held", tuple((row, int(flow.left[pieces_of_row(flow, row)].sum())) for row in rows))
    if ":Piece)" in rule.query:
        fen, ends = money_along(flow, rows)
        if fen:
            return Way("money", tuple((row, fen.get(row, 0)) for row in rows), ends)
    if len(rows) == 1 and flow.names[rows[0]] == finding["subject"]:
        return Way("sources", tuple(_sources(flow, finding["subject"], rows[0])))
    return Way("movements", tuple((row, None) for row in rows))


def evidence_rows(flow: Flow, evidence: Sequence[Mapping[str, Any]]) -> list[int]:
    """The movements among rows of evidence, in the order of their moves; bank legs are their payments."""
    rows: set[int] = set()
    for kind, table in enumerate(ROW_TABLES):
        seqs = [int(entry["ref"].partition("#")[2]) for entry in evidence if entry["table"] == table]
        if not seqs:
            continue
        rows.update(np.flatnonzero((flow.kind == kind) & np.isin(flow.seq, seqs)).tolist())
        if table == "transfers":
            rows.update(flow.leg_rows[np.isin(flow.leg_seq, seqs)].tolist())
    return sorted(rows, key=lambda row: (int(flow.start[row]), row))


def money_along(flow: Flow, rows: Sequence[int]) -> tuple[dict[int, int], tuple[int, ...]]:
    """Fen of the money that came along these movements to where it ends, by row, and the rows that end it.

    It ends at the holders that no other of the rows carried it on from, each fen once, when it first gets
    there. Pieces form a forest, so each piece has one way up, and its fen went along all of it. Empty where
    no row carried another's money.
    """
    wanted = set(rows)
    above = {
        piece: _rows_above(flow, piece, wanted) for row in rows for piece in pieces_of_row(flow, row).tolist()
    }
    passing = {row: [p for p in pieces_of_row(flow, row).tolist() if above[p]] for row in rows}
    passed_on = {row for ways in above.values() for row in ways}
    last = {int(flow.payee[row]) for row in rows if passing[row] and row not in passed_on}
    ends = {row for row in rows if passing[row] and int(flow.payee[row]) in last}
    fen: dict[int, int] = {}
    for row in ends:
        for piece in passing[row]:
            for step in () if above[piece] & ends else {row, *above[piece]}:
                fen[step] = fen.get(step, 0) + int(flow.fen[piece])
    return fen, tuple(row for row in rows if row in ends and row in fen)


def _rows_above(flow: Flow, piece: int, wanted: set[int]) -> set[int]:
    """The movements among `wanted` that carried the money of a piece before it."""
    above = set()
    parent = int(flow.parent[piece])
    while parent >= 0:
        row = int(flow.row[parent])
        if row in wanted:
            above.add(row)
        parent = int(flow.parent[parent])
    return above


def _sources(flow: Flow, subject: str, own: int) -> list[tuple[int, int]]:
    """The movements that brought the money of one movement to its payer, and itself."""
    answer = trace(flow, subject, "backward")
    if answer.row != own:
        return [(own, int(flow.amount[own]))]
    rows, fen = sums_by(answer.link_to, answer.link_fen)
    steps = dict(zip(rows.tolist(), fen.tolist(), strict=True)) | {own: answer.amount_fen}
    return sorted(steps.items(), key=lambda step: (int(flow.start[step[0]]), step[0]))
