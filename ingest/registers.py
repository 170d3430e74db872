"""Import of a register of another office: read as ingest reads, and only declared columns kept."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.check import check
from ingest.headers import column_letter, header_text, split_header
from ingest.messages import problem
from ingest.notes import note, note_line
from ingest.plan import Plan, Trouble
from ingest.read import SourceFile, open_file, source_files
from ingest.run import Progress, batch_of
from ingest.sheet import FileRefusedError, Sheet
from ingest.units import set_units
from tracer.errors import UsageError
from tracer.messages import Language
from tracer.registers.classes import PERSON, RegisterClass
from tracer.registers.store import Provenance, Registers
from tracer.schema import Column, Table

COUNTS = ("rows", "accepted", "rejected", "totals", "blank", "duplicates")

_HITS_MIN = 2
"""A row with fewer headers of the class is no header row."""

_BATCH = "_batch"

_MASKED = r"[*＊※×…•]"
"""What stands for hidden digits: such a number names nobody for certain."""


def import_register(
    home: Path,
    name: str,
    paths: Sequence[Path],
    provenance: Provenance,
    headers: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress = lambda text: None,
    lang: Language = "zh",
) -> dict[str, Any]:
    """Read files into one new version of a register of a class; together they are the register of its day.

    Returns `batches`, `problems` and `notes` as `ingest` does (of a batch `table` is the class, and each row
    of the files is in one of the five counts), and `import`: what was kept, or None where nothing was: no
    row could be taken, the same stands there already, or `dry_run`. `headers` names the header of a column
    where it has another. Raises UsageError for an unknown class, path or column and a provenance that is not
    whole.
    """
    registers = Registers(home)
    known = registers.named(name)
    provenance.check()
    columns = dict(headers or {})
    if unknown := sorted(set(columns) - set(known.table.by_name)):
        raise UsageError(f"{known.zh} 没有列 {unknown[0]} / {known.name} has no column {unknown[0]}")
    sources = source_files(paths)
    run = _Run(known, columns, progress, lang)
    for place, source in enumerate(sources):
        run.take_file(place, source)
    added, rows = None, run.rows()
    if rows is not None and not dry_run:
        added = registers.add(
            known,
            rows,
            provenance,
            datetime.now(UTC).isoformat(timespec="seconds"),
            [{"file": s.name, "sha256": hashlib.sha256(s.path.read_bytes()).hexdigest()} for s in sources],
            {count: sum(batch[count] for batch in run.batches) for count in COUNTS},
        )
    return {
        "batches": run.batches,
        "problems": run.problems,
        "notes": run.notes,
        "import": added.as_row() if added else None,
    }


@dataclass
class _Run:
    known: RegisterClass
    headers: Mapping[str, str]
    progress: Progress
    lang: Language
    batches: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    _parts: list[pa.Table] = field(default_factory=list)
    """Rows without a problem, with where they came from."""

    def note(self, code: str, source: SourceFile, sheet: str | None = None) -> None:
        """Note what is not read, and say so at once."""
        self.notes.append(note(code, file=source.name, sheet=sheet))
        self.progress(note_line(self.notes[-1], self.lang))

    def take_file(self, place: int, source: SourceFile) -> None:
        """Take every sheet of a file that has the columns; a file that cannot be read is a problem."""
        self.progress(note_line(note("reading", file=source.name), self.lang))
        found = False
        try:
            opened = open_file(source)
            for hidden in opened.hidden:
                self.note("hidden-sheet", source, hidden.name)
            for sheet in opened.sheets:
                plan = find_columns(sheet, self.known.table, self.headers)
                if plan is None:
                    self.note("no-header", source, sheet.name)
                    continue
                found = True
                self._take(place, sheet, plan)
        except FileRefusedError as refusal:
            self.problems.append(
                problem(refusal.code, file=source.name, row=refusal.row, facts=refusal.facts)
            )
            return
        if not found:
            facts = {"name": self.known.zh, "name_en": self.known.en}
            self.problems.append(problem("no-register", file=source.name, facts=facts))

    def _take(self, place: int, sheet: Sheet, plan: Plan) -> None:
        checked = check(sheet, plan)
        good = checked.good
        masked: list[dict[str, Any]] = []
        if good is not None:
            good, masked = _without_masked(sheet, self.known.table, good)
        batch = batch_of(sheet, plan, checked)
        batch["rejected"] += len(masked)
        if good is not None and len(good):
            where = {
                "_file": pa.repeat(pa.scalar(place, pa.int32()), len(good)),
                "_sheet": pa.repeat(pa.scalar(sheet.name, pa.string()), len(good)),
                _BATCH: pa.repeat(pa.scalar(len(self.batches), pa.int64()), len(good)),
            }
            for name, values in where.items():
                good = good.append_column(name, values)
            self._parts.append(good)
        self.batches.append(batch)
        self.problems += sorted([*checked.problems, *masked], key=lambda one: one["row"] or 0)

    def rows(self) -> pa.Table | None:
        """The rows to keep, none equal to an earlier one in every column; counts them in the batches."""
        if not self._parts:
            return None
        rows = pa.concat_tables(self._parts)
        rows = rows.append_column("_place", pa.array(np.arange(len(rows))))
        names = self.known.table.arrow.names
        firsts = rows.group_by(names, use_threads=False).aggregate([("_place", "min")])["_place_min"]
        kept = rows.take(firsts.combine_chunks().sort())
        offered, accepted = (_numbers(table, len(self.batches)) for table in (rows, kept))
        for batch, all_of_it, new in zip(self.batches, offered, accepted, strict=True):
            batch["accepted"], batch["duplicates"] = int(new), int(all_of_it - new)
        return kept


def _numbers(rows: pa.Table, batches: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many rows are of each batch."""
    return np.bincount(rows[_BATCH].to_numpy(), minlength=batches)


