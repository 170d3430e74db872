"""Texts as the rules compare them (rules-exact.md section 0), on whole columns at once.

Every function takes a column of texts and returns one of the same length, encoded as a dictionary; what is
*empty* comes back as null. The work is done once per distinct value.
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
    """Apply a function of texts to the distinct values of a column; equal results get equal indices."""
    encoded = dictionary_of(column)
    values = function(encoded.dictionary).dictionary_encode()
    indices = values.indices.take(encoded.indices)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, values.dictionary)])


def distinct(column: pa.ChunkedArray) -> pa.Array:
    """The distinct texts of a column, without null."""
    return dictionary_of(column).dictionary.drop_null()


def dictionary_of(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column of texts, encoded or not, as one dictionary array."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    encoded = column.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # what a column without chunks remains
        encoded = pa.array([], column.type)
    return encoded


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
