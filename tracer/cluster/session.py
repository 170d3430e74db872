"""A Spark session: found, opened, and closed at the end."""

import importlib.util
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tracer.errors import FundtrailError, UsageError

LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class ClusterError(FundtrailError):
    """The cluster did not come up, or a stage of the work failed on it."""


@contextmanager
def open_session(master: str, settings: Mapping[str, str] | None = None) -> Iterator[Any]:
    """A Spark session on a master, for the length of a block.

    Masters on this machine listen on loopback only. Raises UsageError where pyspark or Java is missing,
    ClusterError where the master does not answer.
    """
    _check_installed()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    is_here = re.match(r"local\b|spark://(?:127\.0\.0\.1|localhost):", master)
    if is_here:
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"  # read by the master, workers and executors that we start
    chosen = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "0",
        "spark.sql.session.timeZone": "UTC",
        **(LOOPBACK if is_here else {}),
        **(settings or {}),
    }
    with warnings.catch_warnings():
        # Spark says of pandas 3 that parts of its own pandas interface may fail; none of it is used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        session = _start(master, chosen)
        try:
            yield session
        finally:
            session.stop()


def _check_installed() -> None:
    if importlib.util.find_spec("pyspark") is None:
        raise UsageError(
            "集群运行需要附加组件：pip install 'fundtrail[cluster]'"
            " / the distributed run needs an extra (pyspark): pip install 'fundtrail[cluster]'"
        )
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise UsageError(
            "集群运行需要 Java 17 或 21：安装它，或在 JAVA_HOME 中写明位置"
            " / the distributed run needs Java 17 or 21: install it, or name its folder in JAVA_HOME"
        )


def _start(master: str, settings: Mapping[str, str]) -> Any:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("fundtrail").master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (Py4JError, PySparkException) as error:
        raise ClusterError(
            f"Spark 没有启动（{master}）：{_first_line(error)}；检查主节点地址和 Java 版本"
            f" / Spark did not start on {master}; check the address of the master and the version of Java"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
