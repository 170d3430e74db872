"""A planned sheet becomes rows of its table: every row accepted or rejected with all its reasons."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.cells import STRIPPED
from ingest.convert import Converted, convert
from ingest.merges import carried
from ingest.messages import problem
from ingest.plan import Plan
from ingest.rows import BLANK, DATA, TOTALS, Bools, Int8s, Mapped, classify
from ingest.sheet import Sheet, Texts
from ingest.totals import Amounts, Difference, check_found, check_mapped
from ingest.units import take_unit_below
from tracer.money import UNITS_FEN
from tracer.schema import POSITIVE_AMOUNTS, Column, Table

_NAMED_ROWS_MAX = 10_000
"""How many rows of a table that could not be taken at all are named one by one."""

_UNITS_EN = {
    "元": "yuan",
    "千元": "thousand yuan",
    "万元": "ten thousand yuan",
    "亿元": "hundred million yuan",
}


@dataclass
class Checked:
    """What a sheet gave: rows to add, and the counts that do not depend on the ledger."""

    rows: int = 0
    rejected: int = 0
    totals: int = 0
    blank: int = 0
    good: pa.Table | None = None
    """Rows without a problem: the ledger's columns and `_row`."""
    problems: list[dict[str, Any]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    """Rows with content, from 1, that the spreadsheet does not show."""
    unheaded: list[int] = field(default_factory=list)
    """Columns, from 0, without a header in which data rows have content."""


def check(sheet: Sheet, plan: Plan) -> Checked:
    """Convert and check every row below the header."""
    if plan.refused or plan.table is None:
        return _refused(sheet, plan)
    return _Check(sheet, plan, plan.table).run()


def _header_problems(sheet: Sheet, plan: Plan) -> list[dict[str, Any]]:
    return [
        problem(
            trouble.code,
            file=sheet.file,
            sheet=sheet.name,
            row=plan.header_row,
            column=trouble.column,
            value=trouble.value,
            facts=trouble.facts,
        )
        for trouble in plan.troubles
    ]


def _refused(sheet: Sheet, plan: Plan) -> Checked:
    """A table that cannot be taken: all its rows that hold data are rejected."""
    rows = sheet.height(plan.header_row)
    everywhere = np.ones(rows, np.bool_)
    kinds = classify(sheet, plan, rows, Mapped({}, everywhere)).of
    problems = _header_problems(sheet, plan)
    data = [plan.header_row + int(at) + 1 for at in np.flatnonzero(kinds == DATA)]
    for row in data[:_NAMED_ROWS_MAX]:
        problems.append(problem("table-not-settled", file=sheet.file, sheet=sheet.name, row=row))
    if more := data[_NAMED_ROWS_MAX:]:
        facts = {"last": more[-1], "count": len(more)}
        problems.append(
            problem("more-rows-not-settled", file=sheet.file, sheet=sheet.name, row=more[0], facts=facts)
        )
    return Checked(
        rows,
        len(data),
        int((kinds == TOTALS).sum()),
        int((kinds == BLANK).sum()),
        problems=problems,
        hidden=_hidden_rows(sheet, plan, kinds),
        unheaded=_unheaded_columns(sheet, plan, kinds),
    )


def _hidden_rows(sheet: Sheet, plan: Plan, kinds: Int8s) -> list[int]:
    start = plan.header_row
    below = (row - start for row in sorted(sheet.hidden.rows))
    return [start + row + 1 for row in below if 0 <= row < len(kinds) and kinds[row] != BLANK]


def _unheaded_columns(sheet: Sheet, plan: Plan, kinds: Int8s) -> list[int]:
    start, used = plan.header_row, {cell for cells in plan.sources.values() for cell in cells}
    width = len(sheet.row(0, start)) if len(kinds) and plan.header else 0
    data = pa.array(kinds == DATA)
    bare = [at for at in range(width) if at >= len(plan.header) or not plan.header[at].strip(STRIPPED)]
    filled = (at for at in bare if at not in used and _is_filled(sheet, at, start, data))
    return list(filled)


def _is_filled(sheet: Sheet, cell: int, start: int, data: pa.Array) -> bool:
    texts = pc.utf8_trim(sheet.texts(cell, start, "text", "元").values, characters=STRIPPED)
    found: bool = pc.any(pc.and_(pc.not_equal(texts, ""), data), min_count=0).as_py()
    return found


@dataclass
class _Check:
    sheet: Sheet
    plan: Plan
    table: Table
    texts: dict[str, pa.Array] = field(default_factory=dict)
    cells: dict[str, Converted] = field(default_factory=dict)

    def run(self) -> Checked:
        rows = self.sheet.height(self.plan.header_row)
        with ThreadPoolExecutor(2) as pool:  # nearly all of it is Arrow's work, which holds no lock
            converted = list(pool.map(lambda column: self._convert(column, rows), self.table.columns))
        for column, (texts, cells) in zip(self.table.columns, converted, strict=True):
            self.cells[column.name] = cells
            if texts is not None:
                self.texts[column.name] = texts
        classified = classify(self.sheet, self.plan, rows, self._mapped(rows))
        if take_unit_below(self.plan, classified.units):
            return check(self.sheet, self.plan)
        kinds = classified.of
        codes = self._codes(kinds, rows)
        wrong = np.zeros(rows, np.bool_)
        wrong[[row for row, _ in codes]] = True
        good = self._good((kinds == DATA) & ~wrong)
        problems = [
            *_header_problems(self.sheet, self.plan),
            *self._problems(codes, self._differences(kinds, wrong, good)),
        ]
        return Checked(
            rows,
            int(wrong.sum()),
            int((kinds == TOTALS).sum()),
            int((kinds == BLANK).sum()),
            good,
            problems,
            _hidden_rows(self.sheet, self.plan, kinds),
            _unheaded_columns(self.sheet, self.plan, kinds),
        )

    def _convert(self, column: Column, rows: int) -> tuple[pa.Array | None, Converted]:
        """The texts of a column of the file, if it has them, and its values."""
        name, plan = column.name, self.plan
        unit = plan.units.get(name, "元")
        if name in plan.sources:
            texts = self._source_texts(column, unit)
            cells = convert(column, texts.values, unit, rounded=plan.rounded)
            self._lose(cells, texts.errors)
            return texts.values, cells
        if plan.row_id == name:
            return None, self._row_ids(rows)
        one = convert(column, pa.array([plan.constants.get(name, "")]), unit, rounded=plan.rounded)
        return None, Converted(pa.repeat(one.values[0], rows), pa.repeat(one.empty[0], rows))

    def _source_texts(self, column: Column, unit: str) -> Texts:
        """The column's texts; several sheet columns joined with `/`, empty where all of them are."""
        cells = self.plan.sources[column.name]
        kind = column.kind if len(cells) == 1 else "text"
        parts = [self._cell_texts(column, cell, kind, unit) for cell in cells]
        if len(parts) == 1:
            return parts[0]
        trimmed = [pc.utf8_trim(part.values, characters=STRIPPED) for part in parts]
        errors = {at: code for part in reversed(parts) for at, code in part.errors.items()}
        if column.kind == "text":  # a part that is empty or no text by itself is so in the whole
            alone = [convert(column, part.values, unit) for part in parts]
            trimmed = [pc.if_else(cells.empty, "", text) for cells, text in zip(alone, trimmed, strict=True)]
            errors = {at: code for cells in reversed(alone) for at, code in cells.errors.items()} | errors
        joined = pc.binary_join_element_wise(*trimmed, "/")
        filled = pc.not_equal(pc.binary_join_element_wise(*trimmed, ""), "")
        return Texts(pc.if_else(filled, joined, ""), errors)

    def _cell_texts(self, column: Column, cell: int, kind: str, unit: str) -> Texts:
        """The texts of one sheet column, those of merged cells in each of their rows."""
        start = self.plan.header_row
        texts = self.sheet.texts(cell, start, kind, unit)
        return carried(column, column.name == self.table.identifier, texts, self.sheet, cell, start)

    @staticmethod
    def _lose(cells: Converted, errors: dict[int, str]) -> None:
        """Cells whose content the file does not tell are wrong, whatever stands in their place."""
        if not errors:
            return
        lost = np.zeros(len(cells.values), np.bool_)
        lost[list(errors)] = True
        cells.values = pc.if_else(pa.array(lost), pa.scalar(None, cells.values.type), cells.values)
        cells.empty = pc.and_not(cells.empty, pa.array(lost))
        cells.errors |= errors

    def _row_ids(self, rows: int) -> Converted:
        start = self.plan.header_row + 1
        prefix = f"{self.sheet.file}:{self.sheet.name or ''}:"
        ids = pa.array([f"{prefix}{row}" for row in range(start, start + rows)], pa.string())
        return Converted(ids, pa.repeat(pa.scalar(False), rows))

    def _mapped(self, rows: int) -> Mapped:
        lacking = np.zeros(rows, np.bool_)
        for column in self.table.columns:
            if column.refuses_empty and column.name in self.plan.sources:
                lacking |= _bools(self.cells[column.name].empty)
        return Mapped(self.texts, lacking)

    def _codes(self, kinds: Int8s, rows: int) -> dict[tuple[int, str], str]:
        """What is wrong with which cell of the data rows: (row, column) → code, in the order of rows."""
        found: list[tuple[int, int, str, str]] = []
        for place, column in enumerate(self.table.columns):
            cells = self.cells[column.name]
            found += [(row, place, column.name, code) for row, code in cells.errors.items()]
            if column.refuses_empty:
                empty = np.flatnonzero(_bools(cells.empty))
                found += [(int(row), place, column.name, "empty-required") for row in empty]
            if column.name == "amount" and self.table.name in POSITIVE_AMOUNTS:
                low = np.flatnonzero(_bools(pc.fill_null(pc.less_equal(cells.values, 0), False)))
                found += [(int(row), place, column.name, "not-positive") for row in low]
        found += [(int(row), -1, "", "extra-cells") for row in self.sheet.extra_cells(self.plan.header_row)]
        return {(row, name): code for row, _, name, code in sorted(found) if kinds[row] == DATA}

    def _good(self, mask: Bools) -> pa.Table:
        columns = {column.stored: self.cells[column.name].values for column in self.table.columns}
        start = self.plan.header_row + 1
        row_numbers = pa.array(np.arange(start, start + len(mask), dtype=np.int64))
        table = pa.table(list(columns.values()), schema=self.table.arrow)
        return table.append_column("_row", row_numbers).filter(pa.array(mask))

    def _amounts(self) -> list[Amounts]:
        amounts = []
        for column in self.table.columns:
            if column.kind == "money" and column.name in self.plan.sources:
                values = self.cells[column.name].values
                fen = pc.fill_null(values, 0).to_numpy(zero_copy_only=False)
                amounts.append(Amounts(column.name, fen, _bools(pc.is_valid(values))))
        return amounts

    def _differences(self, kinds: Int8s, wrong: Bools, good: pa.Table) -> list[Difference]:
        if not (kinds == TOTALS).any():
            return []
        rule = self.plan.totals
        if rule is None:
            return check_found(self.sheet, self.plan, kinds, ~wrong, self._amounts())
        start = self.plan.header_row
        keys = [self.sheet.texts(cell, start, "text", "元").values.to_pylist() for cell in rule.of]
        groups = [tuple(text.strip(STRIPPED) for text in texts) for texts in zip(*keys, strict=True)]
        taken = np.zeros(len(kinds), np.bool_)
        taken[_first_of_equals(good)["_row"].to_numpy() - start - 1] = True
        return check_mapped(groups or [()] * len(kinds), kinds, taken, self._amounts())

    def _problems(
        self, codes: dict[tuple[int, str], str], differences: list[Difference]
    ) -> list[dict[str, Any]]:
        found = [(row, self._cell_problem(row, name, code)) for (row, name), code in codes.items()]
        found += [(difference.row, self._total_problem(difference)) for difference in differences]
        return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]

    def _cell_problem(self, row: int, name: str, code: str) -> dict[str, Any]:
        number = self.plan.header_row + row + 1
        if code == "extra-cells":
            return problem(code, file=self.sheet.file, sheet=self.sheet.name, row=number)
        column = self.table.by_name[name]
        value = self._value(row, name, code)
        if code == "not-a-word" and name == "account_type" and "零余额" in (value or ""):
            code = "zero-balance-account"
        facts = {
            "header": column.header_zh,
            "header_en": name,
            "words": "、".join(dict.fromkeys(word for word, _ in column.words)),
            "words_en": ", ".join(dict.fromkeys(english for _, english in column.words)),
        }
        return problem(
            code,
            file=self.sheet.file,
            sheet=self.sheet.name,
            row=number,
            column=name,
            value=value,
            facts=facts,
        )

    def _value(self, row: int, name: str, code: str) -> str | None:
        if name not in self.plan.sources:
            return self.plan.constants.get(name)
        if code.startswith("formula-"):
            return self.sheet.row(row, self.plan.header_row)[self.plan.sources[name][0]]
        text: str = self.texts[name][row].as_py()
        return text

    def _total_problem(self, difference: Difference) -> dict[str, Any]:
        name = difference.column
        unit = self.plan.units.get(name, "元")
        facts = {
            "header": self.table.by_name[name].header_zh,
            "header_en": name,
            "stated": _in_unit(difference.stated_fen, unit),
            "found": _in_unit(difference.found_fen, unit),
            "unit": unit,
            "unit_en": _UNITS_EN[unit],
            "accepted": "",
        }
        if self.plan.totals is not None:
            facts["accepted"] = "（同组合计行相加，明细只算接受的行）"
            facts["accepted_en"] = " (all totals rows of the group against its accepted rows)"
        elif difference.accepted_fen != difference.found_fen:
            good = _in_unit(difference.accepted_fen, unit)
            facts["accepted"] = f"（含被退回的行；接受的行之和 {good} {unit}）"
            facts["accepted_en"] = f"; details include rejected rows, accepted rows sum to {good}"
        return problem(
            "total-differs",
            file=self.sheet.file,
            sheet=self.sheet.name,
            row=self.plan.header_row + difference.row + 1,
            column=name,
            value=self._value(difference.row, name, "total-differs"),
            facts=facts,
        )


def _in_unit(fen: int, unit: str) -> str:
    """Fen as the shortest exact text in a unit: 3050000 in 万元 is `3.05`."""
    text = format(Decimal(fen) / UNITS_FEN[unit], "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _first_of_equals(rows: pa.Table) -> pa.Table:
    """Rows without those that equal an earlier one in every column, which the ledger does not take either."""
    names = [name for name in rows.column_names if name != "_row"]
    grouped = rows.group_by(names, use_threads=False).aggregate([("_row", "min")])
    return grouped.rename_columns({"_row_min": "_row"})


def _bools(values: pa.Array) -> Bools:
    mask: Bools = values.to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask
