"""Which table a sheet holds and where its columns stand, told by the header row alone; never guessed.

The table is the one whose required columns are all there. File and sheet names only break a tie.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ingest.cells import STRIPPED
from ingest.plan import Plan, Trouble
from ingest.sheet import HEAD_ROWS, Sheet
from tracer.money import UNITS_FEN
from tracer.schema import TABLES, Column, Table

_HITS_MIN = 2
"""A row with fewer known headers is no header row."""

_BRACKETED = re.compile(r"[(\[【〔{](?P<inside>[^()\[\]【】〔〕{}]*)[)\]】〕}]$")
_REMARK = re.compile(
    r"必填|必填项|必录|选填|可空|非必填|文本|数字|日期|下拉|[ymdhs\-/:]+|required|optional", re.IGNORECASE
)
_UNIT = r"(?:[百十千万亿]{0,2}元|[美欧日港澳加]元)"
_HEADER_UNIT = re.compile(rf"(?:金额)?(?:单位)?:?(?:人民币)?(?P<unit>{_UNIT})(?:人民币)?")
_BARE_UNIT = re.compile(rf"(?P<base>.+?)[:/_,、\-]?(?:单位:?)?(?P<unit>{_UNIT})")
_CORNER_UNIT = re.compile(rf"单位:?\(?(?:人民币)?(?P<unit>{_UNIT})(?![\u4e00-\u9fff])")
_CORNER_ALONE = re.compile(rf"[(\[【]?(?P<unit>{_UNIT})[)\]】]?")
_ENGLISH_UNITS = {"yuan": "元", "cny": "元", "rmb": "元", "人民币": "元"}


def header_text(text: str) -> str:
    """A header without width, blanks, line breaks, `*` marks and closing colon, in lower case."""
    folded = unicodedata.normalize("NFKC", text)
    bare = "".join(char for char in folded if not char.isspace() and char not in STRIPPED)
    return bare.strip("*※:").casefold()


def split_header(text: str) -> tuple[str, str | None]:
    """A header's name and the unit that it states: `金额（万元）` → 金额, 万元."""
    name, unit = header_text(text), None
    while found := _BRACKETED.search(name):
        inside = found["inside"]
        if stated := _HEADER_UNIT.fullmatch(inside):
            unit = stated["unit"]
        elif inside in _ENGLISH_UNITS:
            unit = _ENGLISH_UNITS[inside]
        elif not _REMARK.fullmatch(inside):
            break
        name = name[: found.start()].strip("*※:")
    if name not in _KNOWN and (found := _BARE_UNIT.fullmatch(name)) and found["base"] in _KNOWN:
        name, unit = found["base"], found["unit"]
    return name, unit


def _known_headers() -> dict[str, list[Column]]:
    known: dict[str, list[Column]] = {}
    for table in TABLES.values():
        for column in table.columns:
            for header in dict.fromkeys(map(header_text, column.headers)):
                known.setdefault(header, []).append(column)
    return known


_KNOWN = _known_headers()


@dataclass(frozen=True)
class _Candidate:
    """One way to read header rows: per sheet column the raw text, the known columns and the unit."""

    last_row: int
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


def recognise(sheet: Sheet) -> Plan | None:
    """How to read this sheet, or None where no row looks like a header row of any table."""
    rows = sheet.head()
    candidates = [_single(rows, at) for at in range(len(rows))]
    best = max(candidates, key=_rank, default=None)
    if best is None or not _is_full(best):
        nested = [_nested(sheet, rows, at) for at in range(len(rows) - 1)]
        best = max([*candidates, *nested], key=_rank, default=None)
    if best is None or max(len(best.explained(table)) for table in TABLES.values()) < _HITS_MIN:
        return None
    tables = _tables(best)
    if len(tables) > 1:
        tables = _hinted(tables, sheet)
    plan = _plan(best, tables[0]) if len(tables) == 1 else _unsettled(best, tables)
    if plan.table:
        _set_units(plan, best, sheet)
        plan.refuse_missing()
    return plan


def _single(rows: list[list[str]], at: int) -> _Candidate:
    parts = [split_header(text) for text in rows[at]]
    return _Candidate(
        at + 1, rows[at], [_KNOWN.get(name, []) for name, _ in parts], [unit for _, unit in parts]
    )


def _nested(sheet: Sheet, rows: list[list[str]], at: int) -> _Candidate:
    """Rows `at` and `at + 1` as one header: the joined text where it is known, else the lower part."""
    upper, lower = spread(sheet, rows, at), spread(sheet, rows, at + 1)
    raw: list[str] = []
    hits: list[list[Column]] = []
    units: list[str | None] = []
    above = ""
    for up, low in zip(upper, lower, strict=True):
        above = up or (above if low and not sheet.merged else "")
        parts = list(dict.fromkeys(part for part in (above, low) if part))
        options = [split_header(text) for text in ("".join(parts), low) if text]
        name, unit = next((option for option in options if option[0] in _KNOWN), ("", None))
        own = split_header(above)[1] if above else None
        raw.append(" ".join(parts))
        hits.append(_KNOWN.get(name, []))
        units.append(unit or own)
    return _Candidate(at + 2, raw, hits, units)


