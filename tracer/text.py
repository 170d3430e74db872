"""Cells of data as a table, a page or a file shows them."""

import re

BRIEF = 60
"""Characters that a cell of data shows in a table or a page."""


_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠].)", re.DOTALL)
"""What spreadsheet programs run when they open a file, some also in full width; and such texts disarmed."""


def inert(text: str) -> str:
    """A text that no spreadsheet program takes for a formula: one that it would gets an apostrophe in front.

    Reversible: of a text in which apostrophes stand before such a beginning, exactly one is to be taken off.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def brief(text: object, limit: int = BRIEF) -> str:
    """A cell on one line and of bearable length: line breaks as ↵, what is too long ends in …."""
    line = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "↵")
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
