"""The books of an invented province: rows of the contract's tables before an office wrote them down."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from tracer.schema import TABLES


@dataclass(frozen=True)
class Expected:
    """One finding that a scan must report, as the answer key states it."""

    rule_id: str
    subject: str
    level: str
    amount_fen: int


@dataclass(frozen=True)
class AnswerKey:
    """What was planted: exactly the findings of a scan on `as_of`, and nothing else."""

    as_of: str
    seed: int
    payments: int
    """Rows of the table `payments`, refunds included."""
    expected: tuple[Expected, ...]
    suppressed: tuple[Expected, ...]
    """What exemptions keep out of the findings: exactly what the scan lists as suppressed."""

    def write(self, path: Path) -> None:
        """Write the key as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def load(path: Path) -> "AnswerKey":
        """Read a key that `write` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        cases = {name: tuple(Expected(**case) for case in data[name]) for name in ("expected", "suppressed")}
        return AnswerKey(**data | cases)


@dataclass
class Books:
    """Rows by table: single rows in `rows`, large blocks in `blocks`; columns as the ledger names them."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    blocks: dict[str, list[pa.Table]] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)
    suppressed: list[Expected] = field(default_factory=list)
    _issued: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, **values: object) -> None:
        """Add one row; money columns end in `_fen`, dates are `date`, times `datetime`.

        Raises `ValueError` for a column that the table does not have.
        """
        unknown = set(values) - set(TABLES[table].arrow.names)
        if unknown:
            raise ValueError(f"{table} has no columns {sorted(unknown)}")
        for name, value in values.items():
            if type(value) is date and pa.types.is_timestamp(TABLES[table].arrow.field(name).type):
                values[name] = datetime(value.year, value.month, value.day)
        self.rows.setdefault(table, []).append(values)

    def add_block(self, table: str, columns: dict[str, pa.Array]) -> None:
        """Add many rows at once; columns that are not given are empty."""
        schema = TABLES[table].arrow
        unknown = set(columns) - set(schema.names)
        if unknown:
            raise ValueError(f"{table} has no columns {sorted(unknown)}")
        length = len(next(iter(columns.values())))
        arrays = [
            columns[name.name].cast(name.type) if name.name in columns else pa.nulls(length, name.type)
            for name in schema
        ]
        self.blocks.setdefault(table, []).append(pa.table(arrays, schema=schema))

    def find(self, rule_id: str, subject: str, level: str, amount_fen: int) -> None:
        """Note a finding that the rows just added must cause."""
        self.expected.append(Expected(rule_id, subject, level, amount_fen))

    def exempt(
        self, rule_id: str, subject: str, level: str, fen: int, reason: str, *,
        key: str | None = None, **cells: object,
    ) -> None:  # fmt: skip
        """Enter an exemption, of the subject or of `key`, and note the finding that it suppresses."""
        values: dict[str, object] = {"valid_from": date(2019, 5, 1), **cells}
        self.add("exemptions", rule_id=rule_id, subject=key or subject, reason=reason, **values)
        self.suppressed.append(Expected(rule_id, subject, level, fen))

    def numbers(self, prefix: str, count: int) -> range:
        """Take `count` fresh serial numbers of a kind of identifier, counted from 1."""
        start = self._issued.get(prefix, 0) + 1
        self._issued[prefix] = start + count - 1
        return range(start, start + count)

    def payment_id(self) -> str:
        """A fresh voucher number."""
        return f"PZ{self.numbers('PZ', 1)[0]:08d}"

    def transfer_id(self) -> str:
        """A fresh bank movement number."""
        return f"LS{self.numbers('LS', 1)[0]:08d}"

    def table(self, name: str) -> pa.Table:
        """All rows of a table with the ledger's columns, blocks first."""
        schema = TABLES[name].arrow
        single = pa.Table.from_pylist(self.rows.get(name, []), schema=schema)
        return pa.concat_tables([*self.blocks.get(name, []), single])