def spread(sheet: Sheet, rows: list[list[str]], at: int) -> list[str]:
    """A row's texts, trimmed, with that of a merged cell in each of its cells, as wide as the widest row."""
    width = max(map(len, rows), default=0)
    texts = [text.strip(STRIPPED) for text in rows[at]] + [""] * (width - len(rows[at]))
    for first_row, first_column, last_row, last_column in sheet.merged:
        if first_row <= at <= last_row and first_row < len(rows) and first_column < len(rows[first_row]):
            text = rows[first_row][first_column].strip(STRIPPED)
            for column in range(first_column, min(last_column + 1, width)):
                texts[column] = text
    return texts


def _is_full(candidate: _Candidate) -> bool:
    return any(not candidate.lacking(table) for table in TABLES.values())


def _rank(candidate: _Candidate) -> tuple[bool, int]:
    explained = max(len(candidate.explained(table)) for table in TABLES.values())
    return _is_full(candidate), explained


def _tables(candidate: _Candidate) -> list[Table]:
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
    largest = [table for table in largest if len(explained[table.name]) >= _HITS_MIN]
    if not full and len(largest) > 1:
        nearly = [table for table in largest if candidate.lacking(table) == 1]
        others = [table for table in largest if 1 < candidate.lacking(table) < 3]
        if len(nearly) == 1 and not others:
            return nearly
    return largest


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


def _unsettled(candidate: _Candidate, tables: Sequence[Table]) -> Plan:
    names = {table.name for table in tables}
    plan = Plan(None, candidate.raw, candidate.last_row, refused=True)
    for raw, hits in zip(candidate.raw, candidate.hits, strict=True):
        choices = [f"{column.table}.{column.name}" for column in hits if column.table in names]
        _report(plan, raw, None, choices)
    said = "、".join(f"{table.name_zh}（{table.name}）" for table in tables)
    said_en = ", ".join(table.name for table in tables)
    plan.troubles.append(Trouble("ambiguous-table", facts={"tables": said, "tables_en": said_en}))
    return plan


def _report(plan: Plan, raw: str, column: str | None, candidates: Iterable[str]) -> None:
    if header := raw.strip(STRIPPED):
        plan.columns.append({"header": header, "column": column, "candidates": list(candidates)})


def column_letter(cell: int) -> str:
    """The letters by which a spreadsheet calls a column counted from 0: A, …, Z, AA, …"""
    letters = ""
    number = cell + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _plan(candidate: _Candidate, table: Table) -> Plan:
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


def _set_units(plan: Plan, candidate: _Candidate, sheet: Sheet) -> None:
    corner = corner_units(sheet, plan)
    for name, cells in plan.sources.items():
        set_unit(plan, name, candidate.units[cells[0]], corner)


def set_unit(plan: Plan, name: str, stated: str | None, corner: set[str]) -> None:
    """The unit of a money column: its header's, else the one beside the table, else yuan."""
    assert plan.table is not None
    column = plan.table.by_name[name]
    if column.kind != "money":
        return
    units = {stated} if stated else corner or {"元"}
    unit = units.pop() if len(units) == 1 else None
    if unit in UNITS_FEN:
        plan.units[name] = unit
        return
    plan.refused = True
    said = stated or "、".join(sorted(corner)) or unit
    facts: dict[str, object] = {
        "header": f"{column.header_zh}（{said}）",
        "header_en": f"{name} ({said})",
    }
    plan.troubles.append(Trouble("unknown-unit", name, value=said, facts=facts))


def corner_units(sheet: Sheet, plan: Plan) -> set[str]:
    """Units stated beside the table: above it, or to its side where no header stands."""
    used = {cell for cells in plan.sources.values() for cell in cells}
    found: set[str] = set()
    for at, row in enumerate(sheet.head(max(HEAD_ROWS, plan.header_row)), 1):
        for cell, text in enumerate(row):
            headed = cell < len(plan.header) and plan.header[cell].strip(STRIPPED)
            if (at >= plan.header_row and cell in used) or (at > plan.header_row and headed):
                continue
            bare = header_text(text)
            stated = _CORNER_UNIT.search(bare)
            if not stated and at < plan.header_row:
                stated = _CORNER_ALONE.fullmatch(bare)
            if stated:
                found.add(stated["unit"])
    return found
