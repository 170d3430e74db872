"""ID numbers: GB 11643, rules-exact.md RH03."""

import random
from datetime import date

import pyarrow as pa
import pytest
from stdnum.cn import ric

from tracer.calendar import day_number
from tracer.match.identity import id_key, id_problems

PUBLISHED = ["11010519491231002X", "440524188001010014"]
"""The standard's own examples."""


def keys(*values: str | None) -> list[str | None]:
    found: list[str | None] = id_key(pa.chunked_array([pa.array(values, pa.string())])).to_pylist()
    return found


def problem(number: str) -> str | None:
    (found,) = id_problems(pa.array([number])).to_pylist()
    assert found["key"] == number
    text: str | None = found["problem"]
    return text


def with_check(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


def test_numbers_are_compared_like_texts() -> None:
    assert (
        keys("１１０１０５１９４９１２３１００２ｘ", " 110105 19491231 002x", "无", None)
        == [PUBLISHED[0]] * 2 + [None] * 2
    )
    assert keys("91110000ma001abc1d") == ["91110000MA001ABC1D"]


def test_fifteen_digits_become_eighteen() -> None:
    assert keys("110105491231002") == [PUBLISHED[0]]
    assert keys("130503670401001", "x", "130503670401001") == [
        "130503196704010016",
        "X",
        "130503196704010016",
    ]
    assert keys("13050367040100", "13050367040100A") == ["13050367040100", "13050367040100A"]


def test_published_examples_have_the_right_check_character() -> None:
    assert problem(PUBLISHED[0]) is None
    # Born in 1880: the character is right, the birth is before 1900-01-01.
    assert problem(PUBLISHED[1]) == "birth-date"
    for wrong in "0123456789":
        assert problem(PUBLISHED[0][:-1] + wrong) == "check-character"
    assert [problem(PUBLISHED[1][:-1] + c) for c in "012356789X"] == ["check-character"] * 10


def test_check_characters_agree_with_another_implementation() -> None:
    chance = random.Random(7)
    bodies = [
        f"110105{chance.randint(1900, 2019)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{n:03}"
        for n in range(300)
    ]
    numbers = [with_check(body) for body in bodies]
    found = id_problems(pa.array(numbers))
    assert found["problem"].to_pylist() == [None] * len(numbers)
    births = [date(int(n[6:10]), int(n[10:12]), int(n[12:14])) for n in numbers]
    assert found["birth_day"].to_pylist() == [day_number(birth) for birth in births]


@pytest.mark.parametrize(
    "number", ["1101051949123100", "11010519491231002Y", "A1010519491231002X", "", "X", "11010519491231002XX"]
)
def test_other_forms_are_wrong(number: str) -> None:
    assert problem(number) == "format"


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("19000101", None),
        ("18991231", "birth-date"),
        ("20000229", None),
        ("19000229", "birth-date"),
        ("20010229", "birth-date"),
        ("20011301", "birth-date"),
        ("20010001", "birth-date"),
        ("20010100", "birth-date"),
        ("20010431", "birth-date"),
        ("00000101", "birth-date"),
        ("99991231", None),
    ],
)
def test_birth_dates_must_exist_and_not_be_before_1900(birth: str, expected: str | None) -> None:
    assert problem(with_check(f"110105{birth}001")) == expected


def test_regions() -> None:
    right = [11, 15, 21, 23, 31, 37, 41, 46, 50, 54, 61, 65, 71, 81, 82, 83]
    wrong = [10, 16, 20, 24, 30, 38, 40, 47, 49, 55, 60, 66, 70, 72, 80, 84, 99]
    assert [problem(with_check(f"{region}010519491231002")) for region in right] == [None] * len(right)
    assert [problem(with_check(f"{region}010519491231002")) for region in wrong] == ["region"] * len(wrong)
    assert problem(with_check("119999194912310020"[:17])) is None  # the other four digits are not checked


def test_no_numbers_at_all() -> None:
    assert len(id_problems(pa.array([], pa.string()))) == 0
    assert len(id_problems(pa.array(["x"]))) == 1
