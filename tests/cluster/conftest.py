"""A real local cluster of separate executor processes, and a ledger that is awkward in many ways."""

import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest.county import generate
from ingest.run import ingest
from tests.flow.ledgers import RandomLedger
from tests.flow.reference import Tables
from tracer.cluster.session import open_session
from tracer.ledger import Ledger
from tracer.schema import CASH, TABLES

PAYMENTS = 300
RANDOM_LEDGERS = 60
LATER = timedelta(days=110)
"""By so much random ledgers are moved, into the time at which the county pays."""

NAMED = (
    *("indicator_id", "account_no", "parent_indicator_id", "child_indicator_id", "payment_id"),
    *("payer_account", "payee_account", "refund_of", "transfer_id", "from_account", "to_account"),
    "voucher_no",
)
"""The columns that say who is who, which are kept apart between random ledgers."""

SMALL = {
    # A short life: less compiling matters more than fast code.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session on a cluster of two workers, each of which starts an executor process of its own."""
    with open_session("local-cluster[2,1,1024]", SMALL) as session:
        yield session


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, date]:
    """The home of an invented county, and the day on which its planted cases are there to be found."""
    folder = tmp_path_factory.mktemp("county")
    key = generate(folder / "files", PAYMENTS)
    ingest(folder / "home", [folder / "files" / "办公文件"])
    return folder / "home", date.fromisoformat(key.as_of)


@pytest.fixture(scope="session")
def cluster_home(county: tuple[Path, date], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county, and random ledgers beside it whose holders it does not know."""
    home = tmp_path_factory.mktemp("cluster") / "home"
    shutil.copytree(county[0] / "ledger", home / "ledger")
    with Ledger(home).write() as writer:
        for number in range(RANDOM_LEDGERS):
            tables = RandomLedger(random.Random(number)).tables()
            for name, rows in _kept_apart(tables, f"R{number}-").items():
                writer.add(name, rows, file=f"{number}.csv", sheet=None)
        writer.commit()
    return home


def _kept_apart(tables: Tables, prefix: str) -> dict[str, pa.Table]:
    found = {}
    for name, rows in tables.items():
        for row in rows:
            row |= {column: value + LATER for column, value in row.items() if isinstance(value, date)}
            for column in NAMED:
                if row.get(column) is not None and row[column] != CASH:
                    row[column] = prefix + row[column]
        table = pa.Table.from_pylist(
            [{column: row.get(column) for column in TABLES[name].arrow.names} for row in rows],
            schema=TABLES[name].arrow,
        )
        if len(table):
            found[name] = table.append_column("_row", pa.array(range(len(rows)), pa.int64()))
    return found
