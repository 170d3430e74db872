"""The notebook's view of a home folder: pandas frames and networkx graphs, masked unless asked otherwise.

Money is integer fen in columns that end in `_fen`, with the same in yuan as text beside it where it is shown.
"""

from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from tracer.calendar import date_of
from tracer.casework.feed import feed_ledger
from tracer.errors import UsageError
from tracer.flow.bounds.answer import bounds
from tracer.flow.bounds.network import build_network
from tracer.flow.build import build_flow
from tracer.flow.codes import ACCOUNT, CASH_HOLDER, INDICATOR, TREASURY
from tracer.flow.store import Flow
from tracer.flow.trace import Trace as FlowTrace
from tracer.flow.trace import links, trace
from tracer.flow.walk import sums_by
from tracer.ledger import Ledger
from tracer.mask import (
    ACCOUNT_COLUMNS,
    ID_COLUMNS,
    NAME_COLUMNS,
    PERSON_COLUMNS,
    mask_account,
    mask_cell,
    mask_holder,
    mask_text,
)
from tracer.messages import say_both
from tracer.money import format_yuan
from tracer.names import Names
from tracer.rules.evidence import masked_subject
from tracer.rules.packs import rules_of
from tracer.rules.scan import scan
from tracer.schema import TABLES

HOLDER_KINDS = {INDICATOR: "indicator", ACCOUNT: "account", TREASURY: "account", CASH_HOLDER: "cash"}
_TEXTS_TO_MASK = NAME_COLUMNS | PERSON_COLUMNS | ID_COLUMNS | ACCOUNT_COLUMNS | {"purpose", "memo", "reason"}


class Books:
    """One home folder, at the ledger version that was newest when it was opened."""

    def __init__(self, home: Path, *, unmasked: bool = False) -> None:
        self.home = home
        self.unmasked = unmasked
        self.ledger = Ledger(home)
        self.version = self.ledger.version
        if not self.version:
            raise UsageError(say_both("empty_ledger", home=home))

    def __repr__(self) -> str:
        return f"<fundtrail ledger v{self.version}: {', '.join(self.ledger.tables(self.version))}>"

    def table(self, name: str) -> pd.DataFrame:
        """The current rows of an input table, in input order; raises `UsageError` for an unknown name."""
        if name not in TABLES:
            raise UsageError(f"没有表 {name}，可用 / no table {name}; there are {', '.join(TABLES)}")
        rows = self.ledger.read(name, version=self.version).drop_columns(["_seq"])
        frame: pd.DataFrame = rows.to_pandas(types_mapper=pd.ArrowDtype)
        if not self.unmasked:
            for column in _TEXTS_TO_MASK & set(frame.columns):
                mask = self._names.mask if column in NAME_COLUMNS else partial(mask_cell, column)
                frame[column] = [mask(cell) if isinstance(cell, str) else None for cell in frame[column]]
        return frame

    @cached_property
    def _names(self) -> Names:
        return Names(self.ledger, self.version)

    def payments(self) -> pd.DataFrame:
        """The payments."""
        return self.table("payments")

    def indicators(self) -> pd.DataFrame:
        """The indicators."""
        return self.table("indicators")

    def accounts(self) -> pd.DataFrame:
        """The accounts."""
        return self.table("accounts")

    def flow(self, method: str = "linked", as_of: date | str | None = None) -> Flow:
        """Where all the money went, by one method; built when first asked for."""
        return build_flow(self.home, method, _day(as_of), self.version)

    def trace(
        self,
        subject: str,
        direction: str = "backward",
        method: str = "linked",
        as_of: date | str | None = None,
    ) -> "Trace":
        """Where the money of a payment, transfer, split, indicator or account came from, or is now.

        Raises `UsageError` for an unknown identifier.
        """
        answer = trace(self.flow(method, as_of), subject, direction)
        return Trace(answer, None if self.unmasked else self._names)

    def bounds(
        self, subject: str, direction: str = "backward", as_of: date | str | None = None
    ) -> pd.DataFrame:
        """Least and most of each origin, or at each place, under any choice at every holder.

        `frame.attrs` has `amount_fen`, and `tight`: whether all are known to be attained. Raises `UsageError`
        for an unknown identifier.
        """
        flow = self.flow("linked", as_of)
        answer = bounds(flow, build_network(self.home, flow), subject, direction)
        indicators = set(flow.holder_names.take((flow.holder_kind == INDICATOR).nonzero()[0]))
        rows = [
            (
                part.id if self.unmasked else masked_part(part.id, part.kind, indicators),
                *(
                    part.kind,
                    part.min_fen,
                    part.max_fen,
                    format_yuan(part.min_fen),
                    format_yuan(part.max_fen),
                ),
            )
            for part in answer.parts
        ]
        frame = pd.DataFrame(rows, columns=["id", "kind", "min_fen", "max_fen", "least_yuan", "most_yuan"])
        frame.attrs.update(amount_fen=answer.amount_fen, tight=not answer.loose)
        return frame

    def links(self, method: str = "linked", as_of: date | str | None = None) -> pd.DataFrame:
        """Every link: from, to, origin, line, fen (contract section 3)."""
        flow = self.flow(method, as_of)
        frame = pd.DataFrame(list(links(flow)), columns=["from", "to", "origin", "line", "fen"])
        if not self.unmasked:
            indicators = set(flow.holder_names.take((flow.holder_kind == INDICATOR).nonzero()[0]))
            is_birth = frame["from"] == frame["origin"]
            frame["origin"] = [mask_holder(name, indicators) for name in frame["origin"]]
            frame["from"] = frame["origin"].where(is_birth, frame["from"])
        return frame

    def scan(self, as_of: date | str, method: str = "linked", **options: Any) -> pd.DataFrame:
        """The findings as of a day, one row each; `options` are those of `tracer.rules.scan.scan`.

        Row n, from 0, is what `fundtrail scan` lists as number n + 1.
        `frame.attrs` has `not_evaluable`, the rules that lack tables, `calendar_gaps`, the years without
        calendar data that deadlines cross, `summary`, the numbers of rules, and `pack`, their budget year.
        """
        day = _day(as_of)
        assert day is not None, "as_of is required, so it is a day"
        feed_ledger(self.home)
        found = scan(self.home, day, method=method, **options)
        rules = rules_of(self.home, found)
        names = ["rule_id", "level", "subject", "amount_fen"]
        rows = []
        for finding in found["findings"]:
            rule = rules[finding["rule_id"]]
            subject = finding["subject"] if self.unmasked else masked_subject(finding, rule)
            rows.append({name: finding[name] for name in names} | {"name": rule.name.zh, "subject": subject})
        frame = pd.DataFrame(rows, columns=["rule_id", "name", "level", "subject", "amount_fen"])
        facts = ("not_evaluable", "calendar_gaps", "summary", "pack")
        frame.attrs.update({name: found[name] for name in facts})
        return frame


def masked_part(name: str, kind: str, indicators: set[str]) -> str:
    """An origin or place without what may not be seen."""
    if kind == "indicator":
        return name
    return mask_account(name) if kind == "account" else mask_holder(name, indicators)


class Trace:
    """One trace: its parts, its movements and its graph."""

    def __init__(self, answer: FlowTrace, names: Names | None) -> None:
        """`names` masks the holders; without it nothing is masked."""
        self.answer = answer
        self.amount_fen = answer.amount_fen
        self._names = names

    def __repr__(self) -> str:
        flow = self.answer.flow
        subject = (
            self.answer.subject
            if self.answer.row is not None
            else mask_holder(self.answer.subject, self._indicators)
        )
        amount, direction = format_yuan(self.amount_fen), self.answer.direction
        return f"<trace of {subject} {direction}: {amount} yuan, {flow.method}, ledger v{flow.version}>"

    def frame(self) -> pd.DataFrame:
        """Origins (backward) or places (forward): id, kind, fen, yuan; they add up to `amount_fen`."""
        rows = [
            (self._part(part.id, part.kind), part.kind, part.fen, format_yuan(part.fen))
            for part in self.answer.parts
        ]
        return pd.DataFrame(rows, columns=["id", "kind", "fen", "yuan"])

    def steps(self) -> pd.DataFrame:
        """The movements that the money went through, in the order in which it moved."""
        flow = self.answer.flow
        rows = [
            {
                "id": flow.names[row],
                "day": date_of(int(flow.day[row])),
                "payer": self._title(int(flow.payer[row])),
                "payee": self._title(int(flow.payee[row])),
                "fen": fen,
                "yuan": format_yuan(fen),
                "purpose": self._text(flow.purposes[int(flow.purpose[row])]),
            }
            for row, fen in self._moved
        ]
        return pd.DataFrame(rows, columns=["id", "day", "payer", "payee", "fen", "yuan", "purpose"])

    def graph(self) -> "nx.MultiDiGraph[int]":
        """Holders as nodes (title, kind) and movements of the money as edges (id, day, fen), for networkx."""
        flow = self.answer.flow
        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(subject=repr(self))
        for row, fen in self._moved:
            payer, payee = int(flow.payer[row]), int(flow.payee[row])
            for holder in (payer, payee):
                kind = HOLDER_KINDS[int(flow.holder_kind[holder])]
                graph.add_node(holder, title=self._title(holder), kind=kind)
            day = date_of(int(flow.day[row])).isoformat()
            graph.add_edge(payer, payee, key=flow.names[row], id=flow.names[row], day=day, fen=fen)
        return graph

    @cached_property
    def _moved(self) -> list[tuple[int, int]]:
        """Row and fen of every movement, the subject's own too, in the order in which the money moved."""
        answer = self.answer
        rows, fen = sums_by(answer.link_to, answer.link_fen)
        moved = dict(zip(rows.tolist(), fen.tolist(), strict=True))
        if answer.row is not None:
            moved[answer.row] = answer.amount_fen
        return sorted(moved.items(), key=lambda pair: int(answer.flow.start[pair[0]]))

    @cached_property
    def _indicators(self) -> set[str]:
        flow = self.answer.flow
        return set(flow.holder_names.take((flow.holder_kind == INDICATOR).nonzero()[0]))

    def _part(self, name: str, kind: str) -> str:
        return name if self._names is None else masked_part(name, kind, self._indicators)

    def _title(self, holder: int) -> str:
        """A holder in words: document and fund of an indicator, name and number of an account."""
        flow = self.answer.flow
        name, title = flow.holder_names[holder], flow.holder_titles[holder]
        if flow.holder_kind[holder] == INDICATOR:
            return f"{name} {title}".strip()
        if self._names is None:
            return f"{title} {name}".strip()
        shown = self._names.holder(title, flow.holder_class[holder])
        return f"{shown}（{mask_account(name)}）" if shown else mask_account(name)

    def _text(self, text: str) -> str:
        return text if self._names is None else mask_text(text)


def _day(day: date | str | None) -> date | None:
    return date.fromisoformat(day) if isinstance(day, str) else day
