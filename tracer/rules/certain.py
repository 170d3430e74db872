"""At least and at most how much of a finding's amount is so under any choice at every holder.

A rule of diversion follows fund money by one method. Its query also names the movements with which that money
begins and ends; those in between are among its evidence. Of all that was born at indicators and came from
begin to end by these movements, the amount is what the method says, and so lies within.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tracer.flow.bounds.between import Between, BoundsBetween, Question
from tracer.flow.bounds.network import build_network
from tracer.flow.build import build_flow
from tracer.flow.store import Flow
from tracer.flow.trace import ROW_TABLES
from tracer.rules.exemptions import Found
from tracer.rules.spec import Passage


class Certain:
    """Answers for the findings of one scan; flow and network are opened when the first one is asked for."""

    def __init__(self, home: Path, version: int, method: str, as_of: date) -> None:
        self._given = home, version, method, as_of

    @cached_property
    def _flow(self) -> Flow:
        home, version, method, as_of = self._given
        return build_flow(home, method, as_of, version)

    @cached_property
    def _bounds(self) -> BoundsBetween:
        return BoundsBetween(self._flow, build_network(self._given[0], self._flow))

    @cached_property
    def _places(self) -> dict[str, tuple[Any, Any]]:
        """Of each table its `_seq` values in order, and the row of the flow that each one is."""
        places = {}
        for kind, table in enumerate(ROW_TABLES):
            rows = np.flatnonzero(self._flow.kind == kind)
            order = np.argsort(self._flow.seq[rows], kind="stable")
            places[table] = (self._flow.seq[rows[order]], rows[order])
        return places

    def of(self, found: Found) -> dict[str, Any]:
        """`least_fen` and `most_fen`, with `tight` false where one of them may not be attained.

        Empty where the rule is no bounded diversion, or its movements do not carry its amount.
        """
        if not found.passages:
            return {}
        parts = [self._of_passage(passage) for passage in found.passages]
        least, most, amount = sum(p.least for p in parts), sum(p.most for p in parts), found.amount_fen
        if not least <= amount <= most:
            return {}
        # Each of several may be attained by another choice. The amount itself is attained by the method.
        is_fixed = len(parts) == 1 or all(part.least == part.most for part in parts)
        is_tight = (least == amount or (is_fixed and all(part.least_is_tight for part in parts))) and (
            most == amount or (is_fixed and all(part.most_is_tight for part in parts))
        )
        return {"least_fen": least, "most_fen": most} | ({} if is_tight else {"tight": False})

    def _of_passage(self, passage: Passage) -> Between:
        begins, ways, ends = map(self._rows, (passage.begins, passage.refs, passage.ends))
        return self._bounds.fund_money_along(Question(begins, ways, ends, passage.days, passage.movements))

    def _rows(self, refs: Iterable[str]) -> list[int]:
        """The movements among refs of rows; a bank leg moves nothing itself."""
        rows = []
        for ref in refs:
            table, _, seq = ref.partition("#")
            if table in self._places:
                known, row = self._places[table]
                place = int(np.searchsorted(known, int(seq)))
                rows += [int(row[place])] if place < len(known) and known[place] == int(seq) else []
        return rows
