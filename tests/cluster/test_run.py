"""The distributed run equals the single machine, row for row, on separate executor processes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from api.choices import Choices
from api.cli import app
from api.commands.cluster import _write_summaries
from tracer.cluster import frames, session
from tracer.cluster.answers import check_conserved
from tracer.cluster.frames import Sizes, window_starts, write_holders
from tracer.cluster.run import Run, check_cluster_method
from tracer.cluster.tables import LedgerFrames, address
from tracer.errors import ConservationError, UsageError
from tracer.flow.build import flow_of
from tracer.flow.movements import COLUMNS, PAYMENT, read_tables
from tracer.flow.trace import links, origin_name
from tracer.ledger import Ledger

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.xdist_group("cluster"),  # one cluster for all
]

SIZES = Sizes(bucket_rows=900, window_rows=800, parts=3)
AS_OF = date(2020, 6, 23)
"""Some rows are later."""

Link = tuple[str, str, str, str, int]


def single_machine(home: Path, method: str, as_of: date | None = None) -> tuple[list[Link], dict[Any, int]]:
    """Sorted links, and fen by payment and origin."""
    flow = flow_of(read_tables(Ledger(home)), method, as_of)
    origins: dict[Any, int] = {}
    for piece in np.flatnonzero(flow.row >= 0).tolist():
        row = int(flow.row[piece])
        if flow.kind[row] == PAYMENT:
            key = (flow.names[row], origin_name(flow, int(flow.origin[piece])))
            origins[key] = origins.get(key, 0) + int(flow.fen[piece])
    return sorted(tuple(link.values()) for link in links(flow)), origins


def on_cluster(spark: Any, folder: Path) -> tuple[list[Link], dict[Any, int]]:
    found = spark.read.parquet(address(folder / "links")).toArrow().to_pylist()
    origins = spark.read.parquet(address(folder / "origins")).toArrow().to_pylist()
    by_key = {(row["payment_id"], row["origin"]): row["fen"] for row in origins}
    assert len(by_key) == len(origins)
    return sorted(tuple(link.values()) for link in found), by_key


def test_links_and_origins_equal_the_single_machine(
    spark: Any, cluster_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    @contextmanager
    def opened(master: str) -> Iterator[Any]:
        assert master == "spark://127.0.0.1:7077"
        yield spark

    kept: list[frames.Prepared] = []
    monkeypatch.setattr(session, "open_session", opened)
    monkeypatch.setattr(frames, "Sizes", lambda window_rows: SIZES)
    prepare = Run.prepare
    monkeypatch.setattr(Run, "prepare", lambda run: kept.append(prepare(run)) or kept[0])
    out, methods = tmp_path / "out", ("linked", "fifo", "lifo")
    result = CliRunner().invoke(
        app,
        [
            *(
                "--home",
                str(cluster_home),
                "cluster",
                "run",
                "--as-of",
                AS_OF.isoformat(),
                "--format",
                "json",
            ),
            *(option for method in methods for option in ("--method", method)),
            *("--master", "spark://127.0.0.1:7077", "--out", str(out)),
        ],
    )
    assert result.exit_code == 0, result.stderr
    runs = json.loads(result.stdout)["runs"]
    for method, summary in zip(methods, runs, strict=True):
        found = on_cluster(spark, out / method)
        assert found == single_machine(cluster_home, method, AS_OF)
        assert (summary["method"], summary["as_of"]) == (method, AS_OF.isoformat())
        assert summary["links"] == len(found[0]) > 1_500
        assert summary["moved_fen"] == sum(link[-1] for link in found[0])
        assert summary["born_fen"] == summary["held_fen"] + summary["gone_fen"]
    for lang, word in (("zh", "仍被持有（元）"), ("en", "Held (yuan)")):
        _write_summaries(Choices(cluster_home, None, "table", lang), runs)
        assert word in capsys.readouterr().out
    [prepared] = kept
    assert len(prepared.starts) > 1
    _check_that_it_ran_apart(spark, prepared)
    _check_that_lost_money_is_found(prepared, out / "linked" / "windows")
    with pytest.raises(UsageError, match="--out"):
        Run(spark, cluster_home, out).prepare()


def _check_that_it_ran_apart(spark: Any, prepared: frames.Prepared) -> None:
    """Each of the two executor processes has worked: Spark knows them by host and port."""
    executors = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert executors == 3  # the driver counts as one
    children = psutil.Process().children(recursive=True)
    java = [child for child in children if child.name() == "java"]
    assert sum("ExecutorBackend" in " ".join(child.cmdline()) for child in java) == 2
    listening = [c for child in java for c in child.net_connections("inet") if c.status == "LISTEN"]
    assert listening
    assert {c.laddr.ip for c in listening} <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    parts = prepared.read("dealt").select("window", "part").distinct().count()
    assert parts > len(prepared.starts)


def _check_that_lost_money_is_found(prepared: frames.Prepared, windows: Path) -> None:
    [*_, folder] = sorted(windows.glob("*/what=piece"))
    lost = next(folder.glob("*.parquet"))
    rows = pq.read_table(lost)
    lost.unlink()
    pq.write_table(rows.slice(1), lost)
    (lost.parent / f".{lost.name}.crc").unlink(missing_ok=True)
    with pytest.raises(ConservationError):
        check_conserved(prepared, windows)


def test_tables_are_those_of_a_version(spark: Any, cluster_home: Path) -> None:
    ledger = Ledger(cluster_home)
    for version in (1, 2):
        found = LedgerFrames(spark, ledger, version).read("accounts", COLUMNS["accounts"]).toArrow()
        expected = ledger.read("accounts", COLUMNS["accounts"], version)
        assert found.sort_by("_seq").to_pylist() == expected.to_pylist()
    with pytest.raises(UsageError, match="3"):
        LedgerFrames(spark, ledger, 3)


def test_names_with_equal_codes_get_others(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyspark.sql import functions as f

    for name, schema in (("moved", frames.MOVED), ("births", frames.BORN)):
        (tmp_path / name).mkdir()
        empty = schema.empty_table()
        pq.write_table(empty, tmp_path / name / "part.parquet")
    born = pa.table({"name": ["a", "b"], "kind": [0, 0], "fen": [1, 1], "day": [0, 0]}).cast(frames.BORN)
    pq.write_table(born, tmp_path / "births" / "more.parquet")
    code = frames.code_of
    monkeypatch.setattr(
        frames, "code_of", lambda seed, kind, name: code(seed, kind, name) if seed else f.lit(7).cast("long")
    )
    assert write_holders(spark, tmp_path) == 1
    holders = spark.read.parquet(address(tmp_path / "holders")).toArrow()
    assert len(set(holders["code"].to_pylist())) == 2


@pytest.mark.parametrize("method", ["pro-rata", "bounds", "average"])
def test_a_method_that_cannot_be_cut_is_refused(method: str) -> None:
    with pytest.raises(UsageError, match="linked, fifo, lifo"):
        check_cluster_method(method)


def test_a_window_ends_with_the_day_that_fills_it() -> None:
    days, rows = np.array([3, 4, 8, 9]), np.array([2, 2, 5, 1])
    assert window_starts(days, rows, 4).tolist() == [3, 8, 9]
    assert window_starts(days, rows, 1).tolist() == [3, 4, 8, 9]
    assert window_starts(days, rows, 100).tolist() == [3]
    assert window_starts(days[:0], rows[:0], 4).tolist() == [0]


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"fundtrail\[cluster\]"), session.open_session("local[1]"):
        pass
    monkeypatch.undo()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(session.shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match="Java 17"), session.open_session("local[1]"):
        pass
