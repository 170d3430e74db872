"""One cell of text becomes one value of its column, exactly, or an error that says why not.

This is the whole truth about cells; `convert.py` only does the ordinary forms faster.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite

from tracer.money import UNITS_FEN, MoneyError, parse_fen
from tracer.schema import Column

Value = str | int | bool | date | datetime | Decimal | None

STRIPPED = (
    " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
    + "".join(chr(code) for code in range(0x2000, 0x200B))
)
"""White space in the wide sense: also zero-width blanks and byte order marks that exports leave in cells."""

EMPTY_WORDS = frozenset({"", "-", "—", "/", "无", "待定", "N/A", "NULL"})
"""What counts as an empty cell (rules-exact.md section 0), compared as text is compared there."""

_BOOLS = {
    "是": True,
    "否": False,
    "YES": True,
    "NO": False,
    "TRUE": True,
    "FALSE": False,
    "1": True,
    "0": False,
}
_FLOAT_TEXT = re.compile(r"[+-]?(?:\d(?:\.\d+)?E\+\d+|\d\.\d+E\d+)", re.IGNORECASE)
_TRAILING_ZERO = re.compile(r"\d{4,}\.0+")
_CELL_UNIT = re.compile(r"(.*?)\s*([千万亿]?元)")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+")
_DATE = re.compile(
    r"(?:(?P<y1>\d{4})(?P<sep>[-/.])(?P<m1>\d{1,2})(?P=sep)(?P<d1>\d{1,2})"
    r"|(?P<y2>\d{4})(?P<m2>\d{2})(?P<d2>\d{2})"
    r"|(?P<y3>\d{4})\s?年\s?(?P<m3>\d{1,2})\s?月\s?(?P<d3>\d{1,2})\s?日)"
    r"(?:(?:\s+|T)(?P<time>.+))?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_SERIAL_EPOCH = datetime(1899, 12, 30)
YEAR_MIN = 1900

KEY_COLUMNS = frozenset(
    {"person_a", "person_b", "subject", "refund_of", "contract_no", "voucher_no", "account_no", "period"}
)
_KEY_ENDINGS = ("_id", "_account", "_code")


class CellError(ValueError):
    """A cell that cannot be taken; `code` names the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_key(column: Column) -> bool:
    """Whether a text column holds identifiers, which are stored in half width so that they meet."""
    return column.kind == "text" and (column.name.endswith(_KEY_ENDINGS) or column.name in KEY_COLUMNS)


def fold(text: str) -> str:
    """Half width (NFKC) without white space at the ends."""
    return unicodedata.normalize("NFKC", text.strip(STRIPPED)).strip(STRIPPED)


def is_empty(text: str) -> bool:
    """Whether a cell counts as empty (rules-exact.md section 0)."""
    stripped = text.strip(STRIPPED)
    return len(stripped) <= 20 and "".join(fold(stripped).split()).upper() in EMPTY_WORDS


def parse_text(text: str) -> str:
    """Free text as it stands, without white space at the ends."""
    if _FLOAT_TEXT.fullmatch(fold(text)):
        raise CellError("float-identifier")
    return text.strip(STRIPPED)


def parse_key(text: str) -> str:
    """An identifier in half width; raises `CellError` where a spreadsheet has made a float of it."""
    folded = fold(text)
    if _FLOAT_TEXT.fullmatch(folded) or _TRAILING_ZERO.fullmatch(folded):
        raise CellError("float-identifier")
    return folded


def parse_money(text: str, unit: str = "元", *, rounded: bool = False) -> int:
    """Fen of an amount in `unit`; a leading ¥ and a unit in the cell itself are taken.

    Raises `CellError`: not-a-number, too-many-decimals, too-large, unit-conflict.
    """
    amount = fold(text).replace("\u2212", "-")
    if found := _CELL_UNIT.fullmatch(amount):
        amount, own = found.groups()
        if own != unit and unit != "元":
            raise CellError("unit-conflict")
        unit = own
    sign = amount[:1] if amount[:1] in ("+", "-") else ""
    digits = amount.removeprefix(sign).removeprefix("¥").lstrip()
    try:
        return parse_fen(sign + digits, unit, rounded=rounded)
    except MoneyError as error:
        raise CellError(error.code) from error


