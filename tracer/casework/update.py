"""Take the findings of a scan in: alerts open, clear and turn, each step in the log, all of it or nothing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracer.casework.alerts import (
    LIGHTS,
    Alert,
    Conflict,
    Step,
    digest_of,
    identity_of,
    on_found,
    on_gone,
    on_retired,
)
from tracer.casework.db import Cases
from tracer.casework.look import LISTED
from tracer.casework.tables import ALERTS, MOVES_LOG, UPDATES
from tracer.errors import DataRefusedError, UsageError
from tracer.rules.spec import Rule

BY_SCAN = "scan"
_ROWS_PER_INSERT = 2_000
_OUR_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Taken:
    """What a scan has changed: how many alerts it opened, turned, cleared and noted something of."""

    as_of: date
    ledger_version: int
    opened: int
    turned: int
    cleared: int
    noted: int


@dataclass(frozen=True)
class _Change:
    """A step, the alert as it will stand, and how it stood."""

    step: Step
    after: Alert
    before: Alert | None


def take_in(
    cases: Cases,
    found: Mapping[str, Any],
    rules: Mapping[str, Rule],
    now: datetime,
    not_evaluated: Mapping[str, Collection[str]] | None = None,
) -> Taken:
    """Bring the alerts to what a scan (`tracer.rules.scan.scan`) found.

    `not_evaluated` names, by rule, the subjects that lacked a value: of them nothing is known, so their bells
    stay. The same scan again changes nothing. Raises `DataRefusedError` for a scan of an earlier day than the
    last one and `Conflict` for one of an older ledger: alerts never go back. Raises `UsageError` for a day
    that is still to come, and for a scan that evaluated no rule: it would only move the day of the alerts.
    """
    as_of = date.fromisoformat(found["as_of"])
    refuse_the_future(as_of, now)
    if not _evaluated(found):
        raise UsageError(
            "没有一条规则能评价，预警没有变动；缺哪些表见 fundtrail scan，用 fundtrail ingest 补上 / "
            "no rule could be evaluated and no alert was changed; fundtrail scan names the tables that lack,"
            " fundtrail ingest adds them"
        )
    with cases.write() as connection:
        _refuse_the_past(connection, as_of, found["ledger_version"])
        changes = list(_changes(connection, found, rules, not_evaluated or {}, as_of))
        _write(connection, changes, found, as_of, now)
    kinds = [(change.step.kind, change.step.to_state) for change in changes]
    return Taken(
        as_of=as_of,
        ledger_version=found["ledger_version"],
        opened=sum(kind == "opened" for kind, _ in kinds),
        turned=sum(kind == "moved" and to in LIGHTS for kind, to in kinds),
        cleared=sum(kind == "moved" and to == "cleared" for kind, to in kinds),
        noted=sum(kind == "noted" for kind, _ in kinds),
    )


def refuse_the_future(as_of: date, now: datetime) -> None:
    """Raise `UsageError` for a day after today: alerts would stand there, and take no earlier day again."""
    today = today_of(now)
    if as_of > today:
        raise UsageError(
            f"--as-of {as_of} 晚于今天 {today}；预警不能退回，只能更新到今天或以前，"
            f"想预先看看那一天用 fundtrail scan --as-of {as_of} / "
            f"--as-of {as_of} is after today, {today}; alerts never go back, so update them to today at most;"
            f" fundtrail scan --as-of {as_of} looks ahead"
        )


def today_of(now: datetime) -> date:
    """The day of a moment where the money is: in China, whatever the machine's own time zone."""
    return now.astimezone(_OUR_TIME).date()


def _evaluated(found: Mapping[str, Any]) -> set[str]:
    """The rules of a scan that could be evaluated."""
    return {entry["rule_id"] for entry in found["rules"]} - {
        entry["rule_id"] for entry in found["not_evaluable"]
    }


def _refuse_the_past(connection: Connection, as_of: date, version: int) -> None:
    last, newest = connection.execute(
        sa.select(sa.func.max(UPDATES.c.as_of), sa.func.max(UPDATES.c.ledger_version))
    ).one()
    if last is not None and as_of < last:
        raise DataRefusedError(
            f"预警已更新到 {last}，不能退回 {as_of}；查看那一天的疑点用 fundtrail scan --as-of {as_of} / "
            f"the alerts stand at {last} and do not go back to {as_of}; scan shows the findings of that day"
        )
    if newest is not None and version < newest:
        raise Conflict(
            f"预警已按账本 v{newest} 更新，这次扫描的是 v{version}；请重新运行 / "
            f"the alerts stand at ledger v{newest} and this scan saw v{version}; run it again"
        )


def _changes(
    connection: Connection,
    found: Mapping[str, Any],
    rules: Mapping[str, Rule],
    not_evaluated: Mapping[str, Collection[str]],
    as_of: date,
) -> Iterator[_Change]:
    evaluated = _evaluated(found)
    heads = _heads(connection)
    number = connection.execute(sa.select(sa.func.coalesce(sa.func.max(ALERTS.c.number), 0))).scalar_one()
    seen = set()
    for finding in found["findings"]:
        if finding["level"] == "info":
            continue
        rule = rules[finding["rule_id"]]
        key = (rule.id, identity_of(finding, rule))
        seen.add(key)
        digest = digest_of(finding)
        before = heads.get(key)
        step = on_found(before, finding["level"], digest)
        if step is None:
            continue
        if step.kind == "opened":
            number += 1
            after = _opened(number, key, finding, digest, before.number if before else None, as_of)
            yield _Change(step, after, None)
        elif before is not None:
            yield _Change(step, _stepped(before, step, finding, digest, as_of), before)
    exempt = {(row["rule_id"], row["subject"]) for row in found["suppressed"]}
    retired = set(found["retired"])
    for key, head in heads.items():
        unknown = head.subject in not_evaluated.get(head.rule_id, ())
        if key in seen or unknown or head.rule_id not in evaluated | retired:
            continue
        step = (
            on_retired(head)
            if head.rule_id in retired
            else on_gone(head, (head.rule_id, head.subject) in exempt)
        )
        if step is not None:
            after = replace(head, version=head.version + 1, state=step.to_state, is_found=False)
            yield _Change(step, after, head)


