"""Rows that may be a header: one row, or up to three of which the upper ones stand over several columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from ingest.cells import STRIPPED
from ingest.headers import KNOWN, split_header
from tracer.schema import TABLES, Column, Table

Merged = Sequence[tuple[int, int, int, int]]

HITS_MIN = 2
"""A row with fewer known headers is no header row."""

_HITS_SURE = 3
"""With so many columns of one table, and most of its cells known, a row is a header for certain."""

_DEPTH_MAX = 3


@dataclass(frozen=True)
class Candidate:
    """One way to read header rows: per sheet column the raw text, the known columns and the unit."""

    first_row: int
    """The first header row, from 0."""
    last_row: int
    """The last header row, from 1."""
    raw: list[str]
    hits: list[list[Column]]
    units: list[str | None]

    def cells_of(self, table: Table) -> dict[str, list[int]]:
        """Column of the table → the cells that could head it."""
        found: dict[str, list[int]] = {}
        for cell, columns in enumerate(self.hits):
            for column in columns:
                if column.table == table.name:
                    found.setdefault(column.name, []).append(cell)
        return found

    def explained(self, table: Table) -> frozenset[int]:
        """The header cells that belong to the table."""
        return frozenset(cell for cells in self.cells_of(table).values() for cell in cells)

    def lacking(self, table: Table) -> int:
        """How many required columns of the table have no header."""
        found = self.cells_of(table)
        return sum(column.required and column.name not in found for column in table.columns)

    def score(self, table: Table) -> int:
        """How well the header fits the table, 0 to 100.

        Half is the share of the table's required columns that have a header, half the share of headers
        that are columns of the table.
        """
        required = sum(column.required for column in table.columns)
        headed = 1 - self.lacking(table) / required
        return round(50 * headed + 50 * len(self.explained(table)) / max(1, len(self.filled)))

    @property
    def filled(self) -> list[int]:
        """The cells that have a header text."""
        return [cell for cell, text in enumerate(self.raw) if text.strip(STRIPPED)]

    @cached_property
    def is_full(self) -> bool:
        """Whether a table has all its required columns here."""
        return any(not self.lacking(table) for table in TABLES.values())

    @cached_property
    def most(self) -> int:
        """How many header cells the table has that explains most."""
        return max(len(self.explained(table)) for table in TABLES.values())

    @property
    def is_sure(self) -> bool:
        """Whether this is a header even though no table is complete: most of it is known."""
        columns = max(len(self.cells_of(table)) for table in TABLES.values())
        return columns >= _HITS_SURE and self.most * 5 >= len(self.filled) * 3

    def only(self, columns: range) -> "Candidate":
        """The same header as if nothing stood outside these columns."""
        inside = [cell in columns for cell in range(len(self.raw))]
        return replace(
            self,
            raw=[text if kept else "" for text, kept in zip(self.raw, inside, strict=True)],
            hits=[hits if kept else [] for hits, kept in zip(self.hits, inside, strict=True)],
            units=[unit if kept else None for unit, kept in zip(self.units, inside, strict=True)],
        )


def find(
    rows: list[list[str]], merged: Merged, is_like: Callable[[list[str]], bool], first: int = 0
) -> Candidate | None:
    """The first header among the rows from `first` on.

    That is the first row, or two or three rows, in which a table is complete, unless most of an earlier row
    is known headers too, or some of it and the rest `is_like` one: then a table that lacks something begins
    there. Where neither is found, it is the row with most known headers; None where none has two.
    """
    readings = {at: _Readings(rows, merged, at) for at in range(first, len(rows))}
    for at in range(first, len(rows)):
        if found := _full_at(readings, at):
            return found
        row = readings[at].of(1)
        if row.is_sure or (row.most >= HITS_MIN and is_like(rows[at])):
            return max((readings[at].of(depth) for depth in range(1, _DEPTH_MAX + 1)), key=_rank)
    found = max(
        (reading.of(depth) for reading in readings.values() for depth in (1, 2)), key=_rank, default=None
    )
    return found if found and found.most >= HITS_MIN else None


def _full_at(readings: Mapping[int, "_Readings"], at: int) -> Candidate | None:
    """A complete header that begins in this row and not only in one of the next."""
    for depth in range(1, _DEPTH_MAX + 1):
        found = readings[at].of(depth)
        if not found.is_full:
            continue
        for skipped in range(1, depth):
            for rest in range(1, depth - skipped + 1):
                later = readings[at + skipped].of(rest)
                if later.is_full and later.most >= found.most:
                    return None
        return found
    return None


def _rank(candidate: Candidate) -> tuple[bool, int]:
    return candidate.is_full, candidate.most


class _Readings:
    """The ways to read a header that begins in one row, each made when it is asked for."""

    def __init__(self, rows: list[list[str]], merged: Merged, at: int) -> None:
        self._rows, self._merged, self._at = rows, merged, at
        self._made: dict[int, Candidate] = {}

    def of(self, depth: int) -> Candidate:
        """The header of so many rows, or as many as there are."""
        depth = min(depth, len(self._rows) - self._at)
        if depth not in self._made:
            is_one = depth == 1
            made = (
                single(self._rows, self._at) if is_one else nested(self._rows, self._merged, self._at, depth)
            )
            self._made[depth] = made
        return self._made[depth]


def single(rows: list[list[str]], at: int) -> Candidate:
    """One row as a header."""
    parts = [split_header(text) for text in rows[at]]
    return Candidate(
        at, at + 1, rows[at], [KNOWN.get(name, []) for name, _ in parts], [unit for _, unit in parts]
    )


def nested(rows: list[list[str]], merged: Merged, at: int, depth: int) -> Candidate:
    """Several rows as one header: the joined text where it is known, else what its lower parts say.

    Without merged cells an upper text stands for the columns to its right until the next one.
    """
    layers = [spread(merged, rows, at + layer) for layer in range(depth)]
    raw: list[str] = []
    hits: list[list[Column]] = []
    units: list[str | None] = []
    above = [""] * depth
    for texts in zip(*layers, strict=True):
        for layer, text in enumerate(texts):
            is_below = any(texts[layer + 1 :])
            above[layer] = text or (above[layer] if is_below and not merged else "")
        parts = list(dict.fromkeys(part for part in above if part))
        options = [split_header(text) for text in _joins(parts)]
        name, unit = next((option for option in options if option[0] in KNOWN), ("", None))
        own = next((stated for part in reversed(parts) if (stated := split_header(part)[1])), None)
        raw.append(" ".join(parts))
        hits.append(KNOWN.get(name, []))
        units.append(unit or own)
    return Candidate(at, at + depth, raw, hits, units)


def _joins(parts: list[str]) -> list[str]:
    """The parts in their order, joined: all of them first, then fewer; the lowest is always among them."""
    if not parts:
        return []
    *upper, lowest = parts
    return [
        "".join((*chosen, lowest))
        for count in range(len(upper), -1, -1)
        for chosen in combinations(upper, count)
    ]


def spread(merged: Merged, rows: list[list[str]], at: int) -> list[str]:
    """A row's texts, trimmed, with that of a merged cell in each of its cells, as wide as the widest row."""
    width = max(map(len, rows), default=0)
    texts = [text.strip(STRIPPED) for text in rows[at]] + [""] * (width - len(rows[at]))
    for first_row, first_column, last_row, last_column in merged:
        if first_row <= at <= last_row and first_row < len(rows) and first_column < len(rows[first_row]):
            text = rows[first_row][first_column].strip(STRIPPED)
            for column in range(first_column, min(last_column + 1, width)):
                texts[column] = text
    return texts
