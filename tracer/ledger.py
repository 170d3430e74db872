"""The ledger: append-only Delta tables of accepted rows, in versions, each row with its file and row number.

Rows are first appended to their tables under a batch number; they count from the moment at which that
number stands in the commits table, which takes all batches of one ingest in one atomic append. A process
killed before that leaves rows that nobody sees and the next writer removes.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from tracer.errors import UsageError
from tracer.ledger_digest import content_digest
from tracer.ledger_files import append_rows, can_be_read, files_of, read_rows, system_errors
from tracer.lock import only_process
from tracer.schema import TABLES, Table
from tracer.settings import ledger_folder, ledger_version

NEW, CORRECTED, DUPLICATE = 0, 1, 2
"""What became of an offered row."""

Int8s = np.ndarray[Any, np.dtype[np.int8]]

_OWN = pa.schema([("_seq", pa.int64()), ("_rev", pa.int32()), ("_row", pa.int64()), ("_batch", pa.int64())])
_OWN_PER_ROW = pa.schema([_OWN.field(name) for name in ("_seq", "_rev", "_row")])
_COMMITS = pa.schema(
    [
        ("version", pa.int64()),
        ("batch", pa.int64()),
        ("table", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("digest", pa.string()),
        ("accepted", pa.int64()),
        ("report", pa.string()),
        ("committed_at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True)
class Source:
    """Where a row of the ledger came from; `sheet` is None for files without sheets."""

    file: str
    sheet: str | None
    row: int


class Ledger:
    """The facts in one home folder, readable at any version."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = ledger_folder(home)

    @property
    def version(self) -> int:
        """The newest version, 0 while the ledger is empty."""
        return ledger_version(self.home)

    def batches(self, version: int | None = None) -> list[dict[str, Any]]:
        """One dict per batch up to `version`, with the columns of the commits table and its report."""
        limit = self._version(version)
        if self.version == 0:
            return []
        commits = read_rows(self.folder / "_commits", _COMMITS).sort_by("version")
        rows: list[dict[str, Any]] = commits.to_pylist()
        return [row | {"report": json.loads(row["report"])} for row in rows if row["version"] <= limit]

    def tables(self, version: int | None = None) -> dict[str, int]:
        """How many rows each table has accepted, in the order of the contract; without empty ones."""
        accepted: dict[str, int] = dict.fromkeys(TABLES, 0)
        for batch in self.batches(version):
            accepted[batch["table"]] += batch["accepted"]
        return {table: rows for table, rows in accepted.items() if rows}

    def read(self, table: str, columns: Sequence[str] | None = None, version: int | None = None) -> pa.Table:
        """Current rows of a table at a version, in input order: the columns asked for and `_seq`."""
        wanted = list(TABLES[table].arrow.names if columns is None else columns)
        rows = self._revisions(table, [*wanted, "_seq", "_rev"], version)
        return _latest(rows).select([*wanted, "_seq"])

    def history(self, table: str, identifier: str) -> pa.Table:
        """All versions of one identified row, oldest first, with `_seq`, `_rev` and `_version`.

        Raises `UsageError` where the table has no identifier.
        """
        key = TABLES[table].identifier
        if key is None:
            raise UsageError(
                f"{table} 没有标识列，逐行并列，没有历史版本 / {table} has no identifier, so no history"
            )
        rows = self._revisions(table, [*TABLES[table].arrow.names, *_OWN.names], None)
        rows = rows.filter(pc.equal(rows[key], identifier)).sort_by("_rev")
        versions = {batch["batch"]: batch["version"] for batch in self.batches()}
        of_row = pa.array([versions[batch] for batch in rows["_batch"].to_pylist()], pa.int64())
        return rows.append_column("_version", of_row).drop_columns(["_row", "_batch"])

    def sources(self, table: str, seqs: Sequence[int], version: int | None = None) -> list[Source]:
        """Where the current versions of rows came from, in the order asked for; KeyError where unknown."""
        rows = self._revisions(table, ["_seq", "_rev", "_row", "_batch"], version)
        rows = _latest(rows.filter(pc.is_in(rows["_seq"], pa.array(seqs, pa.int64()))))
        batches = {batch["batch"]: batch for batch in self.batches(version)}
        found = {
            seq: Source(batches[batch]["file"], batches[batch]["sheet"], row)
            for seq, row, batch in zip(
                *(rows[name].to_pylist() for name in ("_seq", "_row", "_batch")), strict=True
            )
        }
        return [found[seq] for seq in seqs]

    def damaged_files(self) -> list[Path]:
        """Files whose footer cannot be read; raises `DataRefusedError` where the list of files cannot be."""
        # A table that has taken rows has a folder, so that one which has gone is named.
        folders = [self.folder / name for name in ("_commits", *self.tables())]
        files = [file for folder in folders for file in files_of(folder)]
        return [file for file in files if not can_be_read(file, [])]

    @contextmanager
    def write(self) -> Iterator["Writer"]:
        """A writer, the only one at a time; what was not committed when the block ends is dropped.

        Raises `DataRefusedError` while another process writes.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        busy = (
            "另一个进程正在写入此账本，请等它结束后重试 / another process is writing to this ledger; "
            "try again when it has finished"
        )
        with only_process(self.folder / ".lock", busy):
            unfinished = self.folder / ".unfinished"
            if unfinished.exists():
                self._drop_orphans()
            unfinished.touch()
            writer = Writer(self)
            try:
                yield writer
            finally:
                if writer.leaves_nothing:
                    unfinished.unlink()

    def preview(self) -> "Writer":
        """A writer that says what would become of rows and stores nothing, not even a folder."""
        return Writer(self, stores=False)

    def _version(self, version: int | None) -> int:
        newest = self.version
        if version is not None and not 0 <= version <= newest:
            raise UsageError(f"账本没有版本 {version}（最新 {newest}）/ the ledger has no version {version}")
        return newest if version is None else version

    def _revisions(self, table: str, columns: list[str], version: int | None) -> pa.Table:
        """Every accepted version of every row up to a ledger version, in no particular order."""
        batches = [b["batch"] for b in self.batches(version) if b["table"] == table and b["accepted"]]
        schema = pa.unify_schemas([TABLES[table].arrow, _OWN])
        if not batches:
            return pa.schema([schema.field(name) for name in columns]).empty_table()
        rows = read_rows(self.folder / table, schema, columns, pc.field("_batch").isin(batches))
        return rows.cast(pa.schema([schema.field(name) for name in columns]))

    def _drop_orphans(self) -> None:
        """Remove rows of batches that never were committed: a writer was killed before its commit."""
        known = {batch["batch"] for batch in self.batches()}
        for table in TABLES:
            if not DeltaTable.is_deltatable(str(self.folder / table)):
                continue
            delta = DeltaTable(self.folder / table)
            present = read_rows(self.folder / table, _OWN, ["_batch"])["_batch"]
            for orphan in set(pc.unique(present).to_pylist()) - known:
                with system_errors(self.folder / table):
                    delta.delete(f"_batch = {orphan}")


@dataclass
class _Batch:
    number: int
    table: str
    file: str
    sheet: str | None
    digest: str
    accepted: int
    report: dict[str, Any]


@dataclass
class Writer:
    """Takes the batches of one ingest and commits them together."""

    ledger: Ledger
    stores: bool = True
    leaves_nothing: bool = True
    _batches: list[_Batch] = field(default_factory=list)
    _current: dict[str, pa.Table] = field(default_factory=dict)
    _digests: set[str] | None = None

    def add(
        self,
        table: str,
        rows: pa.Table,
        *,
        file: str,
        sheet: str | None,
        report: dict[str, Any] | None = None,
    ) -> Int8s:
        """Offer rows (columns of `TABLES[table].arrow` and `_row`); says of each NEW, CORRECTED or DUPLICATE.

        `report` is kept with the batch and may be filled until `commit`. Content that the ledger has taken
        before, under whatever file name, is DUPLICATE as a whole.
        """
        rows = rows.select([*TABLES[table].arrow.names, "_row"])
        content = rows.drop_columns(["_row"]).cast(TABLES[table].arrow)
        digest = content_digest(table, content)
        if self._digests is None:
            self._digests = {batch["digest"] for batch in self.ledger.batches()}
        if digest in self._digests:
            status = np.full(len(rows), DUPLICATE, np.int8)
            added = 0
        else:
            self._digests.add(digest)
            status, added = self._append(TABLES[table], content, rows["_row"], number := secrets.randbits(62))
        if not added:
            number = 0
        self._batches.append(
            _Batch(number, table, file, sheet, digest, added, {} if report is None else report)
        )
        return status

    def commit(self) -> int:
        """Make all that was added count, at once; returns the version, the old one where nothing is new."""
        version = self.ledger.version
        if any(batch.accepted for batch in self._batches):
            version += 1
            now = datetime.now(UTC)
            rows = [
                {
                    "version": version,
                    "batch": batch.number,
                    "table": batch.table,
                    "file": batch.file,
                    "sheet": batch.sheet,
                    "digest": batch.digest,
                    "accepted": batch.accepted,
                    "report": json.dumps(batch.report, ensure_ascii=False),
                    "committed_at": now,
                }
                for batch in self._batches
            ]
            append_rows(self.ledger.folder / "_commits", pa.Table.from_pylist(rows, schema=_COMMITS))
        self._batches.clear()
        self.leaves_nothing = True
        return version

    def _append(
        self, table: Table, content: pa.Table, row_numbers: pa.ChunkedArray, number: int
    ) -> tuple[Int8s, int]:
        """Append the rows that say something new; returns each row's status and how many were appended."""
        before = self._rows_so_far(table)
        next_seq = pc.max(before["_seq"]).as_py() + 1 if len(before) else 0
        status, seq, rev = _compare(table, before, content, next_seq)
        keep = pa.array(status != DUPLICATE)
        own = pa.table([pa.array(seq), pa.array(rev), row_numbers.cast(pa.int64())], schema=_OWN_PER_ROW)
        rows = content
        for name in own.column_names:
            rows = rows.append_column(_OWN_PER_ROW.field(name), own[name])
        rows = rows.filter(keep)
        rows = rows.append_column(_OWN.field("_batch"), pa.repeat(pa.scalar(number, pa.int64()), len(rows)))
        if len(rows):
            if self.stores:
                self.leaves_nothing = False
                append_rows(self.ledger.folder / table.name, rows)
            taken = rows.drop_columns(["_row", "_batch"])
            self._current[table.name] = _latest(pa.concat_tables([before, taken]))
        return status, len(rows)

    def _rows_so_far(self, table: Table) -> pa.Table:
        """The rows that a new one is compared with: those of the ledger and those added by this writer."""
        if table.name not in self._current:
            columns = [*table.arrow.names, "_seq", "_rev"]
            self._current[table.name] = _latest(self.ledger._revisions(table.name, columns, None))
        return self._current[table.name]


