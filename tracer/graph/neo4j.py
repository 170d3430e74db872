"""The graph on a Neo4j server over Bolt: one build at a time, asked in read mode.

Neo4j Community has one database and no roles, so a read session protects from mistakes and not from
someone who has the password. A state node, which digests and counts leave out, says which content is
complete; while a load is under way, or after one that was cut off, queries are refused and not answered
from half a graph.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import neo4j
import pyarrow as pa
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
)

from tracer.errors import UsageError
from tracer.graph import content
from tracer.graph.base import (
    TIMEOUT_S,
    Parameter,
    QueryFailed,
    QueryTimeout,
    Row,
    StoreError,
    StoreExhausted,
    StoreUnavailable,
    check_parameters,
    masked,
    plain,
)
from tracer.graph.content import Table
from tracer.graph.portable import gate

STATE_LABEL = "FundtrailState"
READ_CHUNK = 50_000


class Neo4jStore:
    """The graph of a Neo4j server, such as `bolt://127.0.0.1:7687`.

    `auth` is user and password, by default `NEO4J_USER` (else neo4j) and `NEO4J_PASSWORD`; without a password
    none is sent. Raises StoreUnavailable if no server answers there or it refuses the user, and UsageError
    for an address with a user or password in it, which would end up in logs.
    """

    def __init__(self, uri: str, auth: tuple[str, str] | None = None) -> None:
        password = os.environ.get("NEO4J_PASSWORD")
        if auth is None and password:
            auth = (os.environ.get("NEO4J_USER") or "neo4j", password)
        if "@" in uri:
            raise UsageError(
                "Neo4j 地址里不能写用户和密码：请用 NEO4J_USER、NEO4J_PASSWORD 给出"
                " / no user or password in the address of a Neo4j: set NEO4J_USER and NEO4J_PASSWORD"
            )
        self.uri = uri
        with _refusals_translated(uri), contextlib.ExitStack() as unless_connected:
            self._driver = neo4j.GraphDatabase.driver(
                uri,
                auth=auth,
                connection_timeout=10,
                connection_acquisition_timeout=30,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
            )
            unless_connected.callback(self._driver.close)
            self._driver.verify_connectivity()
            unless_connected.pop_all()

    def load(self, folder: Path) -> bool:
        """Bring the database to the build in `folder`; false if it already holds exactly that.

        What differs is written and what is gone is pruned; safe to repeat after a failure at any point. Two
        loads wait for each other. Raises DataRefusedError if the folder is not a build, or if the database
        holds something that is not ours.
        """
        from tracer.graph.neo4j_load import load

        return load(self, folder)

    def run(
        self, text: str, parameters: Mapping[str, Parameter] | None = None, timeout_s: float = TIMEOUT_S
    ) -> list[Row]:
        """Rows of a read-only query; see `tracer.graph.base.Store.run`."""
        checked = check_parameters(gate(text), parameters)
        before = self._complete_content()
        rows = self._read(text, checked, timeout_s)
        if self._complete_content() != before:
            raise _half_loaded()
        return rows

    def _complete_content(self) -> str:
        digest, model = self.state()
        if digest is None or model != content.model_digest():
            raise _half_loaded()
        return digest

    def state(self) -> tuple[str | None, str | None]:
        """Digest of the content that is there and of its model; nothing while it is not complete."""
        found = self._read(f"MATCH (s:{STATE_LABEL} {{key: 'state'}}) RETURN s.digest AS d, s.model AS m")
        digest, model = (found[0]["d"], found[0]["m"]) if found else (None, None)
        return digest if isinstance(digest, str) else None, model if isinstance(model, str) else None

    def _read(
        self, text: str, parameters: dict[str, Parameter] | None = None, timeout_s: float = TIMEOUT_S
    ) -> list[Row]:
        with self.session(neo4j.READ_ACCESS) as session, errors_translated(timeout_s):
            query = neo4j.Query(text, timeout=timeout_s)
            result = session.run(query, dict(parameters or {}))
            return [
                {name: plain(record[name], name) for name in record.keys()}  # noqa: SIM118 - a record iterates values
                for record in result
            ]

    def session(self, access_mode: str) -> neo4j.Session:
        """A session of the driver."""
        return self._driver.session(default_access_mode=access_mode, fetch_size=10_000)

    def counts(self) -> dict[str, int]:
        """Number of nodes by label and of edges by type."""
        found = self.rows_by_pattern()
        return content.counts_by_name({t: found.get((t.name, t.ends), 0) for t in content.TABLES})

    def rows_by_pattern(self) -> dict[tuple[str, tuple[str, str] | None], int]:
        """Number of nodes by label, and of edges by type and labels of both ends, whatever there is."""
        nodes: list[Any] = self._read(
            f"MATCH (n) WHERE NOT n:{STATE_LABEL} RETURN labels(n) AS a, count(*) AS n", timeout_s=600
        )
        edges: list[Any] = self._read(
            "MATCH (a)-[r]->(b) RETURN type(r) AS type, labels(a) AS a, labels(b) AS b, count(*) AS n",
            timeout_s=600,
        )
        # Two labels on one node are nobody's label, so that they count as foreign.
        found: dict[tuple[str, tuple[str, str] | None], int] = {}
        for row in nodes:
            found[":".join(row["a"]), None] = row["n"]
        for row in edges:
            found[row["type"], (":".join(row["a"]), ":".join(row["b"]))] = row["n"]
        return found

    def count(self, text: str) -> int:
        """The number `n` of the only row of a query."""
        value = self._read(text, timeout_s=600)[0]["n"]
        assert isinstance(value, int)
        return value

    def digest(self) -> str:
        """Digest of the whole content; see `tracer.graph.content.Digest`."""
        digest = content.Digest()
        for table in content.TABLES:
            for part in self.parts(table):
                digest.add(table, part)
        return digest.hexdigest()

    def parts(self, table: Table, extra: str = "") -> Iterator[pa.Table]:
        """The rows of a table as it is in the database, in chunks; `extra` adds a text column `element`."""
        schema = table.schema.append(pa.field("element", pa.string())) if extra else table.schema
        text = f"MATCH {pattern(table)} RETURN {_columns(table)}{extra and f', {extra} AS element'}"
        with self.session(neo4j.READ_ACCESS) as session, errors_translated(3600):
            result = session.run(text)
            while records := result.fetch(READ_CHUNK):
                columns = zip(*(record.values() for record in records), strict=True)
                arrays = [_array(column, field) for column, field in zip(columns, schema, strict=True)]
                yield pa.Table.from_arrays(arrays, schema=schema)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def pattern(table: Table) -> str:
    """The Cypher pattern of a table: node `a`, or edge `r` from `a` to `b`."""
    if table.ends:
        return f"(a:`{table.ends[0]}`)-[r:`{table.name}`]->(b:`{table.ends[1]}`)"
    return f"(a:`{table.name}`)"


def _columns(table: Table) -> str:
    holder = "r" if table.ends else "a"
    ends = ["a.key AS from_key", "b.key AS to_key"] if table.ends else []
    return ", ".join([*ends, *(f"{holder}.`{name}` AS `{name}`" for name in table.properties)])


def _array(column: tuple[Any, ...], field: pa.Field) -> pa.Array:
    try:
        return pa.array(column, field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        raise QueryFailed(
            f"数据库中 {field.name} 的值不是应有的类型 {field.type}：请重新装载图"
            f" / a value of {field.name} in the database is not of type {field.type}; load the graph again"
        ) from None


@contextlib.contextmanager
def _refusals_translated(uri: str) -> Iterator[None]:
    """Say why there is no connection: who asks is refused, or nothing answers."""
    try:
        yield
    except (ServiceUnavailable, ClientError, ConfigurationError, ValueError) as error:
        code = (error.code or "") if isinstance(error, Neo4jError) else ""
        if code.endswith("AuthenticationRateLimit"):
            raise StoreUnavailable(
                f"Neo4j {uri} 因多次密码不对暂时拒绝登录：等几秒，改正 NEO4J_PASSWORD 后再试"
                f" / the Neo4j at {uri} refuses logins for a while after several wrong passwords:"
                " wait some seconds, correct NEO4J_PASSWORD and try again"
            ) from None
        if isinstance(error, AuthError):
            raise StoreUnavailable(
                f"Neo4j {uri} 不接受用户或密码：用 NEO4J_USER、NEO4J_PASSWORD 给出；"
                "由 fundtrail neo4j start 启动的，密码在启动时的 --home 里，请用同一个 --home"
                f" / wrong or missing password for the Neo4j at {uri}: set NEO4J_USER and NEO4J_PASSWORD;"
                " the password of a server started by fundtrail lies in its own home: use the same --home"
            ) from None
        raise StoreUnavailable(
            f"连不上 Neo4j {uri}（{type(error).__name__}）：检查地址、NEO4J_PASSWORD，或先启动服务"
            f" / no Neo4j answers at {uri}: check the address and NEO4J_PASSWORD, or start it"
        ) from None


@contextlib.contextmanager
def errors_translated(timeout_s: float) -> Iterator[None]:
    """Turn errors of the driver into errors of the port."""
    try:
        yield
    except Neo4jError as error:
        raise _translated(error, timeout_s) from None
    except DriverError as error:
        raise StoreUnavailable(
            f"与 Neo4j 的连接中断（{type(error).__name__}）：检查服务后重试"
            f" / the connection to Neo4j broke ({type(error).__name__}): check the server and try again"
        ) from None


def _translated(error: Neo4jError, timeout_s: float) -> StoreError:
    code = error.code or ""
    if "TimedOut" in code or code.endswith("Transaction.Terminated"):
        return QueryTimeout(
            f"查询超过 {timeout_s:g} 秒被中止，没有结果：放宽时限或缩小范围"
            f" / the query was stopped after {timeout_s:g} s, no result: allow more time or ask for less"
        )
    if "OutOfMemory" in code or "MemoryPool" in code:
        return StoreExhausted(
            "查询所需内存超过 Neo4j 的上限，没有结果：缩小范围，或放宽服务的内存"
            " / the query needs more memory than Neo4j may use, no result: ask for less or give it more"
        )
    return QueryFailed(f"Neo4j 不接受该查询：{masked(error.message or code)} / Neo4j refused the query")


def _half_loaded() -> StoreUnavailable:
    return StoreUnavailable(
        "Neo4j 中没有完整的图（未装载、正在装载、装载中断，或图模型版本不同）：请重新装载"
        " / this Neo4j holds no complete graph (none, half loaded, or of another model): load it again"
    )
