"""Tables of HTML pages and of web archives, which many systems export under the name .xls."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser

from ingest.csvfile import decode
from ingest.sheet import Cell, FileRefusedError, Grid, Hidden, check_extent, padded, too_big

_SPAN_MAX = 1000
_CELLS_MAX = 4_000_000
_LEADING = re.compile(rb"(?:\s|<\?xml.*?\?>|<!--.*?-->)*", re.DOTALL)
_FIRST_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|thead|tbody|tr|meta|style|title|div|center|font|p|span)\b",
    re.IGNORECASE,
)
_MIME = re.compile(rb"(?:mime-version|from|subject|date|content-type):", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)


def is_html(start: bytes) -> bool:
    """Whether a text that begins like this is a page."""
    return _FIRST_TAG.match(start, _LEADING.match(start).end()) is not None  # type: ignore[union-attr]


def is_web_archive(start: bytes) -> bool:
    """Whether a text that begins like this is a page packed as mail (MHTML)."""
    return (
        _MIME.match(start) is not None
        and re.search(rb"multipart/related|text/html", start, re.IGNORECASE) is not None
    )


@dataclass
class _Table:
    rows: list[list[tuple[str, int, int]]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    columns: int = 0
    """How many columns `<col>` has told of so far."""


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._cells: list[tuple[list[str], int, int] | None] = []

    def close(self) -> None:
        """End the page, and with it whatever it has left open."""
        super().close()
        while self._open:
            self.handle_endtag("table")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(_Table())
            self._open.append(self.tables[-1])
            self._cells.append(None)
        elif not self._open:
            return
        elif tag == "tr":
            self._close_cell()
            if _is_unseen(attrs):
                self._open[-1].hidden_rows.add(len(self._open[-1].rows))
            self._open[-1].rows.append([])
        elif tag == "col":
            self._take_column(attrs)
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

    def _take_column(self, attrs: list[tuple[str, str | None]]) -> None:
        table, wide = self._open[-1], _span(dict(attrs).get("span"))
        if _is_unseen(attrs):
            table.hidden_columns |= set(range(table.columns, table.columns + wide))
        table.columns += wide

    def _close_cell(self) -> None:
        cell, rows = self._cells[-1], self._open[-1].rows
        if cell:
            if not rows:
                rows.append([])
            text = "\n".join(" ".join(line.split()) for line in "".join(cell[0]).split("\n")).strip()
            rows[-1].append((text, cell[1], cell[2]))
        self._cells[-1] = None


def _span(text: str | None) -> int:
    return min(int(text), _SPAN_MAX) if text and text.isdigit() and int(text) else 1


def _is_unseen(attrs: list[tuple[str, str | None]]) -> bool:
    given = dict(attrs)
    return "hidden" in given or _UNSEEN.search(given.get("style") or "") is not None


def html_sheets(file: str, data: bytes) -> list[Grid]:
    """Each table of the page as a sheet named by its number from 1; raises `FileRefusedError`."""
    return _numbered(file, [decode(data).decode("utf-8")])


def archive_sheets(file: str, data: bytes) -> list[Grid]:
    """Each table of the pages in a web archive, as `html_sheets`; raises `FileRefusedError`."""
    parts = [part for part in message_from_bytes(data).walk() if part.get_content_type() == "text/html"]
    return _numbered(file, [_text(part) for part in parts])


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload).decode("utf-8") if isinstance(payload, bytes) else ""


def _numbered(file: str, pages: list[str]) -> list[Grid]:
    tables: list[_Table] = []
    for page in pages:
        parser = _Tables()
        parser.feed(page)
        parser.close()
        tables += parser.tables
    if not tables:
        raise FileRefusedError("unreadable", reason="HTML 中没有表格", reason_en="no table in the HTML")
    return [_grid(file, str(number), table) for number, table in enumerate(tables, 1)]


def _grid(file: str, name: str, table: _Table) -> Grid:
    """Cells put where a browser shows them; a spanning cell's text stands in its first place."""
    placed: dict[tuple[int, int], Cell] = {}
    merged: list[tuple[int, int, int, int]] = []
    rows = table.rows
    for r, row in enumerate(rows):
        c = 0
        for text, wide, high in row:
            while (r, c) in placed:
                c += 1
            high = min(high, len(rows) - r)
            check_extent(1, c + wide)
            if len(placed) + wide * high > _CELLS_MAX:
                raise too_big(f"{_CELLS_MAX:,} 格以上", f"more than {_CELLS_MAX:,} cells")
            placed |= {(r + dr, c + dc): "" for dr in range(high) for dc in range(wide)}
            placed[r, c] = text
            if wide * high > 1:
                merged.append((r, c, r + high - 1, c + wide - 1))
            c += wide
    width = max((c + 1 for _, c in placed), default=0)
    check_extent(len(rows), width)
    grid: list[list[Cell]] = [[placed.get((r, c), "") for c in range(width)] for r in range(len(rows))]
    hidden = Hidden(frozenset(table.hidden_rows), frozenset(table.hidden_columns))
    return Grid(file, name, padded(grid), merged, hidden=hidden)
