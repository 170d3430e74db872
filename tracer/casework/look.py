"""Look at alerts: one, a list, its history, its slips. Everything here only reads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracer.casework.alerts import STATES, Alert, State, alert_id
from tracer.casework.tables import ALERTS, MOVES_LOG, SLIPS, UPDATES
from tracer.errors import UsageError
from tracer.mask import mask_id
from tracer.rules.evidence import masked_subject
from tracer.rules.spec import Rule

LISTED = [column for column in ALERTS.columns if column.name != "finding"]


def alert_row(alert: Alert) -> dict[str, Any]:
    """An alert as JSON tells it; `level` is that of the light it was lit as, money in fen, days as dates."""
    return {
        "alert_id": alert.alert_id,
        "version": alert.version,
        "rule_id": alert.rule_id,
        "subject": alert.subject,
        "state": alert.state,
        "level": alert.lit_level or "bell",
        "opened_on": alert.opened_on.isoformat(),
        "lit_on": alert.lit_on.isoformat() if alert.lit_on else None,
        "responded_on": alert.responded_on.isoformat() if alert.responded_on else None,
        "result": alert.result,
        "amount_fen": alert.amount_fen,
        "found_level": alert.found_level,
        "is_found": alert.is_found,
        "previous": alert_id(alert.previous) if alert.previous else None,
    }


def move_row(row: RowMapping) -> dict[str, Any]:
    """A step of the log as JSON tells it."""
    slip = f"{alert_id(row['number'])}-{row['slip_version']}" if row["slip_version"] else None
    names = ("version", "kind", "from_state", "to_state", "recorded_at", "actor", "reason")
    more = ("ledger_version", "rule_version", "amount_fen")
    return (
        {name: row[name] for name in names}
        | {"as_of": row["as_of"].isoformat(), "slip_id": slip}
        | {name: row[name] for name in more}
    )


def slip_row(row: RowMapping) -> dict[str, Any]:
    """A slip as JSON tells it."""
    names = ("facts", "method", "result", "basis", "handler")
    own = {"slip_id": f"{alert_id(row['number'])}-{row['version']}", "alert_id": alert_id(row["number"])}
    dates = {"handled_on": row["handled_on"].isoformat(), "recorded_at": row["recorded_at"]}
    return own | {name: row[name] for name in names} | dates


def subject_text(alert: Alert, rules: Mapping[str, Rule]) -> str:
    """The subject of an alert as people may see it."""
    rule = rules.get(alert.rule_id)
    if rule is None or alert.finding is None:
        return mask_id(alert.subject)
    return masked_subject({"subject": alert.subject, "details": alert.finding["details"]}, rule)


@dataclass(frozen=True)
class Wanted:
    """Which alerts are asked for; empty means all."""

    states: Collection[State] = ()
    rule_id: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same as conditions of a query."""
        conditions: list[sa.ColumnElement[bool]] = []
        if self.states:
            conditions.append(ALERTS.c.state.in_(list(self.states)))
        if self.rule_id is not None:
            conditions.append(ALERTS.c.rule_id == self.rule_id)
        return conditions


def check_rule(connection: Connection, rule_id: str, known: Collection[str]) -> None:
    """Raise `UsageError` for a rule that is not known and of which there is no alert either."""
    if rule_id not in known and not count(connection, Wanted(rule_id=rule_id)):
        raise UsageError(
            f"没有规则 {rule_id}；全部规则见 fundtrail rules list 或 /v1/rules / "
            f"there is no rule {rule_id}; fundtrail rules list and /v1/rules name all"
        )


def one_alert(connection: Connection, number: int) -> Alert | None:
    """An alert with its finding, or None."""
    row = connection.execute(sa.select(ALERTS).where(ALERTS.c.number == number)).mappings().one_or_none()
    return Alert.of(row) if row else None


def alerts(
    connection: Connection, wanted: Wanted, after: int = 0, limit: int | None = None, *, full: bool = False
) -> list[Alert]:
    """Alerts in order of number, those after a number, at most so many; `full`: with their findings."""
    query = (
        sa.select(*(ALERTS.columns if full else LISTED))
        .where(ALERTS.c.number > after, *wanted.conditions())
        .order_by(ALERTS.c.number)
        .limit(limit)
    )
    return [Alert.of(row) for row in connection.execute(query).mappings()]


def count(connection: Connection, wanted: Wanted) -> int:
    """How many alerts are asked for."""
    query = sa.select(sa.func.count()).select_from(ALERTS).where(*wanted.conditions())
    return connection.execute(query).scalar_one()


def states(connection: Connection) -> dict[State, int]:
    """How many alerts there are in each state."""
    rows = connection.execute(sa.select(ALERTS.c.state, sa.func.count()).group_by(ALERTS.c.state))
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in STATES}


@dataclass(frozen=True)
class Opening:
    """How an alert was opened: the scan's day, ledger version and method, and what it found."""

    as_of: date
    ledger_version: int
    method: str
    finding: Mapping[str, Any]


def opening(connection: Connection, number: int) -> Opening | None:
    """How an alert was opened, from the append-only log, or None for an alert that is not there."""
    log = MOVES_LOG.c
    row = connection.execute(
        sa.select(log.as_of, log.ledger_version, log.finding).where(log.number == number, log.version == 1)
    ).one_or_none()
    if row is None:
        return None
    of_scan = (UPDATES.c.as_of == row.as_of, UPDATES.c.ledger_version == row.ledger_version)
    method = connection.execute(
        sa.select(UPDATES.c.method).where(*of_scan).order_by(UPDATES.c.number)
    ).scalar()
    return Opening(row.as_of, row.ledger_version, method or "linked", row.finding)


def followed_by(connection: Connection, number: int) -> int | None:
    """The alert that changed evidence opened after this one."""
    return connection.execute(sa.select(ALERTS.c.number).where(ALERTS.c.previous == number)).scalar()


def history(
    connection: Connection, number: int, after: int = 0, limit: int | None = None
) -> list[RowMapping]:
    """The log of an alert, oldest first, without the findings."""
    columns = [column for column in MOVES_LOG.columns if column.name != "finding"]
    query = (
        sa.select(*columns)
        .where(MOVES_LOG.c.number == number, MOVES_LOG.c.version > after)
        .order_by(MOVES_LOG.c.version)
        .limit(limit)
    )
    return list(connection.execute(query).mappings())


def slips(connection: Connection, number: int) -> list[RowMapping]:
    """The slips of an alert, at most two, oldest first."""
    query = sa.select(SLIPS).where(SLIPS.c.number == number).order_by(SLIPS.c.version)
    return list(connection.execute(query).mappings())


def last_update(connection: Connection) -> date | None:
    """The day at which the alerts stand."""
    day: Any = connection.execute(sa.select(sa.func.max(UPDATES.c.as_of))).scalar()
    assert day is None or isinstance(day, date)
    return day
