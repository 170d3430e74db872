"""Tables of an HTML page, also of one that calls itself .xls, as many systems export it."""

from html.parser import HTMLParser

from ingest.csvfile import decode
from ingest.sheet import Cell, FileRefusedError, Grid, padded

_SPAN_MAX = 1000


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[tuple[str, int, int]]]] = []
        self._open: list[list[list[tuple[str, int, int]]]] = []
        self._cells: list[tuple[list[str], int, int] | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
            self._open.append(self.tables[-1])
            self._cells.append(None)
        elif not self._open:
            return
        elif tag == "tr":
            self._close_cell()
            self._open[-1].append([])
        elif tag in ("td", "th"):
            self._close_cell()
            spans = dict(attrs)
            self._cells[-1] = ([], _span(spans.get("colspan")), _span(spans.get("rowspan")))
        elif tag == "br" and (cell := self._cells[-1]):
            cell[0].append("\n")

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            return
        if tag in ("td", "th", "tr", "table"):
            self._close_cell()
        if tag == "table":
            self._open.pop()
            self._cells.pop()

    def handle_data(self, data: str) -> None:
        if self._cells and (cell := self._cells[-1]):
            cell[0].append(data)

    def _close_cell(self) -> None:
        cell = self._cells[-1]
        if cell:
            if not self._open[-1]:
                self._open[-1].append([])
            text = "\n".join(" ".join(line.split()) for line in "".join(cell[0]).split("\n")).strip()
            self._open[-1][-1].append((text, cell[1], cell[2]))
        self._cells[-1] = None


def _span(text: str | None) -> int:
    return min(int(text), _SPAN_MAX) if text and text.isdigit() and int(text) else 1


def html_sheets(file: str, data: bytes) -> list[Grid]:
    """Each table of the page as a sheet named by its number from 1; raises `FileRefusedError`."""
    parser = _Tables()
    parser.feed(decode(data).decode("utf-8"))
    parser.close()
    if not parser.tables:
        raise FileRefusedError("unreadable", reason="HTML 中没有表格", reason_en="no table in the HTML")
    return [_grid(file, str(number), rows) for number, rows in enumerate(parser.tables, 1)]


def _grid(file: str, name: str, rows: list[list[tuple[str, int, int]]]) -> Grid:
    """Cells put where a browser shows them; a spanning cell's text stands in its first place."""
    placed: dict[tuple[int, int], Cell] = {}
    merged: list[tuple[int, int, int, int]] = []
    for r, row in enumerate(rows):
        c = 0
        for text, wide, high in row:
            while (r, c) in placed:
                c += 1
            high = min(high, len(rows) - r)
            placed |= {(r + dr, c + dc): "" for dr in range(high) for dc in range(wide)}
            placed[r, c] = text
            if wide * high > 1:
                merged.append((r, c, r + high - 1, c + wide - 1))
            c += wide
    width = max((c + 1 for _, c in placed), default=0)
    grid: list[list[Cell]] = [[placed.get((r, c), "") for c in range(width)] for r in range(len(rows))]
    return Grid(file, name, padded(grid), merged)
