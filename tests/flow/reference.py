"""Contract sections 2 and 3 once more, slowly and plainly: what the product's flow is compared with.

Rows are dicts with the ledger's column names, holders are pairs of a kind and a name, and every fen of a
transfer is followed through Python objects. Nothing here is shared with the product.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.flow.shares import shares, together

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Holder = tuple[str, str]

CASH: Holder = ("cash", "CASH")
DATES = {"indicators": "issued_on", "splits": "split_on", "payments": "paid_at", "transfers": "moved_at"}


class UnknownSubjectError(Exception):
    """No payment, bank transfer, split, indicator or account has this name."""


@dataclass
class Move:
    """A transfer of money from one holder to another."""

    name: str
    kind: str
    day: date
    time: int
    """Milliseconds since midnight; 0 is no time."""
    payer: Holder
    payee: Holder
    fen: int
    tag: str | None = None


@dataclass
class Piece:
    """Some fen that moved together, or were born together."""

    fen: int
    holder: Holder
    """Who has it, or had it until it paid it on."""
    origin: tuple[str, str]
    """Kind and the holder's name."""
    parent: "Piece | None" = None
    move: Move | None = None
    line: str | None = None
    left: int = 0

    @property
    def source(self) -> str:
        """What a link from this piece is called: the transfer that carried it or its origin."""
        return origin_name(self.origin) if self.move is None else self.move.name


@dataclass
class World:
    """What a ledger says up to a day: movements, bank legs, births, and who is who."""

    moves: list[Move]
    legs: dict[str, str]
    issues: list[tuple[date, str, int]]
    openings: list[tuple[str, int]]
    indicators: set[str]
    accounts: dict[str, Holder]
    ordered: list[Move] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


def origin_name(origin: tuple[str, str]) -> str:
    kind, holder = origin
    return holder if kind == "indicator" else f"{kind}:{holder}"


# ---------------------------------------------------------------------------------------------- movements


