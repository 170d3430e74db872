"""What the API answers about the ways of money: traces, comparisons, routes, advances."""

from pydantic import BaseModel, Field

from api.schemas import Fen


class Asked(BaseModel):
    """What was asked, and of which ledger."""

    subject: str
    direction: str
    as_of: str | None
    ledger_version: int


class Traced(Asked):
    """What every trace says of its subject."""

    title: str
    method: str
    amount_fen: Fen
    amount: str


class Part(BaseModel):
    """An origin, or a place where money is now."""

    id: str
    kind: str
    title: str


class TracePart(Part):
    """So much of the money."""

    fen: Fen
    amount: str


class BoundsPart(Part):
    """At least so much of the money, and at most."""

    min_fen: Fen
    max_fen: Fen
    least: str
    most: str


class Bounds(Traced):
    """Least and most under any choice; `limit` bounds the list, and what is not listed is counted."""

    parts: list[BoundsPart]
    parts_count: int
    complete: bool
    tight: bool = Field(description="False where the work was cut: limits are sound, but may not be reached.")
    loose_parts: int


class TraceLink(BaseModel):
    """How many fen of the money went from one movement, or an origin, to another."""

    source: str = Field(serialization_alias="from")
    target: str = Field(serialization_alias="to")
    fen: Fen


class Trace(Traced):
    """Where money came from or is now; `limit` bounds both lists, and what is not listed is stated."""

    parts: list[TracePart]
    parts_count: int
    links: list[TraceLink]
    links_count: int
    complete: bool
    cut_fen: Fen = Field(description="Fen of the parts that are not listed.")
    exact: bool = Field(
        description="False where pieces by pro-rata are too many: parts are rounded, and there are no links."
    )


class Compared(Part):
    """What documents and every method say of it."""

    documented_fen: Fen | None = Field(
        description="What documents alone decide, 0 of unexplained money; null forward."
    )
    fen: dict[str, Fen] = Field(description="By method.")
    min_fen: Fen = Field(description="The least under any choice at every holder.")
    max_fen: Fen = Field(description="The most under any choice at every holder.")


class Comparison(Asked):
    """One subject by every method, side by side."""

    amount_fen: dict[str, Fen] = Field(description="By method: what its parts add up to.")
    documented_fen: Fen | None
    agreed_fen: Fen = Field(description="On how much all methods agree, unexplained money left out.")
    certain_fen: Fen = Field(description="What is so under any choice, unexplained money left out.")
    certainly_unexplained_fen: Fen = Field(description="What the ledger explains under no choice.")
    parts: list[Compared]
    parts_count: int
    tight: bool = Field(description="Whether each least and most is known to be attained.")
    inexact: list[str] = Field(description="Methods whose parts are rounded shares.")


class Place(BaseModel):
    """A holder on a way: an account by its key, an indicator by its identifier."""

    id: str
    title: str


class Route(BaseModel):
    """Money that went through the same holders in the same order."""

    holders: list[Place]
    fen: Fen
    amount: str
    movements: int
    first_on: str
    last_on: str


class Routes(BaseModel):
    """By which holders money got from one place to another; the largest routes, and the rest as an amount."""

    source: str
    payee: str
    method: str
    as_of: str | None
    ledger_version: int
    amount_fen: Fen
    amount: str
    routes: list[Route]
    routes_count: int
    rest_fen: Fen = Field(description="Fen that took the routes that are not listed.")


class Advance(BaseModel):
    """What a payment lacked, or the part of it that one later receipt made good."""

    payment: str
    holder: Place
    paid_on: str
    fen: Fen
    amount: str
    repaid_by: str | None
    repaid_on: str | None
    outstanding_days: int


class Advances(BaseModel):
    """Payments beyond the balance, the largest first, and the later money that made them good."""

    as_of: str | None
    ledger_version: int
    advanced_fen: Fen
    outstanding_fen: Fen
    advances: list[Advance]
    advances_count: int
    rest_fen: Fen = Field(description="Fen of the advances that are not listed.")
