"""Who was paid and is in no register, who is entitled and unpaid, and decisions on pairs; masked."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api import schemas_persons as told
from api.deps import LIMIT, LIMIT_MAX, Count, Cursor, Limit, OpenBooks, read_cursor, write_cursor
from api.errors import NotFound
from api.keys import home_secret
from api.persons import masked_row, plain_candidate, plain_row
from tracer.casework import pairs as casework
from tracer.casework.slips import HANDLER_MAX, TEXT_MAX
from tracer.errors import UsageError
from tracer.mask import mask_text
from tracer.money import format_yuan
from tracer.recipients.matching import candidate, candidates, pair_key

router = APIRouter(tags=["persons"])

Day = Annotated[date, Query(description="Nothing dated later is seen.")]
Of = Annotated[str | None, Query(max_length=200, description="Only this value of `by`.")]
DecisionId = Annotated[str, Path(max_length=20, description="As D000003.")]
PairKey = Annotated[str, Path(max_length=20, description="As `/v1/match/pairs` names it.")]


class DecisionForm(BaseModel):
    """What somebody decides on a pair, as of the day on which it was looked at."""

    model_config = ConfigDict(extra="forbid")

    as_of: date
    verdict: casework.Judgement
    decided_by: str = Field(min_length=1, max_length=HANDLER_MAX)
    reason: str = Field(min_length=1, max_length=TEXT_MAX)


class WithdrawalForm(BaseModel):
    """Who takes a decision back, and why."""

    model_config = ConfigDict(extra="forbid")

    decided_by: str = Field(min_length=1, max_length=HANDLER_MAX)
    reason: str = Field(min_length=1, max_length=TEXT_MAX)


@router.get("/unmatched")
def unmatched(
    books: OpenBooks,
    as_of: Day,
    by: Literal["county", "fund", "project"] = "county",
    of: Of = None,
    status: Annotated[
        list[told.Status] | None, Query(description="Repeatable; all but match where it is left out.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> told.Unmatched:
    """Recipients who match no entry of the register valid on the day of payment, with likely candidates."""
    from tracer.recipients.unmatched import LISTED

    found = books.unmatched(as_of)
    first = _start(cursor, found.ledger_version)
    rows = found.listed(by, of, status or LISTED)
    part = rows.slice(first, limit).to_pylist()
    likely = found.candidates([row["recipient"] for row in part])
    groups = found.totals(by)
    return told.Unmatched(
        items=[_recipient(row, likely.get(row["recipient"], [])) for row in part],
        next=_next(found.ledger_version, first + limit, len(rows)),
        count=len(rows) if count else None,
        ledger_version=found.ledger_version,
        as_of=as_of.isoformat(),
        not_evaluable=list(found.missing),
        by=by,
        cut_recipients=found.cut_recipients,
        total=told.RecipientSums(**found.total),
        groups=[told.RecipientGroup(name=mask_text(row[by]), **row) for row in groups[:LIMIT_MAX]],
        groups_count=len(groups),
    )


@router.get("/unpaid")
def unpaid(
    books: OpenBooks,
    as_of: Day,
    by: Literal["county", "fund", "benefit", "period"] = "county",
    of: Of = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> told.Unpaid:
    """Persons of the register who are entitled to a benefit and were not paid it, as RH14 finds them."""
    found = books.unpaid(as_of)
    first = _start(cursor, found.ledger_version)
    rows = found.listed(by, of)
    groups = found.totals(by)
    return told.Unpaid(
        items=[
            told.Lack(**masked_row(row), amount=format_yuan(row["amount_fen"]))
            for row in rows.slice(first, limit).to_pylist()
        ],
        next=_next(found.ledger_version, first + limit, len(rows)),
        count=len(rows) if count else None,
        ledger_version=found.ledger_version,
        as_of=as_of.isoformat(),
        not_evaluable=list(found.missing),
        not_evaluated=found.not_evaluated,
        rule_version=found.rule["rule_version"],
        parameters=found.rule["parameters"],
        by=by,
        total=told.LackSums(**found.total),
        groups=[told.LackGroup(name=masked_row(row)[by], **row) for row in groups[:LIMIT_MAX]],
        groups_count=len(groups),
    )


@router.get("/match/pairs")
def list_pairs(
    books: OpenBooks,
    as_of: Day,
    answer: Annotated[
        Literal["match", "unsure", "no match"] | None, Query(description="Of the recipient; else all.")
    ] = "unsure",
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> told.Pairs:
    """Recipients with each person of the register who they may be, and why."""
    matches = books.unmatched(as_of).matches
    first = _start(cursor, matches.version)
    found, number = candidates(
        matches, home_secret(books.home), [answer] if answer else (), after=first, limit=limit
    )
    return told.Pairs(
        items=[told.Pair(**_pair(one.key, one.row)) for one in found],
        next=_next(matches.version, first + limit, number),
        count=number if count else None,
        ledger_version=matches.version,
        as_of=as_of.isoformat(),
        not_evaluable=list(matches.missing),
    )


@router.get("/match/pairs/{pair}")
def one_pair(books: OpenBooks, pair: PairKey, as_of: Day) -> told.PairDetail:
    """One pair, with what was decided on it before."""
    one = candidate(books.unmatched(as_of).matches, home_secret(books.home), pair)
    with books.cases.read() as connection:
        records = casework.history(connection, [one.pair])
    return told.PairDetail(**_pair(one.key, one.row), records=[_record(books, each) for each in records])


@router.get("/match/pairs/{pair}/decisions")
def decided(books: OpenBooks, pair: PairKey, as_of: Day) -> list[told.PairDecision]:
    """The decisions on one pair and what was taken back, oldest first."""
    return one_pair(books, pair, as_of).records


@router.post("/match/pairs/{pair}/decisions", status_code=201)
def decide(books: OpenBooks, pair: PairKey, form: DecisionForm) -> told.PairDecision:
    """Record that a recipient is, or is not, this person; 409 where a decision already stands."""
    matches = books.unmatched(form.as_of).matches
    one = candidate(matches, home_secret(books.home), pair)
    now = datetime.now(UTC)
    made = casework.decide(
        books.cases, one.pair, form.verdict, form.decided_by, form.reason, one.seen(matches), now
    )
    return _record(books, made)


@router.get("/match/decisions")
def decisions(books: OpenBooks, cursor: Cursor = None, limit: Limit = LIMIT) -> told.PairDecisions:
    """The append-only log of decisions and of what was taken back, oldest first."""
    _, after = read_cursor(cursor)
    with books.cases.read() as connection:
        found = casework.decisions(connection, max(after, 0), limit + 1)
    part = found[:limit]
    return told.PairDecisions(
        items=[_record(books, one) for one in part],
        next=write_cursor(0, part[-1].number) if len(found) > limit else None,
    )


@router.get("/match/decisions/{decision_id}/withdrawal")
def withdrawal(books: OpenBooks, decision_id: DecisionId) -> told.PairDecision:
    """The record by which a decision was taken back; 404 where it stands."""
    with books.cases.read() as connection:
        found = casework.followed_by(connection, casework.number_of(decision_id))
    if found is None:
        raise NotFound("这个决定没有撤回，或没有这个决定 / no such decision was taken back")
    return _record(books, found)


@router.post("/match/decisions/{decision_id}/withdrawal", status_code=201)
def take_back(books: OpenBooks, decision_id: DecisionId, form: WithdrawalForm) -> told.PairDecision:
    """Take a decision back, by another record; 409 where it was taken back before."""
    number = casework.number_of(decision_id)
    return _record(
        books, casework.take_back(books.cases, number, form.decided_by, form.reason, datetime.now(UTC))
    )


def _start(cursor: str | None, version: int) -> int:
    """Where a page begins; raises `UsageError` for a page of an older ledger."""
    asked, after = read_cursor(cursor)
    if asked not in (None, version):
        raise UsageError(
            "账本已有新版本，请从第一页重读 / the ledger has changed; start again without a cursor"
        )
    return after + 1


def _next(version: int, after: int, count: int) -> str | None:
    return write_cursor(version, after - 1) if after < count else None


def _recipient(row: dict[str, Any], likely: Sequence[dict[str, Any]]) -> told.Recipient:
    shown = masked_row(plain_row(row))
    people = [told.Candidate(**masked_row(plain_candidate(one))) for one in likely]
    return told.Recipient(**shown, amount=format_yuan(row["amount_fen"]), candidates=people)


def _pair(key: str, row: dict[str, Any]) -> dict[str, Any]:
    return masked_row(plain_row(row)) | {"pair": key, "amount": format_yuan(row["amount_fen"])}


def _record(books: OpenBooks, one: casework.Decision) -> told.PairDecision:
    row = masked_row(casework.record_row(one))
    return told.PairDecision(**row, pair=pair_key(home_secret(books.home), one.pair))
