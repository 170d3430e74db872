"""The registers of other offices that a home holds: what was imported, by whom, why, and the rows themselves.

Apart from the ledger, because these rows must be possible to remove: each import is one Parquet file under
`registers/rows` and one line in `registers/log.jsonl`, which is only appended to. An import counts from its
line on, and a removal too; rows without a line that counts are swept by the next writer.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tracer.errors import DataRefusedError, UsageError
from tracer.lock import only_process
from tracer.registers.classes import Classes, RegisterClass, load_classes

ROW_COLUMNS = pa.schema([("_file", pa.int32()), ("_sheet", pa.string()), ("_row", pa.int64())])
"""What is kept of a row beside the declared columns: where it came from."""

REF_MARK = "@"
"""Rows of registers are named `CLASS@NUMBER#ROW`: the number of their import, and their place in it."""

_NOT_CITED = ("files", "counts", "digest", "removed")

_DAYS = ("as_of", "since", "keep_until")


@dataclass(frozen=True)
class Provenance:
    """What must be said of a register when it is imported."""

    purpose: str
    basis: str
    """Legal basis."""
    office: str
    """The office that it came from."""
    imported_by: str
    as_of: date
    since: date | None = None
    """First day from which it tells everything, where it is not the as-of day."""
    keep_until: date | None = None
    """Last day on which it may be used."""

    def check(self) -> None:
        """Raise UsageError where something is not said, or days contradict one another."""
        for option in ("purpose", "basis", "office", "imported_by"):
            if not getattr(self, option).strip():
                name = "by" if option == "imported_by" else option
                raise UsageError(f"--{name} 不能为空 / --{name} must not be empty")
        if self.since and self.since > self.as_of:
            raise UsageError("--since 晚于 --as-of / --since is after --as-of")
        if self.keep_until and self.keep_until < self.as_of:
            raise UsageError("--keep-until 早于 --as-of / --keep-until is before --as-of")


@dataclass(frozen=True)
class Import:
    """One import of a register: a version of it."""

    number: int
    register: str
    provenance: Provenance
    imported_at: str
    files: tuple[dict[str, str], ...]
    """Name and sha256 of each file."""
    counts: dict[str, int]
    """The five counts, and the rows kept."""
    digest: str
    """Of the rows kept."""
    removed: dict[str, str] | None = None
    """Who removed it, when and why."""

    @property
    def rows(self) -> int:
        """How many rows it brought."""
        return self.counts["accepted"]

    def as_row(self) -> dict[str, Any]:
        """As `registers list` prints it and findings cite it."""
        said = asdict(self.provenance)
        return {
            "number": self.number,
            "register": self.register,
            **{name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()},
            "imported_at": self.imported_at,
            "files": [dict(file) for file in self.files],
            "counts": dict(self.counts),
            "digest": self.digest,
            "removed": self.removed,
        }

    def is_seen(self, as_of: date | None) -> bool:
        """Whether a look on that day sees it: it is there, not dated later, and may still be used."""
        said = self.provenance
        if self.removed or as_of is None:
            return not self.removed
        return said.as_of <= as_of and (said.keep_until is None or as_of <= said.keep_until)


class Registers:
    """The classes that a home knows and the registers that were imported into it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "registers"
        self._tables: dict[int, pa.Table] = {}

    @cached_property
    def classes(self) -> Classes:
        """All classes by name."""
        return load_classes(self.home)

    def named(self, name: str) -> RegisterClass:
        """The class of an English or Chinese name; raises UsageError where there is none."""
        for one in self.classes.values():
            if name in (one.name, one.zh):
                return one
        known = "、".join(f"{one.zh} {one.name}" for one in self.classes.values())
        raise UsageError(f"没有这类登记：{name}；有 {known} / there is no class of registers {name}")

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import that there ever was, in order, removed ones as such."""
        log = self.folder / "log.jsonl"
        text = log.read_text("utf-8") if log.is_file() else ""
        found: dict[int, Import] = {}
        for line in text.split("\n")[:-1]:  # a line without its end was never written whole
            entry = json.loads(line)
            if "removes" in entry:
                known = found[entry.pop("removes")]
                found[known.number] = replace(known, removed=entry)
            else:
                found[entry["number"]] = _import(entry)
        return tuple(found.values())

    def seen(self, as_of: date | None) -> list[Import]:
        """The imports that a look on a day sees, by as-of day and then number: a later one replaces."""
        known = (one for one in self.imports if one.is_seen(as_of) and one.register in self.classes)
        return sorted(known, key=lambda one: (one.provenance.as_of, one.number))

    @property
    def rules(self) -> frozenset[str]:
        """The rules of the classes of which there ever was an import: these rules are in play."""
        return frozenset(
            self.classes[one.register].rule for one in self.imports if one.register in self.classes
        )

    def named_by(self, rule_id: str) -> list[str]:
        """The classes that name a rule."""
        return [one.name for one in self.classes.values() if one.rule == rule_id]

    def missing(self, rule_id: str, as_of: date | None) -> list[str]:
        """The classes that a rule lacks on a day: those that name it, where none of them has an import."""
        if not self.folder.is_dir():
            return []
        named = self.named_by(rule_id)
        seen = {one.register for one in self.seen(as_of)}
        return [] if seen.intersection(named) else named

    def versions(self, rule_id: str, as_of: date | None) -> list[dict[str, Any]]:
        """The imports that a rule sees on a day, as findings cite them."""
        return [one.as_row() for one in self.seen(as_of) if self.classes[one.register].rule == rule_id]

    def rows(self, one: Import) -> pa.Table:
        """The rows of an import: the columns of its class as stored, and `ROW_COLUMNS`."""
        if one.number not in self._tables:
            self._tables[one.number] = pq.read_table(self._rows_file(one.number))
        table = self._tables[one.number]
        expected = pa.schema([*self.classes[one.register].table.arrow, *ROW_COLUMNS])
        if table.schema.names != expected.names:
            raise DataRefusedError(
                f"{one.register} 的列与导入时不同；请恢复原来的声明，或移除后重新导入"
                f" / the columns of {one.register} are no longer those of import {one.number}; restore its"
                " declaration, or remove it and import it again"
            )
        return table.cast(expected)

    def source(self, ref: str) -> dict[str, Any]:
        """Where a row `CLASS@NUMBER#ROW` came from, and what was said of it at import."""
        name, _, rest = ref.partition(REF_MARK)
        number, _, place = rest.partition("#")
        one = next(one for one in self.imports if one.number == int(number))
        row = self.rows(one).slice(int(place), 1).to_pylist()[0]
        known = self.classes[name]
        said = {key: value for key, value in one.as_row().items() if key not in _NOT_CITED}
        day = known.column("from")
        return {
            "file": one.files[row["_file"]]["file"],
            "sheet": row["_sheet"],
            "row": row["_row"],
            "day": row[day].isoformat() if day and row[day] else None,
            "register": {"name_zh": known.zh, "name_en": known.en, **said},
        }

    def add(
        self,
        known: RegisterClass,
        rows: pa.Table,
        provenance: Provenance,
        imported_at: str,
        files: Iterable[Mapping[str, str]],
        counts: Mapping[str, int],
    ) -> Import | None:
        """Keep rows (the class's columns and `ROW_COLUMNS`) as a new version.

        None where an import that counts says the same of the same day. Raises UsageError for a provenance
        that is not whole, DataRefusedError while another process writes.
        """
        provenance.check()
        rows = rows.select([*known.table.arrow.names, *ROW_COLUMNS.names])
        digest = _digest(rows)
        with self._writing():
            for one in self.imports:
                is_same = (one.register, one.provenance.as_of, one.digest) == (
                    known.name,
                    provenance.as_of,
                    digest,
                )
                if is_same and not one.removed:
                    return None
            added = Import(
                number=max((one.number for one in self.imports), default=0) + 1,
                register=known.name,
                provenance=provenance,
                imported_at=imported_at,
                files=tuple(dict(file) for file in files),
                counts=dict(counts),
                digest=digest,
            )
            path = self._rows_file(added.number)
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows, path)
            path.chmod(0o600)
            self._append({name: value for name, value in added.as_row().items() if name != "removed"})
        return added

    def remove(self, numbers: Iterable[int], by: str, reason: str, removed_at: str) -> list[Import]:
        """Remove the rows of imports for good; the log keeps what they were. Returns them.

        Raises UsageError for a number that is not there or already removed, and where nothing is said.
        """
        if not by.strip() or not reason.strip():
            raise UsageError("--by 和 --reason 不能为空 / --by and --reason must not be empty")
        wanted = list(dict.fromkeys(numbers))
        with self._writing():
            known = {one.number: one for one in self.imports if not one.removed}
            unknown = [number for number in wanted if number not in known]
            if unknown:
                raise UsageError(
                    f"没有可移除的导入 {unknown[0]}；见 fundtrail registers list"
                    f" / there is no import {unknown[0]} to remove; see fundtrail registers list"
                )
            for number in wanted:
                self._append({"removes": number, "by": by, "reason": reason, "at": removed_at})
                self._rows_file(number).unlink(missing_ok=True)
        return [known[number] for number in wanted]

    def expired(self, as_of: date) -> list[int]:
        """Numbers of the imports whose last day of use is before a day."""
        return [
            one.number
            for one in self.imports
            if not one.removed and one.provenance.keep_until and one.provenance.keep_until < as_of
        ]

    def _rows_file(self, number: int) -> Path:
        return self.folder / "rows" / f"{number}.parquet"

    def _append(self, entry: Mapping[str, Any]) -> None:
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry, ensure_ascii=False) + "\n")
            log.flush()
            os.fsync(log.fileno())
        vars(self).pop("imports", None)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The only writer at a time; what no line of the log speaks for is swept first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        busy = (
            "另一个进程正在写入登记，请等它结束后重试 / another process is writing registers;"
            " try again when it has finished"
        )
        with only_process(self.folder / ".lock", busy):
            log = self.folder / "log.jsonl"
            if log.is_file() and (torn := len(log.read_bytes().rpartition(b"\n")[2])):
                os.truncate(log, log.stat().st_size - torn)
            vars(self).pop("imports", None)
            alive = {one.number for one in self.imports if not one.removed}
            for path in (self.folder / "rows").glob("*"):
                if not path.stem.isdigit() or int(path.stem) not in alive:
                    path.unlink()
            yield


def registers_digest(home: Path) -> str:
    """Digest of the registers that a home holds, empty where it holds none; part of the names of graphs."""
    if not (home / "registers" / "log.jsonl").is_file():
        return ""
    registers = Registers(home)
    parts = [
        f"{one.number} {one.digest} {registers.classes[one.register].sha256}" for one in registers.seen(None)
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else ""


def _digest(rows: pa.Table) -> str:
    """Digest of rows in their order, as they would be written."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _import(entry: dict[str, Any]) -> Import:
    said = {field.name: entry.pop(field.name) for field in fields(Provenance)}
    days = {name: date.fromisoformat(said[name]) if said[name] else None for name in _DAYS}
    return Import(provenance=Provenance(**(said | days)), **(entry | {"files": tuple(entry["files"])}))
