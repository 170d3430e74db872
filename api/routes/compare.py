"""One subject by every method, with what is documented and what is certain; bounded, masked."""

from functools import partial

from fastapi import APIRouter

from api.deps import LIMIT, Limit, OpenBooks
from api.routes.trace import AsOf, Direction, shown, subject_of
from api.schemas_ways import Compared, Comparison
from api.story import Teller, part_title
from tracer.flow.bounds.network import build_network
from tracer.flow.compare import compare

router = APIRouter(tags=["trace"])


@router.get("/compare/{id:path}")
def compare_one(
    books: OpenBooks,
    id: str,
    direction: Direction,
    as_of: AsOf = None,
    limit: Limit = LIMIT,
) -> Comparison:
    """Trace by every method side by side; `limit` bounds the parts, the largest first."""
    flow = books.flow("linked", as_of)
    volume = books.volume(flow.version)
    subject = subject_of(flow, volume, id)
    found = compare(
        lambda method: books.flow(method, as_of), partial(build_network, books.home), subject, direction
    )
    teller = Teller(flow, books.ledger)
    return Comparison(
        subject=id,
        direction=direction,
        as_of=as_of.isoformat() if as_of else None,
        ledger_version=flow.version,
        amount_fen=found.amount_fen,
        documented_fen=found.documented_fen,
        agreed_fen=found.agreed_fen,
        certain_fen=found.certain_fen,
        certainly_unexplained_fen=found.certainly_unexplained_fen,
        parts=[
            Compared(
                id=shown(flow, volume, part.id, is_account=part.kind == "account"),
                kind=part.kind,
                title=part_title(teller, part.id, part.kind, direction),
                documented_fen=part.documented_fen,
                fen=part.fen,
                min_fen=part.min_fen,
                max_fen=part.max_fen,
            )
            for part in found.parts[:limit]
        ],
        parts_count=len(found.parts),
        tight=found.loose == 0,
        inexact=found.inexact,
    )
