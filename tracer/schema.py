"""Every input table, declared once; headers, checks, ledger columns, documents and forms derive from here.

The rows come from `tables.csv`, which is the contract's own table list and ships with the package.
"""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

IDENTIFIERS = {
    "funds": "fund_id",
    "agencies": "agency_id",
    "accounts": "account_no",
    "indicators": "indicator_id",
    "projects": "project_id",
    "payments": "payment_id",
    "transfers": "transfer_id",
    "assets": "asset_id",
    "alert_log": "alert_id",
}
"""The identifying column of each table that has one (contract section 1)."""

DAY_COLUMNS = {
    "indicators": "issued_on",
    "splits": "split_on",
    "project_funds": "arranged_on",
    "payments": "paid_at",
    "transfers": "moved_at",
    "events": "happened_at",
    "alert_log": "opened_on",
    "register": "valid_from",
    "standards": "valid_from",
    "exemptions": "valid_from",
}
"""The column whose day decides whether a row is seen on a day (rules-exact.md section 0, *Seen*)."""

POSITIVE_AMOUNTS = frozenset({"payments", "transfers"})
"""Tables whose `amount` must be above zero (contract section 1)."""

CASH = "CASH"
"""The holder outside the ledger that stands for cash."""

_ENUM_ZH = {
    "funds.level": "中央|省|市|县",
    "agencies.level": "中央|省|市|县|乡|村",
    "agencies.kind": "财政部门|主管部门|实施单位|行政单位|村",
    "accounts.holder_kind": "机关单位|企业|合作社|村集体|个人|商户",
    "accounts.account_type": "国库账户|财政专户|统筹整合专账|单位账户|个人账户|清算账户|商户账户",
    "indicators.level": "中央|省|市|县|乡",
    "projects.project_kind": "到户|到村|企业|基础设施|其他",
    "payments.settlement_method": "转账|现金|支票|公务卡",
    "payments.payment_method": "财政直接支付|财政授权支付",
    "targets.direction": "不低于|不高于|等于",
    "events.subject_kind": "指标|项目|支付",
    "standards.per": "人|户",
    "standards.entitled": "全部|部分",
    "calendar.kind": "放假|调休上班",
    "alert_log.level": "黄色警铃|黄灯|红灯",
    "alert_log.result": "正常|违规",
    "filings.kind": "月报|规则申报",
}
_LEVEL_ZH = {
    "中央级": "central",
    "省级": "province",
    "市级": "city",
    "县级": "county",
    "乡镇": "township",
    "乡级": "township",
    "村级": "village",
}

_ARROW = {
    "text": pa.string(),
    "enum": pa.string(),
    "money": pa.int64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms"),
    "bool": pa.bool_(),
    "percent": pa.decimal128(38, 10),
    "number": pa.decimal128(38, 10),
}


@dataclass(frozen=True)
class Column:
    """One column of an input table."""

    table: str
    name: str
    header_zh: str
    synonyms_zh: tuple[str, ...]
    kind: str
    """text, money, date, datetime, enum, bool, percent or number."""
    words: tuple[tuple[str, str], ...]
    """For an enum: every accepted word with the English word that it stands for."""
    required: bool
    may_be_empty: bool
    """Whether an empty cell of this required column is accepted and left to a rule."""
    meaning: str

    @property
    def arrow(self) -> pa.DataType:
        """The type of its values as they are stored."""
        return _ARROW[self.kind]

    @property
    def stored(self) -> str:
        """Name in the ledger: the column's own, with its unit last where it is money."""
        return f"{self.name}_fen" if self.kind == "money" else self.name

    @property
    def refuses_empty(self) -> bool:
        """Whether a row with an empty cell here is rejected."""
        return self.required and not self.may_be_empty

    @property
    def headers(self) -> tuple[str, ...]:
        """All header texts by which this column is known, the English name last."""
        return (self.header_zh, *self.synonyms_zh, self.name)


@dataclass(frozen=True)
class Table:
    """One input table."""

    name: str
    name_zh: str
    columns: tuple[Column, ...]

    @property
    def identifier(self) -> str | None:
        """The identifying column, or None where rows stand side by side."""
        return IDENTIFIERS.get(self.name)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def arrow(self) -> pa.Schema:
        """The columns as the ledger stores them, without the ledger's own columns."""
        return pa.schema([(column.stored, column.arrow) for column in self.columns])


def _words(table: str, column: str, kind: str) -> tuple[tuple[str, str], ...]:
    english = kind.partition(":")[2].split("|")
    chinese = _ENUM_ZH[f"{table}.{column}"].split("|")
    words = dict(zip(chinese, english, strict=True)) | {word: word for word in english}
    if column == "level" and "county" in english:
        words |= {zh: en for zh, en in _LEVEL_ZH.items() if en in english}
    if column == "account_type":
        words |= {zh.removesuffix("账户"): en for zh, en in words.items() if zh.endswith("账户")}
    return tuple(words.items())


def _column(row: dict[str, str]) -> Column:
    kind = row["type"].partition(":")[0]
    return Column(
        table=row["table"],
        name=row["column"],
        header_zh=row["header_zh"],
        synonyms_zh=tuple(row["synonyms_zh"].split("|")) if row["synonyms_zh"] else (),
        kind=kind,
        words=_words(row["table"], row["column"], row["type"]) if kind == "enum" else (),
        required=row["required"] == "yes",
        may_be_empty="an empty cell is accepted" in row["meaning"],
        meaning=row["meaning"],
    )


def _load() -> dict[str, Table]:
    with (Path(__file__).parent / "tables.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = dict.fromkeys((row["table"], row["table_zh"]) for row in rows)
    return {
        name: Table(name, name_zh, tuple(_column(row) for row in rows if row["table"] == name))
        for name, name_zh in names
    }


TABLES: dict[str, Table] = _load()
"""All input tables by name, in the order of the contract."""
