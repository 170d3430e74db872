"""What the API answers about recipients of payments and persons of the register; everything masked."""

from typing import Literal

from pydantic import BaseModel, Field

from api.schemas import Fen, Page

Status = Literal["match", "unsure", "later", "ended", "unmatched", "no_id", "not_evaluable"]


class Reason(BaseModel):
    """One reason of a candidate; the bits of all add up to its total."""

    reason: str
    level: str | None
    bits: float


class Candidate(BaseModel):
    """A person of the register who a recipient may be."""

    rank: int
    person_id: str | None
    name: str | None
    household_id: str | None
    village: str | None
    total_bits: float = Field(description="Log2 of the odds that both are one person.")
    reasons: list[Reason]


class Recipient(BaseModel):
    """What a recipient was paid for a county, fund and project while he stood in one way to the register."""

    county: str
    fund: str
    project: str
    status: Status
    beneficiary_id: str | None
    name: str | None
    account: str | None
    paid_as: Literal["beneficiary", "account", "project", "name"] = Field(
        description="Why it counts as a payment for a person."
    )
    id_kind: str | None = Field(description="What its ID number is, or the account holder's in its stead.")
    basis: str | None
    person_id: str | None
    person_name: str | None
    household_id: str | None
    village: str | None
    payments: int
    amount_fen: Fen
    amount: str
    first_on: str
    last_on: str
    candidates: list[Candidate]


class RecipientSums(BaseModel):
    """Money for persons by how its recipients stand to the register on the day; the parts add up.

    Outside are later, ended, unmatched and no_id: they match no entry valid on the day.
    """

    recipients: int
    payments: int
    total_fen: Fen
    match_fen: Fen
    unsure_fen: Fen
    later_fen: Fen
    ended_fen: Fen
    unmatched_fen: Fen
    no_id_fen: Fen
    not_evaluable_fen: Fen
    outside_recipients: int
    outside_payments: int
    outside_fen: Fen
    share_basis_points: int | None = Field(description="Outside of the total, in hundredths of a percent.")


class RecipientGroup(RecipientSums):
    """The sums of one county, fund or project."""

    name: str


class Unmatched(Page[Recipient]):
    """Recipients who match no entry of the register; sums are of all money for persons, on every page."""

    as_of: str
    not_evaluable: list[str] = Field(description="Tables without which nobody can be judged.")
    by: Literal["county", "fund", "project"]
    cut_recipients: int = Field(
        description="So many share a name or account with more persons than were looked at."
    )
    total: RecipientSums
    groups: list[RecipientGroup] = Field(description="At most 500, those with most money outside first.")
    groups_count: int


class Lack(BaseModel):
    """A benefit and period that somebody (of a household one member) is entitled to and was not paid."""

    county: str | None
    fund: str | None
    village: str
    benefit: str
    period: str
    person_id: str
    name: str | None
    household_id: str | None
    amount_fen: Fen
    amount: str
    status: Literal["unpaid", "exempt"]
    paid_payment_id: str | None = Field(description="A payment of it to somebody else of the village.")


class LackSums(BaseModel):
    """Persons, benefits and periods unpaid, and the exempt apart."""

    persons: int
    periods: int
    amount_fen: Fen
    exempt_persons: int
    exempt_fen: Fen


class LackGroup(LackSums):
    """The sums of one county, fund, benefit or period."""

    name: str | None


class Unpaid(Page[Lack]):
    """The entitled and unpaid, as RH14 finds them."""

    as_of: str
    not_evaluable: list[str]
    not_evaluated: int = Field(description="Persons whose village the register does not name.")
    rule_version: str
    parameters: dict[str, int]
    by: Literal["county", "fund", "benefit", "period"]
    total: LackSums
    groups: list[LackGroup]
    groups_count: int


class Pair(BaseModel):
    """A recipient and one candidate; `pair` names both without saying who they are."""

    pair: str
    answer: Literal["match", "unsure", "no match"] | None
    basis: str | None
    beneficiary_id: str | None
    name: str | None
    account: str | None
    payments: int
    amount_fen: Fen
    amount: str
    first_on: str
    last_on: str
    rank: int
    person_id: str | None
    person_name: str | None
    household_id: str | None
    village: str | None
    total_bits: float
    reasons: list[Reason]


class Pairs(Page[Pair]):
    """Pairs, those of the recipients with most money first."""

    as_of: str
    not_evaluable: list[str]


class PairDecision(BaseModel):
    """A record of the log: a decision, or that one was taken back."""

    decision_id: str
    pair: str
    verdict: Literal["same", "different", "withdrawn"]
    beneficiary_id: str
    beneficiary_name: str
    payee_account: str
    person_id: str
    previous: str | None
    reason: str
    decided_by: str
    recorded_at: str
    ledger_version: int | None
    as_of: str | None


class PairDetail(Pair):
    """A pair with the records on it, oldest first."""

    records: list[PairDecision]


class PairDecisions(BaseModel):
    """A bounded part of the log of decisions."""

    items: list[PairDecision]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