def _latest(rows: pa.Table) -> pa.Table:
    """The newest version of each row, in input order (`_seq`)."""
    if len(rows) and pc.max(rows["_rev"]).as_py() > 0:
        rows = rows.sort_by([("_seq", "ascending"), ("_rev", "ascending")])
        seq = rows["_seq"].to_numpy()
        return rows.filter(pa.array(np.append(seq[1:] != seq[:-1], True)))
    seq = rows["_seq"].to_numpy()
    return rows if (seq[1:] > seq[:-1]).all() else rows.take(pa.array(np.argsort(seq, kind="stable")))


def _compare(
    table: Table, before: pa.Table, content: pa.Table, next_seq: int
) -> tuple[Int8s, np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int32]]]:
    """Status, `_seq` and `_rev` of each offered row, compared with the one before it under its identifier.

    A row of a table without identifier is a duplicate when it is equal in every column.
    """
    rows = len(content)
    status = np.zeros(rows, np.int8)
    seq = np.zeros(rows, np.int64)
    rev = np.zeros(rows, np.int32)
    if repeated := _repeated(table, before, content):
        n, *found = (column.to_numpy() for column in repeated)
        status[n], seq[n], rev[n] = found
    first = status == NEW
    seq[first] = next_seq + np.arange(first.sum())
    corrected = np.flatnonzero((status == CORRECTED) & (seq < 0))
    if len(
        corrected
    ):  # corrections of rows that are themselves new in this batch: seq is -1 - their position
        seq[corrected] = seq[-1 - seq[corrected]]
    return status, seq, rev


