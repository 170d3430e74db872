"""Totals rows are checked against their details and never loaded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.headers import header_text
from ingest.plan import Plan
from ingest.rows import DATA, TOTALS, Bools, Int8s, Int64s
from ingest.sheet import Sheet

_SUBTOTAL = re.compile(r"小计|本[页月日季]|subtotal|sub-total")
_RUNNING = re.compile(r"累计")


@dataclass(frozen=True)
class Amounts:
    """One money column in fen, and which of its cells could be read."""

    column: str
    fen: Int64s
    known: Bools


@dataclass(frozen=True)
class Difference:
    """A totals row that does not equal its details."""

    row: int
    column: str
    stated_fen: int
    found_fen: int
    accepted_fen: int
    """The part of `found_fen` that stands in rows without a problem."""


def check_found(
    sheet: Sheet, plan: Plan, kinds: Int8s, taken: Bools, amounts: Sequence[Amounts]
) -> list[Difference]:
    """Check totals rows that were found by their word.

    小计 (and 本页合计 and the like) sums its section: the details since the totals row before it or, where
    the first of them stands above all details, those up to the next. 累计 sums everything above. Any other
    total sums all details, or all since the last total of its kind, or everything above. Rejected and
    duplicate rows are details too, as far as they are readable; `taken` are the rows without a problem.
    """
    at = np.flatnonzero(kinds == TOTALS)
    words = [_word(sheet.row(int(row), plan.header_row)) for row in at]
    differences: list[Difference] = []
    for money in amounts:
        details = np.where((kinds == DATA) & money.known, money.fen, 0)
        before = np.concatenate(([0], np.cumsum(details)))
        accepted = np.concatenate(([0], np.cumsum(np.where(taken, details, 0))))
        counts = np.concatenate(([0], np.cumsum(kinds == DATA)))
        for n, row in enumerate(at):
            if not money.known[row]:
                continue
            stated = int(money.fen[row])
            spans = _spans(n, at, words, counts)
            if stated not in [int(before[end] - before[start]) for start, end in spans]:
                start, end = spans[0]
                found, good = (int(sums[end] - sums[start]) for sums in (before, accepted))
                differences.append(Difference(int(row), money.column, stated, found, good))
    return differences


def _spans(n: int, at: Int64s, words: list[str], counts: Int64s) -> list[tuple[int, int]]:
    """The rows (first, behind the last) that the n-th totals row may sum up, the likeliest first."""
    row = int(at[n])
    last = len(counts) - 1
    if _RUNNING.search(words[n]):
        return [(0, row)]
    if _SUBTOTAL.search(words[n]):
        first = next(k for k in range(n + 1) if _SUBTOTAL.search(words[k]))
        if counts[at[first]]:
            return [(int(at[n - 1]) if n else 0, row)]
        return [(row, int(at[n + 1]) if n + 1 < len(at) else last)]
    same = [int(at[k]) for k in range(n) if not _SUBTOTAL.search(words[k])]
    return [(0, last), (same[-1] if same else 0, row), (0, row)]


def _word(cells: Sequence[str]) -> str:
    texts = [header_text(cell) for cell in cells]
    return next((text for text in texts if re.search("计|total", text)), "")


def check_mapped(
    groups: list[tuple[str, ...]], kinds: Int8s, taken: Bools, amounts: Sequence[Amounts]
) -> list[Difference]:
    """Check totals rows of a mapping file: those of one group together equal its accepted rows."""
    differences: list[Difference] = []
    for money in amounts:
        stated: dict[tuple[str, ...], tuple[int, int]] = {}
        for row in np.flatnonzero((kinds == TOTALS) & money.known):
            first, fen = stated.get(groups[row], (int(row), 0))
            stated[groups[row]] = (first, fen + int(money.fen[row]))
        found = dict.fromkeys(stated, 0)
        for row in np.flatnonzero(taken & money.known):
            if groups[row] in found:
                found[groups[row]] += int(money.fen[row])
        differences += [
            Difference(first, money.column, fen, found[group], found[group])
            for group, (first, fen) in stated.items()
            if fen != found[group]
        ]
    return differences
