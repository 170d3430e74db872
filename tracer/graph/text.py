"""Texts as the rules compare them (rules-exact.md section 0), on whole columns at once.

Every function takes and returns a column of texts of the same length; what is *empty* comes back as null.
The work is done once per distinct value.
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

EMPTY = ("", "-", "—", "/", "无", "待定", "N/A", "NULL")
"""Texts that say nothing, as compared."""

_WHITE_SPACE = r"[\s\x0b\x1c-\x1f\x{85}\p{Z}]+"
_BRACKETS = r"[〔〕［］【】()\[\]《》]+"
_DOTS = r"[·•・‧．.]+"
_FOLDS = dict(
    zip(
        "峯堃喆昇彥國劉張陳楊趙黃吳孫馬龍華麗",
        "峰坤哲升彦国刘张陈杨赵黄吴孙马龙华丽",
        strict=True,
    )
)


def filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts unchanged, but null where they are empty."""
    return on_distinct(column, lambda values: pc.if_else(pc.is_valid(_compared(values)), values, None))


def text_key(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts after NFKC, without white space, in upper case."""
    return on_distinct(column, _compared)


def document_key(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return document numbers as `text_key` does, without brackets."""
    return on_distinct(
        column, lambda values: _null_empty(pc.replace_substring_regex(_compared(values), _BRACKETS, ""))
    )


def name_key(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return names of persons as `text_key` does, without dots, variant characters folded."""
    return on_distinct(column, _name)


def on_distinct(column: pa.ChunkedArray, function: Callable[[pa.Array], pa.Array]) -> pa.ChunkedArray:
    """Apply a function of texts to the distinct values of a column."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):  # what combine_chunks makes of a column without chunks
        encoded = encoded.combine_chunks()
    return pa.chunked_array([function(encoded.dictionary).take(encoded.indices)])


def _compared(values: pa.Array) -> pa.Array:
    plain = pc.replace_substring_regex(pc.utf8_normalize(values, form="NFKC"), _WHITE_SPACE, "")
    return _null_empty(pc.utf8_upper(plain))


def _name(values: pa.Array) -> pa.Array:
    names = pc.replace_substring_regex(_compared(values), _DOTS, "")
    for variant, usual in _FOLDS.items():
        names = pc.replace_substring(names, variant, usual)
    return _null_empty(names)


def _null_empty(values: pa.Array) -> pa.Array:
    empty = pc.is_in(values, value_set=pa.array(EMPTY))
    return pc.if_else(empty, None, values)
