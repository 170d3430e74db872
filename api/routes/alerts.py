"""Alerts, their history and their handling slips; everything masked."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from api.deps import LIMIT, Count, Cursor, Limit, OpenBooks, read_cursor, write_cursor
from api.explained import masked_row
from api.schemas import Alert, AlertDetail, Alerts, Move, Moves, Slip, SlipFiled
from tracer.casework import alerts as casework
from tracer.casework import look
from tracer.casework.slips import HANDLER_MAX, TEXT_MAX, Method, file_slip
from tracer.casework.slips import Slip as HandlingSlip
from tracer.casework.update import BY_SCAN
from tracer.mask import mask_person, mask_text
from tracer.money import format_yuan
from tracer.rules.packs import Rules, load_packs

router = APIRouter(tags=["alerts"])

State = Literal["bell", "yellow", "red", "green", "cleared"]
AlertId = Annotated[str, Path(max_length=20, description="As FT000012.")]


class SlipForm(BaseModel):
    """A handling slip, filed on the version of the alert that its handler saw."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1, description="The alert's `version` as its handler saw it.")
    facts: str = Field(min_length=1, max_length=TEXT_MAX)
    method: Method
    result: casework.Result
    basis: str = Field(min_length=1, max_length=TEXT_MAX)
    handler: str = Field(min_length=1, max_length=HANDLER_MAX)
    handled_on: date


@router.get("/alerts")
def alerts(
    books: OpenBooks,
    state: Annotated[list[State] | None, Query(description="Repeatable; all where it is left out.")] = None,
    rule_id: Annotated[str | None, Query(max_length=20)] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> Alerts:
    """Alerts in order of their number."""
    _, after = read_cursor(cursor)
    wanted = look.Wanted(state or (), rule_id)
    packs = load_packs(books.home)
    with books.cases.read() as connection:
        if rule_id is not None:
            look.check_rule(connection, rule_id, packs.texts)
        found = look.alerts(connection, wanted, max(after, 0), limit + 1, full=True)
        day = look.last_update(connection)
        number = look.count(connection, wanted) if count else None
        states = look.states(connection)
    part, rules = found[:limit], packs.newest
    return Alerts(
        items=[Alert(**_alert(alert, rules)) for alert in part],
        next=write_cursor(0, part[-1].number) if len(found) > limit else None,
        count=number,
        as_of=day.isoformat() if day else None,
        states={str(name): number for name, number in states.items()},
    )


@router.get("/alerts/{alert_id}")
def alert(books: OpenBooks, alert_id: AlertId) -> AlertDetail:
    """One alert with its evidence, its slips and the alerts linked to it."""
    with books.cases.read() as connection:
        found = _found(connection, alert_id)
        after = look.followed_by(connection, found.number)
        slips = [look.slip_row(row) for row in look.slips(connection, found.number)]
    finding = found.finding or {}
    return AlertDetail(
        **_alert(found, load_packs(books.home).newest),
        next=casework.alert_id(after) if after else None,
        rule_version=finding["rule_version"],
        parameters=finding["parameters"],
        evidence=[masked_row(entry) for entry in finding["evidence"]],
        slips=[_slip(slip) for slip in slips],
    )


@router.get("/alerts/{alert_id}/history")
def history(books: OpenBooks, alert_id: AlertId, cursor: Cursor = None, limit: Limit = LIMIT) -> Moves:
    """Every step of an alert, oldest first, from the append-only log."""
    _, after = read_cursor(cursor)
    with books.cases.read() as connection:
        found = _found(connection, alert_id)
        rows = look.history(connection, found.number, max(after, 0), limit + 1)
    moves = [look.move_row(row) for row in rows[:limit]]
    return Moves(
        items=[Move(**(move | {"actor": _actor(move["actor"])})) for move in moves],
        next=write_cursor(0, moves[-1]["version"]) if len(rows) > limit else None,
    )


@router.get("/alerts/{alert_id}/slips")
def slips(books: OpenBooks, alert_id: AlertId) -> list[Slip]:
    """The slips of an alert, at most two, oldest first."""
    with books.cases.read() as connection:
        found = _found(connection, alert_id)
        rows = look.slips(connection, found.number)
    return [_slip(look.slip_row(row)) for row in rows]


@router.post("/alerts/{alert_id}/slips", status_code=201)
def file(books: OpenBooks, alert_id: AlertId, form: SlipForm) -> SlipFiled:
    """File a slip and move the alert.

    409 where somebody else has changed the alert since, or where its light does not take this result; 403 for
    a page of another site.
    """
    slip = HandlingSlip(form.facts, form.method, form.result, form.basis, form.handler, form.handled_on)
    filed = file_slip(books.cases, casework.number_of(alert_id), form.version, slip, datetime.now(UTC))
    moved = Alert(**_alert(filed.alert, load_packs(books.home).newest))
    return SlipFiled(slip_id=filed.slip_id, from_state=filed.moved_from, alert=moved)


def _found(connection: Connection, alert_id: str) -> casework.Alert:
    found = look.one_alert(connection, casework.number_of(alert_id))
    if found is None:
        raise casework.unknown(alert_id)
    return found


def _alert(alert: casework.Alert, rules: Rules) -> dict[str, Any]:
    shown = {"subject": look.subject_text(alert, rules), "amount": format_yuan(alert.amount_fen)}
    return look.alert_row(alert) | shown


def _slip(row: dict[str, Any]) -> Slip:
    texts = {"facts": mask_text(row["facts"]), "basis": mask_text(row["basis"])}
    return Slip(**(row | texts | {"handler": mask_person(row["handler"])}))


def _actor(actor: str) -> str:
    return actor if actor == BY_SCAN else mask_person(actor)
