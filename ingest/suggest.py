"""What headers that we do not know may be: ranked by a score, reported for confirmation, never taken.

The score of a column is 0 to 100: how much of the names is alike, times the share of the values below the
header that can be read as that column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from ingest.candidates import Candidate
from ingest.cells import CellError, is_empty, parser
from ingest.headers import header_text, split_header
from ingest.plan import Plan, is_reason
from ingest.sheet import Sheet
from tracer.schema import TABLES, Column, Table

_REQUIRED_MIN, _OPTIONAL_MIN = 60, 75
"""Likeness of names from which a header is suggested; higher for columns that may be missing."""

_SCORE_MIN = 50
_SHOWN_MAX = 3
_VALUES = 50
_CELLS_MIN = 4
_HEADER_MAX = 24


@dataclass(frozen=True)
class Suggestion:
    """A column that a header may be."""

    cell: int
    column: Column
    score: int

    @property
    def name(self) -> str:
        """The column with its table."""
        return f"{self.column.table}.{self.column.name}"


def likeness(header: str, column: Column) -> int:
    """How much of a header is like the names of a column, 0 to 100."""
    name = split_header(header)[0]
    return max(_alike(name, header_text(known)) for known in column.headers[:-1])


@lru_cache(65_536)
def _alike(one: str, other: str) -> int:
    return round(100 * SequenceMatcher(None, one, other, autojunk=False).ratio())


def suggestions(sheet: Sheet, plan: Plan) -> list[Suggestion]:
    """What the headers without a column may be among the columns without a header, best first."""
    assert plan.table is not None
    told = {cell for cells in plan.sources.values() for cell in cells}
    unclear = {trouble.column for trouble in plan.troubles}
    missing = [c for c in plan.table.columns if c.name not in plan.sources and c.name not in unclear]
    found: list[Suggestion] = []
    for cell, header in enumerate(plan.header):
        if cell in told or not header.strip() or is_reason(header) or len(header) > _HEADER_MAX:
            continue
        for column in missing:
            alike = likeness(header, column)
            if alike >= (_REQUIRED_MIN if column.required else _OPTIONAL_MIN):
                score = round(alike * _readable(sheet, plan, cell, column))
                found += [Suggestion(cell, column, score)] if score >= _SCORE_MIN else []
    return sorted(found, key=lambda one: -one.score)


def _readable(sheet: Sheet, plan: Plan, cell: int, column: Column) -> float:
    """The share of the first values of a sheet column that can be read as a column of a table."""
    rows = range(min(_VALUES, sheet.height(plan.header_row)))
    shown = [sheet.row(row, plan.header_row) for row in rows if row not in plan.below]
    values = [row[cell] for row in shown if cell < len(row) and not is_empty(row[cell])]
    parse = parser(column)
    read = 0
    for value in values:
        try:
            parse(value)
            read += 1
        except CellError:
            continue
    return read / len(values) if values else 1.0


def suggest(sheet: Sheet, plan: Plan) -> None:
    """Name in the plan's report what each header without a column may be."""
    plan.suggestions = suggestions(sheet, plan)
    headers = [text.strip() for text in plan.header]
    for entry in plan.columns:
        if entry["column"] is None and not entry["candidates"]:
            fitting = [one.name for one in plan.suggestions if headers[one.cell] == entry["header"].strip()]
            entry["candidates"] = list(dict.fromkeys(fitting))[:_SHOWN_MAX]


def likely_header(rows: list[list[str]]) -> Candidate | None:
    """A row that is like the header of one of our tables though no two of its texts are known; None for none.

    At least half of its texts, and three or more of them, are like columns of one table.
    """
    best: tuple[int, Candidate] | None = None
    for at, row in enumerate(rows):
        texts = [(cell, text) for cell, text in enumerate(row) if text.strip() and len(text) <= _HEADER_MAX]
        if len(texts) < _CELLS_MIN or any(text.strip().isdecimal() for _, text in texts):
            continue
        hits: list[list[Column]] = [[] for _ in row]
        most = 0
        for table in TABLES.values():
            like = {cell: _like(text, table) for cell, text in texts}
            columns = {column.name for found in like.values() for column in found}
            if len(columns) < 3 or sum(map(bool, like.values())) * 2 < len(texts):
                continue
            most = max(most, len(columns))
            for cell, found in like.items():
                hits[cell] = [*hits[cell], *found]
        if most and (best is None or most > best[0]):
            best = most, Candidate(at, at + 1, row, hits, [split_header(text)[1] for text in row])
    return best[1] if best else None


def is_like(row: list[str]) -> bool:
    """Whether a row is like the header of one of our tables."""
    return likely_header([row]) is not None


def _like(text: str, table: Table) -> Sequence[Column]:
    """The column of a table that a text is most like, if it is like any."""
    alike = [(likeness(text, column), column) for column in table.columns]
    score, column = max(alike, key=lambda pair: pair[0])
    return [column] if score >= _REQUIRED_MIN else []
