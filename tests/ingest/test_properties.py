"""What holds for every input: good rows come back, rows add up, the way of writing does not matter."""

import csv
import io
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.cells import CellError, is_empty, parse_key, parse_text
from tests.ingest.samples import PAYMENT_HEADER, Row, counts, ingested, payment, write_csv, write_xlsx
from tracer.ledger import Ledger

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _taken_as_it_is(parse: Callable[[str], str]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return not is_empty(text) and parse(text) == text
        except CellError:
            return False

    return check


# csv.writer leaves a lone carriage return unquoted, so there is none; quoted ones are tested with the files.
_CHARS = st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",))
_TEXTS = st.text(_CHARS, min_size=1, max_size=12).filter(_taken_as_it_is(parse_text))
_KEYS = st.text(
    st.characters(codec="ascii", categories=("Lu", "Nd"), include_characters="-_"), min_size=2
).filter(_taken_as_it_is(parse_key))
_MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
_PAYMENTS = st.lists(
    st.tuples(_KEYS.map("P{}".format), st.integers(1, 10**13), _MOMENTS, _TEXTS, _TEXTS, _KEYS),
    max_size=12,
    unique_by=lambda row: row[0],
)


@QUICK
@given(_PAYMENTS, st.sampled_from([",", ";", "\t", "|"]))
def test_good_rows_come_back_as_they_were(rows: list[Any], separator: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(PAYMENT_HEADER)
    for number, fen, moment, purpose, payee, account in rows:
        amount = f"{fen // 100}.{fen % 100:02d}"
        cells = {"用途": purpose, "收款人名称": payee, "收款人账户": account}
        writer.writerow(payment(number, amount, moment.isoformat(" ", "milliseconds"), **cells))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "p.csv").write_text(text.getvalue(), "utf-8", newline="")
        report = ingested(folder, folder / "p.csv")
        assert report["problems"] == []
        assert counts(report["batches"][0]) == (len(rows), len(rows), 0, 0, 0, 0)
        assert report["batches"][0]["sums"] == {"amount": sum(row[1] for row in rows)}
        names = ("payment_id", "amount_fen", "paid_at", "purpose", "payee_name", "payee_account")
        read = Ledger(folder / "home").read("payments", names).to_pylist()
        assert [tuple(row[name] for name in names) for row in read] == rows


_ANY_CELL = st.one_of(
    st.sampled_from(
        ["", "无", "合计", "小计", "1", "12.5", "-3", "abc", "2019-01-01", "2019-02-30", "转账", "注：无"]
    ),
    st.sampled_from(PAYMENT_HEADER),
    st.text(max_size=6),
)


@QUICK
@given(st.lists(st.lists(_ANY_CELL, max_size=12), max_size=12), st.booleans())
def test_counts_always_add_up(rows: list[list[str]], excel: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "p.csv"
        if excel:
            clean = [["".join(c for c in cell if c.isprintable()) for cell in row] for row in rows]
            path = write_xlsx(folder / "p.xlsx", [PAYMENT_HEADER, *clean])
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([PAYMENT_HEADER, *rows])
        report = ingested(folder, path)  # asserts that the counts add up and rejected rows are named
        for batch in report["batches"]:
            assert batch["table"] == "payments"
            assert Ledger(folder / "home").tables().get("payments", 0) == batch["accepted"]
        again = ingested(folder, path)
        assert [batch["accepted"] for batch in again["batches"]] == [0] * len(again["batches"])


ROWS = [payment(f"P{n}", f"{n * 1234.5:.2f}", f"2019-{n % 12 + 1:02d}-15 09:{n:02d}") for n in range(1, 40)]
ROWS[7] = payment("P8", "坏")


def _facts(folder: Path) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = Ledger(folder / "home").read("payments").drop_columns(["_seq"]).to_pylist()
    return facts


@pytest.fixture
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("plain")
    ingested(folder, write_csv(folder / "p.csv", [PAYMENT_HEADER, *ROWS]))
    return _facts(folder)


def _ten_thousands(row: Row) -> list[str]:
    cells = [str(cell) for cell in row]
    amount = cells[3] if cells[3] == "坏" else f"{float(cells[3]) / 10000:.6f}"
    return [*cells[:3], amount, *cells[4:]]


def _full_width(row: Row) -> list[str]:
    return [
        "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in str(cell)) for cell in row
    ]


def test_one_row_was_rejected(expected: list[dict[str, Any]]) -> None:
    assert len(expected) == len(ROWS) - 1


def test_the_unit_does_not_matter(tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    header = [name + "（万元）" if name == "支付金额" else name for name in PAYMENT_HEADER]
    ingested(tmp_path, write_csv(tmp_path / "p.csv", [header, *map(_ten_thousands, ROWS)]))
    assert _facts(tmp_path) == expected


def test_width_does_not_matter(tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    rows = [_full_width(PAYMENT_HEADER), *map(_full_width, ROWS)]
    ingested(tmp_path, write_csv(tmp_path / "p.csv", rows))
    assert _facts(tmp_path) == expected


def test_encoding_and_kind_of_file_do_not_matter(tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    for number, encoding in enumerate(("gb18030", "utf-16")):
        folder = tmp_path / str(number)
        folder.mkdir()
        ingested(folder, write_csv(folder / "p.csv", [PAYMENT_HEADER, *ROWS], encoding, "\t"))
        assert _facts(folder) == expected
    ingested(tmp_path, write_xlsx(tmp_path / "p.xlsx", [PAYMENT_HEADER, *ROWS]))
    assert _facts(tmp_path) == expected


def test_batches_and_order_of_columns_do_not_matter(tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    order = [9, 3, 0, 5, 1, 2, 8, 7, 6, 4]
    for number, part in enumerate((ROWS[:11], ROWS[11:12], ROWS[12:])):
        rows = [[row[at] for at in order] for row in (PAYMENT_HEADER, *part)]
        write_csv(tmp_path / f"p{number}.csv", rows)
    report = ingested(tmp_path, *sorted(tmp_path.glob("p*.csv")))
    assert len(report["batches"]) == 3
    assert Ledger(tmp_path / "home").version == 1
    assert _facts(tmp_path) == expected


def test_a_second_time_does_not_matter(tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    first = write_csv(tmp_path / "p.csv", [PAYMENT_HEADER, *ROWS])
    longer = write_csv(tmp_path / "q.csv", [PAYMENT_HEADER, *ROWS[20:], *ROWS[:20]], "gb18030")
    ingested(tmp_path, first, longer)
    batch = ingested(tmp_path, longer)["batches"][0]
    assert counts(batch) == (len(ROWS), 0, 1, 0, 0, len(ROWS) - 1)
    assert _facts(tmp_path) == expected
    assert Ledger(tmp_path / "home").version == 1
