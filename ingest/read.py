"""Files and folders become sheets: a file's kind is told by its content, folders go by file name."""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from ingest.csvfile import CsvSheet, read_lines
from ingest.guarded import read_guarded
from ingest.htmlfile import is_html, is_web_archive
from ingest.limits import FILLED_MAX
from ingest.sheet import FileRefusedError, Sheet, damaged
from ingest.xmlfile import is_xml_spreadsheet
from tracer.errors import UsageError

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".xlsx", ".xlsm", ".xls"})
"""What is read out of folders; a file that is named itself is read whatever it is called."""

_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_SNIFFED = 4096


@dataclass(frozen=True)
class SourceFile:
    """A file to read, and the name by which reports call it: its path within the folder that was given."""

    path: Path
    name: str

    @property
    def is_workbook(self) -> bool:
        """Whether the file is called a workbook; many of these are text or HTML all the same."""
        return self.path.suffix.lower() in _WORKBOOK_SUFFIXES


@dataclass(frozen=True)
class Opened:
    """The visible sheets of a file, and its hidden ones."""

    sheets: Sequence[Sheet]
    hidden: Sequence[Sheet] = field(default_factory=tuple)


def source_files(paths: Iterable[Path], also: Iterable[str] = ()) -> list[SourceFile]:
    """All files under the paths, folders in order of file name; raises `UsageError` for a missing path.

    Of folders only table files are taken, and those that match one of the globs `also`; lock files of open
    workbooks (`~$…`) and hidden files are left alone.
    """
    globs = list(also)
    found: list[SourceFile] = []
    for path in paths:
        if path.is_dir():
            found += _inside(path, globs)
        elif path.is_file():
            found.append(SourceFile(path, path.name))
        else:
            raise UsageError(f"没有这个文件或文件夹：{path} / no such file or folder")
    return found


def empty_folders(paths: Iterable[Path], also: Iterable[str] = ()) -> list[str]:
    """The names of those folders among the paths in which `source_files` finds nothing."""
    globs = list(also)
    return [path.name or str(path) for path in paths if path.is_dir() and not _inside(path, globs)]


def _inside(folder: Path, globs: list[str]) -> list[SourceFile]:
    files = [SourceFile(p, p.relative_to(folder).as_posix()) for p in folder.rglob("*") if not p.is_dir()]
    wanted = [file for file in files if _is_wanted(file, globs)]
    return sorted(wanted, key=lambda file: file.name.split("/"))


def _is_wanted(file: SourceFile, globs: list[str]) -> bool:
    if any(part.startswith((".", "~$")) for part in file.name.split("/")):
        return False
    return file.path.suffix.lower() in TABLE_SUFFIXES or any(file.path.match(glob) for glob in globs)


def open_file(source: SourceFile) -> Opened:
    """Read a file by what it is, not by what it is called; raises `FileRefusedError`."""
    try:
        before = source.path.stat()
        if not S_ISREG(before.st_mode):
            raise FileRefusedError("not-a-file")
        opened = _opened(source)
        after = source.path.stat()
    except OSError as error:
        raise FileRefusedError("unreadable", reason=error.strerror or type(error).__name__) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileRefusedError("changed")
    for sheet in (*opened.sheets, *opened.hidden):
        _check_width(sheet)
    return opened


def _check_width(sheet: Sheet) -> None:
    """Refuse rows at the top with more filled cells than any table has: each may be a header."""
    for line, row in enumerate(sheet.head(), 1):
        if (filled := sum(map(bool, row))) > FILLED_MAX:
            raise FileRefusedError("too-many-columns", row=line, line=line, columns=filled, most=FILLED_MAX)


def _opened(source: SourceFile) -> Opened:
    with source.path.open("rb") as stream:
        start = stream.read(_SNIFFED)
    if not start:
        raise FileRefusedError("empty-file")
    if kind := _kind(start, source.path):
        return Opened(*read_guarded(kind, source.name, source.path))
    try:
        return Opened([CsvSheet(source.name, read_lines(source.path))])
    except FileRefusedError as refusal:
        if source.is_workbook and refusal.code in ("encoding", "not-text", "quotes"):
            raise FileRefusedError("not-a-workbook") from refusal
        raise


def _kind(start: bytes, path: Path) -> str | None:
    """Which reader of `reader.KINDS` a file wants that begins like this; None for a table as text."""
    if start.startswith(_ZIP) and (other := _other_package(path)):
        raise FileRefusedError("other-package", kind=other)
    if start.startswith(_OLE) or (start.startswith(_ZIP) and zipfile.is_zipfile(path)):
        return "workbook"
    if start.startswith(_ZIP):
        raise damaged("zip")
    text = _plain_start(start)
    if is_xml_spreadsheet(text):
        return "xml"
    if is_html(text):
        return "html"
    return "archive" if is_web_archive(text) else None


def _plain_start(start: bytes) -> bytes:
    """The first octets of a text without byte order mark, as UTF-8 where they are UTF-16."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", errors="ignore").encode()
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def _other_package(path: Path) -> str | None:
    """What a ZIP file is that holds no XLSX workbook, as far as its names tell."""
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None  # told as damaged when it is opened
    if any(name.startswith("xl/") and name.endswith(".xml") for name in names):
        return None
    if "xl/workbook.bin" in names:
        return "XLSB"
    if "content.xml" in names:
        return "ODS"
    is_office = "[Content_Types].xml" in names
    return None if is_office or not names else "ZIP"
