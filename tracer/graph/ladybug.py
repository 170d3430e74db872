"""The embedded graph store: Ladybug, one file per build, written once in bulk and then only read.

Ladybug is young, so nothing rests on its recovery: a build goes to a fresh file beside the target, is
checkpointed, closed, synced and swapped in; a crash at any point leaves the old file. A published file is
0444 and only opened read-only. Do not fork a process that has a store open: Ladybug hangs in the child.
"""

import contextlib
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import ladybug
import pyarrow.parquet as pq

from tracer.errors import DataRefusedError
from tracer.graph import content
from tracer.graph.base import (
    TIMEOUT_S,
    AnswerDamaged,
    Parameter,
    QueryFailed,
    QueryTimeout,
    Row,
    StoreError,
    StoreExhausted,
    StoreUnavailable,
    cannot_write,
    check_parameters,
    masked,
    plain,
)
from tracer.graph.content import Table
from tracer.graph.model import BOOL, EDGES, INT, NODES, TEXT
from tracer.graph.portable import gate
from tracer.graph.processes import is_alive
from tracer.graph.tokens import write_in

TYPES = {TEXT: "STRING", INT: "INT64", BOOL: "BOOL"}
# Below this COPY of a million rows fails; above, the pool is a limit and not a reservation.
POOL_MIN = 512 * 2**20
BUILD_POOL_MAX = 8 * 2**30
# The digest reads a table in slices of so many nodes, so that one result always fits the pool.
SLICE = 500_000
_MODEL_TABLE = "FundtrailModel"


