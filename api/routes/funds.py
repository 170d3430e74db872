"""The general ledger of the catalogue of funds."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import LIMIT, Count, Cursor, Limit, OpenBooks, read_cursor, write_cursor
from api.schemas import FundIndicator, FundLedger, FundTotal, LeftOut
from tracer.errors import UsageError
from tracer.funds.ledger import AMOUNTS, fund_ledger
from tracer.mask import mask_text
from tracer.money import format_yuan
from tracer.rules.kept import REGION_DIGITS

router = APIRouter(tags=["funds"])

_REGION = "|".join(f"[0-9]{{{digits}}}" for digits in REGION_DIGITS)
_TEXTS = ("indicator_id", "doc_no", "scope", "stated_by")

Region = Annotated[
    str,
    Query(
        pattern=f"^({_REGION})?$",
        description="A division code: indicators received there and below; empty: everywhere.",
    ),
]


@router.get("/funds/ledger")
def ledger(
    books: OpenBooks,
    as_of: Annotated[date, Query(description="Nothing dated later is seen.")],
    region: Region = "",
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    count: Count = False,
) -> FundLedger:
    """Indicators of the catalogue and how much of each is in scope, with totals by fund and level.

    Money on its way down stands on every level that it passes: add up within a level only.
    """
    version, after = read_cursor(cursor)
    found = fund_ledger(books.home, as_of, region)
    if version not in (None, found["ledger_version"]):
        raise UsageError(
            "账本已有新版本，请从第一页重读 / the ledger has changed; start again without a cursor"
        )
    part = found["indicators"][after + 1 : after + 1 + limit]
    more = after + 1 + limit < len(found["indicators"])
    too_high = {problem["indicator_id"]: problem["stated_fen"] for problem in found["problems"]}
    return FundLedger(
        items=[_indicator(row, too_high.get(row["indicator_id"])) for row in part],
        next=write_cursor(found["ledger_version"], after + limit) if more else None,
        count=len(found["indicators"]) if count else None,
        ledger_version=found["ledger_version"],
        as_of=found["as_of"],
        region=found["region"],
        totals=[FundTotal(**row, **_shown(row)) for row in found["totals"]],
        left_out={reason: LeftOut(**entry) for reason, entry in found["left_out"].items()},
    )


def _indicator(row: dict[str, Any], refused_fen: int | None) -> FundIndicator:
    texts = {name: row[name] and mask_text(row[name]) for name in _TEXTS}
    return FundIndicator(**row | texts, **_shown(row), refused_fen=refused_fen)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The amounts of a row for people."""
    return {name.removesuffix("_fen"): format_yuan(row[name]) for name in AMOUNTS}
