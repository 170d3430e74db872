"""Single cells: every accepted form, every refused one, and that the fast way equals the exact one."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cells import CellError, Value, float_text, is_empty, parser
from ingest.convert import convert
from tracer.schema import TABLES, Column

AMOUNT = TABLES["payments"].by_name["amount"]
PAID_AT = TABLES["payments"].by_name["paid_at"]
APPROVED_ON = TABLES["projects"].by_name["approved_on"]
PROGRESS = TABLES["projects"].by_name["physical_progress"]
TARGET = TABLES["targets"].by_name["target_value"]
REGISTER_ONLY = TABLES["funds"].by_name["register_only"]
ACCOUNT_TYPE = TABLES["accounts"].by_name["account_type"]
LEVEL = TABLES["agencies"].by_name["level"]
ACCOUNT = TABLES["payments"].by_name["payee_account"]
PURPOSE = TABLES["payments"].by_name["purpose"]


def outcome(column: Column, text: str, unit: str = "元", rounded: bool = False) -> Value:
    """The value of a cell, or the code of its error, by the fast way; checked against the exact way."""
    fast = convert(column, pa.array([text]), unit, rounded=rounded)
    exact: Value = None
    if not is_empty(text):
        try:
            exact = parser(column, unit, rounded=rounded)(text)
        except CellError as error:
            exact = error.code
    assert fast.empty[0].as_py() == is_empty(text)
    found: Value = fast.errors.get(0, fast.values[0].as_py())
    assert found == exact, (text, found, exact)
    return found


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12", 1200),
        ("1,234.50", 123450),
        ("１，２３４．５０", 123450),
        (" 7.5\u3000", 750),
        ("-3", -300),
        ("\u22123", -300),
        ("+7", 700),
        (".5", 50),
        ("12.340", 1234),
        ("￥1,000", 100000),
        ("-¥2", -200),
        ("3万元", 3000000),
        ("0012.30", 1230),
        ("\ufeff8", 800),
    ],
)
def test_money(text: str, fen: int) -> None:
    assert outcome(AMOUNT, text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", "too-many-decimals"),
        ("(5)", "not-a-number"),
        ("1,23", "not-a-number"),
        ("1e5", "not-a-number"),
        ("12 34", "not-a-number"),
        ("约5", "not-a-number"),
        ("5美元", "not-a-number"),
        ("12345678901234567890", "too-large"),
    ],
)
def test_money_refused(text: str, code: str) -> None:
    assert outcome(AMOUNT, text) == code


def test_money_in_units() -> None:
    assert outcome(AMOUNT, "1.234567", "万元") == 1234567
    assert outcome(AMOUNT, "1.2345678", "万元") == "too-many-decimals"
    assert outcome(AMOUNT, "1.2345675", "万元", rounded=True) == 1234568
    assert outcome(AMOUNT, "-1.2345675", "万元", rounded=True) == -1234568
    assert outcome(AMOUNT, "0.00000001", "亿元") == 100
    assert outcome(AMOUNT, "2.5", "千元") == 250000
    assert outcome(AMOUNT, "2元", "万元") == "unit-conflict"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2019-12-20",
            "2019/12/20",
            "2019.12.20",
            "20191220",
            "2019年12月20日",
            "43819",
            "２０１９－１２－２０",
        ),
        *("2019-12-20 00:00", "2019-12-20T00:00:00.000"),
    ],
)
def test_one_day_in_all_forms(text: str) -> None:
    assert outcome(APPROVED_ON, text) == date(2019, 12, 20)
    assert outcome(PAID_AT, text) == datetime(2019, 12, 20)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019/6/18 09:30:12", datetime(2019, 6, 18, 9, 30, 12)),
        ("2019-06-18T09:30", datetime(2019, 6, 18, 9, 30)),
        ("2019年6月18日 9:30", datetime(2019, 6, 18, 9, 30)),
        ("20190618 09:30:12.5", datetime(2019, 6, 18, 9, 30, 12, 500_000)),
        ("2019-06-18 23:59:59.999", datetime(2019, 6, 18, 23, 59, 59, 999_000)),
        ("43819.39597621528", datetime(2019, 12, 20, 9, 30, 12, 345_000)),
        ("2020-02-29", datetime(2020, 2, 29)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert outcome(PAID_AT, text) == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2019-06-31", "impossible-date"),
        ("2019-02-29", "impossible-date"),
        ("20190631", "impossible-date"),
        ("2019-13-01", "impossible-date"),
        ("0019-12-20", "impossible-date"),
        ("2019-12-20 24:00", "impossible-time"),
        ("2019-12-20 09:60:00", "impossible-time"),
        ("2019-12-20 09:30:12.1234", "not-a-date"),
        ("2019-12-20Z", "not-a-date"),
        ("2019-12/20", "not-a-date"),
        ("2019-12", "not-a-date"),
        ("2019", "not-a-date"),
        ("19-12-20", "not-a-date"),
        ("去年", "not-a-date"),
    ],
)
def test_dates_refused(text: str, code: str) -> None:
    assert outcome(PAID_AT, text) == code
    assert outcome(APPROVED_ON, text) == code


def test_percent_number_and_yes_no() -> None:
    assert outcome(PROGRESS, "80%") == outcome(PROGRESS, "８０％") == outcome(PROGRESS, "80") == Decimal(80)
    assert outcome(PROGRESS, "八成") == "not-a-number"
    assert outcome(TARGET, "1,234.5") == Decimal("1234.5")
    assert outcome(TARGET, "95%") == "not-a-number"
    assert outcome(TARGET, "0.12345678901") == "too-precise"
    assert outcome(TARGET, "9" * 18) == "too-large"
    for yes, no in (("是", "否"), ("Yes", "no"), ("TRUE", "false"), ("1", "０")):
        assert (outcome(REGISTER_ONLY, yes), outcome(REGISTER_ONLY, no)) == (True, False)
    assert outcome(REGISTER_ONLY, "也许") == "not-yes-no"


def test_words_of_enumerations() -> None:
    assert outcome(ACCOUNT_TYPE, "国库账户") == outcome(ACCOUNT_TYPE, "国库") == "treasury"
    assert outcome(ACCOUNT_TYPE, "Treasury ") == "treasury"
    assert outcome(ACCOUNT_TYPE, "统筹整合 专账") == "pool"
    assert outcome(LEVEL, "乡镇") == outcome(LEVEL, "乡") == "township"
    assert outcome(LEVEL, "省级") == "province"
    assert outcome(LEVEL, "国家") == "not-a-word"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ＣＡＳＨ", "CASH"),
        (" 6222020001\u200b", "6222020001"),
        ("0012", "0012"),
        ("1.23E+17", "float-identifier"),
        ("6.2E16", "float-identifier"),
        ("123456.0", "float-identifier"),
        ("1E5", "1E5"),
    ],
)
def test_identifiers_are_text(text: str, value: str) -> None:
    assert outcome(ACCOUNT, text) == value


def test_free_text_keeps_its_width() -> None:
    assert outcome(PURPOSE, "　补助（２０１９）\n") == "补助（２０１９）"
    assert outcome(PURPOSE, "1.23E+17") == "float-identifier"


@pytest.mark.parametrize(
    "text", ["", " \u3000\t", "-", "—", "－", "/", "无", "待定", "待 定", "N/A", "n / a", "null"]
)
def test_empty_cells(text: str) -> None:
    for column in (AMOUNT, PAID_AT, ACCOUNT, PURPOSE, LEVEL, PROGRESS, REGISTER_ONLY):
        assert outcome(column, text) is None


@pytest.mark.parametrize("text", ["——", "无锡", "--", "NULLS", "待", "0"])
def test_not_empty(text: str) -> None:
    assert outcome(PURPOSE, text) == text


@pytest.mark.parametrize(
    ("number", "kind", "unit", "text"),
    [
        (0.1 + 0.2, "money", "元", "0.3"),
        (1234.5600000000001, "money", "元", "1234.56"),
        (12345678901234.56, "money", "元", "12345678901234.56"),
        (1.005, "money", "元", "1.005"),
        (12.345678, "money", "万元", "12.345678"),
        (1e16, "money", "元", "10000000000000000"),
        (123.0, "text", "元", "123"),
        (123456789012345.0, "text", "元", "123456789012345"),
        (1.234567890123457e17, "text", "元", "1.23456789012346E+17"),
        (1.5, "text", "元", "1.5"),
        (43819.0, "date", "元", "43819"),
    ],
)
def test_numbers_of_spreadsheets_as_text(number: float, kind: str, unit: str, text: str) -> None:
    assert float_text(number, kind, unit) == text


# Arrow and Python may know different versions of Unicode: only characters that both know can be compared.
_KNOWN = st.characters(exclude_categories=("Cn", "Cs", "Co"))
_CELL_TEXT = st.one_of(
    st.text(alphabet="0123456789.,-+¥￥元万千 １２，．－()eE", max_size=14),
    st.text(alphabet="0123456789-/. :T年月日", max_size=24),
    st.dates().map(str),
    st.datetimes(min_value=datetime(1890, 1, 1)).map(lambda moment: moment.isoformat(" ", "milliseconds")),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.text(_KNOWN, max_size=12),
    st.sampled_from(["无", "待定", "N/A", "null", "是", "TRUE", "国库", "Central", "1.2E+17", "80%"]),
)


@settings(max_examples=400, deadline=None)
@given(_CELL_TEXT, st.sampled_from(["元", "千元", "万元", "亿元"]))
def test_the_fast_way_equals_the_exact_way(text: str, unit: str) -> None:
    for column in (
        AMOUNT,
        PAID_AT,
        APPROVED_ON,
        PROGRESS,
        TARGET,
        REGISTER_ONLY,
        ACCOUNT_TYPE,
        ACCOUNT,
        PURPOSE,
    ):
        outcome(column, text, unit)


@settings(max_examples=100, deadline=None)
@given(st.lists(_CELL_TEXT, max_size=30))
def test_a_column_equals_its_cells_one_by_one(texts: list[str]) -> None:
    together = convert(AMOUNT, pa.array(texts * 3, pa.string()))
    alone = [outcome(AMOUNT, text) for text in texts] * 3
    assert [together.errors.get(at, value) for at, value in enumerate(together.values.to_pylist())] == alone
