"""The distributed run: a ledger version followed on Spark, checked to the fen, and told in a summary."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tracer.cluster.answers import check_conserved, write_links
from tracer.cluster.frames import Prepared, Sizes, prepare, write_holders, write_movements
from tracer.cluster.tables import LedgerFrames
from tracer.cluster.windows import run_windows
from tracer.errors import UsageError
from tracer.flow.kernel import METHOD_CODES
from tracer.flow.store import check_method
from tracer.ledger import Ledger

Progress = Callable[[str, int, int], None]
"""Told of each step: its name, and which window of how many."""


def check_cluster_method(method: str) -> None:
    """Raise `UsageError` unless a part of a ledger can be followed by this method on its own."""
    check_method(method)
    if method not in METHOD_CODES:
        raise UsageError(
            f"集群运行没有方法 {method}：它的分币取舍要看全部来源的编号；可用：{'、'.join(METHOD_CODES)}"
            f" / the distributed run has no method {method}: it rounds by the numbers of all origins;"
            f" use {', '.join(METHOD_CODES)}"
        )


def _silent(step: str, window: int, windows: int) -> None:
    pass


@dataclass
class Run:
    """One run on a session: where its files lie, and how long its steps took."""

    spark: Any
    home: Path
    out: Path
    as_of: date | None = None
    version: int | None = None
    sizes: Sizes = field(default_factory=Sizes)
    progress: Progress = _silent
    seconds: dict[str, float] = field(default_factory=dict)

    def prepare(self) -> Prepared:
        """Movements, order, windows and parts: the same for all methods.

        Raises UsageError where the folder has files already or the ledger lacks the version.
        """
        if self.out.exists() and any(self.out.iterdir()):
            raise UsageError(
                f"{self.out} 不是空文件夹：请用 --out 另指定一个"
                f" / {self.out} is not empty: name another folder with --out"
            )
        ledger = Ledger(self.home)
        version = ledger.version if self.version is None else self.version
        tables = LedgerFrames(self.spark, ledger, version)
        folder = self.out / "rows"
        folder.mkdir(parents=True)
        with self._step("movements"):
            write_movements(tables, self.as_of, self.sizes, folder)
        with self._step("holders"):
            seed = write_holders(self.spark, folder)
        with self._step("order"):
            return prepare(self.spark, folder, self.sizes, seed)

    def follow(self, prepared: Prepared, method: str) -> dict[str, Any]:
        """Follow the money by one method: `<out>/<method>/links` and `origins`; returns the summary.

        Raises UsageError for a method that is not there, `ConservationError` on a bug.
        """
        check_cluster_method(method)
        folder = self.out / method
        windows = folder / "windows"
        with self._step("windows"):
            run_windows(
                prepared,
                method,
                windows,
                lambda window: self.progress("window", window + 1, len(prepared.starts)),
            )
        with self._step("check"):
            sums = check_conserved(prepared, windows)
        with self._step("links"):
            write_links(prepared, windows, folder)
        files = (folder / "links").glob("*.parquet")
        links = sum(pq.read_metadata(file).num_rows for file in files)
        return {
            "version": self.version or Ledger(self.home).version,
            "method": method,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "movements": prepared.movements,
            "windows": len(prepared.starts),
            "parts": prepared.parts,
            **sums,
            "links": links,
            "links_folder": str(folder / "links"),
            "origins_folder": str(folder / "origins"),
            "seconds": {name: round(value, 2) for name, value in self.seconds.items()},
        }

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self.progress(name, 0, 0)
        begin = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begin


def run_cluster(
    spark: Any,
    home: Path,
    out: Path,
    methods: Sequence[str] = ("linked",),
    as_of: date | None = None,
    sizes: Sizes | None = None,
    progress: Progress = _silent,
) -> list[dict[str, Any]]:
    """Run a whole ledger on an open session, a summary for each method; see `Run`."""
    for method in methods:
        check_cluster_method(method)
    run = Run(spark, home, out, as_of, sizes=sizes or Sizes(), progress=progress)
    prepared = run.prepare()
    return [run.follow(prepared, method) for method in dict.fromkeys(methods)]
