"""Accounts, masked and named by key."""

from typing import Any, Literal

from fastapi import APIRouter

from api.deps import LIMIT, Count, Cursor, Limit, OpenBooks, Volume, page
from api.schemas import Account, Page
from tracer.mask import mask_account, mask_id

router = APIRouter(tags=["accounts"])

AccountType = Literal["treasury", "special", "pool", "unit", "personal", "clearing", "merchant"]


@router.get("/accounts")
def accounts(
    books: OpenBooks,
    account_type: AccountType | None = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> Page[Account]:
    """Listed accounts in the order in which they were taken in."""
    found = page(books, "accounts", cursor, limit, count, {"account_type": account_type})
    items = [_account(row, found.volume) for row in found.rows]
    return Page(items=items, next=found.next, count=found.count, ledger_version=found.volume.version)


@router.get("/accounts/{key}")
def account(books: OpenBooks, key: str) -> Account:
    """One listed account, by its key."""
    volume = books.volume()
    return _account(volume.one("accounts", "account_no", volume.account_of(key)), volume)


def _account(row: dict[str, Any], volume: Volume) -> Account:
    return Account(
        key=volume.account_key(row["account_no"]) or "",
        account_no=mask_account(row["account_no"]),
        holder_name=volume.names.mask(row["holder_name"]),
        holder_id=mask_id(row["holder_id"]),
        holder_kind=row["holder_kind"],
        account_type=row["account_type"],
        opening_balance_fen=row["opening_balance_fen"],
    )
