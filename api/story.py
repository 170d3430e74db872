"""A trace in words: who paid whom, when and why, from the columns of the flow; masked, as people see it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from tracer.calendar import date_of
from tracer.errors import UsageError
from tracer.flow.codes import CASH_HOLDER, INDICATOR
from tracer.flow.store import Flow, bucket_of
from tracer.flow.trace import ROW_TABLES, Part, Trace
from tracer.flow.walk import sums_by
from tracer.ledger import Ledger
from tracer.mask import mask_account, mask_text
from tracer.messages import Language, bracketed, say
from tracer.names import Names
from tracer.text import brief

KIND_WORDS = ("split", "payment", "transfer")
"""Key of the word for each kind of movement."""
BIRTHS = {"opening": "opening", "cash": "cash_in", "unexplained": "unexplained"}
"""Kinds of origin that are not an indicator, with the key of their word."""


@dataclass(frozen=True)
class Holder:
    """A holder of money as people see it; `kind` is indicator, account, person or cash."""

    name: str
    """As in the ledger, unmasked: for keys only."""
    kind: str
    title: str
    """Masked: document and fund of an indicator, name and end of number of an account."""
    word: str
    """Level of an indicator, what an account is for."""

    @property
    def short(self) -> str:
        """A few characters for a line of steps."""
        return self.word if self.kind == "indicator" and self.word else self.title

    @property
    def key(self) -> str:
        """Its name among indicators and accounts together."""
        return f"{'indicator' if self.kind == 'indicator' else 'account'}:{self.name}"


@dataclass(frozen=True)
class Step:
    """A movement that carried the money in question; payer and payee are numbers of holders in the flow."""

    name: str
    kind: str
    """split, payment or transfer."""
    day: date
    payer: int
    payee: int
    fen: int
    """How much of the money in question it carried."""
    amount_fen: int
    """How much it moved in all."""
    purpose: str
    table: str
    seq: int


class Teller:
    """Describes the holders and movements of a flow, masked, in one language."""

    def __init__(self, flow: Flow, ledger: Ledger, lang: Language = "zh") -> None:
        self.flow = flow
        self.ledger = ledger
        self.lang = lang
        self._holders: dict[int, Holder] = {}

    def holder(self, number: int) -> Holder:
        """A holder by its number in the flow."""
        if number not in self._holders:
            holder = self._holder(number)
            self._holders[number] = replace(holder, title=brief(holder.title))
        return self._holders[number]

    def _holder(self, number: int) -> Holder:
        flow, lang = self.flow, self.lang
        name, title, sort = flow.holder_names[number], flow.holder_titles[number], flow.holder_class[number]
        if flow.holder_kind[number] == INDICATOR:
            return Holder(name, "indicator", mask_text(title) or name, say(sort, lang) if sort else "")
        if flow.holder_kind[number] == CASH_HOLDER:
            return Holder(name, "cash", say("cash", lang), say("cash", lang))
        if name.startswith(("unnamed-payee:", "unnamed-payer:")):
            shown = self._names.holder(title, sort)
            text = f"{shown}{bracketed(say('unnamed', lang), lang)}" if shown else say("unnamed", lang)
            return Holder(name, "account", text, "")
        shown = self._names.holder(title, sort)
        is_person = sort == "personal" or (not sort and shown != mask_text(title))
        text = f"{shown}{bracketed(mask_account(name), lang)}" if shown else mask_account(name)
        word = say(f"type_{sort}", lang) if sort else say("account", lang)
        return Holder(name, "person" if is_person else "account", text, word)

    @cached_property
    def _names(self) -> Names:
        return Names(self.ledger, self.flow.version)

    def step(self, row: int, fen: int) -> Step:
        """A movement by its row in the flow, carrying `fen` of the money in question."""
        flow = self.flow
        kind = int(flow.kind[row])
        return Step(
            name=flow.names[row],
            kind=KIND_WORDS[kind],
            day=date_of(int(flow.day[row])),
            payer=int(flow.payer[row]),
            payee=int(flow.payee[row]),
            fen=fen,
            amount_fen=int(flow.amount[row]),
            purpose=brief(mask_text(flow.purposes[int(flow.purpose[row])])),
            table=ROW_TABLES[kind],
            seq=int(flow.seq[row]),
        )

    def sources(self, steps: Sequence[Step]) -> list[str]:
        """File and row of each step, in the same order."""
        texts: dict[tuple[str, int], str] = {}
        for table in ROW_TABLES:
            seqs = sorted({step.seq for step in steps if step.table == table})
            if seqs:
                found = self.ledger.sources(table, seqs, self.flow.version)
                for seq, source in zip(seqs, found, strict=True):
                    sheet = f" [{source.sheet}]" if source.sheet else ""
                    file = mask_text(Path(source.file).name)
                    texts[table, seq] = say("row_of", self.lang, file=file, sheet=sheet, row=source.row)
        return [texts[step.table, step.seq] for step in steps]

    def named(self, name: str, *, is_indicator: bool) -> Holder | None:
        """The indicator or account of this name, if there is one; their names are apart."""
        number = holder_number(self.flow, name, is_indicator=is_indicator)
        return None if number is None else self.holder(number)


def holder_number(flow: Flow, name: str, *, is_indicator: bool) -> int | None:
    """The number of the indicator or account of this name, None where there is none."""
    bucket = bucket_of(name, len(flow.ids_start) - 1)
    for place in flow.ids[flow.ids_start[bucket] : flow.ids_start[bucket + 1]].tolist():
        number = place - flow.rows
        is_holder = 0 <= number < flow.holders and (flow.holder_kind[number] == INDICATOR) == is_indicator
        if is_holder and flow.holder_names[number] == name:
            return int(number)
    return None


class Story(Teller):
    """One trace, told: its subject, its steps and its parts."""

    def __init__(self, trace: Trace, ledger: Ledger, lang: Language = "zh") -> None:
        super().__init__(trace.flow, ledger, lang)
        self.trace = trace

    @cached_property
    def subject_step(self) -> Step | None:
        """The movement that is traced; None where the trace is of an indicator or account."""
        return None if self.trace.row is None else self.step(self.trace.row, self.trace.amount_fen)

    @cached_property
    def subject_holder(self) -> Holder:
        """The indicator or account that is traced; raises `UsageError` where a movement is."""
        for is_indicator in (True, False):
            holder = self.named(self.trace.subject, is_indicator=is_indicator)
            if holder is not None:
                return holder
        raise UsageError("这不是指标或账户 / this is no indicator or account")

    def indicator_amount(self, name: str) -> int | None:
        """The amount in fen of an indicator's own row, None where it has none."""
        rows = self.ledger.read("indicators", ["indicator_id", "amount_fen"], self.flow.version)
        amounts = dict(zip(*(rows[column].to_pylist() for column in rows.column_names[:2]), strict=True))
        return amounts.get(name)

    @cached_property
    def steps(self) -> list[Step]:
        """The movements that carried the money, in the order in which it moved, without the subject's own."""
        rows, fen = sums_by(self.trace.link_to, self.trace.link_fen)
        pairs = sorted(
            zip(rows.tolist(), fen.tolist(), strict=True), key=lambda p: int(self.flow.start[p[0]])
        )
        return [self.step(row, part) for row, part in pairs if row != self.trace.row]

    def part_title(self, part: Part) -> str:
        """An origin or a place of money in words."""
        return part_title(self, part.id, part.kind, self.trace.direction)

    def listed_parts(self, limit: int) -> list[tuple[str, int]]:
        """The largest parts in words with their fen, and the others together; they add up to the whole."""
        parts = self.trace.parts
        listed = [(self.part_title(part), part.fen) for part in parts[:limit]]
        if len(parts) > limit:
            rest = sum(part.fen for part in parts[limit:])
            listed.append((say("rest", self.lang, count=len(parts) - limit), rest))
        return listed


def part_title(teller: Teller, name: str, kind: str, direction: str) -> str:
    """An origin (backward) or a place (forward) of money in words."""
    if kind in ("indicator", "account"):
        holder = teller.named(name, is_indicator=kind == "indicator")
        assert holder is not None, "a part names a holder of its own flow"
        return f"{holder.word} {holder.title}" if kind == "indicator" and holder.word else holder.title
    if direction == "forward":
        return say("cash_out", teller.lang)
    return f"{say(BIRTHS[kind], teller.lang)} · {birth_holder(teller, name).title}"


def birth_holder(teller: Teller, origin: str) -> Holder:
    """Where money such as that of `opening:A` was born: an account, or an indicator that fell short."""
    name = origin.partition(":")[2]
    holder = teller.named(name, is_indicator=False) or teller.named(name, is_indicator=True)
    assert holder is not None, "an origin names a holder of its own flow"
    return holder
