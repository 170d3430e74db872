"""Invented identifiers: well-formed where a check looks at them, and plainly unreal to a reader.

ID numbers carry the county code 229999, which no county has; accounts begin with 9999, which no bank has.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

REGION = "229999"
"""A code that belongs to no county, in a province code that exists (RH03 checks the first two digits)."""

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_STRIDE = 7_919
"""A prime that divides neither span of birth days, so that days repeat only after all were used."""

ADULTS = (np.datetime64("1940-01-01"), 21_000)
CHILDREN = (np.datetime64("2000-01-01"), 1_800)
STRANGERS = (np.datetime64("1930-01-01"), 3_600)


def id_numbers(count: int, births: tuple[np.datetime64, int] = ADULTS, first: int = 0) -> pa.Array:
    """ID numbers of GB 11643 form for persons `first` … `first + count - 1`; all different and well-formed.

    `births` is the first birth day and the number of days over which they are spread.
    """
    person = np.arange(first, first + count, dtype=np.int64)
    birth = births[0] + (person * _STRIDE % births[1]).astype("timedelta64[D]")
    serial = 100 + person // births[1]
    if count and serial[-1] > 999:
        raise ValueError("too many invented persons for three serial digits")
    text = np.char.add(np.char.replace(birth.astype("U10"), "-", ""), serial.astype("U3"))
    return with_checks(np.char.add(REGION, text))


def with_checks(bodies: npt.NDArray[np.str_]) -> pa.Array:
    """ID numbers of texts of 17 digits: their check characters put behind them."""
    digits = np.frombuffer("".join(bodies.tolist()).encode(), dtype=np.uint8).reshape(-1, 17) - ord("0")
    checks = _ID_CHECKS[(digits * _ID_WEIGHTS).sum(axis=1) % 11]
    return pa.array(np.char.add(bodies, checks.view("S1").astype("U1")))


def person_names(count: int, first: int = 0) -> pa.Array:
    """Names such as 示例甲丙丁乙, one per person, all different."""
    number = pc.cast(pa.array(np.arange(first, first + count)), pa.string())
    text = pc.utf8_lpad(number, 4, "0")
    for digit, stem in enumerate(_STEMS):
        text = pc.replace_substring(text, str(digit), stem)
    return pc.binary_join_element_wise("示例", text, "")


def account_number(kind: int, county: int, serial: int) -> str:
    """An account number of 19 digits: 9999, kind, county, serial."""
    return f"9999{kind:02d}{county:04d}{serial:09d}"


def account_numbers(kind: int, county: npt.NDArray[np.int64], serial: npt.NDArray[np.int64]) -> pa.Array:
    """`account_number` for many accounts at once."""
    counties = pc.utf8_lpad(pc.cast(pa.array(county), pa.string()), 4, "0")
    serials = pc.utf8_lpad(pc.cast(pa.array(serial), pa.string()), 9, "0")
    return pc.binary_join_element_wise(f"9999{kind:02d}", counties, serials, "")


def credit_code(serial: int) -> str:
    """A unified social credit code (GB 32100) of an invented company, check character right."""
    body = f"91{REGION}{serial:09d}"
    total = sum(
        _CREDIT_ALPHABET.index(char) * weight for char, weight in zip(body, _CREDIT_WEIGHTS, strict=True)
    )
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]


def serials(prefix: str, numbers: Sequence[int]) -> pa.Array:
    """Identifiers such as PZ00000001 for a run of serial numbers."""
    text = pc.cast(pa.array(np.asarray(numbers, dtype=np.int64)), pa.string())
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(text, 8, "0"), "")
