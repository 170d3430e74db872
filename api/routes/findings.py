"""What the rules find as of a day."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api.deps import LIMIT, Count, Cursor, Limit, OpenBooks, read_cursor, write_cursor
from api.routes.trace import Method
from api.schemas import CalendarGap, Finding, Findings, NotEvaluable
from tracer.errors import UsageError
from tracer.mask import mask_account, mask_text
from tracer.money import format_yuan
from tracer.rules.evidence import masked_subject
from tracer.rules.packs import load_packs, rules_of
from tracer.rules.spec import Rule

router = APIRouter(tags=["findings"])

Level = Literal["info", "bell", "yellow", "red"]


@router.get("/findings")
def findings(
    books: OpenBooks,
    as_of: Annotated[date, Query(description="Nothing dated later is seen.")],
    method: Method = "linked",
    level: Level | None = None,
    rule_id: Annotated[str | None, Query(max_length=20)] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> Findings:
    """The findings of a scan, the highest level first; `number` is that of `fundtrail scan`."""
    version, after = read_cursor(cursor)
    if rule_id is not None and rule_id not in load_packs(books.home).newest:
        raise UsageError("没有这条规则，见 /v1/rules / there is no such rule; /v1/rules lists all")
    found = books.scan(as_of, method)
    rules = rules_of(books.home, found)
    if version not in (None, found["ledger_version"]):
        raise UsageError(
            "账本已有新版本，请从第一页重读 / the ledger has changed; start again without a cursor"
        )
    wanted = [
        (number, finding)
        for number, finding in enumerate(found["findings"], 1)
        if level in (None, finding["level"]) and rule_id in (None, finding["rule_id"])
    ]
    rest = [(number, finding) for number, finding in wanted if number > after]
    part = rest[:limit]
    more = len(rest) > limit
    return Findings(
        items=[_finding(number, finding, rules[finding["rule_id"]]) for number, finding in part],
        next=write_cursor(found["ledger_version"], part[-1][0]) if more else None,
        count=len(wanted) if count else None,
        ledger_version=found["ledger_version"],
        as_of=found["as_of"],
        pack=found["pack"],
        not_evaluable=[
            NotEvaluable(rule_id=entry["rule_id"], missing=entry["missing"])
            for entry in found["not_evaluable"]
        ],
        calendar_gaps=[CalendarGap(**gap) for gap in found["calendar_gaps"]],
        summary=found["summary"],
    )


def _finding(number: int, finding: dict[str, Any], rule: Rule) -> Finding:
    return Finding(
        number=number,
        rule_id=finding["rule_id"],
        rule_version=finding["rule_version"],
        level=finding["level"],
        subject=masked_subject(finding, rule),
        amount_fen=finding["amount_fen"],
        amount=format_yuan(finding["amount_fen"]),
        parameters=finding["parameters"],
        evidence=[masked_evidence(entry) for entry in finding["evidence"]],
        calendar_gaps=finding.get("calendar_gaps", []),
    )


def masked_evidence(entry: dict[str, Any]) -> dict[str, Any]:
    """A row that a finding stands on, by place; the identifier of an account is masked."""
    name = mask_account(entry["id"]) if entry["table"] == "accounts" else entry["id"]
    return entry | {"id": name, "file": mask_text(entry["file"])}
