"""Handling slips: what a person verified or had corrected, and the move of the alert that follows from it.

Verification (核实) is article 22 (二), correction (纠正) article 22 (三) of 001_0cce089113c317c0.txt.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal, get_args

import sqlalchemy as sa

from tracer.casework.alerts import Alert, Conflict, Result, State, alert_id, target_of, unknown
from tracer.casework.db import Cases
from tracer.casework.look import one_alert
from tracer.casework.tables import ALERTS, MOVES_LOG, SLIPS
from tracer.casework.update import timestamp, today_of
from tracer.errors import DataRefusedError, UsageError
from tracer.messages import Language, bracketed, say

Method = Literal["phone", "documents", "site", "other"]
"""电话核实, 调阅材料 (article 22), 现场核查, 其他 (ours)."""

TEXT_MAX = 4_000
HANDLER_MAX = 100

LABELS = {
    "facts": "slip_facts",
    "method": "slip_method",
    "result": "slip_result",
    "basis": "slip_basis",
    "handler": "slip_handler",
    "handled_on": "handled_on",
}
"""What a person fills in, by the name of the slip's field: the key of its label."""


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

    Raises `UnknownAlert`, `UsageError` for a slip that is not filled in or a version that the alert never
    had, `IllegalMove` for a result that it does not take, and `Conflict` where somebody else was first.
    """
    slip = checked(slip, now)
    with cases.write() as connection:
        before = one_alert(connection, number)
        if before is None:
            raise unknown(alert_id(number))
        if before.version != version:
            raise _other_version(before, version)
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
            raise _other_version(stands, version)
    return Filed(slip_id(number, version + 1), slip, stands, before.state)


def slip_id(number: int, version: int) -> str:
    """Identifier of the slip that made this version of an alert: FT000012-2."""
    return f"{alert_id(number)}-{version}"


def named(field: str, lang: Language) -> str:
    """An item of the slip as people know it: its label on the form, and its option of the command."""
    return f"{say(LABELS[field], lang)}{bracketed(option_of(field), lang)}"


def option_of(field: str) -> str:
    """The option of `slip file` that gives an item."""
    return f"--{'on' if field == 'handled_on' else field}"


def checked(slip: Slip, now: datetime) -> Slip:
    """The slip without blanks around its texts; raises `UsageError` naming all that is missing or wrong."""
    texts = {name: plain_text(getattr(slip, name)) for name in ("facts", "basis", "handler")}
    problems = []
    for lang in get_args(Language):
        wrong = {name: text for name, text in _wrong(slip, texts, now, lang).items() if text}
        items = (f"{named(name, lang)} {wrong[name]}" for name in LABELS if name in wrong)
        problems.append(("; " if lang == "en" else "；").join(items))
    if any(problems):
        raise UsageError(" / ".join(problems))
    return Slip(texts["facts"], slip.method, slip.result, texts["basis"], texts["handler"], slip.handled_on)


def _wrong(slip: Slip, texts: Mapping[str, str], now: datetime, lang: Language) -> dict[str, str]:
    """What is wrong with each item of a slip, empty where nothing is."""
    wrong = {}
    for name, text in texts.items():
        most = HANDLER_MAX if name == "handler" else TEXT_MAX
        too_long = say("slip_too_long", lang, most=most) if len(text) > most else ""
        wrong[name] = too_long if text else say("slip_empty", lang)
    for name, value, codes in (("method", slip.method, Method), ("result", slip.result, Result)):
        wrong[name] = "" if value in get_args(codes) else say("slip_no_choice", lang)
    today = today_of(now)
    is_early = slip.handled_on > today
    wrong["handled_on"] = say("slip_too_early", lang, day=slip.handled_on, today=today) if is_early else ""
    return wrong


def plain_text(text: str) -> str:
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


def _other_version(alert: Alert, seen: int) -> DataRefusedError | UsageError:
    if seen > alert.version:
        return UsageError(
            f"{alert.alert_id} 没有第 {seen} 版，现在是第 {alert.version} 版；处理单没有保存，请先看 "
            f"fundtrail alerts show {alert.alert_id} / {alert.alert_id} has no version {seen}, it is version"
            f" {alert.version} now; your slip was not kept, look at the alert first"
        )
    return Conflict(
        f"{alert.alert_id} 已被他人或扫描变动：您看到的是第 {seen} 版，现在是第 {alert.version} 版，"
        f"状态：{say(alert.state)}；处理单没有保存，请重新查看后再处理 / "
        f"the alert has changed since you looked: you saw version {seen}, it is version {alert.version} now:"
        f" {say(alert.state, 'en')}; your slip was not kept, look again first"
    )
