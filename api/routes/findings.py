"""What the rules find as of a day."""

import shlex
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from api.asked import Asked
from api.deps import LIMIT, Count, Cursor, Limit, OpenBooks, read_cursor, write_cursor
from api.errors import NotFound
from api.explained import Explained, masked_row
from api.routes.trace import Method
from api.schemas import CalendarGap, Finding, FindingDetail, Findings, NotEvaluable
from api.story import Teller
from tracer.errors import UsageError
from tracer.flow.build import build_flow
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


@router.get("/findings/{number}")
def finding(
    books: OpenBooks,
    number: Annotated[int, Path(ge=1, le=2**31 - 1, description="As `/v1/findings` numbers them.")],
    as_of: Annotated[date, Query(description="Nothing dated later is seen.")],
    method: Method = "linked",
) -> FindingDetail:
    """One finding as a case note: the way of its money, sums, rows, limits, basis, innocent explanations."""
    found = books.scan(as_of, method)
    if number > len(found["findings"]):
        raise NotFound("没有这个序号的发现，见 /v1/findings / no finding has this number; see /v1/findings")
    one = found["findings"][number - 1]
    rule = rules_of(books.home, found)[one["rule_id"]]
    asked = Asked(as_of, method=method)
    again = {"explain": shlex.join(["fundtrail", "explain", str(number), *asked.options()])}
    flow = build_flow(books.home, method, as_of, found["ledger_version"])
    note = Explained(Teller(flow, books.ledger), one, rule, found).masked_note(again)
    return FindingDetail(**_finding(number, one, rule).model_dump(), note=note)


def _finding(number: int, finding: dict[str, Any], rule: Rule) -> Finding:
    return Finding(
        number=number,
        rule_id=finding["rule_id"],
        rule_version=finding["rule_version"],
        level=finding["level"],
        subject=masked_subject(finding, rule),
        amount_fen=finding["amount_fen"],
        amount=format_yuan(finding["amount_fen"]),
        least_fen=finding.get("least_fen"),
        most_fen=finding.get("most_fen"),
        tight=finding.get("tight", True) if "least_fen" in finding else None,
        parameters=finding["parameters"],
        evidence=[masked_row(entry) for entry in finding["evidence"]],
        calendar_gaps=finding.get("calendar_gaps", []),
    )
