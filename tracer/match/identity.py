"""ID card numbers: 15 digits as 18, check characters, and what is wrong with a number (GB 11643).

On whole columns; the work is done once per distinct value.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import on_distinct, text_key

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_CHARACTERS = np.frombuffer(b"10X98765432", np.uint8)
_REGIONS = [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)]
_REGIONS += [71, 81, 82, 83]
_FIRST_BIRTH = np.datetime64("1900-01-01")

_Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def id_key(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ID numbers and codes as `text_key` does, 15 digits as 18 (19 put in, check added)."""
    return on_distinct(text_key(column), _with_18_digits)


def id_problems(keys: pa.Array) -> pa.Table:
    """Say of distinct compared ID numbers what is wrong with them (RH03).

    Columns: `key`; `problem`, one of format, check-character, birth-date, region, or null; `birth_day`, null
    where the format is wrong or there is no such date. Whether a birth lies after a payment is left to the
    caller.
    """
    well_formed = pc.match_substring_regex(keys, r"^[0-9]{17}[0-9X]$")
    good = np.asarray(well_formed.fill_null(False))
    characters = _characters(keys.filter(well_formed), 18)
    digits = characters[:, :17] - ord("0")
    born, born_exists = _births(digits)
    problem = np.full(len(keys), "format", object)
    region = digits[:, 0] * 10 + digits[:, 1]
    problem[good] = np.select(
        [
            characters[:, 17] != _check_characters(digits),
            ~born_exists | (born < _FIRST_BIRTH),
            ~np.isin(region, _REGIONS),
        ],
        ["check-character", "birth-date", "region"],
        "",
    )
    birth_day = np.zeros(len(keys), np.int64)
    birth_day[good] = born.astype(np.int64)
    known = good.copy()
    known[good] = born_exists
    return pa.table(
        {
            "key": keys,
            "problem": pa.array(problem, pa.string(), mask=problem == ""),
            "birth_day": pa.array(birth_day, pa.int64(), mask=~known),
        }
    )


def _with_18_digits(values: pa.Array) -> pa.Array:
    old = pc.match_substring_regex(values, r"^[0-9]{15}$").fill_null(False)
    if not pc.any(old).as_py():
        return values
    short = _characters(values.filter(old), 15)
    long = np.empty((len(short), 18), np.uint8)
    long[:, :6] = short[:, :6]
    long[:, 6:8] = np.frombuffer(b"19", np.uint8)
    long[:, 8:17] = short[:, 6:]
    long[:, 17] = _check_characters(long[:, :17] - ord("0"))
    texts = pa.array(np.ascontiguousarray(long).view("S18").ravel().astype(str), pa.string())
    return pc.replace_with_mask(values, old, texts)


def _characters(values: pa.Array, width: int) -> _Bytes:
    """ASCII texts of equal length as a matrix of bytes."""
    texts = np.array(values.to_numpy(zero_copy_only=False), dtype=f"S{width}")
    return texts.view(np.uint8).reshape(len(texts), width)


def _check_characters(digits: _Bytes) -> _Bytes:
    """Check characters of 17 digits: the weighted sum modulo 11, looked up (GB 11643)."""
    characters: _Bytes = _CHECK_CHARACTERS[digits.astype(np.int64) @ _WEIGHTS % 11]
    return characters


def _births(digits: _Bytes) -> tuple[Any, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Birth dates in 17 digits, and which of them exist; what does not exist is 1970-01-01."""
    part = digits.astype(np.int64)
    year = part[:, 6:10] @ np.array([1000, 100, 10, 1])
    month = part[:, 10:12] @ np.array([10, 1])
    day = part[:, 12:14] @ np.array([10, 1])
    in_calendar = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(in_calendar, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + np.where(in_calendar, day - 1, 0)
    exists = in_calendar & (dates.astype("datetime64[M]") == months)
    return np.where(exists, dates, np.datetime64(0, "D")), exists
