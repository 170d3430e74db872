"""Pro-rata in whole numbers of any size: how much of each lot a payment takes, and how its parts stand.

Nothing here is shared with the product.
"""

from collections.abc import Callable, Hashable
from itertools import pairwise
from math import isqrt
from typing import TypeVar

Part = TypeVar("Part")

GOLDEN = (isqrt(5 << 128) - (1 << 64)) >> 1
SILVER = isqrt(2 << 128) - (1 << 64)
"""The fractions of the golden ratio and of √2, of 2**64."""


def shares(lots: list[int], fen: int, day: int, nth: int) -> list[int]:
    """Fen of each lot in the payment that is the holder's `nth` of this day since 1970-01-01."""
    balance = sum(lots)
    if fen >= balance:
        return lots
    begin = ((nth * GOLDEN + day * SILVER) % 2**64 >> 33) * balance >> 31
    upto = [(sum(lots[:k]) * fen + begin) // balance for k in range(len(lots) + 1)]
    return [after - before for before, after in pairwise(upto)]


def together(parts: list[Part], key: Callable[[Part], Hashable]) -> list[Part]:
    """The parts with those of equal keys side by side, keys in the order in which they are met."""
    groups: dict[Hashable, list[Part]] = {}
    for part in parts:
        groups.setdefault(key(part), []).append(part)
    return [part for group in groups.values() for part in group]
