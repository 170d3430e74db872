"""A column of text becomes a typed column: ordinary forms at once, other distinct texts by `cells.py`.

The fast forms are so narrow that they cannot disagree with `cells.py`; tests compare the two.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.cells import STRIPPED, YEAR_MIN, CellError, Value, is_key, parser
from tracer.money import UNITS_FEN
from tracer.schema import Column

_SAMPLE_ROWS = 10_000
_BLANK = rf"[{STRIPPED}]*"
_EMPTY = rf"^(?:[-—/无]?|待{_BLANK}定|[Nn]{_BLANK}/{_BLANK}[Aa]|" + _BLANK.join(
    ["[Nn]", "[Uu]", "[Ll]", "[Ll])$"]
)
_FLOAT = r"^[+-]?(?:\d(?:\.\d+)?[Ee]\+\d+|\d\.\d+[Ee]\d+)$"
_KEY_FLOAT = _FLOAT + r"|^\d{4,}\.0+$"
_TIME = r"(?:(?:\s+|T)(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.(?P<f>\d{1,3}))?)?)?$"
_OTHER_MOMENTS = tuple(
    f"^{day}{_TIME}"
    for day in (
        r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})",
        r"(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日",
    )
)
_MOMENT = r"^(?:19|[2-9]\d)\d\d-\d\d-\d\d(?:[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?)?$"


@dataclass
class Converted:
    """One typed column: `values` is null where the cell is empty or wrong; `errors` says which are wrong."""

    values: pa.Array
    empty: pa.Array
    errors: dict[int, str] = field(default_factory=dict)
    """Position of each wrong cell with the code of its message."""


def convert(column: Column, texts: pa.Array, unit: str = "元", *, rounded: bool = False) -> Converted:
    """Turn the texts of one column (none null) into its ledger type; where texts repeat, each once."""
    sample = texts.slice(0, _SAMPLE_ROWS)
    if len(pc.unique(sample)) * 2 > len(sample):
        return _convert(column, texts, unit, rounded)
    encoded = texts.dictionary_encode()
    distinct = _convert(column, encoded.dictionary, unit, rounded)
    return Converted(
        distinct.values.take(encoded.indices),
        distinct.empty.take(encoded.indices),
        _spread(distinct.errors, encoded.indices),
    )


def _spread(errors: dict[int, str], indices: pa.Array) -> dict[int, str]:
    """Errors of distinct texts, at every position of these texts."""
    if not errors:
        return {}
    numbers = indices.to_numpy()
    wrong = np.flatnonzero(np.isin(numbers, list(errors)))
    return {int(at): errors[int(numbers[at])] for at in wrong}


def _convert(column: Column, texts: pa.Array, unit: str, rounded: bool) -> Converted:
    trimmed = pc.utf8_trim(texts, characters=STRIPPED)
    folded = trimmed
    if not pc.all(pc.string_is_ascii(trimmed), min_count=0).as_py():
        folded = pc.utf8_trim(pc.utf8_normalize(trimmed, form="NFKC"), characters=STRIPPED)
    empty = pc.match_substring_regex(folded, _EMPTY)
    if column.kind == "text":
        return _text(column, trimmed, folded, empty)
    kind = column.arrow
    done, values = _fast(column, folded, unit, kind)
    slow = pc.and_not(pc.invert(done), empty)
    if not pc.any(slow, min_count=0).as_py():
        return Converted(values, empty)
    parse = parser(column, unit, rounded=rounded)
    parsed, errors = _by_distinct(texts.filter(slow), parse, kind)
    where = np.flatnonzero(slow.to_numpy(zero_copy_only=False))
    values = pc.replace_with_mask(values, slow, parsed)
    return Converted(values, empty, {int(where[at]): code for at, code in errors.items()})


def _text(column: Column, trimmed: pa.Array, folded: pa.Array, empty: pa.Array) -> Converted:
    """Text stays as it is but for its ends; identifiers are stored in half width so that they meet."""
    key = is_key(column)
    wrong = pc.match_substring_regex(folded, _KEY_FLOAT if key else _FLOAT)
    null = pa.scalar(None, pa.string())
    values = pc.if_else(pc.or_(empty, wrong), null, folded if key else trimmed)
    positions = np.flatnonzero(wrong.to_numpy(zero_copy_only=False))
    return Converted(values, empty, {int(at): "float-identifier" for at in positions})


def _fast(column: Column, folded: pa.Array, unit: str, kind: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """Which texts have the ordinary form of their kind, and their values (null elsewhere)."""
    if column.kind == "money":
        return _fast_money(folded, unit)
    if column.kind in ("date", "datetime"):
        return _fast_moments(folded, kind)
    return pa.repeat(pa.scalar(False), len(folded)), pa.nulls(len(folded), kind)


def _fast_money(folded: pa.Array, unit: str) -> tuple[pa.Array, pa.Array]:
    decimals = len(str(UNITS_FEN[unit])) - 1
    digits = 15 - decimals  # keeps every amount below money.FEN_MAX
    if pc.any(pc.match_substring(folded, ","), min_count=0).as_py():
        grouped = pc.match_substring_regex(folded, r"^-?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
        folded = pc.if_else(grouped, pc.replace_substring(folded, ",", ""), folded)
    done = pc.match_substring_regex(folded, rf"^-?\d{{1,{digits}}}(?:\.\d{{1,{decimals}}})?$")
    plain = pc.if_else(done, folded, pa.scalar(None, pa.string()))
    exact = plain.cast(pa.decimal128(25, decimals))
    factor = pa.scalar(UNITS_FEN[unit], pa.decimal128(12, 0))
    return done, pc.multiply(exact, factor).cast(pa.int64())


def _fast_moments(folded: pa.Array, kind: pa.DataType) -> tuple[pa.Array, pa.Array]:
    shaped = pc.match_substring_regex(folded, _MOMENT)
    days = pc.utf8_slice_codeunits(folded, 0, 10).filter(shaped)
    impossible = [day for day in pc.unique(days).to_pylist() if not _is_day(day)]
    known = pc.is_in(pc.utf8_slice_codeunits(folded, 0, 10), pa.array(impossible, pa.string()))
    done = pc.and_not(shaped, known)
    plain = pc.if_else(done, folded, pa.scalar(None, pa.string()))
    values = plain.cast(pa.timestamp("ms"))
    for shape in _OTHER_MOMENTS:
        left = pc.invert(done)
        if not pc.any(left, min_count=0).as_py():
            break
        found = _moments_of_shape(folded.filter(left), shape)
        values = pc.replace_with_mask(values, left, found)
        done = pc.is_valid(values)
    return done, values if kind == pa.timestamp("ms") else values.cast(kind, safe=False)


def _moments_of_shape(texts: pa.Array, shape: str) -> pa.Array:
    """Moments of the texts that have a shape and are possible, null for all others."""
    parts = pc.extract_regex(texts, shape)
    fraction = pc.utf8_rpad(parts.field("f"), 3, "0")
    year, month, day, hour, minute, second, ms = (
        pc.if_else(pc.equal(text, ""), "0", text).cast(pa.int64()).fill_null(0).to_numpy()
        for text in (*(parts.field(name) for name in "ymdHMS"), fraction)
    )
    month_begins = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    day_begins = month_begins.astype("datetime64[D]") + (day - 1)
    possible = (
        (year >= YEAR_MIN) & (month >= 1) & (month <= 12) & (day >= 1)
        & (day_begins.astype("datetime64[M]") == month_begins) & (hour < 24) & (minute < 60) & (second < 60)
    )  # fmt: skip
    moments = day_begins.astype("datetime64[ms]") + (((hour * 60 + minute) * 60 + second) * 1000 + ms)
    return pa.array(moments, pa.timestamp("ms"), mask=~(possible & parts.is_valid().to_numpy(False)))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _by_distinct(
    texts: pa.Array, parse: Callable[[str], Value], kind: pa.DataType
) -> tuple[pa.Array, dict[int, str]]:
    """Parse each distinct text once; returns the values and the error code of each wrong position."""
    encoded = texts.dictionary_encode()
    values: list[Value] = []
    codes: dict[int, str] = {}
    for number, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            values.append(parse(text))
        except CellError as error:
            values.append(None)
            codes[number] = error.code
    return pa.array(values, kind).take(encoded.indices), _spread(codes, encoded.indices)
