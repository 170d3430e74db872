"""By which ways money went, and what was paid in advance; bounded, masked, accounts by key."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import LIMIT, Limit, OpenBooks, Volume
from api.routes.trace import AsOf, Method, shown, subject_of
from api.schemas_ways import Advance, Advances, Place, Route, Routes
from api.story import Teller
from tracer.calendar import date_of
from tracer.flow import routes as ways
from tracer.flow.advances import advances as advances_of
from tracer.flow.codes import INDICATOR
from tracer.flow.store import Flow
from tracer.money import format_yuan

router = APIRouter(tags=["ways"])

End = Annotated[str, Query(description="A payment, bank transfer, split, indicator, or account by its key.")]


@router.get("/routes")
def routes(
    books: OpenBooks, source: End, payee: End, method: Method = "linked", as_of: AsOf = None, limit: Limit = 5
) -> Routes:
    """By which holders money got from one place to another: the largest routes, and the rest as an amount."""
    flow = books.flow(method, as_of)
    volume = books.volume(flow.version)
    teller = Teller(flow, books.ledger)
    found = ways.routes(flow, subject_of(flow, volume, source), subject_of(flow, volume, payee))
    listed, rest_fen = found.largest(limit)
    return Routes(
        source=source,
        payee=payee,
        method=method,
        as_of=as_of.isoformat() if as_of else None,
        ledger_version=flow.version,
        amount_fen=found.fen,
        amount=format_yuan(found.fen),
        routes=[
            Route(
                holders=[_place(teller, volume, holder) for holder in route.holders],
                fen=route.fen,
                amount=format_yuan(route.fen),
                movements=route.movements,
                first_on=date_of(route.first_day).isoformat(),
                last_on=date_of(route.last_day).isoformat(),
            )
            for route in listed
        ],
        routes_count=len(found.routes),
        rest_fen=rest_fen,
    )


@router.get("/advances")
def advances(books: OpenBooks, as_of: AsOf = None, limit: Limit = LIMIT) -> Advances:
    """Payments beyond the balance, the largest first, and the later receipts that made them good."""
    flow = books.flow("linked", as_of)
    volume = books.volume(flow.version)
    teller = Teller(flow, books.ledger)
    found = sorted(advances_of(flow), key=lambda advance: -advance.fen)
    return Advances(
        as_of=as_of.isoformat() if as_of else None,
        ledger_version=flow.version,
        advanced_fen=sum(advance.fen for advance in found),
        outstanding_fen=sum(advance.fen for advance in found if advance.is_outstanding),
        advances=[
            Advance(
                payment=flow.names[advance.row],
                holder=_place(teller, volume, int(flow.payer[advance.row])),
                paid_on=date_of(int(flow.day[advance.row])).isoformat(),
                fen=advance.fen,
                amount=format_yuan(advance.fen),
                repaid_by=advance.repaid_name(flow),
                repaid_on=None if advance.repaid_day is None else date_of(advance.repaid_day).isoformat(),
                outstanding_days=advance.outstanding_days,
            )
            for advance in found[:limit]
        ],
        advances_count=len(found),
        rest_fen=sum(advance.fen for advance in found[limit:]),
    )


def _place(teller: Teller, volume: Volume, holder: int) -> Place:
    flow: Flow = teller.flow
    is_account = flow.holder_kind[holder] != INDICATOR
    name = shown(flow, volume, flow.holder_names[holder], is_account=is_account)
    return Place(id=name, title=teller.holder(holder).title)
