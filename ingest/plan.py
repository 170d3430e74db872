"""How a sheet is read into a table: found by its headers (`headers.py`) or told by a mapping file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracer.schema import Table

if TYPE_CHECKING:
    from ingest.suggest import Suggestion

REASON_HEADER = "退回原因"
"""Header of the column that says why rows were sent back; what stands in it is never read."""


def is_reason(header: str) -> bool:
    """Whether a header is that of the reasons in a copy that came back."""
    return "".join(header.split()).startswith(REASON_HEADER)


@dataclass(frozen=True)
class RowPattern:
    """Rows whose cell in one column fits a regular expression."""

    column: int
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class TotalsRule:
    """Which rows are totals, and the sheet columns whose values say what each sums up."""

    rows: tuple[RowPattern, ...]
    of: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What keeps a table from being taken, or is unclear about it: a message with its place."""

    code: str
    column: str | None = None
    value: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Plan:
    """Where each column of a table stands in a sheet."""

    table: Table | None
    header: list[str]
    header_row: int
    """The last header row, from 1; the row above the first data row."""
    depth: int = 1
    """How many rows the header takes."""
    sources: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Column of the table → sheet columns from 0; several are joined with `/`."""
    units: dict[str, str] = field(default_factory=dict)
    unstated: set[str] = field(default_factory=set)
    """Money columns of which neither header nor mapping file says the unit."""
    beside: set[str] = field(default_factory=set)
    """Units that are stated above the table or at its side."""
    below: dict[int, dict[int, str]] = field(default_factory=dict)
    """Rows right below the header, from 0, that belong to it: of units (cell → unit) or of column numbers."""
    columns: list[dict[str, Any]] = field(default_factory=list)
    """The report's entry for each header cell."""
    suggestions: list["Suggestion"] = field(default_factory=list)
    """What headers without a column may be, best first; nothing is read by them."""
    troubles: list[Trouble] = field(default_factory=list)
    refused: bool = False
    """Whether nothing can be accepted."""
    constants: dict[str, str] = field(default_factory=dict)
    row_id: str | None = None
    rounded: bool = False
    skip: tuple[RowPattern, ...] = ()
    totals: TotalsRule | None = None

    def refuse_missing(self) -> None:
        """Note every required column that stands nowhere; without them nothing can be accepted."""
        assert self.table is not None
        unclear = {trouble.column for trouble in self.troubles}
        for column in self.table.columns:
            known = column.name in self.sources or column.name in self.constants or self.row_id == column.name
            if not column.required or known:
                continue
            self.refused = True
            if column.name not in unclear:
                unknown, unknown_en = self._may_be(column.name)
                facts = {
                    "header": column.header_zh,
                    "header_en": column.name,
                    "unknown": unknown,
                    "unknown_en": unknown_en,
                }
                self.troubles.append(Trouble("missing-column", column.name, facts=facts))

    def _may_be(self, name: str) -> tuple[str, str]:
        """Which header a missing column may be, with the score; else which headers are not known at all."""
        best = next((one for one in self.suggestions if one.column.name == name), None)
        if best is not None:
            header = self.header[best.cell].strip()
            return f"；最像“{header}”（得分 {best.score}）", f"; most like “{header}” (score {best.score})"
        unknown = [
            one["header"]
            for one in self.columns
            if one["column"] is None and not one["candidates"] and not is_reason(one["header"])
        ]
        if not unknown:
            return "", ""
        return f"；没有认出的表头：{'、'.join(unknown)}", f"; headers not recognised: {', '.join(unknown)}"
