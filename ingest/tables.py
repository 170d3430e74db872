"""The tables of a sheet: one under the other, side by side, or alone; each with its own header.

A row begins another table where it is a header unlike the one above it, or that header again below a title
or a unit of its own. A header that is merely repeated, as on every printed page, continues its table.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.candidates import Candidate, find
from ingest.cells import STRIPPED, fold
from ingest.headers import KNOWN, header_text, split_header
from ingest.parts import Part
from ingest.plan import Plan, is_reason
from ingest.recognise import planned, unsure
from ingest.rows import FOOTNOTE, NOTE, TOTALS_WORD, repeats
from ingest.sheet import Sheet
from ingest.suggest import is_like, likely_header
from ingest.units import stated_unit

_TABLES_MAX = 200
"""More tables than this on one sheet are none: it is one that repeats itself."""

_DEPTH = 3
_TITLE_CELLS = 2
_LETTERS = re.compile(r"[^\W\d_]")
_NUMERIC = r"\d{3}|^[\s¥￥+-]*[\d.,]+\s*[千万亿]?元?$"
_ROWS_ONE_BY_ONE = 1000
_TYPED = frozenset({"money", "date", "datetime"})


@dataclass(frozen=True)
class Found:
    """One table of a sheet: the part of the sheet that it takes, and how to read it."""

    part: Part
    plan: Plan


@dataclass
class Layout:
    """The tables of a sheet, and what of it belongs to none."""

    tables: list[Found] = field(default_factory=list)
    above: list[tuple[int, int]] = field(default_factory=list)
    """First and last row, from 1, of what looks like a table but has no header that we know."""
    aside: list[range] = field(default_factory=list)
    """Columns from 0 that stand beside a table and are no table of ours."""


def layout(sheet: Sheet) -> Layout:
    """All tables of a sheet in the order of their rows, then of their columns."""
    made = Layout()
    part, header = Part(sheet), find(sheet.head(), sheet.merged, is_like)
    if header is None and (likely := likely_header(sheet.head())):
        made.tables.append(Found(part, unsure(likely)))
    while header is not None:
        if rows := _unread_rows(part, header):
            made.above.append(rows)
        following = _following(part, header) if len(made.tables) < _TABLES_MAX else None
        if following is not None:
            part.stop, next_header = following
        _take(made, part, header)
        if following is None:
            break
        part, header = Part(sheet, following[0]), next_header
    return made


def _take(made: Layout, part: Part, header: Candidate) -> None:
    """Add the tables that stand side by side under one header row."""
    plan = planned(header, part)
    reasons = frozenset(cell for cell, text in enumerate(header.raw) if is_reason(text))
    sides = _sides(header)
    full = [columns for columns in sides if header.only(columns).is_full]
    is_one = plan.table is not None and not any(
        trouble.code == "ambiguous-column" for trouble in plan.troubles
    )
    if len(full) > 1 or (full and len(sides) > 1 and not is_one):
        made.aside += [columns for columns in sides if columns not in full]
        for columns in full:
            side = Part(part.sheet, part.first, part.stop, columns, reasons)
            above = Part(part.sheet, part.first, header.first_row)
            made.tables.append(Found(side, planned(header.only(columns), side, above)))
    elif reasons:
        kept = Part(part.sheet, part.first, part.stop, None, reasons)
        made.tables.append(Found(kept, plan))
    else:
        made.tables.append(Found(part, plan))


def _sides(header: Candidate) -> list[range]:
    """The columns of a header between gaps, or from one repetition of its first text to the next."""
    filled = header.filled
    starts = [cell for cell in filled if cell - 1 not in filled]
    if len(starts) > 1:
        return [range(start, _end(filled, start)) for start in starts]
    names = [split_header(header.raw[cell])[0] for cell in filled]
    again = [cell for cell, name in zip(filled, names, strict=True) if name == names[0]]
    return [range(start, end) for start, end in zip(again, [*again[1:], filled[-1] + 1], strict=True)]


def _end(filled: Sequence[int], start: int) -> int:
    end = start
    while end in filled:
        end += 1
    return end


def _unread_rows(part: Part, header: Candidate) -> tuple[int, int] | None:
    """Rows above a header that are more than a title: several with three cells or more."""
    rows = part.head()[part.first : header.first_row]
    wide = [
        at for at, row in enumerate(rows, part.first + 1) if sum(map(bool, map(fold, row))) > _TITLE_CELLS
    ]
    return (wide[0], wide[-1]) if len(wide) > 1 else None


def _following(part: Part, header: Candidate) -> tuple[int, Candidate] | None:
    """Where the next table below begins (its first row from 0, title included), and its header."""
    sheet, start = part.sheet, header.last_row
    layers = [header.raw, *part.head()[header.first_row : header.last_row]]
    shown = [[header_text(text) for text in layer] for layer in layers]
    for at in _like_headers(part, header):
        again = {
            cell: text for cell, raw in enumerate(sheet.row(at - start, start)) if (text := header_text(raw))
        }
        first = _first_of_title(sheet, start, at)
        if first == at and any(repeats(again, layer) for layer in shown):
            continue
        found = _header_at(sheet, at)
        if found is not None and (first < at or found.raw != header.raw):
            return first, found
    return None


def _header_at(sheet: Sheet, at: int) -> Candidate | None:
    """The header that begins in a row far down, or None where it is none for certain."""
    rows = sheet.head(at + _DEPTH, at)
    found = find(rows, sheet.merged, is_like, at) if at < len(rows) else None
    if found is None or found.first_row != at:
        return None
    return found if found.is_full or found.is_sure or is_like(rows[at]) else None


def _first_of_title(sheet: Sheet, start: int, at: int) -> int:
    """The first of the title rows right above a header: one text across, or a unit; blanks between."""
    first = at
    for row in range(at - 1, start - 1, -1):
        texts = {text for raw in sheet.row(row - start, start) if (text := header_text(raw))}
        if not texts:
            continue
        if not _is_title(texts):
            break
        first = row
    return first


def _is_title(texts: set[str]) -> bool:
    if any(map(FOOTNOTE.match, texts)):
        return False
    is_note = all(NOTE.fullmatch(text) for text in texts)
    is_total = any(TOTALS_WORD.fullmatch(text) for text in texts)
    if is_total or (is_note and not any(map(stated_unit, texts))):
        return False
    is_alone = len(texts) == 1 and all(map(_LETTERS.search, texts))
    return is_alone or (len(texts) <= _TITLE_CELLS + 1 and any(map(stated_unit, texts)))


def _like_headers(part: Part, header: Candidate) -> Iterator[int]:
    """Rows (from 0) below a header in which at least two cells are header texts that we know, in their order.

    Where the table has amounts or dates, only rows without one in the first such column are looked at.
    """
    sheet, start = part.sheet, header.last_row
    rows = sheet.height(start)
    if not rows:
        return
    chosen = np.arange(rows)
    if (typed := _typed_cell(header)) is not None:
        numbers = pc.match_substring_regex(sheet.texts(typed, start, "text", "元").values, _NUMERIC)
        chosen = np.flatnonzero(~numbers.to_numpy(zero_copy_only=False).astype(np.bool_))
    if len(chosen) > _ROWS_ONE_BY_ONE:
        width = max(map(len, [*sheet.head(), sheet.row(0, start)]), default=0)
        hits = np.zeros(rows, np.int32)
        for cell in range(width):
            hits += _known(sheet.texts(cell, start, "text", "元").values)
        chosen = chosen[hits[chosen] > 1]
    for row in chosen:
        if sum(map(_may_be_header, sheet.row(int(row), start))) > 1:
            yield start + int(row)


def _typed_cell(header: Candidate) -> int | None:
    """A column that holds amounts or dates whatever table this is."""
    for cell, columns in enumerate(header.hits):
        if columns and all(column.kind in _TYPED for column in columns):
            return cell
    return None


def _known(texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """1 where a text is a header that we know."""
    short = pc.and_not(pc.less(pc.utf8_length(texts), 60), pc.match_substring_regex(texts, _NUMERIC))
    encoded = pc.if_else(short, texts, "").dictionary_encode()
    known = np.array([_may_be_header(text) for text in encoded.dictionary.to_pylist()], np.int32)
    found: np.ndarray[tuple[int], np.dtype[np.int32]] = known[encoded.indices.to_numpy()]
    return found


def _may_be_header(text: str) -> bool:
    stripped = text.strip(STRIPPED)
    return bool(stripped) and split_header(stripped)[0] in KNOWN