def _heads(connection: Connection) -> dict[tuple[str, str], Alert]:
    """The newest alert of every finding that ever had one, without its finding."""
    newest = sa.select(sa.func.max(ALERTS.c.number)).group_by(ALERTS.c.rule_id, ALERTS.c.identity)
    rows = connection.execute(sa.select(*LISTED).where(ALERTS.c.number.in_(newest))).mappings()
    return {alert.key: alert for alert in map(Alert.of, rows)}


def _opened(
    number: int,
    key: tuple[str, str],
    finding: Mapping[str, Any],
    digest: str,
    previous: int | None,
    as_of: date,
) -> Alert:
    level = finding["level"]
    is_lit = level in LIGHTS
    return Alert(
        number=number,
        version=1,
        rule_id=key[0],
        identity=key[1],
        subject=finding["subject"],
        previous=previous,
        state=level,
        opened_on=as_of,
        lit_on=as_of if is_lit else None,
        lit_level=level if is_lit else None,
        responded_on=None,
        result=None,
        found_level=level,
        is_found=True,
        amount_fen=finding["amount_fen"],
        digest=digest,
        finding=kept(finding),
    )


def _stepped(before: Alert, step: Step, finding: Mapping[str, Any], digest: str, as_of: date) -> Alert:
    """The alert after a step that a finding made; what a person decided on keeps its evidence."""
    after = replace(before, version=before.version + 1, state=step.to_state, is_found=True)
    if step.kind == "moved":
        after = replace(after, lit_on=as_of, lit_level=step.to_state)
    if before.is_decided:
        return after
    return replace(
        after,
        found_level=finding["level"],
        amount_fen=finding["amount_fen"],
        digest=digest,
        finding=kept(finding),
    )


def kept(finding: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a finding: all that explains it."""
    names = (
        "rule_version",
        "rule_sha256",
        "pack",
        "level",
        "subject",
        "amount_fen",
        "least_fen",
        "most_fen",
        "tight",
        "parameters",
        "not_from_documents",
        "set",
        "details",
        "day",
        "exempt_fen",
        "exemptions",
        "calendar_gaps",
        "evidence",
    )
    return {name: finding[name] for name in names if name in finding}


def _write(
    connection: Connection, changes: list[_Change], found: Mapping[str, Any], as_of: date, now: datetime
) -> None:
    at = timestamp(now)
    opened = [_row(change.after) for change in changes if change.before is None]
    for start in range(0, len(opened), _ROWS_PER_INSERT):
        connection.execute(sa.insert(ALERTS), opened[start : start + _ROWS_PER_INSERT])
    log = [_log_row(change, found, as_of, at) for change in changes]
    for start in range(0, len(log), _ROWS_PER_INSERT):
        connection.execute(sa.insert(MOVES_LOG), log[start : start + _ROWS_PER_INSERT])
    changed = [change for change in changes if change.before is not None]
    for with_finding in (True, False):
        names = ["version", "state", "lit_on", "lit_level", "found_level", "is_found", "amount_fen", "digest"]
        names += ["finding"] * with_finding
        rows = [
            {f"to_{name}": getattr(change.after, name) for name in names} | {"of": change.after.number}
            for change in changed
            if (change.after.finding is not None) == with_finding
        ]
        if rows:
            values: dict[str, Any] = {name: sa.bindparam(f"to_{name}") for name in names}
            connection.execute(
                sa.update(ALERTS).where(ALERTS.c.number == sa.bindparam("of")).values(values), rows
            )
    connection.execute(
        sa.insert(UPDATES).values(
            number=sa.select(sa.func.coalesce(sa.func.max(UPDATES.c.number), 0) + 1).scalar_subquery(),
            as_of=as_of,
            ledger_version=found["ledger_version"],
            method=found["method"],
            digest=found["digest"],
            recorded_at=at,
        )
    )


def _row(alert: Alert) -> dict[str, Any]:
    return {column.name: getattr(alert, column.name) for column in ALERTS.columns}


def _log_row(change: _Change, found: Mapping[str, Any], as_of: date, at: str) -> dict[str, Any]:
    after, finding = change.after, change.after.finding
    return {
        "number": after.number,
        "version": after.version,
        "kind": change.step.kind,
        "from_state": change.before.state if change.before else None,
        "to_state": change.step.to_state,
        "as_of": as_of,
        "recorded_at": at,
        "actor": BY_SCAN,
        "reason": change.step.reason,
        "slip_version": None,
        "ledger_version": found["ledger_version"],
        "rule_version": finding["rule_version"] if finding else None,
        "amount_fen": after.amount_fen,
        "finding": finding,
    }


def timestamp(now: datetime) -> str:
    """A moment as it is kept: UTC, to the millisecond, in an order that texts have too."""
    return now.isoformat(timespec="milliseconds")
