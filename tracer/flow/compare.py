"""One answer by every method side by side, with what documents decide and the least and most of each part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracer.flow.bounds.answer import bounds
from tracer.flow.bounds.network import Network
from tracer.flow.codes import METHODS, UNEXPLAINED
from tracer.flow.documented import documented
from tracer.flow.store import Flow
from tracer.flow.trace import ORIGIN_KINDS, Trace, origin_name, trace

Key = tuple[str, str]
"""Name and kind of an origin, or of a holder."""

UNEXPLAINED_KIND = ORIGIN_KINDS[UNEXPLAINED]

COLUMNS = (
    "id", "kind", "documented_fen", *(f"{method.replace('-', '_')}_fen" for method in METHODS), "min_fen",
    "max_fen",
)  # fmt: skip
"""What is said of each part."""


@dataclass(frozen=True)
class ComparedPart:
    """An origin (backward) or a place (forward) of money, by every method."""

    id: str
    kind: str
    documented_fen: int | None
    """What documents alone decide, and no less than the least; None forward, where it is not asked.

    Of unexplained money 0: no document names it.
    """
    fen: dict[str, int]
    """By method."""
    min_fen: int
    max_fen: int

    @property
    def is_explained(self) -> bool:
        """Whether the ledger shows where it came from, or it is a place."""
        return self.kind != UNEXPLAINED_KIND

    def to_dict(self) -> dict[str, Any]:
        """The part as `trace --compare` prints it."""
        amounts = (self.documented_fen, *(self.fen[method] for method in METHODS), self.min_fen, self.max_fen)
        return dict(zip(COLUMNS, (self.id, self.kind, *amounts), strict=True))


@dataclass(frozen=True)
class Comparison:
    """One subject by every method; the parts of each method add up to `amount_fen[method]`."""

    linked: Trace
    """The trace by the method `linked`."""
    amount_fen: dict[str, int]
    parts: list[ComparedPart]
    """The largest by any method first."""
    loose: int
    """Parts whose least or most is sound, but not known to be attained."""
    inexact: list[str]
    """Methods whose parts are rounded shares (see `Trace.exact`)."""

    @property
    def certain_fen(self) -> int:
        """What is so under any choice, unexplained money left out."""
        return sum(part.min_fen for part in self.parts if part.is_explained)

    @property
    def certainly_unexplained_fen(self) -> int:
        """What the ledger explains under no choice."""
        return sum(part.min_fen for part in self.parts if not part.is_explained)

    @property
    def documented_fen(self) -> int | None:
        """What documents alone decide; None forward."""
        known = [part.documented_fen for part in self.parts if part.documented_fen is not None]
        return sum(known) if self.linked.direction == "backward" else None

    @property
    def agreed_fen(self) -> int:
        """On the origin or place of how much all methods agree, unexplained money left out."""
        return sum(min(part.fen.values()) for part in self.parts if part.is_explained)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `trace --compare`."""
        return {
            "subject": self.linked.subject,
            "direction": self.linked.direction,
            "methods": list(self.amount_fen),
            "amount_fen": self.amount_fen["linked"],
            "amount_by_method_fen": self.amount_fen,
            "documented_fen": self.documented_fen,
            "agreed_fen": self.agreed_fen,
            "certain_fen": self.certain_fen,
            "certainly_unexplained_fen": self.certainly_unexplained_fen,
            "parts": [part.to_dict() for part in self.parts],
            "tight": self.loose == 0,
            "inexact": self.inexact,
        }


def compare(
    flow_by: Callable[[str], Flow], network_of: Callable[[Flow], Network], subject: str, direction: str
) -> Comparison:
    """Trace a subject by every method, with what documents decide and the least and most of each part.

    `flow_by` gives the flow of a method, all of one ledger version and day; `network_of` the network of the
    linked one. Raises `UsageError` as `trace` does.
    """
    linked = flow_by("linked")
    answers = {method: trace(flow_by(method), subject, direction) for method in METHODS}
    fen = {method: {(part.id, part.kind): part.fen for part in answers[method].parts} for method in METHODS}
    limits = bounds(linked, network_of(linked), subject, direction)
    least = {(part.id, part.kind): part.min_fen for part in limits.parts}
    most = {(part.id, part.kind): part.max_fen for part in limits.parts}
    known = _documented(linked, subject) if direction == "backward" else None
    parts = [
        ComparedPart(
            *key,
            None if known is None else _known(known, least, key),
            {method: fen[method].get(key, 0) for method in METHODS},
            least.get(key, 0),
            most[key],
        )
        for key in dict.fromkeys([*most, *(key for by in fen.values() for key in by)])
    ]
    return Comparison(
        linked=answers["linked"],
        amount_fen={method: answers[method].amount_fen for method in METHODS},
        parts=sorted(parts, key=lambda part: (-max(part.fen.values()), -part.max_fen, part.id, part.kind)),
        loose=limits.loose,
        inexact=[method for method in METHODS if not answers[method].exact],
    )


def _known(known: dict[Key, int], least: dict[Key, int], key: Key) -> int:
    """What documents say of an origin: nothing where no document names it."""
    return 0 if key[1] == UNEXPLAINED_KIND else max(known.get(key, 0), least.get(key, 0))


def _documented(flow: Flow, subject: str) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for origin, fen in documented(flow, subject).items():
        key = (origin_name(flow, origin), ORIGIN_KINDS[origin // flow.holders])
        found[key] = found.get(key, 0) + fen
    return found
