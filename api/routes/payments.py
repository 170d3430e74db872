"""Payments, masked."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import LIMIT, Count, Cursor, Limit, OpenBooks, Volume, page
from api.schemas import Page, Payment
from tracer.mask import mask_account, mask_id, mask_person, mask_text
from tracer.money import format_yuan

router = APIRouter(tags=["payments"])

Filter = Annotated[str | None, Query(max_length=200)]

_AS_THEY_ARE = (
    *("settlement_method", "payment_method", "indicator_id", "project_id"),
    *("contract_no", "benefit", "period", "refund_of"),
)


@router.get("/payments")
def payments(
    books: OpenBooks,
    indicator_id: Filter = None,
    project_id: Filter = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> Page[Payment]:
    """Payments in the order in which they were taken in."""
    where = {"indicator_id": indicator_id, "project_id": project_id}
    found = page(books, "payments", cursor, limit, count, where)
    items = [_payment(row, found.volume) for row in found.rows]
    return Page(items=items, next=found.next, count=found.count, ledger_version=found.volume.version)


@router.get("/payments/{payment_id:path}")
def payment(books: OpenBooks, payment_id: str) -> Payment:
    """One payment."""
    volume = books.volume()
    return _payment(volume.one("payments", "payment_id", payment_id), volume)


def _payment(row: dict[str, Any], volume: Volume) -> Payment:
    return Payment(
        payment_id=row["payment_id"],
        paid_at=moment(row["paid_at"]),
        amount_fen=row["amount_fen"],
        amount=format_yuan(row["amount_fen"]),
        payer_name=volume.names.mask(row["payer_name"]),
        payer_account=mask_account(row["payer_account"]),
        payer_key=volume.account_key(row["payer_account"]),
        payee_name=volume.names.mask(row["payee_name"]),
        payee_account=mask_account(row["payee_account"]),
        payee_key=volume.account_key(row["payee_account"]),
        purpose=mask_text(row["purpose"]),
        beneficiary_id=mask_id(row["beneficiary_id"]),
        beneficiary_name=mask_person(row["beneficiary_name"]),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


def moment(at: datetime) -> str:
    """A date, or a time by RFC 3339 where one was given; midnight means that none was."""
    if (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0):
        return at.date().isoformat()
    return f"{at.isoformat(timespec='milliseconds')}+08:00"