def parse_moment(text: str) -> tuple[datetime, bool]:
    """A date with or without a time of day, and whether a time was given; milliseconds at most.

    Excel serials are numbers of five digits before the point (1927 to 2173): fewer digits look like a year.
    Raises `CellError`: not-a-date, impossible-date, impossible-time.
    """
    folded = fold(text)
    if _SERIAL.fullmatch(folded):
        ms = (Decimal(folded) * 86_400_000).to_integral_value()
        return _SERIAL_EPOCH + timedelta(milliseconds=int(ms)), "." in folded
    found = _DATE.fullmatch(folded)
    if not found:
        raise CellError("not-a-date")
    parts = found.groupdict()
    year, month, day = (int(parts[f"{p}1"] or parts[f"{p}2"] or parts[f"{p}3"]) for p in "ymd")
    if year < YEAR_MIN:
        raise CellError("impossible-date")
    try:
        moment = datetime(year, month, day)
    except ValueError as error:
        raise CellError("impossible-date") from error
    time = parts["time"]
    return (moment, False) if time is None else (moment + parse_time(time), True)


def parse_time(text: str) -> timedelta:
    """A time of day `HH:MM[:SS[.fff]]`; raises `CellError`: not-a-date, impossible-time."""
    found = _TIME.fullmatch(text)
    if not found:
        raise CellError("not-a-date")
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if hour > 23 or minute > 59 or second > 59:
        raise CellError("impossible-time")
    ms = int((found[4] or "0").ljust(3, "0"))
    return timedelta(hours=hour, minutes=minute, seconds=second, milliseconds=ms)


def parse_number(text: str) -> Decimal:
    """An exact decimal with at most ten decimals; raises `CellError`."""
    folded = fold(text).replace("\u2212", "-")
    if not _NUMBER.fullmatch(folded):
        raise CellError("not-a-number")
    number = Decimal(folded.replace(",", ""))
    if number.adjusted() >= 17:
        raise CellError("too-large")
    if number != round(number, 10):
        raise CellError("too-precise")
    return number


def parse_percent(text: str) -> Decimal:
    """Percent points: `80%` and `80` are both 80; raises `CellError`."""
    return parse_number(fold(text).removesuffix("%").rstrip())


def parse_bool(text: str) -> bool:
    """Yes or no; raises `CellError`: not-yes-no."""
    word = fold(text).upper()
    if word not in _BOOLS:
        raise CellError("not-yes-no")
    return _BOOLS[word]


def enum_parser(column: Column) -> Callable[[str], str]:
    """A parser of the column's words, English or Chinese, without regard to width, blanks and case."""
    words = {_word(word): english for word, english in column.words}

    def parse(text: str) -> str:
        english = words.get(_word(text))
        if english is None:
            raise CellError("not-a-word")
        return english

    return parse


def _word(text: str) -> str:
    return "".join(fold(text).split()).upper()


def parser(column: Column, unit: str = "元", *, rounded: bool = False) -> Callable[[str], Value]:
    """The function that turns a text that is not empty into a value of this column or raises `CellError`."""
    if column.kind == "money":
        return lambda text: parse_money(text, unit, rounded=rounded)
    if column.kind == "enum":
        return enum_parser(column)
    if column.kind == "text":
        return parse_key if is_key(column) else parse_text
    if column.kind == "date":
        return lambda text: parse_moment(text)[0].date()
    return _BY_KIND[column.kind]


_BY_KIND: dict[str, Callable[[str], Value]] = {
    "datetime": lambda text: parse_moment(text)[0],
    "bool": parse_bool,
    "percent": parse_percent,
    "number": parse_number,
}


def float_text(number: float, kind: str, unit: str = "元") -> str:
    """A spreadsheet's number as text for a column of this kind.

    Money keeps its shortest exact decimal; where that has more decimals than fen have, the 15 digits count
    that the spreadsheet itself shows, so that the noise of binary fractions (`1234.5600000000001`) is no
    third decimal. Text takes whole numbers of up to 15 digits; longer ones keep their exponent and are
    refused. What is no number (a file can say `1E999`) stays a word, and is judged as one.
    """
    if not isfinite(number):
        return repr(number)
    shortest = Decimal(repr(number))
    if kind in ("money", "number", "percent"):
        if -int(shortest.as_tuple().exponent) > _decimals(kind, unit):
            shortest = Decimal(format(number, ".15g"))
        return format(shortest, "f").removesuffix(".0")
    if kind in ("date", "datetime"):
        return str(int(number)) if number.is_integer() else format(shortest, "f")
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return format(number, ".14E") if abs(number) >= 1e15 else format(Decimal(format(number, ".15g")), "f")


def _decimals(kind: str, unit: str) -> int:
    return len(str(UNITS_FEN[unit])) - 1 if kind == "money" else 10