def _without_masked(sheet: Sheet, table: Table, rows: pa.Table) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The rows with whole ID numbers, and a problem for each other one."""
    masked = pc.match_substring_regex(rows[PERSON], _MASKED)
    column = table.by_name[PERSON]
    facts = {"header": column.header_zh, "header_en": column.name}
    problems = [
        problem(
            "masked-identifier",
            file=sheet.file,
            sheet=sheet.name,
            row=row["_row"],
            column=PERSON,
            value=row[PERSON],
            facts=facts,
        )
        for row in rows.filter(masked).select([PERSON, "_row"]).to_pylist()
    ]
    return rows.filter(pc.invert(masked)), problems


def find_columns(sheet: Sheet, table: Table, headers: Mapping[str, str]) -> Plan | None:
    """Where the columns of a table stand in a sheet: by the row with the most of its headers, never guessed.

    None where no row has two. `headers` names the header of some columns.
    """
    known = {header_text(text): column for column in table.columns for text in column.headers}
    known = {text: column for text, column in known.items() if column.name not in headers}
    known |= {header_text(text): table.by_name[name] for name, text in headers.items()}
    best: tuple[int, int, list[str]] | None = None
    for at, row in enumerate(sheet.head(), 1):
        hits = {known[text].name for text, _ in map(split_header, row) if text in known}
        if len(hits) >= min(_HITS_MIN, len(table.columns)) and (best is None or len(hits) > best[0]):
            best = (len(hits), at, row)
    if best is None:
        return None
    plan = Plan(table, best[2], best[1])
    _set_columns(plan, table, known)
    set_units(
        plan, {name: split_header(plan.header[cells[0]])[1] for name, cells in plan.sources.items()}, sheet
    )
    plan.refuse_missing()
    plan.troubles = [_as_register(trouble) for trouble in plan.troubles]
    return plan


def _set_columns(plan: Plan, table: Table, known: Mapping[str, Column]) -> None:
    """The cell of each column that one header names; of a column that two name none is taken."""
    heads = {cell: known.get(split_header(raw)[0]) for cell, raw in enumerate(plan.header)}
    cells: dict[str, list[int]] = {}
    for cell, column in heads.items():
        if column is not None:
            cells.setdefault(column.name, []).append(cell)
    for name, found in cells.items():
        if len(found) == 1:
            plan.sources[name] = (found[0],)
            continue
        texts = "、".join(f"{column_letter(cell)} 列“{plan.header[cell].strip()}”" for cell in found)
        facts: dict[str, object] = {"header": texts, "header_en": texts, "candidates": name}
        plan.troubles.append(Trouble("ambiguous-column", name, facts=facts))
        plan.refused = True
    for cell, raw in enumerate(plan.header):
        if raw.strip():
            column = heads[cell]
            is_taken = column is not None and plan.sources.get(column.name) == (cell,)
            plan.columns.append(
                {
                    "header": raw.strip(),
                    "column": column.name if column and is_taken else None,
                    "candidates": [f"{table.name}.{column.name}"] if column and not is_taken else [],
                }
            )


def _as_register(trouble: Trouble) -> Trouble:
    """A trouble about headers with the way out that an import of a register has."""
    is_about_headers = trouble.code in ("missing-column", "ambiguous-column")
    return replace(trouble, code=f"register-{trouble.code}") if is_about_headers else trouble
