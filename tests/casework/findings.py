"""Scan results written by hand: what `take_in` gets, with no ledger behind it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from tracer.casework.alerts import Result
from tracer.casework.slips import Slip
from tracer.rules.load import load_rules

RULES = load_rules()
NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
DAY = date(2020, 6, 1)


def finding(
    rule_id: str = "ZB01",
    subject: str = "ZB-1",
    level: str = "yellow",
    amount_fen: int = 100_00,
    row: int = 2,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    evidence = {"ref": f"indicators#{row}", "table": "indicators", "id": subject, "day": "2020-01-02"}
    place = {"amount_fen": amount_fen, "file": "指标.csv", "sheet": None, "row": row}
    return {
        "rule_id": rule_id,
        "rule_version": "1.0.0",
        "rule_sha256": "0" * 64,
        "level": level,
        "subject": subject,
        "amount_fen": amount_fen,
        "parameters": {"n": 5},
        "details": dict(details or {}),
        "evidence": [evidence | place],
    }


def scanned(
    *findings: dict[str, Any],
    as_of: date = DAY,
    version: int = 1,
    rules: Iterable[str] = ("ZB01", "ZB05", "ZC01"),
    not_evaluable: Iterable[str] = (),
    suppressed: Iterable[dict[str, Any]] = (),
    retired: Iterable[str] = (),
) -> dict[str, Any]:
    return {
        "as_of": as_of.isoformat(),
        "ledger_version": version,
        "method": "linked",
        "findings": list(findings),
        "not_evaluable": [{"rule_id": rule_id, "missing": ["indicators"]} for rule_id in not_evaluable],
        "suppressed": list(suppressed),
        "rules": [{"rule_id": rule_id} for rule_id in rules],
        "retired": list(retired),
        "digest": "0" * 64,
    }


def slip(result: Result, handler: str = "王经办", handled_on: date = DAY) -> Slip:
    return Slip(
        facts="经电话核实，指标文件于印发后第八个工作日送达。",
        method="phone",
        result=result,
        basis="收文登记簿第12页",
        handler=handler,
        handled_on=handled_on,
    )
