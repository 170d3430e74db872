"""The groups of a family: rows of the ledger's tables, each in all groups that need it."""

from collections.abc import Sequence
from typing import Any

from tracer.cluster.coverage import SMALL
from tracer.cluster.tables import LedgerFrames
from tracer.schema import TABLES as INPUT


def grouped(tables: LedgerFrames, family: str, groups: int) -> Any:
    """All rows that the groups of a family need, with `group`, `table` and whether the group is their home.

    A row that is there for another one only is a guest: what is found of it there is not looked at.
    """
    frames = _MAKERS[family](_Reader(tables, groups))
    return _together(frames)


class _Reader:
    """Whole rows of tables, and their groups."""

    def __init__(self, tables: LedgerFrames, groups: int) -> None:
        self.tables, self.groups = tables, groups

    def rows(self, table: str) -> Any:
        """A table with all columns and where each row came from."""
        return self.tables.read(table, INPUT[table].arrow.names, ("_row", "_batch"))

    def at(self, table: str, key: str, only: str = "true") -> Any:
        """Rows in the group of a column's value."""
        from pyspark.sql import functions as f

        rows = self.rows(table).where(only).where(f.col(key).isNotNull())
        return rows.withColumn("group", self.group(key))

    def group(self, key: str) -> Any:
        """The group of a column's value."""
        from pyspark.sql import functions as f

        return f.pmod(f.xxhash64(key), f.lit(self.groups)).cast("int")

    def everywhere(self, names: Sequence[str]) -> list[tuple[str, bool, Any]]:
        """Small tables, once for each group."""
        groups = self.tables.spark.range(self.groups).selectExpr("cast(id AS int) AS `group`")
        return [(name, True, self.rows(name).crossJoin(groups)) for name in names]

    def guests(self, table: str, key: str, wanted: Any) -> Any:
        """Rows of a table that some groups want: `wanted` has `key` and `group`."""
        return self.rows(table).join(wanted.where(f"{key} IS NOT NULL").distinct(), key)


Frames = list[tuple[str, bool, Any]]


def _indicator(read: _Reader) -> Frames:
    splits = read.rows("splits")
    down, up = (
        splits.withColumn("group", read.group(key)) for key in ("parent_indicator_id", "child_indicator_id")
    )
    neighbours = down.selectExpr("child_indicator_id AS indicator_id", "`group`").union(
        up.selectExpr("parent_indicator_id AS indicator_id", "`group`")
    )
    return [
        ("indicators", True, read.at("indicators", "indicator_id")),
        ("indicators", False, read.guests("indicators", "indicator_id", neighbours)),
        ("splits", True, down.union(up)),
        ("project_funds", True, read.at("project_funds", "indicator_id")),
        ("events", True, read.at("events", "subject_id", "subject_kind = 'indicator'")),
        *read.everywhere(SMALL),
    ]


def _project(read: _Reader) -> Frames:
    funds = read.at("project_funds", "project_id")
    payments = read.at("payments", "project_id")
    returned = _refunds_of(read, payments)
    return [
        ("projects", True, read.at("projects", "project_id")),
        ("project_funds", True, funds),
        ("targets", True, read.at("targets", "project_id")),
        ("assets", True, read.at("assets", "project_id")),
        ("events", True, read.at("events", "subject_id", "subject_kind = 'project'")),
        ("payments", True, payments),
        ("payments", False, returned),
        ("accounts", False, _accounts_of(read, payments.union(returned))),
        (
            "indicators",
            False,
            read.guests("indicators", "indicator_id", funds.select("indicator_id", "group")),
        ),
        *read.everywhere(SMALL),
    ]


def _payment(read: _Reader) -> Frames:
    payments = read.at("payments", "payment_id")
    returned = _refunds_of(read, payments)
    both = payments.union(returned)
    return [
        ("payments", True, payments),
        ("payments", False, returned),
        ("accounts", False, _accounts_of(read, both)),
        *(
            (table, False, read.guests(table, key, both.select(key, "group")))
            for table, key in (("projects", "project_id"), ("indicators", "indicator_id"))
        ),
        *read.everywhere(SMALL),
    ]


def _office(read: _Reader) -> Frames:
    return read.everywhere(("alert_log", "filings", *SMALL))


def _refunds_of(read: _Reader, payments: Any) -> Any:
    """What refunds these payments and what they refund; a refund is known by the payment that it names."""
    back = payments.selectExpr("refund_of AS payment_id", "`group`")
    refunds = read.guests("payments", "refund_of", payments.selectExpr("payment_id AS refund_of", "`group`"))
    refunded = read.guests("payments", "payment_id", back)
    return refunds.select(*payments.columns).union(refunded.select(*payments.columns))


def _accounts_of(read: _Reader, payments: Any) -> Any:
    ends = payments.selectExpr("payer_account AS account_no", "`group`").union(
        payments.selectExpr("payee_account AS account_no", "`group`")
    )
    return read.guests("accounts", "account_no", ends)


def _together(frames: Frames) -> Any:
    from pyspark.sql import functions as f

    marked = [
        frame.withColumn("table", f.lit(table)).withColumn("home", f.lit(is_home))
        for table, is_home, frame in frames
    ]
    whole = marked[0]
    for frame in marked[1:]:
        whole = whole.unionByName(frame, allowMissingColumns=True)
    return whole


_MAKERS = {"indicator": _indicator, "project": _project, "payment": _payment, "office": _office}
