"""What least and most are said in; nothing here imports numba."""

from dataclasses import dataclass

from tracer.flow.codes import Bool, Int64

ANY = 1 << 62
"""More fen than any edge carries."""


@dataclass(frozen=True)
class Limits:
    """At least so many fen of one origin, or at one holder, and at most so many."""

    id: str
    kind: str
    """Of an origin indicator, opening, cash or unexplained; of a holder indicator, account or cash."""
    min_fen: int
    max_fen: int


@dataclass(frozen=True)
class Found:
    """Least and most of p parts (origins or holders), and of which they are known to be attained."""

    part: Int64
    least: Int64
    most: Int64
    tight: Bool
