"""The port to the graph: what every graph store can do, and what it may answer.

A store is only read here. Ladybug files are built whole (`tracer.graph.ladybug.build_file`), a Neo4j
database is brought to a build by `Neo4jStore.load`; both from the same folder of Parquet files
(`tracer.graph.content`).
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from tracer.errors import DataRefusedError, FundtrailError, UsageError
from tracer.graph.tokens import PARAMETER, Token

Value: TypeAlias = "int | str | bool | list[Value] | dict[str, Value] | None"
Row: TypeAlias = dict[str, Value]
Parameter: TypeAlias = "int | str | bool | Sequence[int] | Sequence[str]"

TIMEOUT_S = 60.0
INT_MAX = 2**63 - 1


class StoreError(FundtrailError):
    """A graph store could not answer; the message says why and what to do."""


class StoreUnavailable(StoreError):  # noqa: N818 - reads better where it is caught
    """There is no usable graph: no file or server, damaged, half loaded, or built for another model."""


class QueryTimeout(StoreError):  # noqa: N818
    """A query was stopped at its time limit; nothing is known about its answer."""


class StoreExhausted(StoreError):  # noqa: N818
    """A query needed more memory than the store may use; nothing is known about its answer."""


class QueryFailed(StoreError):  # noqa: N818
    """The store refused a query, or answered with something that is not a value."""


class AnswerDamaged(QueryFailed):
    """The store answered with bytes that are no text; nothing of that answer can be trusted."""


def cannot_write(target: Path) -> DataRefusedError:
    """What to raise where the file system refuses to write a graph."""
    return DataRefusedError(
        f"写不了图文件 {target}：腾出磁盘空间，或检查文件夹权限，然后重试"
        f" / cannot write the graph {target}: free disk space or check the folder's rights, and try again"
    )


class Store(Protocol):
    """A graph of one build that can be asked, on whichever engine."""

    def run(
        self, text: str, parameters: Mapping[str, Parameter] | None = None, timeout_s: float = TIMEOUT_S
    ) -> list[Row]:
        """Rows of a read-only query, in the order of the store.

        The text passes `tracer.graph.portable.gate`. Values are int, str, bool, None, and lists and maps
        of them; a node, path or float is refused. An answer is whole or it is an error.
        Raises UsageError (text or parameters), QueryTimeout, StoreExhausted, QueryFailed, StoreUnavailable.
        """

    def counts(self) -> dict[str, int]:
        """Number of nodes by label and of edges by type, for all of `tracer.graph.model`."""

    def digest(self) -> str:
        """Digest of the whole content, equal on every store that holds the same content."""

    def close(self) -> None:
        """Let go of the store; it cannot be asked any more."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def check_parameters(
    tokens: Sequence[Token], parameters: Mapping[str, Parameter] | None
) -> dict[str, Parameter]:
    """The parameters as plain values that both stores type alike.

    Raises UsageError for any other value, and for one that the text asks for and that is not given, which
    Ladybug would take as null.
    """
    checked: dict[str, Parameter] = {}
    absent = {token.text[1:] for token in tokens if token.kind == PARAMETER} - set(parameters or {})
    if absent:
        names = ", ".join(sorted(absent))
        raise UsageError(f"查询缺少参数 {names} / the query lacks the parameters {names}")
    for name, value in (parameters or {}).items():
        values = list(value) if isinstance(value, list | tuple) else [value]
        kinds = {type(v) for v in values}
        if not kinds <= {int, str, bool} or (isinstance(value, list | tuple) and len(kinds) > 1):
            raise UsageError(
                f"参数 ${name} 的类型不支持：只能是整数、文本、真假值，或整数、文本的列表；没有值时用特殊值"
                f" / parameter ${name} must be an integer, text, a truth value or a list of one kind of them,"
                " never null (use a sentinel value)"
            )
        if any(type(v) is int and not -INT_MAX <= v <= INT_MAX for v in values):
            raise UsageError(f"参数 ${name} 超出 64 位整数 / parameter ${name} does not fit 64 bits")
        checked[name] = values if isinstance(value, list | tuple) else value  # type: ignore[assignment]
    return checked


def plain(value: object, column: str) -> Value:
    """A value of a result as int, str, bool, None, or a list or map of them; raises QueryFailed for others.

    A float is refused because Neo4j turns a sum past 64 bits into one without a word.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, int) and -INT_MAX - 1 <= value <= INT_MAX:
        return value
    if isinstance(value, list):
        return [plain(item, column) for item in value]
    if isinstance(value, dict) and "_LABEL" not in value and "_NODES" not in value:
        return {str(name): plain(item, column) for name, item in value.items()}
    raise QueryFailed(
        f"查询的列 {column} 返回了 {type(value).__name__}：只能返回整数、文本、真假值及其列表；"
        "返回节点的属性而不是节点，金额合计须在 64 位以内"
        f" / column {column} returned {type(value).__name__}; return properties, not nodes or paths,"
        " no fractions, and sums within 64 bits"
    )


def masked(message: str) -> str:
    """An engine's message in one line, ID and account numbers cut to the last four digits."""
    line = " ".join(message.split())[:500]
    return re.sub(r"\d{4,}([0-9Xx]{4})", r"…\1", line)
