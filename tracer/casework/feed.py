"""The product's own alerts as rows of `alert_log`, so that JX07 and JX08 judge them like any other's.

They go into the ledger as a batch of their own, under a file name of our own: a new alert is a new row, a
handled one a correction, and what has not changed adds nothing. Alerts of JX07 and JX08 themselves are left
out: that an alert was handled late is not another alert to be handled late.
"""

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tracer.errors import DataRefusedError
from tracer.ledger import Ledger
from tracer.schema import TABLES
from tracer.settings import has_cases

if TYPE_CHECKING:
    from tracer.casework.alerts import Alert

FILE = "fundtrail alerts"
"""What stands as the file of such rows; the row is the number of the alert."""

ABOUT_ALERTS = frozenset({"JX07", "JX08"})
_WAIT_SECONDS = 60.0
_TABLE = "alert_log"


def feed_ledger(home: Path, wait_seconds: float = _WAIT_SECONDS) -> int:
    """Bring the ledger's `alert_log` up to the alerts, where there are any; returns how many rows were new.

    Raises `DataRefusedError` where another process keeps writing to the ledger.
    """
    if not has_cases(home) or not Ledger(home).version:
        return 0
    # Whoever has no alerts need not wait for the database's library to load.
    from tracer.casework.db import read_cases
    from tracer.casework.look import Wanted, alerts

    with read_cases(home) as connection:
        own = [alert for alert in alerts(connection, Wanted()) if alert.rule_id not in ABOUT_ALERTS]
    ends = time.monotonic() + wait_seconds
    while rows := _missing(home, own):
        try:
            with Ledger(home).write() as writer:
                table = pa.Table.from_pylist(rows, TABLES[_TABLE].arrow.append(pa.field("_row", pa.int64())))
                report = {"accepted": len(rows)}
                status = writer.add(_TABLE, table, file=FILE, sheet=None, report=report)
                writer.commit()
            return len(status)
        except DataRefusedError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
    return 0


def _missing(home: Path, own: list["Alert"]) -> list[dict[str, Any]]:
    """The rows that the ledger does not have, or has otherwise."""
    names = TABLES[_TABLE].arrow.names
    known = {row["alert_id"]: row for row in Ledger(home).read(_TABLE, names).to_pylist()}
    rows = [ledger_row(alert) for alert in own]
    return [
        row | {"_row": alert.number}
        for alert, row in zip(own, rows, strict=True)
        if {name: known.get(row["alert_id"], {}).get(name) for name in names} != row
    ]


def ledger_row(alert: "Alert") -> dict[str, str | int | date | None]:
    """An alert as a row of `alert_log`: opened when its light was lit, not when its bell first rang."""
    return {
        "alert_id": alert.alert_id,
        "rule_id": alert.rule_id,
        "subject": alert.subject,
        "level": alert.lit_level or "bell",
        "opened_on": alert.lit_on or alert.opened_on,
        "responded_on": alert.responded_on,
        "result": alert.result,
        "amount_fen": alert.amount_fen,
    }
