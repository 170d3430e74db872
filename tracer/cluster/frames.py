"""From the ledger's tables to windows of dealt rows, on Spark: movements, order, components.

Every step ends in a folder of Parquet files, so the next one starts from files and nothing is computed twice.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tracer.cluster.cut import (
    BORN,
    DEALT,
    FIRST,
    MOVED,
    ORDERED,
    SPENDERS,
    births_of,
    cut_movements,
    deal_window,
    moment,
    order_day,
    window_of,
)
from tracer.cluster.part import OUT, births_out
from tracer.cluster.tables import LedgerFrames, address, spark_schema
from tracer.flow.codes import INDICATOR, Int64
from tracer.flow.movements import COLUMNS
from tracer.schema import CASH


@dataclass(frozen=True)
class Sizes:
    """How the work is cut; the answer does not depend on it."""

    bucket_rows: int = 500_000
    """About so many rows are turned into movements at a time."""
    window_rows: int = 4_000_000
    """A window ends with the day on which it has so many rows."""
    parts: int = 0
    """Into how many parts the components of a window are dealt; 0: three for each core."""


@dataclass(frozen=True)
class Prepared:
    """What all methods start from: folders of frames, and the first day of each window."""

    spark: Any
    folder: Path
    parts: int
    starts: Int64
    movements: int

    def read(self, name: str) -> Any:
        """A frame by the name of its folder."""
        return self.spark.read.parquet(address(self.folder / name))

    def window(self, name: str, window: int, schema: pa.Schema) -> Any:
        """One window of a frame that lies in folders by window."""
        path = self.folder / name / f"window={window}"
        if not path.exists():
            return self.spark.createDataFrame([], spark_schema(schema))
        return self.spark.read.schema(spark_schema(schema)).parquet(address(path))


def write(frame: Any, folder: Path, by: str | None = None) -> None:
    """Write a frame to a folder of Parquet files, by the values of a column where one is given."""
    writer = frame.write.mode("error")
    (writer.partitionBy(by) if by else writer).parquet(address(folder))


def write_movements(tables: LedgerFrames, as_of: date | None, sizes: Sizes, folder: Path) -> None:
    """Write `moved` (rows of `MOVED`) and `births` (`BORN`), cut where `movements` gives the same."""
    from pyspark.sql import functions as f

    rows = sum(tables.rows(table) for table in ("splits", "payments", "transfers"))
    buckets = max(1, -(-rows // sizes.bucket_rows))
    accounts = tables.read("accounts", COLUMNS["accounts"])
    treasuries = accounts.where("account_type = 'treasury'").select("account_no").toArrow()
    known = sorted(treasuries["account_no"].to_pylist())
    cut = partial(cut_movements, as_of=as_of, treasuries=known)
    bucketed = _bucketed(tables, accounts, buckets, folder)
    moved = bucketed.groupBy("bucket").applyInArrow(lambda rows: cut(rows), spark_schema(MOVED))
    write(moved, folder / "moved")
    splits = tables.read("splits", COLUMNS["splits"])
    indicators = tables.read("indicators", COLUMNS["indicators"])
    holders = _together(
        {
            "indicators": indicators.withColumn("bucket", _bucket(buckets, f.col("indicator_id"))),
            "splits": splits.withColumn("bucket", _bucket(buckets, f.col("child_indicator_id"))),
            "accounts": accounts.withColumn("bucket", _bucket(buckets, f.col("account_no"))),
        }
    )
    born = holders.groupBy("bucket").applyInArrow(lambda rows: births_of(rows, as_of), spark_schema(BORN))
    write(born, folder / "births")


def _bucket(buckets: int, *columns: Any) -> Any:
    from pyspark.sql import functions as f

    return f.pmod(f.xxhash64(*columns), f.lit(buckets)).cast("int")


def _together(frames: dict[str, Any]) -> Any:
    """Frames of several tables as one, told apart by `table`."""
    from pyspark.sql import functions as f

    first, *others = (frame.withColumn("table", f.lit(name)) for name, frame in frames.items())
    for other in others:
        first = first.unionByName(other, allowMissingColumns=True)
    return first


def _bucketed(tables: LedgerFrames, accounts: Any, buckets: int, folder: Path) -> Any:
    """Splits, payments and transfers with the bucket of each.

    A pair of holders has one bucket, for that is where legs are found by likeness and splits are counted; a
    transfer that names a payment goes to that payment's. A payment is a guest where another refunds it,
    and so is one that a guest refunds, which decides whose money the guest was.
    """
    from pyspark.sql import functions as f

    no_payee = f.when(f.col("settlement_method") == "cash", f.lit(CASH)).otherwise(
        f.concat(f.lit("unnamed-payee:"), "payment_id")
    )
    payer = f.coalesce("payer_account", f.concat(f.lit("unnamed-payer:"), "payment_id"))
    payments = tables.read("payments", COLUMNS["payments"]).withColumn(
        "bucket", _bucket(buckets, payer, f.coalesce("payee_account", no_payee))
    )
    listed = accounts.select(
        f.col("account_no").alias("payer_account"),
        f.col("account_type").alias("payer_type"),
        f.lit(True).alias("payer_listed"),
    )
    payments = payments.join(listed, "payer_account", "left").fillna(False, ["payer_listed"])
    write(payments, folder / "payments")  # read five times below, mostly two columns of it
    payments = tables.spark.read.parquet(address(folder / "payments"))
    refunds = payments.where("refund_of IS NOT NULL").select(
        f.col("payment_id").alias("refund"),
        f.col("refund_of").alias("payment_id"),
        f.col("bucket").alias("to"),
    )
    wanted = refunds.select("payment_id", "to")
    second = wanted.join(
        refunds.select(f.col("refund").alias("payment_id"), f.col("payment_id").alias("next")), "payment_id"
    )
    wanted = wanted.union(second.select("next", "to")).distinct()
    guests = payments.join(wanted, "payment_id").where("`to` <> bucket")
    guests = guests.withColumn("bucket", f.col("to")).drop("to").withColumn("guest", f.lit(True))
    home = payments.withColumn("guest", f.lit(False))
    vouchers = payments.select(f.col("payment_id").alias("voucher_no"), f.col("bucket").alias("of_payment"))
    transfers = tables.read("transfers", COLUMNS["transfers"]).join(vouchers, "voucher_no", "left")
    pair = _bucket(buckets, f.col("from_account"), f.col("to_account"))
    transfers = transfers.withColumn("bucket", f.coalesce("of_payment", pair)).drop("of_payment")
    pair = _bucket(buckets, f.col("parent_indicator_id"), f.col("child_indicator_id"))
    splits = tables.read("splits", COLUMNS["splits"]).withColumn("bucket", pair)
    frames = {"payments": home.unionByName(guests), "transfers": transfers, "splits": splits}
    return _together(frames).fillna(False, ["payer_listed", "guest"])


def write_holders(spark: Any, folder: Path) -> int:
    """Write `holders`: `code`, `name` and `kind` of all who are named; no two have one code.

    Codes are hashes of names, so that nobody has to hand out numbers. Where two names have one code, which
    among a thousand million happens to one ledger in forty, all are made from another seed. Returns the seed.
    """
    from pyspark.sql import functions as f

    moved, births = (spark.read.parquet(address(folder / name)) for name in ("moved", "births"))
    named = births.select("name", "kind")
    for name, kind in (("payer_name", "payer_kind"), ("payee_name", "payee_kind")):
        named = named.union(moved.select(name, kind))
    tags = moved.where("tag_name IS NOT NULL").select("tag_name", f.lit(INDICATOR).cast("tinyint"))
    named = named.union(tags).distinct()
    for seed in count():
        found = named.select(code_of(seed, "kind", "name").alias("code"), "name", "kind")
        target = folder / f"holders-{seed}"
        write(found, target)
        written = spark.read.parquet(address(target))
        [total] = written.agg(f.count("code").alias("n"), f.countDistinct("code").alias("codes")).collect()
        if total["n"] == total["codes"]:
            target.rename(folder / "holders")
            break
    return seed


def code_of(seed: int, kind: str, name: str) -> Any:
    """The code of a holder: an indicator and an account of one name are two."""
    from pyspark.sql import functions as f

    return f.xxhash64(f.lit(seed), f.col(kind) == INDICATOR, f.col(name))


def prepare(spark: Any, folder: Path, sizes: Sizes, seed: int) -> Prepared:
    """Order the movements that `folder` has, cut them into windows and deal these to parts."""
    from pyspark.sql import functions as f

    parts = sizes.parts or 3 * spark.sparkContext.defaultParallelism
    moved = spark.read.parquet(address(folder / "moved"))
    per_day = moved.groupBy("day").count().toArrow().sort_by("day")
    starts = window_starts(per_day["day"].to_numpy(), per_day["count"].to_numpy(), sizes.window_rows)
    rows = moved.select(
        *("row", "day", "time_ms", "payer_kind", "payee_kind", "amount"),
        code_of(seed, "payer_kind", "payer_name").alias("payer"),
        code_of(seed, "payee_kind", "payee_name").alias("payee"),
        f.when(f.col("tag_name").isNotNull(), f.xxhash64(f.lit(seed), f.lit(True), f.col("tag_name"))).alias(
            "tag"
        ),
    )
    ordered = rows.groupBy("day").applyInArrow(lambda day: order_day(day, starts), spark_schema(ORDERED))
    write(ordered, folder / "ordered")
    prepared = Prepared(spark, folder, parts, starts, sum(per_day["count"].to_pylist()))
    _write_payers(prepared, seed)
    _write_plan(prepared)
    _write_dealt(prepared)
    return prepared


def window_starts(days: Int64, rows: Int64, window_rows: int) -> Int64:
    """The first day of each window: days, which ascend, are taken until there are `window_rows`."""
    starts, size = [int(days[0]) if len(days) else 0], 0
    for day, more in zip(days.tolist(), rows.tolist(), strict=True):
        if size and size + more > window_rows:
            starts.append(day)
            size = 0
        size += more
    return np.array(starts, np.int64)


def _write_payers(prepared: Prepared, seed: int) -> None:
    """Write who pays, and until which window, and who is a root; and births, with the window of each.

    A root is an indicator that receives nothing and pays no more, and no sooner, than was issued to it: what
    it pays is cut from its one birth, whatever others do, so it joins nobody.
    """
    from pyspark.sql import functions as f

    ordered = prepared.read("ordered")
    births = prepared.read("births").withColumn("holder", code_of(seed, "kind", "name"))
    issued = births.where("day IS NOT NULL").select(
        "holder", f.col("fen").alias("issue_fen"), f.col("day").alias("issue_day")
    )
    fed = ordered.where(f"payee_kind = {INDICATOR}").select(f.col("payee").alias("holder")).distinct()
    payers = (
        ordered.where(f"payer_kind {SPENDERS}")
        .groupBy(f.col("payer").alias("holder"))
        .agg(
            f.sum("amount").alias("paid_fen"), f.min("day").alias("first_day"), f.max("window").alias("last")
        )
        .join(issued, "holder", "left")
        .join(fed.withColumn("is_fed", f.lit(True)), "holder", "left")
        .withColumn(
            "is_root",
            f.expr("is_fed IS NULL AND issue_fen >= paid_fen AND issue_day <= first_day").eqNullSafe(True),
        )
        .select("holder", "last", "is_root", "paid_fen")
    )
    write(payers, prepared.folder / "payers")
    starts = prepared.starts

    def with_window(batches: Any) -> Any:
        for batch in batches:
            rows = pa.table(batch)
            day = rows["day"].fill_null(np.iinfo(np.int32).min).to_numpy()
            yield from rows.append_column(
                "window", pa.array(window_of(day, starts).astype(np.int32))
            ).to_batches()

    schema = pa.schema([*BORN, ("holder", pa.int64()), ("window", pa.int32())])
    write(births.mapInArrow(with_window, spark_schema(schema)), prepared.folder / "born")


def _write_plan(prepared: Prepared) -> None:
    """Write to which part each holder goes in each window in which it pays."""
    from pyspark.sql import functions as f

    ordered = prepared.read("ordered")
    joining = prepared.read("payers").where("NOT is_root").select(f.col("holder").alias("payer"))
    active = (
        ordered.join(joining, "payer", "left_semi")
        .groupBy("window", f.col("payer").alias("holder"))
        .agg(f.count("*").alias("rows"))
    )
    write(active, prepared.folder / "active")
    active = prepared.read("active")
    edges = ordered.select("window", "payer", "payee").distinct()
    for end in ("payer", "payee"):
        paying = prepared.read("active").select("window", f.col("holder").alias(end))
        edges = edges.join(paying, ["window", end], "left_semi")
    parts = prepared.parts
    plan = (
        active.groupBy("window")
        .cogroup(edges.groupBy("window"))
        .applyInArrow(lambda holders, pairs: deal_window(holders, pairs, parts), spark_schema(DEALT))
    )
    write(plan, prepared.folder / "plan")


def _write_dealt(prepared: Prepared) -> None:
    """Write the rows by window with the part of each, and until when those at its ends pay."""
    from pyspark.sql import functions as f

    plan, payers = prepared.read("plan"), prepared.read("payers")
    rows = prepared.read("ordered")
    for end in ("payer", "payee"):
        part = plan.select("window", f.col("holder").alias(end), f.col("part").alias(f"{end}_part"))
        last = payers.select(
            f.col("holder").alias(end),
            f.col("last").alias(f"{end}_last"),
            f.col("is_root").alias(f"{end}_root"),
        )
        rows = rows.join(part, ["window", end], "left").join(last, end, "left")
    anywhere = f.pmod(f.col("row"), f.lit(prepared.parts)).cast("int")
    rows = rows.withColumn("part", f.coalesce("payer_part", "payee_part", anywhere))
    rows = rows.withColumn("payer_is_root", f.coalesce("payer_root", f.lit(False)))
    rows = rows.fillna(-1, ["payer_last", "payee_last"])
    rows = rows.drop("payer_part", "payee_part", "payer_root", "payee_root")
    write(rows, prepared.folder / "dealt", by="window")
    _write_state(prepared)


def _write_state(prepared: Prepared) -> None:
    """Write births by window as money held, of holders that pay then or later; the others keep theirs."""
    payers = prepared.read("payers").where("NOT is_root")
    born = prepared.read("born").join(payers, "holder").where("window <= last")

    def as_held(batches: Any) -> Any:
        for batch in batches:
            rows = pa.table(batch)
            day = rows["day"].fill_null(0).to_numpy().astype(np.int64)
            at = np.where(rows["day"].is_valid().to_numpy(), moment(day), FIRST)
            held = births_out(rows.append_column("at", pa.array(at)))
            yield from held.append_column("window", rows["window"]).to_batches()

    schema = pa.schema([*OUT, ("window", pa.int32())])
    held = born.select("holder", "fen", "day", "last", "window").mapInArrow(as_held, spark_schema(schema))
    write(held, prepared.folder / "held", by="window")
