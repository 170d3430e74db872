"""Where money came from, and where it is now; bounded, masked, accounts by key."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.deps import LIMIT, Limit, OpenBooks, Volume
from api.errors import NotFound
from api.schemas_ways import Bounds, BoundsPart, Trace, TraceLink, TracePart
from api.story import BIRTHS, Story, holder_number, part_title
from api.telling import subject_line
from tracer.errors import UsageError
from tracer.flow.bounds.answer import bounds
from tracer.flow.bounds.network import build_network
from tracer.flow.codes import BOUNDS
from tracer.flow.store import Flow
from tracer.flow.trace import find, origin_name, trace
from tracer.money import format_yuan

router = APIRouter(tags=["trace"])

Direction = Literal["backward", "forward"]
Method = Literal["linked", "fifo", "lifo", "pro-rata"]
MethodOrBounds = Literal[Method, "bounds"]
AsOf = Annotated[date | None, Query(description="Nothing dated later is seen.")]


@router.get("/trace/{id:path}")
def trace_one(
    books: OpenBooks,
    id: str,
    direction: Direction,
    method: MethodOrBounds = "linked",
    as_of: AsOf = None,
    limit: Limit = LIMIT,
) -> Trace | Bounds:
    """Trace a payment, bank transfer, split or indicator by its identifier, or an account by its key.

    `limit` bounds parts and links, the largest first; what is not listed is counted. `bounds` gives least and
    most under any choice at every holder instead of one figure, and no links.
    """
    if method == BOUNDS:
        return _bounds(books, id, direction, as_of, limit)
    flow = books.flow(method, as_of)
    volume = books.volume(flow.version)
    story = Story(trace(flow, subject_of(flow, volume, id), direction), books.ledger)
    answer = story.trace
    listed = answer.parts[:limit]
    links = sorted(answer.link_fen.argsort(kind="stable")[::-1][:limit].tolist()) if answer.exact else []
    cut = answer.amount_fen - sum(part.fen for part in listed)
    return Trace(
        subject=id,
        title=subject_line(story),
        direction=direction,
        method=method,
        as_of=as_of.isoformat() if as_of else None,
        ledger_version=flow.version,
        amount_fen=answer.amount_fen,
        amount=format_yuan(answer.amount_fen),
        parts=[
            TracePart(
                id=shown(flow, volume, part.id, is_account=part.kind == "account"),
                kind=part.kind,
                title=story.part_title(part),
                fen=part.fen,
                amount=format_yuan(part.fen),
            )
            for part in listed
        ],
        parts_count=len(answer.parts),
        links=[
            TraceLink(
                source=_source(flow, volume, int(answer.link_from[n])),
                target=flow.names[int(answer.link_to[n])],
                fen=int(answer.link_fen[n]),
            )
            for n in links
        ],
        links_count=len(answer.link_fen) if answer.exact else 0,
        complete=len(listed) == len(answer.parts) and len(links) == len(answer.link_fen),
        cut_fen=cut,
        exact=answer.exact,
    )


def _bounds(books: OpenBooks, id: str, direction: str, as_of: date | None, limit: int) -> Bounds:
    flow = books.flow("linked", as_of)
    volume = books.volume(flow.version)
    subject = subject_of(flow, volume, id)
    answer = bounds(flow, build_network(books.home, flow), subject, direction)
    story = Story(trace(flow, subject, direction), books.ledger)
    return Bounds(
        subject=id,
        title=subject_line(story),
        direction=direction,
        method=BOUNDS,
        as_of=as_of.isoformat() if as_of else None,
        ledger_version=flow.version,
        amount_fen=answer.amount_fen,
        amount=format_yuan(answer.amount_fen),
        parts=[
            BoundsPart(
                id=shown(flow, volume, part.id, is_account=part.kind == "account"),
                kind=part.kind,
                title=part_title(story, part.id, part.kind, direction),
                min_fen=part.min_fen,
                max_fen=part.max_fen,
                least=format_yuan(part.min_fen),
                most=format_yuan(part.max_fen),
            )
            for part in answer.parts[:limit]
        ],
        parts_count=len(answer.parts),
        complete=len(answer.parts) <= limit,
        tight=not answer.loose,
        loose_parts=answer.loose,
    )


def subject_of(flow: Flow, volume: Volume, name: str) -> str:
    """What a key or identifier stands for; an account number has no place in an address and is refused."""
    if name.startswith("acct_"):
        return volume.account_of(name, flow)
    try:
        row, holder = find(flow, name)
    except UsageError as error:
        raise NotFound("账本里没有这个编号 / the ledger has no such identifier") from error
    if row is None and holder_number(flow, name, is_indicator=True) != holder:
        raise NotFound("账户请用 /v1/accounts 给出的 key / name an account by its key from /v1/accounts")
    return name


def _source(flow: Flow, volume: Volume, source: int) -> str:
    if source < flow.rows:
        return flow.names[source]
    return shown(flow, volume, origin_name(flow, source - flow.rows), is_account=False)


def shown(flow: Flow, volume: Volume, name: str, *, is_account: bool) -> str:
    """An origin or holder without its account number."""
    kind, colon, rest = name.partition(":")
    if colon and kind in BIRTHS and not is_account:
        at_indicator = holder_number(flow, rest, is_indicator=False) is None
        return name if at_indicator else f"{kind}:{volume.account_key(rest)}"
    return volume.account_key(name) or name if is_account else name
