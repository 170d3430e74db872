"""Which table a header is and where its columns stand, told by the header alone; never guessed.

The table is the one whose required columns are all there. File and sheet names only break a tie.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from ingest.candidates import HITS_MIN, Candidate
from ingest.cells import STRIPPED
from ingest.headers import column_letter, header_text, split_header
from ingest.plan import Plan, Trouble
from ingest.sheet import Sheet
from ingest.suggest import suggest
from ingest.units import set_units, stated_unit
from tracer.schema import TABLES, Table

_TABLES_SHOWN = 3
_REFERENCE = re.compile(r"=\+?(?:'[^']+'!|[^!'\"]+!)?\$?[A-Z]{1,3}\$?\d+")


def planned(candidate: Candidate, sheet: Sheet, above: Sheet | None = None) -> Plan:
    """How to read the part of a sheet that has this header.

    Of one of several tables side by side `above` is what stands above all of them: a unit there may be meant
    for all, where the table has none of its own.
    """
    tables = _tables(candidate)
    if len(tables) > 1:
        tables = _hinted(tables, sheet)
    plan = _plan(candidate, tables[0]) if len(tables) == 1 else _unsettled(candidate, tables)
    plan.header_row = _end_of_merged(sheet, candidate)
    plan.depth = plan.header_row - candidate.first_row
    _tell_lost_headers(plan, candidate, sheet)
    if plan.table:
        stated = {name: candidate.units[cells[0]] for name, cells in plan.sources.items()}
        set_units(plan, stated, sheet, above=above)
        _refuse_lost_units(plan, sheet)
        suggest(sheet, plan)
        plan.refuse_missing()
    return plan


def unsure(candidate: Candidate) -> Plan:
    """What to report of a header of which nothing is known, but which is like those of some tables."""
    tables = [table for table in TABLES.values() if candidate.explained(table)]
    return _unsettled(candidate, sorted(tables, key=candidate.score, reverse=True)[:_TABLES_SHOWN])


def _tables(candidate: Candidate) -> list[Table]:
    """The tables that this header can be: one where it is sure.

    Of several the one that explains every header that the others explain. Where none is complete, one that
    lacks a single column is preferred to others that lack three or more: nothing is accepted, but the report
    can say more.
    """
    full = [table for table in TABLES.values() if not candidate.lacking(table)]
    known = full or [table for table in TABLES.values() if candidate.explained(table)]
    explained = {table.name: candidate.explained(table) for table in known}
    largest = [
        table for table in known if not any(explained[table.name] < explained[other.name] for other in known)
    ]
    largest = [table for table in largest if len(explained[table.name]) >= HITS_MIN]
    if not full and len(largest) > 1:
        nearly = [table for table in largest if candidate.lacking(table) == 1]
        others = [table for table in largest if 1 < candidate.lacking(table) < 3]
        if len(nearly) == 1 and not others:
            return nearly
    return sorted(largest, key=candidate.score, reverse=True)


def _hinted(tables: list[Table], sheet: Sheet) -> list[Table]:
    """The one of several tables that sheet or file name speaks of, else all of them."""
    for name in (sheet.name or "", PurePath(sheet.file).stem):
        spoken = header_text(name)
        said = [
            (max(len(word) for word in words), table)
            for table in tables
            if (words := [word for word in (table.name_zh, table.name) if word in spoken])
        ]
        longest = [table for length, table in said if length == max(length for length, _ in said)]
        if len(longest) == 1:
            return longest
    return tables


def _unsettled(candidate: Candidate, tables: Sequence[Table]) -> Plan:
    ranks = {table.name: rank for rank, table in enumerate(tables)}
    plan = Plan(None, candidate.raw, candidate.last_row, refused=True)
    for raw, hits in zip(candidate.raw, candidate.hits, strict=True):
        columns = sorted((c for c in hits if c.table in ranks), key=lambda c: ranks[c.table])
        _report(plan, raw, None, [f"{column.table}.{column.name}" for column in columns])
    said = "、".join(f"{table.name_zh}（{table.name}，得分 {candidate.score(table)}）" for table in tables)
    said_en = ", ".join(f"{table.name} (score {candidate.score(table)})" for table in tables)
    plan.troubles.append(Trouble("ambiguous-table", facts={"tables": said, "tables_en": said_en}))
    return plan


def _report(plan: Plan, raw: str, column: str | None, candidates: Iterable[str]) -> None:
    if header := raw.strip(STRIPPED):
        plan.columns.append({"header": header, "column": column, "candidates": list(candidates)})


def _plan(candidate: Candidate, table: Table) -> Plan:
    """Columns of a settled table; of two headers for one column its own name beats synonyms, else neither."""
    plan = Plan(table, candidate.raw, candidate.last_row)
    unclear: dict[int, str] = {}
    for name, cells in candidate.cells_of(table).items():
        column = table.by_name[name]
        official = {header_text(column.header_zh), header_text(column.name)}
        own = [cell for cell in cells if split_header(candidate.raw[cell])[0] in official]
        chosen = own if len(own) == 1 else cells
        if len(chosen) == 1:
            plan.sources[name] = (chosen[0],)
        else:
            texts = [(column_letter(cell), candidate.raw[cell].strip(STRIPPED)) for cell in cells]
            facts: dict[str, object] = {
                "header": "、".join(f"{letter} 列“{text}”" for letter, text in texts),
                "header_en": ", ".join(f"column {letter} “{text}”" for letter, text in texts),
                "candidates": f"{table.name}.{name}",
            }
            plan.troubles.append(Trouble("ambiguous-column", name, facts=facts))
        unclear |= {cell: f"{table.name}.{name}" for cell in cells if plan.sources.get(name) != (cell,)}
    column_of = {cells[0]: name for name, cells in plan.sources.items()}
    for cell, raw in enumerate(candidate.raw):
        _report(plan, raw, column_of.get(cell), [unclear[cell]] if cell in unclear else [])
    return plan


def _end_of_merged(sheet: Sheet, candidate: Candidate) -> int:
    """The last header row, from 1: below the last one with text, rows that are nothing but merged into it."""
    last = candidate.last_row
    ends = [
        end + 1
        for start, left, end, _ in sheet.merged
        if candidate.first_row <= start < last <= end and left in candidate.filled
    ]
    below = sheet.head(max(ends, default=0))[last : max(ends, default=0)]
    empty = next((at for at, row in enumerate(below) if any(text.strip() for text in row)), len(below))
    return last + empty


def _tell_lost_headers(plan: Plan, candidate: Candidate, sheet: Sheet) -> None:
    """Name every header cell that is a formula without a stored result."""
    for (row, cell), (code, text) in sheet.lost.items():
        if candidate.first_row <= row < candidate.last_row and cell in candidate.filled:
            letter = column_letter(cell)
            facts = {"header": f"{letter} 列的表头", "header_en": f"the header of column {letter}"}
            plan.troubles.append(Trouble(code, value=text, facts=facts))


def _refuse_lost_units(plan: Plan, sheet: Sheet) -> None:
    """Refuse amounts without a unit of their own where a formula that may state one has no stored result."""
    for (row, cell), (code, text) in sheet.lost.items():
        may_state = stated_unit(text) or "元" in text or _REFERENCE.fullmatch(text)
        if code == "formula-without-value" and row + 1 < plan.header_row and plan.unstated and may_state:
            place = f"{column_letter(cell)}{row + 1}"
            facts = {
                "header": f"{place}，可能写着金额单位",
                "header_en": f"{place}, which may state the unit",
            }
            plan.troubles.append(Trouble(code, min(plan.unstated), value=text, facts=facts))
            plan.refused = True