def build_file(folder: Path, target: Path) -> None:
    """Build the graph of a build folder into a new file and swap it in as `target`.

    Raises DataRefusedError if the folder is not a build (unknown file or column, key twice, edge without
    its end); then, and after a crash at any moment, `target` is what it was.
    """
    rows = content.rows_of(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    draft = target.parent / f".{target.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.draft"
    try:
        _fill(draft, folder, rows)
        _publish(draft, target)
    except RuntimeError as error:
        if not _is_of_files(error):
            raise
        raise cannot_write(target) from error
    finally:
        for path in target.parent.glob(f"{draft.name}*"):
            path.unlink()


def _fill(draft: Path, folder: Path, rows: dict[Table, int]) -> None:
    pool = max(POOL_MIN, min(_memory() // 2, BUILD_POOL_MAX))
    with (
        ladybug.Database(str(draft), buffer_pool_size=pool, max_db_size=_map_size(draft, pool)) as database,
        ladybug.Connection(database) as connection,
    ):
        for statement in schema():
            connection.execute(statement)
        for table, path in content.files(folder).items():
            if rows[table]:
                _copy(connection, table, path)
        for table, count in rows.items():
            if _count(connection, table) != count:
                raise StoreError(
                    f"图的表 {table.name} 没有写全，请重试"
                    f" / table {table.name} of the graph was not written in full; try again"
                )
        connection.execute("CHECKPOINT")


def schema() -> Iterator[str]:
    """The statements that make an empty graph, from `tracer.graph.model`."""
    for node in NODES:
        columns = ", ".join(f"`{name}` {TYPES[kind]}" for name, kind in node.properties.items())
        yield f"CREATE NODE TABLE `{node.label}` ({columns}, PRIMARY KEY (`key`))"
    for edge in EDGES:
        pairs = [f"FROM `{start}` TO `{end}`" for start, end in edge.ends]
        columns_of_edge = [f"`{name}` {TYPES[kind]}" for name, kind in edge.properties.items()]
        yield f"CREATE REL TABLE `{edge.type}` ({', '.join(pairs + columns_of_edge)})"
    yield f"CREATE NODE TABLE {_MODEL_TABLE} (digest STRING PRIMARY KEY)"
    yield f"CREATE (:{_MODEL_TABLE} {{digest: '{content.model_digest()}'}})"


def _copy(connection: ladybug.Connection, table: Table, path: Path) -> None:
    # Ladybug maps columns by place, so the order of the file is spelled out.
    names = pq.read_schema(path).names
    if table.ends:
        names = [name for name in names if name in table.properties]
        source = _edges_in_order(path, names)
        pair = f" (from='{table.ends[0]}', to='{table.ends[1]}')"
    else:
        source, pair = _quoted(path), ""
    columns = f"({', '.join(f'`{name}`' for name in names)})" if names else ""
    try:
        connection.execute(f"COPY `{table.name}`{columns} FROM {source}{pair}")
    except RuntimeError as error:
        if _is_of_files(error):
            raise
        raise DataRefusedError(
            f"{path.name} 不能入图（{masked(str(error))}）：键重复，或边的一端不存在"
            f" / {path.name} cannot be loaded: a key is there twice, or an edge lacks its end"
        ) from None


def _is_of_files(error: RuntimeError) -> bool:
    """Whether Ladybug failed because the file system refused it something, such as room."""
    return "IO exception" in str(error) or "heckpoint failed" in str(error)


def _edges_in_order(path: Path, properties: list[str]) -> str:
    if pq.read_schema(path).names == ["from_key", "to_key", *properties]:
        return _quoted(path)
    columns = ", ".join(f"`{name}`" for name in ("from_key", "to_key", *properties))
    return f"(LOAD FROM {_quoted(path)} RETURN {columns})"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _publish(draft: Path, target: Path) -> None:
    beside = [p.name for p in draft.parent.glob(f"{draft.name}.*")]
    if beside:
        raise StoreError(
            f"图文件没有写完：{beside} / the graph file was not finished: {beside} left beside it"
        )
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.chmod(0o444)
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove_leftovers(target: Path) -> None:
    """Remove the drafts of this target that a process left which is no more."""
    for path in target.parent.glob(f".{target.name}.*.draft*"):
        owner = path.name[len(target.name) + 2 :].split(".")[0]
        if owner.isdigit() and not is_alive(int(owner)):
            path.unlink(missing_ok=True)


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _map_size(path: Path, pool: int) -> int:
    """Address space to map, a power of two; the default of 8 TiB cannot be had everywhere."""
    size = path.stat().st_size if path.exists() else 64 * 2**30
    return 1 << max(4 * pool, 2 * size, 2**30).bit_length()


def _count(connection: ladybug.Connection, table: Table) -> int:
    result = connection.execute(f"MATCH {_pattern(table)} RETURN count(*) AS n")
    return int(result.get_next()[0])


def _pattern(table: Table) -> str:
    if table.ends:
        return f"(a:`{table.ends[0]}`)-[r:`{table.name}`]->(b:`{table.ends[1]}`)"
    return f"(a:`{table.name}`)"


def _columns(table: Table) -> str:
    holder = "r" if table.ends else "a"
    columns = ["a.`key` AS `from_key`", "b.`key` AS `to_key`"] if table.ends else []
    return ", ".join([*columns, *(f"{holder}.`{name}` AS `{name}`" for name in table.properties)])


class LadybugStore:
    """A published graph file, open for reading.

    `pool_bytes` limits the memory of queries; by default four times the file, at most half of the memory.
    Raises StoreUnavailable if the file is absent, damaged or built for another model.
    """

    def __init__(self, path: Path, pool_bytes: int | None = None) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise StoreUnavailable(
                f"没有图文件 {self.path}：请先建图 / no graph file {self.path}: build the graph first"
            )
        size = self.path.stat().st_size
        self._pool = pool_bytes or max(POOL_MIN, min(4 * size, _memory() // 2))
        self._database: ladybug.Database | None = self._open()
        self._check_model()

    def _open(self) -> ladybug.Database:
        try:
            return ladybug.Database(
                str(self.path),
                buffer_pool_size=self._pool,
                max_db_size=_map_size(self.path, self._pool),
                read_only=True,
            )
        except RuntimeError as error:
            raise self._damaged(masked(str(error))) from None

    def _damaged(self, why: str) -> StoreUnavailable:
        return StoreUnavailable(
            f"图文件 {self.path} 不能用（{why}）：删除它并重新建图，图由账本导出，不会丢数据"
            f" / graph file {self.path} cannot be used: delete it and build it again from the ledger"
        )

    def _check_model(self) -> None:
        try:
            rows = self._query(f"MATCH (m:{_MODEL_TABLE}) RETURN m.digest AS digest", {}, TIMEOUT_S)
        except QueryFailed as error:
            self.close()
            raise self._damaged(str(error)) from None
        if rows != [{"digest": content.model_digest()}]:
            self.close()
            raise self._damaged("图模型版本不同，built for another model")

    def run(
        self, text: str, parameters: Mapping[str, Parameter] | None = None, timeout_s: float = TIMEOUT_S
    ) -> list[Row]:
        """Rows of a read-only query; see `tracer.graph.base.Store.run`."""
        written, rest = _typed(text, check_parameters(gate(text), parameters))
        try:
            return self._query(written, rest, timeout_s)
        except (StoreExhausted, AnswerDamaged):
            # A pool stays full, so only a database opened afresh can answer. Damaged text was seen twice in
            # the first scans of new graphs on a loaded machine and could not be brought about again.
            self._database = self._open()
            return self._query(written, rest, timeout_s)

    def _query(self, text: str, parameters: dict[str, Parameter], timeout_s: float) -> list[Row]:
        with self._result(text, parameters, timeout_s) as result:
            names = result.get_column_names()
            try:
                rows = result.get_all()
            except UnicodeDecodeError:
                raise AnswerDamaged(
                    "图库返回的文字已损坏，请再试一次 / the graph store returned damaged text; try again"
                ) from None
            return [
                {name: plain(value, name) for name, value in zip(names, row, strict=True)} for row in rows
            ]

    @contextlib.contextmanager
    def _result(
        self, text: str, parameters: dict[str, Parameter], timeout_s: float
    ) -> Iterator[ladybug.QueryResult]:
        if self._database is None:
            raise StoreUnavailable("图已关闭 / the graph store was closed")
        # Memory of finished queries is kept per connection, so each query has its own.
        with ladybug.Connection(self._database) as connection:
            connection.set_query_timeout(max(1, int(timeout_s * 1000)))
            try:
                result = connection.execute(text, parameters)
            except RuntimeError as error:
                raise _translated(str(error), timeout_s) from None
            try:
                yield result
            finally:
                result.close()

    def counts(self) -> dict[str, int]:
        """Number of nodes by label and of edges by type."""
        rows = {t: self._one_int(f"MATCH {_pattern(t)} RETURN count(*) AS n") for t in content.TABLES}
        return content.counts_by_name(rows)

    def digest(self) -> str:
        """Digest of the whole content; see `tracer.graph.content.Digest`."""
        digest = content.Digest()
        for table in content.TABLES:
            first = table.ends[0] if table.ends else table.name
            for start in range(0, self._one_int(f"MATCH (a:`{first}`) RETURN count(*) AS n"), SLICE):
                text = (
                    f"MATCH {_pattern(table)} WHERE offset(id(a)) >= {start}"
                    f" AND offset(id(a)) < {start + SLICE} RETURN {_columns(table)}"
                )
                with self._result(text, {}, timeout_s=3600) as result:
                    digest.add(table, result.get_as_arrow())
        return digest.hexdigest()

    def _one_int(self, text: str) -> int:
        value = self._query(text, {}, TIMEOUT_S)[0]["n"]
        assert isinstance(value, int)
        return value

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _typed(text: str, parameters: dict[str, Parameter]) -> tuple[str, dict[str, Parameter]]:
    """Write numbers, truth values and empty lists into the text, as literals.

    Ladybug types a parameter by its size (200 is one byte, and its negative 56) and cannot type an empty
    list; a literal is always 64 bits. Text stays a parameter.
    """
    literals = {
        name: literal for name, value in parameters.items() if (literal := _literal(value)) is not None
    }
    return write_in(text, literals), {n: v for n, v in parameters.items() if n not in literals}


def _literal(value: Parameter) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"({value})" if value < 0 else str(value)
    return "[]" if value == [] else None


def _translated(message: str, timeout_s: float) -> StoreError:
    if "Interrupted" in message:
        return QueryTimeout(
            f"查询超过 {timeout_s:g} 秒被中止，没有结果：放宽时限或缩小范围"
            f" / the query was stopped after {timeout_s:g} s, no result: allow more time or ask for less"
        )
    if "Buffer manager exception" in message:
        return StoreExhausted(
            "查询所需内存超过图库的上限，没有结果：缩小范围，或在内存更大的机器上运行"
            " / the query needs more memory than the graph store may use, so there is no result: ask for less"
        )
    return QueryFailed(f"图库不接受该查询：{masked(message)} / the graph store refused the query")
