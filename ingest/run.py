"""Ingest: files and folders in, one commit of the ledger and one report out (contract section 3)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.check import check
from ingest.headers import recognise
from ingest.mapping import Entry, HeaderMissingError, load_mapping
from ingest.messages import problem
from ingest.plan import Plan
from ingest.read import SourceFile, open_file, source_files
from ingest.sheet import FileRefusedError, Sheet
from tracer.errors import UsageError
from tracer.ledger import CORRECTED, DUPLICATE, Ledger, Writer

Progress = Callable[[str], None]


def ingest(
    home: str | PathLike[str],
    paths: Sequence[str | PathLike[str]],
    mapping: str | PathLike[str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Read files and folders into the ledger of `home`, in one commit; returns `batches` and `problems`.

    With `mapping` only what the mapping file names is read. `dry_run` reports the same and stores nothing.
    A file that cannot be read is a problem of that file and stops nothing else. Raises `UsageError` (a path
    that is not there, a mapping file that does not fit) and `DataRefusedError` (another process writes); both
    leave the ledger as it was.
    """
    entries = load_mapping(Path(mapping)) if mapping is not None else None
    sources = source_files(map(Path, paths), [entry.file for entry in entries or ()])
    if entries is not None and not any(_entries_for(entries, source) for source in sources):
        raise UsageError("映射文件没有一项对应所给的文件 / no entry of the mapping file fits a given file")
    ledger = Ledger(Path(home))
    with _writer(ledger, dry_run) as writer:
        run = _Run(writer, entries, progress or (lambda text: None))
        for source in sources:
            run.take_file(source)
        if not dry_run:
            writer.commit()
    return {"batches": run.batches, "problems": run.problems}


@contextmanager
def _writer(ledger: Ledger, dry_run: bool) -> Iterator[Writer]:
    if dry_run:
        yield ledger.preview()
    else:
        with ledger.write() as writer:
            yield writer


def _entries_for(entries: Sequence[Entry], source: SourceFile) -> list[Entry]:
    return [entry for entry in entries if entry.fits_file(source.name)]


@dataclass
class _Run:
    writer: Writer
    entries: Sequence[Entry] | None
    progress: Progress
    batches: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def take_file(self, source: SourceFile) -> None:
        """Take every table of a file; what cannot be read becomes a problem of the file."""
        entries = None if self.entries is None else _entries_for(self.entries, source)
        if entries == []:
            self.progress(f"{source.name}：映射文件没有提到，不读取")
            return
        self.progress(f"{source.name}：读取")
        batches, problems = len(self.batches), len(self.problems)
        try:
            opened = open_file(source)
            for name in opened.hidden:
                self.progress(f"{source.name}：隐藏的工作表“{name}”不读取")
            if entries is None:
                self._take_recognised(source, opened.sheets)
            else:
                self._take_mapped(source, opened.sheets, entries)
        except FileRefusedError as refusal:
            del self.batches[batches:], self.problems[problems:]
            self.problems.append(
                problem(refusal.code, file=source.name, row=refusal.row, facts=refusal.facts)
            )

    def _take_recognised(self, source: SourceFile, sheets: Sequence[Sheet]) -> None:
        found = False
        for sheet in sheets:
            plan = recognise(sheet)
            if plan is None:
                self.progress(f"{source.name}：{sheet.name or ''} 没有表头，不是数据表")
                continue
            found = True
            self._take(sheet, plan)
        if not found:
            self.problems.append(problem("no-table" if sheets else "empty-file", file=source.name))

    def _take_mapped(self, source: SourceFile, sheets: Sequence[Sheet], entries: Sequence[Entry]) -> None:
        """Take what the entries name; a header that no sheet has is wrong use."""
        for entry in entries:
            fitting = [sheet for sheet in sheets if entry.fits_sheet(sheet.name)]
            plans: list[tuple[Sheet, Plan]] = []
            missing: list[tuple[Sheet, str]] = []
            for sheet in fitting:
                try:
                    plans.append((sheet, entry.plan(sheet)))
                except HeaderMissingError as error:
                    missing.append((sheet, error.header))
            if not plans or (missing and entry.sheet is not None):
                header = missing[0][1] if missing else f"sheet {entry.sheet}"
                raise UsageError(
                    f"映射文件 {entry.place}：{source.name} 中没有表头“{header}” / no such header: {header}"
                )
            for sheet, plan in plans:
                self._take(sheet, plan)
            for sheet, header in missing:
                self.progress(f"{source.name}：{sheet.name or ''} 没有表头“{header}”，不读取")

    def _take(self, sheet: Sheet, plan: Plan) -> None:
        """Check a sheet and offer its good rows to the ledger; adds one batch and its problems."""
        checked = check(sheet, plan)
        batch: dict[str, Any] = {
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
            "sums": dict.fromkeys(_money_columns(plan), 0),
            "columns": plan.columns,
        }
        if plan.table and checked.good is not None:
            status = self.writer.add(
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


def _money_columns(plan: Plan) -> list[str]:
    columns = plan.table.columns if plan.table else ()
    given = {*plan.sources, *plan.constants}
    return [column.name for column in columns if column.kind == "money" and column.name in given]


def _sum(fen: pa.ChunkedArray, taken: np.ndarray[Any, np.dtype[np.bool_]]) -> int:
    return pc.sum(fen.filter(pa.array(taken)), min_count=0).as_py() or 0