def day_of(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def time_of(value: date | datetime) -> int:
    if not isinstance(value, datetime):
        return 0
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1000 + value.microsecond // 1000


def seen(tables: Tables, as_of: date | None) -> Tables:
    kept: Tables = {}
    for table, rows in tables.items():
        column = DATES.get(table)
        kept[table] = [r for r in rows if column is None or as_of is None or day_of(r[column]) <= as_of]
    return kept


def named_splits(rows: list[Row]) -> list[tuple[str, Row]]:
    count: dict[tuple[str, str], int] = defaultdict(int)
    named = []
    for row in rows:
        pair = (row["parent_indicator_id"], row["child_indicator_id"])
        count[pair] += 1
        named.append((f"{pair[0]}>{pair[1]}#{count[pair]}", row))
    return named


def settled_account(payment: Row) -> str | None:
    """The payee account, which is CASH where it is empty and the payment is settled in cash."""
    if payment["payee_account"]:
        return str(payment["payee_account"])
    return "CASH" if payment["settlement_method"] == "cash" else None


def bank_legs(payments: list[Row], transfers: list[Row]) -> dict[str, str]:
    legs = {}
    known = {p["payment_id"] for p in payments}
    for t in transfers:
        if t["voucher_no"] in known:
            legs[t["transfer_id"]] = t["voucher_no"]
    with_leg = set(legs.values())
    pairs = []
    for j, t in enumerate(transfers):
        if t["voucher_no"]:
            continue
        for i, p in enumerate(payments):
            apart = abs((day_of(p["paid_at"]) - day_of(t["moved_at"])).days)
            same = (p["payer_account"], settled_account(p), p["amount_fen"]) == (
                t["from_account"],
                t["to_account"],
                t["amount_fen"],
            )
            if same and apart <= 3 and p["payment_id"] not in with_leg:
                pairs.append((apart, i, j))
    for _, i, j in sorted(pairs):
        payment, transfer = payments[i]["payment_id"], transfers[j]["transfer_id"]
        if payment not in with_leg and transfer not in legs:
            legs[transfer] = payment
            with_leg.add(payment)
    return legs


def account_holder(name: str, types: dict[str, str]) -> Holder:
    if name == "CASH":
        return CASH
    return ("treasury" if types.get(name) == "treasury" else "account", name)


def draws(payment: Row, types: dict[str, str]) -> bool:
    """Whether a payment that is no refund takes its money out of an indicator."""
    return (
        bool(payment["indicator_id"]) and types.get(payment["payer_account"] or "", "treasury") == "treasury"
    )


def payment_move(payment: Row, payments: dict[str, Row], types: dict[str, str]) -> Move:
    def payer(row: Row) -> Holder:
        if row["refund_of"] not in payments and draws(row, types):
            return ("indicator", row["indicator_id"])
        return account_holder(row["payer_account"] or f"unnamed-payer:{row['payment_id']}", types)

    refunded = payments.get(payment["refund_of"])
    if refunded is not None:
        payee, tag = payer(refunded), refunded["indicator_id"]
    else:
        payee = account_holder(settled_account(payment) or f"unnamed-payee:{payment['payment_id']}", types)
        tag = None if payer(payment)[0] == "indicator" else payment["indicator_id"]
    at = payment["paid_at"]
    return Move(
        payment["payment_id"],
        "payment",
        day_of(at),
        time_of(at),
        payer(payment),
        payee,
        payment["amount_fen"],
        tag,
    )


def split_move(name: str, row: Row) -> Move:
    parent, child = ("indicator", row["parent_indicator_id"]), ("indicator", row["child_indicator_id"])
    payer, payee = (parent, child) if row["amount_fen"] >= 0 else (child, parent)
    return Move(name, "split", row["split_on"], 0, payer, payee, abs(row["amount_fen"]))


def world(tables: Tables, as_of: date | None = None) -> World:
    """Everything that the ledger says without the rows dated after `as_of`."""
    now = seen(tables, as_of)
    types = {a["account_no"]: a["account_type"] for a in now.get("accounts", [])}
    payments = {p["payment_id"]: p for p in now.get("payments", [])}
    legs = bank_legs(list(payments.values()), now.get("transfers", []))
    moves = [
        split_move(name, row)
        for name, row in named_splits(tables.get("splits", []))
        if as_of is None or row["split_on"] <= as_of
    ]
    moves += [payment_move(p, payments, types) for p in payments.values()]
    for t in now.get("transfers", []):
        if t["transfer_id"] not in legs:
            ends = account_holder(t["from_account"], types), account_holder(t["to_account"], types)
            at = t["moved_at"]
            moves.append(Move(t["transfer_id"], "transfer", day_of(at), time_of(at), *ends, t["amount_fen"]))
    for move in moves:
        if move.payer == move.payee:
            move.fen = 0
    children = {row["child_indicator_id"] for row in tables.get("splits", [])}
    issues = [
        (row["issued_on"], row["indicator_id"], row["amount_fen"])
        for row in now.get("indicators", [])
        if row["indicator_id"] not in children and row["amount_fen"] > 0
    ]
    openings = [
        (row["account_no"], row["opening_balance_fen"])
        for row in now.get("accounts", [])
        if row["account_type"] != "treasury" and (row["opening_balance_fen"] or 0) > 0
    ]
    return World(moves, legs, issues, openings, *known_names(now, moves, types))


def known_names(now: Tables, moves: list[Move], types: dict[str, str]) -> tuple[set[str], dict[str, Holder]]:
    """Indicators and accounts that are listed or named, but `CASH`."""
    indicators = {row["indicator_id"] for row in now.get("indicators", [])}
    accounts = set(types)
    for row in now.get("splits", []):
        indicators |= {row["parent_indicator_id"], row["child_indicator_id"]}
    for row in now.get("payments", []):
        indicators |= {row["indicator_id"]}
        accounts |= {row["payer_account"], row["payee_account"]}
    for row in now.get("transfers", []):
        accounts |= {row["from_account"], row["to_account"]}
    for move in moves:
        accounts |= {name for kind, name in (move.payer, move.payee) if kind == "account"}
    indicators.discard(None)
    accounts -= {None, "CASH"}
    return indicators, {name: account_holder(name, types) for name in accounts}


# -------------------------------------------------------------------------------------------------- order


def must_precede(a: Move, b: Move) -> bool:
    """Whether `a` comes before `b` at a holder that both have in common, on one day."""
    for holder in {a.payer, a.payee} & {b.payer, b.payee}:
        if holder[0] in ("cash", "treasury"):
            continue
        a_receipt, b_payment = a.payee == holder, b.payer == holder
        if a_receipt and b_payment and (not a.time or not b.time):
            return True
        if a.time and b.time and (a.time < b.time or (a.time == b.time and a_receipt and b_payment)):
            return True
    return False


def earlier_time(a: Move, b: Move) -> bool:
    return bool(a.time and b.time and a.time < b.time and must_precede(a, b))


def one_day(rows: list[Move]) -> list[Move]:
    """The rows of one day, which are given in input order, in the contract's order."""
    before = {j: {i for i, a in enumerate(rows) if i != j and must_precede(a, b)} for j, b in enumerate(rows)}
    result = []
    while before:
        free = [j for j, waits in before.items() if not waits]
        chosen = min(free) if free else first_of_circles(rows, before)
        del before[chosen]
        for waits in before.values():
            waits.discard(chosen)
        result.append(rows[chosen])
    return result


def first_of_circles(rows: list[Move], before: dict[int, set[int]]) -> int:
    def upstream(j: int) -> set[int]:
        reached: set[int] = set()
        todo = list(before[j])
        while todo:
            i = todo.pop()
            if i not in reached:
                reached.add(i)
                todo += before[i]
        return reached

    ups = {j: upstream(j) for j in before}
    waiting_for_nothing_outside = [j for j in before if j in ups[j] and all(j in ups[i] for i in ups[j])]
    return min(
        j for j in waiting_for_nothing_outside if not any(earlier_time(rows[i], rows[j]) for i in before[j])
    )


def in_order(moves: list[Move]) -> list[Move]:
    """All movements in the contract's order; rows that move nothing are receipts and payments of nobody."""
    days: dict[date, list[Move]] = defaultdict(list)
    for move in moves:
        if move.payer != move.payee:
            days[move.day].append(move)
    return [move for day in sorted(days) for move in one_day(days[day])]


# ------------------------------------------------------------------------------------------------- methods


def take(arrivals: list[list[Piece]], fen: int, method: str, tag: str | None) -> list[tuple[Piece, int]]:
    """Which pieces of a holder, in the order taken, and how many fen of each; less than `fen` if short."""
    taken: list[tuple[Piece, int]] = []

    def grab(pieces: Iterable[Piece]) -> None:
        nonlocal fen
        for piece in pieces:
            part = min(piece.left, fen)
            if part:
                piece.left -= part
                fen -= part
                taken.append((piece, part))

    if method == "linked" and tag is not None:
        grab(p for arrival in arrivals for p in arrival if p.line == tag)
    grab(p for arrival in (reversed(arrivals) if method == "lifo" else arrivals) for p in arrival)
    return taken


def run(tables: Tables, method: str, as_of: date | None = None) -> World:
    """Follow all the money of a ledger by one method."""
    result = world(tables, as_of)
    result.ordered = in_order(result.moves)
    has: dict[Holder, list[list[Piece]]] = defaultdict(list)
    paid: dict[tuple[Holder, date], int] = defaultdict(int)

    def arrive(holder: Holder, pieces: list[Piece]) -> None:
        for piece in pieces:
            piece.left = piece.fen
        if pieces:
            has[holder].append(pieces)
            result.pieces.extend(pieces)

    for account, fen in result.openings:
        arrive(("account", account), [Piece(fen, ("account", account), ("opening", account))])
    issues = sorted(result.issues, key=lambda issue: issue[0])
    for move in result.ordered:
        while issues and issues[0][0] <= move.day:
            _, indicator, fen = issues.pop(0)
            arrive(("indicator", indicator), [Piece(fen, ("indicator", indicator), ("indicator", indicator))])
        paid[move.payer, move.day] += move.fen > 0
        arrive(move.payee, carried(move, has[move.payer], method, paid[move.payer, move.day]))
    for _, indicator, fen in issues:
        arrive(("indicator", indicator), [Piece(fen, ("indicator", indicator), ("indicator", indicator))])
    return result


def take_shares(arrivals: list[list[Piece]], move: Move, nth: int) -> list[tuple[Piece, int]]:
    """What the payer's `nth` payment of a day takes of each of its pieces by pro-rata."""
    pieces = [piece for arrival in arrivals for piece in arrival]
    day = (move.day - date(1970, 1, 1)).days
    parts = shares([piece.left for piece in pieces], move.fen, day, nth)
    for piece, fen in zip(pieces, parts, strict=True):
        piece.left -= fen
    return [(piece, fen) for piece, fen in zip(pieces, parts, strict=True) if fen]


def carried(move: Move, arrivals: list[list[Piece]], method: str, nth: int) -> list[Piece]:
    """The pieces that a movement brings to its payee."""
    usable = arrivals if move.payer[0] in ("indicator", "account") else []
    taken = (
        take_shares(usable, move, nth) if method == "pro-rata" else take(usable, move.fen, method, move.tag)
    )
    parts: list[tuple[Piece | None, int]] = [*taken]
    short = move.fen - sum(fen for _, fen in parts)
    if short:
        parts.append((None, short))
    pieces = []
    for parent, fen in parts:
        if parent is not None:
            origin, line = parent.origin, parent.line
        elif move.payer == CASH:
            origin, line = ("cash", move.payee[1]), None
        else:
            origin, line = ("unexplained", move.payer[1]), None
        if move.payer[0] == "indicator" and move.kind == "payment":
            line = move.payer[1]
        if move.payee[0] == "indicator":
            line = None
        pieces.append(Piece(fen, move.payee, origin, parent, move, line))
    return together(pieces, lambda piece: (piece.origin, piece.line)) if method == "pro-rata" else pieces


# ------------------------------------------------------------------------------------------ links and traces


def links(result: World, method: str) -> Row:
    """The answer of `fundtrail links`, sorted."""
    sums: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for piece in result.pieces:
        if piece.move is not None:
            origin = origin_name(piece.origin)
            source = piece.parent.source if piece.parent else origin
            sums[(source, piece.move.name, origin, piece.line or "")] += piece.fen
    found = [
        {"from": a, "to": b, "origin": origin, "line": line, "fen": fen}
        for (a, b, origin, line), fen in sorted(sums.items())
    ]
    return {"method": method, "links": found}


def holder_of(result: World, subject: str) -> Holder:
    if subject in result.indicators:
        return ("indicator", subject)
    if subject in result.accounts:
        return result.accounts[subject]
    raise UnknownSubjectError(subject)


def find(result: World, subject: str) -> Move | Holder:
    """Payment, bank transfer (of a leg its payment), split, indicator, account: in this order."""
    by_kind = {(move.kind, move.name): move for move in result.moves}
    if ("payment", subject) in by_kind:
        return by_kind["payment", subject]
    if ("transfer", subject) in by_kind:
        return by_kind["transfer", subject]
    if subject in result.legs:
        return by_kind["payment", result.legs[subject]]
    if ("split", subject) in by_kind:
        return by_kind["split", subject]
    return holder_of(result, subject)


def ancestors(piece: Piece) -> list[Piece]:
    """The piece and what it was cut from, back to its birth."""
    chain = [piece]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    return chain


def trace(result: World, subject: str, direction: str, method: str) -> Row:
    """The answer of `fundtrail trace`, parts and links sorted."""
    start = find(result, subject)
    answer = {"subject": start.name if isinstance(start, Move) else subject, "direction": direction}
    if direction == "backward":
        fen, parts, sums = backward(result, start)
    else:
        fen, parts, sums = forward(result, start)
    found = [{"from": a, "to": b, "fen": fen} for (a, b), fen in sorted(sums.items())]
    amounts = [{"id": name, "kind": kind, "fen": fen} for (name, kind), fen in sorted(parts.items())]
    return answer | {"method": method, "amount_fen": fen, "parts": amounts, "links": found, "complete": True}


Sums = dict[tuple[str, str], int]


def backward(result: World, start: Move | Holder) -> tuple[int, Sums, Sums]:
    parts: Sums = defaultdict(int)
    sums: Sums = defaultdict(int)
    total = 0
    for piece in result.pieces:
        fen = piece.fen if piece.move is start else 0 if isinstance(start, Move) else piece.left
        if not fen or (not isinstance(start, Move) and piece.holder != start):
            continue
        total += fen
        parts[(origin_name(piece.origin), piece.origin[0])] += fen
        for step in ancestors(piece):
            if step.move is not None:
                source = step.parent.source if step.parent else origin_name(step.origin)
                sums[(source, step.move.name)] += fen
    return total, parts, sums


def forward(result: World, start: Move | Holder) -> tuple[int, Sums, Sums]:
    def short_at_start(piece: Piece) -> bool:
        return piece.parent is None and piece.origin[0] == "unexplained" and piece.move.payer == start

    def reaches(piece: Piece) -> bool:
        if isinstance(start, Move):
            return piece.move is start
        return piece.holder == start or (piece.move is not None and short_at_start(piece))

    parts: Sums = defaultdict(int)
    sums: Sums = defaultdict(int)
    total = 0
    for piece in result.pieces:
        before = [step for step in ancestors(piece)[1:] if reaches(step)]
        if not before and not reaches(piece):
            continue
        if before:
            sums[(piece.parent.source, piece.move.name)] += piece.fen
        else:
            total += piece.fen
            if not isinstance(start, Move) and piece.move is not None and short_at_start(piece):
                sums[(origin_name(piece.origin), piece.move.name)] += piece.fen
        if piece.left:
            kind, name = piece.holder
            parts[(name, "account" if kind == "treasury" else kind)] += piece.left
    return total, parts, sums
