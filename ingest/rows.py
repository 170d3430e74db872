"""What each row below a header is: data, a totals row, or blank; nothing is left out of the three.

Blank are also rows without data: a header repeated on a new page, notes and signatures below the table
(`注：…`, `制表人：…`), headings of sections (`一、…`) that stand alone in their row, and rows with nothing
but a serial number. Anything else that is not a totals row is data, and is rejected with its reasons where it
is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.cells import fold, is_empty
from ingest.headers import header_text
from ingest.plan import Plan, RowPattern
from ingest.sheet import Sheet
from ingest.units import stated_unit

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Int8s = np.ndarray[tuple[int], np.dtype[np.int8]]
Int64s = np.ndarray[tuple[int], np.dtype[np.int64]]

DATA, TOTALS, BLANK = 0, 1, 2

_WORDS = "合计|小计|总计|共计|累计|总合计"
TOTALS_WORD = re.compile(
    rf"(?:.{{0,16}}(?:{_WORDS})(?:金额|数|额)?(?:\([^()]*\))?|(?:合计|总计|共计):?.{{0,30}}|(?:grand|sub)?-?total):?"
)
_SPACED = [r"\s*".join(word) for word in _WORDS.split("|")]
_TOTALS_ALONE = (
    rf"(?i)^\s*(?:本\s*[页月日季年])?\s*(?:{'|'.join(_SPACED)}|(?:grand|sub)?[ -]?total)\s*[:：]?\s*$"
)
_ROLES = (
    "制表|填报|填表|编制|审核|复核|经办|负责|单位负责|财务负责|分管领导|主管领导"
    "|联系|报送|打印|制单|记账|出纳|会计|主管"
)
_SIGNED = rf".{{0,8}}(?:{_ROLES})(?:人|员|单位|部门|日期|时间|签字|签章|电话|领导)?"
_FOOTNOTES = "注|备注|附注|说明|填表说明|填报说明|编制说明|附件"
FOOTNOTE = re.compile(rf"(?:{_FOOTNOTES})\d*[:.、]")
"""A note that says so: it belongs to the table above it."""

NOTE = re.compile(
    rf"(?:{_FOOTNOTES})\d*[:.、]?.*"
    rf"|{_SIGNED}(?:\(.*\))?:.*|联系电话:?[-\d]*"
    r"|\(?.{0,12}(?:公章|盖章|签章|签字|签名)处?\)?:?.*"
    r"|第\d+页.*|共\d+页.*|-+\d+-+|page\d+.*|以下空白|以上.{0,10}|转下页|承前页|续表"
    r"|(?:本表|此表|以上数据|数据截至|数据来源|数据口径).*|.{0,8}为?必填项?"
    r"|(?:金额)?单位.{0,4}元.{0,6}|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
)
"""What stands below a table and is no data of it: notes, signatures, stamps, numbers of pages."""

_LABEL = re.compile(_SIGNED)
_SIGNATURE = rf"^\s*(?:{_ROLES}).{{0,4}}\s*[:：]\s*$"
_DAY = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|年月日")
_OFFICE = re.compile(r".{2,30}(?:局|办|办公室|委|厅|部|科|股|所|站|中心|政府|委员会|银行|公司)(?:\(.*\))?")
_POINT = re.compile(r"(?:\d{1,2}[.、]?|\(\d{1,2}\))\D.+")
_SECTION = re.compile(r"(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\)).{1,40}")
_SERIAL = re.compile(r"\d{1,6}")


def identifying_columns(plan: Plan) -> tuple[str, ...]:
    """The identifier, or the required text columns of a table without one, as far as the sheet has them."""
    if plan.table is None:
        return ()
    required = (c.name for c in plan.table.columns if c.refuses_empty and c.kind == "text")
    names = [plan.table.identifier] if plan.table.identifier else required
    return tuple(name for name in names if name in plan.sources)


@dataclass(frozen=True)
class Mapped:
    """What the classification needs to know of the columns of the table."""

    texts: dict[str, pa.Array]
    lacking: Bools
    """Rows in which a cell that must be filled is empty."""


@dataclass(frozen=True)
class Kinds:
    """What each row below the header is, and the units of money that notes below the table state."""

    of: Int8s
    """DATA, TOTALS or BLANK."""
    units: set[str]


def classify(sheet: Sheet, plan: Plan, rows: int, mapped: Mapped) -> Kinds:
    """DATA, TOTALS or BLANK for each row below the header."""
    kinds = np.zeros(rows, np.int8)
    suspects = mapped.lacking.copy()
    identifying = identifying_columns(plan)
    for name in identifying:
        if name not in mapped.texts:
            continue
        texts = mapped.texts[name]
        suspects |= _mask(pc.match_substring_regex(texts, _TOTALS_ALONE))
        suspects |= _mask(pc.match_substring_regex(texts, _SIGNATURE))
        cell = plan.sources[name][0]
        if cell < len(plan.header):
            suspects |= _mask(pc.equal(texts, plan.header[cell]))
    judge = _Judge(
        _layers(sheet, plan),
        tuple(cell for name in identifying for cell in plan.sources[name]),
        frozenset(cell for cells in plan.sources.values() for cell in cells),
        automatic=plan.totals is None and plan.table is not None,
    )
    for row in np.flatnonzero(suspects):
        kinds[row] = judge.kind(int(row), sheet.row(int(row), plan.header_row))
    if plan.totals is not None:
        kinds[matching(sheet, plan, plan.totals.rows) & (kinds != BLANK)] = TOTALS
    kinds[matching(sheet, plan, plan.skip)] = BLANK
    kinds[[row for row in plan.below if row < rows]] = BLANK
    return Kinds(kinds, judge.units)


@dataclass
class _Judge:
    headers: list[list[str]]
    """The header as it is read and, where it takes several rows, each of these."""
    identifying: tuple[int, ...]
    used: frozenset[int]
    automatic: bool
    units: set[str] = field(default_factory=set)
    noted: int = -2
    """The last row that was a note."""

    def kind(self, row: int, cells: Sequence[str]) -> int:
        """What a row is that lacks something, or that looks like a total or a header."""
        filled = {at: header_text(cell) for at, cell in enumerate(cells) if fold(cell)}
        if not filled:
            return BLANK
        if self.automatic and any(
            TOTALS_WORD.fullmatch(text) and self._alone(cells, at) for at, text in filled.items()
        ):
            return TOTALS
        if any(repeats(filled, header) for header in self.headers):
            return BLANK
        if self._is_note(row, list(filled.values())):
            self.noted = row
            self.units |= {unit for text in filled.values() if (unit := stated_unit(text))}
            return BLANK
        if len(filled) == 1 and _SECTION.fullmatch(next(iter(filled.values()))):
            return BLANK
        if (
            self.used
            and self.used.isdisjoint(filled)
            and all(_SERIAL.fullmatch(text) for text in filled.values())
        ):
            return BLANK
        if all(is_empty(cell) for cell in cells):
            return BLANK
        return DATA

    def _is_note(self, row: int, texts: list[str]) -> bool:
        """Notes, signatures with or without their names, an office with a day, and points of a note above."""
        if all(
            NOTE.fullmatch(text) or _LABEL.fullmatch(text) or (at and _LABEL.fullmatch(texts[at - 1]))
            for at, text in enumerate(texts)
        ):
            return True
        if len(texts) > 1 and any(map(_DAY.fullmatch, texts)):
            return all(_DAY.fullmatch(text) or _OFFICE.fullmatch(text) for text in texts)
        return len(texts) == 1 and self.noted == row - 1 and bool(_POINT.fullmatch(texts[0]))

    def _alone(self, cells: Sequence[str], at: int) -> bool:
        """Whether no identifying cell but this one is filled."""
        return all(cell == at or cell >= len(cells) or is_empty(cells[cell]) for cell in self.identifying)


def _layers(sheet: Sheet, plan: Plan) -> list[list[str]]:
    rows = sheet.head(plan.header_row)[plan.header_row - plan.depth : plan.header_row]
    return [
        [header_text(text) for text in row]
        for row in ([plan.header, *rows] if plan.depth > 1 else [plan.header])
    ]


def repeats(filled: dict[int, str], header: list[str]) -> bool:
    """Whether a row is the header, or one of its rows, again."""
    known = [at for at in filled if at < len(header) and header[at]]
    return len(known) > 1 and all(filled[at] == header[at] for at in known)


def matching(sheet: Sheet, plan: Plan, patterns: Sequence[RowPattern]) -> Bools:
    """Rows in which a cell fits one of the patterns."""
    rows = sheet.height(plan.header_row)
    found = np.zeros(rows, np.bool_)
    for rule in patterns:
        encoded = sheet.texts(rule.column, plan.header_row, "text", "元").values.dictionary_encode()
        fits = np.array(
            [bool(rule.pattern.search(fold_ends(text))) for text in encoded.dictionary.to_pylist()], np.bool_
        )
        if rows:
            found |= fits[encoded.indices.to_numpy()]
    return found


def fold_ends(text: str) -> str:
    """A cell's text without white space at its ends."""
    return text.strip()


def _mask(values: pa.Array) -> Bools:
    mask: Bools = values.to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask
