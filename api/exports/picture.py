"""A picture of where money went: boxes in columns from left to right, arrows with amounts.

This module knows neither HTML nor the ledger: it places boxes and merges them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tracer.messages import Language, say
from tracer.money import format_yuan

BOXES_PER_COLUMN_MAX = 12
"""More boxes than this in one column are merged: a picture of thousands of boxes helps nobody."""

LINES_PER_ARROW_MAX = 12
"""So many movements of an arrow are told when the mouse is on it."""

INDICATOR, ACCOUNT, PERSON, CASH, BIRTH = "indicator", "account", "person", "cash", "birth"
"""Kinds of box; a birth is money whose earlier way is not known (opening balance, cash in, unexplained)."""


@dataclass(frozen=True)
class Box:
    """One holder of money, or one kind of birth at a holder; its texts are masked already."""

    key: str
    kind: str
    lines: tuple[str, ...]
    lane: str = ""
    """Word for the column that the box stands in, such as 中央 or 收款人."""
    is_subject: bool = False
    column: int = 0
    place: int = 0
    merged: int = 0
    """How many boxes this one stands for; 0 for a box of its own."""


@dataclass(frozen=True)
class Arrow:
    """All movements of the money between two boxes: fen in all, how many, a line on each."""

    source: str
    target: str
    fen: int
    count: int = 1
    lines: tuple[str, ...] = ()
    is_subject: bool = False
    name: str | None = None
    """Identifier of the movement, where the arrow is one movement."""
    kind: str | None = None
    day: str | None = None


@dataclass(frozen=True)
class Sum:
    """Parts of money by name, in fen, and what they add up to."""

    heading: str
    parts: tuple[tuple[str, int], ...]
    total: tuple[str, int]


@dataclass(frozen=True)
class Picture:
    """What is drawn, and the words around it."""

    name: str
    """A few characters for a file name."""
    title: str
    facts: tuple[tuple[str, str], ...]
    """Label and value lines of the header: subject, method, ledger version, as-of day."""
    sums: tuple[Sum, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[str, ...] = ()
    step_headings: tuple[str, ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()
    """The movements as table rows."""
    text: str = ""
    """A text below everything, shown as it is."""
    lang: Language = "zh"


def arrange(picture: Picture) -> Picture:
    """Merge what is crowded, place every box, and say in the notes what was merged."""
    boxes = {box.key: box for box in picture.boxes}
    arrows = _joined(picture.arrows)
    columns = _columns(list(boxes), arrows)
    boxes, arrows, notes = _merge_crowded(boxes, arrows, columns, picture.lang)
    columns = {key: columns.get(key, columns.get(key.partition("\0")[0], 0)) for key in boxes}
    places = _places(columns, arrows)
    placed = tuple(replace(box, column=columns[key], place=places[key]) for key, box in boxes.items())
    return replace(picture, boxes=placed, arrows=tuple(arrows), notes=(*picture.notes, *notes))


def _joined(arrows: Iterable[Arrow]) -> list[Arrow]:
    """One arrow per pair of boxes."""
    pairs: dict[tuple[str, str], Arrow] = {}
    for arrow in arrows:
        pair = (arrow.source, arrow.target)
        if pair in pairs:
            before = pairs[pair]
            arrow = Arrow(
                *pair,
                fen=before.fen + arrow.fen,
                count=before.count + arrow.count,
                lines=(before.lines + arrow.lines)[:LINES_PER_ARROW_MAX],
                is_subject=before.is_subject or arrow.is_subject,
            )
        pairs[pair] = arrow
    return list(pairs.values())


def forward_arrows(keys: list[str], arrows: Iterable[Arrow]) -> list[Arrow]:
    """The arrows without those that close a circle, found by walking from the sources in the order given."""
    outgoing: dict[str, list[Arrow]] = defaultdict(list)
    entered: set[str] = set()
    for arrow in arrows:
        if arrow.source != arrow.target:
            outgoing[arrow.source].append(arrow)
            entered.add(arrow.target)
    kept: list[Arrow] = []
    state: dict[str, int] = {}
    for root in [key for key in keys if key not in entered] + keys:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(outgoing[root]))]
        while stack:
            key, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[key] = 2
                stack.pop()
            elif state.get(following.target) != 1:
                kept.append(following)
                if following.target not in state:
                    state[following.target] = 1
                    stack.append((following.target, iter(outgoing[following.target])))
    return kept


def _columns(keys: list[str], arrows: list[Arrow]) -> dict[str, int]:
    """Column of each box: one more than the farthest box that pays it, circles left aside."""
    kept = forward_arrows(keys, arrows)
    incoming: dict[str, int] = defaultdict(int)
    outgoing: dict[str, list[str]] = defaultdict(list)
    for arrow in kept:
        incoming[arrow.target] += 1
        outgoing[arrow.source].append(arrow.target)
    column = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not incoming[key]]
    for key in ready:
        for target in outgoing[key]:
            column[target] = max(column[target], column[key] + 1)
            incoming[target] -= 1
            if not incoming[target]:
                ready.append(target)
    for key in reversed(
        ready
    ):  # then as far to the right as what it pays allows, so that like stands by like
        if outgoing[key]:
            column[key] = min(column[target] for target in outgoing[key]) - 1
    return column


def _merge_crowded(
    boxes: dict[str, Box], arrows: list[Arrow], columns: Mapping[str, int], lang: Language
) -> tuple[dict[str, Box], list[Arrow], list[str]]:
    """Merge the boxes with the least money of each crowded column; the subject is never merged."""
    paid: dict[str, int] = defaultdict(int)
    received: dict[str, int] = defaultdict(int)
    for arrow in arrows:
        paid[arrow.source] += arrow.fen
        received[arrow.target] += arrow.fen
    into: dict[str, str] = {}
    merged: dict[str, Box] = {}
    notes = []
    for column in sorted(set(columns.values())):
        here = [key for key in boxes if columns[key] == column]
        if len(here) <= BOXES_PER_COLUMN_MAX:
            continue
        here.sort(key=lambda key: (boxes[key].is_subject, max(paid[key], received[key])), reverse=True)
        small = here[BOXES_PER_COLUMN_MAX - 1 :]
        key = f"{small[0]}\0merged"
        into |= dict.fromkeys(small, key)
        fen = sum(max(paid[one], received[one]) for one in small)
        text = say("merged", lang, count=len(small))
        merged[key] = replace(boxes[small[0]], key=key, lines=(text, format_yuan(fen)), merged=len(small))
        notes.append(say("merged_note", lang, column=column + 1, count=len(small), amount=format_yuan(fen)))
    kept = {key: box for key, box in boxes.items() if key not in into} | merged
    moved = (
        replace(a, source=into.get(a.source, a.source), target=into.get(a.target, a.target)) for a in arrows
    )
    return kept, _joined(moved), notes


def _places(columns: Mapping[str, int], arrows: list[Arrow]) -> dict[str, int]:
    """Place of each box in its column, so that arrows cross little: by the mean of its neighbours."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for arrow in arrows:
        neighbours[arrow.source].append(arrow.target)
        neighbours[arrow.target].append(arrow.source)
    order = {
        column: [key for key in columns if columns[key] == column] for column in sorted(set(columns.values()))
    }
    place = {key: n for keys in order.values() for n, key in enumerate(keys)}
    for sweep in range(8):
        for column in sorted(order, reverse=bool(sweep % 2)):
            side = 1 if sweep % 2 else -1
            order[column].sort(key=lambda key: _mean_place(key, side, columns, neighbours, place))
            place |= {key: n for n, key in enumerate(order[column])}
    return place


def _mean_place(
    key: str,
    side: int,
    columns: Mapping[str, int],
    neighbours: Mapping[str, list[str]],
    place: Mapping[str, int],
) -> float:
    beside = [place[other] for other in neighbours.get(key, ()) if (columns[other] - columns[key]) * side > 0]
    return sum(beside) / len(beside) if beside else float(place[key])
