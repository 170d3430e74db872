"""Workbooks made by hypothesis out of every mess at once: counts and sums are those that were put in."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.run import ingest
from tests.ingest.samples import PAYMENT_HEADER, SPLIT_HEADER, counts, payment, write_csv, write_xls

SEEDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a failing workbook is small enough as it is
    suppress_health_check=[HealthCheck.too_slow],
)
FEW = settings(SEEDED, max_examples=10)

DAY = "2019-01-02"
UNITS_FEN = {"元": 100, "万元": 1_000_000}
HEADERS = {"splits": SPLIT_HEADER, "payments": PAYMENT_HEADER}
AMOUNT_AT = {"splits": 2, "payments": 3}
MARKS = ["{}", "*{}", "＊{}（必填）", " {} ", "{}：", "★{}"]
GOOD, BAD, AGAIN, EMPTY = "good", "bad", "again", "empty"


@dataclass(frozen=True)
class Made:
    """One table: what it is, its rows by kind and amount in yuan, and how it is dressed."""

    kind: str
    rows: Sequence[tuple[str, int]]
    unit: str
    unit_at: str
    mark: str
    numbered: bool
    total: bool
    notes: Sequence[str]
    hidden: frozenset[int]

    def expected(self, blanks: int) -> tuple[int, int, int, int, int, int]:
        """rows, accepted, rejected, totals, blank, duplicates, with so many empty rows behind it."""
        good = sum(kind == GOOD for kind, _ in self.rows)
        bad = sum(kind == BAD for kind, _ in self.rows)
        empty = (
            sum(kind == EMPTY for kind, _ in self.rows)
            + len(self.below())
            + len(self.notes_written())
            + blanks
        )
        kinds = [kind for kind, _ in self.rows]
        again = kinds[kinds.index(GOOD) :].count(AGAIN) if good else 0
        return (good + bad + self.total + empty + again, good, bad, int(self.total), empty, again)

    @property
    def sum_fen(self) -> int:
        return sum(100 * amount for kind, amount in self.rows if kind == GOOD)

    def below(self) -> list[list[str]]:
        """Rows of units and of column numbers below the header."""
        width = len(HEADERS[self.kind])
        units = ["" if at != AMOUNT_AT[self.kind] else f"（{self.unit}）" for at in range(width)]
        numbers = [str(at + 1) for at in range(width)]
        return [units] * (self.unit_at == "row below") + [numbers] * self.numbered

    def notes_written(self) -> list[list[str]]:
        notes = [*self.notes, f"注：金额单位为{self.unit}"] if self.unit_at == "note" else self.notes
        return [[note] for note in notes]

    def cells(self, number: int) -> list[list[str]]:
        """All rows of the table, its title first."""
        below = [*self.below(), *self.body(number), *self.notes_written()]
        return [*self.above(number), self.header(), *below]

    def above(self, number: int) -> list[list[str]]:
        name = "支付" if self.kind == "payments" else "分解"
        unit = [["编制单位：某县财政局", "", f"单位：{self.unit}"]] if self.unit_at == "above" else []
        return [[f"表{number} {name}"], *unit]

    def header(self) -> list[str]:
        texts = [self.mark.format(text) for text in HEADERS[self.kind]]
        at = AMOUNT_AT[self.kind]
        texts[at] = f"{texts[at]}（{self.unit}）" if self.unit_at == "header" else texts[at]
        return texts

    def body(self, number: int) -> list[list[str]]:
        made: list[list[str]] = []
        last: list[str] = []
        details = 0
        for at, (kind, amount) in enumerate(self.rows):
            if kind == EMPTY:
                made.append([""] * len(HEADERS[self.kind]))
            elif kind == AGAIN:
                made += [last] if last else []
                details += self._amount_of(last)
            else:
                row = self.row(f"{number}-{at}", "坏" if kind == BAD else self.shown(amount))
                made.append(row)
                last = row if kind == GOOD else last
                details += amount if kind == GOOD else 0
        if self.total:
            row = [""] * len(HEADERS[self.kind])
            row[0], row[AMOUNT_AT[self.kind]] = "合计", self.shown(details)
            made.append(row)
        return made

    def _amount_of(self, row: list[str]) -> int:
        if not row:
            return 0
        return int(Decimal(row[AMOUNT_AT[self.kind]]) * UNITS_FEN[self.unit] / 100)

    def shown(self, yuan: int) -> str:
        """An amount in the unit of the table."""
        return format(Decimal(yuan) * 100 / UNITS_FEN[self.unit], "f")

    def row(self, number: str, amount: str) -> list[str]:
        if self.kind == "payments":
            return [str(cell) for cell in payment(f"P{number}", amount, DAY)]
        return ["Z", f"Z{number}", amount, DAY]


_NOTES = ["注：略", "制表人：某某  审核人：某某", "（盖章）", "2019年12月31日", "第1页 共1页"]
_TABLES = st.builds(
    Made,
    st.sampled_from(["splits", "payments"]),
    st.lists(
        st.tuples(st.sampled_from([GOOD, GOOD, GOOD, BAD, AGAIN, EMPTY]), st.integers(1, 10**7)), max_size=7
    ),
    st.sampled_from(["元", "万元"]),
    st.sampled_from(["header", "above", "row below", "note"]),
    st.sampled_from(MARKS),
    st.booleans(),
    st.booleans(),
    st.lists(st.sampled_from(_NOTES), min_size=1, max_size=3),
    st.frozensets(st.integers(3, 12), max_size=3),
)
"""Each has a note at its end, so that no file ends in empty rows, which some kinds of files do not store."""


def _write(path: Path, rows: list[list[str]], hidden: frozenset[int], kind: str) -> Path:
    if kind == "csv":
        return write_csv(path.with_suffix(".csv"), rows, "gb18030")
    if kind == "xls":
        return write_xls(path.with_suffix(".xls"), rows)
    if kind == "html":
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        path.with_suffix(".xls").write_text(f"<table>{body}</table>", "utf-8")
        return path.with_suffix(".xls")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([_typed(cell) for cell in row])
    for number in hidden:
        book.active.row_dimensions[number].hidden = True
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _typed(cell: str) -> Any:
    """Numbers and dates as a spreadsheet holds them."""
    if cell == DAY:
        return dt.date(2019, 1, 2)
    return float(cell) if cell.replace(".", "", 1).isdigit() else cell or None


_KINDS = st.sampled_from(["xlsx", "csv", "xls", "html"])


def told(report: dict[str, Any]) -> list[Any]:
    return [(batch["table"], counts(batch), batch["sums"]["amount"]) for batch in report["batches"]]


@SEEDED
@given(st.lists(_TABLES, min_size=1, max_size=3), st.lists(st.integers(0, 2), min_size=3, max_size=3), _KINDS)
def test_stacked_tables_are_counted_as_they_were_made(tables: list[Made], gaps: list[int], kind: str) -> None:
    rows: list[list[str]] = []
    expected = []
    for number, (table, gap) in enumerate(zip(tables, gaps, strict=False), 1):
        blanks = gap if number < len(tables) else 0
        rows += [*table.cells(number), *([[""]] * blanks)]
        expected.append((table.kind, table.expected(blanks), table.sum_fen))
    with tempfile.TemporaryDirectory() as name:
        path = _write(Path(name) / "a", rows, tables[0].hidden, kind)
        assert told(ingest(Path(name) / "home", [path], dry_run=True)) == expected


@SEEDED
@given(_TABLES, _TABLES, st.booleans(), _KINDS)
def test_tables_side_by_side_are_counted_as_they_were_made(
    left: Made, right: Made, gap: bool, kind: str
) -> None:
    pair = [left, right]
    if not gap and left.kind != right.kind:
        gap = True  # without a gap only a repeated header tells them apart
    columns = [table.cells(number) for number, table in enumerate(pair, 1)]
    tops = [len(table.above(number)) for number, table in enumerate(pair, 1)]
    top = max(tops)
    columns = [[[""]] * (top - own) + cells for own, cells in zip(tops, columns, strict=True)]
    height = max(map(len, columns))
    wide = [len(HEADERS[table.kind]) for table in pair]
    rows = []
    for at in range(height):
        parts = [cells[at] if at < len(cells) else [] for cells in columns]
        filled = [[*part, *[""] * (width - len(part))] for part, width in zip(parts, wide, strict=True)]
        rows.append([*filled[0], *([""] * gap), *filled[1]])
    expected = [
        (table.kind, table.expected(height - len(cells)), table.sum_fen)
        for table, cells in zip(pair, columns, strict=True)
    ]
    with tempfile.TemporaryDirectory() as name:
        path = _write(Path(name) / "a", rows, left.hidden, kind)
        report = ingest(Path(name) / "home", [path], dry_run=True)
        one_unit = left.unit == right.unit or "above" not in (left.unit_at, right.unit_at)
        if one_unit:
            assert told(report) == expected
        for batch in report["batches"]:
            assert batch["rows"] == sum(counts(batch)[1:])


@FEW
@given(st.lists(_TABLES, min_size=1, max_size=2), _KINDS)
def test_what_comes_back_uncorrected_is_rejected_again(tables: list[Made], kind: str) -> None:
    rows = [row for number, table in enumerate(tables, 1) for row in table.cells(number)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = _write(folder / "a", rows, frozenset(), kind)
        first = ingest(folder / "home", [path], rejected=folder / "back")
        bad = sum(batch["rejected"] for batch in first["batches"])
        assert (folder / "back").exists() == bool(bad)
        if bad:
            again = ingest(folder / "home", [folder / "back"])
            assert sum(batch["rejected"] for batch in again["batches"]) == bad
            assert sum(batch["accepted"] for batch in again["batches"]) == 0
