"""The parts of an XLSX file, checked for being sane before a library unpacks them."""

import re
import zipfile
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from xml.etree import ElementTree

from ingest.cellscan import lost_cells, percent_cells, percent_styles
from ingest.hidden import TAG_BYTES_MAX, HiddenScan
from ingest.limits import CELLS_MAX, PARTS_MAX, RATIO_FROM_BYTES, RATIO_MAX, UNPACKED_BYTES_MAX
from ingest.sheet import NOTHING_HIDDEN, FileRefusedError, Grid, Hidden, check_extent, damaged, too_big

_CHUNK = 1 << 22
_PROLOG_BYTES_MAX = 1 << 16
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_]")
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_COUNT = re.compile(rb"\b(?:uniqueC|c)ount\s*=\s*[\"'](\d+)")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br\s*=\s*[\"'](\d{1,10})")
_COLUMN = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,7})\d")
_WIDE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{2,7})\d")
_CELL_ROW = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]{1,7}(\d{1,10})")
_FORMULA_OR_ERROR = re.compile(rb"<(?:\w+:)?f[\s/>]|\bt\s*=\s*[\"']e[\"']")
_COLUMNS_OF_TABLES = 256
"""Only in sheets that are wider is each cell asked for its row: rows say it of themselves."""

_DAYS_1904 = 1462
_ENCRYPTED, _NOT_PLAIN = 0x1, 0x60
"""Flags of a part of a ZIP file: under a password; as a patch, or under strong encryption."""


