"""Indicators."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api.deps import LIMIT, Count, Cursor, Limit, OpenBooks, page
from api.schemas import Indicator, Page
from tracer.mask import mask_text
from tracer.money import format_yuan

router = APIRouter(tags=["indicators"])

Level = Literal["central", "province", "city", "county", "township"]

_TEXTS = (
    *("doc_no", "fund_name", "fund_nature", "function_code"),
    *("economic_code", "budget_item", "issuer", "receiver"),
)


@router.get("/indicators")
def indicators(
    books: OpenBooks,
    level: Level | None = None,
    fund_name: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> Page[Indicator]:
    """Indicators in the order in which they were taken in."""
    found = page(books, "indicators", cursor, limit, count, {"level": level, "fund_name": fund_name})
    items = [_indicator(row) for row in found.rows]
    return Page(items=items, next=found.next, count=found.count, ledger_version=found.volume.version)


@router.get("/indicators/{indicator_id:path}")
def indicator(books: OpenBooks, indicator_id: str) -> Indicator:
    """One indicator."""
    return _indicator(books.volume().one("indicators", "indicator_id", indicator_id))


def _indicator(row: dict[str, Any]) -> Indicator:
    return Indicator(
        indicator_id=row["indicator_id"],
        amount_fen=row["amount_fen"],
        amount=format_yuan(row["amount_fen"]),
        level=row["level"],
        **{name: mask_text(row[name]) or None for name in _TEXTS},
        issued_on=row["issued_on"].isoformat(),
        received_on=_iso(row["received_on"]),
        registered_on=_iso(row["registered_on"]),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
