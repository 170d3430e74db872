"""Mapping files that an office has confirmed: kept in the home, for tables with the same headers."""

from collections.abc import Sequence
from pathlib import Path

from ingest.mapping import Entry, HeaderMissingError, load_mapping
from ingest.parts import Part
from ingest.plan import Plan
from ingest.sheet import Sheet
from ingest.tables import Layout
from tracer.errors import UsageError
from tracer.output import make_folder, write_output


def folder_of(home: Path) -> Path:
    """Where a home keeps them."""
    return home / "mappings"


def kept_entries(home: Path) -> list[Entry]:
    """The entries of all kept mapping files, in order of file name; raises `UsageError` for a broken one."""
    return [entry for file in _kept_files(home) for entry in load_mapping(file)]


def check_keepable(home: Path, file: Path, entries: Sequence[Entry]) -> None:
    """Raise `UsageError` where a mapping file cannot be kept: no `headers`, or another file has the same."""
    for entry in entries:
        if not entry.headers:
            raise UsageError(
                f"映射文件 {entry.place} 没有 headers（全部表头），不能保留；用 --write-mapping 写出的文件有"
                f" / {entry.place} has no headers and cannot be kept; what --write-mapping writes has them"
            )
    for other in _kept_files(home):
        if other.name == _name(file):
            continue
        if {entry.headers for entry in load_mapping(other)} & {entry.headers for entry in entries}:
            raise UsageError(
                f"{other} 已有同样表头的映射；删去它，或把新文件也命名为 {other.name}"
                f" / {other} has a mapping for the same headers: delete it, or give the new file its name"
            )


def keep(home: Path, file: Path) -> Path:
    """Keep a mapping file under its name, in place of one that is there; returns where."""
    target = folder_of(home) / _name(file)
    make_folder(target.parent)
    write_output(target, file.read_bytes())
    return target


def _kept_files(home: Path) -> list[Path]:
    folder = folder_of(home)
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []


def _name(file: Path) -> str:
    return f"{file.stem}.yaml"


def plans_by_headers(sheet: Sheet, made: Layout, entries: Sequence[Entry]) -> list[tuple[Part, Plan, Entry]]:
    """The tables of a sheet that have exactly the headers of one of the entries, and how that reads them."""
    found = []
    for part in [table.part for table in made.tables] or [Part(sheet)]:
        for entry in entries:
            try:
                found.append((part, entry.plan(part), entry))
            except HeaderMissingError:
                continue
    return found
