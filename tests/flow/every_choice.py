"""Least and most by trying every choice at every holder: what `bounds` is compared with on tiny ledgers.

Money of one colour is followed through all ways in which holders can have paid: a state says how many fen
of each holder's money have the colour, and a payment leads from each state to as many as it has choices.
Balances do not depend on choices. Nothing here is shared with the product.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.flow.reference import CASH, Holder, Move, World, in_order, origin_name

State = tuple[int, ...]
Range = tuple[int, int]


class TooManyError(Exception):
    """The ledger has too many choices to try them all."""


@dataclass
class Tried:
    """What colour each movement and holder can have had."""

    moved: dict[tuple[str, str], Range] = field(default_factory=dict)
    held: dict[Holder, Range] = field(default_factory=dict)


@dataclass
class Birth:
    fen: int
    holder: Holder
    origin: tuple[str, str]


def events(result: World) -> list[Birth | Move]:
    """Births and movements in time order."""
    issues = sorted(result.issues, key=lambda issue: issue[0])
    found: list[Birth | Move] = [
        Birth(fen, ("account", name), ("opening", name)) for name, fen in result.openings
    ]
    for move in in_order(result.moves):
        while issues and issues[0][0] <= move.day:
            _, name, fen = issues.pop(0)
            found.append(Birth(fen, ("indicator", name), ("indicator", name)))
        found.append(move)
    return found + [Birth(fen, ("indicator", name), ("indicator", name)) for _, name, fen in issues]


def covered(result: World) -> list[tuple[Birth | Move, int]]:
    """Each event, with what its payer had of it."""
    balance: dict[Holder, int] = defaultdict(int)
    found = []
    for event in events(result):
        has = 0
        if isinstance(event, Move):
            if event.payer[0] in ("indicator", "account"):
                has = min(balance[event.payer], event.fen)
            balance[event.payer] -= has
        balance[event.holder if isinstance(event, Birth) else event.payee] += event.fen
        found.append((event, has))
    return found


def origin_of(event: Birth | Move) -> tuple[str, str]:
    """Of the money that is born with an event."""
    if isinstance(event, Birth):
        return event.origin
    return ("cash", event.payee[1]) if event.payer == CASH else ("unexplained", event.payer[1])


def try_all(
    result: World,
    is_born: Callable[[Birth | Move], bool],
    paints: Callable[[Birth | Move, Holder], bool] = lambda event, holder: False,
    most_states: int = 20_000,
) -> Tried:
    """Follow a colour that money has by its birth (`is_born`), or gets where an event `paints` it."""
    steps = covered(result)
    holders = sorted({h for event, _ in steps for h in ends(event)})
    place = {holder: k for k, holder in enumerate(holders)}
    balance = [0] * len(holders)
    states: set[State] = {tuple(balance)}
    tried = Tried()
    for event, has in steps:
        payer, payee = (place[h] for h in ends(event))
        later: set[State] = set()
        seen = []
        for state in states:
            choices = range(max(0, has - (balance[payer] - state[payer])), min(has, state[payer]) + 1)
            for taken in choices if has else (0,):
                fresh = (event.fen - has) if is_born(event) else 0
                arrives = event.fen if paints(event, holders[payee]) else taken + fresh
                after = list(state)
                after[payer] -= taken
                after[payee] += arrives
                seen.append(arrives)
                later.add(tuple(after))
            if len(later) > most_states:
                raise TooManyError
        states = later
        balance[payer] -= has
        balance[payee] += event.fen
        if isinstance(event, Move):
            tried.moved[event.kind, event.name] = (min(seen), max(seen))
    for holder, k in place.items():
        tried.held[holder] = (min(s[k] for s in states), max(s[k] for s in states))
    return tried


def ends(event: Birth | Move) -> tuple[Holder, Holder]:
    return (event.holder, event.holder) if isinstance(event, Birth) else (event.payer, event.payee)


Limits = dict[tuple[str, str], Range]


def backward(result: World) -> Callable[[Move | Holder], Limits]:
    """Answers, for a movement or holder, least and most of each origin that is not surely absent."""
    steps = [event for event, has in covered(result) if event.fen > has]
    names = sorted({(origin_name(o), o[0]) for o in map(origin_of, steps)})
    tried = {
        name: try_all(result, lambda e, name=name: (origin_name(origin_of(e)), origin_of(e)[0]) == name)
        for name in names
    }

    def answer(start: Move | Holder) -> Limits:
        found = {}
        for name, of in tried.items():
            limits = (
                of.moved.get((start.kind, start.name), (0, 0))
                if isinstance(start, Move)
                else of.held.get(start, (0, 0))
            )
            if limits[1]:
                found[name] = limits
        return found

    return answer


def forward(result: World, start: Move | Holder) -> Limits:
    """Least and most at each holder of what a movement moved, or of all that ever was at a holder."""

    def paints(event: Birth | Move, holder: Holder) -> bool:
        if isinstance(start, Move):
            return event is start
        return holder == start or (isinstance(event, Move) and event.payer == start)

    found: dict[tuple[str, str], Range] = {}
    for (kind, name), limits in try_all(result, lambda event: False, paints).held.items():
        if limits[1]:
            found[name, "account" if kind == "treasury" else kind] = limits
    return found
