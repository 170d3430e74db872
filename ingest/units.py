"""Units of money: in a header, in a row below it, beside the table or in a note under it; never guessed."""

import re
from collections.abc import Mapping

from ingest.cells import STRIPPED
from ingest.headers import UNIT, header_text
from ingest.plan import Plan, Trouble
from ingest.sheet import HEAD_ROWS, Sheet
from tracer.money import UNITS_FEN

_STATED = re.compile(
    rf"单位(?:均)?[:为是]*\(?(?:人民币)?(?P<unit>{UNIT})(?![\u4e00-\u9fff])|(?:以|按)(?:人民币)?(?P<by>{UNIT})(?:为|作)单位"
)
_ALONE = re.compile(rf"[(\[【]?(?P<unit>{UNIT})[)\]】]?")
_UNIT_CELL = re.compile(rf"[(\[]?(?:单位:?)?(?:人民币)?(?P<unit>{UNIT})[)\]]?")
_OTHER_UNIT_CELL = re.compile(
    r"[(\[]?(?:单位:?)?(?:个|人|户|人次|户次|亩|公顷|公里|千米|米|平方米|立方米|吨|公斤|千克|头|只|台|套|处|座|次|年|月|日|天|%|-+|—+|/)[)\]]?"
)
_BELOW_ROWS = 3
"""How far below the header rows of units and of column numbers stand."""

_LABELS = re.compile(r"栏次|列次|行次|项次|序号|甲|乙|丙|丁|戊|己|庚|辛|[a-z]|-+|—+")
_NUMBER = re.compile(r"\(?(?P<number>\d{1,2})\)?(?:=.*)?")


def stated_unit(text: str) -> str | None:
    """The unit that a text states for the amounts of a table: `单位：万元`, `以万元为单位`."""
    found = _STATED.search(header_text(text))
    return (found["unit"] or found["by"]) if found else None


def set_units(
    plan: Plan,
    stated: Mapping[str, str | None],
    sheet: Sheet,
    told: Mapping[str, str] | None = None,
    above: Sheet | None = None,
) -> None:
    """The unit of every money column: its header's or that of a row of units, else the one beside the table.

    What a mapping file tells (under the empty name for all columns that it does not name) beats all of these.
    Where nothing beside the table says one, that `above` it and its neighbours counts.
    """
    told = told or {}
    plan.below = _rows_below(plan, sheet)
    under = {cell: unit for units in plan.below.values() for cell, unit in units.items()}
    plan.beside = corner_units(sheet, plan)
    if not plan.beside and above is not None:
        plan.beside = corner_units(above, plan)
    for name, cells in plan.sources.items():
        own = {unit for unit in (stated.get(name), *(under.get(cell) for cell in cells)) if unit}
        if unit := told.get(name) or told.get(""):
            own = {unit}
        set_unit(plan, name, own, plan.beside)


def set_unit(plan: Plan, name: str, stated: set[str], corner: set[str]) -> None:
    """The unit of a money column; more than one, or one that we do not know, refuses the table."""
    assert plan.table is not None
    column = plan.table.by_name[name]
    if column.kind != "money":
        return
    units = stated or corner or {"元"}
    if not stated:
        plan.unstated.add(name)
    if len(units) == 1 and units <= UNITS_FEN.keys():
        plan.units[name] = min(units)
        return
    plan.refused = True
    plan.units.pop(name, None)
    said = "、".join(sorted(units))
    facts: dict[str, object] = {
        "header": f"{column.header_zh}（{said}）",
        "header_en": f"{name} ({said})",
    }
    plan.troubles.append(Trouble("unknown-unit", name, value=said, facts=facts))


def take_unit_below(plan: Plan, said: set[str]) -> bool:
    """Take the unit that notes below the table state, where nothing else does; whether anything changed.

    A note that contradicts a unit beside the table makes the unit of the amounts unknown.
    """
    wrong = [name for name in sorted(plan.unstated) if said and said != {plan.units.get(name)}]
    for name in wrong:
        set_unit(plan, name, set(), said | plan.beside)
    return bool(wrong)


def corner_units(sheet: Sheet, plan: Plan) -> set[str]:
    """Units stated beside the table: above it, or to its side where no header stands."""
    used = {cell for cells in plan.sources.values() for cell in cells}
    found: set[str] = set()
    for at, row in enumerate(sheet.head(max(HEAD_ROWS, plan.header_row)), 1):
        for cell, text in enumerate(row):
            headed = cell < len(plan.header) and plan.header[cell].strip(STRIPPED)
            if (at >= plan.header_row and cell in used) or (at > plan.header_row and headed):
                continue
            unit = stated_unit(text)
            if not unit and at < plan.header_row and (alone := _ALONE.fullmatch(header_text(text))):
                unit = alone["unit"]
            if unit:
                found.add(unit)
    return found


def _rows_below(plan: Plan, sheet: Sheet) -> dict[int, dict[int, str]]:
    """Rows right below the header without data: of units (cell → unit of money), or of column numbers."""
    rows = min(_BELOW_ROWS, sheet.height(plan.header_row))
    found: dict[int, dict[int, str]] = {}
    for row in range(rows):
        cells = {
            cell: text
            for cell, raw in enumerate(sheet.row(row, plan.header_row))
            if (text := header_text(raw))
        }
        if not cells:
            continue
        units = {cell: unit["unit"] for cell, text in cells.items() if (unit := _UNIT_CELL.fullmatch(text))}
        others = [text for cell, text in cells.items() if cell not in units]
        if units and all(map(_OTHER_UNIT_CELL.fullmatch, others)):
            found[row] = units
        elif _are_column_numbers(list(cells.values())):
            found[row] = {}
        else:
            break
    return found


def _are_column_numbers(texts: list[str]) -> bool:
    """Whether a row numbers the columns of a form: `栏次 1 2 3=1+2`, `甲 乙 1 2`."""
    numbers = [int(found["number"]) for text in texts if (found := _NUMBER.fullmatch(text))]
    others = [text for text in texts if not _NUMBER.fullmatch(text)]
    is_counted = len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))
    return is_counted and len(texts) > 2 and all(map(_LABELS.fullmatch, others))
