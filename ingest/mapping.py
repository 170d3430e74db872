"""Mapping files: YAML that says where the columns of foreign tables stand (contract section 4).

All scalars are read as text, so that no `是`, `2019-12-20` or `012` changes its meaning on the way.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any

import yaml

from ingest.candidates import spread
from ingest.cells import STRIPPED, CellError, is_empty, parser
from ingest.headers import split_header
from ingest.plan import Plan, RowPattern, TotalsRule, is_reason
from ingest.sheet import HEAD_ROWS, Sheet
from ingest.units import set_units
from tracer.errors import UsageError
from tracer.money import UNITS_FEN
from tracer.schema import TABLES, Table
from tracer.text import brief
from tracer.yaml_text import load_yaml, yaml_complaint

_KEYS = frozenset(
    {
        "file",
        "sheet",
        "table",
        "header_row",
        "headers",
        "columns",
        "constants",
        "row_id",
        "unit",
        "decimals",
        "skip",
        "totals",
    }
)
_LETTER = re.compile(r"col:([A-Z]{1,3})")


class HeaderMissingError(Exception):
    """A header that the entry names is not in this sheet, or occurs twice."""

    def __init__(self, header: str) -> None:
        super().__init__(header)
        self.header = header


class RowMissingError(HeaderMissingError):
    """A `header_row` beyond the sheet; `rows` says how many rows there are."""

    def __init__(self, row: int, rows: int) -> None:
        super().__init__(f"header_row {row}")
        self.row = row
        self.rows = rows


@dataclass(frozen=True)
class Entry:
    """One entry of a mapping file, checked but for the headers, which only the sheet can confirm."""

    place: str
    file: str
    sheet: str | None
    table: Table
    header_rows: tuple[int, ...] | None
    columns: dict[str, tuple[str, ...]]
    constants: dict[str, str]
    row_id: str | None
    units: dict[str, str]
    rounded: bool
    skip: dict[str, re.Pattern[str]] = field(default_factory=dict)
    totals: dict[str, re.Pattern[str]] = field(default_factory=dict)
    totals_of: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    """All header texts of the tables that this entry reads, wherever they stand; none: it does not say."""

    def fits_file(self, name: str) -> bool:
        """Whether the file glob fits the file's name."""
        return fnmatchcase(PurePath(name).name, self.file)

    def fits_sheet(self, name: str | None) -> bool:
        """Whether the sheet glob, if there is one, fits."""
        return self.sheet is None or fnmatchcase(name or "", self.sheet)

    def plan(self, sheet: Sheet) -> Plan:
        """Where the columns stand in this sheet; raises `HeaderMissingError`."""
        header_row, header = self._header(sheet)
        plan = Plan(self.table, header, header_row, constants=self.constants, row_id=self.row_id)
        plan.rounded = self.rounded
        plan.depth = header_row - self.header_rows[0] + 1 if self.header_rows else 1
        plan.sources = {
            name: tuple(_position(header, text) for text in texts) for name, texts in self.columns.items()
        }
        plan.skip = self._patterns(self.skip, header)
        if self.totals:
            of = tuple(_position(header, text) for text in self.totals_of)
            plan.totals = TotalsRule(self._patterns(self.totals, header), of)
        column_of = {cell: name for name, cells in reversed(plan.sources.items()) for cell in cells}
        plan.columns = [
            {"header": text, "column": column_of.get(cell), "candidates": []}
            for cell, text in enumerate(header)
            if text
        ]
        self._set_units(plan, header, sheet)
        plan.refuse_missing()
        return plan

    def _set_units(self, plan: Plan, header: list[str], sheet: Sheet) -> None:
        stated = {
            name: next(
                (unit for cell in cells if cell < len(header) and (unit := split_header(header[cell])[1])),
                None,
            )
            for name, cells in plan.sources.items()
        }
        set_units(plan, stated, sheet, self.units)

    def _header(self, sheet: Sheet) -> tuple[int, list[str]]:
        """The last header row (from 1, 0 for none) and the trimmed header texts."""
        if self.headers:
            return self._shaped_header(sheet)
        if self.header_rows is None:
            return self._found_header(sheet.head())
        last = self.header_rows[-1]
        rows = sheet.head(max(last, HEAD_ROWS))
        if last > len(rows):
            raise RowMissingError(last, len(rows))
        if len(self.header_rows) == 1:
            return last, [text.strip(STRIPPED) for text in rows[last - 1]] if last else []
        return last, joined_header(sheet, rows, [row - 1 for row in self.header_rows])

    def _shaped_header(self, sheet: Sheet) -> tuple[int, list[str]]:
        """The first rows whose texts are the `headers` of the entry and nothing else."""
        rows = sheet.head()
        depth = len(self.header_rows or (1,))
        for last in range(depth, len(rows) + 1):
            header = joined_header(sheet, rows, range(last - depth, last))
            if shape(header) == self.headers:
                return last, header
        raise HeaderMissingError("、".join(self.headers))

    def _found_header(self, rows: list[list[str]]) -> tuple[int, list[str]]:
        """Without `header_row`: the first row that has every header that the entry names."""
        named = {text for texts in self.columns.values() for text in texts}
        named |= {*self.skip, *self.totals, *self.totals_of}
        named = {text for text in named if not _LETTER.fullmatch(text)}
        missing = min(named, default="")
        for at, row in enumerate(rows, 1):
            texts = [text.strip(STRIPPED) for text in row]
            if named <= set(texts):
                return at, texts
            if 0 < len(named - set(texts)) < len(named):
                missing = min(named - set(texts))
        raise HeaderMissingError(missing)

    @staticmethod
    def _patterns(patterns: dict[str, re.Pattern[str]], header: list[str]) -> tuple[RowPattern, ...]:
        return tuple(RowPattern(_position(header, text), pattern) for text, pattern in patterns.items())


