"""Money is integer fen; this module alone parses and prints it."""

import re
from decimal import Decimal, localcontext

UNITS_FEN: dict[str, int] = {"元": 100, "千元": 100_000, "万元": 1_000_000, "亿元": 10_000_000_000}
"""How many fen one of each unit is."""

FEN_MAX = 2**53
"""Amounts above 90 trillion yuan are refused: sums of them would leave int64."""

_AMOUNT = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+")


class MoneyError(ValueError):
    """A text that is no exact amount of money; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_fen(text: str, unit: str = "元", *, rounded: bool = False) -> int:
    """Turn a decimal amount such as `1,234.50` in `unit` into fen, exactly.

    Raises `MoneyError` with code `not-a-number`, `too-many-decimals` (more than two decimals in yuan,
    unless `rounded`, which rounds half up, away from zero) or `too-large`. Source: contract section 1.
    """
    if not _AMOUNT.fullmatch(text):
        raise MoneyError("not-a-number")
    with localcontext() as context:
        context.prec = len(text) + 20  # enough digits that nothing is rounded unseen
        exact = Decimal(text.replace(",", "")) * UNITS_FEN[unit]
        fen = int(exact)
        remainder = exact - fen
    if remainder:
        if not rounded:
            raise MoneyError("too-many-decimals")
        if abs(remainder) * 2 >= 1:
            fen += 1 if remainder > 0 else -1
    if abs(fen) > FEN_MAX:
        raise MoneyError("too-large")
    return fen


def format_yuan(fen: int) -> str:
    """Print fen as yuan with thousands separators and two decimals: `12,000.00`."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"


def plain_yuan(fen: int) -> str:
    """Print fen as the shortest exact yuan text without separators: `1000`, `0.05`."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan}" if not rest else f"{sign}{yuan}.{rest:02d}".rstrip("0")
