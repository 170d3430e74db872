"""Section 2 of the contract word for word, slowly, on plain integers: what the fast code must equal."""

from collections import defaultdict
from dataclasses import dataclass

from tests.flow.shares import shares, together

INDICATOR, ACCOUNT, TREASURY, CASH = 0, 1, 2, 3
BORN_INDICATOR, BORN_OPENING, BORN_CASH, BORN_UNEXPLAINED = 0, 1, 2, 3


def precedes(a: int, b: int, time, payer, payee, counts) -> bool:
    """Must row a come before row b of the same day at one of the holders of both?"""
    if a == b or payer[a] == payee[a] or payer[b] == payee[b]:
        return False
    for holder in {payer[a], payee[a]} & {payer[b], payee[b]}:
        if not counts[holder]:
            continue
        a_receipt, b_receipt = payee[a] == holder, payee[b] == holder
        if a_receipt and not b_receipt and time[a] == 0:  # date-only receipts before all payments
            return True
        if a_receipt and not b_receipt and time[b] == 0:  # all receipts before date-only payments
            return True
        if time[a] and time[b]:
            if time[a] < time[b]:
                return True
            if time[a] == time[b] and a_receipt and not b_receipt:
                return True
    return False


def by_earlier_time(a: int, b: int, time, payer, payee, counts) -> bool:
    """Does row a, at an earlier time, precede row b?"""
    shared = {payer[a], payee[a]} & {payer[b], payee[b]}
    moves = payer[a] != payee[a] and payer[b] != payee[b]
    return bool(moves and 0 < time[a] < time[b] and any(counts[holder] for holder in shared))


def slow_order(day, time, payer, payee, counts) -> tuple[list[int], int]:
    """Return the order of all rows and how many of them were forced."""
    days = defaultdict(list)
    for row in range(len(day)):
        days[day[row]].append(row)
    out, forced = [], 0
    for d in sorted(days):
        left = days[d]
        before = {b: {a for a in left if precedes(a, b, time, payer, payee, counts)} for b in left}
        while left:
            ready = [row for row in left if not before[row]]
            if ready:
                row = ready[0]
            else:
                row = first_of_circles(left, before, time, payer, payee, counts)
                forced += 1
            out.append(row)
            left = [other for other in left if other != row]
            for waiting in before.values():
                waiting.discard(row)
    return out, forced


def first_of_circles(left, before, time, payer, payee, counts) -> int:
    """Of the rows in circles that wait for nothing outside them, the first that no earlier time precedes."""
    reach = {row: set(before[row]) for row in left}
    for middle in left:
        for row in left:
            if middle in reach[row]:
                reach[row] |= reach[middle]
    for row in left:
        waits_for_itself = row in reach[row]
        closed = all(row in reach[other] for other in reach[row])
        timely = not any(by_earlier_time(a, row, time, payer, payee, counts) for a in left)
        if waits_for_itself and closed and timely:
            return row
    raise AssertionError("every day ends")


@dataclass
class Part:
    row: int
    fen: int
    parent: int
    origin: tuple[int, int]
    line: int
    left: int


def slow_pieces(columns, order, method: str) -> list[Part]:
    """Move the money row by row; `columns` is anything with the columns of `MoneyColumns`."""
    kind = columns.holder_kind
    pays = set(columns.payer.tolist())
    parts: list[Part] = []
    arrivals: dict[int, list[list[int]]] = defaultdict(list)  # holder: blocks of parts, as they came
    unborn = [h for h in range(len(kind)) if columns.issue_fen[h] > 0]
    paid: dict[tuple[int, int], int] = defaultdict(int)  # holder, day: payments so far

    def born(holder: int, fen: int, origin_kind: int) -> None:
        arrivals[holder].append([len(parts)])
        parts.append(Part(-1, fen, -1, (origin_kind, holder), -1, fen))

    for holder in range(len(kind)):
        if columns.opening_fen[holder] > 0:
            born(holder, int(columns.opening_fen[holder]), BORN_OPENING)

    def births_until(day: float) -> None:
        for holder in sorted(unborn, key=lambda h: (columns.issue_day[h], h)):
            if columns.issue_day[holder] <= day:
                born(holder, int(columns.issue_fen[holder]), BORN_INDICATOR)
                unborn.remove(holder)

    for row in order:
        births_until(columns.day[row])
        payer, payee, need = int(columns.payer[row]), int(columns.payee[row]), int(columns.amount[row])
        if payer == payee:
            continue
        block: list[int] = []

        made: list[Part] = []

        def carry(fen: int, parent: int, origin: tuple[int, int], line: int) -> None:
            if kind[payee] == INDICATOR:  # noqa: B023
                line = -1
            elif kind[payer] == INDICATOR:  # noqa: B023
                line = payer  # noqa: B023
            made.append(Part(row, fen, parent, origin, line, fen))  # noqa: B023

        if kind[payer] == CASH:
            if need:
                carry(need, -1, (BORN_CASH, payee), -1)
        else:
            if kind[payer] != TREASURY:
                day = int(columns.day[row])
                paid[payer, day] += need > 0
                numbers = choices(arrivals[payer], parts, method, int(columns.tag[row]))
                lots = [parts[number].left for number in numbers]
                if method == "pro-rata":
                    lots = shares(lots, need, day, paid[payer, day])
                for number, most in zip(numbers, lots, strict=True):
                    part = parts[number]
                    taken = min(need, most)
                    if taken:
                        part.left -= taken
                        need -= taken
                        carry(taken, number, part.origin, part.line)
            if need:
                carry(need, -1, (BORN_UNEXPLAINED, payer), -1)
        if method == "pro-rata":
            made = together(made, lambda part: (part.origin, part.line))
        block += range(len(parts), len(parts) + len(made))
        parts += made
        if payee in pays and block:
            arrivals[payee].append(block)
    births_until(float("inf"))
    return parts


def choices(blocks, parts, method: str, tag: int) -> list[int]:
    """List a holder's parts in the order in which a transfer takes them."""
    if method == "lifo":
        return [number for block in reversed(blocks) for number in block]
    fifo = [number for block in blocks for number in block]
    if method == "linked" and tag >= 0:
        return [n for n in fifo if parts[n].line == tag] + [n for n in fifo if parts[n].line != tag]
    return fifo
