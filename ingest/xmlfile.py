"""XML Spreadsheet 2003, which many systems export under the name .xls."""

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree

from ingest.csvfile import decode
from ingest.sheet import Cell, FileRefusedError, Grid, Hidden, damaged, padded

_ROWS_MAX, _COLUMNS_MAX = 1_048_576, 16_384
_CELLS_MAX = 20_000_000


def is_xml_spreadsheet(start: bytes) -> bool:
    """Whether a file that begins like this is such a spreadsheet."""
    return b"urn:schemas-microsoft-com:office:spreadsheet" in start


def xml_sheets(file: str, data: bytes) -> tuple[list[Grid], list[Grid]]:
    """The visible and the hidden sheets; raises `FileRefusedError`."""
    text = decode(data)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise FileRefusedError("declares-entities")
    text = text[text.find(b"?>") + 2 :] if text.lstrip().startswith(b"<?xml") else text
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise damaged("xml") from error
    visible: list[Grid] = []
    hidden: list[Grid] = []
    for element in _all(root, "Worksheet"):
        grid = _Sheet(file, _attribute(element, "Name")).read(element)
        is_hidden = any(_local(one) == "Visible" and one.text != "SheetVisible" for one in element.iter())
        (hidden if is_hidden else visible).append(grid)
    return [grid for grid in visible if grid.rows], hidden


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (child for child in element if _local(child) == name)


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def _number(element: ElementTree.Element, name: str, default: int, limit: int) -> int:
    text = _attribute(element, name)
    number = int(text) if text and text.isdecimal() and len(text) < 9 else default
    if number > limit:
        raise FileRefusedError("too-big", reason=f"{name} {number}", reason_en=f"{name} {number}")
    return number


class _Sheet:
    """One worksheet while its rows are put where `Index` and the merged cells say."""

    def __init__(self, file: str, name: str | None) -> None:
        self._grid = Grid(file, name, [])
        self._merged: list[tuple[int, int, int, int]] = []

    def read(self, worksheet: ElementTree.Element) -> Grid:
        hidden_rows: set[int] = set()
        hidden_columns: set[int] = set()
        cells = 0
        for table in _all(worksheet, "Table"):
            column = 0
            for element in _all(table, "Column"):
                column = _number(element, "Index", column + 1, _COLUMNS_MAX)
                last = column + _number(element, "Span", 0, _COLUMNS_MAX)
                if _attribute(element, "Hidden") == "1" or _attribute(element, "Width") == "0":
                    hidden_columns |= set(range(column - 1, last))
                column = last
            rows = self._grid.rows
            for element in _all(table, "Row"):
                at = _number(element, "Index", len(rows) + 1, _ROWS_MAX) - 1
                rows += [[] for _ in range(at - len(rows))]
                rows.append(self._row(element, at))
                cells += len(rows[-1]) + 1
                if cells > _CELLS_MAX:
                    raise FileRefusedError("too-big", reason=f"{cells} 格", reason_en=f"{cells} cells")
                if _attribute(element, "Hidden") == "1" or _attribute(element, "Height") == "0":
                    hidden_rows.add(at)
        self._grid.rows = padded(self._grid.rows)
        self._grid.merged = self._merged
        self._grid.hidden = Hidden(frozenset(hidden_rows), frozenset(hidden_columns))
        return self._grid

    def _row(self, element: ElementTree.Element, at: int) -> list[Cell]:
        row: list[Cell] = []
        for cell in _all(element, "Cell"):
            column = _number(cell, "Index", len(row) + 1, _COLUMNS_MAX) - 1
            row += [""] * (column - len(row))
            data = next(_all(cell, "Data"), None)
            kind = _attribute(data, "Type") if data is not None else None
            text = "".join(data.itertext()) if data is not None else ""
            formula = _attribute(cell, "Formula")
            if kind == "Error":
                self._grid.lost[at, column] = ("formula-error", text)
            elif formula is not None and not text and kind != "String":
                self._grid.lost[at, column] = ("formula-without-value", formula)
            row.append(_value(kind, text))
            across = _number(cell, "MergeAcross", 0, _COLUMNS_MAX)
            down = _number(cell, "MergeDown", 0, _ROWS_MAX)
            if across or down:
                self._merged.append((at, column, at + down, column + across))
                row += [""] * min(across, _COLUMNS_MAX - len(row))
        return row


def _value(kind: str | None, text: str) -> Cell:
    """A typed cell; what does not fit its type stays text, and is judged as text."""
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else "" if kind == "Error" else text
