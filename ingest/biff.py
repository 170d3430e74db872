"""Which rows and columns an XLS workbook hides, read from its records, since calamine does not say."""

import struct
from collections.abc import Iterator
from pathlib import Path

from ingest.sheet import Hidden

_HEADER_BYTES = 512
_LISTED = 109
"""How many sectors of the allocation table the header itself lists."""

_LAST_SECTOR = 0xFFFFFFFA
_MINI_BYTES = 4096
_BOF, _EOF, _BOUNDSHEET, _ROW, _COLINFO = 0x809, 0x0A, 0x85, 0x208, 0x7D
_BIFF8 = 0x600
_ROW_IS_HIDDEN, _COLUMN_IS_HIDDEN = 0x20, 0x1
_COLUMNS = 256


def hidden_in(path: Path) -> dict[str, Hidden]:
    """Sheet name → its hidden rows and columns; of files older than Excel 97 nothing is known."""
    try:
        book = _workbook_stream(path.read_bytes())
        return dict(_sheets(book))
    except (struct.error, IndexError, ValueError):  # calamine has read it, so this is no damage
        return {}


def _workbook_stream(data: bytes) -> bytes:
    """The stream `Workbook` of an OLE container, or nothing where it is not to be found."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    tables, directory = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
    next_list, lists = struct.unpack_from("<II", data, 68)
    listed = list(struct.unpack_from(f"<{min(tables, _LISTED)}I", data, 76))
    for _ in range(min(lists, len(data) // size)):
        *more, next_list = struct.unpack_from(f"<{size // 4}I", data, _HEADER_BYTES + next_list * size)
        listed += more
    fat = b"".join(_sector(data, number, size) for number in listed[:tables])
    chain = struct.unpack(f"<{len(fat) // 4}I", fat[: len(fat) // 4 * 4])
    entries = _stream(data, directory, chain, size)
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le")
        start, count = struct.unpack_from("<II", entries, at + 116)
        if name == "Workbook" and count >= _MINI_BYTES:
            return _stream(data, start, chain, size)[:count]
    return b""


def _sector(data: bytes, number: int, size: int) -> bytes:
    start = _HEADER_BYTES + number * size
    return data[start : start + size]


def _stream(data: bytes, sector: int, chain: tuple[int, ...], size: int) -> bytes:
    parts: list[bytes] = []
    while sector < min(_LAST_SECTOR, len(chain)) and len(parts) <= len(chain):
        parts.append(_sector(data, sector, size))
        sector = chain[sector]
    return b"".join(parts)


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a substream with those inside it, up to its end."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, book[at + 4 : at + 4 + length] if kind in (_BOF, _BOUNDSHEET, _ROW, _COLINFO) else b""
        if depth <= 0:
            return
        at += 4 + length


def _sheets(book: bytes) -> Iterator[tuple[str, Hidden]]:
    for kind, body in _records(book, 0):
        if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
            return
        if kind == _BOUNDSHEET:
            offset, length, is_wide = struct.unpack_from("<I2xBB", body)
            name = body[8 : 8 + length * (2 if is_wide & 1 else 1)]
            yield name.decode("utf-16-le" if is_wide & 1 else "latin-1"), _hidden(book, offset)


def _hidden(book: bytes, offset: int) -> Hidden:
    rows: set[int] = set()
    columns: set[int] = set()
    for kind, body in _records(book, offset):
        if kind == _ROW and struct.unpack_from("<H", body, 12)[0] & _ROW_IS_HIDDEN:
            rows.add(struct.unpack_from("<H", body)[0])
        if kind == _COLINFO:
            first, last, width, _, flags = struct.unpack_from("<5H", body)
            if flags & _COLUMN_IS_HIDDEN or not width:
                columns |= set(range(first, min(last + 1, _COLUMNS)))
    return Hidden(frozenset(rows), frozenset(columns))
