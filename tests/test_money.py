"""Money is exact: what is read, what is printed, and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.money import FEN_MAX, UNITS_FEN, MoneyError, format_yuan, parse_fen, plain_yuan


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("0", "元", 0),
        ("1,234.50", "元", 123_450),
        ("1234.5", "万元", 1_234_500_000),
        ("0.000001", "万元", 1),
        ("-3.20", "元", -320),
        (".05", "元", 5),
        ("1.2000", "元", 120),
        ("1.5", "亿元", 15_000_000_000),
        ("2.345", "千元", 234_500),
    ],
)
def test_amounts_are_read_exactly(text: str, unit: str, fen: int) -> None:
    assert parse_fen(text, unit) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-a-number"),
        ("1,23.4", "not-a-number"),
        ("1e5", "not-a-number"),
        ("NaN", "not-a-number"),
        ("1 2", "not-a-number"),
        ("0.001", "too-many-decimals"),
        ("1." + "0" * 40 + "1", "too-many-decimals"),
        ("9" * 30, "too-large"),
    ],
)
def test_what_is_no_exact_amount_is_refused(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as error:
        parse_fen(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "fen"), [("0.005", 1), ("0.0049999", 0), ("-0.005", -1), ("2.675", 268), ("1.00499", 100)]
)
def test_rounding_is_half_up_and_only_when_asked(text: str, fen: int) -> None:
    assert parse_fen(text, rounded=True) == fen


@given(st.integers(-FEN_MAX, FEN_MAX))
def test_printing_and_reading_are_inverse(fen: int) -> None:
    assert parse_fen(format_yuan(fen)) == fen
    assert parse_fen(plain_yuan(fen)) == fen


@given(st.decimals(-9999, 9999, places=2), st.sampled_from(sorted(UNITS_FEN)))
def test_reading_agrees_with_decimal_arithmetic(amount: Decimal, unit: str) -> None:
    assert parse_fen(f"{amount:f}", unit, rounded=True) == int(amount * UNITS_FEN[unit])
