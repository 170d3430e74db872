"""What stands in an ID or account cell: a full number, a flawed one, a masked one, a credit code, or none."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from stdnum.cn import uscc

from tracer.compared import text_key
from tracer.match.identity import id_key, id_problems

FULL, OLD, FLAWED, MASKED, CREDIT, UNREADABLE = "full", "old", "flawed", "masked", "credit", "unreadable"
"""Kinds of an ID number: 18 characters with nothing wrong; 15 digits, which have no check character; 18
characters of which check, birth date or region is wrong; some digits hidden; a unified social credit code,
which is no person's; anything else."""

TAIL = 4
"""A masked number is compared by its last digits if it shows so many of them."""

_HEAD = 12
"""A masked number without a tail is compared only if it shows region and month of birth."""

_PLACEHOLDERS = ("123456789012345678", *(digit * 18 for digit in "0123456789"))
"""What is typed where a form insists on a number."""

_MASK_CHARACTERS = r"[*#?•●○×＊_]|\.{3}"
_CREDIT = r"^[0-9A-HJ-NPQRTUWXY]{18}$"

_Bools = np.ndarray[Any, np.dtype[np.bool_]]


def id_forms(numbers: pa.ChunkedArray) -> pa.Table:
    """Read ID cells. Columns as long: `id_key`, `id_kind`, `id_pattern`, `id_tail`; all may be null.

    `id_key` is the number as rules compare it (15 digits as 18), null where it is masked, a credit code, or
    no number: one that lacks a digit or has one too many still is;
    `id_pattern` is a LIKE pattern for such keys, only where the number is masked and shows enough to be
    compared; `id_tail` the last four characters where they are known.
    """
    texts = _plain(text_key(numbers))
    keys = _plain(id_key(numbers))
    starred = _starred(texts)
    problem = id_problems(keys)["problem"].combine_chunks()
    masked = _true(pc.match_substring(starred, "*"))
    old = _true(pc.match_substring_regex(texts, "^[0-9]{15}$"))
    credit = _credit_codes(keys, problem) & ~old
    no_number = pc.or_(pc.equal(problem, "format"), pc.is_in(keys, pa.array(_PLACEHOLDERS)))
    kind = np.select(
        [masked, credit, _true(no_number), old, _true(pc.is_valid(problem))],
        [MASKED, CREDIT, UNREADABLE, OLD, FLAWED],
        FULL,
    )
    readable = pc.match_substring_regex(keys, "^[0-9]{14,19}[0-9X]$").fill_null(False)
    is_number = pc.and_(readable, pc.invert(pc.is_in(keys, pa.array(_PLACEHOLDERS))))
    key = pc.if_else(pc.and_(is_number, pa.array(~credit)), keys, None)
    shown = pc.utf8_slice_codeunits(starred, -TAIL)
    tail_known = pc.match_substring_regex(shown, rf"^[0-9]{{{TAIL - 1}}}[0-9X]$")
    pattern = _pattern(starred)
    enough = pc.or_(tail_known, pc.match_substring_regex(pattern, rf"^[0-9]{{{_HEAD}}}"))
    return pa.table(
        {
            "id_key": key,
            "id_kind": pa.array(kind, pa.string(), mask=np.asarray(pc.is_null(texts))),
            "id_pattern": pc.if_else(pc.and_(pa.array(masked), enough), pattern, None),
            "id_tail": pc.if_else(
                pa.array(masked), pc.if_else(tail_known, shown, None), pc.utf8_slice_codeunits(key, -TAIL)
            ),
        }
    )


def account_forms(numbers: pa.ChunkedArray) -> pa.Table:
    """Read account cells. Columns: `account_key`, null where masked; `account_pattern`, only where masked."""
    keys = pc.replace_substring_regex(_plain(text_key(numbers)), r"[-‐-―]+", "")
    starred = pc.replace_substring_regex(keys, _MASK_CHARACTERS, "*")
    masked = pc.match_substring(starred, "*")
    enough = pc.match_substring_regex(starred, rf"[0-9]{{{TAIL}}}$")
    runs = pc.replace_substring_regex(starred, r"\*+", "%")
    return pa.table(
        {
            "account_key": pc.if_else(masked, None, keys),
            "account_pattern": pc.if_else(pc.and_(masked, enough), runs, None),
        }
    )


def _starred(texts: pa.Array) -> pa.Array:
    """Texts with `*` for each hidden character; a run of X hides too; a last X after a digit is a check."""
    starred = pc.replace_substring_regex(texts, _MASK_CHARACTERS, "*")
    body, last = pc.utf8_slice_codeunits(starred, 0, -1), pc.utf8_slice_codeunits(starred, -1)
    hidden = pc.replace_substring(body, "X", "*")
    last = pc.if_else(pc.and_(pc.equal(last, "X"), pc.ends_with(hidden, "*")), "*", last)
    crossed = pc.match_substring_regex(starred, "^[0-9]*X{2,}[0-9X]*$")
    return pc.if_else(crossed, pc.binary_join_element_wise(hidden, last, ""), starred)


def _pattern(starred: pa.Array) -> pa.Array:
    """LIKE patterns: place by place where there are 18 or 15 characters, else what comes before and after."""
    places = pc.replace_substring(starred, "*", "_")
    old = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(places, 0, 6), "19", pc.utf8_slice_codeunits(places, 6), "_", ""
    )
    runs = pc.replace_substring_regex(starred, r"\*+", "%")
    length = pc.utf8_length(starred)
    return pc.case_when(
        pc.make_struct(pc.equal(length, 18).fill_null(False), pc.equal(length, 15).fill_null(False)),
        places,
        old,
        runs,
    )


def _credit_codes(keys: pa.Array, problem: pa.Array) -> _Bools:
    """Which are valid credit codes; digits with a birth date that exists are a flawed ID number instead."""
    no_person = pc.is_in(problem, pa.array(["format", "birth-date"]))
    fits = _true(pc.and_(no_person, pc.match_substring_regex(keys, _CREDIT)))
    found = np.zeros(len(keys), np.bool_)
    found[fits] = [uscc.is_valid(text) for text in keys.filter(pa.array(fits)).to_pylist()]
    return found


def _plain(texts: pa.ChunkedArray) -> pa.Array:
    plain = texts.cast(pa.string())
    return pa.concat_arrays(plain.chunks) if plain.num_chunks else pa.array([], pa.string())


def _true(values: pa.Array) -> _Bools:
    return np.asarray(values.fill_null(False))