def _repeated(table: Table, before: pa.Table, content: pa.Table) -> list[pa.ChunkedArray] | None:
    """Of rows that are not new: position, status, `_seq` (or -1 - the first row's position), `_rev`."""
    names = table.arrow.names
    keys = [table.identifier] if table.identifier else names
    key = ", ".join(f'"{name}"' for name in keys)
    whole = ", ".join(f'"{name}"' for name in names)
    same_key = " AND ".join(f'o."{name}" IS NOT DISTINCT FROM k."{name}"' for name in keys)
    with duckdb.connect() as db:
        offered = content.append_column("n", pa.array(np.arange(len(content))))
        db.register("offered", offered)
        db.register("known", before)
        if _all_new(db, key, same_key):
            return None
        result: pa.Table = db.sql(
            f"""
            WITH everything AS (
                SELECT {whole}, _seq AS seq, _rev AS rev, -1 AS n
                FROM known k SEMI JOIN offered o ON {same_key}
                UNION ALL SELECT {whole}, -1 - n, 0, n FROM offered
            ), chained AS (
                SELECT n, row({whole}) IS NOT DISTINCT FROM lag(row({whole})) OVER w AS same,
                    first_value(seq) OVER w AS first_seq, first_value(rev) OVER w AS first_rev,
                    row_number() OVER w AS place,
                FROM everything WINDOW w AS (PARTITION BY {key} ORDER BY n ROWS UNBOUNDED PRECEDING)
            ), counted AS (
                SELECT *, sum(CASE WHEN place > 1 AND NOT same THEN 1 ELSE 0 END)
                    OVER (PARTITION BY first_seq ORDER BY n ROWS UNBOUNDED PRECEDING) AS changes FROM chained
            )
            SELECT n, (CASE WHEN same THEN {DUPLICATE} ELSE {CORRECTED} END)::TINYINT AS status,
                first_seq, (first_rev + changes)::INTEGER AS rev
            FROM counted WHERE n >= 0 AND place > 1 ORDER BY n
            """
        ).to_arrow_table()
    columns: list[pa.ChunkedArray] = result.columns
    return columns


def _all_new(db: duckdb.DuckDBPyConnection, key: str, same_key: str) -> bool:
    """Whether no key of the offered rows occurs twice or is known: the ordinary case, told quickly."""
    distinct = db.execute(
        f"SELECT count(*) = (SELECT count(*) FROM (SELECT DISTINCT {key} FROM offered)) FROM offered"
    )
    if not distinct.fetchall()[0][0]:
        return False
    return not db.execute(f"SELECT 1 FROM offered o SEMI JOIN known k ON {same_key} LIMIT 1").fetchall()
