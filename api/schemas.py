"""What the API answers; money is integer fen in fields that end in `_fen`, with a display text beside it."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")

Fen = int


class Problem(BaseModel):
    """An error by RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(default_factory=list)


class Page(BaseModel, Generic[Item]):
    """A bounded part of a list in stable order; `next` asks for the rest of the same ledger version."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
    count: int | None = Field(None, description="How many there are in all, where `count=true` was asked.")
    ledger_version: int


class Health(BaseModel):
    """Whether there are data to ask."""

    status: Literal["ok", "empty"]
    version: str
    ledger_version: int


class Door(BaseModel):
    """One address and what it answers."""

    path: str
    summary: str


class Doors(BaseModel):
    """All addresses."""

    doors: list[Door]


class Payment(BaseModel):
    """A payment, masked."""

    payment_id: str
    paid_at: str
    amount_fen: Fen
    amount: str
    payer_name: str
    payer_account: str
    payer_key: str | None
    payee_name: str
    payee_account: str
    payee_key: str | None
    purpose: str
    settlement_method: str | None
    payment_method: str | None
    indicator_id: str | None
    project_id: str | None
    contract_no: str | None
    beneficiary_id: str
    beneficiary_name: str
    benefit: str | None
    period: str | None
    refund_of: str | None


class Indicator(BaseModel):
    """A budget quota line."""

    indicator_id: str
    doc_no: str | None
    fund_name: str | None
    fund_nature: str | None
    function_code: str | None
    economic_code: str | None
    budget_item: str | None
    amount_fen: Fen
    amount: str
    level: str
    issuer: str | None
    receiver: str | None
    issued_on: str
    received_on: str | None
    registered_on: str | None


class InScope(BaseModel):
    """An amount and the three parts that add up to it."""

    amount_fen: Fen
    amount: str
    in_scope_fen: Fen
    in_scope: str
    out_of_scope_fen: Fen
    out_of_scope: str
    not_stated_fen: Fen = Field(description="Of a partly scoped fund, what nobody has stated.")
    not_stated: str


class FundIndicator(InScope):
    """An indicator of the catalogue of funds, masked."""

    indicator_id: str
    doc_no: str | None
    fund_id: str
    fund_name: str
    fund_level: str
    level: str
    provider_level: str | None = Field(description="Who provided the money; null where that is several.")
    region: str
    is_partial: bool
    scope: str
    stated_by: str | None = Field(description="The document that states what is in scope.")
    refused_fen: Fen | None = Field(description="A stated amount above the indicator's: it does not count.")


class FundTotal(InScope):
    """The indicators of one fund on one level."""

    fund_level: str
    fund_name: str
    level: str
    indicators: int


class LeftOut(BaseModel):
    """Indicators that are not listed, for one reason."""

    indicators: int
    amount_fen: Fen


class FundLedger(Page[FundIndicator]):
    """The general ledger of the catalogue; totals are of all pages and never added over levels."""

    as_of: str
    region: str
    totals: list[FundTotal]
    left_out: dict[str, LeftOut]


class Account(BaseModel):
    """An account, masked; `key` stands for its number wherever the API names it."""

    key: str
    account_no: str
    holder_name: str
    holder_id: str
    holder_kind: str
    account_type: str
    opening_balance_fen: Fen | None


class Finding(BaseModel):
    """What a rule found, masked; `number` is its place in the scan."""

    number: int
    rule_id: str
    rule_version: str
    level: str
    subject: str
    amount_fen: Fen
    amount: str
    least_fen: Fen | None = Field(
        description="Of a finding of diversion: at least so much under any choice of money at every holder."
    )
    most_fen: Fen | None = Field(description="And at most so much.")
    tight: bool | None = Field(
        description="False where least and most are sound and may not be attained; null where there are none."
    )
    parameters: dict[str, Any]
    evidence: list[Any]
    calendar_gaps: list[int] = Field(
        description="Years without calendar data that its deadline crosses, so that it may be off."
    )


class CalendarGap(BaseModel):
    """A year without calendar data that deadlines of rules cross: it counts Monday to Friday."""

    year: int
    rules: list[str]


class FindingDetail(Finding):
    """A finding with its case note, masked: `fundtrail explain --format json` without what is not masked."""

    note: dict[str, Any]


class NotEvaluable(BaseModel):
    """A rule that could not be evaluated, and the tables that it lacks."""

    rule_id: str
    missing: list[str]


class Findings(Page[Finding]):
    """The findings of a scan."""

    as_of: str
    pack: int
    not_evaluable: list[NotEvaluable]
    calendar_gaps: list[CalendarGap]
    summary: dict[str, int]


class Rule(BaseModel):
    """A rule as its file states it."""

    rule_id: str
    version: str
    name: dict[str, str]
    category: str
    level: str
    status: str
    details: dict[str, Any]


class Alert(BaseModel):
    """A finding as an alert, masked; `level` is the light as which it was lit, `state` how it stands."""

    alert_id: str
    version: int = Field(description="Goes up with every step; a slip names the version that was seen.")
    rule_id: str
    subject: str
    state: Literal["bell", "yellow", "red", "green", "cleared"]
    level: Literal["bell", "yellow", "red"]
    opened_on: str
    lit_on: str | None
    responded_on: str | None
    result: Literal["normal", "violation"] | None
    amount_fen: Fen
    amount: str
    found_level: Literal["bell", "yellow", "red"]
    is_found: bool = Field(description="Whether the last scan that looked still found it.")
    previous: str | None = Field(description="The alert whose evidence changed into this one.")


class Alerts(BaseModel):
    """A bounded part of the alerts, in order of number."""

    items: list[Alert]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
    count: int | None = Field(None, description="How many there are in all, where `count=true` was asked.")
    as_of: str | None = Field(description="The day of the last update; null before the first.")
    states: dict[str, int]


class Slip(BaseModel):
    """A handling slip, masked."""

    slip_id: str
    alert_id: str
    facts: str
    method: Literal["phone", "documents", "site", "other"]
    result: Literal["normal", "violation", "corrected"]
    basis: str
    handler: str
    handled_on: str
    recorded_at: str


class SlipFiled(BaseModel):
    """A slip that was kept, and the alert after it."""

    slip_id: str
    from_state: str
    alert: Alert


class AlertDetail(Alert):
    """An alert with what it stands on."""

    next: str | None
    rule_version: str
    parameters: dict[str, Any]
    evidence: list[Any]
    slips: list[Slip]


class Move(BaseModel):
    """A step of an alert: opened, moved, or something noted."""

    version: int
    kind: Literal["opened", "moved", "noted"]
    from_state: str | None
    to_state: str
    as_of: str
    recorded_at: str
    actor: str
    reason: str
    slip_id: str | None
    ledger_version: int | None
    rule_version: str | None
    amount_fen: Fen | None


class Moves(BaseModel):
    """A bounded part of an alert's log."""

    items: list[Move]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
