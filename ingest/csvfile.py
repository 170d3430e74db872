"""CSV files: encoding and separator are found out; Arrow reads what it cannot misread, `csv` the rest."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ingest.limits import CELL_CHARACTERS_MAX, CELLS_MAX, COLUMNS_MAX, LINE_BYTES_MAX
from ingest.sheet import HEAD_ROWS, NOTHING_HIDDEN, FileRefusedError, Hidden, Texts, padded, too_big

_SEPARATORS = ",;\t|"
_SAMPLE_BYTES = 1 << 18
_CHUNK_BYTES = 1 << 24
_CHUNK_ROWS, _CHUNK_CELLS = 50_000, 4_000_000
_UTF8_BOM = b"\xef\xbb\xbf"


def read_lines(path: Path) -> bytes:
    """The content of a text file; raises `FileRefusedError` (`line-too-long`) before it is in memory."""
    with path.open("rb") as stream:
        length, line = 0, 1
        while piece := stream.read(_CHUNK_BYTES):
            first = min(at for at in (piece.find(b"\n"), piece.find(b"\r"), len(piece)) if at >= 0)
            length += first
            if length > LINE_BYTES_MAX:
                raise FileRefusedError("line-too-long", row=line, line=line, megabytes=LINE_BYTES_MAX >> 20)
            if first < len(piece):
                line += piece.count(b"\n") or piece.count(b"\r")
                length = len(piece) - 1 - max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        stream.seek(0)
        return stream.read()


def decode(data: bytes) -> bytes:
    """The file's content as UTF-8 without byte order mark.

    Raises `FileRefusedError` (`encoding`) for what is neither UTF-8, UTF-16 with its mark, nor GB18030,
    and (`not-text`) for what holds NUL bytes.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _recoded(data, "utf-16")
    if (nul := data.find(b"\0")) >= 0:
        raise FileRefusedError("not-text", line=data.count(b"\n", 0, nul) + 1)
    body = data.removeprefix(_UTF8_BOM)
    try:
        for chunk in _whole_lines(body):
            pa.array([chunk], pa.binary()).cast(pa.string())  # far quicker than to make a str of it
    except pa.ArrowInvalid as error:
        if body is not data or _mostly_utf8(body):
            raise FileRefusedError("encoding", line=_bad_line(body)) from error
        return _recoded(body, "gb18030")
    return body


def _whole_lines(data: bytes) -> Iterator[bytes]:
    """The data in chunks that end at a line's end, where no encoding of ours has half a character."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _CHUNK_BYTES) + 1 or len(data)
        yield data[start:end]
        start = end


def _recoded(data: bytes, encoding: str) -> bytes:
    try:
        if encoding == "utf-16":
            return data.decode(encoding).encode("utf-8")
        return b"".join(chunk.decode(encoding).encode("utf-8") for chunk in _whole_lines(data))
    except UnicodeDecodeError as error:
        raise FileRefusedError("encoding", line=_bad_line(data, encoding)) from error


def _mostly_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 with a few broken characters, which GB18030 would turn into nonsense."""
    text = data[:_CHUNK_BYTES].decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(char > "\x7f" for char in text) - broken
    return whole > 4 * broken


def _bad_line(data: bytes, encoding: str = "utf-8") -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


class Reader(Protocol):
    """What `csv.reader` returns."""

    line_num: int

    def __next__(self) -> list[str]: ...


