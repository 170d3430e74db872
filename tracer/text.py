"""Cells of data as a table or a page shows them."""

BRIEF = 60
"""Characters that a cell of data shows in a table or a page."""


def brief(text: object, limit: int = BRIEF) -> str:
    """A cell on one line and of bearable length: line breaks as ↵, what is too long ends in …."""
    line = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "↵")
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
