"""XLSX and XLS workbooks through calamine, with what calamine does not say looked up in the file itself.

calamine gives formulas without a stored result, and error values, as empty text; here they are found and
named.
"""

import contextlib
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from ingest.hidden import TAG_BYTES_MAX, HiddenScan
from ingest.sheet import NOTHING_HIDDEN, FileRefusedError, Grid, Hidden

_UNPACKED_BYTES_MAX = 4 << 30
_RATIO_MAX = 250
_RATIO_FROM_BYTES = 64 << 20
_CELLS_MAX = 100_000_000
_CHUNK = 1 << 22
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_DAYS_1904 = 1462
_ENCRYPTED, _NOT_PLAIN = 0x1, 0x60
"""Flags of a part of a ZIP file: under a password; as a patch, or under strong encryption."""

_DAMAGE = {
    "zip": ("压缩包不完整", "its ZIP container is not whole"),
    "part": ("缺少 XLSX 必有的部分", "a part that every XLSX file has is missing"),
    "xml": ("其中的 XML 不完整", "the XML in it is not whole"),
    "packing": ("压缩方式不是 XLSX 的", "it is packed as no XLSX file is"),
    "inside": ("内部结构读不出", "its inner structure cannot be read"),
}


def damaged(what: str) -> FileRefusedError:
    """The refusal of a damaged workbook, by what is damaged."""
    reason, reason_en = _DAMAGE[what]
    return FileRefusedError("damaged", reason=reason, reason_en=reason_en)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the libraries raise over a protected or damaged workbook into `FileRefusedError`."""
    try:
        yield
    except PasswordError as error:
        raise FileRefusedError("password") from error
    except (ZipError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise damaged("zip") from error
    except (XmlError, ElementTree.ParseError) as error:
        raise damaged("xml") from error
    except KeyError as error:  # a name that the ZIP file does not hold
        raise damaged("part") from error
    except CalamineError as error:
        raise damaged("inside") from error


def _named(path: Path, folder: Path, *, is_zip: bool) -> str:
    """A name in `folder` for the file that says what it is, because calamine goes by the name."""
    name = folder / "book.xlsx"
    name.symlink_to(path.absolute())
    if not is_zip:
        # Of an XLSX under a password, which lies in an OLE container, calamine says so only under this name.
        with contextlib.suppress(ZipError):
            CalamineWorkbook.from_path(str(name)).close()
        name = name.rename(folder / "book.xls")
    return str(name)


def workbook_sheets(file: str, path: Path) -> tuple[list[Grid], list[Grid]]:
    """The visible sheets that have cells, and the hidden ones; raises `FileRefusedError`."""
    with _refusals(), tempfile.TemporaryDirectory() as names:
        parts = _Package(path) if zipfile.is_zipfile(path) else None
        with CalamineWorkbook.from_path(_named(path, Path(names), is_zip=parts is not None)) as workbook:
            sheets: list[Grid] = []
            hidden: list[Grid] = []
            for meta in workbook.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                cells = workbook.get_sheet_by_name(meta.name)
                rows = cells.to_python(skip_empty_area=False)
                ranges = [(*first, *last) for first, last in cells.merged_cell_ranges or ()]
                is_shown = meta.visible == SheetVisibleEnum.Visible
                (sheets if is_shown else hidden).append(Grid(file, meta.name, rows, ranges))
        if parts:
            for sheet in (*sheets, *hidden):
                parts.complete(sheet)
    return [sheet for sheet in sheets if sheet.rows], hidden


class _Package:
    """The parts of an XLSX file, checked for being sane before anything unpacks them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as package:
            self._check_packing(package)
            self._check_sizes(package)
            self._parts = self._sheet_parts(package)
            self._hidden: dict[str, Hidden] = {}
            self._suspects = {part: self._scan(package, part) for part in set(self._parts.values())}

    def complete(self, sheet: Grid) -> None:
        """Add to a sheet its lost cells, its way of counting days, and its percent formats."""
        sheet.serial_shift = _DAYS_1904 if self._from_1904 else 0
        sheet.percents = _OpenpyxlPercents(self.path, sheet.name or "")
        part = self._parts.get(sheet.name or "")
        sheet.hidden = self._hidden.get(part or "", NOTHING_HIDDEN)
        if part and self._suspects[part]:
            with zipfile.ZipFile(self.path) as package:
                sheet.lost = dict(_lost_cells(package, part))
            last = max((row for row, _ in sheet.lost), default=-1)
            width = max((len(row) for row in sheet.rows), default=0)
            width = max(width, max((column + 1 for _, column in sheet.lost), default=0))
            sheet.rows += [[] for _ in range(last + 1 - len(sheet.rows))]
            sheet.rows = [[*row, *[""] * (width - len(row))] for row in sheet.rows]

    def _check_packing(self, package: zipfile.ZipFile) -> None:
        for info in package.infolist():
            if info.flag_bits & _ENCRYPTED:
                raise FileRefusedError("password")
            if info.flag_bits & _NOT_PLAIN or info.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                raise damaged("packing")

    def _check_sizes(self, package: zipfile.ZipFile) -> None:
        unpacked = sum(info.file_size for info in package.infolist())
        packed = sum(info.compress_size for info in package.infolist()) or 1
        if unpacked > _UNPACKED_BYTES_MAX or (
            unpacked > _RATIO_FROM_BYTES and unpacked / packed > _RATIO_MAX
        ):
            size, ratio = unpacked >> 20, unpacked // packed
            raise FileRefusedError(
                "too-big",
                reason=f"{size} MB，压缩比 {ratio}",
                reason_en=f"{size} MB, compressed 1:{ratio}",
            )
        for info in package.infolist():
            if info.filename.endswith((".xml", ".rels")):
                with package.open(info) as part:
                    if b"<!DOCTYPE" in part.read(4096) or info.file_size < 0:
                        raise FileRefusedError("declares-entities")

    def _sheet_parts(self, package: zipfile.ZipFile) -> dict[str, str]:
        """Sheet name → path of its part."""
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        rels = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
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
            if path in package.namelist():
                parts[sheet.get("name") or ""] = path
        return parts

    def _scan(self, package: zipfile.ZipFile, part: str) -> bool:
        """Whether the sheet may hold formulas or errors; raises `FileRefusedError` for absurd extents."""
        suspect, last_row, tail = False, 0, b""
        wide = {b"A"}
        hidden = HiddenScan()
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                text = tail + chunk
                suspect = suspect or b"<f" in text or b't="e"' in text
                wide |= set(re.findall(rb'<c r="([A-Z]{2,3})\d', text))
                if rows := re.findall(rb'<row [^>]*?r="(\d{1,9})"', text):
                    last_row = max(last_row, int(rows[-1]))
                hidden.feed(text)
                tail = text[-TAG_BYTES_MAX:]
        self._hidden[part] = hidden.hidden
        columns = max(_column_number(letters.decode()) for letters in wide) + 1
        if columns * last_row > _CELLS_MAX and columns > 64:
            raise FileRefusedError(
                "too-big",
                reason=f"{last_row} 行 × {columns} 列",
                reason_en=f"{last_row} rows × {columns} columns",
            )
        return suspect


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _lost_cells(package: zipfile.ZipFile, part: str) -> Iterator[tuple[tuple[int, int], tuple[str, str]]]:
    """Cells with a formula but no stored result, and cells with an error value."""
    row = column = -1
    with package.open(part) as stream:
        for _, element in ElementTree.iterparse(stream, events=("end",)):
            name = element.tag.rpartition("}")[2]
            if name == "row":
                element.clear()
            if name != "c":
                continue
            reference = re.fullmatch(r"([A-Z]+)(\d+)", element.get("r") or "")
            if not reference:
                continue
            row, column = int(reference[2]) - 1, _column_number(reference[1])
            formula = _child(element, "f")
            value = _child(element, "v")
            text = (value.text or "") if value is not None else ""
            if element.get("t") == "e":
                yield (row, column), ("formula-error", text)
            elif formula is not None and not text and element.get("t") != "str":
                yield (row, column), ("formula-without-value", f"={formula.text or ''}")


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    for space in (_MAIN, _STRICT):
        if (found := element.find(space + name)) is not None:
            return found
    return None


class _OpenpyxlPercents:
    """Percent formats of one sheet, asked of openpyxl only where a percent column holds numbers."""

    def __init__(self, path: Path, sheet: str) -> None:
        self._path = path
        self._sheet = sheet

    def column(self, column: int) -> set[int]:
        """Rows (from 0) of a column (from 0) whose number format is a percent format."""
        try:
            workbook = openpyxl.load_workbook(self._path, read_only=True)
        except (ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:  # formats that are none
            raise damaged("inside") from error
        try:
            cells = workbook[self._sheet].iter_rows(min_col=column + 1, max_col=column + 1)
            return {at for at, (cell,) in enumerate(cells) if "%" in str(cell.number_format)}
        finally:
            workbook.close()
