"""Small ledgers written by hand, and the graphs that are built from them, as rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tracer.flow.build import flow_of
from tracer.flow.movements import COLUMNS
from tracer.graph.content import TABLES as GRAPH_TABLES
from tracer.graph.project import project
from tracer.schema import TABLES

Row = dict[str, Any]


class Book:
    """The rows of a ledger in memory, read as `tracer.ledger.Ledger` reads its own."""

    def __init__(self, tables: Mapping[str, Iterable[Row]]) -> None:
        self.home = Path("no-home")  # nothing is kept there
        self._tables = {name: list(rows) for name, rows in tables.items()}

    def read(self, table: str, columns: Sequence[str] | None = None, version: int | None = None) -> pa.Table:
        schema = TABLES[table].arrow
        rows = [_typed(row, schema) for row in self._tables.get(table, [])]
        unknown = {name for row in rows for name in row} - set(schema.names)
        assert not unknown, f"{table} has no {unknown}"
        arrow = pa.Table.from_pylist(rows, schema=schema).append_column(
            "_seq", pa.array(range(len(rows)), pa.int64())
        )
        return arrow.select([*(columns or schema.names), "_seq"])


class Graph:
    """A build folder, as rows; edges name their ends by the `id` of nodes, or by key where there is none."""

    def __init__(self, folder: Path) -> None:
        self.tables = {table.file: pq.read_table(folder / table.file).to_pylist() for table in GRAPH_TABLES}
        self._ids = {
            label: {row["key"]: row.get("id", row["key"]) for row in self.tables[f"{label}.parquet"]}
            for label in {table.name for table in GRAPH_TABLES if not table.ends}
        }

    def nodes(self, label: str, *names: str) -> dict[Any, Any]:
        """By id (or ref, or key): one property, or several as a tuple, or all as a dict."""
        rows = self.tables[f"{label}.parquet"]
        return {row.get("id", row.get("ref", row["key"])): _picked(row, names) for row in rows}

    def edges(self, kind: str, start: str, end: str, *names: str) -> list[tuple[Any, ...]]:
        """Ends by id, then the properties asked for, sorted."""
        rows = self.tables[f"{kind}.{start}.{end}.parquet"]
        named = [
            (
                self._ids[start][row["from_key"]],
                self._ids[end][row["to_key"]],
                *(row[name] for name in names),
            )
            for row in rows
        ]
        return sorted(named, key=repr)


def build(
    folder: Path, tables: Mapping[str, Iterable[Row]], method: str = "linked", as_of: date | None = None
) -> Graph:
    """The graph of some rows, with the real flow of their money."""
    book = Book(tables)
    flow = flow_of({name: book.read(name, columns) for name, columns in COLUMNS.items()}, method, as_of)
    project(book, flow, folder)
    return Graph(folder)


def _picked(row: Row, names: Sequence[str]) -> Any:
    if not names:
        return row
    return row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)


def _typed(row: Row, schema: pa.Schema) -> Row:
    """Dates and times may be given as text."""
    typed = {}
    for name, value in row.items():
        kind = schema.field(name).type if name in schema.names else None
        if isinstance(value, str) and kind == pa.date32():
            value = date.fromisoformat(value)
        if isinstance(value, str) and kind == pa.timestamp("ms"):
            value = datetime.fromisoformat(value)
        typed[name] = value
    return typed


def indicator(name: str, fen: int, issued_on: str = "2020-01-02", **more: Any) -> Row:
    return {
        "indicator_id": name, "doc_no": f"财农〔2020〕{name}号", "fund_name": "财政专项扶贫资金",
        "fund_nature": "一般公共预算", "function_code": "2130505", "economic_code": "50902",
        "budget_item": "产业扶贫", "amount_fen": fen, "level": "county", "receiver": "某县财政局",
        "issued_on": issued_on, **more,
    }  # fmt: skip


def account(name: str, holder: str, kind: str = "enterprise", type_: str = "unit", **more: Any) -> Row:
    return {"account_no": name, "holder_name": holder, "holder_kind": kind, "account_type": type_, **more}


def payment(name: str, payer: str | None, payee: str | None, fen: int, at: str, **more: Any) -> Row:
    return {
        "payment_id": name, "payer_name": "某县财政局", "payer_account": payer, "amount_fen": fen,
        "paid_at": at, "purpose": "项目款", "settlement_method": "transfer", "payment_method": "direct",
        "payee_name": "某公司", "payee_account": payee, **more,
    }  # fmt: skip


def transfer(name: str, payer: str, payee: str, fen: int, at: str, **more: Any) -> Row:
    return {
        "transfer_id": name, "from_account": payer, "to_account": payee, "amount_fen": fen, "moved_at": at,
        **more,
    }  # fmt: skip


def split(parent: str, child: str, fen: int, day: str) -> Row:
    return {"parent_indicator_id": parent, "child_indicator_id": child, "amount_fen": fen, "split_on": day}
