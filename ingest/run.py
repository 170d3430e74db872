"""Ingest: files and folders in, one commit of the ledger and one report out (contract section 3)."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.check import Checked, check
from ingest.csvfile import CsvSheet
from ingest.headers import column_letter
from ingest.kept import check_keepable, keep, kept_entries, plans_by_headers
from ingest.look import Look, look_at
from ingest.mapping import Entry, HeaderMissingError, RowMissingError, load_mapping
from ingest.messages import problem
from ingest.notes import note, note_line
from ingest.parts import Part
from ingest.plan import Plan
from ingest.read import SourceFile, empty_folders, open_file, source_files
from ingest.returned import Returned, write_returned
from ingest.sheet import FileRefusedError, Sheet
from ingest.tables import layout
from tracer.errors import UsageError
from tracer.ledger import CORRECTED, DUPLICATE, Ledger, Writer
from tracer.messages import Language
from tracer.text import brief

_RUNS_MAX = 20
"""More runs of rows than this are not spelled out in one line."""

Progress = Callable[[str], None]


def ingest(
    home: str | PathLike[str],
    paths: Sequence[str | PathLike[str]],
    mapping: str | PathLike[str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    lang: Language = "zh",
    rejected: str | PathLike[str] | None = None,
    keep_mapping: bool = False,
    looks: list[Look] | None = None,
) -> dict[str, Any]:
    """Read files and folders into the ledger of `home`, in one commit.

    Returns `batches` and `problems` (contract section 3), and `notes`: what was not read without being
    wrong, such as hidden sheets. `progress` gets the same, and the files as they are read, as lines in
    `lang`.

    `rejected` is a folder for copies of the files that have problems, with the reasons beside the rows; they
    hold all that the files hold, persons included.

    To `looks`, where it is given, comes what was seen of each table.

    With `mapping` only what the mapping file names is read; with `keep_mapping` the home keeps it, and reads
    tables that have exactly the `headers` of its entries by them from then on. `dry_run` reports the same and
    stores nothing. A file that cannot be read is a problem of that file and stops nothing else. Raises
    `UsageError` (a path that is not there, a mapping file that does not fit) and `DataRefusedError` (another
    process writes); both leave the ledger as it was. Where no table can be taken, no home comes into being.
    """
    entries = load_mapping(Path(mapping)) if mapping is not None else None
    if mapping is not None and keep_mapping:
        check_keepable(Path(home), Path(mapping), entries or ())
    globs = [entry.file for entry in entries or ()]
    sources = source_files(map(Path, paths), globs)
    if entries is not None and sources and not any(_entries_for(entries, source) for source in sources):
        raise UsageError("映射文件没有一项对应所给的文件 / no entry of the mapping file fits a given file")
    with ExitStack() as stack:
        run = _Run(Ledger(Path(home)), dry_run, stack, entries, progress or (lambda text: None), lang)
        run.keeps, run.looks = rejected is not None, looks
        run.kept = [] if entries is not None else kept_entries(Path(home))
        for folder in empty_folders(map(Path, paths), globs):
            run.problems.append(problem("no-files", file=folder, facts={"folder": folder}))
        for source in sources:
            run.take_file(source)
            if rejected is not None:
                run.give_back(source, Path(rejected))
        if run.writer and not dry_run:
            run.writer.commit()
    if mapping is not None and keep_mapping and not dry_run:
        keep(Path(home), Path(mapping))
    return {"batches": run.batches, "problems": run.problems, "notes": run.notes}


def _entries_for(entries: Sequence[Entry], source: SourceFile) -> list[Entry]:
    return [entry for entry in entries if entry.fits_file(source.name)]


@dataclass
class _Run:
    ledger: Ledger
    dry_run: bool
    stack: ExitStack
    entries: Sequence[Entry] | None
    progress: Progress
    lang: Language
    writer: Writer | None = None
    """Opened for the first table that can be taken, so that without one no home comes into being."""
    batches: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    kept: Sequence[Entry] = ()
    """Entries of confirmed mapping files."""
    looks: list[Look] | None = None
    keeps: bool = False
    """Whether the tables of the file at hand are kept until it is done."""
    read: list[Returned] = field(default_factory=list)

    def note(self, code: str, source: SourceFile, sheet: str | None = None, **facts: object) -> None:
        """Note what is not read, or what is to be known about it, and say so at once."""
        self.notes.append(note(code, file=source.name, sheet=sheet, facts=facts))
        self.progress(note_line(self.notes[-1], self.lang))

    def take_file(self, source: SourceFile) -> None:
        """Take every table of a file; what cannot be read becomes a problem of the file."""
        entries = None if self.entries is None else _entries_for(self.entries, source)
        if entries == []:
            self.note("not-mapped", source)
            return
        self.progress(note_line(note("reading", file=source.name), self.lang))
        batches, problems = len(self.batches), len(self.problems)
        try:
            opened = open_file(source)
            for sheet in opened.hidden:
                self._note_hidden(source, sheet)
            if entries is None:
                self._take_recognised(source, opened.sheets, bool(opened.hidden))
            else:
                self._take_mapped(source, opened.sheets, entries)
        except FileRefusedError as refusal:
            del self.batches[batches:], self.problems[problems:], self.read[:]
            self.problems.append(
                problem(refusal.code, file=source.name, row=refusal.row, facts=refusal.facts)
            )

    def give_back(self, source: SourceFile, folder: Path) -> None:
        """Write the copy of the file just taken, if anything is wrong with its tables."""
        path = write_returned(folder, source.path, source.name, self.read, self.lang)
        self.read = []
        if path is not None:
            self.note("returned", source, path=path)

    def _take_recognised(self, source: SourceFile, sheets: Sequence[Sheet], hidden: bool) -> None:
        found = False
        for sheet in sheets:
            made = layout(sheet)
            known = plans_by_headers(sheet, made, self.kept)
            if not made.tables and not known:
                self.note("no-header", source, sheet.name)
                continue
            found = True
            for part, plan, entry in known:
                self._take(source, part, plan)
                self.note("kept-mapping", source, sheet.name, mapping=entry.place)
            parts = [id(part) for part, _, _ in known]
            for table in made.tables:
                if id(table.part) not in parts:
                    self._take(source, table.part, table.plan)
            for first, last in made.above:
                self.note("above-header", source, sheet.name, rows=f"{first}–{last}")
            for columns in made.aside:
                self.note("aside", source, sheet.name, columns=letters_in_runs(columns))
        if not found:
            text_only = all(isinstance(sheet, CsvSheet) for sheet in sheets)
            code = "not-a-workbook" if source.is_workbook and text_only else "no-table"
            if not sheets:
                code = "only-hidden" if hidden else "empty-file"
            self.problems.append(problem(code, file=source.name))

    def _note_hidden(self, source: SourceFile, sheet: Sheet) -> None:
        """Name a hidden sheet, and the tables in it that are not read."""
        tables = layout(sheet).tables
        if not tables:
            self.note("hidden-sheet", source, sheet.name)
        for table in tables:
            known = table.plan.table
            self.note(
                "hidden-table",
                source,
                sheet.name,
                table=known.name_zh if known else "未定",
                table_en=known.name if known else "not settled",
                rows=table.part.height(table.plan.header_row),
            )

    def _take_mapped(self, source: SourceFile, sheets: Sequence[Sheet], entries: Sequence[Entry]) -> None:
        """Take what the entries name; a header that no sheet has is wrong use."""
        for entry in entries:
            fitting = [sheet for sheet in sheets if entry.fits_sheet(sheet.name)]
            plans: list[tuple[Sheet, Plan]] = []
            missing: list[tuple[Sheet, HeaderMissingError]] = []
            for sheet in fitting:
                if entry.headers and (known := plans_by_headers(sheet, layout(sheet), [entry])):
                    plans += [(part, plan) for part, plan, _ in known]
                    continue
                try:
                    plans.append((sheet, entry.plan(sheet)))
                except HeaderMissingError as error:
                    missing.append((sheet, error))
            if not plans or (missing and entry.sheet is not None):
                raise UsageError(_misfit(entry, source, missing[0][1] if missing else None))
            for sheet, plan in plans:
                self._take(source, sheet, plan)
            for sheet, miss in missing:
                self.note("lacks-header", source, sheet.name, header=miss.header)

    def _opened(self) -> Writer:
        if self.writer is None:
            is_dry, ledger = self.dry_run, self.ledger
            self.writer = ledger.preview() if is_dry else self.stack.enter_context(ledger.write())
        return self.writer

    def _take(self, source: SourceFile, sheet: Sheet, plan: Plan) -> None:
        """Check a sheet and offer its good rows to the ledger; adds one batch and its problems."""
        checked = check(sheet, plan)
        batch = batch_of(sheet, plan, checked)
        batch["sums"] = dict.fromkeys(_money_columns(plan), 0)
        if plan.table and checked.good is not None:
            status = self._opened().add(
                plan.table.name, checked.good, file=sheet.file, sheet=sheet.name, report=batch
            )
            taken = status != DUPLICATE
            batch["accepted"] = int(taken.sum())
            batch["duplicates"] = int(len(taken) - taken.sum())
            batch["corrected"] = int((status == CORRECTED).sum())
            for name in batch["sums"]:
                batch["sums"][name] = _sum(checked.good[plan.table.by_name[name].stored], taken)
        self.batches.append(batch)
        self.problems += checked.problems
        if self.looks is not None:
            self.looks.append(look_at(sheet, plan))
        if self.keeps:
            good = frozenset() if checked.good is None else frozenset(checked.good["_row"].to_pylist())
            part = sheet if isinstance(sheet, Part) else Part(sheet)
            self.read.append(Returned(part, plan, checked.problems, good))
        if checked.hidden:
            self.note(
                "hidden-rows", source, sheet.name, rows=in_runs(checked.hidden), count=len(checked.hidden)
            )
        if checked.unheaded:
            self.note("unheaded", source, sheet.name, columns=letters_in_runs(checked.unheaded))
        if columns := _hidden_columns(sheet, plan):
            self.note(
                "hidden-columns",
                source,
                sheet.name,
                columns="、".join(columns),
                columns_en=", ".join(columns),
            )


def batch_of(sheet: Sheet, plan: Plan, checked: Checked) -> dict[str, Any]:
    """A batch of the report, with what checking a sheet counted; nothing is accepted yet."""
    return {
        "file": sheet.file,
        "sheet": sheet.name,
        "table": plan.table.name if plan.table else None,
        "rows": checked.rows,
        "accepted": 0,
        "rejected": checked.rejected,
        "totals": checked.totals,
        "blank": checked.blank,
        "duplicates": 0,
        "corrected": 0,
        "sums": {},
        "columns": plan.columns,
    }


def _misfit(entry: Entry, source: SourceFile, error: HeaderMissingError | None) -> str:
    """Why an entry of the mapping file fits nothing in a file, in both languages."""
    place = f"映射文件 {entry.place}：{source.name}"
    if isinstance(error, RowMissingError):
        return (
            f"{place} 没有第 {error.row} 行表头（header_row），只有 {error.rows} 行"
            f" / no header_row {error.row}: it has {error.rows} rows"
        )
    if error is None:
        return f"{place} 中没有工作表“{entry.sheet}”（隐藏的不读取）/ no visible sheet {entry.sheet}"
    return f"{place} 中没有表头“{error.header}” / no such header: {error.header}"


def _hidden_columns(sheet: Sheet, plan: Plan) -> list[str]:
    """The hidden columns that have a header, by letter and header."""
    headed = [at for at in sorted(sheet.hidden.columns) if at < len(plan.header) and plan.header[at].strip()]
    return [f"{column_letter(at)}（{brief(plan.header[at])}）" for at in headed]


def letters_in_runs(columns: Sequence[int]) -> str:
    """Ascending columns from 0 by their letters: `C, E–F`."""
    return in_runs(columns, column_letter)


def in_runs(numbers: Sequence[int], shown_as: Callable[[int], str] = str) -> str:
    """Ascending numbers, neighbours drawn together: `3, 7–9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [
        shown_as(first) if first == last else f"{shown_as(first)}–{shown_as(last)}" for first, last in runs
    ]
    return ", ".join(shown[:_RUNS_MAX]) + (" …" if len(shown) > _RUNS_MAX else "")


def _money_columns(plan: Plan) -> list[str]:
    columns = plan.table.columns if plan.table else ()
    given = {*plan.sources, *plan.constants}
    return [column.name for column in columns if column.kind == "money" and column.name in given]


def _sum(fen: pa.ChunkedArray, taken: np.ndarray[Any, np.dtype[np.bool_]]) -> int:
    return pc.sum(fen.filter(pa.array(taken)), min_count=0).as_py() or 0
