"""The windows of a run, one after the other: the kernel on the parts of each, on the executors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracer.cluster.cut import DEALT
from tracer.cluster.frames import Prepared, write
from tracer.cluster.part import HELD, OUT, PIECE, ROWS, SETTLED, run_part
from tracer.cluster.tables import address, spark_schema


def run_windows(prepared: Prepared, method: str, folder: Path, progress: Callable[[int], None]) -> None:
    """Move the money of all windows; `folder` gets one folder for each, `what=piece`, `held` and `settled`.

    What holders have at the end of a window is a table that the next one reads, and nothing else is.
    """
    for window in range(len(prepared.starts)):
        progress(window)
        write(_window(prepared, method, folder, window), folder / f"{window:05d}", by="what")


def _window(prepared: Prepared, method: str, folder: Path, window: int) -> Any:
    from pyspark.sql import functions as f

    rows = prepared.window("dealt", window, ROWS.append(_PART))
    held = prepared.window("held", window, OUT)
    if window:
        held = held.unionByName(said(prepared, folder / f"{window - 1:05d}", HELD))
    plan = prepared.read("plan").where(f"window = {window}").select("holder", "part")
    elsewhere = f.pmod(f.col("holder"), f.lit(prepared.parts)).cast("int")
    held = held.join(plan, "holder", "left").withColumn("part", f.coalesce("part", elsewhere))
    names, wanted = OUT.names, ROWS.names

    def move(rows: Any, held: Any) -> Any:
        return run_part(rows.select(wanted), held.select(names), method, window)

    both = rows.groupBy("part").cogroup(held.groupBy("part"))
    return both.applyInArrow(move, spark_schema(OUT))


_PART = DEALT.field("part")


def said(prepared: Prepared, folder: Path, what: str) -> Any:
    """What the parts of a window said of one kind, rows of `OUT`."""
    from pyspark.sql import functions as f

    path = folder / f"what={what}"
    names = [name for name in OUT.names if name != "what"]
    if path.exists():
        found = prepared.spark.read.parquet(address(path)).select(*names)
    else:
        found = prepared.spark.createDataFrame([], spark_schema(OUT)).select(*names)
    return found.withColumn("what", f.lit(what)).select(*OUT.names)


def all_said(prepared: Prepared, folder: Path, what: str) -> Any:
    """What the parts of all windows said of one kind."""
    folders = sorted(folder.glob(f"*/what={what}"))
    if not folders:
        return said(prepared, folder, what)
    return prepared.spark.read.parquet(*(address(path) for path in folders))


def pieces_of(prepared: Prepared, folder: Path) -> Any:
    """All pieces that rows carried."""
    return all_said(prepared, folder, PIECE)


def settled_of(prepared: Prepared, folder: Path) -> Any:
    """What is left in the end of pieces and births that outlived their window."""
    return all_said(prepared, folder, SETTLED)
