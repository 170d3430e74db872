"""What a dry run shows of each table, and the mapping file that is made of it for the office to confirm."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.cells import STRIPPED
from ingest.headers import column_letter, split_header
from ingest.mapping import joined_header, shape
from ingest.plan import Plan, is_reason
from ingest.sheet import Sheet
from ingest.suggest import Suggestion
from ingest.units import corner_units
from tracer.schema import TABLES, Column, Table

_OTHERS_MAX = 3


@dataclass(frozen=True)
class Heading:
    """One header cell: what is read by it, in which unit, or what it may be, and the first value below it."""

    cell: int
    header: str
    column: str | None
    unit: str | None
    candidates: tuple[str, ...]
    sample: str

    @property
    def letter(self) -> str:
        """The column as a spreadsheet calls it."""
        return column_letter(self.cell)


@dataclass(frozen=True)
class Look:
    """One table as it was read."""

    file: str
    sheet: str | None
    table: Table | None
    header_row: int
    depth: int
    rows: int
    headings: tuple[Heading, ...]
    headers: tuple[str, ...]
    """The header texts as a mapping file compares them."""
    suggestions: tuple[Suggestion, ...]
    unstated: frozenset[str]
    """Money columns that are read as yuan, or in a unit from beside the table, because no header says one."""
    beside: bool
    """Whether a unit is stated beside the table, which a mapping file need not repeat."""


def look_at(sheet: Sheet, plan: Plan) -> Look:
    """What is to be shown of a table that was read by a plan."""
    rows = sheet.height(plan.header_row)
    first = next((row for row in range(rows) if row not in plan.below), None)
    sample = [] if first is None else sheet.row(first, plan.header_row)
    column_of = {cell: name for name, cells in plan.sources.items() for cell in cells}
    entries = iter(plan.columns)
    headings = []
    for cell, raw in enumerate(plan.header):
        if not raw.strip(STRIPPED):
            continue
        candidates = tuple(next(entries, {"candidates": ()})["candidates"])
        name = column_of.get(cell)
        unit = plan.units.get(name) if name else None
        value = sample[cell] if cell < len(sample) else ""
        headings.append(Heading(cell, raw.strip(STRIPPED), name, unit, candidates, value))
    layers = range(plan.header_row - plan.depth, plan.header_row)
    texts = joined_header(sheet, sheet.head(plan.header_row), layers) if plan.depth else []
    return Look(
        sheet.file,
        sheet.name,
        plan.table,
        plan.header_row,
        plan.depth,
        rows,
        tuple(headings),
        shape(texts),
        tuple(plan.suggestions),
        frozenset(plan.unstated & plan.units.keys()),
        bool(plan.beside or corner_units(sheet, plan)),
    )


_INTRO = """\
# 映射文件，由 fundtrail ingest --write-mapping 写出，请逐项核对。
# 带 ? 的没有把握：改正后删去问号和空格；不需要的行删去。核对后：
# A mapping file to be confirmed. What has a ? is not certain: correct it, remove the mark, and then:
#   fundtrail ingest --mapping FILE --keep-mapping PATH…
"""


def mapping_text(looks: Sequence[Look]) -> str:
    """A mapping file for these tables, with everything that is not certain marked `?`."""
    return _INTRO + "".join("\n" + "\n".join(lines) + "\n" for look in looks for lines in _entries(look))


def _entries(look: Look) -> Iterator[list[str]]:
    """One entry for a settled table; for an unsettled one an entry for each that it may be."""
    if look.table is not None:
        yield _entry(look, look.table, "")
        return
    names = dict.fromkeys(name.split(".")[0] for one in look.headings for name in one.candidates)
    for name in names:
        yield _entry(look, TABLES[name], "? ")


def _entry(look: Look, table: Table, mark: str) -> list[str]:
    first = look.header_row - look.depth + 1
    rows = str(look.header_row) if look.depth == 1 else str(list(range(first, look.header_row + 1)))
    lines = [f"- file: {_quoted(look.file.rpartition('/')[2])}"]
    lines += [f"  sheet: {_quoted(look.sheet)}"] if look.sheet else []
    lines += [
        f"  table: {_quoted(mark + table.name)}  # {table.name_zh}",
        f"  header_row: {rows}",
        f"  headers: {json.dumps(look.headers, ensure_ascii=False)}",
        "  columns:",
    ]
    for column in table.columns:
        lines += _column_lines(look, column)
    unused = [one for one in look.headings if one.column is None and not one.candidates]
    lines += [
        f"  # 不读取 / not read: {one.letter} {_quoted(one.header)}"
        for one in unused
        if not is_reason(one.header)
    ]
    return lines + list(_unit_lines(look, table))


def _column_lines(look: Look, column: Column) -> list[str]:
    """A column that is read, or what it may be; nothing where it is neither and not required."""
    said = f"# {column.header_zh}"
    for one in look.headings:
        if look.table is not None and one.column == column.name:
            return [f"    {column.name}: {_reference(look, one)}  {said}"]
    name = f"{column.table}.{column.name}"
    scores = {one.cell: one.score for one in look.suggestions if one.column.name == column.name}
    choices = [one for one in look.headings if one.column is None and name in one.candidates]
    choices.sort(key=lambda one: -scores.get(one.cell, 100))
    if not choices:
        return [f'    {column.name}: "?"  {said}，必需 / required'] if column.required else []
    best, *others = choices
    if look.table is None and not others:
        return [f"    {column.name}: {_reference(look, best)}  {said}"]
    tail = f"，得分 / score {scores[best.cell]}" if best.cell in scores else ""
    tail += "".join(f"；或 / or {one.letter} {_quoted(one.header)}" for one in others[:_OTHERS_MAX])
    guess = json.loads(_reference(look, best))
    return [f"    {column.name}: {_quoted('? ' + guess)}  {said}{tail}"]


def _reference(look: Look, one: Heading) -> str:
    """A header by its text where that names one cell, else by its letter."""
    is_plain = look.headers.count(one.header) == 1 and look.depth == 1
    return _quoted(one.header if is_plain else f"col:{one.letter}")


def _unit_lines(look: Look, table: Table) -> Iterator[str]:
    """The units by which money was read; where nothing states one, that is said."""
    if look.table is None:
        stated = look.beside or any(split_header(one.header)[1] for one in look.headings)
        if not stated and any(column.kind == "money" for column in table.columns):
            yield '  unit: "? 元"  # 没有写明单位 / no unit is stated'
        return
    units = {one.column: one.unit for one in look.headings if one.column and one.column in table.by_name}
    money = {name: unit for name, unit in units.items() if table.by_name[name].kind == "money"}
    if money:
        inside = ", ".join(f"{name}: {unit or _quoted('?')}" for name, unit in money.items())
        told = "  # 表头没有写单位，请核对 / no header states it" if look.unstated & money.keys() else ""
        yield f"  unit: {{{inside}}}{told}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
