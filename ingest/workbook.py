"""XLSX and XLS workbooks through calamine, with what calamine does not say looked up in the file itself.

calamine gives formulas without a stored result, and error values, as empty text; here they are found and
named.
"""

import contextlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from ingest.biff import hidden_in
from ingest.package import Package
from ingest.sheet import NOTHING_HIDDEN, Cell, FileRefusedError, Grid, ReadSheet, check_extent, damaged


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


def workbook_sheets(file: str, path: Path) -> Iterator[ReadSheet]:
    """The sheets of a workbook, shown ones only where they have cells; raises `FileRefusedError`."""
    with _refusals(), tempfile.TemporaryDirectory() as names:
        package = Package(path) if zipfile.is_zipfile(path) else None
        hidden = {} if package else hidden_in(path)
        with CalamineWorkbook.from_path(_named(path, Path(names), is_zip=package is not None)) as workbook:
            for meta in workbook.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                cells = workbook.get_sheet_by_name(meta.name)
                ranges = [(*first, *last) for first, last in cells.merged_cell_ranges or ()]
                grid = Grid(file, meta.name, [], ranges, hidden=hidden.get(meta.name, NOTHING_HIDDEN))
                if package:
                    package.complete(grid)
                is_shown = meta.visible == SheetVisibleEnum.Visible
                if cells.end or grid.lost or not is_shown:
                    yield ReadSheet(grid, is_shown, _rows(cells, grid))


def _rows(cells: CalamineSheet, grid: Grid) -> Iterator[list[Cell]]:
    """The rows of a sheet from its first cell A1 on, as wide and high as its lost cells need."""
    left = [""] * (cells.start[1] if cells.start else 0)
    height, width = cells.end[0] + 1 if cells.end else 0, len(left) + cells.width
    width = max(width, max((column + 1 for _, column in grid.lost), default=0))
    missing = max(0, max((row + 1 for row, _ in grid.lost), default=0) - height)
    check_extent(height + missing, width)
    rows = cells.iter_rows() if cells.end else ()
    for row in chain(rows, repeat([], missing)):
        full = [*left, *row]
        yield [*full, *[""] * (width - len(full))]
