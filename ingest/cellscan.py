"""What the XML of an XLSX sheet says of its cells beyond their values: missing results, and formats."""

import re
from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from ingest.sheet import damaged

_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_PERCENT_BUILT_IN = frozenset({"9", "10"})


def _parse(pieces: Iterable[bytes], start: Any, end: Any, text: Any = None) -> None:
    """Feed XML to handlers that get local names; raises `FileRefusedError` where it is not whole."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = text
    is_empty = True
    try:
        for piece in pieces:
            is_empty = False
            parser.Parse(piece, False)
        if not is_empty:
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged("xml") from error


class _LostCells:
    """Collects cells with a formula but no stored result, and cells with an error value."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], tuple[str, str]] = {}
        self._cell: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell, self._texts = attributes, {}
        elif name in ("f", "v"):
            self._inside = name
            self._texts[name] = ""

    def text(self, data: str) -> None:
        if self._inside:
            self._texts[self._inside] += data

    def end(self, name: str) -> None:
        self._inside = ""
        at = _place(self._cell) if name == "c" else None
        if at is None:
            return
        kind, value = self._cell.get("t"), self._texts.get("v", "")
        if kind == "e":
            self.found[at] = ("formula-error", value)
        elif "f" in self._texts and not value and kind != "str":
            self.found[at] = ("formula-without-value", f"={self._texts['f']}")


def lost_cells(pieces: Iterable[bytes]) -> dict[tuple[int, int], tuple[str, str]]:
    """Cells whose content is not known: row and column from 0 → code of the message, text to show."""
    scan = _LostCells()
    _parse(pieces, scan.start, scan.end, scan.text)
    return scan.found


class _PercentStyles:
    """Collects the numbers of those cell styles that show percent."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self._formats = set(_PERCENT_BUILT_IN)
        self._style = -1
        self._is_inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and "%" in attributes.get("formatCode", ""):
            self._formats.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            self._style += 1
            if attributes.get("numFmtId") in self._formats:
                self.found.add(str(self._style))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_inside = False


def percent_styles(pieces: Iterable[bytes]) -> frozenset[str]:
    """The numbers of the cell styles of `xl/styles.xml` that show percent."""
    scan = _PercentStyles()
    _parse(pieces, scan.start, scan.end)
    return frozenset(scan.found)


def percent_cells(pieces: Iterable[bytes], styles: frozenset[str]) -> dict[int, set[int]]:
    """Column → rows, both from 0, of a sheet's cells that have one of these styles."""
    found: dict[int, set[int]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "c" and attributes.get("s") in styles and (at := _place(attributes)):
            found.setdefault(at[1], set()).add(at[0])

    if styles:
        _parse(pieces, start, lambda name: None)
    return found


def _place(attributes: dict[str, str]) -> tuple[int, int] | None:
    """Row and column, from 0, of a cell that says them."""
    reference = _REFERENCE.fullmatch(attributes.get("r", ""))
    return (int(reference[2]) - 1, column_number(reference[1])) if reference else None


def column_number(letters: str) -> int:
    """The number, from 0, of a column that a spreadsheet calls by these letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
