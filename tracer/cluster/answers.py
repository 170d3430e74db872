"""Links, origins of payments and the check of conservation, from the pieces of all windows."""

from pathlib import Path
from typing import Any

from tracer.cluster.cut import KIND_BITS
from tracer.cluster.frames import Prepared, write
from tracer.cluster.part import WITH_ROW
from tracer.cluster.windows import pieces_of, settled_of
from tracer.errors import ConservationError
from tracer.flow.codes import CASH_HOLDER, CASH_IN, INDICATOR_MONEY, OPENING, TREASURY, UNEXPLAINED
from tracer.flow.movements import PAYMENT
from tracer.flow.trace import ORIGIN_KINDS

_ORIGIN = ["origin_kind", "origin_holder"]


def write_links(prepared: Prepared, windows: Path, folder: Path) -> None:
    """Write `links` (`from`, `to`, `origin`, `line`, `fen`) and `origins` (`payment_id`, `origin`, `fen`).

    Links are those of `fundtrail links` (contract section 3); origins add them up per payment.
    """
    from pyspark.sql import functions as f

    pieces = pieces_of(prepared, windows)
    parent = f.greatest("parent_row", f.lit(-1)).alias("parent_row")
    sums = pieces.groupBy("row", parent, *_ORIGIN, "line").agg(f.sum("fen").alias("fen"))
    names = prepared.read("moved").select("row", "name")
    holders = prepared.read("holders").select("code", "name")
    by_code = holders.select(f.col("code").alias("origin_holder"), f.col("name").alias("born_at"))
    lines = holders.select(f.col("code").alias("line"), f.col("name").alias("line_name"))
    named = (
        sums.join(names.withColumnRenamed("name", "to"), "row")
        .join(by_code, "origin_holder")
        .withColumn("origin", _origin_name(f))
        .join(lines, "line", "left")
    )
    origins = named.where(f"shiftright(row, {KIND_BITS}) = {PAYMENT}")
    origins = origins.groupBy(f.col("to").alias("payment_id"), "origin").agg(f.sum("fen").alias("fen"))
    write(origins, folder / "origins")
    before = names.select(f.col("row").alias("parent_row"), f.col("name").alias("brought_by"))
    links = (
        named.join(before, "parent_row", "left")
        .groupBy(
            f.coalesce("brought_by", "origin").alias("from"),
            "to",
            "origin",
            f.coalesce("line_name", f.lit("")).alias("line"),
        )
        .agg(f.sum("fen").alias("fen"))
    )
    write(links, folder / "links")


def _origin_name(f: Any) -> Any:
    """What an origin is called, as `flow.trace.origin_name` has it."""
    name = f.when(f.col("origin_kind") == INDICATOR_MONEY, f.col("born_at"))
    for kind in (OPENING, CASH_IN, UNEXPLAINED):
        named = f.concat(f.lit(f"{ORIGIN_KINDS[kind]}:"), "born_at")
        name = name.when(f.col("origin_kind") == kind, named)
    return name


def check_conserved(prepared: Prepared, windows: Path) -> dict[str, int]:
    """The sums of a run in fen; raises `ConservationError` unless every fen of it is accounted for.

    The parts of each row add up to it, and of each origin what was born is held or gone. Each part has
    checked by itself that it cut only what its holders had.
    """
    from pyspark.sql import functions as f

    pieces, settled = pieces_of(prepared, windows), settled_of(prepared, windows)
    rows = prepared.read("dealt").select("row", "amount")
    parts = pieces.groupBy("row").agg(f.sum("fen").alias("fen"), f.count("*").alias("pieces"))
    differs = ~f.col("amount").eqNullSafe(f.col("fen"))
    [moved] = (
        rows.join(parts, "row", "full")
        .agg(
            f.count_if(differs).alias("wrong"),
            f.count("row").alias("rows"),
            f.sum("amount").alias("moved_fen"),
            f.sum("pieces").alias("pieces"),
        )
        .collect()
    )
    _fail(moved["wrong"], "rows whose parts do not add up to them")
    born = _births(prepared).select(*_ORIGIN, f.col("fen").alias("born"), f.lit(0).alias("kept"), "rest")
    with_row = pieces.where(f"parent_row = {WITH_ROW}").select(*_ORIGIN, f.col("fen"), f.lit(0), f.lit(0))
    kept = pieces.where("left IS NOT NULL").select(*_ORIGIN, f.lit(0), "left", f.lit(0))
    kept = kept.union(settled.select(*_ORIGIN, f.lit(0), "left", f.lit(0)))
    per_origin = (
        born.union(with_row)
        .union(kept)
        .groupBy(*_ORIGIN)
        .agg(f.sum("born").alias("born"), (f.sum("kept") + f.sum("rest")).alias("kept"))
    )
    gone = pieces.join(_outside(prepared), f.col("holder") == f.col("code"), "left_semi")
    [sums] = per_origin.agg(
        f.count_if(f.col("born") != f.col("kept")).alias("wrong"), f.sum("born").alias("born_fen")
    ).collect()
    _fail(sums["wrong"], "origins of which what was born is not held and gone")
    [left] = gone.agg(f.sum("fen").alias("gone_fen")).collect()
    born_fen, gone_fen = sums["born_fen"] or 0, left["gone_fen"] or 0
    return {
        "rows": moved["rows"],
        "pieces": moved["pieces"] or 0,
        "moved_fen": moved["moved_fen"] or 0,
        "born_fen": born_fen,
        "held_fen": born_fen - gone_fen,
        "gone_fen": gone_fen,
    }


def _births(prepared: Prepared) -> Any:
    """Births that no row brought, and the rest of those that no window has settled.

    A root's rest is what it has not paid; who never pays after the birth has all of it.
    """
    from pyspark.sql import functions as f

    born = prepared.read("born").join(prepared.read("payers"), "holder", "left")
    rest = f.when(f.col("is_root"), f.col("fen") - f.col("paid_fen"))
    rest = rest.when(f.col("last").isNull() | (f.col("window") > f.col("last")), f.col("fen")).otherwise(0)
    kind = f.when(f.col("day").isNull(), OPENING).otherwise(INDICATOR_MONEY).cast("tinyint")
    return born.select(
        kind.alias("origin_kind"), f.col("holder").alias("origin_holder"), "fen", rest.alias("rest")
    )


def _outside(prepared: Prepared) -> Any:
    return prepared.read("holders").where(f"kind IN ({TREASURY}, {CASH_HOLDER})").select("code")


def _fail(count: int, what: str) -> None:
    if count:
        raise ConservationError(f"{what}: {count}")
