"""The case note of a finding with the way of its money: as structure, and as people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from api.persons import candidate_text, plain_candidate, word
from api.persons import masked_row as masked_person
from api.story import KIND_WORDS, Step, Teller
from tracer.flow.trace import ROW_TABLES
from tracer.mask import mask_account, mask_person, mask_text
from tracer.messages import bracketed, say
from tracer.money import format_yuan
from tracer.recipients.likely import ABOUT_PERSONS, likely
from tracer.rules.evidence import explain
from tracer.rules.note import note_of, sums_of
from tracer.rules.spec import Rule
from tracer.rules.way import Way, way_of

STEPS_SHOWN = 12
SHARES = {"money": "way_money", "sources": "way_sources", "held": "way_held"}
"""What is said of a share, by kind of way."""


@dataclass(frozen=True)
class Explained:
    """A finding of a scan, with the flow on which it was found."""

    teller: Teller
    finding: Mapping[str, Any]
    rule: Rule
    result: Mapping[str, Any]

    @cached_property
    def way(self) -> Way:
        """The movements of its money."""
        return way_of(self.teller.flow, self.rule, self.finding)

    @property
    def ends(self) -> list[tuple[str, int]]:
        """The last movements of its money: their names and fen."""
        fen = dict(self.way.steps)
        return [(self.teller.flow.names[row], fen[row] or 0) for row in self.way.ends]

    @cached_property
    def likely(self) -> dict[str, Any] | None:
        """Of a finding that somebody is not in the register: who the recipient may be; else None."""
        if self.rule.id not in ABOUT_PERSONS:
            return None
        day, version = date.fromisoformat(self.result["as_of"]), int(self.result["ledger_version"])
        found = likely(self.teller.ledger, version, day, self.finding["subject"])
        return found and found | {"candidates": [plain_candidate(one) for one in found["candidates"]]}

    def note(self, commands: Mapping[str, str]) -> dict[str, Any]:
        """All of it, unmasked."""
        sums = sums_of(self.finding, self.rule, self.ends)
        note = note_of(self.finding, self.rule, self.result, sums, self._path(masked=False), commands)
        return note | ({"likely": self.likely} if self.likely else {})

    def masked_note(self, commands: Mapping[str, str]) -> dict[str, Any]:
        """The same for other eyes: names and accounts masked, without the finding and its details."""
        note = self.note(commands) | {"path": self._path(masked=True)}
        note["rows"] = [masked_row(row) for row in note["rows"]]
        if self.likely:
            people = [masked_person(one) for one in self.likely["candidates"]]
            note["likely"] = self.likely | {"candidates": people}
        note["sums"] = [term | {"id": mask_text(term["id"])} if term["id"] else term for term in note["sums"]]
        return {name: value for name, value in note.items() if name != "finding"}

    def text(self, again: str = "") -> str:
        """The note as people read it, masked, in the language of the teller."""
        lines = explain(
            self.finding, self.rule, self.result, self.teller.lang, again, self.way_lines(), self.ends
        )
        return "\n".join([lines, *self.likely_lines()])

    def likely_lines(self) -> list[str]:
        """Who the recipient may be, masked, each with its weight and all its reasons."""
        if not self.likely:
            return []
        lang = self.teller.lang
        basis = word("basis", self.likely["basis"], lang)
        people = [f"  {candidate_text([one], lang)}" for one in self.likely["candidates"]]
        return [
            say("note_likely", lang, answer=word("answer", self.likely["answer"], lang), basis=basis),
            *people,
        ]

    def way_lines(self) -> list[str]:
        """The way in lines: the first movements, how many more there are, and what a share means."""
        lang, steps = self.teller.lang, self.way.steps
        lines = [self._line(row, fen) for row, fen in steps[:STEPS_SHOWN]]
        if len(steps) > STEPS_SHOWN:
            lines.append(say("way_more", lang, count=len(steps) - STEPS_SHOWN))
        return [*lines, say("way_note_money", lang)] if self.way.kind == "money" else lines

    def _line(self, row: int, fen: int | None) -> str:
        teller, kind = self.teller, self.way.kind
        step = self._step(row, fen)
        has_share = fen is not None and (kind != "sources" or fen != step.amount_fen)
        share = say(SHARES[kind], teller.lang, fen=format_yuan(step.fen)) if has_share else ""
        return say(
            "way_step",
            teller.lang,
            day=step.day,
            payer=teller.holder(step.payer).title,
            payee=teller.holder(step.payee).title,
            amount=format_yuan(step.amount_fen),
            share=share,
            voucher=bracketed(mask_text(step.name), teller.lang) if step.kind != "split" else "",
        )

    def _step(self, row: int, fen: int | None) -> Step:
        return self.teller.step(row, int(self.teller.flow.amount[row]) if fen is None else fen)

    def _path(self, *, masked: bool) -> dict[str, Any]:
        """The way as JSON; `fen`: what a movement carried of this money, null where no share is told."""
        flow, teller = self.teller.flow, self.teller
        steps = []
        for row, fen in self.way.steps:
            kind = int(flow.kind[row])
            payer, payee = int(flow.payer[row]), int(flow.payee[row])
            ends = (
                (teller.holder(payer).title, teller.holder(payee).title)
                if masked
                else (flow.holder_names[payer], flow.holder_names[payee])
            )
            steps.append(
                {
                    "id": mask_text(flow.names[row]) if masked else flow.names[row],
                    "kind": KIND_WORDS[kind],
                    "ref": f"{ROW_TABLES[kind]}#{int(flow.seq[row])}",
                    "day": teller.step(row, 0).day.isoformat(),
                    "from": ends[0],
                    "to": ends[1],
                    "amount_fen": int(flow.amount[row]),
                    "fen": fen,
                }
            )
        return {"kind": self.way.kind, "steps": steps}


def masked_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A row that a finding stands on, by place; the identifier of an account is masked."""
    name = mask_account(entry["id"]) if entry["table"] == "accounts" else entry["id"]
    row = dict(entry) | {"id": name, "file": mask_text(entry["file"])}
    if said := entry.get("register"):
        row["register"] = said | {"imported_by": mask_person(said["imported_by"])}
    return row