class CsvSheet:
    """A CSV file as a sheet; its body is read once the header row is known."""

    name: str | None = None
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden: Hidden = NOTHING_HIDDEN
    lost: Mapping[tuple[int, int], tuple[str, str]] = MappingProxyType({})

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self._data = decode(data)
        if not self._data[:_SAMPLE_BYTES].strip() and not self._data.strip():
            raise FileRefusedError("empty-file")
        csv.field_size_limit(CELL_CHARACTERS_MAX)
        self._separator = _separator(self._data)
        self._read_head(HEAD_ROWS)
        self._bodies: dict[int, tuple[pa.Table, list[int]]] = {}

    def _read_head(self, rows: int) -> None:
        self._head: list[list[str]] = []
        self._lines: list[int] = [0]
        reader = self._reader()
        for record in _checked(reader, rows):
            self._head.append(record)
            self._lines.append(reader.line_num)

    def head(self, rows: int = HEAD_ROWS, first: int = 0) -> list[list[str]]:
        """The first so many rows as text."""
        if rows > max(HEAD_ROWS, len(self._head)):
            self._read_head(rows)
        return self._head[:rows]

    def height(self, start: int) -> int:
        """How many rows there are from row `start` (counted from 0) on."""
        return len(self._body(start)[0])

    def texts(self, column: int, start: int, kind: str, unit: str) -> Texts:
        """The cells of one column from row `start` on; a CSV file knows nothing but text."""
        body = self._body(start)[0]
        if column >= body.num_columns:
            return Texts(pa.array([""] * len(body), pa.string()))
        chunks = body.column(column).combine_chunks()
        return Texts(chunks if isinstance(chunks, pa.Array) else pa.concat_arrays(chunks.chunks))

    def row(self, index: int, start: int) -> list[str]:
        """All cells of one row, counted from `start`."""
        body = self._body(start)[0]
        return [body.column(c)[index].as_py() for c in range(body.num_columns)]

    def records(self, numbers: Sequence[int]) -> Iterator[list[str]]:
        """Some rows, ascending and counted from 0, with every cell that they have."""
        wanted = iter(numbers)
        number = next(wanted, None)
        for at, record in enumerate(_checked(self._reader(), None)):
            if at == number:
                yield record
                number = next(wanted, None)
            if number is None:
                return

    def extra_cells(self, start: int) -> Sequence[int]:
        """Rows from `start` on that have content beyond the last header cell: a separator inside a cell."""
        return self._body(start)[1]

    def _reader(self) -> Reader:
        lines = io.TextIOWrapper(io.BytesIO(self._data), encoding="utf-8", newline="")
        return csv.reader(lines, delimiter=self._separator, strict=True)

    def _body(self, start: int) -> tuple[pa.Table, list[int]]:
        if start not in self._bodies:
            width = max((len(row) for row in self._head[max(0, start - 2) : start]), default=0)
            fast = self._fast_body(start, width)
            self._bodies = {start: fast if fast is not None else self._slow_body(start, width)}
        return self._bodies[start]

    def _fast_body(self, start: int, width: int) -> tuple[pa.Table, list[int]] | None:
        """The body read by Arrow, or None where the file is not plain enough for it."""
        if start >= len(self._head) or (start and len(self._head[start]) != width):
            return None
        if not _is_plain(self._data, self._separator):
            return None
        names = [str(c) for c in range(len(self._head[start]))]
        read = pa_csv.ReadOptions(column_names=names, skip_rows=self._lines[start], block_size=1 << 23)
        parse = pa_csv.ParseOptions(delimiter=self._separator, ignore_empty_lines=False)
        convert = pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        )
        try:
            body = pa_csv.read_csv(pa.BufferReader(self._data), read, parse, convert)
        except pa.ArrowInvalid:  # uneven or empty lines: the slow reader knows what to do with them
            return None
        for column in body.columns:
            lengths = pc.binary_length(column)
            if (pc.max(lengths).as_py() or 0) > CELL_CHARACTERS_MAX:  # octets here: enough to look closely
                return None
        return body, []

    def _slow_body(self, start: int, width: int) -> tuple[pa.Table, list[int]]:
        """The body read record by record: short rows are filled up, content beyond the header is reported."""
        reader = self._reader()
        for _ in _checked(reader, start):
            pass
        width = width or max(map(len, self._head), default=1)
        batches: list[pa.Table] = []
        extra: list[int] = []
        rows = 0
        while chunk := list(_checked(reader, min(_CHUNK_ROWS, _CHUNK_CELLS // width + 1))):
            extra += [rows + at for at, row in enumerate(chunk) if any(cell.strip() for cell in row[width:])]
            rows += len(chunk)
            if rows * width > CELLS_MAX + 2 * len(self._data):  # a cell that is there has its separator
                raise too_big(f"{rows} 行 × {width} 列", f"{rows} rows × {width} columns")
            columns = zip(*padded([row[:width] for row in chunk] + [[""] * width]), strict=True)
            batches.append(
                pa.table({str(c): pa.array(cells[:-1], pa.string()) for c, cells in enumerate(columns)})
            )
        if not batches:
            return pa.table({str(c): pa.array([], pa.string()) for c in range(width)}), []
        return pa.concat_tables(batches), extra


def _checked(reader: Reader, count: int | None) -> Iterator[list[str]]:
    """The next `count` records, or all.

    Raises `FileRefusedError`: `quotes` where they do not pair, `cell-too-long`, `too-many-columns`.
    """
    for _ in itertools.count() if count is None else range(count):
        line = reader.line_num + 1
        try:
            record = next(reader)
            if len(record) > COLUMNS_MAX:
                raise FileRefusedError(
                    "too-many-columns", row=line, line=line, columns=len(record), most=COLUMNS_MAX
                )
            yield record
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise FileRefusedError(
                    "cell-too-long", row=line, line=line, characters=CELL_CHARACTERS_MAX
                ) from error
            raise FileRefusedError(
                "quotes", row=line, reason=f"第 {line} 行起", reason_en=f"from line {line}"
            ) from error


def _separator(data: bytes) -> str:
    """The separator that cuts most lines into most cells in the same way."""
    sample = data[:_SAMPLE_BYTES].decode("utf-8", errors="ignore")

    def score(separator: str) -> int:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        widths = Counter(map(len, reader))
        return max((count * (width - 1) for width, count in widths.items()), default=0)

    return max(_SEPARATORS, key=score)


def _is_plain(data: bytes, separator: str) -> bool:
    """Whether quotes stand only around whole cells that hold no line break, and lines end in one way."""
    if b'"' not in data:
        return b"\0" not in data and data.count(b"\r") == data.count(b"\r\n")
    from ingest.quotes import is_plain  # numba takes a while to import

    return bool(is_plain(np.frombuffer(data, np.uint8), ord(separator)))
