"""Look at alerts: one, a list, its history, its slips. Everything here only reads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracer.casework.alerts import STATES, Alert, State
from tracer.casework.tables import ALERTS, MOVES_LOG, SLIPS, UPDATES

LISTED = [column for column in ALERTS.columns if column.name != "finding"]


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
