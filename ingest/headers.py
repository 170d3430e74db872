"""Header texts: what a cell of a header row says once marks, units and remarks are taken off."""

import re
import unicodedata
from functools import lru_cache

from ingest.cells import STRIPPED
from tracer.schema import TABLES, Column

_BRACKETED = re.compile(r"[(\[【〔{](?P<inside>[^()\[\]【】〔〕{}]*)[)\]】〕}]$")
_REMARK = re.compile(
    r"必填|必填项|必录|选填|可空|非必填|文本|数字|日期|下拉|\d{1,2}|[ymdhs\-/:]+|required|optional",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\(?\d{1,2}\)?[.、]?(?P<base>.+)")
_MARKS = "*※★☆▲△●◆#:"
UNIT = r"(?:[百十千万亿]{0,2}元|[美欧日港澳加]元)"
_HEADER_UNIT = re.compile(rf"(?:金额)?(?:单位)?:?(?:人民币)?(?P<unit>{UNIT})(?:人民币)?")
_BARE_UNIT = re.compile(rf"(?P<base>.+?)[:/_,、\-]?(?:单位:?)?(?P<unit>{UNIT})")
_ENGLISH_UNITS = {"yuan": "元", "cny": "元", "rmb": "元", "人民币": "元"}


def header_text(text: str) -> str:
    """A header without width, blanks, line breaks, marks such as `*` and closing colon, in lower case."""
    folded = unicodedata.normalize("NFKC", text)
    bare = "".join(char for char in folded if not char.isspace() and char not in STRIPPED)
    return bare.strip(_MARKS).casefold()


@lru_cache(65_536)
def split_header(text: str) -> tuple[str, str | None]:
    """A header's name and the unit that it states: `金额（万元）` → 金额, 万元."""
    name, unit = header_text(text), None
    while found := _BRACKETED.search(name):
        inside = found["inside"]
        if stated := _HEADER_UNIT.fullmatch(inside):
            unit = stated["unit"]
        elif inside in _ENGLISH_UNITS:
            unit = _ENGLISH_UNITS[inside]
        elif not _REMARK.fullmatch(inside):
            break
        name = name[: found.start()].strip(_MARKS)
    if name not in KNOWN and (found := _BARE_UNIT.fullmatch(name)) and found["base"] in KNOWN:
        name, unit = found["base"], found["unit"]
    if name not in KNOWN and (found := _NUMBERED.fullmatch(name)) and found["base"] in KNOWN:
        name = found["base"]
    return name, unit


def _known_headers() -> dict[str, list[Column]]:
    known: dict[str, list[Column]] = {}
    for table in TABLES.values():
        for column in table.columns:
            for header in dict.fromkeys(map(header_text, column.headers)):
                known.setdefault(header, []).append(column)
    return known


KNOWN = _known_headers()


def column_letter(cell: int) -> str:
    """The letters by which a spreadsheet calls a column counted from 0: A, …, Z, AA, …"""
    letters = ""
    number = cell + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