class Package:
    """An XLSX file; raises `FileRefusedError` where it is not as spreadsheet programs write them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._suspects: set[str] = set()
        self._hidden: dict[str, Hidden] = {}
        with zipfile.ZipFile(path) as package:
            _check_packing(package)
            _check_sizes(package, path.stat().st_size)
            self._parts = self._sheet_parts(package)
            cells = {part: self._scan(package, part) for part in sorted(set(self._parts.values()))}
            for info in package.infolist():
                if info.filename.lower().endswith((".xml", ".rels")) and info.filename not in cells:
                    _read_through(package, info)
            self._percent_styles = percent_styles(_pieces(package, _STYLES))
        if sum(cells[part] for part in self._parts.values()) > CELLS_MAX:
            raise too_big(f"各工作表共 {CELLS_MAX:,} 格以上", f"more than {CELLS_MAX:,} cells in its sheets")

    def complete(self, grid: Grid) -> None:
        """Add to a sheet what calamine does not tell: lost cells, what is hidden, percent formats."""
        grid.serial_shift = _DAYS_1904 if self._from_1904 else 0
        grid.percents = {}
        part = self._parts.get(grid.name or "")
        if part is None:
            return
        grid.hidden = self._hidden.get(part, NOTHING_HIDDEN)
        with zipfile.ZipFile(self._path) as package:
            if part in self._suspects:
                grid.lost = lost_cells(_pieces(package, part))
            grid.percents = percent_cells(_pieces(package, part), self._percent_styles)

    def _sheet_parts(self, package: zipfile.ZipFile) -> dict[str, str]:
        """Sheet name → path of its part."""
        book = ElementTree.fromstring(_whole(package, "xl/workbook.xml"))
        rels = ElementTree.fromstring(_whole(package, "xl/_rels/workbook.xml.rels"))
        targets = {rel.get("Id"): rel.get("Target") or "" for rel in rels}
        properties = next((e for e in book if e.tag.endswith("}workbookPr")), None)
        self._from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        parts: dict[str, str] = {}
        for sheet in book.iter():
            if not sheet.tag.endswith("}sheet"):
                continue
            relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            target = targets.get(relation, "")
            path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            if path in parts.values():  # spreadsheet programs write each sheet into a part of its own
                raise damaged("inside")
            if path in package.NameToInfo:
                parts[sheet.get("name") or ""] = path
        return parts

    def _scan(self, package: zipfile.ZipFile, part: str) -> int:
        """How many cells a sheet spans; notes what it hides, and whether it may hold formulas or errors."""
        rows, letters, cell_rows, tail = 0, set[bytes](), 0, b""
        hidden = HiddenScan()
        for piece in _pieces(package, part):
            text = tail + piece
            if part not in self._suspects and _FORMULA_OR_ERROR.search(text):
                self._suspects.add(part)
            letters.update((_WIDE if tail else _COLUMN).findall(text))
            rows = max(rows, max(map(int, _ROW.findall(text)), default=0))
            if len(letters) > _COLUMNS_OF_TABLES or any(len(one) > 2 for one in letters):
                cell_rows = max(cell_rows, max(map(int, _CELL_ROW.findall(text)), default=0))
            hidden.feed(text)
            tail = text[-TAG_BYTES_MAX:]
        self._hidden[part] = hidden.hidden
        rows, columns = max(rows, cell_rows), max(map(_column_number, letters), default=1)
        check_extent(rows, columns, f"{part.rpartition('/')[2]} ")
        return rows * columns


def _check_packing(package: zipfile.ZipFile) -> None:
    for info in package.infolist():
        if info.flag_bits & _ENCRYPTED:
            raise FileRefusedError("password")
        if info.flag_bits & _NOT_PLAIN or info.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise damaged("packing")


def _check_sizes(package: zipfile.ZipFile, file_bytes: int) -> None:
    """What the directory says: neither too much, nor one thing twice, nor parts that share their octets."""
    parts = package.infolist()
    if len(parts) > PARTS_MAX:
        raise too_big(f"{len(parts)} 个部分", f"{len(parts)} parts")
    unpacked = sum(info.file_size for info in parts)
    packed = sum(info.compress_size for info in parts) or 1
    if unpacked > UNPACKED_BYTES_MAX or (unpacked > RATIO_FROM_BYTES and unpacked / packed > RATIO_MAX):
        size, ratio = unpacked >> 20, unpacked // packed
        raise too_big(f"{size} MB，压缩比 {ratio}", f"{size} MB, compressed 1:{ratio}")
    names = {info.filename.replace("\\", "/").casefold() for info in parts}
    if packed > file_bytes or len(names) < len(parts):
        raise damaged("zip")


def _pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The content of a part, nothing where there is none; raises `FileRefusedError`.

    It is read to its true end: a header may tell one size to this check, and other libraries do not ask it.
    """
    info = package.NameToInfo.get(part)
    if info is None:
        return
    unlimited = copy(info)
    unlimited.file_size = UNPACKED_BYTES_MAX
    size = 0
    with package.open(unlimited) as stream:
        while piece := stream.read(_CHUNK):
            if not size:
                _check_prolog(piece[:_PROLOG_BYTES_MAX])
                _check_counts(piece[:_PROLOG_BYTES_MAX], info.file_size)
            size += len(piece)
            if size > info.file_size:
                break
            yield piece
    if size != info.file_size:
        raise damaged("zip")


def _whole(package: zipfile.ZipFile, part: str) -> bytes:
    """The content of a part; raises KeyError where there is none."""
    return b"".join(_pieces(package, package.getinfo(part).filename))


def _read_through(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    for _ in _pieces(package, info.filename):
        pass


def _check_prolog(start: bytes) -> None:
    """Refuse XML that declares a document type: entities may grow without end, or name other files."""
    found = _PROLOG.match(start)
    root = start[found.end() :] if found else start
    if root.startswith(b"<!DOCTYPE"):
        raise FileRefusedError("declares-entities")
    if not _ROOT.match(root):  # also UTF-16, which no spreadsheet program writes
        raise damaged("xml")


def _check_counts(start: bytes, size: int) -> None:
    """Refuse a part that announces more texts than it has octets: calamine makes room for them all."""
    if any(int(count) > size for count in _COUNT.findall(start[:1024])):
        raise damaged("inside")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