def joined_header(sheet: Sheet, rows: list[list[str]], layers: Sequence[int]) -> list[str]:
    """The trimmed texts of header rows (from 0), those of one column joined with a blank."""
    texts = [spread(sheet.merged, rows, layer) for layer in layers]
    return [" ".join(dict.fromkeys(part for part in parts if part)) for parts in zip(*texts, strict=True)]


def shape(header: Sequence[str]) -> tuple[str, ...]:
    """The header texts by which tables of one shape are known: up to the last one, without reasons."""
    texts = ["" if is_reason(text) else text for text in header]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _position(header: list[str], text: str) -> int:
    """The sheet column (from 0) of a header text or of `col:H`."""
    if letter := _LETTER.fullmatch(text):
        number = 0
        for char in letter[1]:
            number = number * 26 + ord(char) - ord("A") + 1
        if header and number > len(header):
            raise HeaderMissingError(text)
        return number - 1
    if header.count(text) > 1:
        raise HeaderMissingError(f"{text}（出现 {header.count(text)} 次，请用 col:字母 指明）")
    if text not in header:
        raise HeaderMissingError(text)
    return header.index(text)


class _Loader(yaml.BaseLoader):
    """Reads every scalar as text and refuses a key that is given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        times = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        for key in times:
            if times[key] > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key} 写了两次 / {key} is given twice", node.start_mark
                )
        return super().construct_mapping(node, deep)


def load_mapping(path: Path) -> list[Entry]:
    """Read and check a mapping file; raises `UsageError` that names file, entry and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"映射文件读不出：{path} / cannot read the mapping file") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path.name}：映射文件不是 UTF-8 文本 / the mapping file is no UTF-8 text"
        ) from error
    try:
        content = load_yaml(text, _Loader)
    except yaml.YAMLError as error:
        said = yaml_complaint(error, text)
        raise UsageError(
            f"{path.name}：第 {said.line} 行第 {said.column} 列：映射文件不是正确的 YAML：{said.zh}"
            f" / {path.name}: line {said.line}, column {said.column}: the mapping file is no proper YAML:"
            f" {said.en}"
        ) from error
    if not isinstance(content, list) or not content:
        raise UsageError(
            f"{path.name}：映射文件应是列表，每张表一项 / a mapping file is a list, one entry per table"
        )
    return [_Reader(f"{path.name} 第 {number} 项").entry(item) for number, item in enumerate(content, 1)]


