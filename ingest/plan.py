"""How a sheet is read into a table: found by its headers (`headers.py`) or told by a mapping file."""

import re
from dataclasses import dataclass, field
from typing import Any

from tracer.schema import Table


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
    facts: dict[str, object] = field(default_factory=dict)


@dataclass
class Plan:
    """Where each column of a table stands in a sheet."""

    table: Table | None
    header: list[str]
    header_row: int
    """The last header row, from 1; the row above the first data row."""
    sources: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Column of the table → sheet columns from 0; several are joined with `/`."""
    units: dict[str, str] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    """The report's entry for each header cell."""
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
        unknown = [one["header"] for one in self.columns if one["column"] is None and not one["candidates"]]
        for column in self.table.columns:
            known = column.name in self.sources or column.name in self.constants or self.row_id == column.name
            if not column.required or known:
                continue
            self.refused = True
            if column.name not in unclear:
                trouble = Trouble(
                    "missing-column",
                    column.name,
                    facts={
                        "header": column.header_zh,
                        "header_en": column.name,
                        "unknown": f"；没有认出的表头：{'、'.join(unknown)}" if unknown else "",
                        "unknown_en": f"; headers not recognised: {', '.join(unknown)}" if unknown else "",
                    },
                )
                self.troubles.append(trouble)
