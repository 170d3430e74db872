"""Where the money of one claim is now, by rules of law that set one claim against all other money.

`own-first`: a holder spends other money first, so the claim is paid out only where nothing else is left, and
at no holder exceeds the lowest balance since it came there (Re Hallett's Estate; Roscoe v Winder [1915] 1 Ch
62, the lowest intermediate balance). `poison`: once the claim has reached a holder, all that this holder has
and pays counts. Both answer forward, for one subject; what a payment's origins are the methods of the
contract say. Source: Lowrie and Todd, "In Defence of the North American Rolling Charge".
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tracer.errors import UsageError
from tracer.flow.codes import UNEXPLAINED, Bool, Int32, Int64, counting_holders, plain
from tracer.flow.compiled import compiled
from tracer.flow.events import Births, births
from tracer.flow.held import nothing_held
from tracer.flow.store import Flow
from tracer.flow.trace import Trace, find
from tracer.flow.walk import pieces_born
from tracer.messages import say_both


def follow_claim(flow: Flow, subject: str, direction: str, policy: str) -> Trace:
    """Follow the money of one subject forward by a policy; the flow may be that of any method.

    The claim is what a movement moved, or all that was born at, or ever reached, an indicator or account.
    By `own-first` the parts add up to it. By `poison` they are all the money that is now where the claim
    has been, which can be more. `policy` is one of `codes.POLICIES`. Raises `UsageError` for another
    direction and an unknown subject.
    """
    if direction != "forward":
        raise UsageError(say_both("only_forward", method=policy))
    row, holder = find(flow, subject)
    carried, held = _carried(flow, -1 if row is None else row, holder, policy == "poison")
    steps = _links(flow, row, holder, carried, policy == "poison")
    links = np.array(list(steps), np.int64).reshape(-1, 3)
    part = np.flatnonzero(held)
    part = part[np.argsort(-held[part], kind="stable")]
    return Trace(
        flow=replace(flow, method=policy),
        subject=subject if row is None else flow.names[row],
        row=row,
        direction=direction,
        amount_fen=int(held.sum()),
        part=part,
        part_fen=held[part],
        link_from=links[:, 0],
        link_to=links[:, 1],
        link_fen=links[:, 2],
        cut_fen=None,
    )


def _carried(flow: Flow, row: int, holder: int, is_poison: bool) -> tuple[Int64, Int64]:
    """Fen of the claim that each movement carried, and that each holder has in the end."""
    carried, held = np.zeros(flow.rows, np.int64), np.zeros(flow.holders, np.int64)
    counts = counting_holders(flow.holder_kind)
    born = births(flow, flow.order, nothing_held())
    balance = np.zeros(flow.holders, np.int64)
    reached = np.zeros(flow.holders, np.bool_)
    _scan(
        plain(flow.order), born, plain(flow.payer), plain(flow.payee), plain(flow.amount), counts,
        row, holder, is_poison, balance, reached, carried, held,
    )  # fmt: skip
    if is_poison:
        held[reached & counts] = balance[reached & counts]
    return carried, held


@compiled
def _scan(
    order: Int64, born: Births, payer: Int32, payee: Int32, amount: Int64, counts: Bool,
    row: int, holder: int, is_poison: bool, balance: Int64, reached: Bool, carried: Int64, held: Int64,
) -> None:  # fmt: skip
    """Move all balances in time order, and of them what belongs to the claim on `row`, or on `holder`."""
    birth = 0
    for place in range(len(order) + len(born.at)):
        if birth < len(born.at) and born.at[birth] == place:
            to, fen, part = born.holder[birth], born.fen[birth], 0
            birth += 1
        else:
            now = order[place - birth]
            source, to, fen, part = payer[now], payee[now], amount[now], 0
            if counts[source]:
                covered = min(fen, balance[source])
                part = max(0, covered - (balance[source] - held[source]))
                balance[source] -= covered
                held[source] -= part
            if source == holder or now == row or (is_poison and counts[source] and reached[source]):
                part = fen
            carried[now] = part
        if counts[to]:
            balance[to] += fen
        held[to] += fen if to == holder else part
        reached[to] |= part > 0 or to == holder


def _links(flow: Flow, row: int | None, holder: int, carried: Int64, is_poison: bool) -> Iterator[list[int]]:
    """Movement or m + origin that brought money of the claim, movement that took it on, and fen.

    At one holder the claim's own money goes in the order in which it came.
    """
    lots: dict[int, deque[list[int]]] = defaultdict(deque)
    for is_birth, now in _moments(flow, holder, carried):
        if is_birth:
            lots[holder].append([flow.rows + int(flow.origin[now]), int(flow.fen[now])])
            continue
        source, to = int(flow.payer[now]), int(flow.payee[now])
        need = int(carried[now]) if now != row else 0
        while need and lots[source]:
            lot = lots[source][0]
            part = need if is_poison else min(need, lot[1])
            yield [lot[0], now, part]
            need, lot[1] = need - part, lot[1] - part
            if lot[1] == 0:
                lots[source].popleft()
        if need:  # the claimed holder paid more than it had
            yield [flow.rows + UNEXPLAINED * flow.holders + source, now, need]
        lots[to].append([now, int(flow.amount[now] if to == holder else carried[now])])


def _moments(flow: Flow, holder: int, carried: Int64) -> list[tuple[bool, int]]:
    """Pieces born at the claimed holder, and movements of the claim or to this holder, in time order."""
    rows = np.flatnonzero((carried > 0) | ((flow.payee == holder) & (flow.amount > 0)))
    born = pieces_born(flow, holder) if holder >= 0 else np.zeros(0, np.int64)
    born = born[flow.row[born] < 0]
    at = np.argsort(np.concatenate([flow.start[rows], born]))
    return [(n >= len(rows), int(rows[n] if n < len(rows) else born[n - len(rows)])) for n in at.tolist()]
