"""Handling slips: what a person verified or had corrected, and the move of the alert that follows from it.

Verification (核实) is article 22 (二), correction (纠正) article 22 (三) of 001_0cce089113c317c0.txt.
"""

import unicodedata
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tracer.casework.alerts import Alert, Conflict, Result, State, alert_id, target_of, unknown
from tracer.casework.db import Cases
from tracer.casework.look import one_alert
from tracer.casework.tables import ALERTS, MOVES_LOG, SLIPS
from tracer.casework.update import timestamp
from tracer.errors import UsageError

Method = Literal["phone", "documents", "site", "other"]
"""电话核实, 调阅材料 (article 22), 现场核查, 其他 (ours)."""

TEXT_MAX = 4_000
HANDLER_MAX = 100
_OUR_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Slip:
    """A handling slip as a person fills it in."""

    facts: str
    method: Method
    result: Result
    basis: str
    handler: str
    handled_on: date


@dataclass(frozen=True)
class Filed:
    """A slip that was filed, and the alert as it stands after it."""

    slip_id: str
    slip: Slip
    alert: Alert
    moved_from: State


def file_slip(cases: Cases, number: int, version: int, slip: Slip, now: datetime) -> Filed:
    """File a slip on the version of an alert that its handler saw, and move the alert; kept once it returns.

    Raises `UnknownAlert`, `UsageError` for a slip that is not filled in, `IllegalMove` for a result that the
    alert does not take, and `Conflict` where somebody else was first.
    """
    slip = checked(slip, now)
    with cases.write() as connection:
        before = one_alert(connection, number)
        if before is None:
            raise unknown(alert_id(number))
        if before.version != version:
            raise _conflict(before, version)
        after = target_of(before.state, slip.result)
        _check_day(before, slip)
        at = timestamp(now)
        own = {"number": number, "version": version + 1, "recorded_at": at}
        connection.execute(sa.insert(SLIPS).values(**own, **asdict(slip)))
        connection.execute(
            sa.insert(MOVES_LOG).values(
                **own,
                kind="moved",
                from_state=before.state,
                to_state=after,
                as_of=slip.handled_on,
                actor=slip.handler,
                reason=slip.result,
                slip_version=version + 1,
                amount_fen=before.amount_fen,
            )
        )
        values = {
            "version": version + 1,
            "state": after,
            "responded_on": before.responded_on or slip.handled_on,
            "result": "normal" if slip.result == "normal" else "violation",
        }
        changed = connection.execute(
            sa.update(ALERTS).where(ALERTS.c.number == number, ALERTS.c.version == version).values(**values)
        )
        stands = one_alert(connection, number)
        assert stands is not None, "alerts are never removed"
        if changed.rowcount != 1:
            raise _conflict(stands, version)
    return Filed(slip_id(number, version + 1), slip, stands, before.state)


def slip_id(number: int, version: int) -> str:
    """Identifier of the slip that made this version of an alert: FT000012-2."""
    return f"{alert_id(number)}-{version}"


def checked(slip: Slip, now: datetime) -> Slip:
    """The slip without blanks around its texts; raises `UsageError` naming all that is missing or wrong."""
    texts = {name: _text(getattr(slip, name)) for name in ("facts", "basis", "handler")}
    wrong = [name for name, text in texts.items() if not text]
    wrong += [
        name for name, text in texts.items() if len(text) > (HANDLER_MAX if name == "handler" else TEXT_MAX)
    ]
    wrong += ["method"] * (slip.method not in get_args(Method)) + ["result"] * (
        slip.result not in get_args(Result)
    )
    today = now.astimezone(_OUR_TIME).date()
    wrong += ["handled_on"] * (slip.handled_on > today)
    if wrong:
        names = ", ".join(field.name for field in fields(Slip) if field.name in wrong)
        raise UsageError(
            f"处理单的这些项为空、过长或不合规：{names}（handled_on 不能晚于今天 {today}）/ "
            f"these items of the slip are empty, too long or not possible: {names}"
            f" (no day after today, {today})"
        )
    return Slip(texts["facts"], slip.method, slip.result, texts["basis"], texts["handler"], slip.handled_on)


def _text(text: str) -> str:
    """A text without control characters and halves of characters, which no database or form can hold."""
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(c for c in plain if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def _check_day(alert: Alert, slip: Slip) -> None:
    first = max(day for day in (alert.lit_on, alert.responded_on, alert.opened_on) if day)
    if slip.handled_on < first:
        raise UsageError(
            f"处理日期 {slip.handled_on} 早于 {first}，那时还没有这个预警或前一张处理单 / "
            f"handled on {slip.handled_on}, before {first}, when there was no such alert or its first slip"
        )


def _conflict(alert: Alert, seen: int) -> Conflict:
    return Conflict(
        f"{alert.alert_id} 已被他人或扫描变动：您看到的是第 {seen} 版，现在是第 {alert.version} 版，"
        f"状态 {alert.state}；处理单没有保存，请重新查看后再处理 / "
        f"the alert has changed since you looked: you saw version {seen}, it is version {alert.version} now,"
        f" in {alert.state}; your slip was not kept, look again first"
    )