@dataclass(frozen=True)
class _Reader:
    """Checks one entry; `place` stands before every complaint."""

    place: str

    def entry(self, item: Any) -> Entry:
        given = self.mapping(item, "entry")
        if unknown := sorted(set(given) - _KEYS):
            self.refuse(f"不认识的键 {unknown[0]}", f"unknown key {unknown[0]}")
        table = self.table(given.get("table"))
        constants = {
            key: self.text(value, key)
            for key, value in self.mapping(given.get("constants", {}), "constants").items()
        }
        row_id = constants.pop("row_id", None) or self.text(given.get("row_id", ""), "row_id") or None
        columns = {
            key: self.texts(value, key)
            for key, value in self.mapping(given.get("columns", {}), "columns").items()
        }
        self.check_columns(table, [*columns, *constants, *([row_id] if row_id else [])])
        units = self.units(table, given.get("unit", {}))
        self.check_constants(table, constants, units)
        totals = dict(self.mapping(given.get("totals", {}), "totals"))
        totals_of = self.texts(totals.pop("of"), "of") if "of" in totals else ()
        return Entry(
            self.place,
            self.text(given.get("file"), "file"),
            self.text(given["sheet"], "sheet") if "sheet" in given else None,
            table,
            self.header_rows(given["header_row"]) if "header_row" in given else None,
            columns,
            constants,
            row_id,
            units,
            self.decimals(given.get("decimals", "error")),
            self.patterns(given.get("skip", {}), "skip"),
            self.patterns(totals, "totals"),
            totals_of,
            self.headers(given["headers"]) if "headers" in given else (),
        )

    def refuse(self, zh: str, en: str) -> None:
        raise UsageError(f"映射文件 {self.place}：{zh} / {en}")

    def mapping(self, value: Any, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(f"{key} 应是键值表", f"{key} must be a mapping")
        return dict(value)

    def text(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or (not value and key in ("file", "sheet")):
            self.refuse(f"{key} 缺少或不是文本", f"{key} is missing or no text")
        return str(value)

    def texts(self, value: Any, key: str) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [value]
        for text in values:
            self.settled(text, key)
        texts = tuple(self.text(text, key).strip(STRIPPED) for text in values)
        if not texts or not all(texts):
            self.refuse(f"{key} 没有写表头", f"{key} names no header")
        return texts

    def settled(self, value: Any, key: str) -> None:
        """Refuse what `--write-mapping` has marked with `?` and nobody has confirmed."""
        if isinstance(value, str) and (value == "?" or value.startswith("? ")):
            self.refuse(
                f"{key} 还没有确认（{value}）：改正后删去问号",
                f"{key} ({value}) is to be settled: remove the mark",
            )

    def headers(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.refuse("headers 应是列表", "headers must be a list")
        texts = shape([self.text(text, "headers").strip(STRIPPED) for text in value])
        if not texts:
            self.refuse("headers 没有写表头", "headers names no header")
        return texts

    def table(self, name: Any) -> Table:
        self.settled(name, "table")
        if not isinstance(name, str) or name not in TABLES:
            said = brief(name) if isinstance(name, str) else "—"
            self.refuse(f"没有这张表：{said}（可用 {'、'.join(TABLES)}）", f"unknown table: {said}")
        return TABLES[name]

    def header_rows(self, value: Any) -> tuple[int, ...]:
        rows = value if isinstance(value, list) else [value]
        if not rows or not all(isinstance(row, str) and row.isdecimal() and len(row) < 10 for row in rows):
            self.refuse(
                "header_row 应是行号或行号的列表", "header_row must be a row number or a list of them"
            )
        numbers = tuple(sorted(int(row) for row in rows))
        if numbers[0] < 1 and numbers != (0,):
            self.refuse("header_row 从 1 数起（0 表示没有表头）", "header_row counts from 1 (0: no header)")
        return numbers

    def check_columns(self, table: Table, names: list[str]) -> None:
        for name in names:
            if name not in table.by_name:
                self.refuse(f"{table.name} 没有列 {name}", f"{table.name} has no column {name}")
            if names.count(name) > 1:
                self.refuse(f"列 {name} 写了两次", f"column {name} is given twice")

    def units(self, table: Table, value: Any) -> dict[str, str]:
        """Unit of each money column; under the empty name the unit of all others."""
        units = {"": value} if isinstance(value, str) else self.mapping(value, "unit")
        for name, unit in units.items():
            if not isinstance(unit, str) or unit not in UNITS_FEN:
                unit = brief(unit) if isinstance(unit, str) else "—"
                self.refuse(f"不认识的单位 {unit}（可用 {'、'.join(UNITS_FEN)}）", f"unknown unit {unit}")
            if name and (name not in table.by_name or table.by_name[name].kind != "money"):
                self.refuse(f"{table.name} 没有金额列 {name}", f"{table.name} has no money column {name}")
        return units

    def check_constants(self, table: Table, constants: dict[str, str], units: dict[str, str]) -> None:
        for name, text in constants.items():
            column = table.by_name[name]
            if is_empty(text) and column.refuses_empty:
                self.refuse(f"必需列 {name} 的常量为空", f"the constant of required column {name} is empty")
            try:
                if not is_empty(text):
                    parser(column, units.get(name) or units.get("") or "元")(text)
            except CellError:
                self.refuse(
                    f"常量 {name}: {text} 不合该列", f"constant {name}: {text} does not fit the column"
                )

    def decimals(self, value: Any) -> bool:
        if value not in ("error", "round"):
            self.refuse("decimals 只能是 error 或 round", "decimals is error or round")
        return bool(value == "round")

    def patterns(self, value: Any, key: str) -> dict[str, re.Pattern[str]]:
        patterns = {}
        for header, text in self.mapping(value, key).items():
            try:
                patterns[header.strip(STRIPPED)] = re.compile(self.text(text, key))
            except re.error as error:
                self.refuse(f"{key} 的正则表达式有误：{text}（{error}）", f"bad regular expression in {key}")
        return patterns
